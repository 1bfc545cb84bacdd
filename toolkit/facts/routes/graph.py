"""Routers that are mounted below others: what Flask's blueprints, FastAPI's and Express's routers have in common."""

from collections.abc import Iterator
from dataclasses import dataclass, field

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


@dataclass(slots=True)
class Router:
    """`mounts` are the prefix, the key of the router below and where that is written."""

    entries: list[Entry] = field(default_factory=list)
    mounts: list[tuple[str, str, Evidence]] = field(default_factory=list)


def expand(routers: dict[str, Router], roots: list[str]) -> Iterator[tuple[str, Entry]]:
    """Every entry with its whole path, by way of every mount; circles end."""
    waiting: list[tuple[str, str, tuple[str, ...]]] = [("", root, (root,)) for root in reversed(roots)]
    count = 0
    while waiting:
        prefix, key, trail = waiting.pop()
        router = routers.get(key)
        if router is None:
            continue
        for entry in router.entries:
            count += 1
            if count > MAXIMUM_ROUTES:
                return
            yield (join(prefix, entry.path) if entry.path else join(prefix)), entry
        if len(trail) <= MAXIMUM_DEPTH:
            for mount, child, _ in reversed(router.mounts):
                if child not in trail:
                    waiting.append((prefix.rstrip("/") + mount, child, (*trail, child)))
