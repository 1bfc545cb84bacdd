"""Which folders of the tree are applications of their own, and which stack each of them is."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from toolkit.catalog.stacks import Stack
from toolkit.facts.model import Command, Dependency, EntryPoint, Fact, Facts, Role
from toolkit.facts.npm_scripts import scripts_in
from toolkit.facts.places import of_libraries, without_namesakes
from toolkit.findings import Evidence
from toolkit.inventory.paths import inside, joined, paths_in, relative
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.conditions import holds
from toolkit.plan.applications.dotnet_projects import running_projects
from toolkit.plan.applications.folders import BESIDE_THE_POINT, Folder, below
from toolkit.plan.applications.python_folders import lists_of_above
from toolkit.plan.applications.workspaces import root_of, without_members
from toolkit.plan.ranking import of_type

_DEEPEST = 3  # folders below the root in which an application of its own is looked for
_OF_PAGES = ("client", "frontend", "front-end", "public", "site", "web", "www", "html")
_PAGES = (".html", ".htm", ".ejs", ".hbs", ".handlebars", ".pug", ".jade", ".njk", ".jsx", ".tsx", ".vue", ".svelte")
_FILLED_IN = re.compile(r"\{\{|\{%|<%|<\?php")
# From here on a stack is recognised by its framework, below it by a manifest alone.
_BY_FRAMEWORK = 40

_RUNNING_PYTHON = frozenset(
    {"asgi", "celery", "console_script", "django_settings", "python_module", "python_script", "wsgi"}
)


@dataclass(frozen=True)
class Recognised:
    """A folder that is an application of a stack. `workdir` is the folder below it where its processes start,
    `module` the one of several parts, built together, that this application is, `serves` those whose pages it hands out,
    `installer` the script of the tree that installs it."""

    folder: Folder
    stack: Stack
    evidence: tuple[Evidence, ...]
    workdir: str = ""
    module: str = ""
    serves: tuple[str, ...] = ()
    installer: tuple[str, ...] = ()


def recognise(tree: SourceTree, facts: Facts, stacks: Sequence[Stack]) -> list[Recognised]:
    """Applications of the tree, the outermost first; a folder that is a part of one above it is none of its own."""
    folders = _folders(tree, facts, stacks)
    known = [stack for stack in stacks if not (stack.last_resort or stack.stage_of)]
    # What only a README tells, it tells of the whole tree.
    last = [stack for stack in stacks if stack.last_resort]
    found = _recognised(tree, folders, known)
    if found:
        return [*found, *_pages_beside(found, tree, last)]
    return _recognised(tree, [_of_the_whole(folders)], last) or list(_only_pages(tree, last))


def _of_the_whole(folders: Sequence[Folder]) -> Folder:
    """The root without the commands that the README of a part with a manifest of its own tells about that part."""
    root, *parts = folders
    told = (fact for fact in root.facts if isinstance(fact, Command))
    of_parts = {id(f) for f in told if any(inside(f.evidence.path, part.directory) for part in parts)}
    return replace(root, facts=tuple(fact for fact in root.facts if id(fact) not in of_parts))


def _only_pages(tree: SourceTree, stacks: Sequence[Stack]) -> Iterator[Recognised]:
    """The one folder of a tree that has pages, however far below the root, src/main/webapp: whole ones, which no program
    has yet to fill in."""
    starts = [path for path in without_namesakes(tree) if path.rpartition("/")[2] == "index.html"]
    starts = [path for path in starts if BESIDE_THE_POINT.isdisjoint(path.split("/"))]
    page = tree.read(starts[0]) if len(starts) == 1 else None
    if page is None or _FILLED_IN.search(page.text):
        return
    folder = Folder(page.directory, paths_in(tree.paths, page.directory), (), ())
    if match := _match(folder, stacks):
        yield Recognised(folder, *match)


def _pages_beside(found: Sequence[Recognised], tree: SourceTree, stacks: Sequence[Stack]) -> Iterator[Recognised]:
    """A folder of pages that are served as they are, beside servers of Node of which none has a page itself."""
    homes = [one.folder.directory for one in found]
    if "" in homes or any(one.stack.language != "node" for one in found):
        return
    if any(inside(path, home) and path.endswith(_PAGES) for path in tree.paths for home in homes):
        return
    for name in _OF_PAGES:
        folder = Folder(name, paths_in(tree.paths, name), (), ())
        if name not in homes and "index.html" in folder.paths and (match := _match(folder, stacks)):
            yield Recognised(folder, *match)
            return


def _recognised(tree: SourceTree, folders: Sequence[Folder], stacks: Sequence[Stack]) -> list[Recognised]:
    found = [
        Recognised(whole, *match, "", module)
        for own, whole, module in running_projects(folders, tree)
        if (match := _match(own, stacks))
    ]
    dotnet = {joined(one.folder.directory, one.module) for one in found}
    for folder in folders:
        match = _match(without_members(folder), stacks)
        if match is None or match[0].language == "dotnet" or _built_by_msbuild(folder, dotnet, folders):
            continue
        if match[0].language == "node" and (member := _member(folder, match, folders)):
            if not _is_library(folder, match[0]):
                found.append(member)
            continue
        if match[0].language == "java" and (top := _top_of_modules(folder, folders)):
            if _match(top, stacks) is None:  # else its modules are found already
                own = relative(folder.directory, top.directory)
                found += [one for one in _modules(top, *match, folders) if one.module == own]
            continue
        above = [other for other in found if inside(folder.directory, other.folder.directory)]
        if above and _is_part(folder, match[0], above[-1], tree):
            if whole := _by_framework_below(above[-1], folder, match):
                found[found.index(above[-1])] = whole
            continue
        found += _modules(folder, match[0], match[1], folders) or [
            Recognised(folder, match[0], match[1], _workdir(folder, match[0]))
        ]
    found = [one for one in found if not _only_holds_members(one, found) and not _is_started_below(one, found)]
    started = [one.folder.directory for one in found if one.stack.priority < _BY_FRAMEWORK and _is_told(one)]
    found = [one for one in found if not (one.stack.artifact and _is_below(one.folder.directory, started))]
    framework = [one for one in found if one.stack.priority >= _BY_FRAMEWORK]
    return framework or found


def _match(folder: Folder, stacks: Sequence[Stack]) -> tuple[Stack, tuple[Evidence, ...]] | None:
    """The first stack that a folder is, and the places that say so."""
    return next(((stack, places) for stack in stacks if (places := holds(stack.recognise, folder)) is not None), None)


def _folders(tree: SourceTree, facts: Facts, stacks: Sequence[Stack]) -> list[Folder]:
    """Folders that hold a manifest which a stack names, the root always among them; each fact goes to the innermost."""
    patterns = {
        pattern
        for stack in stacks
        for steps in stack.package_managers.values()
        for pattern in steps.recognise
        if "/" not in pattern
    }
    holders: dict[str, list[str]] = {"": []}
    paths = without_namesakes(tree)
    libraries = of_libraries(tree.paths)
    for path in paths:
        directory, _, name = path.rpartition("/")
        parts = directory.split("/") if directory else []
        if len(parts) > _DEEPEST or not BESIDE_THE_POINT.isdisjoint(parts) or path.startswith(libraries):
            continue
        if any(fnmatchcase(name, pattern) for pattern in patterns):
            holders.setdefault(directory, []).append(name)
    for directory in lists_of_above(holders, facts):
        del holders[directory]
    directories = sorted(holders, key=lambda directory: (directory.count("/") + bool(directory), directory))
    in_order = sorted(directories)
    about: dict[str, list[Fact]] = {directory: [] for directory in directories}
    for fact in of_type(facts, Fact):
        if isinstance(fact, Dependency | EntryPoint) and not BESIDE_THE_POINT.isdisjoint(_place(fact).split("/")):
            continue
        about[_owner(_place(fact), directories)].append(fact)
    return [
        Folder(
            directory,
            paths_in(paths, directory),
            tuple(about[directory]),
            tuple(holders[directory]),
            paths_in(in_order, directory),
        )
        for directory in directories
    ]


def _place(fact: Fact) -> str:
    return "" if fact.directory.startswith("/") else fact.directory.strip("/")


def _owner(place: str, directories: Iterable[str]) -> str:
    return max((directory for directory in directories if inside(place, directory)), key=len)


def _is_part(folder: Folder, stack: Stack, above: Recognised, tree: SourceTree) -> bool:
    """Whether a folder below an application belongs to it: its manifests name the folder, or nothing in the folder but a
    manifest says that it is more than a library or a tool."""
    if stack.priority < _BY_FRAMEWORK:
        return True
    if stack.language == above.stack.language == "node" and not stack.artifact:
        if above.stack.artifact:
            return False  # a server below the pages that call it, whatever scripts of theirs start it
        if _is_library(folder, stack, own_script=True):
            return True  # a plug-in, which the server loads
    if stack.language == above.stack.language == "java":
        return True  # a module: Maven and Gradle build all from the top
    if stack.language == above.stack.language == "php" and (
        "composer.json" not in folder.paths or (stack == above.stack and "index.php" in above.folder.paths)
    ):
        return True  # a plug-in, an administration or a folder of libraries: served with the rest
    if stack.language == "node" and above.stack.language == "python":
        around = (folder.directory, posixpath.dirname(folder.directory))
        if any(f"{place}/__init__.py" in tree for place in around if place):
            return True  # pages inside a package of Python, which hands them out
        if stack.artifact and not _makes_pages(folder):
            return True  # its developers' tools
    written = [point.value for point in folder.points("asset_output")]
    if written and not any(inside(path, folder.directory) for path in written):
        return all(inside(path, above.folder.directory) for path in written)  # its tools make a part of what is above
    if above.stack.language == "node" and stack.language != "node":
        return False  # a server in another language, which scripts of the front end start for its developers
    name = relative(folder.directory, above.folder.directory)
    for manifest in above.folder.manifests:
        file = tree.read(below(above.folder, manifest))
        if file and any(
            mark in file.text
            for mark in (f"cd {name}", f"--prefix {name}", f"--cwd {name}", f"-C {name}", f"-r {name}/", f'"{name}"')
        ):
            return True
    return False


def _by_framework_below(
    above: Recognised, folder: Folder, match: tuple[Stack, tuple[Evidence, ...]]
) -> Recognised | None:
    """An application of Python that its list alone makes known, by the framework of a part which starts in its own folder:
    `requirements.txt` above `shop/manage.py`; None where it is known by one itself."""
    stack, evidence = match
    if (
        stack.language != "python"
        or above.stack.language != "python"
        or above.stack.priority >= _BY_FRAMEWORK
        or folder.folder_of("manage.py") != ""
    ):
        return None
    below = tuple(other for other in above.folder.below if other != folder.directory)
    whole = replace(above.folder, facts=(*folder.facts, *above.folder.facts), below=below)
    return Recognised(whole, stack, evidence, relative(folder.directory, whole.directory))


def _makes_pages(folder: Folder) -> bool:
    """Whether a folder of Node has a page, or anything that builds one."""
    scripts = folder.points("npm_script")
    made = folder.points("build_task", "static_output") or any(
        script.value.startswith(("build", "start")) for script in scripts
    )
    return bool(made) or any(path.endswith(_PAGES) for path in folder.paths)


def _built_by_msbuild(folder: Folder, projects: set[str], folders: Sequence[Folder]) -> bool:
    """Whether a folder lies in a .NET project that runs and calls Node when it is built."""
    return any(
        inside(folder.directory, other.directory) and other.points("node_build")
        for other in folders
        if other.directory in projects
    )


def _modules(
    folder: Folder, stack: Stack, evidence: tuple[Evidence, ...], folders: Sequence[Folder]
) -> list[Recognised]:
    """The parts of a build of several modules that run by themselves; libraries are what they are built from."""
    if stack.language != "java" or not folder.points("module"):
        return []
    below = [other for other in folders if other is not folder and inside(other.directory, folder.directory)]
    packed = [other for other in below if other.points("jar", "war")]
    started = [other for other in packed if other.points("main_class", "war")]
    shared = [fact for other in (folder, *below) if other not in packed for fact in other.facts]
    return [
        Recognised(
            replace(folder, facts=(*other.facts, *shared)),
            stack,
            evidence,
            "",
            relative(other.directory, folder.directory),
        )
        for other in started or packed
    ]


def _top_of_modules(folder: Folder, folders: Sequence[Folder]) -> Folder | None:
    """The outermost folder whose build takes a folder in as one of its modules, directly or by modules between."""
    above = [other for other in folders if other is not folder and inside(folder.directory, other.directory)]
    for other in sorted(above, key=lambda one: -len(one.directory)):
        own = relative(folder.directory, other.directory)
        if any(posixpath.normpath(point.value) == own for point in other.points("module")):
            return _top_of_modules(other, folders) or other
    return None


def _member(folder: Folder, match: tuple[Stack, tuple[Evidence, ...]], folders: Sequence[Folder]) -> Recognised | None:
    """An application in a workspace of Node: it is installed at the root, and starts in its own folder."""
    root = root_of(folder, folders)
    if root is None:
        return None
    place = relative(folder.directory, root.directory)
    return Recognised(replace(root, facts=(*folder.facts, *root.facts)), *match, place, place)


def _is_library(folder: Folder, stack: Stack, *, own_script: bool = False) -> bool:
    """Whether a folder of Node is what others are built from: its stack starts a script, and it has none, or at most the
    `own_script` that others load."""
    points = {(point.kind, point.value) for point in folder.of_type(EntryPoint) if point.directory == folder.directory}
    listens = not own_script and any(kind == "node_script" for kind, _ in points)
    return stack.start == ("npm", "start") and not (listens or ("npm_script", "start") in points)


def _only_holds_members(one: Recognised, found: Sequence[Recognised]) -> bool:
    """Whether an application is but the root of a workspace of Node, with the members' tools and no script of its own."""
    place = one.folder.directory
    if one.module or one.stack.language != "node" or not any(o.module and o.folder.directory == place for o in found):
        return False
    return {"start", "build"}.isdisjoint(scripts_in(one.folder.facts, place))


