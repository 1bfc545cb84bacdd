"""Plain text, wiki text and what has no markup: headings, lists and indented code by their look."""

import re
from collections.abc import Generator, Iterator, Set

from toolkit.documents.model import Block, Document, Kind, Mark, MarkKind, bounded
from toolkit.inventory.source_tree import SourceFile

UNDERLINE = re.compile(r"([=\-~*^#_+])\1{2,}\s*$")
BANNER = re.compile(r"([=\-~*#+])\1{1,}\s{0,4}([^\s=\-~*#+].{0,120}?)\s{0,4}(?:[=\-~*#+]{2,}\s*)$")
RULE = re.compile(r"([=\-~*#+_])\1{4,}\s*$")
ITEM = re.compile(r"(?:[-*+•·]|o(?=\s)|\d{1,3}[.)]|\(\d{1,2}\)|[a-z][.)](?=\s))\s{0,6}(?=\S)")
NUMBERED = re.compile(r"\(?\d{1,3}[.)]")
TITLE = re.compile(r"(?:\d{1,2}(?:\.\d{1,2}){0,3}[.)]?\s{1,4})?[A-ZÀ-Þ¿¡\[][^\n]{1,90}$")
ASSIGNMENT = re.compile(r"[A-Z_0-9]{2,60}=")
WIKI = re.compile(r"(h([1-6])\.\s{1,3})(\S.{0,200})$")
ADDRESS = re.compile(r"https?://[^\s<>\"')]{1,500}")
WORD = re.compile(r"[^\W\d_][\w'’-]{0,40}")


def parse(file: SourceFile, little_words: Set[str]) -> Document:
    """A plain text file as a document."""
    lines, cut = bounded(file.text)
    return Document(
        file.path,
        "txt",
        tuple(_blocks([line.expandtabs(8).rstrip() for line in lines], little_words)),
        cut or file.truncated,
    )


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip(" "))


def reads_as_prose(lines: list[str], little_words: Set[str]) -> bool:
    """Whether lines are sentences rather than something to type."""
    words = [word.lower() for line in lines[:40] for word in WORD.findall(line)]
    if not words:
        return False
    little = sum(word in little_words for word in words)
    return little >= max(2 if len(words) > 3 else 1, len(words) * 0.14)


def _blocks(lines: list[str], little_words: Set[str]) -> Iterator[Block]:
    position = 0
    item: list[tuple[int, int]] = []  # open list items: (indentation of the marker, number)
    while position < len(lines):
        line = lines[position]
        if not line.strip():
            position += 1
            continue
        if heading := _heading(lines, position):
            block, position = heading
            if block is not None:
                item.clear()
                yield block
            continue
        margin = _indent(line)
        body = line.lstrip(" ")
        marker = ITEM.match(body)
        if marker and not body.startswith("--") and (len(marker[0]) > len(marker[0].rstrip()) or body[0] in "-*•·"):
            while item and item[-1][0] > margin:
                item.pop()
            if item and item[-1][0] == margin:
                item[-1] = (margin, item[-1][1] + 1)
            else:
                item.append((margin, 1))
            del item[12:]
            position = yield from _paragraph(lines, position, margin + marker.end(), item, bool(NUMBERED.match(body)))
            continue
        while item and margin <= item[-1][0]:
            item.pop()
        end = position
        while (
            end < len(lines)
            and lines[end].strip()
            and (end == position or not _heading(lines, end))
            and not (end > position and (_is_item(lines[end]) or _is_shown(lines, end)))
        ):
            end += 1
        chosen = lines[position:end]
        base = item[-1][0] + 2 if item else 0
        if margin >= base + 2 and not reads_as_prose(chosen, little_words):
            # Code goes on over blank lines while it stays indented.
            while end < len(lines):
                following = end
                while following < len(lines) and not lines[following].strip():
                    following += 1
                if following >= len(lines) or _indent(lines[following]) < margin or _is_item(lines[following]):
                    break
                stop = following
                while stop < len(lines) and lines[stop].strip() and _indent(lines[stop]) >= margin:
                    stop += 1
                if reads_as_prose(lines[following:stop], little_words):
                    break
                end = stop
            text = "\n".join(
                part[margin:] if not part[:margin].strip() else part.lstrip() for part in lines[position:end]
            )
            yield Block(Kind.CODE, text, position + 1, end, item=_numbers(item))
        else:
            yield _prose(chosen, position, item, False)
        position = end


