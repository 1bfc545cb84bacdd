"""Where a statement comes from (`Evidence`), and what is worth telling about a user's project (`Finding`)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

_FEW = 3  # findings alike that are told one by one


@dataclass(frozen=True, slots=True, order=True)
class Evidence:
    """A place in a file: path relative to the source tree with `/`, lines counted from 1, and the rule that read it.

    `first_line` is 0 where the whole file is meant (its presence, say), and `path` is empty for a blueprint's default.
    """

    path: str
    first_line: int = 0
    last_line: int = 0
    rule: str = ""

    @property
    def file_name(self) -> str:
        """The file's name without the folder."""
        return self.path.rpartition("/")[2]

    @property
    def directory(self) -> str:
        """The file's folder, empty for the root of the tree."""
        return self.path.rpartition("/")[0]

    def __str__(self) -> str:
        if not self.path:
            return "no file: " + (self.rule or "default")
        if not self.first_line:
            return self.path
        if self.last_line > self.first_line:
            return f"{self.path}:{self.first_line}-{self.last_line}"
        return f"{self.path}:{self.first_line}"


class Severity(StrEnum):
    """How bad a finding is: an error stops a release, a warning wants a decision, a note is worth knowing."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Finding:
    """Something about the user's project: `code` is stable and never reused (docs: toolkit/check/CODES.md)."""

    code: str
    severity: Severity
    message: str
    evidence: tuple[Evidence, ...] = ()
    hint: str = ""

    def __str__(self) -> str:
        lines = [f"{self.severity} {self.code}: {self.message}"]
        if self.evidence:
            lines.append("  at " + " and ".join(str(place) for place in self.evidence))
        if self.hint:
            lines.append(f"  to do: {self.hint}")
        return "\n".join(lines)


def in_words(names: Iterable[str], most: int) -> str:
    """Names for a sentence: the first of them, and how many more there are."""
    found = list(names)
    more = f" and {len(found) - most} more" if len(found) > most else ""
    return ", ".join(found[:most]) + more


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings once each, sorted by severity, then place, then code, then what they say."""
    rank = {severity: number for number, severity in enumerate(Severity)}
    return tuple(sorted(set(findings), key=lambda f: (rank[f.severity], f.evidence, f.code, f.message, f.hint)))


def in_all_places(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings that say the same as one, with all the places where it holds."""
    places: dict[Finding, list[Evidence]] = {}
    for finding in findings:
        places.setdefault(replace(finding, evidence=()), []).extend(finding.evidence)
    return tuple(replace(finding, evidence=tuple(dict.fromkeys(found))) for finding, found in places.items())


def together(findings: Sequence[Finding]) -> tuple[Finding, ...]:
    """Findings that say the same of many things: each while they are few, else the first of them, which counts the rest."""
    first = next(iter(findings), None)
    if first is None or len(findings) <= _FEW:
        return tuple(findings)
    places = tuple(dict.fromkeys(place for finding in findings for place in finding.evidence))
    message = f"{first.message}; and {len(findings) - 1} more like it"
    return (replace(first, message=message, evidence=places[:_FEW]),)
