"""Packages of Node that build style sheets and scripts for an application, or whose libraries it hands out."""

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from toolkit.catalog.stacks import Stack, matches
from toolkit.facts.model import Command, Dependency, EntryPoint, Fact, Facts, Origin, Role
from toolkit.facts.npm_scripts import scripts_in
from toolkit.findings import Evidence
from toolkit.inventory.paths import inside, paths_in, relative
from toolkit.inventory.source_tree import SourceFile, SourceTree
from toolkit.plan.applications.conditions import holds
from toolkit.plan.applications.folders import BESIDE_THE_POINT, Folder, below
from toolkit.plan.applications.recognition import Recognised
from toolkit.plan.ranking import evidence_of, of_type

# Folders of these names are beside the point as applications, but not as what an application serves.
_NO_PACKAGE_IN = BESIDE_THE_POINT - {"assets", "static"} | {"node_modules"}
_SOURCES = {
    "dotnet": ("*.cs", "*.cshtml"),
    "go": ("*.go",),
    "java": ("*.java", "*.kt", "*.properties", "*.yml"),
    "node": ("*.js", "*.cjs", "*.mjs", "*.ts"),
    "php": ("*.php",),
    "python": ("*.py",),
    "ruby": ("*.rb",),
}
_OF_NODE = re.compile(r"\b(?:npm|npx|yarn|pnpm|node|bower|gulp|grunt|webpack|vite)\b")
# How code names the libraries of Node that it hands out (django-npm has a finder of that name).
_LIBRARIES = {"python": re.compile(r"\bnode_modules\b|\bnpm\.finders\.NpmFinder\b")}
# The first page of a site, as servers of Node name it below their own folder.
_FIRST_PAGE = re.compile(
    r"(?:join|resolve)\(\s{0,20}__dirname\s{0,20},[^()\n]{0,100}?['\"]\.?/?((?:[\w-]{1,60}/){0,4})index\.html['\"]"
)
_QUOTED = re.compile(r"['\"]([\w./-]{1,100})['\"]")
_EMBEDS = re.compile(r"^//go:embed[ \t]{1,9}([^\n]{1,300})", re.MULTILINE)
# Documents for those who change the application: DEVELOPERS.md, docs/Build.md
_FOR_DEVELOPERS = re.compile(r"(?i)(?:^|/)(?:build|contribut|develop|hacking)\w*(?:\.\w+)?$")
_RUN_BY_IMAGE = re.compile(r"(?:pre|post)?(?:build|install)|prepare")
# https://gulpjs.com/docs/en/api/dest, https://gruntjs.com/configuring-tasks#files
_WRITES = re.compile(r"\bdest\b\s{0,9}[:(]\s{0,9}['\"](?:\./)?([\w-][\w./-]{0,100})['\"]")
MODULES_FOLDER = "--modules-folder"
_MODULES_SETTING = re.compile(r"^--(?:install|\*)\.modules-folder[ \t]{1,9}\"?([\w./@-]{1,200})", re.MULTILINE)
_BUILT = (".min.js", ".min.css", ".bundle.js", ".chunk.js")
_MOST_FILES = 400
_MOST_CHARACTERS = 200_000


@dataclass(frozen=True)
class Package:
    """A package.json that builds style sheets and scripts of an application; `outputs` are paths from the tree's root,
    none where they are not known. `moved_to` is where operators put them, for the application to find them."""

    folder: Folder
    stack: Stack
    evidence: tuple[Evidence, ...]
    script: str
    outputs: tuple[EntryPoint, ...]
    moved_to: str = ""


def find_packages(
    application: Recognised, recognised: Collection[Recognised], facts: Facts, stacks: Sequence[Stack], tree: SourceTree
) -> list[Package]:
    """Packages below an application that it needs built, the outermost first: in its own folder, or where its code names
    what they write. An application of Node builds its own with its scripts; of those below it, what they do not name and
    would be an application of its own."""
    stack = next((s for s in stacks if application.stack.language in s.stage_of), None)
    if stack is None or holds(application.stack.calls_node, application.folder) is not None:
        return []
    top = application.folder.directory
    told = [fact for fact in of_type(facts, Fact) if fact.evidence.file_name == "package.json"]
    directories = {fact.directory.strip("/") for fact in told}
    if application.stack.language == stack.language:
        apart = {one.folder.directory for one in recognised if not one.module}
        directories &= (apart | _left_to_operators(directories - apart, application, facts)) - {top}
    beside = _pages_beside(application, recognised)
    within = {place for place in directories if inside(place, top)}
    within = {place for place in within if _NO_PACKAGE_IN.isdisjoint(relative(place, top).split("/"))}
    found = []
    for directory in sorted(within | beside, key=lambda path: (path.count("/") + bool(path), path)):
        folder = _folder(directory, facts, tree)
        evidence = holds(stack.recognise, folder)
        names = scripts_in(folder.facts)
        script = next((name for name in stack.build_scripts if name in names), "") or _task(folder, tree)
        if evidence is None or not script:
            if library := _libraries(folder, stack, application, facts, tree):
                found.append(library)
            continue
        outputs = tuple(point for point in folder.points("asset_output") if point.detail == script)
        package = Package(folder, stack, evidence, script, outputs)
        if directory == top or _is_served(package, application, tree):
            found.append(package)
        elif missing := _looked_for(package, application, tree):
            found.append(replace(package, moved_to=missing))
    return found


