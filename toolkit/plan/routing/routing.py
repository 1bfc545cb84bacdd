"""Where the requests of each route go, by the plan's listener rules."""

import posixpath
from collections.abc import Iterable
from dataclasses import dataclass

from toolkit.facts.model import Route
from toolkit.plan.model import Plan, is_below
from toolkit.plan.routing.listener_rules import Rule, at_any_host, choose, host_of, path_of, rules, stripped
from toolkit.plan.routing.route_destinations import TooManyStatesError, answers, destinations, parameters, told_apart
from toolkit.plan.starts.processes import home_of

_USUAL_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Reach:
    """The services that requests of one method to one host reach, each with a path; None is the default action. Method and
    host are empty where no rule tells them apart."""

    method: str
    host: str
    services: dict[str | None, str]

    def example(self, service: str | None) -> str:
        """A request that reaches one of the services."""
        return f"{self.method} {self.host}{self.services[service]}".strip()


@dataclass(frozen=True, slots=True)
class Routed:
    """A route of an image and the services that its requests reach, by method and host where rules look at these."""

    route: Route
    path: str  # as the load balancer sees it, below a context path or prefix
    image: str
    reaches: tuple[Reach, ...]

    @property
    def services(self) -> dict[str | None, str]:
        """Every service that a request reaches, with an example."""
        found: dict[str | None, str] = {}
        for reach in self.reaches:
            for service in reach.services:
                found.setdefault(service, reach.example(service))
        return found


@dataclass(frozen=True, slots=True)
class Answer:
    """What becomes of a request: the rule and its pattern that take it, and the routes that do, the most literal first;
    `forwarded` is its path as the service gets it, empty where none does."""

    method: str
    host: str
    path: str
    rule: Rule | None
    pattern: str
    routes: tuple[Routed, ...]
    forwarded: str


def answer(plan: Plan, found: Iterable[Routed], asked: str) -> Answer:
    """Which service answers a URL, or a path, and why. A method may stand before it: `POST /orders`."""
    before, _, url = asked.rpartition(" ")
    method, host, path = before.strip() or "GET", host_of(url), path_of(url)
    known = rules(plan)
    chosen = choose(known if host else at_any_host(known), path, method, host)
    taking = [one for one in found if answers(one.path, path) and (not before or _has_method(one.route, method))]
    taking.sort(key=lambda one: parameters(one.path))
    rule, pattern = chosen or (None, "")
    forwarded = stripped(rule.strip, path) if rule and not rule.redirect else ""
    return Answer(method, host, path, rule, pattern, tuple(taking), forwarded)


def _has_method(route: Route, method: str) -> bool:
    return not route.methods or method in route.methods or (method == "HEAD" and "GET" in route.methods)


def routed(plan: Plan, routes: Iterable[Route]) -> list[Routed]:
    """Every route that an image of the plan answers, and where its requests go.

    Routes of folders that no image is built from are left out: nothing of them is deployed.
    """
    known = at_any_host(rules(plan))
    served = {rule.image for rule in known}
    hosts = _hosts(known)
    named = tuple(dict.fromkeys(method for rule in known for method in rule.methods))
    found = []
    cache: dict[tuple[str, tuple[Rule, ...]], dict[str | None, str]] = {}
    for route in routes:
        image = _image_of(plan, route, served)
        if image is None:
            continue
        for path in dict.fromkeys(_below(prefix, route.path) for prefix in _prefixes(plan, image)):
            reaches = []
            for method in _methods(route, named):
                for host in hosts:
                    taking = tuple(rule for rule in known if rule.takes(method, host))
                    if (path, taking) not in cache:
                        try:
                            cache[path, taking] = destinations(path, taking)
                        except TooManyStatesError:
                            cache[path, taking] = {}
                    reaches.append(Reach(method, host, cache[path, taking]))
            found.append(Routed(route, path, image, tuple(reaches)))
    return found


def _prefixes(plan: Plan, image: str) -> list[str]:
    """What stands before the routes of an image: its context path, or the prefixes of its services."""
    if context := plan.images[image].context_path.strip("/"):
        return [f"/{context}"]
    return [one.prefix for one in plan.services.values() if one.kind == "web" and one.image == image and one.paths]


def _below(prefix: str, path: str) -> str:
    """The path of a route as the load balancer sees it; settings of a framework have put some below the prefix already."""
    return path if is_below(prefix, path) else prefix + path


def _hosts(known: tuple[Rule, ...]) -> tuple[str, ...]:
    """A host name for each set of rules that one can be asked by; an empty one for names that no rule has. Hosts that no rule
    takes are none of the application's."""
    patterns = sorted({host.lower() for rule in known for host in rule.hosts})
    if not patterns:
        return ("",)
    try:
        examples = sorted(told_apart(patterns).values())
    except TooManyStatesError:
        examples = ["", *(pattern.replace("*", "x").replace("?", "x") for pattern in patterns)]
    return tuple(host for host in examples if any(rule.takes_host(host) for rule in known))


def _methods(route: Route, named: tuple[str, ...]) -> tuple[str, ...]:
    """The route's methods, as far as rules tell them apart."""
    if not named:
        return ("",)
    other = next(method for method in (*_USUAL_METHODS, "OTHER") if method not in named)
    methods = route.methods or (*named, other)
    unnamed = [method for method in methods if method not in named]
    return (*(method for method in methods if method in named), *unnamed[:1])


def _image_of(plan: Plan, route: Route, served: set[str]) -> str | None:
    """The image whose own source holds the route's file, or else that whose build folder does; the innermost of several."""
    images = {name: image for name, image in plan.images.items() if name in served}
    for homes in (
        {name: home_of(image) for name, image in images.items()},
        {name: posixpath.join(image.directory, image.member).rstrip("/") for name, image in images.items()},
    ):
        holding = [name for name, home in homes.items() if not home or is_below(home, route.evidence.path)]
        if holding:
            return max(holding, key=lambda name: len(homes[name]))
    return None
