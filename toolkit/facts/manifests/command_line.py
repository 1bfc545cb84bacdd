"""Command lines of process files (Procfile, unit files, crontabs) as commands; nothing is run or expanded."""

import re
import shlex

from toolkit.facts.model import Command, Fact, Role
from toolkit.facts.secrets import MASK, masked

LONGEST = 4000
NEEDS_SHELL = re.compile(r"[;&|<>()`$\n\\]|(?:^|\s)[~#]|[*?\[\]{}!]")
ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]{0,127})=(\S*|'[^']*'|\"[^\"]*\")\s+")


def plain_words(text: str) -> tuple[str, ...]:
    """The words of a command as a POSIX shell splits them; empty when it takes a shell, or is not well formed."""
    if len(text) > LONGEST:
        return ()
    try:
        words = shlex.split(text)
        bare = shlex.split(text, posix=False)
    except ValueError:
        return ()
    quoted = ("'", '"')
    if any(NEEDS_SHELL.search(word) for word in bare if not (word.startswith(quoted) and word.endswith(quoted))):
        return ()
    if any(word.startswith('"') and re.search(r"[$`\\]", word) for word in bare):
        return ()
    return tuple(words)


def command(text: str, role: Role, fact: Fact, *, service: str = "", user: str = "") -> Command | None:
    """A command with the evidence, origin and confidence of another fact. None for an empty one.

    Assignments in front go to `environment`. Secrets are masked, and a command with one has no argv.
    """
    text = " ".join(text.split())[:LONGEST]
    shown = masked(text)
    environment: list[tuple[str, str]] = []
    rest = shown.removeprefix("env ") if ASSIGNMENT.match(shown.removeprefix("env ")) else shown
    while match := ASSIGNMENT.match(rest):
        environment.append((match[1], match[2].strip("'\"")))
        rest = rest[match.end() :]
    if not rest:
        return None
    return Command(
        text=rest,
        role=role,
        argv=() if MASK in rest else plain_words(rest),
        environment=tuple(environment),
        service=service,
        user=user,
        evidence=fact.evidence,
        origin=fact.origin,
        confidence=fact.confidence,
        alternative=fact.alternative,
    )
