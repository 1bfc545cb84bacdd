"""Features by their addresses: routes below one first part of the path, and routes that one unit answers, are one feature."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from toolkit.catalog.split import SplitWords
from toolkit.facts.model import Route, RouteKind
from toolkit.plan.names import valid_name
from toolkit.split.code import Code, Node
from toolkit.split.words import feature_words, singular
from toolkit.split.words import words as words_of

_MANY = 4  # features of two routes or more that one unit answers: it passes requests on
MOST = 12  # of more features than these, those whose code belongs together are one service
_SINGLE = 5  # addresses with one route each


@dataclass(frozen=True, slots=True)
class Feature:
    """Routes with the methods that answer them, as far as the code was read. `units` are those that answer no other's."""

    name: str
    routes: tuple[Route, ...]
    handlers: tuple[Node, ...]
    units: frozenset[str]


def features(
    routes: Iterable[Route], code: Code, words: SplitWords, front: str, taken: Collection[str] = ()
) -> tuple[Feature, ...]:
    """The features, named other than `taken`. Routes of none, which are those of `/`, of files and those that take what is
    left, make up the one named `front`, which is the last."""
    everything = list(routes)
    answered = [route for route in everything if route.kind not in (RouteKind.STATIC, RouteKind.CATCH_ALL)]
    segments = _segments(answered, words.path_prefixes)
    nodes = {route: node_of(route, code) for route in answered}
    parts: dict[str, list[Route]] = {}
    for route in answered:
        if segments[route]:
            parts.setdefault(singular(segments[route].lower()), []).append(route)
    if len(parts) > MOST:
        parts = _by_first_word(parts)
    joined = _joined(parts, nodes)
    home = {route: name for name, keys in joined.items() for key in keys for route in parts[key]}
    by_unit = _homes(home, nodes)
    for route in answered:
        node = nodes[route]
        if route not in home and node and node[0] in by_unit:
            home[route] = by_unit[node[0]]
    rest = [route for route in everything if route not in home]
    by_unit = _homes(home | dict.fromkeys(rest, ""), nodes)
    found = []
    labels = _labels(joined, parts, segments, words.layers, {front, *taken})
    for name in [*sorted(joined), *([""] if rest else [])]:
        own = tuple(route for route in everything if home.get(route, "") == name)
        handlers = tuple(dict.fromkeys(node for route in own if (node := nodes.get(route))))
        units = frozenset(unit for unit, feature in by_unit.items() if feature == name)
        found.append(Feature(labels.get(name, front), own, handlers, units))
    return tuple(found)


def chosen(found: Iterable[Feature], only: Collection[str], front: str) -> tuple[Feature, ...]:
    """The features of these names; all others together are the one named `front`."""
    kept: list[Feature] = []
    rest = Feature(front, (), (), frozenset())
    for one in found:
        if one.name in only and one.name != front:
            kept.append(one)
        else:
            rest = join(rest, one)
    return (*kept, rest) if rest.routes else tuple(kept)


def join(one: Feature, other: Feature) -> Feature:
    """Both by the name of the first."""
    return Feature(one.name, one.routes + other.routes, one.handlers + other.handlers, one.units | other.units)


def _by_first_word(parts: Mapping[str, list[Route]]) -> dict[str, list[Route]]:
    """Of many features, `issues`, `issue-statuses` and `issue-types` are one."""
    found: dict[str, list[Route]] = {}
    for name in sorted(parts):
        found.setdefault((words_of(name) or [name])[0], []).extend(parts[name])
    return found


def _labels(
    joined: Mapping[str, list[str]],
    parts: Mapping[str, list[Route]],
    segments: Mapping[Route, str],
    layers: Collection[str],
    taken: Collection[str],
) -> dict[str, str]:
    """Names for services: the part of the path as it is written most, without words of layers: `AccountServlet` account."""
    found: dict[str, str] = {}
    for name in sorted(joined):
        written = Counter(segments[route] for route in parts[name])
        label = max(written, key=lambda word: (singular(word.lower()) == name, written[word], word))
        if set(words_of(label)) & set(layers):
            label = "-".join(feature_words(label, layers)) or label
        label = valid_name(label) or "part"
        number, one = 2, label
        while one in found.values() or one in taken:
            one, number = f"{label}-{number}", number + 1
        found[name] = one
    return found


