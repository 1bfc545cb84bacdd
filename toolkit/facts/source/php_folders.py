"""Folders that PHP code writes to: what it gives the functions that write, or asks whether it may write there."""

import posixpath
import re
from collections.abc import Iterator

from toolkit.facts.model import Origin, WritableFolder
from toolkit.facts.source.project import Project
from toolkit.inventory.source_tree import SourceFile

RULE = "php-folders"
WRITES = re.compile(
    r"\b(?:file_put_contents|fopen|is_writable|is_writeable|mkdir|move_uploaded_file|touch)\s{0,9}\(([^;\n]{1,300})"
)
OPENS = re.compile(r"\bfopen\s{0,9}\(")
TO_WRITE = re.compile(r"['\"][waxc]b?t?\+?['\"]")
LITERAL = re.compile(r"['\"]((?:\.{0,2}/){0,4}[\w@-][\w./@-]{0,100})['\"]")
BESIDE = re.compile(
    rf"(__DIR__\s{{0,9}}\.\s{{0,9}}|dirname\(\s{{0,9}}__FILE__\s{{0,9}}\)\s{{0,9}}\.\s{{0,9}})?{LITERAL.pattern}"
)
# What a name stands for: define("DATA", BASE_PATH . "/data"), const DATA = "data", $conf['data_location'] = '_data/'
NAMED = re.compile(
    r"(?:\bdefine\(\s{0,9}['\"](\w{2,60})['\"]\s{0,9},|\bconst\s{1,9}(\w{2,60})\s{0,9}=|\[\s{0,9}['\"](\w{2,60})['\"]\s{0,9}\]\s{0,9}=(?!=))([^;\n]{1,300})"
)
# $conf = $path . '/config.php', for the file that it stands in
LOCAL = re.compile(r"(\$\w{2,60})\s{0,9}=(?!=)([^;\n]{1,300})")
WORD = re.compile(r"\$?\w{2,60}")
MOST_CALLS = 300


def read(project: Project) -> Iterator[WritableFolder]:
    files = [(project.places.home(file.path), file) for file in project.code(".php")]
    names: dict[tuple[str, str], str] = {}
    for home, file in files:
        for match in list(NAMED.finditer(file.text))[:MOST_CALLS]:
            for literal in _literals(match[4])[-1:]:
                if folder := _folder(project, home, file, literal, named=True):
                    names.setdefault((home, match[1] or match[2] or match[3]), folder)
    seen: set[tuple[str, str]] = set()
    for home, file in files:
        for folder, start in _written(project, home, file, names):
            if (home, folder) not in seen:
                seen.add((home, folder))
                place = file.at(file.line_of(start), rule=RULE)
                yield WritableFolder(
                    path=folder, evidence=place, origin=Origin.CONVENTION, confidence=0.7, directory=home
                )


def _written(
    project: Project, home: str, file: SourceFile, names: dict[tuple[str, str], str]
) -> Iterator[tuple[str, int]]:
    """Folders, relative to the home, and where the file says so."""
    asks, names = False, names | _locals(project, home, file)
    for match in list(WRITES.finditer(file.text))[:MOST_CALLS]:
        asks = asks or "is_writ" in match[0]
        if OPENS.match(match[0]) and not TO_WRITE.search(match[1]):
            continue
        named = [names[home, word] for word in WORD.findall(match[1]) if (home, word) in names]
        literals = () if named else LITERAL.findall(match[1])
        for folder in (*named, *(_folder(project, home, file, literal) for literal in literals)):
            if folder:
                yield folder, match.start()
    # An installer that asks for each of a list: array('cache/', '../uploads/')
    for match in list(LITERAL.finditer(file.text))[:MOST_CALLS] if asks else ():
        if match[1].endswith("/") and (folder := _existing(project, home, file, match[1])):
            yield folder, match.start()


def _locals(project: Project, home: str, file: SourceFile) -> dict[tuple[str, str], str]:
    found: dict[tuple[str, str], str] = {}
    for match in list(LOCAL.finditer(file.text))[:MOST_CALLS] if WRITES.search(file.text) else ():
        for literal in _literals(match[2])[-1:]:
            if folder := _folder(project, home, file, literal):
                found.setdefault((home, match[1]), folder)
    return found


def _literals(expression: str) -> list[str]:
    """The paths of an expression; one behind the file's own folder, __DIR__ . '/../cache/', begins with a dot."""
    return [f".{match[2]}" if match[1] and match[2][0] == "/" else match[2] for match in BESIDE.finditer(expression)]


def _folder(project: Project, home: str, file: SourceFile, literal: str, *, named: bool = False) -> str:
    """The folder that a literal names, relative to the home, `.` for the home itself; empty for anything else."""
    if folder := _existing(project, home, file, literal):
        return folder
    path = posixpath.normpath(literal.lstrip("./"))
    if posixpath.splitext(path)[1]:
        # A file that the application makes, a configuration say, in a folder of the source.
        above = posixpath.dirname(path)
        made = not named and posixpath.join(home, path) not in project.tree
        return (above or ".") if made and (not above or posixpath.join(home, above) in project.folders) else ""
    if named and literal.endswith("/") and literal[0] == ".":
        path = posixpath.relpath(posixpath.join("/", file.directory, literal), f"/{home}")
    elif literal[0] == "/":
        return ""
    return path if named and literal.endswith("/") and ".." not in path else ""


def _existing(project: Project, home: str, file: SourceFile, literal: str) -> str:
    beside = posixpath.normpath(posixpath.join(file.directory, literal)) if literal[0] == "." else ""
    for path in (beside, posixpath.normpath(posixpath.join(home, literal.lstrip("./")))):
        inside = path.removeprefix(f"{home}/" if home else "")
        if inside not in ("", ".", home) and not inside.startswith("..") and path in project.folders:
            return inside
    return ""
