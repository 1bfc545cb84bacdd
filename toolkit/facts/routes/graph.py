"""Routers that are mounted below others: what Flask's blueprints, FastAPI's and Express's routers have in common."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from toolkit.facts.routes.found import both
from toolkit.facts.routes.paths import join
from toolkit.findings import Evidence

MAXIMUM_DEPTH = 12
MAXIMUM_ROUTES = 20_000


@dataclass(frozen=True, slots=True)
class Entry:
    """A route as it stands in its router: `path` in our spelling."""

    methods: tuple[str, ...]
    path: str
    handler: str
    evidence: Evidence
    static: bool = False
    condition: str = ""


@dataclass(frozen=True, slots=True)
class Mount:
    """The router of a key, below a prefix."""

    prefix: str
    key: str
    condition: str = ""


@dataclass(slots=True)
class Router:
    """What is registered on a router: routes, and other routers below a path."""

    entries: list[Entry] = field(default_factory=list)
    mounts: list[Mount] = field(default_factory=list)


def expand(routers: dict[str, Router], roots: list[str]) -> Iterator[tuple[str, Entry]]:
    """Every entry with its whole path, by way of every mount and under its conditions; circles end."""
    waiting: list[tuple[str, str, str, tuple[str, ...]]] = [("", root, "", (root,)) for root in reversed(roots)]
    count = 0
    while waiting:
        prefix, key, condition, trail = waiting.pop()
        router = routers.get(key)
        if router is None:
            continue
        for entry in router.entries:
            count += 1
            if count > MAXIMUM_ROUTES:
                return
            whole = join(prefix, entry.path) if entry.path else join(prefix)
            yield whole, replace(entry, condition=both(condition, entry.condition))
        if len(trail) <= MAXIMUM_DEPTH:
            for mount in reversed(router.mounts):
                if mount.key not in trail:
                    below = prefix.rstrip("/") + mount.prefix
                    waiting.append((below, mount.key, both(condition, mount.condition), (*trail, mount.key)))
