"""`Document`: what a README of any format becomes. Blocks in reading order, each with its exact lines."""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

# What is longer was not written by hand for a reader; the rest is passed over and `Document.cut` says so. With the
# bounds of SourceTree these keep the time of any document below a second.
MAXIMUM_LINES = 10_000
MAXIMUM_LINE_LENGTH = 4_000


class Kind(StrEnum):
    HEADING = "heading"
    PARAGRAPH = "paragraph"
    CODE = "code"
    TABLE = "table"


class MarkKind(StrEnum):
    CODE = "code"
    STRONG = "strong"
    LINK = "link"


@dataclass(frozen=True, slots=True)
class Mark:
    """A marked-up span of a block's text: `start` and `end` are offsets in it, `target` is where a link leads."""

    kind: MarkKind
    start: int
    end: int
    target: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """A table's row; the first one of a table is its header."""

    cells: tuple[str, ...]
    line: int


@dataclass(frozen=True, slots=True)
class Block:
    """A heading, paragraph, code block or table.

    `text` is without markup and has one line per line of the file, so that offsets give lines. `item` is the path of
    list item numbers that leads to the block, empty outside lists; `ordered` tells numbered lists.
    """

    kind: Kind
    text: str
    first_line: int
    last_line: int
    level: int = 0
    language: str = ""
    fenced: bool = False
    marks: tuple[Mark, ...] = ()
    rows: tuple[Row, ...] = ()
    item: tuple[int, ...] = ()
    ordered: bool = False

    def line_of(self, offset: int) -> int:
        """The line of the file on which the character at `offset` of the text stands."""
        return min(self.first_line + self.text.count("\n", 0, offset), self.last_line)

    def marked(self, kind: MarkKind) -> Iterator[tuple[Mark, str]]:
        """Marks of one kind with their text."""
        for mark in self.marks:
            if mark.kind == kind:
                yield mark, self.text[mark.start : mark.end]


@dataclass(frozen=True)
class Section:
    """A heading with the blocks up to the next one. `headings` leads from the outermost heading to its own."""

    headings: tuple[str, ...]
    first_line: int
    blocks: tuple[Block, ...]

    @property
    def title(self) -> str:
        return self.headings[-1] if self.headings else ""


@dataclass(frozen=True)
class Document:
    """A parsed README. `format` is md, rst, adoc, org or txt; `cut` when lines were passed over for their number or length."""

    path: str
    format: str
    blocks: tuple[Block, ...]
    cut: bool = False

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        """Sections in order; what stands before the first heading is one without headings."""
        sections: list[Section] = []
        stack: list[Block] = []
        start, first_line = 0, 1

        def close(end: int) -> None:
            if end > start or stack:
                headings = tuple(block.text.replace("\n", " ") for block in stack)
                sections.append(Section(headings, first_line, self.blocks[start:end]))

        for number, block in enumerate(self.blocks):
            if block.kind != Kind.HEADING:
                continue
            close(number)
            while stack and stack[-1].level >= block.level:
                stack.pop()
            stack.append(block)
            start, first_line = number + 1, block.first_line
        close(len(self.blocks))
        return tuple(sections)

    @cached_property
    def links(self) -> tuple[str, ...]:
        """Where its links lead, in order, once each."""
        return tuple(dict.fromkeys(mark.target for block in self.blocks for mark in block.marks if mark.target))


def bounded(text: str) -> tuple[list[str], bool]:
    """The lines that are read, and whether any was passed over or shortened."""
    # A lone carriage return ends a line, as it does for markdown-it-py and for the tree that files are read from.
    lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n", MAXIMUM_LINES)
    cut = len(lines) > MAXIMUM_LINES
    del lines[MAXIMUM_LINES:]
    for number, line in enumerate(lines):
        if len(line) > MAXIMUM_LINE_LENGTH:
            lines[number] = line[:MAXIMUM_LINE_LENGTH]
            cut = True
    return lines, cut