def _pages_beside(application: Recognised, recognised: Collection[Recognised]) -> set[str]:
    """Folders beside that of a server in which Node builds pages, as client/ beside server/."""
    top = application.folder.directory
    if not top or application.module or _is_pages(application):
        return set()
    places = {one.folder.directory for one in recognised if _is_pages(one) and not one.module}
    return {place for place in places if posixpath.dirname(place) == posixpath.dirname(top)} - {""}


def _is_pages(one: Recognised) -> bool:
    return bool(one.stack.language == "node" and one.stack.artifact)


def common_folder(directory: str, top: str) -> str:
    """The folder that a package below an application, or beside it, has in common with it."""
    return top if inside(directory, top) else posixpath.dirname(top)


def _task(folder: Folder, tree: SourceTree) -> str:
    """The task of gulp or Grunt, `gulp default`, that writes what the source has not, where the manifest has no script for
    it."""
    for point in folder.points("build_task"):
        if point.evidence.directory == folder.directory:
            file = tree.read(point.evidence.path)
            written = {match[1].rstrip("/") for match in _WRITES.finditer(file.text)} if file else set()
            there = (path for path in folder.paths if not file or path != file.path)
            held = {part for path in there for part in (path, *map(str, PurePosixPath(path).parents))}
            return point.value if written - held else ""
    return ""


def _left_to_operators(directories: Collection[str], application: Recognised, facts: Facts) -> set[str]:
    """Packages of pages below an application of Node that its own scripts name, for developers or for a platform, and that
    none which the image runs does build."""
    top = application.folder.directory
    if application.folder.points("module"):
        return set()  # the members of a workspace are built in it
    scripts = scripts_in(application.folder.facts, top)
    builds = (c for c in of_type(facts, Command) if c.role is Role.BUILD and c.directory.strip("/") == top)
    told = {word for command in builds for word in command.argv}
    run = {name for name in scripts if name in told or _RUN_BY_IMAGE.fullmatch(name)}
    for _ in range(3):
        texts = " ".join(scripts[name] for name in run)
        run |= {name for name in scripts if re.search(rf"(?<![\w:-]){re.escape(name)}(?![\w:-])", texts)}
    texts = " ".join(scripts[name] for name in run)
    pages = {
        point.directory.strip("/")
        for point in of_type(facts, EntryPoint)
        if point.kind == "static_output" and point.directory.strip("/") in directories
    }
    return {
        place
        for place in pages
        if inside(place, top) and not re.search(rf"(?<![\w-]){re.escape(relative(place, top))}(?![\w-])", texts)
    }


def _libraries(folder: Folder, stack: Stack, application: Recognised, facts: Facts, tree: SourceTree) -> Package | None:
    """A package.json that builds nothing: its libraries themselves are what the application's code hands out."""
    listed = [d for d in folder.of_type(Dependency) if not d.development]
    named = _LIBRARIES.get(application.stack.language)
    file = (
        next((file for file in _sources(application, tree) if named and named.search(file.text)), None)
        if listed
        else None
    )
    if file is None:
        return None
    place = posixpath.normpath(posixpath.join(folder.directory, modules_folder(folder, facts, tree) or "node_modules"))
    if not inside(place, application.folder.directory):
        return None
    shown = Evidence(file.path, rule="node-modules")
    output = EntryPoint(kind="asset_output", value=place, evidence=shown, origin=Origin.CONVENTION)
    return Package(folder, stack, (listed[0].evidence, shown), "", (output,))


def modules_folder(folder: Folder, facts: Facts, tree: SourceTree) -> str:
    """Where Yarn is to put the libraries: as its own settings say, or as operators tell it.
    https://classic.yarnpkg.com/lang/en/docs/yarnrc/#toc-cli-arguments (2026-11-22)"""
    settings = tree.read(below(folder, ".yarnrc"))
    if settings and (told_there := _MODULES_SETTING.search(settings.text)):
        return posixpath.normpath(told_there[1])
    installs = (command.argv for command in of_type(facts, Command) if command.role is Role.INSTALL)
    told = (argv for argv in installs if argv[:1] == ("yarn",) and MODULES_FOLDER in argv[:-1])
    return next((argv[argv.index(MODULES_FOLDER) + 1] for argv in told), "") if not folder.directory else ""


