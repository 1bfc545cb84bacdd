"""reStructuredText, read by its lines: sections, literal blocks, directives, lists, tables.

Not docutils: its time grows faster than the document on adversarial input, and it stops where legacy files err.
"""

import re
from collections.abc import Generator, Iterator

from toolkit.documents import inline
from toolkit.documents.model import Block, Document, Kind, Row, bounded
from toolkit.inventory.source_tree import SourceFile

ADORNMENT = re.compile(r"([=\-~`:'\"^_*+#<>.!$%&,/;?@|])\1{2,}\s*$")
DIRECTIVE = re.compile(r"\.\. {1,3}(?:\|[^|]{1,60}\| {1,3})?([A-Za-z][\w:.+-]{0,60})::(?:\s{1,4}(.{0,300}))?$")
TARGET = re.compile(r"\.\. {1,3}_(`[^`]{1,100}`|[^:`]{1,100}): {0,3}(\S{0,500})\s*$")
COMMENT = re.compile(r"\.\.(?:\s|$)")
OPTION = re.compile(r"\s{0,20}:[A-Za-z][\w -]{0,40}:")
BULLET = re.compile(r"([*+\-•‣])\s{1,4}(?=\S)|([*+\-•‣])$")
NUMBERED = re.compile(r"(?:\(?(?:\d{1,3}|[A-Za-z#]|[ivxlcIVXLC]{1,5})[.)])\s{1,4}(?=\S)")
FIELD = re.compile(r":([^:\n]{1,60}):\s{1,4}")
SIMPLE_BORDER = re.compile(r"={2,}(?:\s{1,20}={2,})+\s*$")
GRID_BORDER = re.compile(r"\+(?:[-=]{1,300}\+)+\s*$")
CODE = frozenset(
    [
        "code",
        "code-block",
        "sourcecode",
        "prompt",
        "parsed-literal",
        "highlight-block",
        "console",
        "terminal",
        "ipython",
    ]
)
PASSED_OVER = frozenset(
    [
        "image",
        "figure",
        "contents",
        "toctree",
        "include",
        "literalinclude",
        "raw",
        "meta",
        "index",
        "automodule",
        "autoclass",
        "math",
        "sectnum",
        "header",
        "footer",
        "target-notes",
        "default-role",
        "highlight",
        "graphviz",
        "plantuml",
        "mermaid",
        "badge",
    ]
)
MAXIMUM_DEPTH = 12

Line = tuple[int, str]


def parse(file: SourceFile) -> Document:
    """A reStructuredText file as a document."""
    lines, cut = bounded(file.text)
    expanded = [line.expandtabs(8).rstrip() for line in lines]
    references = {}
    for line in expanded:
        if line.startswith(".. _") and (match := TARGET.match(line)):
            references[match[1].strip("`").lower()] = match[2]
    reader = _Reader(references)
    blocks = tuple(reader.read([(number, line) for number, line in enumerate(expanded, start=1)], (), False, 0))
    return Document(file.path, "rst", blocks, cut or file.truncated)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