def _is_shown(lines: list[str], position: int) -> bool:
    """Whether a line is set in under one that announces it: code without a blank line above it."""
    above = lines[position - 1]
    return above.endswith(":") and _indent(lines[position]) >= _indent(above) + 4


def _is_item(line: str) -> bool:
    match = ITEM.match(line.lstrip(" "))
    return (
        bool(match)
        and match is not None
        and (len(match[0]) > len(match[0].rstrip()) or line.lstrip()[0] in "-*•·")
        and not line.lstrip().startswith("--")
    )


def _numbers(item: list[tuple[int, int]]) -> tuple[int, ...]:
    return tuple(number for _, number in item)


def _prose(lines: list[str], position: int, item: list[tuple[int, int]], ordered: bool) -> Block:
    text = "\n".join(line.strip() for line in lines)
    marks = [Mark(MarkKind.LINK, match.start(), match.end(), match[0]) for match in ADDRESS.finditer(text)]
    marks += [Mark(MarkKind.CODE, match.start(1), match.end(1)) for match in re.finditer(r"`([^`\n]{1,300})`", text)]
    return Block(
        Kind.PARAGRAPH,
        text,
        position + 1,
        position + len(lines),
        marks=tuple(sorted(marks, key=lambda mark: mark.start)),
        item=_numbers(item),
        ordered=ordered,
    )


def _paragraph(
    lines: list[str], position: int, skip: int, item: list[tuple[int, int]], ordered: bool
) -> Generator[Block, None, int]:
    """A list item's first paragraph: its line and those that hang under it."""
    first = position
    margin = item[-1][0]
    texts = [lines[position][skip:]]
    position += 1
    while (
        position < len(lines)
        and lines[position].strip()
        and _indent(lines[position]) > margin
        and not _is_item(lines[position])
        and not (_indent(lines[position]) >= skip + 4 and _is_shown(lines, position))
    ):
        texts.append(lines[position])
        position += 1
    yield _prose(texts, first, item, ordered)
    return position


def _heading(lines: list[str], position: int) -> tuple[Block | None, int] | None:
    """A heading at a line, and where to go on; a mere rule has none."""
    line = lines[position]
    stripped = line.strip()
    if match := WIKI.match(stripped):
        return Block(Kind.HEADING, match[3], position + 1, position + 1, level=int(match[2])), position + 1
    if RULE.match(stripped):
        if (
            position + 2 < len(lines)
            and lines[position + 1].strip()
            and RULE.match(lines[position + 2].strip())
            and len(lines[position + 1].strip()) < 100
        ):
            text = lines[position + 1].strip(" *#=|")
            if text:
                return Block(Kind.HEADING, text, position + 2, position + 2, level=1), position + 3
        return None, position + 1
    if stripped[0] in "=-~*#+" and (match := BANNER.match(stripped)) and len(match[0]) - len(match[2]) >= 4:
        level = min(6, len(stripped) - len(stripped.lstrip("="))) if stripped[0] == "=" else 2
        return Block(Kind.HEADING, match[2], position + 1, position + 1, level=level), position + 1
    if position + 1 < len(lines) and _indent(line) <= 4 and len(stripped) <= 100:
        under = lines[position + 1].strip()
        if (
            (match := UNDERLINE.match(under))
            and len(under) >= min(3, len(stripped))
            and (position == 0 or not lines[position - 1].strip())
        ):
            return Block(
                Kind.HEADING, stripped, position + 1, position + 1, level={"=": 1, "*": 1, "#": 1}.get(match[1], 2)
            ), position + 2
    alone = (position == 0 or not lines[position - 1].strip()) and (
        position + 1 >= len(lines) or not lines[position + 1].strip()
    )
    capital = stripped.isupper() and len(stripped) > 3 and len(stripped.split()) <= 10 and " " not in stripped[:1]
    begins = alone or (capital and (position == 0 or not lines[position - 1].strip()))
    if line[0] != " " and begins and _is_title(stripped):
        return Block(Kind.HEADING, stripped, position + 1, position + 1, level=2 if capital else 3), position + 1
    return None


def _is_title(text: str) -> bool:
    """Whether a line that stands alone reads as a heading: short, a capital first, no end of a sentence."""
    return (
        bool(TITLE.match(text))
        and len(text.split()) <= 8
        and not text.endswith((".", ",", ";", "!", ":"))
        and "://" not in text
        and not ASSIGNMENT.match(text)
        and not ITEM.match(text.lstrip("0123456789. ") or "x")
    )
