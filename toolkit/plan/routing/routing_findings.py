"""What is wrong with the plan's routing: routes that no service answers, or several do, and limits of the load balancer."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence

from toolkit.facts.model import Route
from toolkit.findings import Evidence, Finding, Severity, together
from toolkit.inventory.paths import inside, relative
from toolkit.plan.model import Plan
from toolkit.plan.routing.listener_rules import (
    ALL_PRIORITIES,
    MAXIMUM_PRIORITY,
    MAXIMUM_RULES,
    MAXIMUM_VALUES,
    RULES_OF_A_SERVICE,
    Rule,
    priorities_of,
    rules,
)
from toolkit.plan.routing.route_destinations import TooManyStatesError, answers, destinations, parameters
from toolkit.plan.routing.routing import Reach, Routed, routed

_PAGES = re.compile(r"/(?:\{[^/{}]{1,60}\})?")


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
    strangers = [
        service for service in reached if not _has(plan, service, one) and not _has_its_pages(plan, service, one)
    ]
    if strangers:
        message = f"{name}: {reach.example(strangers[0])} goes to {strangers[0]}, whose image does not contain its code"
        yield Finding("RP122", Severity.WARNING, message, place, hint)
    elif len(reached) > 1 and len(reached := _without_other_routes(one, reach, found)) > 1:
        shown = ", ".join(f"{reach.example(service)} to {service}" for service in reached)
        yield Finding("RP121", Severity.WARNING, f"{name} reaches several services: {shown}", place, hint)


def _has_its_pages(plan: Plan, service: str, one: Routed) -> bool:
    """Whether a service of static files gets what a server would hand out from them where both are one process: `/`, and
    whatever else is no route."""
    return bool(plan.images[plan.services[service].image].artifact and _PAGES.fullmatch(one.path))


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
    """RP129, for services of one image."""
    message = (
        f"{', '.join(names)} each keep their own sessions: a user who logs in to one is not logged in to the others"
    )
    hint = "keep sessions in a shared store (a database or cache), or route all paths that use sessions to one service"
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
                message = f"{key}: {pattern} never matches: rules with lower priorities take all of its requests"
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