class _Reader:
    def __init__(self, references: dict[str, str]) -> None:
        self.references = references
        self.levels: list[str] = []

    def read(self, lines: list[Line], item: tuple[int, ...], ordered: bool, depth: int) -> Iterator[Block]:
        """Blocks of lines that begin at the same margin."""
        position = 0
        count = 0
        while position < len(lines):
            number, line = lines[position]
            if not line:
                position += 1
                continue
            if depth == 0 and (title := self._title(lines, position)):
                block, position = title
                yield block
                count = 0
                continue
            if line.startswith(".."):
                end = _end_of_indented(lines, position + 1, 1)
                if match := DIRECTIVE.match(line):
                    yield from self._directive(
                        match[1].lower(), (match[2] or "").strip(), lines, position, end, item, ordered, depth
                    )
                    position = end
                    continue
                if COMMENT.match(line):
                    position = end
                    continue
            if line[0] == " ":
                end = _end_of_indented(lines, position, 1)
                inner = _dedented(lines[position:end])
                yield from (
                    self.read(inner, item, ordered, depth + 1) if depth < MAXIMUM_DEPTH else self._flat(inner, item)
                )
                position = end
                continue
            if SIMPLE_BORDER.match(line) or GRID_BORDER.match(line):
                end = _end_of_table(lines, position)
                yield _table(lines[position:end], item)
                position = end
                continue
            marker = BULLET.match(line) or NUMBERED.match(line)
            if marker and depth < MAXIMUM_DEPTH and self._is_item(lines, position, marker):
                count += 1
                margin = marker.end()
                end = _end_of_indented(lines, position + 1, max(2, margin - 2) if margin > 2 else margin)
                inner = [(at, text[min(margin, _indent(text)) :]) for at, text in lines[position + 1 : end]]
                body = [(number, line[margin:]), *inner]
                yield from self.read(body, (*item, count), bool(marker.re is NUMBERED), depth + 1)
                position = end
                continue
            position = yield from self._paragraph(lines, position, item, ordered)

    def _is_item(self, lines: list[Line], position: int, marker: re.Match[str]) -> bool:
        """A letter with a full stop may begin a sentence; a digit or bullet does not."""
        del lines, position
        return marker.re is BULLET or not marker[0].strip("() ").rstrip(".)").isalpha() or len(marker[0].strip()) <= 3

    def _title(self, lines: list[Line], position: int) -> tuple[Block, int] | None:
        number, line = lines[position]
        over = ADORNMENT.match(line) if not line[0].isalnum() else None
        if over and position + 2 < len(lines):
            _, text = lines[position + 1]
            _, under = lines[position + 2]
            if text.strip() and under == line.strip() and not ADORNMENT.match(text.strip()):
                return self._heading(over[1] * 2, text.strip(), number + 1), position + 3
        if position + 1 >= len(lines) or line[0] == " " or over:
            return None
        _, under = lines[position + 1]
        match = ADORNMENT.match(under)
        if match and len(under) >= min(len(line), 3) and len(under) >= len(line) - 20 and not BULLET.match(line):
            return self._heading(match[1], line, number), position + 2
        return None

    def _heading(self, style: str, text: str, number: int) -> Block:
        if style not in self.levels:
            self.levels.append(style)
        plain, marks = inline.restructuredtext(text, self.references)
        return Block(Kind.HEADING, plain, number, number, level=self.levels.index(style) + 1, marks=marks)

    def _paragraph(
        self, lines: list[Line], position: int, item: tuple[int, ...], ordered: bool
    ) -> Generator[Block, None, int]:
        start = position
        while (
            position < len(lines)
            and lines[position][1]
            and (position == start or lines[position][1][0] != " " or not lines[position - 1][1].endswith("::"))
        ):
            if position > start and lines[position][1].startswith(".. ") and DIRECTIVE.match(lines[position][1]):
                break
            if position > start and BULLET.match(lines[position][1]) and lines[position][1][0] != " ":
                break
            position += 1
        chosen = lines[start:position]
        text = "\n".join(line.strip() if number else line for number, (_, line) in enumerate(chosen))
        literal = text.endswith("::")
        if literal:
            text = text[:-1] if len(text) > 2 and not text[-3].isspace() else text[:-2]
        plain, marks = inline.restructuredtext(text, self.references)
        if plain.strip():
            yield Block(Kind.PARAGRAPH, plain, chosen[0][0], chosen[-1][0], marks=marks, item=item, ordered=ordered)
        if literal:
            end = _end_of_indented(lines, position, 1)
            if (block := _code(_dedented(lines[position:end]), "::", item, ordered)) is not None:
                yield block
                position = end
            elif position < len(lines) and lines[position][1][:1] not in ("", " "):
                pass  # a quoted literal block, or nothing
        return position

    def _directive(
        self,
        name: str,
        argument: str,
        lines: list[Line],
        position: int,
        end: int,
        item: tuple[int, ...],
        ordered: bool,
        depth: int,
    ) -> Iterator[Block]:
        name = name.rsplit(":", 1)[-1]
        body = lines[position + 1 : end]
        while body and OPTION.match(body[0][1]):
            body = body[1:]
        body = _dedented(body)
        number = lines[position][0]
        if name in CODE:
            language = (
                argument.split(" ")[0].lower()
                if argument
                else ("sh" if name in ("prompt", "console", "terminal") else "")
            )
            if argument and name == "code" and " " in argument and not body:
                body, language = [(number, argument)], ""
            if (block := _code(body, language, item, ordered)) is not None:
                yield block
            return
        if name in PASSED_OVER or name.startswith("auto"):
            return
        if argument:
            if name == "envvar":
                argument += ":"
            plain, marks = inline.restructuredtext(argument, self.references)
            tail = (
                ":"
                if name in ("tab", "group-tab", "tab-item", "code-tab", "admonition") and not plain.endswith(":")
                else ""
            )
            yield Block(Kind.PARAGRAPH, plain + tail, number, number, marks=marks, item=item, ordered=ordered)
        if name == "code-tab":
            if (block := _code(body, argument.split(" ")[0].lower(), item, ordered)) is not None:
                yield block
            return
        if name == "list-table":
            yield _list_table(body, item)
            return
        if depth < MAXIMUM_DEPTH:
            yield from self.read(body, item, ordered, depth + 1)

    def _flat(self, lines: list[Line], item: tuple[int, ...]) -> Iterator[Block]:
        text = "\n".join(line.strip() for _, line in lines)
        if text.strip():
            yield Block(Kind.PARAGRAPH, text, lines[0][0], lines[-1][0], item=item)


