"""Folders that PHP code writes to: what it gives the functions that write, or asks whether it may write there."""

import posixpath
import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain, islice, zip_longest
from pathlib import PurePosixPath

from toolkit.facts.model import Origin, WritableFolder
from toolkit.facts.source.php_application import WRITTEN, served_folder
from toolkit.facts.source.project import Project
from toolkit.inventory.source_tree import SourceFile

RULE = "php-folders"
WRITES = re.compile(
    r"(?:\b(?:file_put_contents|fopen|is_writable|is_writeable|mkdir|move_uploaded_file|touch)|->extract(?:To)?)"
    r"\s{0,9}\(([^;\n]{1,300})"
)
OPENS = re.compile(r"\bfopen\s{0,9}\(")
TO_WRITE = re.compile(r"['\"][waxc]b?t?\+?['\"]")
LITERAL = re.compile(r"['\"]((?:\.{0,2}/){0,4}[\w@-][\w./@-]{0,100})['\"]")
# What a literal goes on from, which is a path too: ROOT . "/data", $dir . '/' . 'index.html'
GOES_ON = re.compile(r"(\$?\w{2,60})[\])]{0,3}\s{0,9}\.\s{0,9}(?:['\"]/['\"]\s{0,9}\.\s{0,9})?$")
OF_ALL = re.compile(
    r"(?i)abs|app|base|dir__|dirname|file__|home|path|root|site"
)  # names for where the application lies
ENDS = re.compile(r"\s{0,99}(?:[,\])]|=>)")
ITEM = re.compile(r"[\[(,]\s{0,99}$")  # what stands behind a key is a setting
# Calls whose arguments may be folders that are asked for.
ASKS_OR_TAKES = re.compile(r"(?i)array|writ|check|perm|chmod|mkdir|foreach|require_?(?:dir|folder)")
FOLLOWS = re.compile(rf"\s{{0,9}}\.\s{{0,9}}{LITERAL.pattern}")
CALL = re.compile(r"\b(\w{2,60})\s{0,9}\(")
SAME_PATH = frozenset({"addslashes", "dirname", "ltrim", "realpath", "rtrim", "str_replace", "trim"})
OF_CLASS = re.compile(r"(?:\$?\w{1,60}(?:::|->)){1,4}$")
KEY = re.compile(r"\[\s{0,9}['\"](\w{2,60})['\"]\s{0,9}\]")  # of a setting: $conf['data_location']
PLACE = "__PLACE__"  # of the file itself, in an expression
HERE = re.compile(r"__DIR__|\bdirname\s{0,9}\(\s{0,9}__FILE__\s{0,9}\)")
ABOVE = re.compile(r"['\"]/?(?:\.\./?){1,4}['\"]|\bdirname\s{0,9}\(\s{0,9}\$?\w{2,60}\s{0,9}\)")
BESIDE = re.compile(
    rf"(__DIR__\s{{0,9}}\.\s{{0,9}}|dirname\(\s{{0,9}}__FILE__\s{{0,9}}\)\s{{0,9}}\.\s{{0,9}})?{LITERAL.pattern}"
)
# What a name stands for: define("DATA", BASE_PATH . "/data"), const DATA = "data", $conf['data_location'] = '_data/'
NAMED = re.compile(
    r"(?:\bdefine\(\s{0,9}['\"](\w{2,60})['\"]\s{0,9},|\bconst\s{1,9}(\w{2,60})\s{0,9}=|\[\s{0,9}['\"](\w{2,60})['\"]\s{0,9}\]\s{0,9}=(?!=))([^;\n]{1,300})"
)
# $conf = $path . '/config.php', for the file that it stands in
LOCAL = re.compile(r"\$(?:this->)?(\w{2,60})\s{0,9}=(?![=>])([^;\n]{1,300})")
WORD = re.compile(r"\$?\w{2,60}")
# Laravel's names for its folders: https://laravel.com/docs/12.x/helpers#paths
HELPER = re.compile(r"\b(database|public|resource|storage)_path\(\s{0,9}(['\"])/?")
FUNCTION = re.compile(r"\bfunction\s{1,9}&?(\w{3,60})\s{0,9}\(\s{0,9}(?:[?\w\\|]{1,60}\s{1,9})?(\$\w{1,60})")
# Taken away after the installation: nothing is kept there.
INSTALLERS = frozenset({"_install", "install", "install.php", "installer"})
OF_INSTALLERS = INSTALLERS | {"setup"}
# Keys that lists of all kinds have.
OF_ANYTHING = frozenset(
    {"dir", "file", "filename", "folder", "id", "name", "path", "target", "text", "title", "tmp_name", "url"}
)
CLASS = re.compile(r"^\s{0,20}(?:abstract\s{1,9}|final\s{1,9})?class\s{1,9}\w", re.MULTILINE)
SIGNATURE = re.compile(r"\bfunction\b[^{;]{1,400}")
MOST_CALLS = 300
MOST_VARIABLES = 3000
LONGEST_FUNCTION = 4000  # characters
LONGEST_LIST = 2000
DEEPEST_NAME = 4  # a constant by a constant by a constant


