"""Code of any language with braces as a tree of tokens: names, texts, marks, and groups in brackets.

One pass, linear in time and memory whatever the input, and never deeper than MAXIMUM_DEPTH. Grammars with error recovery
(tree-sitter's for Java) take gigabytes for a hundred thousand open angle brackets, and routes need no more than this.
"""

import re
from collections import deque
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from typing import Literal

MAXIMUM_DEPTH = 60  # of brackets; what lies deeper stands flat in the last group

Language = Literal["java", "javascript", "php", "go", "csharp", "ruby"]

_COMMON = r"""
(?P<line>\n)
|(?P<space>[ \t\r\f]++)
|(?P<comment>/\*(?:[^*]|\*(?!/))*+(?:\*/|\Z)|//[^\n]*+COMMENT)
TEXTS
|(?P<number>\d[\w.]*+)
|(?P<name>[A-Za-z_$@][\w$]*+)
|(?P<open>[(\[{])
|(?P<close>[)\]}])
|(?P<mark>=>|->|::|\?\.|\?->|&&|\|\||[=!<>+*/.-]=|<<|.)
"""
_QUOTED = r"""|(?P<text>"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+')"""
_TEXTS: dict[Language, tuple[str, str]] = {
    "java": ("", r'|(?P<block>"""(?:[^"\\]|\\.|"(?!""))*+""")' + _QUOTED),
    "javascript": ("", _QUOTED + r"|(?P<template>`(?:[^`\\]|\\.)*+`)"),
    "php": (r"|\#(?!\[)[^\n]*+", r"""|(?P<text>"(?:[^"\\]|\\.)*+"|'(?:[^'\\]|\\.)*+')"""),
    "go": ("", r"""|(?P<text>"(?:[^"\\\n]|\\.)*+"|'(?:[^'\\\n]|\\.)*+')|(?P<raw>`[^`]*+`)"""),
    "csharp": ("", r"""|(?P<raw>@"(?:[^"]|"")*+")|(?P<template>\$@?"(?:[^"\\\n]|\\.)*+")""" + _QUOTED),
    "ruby": (r"|\#[^\n]*+", _QUOTED),
}
_SCANNERS = {
    language: re.compile(_COMMON.replace("COMMENT", comment).replace("TEXTS", texts), re.VERBOSE | re.DOTALL)
    for language, (comment, texts) in _TEXTS.items()
}
_REGEX = re.compile(r"/(?![*/])(?:[^/\\\[\n]|\\.|\[(?:[^\]\\\n]|\\.)*+\])++/[a-z]*+")
_CLOSES = {"(": ")", "[": "]", "{": "}"}
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)


@dataclass(slots=True)
class Token:
    """`kind`: name, text (a literal, its value), template (a text with computed parts, as written), regex, number, mark,
    comment, or group, whose `value` is its opening bracket and whose `inner` is what it holds. Lines count from 1."""

    kind: str
    value: str
    line: int
    inner: list["Token"] = field(default_factory=list)

    def is_group(self, bracket: str) -> bool:
        """Whether the token is what stands in brackets of one kind."""
        return self.kind == "group" and self.value == bracket

    def is_mark(self, *marks: str) -> bool:
        """Whether the token is one of these marks."""
        return self.kind == "mark" and self.value in marks

    def is_name(self, *names: str) -> bool:
        """Whether the token is a name: any, or one of these."""
        return self.kind == "name" and (not names or self.value in names)


def tokens(text: str, language: Language) -> list[Token]:
    """The tokens of a file; brackets that do not match end with what encloses them."""
    if language == "php":
        text = _only_php(text)
    scan = _SCANNERS[language]
    found: list[Token] = []
    stack: list[tuple[str, list[Token]]] = []
    position, line = 0, 1
    while position < len(text):
        match = None
        if language == "javascript" and text[position] == "/" and _may_start_regex(found):
            match = _REGEX.match(text, position)
        if match:
            found.append(Token("regex", match[0], line))
        else:
            match = scan.match(text, position)
            assert match  # the last alternative takes any character
            kind, value = match.lastgroup or "", match[0]
            if kind == "open" and len(stack) < MAXIMUM_DEPTH:
                group = Token("group", value, line)
                found.append(group)
                stack.append((_CLOSES[value], found))
                found = group.inner
            elif kind == "close":
                if any(closing == value for closing, _ in stack):
                    closing = ""
                    while closing != value:
                        closing, found = stack.pop()
            elif kind == "comment":
                if value.startswith("/**"):
                    found.append(Token("comment", value, line))
            elif kind not in ("line", "space"):
                found.append(_token(kind, value, line, language))
        line += match[0].count("\n")
        position = match.end()
    return stack[0][1] if stack else found


def _token(kind: str, value: str, line: int, language: Language) -> Token:
    if kind == "text":
        body = value[1:-1]
        computed = language == "php" and value[0] == '"' and re.search(r"(?<!\\)\$[A-Za-z_{]|\{\$", body)
        if computed or (language == "ruby" and value[0] == '"' and "#{" in body):
            return Token("template", body, line)
        return Token("text", _ESCAPE.sub(r"\1", body) if language != "php" else body.replace("\\'", "'"), line)
    if kind == "block":
        return Token("text", _ESCAPE.sub(r"\1", value[3:-3]), line)
    if kind == "raw":
        return Token("text", value[2:-1].replace('""', '"') if value[0] == "@" else value[1:-1], line)
    if kind == "template":
        body = value[1:-1]
        return Token("template" if "${" in body or language == "csharp" else "text", body, line)
    return Token(kind, value, line)


def _may_start_regex(found: list[Token]) -> bool:
    """After a value, `/` divides."""
    if not found:
        return True
    last = found[-1]
    if last.kind == "name":
        return last.value in ("return", "typeof", "case", "in", "of")
    return last.kind == "mark"


def _only_php(text: str) -> str:
    """The same lines with what stands outside of `<?php ... ?>` taken out."""
    parts, position = [], 0
    for match in re.finditer(r"<\?(?:php\b|=)|\?>", text):
        outside = match[0] != "?>"
        piece = text[position : match.start()]
        parts.append(re.sub(r"[^\n]", "", piece) if outside else piece)
        position = match.end()
    opened = position and text[max(0, position - 5) : position] != "?>"
    rest = text[position:]
    parts.append(rest if opened or not parts else re.sub(r"[^\n]", "", rest))
    return "".join(parts)


def walk(found: list[Token], left_out: Set[int] = frozenset()) -> Iterator[list[Token]]:
    """Every list of tokens: this one, and those of the groups in it, outer ones first; without those of these `id`s."""
    waiting = deque([found])
    while waiting:
        one = waiting.popleft()
        yield one
        waiting += [token.inner for token in one if token.kind == "group" and id(token.inner) not in left_out]


def arguments(group: Token) -> list[list[Token]]:
    """What a group holds, parted at its commas; the empty part after a last comma is left out."""
    parts: list[list[Token]] = [[]]
    for token in group.inner:
        if token.is_mark(","):
            parts.append([])
        elif token.kind != "comment":
            parts[-1].append(token)
    return parts if parts[-1] else parts[:-1]


def written(part: list[Token]) -> str:
    """Tokens as they stood, shortened: names of handlers."""
    pieces = []
    for token in part[:12]:
        pieces.append("..." if token.kind == "group" else token.value)
    return "".join(pieces)[:80]
