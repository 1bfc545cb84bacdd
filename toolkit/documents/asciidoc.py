"""AsciiDoc, read by its lines: sections, delimited blocks, lists, tables, literal paragraphs."""

import re
from collections.abc import Generator, Iterator
from typing import Any

from toolkit.documents import inline
from toolkit.documents.model import Block, Document, Kind, Row, bounded
from toolkit.inventory.source_tree import SourceFile

HEADING = re.compile(r"(={1,6}|#{1,6})\s{1,4}(\S.{0,300})$")
ATTRIBUTE = re.compile(r":(!?[A-Za-z_][\w-]{0,60}!?):(?:\s{1,4}(.{0,500}))?$")
BLOCK_ATTRIBUTES = re.compile(r"\[([^\[\]\n]{0,200})\]\s*$")
FENCE = re.compile(r"(-{4,}|\.{4,}|`{3,}|={4,}|\*{4,}|_{4,}|\+{4,}|/{4,}|--)(\w{0,20})\s*$")
ITEM = re.compile(r"(\*{1,5}|-|\.{1,5}|\d{1,3}\.|<\d{1,2}>)\s{1,4}(?=\S)")
DESCRIPTION = re.compile(r"(\S.{0,120}?)(?:::|;;)(?:\s{1,4}(.{0,500}))?$")
ADMONITION = re.compile(r"(?:NOTE|TIP|IMPORTANT|WARNING|CAUTION):\s{1,4}")
TITLE = re.compile(r"\.(?=[^\s.]).{1,200}$")
MACRO = re.compile(
    r"(?:image|video|audio|include|toc)::\S{0,300}\[|\[\[[^\]\n]{1,80}\]\]\s*$|ifdef::|ifndef::|endif::|ifeval::"
)
TABLE = re.compile(r"[|,!]={3,}\s*$")
PROGRAM_STYLES = frozenset({"source", "listing", "literal"})


def parse(file: SourceFile) -> Document:
    """An AsciiDoc file as a document."""
    lines, cut = bounded(file.text)
    return Document(file.path, "adoc", tuple(_Reader([line.rstrip() for line in lines]).read()), cut or file.truncated)