def read(project: Project) -> Iterator[WritableFolder]:
    homes: dict[str, list[SourceFile]] = {}
    for file in project.code(".php", ".inc"):
        homes.setdefault(project.places.home(file.path), []).append(file)
    for home, files in homes.items():
        seen: set[str] = set()
        folders = _Folders(project, home, files)
        for file in files:
            for path, start in folders.written(file):
                if path not in seen and INSTALLERS.isdisjoint(path.split("/")):
                    seen.add(path)
                    yield WritableFolder(
                        path=path,
                        alone=folders.is_alone(path),
                        evidence=file.at(file.line_of(start), rule=RULE),
                        origin=Origin.CONVENTION,
                        confidence=0.7,
                        directory=home,
                    )


class _Folders:
    """The folders of one application, which its code names by literals, constants, settings and variables; all are relative
    to the application's own folder, `.` for that itself."""

    def __init__(self, project: Project, home: str, files: Sequence[SourceFile]) -> None:
        self._project, self._home = project, home
        self._served = served_folder(project, home)
        # Code names folders from where it runs, which is often the folder that is served.
        self._bases = dict.fromkeys(("", self._served))
        self._told: dict[str, tuple[SourceFile, str]] = {}
        self._named: dict[str, str] = {}
        self._parts: set[str] = set()
        for file in files:
            for match in islice(NAMED.finditer(file.text), MOST_CALLS):
                if match[3] in OF_ANYTHING:
                    continue
                self._told.setdefault(match[1] or match[2] or match[3], (file, match[4]))
                # A class puts a constant of its own behind a folder that it knows.
                if match[2] and CLASS.search(file.text, 0, match.start()):
                    self._parts.add(match[2])
        self._own, self._asking = _own_functions(files)
        own = (file.path for file in files if file.name != "index.php")  # which keeps visitors out
        self._of_code = {str(folder) for path in own for folder in PurePosixPath(path).parents}

    def is_alone(self, path: str) -> bool:
        """Whether a path is a file of the source, or a folder with code: what comes there is new, and what is there stays as
        it is. Folders for data hold code at times, a configuration say."""
        inside = posixpath.join(self._home, path)
        for_data = path != self._served and path.rpartition("/")[2] in WRITTEN
        return path != "." and (inside in self._project.tree or (inside in self._of_code and not for_data))

    def written(self, file: SourceFile) -> Iterator[tuple[str, int]]:
        """Folders that a file's code writes to, and where it says so."""
        asks, variables = False, self._variables(file)
        signatures = list(SIGNATURE.finditer(file.text)) if variables else []
        calls = [pattern.finditer(file.text) for pattern in (WRITES, self._own) if pattern]
        for match in chain.from_iterable(islice(found, MOST_CALLS) for found in calls):
            asked = "is_writ" in match[0] or match[0].partition("(")[0].strip() in self._asking
            asks = asks or "is_writ" in match[0]
            if _only_reads(match) or _is_remark(file, match.start()):
                continue
            given = KEY.sub(r" \1 ", HELPER.sub(r"\2\1/", match[1]))
            known = _without_parameters(signatures, match.start(), variables)
            named = list(filter(None, (self._of_argument(file, word, known) for word in WORD.finditer(given))))
            literals = () if named else (each[1] for each in LITERAL.finditer(given) if self._is_whole(each, variables))
            for path in (*named, *(self._of_literal(file, literal) for literal in literals)):
                if folder := self._of_what_is_written(path, asked=asked):
                    yield folder, match.start()
        yield from self._configuration(file)
        # An installer that asks for each of a list. What a constant names is no list.
        listed = NAMED.sub(lambda named: re.sub(r"\S", " ", named[0]), file.text) if asks else ""
        for match in islice(LITERAL.finditer(listed), MOST_CALLS):
            if match[1].endswith("/") and (folder := self._of_list(file, listed, match, variables)):
                yield folder, match.start()

    def _configuration(self, file: SourceFile) -> Iterator[tuple[str, int]]:
        """Folders of the files that an installer's own constants call the configuration, and that the source does not have."""
        if OF_INSTALLERS.isdisjoint(file.directory.split("/")):
            return
        for match in islice(NAMED.finditer(file.text), MOST_CALLS):
            named = match[1] and "CONF" in match[1].upper() and not _is_remark(file, match.start())
            path = self._of_name(match[1]) if named else ""
            if posixpath.splitext(path)[1] and (folder := self._of_what_is_written(path, asked=False)):
                yield folder, match.start()

    def _of_what_is_written(self, path: str, *, asked: bool) -> str:
        """The folder of a file that is made, or one that is written to. Among code only a file with a name is made, a
        configuration say, and what the source has is rewritten by tools where an installer does not ask for it."""
        inside = posixpath.join(self._home, path)
        if not path or inside in self._project.tree:
            return path if asked else ""
        if posixpath.splitext(path)[1] and inside not in self._project.folders:
            return posixpath.dirname(path) or "."
        return "" if self.is_alone(path) and not asked else path

    def _of_list(self, file: SourceFile, text: str, literal: re.Match[str], variables: Mapping[str, str]) -> str:
        """The folder of an item of a list; empty for a literal that is none."""
        before = text[max(0, literal.start() - LONGEST_LIST) : literal.start()]
        path = literal[1]
        if goes_on := GOES_ON.search(before):
            if above := self._of_word(goes_on[1], variables):
                path = f"{above}/{path.lstrip('/')}"
            elif not OF_ALL.search(goes_on[1]):
                return ""
            before = before[: goes_on.start()]
        if not (_is_in_list(before) and ENDS.match(text, literal.end())):
            return ""
        folder = self._existing(file, path)
        return "" if self._project.places.for_authors(f"{folder}/") else folder

    def _of_argument(self, file: SourceFile, word: re.Match[str], variables: Mapping[str, str]) -> str:
        """The path of a name in a call, with a literal that follows: `ROOT . "config.php"`."""
        above = self._of_word(word[0], variables)
        if posixpath.join(self._home, above) not in self._project.folders and not self._is_whole(word, variables):
            return ""
        follows = FOLLOWS.match(word.string, word.end()) if above else None
        return (follows and self._of_literal(file, f"{above}/{follows[1].lstrip('/')}")) or above

    def _is_whole(self, part: re.Match[str], variables: Mapping[str, str]) -> bool:
        """Whether a part of an expression is a path from the application's own folder, and no end of one that is put together
        elsewhere."""
        goes_on = GOES_ON.search(OF_CLASS.sub("", part.string[: part.start()]))
        return goes_on is None or bool(OF_ALL.search(goes_on[1]) or self._of_word(goes_on[1], variables))

    def _variables(self, file: SourceFile) -> dict[str, str]:
        found: dict[str, str] = {}
        writes = WRITES.search(file.text) or (self._own and self._own.search(file.text))
        for match in islice(LOCAL.finditer(file.text), MOST_VARIABLES) if writes else ():
            if path := self._of_expression(file, match[2], found):
                found.setdefault(f"${match[1]}", path)
        return found

    def _of_word(self, word: str, variables: Mapping[str, str], depth: int = 0) -> str:
        """The path of a variable, a property (whose name stands behind an arrow), a constant or a setting."""
        return variables.get(f"${word.lstrip('$')}", "") or self._of_name(word, depth)

    def _of_name(self, name: str, depth: int = 0) -> str:
        """The path of a constant or setting, where that is put together from others too: `CONTENT . 'images/'`."""
        if name not in self._told or depth > DEEPEST_NAME:
            return ""
        if name not in self._named:
            file, expression = self._told[name]
            self._named[name] = self._of_expression(file, expression, {}, name, depth)
        return self._named[name]

    def _of_expression(
        self, file: SourceFile, expression: str, variables: Mapping[str, str], name: str = "", depth: int = 0
    ) -> str:
        """The path that an expression stands for; `name` is the constant that it is given to."""
        expression = KEY.sub(r" \1 ", expression)
        text, here = HERE.subn(PLACE, expression, count=1)
        words = [word for word in WORD.findall(LITERAL.sub(" ", text)) if word not in (name, PLACE)]
        if any(call.lower() not in SAME_PATH for call in CALL.findall(text)):
            words = []  # what a function makes of a path is anything
        above = next(filter(None, (self._of_word(word, variables, depth + 1) for word in words)), "")
        if here and not above:
            above = self._inside(file.directory)
        for upwards in ABOVE.findall(text) if above else ():
            above = posixpath.normpath(posixpath.join("/", above, "../" * max(upwards.count(".."), 1))).lstrip("/")
        whole = bool(name) and name not in self._parts
        for literal in _literals(expression)[-1:]:
            if not above or literal[0] == ".":
                return self._of_literal(file, literal, named=whole) or ("" if here else above)
            glued = self._existing(file, above + literal)  # TEMPLATES . "_c", without a slash between them
            return glued or self._of_literal(file, f"{above}/{literal.lstrip('/')}", named=bool(name)) or above
        return above

    def _inside(self, path: str) -> str:
        """A path of the tree, relative to the application's own folder."""
        return path.removeprefix(f"{self._home}/" if self._home else "")

    def _of_literal(self, file: SourceFile, literal: str, *, named: bool = False) -> str:
        """The folder that a literal names, or the file in one; empty for anything else."""
        if folder := self._existing(file, literal):
            return folder
        path = posixpath.normpath(literal.lstrip("./"))
        if posixpath.splitext(path)[1]:
            above = posixpath.dirname(path)
            folder = self._existing(file, above) if above else self._served or "."
            return posixpath.normpath(posixpath.join(folder, posixpath.basename(path))) if folder else ""
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
            inside = self._inside(path)
            if inside not in ("", ".", self._home) and not inside.startswith("..") and path in self._project.folders:
                return inside
        return ""


