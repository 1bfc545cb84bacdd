"""How commands talk: results on standard output, everything else on standard error, colour only where it is wanted."""

import json
import shutil
import sys
import textwrap
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, TextIO

from toolkit.findings import Finding, Severity

EXIT_FINDINGS = 1
_COLOURS = {Severity.ERROR: "31", Severity.WARNING: "33", Severity.NOTE: "36"}


@dataclass
class Talk:
    """What the user asked for on the command line, before the command: set once by `main`."""

    quiet: bool = False
    colour: bool = False


talk = Talk()


def result(text: str) -> None:
    """A command's result."""
    sys.stdout.write(text if text.endswith("\n") else text + "\n")


def result_json(value: object) -> None:
    result(json.dumps(value, indent=2, ensure_ascii=False))


def say(text: str) -> None:
    """Talk: progress, hints, summaries. Silent with --quiet."""
    if not talk.quiet:
        sys.stderr.write(text + "\n")


def say_findings(findings: Iterable[Finding], *, least: Severity = Severity.NOTE) -> None:
    rank = list(Severity)
    for finding in findings:
        if rank.index(finding.severity) <= rank.index(least):
            say(finding_text(finding, talk.colour, sys.stderr))


def finding_text(finding: Finding, colour: bool, stream: TextIO) -> str:
    """A finding as people read it on a stream, its message in the colour of its severity where colours are wanted."""
    first, *rest = (_fitted(line, stream) for line in str(finding).splitlines())
    return "\n".join([f"\033[{_COLOURS[finding.severity]}m{first}\033[0m" if colour else first, *rest])


def _fitted(line: str, stream: TextIO) -> str:
    """A line broken between words for a terminal, which would break within them; in a pipe as it is."""
    if not stream.isatty():
        return line
    indent = " " * (len(line) - len(line.lstrip()))
    wrapper = textwrap.TextWrapper(
        max(20, shutil.get_terminal_size().columns - 1),
        subsequent_indent=indent + "  ",
        break_long_words=False,
        break_on_hyphens=False,
    )
    return wrapper.fill(line)


def finding_object(finding: Finding) -> dict[str, Any]:
    """A finding as JSON has it."""
    return asdict(finding) | {"places": [str(place) for place in finding.evidence]}


def table(rows: Iterable[Mapping[str, object]], columns: Mapping[str, str]) -> str:
    """Rows as aligned text, without borders, so that it can be read by people and cut by tools."""
    titles = list(columns.values())
    body = [[" ".join(str(row.get(key, "")).split()) for key in columns] for row in rows]
    widths = [min(100, max(len(line[place]) for line in [titles, *body])) for place in range(len(titles))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip()
        for line in [titles, *body]
    )
