"""Folders that PHP code writes to: what it gives the functions that write, or asks whether it may write there."""

import posixpath
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice, zip_longest

from toolkit.facts.model import Origin, WritableFolder
from toolkit.facts.source.php_application import served_folder
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
# Laravel's names for its folders: https://laravel.com/docs/12.x/helpers#paths
HELPER = re.compile(r"\b(database|public|resource|storage)_path\(\s{0,9}(['\"])/?")
FUNCTION = re.compile(r"\bfunction\s{1,9}&?(\w{3,60})\s{0,9}\(\s{0,9}(?:[?\w\\|]{1,60}\s{1,9})?(\$\w{1,60})")
MOST_CALLS = 300
LONGEST_FUNCTION = 4000  # characters
DEEPEST_NAME = 4  # a constant by a constant by a constant


def read(project: Project) -> Iterator[WritableFolder]:
    homes: dict[str, list[SourceFile]] = {}
    for file in project.code(".php"):
        homes.setdefault(project.places.home(file.path), []).append(file)
    for home, files in homes.items():
        seen: set[str] = set()
        folders = _Folders(project, home, files)
        for file in files:
            for folder, start in folders.written(file):
                if folder not in seen:
                    seen.add(folder)
                    place = file.at(file.line_of(start), rule=RULE)
                    yield WritableFolder(
                        path=folder, evidence=place, origin=Origin.CONVENTION, confidence=0.7, directory=home
                    )


class _Folders:
    """The folders of one application, which its code names by literals, constants, settings and variables; all are relative
    to the application's own folder, `.` for that itself."""

    def __init__(self, project: Project, home: str, files: Sequence[SourceFile]) -> None:
        self._project, self._home = project, home
        # Code names folders from where it runs, which is often the folder that is served.
        self._bases = dict.fromkeys(("", served_folder(project, home)))
        self._told: dict[str, tuple[SourceFile, str]] = {}
        self._named: dict[str, str] = {}
        for file in files:
            for match in islice(NAMED.finditer(file.text), MOST_CALLS):
                self._told.setdefault(match[1] or match[2] or match[3], (file, match[4]))
        self._own = _own_functions(files)

    def written(self, file: SourceFile) -> Iterator[tuple[str, int]]:
        """Folders that a file's code writes to, and where it says so."""
        asks, variables = False, self._variables(file)
        calls = [pattern.finditer(file.text) for pattern in (WRITES, self._own) if pattern]
        for match in chain.from_iterable(islice(found, MOST_CALLS) for found in calls):
            asks = asks or "is_writ" in match[0]
            if _only_reads(match):
                continue
            given = HELPER.sub(r"\2\1/", match[1])
            words = WORD.findall(given)
            named = list(filter(None, (variables.get(word) or self._of_name(word) for word in words)))
            literals = () if named else LITERAL.findall(given)
            for folder in (*named, *(self._of_literal(file, literal) for literal in literals)):
                if folder:
                    yield folder, match.start()
        # An installer that asks for each of a list: array('cache/', '../uploads/'). What a constant names is no list.
        listed = NAMED.sub(lambda named: re.sub(r"\S", " ", named[0]), file.text) if asks else ""
        for match in islice(LITERAL.finditer(listed), MOST_CALLS):
            if match[1].endswith("/") and (folder := self._existing(file, match[1])):
                yield folder, match.start()

    def _variables(self, file: SourceFile) -> dict[str, str]:
        found: dict[str, str] = {}
        for match in islice(LOCAL.finditer(file.text), MOST_CALLS) if WRITES.search(file.text) else ():
            for literal in _literals(match[2])[-1:]:
                if folder := self._of_literal(file, literal):
                    found.setdefault(match[1], folder)
        return found

    def _of_name(self, name: str, depth: int = 0) -> str:
        """The folder of a constant or setting, where that is put together from others too: `CONTENT . 'images/'`."""
        if name not in self._told or depth > DEEPEST_NAME:
            return ""
        if name not in self._named:
            file, expression = self._told[name]
            others = (word for word in WORD.findall(LITERAL.sub(" ", expression)) if word != name)
            found = next(filter(None, (self._of_name(word, depth + 1) for word in others)), "")
            for literal in _literals(expression)[-1:]:
                inside = f"{found}/{literal.lstrip('/')}" if found and literal[0] != "." else literal
                found = self._of_literal(file, inside, named=True)
            self._named[name] = found
        return self._named[name]

    def _of_literal(self, file: SourceFile, literal: str, *, named: bool = False) -> str:
        """The folder that a literal names, or in which it names a file that is made; empty for anything else."""
        if folder := self._existing(file, literal):
            return folder
        path = posixpath.normpath(literal.lstrip("./"))
        if posixpath.splitext(path)[1]:
            # A file that the application makes, a configuration say, in a folder of the source.
            above = posixpath.dirname(path)
            if posixpath.join(self._home, path) in self._project.tree:
                return ""
            return self._existing(file, above) if above else "."
        if named and literal.endswith("/") and literal[0] == ".":
            path = posixpath.relpath(posixpath.join("/", file.directory, literal), f"/{self._home}")
        elif literal[0] == "/":
            return ""
        return path if named and literal.endswith("/") and ".." not in path else ""

    def _existing(self, file: SourceFile, literal: str) -> str:
        beside = posixpath.join(file.directory, literal) if literal[0] == "." else ""
        inner = literal.lstrip("./")
        for path in map(
            posixpath.normpath, (beside, *(posixpath.join(self._home, base, inner) for base in self._bases))
        ):
            inside = path.removeprefix(f"{self._home}/" if self._home else "")
            if inside not in ("", ".", self._home) and not inside.startswith("..") and path in self._project.folders:
                return inside
        return ""


def _own_functions(files: Iterable[SourceFile]) -> re.Pattern[str] | None:
    """Calls of the application's own functions that write what they are given first: `save($file, $data)`."""
    found: set[str] = set()
    for file in files:
        functions = list(islice(FUNCTION.finditer(file.text), MOST_CALLS)) if WRITES.search(file.text) else []
        for function, following in zip_longest(functions, functions[1:]):
            end = min(following.start() if following else len(file.text), function.end() + LONGEST_FUNCTION)
            given = re.compile(rf"\s{{0,9}}{re.escape(function[2])}\b")
            writes = WRITES.finditer(file.text, function.end(), end)
            if any(given.match(match[1]) and not _only_reads(match) for match in writes):
                found.add(function[1])
    names = "|".join(sorted(found))
    return re.compile(rf"(?<!function )\b(?:{names})\s{{0,9}}\(([^;,\n]{{1,300}})") if found else None


def _only_reads(call: re.Match[str]) -> bool:
    return bool(OPENS.match(call[0])) and not TO_WRITE.search(call[1])


def _literals(expression: str) -> list[str]:
    """The paths of an expression; one behind the file's own folder, __DIR__ . '/../cache/', begins with a dot."""
    return [f".{match[2]}" if match[1] and match[2][0] == "/" else match[2] for match in BESIDE.finditer(expression)]
