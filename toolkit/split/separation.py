"""Level (c), an image for each service with only the code that it needs: what it can be built without, and what prevents more.

A unit can be left out of a service's image when other services' routes lead to it, and nothing that stays names it. What no
route leads to stays everywhere: a framework may find it by itself. A framework that finds what answers by itself, as Spring
does, makes services separable; a file that lists all of it, as Django's `urls.py` does, is what prevents it.
"""

import posixpath
import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import pairwise

from toolkit.facts.model import Route, RouteKind
from toolkit.findings import Evidence
from toolkit.inventory.paths import inside, relative
from toolkit.inventory.source_tree import SourceTree
from toolkit.split.code import Code
from toolkit.split.features import node_of

RULE = "names-code"
# Spelled out in configuration and in strings: `com.example.OrderController`, `orders.views`, `./routes/orders`.
_SPELLED = re.compile(r"(?<![\w$@~-])[\w$@~-]++(?:[./\\][\w$@~-]++)+")
# Whole packages: `INSTALLED_APPS = ["orders"]`, `import com.example.orders.*`, which needs a package that is not empty.
_PACKAGES = {".py": re.compile(r"""["'](\w+)["']"""), ".java": re.compile(r"^import\s{1,9}([\w.]+)\.\*")}
_COMPILED = (".java",)
_TESTS = re.compile(r"(?:^|.*/)src/test/")
_MANY = 20  # units of one name
_INITIAL = ("__init__", "index")


@dataclass(frozen=True, slots=True)
class Blocker:
    """A unit, or a file, of a service's image names a unit of another service, which therefore stays: `service` is that other."""

    unit: str
    other: str
    service: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class Separation:
    """What a service's image can be built without: `units`, and the `paths` that hold nothing else, relative to the image's
    folder. `unread` are routes whose code is not known, so that the service keeps everything."""

    units: tuple[str, ...] = ()
    paths: tuple[str, ...] = ()
    blockers: tuple[Blocker, ...] = ()
    unread: tuple[Route, ...] = ()


def separations(
    tree: SourceTree, code: Code, partition: Mapping[str, str], routes: Mapping[str, Iterable[Route]], directory: str
) -> dict[str, Separation]:
    """For each web service what its image can be built without. `routes` are those of each service, `directory` is the
    folder of the image."""
    handlers: dict[str, set[str]] = {}
    unread: dict[str, list[Route]] = {}
    for name, own_routes in routes.items():
        nodes = {route: node_of(route, code) for route in own_routes if route.kind is not RouteKind.STATIC}
        handlers[name] = {node[0] for node in nodes.values() if node}
        unread[name] = [route for route, node in nodes.items() if node is None]
    graph = _graph(tree, code)
    found = {}
    for name, own in handlers.items():
        if unread[name]:
            found[name] = Separation(unread=tuple(unread[name]))
            continue
        others = set().union(*handlers.values()) - own
        elsewhere = _reached(graph, others)
        kept = _reached(graph, (graph.keys() | code.units.keys()) - elsewhere | own)
        left = elsewhere - kept
        blockers = [
            Blocker(unit, other, owner, evidence)
            for unit in kept
            for other, evidence in graph.get(unit, {}).items()
            if (owner := partition.get(other, "")) in handlers and owner not in (name, partition.get(unit))
        ]
        blockers.sort(key=lambda one: (one.evidence.path, one.evidence.first_line, one.other))
        found[name] = Separation(tuple(sorted(left)), _paths(tree, code, left, directory), tuple(blockers))
    return found


def _graph(tree: SourceTree, code: Code) -> dict[str, dict[str, Evidence]]:
    """Whom a unit needs, with the place that says so; also a file that is no unit, by its path."""
    graph: dict[str, dict[str, Evidence]] = {}

    def add(source: str, target: str, evidence: Evidence) -> None:
        if source != target and target in code.units:
            graph.setdefault(source, {}).setdefault(target, evidence)

    for (source, target), evidence in code.references.items():
        add(source, target, evidence)
    for child, parent in sorted(code.parents):
        # Whoever asks for an interface is given what implements it.
        if child in code.units:
            add(parent, child, code.units[child].evidence)
    for access in code.accesses:
        # A query names an entity by its table, or a text that is no reference.
        add(access.node[0], code.owners.get(access.table, ""), access.evidence)
    for source, target, evidence in _spelled(tree, code):
        add(source, target, evidence)
    return graph


def _spelled(tree: SourceTree, code: Code) -> Iterator[tuple[str, str, Evidence]]:
    """Units that files name in full, by their last two parts, or by their package."""
    by_tail: dict[tuple[str, str], list[str]] = {}
    by_package: dict[str, list[str]] = {}
    by_path: dict[str, str] = {}
    for unit in code.units.values():
        path = unit.evidence.path
        by_path.setdefault(path, unit.name)
        parts = path.rpartition(".")[0].split("/")
        if parts[-1] in _INITIAL:
            parts.pop()
        if path.endswith(_COMPILED):
            parts[-1] = unit.simple_name
            by_package.setdefault(unit.package, []).append(unit.name)
        if len(parts) > 1:
            by_tail.setdefault((parts[-2], parts[-1]), []).append(unit.name)
        if path.endswith(".py"):
            by_package.setdefault(path.split("/")[-2] if "/" in path else "", []).append(unit.name)
    seen: set[tuple[str, object]] = set()
    for path in tree.paths:
        file = None if _TESTS.match(path) else tree.read(path)
        package = _PACKAGES.get(posixpath.splitext(path)[1])
        for number, line in enumerate(file.lines if file else (), start=1):
            named: list[tuple[object, list[str]]] = []
            for match in _SPELLED.finditer(line):
                parts = re.split(r"[./\\]", match[0])
                named += ((pair, by_tail[pair]) for pair in pairwise(parts) if pair in by_tail)
            if package:
                named += ((match[1], by_package.get(match[1], [])) for match in package.finditer(line))
            for key, targets in named:
                # What many bear is kept for good once it is named at all: one edge for each, not for each that names it.
                source = by_path.get(path, path) if len(targets) <= _MANY else ""
                if (source, key) not in seen:
                    seen.add((source, key))
                    for target in targets:
                        yield source or path, target, Evidence(path, number, number, RULE)


def _reached(graph: Mapping[str, Mapping[str, Evidence]], starts: Iterable[str]) -> set[str]:
    """These, and what they need."""
    found = set(starts)
    waiting = list(found)
    while waiting:
        new = graph.get(waiting.pop(), {}).keys() - found
        found |= new
        waiting += new
    return found


def _paths(tree: SourceTree, code: Code, left: Collection[str], directory: str) -> tuple[str, ...]:
    """Files that hold nothing but these units, as folders where nothing else is in them; and, where they are compiled, the
    tests, which are those of the whole."""
    kept = {unit.evidence.path for unit in code.units.values() if unit.name not in left}
    files = {code.units[unit].evidence.path for unit in left} - kept
    if any(path.endswith(_COMPILED) for path in files):
        files |= {path for path in tree.paths if _TESTS.match(path)}
    files = {path for path in files if inside(path, directory)}
    whole = {folder for path in tree.paths if path not in files for folder in _above(path)}
    found = {
        next((folder for folder in _above(path) if folder not in whole and inside(folder, directory)), path)
        for path in files
    }
    return tuple(sorted(relative(path, directory) for path in found))


def _above(path: str) -> Iterator[str]:
    """The folders that a path lies in, the outermost first."""
    for place, character in enumerate(path):
        if character == "/":
            yield path[:place]
