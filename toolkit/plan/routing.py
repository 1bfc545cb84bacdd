"""Path routing of the plan: priorities that stay, and whether every route reaches exactly one service, its own."""

import hashlib
import posixpath
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from toolkit.facts.model import Route
from toolkit.findings import Evidence, Finding, Severity, together
from toolkit.inventory.paths import inside, relative
from toolkit.plan.listener_rules import (
    ALL_PRIORITIES,
    MAXIMUM_PRIORITY,
    MAXIMUM_RULES,
    MAXIMUM_VALUES,
    RULES_OF_A_SERVICE,
    Rule,
    at_any_host,
    choose,
    host_of,
    parted,
    path_of,
    priorities_of,
    rules,
    stripped,
)
from toolkit.plan.model import Plan, is_below
from toolkit.plan.processes import home_of
from toolkit.plan.route_destinations import TooManyStatesError, answers, destinations, parameters, told_apart

_DEEPEST = 8  # parts of a path beyond which patterns are not told apart; the deepest are asked first
_USUAL_METHODS = ("GET", "POST", "PUT", "DELETE", "PATCH", "OPTIONS")


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a service's rules have beside paths: host names that not all services share, methods, and how many values in all;
    and whether one that redirects comes before them."""

    hosts: bool = False
    methods: bool = False
    values: int = 0
    redirect: bool = False


@dataclass(frozen=True, slots=True)
class Reach:
    """The services that requests of one method to one host reach, each with a path; None is the default action. Method and
    host are empty where no rule tells them apart."""

    method: str
    host: str
    services: dict[str | None, str]

    def example(self, service: str | None) -> str:
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


def with_priorities(plan: Plan) -> Plan:
    """The plan with a priority for every web service that has paths and no priority.

    It follows from the service's own name and patterns, so it stays when other services come and go: deeper patterns
    before shallower ones, `/*` last. Only where two names meet in one place does the later one, by name, move on.
    """
    open_names = {
        name: service.paths
        for name, service in plan.services.items()
        if service.kind == "web" and service.paths and service.priority is None
    }
    taken = {rule.priority for rule in rules(plan) if rule.priority}
    apart = len({service.hosts for service in plan.services.values() if service.paths}) > 1
    conditions = {
        name: Conditions(
            apart and bool(one.hosts), bool(one.methods), len(one.hosts) + len(one.methods), bool(one.root_redirect)
        )
        for name, one in plan.services.items()
    }
    chosen = priorities(open_names, taken, conditions, priorities_of(plan))
    services = {
        name: service.model_copy(update={"priority": chosen[name]}) if name in chosen else service
        for name, service in plan.services.items()
    }
    return plan.model_copy(update={"services": services}) if chosen else plan


def priorities(
    patterns: Mapping[str, tuple[str, ...]],
    taken: Iterable[int] = (),
    conditions: Mapping[str, Conditions] | None = None,
    own: range = ALL_PRIORITIES,
) -> dict[str, int]:
    """A priority among the application's `own` for each service by its path patterns and `conditions`, none of them twice.
    Where these make several rules, the numbers that follow are its own, too, and that before where one redirects."""
    used = set(taken)
    found: dict[str, int] = {}
    for name in sorted(patterns):
        beside = (conditions or {}).get(name, Conditions())
        count = max(1, len(parted(patterns[name], beside.values)))
        before = int(beside.redirect)
        priority = max(_priority(name, patterns[name], beside, own), own[before])
        while used & {*range(priority - before, priority + count)}:
            priority += 1
        used |= {*range(priority - before, priority + count)}
        found[name] = priority
    return found


def _priority(name: str, patterns: Iterable[str], beside: Conditions, own: range) -> int:
    """A place among those for the depth of the shallowest pattern, by a hash of the name: eight parts of eight hundredths
    for eight depths, and the last fifth for what takes the rest. Rules for some methods come right before the part, those
    for host names of their own before all others, in narrow parts of the same order."""
    depth = min(min(map(_depth, patterns), default=0), _DEEPEST)
    width = len(own) * 2 // 25
    slack = width // 40
    place = int.from_bytes(hashlib.sha256(name.encode()).digest()[:4])
    if beside.hosts:
        narrow = width // 10
        half = narrow // 2
        return own[(_DEEPEST - depth) * narrow + (0 if beside.methods else half) + place % max(1, half - slack)]
    start = (_DEEPEST - depth) * width if depth else len(own) * 4 // 5 - 1
    if beside.methods:
        return own[max(0, start - max(1, slack)) + place % max(1, slack // 2)]
    return own[start + place % (width - slack)] if depth else own[start]


def _depth(pattern: str) -> int:
    """Parts of the path before the first wildcard."""
    fixed = pattern.split("*")[0].split("?")[0]
    return len([part for part in fixed.split("/") if part])


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


def check_routing(
    plan: Plan, routes: Iterable[Route], written: Mapping[str, Evidence] | None = None
) -> Iterator[Finding]:
    """Findings RP120 (no service answers), RP121 (several services), RP122 (an image without its code), RP123 (limits), RP124 (never
    asked), RP125 (could not be followed), RP129 (sessions that services do not share). `written` tells where a person set a key of the plan."""
    known = rules(plan)
    yield from _limits(plan, known, written or {})
    yield from _on_platform(plan, written or {})
    yield from _sessions(plan)
    found = routed(plan, routes)
    alike: dict[tuple[str, frozenset[str]], list[Finding]] = {}
    for one in found:
        name = f"{' '.join(one.route.methods) or 'any method'} {one.path}"
        told: set[str] = set()
        for reach in one.reaches:
            for finding in _of_route(plan, one, reach, found, name):
                if finding.code not in told:
                    told.add(finding.code)
                    services = frozenset(service or "" for service in reach.services)
                    alike.setdefault((finding.code, services), []).append(finding)
    for findings in alike.values():
        yield from together(findings)


def _of_route(plan: Plan, one: Routed, reach: Reach, found: list[Routed], name: str) -> Iterator[Finding]:
    """What is wrong with where the requests of a route go, of one method and to one host."""
    place = (one.route.evidence,)
    hint = "change services.<name>.paths in replatform.yaml; replatform routes shows the table"
    if not reach.services:
        yield Finding("RP125", Severity.WARNING, f"{name}: too many patterns to follow", place, hint)
        return
    if None in reach.services:
        yield Finding("RP120", Severity.ERROR, f"{name}: no service answers {reach.example(None)}", place, hint)
    reached = sorted(service for service in reach.services if service is not None)
    strangers = [service for service in reached if not _has(plan, service, one)]
    if strangers:
        message = f"{name}: {reach.example(strangers[0])} goes to {strangers[0]}, whose image has not its code"
        yield Finding("RP122", Severity.WARNING, message, place, hint)
    elif len(reached) > 1 and len(reached := _without_other_routes(one, reach, found)) > 1:
        shown = ", ".join(f"{reach.example(service)} to {service}" for service in reached)
        yield Finding("RP121", Severity.WARNING, f"{name} reaches several services: {shown}", place, hint)


def _sessions(plan: Plan) -> Iterator[Finding]:
    """Several services of one image whose sessions live in their own memory."""
    by_image: dict[str, list[str]] = {}
    for name, service in plan.services.items():
        if service.kind == "web" and service.paths and service.sticky_sessions:
            by_image.setdefault(service.image, []).append(name)
    for names in by_image.values():
        if len(names) > 1:
            yield unshared_sessions(names)


def unshared_sessions(names: Iterable[str]) -> Finding:
    message = f"{', '.join(names)} each keep sessions to themselves: who logs in at one is unknown at the others"
    hint = "keep sessions in a shared store (a database or cache), or all paths with sessions in one service"
    return Finding("RP129", Severity.WARNING, message, (), hint)


def _limits(plan: Plan, known: tuple[Rule, ...], written: Mapping[str, Evidence]) -> Iterator[Finding]:
    if len(known) > MAXIMUM_RULES:
        message = f"{len(known)} listener rules; a load balancer has {MAXIMUM_RULES} by default"
        yield Finding("RP123", Severity.ERROR, message, (), "ask AWS for a higher quota, or join services")
    for service, count in Counter(rule.service for rule in known if not rule.redirect).items():
        if count > RULES_OF_A_SERVICE:
            key, own = f"services.{service}.paths", plan.services[service]
            beside = len(own.hosts) + len(own.methods)
            most = (MAXIMUM_VALUES - beside) * RULES_OF_A_SERVICE
            message = f"{key}: more than the {most} path patterns that {RULES_OF_A_SERVICE} listener rules take"
            message += f" beside {beside} host names and methods" if beside else ""
            evidence = (written[key],) if key in written else ()
            hint = "join patterns with wildcards, or split the service"
            yield Finding("RP123", Severity.ERROR, message, evidence, hint)
    for place, rule in enumerate(known):
        key = f"services.{rule.service}.{'root_redirect' if rule.redirect else 'paths'}"
        evidence = (written[key],) if key in written else ()
        if rule.priority is not None and rule.priority not in ALL_PRIORITIES:
            message = f"{key}: priority {rule.priority} is not between 1 and {MAXIMUM_PRIORITY}"
            yield Finding("RP123", Severity.ERROR, message, evidence)
        for pattern in rule.patterns:
            if place and _never_asked(pattern, [one for one in known[:place] if _is_wider(one, rule)]):
                message = f"{key}: {pattern} is never asked, rules with lower priorities take all of it"
                yield Finding("RP124", Severity.WARNING, message, evidence, "give this service the lower priority")


def _on_platform(plan: Plan, written: Mapping[str, Evidence]) -> Iterator[Finding]:
    """RP150: what would take other applications' requests, or their priorities."""
    if plan.platform is None:
        return
    own = priorities_of(plan)
    for rule in rules(plan):
        key = f"services.{rule.service}"
        if not rule.hosts:
            message = (
                f"{key}.hosts: without a host name it takes requests of the other applications of {plan.platform.name}"
            )
            evidence = (written[f"{key}.hosts"],) if f"{key}.hosts" in written else ()
            yield Finding(
                "RP150", Severity.ERROR, message, evidence, f"replatform convert writes one, or set {key}.hosts"
            )
        if rule.priority and rule.priority not in own:
            message = f"{key}.priority: {rule.priority} is not among the application's own, {own[0]} to {own[-1]}"
            evidence = (written[f"{key}.priority"],) if f"{key}.priority" in written else ()
            yield Finding(
                "RP150", Severity.ERROR, message, evidence, f"remove {key}.priority, and replatform convert again"
            )