def node_of(route: Route, code: Code) -> Node | None:
    """The method that answers a route: by the name that the framework gives it, in the file where the route stands first."""
    parts = [part for part in route.handler.replace("#", ".").replace("::", ".").split(".") if part.isidentifier()]
    candidates: list[Node] = []
    for unit in code.units.values():
        own = unit.evidence.path == route.evidence.path
        if parts and unit.simple_name == parts[-1]:
            candidates.append((unit.name, ""))
        elif len(parts) > 1 and unit.simple_name == parts[-2]:
            candidates.append((unit.name, parts[-1]))
        elif own:
            candidates.append((unit.name, parts[-1] if len(parts) == 1 else ""))
    if not candidates:
        return None

    folder = route.evidence.directory

    def rank(node: Node) -> tuple[bool, bool, bool, str]:
        unit = code.units[node[0]]
        elsewhere = unit.evidence.directory != folder
        return (unit.simple_name not in parts, elsewhere, unit.evidence.path != route.evidence.path, node[0])

    return min(candidates, key=rank)


def _segments(routes: list[Route], prefixes: Collection[str]) -> dict[Route, str]:
    """The part of each route's path that names its feature, as it is written; empty where there is none."""
    usual = {singular(prefix) for prefix in prefixes}
    paths = {route: [part for part in route.path.split("/") if part] for route in routes}
    waiting = [(list(paths), 0)]
    found = dict.fromkeys(routes, "")
    while waiting:
        group, depth = waiting.pop()
        parts: dict[str, list[Route]] = {}
        for route in group:
            word = paths[route][depth].split(".")[0] if len(paths[route]) > depth else ""
            if word and "{" not in word:
                parts.setdefault(word, []).append(route)
        for word, own in parts.items():
            below = Counter(paths[route][depth + 1] for route in own if len(paths[route]) > depth + 1)
            named = [part for part in below if "{" not in part]
            # `/servlet/` with a servlet below for each of its routes is one feature, `/api/` with many routes of each is none.
            single = sum(below[part] == 1 for part in named)
            if singular(word.lower()) in usual and not (single >= _SINGLE and single * 2 > len(named)):
                waiting.append((own, depth + 1))
            else:
                found |= dict.fromkeys(own, word)
    return found


def _joined(parts: Mapping[str, list[Route]], nodes: Mapping[Route, Node | None]) -> dict[str, list[str]]:
    """First parts that units share, by the name of the one with the most routes."""
    by_unit: dict[str, Counter[str]] = {}
    for name, routes in parts.items():
        for route in routes:
            if node := nodes[route]:
                by_unit.setdefault(node[0], Counter())[name] += 1
    home = {name: name for name in parts}

    def root(name: str) -> str:
        while home[name] != name:
            name = home[name]
        return name

    for _, names in sorted(by_unit.items()):
        if sum(count > 1 for count in names.values()) >= _MANY:
            continue
        roots = sorted({root(name) for name in names}, key=lambda name: (-len(parts[name]), name))
        for other in roots[1:]:
            home[other] = roots[0]
    groups: dict[str, list[str]] = {}
    for name in sorted(parts):
        groups.setdefault(root(name), []).append(name)
    return {max(keys, key=lambda key: (len(parts[key]), key)): keys for keys in groups.values()}


def _homes(home: Mapping[Route, str], nodes: Mapping[Route, Node | None]) -> dict[str, str]:
    """The feature of each unit that answers for one alone."""
    found: dict[str, set[str]] = {}
    for route, name in home.items():
        if node := nodes.get(route):
            found.setdefault(node[0], set()).add(name)
    return {unit: next(iter(names)) for unit, names in sorted(found.items()) if len(names) == 1}
