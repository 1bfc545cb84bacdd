"""Text of others inside our Markdown: it shows as it was written, and nothing in it becomes markup, HTML or a diagram."""

from collections.abc import Iterable, Sequence

from toolkit.artefacts.remarks import one_line

# `|` by its code, because a table reads it before anything else does.
_MARKUP = {**{c: f"\\{c}" for c in "\\`*_[]~$"}, "&": "&amp;", "<": "&lt;", ">": "&gt;", "|": "&#124;"}
_STARTS_A_BLOCK = "#+-=0123456789"
_MERMAID = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789 _-.,:/*+=?()")


def text(value: str, limit: int = 400) -> str:
    """One line that stays plain text, wherever it stands but at the beginning of a line; `code` in it stays code."""
    pieces = one_line(value, limit).split("`")
    if len(pieces) % 2 == 0 or "" in pieces[1::2]:
        return _escaped("`".join(pieces))
    return "".join(code(piece) if number % 2 else _escaped(piece) for number, piece in enumerate(pieces))


def _escaped(plain: str) -> str:
    return "".join(_MARKUP.get(character, character) for character in plain)


def paragraph(value: str, limit: int = 600) -> str:
    """The same at the beginning of a line, where some characters would begin a heading, a list or a rule."""
    escaped = text(value, limit)
    return f"&#{ord(escaped[0])};{escaped[1:]}" if escaped[:1] and escaped[0] in _STARTS_A_BLOCK else escaped


def code(value: str, limit: int = 200) -> str:
    """A code span; plain text where a table would read the value otherwise."""
    plain = one_line(value, limit)
    if not plain:
        return ""
    if "|" in plain:
        return _escaped(plain)
    ticks = "`"
    while ticks in plain:
        ticks += "`"
    pad = " " if plain.startswith("`") or plain.endswith("`") else ""
    return f"{ticks}{pad}{plain}{pad}{ticks}"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    """A table of cells that are Markdown already; no lines at all when it has no rows."""
    body = ["| " + " | ".join(row) + " |" for row in rows]
    return ["| " + " | ".join(head) + " |", "|" + " --- |" * len(head), *body] if body else []


def mermaid(value: str, limit: int = 60) -> str:
    """Text inside a quoted label of a Mermaid diagram; what is not plainly harmless stands by its code.

    https://mermaid.js.org/syntax/flowchart.html#entity-codes-to-escape-characters
    """
    plain = one_line(value, limit)
    shown = "".join(character if character in _MERMAID else f"#{ord(character)};" for character in plain)
    # A label that begins like a list is refused by Mermaid as such.
    return f"#{ord(plain[0])};{shown[1:]}" if plain[:1] and plain[0] in "-*+0123456789" else shown
