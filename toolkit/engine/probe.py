"""Asking an application through its proxy, as a browser would: each route once."""

import http.client
from dataclasses import dataclass
from time import monotonic, sleep
from urllib.parse import urlsplit

from toolkit.artefacts.routing import Route
from toolkit.plan.model import Plan
from toolkit.plan.routing.listener_rules import at_any_host, choose, rules

_TIMEOUT_SECONDS = 30
_SAFE = ("GET", "HEAD", "OPTIONS")  # https://www.rfc-editor.org/rfc/rfc9110#name-safe-methods
_FOUND = (range(302, 303),)
_NO_ANSWER = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class Probe:
    """One question. `expected` are the statuses that count as an answer, both ends included. `host` is the name that is asked
    for, empty where any will do. With `redirect` the load balancer answers by itself, and has to lead to that path."""

    service: str
    pattern: str
    path: str
    expected: tuple[range, ...]
    method: str = "GET"
    host: str = ""
    redirect: str = ""


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
    but no error of its own. A route of methods that change something is not asked.
    """
    found: list[Probe] = []
    known = at_any_host(rules(plan))
    for route in routes:
        method = next((one for one in _SAFE if not route.methods or one in route.methods), "")
        host = route.hosts[-1].replace("*", "x").replace("?", "x") if route.hosts else ""

        def gets(path: str, route: Route = route, method: str = method, host: str = host) -> bool:
            chosen = choose(known, path, method, host)
            return bool(method and chosen and (chosen[0].service, chosen[1]) == (route.service, route.pattern))

        if route.redirect:
            if gets(route.pattern):
                found.append(
                    Probe(route.service, route.pattern, route.pattern, _FOUND, method, host, redirect=route.redirect)
                )
            continue
        service = plan.services[route.service]
        health = service.health
        # The load balancer asks the task itself; through its rules the path has the prefix that these take off.
        asked = f"{service.prefix if service.strip_prefix else ''}{health.path}" if health else ""
        path = asked.partition("?")[0]
        example = route.pattern.replace("*", "").replace("?", "x")
        if health and method == "GET" and gets(path):
            found.append(Probe(route.service, route.pattern, asked, _statuses(health.status), method, host))
            if route.pattern == "/*" or path == example:
                continue
        examples = (example, service.root_redirect)
        if shown := next((one for one in examples if one and gets(one)), ""):
            found.append(Probe(route.service, route.pattern, shown, (range(100, 500),), method, host))
    return tuple(found)


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
    status, location = 0, ""
    try:
        named = {"Host": name} if (name := probe.host or host_header) else {}
        connection.request(
            probe.method, probe.path, headers={"User-Agent": "replatform", "Connection": "close", **named}
        )
        response = connection.getresponse()
        status, location = response.status, urlsplit(response.getheader("Location", "")).path
    except (OSError, http.client.HTTPException):
        status = 0
    finally:
        connection.close()
    expected = any(status in one for one in probe.expected) and (not probe.redirect or location == probe.redirect)
    return Answer(probe, status, round(1000 * (monotonic() - began)), expected)