class _Reader:
    def __init__(self, lines: list[str]) -> None:
        self.lines = lines
        self.attributes: dict[str, str] = {}
        self.numbers: list[int] = []
        self.styles: list[str] = []
        self.ordered = False

    def _block(self, kind: Kind, text: str, first: int, last: int, **more: Any) -> Block:
        plain, marks = inline.asciidoc(text, self.attributes)
        return Block(
            kind,
            plain,
            first + 1,
            last + 1,
            marks=marks,
            item=tuple(self.numbers) if kind != Kind.HEADING else (),
            **more,
        )

    def read(self) -> Iterator[Block]:
        lines, position = self.lines, 0
        style = language = ""
        attached = False
        while position < len(lines):
            line = lines[position]
            if not line:
                position += 1
                continue
            if line == "+":
                attached = True
                position += 1
                continue
            if match := HEADING.match(line):
                self.numbers, self.styles = [], []
                yield self._block(Kind.HEADING, match[2], position, position, level=len(match[1]))
                style = language = ""
            elif match := ATTRIBUTE.match(line):
                if not match[1].startswith("!"):
                    self.attributes[match[1]] = match[2] or ""
            elif (line.startswith("//") and not line.startswith("////")) or MACRO.match(line):
                pass
            elif match := BLOCK_ATTRIBUTES.match(line):
                words = [word.strip().strip("\"'") for word in match[1].split(",")]
                style = words[0].split(".")[0].split("%")[0].split("#")[0].lower()
                language = (
                    words[1].lower() if len(words) > 1 and "=" not in words[1] and style in ("source", "") else ""
                )
                if style == "source" and not language:
                    language = "text"
                position += 1
                continue
            elif TABLE.match(line):
                end = self._closing(position, line)
                yield self._table(position, end)
                position = end
                style = language = ""
            elif match := FENCE.match(line):
                if match[1][0] in "-.`+" and (match[1] != "--" or style in PROGRAM_STYLES):
                    end = self._closing(position, match[1])
                    if not attached and not self._in_list(position):
                        self.numbers, self.styles = [], []
                    text = "\n".join(lines[position + 1 : end])
                    if text.strip():
                        yield Block(
                            Kind.CODE, text, position + 2, end, language=(match[2] or language).replace("text", ""), fenced=True, item=tuple(self.numbers),
                        )  # fmt: skip
                    position = end
                elif match[1][0] == "/":
                    position = self._closing(position, match[1])
                style = language = ""
            elif match := ITEM.match(line):
                self._open(match[1])
                position = yield from self._paragraph(position, match.end())
                attached = False
                continue
            elif TITLE.match(line):
                yield self._block(Kind.PARAGRAPH, line[1:] + ("" if line.endswith(":") else ":"), position, position)
            elif line[0] in " \t" and not ITEM.match(line.lstrip()):
                position = yield from self._literal(position, language)
                style = language = ""
                continue
            elif (match := DESCRIPTION.match(line)) and "://" not in line[: match.end(1)]:
                text = f"{match[1]}: {match[2] or ''}".rstrip()
                yield self._block(Kind.PARAGRAPH, text, position, position)
            elif line[0] in " \t":
                match = ITEM.match(line.lstrip())
                assert match is not None
                self._open(match[1])
                position = yield from self._paragraph(position, len(line) - len(line.lstrip()) + match.end())
                continue
            else:
                if style in PROGRAM_STYLES:
                    position = yield from self._literal(position, language)
                    style = language = ""
                    continue
                if not attached and not self._in_list(position):
                    self.numbers, self.styles = [], []
                match = ADMONITION.match(line)
                position = yield from self._paragraph(position, match.end() if match else 0)
                style = language = ""
                attached = False
                continue
            attached = False
            position += 1

    def _in_list(self, position: int) -> bool:
        """Whether a block without `+` still stands right under its list item."""
        return bool(self.numbers) and position > 0 and bool(self.lines[position - 1])

    def _open(self, marker: str) -> None:
        if marker[0].isdigit():
            marker = "."
        if marker in self.styles:
            depth = self.styles.index(marker)
            del self.styles[depth + 1 :], self.numbers[depth + 1 :]
            self.numbers[depth] += 1
        elif len(self.styles) < 12:
            self.styles.append(marker)
            self.numbers.append(1)

    def _closing(self, position: int, fence: str) -> int:
        for number in range(position + 1, len(self.lines)):
            if self.lines[number].rstrip() == fence.rstrip():
                return number
        # Never closed: it ends at the next blank line, not with the document.
        for number in range(position + 1, len(self.lines)):
            if not self.lines[number]:
                return number
        return len(self.lines)

    def _paragraph(self, position: int, skip: int) -> Generator[Block, None, int]:
        first = position
        texts = [self.lines[position][skip:]]
        position += 1
        while position < len(self.lines):
            line = self.lines[position]
            if (
                not line
                or line == "+"
                or ITEM.match(line.lstrip())
                or FENCE.match(line)
                or BLOCK_ATTRIBUTES.match(line)
                or TABLE.match(line)
                or HEADING.match(line)
            ):
                break
            texts.append(line.strip())
            position += 1
        texts[-1] = texts[-1].removesuffix(" +")
        yield self._block(Kind.PARAGRAPH, "\n".join(texts), first, position - 1)
        return position

    def _literal(self, position: int, language: str) -> Generator[Block, None, int]:
        first = position
        while position < len(self.lines) and self.lines[position]:
            position += 1
        text = "\n".join(line.strip() if self.lines[first][0] in " \t" else line for line in self.lines[first:position])
        yield Block(
            Kind.CODE,
            text,
            first + 1,
            position,
            language=language.replace("text", ""),
            fenced=True,
            item=tuple(self.numbers),
        )
        return position

    def _table(self, first: int, end: int) -> Block:
        rows: list[Row] = []
        width = 0
        cells: list[tuple[str, int]] = []
        for number in range(first + 1, end):
            line = self.lines[number]
            if not line:
                if cells and not width:
                    width = len(cells)
                continue
            if "|" in line:
                parts = [part.strip() for part in line.split("|")[1:]]
                cells += [(inline.asciidoc(part, self.attributes)[0], number) for part in parts]
                if not width and len(parts) > 1:
                    width = len(parts)
            elif cells:
                text, at = cells[-1]
                cells[-1] = (f"{text} {line.strip()}".strip(), at)
        for start in range(0, len(cells), max(1, width)):
            chosen = cells[start : start + max(1, width)]
            rows.append(Row(tuple(text for text, _ in chosen), chosen[0][1] + 1))
        text = "\n".join(self.lines[first : end + 1])
        return Block(Kind.TABLE, text, first + 1, end + 1, rows=tuple(rows), item=tuple(self.numbers))
