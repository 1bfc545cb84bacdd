"""Where the instructions of a Dockerfile begin and end, counted as the builder counts its steps."""

import re
from dataclasses import dataclass

_ESCAPE = re.compile(r"(?i)#\s*escape\s*=\s*([\\`])")
_HEREDOC = re.compile(r"<<-?(['\"]?)([A-Za-z_]\w*)\1")


@dataclass(frozen=True, slots=True)
class Instruction:
    """One instruction with the lines it spans, both counted from 1."""

    name: str
    text: str
    first_line: int
    last_line: int


def instructions(dockerfile: str) -> tuple[Instruction, ...]:
    """All instructions in order. A comment between continued lines belongs to the instruction, as for the engine."""
    lines = dockerfile.splitlines()
    directive = _ESCAPE.match(lines[0]) if lines else None
    escape = directive[1] if directive else "\\"
    found: list[Instruction] = []
    number = 0
    while number < len(lines):
        first = number
        if not lines[number].strip() or lines[number].lstrip().startswith("#"):
            number += 1
            continue
        words = [lines[number].rstrip()]
        while number + 1 < len(lines) and words[-1].endswith(escape):
            number += 1
            while number + 1 < len(lines) and (not lines[number].strip() or lines[number].lstrip().startswith("#")):
                number += 1
            words.append(lines[number].rstrip())
        name = words[0].split(maxsplit=1)[0].upper()
        if name in ("RUN", "COPY", "ADD"):
            for match in _HEREDOC.finditer(" ".join(words)):
                while number + 1 < len(lines) and lines[number].strip() != match[2]:
                    number += 1
        text = " ".join(word.removesuffix(escape).strip() for word in words)
        found.append(Instruction(name, text, first + 1, number + 1))
        number += 1
    return tuple(found)
