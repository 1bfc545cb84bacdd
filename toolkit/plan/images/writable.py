"""Folders that the application writes to: its user has to own them, and everything else in the image stays root's."""

import posixpath
import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from toolkit.catalog.stacks import Stack
from toolkit.facts.engines import SERVERS
from toolkit.facts.file_names import is_for_developers
from toolkit.facts.model import Datastore, Dependency, Fact, Origin, Role, WritableFolder
from toolkit.facts.places import AUTHORS_ONLY
from toolkit.findings import Evidence
from toolkit.inventory.paths import joined
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.app_folder import APP_FOLDER, in_image
from toolkit.plan.applications.folders import Folder
from toolkit.plan.applications.source_code import run_time_sources
from toolkit.plan.ranking import commands_of

# Folders that an image may hand over to the application's user; everything else absolute is the distribution's.
_ALLOWED = (
    "/app/",
    "/cache",
    "/data",
    "/home/",
    "/mnt/",
    "/opt/",
    "/srv/",
    "/tmp/",
    "/var/cache/",
    "/var/lib/",
    "/var/log/",
    "/var/spool/",
)
_PATH = r"['\"`](\.{0,2}/?[\w@.-][\w@./-]{0,200})"
# Node: fs.writeFileSync('./static/' + name, ...), fs.mkdirSync(path.join(__dirname, 'uploads')), multer({dest: 'uploads/'})
_NODE_FILE = re.compile(
    r"\b(?:writeFile|writeFileSync|createWriteStream|appendFile|appendFileSync)\(\s*"
    rf"(?:path\.(?:join|resolve)\(\s*)?(__dirname\s*[,+]\s*)?{_PATH}"
)
_NODE_FOLDER = re.compile(
    r"(?:\b(?:mkdir|mkdirSync|mkdirp|ensureDir|ensureDirSync|mkdirp\.sync)\(\s*(?:path\.(?:join|resolve)\(\s*)?|\bmulter\(\s*\{\s*dest:\s*)"
    rf"(__dirname\s*[,+]\s*)?{_PATH}['\"`]"
)
_PYTHON_FILE = re.compile(rf"\bopen\(\s*()?{_PATH}['\"]\s*,\s*(?:mode\s*=\s*)?['\"][wax]")
_PYTHON_FOLDER = re.compile(rf"\bos\.(?:makedirs|mkdir)\(\s*()?{_PATH}['\"]")
# By a name that only the running code knows: fs.mkdirSync(config.spool), open(self.path, "w")
_WRITES = {
    "go": re.compile(
        r"\b(?:os\.(?:Create|Mkdir|MkdirAll|OpenFile|WriteFile)|ioutil\.WriteFile|sqlite\.Open)\(|\.Open\(\s{0,20}\"sqlite3?\""
    ),
    "node": re.compile(
        r"\b(?:(?:writeFile|appendFile|mkdir|ensureDir|outputFile|rename)(?:Sync)?|createWriteStream|mkdirp(?:\.sync)?)\("
        r"\s*(?![\s'\"]|`[^$]|__dirname|path\.(?:join|resolve)\(\s*(?:__dirname\s*,\s*)?['\"`])"
        r"|\bmulter\((?!\s*\{\s*dest:\s*['\"])"
    ),
    "python": re.compile(
        r"\bos\.(?:makedirs|mkdir)\(\s*[A-Za-z_][\w.]{0,80}\s*[,)]|\.mkdir\((?:\w+=\w+[,\s]*)*\)|\.write_(?:text|bytes)\("
        r"|\.open\(\s*(?:mode\s*=\s*)?['\"][wax]b?\+?['\"]|\.save\(\s*os\.path\.join\("
        r"|\bopen\(\s*[A-Za-z_](?:[^()'\"]|\([^()]{0,100}\)){0,200},\s*(?:mode\s*=\s*)?['\"][wax]b?\+?['\"]"
    ),
}
# Where a package of the system keeps its state, and what a site serves (/srv): https://refspecs.linuxfoundation.org/FHS_3.0/fhs/index.html,
# reviewed 2026-11-23.
_STATE = re.compile(r"/var/(?:cache|lib|log|spool)/(?P<package>[\w.-]{2,60})|(?<=['\"`])/srv/[\w.-]{2,60}")
_SQLITE = re.compile(
    r"^[^#\n]{0,200}['\"](?:sqlite:|django\.db\.backends\.sqlite3|(?:better-)?sqlite3?['\"])", re.MULTILINE
)
# storage: './db/shop.sqlite', filename: "data/shop.db"
_SQLITE_FILE = re.compile(r"['\"`](?:\./)?([\w-][\w./-]{0,100})/[\w.-]{1,60}\.(?:sqlite3?|db)['\"`]")
_DATABASE = re.compile(r"[\w./-]+\.(?:db|sqlite3?)")


