"""Routes read from the source beside those that a framework lists at run time, one `METHOD /path` a line, `any` for every method."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from toolkit.facts.model import Route, RouteKind

EVERY = "any"
# These answer a path with and without the last `/` alike.
_EITHER = ("express", "nest", "koa", "chi")
_REST = re.compile(r"\{\w+\.\.\.\}$")

Listed = tuple[str, str]  # method, path with `{}` for each parameter


@dataclass(frozen=True, slots=True)
class Comparison:
    """`below` are listed below an address of which only the beginning can be told: the pages of a library. `conditional` are read
    and not listed, as they should be where the condition that is told with them does not hold."""

    found: frozenset[Listed]
    below: frozenset[Listed]
    missed: frozenset[Listed]
    conditional: frozenset[Listed]
    invented: frozenset[Listed]

    @property
    def listed(self) -> int:
        return len(self.found) + len(self.below) + len(self.missed)


def compare(routes: Iterable[Route], listing: Iterable[str]) -> Comparison:
    read = [(method, route) for route in routes for method in route.methods or (EVERY,)]
    either = all(route.framework in _EITHER for _, route in read)
    spelled = {(method, _plain(route.path, either)) for method, route in read}
    listed = {(method, _plain(path, either)) for method, path in lines(listing)}
    found = {one for one in listed if any({(one[0], path), (EVERY, path)} & spelled for path in _spellings(one[1]))}
    beginnings = {
        (method, _plain(_REST.sub("", route.path), either=False)): (method, _plain(route.path, either))
        for method, route in read
        if route.kind not in (RouteKind.EXACT, RouteKind.CATCH_ALL)
    }
    covering = {
        one: {beginnings[beginning] for beginning in beginnings if _covers(beginning, one)} for one in listed - found
    }
    below = {one for one in covering if covering[one]}
    answered = {
        (method, path)
        for listed_method, listed_path in listed
        for path in _spellings(listed_path)
        for method in (listed_method, EVERY)
    }
    unlisted = spelled - answered - {one for ones in covering.values() for one in ones}
    always = {(method, _plain(route.path, either)) for method, route in read if not route.condition}
    return Comparison(
        frozenset(found),
        frozenset(below),
        frozenset(listed - found - below),
        frozenset(unlisted - always),
        frozenset(unlisted & always),
    )


def _covers(beginning: Listed, one: Listed) -> bool:
    return beginning[0] in (EVERY, one[0]) and (one[1] + "/").startswith(beginning[1])


def _spellings(path: str) -> tuple[str, ...]:
    """`/orders/?` is one address, with and without the last `/`."""
    return (path[:-2], path[:-1]) if path.endswith("/?") else (path,)


def lines(listing: Iterable[str]) -> Iterator[Listed]:
    for line in listing:
        if match := re.fullmatch(rf"([A-Z]{{3,}}|{EVERY}) (/.*)", line.rstrip()):
            yield match[1], match[2]


def _plain(path: str, either: bool) -> str:
    """A path with `{}` for each parameter, however a framework writes it."""
    path = re.sub(r"<[^>]*>|\{[^}]*\}|:\w+(?:\([^)]*\))?|\*+\w*", "{}", path)
    return (path.rstrip("/") or "/") if either else path