def _end_of_indented(lines: list[Line], position: int, margin: int) -> int:
    """Where the lines end that are blank or indented by at least `margin`; trailing blank lines are left out."""
    end = position
    while position < len(lines):
        line = lines[position][1]
        if line:
            if _indent(line) < margin:
                break
            end = position + 1
        position += 1
    return end


def _dedented(lines: list[Line]) -> list[Line]:
    margin = min((_indent(line) for _, line in lines if line), default=0)
    return [(number, line[margin:]) for number, line in lines]


def _code(lines: list[Line], language: str, item: tuple[int, ...], ordered: bool) -> Block | None:
    while lines and not lines[0][1]:
        lines = lines[1:]
    if not lines:
        return None
    text = "\n".join(line for _, line in lines)
    return Block(
        Kind.CODE,
        text,
        lines[0][0],
        lines[-1][0],
        language=language.removeprefix("::"),
        fenced=True,
        item=item,
        ordered=ordered,
    )


def _end_of_table(lines: list[Line], position: int) -> int:
    grid = lines[position][1].startswith("+")
    borders = 0
    while position < len(lines):
        line = lines[position][1]
        if grid and not line.startswith(("+", "|")):
            break
        if not grid and SIMPLE_BORDER.match(line):
            borders += 1
            following = lines[position + 1][1] if position + 1 < len(lines) else ""
            if borders >= 2 and not following:
                return position + 1
        if not grid and not line and borders >= 3:
            break
        position += 1
    return position


def _table(lines: list[Line], item: tuple[int, ...]) -> Block:
    rows: list[Row] = []
    first = lines[0][1]
    if first.startswith("+"):
        for number, line in lines:
            if line.startswith("|"):
                cells = [inline.restructuredtext(cell.strip())[0] for cell in line.strip("|").split("|")]
                if rows and not cells[0] and len(cells) == len(rows[-1].cells):
                    rows[-1] = Row(
                        tuple(f"{a} {b}".strip() for a, b in zip(rows[-1].cells, cells, strict=True)), rows[-1].line
                    )
                else:
                    rows.append(Row(tuple(cells), number))
    else:
        starts = [match.start() for match in re.finditer(r"=+", first)]
        for number, line in lines:
            if line and not SIMPLE_BORDER.match(line) and not re.fullmatch(r"[-=\s]{1,400}", line):
                ends = [*starts[1:], len(line) + 1]
                cells = [
                    inline.restructuredtext(line[start:end].strip())[0] for start, end in zip(starts, ends, strict=True)
                ]
                if rows and not cells[0]:
                    rows[-1] = Row(
                        tuple(f"{a} {b}".strip() for a, b in zip(rows[-1].cells, cells, strict=True)), rows[-1].line
                    )
                else:
                    rows.append(Row(tuple(cells), number))
    return Block(
        Kind.TABLE, "\n".join(line for _, line in lines), lines[0][0], lines[-1][0], rows=tuple(rows), item=item
    )


def _list_table(lines: list[Line], item: tuple[int, ...]) -> Block:
    rows: list[Row] = []
    for number, line in lines:
        if line.startswith("* -"):
            rows.append(Row((inline.restructuredtext(line[3:].strip())[0],), number))
        elif line.startswith("  -") and rows:
            rows[-1] = Row((*rows[-1].cells, inline.restructuredtext(line[3:].strip())[0]), rows[-1].line)
        elif line.strip() and rows:
            cells = rows[-1].cells
            rows[-1] = Row((*cells[:-1], f"{cells[-1]} {line.strip()}"), rows[-1].line)
    first, last = (lines[0][0], lines[-1][0]) if lines else (1, 1)
    return Block(Kind.TABLE, "\n".join(line for _, line in lines), first, last, rows=tuple(rows), item=item)