@dataclass
class Written:
    """Absolute paths with what says that the application writes there, nothing where it is the stack's usual place: folders
    with all that lies in them, and files and folders `alone`; `places` are the first ones for the former."""

    folders: dict[str, list[Evidence]]
    alone: dict[str, Evidence]
    places: tuple[Evidence, ...]


def written(stack: Stack, folder: Folder, about: Sequence[Fact], tree: SourceTree, workdir: str = "") -> Written:
    """What the application writes to; `workdir` is where it starts.

    A database of SQLite, its journal, and files that the code names lie beside the code, whose folder is enough for them.
    Where the code puts names together, they may lie anywhere, and all of /app is the application's.
    """
    start = in_image(workdir)
    found: dict[str, list[Evidence]] = {}
    for fact in about:
        if isinstance(fact, WritableFolder) and not fact.alone and _is_there(fact, folder):
            path = in_image(fact.path)
            if path.removeprefix(APP_FOLDER + "/") in folder.paths:
                path = str(PurePosixPath(path).parent)  # a setting may name a file
            _add(found, path, fact.evidence)
    by_code = list(_written_by_code(stack, folder, tree))
    for path, evidence in (
        *_sqlite(stack, folder, about, tree, start),
        *_release_steps(folder, about),
        *by_code,
        *_state(stack, folder, tree),
    ):
        _add(found, path, evidence)
    beside = {path: found.pop(path)[0] for path in (APP_FOLDER, start) if path in found}
    if anywhere := _first_write(stack, folder, tree):
        _add(found, APP_FOLDER, anywhere)
    there = [path for path in stack.writable_if_there if any(other.startswith(path + "/") for other in folder.paths)]
    if stack.language in _WRITES and not (anywhere or by_code):
        there = []
    own = tuple(in_image(path) for path in (*stack.writable, *there, *_of_libraries(stack, folder)))
    places: dict[tuple[str, int], Evidence] = {}
    for place in (place for evidence in found.values() for place in evidence):
        places.setdefault((place.path, place.first_line), place)  # two readers may have seen the same line
    outermost = [path for path in _outermost([*own, *found]) if path in found]
    folders = {path: found.get(path, []) for path in (*own, *outermost)}
    alone = {} if APP_FOLDER in folders else beside | _alone(about, folder, folders)
    return Written(folders, alone, tuple(places.values())[:3])


def _is_there(fact: WritableFolder, folder: Folder) -> bool:
    """Whether a folder that a README has operators hand over is one of the source: others are of their hosts."""
    return fact.origin is not Origin.README or any(path.startswith(f"{fact.path}/") for path in folder.paths)


def _is_file_of_readme(fact: WritableFolder, folder: Folder) -> bool:
    return fact.origin is Origin.README and fact.path in folder.paths


def _alone(about: Sequence[Fact], folder: Folder, writable: Collection[str]) -> dict[str, Evidence]:
    """Files, and folders of code with new files in them, that no folder which is writable with all its contents holds; with
    such a folder the databases that the source has in it."""
    found: dict[str, Evidence] = {}
    for fact in (fact for fact in about if isinstance(fact, WritableFolder)):
        path = in_image(fact.path) if fact.alone or _is_file_of_readme(fact, folder) else ""
        if path.startswith(APP_FOLDER + "/") and path.isprintable() and path in _outermost([*writable, path]):
            found.setdefault(path, fact.evidence)
            present = (other for other in folder.paths if posixpath.dirname(other) == fact.path)
            for name in sorted(other for other in present if _DATABASE.fullmatch(other)):
                found.setdefault(in_image(name), fact.evidence)
    return {path: place for path, place in found.items() if path not in writable}


def _add(found: dict[str, list[Evidence]], path: str, evidence: Evidence) -> None:
    if path.isprintable() and (path == APP_FOLDER or path.startswith(_ALLOWED)):
        found.setdefault(path, []).append(evidence)


