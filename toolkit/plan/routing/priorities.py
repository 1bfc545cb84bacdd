"""Priorities of listener rules, which stay when other services come and go."""

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from toolkit.plan.model import Plan
from toolkit.plan.routing.listener_rules import ALL_PRIORITIES, parted, priorities_of, rules

_DEEPEST = 8  # parts of a path beyond which patterns are not told apart; the deepest are asked first


@dataclass(frozen=True, slots=True)
class Conditions:
    """What a service's rules have beside paths: host names that not all services share, methods, and how many values in all;
    and whether one that redirects comes before them."""

    hosts: bool = False
    methods: bool = False
    values: int = 0
    redirect: bool = False


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
