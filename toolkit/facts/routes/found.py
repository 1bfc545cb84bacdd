"""The facts that readers of routes make, and the finding for a route that only running the application would tell."""

from collections.abc import Iterable, Iterator
from dataclasses import replace

from toolkit.facts.model import Fact, Origin, Route, RouteKind
from toolkit.facts.routes.paths import kind_of
from toolkit.findings import Evidence, Finding, Severity

UNDECIDED = "RP082"


def route(
    path: str,
    framework: str,
    evidence: Evidence,
    *,
    methods: tuple[str, ...] = (),
    handler: str = "",
    static: bool = False,
    condition: str = "",
    confidence: float = 0.95,
) -> Route:
    """A route as a fact, its path as the load balancer knows it."""
    kind = kind_of(path)
    if static and kind is not RouteKind.CATCH_ALL:
        kind = RouteKind.STATIC
    return Route(
        path=path,
        kind=kind,
        framework=framework,
        methods=tuple(dict.fromkeys(methods)),
        handler=handler,
        condition=condition,
        evidence=evidence,
        origin=Origin.CONVENTION,
        confidence=confidence,
    )


def both(*conditions: str) -> str:
    """Conditions that have to hold together, each once; those that are empty hold always."""
    return " and ".join(dict.fromkeys(filter(None, conditions)))


def under(condition: str, found: Iterable[Fact | Finding]) -> Iterator[Fact | Finding]:
    """What a reader found, its routes under one more condition."""
    for one in found:
        yield replace(one, condition=both(condition, one.condition)) if condition and isinstance(one, Route) else one


def undecided(what: str, evidence: Evidence) -> Finding:
    """RP082, for what only the running application could tell."""
    return Finding(
        UNDECIDED,
        Severity.NOTE,
        f"routes that are only known when the application runs: {what}",
        (evidence,),
        "see that the path patterns of the plan cover them",
    )
