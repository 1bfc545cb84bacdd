"""Filling a template of `cloudformation/`: its text stays as it is, but for blocks put in at insertion points.

An insertion point is a comment line `# replatform:<name>`; what is put in stands in its place, at its indentation.
For an application that shares its cluster with others, the text of comment lines `# replatform:on-platform <text>` takes the
place of the line that follows them.
"""

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache

from toolkit.artefacts.text import Line
from toolkit.errors import BlueprintError

_POINT = re.compile(r"^(?P<indent> *)# replatform:(?P<name>[a-z-]+)$")
_ON_PLATFORM = re.compile(r"^( *)# replatform:on-platform (.+)$")
Blocks = Mapping[str, Sequence[Line]]


def insertion_points(template: str) -> tuple[str, ...]:
    """Names of a template's insertion points, in order."""
    return tuple(part["name"] for part in _parts(template) if not isinstance(part, Line))


@lru_cache(64)
def on_platform(template: str) -> str:
    """The template for an application on a platform."""
    lines: list[str] = []
    replaces = False
    for text in template.splitlines(keepends=True):
        if instead := _ON_PLATFORM.match(text):
            lines.append(f"{instead[1]}{instead[2]}\n")
        elif not replaces:
            lines.append(text)
        replaces = instead is not None
    return "".join(lines)


@lru_cache(64)
def _parts(template: str) -> tuple[Line | re.Match[str], ...]:
    """A template's lines, and its insertion points as matches."""
    texts = (text for text in template.splitlines() if not _ON_PLATFORM.match(text))
    return tuple(_POINT.match(text) or Line(text) for text in texts)


def filled(name: str, template: str, blocks: Blocks) -> tuple[Line, ...]:
    """The template's lines with blocks in place of their insertion points; points without a block vanish.

    Raises BlueprintError for a block that has no insertion point: its lines would be lost in silence.
    """
    missing = {block for block, lines in blocks.items() if lines} - set(insertion_points(template))
    if missing:
        raise BlueprintError(
            f"no insertion point for {', '.join(sorted(missing))}", where=f"cloudformation/{name}.yaml"
        )
    result: list[Line] = []
    for part in _parts(template):
        if isinstance(part, Line):
            result.append(part)
        else:
            result += [
                Line(part["indent"] + line.text if line.text else "", line.key) for line in blocks.get(part["name"], ())
            ]
    return tuple(result)


@lru_cache(64)
def declared_parameters(template: str) -> Mapping[str, bool]:
    """Names of one of our templates' parameters, in order, and whether each has a default.

    Our templates indent by two spaces (a test says so), so no YAML parser is needed for this.
    """
    found: dict[str, bool] = {}
    inside = False
    name = ""
    for line in template.splitlines():
        if line and not line.startswith((" ", "#")):
            inside = line.startswith("Parameters:")
        elif inside and (match := re.match(r"  (\w+):$", line)):
            name = match[1]
            found[name] = False
        elif inside and name and line.startswith("    Default:"):
            found[name] = True
    return found