def _outermost(paths: Sequence[str]) -> list[str]:
    """Without folders that lie in another; those below /app are named beside it, since they may have to be made."""
    return [path for path in paths if not any(path.startswith(f"{other}/") for other in paths if other != APP_FOLDER)]


def _sqlite(
    stack: Stack, folder: Folder, about: Sequence[Fact], tree: SourceTree, start: str
) -> Iterator[tuple[str, Evidence]]:
    """SQLite writes its journal beside the database: where nothing else is said, that is the folder of the start.

    Python settings that name SQLite beside a server fall back on it where no server is given. Elsewhere the server alone
    is meant: a library's driver or a README that names both says nothing.
    """
    stores = [fact for fact in about if isinstance(fact, Datastore)]
    servers = [s for s in stores if s.engine in SERVERS and s.origin in (Origin.RUNNING, Origin.README)]
    for store in stores:
        falls_back = stack.language == "python" and store.origin is not Origin.README
        if store.engine == "sqlite" and (falls_back or not servers):
            yield start, store.evidence
    for file in run_time_sources(stack.language, folder, tree):
        if not is_for_developers(file.name) and (match := _SQLITE.search(file.text)):
            place = file.at(file.line_of(match.start()), rule="writes-here")
            if stack.language == "node" and (named := _SQLITE_FILE.search(file.text)) and ".." not in named[1]:
                yield in_image(named[1]), place
            yield start, place
            return


def _first_write(stack: Stack, folder: Folder, tree: SourceTree) -> Evidence | None:
    if (writes := _WRITES.get(stack.language)) is None:
        return None
    for file in run_time_sources(stack.language, folder, tree):
        if match := writes.search(file.text):
            return file.at(file.line_of(match.start()), rule="writes-here")
    return None


def _of_libraries(stack: Stack, folder: Folder) -> Iterator[str]:
    listed = {wanted.name.lower() for wanted in folder.of_type(Dependency) if not wanted.development}
    parents = {parent for path in folder.paths for parent in PurePosixPath(path).parents}
    there = sorted(str(parent) for parent in parents if AUTHORS_ONLY.isdisjoint(parent.parts))
    for library, patterns in stack.writable_with.items():
        for pattern in patterns if library in listed else ():
            yield from (path for path in there if fnmatchcase(path, pattern)) if "*" in pattern else (pattern,)


def _release_steps(folder: Folder, about: Sequence[Fact]) -> Iterator[tuple[str, Evidence]]:
    """`flask db init` makes the folder of migrations that later steps run, where the source does not bring it."""
    if any(path.startswith("migrations/") for path in folder.paths):
        return
    for command in commands_of(about, Role.RELEASE):
        if command.argv[-2:] == ("db", "init"):
            yield APP_FOLDER, command.evidence


def _written_by_code(stack: Stack, folder: Folder, tree: SourceTree) -> Iterator[tuple[str, Evidence]]:
    patterns = {"node": (_NODE_FILE, _NODE_FOLDER), "python": (_PYTHON_FILE, _PYTHON_FOLDER)}.get(stack.language)
    if patterns is None:
        return
    writes_file, makes_folder = patterns
    for file in run_time_sources(stack.language, folder, tree):
        inside = file.directory[len(folder.directory) :].strip("/") if folder.directory else file.directory
        for pattern in (writes_file, makes_folder):
            for match in pattern.finditer(file.text):
                base = inside if match[1] else ""
                path = (
                    match[2]
                    if pattern is makes_folder or match[2].endswith("/")
                    else str(PurePosixPath(match[2]).parent)
                )
                if match[2].startswith("/") and not match[1]:
                    continue  # an absolute place of one machine, or a part of a longer expression
                yield (
                    in_image(joined(base, path.lstrip("/") if match[1] else path)),
                    file.at(file.line_of(match.start()), rule="writes-here"),
                )


def _state(stack: Stack, folder: Folder, tree: SourceTree) -> Iterator[tuple[str, Evidence]]:
    """Folders of the system that the code names: those with the name of one of the application's own packages, and those of
    sites, which a distribution leaves empty."""
    own = {path.split("/")[0].lower() for path in folder.paths if "/" in path}
    for file in run_time_sources(stack.language, folder, tree):
        for match in _STATE.finditer(file.text):
            if not match["package"] or match["package"].lower() in own:
                yield match[0], file.at(file.line_of(match.start()), rule="writes-here")
