"""Markdown, GitHub flavoured. Blocks by markdown-it-py; tables and inline markup by ours, whose cost is linear."""

import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from toolkit.documents import inline
from toolkit.documents.model import Block, Document, Kind, Row, bounded
from toolkit.inventory.source_tree import SourceFile

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.token import Token

DELIMITER = re.compile(r"\s{0,200}\|?[ \t]{0,80}:?-+:?[ \t]{0,80}(?:\|[ \t]{0,80}:?-+:?[ \t]{0,80}){0,200}\|?\s{0,200}")
CELL = re.compile(r"(?<!\\)\|")
LIST_IN_CODE = re.compile(r"(?:[-*+]|\d{1,3}[.)])\s{1,4}\S")
HTML_HEADING = re.compile(r"<h([1-6])[^<>]{0,200}>(.{1,300}?)</h\1>", re.IGNORECASE)
FRONT_MATTER = re.compile(r"---[ \t]*$")
# Three list markers in a row are a crontab line or a drawing, not lists in lists; markdown-it-py would nest them.
MARKERS = re.compile(r"[ \t>]{0,40}(?:(?:[*+-]|\d{1,9}[.)])[ \t>]{1,8}){3}")
# As GitHub read it before 2017, without a blank: https://github.blog/2017-03-14-a-formal-spec-for-github-markdown/
OLD_HEADING = re.compile(r"(#{2,6}|#(?=[A-ZÀ-Þ][^\n.,;]{2,60}$))(?=[^\W\d_])([^\n]{2,100}?)#{0,6}$")
GUARD = "\ue000"
MAXIMUM_REREADS = 40


def parse(file: SourceFile) -> Document:
    """A Markdown file as a document."""
    lines, cut = bounded(file.text)
    blocks = tuple(_blocks(_without_front_matter(lines), 0, (), [MAXIMUM_REREADS]))
    return Document(file.path, "md", blocks, cut or file.truncated)


def _without_front_matter(lines: list[str]) -> list[str]:
    if lines and FRONT_MATTER.match(lines[0]):
        for number in range(1, min(len(lines), 60)):
            if FRONT_MATTER.match(lines[number]):
                return [""] * (number + 1) + lines[number + 1 :]
    return lines


@cache
def _parser() -> "MarkdownIt":
    """CommonMark's blocks; what is inside a paragraph is read by `inline`."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark")
    parser.core.ruler.disable("inline")
    return parser


def _tokens(lines: Sequence[str]) -> "tuple[list[Token], dict[str, str]]":
    environment: dict[str, dict[str, dict[str, str]]] = {}
    guarded = (_guarded(line) if MARKERS.match(line) else line for line in lines)
    tokens = _parser().parse("\n".join(guarded), environment)
    references = {label.lower(): entry["href"] for label, entry in environment.get("references", {}).items()}
    return tokens, references


def _guarded(line: str) -> str:
    """A line whose first list marker is none; `GUARD` is taken out again from what is read."""
    start = len(line) - len(line.lstrip(" \t>"))
    return line[:start] + GUARD + line[start:]


def _blocks(lines: list[str], offset: int, outer: tuple[int, ...], rereads: list[int]) -> Iterator[Block]:
    """Blocks of some lines that begin after line `offset` of the file."""
    tokens, references = _tokens(lines)
    lists: list[list[int]] = []  # open lists: [number of the current item, whether ordered]
    level = 0
    for token in tokens:
        kind = token.type
        if kind in {"bullet_list_open", "ordered_list_open"}:
            lists.append([0, kind.startswith("ordered")])
        elif kind in {"bullet_list_close", "ordered_list_close"}:
            lists.pop()
        elif kind == "list_item_open":
            lists[-1][0] += 1
        elif kind == "heading_open":
            level = int(token.tag[1])
        elif token.map is not None:
            first, last = token.map
            item = outer + tuple(number for number, _ in lists)
            ordered = bool(lists and lists[-1][1])
            if kind == "inline":
                yield from _text_blocks(
                    token.content.replace(GUARD, ""), offset + first + 1, level, item, ordered, references
                )
                level = 0
            elif kind in {"fence", "code_block"}:
                yield from _code(token, lines, offset, item, ordered, rereads)
            elif kind == "html_block":
                yield from _html(lines[first:last], offset + first, item, ordered, references, rereads)


def _text_blocks(
    content: str, first_line: int, level: int, item: tuple[int, ...], ordered: bool, references: dict[str, str]
) -> Iterator[Block]:
    lines = content.split("\n")
    if not level and not item and (content.startswith("#") or "\n##" in content):
        yield from _with_old_headings(lines, first_line, references)
        return
    if not level and len(lines) > 1 and "|" in content:
        for number in range(1, min(len(lines), 200)):
            if "|" in lines[number - 1] and "-" in lines[number] and _is_table(lines[number - 1], lines[number]):
                if number > 1:
                    yield _paragraph(lines[: number - 1], first_line, item, ordered, references)
                yield table(lines[number - 1 :], first_line + number - 1, item, references)
                return
    text, marks = inline.markdown(content, references)
    yield Block(
        kind=Kind.HEADING if level else Kind.PARAGRAPH,
        text=text.strip("\n") if level else text,
        first_line=first_line,
        last_line=first_line + len(lines) - 1,
        level=level,
        marks=marks,
        item=item,
        ordered=ordered,
    )


def _with_old_headings(lines: list[str], first_line: int, references: dict[str, str]) -> Iterator[Block]:
    """A paragraph's lines, of which some were headings to GitHub before 2017."""
    start = 0
    for number, line in enumerate(lines):
        if (heading := OLD_HEADING.match(line)) and (number == 0 or len(heading[1]) > 1):
            if number > start:
                yield _paragraph(lines[start:number], first_line + start, (), False, references)
            text, marks = inline.markdown(heading[2], references)
            place = first_line + number
            yield Block(Kind.HEADING, text, place, place, level=len(heading[1]), marks=marks)
            start = number + 1
    if start < len(lines):
        yield _paragraph(lines[start:], first_line + start, (), False, references)


