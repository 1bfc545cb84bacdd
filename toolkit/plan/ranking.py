"""Which of several facts counts: the one place that holds the ranking of DESIGN.md."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from toolkit.facts.model import Command, Fact, Facts, Origin, Role
from toolkit.findings import Evidence, Finding, Severity

FactType = TypeVar("FactType", bound=Fact)

# What the running system reads beats what was written about it; only operators know some things, and write them down.
_RUNNING_FIRST = {Origin.RUNNING: 0, Origin.README: 1, Origin.CONVENTION: 2, Origin.DEFAULT: 3}
_OPERATORS_FIRST = {Origin.README: 0, Origin.RUNNING: 1, Origin.CONVENTION: 2, Origin.DEFAULT: 3}
_STRENGTHS = {
    Origin.RUNNING: "what the running system reads",
    Origin.README: "what the operators wrote",
    Origin.CONVENTION: "the framework's convention",
    Origin.DEFAULT: "the default",
}


def of_type(facts: Facts, kind: type[FactType]) -> tuple[FactType, ...]:
    """Facts of one type that hold on the chosen way (no alternative), in reading order."""
    return tuple(fact for fact in facts.facts if isinstance(fact, kind) and not fact.alternative)


def commands_of(facts: Iterable[Fact], role: Role) -> list[Command]:
    """The commands of one role, in reading order."""
    return [fact for fact in facts if isinstance(fact, Command) and fact.role is role]


def ranked(facts: Iterable[FactType], *, operators_first: bool = False) -> list[FactType]:
    """Strongest first. `operators_first` for release steps, cron, variables' meaning and start commands."""
    order = _OPERATORS_FIRST if operators_first else _RUNNING_FIRST
    return sorted(facts, key=lambda fact: (order[fact.origin], -fact.confidence))


def contradiction(
    facts: Sequence[FactType], value: Callable[[FactType], object], what: str, key: str
) -> tuple[Finding, ...]:
    """RP012 when the strongest fact and another disagree: names both, which was used, and how to choose the other."""
    if not facts:
        return ()
    used = facts[0]
    for other in facts[1:]:
        if value(other) != value(used):
            said, chosen = (value(other), other.evidence), (value(used), used.evidence)
            return (disagreement(what, said, chosen, used.origin, key),)
    return ()


def disagreement(
    what: str, other: tuple[object, Evidence], used: tuple[object, Evidence], origin: Origin, key: str
) -> Finding:
    """RP012 for two values and where they stand; `origin` is that of the one which is used."""
    # Two places of one file are told apart by their lines.
    alike = other[1].path == used[1].path
    where, where_used = (str(e) if e.path and alike else e.path or "a convention" for e in (other[1], used[1]))
    return Finding(
        "RP012",
        Severity.WARNING,
        f"{what} {other[0]} in {where}, but {used[0]} in {where_used}",
        (used[1], other[1]),
        f"{used[0]} is used, because {_STRENGTHS[origin]} takes precedence; to use the other, set {key} in replatform.yaml",
    )


def evidence_of(facts: Iterable[Fact], most: int = 3) -> tuple[Evidence, ...]:
    """The places of the first facts, once each."""
    places: dict[str, Evidence] = {}
    for fact in facts:
        places.setdefault(str(fact.evidence), fact.evidence)
    return tuple(places.values())[:most]
