"""Sites of pages that gulp, Grunt or a bundler works on: where the pages lie, and which task builds them."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace

from toolkit.facts.manifests.formats import Tree
from toolkit.facts.model import EntryPoint, Fact, Origin
from toolkit.facts.source.project import Project
from toolkit.inventory.source_tree import SourceFile

RULE = "node-pages"
PAGE = "index.html"


@dataclass(frozen=True)
class Tool:
    """A tool whose configuration says what is done: the file, how it names a task, and what makes pages elsewhere."""

    file: re.Pattern[str]
    task: re.Pattern[str] | None = None
    makers: frozenset[str] = frozenset()


# https://gulpjs.com/docs/en/getting-started/creating-tasks, https://gruntjs.com/creating-tasks,
# https://webpack.js.org/plugins/html-webpack-plugin/, https://rollupjs.org/configuration-options/
TOOLS: Mapping[str, Tool] = {
    "gulp": Tool(
        re.compile(r"gulpfile[\w.-]{0,40}\.[cm]?[jt]s"),
        re.compile(
            r"\bgulp\.task\(\s{0,9}['\"]([\w:-]{1,40})['\"]|\bexports\.(\w{1,40})\s{0,9}="
            r"|\bexport\s{1,9}(?:const|function|async\s{1,9}function|default)\s{1,9}(\w{1,40})"
        ),
    ),
    "grunt": Tool(
        re.compile(r"[Gg]runtfile\.(?:js|coffee)"), re.compile(r"\bregisterTask\(\s{0,9}['\"]([\w:-]{1,40})['\"]()()")
    ),
    "webpack": Tool(
        re.compile(r"webpack[\w.-]{0,40}\.[cm]?[jt]s"),
        makers=frozenset({"html-webpack-plugin", "copy-webpack-plugin", "html-webpack-template"}),
    ),
    "rollup": Tool(re.compile(r"rollup[\w.-]{0,40}\.[cm]?[jt]s"), makers=frozenset({"@rollup/plugin-html"})),
}
# Tools of which a page at the top is what they begin with.
BEGIN_WITH_PAGES = frozenset({"@11ty/eleventy", "parcel", "parcel-bundler", "vite"})
BUILDS = ("build", "dist", "production", "prod", "release", "compile", "build:prod", "build:dist")
GOES_ON = re.compile(r"(?i)watch|serve|sync|connect|reload|\bdev")
# Where Grunt's tasks write: dest: 'dist/…'
GRUNT_DEST = re.compile(r"\b(?:dest|dist)\s{0,9}:\s{0,9}['\"](?:\./)?(build|dist|public|www|out|_site|site)\b")


def sites(project: Project, file: SourceFile, package: Tree, found: Iterable[Fact]) -> Iterator[Fact]:
    """The facts found about where tools write, with the package's own folder where only that has the front page; and the
    task that builds."""
    dependencies = package.table("dependencies") | package.table("devDependencies")
    name = next((name for name in TOOLS if name in dependencies), "")
    files = list(_files(project, file, TOOLS[name])) if name else []
    own = posixpath.join(file.directory, PAGE) in project.tree and not BEGIN_WITH_PAGES & set(dependencies)
    outputs = list(found)
    if name == "grunt" and not outputs:
        outputs += _of_grunt(files)
    for fact in outputs:
        if own and name and _is_output(fact) and not (TOOLS[name].makers & set(dependencies) or _reads_pages(files)):
            fact = _in_source(project, file, fact)
        yield fact
    for configuration in files:
        if task := _task(configuration, TOOLS[name]):
            yield replace(task, value=f"{name} {task.value}")
            return


def _files(project: Project, file: SourceFile, tool: Tool) -> Iterator[SourceFile]:
    for path in project.tree.paths:
        folder, _, base = path.rpartition("/")
        if folder == file.directory and tool.file.fullmatch(base) and (found := project.tree.read(path)):
            yield found


def _is_output(fact: Fact) -> bool:
    return isinstance(fact, EntryPoint) and fact.kind == "static_output"


def _in_source(project: Project, file: SourceFile, fact: Fact) -> Fact:
    """The page of the source: as it is where the source holds what the tools write, else beside that."""
    if not isinstance(fact, EntryPoint):
        return fact
    output = posixpath.join(file.directory, fact.value)
    if posixpath.join(output, PAGE) in project.tree:
        return fact
    if output in project.folders:
        return replace(fact, kind="pages_in_source", value=PAGE)
    return replace(fact, value=".")


def _reads_pages(files: Iterable[SourceFile]) -> bool:
    """Whether tasks take pages to make others; those that are watched, to show them anew, are not taken."""
    return any(".html" in line and not GOES_ON.search(line) for file in files for line in file.lines)


def _of_grunt(files: Iterable[SourceFile]) -> Iterator[EntryPoint]:
    for file in files:
        if match := GRUNT_DEST.search(file.text):
            place = file.at(file.line_of(match.start()), rule=RULE)
            yield EntryPoint(
                kind="static_output", value=match[1], evidence=place, origin=Origin.RUNNING, confidence=0.8
            )
            return


def _task(file: SourceFile, tool: Tool) -> EntryPoint | None:
    """The task that builds, by its name, or the one that runs without a name unless that goes on."""
    tasks = list(tool.task.finditer(file.text))[:200] if tool.task else []
    named = {match[1] or match[2] or match[3]: number for number, match in reversed(list(enumerate(tasks)))}
    for name in (*BUILDS, "default"):
        if name not in named:
            continue
        match, following = tasks[named[name]], tasks[named[name] + 1 : named[name] + 2]
        body = file.text[match.end() : following[0].start() if following else match.end() + 500]
        if name != "default" or not GOES_ON.search(body):
            place = file.at(file.line_of(match.start()), rule=RULE)
            return EntryPoint(kind="build_task", value=name, evidence=place, origin=Origin.RUNNING, confidence=0.8)
    return None
