"""Inline markup to plain text with marks, in one pass that costs a constant per character."""

import html
import re

from toolkit.documents.model import Mark, MarkKind

# Alternatives start with different characters, and every quantifier is bounded.
MARKDOWN = re.compile(
    r"(?P<ticks>`+)"
    r"|(?P<image>!\[[^\[\]\n]{0,300}\](?:\([^()\n]{0,500}\)|\[[^\[\]\n]{0,100}\])?)"
    r"|\[(?P<label>[^\[\]]{1,300}|!\[[^\[\]\n]{0,200}\]\([^()\n]{0,400}\))\](?:\((?P<inline>(?:[^()\n]|\([^()\n]{0,100}\)){0,500})\)|\[(?P<reference>[^\[\]\n]{0,100})\])"
    r"|\[(?P<short>[^\[\]\n]{1,100})\](?![\[(:])"
    r"|<(?P<address>(?:https?|ftp|mailto):[^\s<>]{1,500})>"
    r"|<(?P<tag>/?[A-Za-z][A-Za-z0-9]{0,14})(?P<attributes>\s[^<>]{0,500})?/?>"
    r"|(?P<comment><!--)"
    r"|\\(?P<escaped>[!-/:-@\[-`{-~])"
    r"|(?P<stars>\*{1,3}|(?<![^\W_])_{1,3}|_{1,3}(?![^\W_])|~~)"
)
# Only these are markup in a README; <your-domain> is a placeholder and stays.
TAGS = frozenset(
    [
        "a",
        "abbr",
        "b",
        "blockquote",
        "br",
        "center",
        "code",
        "dd",
        "del",
        "details",
        "div",
        "dl",
        "dt",
        "em",
        "figure",
        "font",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "hr",
        "i",
        "img",
        "ins",
        "kbd",
        "li",
        "nobr",
        "ol",
        "p",
        "picture",
        "pre",
        "q",
        "s",
        "samp",
        "small",
        "source",
        "span",
        "strong",
        "sub",
        "summary",
        "sup",
        "table",
        "tbody",
        "td",
        "th",
        "thead",
        "tr",
        "tt",
        "u",
        "ul",
        "var",
        "video",
    ]
)
CODE_TAGS = frozenset({"code", "kbd", "samp", "tt", "pre"})
ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-fA-F]{1,6}|[A-Za-z]{2,31});")


def closing_ticks(text: str) -> dict[int, int]:
    """Of each run of backticks that opens a code span, where its closing run starts. One pass, whatever the text."""
    runs = [(match.start(), match.end() - match.start()) for match in re.finditer(r"`+", text)]
    following: dict[int, list[int]] = {}
    for start, length in reversed(runs):
        following.setdefault(length, []).append(start)
    pairs: dict[int, int] = {}
    after = 0
    for start, length in runs:
        waiting = following[length]
        while waiting and waiting[-1] <= start:
            waiting.pop()
        if start >= after and waiting:
            pairs[start] = waiting[-1]
            after = waiting[-1] + length
    return pairs