def _own_functions(files: Iterable[SourceFile]) -> tuple[re.Pattern[str] | None, frozenset[str]]:
    """Calls of the application's own functions that write what they are given first, `save($file, $data)`, and the names of
    those that ask whether they may."""
    found: set[str] = set()
    asking: set[str] = set()
    for file in files:
        functions = list(islice(FUNCTION.finditer(file.text), MOST_CALLS)) if WRITES.search(file.text) else []
        for function, following in zip_longest(functions, functions[1:]):
            end = min(following.start() if following else len(file.text), function.end() + LONGEST_FUNCTION)
            given = re.compile(rf"\s{{0,9}}{re.escape(function[2])}\b")
            writes = [
                match
                for match in WRITES.finditer(file.text, function.end(), end)
                if given.match(match[1]) and not _only_reads(match)
            ]
            found |= {function[1]} if writes else set()
            asking |= {function[1]} if any("is_writ" in match[0] for match in writes) else set()
    names = "|".join(sorted(found))
    pattern = re.compile(rf"(?<!function )\b(?:{names})\s{{0,9}}\(([^;,\n]{{1,300}})") if found else None
    return pattern, frozenset(asking)


def _without_parameters(
    signatures: Sequence[re.Match[str]], place: int, variables: Mapping[str, str]
) -> Mapping[str, str]:
    """Variables, without those that the function at a place is given, which have the names of others in the file."""
    number = bisect_left(signatures, place, key=lambda signature: signature.start())
    given = set(WORD.findall(signatures[number - 1][0])) if number else set()
    return {name: path for name, path in variables.items() if name not in given}


def _is_remark(file: SourceFile, place: int) -> bool:
    return file.lines[file.line_of(place) - 1].lstrip().startswith(("//", "*", "#"))


def _is_in_list(before: str) -> bool:
    """Whether what follows a text is an item of a list, or an argument of what asks for folders: array('cache/', …"""
    if not ITEM.search(before):
        return False
    depth = 0
    for place in range(len(before) - 1, -1, -1):
        character = before[place]
        if character in ")]":
            depth += 1
        elif character in "([" and depth:
            depth -= 1
        elif character == "[":
            return not re.search(r"[\w\]]$", before[:place])
        elif character == "(":
            called = re.search(r"(\w{1,60})\s{0,9}$", before[:place])
            return called is None or bool(ASKS_OR_TAKES.search(called[1]))
        elif character in ";{}":
            return False
    return False


def _only_reads(call: re.Match[str]) -> bool:
    return bool(OPENS.match(call[0])) and not TO_WRITE.search(call[1])


def _literals(expression: str) -> list[str]:
    """The paths of an expression; one behind the file's own folder, __DIR__ . '/../cache/', begins with a dot."""
    return [f".{match[2]}" if match[1] and match[2][0] == "/" else match[2] for match in BESIDE.finditer(expression)]
