"""Asking an application through its proxy, as a browser would: each route once."""

import http.client
from dataclasses import dataclass
from fnmatch import fnmatchcase
from time import monotonic, sleep

from toolkit.artefacts.routing import Route
from toolkit.plan.model import Plan

_TIMEOUT_SECONDS = 30
_NO_ANSWER = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class Probe:
    """One question. `expected` are the statuses that count as an answer, both ends included."""

    service: str
    pattern: str
    path: str
    expected: tuple[range, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """`status` is 0 when no answer came; `ok` says whether it is one of those expected."""

    probe: Probe
    status: int
    milliseconds: int
    ok: bool


def probes(plan: Plan, routes: tuple[Route, ...]) -> tuple[Probe, ...]:
    """One for each route, and one for each health path that a route of its service leads to.

    A health path must answer what the load balancer counts as healthy; elsewhere an application may well say 401 or 404,
    but no error of its own.
    """
    found: list[Probe] = []
    for route in routes:
        health = plan.services[route.service].health
        path = health.path.partition("?")[0] if health else ""
        if health and _first(routes, path) is route:
            found.append(Probe(route.service, route.pattern, health.path, _statuses(health.status)))
            if route.pattern in ("/*", path):
                continue
        example = route.pattern.replace("*", "").replace("?", "x")
        if _first(routes, example) is route:
            found.append(Probe(route.service, route.pattern, example, (range(100, 500),)))
    return tuple(found)


def _first(routes: tuple[Route, ...], path: str) -> Route | None:
    """The route that a path takes: the first whose pattern fits, as the load balancer asks them."""
    return next((route for route in routes if fnmatchcase(path, route.pattern.replace("[", "[[]"))), None)


def _statuses(matcher: str) -> tuple[range, ...]:
    """`200-299,301` as ranges."""
    found = []
    for part in matcher.split(","):
        first, _, last = part.strip().partition("-")
        if first.isdigit() and (last or first).isdigit():
            found.append(range(int(first), int(last or first) + 1))
    return tuple(found) or (range(200, 400),)


def ask(host: str, port: int, probe: Probe, *, patience_seconds: float = 0, host_header: str = "") -> Answer:
    """Asks once, and again while nobody answers and the patience lasts."""
    deadline = monotonic() + patience_seconds
    while True:
        answer = _ask(host, port, probe, host_header)
        if answer.ok or monotonic() > deadline or answer.status not in _NO_ANSWER | {0}:
            return answer
        sleep(0.5)


def _ask(host: str, port: int, probe: Probe, host_header: str) -> Answer:
    began = monotonic()
    connection = http.client.HTTPConnection(host, port, timeout=_TIMEOUT_SECONDS)
    status = 0
    try:
        named = {"Host": host_header} if host_header else {}
        connection.request("GET", probe.path, headers={"User-Agent": "replatform", "Connection": "close", **named})
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException):
        status = 0
    finally:
        connection.close()
    return Answer(probe, status, round(1000 * (monotonic() - began)), any(status in one for one in probe.expected))
