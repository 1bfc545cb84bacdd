"""Splits a dump into statements while it streams by. Memory stays bounded, and time linear, whatever the text holds."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from re import Pattern

from toolkit.migrate.dialects import Dialect, mysql

LONGEST_STATEMENT = 1 << 20  # characters; a table with thousands of partitions is shorter
_DATA_HEAD = 4096
_LONGEST_LINE_HELD = 1 << 16
_CUT_SPACE = 128
_DELIMITERS = 16
SHORT_ROW = 1000  # characters; the values of shorter rows are not measured
_VALUES = re.compile(r"\bVALUES\s*+\Z", re.IGNORECASE)
_DATA = re.compile(r"\s*+(?:INSERT|REPLACE)\b", re.IGNORECASE)
_COPY = re.compile(r"\s*+COPY\b.*\bFROM\s++stdin\b", re.IGNORECASE | re.DOTALL)
_SEPARATORS = re.compile(r"[\s;,()](?=[^\s;,()]*+\Z)")
_BRACKETS = {"[": "]", "(": ")", "{": "}", "<": ">"}


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement without its comments, up to LONGEST_STATEMENT characters; of one with data, its head.

    `rows` counts the rows of INSERT and COPY, and `longest` is the length of their longest value in characters.
    """

    text: str
    line: int
    rows: int = 0
    longest: int = 0


class _Kind(Enum):
    CODE = "code"
    DATA = "data"
    PROGRAM = "program"


