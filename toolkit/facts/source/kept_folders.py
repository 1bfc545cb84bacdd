"""Folders that are kept although nothing is in them: what comes there comes at run time."""

import re
from collections.abc import Iterator

from toolkit.facts.model import Origin, WritableFolder
from toolkit.facts.source.ignored_folders import is_of_tools
from toolkit.facts.source.project import Project
from toolkit.findings import Evidence
from toolkit.inventory.paths import joined, paths_in
from toolkit.inventory.source_tree import SourceFile

RULE = "kept-folder"
KEEPERS = (".gitignore", ".gitkeep", ".keep", ".gitempty", ".empty", ".placeholder")
# Where an application of this manifest has its modules. https://guides.rubyonrails.org/getting_started.html#app-directory-structure
SOURCES = {"package.json": ("src/",), "Gemfile": ("app/", "config/", "db/", "lib/", "vendor/")}
# What a folder below one of these holds, the application brings there: others may come beside it.
DATA = frozenset({"data", "files", "media", "storage", "uploads"})
# What keeps visitors out of a folder of a PHP application, whose web server would list what is in it.
GUARDS = (".htaccess", "index.html", "index.htm", "index.php")
LONGEST_GUARD = 500  # characters, without remarks
REMARKS = re.compile(r"/\*.*?\*/|<!--.*?-->|^\s{0,9}(?:#|//)[^\n]*", re.DOTALL | re.MULTILINE)
SENDS_AWAY = re.compile(
    r"<\?php\s{0,99}(?:(?:@?header|http_response_code|exit|die)\b[^;]{0,200};\s{0,99}){1,6}(?:\?>\s{0,9})?"
)
# Where tools write what is served as it is.
OUTPUTS = frozenset({"bower_components", "build", "dist", "node_modules", "target"})
# What those who work on the application keep beside it: an earlier attempt at containers has its data there.
BESIDE = frozenset({".docker", "ansible", "docker", "tools", "vagrant"})
# The whole of a .gitignore that keeps an empty folder in git.
IGNORES_THE_REST = re.compile(r"\s{0,20}\*\s{1,20}(?:!/?\.[\w.-]{1,40}\s{0,20}){1,9}")
# Further up: `uploads/*` with `!uploads/README.md` behind it.
ALL_WITHIN = re.compile(r"/?([\w.@-]{1,60}(?:/[\w.@-]{1,60}){0,5})/(?:\*|\*\*|\*\*/\*)")
MOST_LINES = 500


def read(project: Project) -> Iterator[WritableFolder]:
    yield from _kept_by_itself(project)
    for path in project.tree.matching(".gitignore"):
        file = project.tree.read(path) if project.is_code(path) else None
        yield from _kept_from_above(project, file) if file else ()


def _kept_from_above(project: Project, file: SourceFile) -> Iterator[WritableFolder]:
    """Folders of which git ignores all but a file, and that hold nothing else."""
    lines = [line.strip() for line in file.lines[:MOST_LINES]]
    kept = {joined(file.directory, line[1:].lstrip("/")) for line in lines if line.startswith("!")}
    home = project.places.home(file.path)
    for number, line in enumerate(lines, start=1):
        match = ALL_WITHIN.fullmatch(line)
        folder = joined(file.directory, match[1]) if match else ""
        held = paths_in(project.tree.paths, folder) if folder else ()
        if (
            held
            and kept.issuperset(f"{folder}/{path}" for path in held)
            and not is_of_tools(folder)
            and not _of_source(project, home, folder)
        ):
            yield _writable(folder, home, file.at(number, rule=RULE))


def _writable(folder: str, home: str, place: Evidence) -> WritableFolder:
    path = folder.removeprefix(f"{home}/" if home else "")
    return WritableFolder(path=path, evidence=place, origin=Origin.CONVENTION, confidence=0.7, directory=home)


def _kept_by_itself(project: Project) -> Iterator[WritableFolder]:
    of_php = {project.places.home(path) for path in project.tree.matching("*.php")}
    for path in project.tree.matching("*/.*", *(f"*/{name}" for name in (*KEEPERS, *GUARDS))):
        keeper = project.tree.read(path) if project.is_code(path) else None
        if keeper and keeper.name not in (*KEEPERS, *GUARDS) and keeper.text.strip():
            continue  # any hidden file keeps a folder, if it is empty
        home, folder = project.places.home(path), path.rpartition("/")[0]
        if not keeper or not (OUTPUTS | BESIDE).isdisjoint(folder.split("/")):
            continue
        if keeper.name in GUARDS and not (home in of_php and _is_guard(keeper, home)):
            continue
        keeps = not keeper.text.strip() or keeper.name in GUARDS or _ignores_what_comes(keeper, folder)
        is_empty = keeps and _alone(project, path)
        if _of_source(project, home, folder):
            continue
        if folder != home and (is_empty or IGNORES_THE_REST.fullmatch(keeper.text)):
            above = folder.rpartition("/")[0]
            kept = above if above != home and above.rpartition("/")[2] in DATA else folder
            yield _writable(kept, home, keeper.at(rule=RULE))


def _is_guard(keeper: SourceFile, home: str) -> bool:
    """Whether a page keeps visitors out of a folder at the top; further down such pages lie among code as well."""
    long = len(REMARKS.sub("", keeper.text).strip()) > LONGEST_GUARD
    return _may_guard(keeper) and not long and keeper.directory.rpartition("/")[0] == home


def _may_guard(file: SourceFile | None) -> bool:
    """Whether a file is called like a guard, and does nothing for visitors where it is a program."""
    if file is None or file.name not in GUARDS:
        return False
    return file.name != "index.php" or SENDS_AWAY.fullmatch(REMARKS.sub("", file.text).strip()) is not None


def _ignores_what_comes(keeper: SourceFile, folder: str) -> bool:
    """Whether git ignores kinds of files in a folder that is empty but for that, and that no tool builds into."""
    return keeper.name == ".gitignore" and not is_of_tools(folder)


def _of_source(project: Project, home: str, folder: str) -> bool:
    """Whether a folder is for modules, or for steps of migrations, that are still to be written."""
    sources = (below for manifest, below in SOURCES.items() if joined(home, manifest) in project.tree)
    inside = folder.removeprefix(home).lstrip("/") + "/"
    return any(inside.startswith(below) for below in sources) or folder.rpartition("/")[2] in ("migrations", "versions")


def _alone(project: Project, path: str) -> bool:
    """Whether nothing else lies in a file's folder, or what keeps it as well."""
    folder = path.rpartition("/")[0] + "/"
    others = (other.removeprefix(folder) for other in project.tree.paths if other.startswith(folder) and other != path)
    return all(other in KEEPERS or _may_guard(project.tree.read(folder + other)) for other in others)
