"""Command lines of process files (Procfile, unit files, crontabs) as commands; nothing is run or expanded."""

import re
import shlex
from collections.abc import Iterator
from typing import Any

from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import Command, CronJob, Fact, Origin, Role
from toolkit.facts.secrets import MASK, masked
from toolkit.findings import Evidence

LONGEST = 4000
NEEDS_SHELL = re.compile(r"[;&|<>()`$\n\\]|(?:^|\s)[~#]|[*?\[\]{}!]")
ASSIGNMENT = re.compile(r"([A-Za-z_][A-Za-z0-9_]{0,127})=('[^']*'|\"[^\"]*\"|\S*)\s{1,20}")


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


# Statements in front of a command that only prepare the shell for it.
PREPARES = re.compile(r"(?:set|source|\.|cd|export|umask|ulimit|test|\[)\s.*|set|[A-Za-z_]\w{0,100}=\S*", re.DOTALL)


# What sets variables that lie in a folder of the host: https://cr.yp.to/daemontools/envdir.html
_FROM_FOLDER = re.compile(r"(?:exec\s{1,9})?envdir\s{1,9}\S{1,200}\s{1,9}")


def without_wrapping(text: str) -> str:
    """The command itself: `bash -c "set -a; . .env; exec celery worker"` and `cd /srv/app && celery worker` give the same."""
    if match := _FROM_FOLDER.match(text):
        text = text[match.end() :]
    try:
        words = shlex.split(text[:LONGEST])
    except ValueError:
        return text
    if len(words) == 3 and words[0].rpartition("/")[2] in ("bash", "sh", "dash") and words[1] in ("-c", "-lc", "-ec"):
        text = words[2]
    statements = [part.strip() for part in _statements(text) if part.strip()]
    if statements and all(PREPARES.fullmatch(statement) for statement in statements[:-1]):
        return statements[-1].removeprefix("exec ").strip()
    return text


def _statements(text: str) -> list[str]:
    """The text cut at `;` and `&&` that are not quoted."""
    parts, current, quote = [], "", ""
    for character in text:
        if quote:
            quote = "" if character == quote else quote
        elif character in "'\"":
            quote = character
        elif character == ";" or (character == "&" and current.endswith("&")):
            parts.append(current.rstrip("&"))
            current = ""
            continue
        current += character
    return [*parts, current]


def read_job(schedule: str, text: str, evidence: Evidence, *, user: str = "", directory: str = "") -> CronJob:
    """A command line on a timetable. A secret in it is masked, and then there is no argv."""
    shown = masked(without_wrapping(text))
    return CronJob(
        schedule=schedule,
        command=shown,
        argv=() if MASK in shown else plain_words(shown),
        user=user,
        directory=directory,
        evidence=evidence,
        origin=Origin.RUNNING,
    )


def read_command(
    text: str, role: Role, fact: Fact, *, service: str = "", user: str = "", directory: str = ""
) -> Iterator[Fact]:
    """A command with the evidence, origin and confidence of another fact; nothing for an empty one. `directory` is the
    folder of the host where it runs.

    Assignments in front of it are variables of their own, and go to `environment` where they are no secrets. A secret
    in the command itself is masked, and then there is no argv.
    """
    rest = without_wrapping(" ".join(text.split())[:LONGEST])
    if ASSIGNMENT.match(rest.removeprefix("env ")):
        rest = rest.removeprefix("env ")
    environment: list[tuple[str, str]] = []
    shared: dict[str, Any] = {"origin": fact.origin, "confidence": fact.confidence, "alternative": fact.alternative}
    while match := ASSIGNMENT.match(rest):
        rest = rest[match.end() :]
        value = match[2].strip("'\"")
        assigned = variable(match[1], value, fact.evidence, service=service, **shared)
        if assigned:
            yield assigned
            if not assigned.secret:
                environment.append((match[1], value))
    shown = masked(rest)
    if shown:
        yield Command(
            text=shown,
            role=role,
            argv=() if MASK in shown else plain_words(shown),
            environment=tuple(environment),
            service=service,
            user=user,
            directory=directory if directory.startswith("/") else "",
            evidence=fact.evidence,
            **shared,
        )
