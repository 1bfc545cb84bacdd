"""The facts that readers of routes make, and the finding for a route that only running the application would tell."""

from toolkit.facts.model import Origin, Route, RouteKind
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
    confidence: float = 0.95,
) -> Route:
    kind = kind_of(path)
    if static and kind is not RouteKind.CATCH_ALL:
        kind = RouteKind.STATIC
    return Route(
        path=path,
        kind=kind,
        framework=framework,
        methods=tuple(dict.fromkeys(methods)),
        handler=handler,
        evidence=evidence,
        origin=Origin.CONVENTION,
        confidence=confidence,
    )


def undecided(what: str, evidence: Evidence) -> Finding:
    return Finding(
        UNDECIDED,
        Severity.NOTE,
        f"routes that cannot be told without running the application: {what}",
        (evidence,),
        "see that the path patterns of the plan cover them",
    )