def markdown(text: str, references: dict[str, str] | None = None) -> tuple[str, tuple[Mark, ...]]:
    """Text of a Markdown paragraph without its markup, line breaks kept, and the marks in it."""
    if not _NEEDS_WORK.search(text):
        return text, ()
    pairs = closing_ticks(text)
    pieces: list[str] = []
    marks: list[Mark] = []
    length = position = 0
    strong: int | None = None
    code: int | None = None
    anchor: tuple[int, str] | None = None
    comments = True

    def put(piece: str) -> None:
        nonlocal length
        pieces.append(piece)
        length += len(piece)

    while match := MARKDOWN.search(text, position):
        put(_unescaped(text[position : match.start()]))
        position = match.end()
        if match["ticks"]:
            if (close := pairs.get(match.start())) is None:
                put(match[0])
                continue
            inside = text[position:close]
            position = close + len(match["ticks"])
            if inside.strip():
                start = length + len(inside) - len(inside.lstrip())
                put(inside)
                marks.append(Mark(MarkKind.CODE, start, start + len(inside.strip())))
        elif match["image"]:
            continue
        elif match["label"] is not None:
            target = match["inline"]
            if target is None:
                target = (references or {}).get((match["reference"] or match["label"]).lower(), "")
            start = length
            label, inner = markdown(match["label"], None)
            put(label)
            marks.extend(Mark(mark.kind, mark.start + start, mark.end + start, mark.target) for mark in inner)
            marks.append(Mark(MarkKind.LINK, start, length, _target(target)))
        elif match["short"] is not None:
            target = (references or {}).get(match["short"].lower(), "")
            if not target:
                put("[")
                position = match.start() + 1
                continue
            start = length
            put(match["short"].strip("`"))
            marks.append(Mark(MarkKind.LINK, start, length, _target(target)))
        elif match["address"]:
            start = length
            put(match["address"])
            marks.append(Mark(MarkKind.LINK, start, length, match["address"]))
        elif match["tag"]:
            tag = match["tag"].lower()
            name = tag.lstrip("/")
            if name not in TAGS:
                put(match[0])
            elif name in CODE_TAGS:
                if tag == name:
                    code = length
                elif code is not None and length > code:
                    marks.append(Mark(MarkKind.CODE, code, length))
                    code = None
            elif name == "a":
                if tag == "a":
                    href = re.search(r"href\s{0,3}=\s{0,3}[\"']([^\"']{1,500})", match["attributes"] or "")
                    anchor = (length, href[1] if href else "")
                elif anchor is not None and length > anchor[0]:
                    marks.append(Mark(MarkKind.LINK, *(anchor[0], length), anchor[1]))
                    anchor = None
            elif name in {"b", "strong"}:
                if tag == name:
                    strong = length
                elif strong is not None and length > strong:
                    marks.append(Mark(MarkKind.STRONG, strong, length))
                    strong = None
        elif match["comment"]:
            close = text.find("-->", position) if comments else -1
            if close < 0:
                comments = False  # looked for once, not for every opening
                put(match[0])
            else:
                put("\n" * text.count("\n", position, close))
                position = close + 3
        elif match["escaped"]:
            put(match["escaped"])
        elif len(match["stars"]) >= 2 and match["stars"] != "~~":
            if strong is None:
                strong = length
            else:
                if length > strong:
                    marks.append(Mark(MarkKind.STRONG, strong, length))
                strong = None
        elif match["stars"] == "*" and _is_a_star(text, match.start()):
            put("*")
    put(_unescaped(text[position:]))
    return "".join(pieces), tuple(sorted(marks, key=lambda mark: (mark.start, mark.end)))


_NEEDS_WORK = re.compile(r"[`!\[<\\*_~&]")


def _is_a_star(text: str, position: int) -> bool:
    """A star between blanks is no emphasis: crontab lines, multiplication."""
    before = text[position - 1 : position] or " "
    after = text[position + 1 : position + 2] or " "
    return (before.isspace() and after.isspace()) or before in "/." or after in "/."


def _unescaped(text: str) -> str:
    return ENTITY.sub(lambda match: html.unescape(match[0]), text) if "&" in text else text


def _target(text: str) -> str:
    """A link's address without its title and angle brackets."""
    words = text.strip().split(None, 1)
    return words[0].strip("<>") if words else ""


RESTRUCTURED = re.compile(
    r"``(?P<literal>[^`]{1,600})``"
    r"|`(?P<label>[^`<\n]{0,200}(?:\n[^`<\n]{0,200})?)<(?P<target>[^<>\n]{1,500})>`_{0,2}"
    r"|:(?P<role>[A-Za-z][\w:+.-]{0,40}):`(?P<inside>[^`]{1,3000})`"
    r"|`(?P<plain>[^`\n]{1,300})`(?P<link>_{0,2})"
    r"|\*\*(?P<strong>[^*\n]{1,300})\*\*"
    r"|(?<![\w*])\*(?P<emphasis>[^*\s][^*\n]{0,200})\*(?![\w*])"
    r"|\|(?P<substitution>[A-Za-z][\w .-]{0,60})\|_{0,2}"
    r"|(?P<reference>(?<![\w`.-])[A-Za-z][\w.-]{0,60})__?(?![\w`])"
)
RST_CODE_ROLES = frozenset(
    [
        "code",
        "command",
        "file",
        "program",
        "literal",
        "option",
        "samp",
        "kbd",
        "envvar",
        "setting",
        "option",
        "makevar",
        "pep",
    ]
)
RST_NAME = re.compile(r"\s{0,4}<[^<>]{1,200}>$")