def _is_started_below(one: Recognised, found: Sequence[Recognised]) -> bool:
    """Whether a folder of Python has nothing that runs, and a folder in it that is an application has: its manifest lists the
    same application's dependencies, and developers' tools."""
    python = [other for other in found if other.stack.language == "python"]
    below = (other for other in python if other is not one and inside(other.folder.directory, one.folder.directory))
    return one in python and not _runs(one) and any(map(_runs, below))


def _is_told(one: Recognised) -> bool:
    """Whether operators start a script of Python: it shows the pages below it. On the host it lies at the top of a folder."""
    starts = (command for command in one.folder.of_type(Command) if command.role is Role.START)
    words = {word for command in starts for word in command.argv if word.endswith(".py")}
    words |= {posixpath.basename(word) for word in words if word.startswith("/")}
    return one.stack.language == "python" and any(word in one.folder.paths for word in words)


def _is_below(directory: str, others: Iterable[str]) -> bool:
    return any(directory != other and inside(directory, other) for other in others)


def _runs(one: Recognised) -> bool:
    return bool(one.folder.points(*_RUNNING_PYTHON))


def _workdir(folder: Folder, stack: Stack) -> str:
    """Where the processes start: the folder of the framework's own script where the stack names one."""
    scripts = [
        condition.file
        for condition in (stack.recognise, *stack.recognise.all)
        if condition.file and "*" not in condition.file
    ]
    for script in scripts:
        if script not in {pattern for steps in stack.package_managers.values() for pattern in steps.recognise}:
            return folder.folder_of(script) or ""
    return ""
