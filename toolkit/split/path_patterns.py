"""Path patterns that take the routes of one feature and of no other."""

import re
from collections.abc import Iterable, Mapping

from toolkit.facts.model import Route
from toolkit.plan.routing.listener_rules import matches

_PARAMETER = re.compile(r"\{\w+\}")
_REST = re.compile(r"\{\w+\.\.\.\}")


def path_patterns(routes: Mapping[str, Iterable[Route]], front: str, kept: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Patterns by feature, `front` being the one that has the rest by the patterns `kept`: the shortest beginning of each path that no other feature's paths share, and what is below.

    `/orders` and `/orders/{id}` give `/orders` and `/orders/*`, as long as all of `/orders` is one feature's.
    """
    parts = {name: [_parts(route.path) for route in own] for name, own in routes.items()}
    # What takes the rest is asked last, and so its own patterns say nothing but what it is about.
    parts[front] = [path for path in parts.get(front, ()) if not any(_REST.search(part) for part in path)]
    found = {}
    for name, own in parts.items():
        others = [path for other, paths in parts.items() if other != name for path in paths]
        patterns: dict[str, None] = {}
        for path in own:
            patterns |= dict.fromkeys(_patterns(path, own, others))
        found[name] = _needed(patterns)
    found[front] = tuple(dict.fromkeys((*(pattern for pattern in found[front] if pattern != "/"), *kept)))
    return found


def _parts(path: str) -> list[str]:
    return path.split("/")[1:] if path != "/" else []


def _patterns(path: list[str], own: list[list[str]], others: list[list[str]]) -> list[str]:
    for length in range(1, len(path) + 1):
        start = path[:length]
        if any("{" in part for part in start):
            break
        if not any(_may_share(start, other) for other in others):
            below = any(len(one) > length and one[:length] == start for one in own)
            # `/orders/` is asked for without its last slash, too.
            exact = start in own or [*start, ""] in own
            text = "/" + "/".join(start)
            return [text] * exact + [f"{text}/*"] * below
    text = "/" + "/".join(path)
    return [_PARAMETER.sub("*", _REST.sub("*", text))]


def _may_share(start: list[str], other: list[str]) -> bool:
    """Whether another feature's path may begin this way."""
    for mine, part in zip(start, other, strict=False):
        if _REST.search(part):
            return True
        if mine != part and ("{" not in part or not _fits(mine, part)):
            return False
    return len(other) >= len(start)


def _fits(part: str, route: str) -> bool:
    """Whether a part of a path may be one of a route's, by what stands around the parameters: `orders.{format}`."""
    return part.startswith(route.partition("{")[0]) and part.endswith(route.rpartition("}")[2])


def _needed(patterns: Iterable[str]) -> tuple[str, ...]:
    """The patterns that no other one covers; a pattern's `*` is a character that only another's `*` takes."""
    all_patterns = tuple(patterns)
    return tuple(one for one in all_patterns if not any(other != one and matches(other, one) for other in all_patterns))
