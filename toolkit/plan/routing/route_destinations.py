"""Which services the requests of a route can reach: decided for all its addresses at once, with an example of each.

The route and the patterns of the rules are small automata, read side by side. Characters that no pattern and no route
names behave alike, so that one stands for all of them.
"""

import re
from collections import deque
from collections.abc import Iterator, Sequence

from toolkit.plan.routing.listener_rules import Rule

MAXIMUM_STATES = 20_000
_PARAMETER = re.compile(r"\{(\w+)(\.\.\.)?\}")
_ANY = "\0"  # one character that nothing names
_SHOWN = "x"

# A route as a list of steps: a character, or a repeated set: "part" (all but `/`, at least one), "rest" (anything).
Step = tuple[str, str]
State = tuple[int, bool, tuple[frozenset[int], ...]]


class TooManyStatesError(Exception):
    """The patterns are too many and too free to be followed."""


def destinations(path: str, rules: Sequence[Rule]) -> dict[str | None, str]:
    """The services that addresses of a route reach, None for the default action, with an address for each.

    Raises TooManyStatesError.
    """
    owners = [(rule.service, pattern) for rule in rules for pattern in rule.patterns]
    found: dict[str | None, str] = {}
    for matched, text in _readings(_steps(path), [pattern for _, pattern in owners]):
        found.setdefault(owners[min(matched)][0] if matched else None, text)
    return found


def told_apart(patterns: Sequence[str]) -> dict[frozenset[str], str]:
    """The sets of patterns that one text can match together, each with the shortest such text. Raises TooManyStatesError."""
    found: dict[frozenset[str], str] = {}
    for matched, text in _readings([("rest", "")], patterns):
        found.setdefault(frozenset(patterns[number] for number in matched), text)
    return found


def _readings(steps: Sequence[Step], patterns: Sequence[str]) -> Iterator[tuple[list[int], str]]:
    """Texts that a route takes, the shortest first, with the numbers of the patterns that match each, in order.

    There is one for each set of states that the patterns can be in. Raises TooManyStatesError.
    """
    alphabet = [*sorted({c for pattern in patterns for c in pattern if c not in "*?"} | {"/"}), _ANY]
    first: State = (0, False, tuple(_closed(pattern, frozenset({0})) for pattern in patterns))
    seen = {first}
    waiting: deque[tuple[State, str]] = deque([(first, "")])
    while waiting:
        (place, inside, places), text = waiting.popleft()
        if place == len(steps):
            matched = [number for number, at in enumerate(places) if len(patterns[number]) in at]
            yield matched, text.replace(_ANY, _SHOWN)
            continue
        for character, after, within in _moves(steps[place], place, inside, alphabet):
            reached = places
            if character:
                reached = tuple(_advance(pattern, at, character) for pattern, at in zip(patterns, places, strict=True))
            state = (after, within, reached)
            if state not in seen:
                seen.add(state)
                if len(seen) > MAXIMUM_STATES:
                    raise TooManyStatesError
                waiting.append((state, text + character))


def answers(route: str, path: str) -> bool:
    """Whether a route's path takes the path of a request."""
    try:
        return "" in destinations(route, (Rule("", "", (path.replace("*", _ANY).replace("?", _ANY),), None, 0),))
    except TooManyStatesError:
        return False


def parameters(path: str) -> tuple[int, int]:
    """How free a path is, the most literal first: parameters that take `/`, and parameters."""
    found = [bool(match[2]) for match in _PARAMETER.finditer(path)]
    return (sum(found), len(found))


def _steps(path: str) -> list[Step]:
    steps: list[Step] = []
    position = 0
    for match in _PARAMETER.finditer(path):
        steps += [("character", character) for character in path[position : match.start()]]
        steps.append(("rest" if match[2] else "part", match[1]))
        position = match.end()
    return steps + [("character", character) for character in path[position:]]


def _moves(step: Step, place: int, inside: bool, alphabet: list[str]) -> list[tuple[str, int, bool]]:
    """What may be read next: the character (none to go on), the place after it, and whether that is within a parameter."""
    kind, value = step
    if kind == "character":
        return [(value, place + 1, False)]
    on = [("", place + 1, False)] if inside or kind == "rest" else []
    return on + [(c, place, True) for c in reversed(alphabet) if kind == "rest" or c != "/"]


def _closed(pattern: str, places: frozenset[int]) -> frozenset[int]:
    """With the places behind asterisks, which may stand for nothing."""
    found = set(places)
    for place in places:
        while place < len(pattern) and pattern[place] == "*":
            place += 1
            found.add(place)
    return frozenset(found)


def _advance(pattern: str, places: frozenset[int], character: str) -> frozenset[int]:
    reached = set()
    for place in places:
        if place < len(pattern):
            if pattern[place] == "*":
                reached.add(place)
            elif pattern[place] in ("?", character):
                reached.add(place + 1)
    return _closed(pattern, frozenset(reached))