class Statements:
    """Feed it text in pieces; it gives back statements as they end. `open_since` is the line of what was never closed."""

    def __init__(self, dialect: Dialect) -> None:
        self._dialect = dialect
        self._delimiters = {";"}
        self._before = "\n"
        self._held = ""
        self._line = 1
        self._close = ""
        self._nested = 0
        self._copy: Statement | None = None
        self._field = 0
        self.open_since = 0
        self._begin(1)

    def feed(self, text: str) -> Iterator[Statement]:
        """The statements that end in this piece of text."""
        text = self._held + text
        # A word or mark that is cut in two would be misread, so that the end of a piece waits for the next one.
        cut = text.rfind("\n") + 1
        if not cut and len(text) > _LONGEST_LINE_HELD:
            found = _SEPARATORS.search(text, max(0, len(text) - _CUT_SPACE))
            cut = found.end() if found else max(0, len(text) - _CUT_SPACE)
        self._held = text[cut:]
        if cut:
            yield from self._read(text[:cut])

    def close(self) -> Iterator[Statement]:
        """What the end of the file ends."""
        if self._held:
            held, self._held = self._held, ""
            yield from self._read(held)
        if self._copy:
            yield self._copied()
        yield from self._end(self._line)

    def _begin(self, line: int) -> None:
        self._pieces: list[str] = []
        self._size = 0
        self._first = line
        self._kind: _Kind | None = None
        self._depth = 0
        self._values = False
        self._rows = 0
        self._longest = 0
        self._joined = 0

    def _end(self, line: int) -> Iterator[Statement]:
        text = "".join(self._pieces)
        if text.strip():
            lines_before = text[: len(text) - len(text.lstrip())].count("\n")
            yield Statement(text.strip(), self._first + lines_before, self._rows, self._longest)
        self._begin(line)

    def _keep(self, text: str) -> None:
        room = (_DATA_HEAD if self._kind is _Kind.DATA else LONGEST_STATEMENT) - self._size
        if room > 0 and text:
            self._pieces.append(text[:room])
            self._size += min(room, len(text))

    def _classify(self, more: str) -> None:
        """Decides what kind of statement this is by its first words; `more` is what is not kept yet."""
        if self._kind is None:
            head = ("".join(self._pieces)[:400] + more[:400]).lstrip()
            if head:
                data, program = _DATA.match(head), self._dialect.program.match(head)
                self._kind = _Kind.DATA if data else _Kind.PROGRAM if program else _Kind.CODE

    def _read(self, piece: str) -> Iterator[Statement]:
        text = self._before + piece
        # A line's first words are recognised by the end of the line before.
        place = 0 if self._before == "\n" and not self._close and not self._copy else 1
        start = counted = 1
        self._before = text[-1]

        def line_at(end: int) -> int:
            nonlocal counted
            self._line += text.count("\n", counted, end)
            counted = max(counted, end)
            return self._line

        while place < len(text):
            if self._copy:
                start = place = self._copy_rows(text, place)
                if not self._copy_open:
                    yield self._copied()
                    self._begin(line_at(place))
                continue
            if self._close:
                end = self._closing(text, place)
                if self._comment:  # its lines count
                    self._keep("\n" * text.count("\n", place, end if end >= 0 else len(text)))
                if end < 0:
                    break
                if self._comment:
                    start = end
                place = end
                continue
            match = self._pattern.match(text, place)
            if match is None:
                break
            what = match.lastgroup or ""
            here, place = match.span(what)
            if what in ("comment", "open"):
                if what == "open":
                    self._open(text, here, match[what], line_at(here))
                elif place == len(text) and not match[what].startswith(("/*", "*/")):
                    self._close, self._comment, self._escapes, self._nested = "\n", True, False, 0
                if what == "comment" or self._comment:
                    self._keep(text[start:here] + ("\n" if text[here] == "\n" else " "))
                    start = place
            elif what in ("line", "begin", "end"):
                self._classify(text[start:here])
                if not self._ends(what, match[what]):
                    continue
                self._keep(text[start:here])
                start = place if what != "begin" else here + 1
                head = "".join(self._pieces)
                yield from self._end(line_at(start))
                if what == "line":
                    self._change_delimiter(match[what])
                elif what == "end" and self._dialect.engine == "postgres" and _COPY.match(head):
                    self._copy = Statement(head, self._line)
                    self._copy_open, self._field = True, 0
            else:
                if self._kind is None:
                    self._classify(text[start:here])
                    if self._kind is _Kind.DATA:
                        self._values = bool(_VALUES.search(text, start, here))
                        place = here  # again, as data
                        continue
                self._count(what, match[what])
        # Of a comment there is nothing to keep; a literal is kept like the rest of its statement.
        if not (self._close and self._comment) and not self._copy:
            self._keep(text[start:])
        line_at(len(text))

    @property
    def _pattern(self) -> Pattern[str]:
        if self._kind is not _Kind.DATA:
            return self._dialect.code
        return self._dialect.data if self._values else self._dialect.head

    def _ends(self, what: str, text: str) -> bool:
        if what == "begin":
            # Inside of a program only the start of another CREATE can be its end, and that in Oracle's alone.
            foreign = self._dialect.engine == "oracle" and text.strip().upper() == "CREATE"
            return self._depth == 0 and (self._kind is not _Kind.PROGRAM or foreign)
        return what == "line" or self._kind is not _Kind.PROGRAM

    def _count(self, what: str, text: str) -> None:
        if what == "down":
            if self._depth == 0 and self._values:
                self._rows += 1
            self._depth += 1
        elif what == "up":
            self._depth = max(0, self._depth - 1)
        elif what == "values":
            self._values = self._depth == 0
        elif what == "row":
            if self._depth == 0:
                self._rows += 1
            if len(text) > max(self._longest, SHORT_ROW):
                values = self._dialect.value.findall(text)
                self._longest = max(self._longest, max((len(value) - 2 for value in values), default=0))
        else:
            self._longest = max(self._longest, len(text) - 2)

    def _open(self, text: str, here: int, mark: str, line: int) -> None:
        self.open_since = line
        self._comment = mark == "/*"
        self._nested = int(self._comment)
        self._joined = 0
        if self._comment:
            self._close = "*/"
        elif len(mark) > 1 and "'" in mark:
            self._close = _BRACKETS.get(mark[-1], mark[-1]) + "'"  # Oracle's q'[...]'
        else:
            self._close = "]" if mark == "[" else mark
        self._escapes = mark in ("'", '"') and (
            self._dialect.backslash or (self._dialect.engine == "postgres" and text[here - 1] in "eE")
        )

    def _closing(self, text: str, place: int) -> int:
        """Where the open quote or comment ends; -1 when it goes on."""
        if self._nested and self._dialect.engine in ("postgres", "sqlserver"):  # they nest comments
            for match in re.compile(r"/\*|\*/").finditer(text, place):
                self._nested += 1 if match[0] == "/*" else -1
                if self._nested == 0:
                    self._close = ""
                    self.open_since = 0
                    return match.end()
            return -1
        if self._escapes:
            body = re.compile(rf"[^{self._close}\\]*+(?:\\.[^{self._close}\\]*+)*+", re.DOTALL).match(text, place)
            end = body.end() if body and text.startswith(self._close, body.end()) else -1
        else:
            end = text.find(self._close, place)
        if self._kind is _Kind.DATA and not self._comment:
            self._joined += (end if end >= 0 else len(text)) - place
            self._longest = max(self._longest, self._joined)
        if end < 0:
            return -1
        end += len(self._close.strip("\n"))  # a line's end is more than the end of its comment
        self._close = ""
        self.open_since = 0
        return end

    _comment = False
    _escapes = False
    _copy_open = False

    def _change_delimiter(self, line: str) -> None:
        words = line.split()
        if self._dialect.engine == "mysql" and len(words) == 2 and len(self._delimiters | {words[1]}) <= _DELIMITERS:
            self._delimiters.add(words[1])
            self._dialect = mysql(words[1])

    def _copy_rows(self, text: str, place: int) -> int:
        """Counts rows up to the line that ends them, and measures their fields."""
        if text.startswith("\n", place) and self._rows == 0 and not self._field and text[place - 1] == ";":
            place += 1
        end = text.find("\n\\.", place - 1)
        stop = len(text) if end < 0 else end + 1
        data = text[place:stop]
        self._rows += data.count("\n")
        fields = data.replace("\n", "\t").split("\t")
        fields_longest = max(map(len, fields))
        self._longest = max(self._longest, fields_longest, self._field + len(fields[0]))
        self._field = self._field + len(data) if len(fields) == 1 else len(fields[-1])
        if end < 0:
            return len(text)
        self._copy_open = False
        line_end = text.find("\n", stop)
        return len(text) if line_end < 0 else line_end

    def _copied(self) -> Statement:
        assert self._copy
        statement = Statement(self._copy.text.strip(), self._copy.line, self._rows, self._longest)
        self._copy, self._field = None, 0
        self._rows = self._longest = 0
        return statement
