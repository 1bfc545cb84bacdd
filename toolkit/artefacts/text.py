"""`Artefact`: a generated file whose lines know which key of the plan they come from."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a generated file, without its newline, and the plan key that it carries (empty: the blueprint's own)."""

    text: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class Artefact:
    """A generated file: `path` relative to the output folder; `source` is the template or module it comes from."""

    path: str
    lines: tuple[Line, ...]
    source: str = ""

    @property
    def text(self) -> str:
        return "".join(line.text + "\n" for line in self.lines)


def lines(text: str, key: str = "") -> tuple[Line, ...]:
    """Text as lines that all carry the same key."""
    return tuple(Line(line, key) for line in text.splitlines())


def joined(*parts: Iterable[Line]) -> tuple[Line, ...]:
    return tuple(line for part in parts for line in part)