def restructuredtext(text: str, references: dict[str, str] | None = None) -> tuple[str, tuple[Mark, ...]]:
    """Text of a reST paragraph without its markup, line breaks kept, and the marks in it."""
    pieces: list[str] = []
    marks: list[Mark] = []
    length = position = 0
    for match in RESTRUCTURED.finditer(text):
        before = text[position : match.start()].replace("\\", "")
        position = match.end()
        start = length + len(before)
        kind, target = None, ""
        if match["literal"] is not None:
            inside, kind = match["literal"], MarkKind.CODE
        elif match["target"] is not None:
            inside, kind, target = match["label"].rstrip(), MarkKind.LINK, match["target"]
        elif match["role"] is not None:
            inside = RST_NAME.sub("", match["inside"])
            if match["role"].split(":")[-1] in RST_CODE_ROLES:
                kind = MarkKind.CODE
            elif match["role"] in {"doc", "ref", "download"}:
                kind, target = MarkKind.LINK, match["inside"]
        elif match["plain"] is not None:
            inside = match["plain"]
            if match["link"]:
                kind, target = MarkKind.LINK, (references or {}).get(inside.lower(), "")
            else:
                kind = MarkKind.CODE  # the default role: people mean code by it
        elif match["strong"] is not None:
            inside, kind = match["strong"], MarkKind.STRONG
        elif match["reference"] is not None:
            inside, target = match["reference"], (references or {}).get(match["reference"].lower(), "")
            if target:
                kind = MarkKind.LINK
            else:
                inside = match[0]
        else:
            inside = match["emphasis"] or match["substitution"]
        pieces += (before, inside)
        length = start + len(inside)
        if kind is not None and inside:
            marks.append(Mark(kind, start, length, target))
    pieces.append(text[position:].replace("\\", ""))
    return "".join(pieces), tuple(marks)


ASCIIDOC = re.compile(
    r"``?\+?(?P<code>[^`\n]{1,300}?)\+?``?"
    r"|(?<![\w+])\+(?P<plus>[^+\s][^+\n]{0,200})\+(?![\w+])"
    r"|(?P<url>(?:link:|xref:|https?://)[^\s\[\]<>`]{1,500})\[(?P<label>[^\[\]\n]{0,300})\]"
    r"|<<(?P<anchor>[^<>,\n]{1,100})(?:,(?P<title>[^<>\n]{1,200}))?>>"
    r"|image:{1,2}[^\s\[]{1,500}\[[^\[\]\n]{0,300}\]"
    r"|(?<![\w*])\*{1,2}(?P<strong>[^*\s][^*\n]{0,300})\*{1,2}(?![\w*])"
    r"|(?<![\w_])_(?P<emphasis>[^_\s][^_\n]{0,200})_(?![\w_])"
    r"|(?:kbd|btn|menu):[\w-]{0,40}\[(?P<macro>[^\[\]\n]{1,100})\]"
    r"|\{(?P<attribute>[a-zA-Z][\w-]{0,60})\}"
)


def asciidoc(text: str, attributes: dict[str, str] | None = None) -> tuple[str, tuple[Mark, ...]]:
    """Text of an AsciiDoc paragraph without its markup, line breaks kept, and the marks in it."""
    pieces: list[str] = []
    marks: list[Mark] = []
    length = position = 0
    for match in ASCIIDOC.finditer(text):
        before = text[position : match.start()]
        position = match.end()
        start = length + len(before)
        kind, target, inside = None, "", ""
        if (code := match["code"] or match["plus"]) is not None:
            inside, kind = code, MarkKind.CODE
        elif match["url"] is not None:
            target = match["url"].removeprefix("link:").removeprefix("xref:")
            inside, kind = match["label"].rstrip("^") or target, MarkKind.LINK
        elif match["anchor"] is not None:
            inside = match["title"] or match["anchor"]
        elif match["strong"] is not None:
            inside, kind = match["strong"], MarkKind.STRONG
        elif match["attribute"] is not None:
            inside = (attributes or {}).get(match["attribute"], match[0])
        else:
            inside = match["emphasis"] or match["macro"] or ""
        pieces += (before, inside)
        length = start + len(inside)
        if kind is not None and inside:
            marks.append(Mark(kind, start, length, target))
    pieces.append(text[position:])
    return "".join(pieces), tuple(marks)