def _paragraph(
    lines: list[str], first_line: int, item: tuple[int, ...], ordered: bool, references: dict[str, str]
) -> Block:
    text, marks = inline.markdown("\n".join(lines), references)
    return Block(Kind.PARAGRAPH, text, first_line, first_line + len(lines) - 1, marks=marks, item=item, ordered=ordered)


def _is_table(header: str, delimiter: str) -> bool:
    return (
        bool(DELIMITER.fullmatch(delimiter))
        and "|" in delimiter + header
        and len(_cells(header)) == len(_cells(delimiter))
    )


def _cells(line: str) -> list[str]:
    line = line.strip()
    line = line.removeprefix("|")
    if line.endswith("|") and not line.endswith("\\|"):
        line = line[:-1]
    return [cell.strip() for cell in CELL.split(line)]


def table(lines: Sequence[str], first_line: int, item: tuple[int, ...], references: dict[str, str]) -> Block:
    """A table from its lines: header, delimiter, rows."""
    rows = []
    for number, line in enumerate(lines):
        if number != 1:
            cells = [cell.replace("\\|", "|") for cell in _cells(line)]
            rows.append(Row(tuple(inline.markdown(cell, references)[0].strip() for cell in cells), first_line + number))
    text = "\n".join(lines)
    return Block(Kind.TABLE, text, first_line, first_line + len(lines) - 1, rows=tuple(rows), item=item)


def _code(
    token: "Token", lines: list[str], offset: int, item: tuple[int, ...], ordered: bool, rereads: list[int]
) -> Iterator[Block]:
    assert token.map is not None
    first, last = token.map
    content = token.content.replace(GUARD, "").rstrip("\n").split("\n")
    if token.type == "fence":
        # A fence right under its marker: the code starts on the next line.
        yield Block(
            Kind.CODE,
            "\n".join(content),
            offset + first + 2,
            offset + first + 1 + len(content),
            language=token.info.strip().strip("{.}").split(" ")[0].split(",")[0].lower(),
            fenced=True,
            item=item,
            ordered=ordered,
        )
        return
    if LIST_IN_CODE.match(content[0].lstrip()) and rereads[0] > 0 and not content[0].lstrip().startswith("- name:"):
        # A list that was indented by taste: whoever wrote it did not mean code.
        rereads[0] -= 1
        yield from _blocks([line.replace("\t", "    ") for line in _dedented(content)], offset + first, item, rereads)
        return
    del lines, last
    yield Block(
        Kind.CODE, "\n".join(content), offset + first + 1, offset + first + len(content), item=item, ordered=ordered
    )


def _dedented(lines: list[str]) -> list[str]:
    expanded = [line.expandtabs(4) for line in lines]
    margin = min((len(line) - len(line.lstrip(" ")) for line in expanded if line.strip()), default=0)
    return [line[margin:] for line in expanded]


def _html(
    lines: list[str], offset: int, item: tuple[int, ...], ordered: bool, references: dict[str, str], rereads: list[int]
) -> Iterator[Block]:
    """What a block of HTML says: headings, preformatted text, and the text between tags."""
    kept: list[str] = []
    start = 0
    code: list[str] | None = None

    def flush(end: int) -> Iterator[Block]:
        if any(line.strip() for line in kept):
            yield _paragraph(kept, offset + start + 1, item, ordered, references)
        kept.clear()
        del end

    comment = False
    for number, line in enumerate(lines):
        if code is not None:
            code.append(line)
            if "</pre>" in line.lower():
                text = re.sub(r"<[^<>]{0,300}>", "", "\n".join(code))
                yield Block(
                    Kind.CODE,
                    inline._unescaped(text),
                    offset + number + 2 - len(code),
                    offset + number + 1,
                    fenced=True,
                    item=item,
                )
                code, start = None, number + 1
            continue
        if comment:
            comment = "-->" not in line
            line = ""
        elif "<!--" in line and "-->" not in line:
            comment, line = True, line[: line.index("<!--")]
        if "<pre" in line.lower():
            yield from flush(number)
            if "</pre>" in line.lower():
                text = re.sub(r"<[^<>]{0,300}>", "", line)
                yield Block(
                    Kind.CODE, inline._unescaped(text), offset + number + 1, offset + number + 1, fenced=True, item=item
                )
                start = number + 1
            else:
                code = [line]
            continue
        if heading := HTML_HEADING.search(line):
            yield from flush(number)
            text, marks = inline.markdown(heading[2], references)
            yield Block(
                Kind.HEADING, text.strip(), offset + number + 1, offset + number + 1, level=int(heading[1]), marks=marks
            )
            start = number + 1
            continue
        if not kept:
            start = number
        kept.append(line)
    if code:
        kept = code
    yield from flush(len(lines))
    del rereads
