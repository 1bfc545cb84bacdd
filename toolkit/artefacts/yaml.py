"""All YAML that we write: it means the same to a YAML 1.1 reader (CloudFormation) and a 1.2 reader (compose).

No aliases, no anchors, no line folding. A string stands without quotes only where no reader could take it for anything
else: `no`, `22:22`, `1_0`, `010` and `2026-11-21` are quoted. Text of others cannot leave its scalar.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from toolkit.artefacts.text import Line

Value: TypeAlias = "str | int | bool | Sequence[Value] | Mapping[str, Value] | Node | Text | None"

_INDENT = "  "
_FLOW_WIDTH = 100
# Its first letter says to readers of every version that it is no number, no date and no indicator.
_BEGINNING = r"(?:--?|(?:\.{1,2}/)+)?[A-Za-z_/]"
_PLAIN = re.compile(_BEGINNING + r"[\w./$@%=~+*():;, -]*", re.ASCII)
_PLAIN_IN_FLOW = re.compile(_BEGINNING + r"[\w./$@%=~+*-]*", re.ASCII)
# https://yaml.org/type/bool.html and https://yaml.org/type/null.html: YAML 1.1 takes these for something else.
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\t": "\\t", "\r": "\\r"}


@dataclass(frozen=True, slots=True)
class Node:
    """A value with what comes along: the plan key that its lines carry, comment lines above it, a tag (`!Sub`).

    `flow`: a mapping of scalars stands in one line.
    """

    value: Value
    key: str = ""
    comment: tuple[str, ...] = ()
    tag: str = ""
    flow: bool = False


@dataclass(frozen=True, slots=True)
class Text:
    """A file within the file: lines of text, each with the plan key that it carries."""

    lines: tuple[Line, ...]


def render(value: Value, indent: int = 0, key: str = "") -> tuple[Line, ...]:
    """A mapping or list as block lines, indented by `indent` levels; anything else as one scalar."""
    prefix = _INDENT * indent
    return tuple(Line((prefix + line.text).rstrip() if line.text else "", line.key) for line in _block(value, key))


def scalar(value: str | int | bool | None, *, flow: bool = False) -> str:
    """One value in one line."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    return value if is_plain(value, flow=flow) else quoted(value)


def is_plain(text: str, *, flow: bool = False) -> bool:
    """Whether a string needs no quotes to stay this string."""
    if not (_PLAIN_IN_FLOW if flow else _PLAIN).fullmatch(text) or text.lower() in _WORDS:
        return False
    return not (": " in text or text.endswith((":", " ")))


def quoted(text: str) -> str:
    """A double-quoted scalar; everything that is not plainly printable is escaped."""
    return '"' + "".join(_ESCAPES.get(character) or _escaped(character) for character in text) + '"'


def _escaped(character: str) -> str:
    number = ord(character)
    if character == " " or (number < 0x10000 and character.isprintable()):
        return character
    return f"\\x{number:02X}" if number < 0x100 else f"\\u{number:04X}" if number < 0x10000 else f"\\U{number:08X}"


def _block(value: Value, key: str) -> list[Line]:
    node = _node(value)
    key = node.key or key
    if isinstance(node.value, Mapping) and node.value:
        return [
            line for name, inner in node.value.items() for line in _entry(scalar(name) + ":", inner, key, in_list=False)
        ]
    if isinstance(node.value, Sequence) and not isinstance(node.value, str) and node.value:
        return [line for inner in node.value for line in _entry("-", inner, key, in_list=True)]
    return [Line(_inline(node), key)]


def _entry(head: str, value: Value, key: str, *, in_list: bool) -> list[Line]:
    """A mapping's entry or a list's item with what stands below it."""
    node = _node(value)
    key = node.key or key
    comment = [Line(f"# {text}" if text else "#", key) for text in node.comment]
    tag = f" {node.tag}" if node.tag else ""
    inner = node.value
    if isinstance(inner, Text):
        text = "".join(line.text + "\n" for line in inner.lines)
        if _is_literal(text):
            keys = (line.key or key for line in inner.lines)
            return [
                *comment,
                Line(f"{head}{tag} |", key),
                *(Line(_INDENT + line.text if line.text else "", k) for line, k in zip(inner.lines, keys, strict=True)),
            ]
        inner = text
    if isinstance(inner, str) and _is_literal(inner):
        return [*comment, *_literal(f"{head}{tag}", inner, key)]
    short = _flow(inner, mappings=node.flow)
    if short is not None and (isinstance(inner, str) or len(head) + len(tag) + len(short) < _FLOW_WIDTH):
        return [*comment, Line(f"{head}{tag} {short}", key)]
    below = _block(inner, key)
    if in_list and not tag:
        # "- " is as wide as one level: a mapping's first line, unless it is a comment, stands beside the dash.
        if below[0].text.startswith("#"):
            return [*comment, Line(head, key), *_indented(below)]
        return [*comment, Line(f"{head} {below[0].text}", below[0].key), *_indented(below[1:])]
    return [*comment, Line(head + tag, key), *_indented(below)]


def _indented(lines: Sequence[Line]) -> list[Line]:
    return [Line(_INDENT + line.text if line.text else "", line.key) for line in lines]


def _literal(head: str, text: str, key: str) -> list[Line]:
    """Text of several lines as it is, in a block scalar."""
    chomp = "" if text.endswith("\n") else "-"
    lines = text.removesuffix("\n").split("\n")
    return [Line(f"{head} |{chomp}", key), *(Line(_INDENT + line if line else "", key) for line in lines)]


def _is_literal(text: str) -> bool:
    """Whether a block scalar keeps the text exactly: it has lines, all printable, and no space where YAML counts it."""
    if "\n" not in text.strip("\n") or text.startswith(("\n", " ")) or text.endswith("\n\n"):
        return False
    return max(text) < "\U00010000" and all(line == line.rstrip() and line.isprintable() for line in text.split("\n"))


def _flow(value: Value, *, mappings: bool = False) -> str | None:
    """A scalar, an empty collection or a list of scalars in one line; None for what needs more."""
    if isinstance(value, Mapping):
        pairs = [
            f"{scalar(k, flow=True)}: {scalar(v, flow=True)}"
            for k, v in value.items()
            if v is None or isinstance(v, (str, int, bool))
        ]
        return f"{{{', '.join(pairs)}}}" if not value or (mappings and len(pairs) == len(value)) else None
    if isinstance(value, Sequence) and not isinstance(value, str):
        words = [scalar(word, flow=True) for word in value if word is None or isinstance(word, (str, int, bool))]
        return f"[{', '.join(words)}]" if len(words) == len(value) else None
    return None if isinstance(value, (Node, Text)) else scalar(value)


def _inline(node: Node) -> str:
    return (f"{node.tag} " if node.tag else "") + (_flow(node.value) or "")


def _node(value: Value) -> Node:
    return value if isinstance(value, Node) else Node(value)
