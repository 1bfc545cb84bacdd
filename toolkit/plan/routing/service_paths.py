"""Which paths lead to which web service, and what becomes of the part of them that is not the application's own.

Where an application answers below a context path, this is its prefix. Another one gets its name, which it does not know: the
blueprints say whether it can be told, or the load balancer takes the prefix off.
"""

import re
from collections.abc import Container, Iterator, Sequence

from toolkit.facts.model import EntryPoint, Facts, Route, RouteKind
from toolkit.findings import Finding, Severity
from toolkit.plan.model import Service, Variable
from toolkit.plan.ranking import of_type, ranked
from toolkit.plan.routing.priorities import Conditions, priorities
from toolkit.plan.starts.planned_services import Addresses, PlannedServices
from toolkit.plan.starts.processes import Processes

FOREIGN_PREFIX = "RP133"
# Of several web services the one that people see first takes every path that no other has.
_FRONT = ("web", "frontend", "client", "ui", "portal", "www")
_API = ("backend", "api", "server")
# Languages whose servers have context paths: a web archive's or Spring Boot's, and `basePath` of Next.
_WITH_CONTEXT_PATHS = frozenset({"java", "node"})
_CONTEXT_PATH = re.compile(r"[\w~-][\w.~-]*(?:/[\w~-][\w.~-]*)*", re.ASCII)
_MOST_PASSED_ON = 8
_LONGEST_CONTEXT_PATH = 120  # a path pattern has 128 characters at most


def addressed(argv: tuple[str, ...], image: Processes) -> Addresses:
    """What a service that is started so answers."""
    told = image.entry_points.get("context_path", "") if image.stack.language in _WITH_CONTEXT_PATHS else ""
    path = image.image.context_path or told.strip("/")
    if not _CONTEXT_PATH.fullmatch(path) or len(path) > _LONGEST_CONTEXT_PATH:
        path = ""
    facts = image.points("context_path")
    routes = [r for r in of_type(image.facts, Route) if r.kind is not RouteKind.CATCH_ALL and image.belongs(r)]
    server = image.servers.server(argv)
    prefix = (server and server.prefix) or image.stack.prefix
    if prefix.unless and any(prefix.unless in word for word in argv):
        prefix = image.stack.prefix
    own = tuple(e for e in ranked(facts) if path and e.value.strip("/") == path)[:1]
    return Addresses(f"/{path}" if path else "", own, tuple(routes), prefix)


def passed_on(facts: Facts) -> list[EntryPoint]:
    """The paths that a web server on the host passes on to the application, where it serves files by itself."""
    found = {e.value.rstrip("/"): e for e in of_type(facts, EntryPoint) if e.kind == "path_prefix"}
    plain = [e for path, e in sorted(found.items()) if _CONTEXT_PATH.fullmatch(path.strip("/"))]
    return plain if len(plain) <= _MOST_PASSED_ON else []


def plan_paths(planned: PlannedServices, sites: Container[str] = (), passed: Sequence[EntryPoint] = ()) -> None:
    """Several web services are told apart by their context path, or else their name as first part of the path; one of them takes
    the rest: a static site (`sites`), which is what people open, before others. What is the only one beside such a site has
    the paths that the host's web server passes on (`passed`). Where the front answers below a context path alone, `/` leads
    there."""
    webs = [name for name, service in planned.services.items() if service.kind == "web"]
    front = min(
        webs,
        key=lambda name: (name not in sites, name not in _FRONT, not set(_API).isdisjoint(name.split("-"))),
        default="",
    )
    for name in webs:
        if name == front:
            _plan_front(name, planned, alone=len(webs) == 1)
        elif passed and len(webs) == 2 and front in sites and not planned.addresses[name].context_path:
            _plan_passed_on(name, planned, passed)
        else:
            _plan_other(name, planned, "api" if name in _API or (len(webs) == 2 and front in sites) else name)
    redirecting = {name: Conditions(redirect=bool(planned.services[name].root_redirect)) for name in webs}
    patterns = {name: planned.services[name].paths for name in webs}
    for name, priority in priorities(patterns, conditions=redirecting).items():
        _change(planned, name, priority=priority)
        why = "after every more specific rule" if name == front else "before the rule that takes the rest"
        planned.decide(f"services.{name}.priority", priority, why, guessed=True)


def _plan_front(name: str, planned: PlannedServices, *, alone: bool) -> None:
    _change(planned, name, paths=("/*",))
    planned.decide(f"services.{name}.paths", "/*", "all requests" if alone else "all other requests", guessed=not alone)
    own = planned.addresses[name]
    if own.context_path:
        _change(planned, name, root_redirect=f"{own.context_path}/")
        why = "the application answers only below its context path"
        planned.decide(f"services.{name}.root_redirect", f"{own.context_path}/", why, own.facts)