def _folder(directory: str, facts: Facts, tree: SourceTree) -> Folder:
    own = tuple(
        fact
        for fact in of_type(facts, Fact)
        if fact.directory.strip("/") == directory and not (isinstance(fact, Dependency) and fact.ecosystem != "npm")
    )
    return Folder(directory, paths_in(tree.paths, directory), own, ("package.json",))


def _is_served(package: Package, application: Recognised, tree: SourceTree) -> bool:
    """Whether a package writes into a folder of the application that is not its own, or where the application's code looks."""
    top, own = application.folder.directory, package.folder.directory
    if any(inside(output.value, top) and not inside(output.value, own) for output in package.outputs):
        return True
    common = common_folder(own, top)
    paths = [output.value for output in package.outputs if inside(output.value, common)]
    if not paths:
        return False
    separator = r"[\s\"'/,\\]{1,8}"
    named = [separator.join(map(re.escape, relative(path, common).split("/"))) for path in paths]
    pattern = re.compile(rf"(?<![\w.-])(?:{'|'.join(named)})(?![\w-])")
    # Code of another language in the package's own folder is not the package's.
    foreign = application.stack.language != "node"
    return any(
        pattern.search(file.text[:_MOST_CHARACTERS]) or _embeds(file, paths)
        for file in _sources(application, tree)
        if foreign or not inside(file.path, own) or own == top
    )


def _embeds(file: SourceFile, paths: Iterable[str]) -> bool:
    """Whether Go code takes folders into its program, which it names from its own: https://pkg.go.dev/embed"""
    words = [word for match in _EMBEDS.finditer(file.text[:_MOST_CHARACTERS]) for word in match[1].split()]
    places = {posixpath.normpath(posixpath.join(file.directory, word.removeprefix("all:"))) for word in words}
    return any(inside(place, path) or inside(path, place) for place in places for path in paths)


def _looked_for(package: Package, application: Recognised, tree: SourceTree) -> str:
    """The folder where a server of Node looks for a first page that the source has not, while a package below it builds
    pages: `res.sendFile(join(__dirname, 'public/index.html'))` beside client/ of React."""
    pages = package.folder.points("static_output")
    if application.stack.language != "node" or not pages or len(package.outputs) != 1:
        return ""
    for file in _sources(application, tree):
        if inside(file.path, package.folder.directory):
            continue
        for match in _FIRST_PAGE.finditer(file.text[:_MOST_CHARACTERS]):
            folder = posixpath.normpath(
                posixpath.join(posixpath.dirname(file.path), *_QUOTED.findall(match[0])[:-1], match[1])
            )
            within = inside(folder, application.folder.directory) and folder != application.folder.directory
            if within and not any(path.startswith(f"{folder}/") and path.endswith(".html") for path in tree.paths):
                return folder
    return ""


def _sources(application: Recognised, tree: SourceTree) -> Iterator[SourceFile]:
    """Files of the application's own language."""
    endings = _SOURCES.get(application.stack.language, ())
    paths = [
        path for path in application.folder.paths if any(matches(ending, path.rpartition("/")[2]) for ending in endings)
    ]
    for path in paths[:_MOST_FILES]:
        if file := tree.read(below(application.folder, path)):
            yield file


def come_built(package: Package, application: Recognised, facts: Facts) -> tuple[Evidence, ...]:
    """What tells that the source holds what its package builds: it is there, and operators are told to install the
    application without a word of Node, or, as PHP is unpacked and runs, nothing at all."""
    told = [
        command
        for command in of_type(facts, Command)
        if command.origin is Origin.README
        and command.role in (Role.INSTALL, Role.BUILD, Role.START)
        and not _FOR_DEVELOPERS.search(command.evidence.path)
    ]
    installs: list[Fact] = [command for command in told if command.role is Role.INSTALL]
    if application.stack.language == "php":
        installs += package.outputs
    if not installs or any(_OF_NODE.search(command.text) for command in told):
        return ()
    top = application.folder.directory
    outputs = [relative(point.value, top) for point in package.outputs if inside(point.value, top)]
    paths = application.folder.paths
    if outputs:
        pages = [path for path in paths if path.endswith((".css", ".js"))]
        is_there = all(any(path.startswith(f"{output}/") for path in pages) or output in paths for output in outputs)
    else:
        is_there = any(path.endswith(_BUILT) and _NO_PACKAGE_IN.isdisjoint(path.split("/")) for path in paths)
    return evidence_of(installs[:1]) if is_there else ()