def _is_wider(one: Rule, other: Rule) -> bool:
    """Whether a rule takes every method and host that another does."""
    methods = not one.methods or (other.methods and set(other.methods) <= set(one.methods))
    return bool(methods) and (not one.hosts or bool(other.hosts and set(other.hosts) <= set(one.hosts)))


def _never_asked(pattern: str, earlier: Sequence[Rule]) -> bool:
    try:
        return None not in destinations(pattern.replace("*", "{any...}").replace("?", "{one}"), earlier)
    except TooManyStatesError:
        return False


def _has(plan: Plan, service: str, one: Routed) -> bool:
    """Whether a service's image is built from the route's image, with the route's file."""
    own = plan.services[service]
    path = relative(one.route.evidence.path, plan.images[one.image].directory)
    return own.image == one.image and not any(inside(path, left) for left in own.leave_out)


def _without_other_routes(one: Routed, reach: Reach, others: list[Routed]) -> list[str]:
    """The services that requests of this route reach: `/orders/new` is no example for `/orders/{id}` where it is a route
    of its own."""
    free = parameters(one.path)
    return sorted(
        service
        for service, example in reach.services.items()
        if service is not None
        and not any(
            service in other.services and parameters(other.path) < free and answers(other.path, example)
            for other in others
            if other.image == one.image
        )
    )