def _plan_other(name: str, planned: PlannedServices, word: str) -> None:
    own = planned.addresses[name]
    elsewhere = {one.context_path for other, one in planned.addresses.items() if other != name}
    known = bool(own.context_path) and own.context_path not in elsewhere
    prefix = own.context_path if known else f"/{word}"
    paths = (f"{prefix}/*", prefix)
    _change(planned, name, paths=paths)
    why = "its context path" if known else "its name as first part of the path"
    planned.decide(f"services.{name}.paths", ", ".join(paths), why, own.facts if known else (), guessed=not known)
    if not known and not own.context_path and _is_foreign(name, prefix, planned):
        planned.findings += _tell(name, prefix, own, planned)


def _plan_passed_on(name: str, planned: PlannedServices, passed: Sequence[EntryPoint]) -> None:
    paths = [prefix for told in passed for prefix in (f"{told.value.rstrip('/')}/*", told.value.rstrip("/"))]
    _change(planned, name, paths=tuple(paths))
    why = "the web server on the host passes them on"
    planned.decide(f"services.{name}.paths", ", ".join(paths), why, tuple(passed))
    prefix = passed[0].value.rstrip("/")
    if len(passed) == 1 and _is_foreign(name, prefix, planned):
        planned.findings += _tell(name, prefix, planned.addresses[name], planned)


def _is_foreign(name: str, prefix: str, planned: PlannedServices) -> bool:
    """Whether the application has routes, and none below the prefix. A second process of an image may be anything."""
    image = planned.services[name].image
    alone = not any(
        other != name and one.image == image and one.kind == "web" for other, one in planned.services.items()
    )
    routes = planned.addresses[name].routes
    return alone and bool(routes) and not any(f"{one.path}/".startswith(f"{prefix}/") for one in routes)


def _tell(name: str, prefix: str, own: Addresses, planned: PlannedServices) -> Iterator[Finding]:
    """The application learns of its prefix as it can; and people do, by a finding."""
    service, way, key = planned.services[name], own.prefix, f"services.{name}"
    example = own.routes[:1]
    if way.context_path:
        planned.context_paths[service.image] = prefix.strip("/")
        why = "the path that the load balancer routes to it: it serves and links below it"
        planned.decide(f"images.{service.image}.context_path", prefix.strip("/"), why, guessed=True)
    else:
        _change(planned, name, prefix=prefix, strip_prefix=way.rewrite)
        why = "no route of the application starts with it"
        planned.decide(f"{key}.prefix", prefix, why, example, guessed=True)
    if way.rewrite:
        why = "the load balancer strips the prefix, because the application's routes do not have it"
        planned.decide(f"{key}.strip_prefix", True, why, example, guessed=True)
    elif service.health:
        # Told of its prefix, it answers nowhere else, and the health check does not come through the listener's rules.
        path = f"{prefix}{service.health.path}"
        _change(planned, name, health=service.health.model_copy(update={"path": path}))
        planned.decide(f"{key}.health.path", path, "the application answers only below its prefix", guessed=True)
    told = {variable: value.replace("{prefix}", prefix) for variable, value in way.environment.items()}
    if told:
        values = {variable: Variable(value=value) for variable, value in told.items()}
        _change(planned, name, environment={**service.environment, **values})
    for variable, value in told.items():
        planned.decide(f"{key}.environment.{variable}", value, "tells the application its prefix", guessed=True)
    yield _finding(name, prefix, own)


def _finding(name: str, prefix: str, own: Addresses) -> Finding:
    """What people have to do: who calls the service has to know its prefix, and so has the application."""
    key = f"services.{name}"
    message = f"{name} is served below {prefix}, which none of its own routes has: clients such as a front end have to call it there"
    if not own.prefix.tells:
        message += "; the application is not told of the prefix, so root-relative links and redirects that it writes lead to another service"
    of_its_own = (
        f"give it a host name of its own: {key}.hosts, with {key}.paths [/*] and neither prefix nor strip_prefix"
    )
    hint = "; or ".join(filter(None, (own.prefix.advice.replace("{prefix}", prefix), of_its_own)))
    return Finding(FOREIGN_PREFIX, Severity.WARNING, message, tuple(route.evidence for route in own.routes[:1]), hint)


def _change(planned: PlannedServices, name: str, **values: object) -> None:
    # Validated: the parts come from a stranger's source.
    planned.services[name] = Service.model_validate({**dict(planned.services[name]), **values})
