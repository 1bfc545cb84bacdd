"""Candidate services of one application: features by their addresses, with the code that they call and the tables that they
use; and what speaks against giving them code or data of their own."""

import math
import re
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations

from toolkit.catalog.split import SplitWords
from toolkit.facts.model import Route
from toolkit.findings import Finding, in_words
from toolkit.plan.model import Plan
from toolkit.plan.names import valid_name
from toolkit.plan.routing.listener_rules import MAXIMUM_VALUES
from toolkit.plan.routing.routing_findings import unshared_sessions
from toolkit.split.code import Code, Node, Reach
from toolkit.split.contraindications import contraindications
from toolkit.split.features import MOST, Feature, chosen, features, join
from toolkit.split.measures import Measures, measure
from toolkit.split.partition import communities
from toolkit.split.path_patterns import path_patterns
from toolkit.split.processes import entry_points
from toolkit.split.separation import Separation
from toolkit.split.tables import Tables
from toolkit.split.words import feature_words, singular

_TABLE = "table "  # before a table's name, where it is a node among units
_INHERITS, _WRITES, _READS, _NAMES, _PACKAGE, _WORD = 2.0, 1.0, 0.5, 0.5, 0.5, 1.0  # weights, a single call weighing 1


@dataclass(frozen=True, slots=True)
class Candidate:
    """A service that is proposed, or a process of the plan that stays as it is (`kind` is then worker, scheduler or
    scheduled). `units` are the code that is its own; at level (b) every service has all code. A candidate without `paths`
    is code that no route leads to: a part for level (c), no service of its own. `entered` says whether code was found that its
    routes or its command start."""

    name: str
    kind: str
    paths: tuple[str, ...]
    routes: tuple[Route, ...]
    units: tuple[str, ...]
    reads: tuple[str, ...]
    writes: tuple[str, ...]
    reasons: tuple[str, ...]
    entered: bool = True


@dataclass(frozen=True, slots=True)
class Proposal:
    """`replaces` is the plan's service in whose place the candidates would come, `rest` the candidate that takes what no
    other does; `own_tables` are each service's that its code declares or writes most; `unplaced` are units that nothing
    connects to others; `separations` say what the image of each service, which is that of the plan's `image` otherwise, can be built without."""

    candidates: tuple[Candidate, ...]
    replaces: str
    rest: str
    shared_tables: Mapping[str, tuple[str, ...]]
    own_tables: Mapping[str, tuple[str, ...]]
    measures: Measures
    unplaced: tuple[str, ...]
    findings: tuple[Finding, ...]
    image: str = ""
    separations: Mapping[str, Separation] = field(default_factory=dict)
    code: Code = field(default_factory=Code)

    @property
    def services(self) -> tuple[Candidate, ...]:
        return tuple(one for one in self.candidates if one.paths)


def partition_of(
    code: Code, found: Sequence[Feature], layers: Sequence[str], front: str, wanted: int = 0
) -> tuple[dict[str, str], tuple[Feature, ...]]:
    """A part for every unit that is connected to others, by the names of features, else by what its units are about; and
    the features, those of one route joined with the one whose part their code fell into. `front` has what is left."""
    firm = {feature.name for feature in found if len(feature.routes) > 1 and feature.name != front}
    seeds = _seeds(code, [feature for feature in found if feature.name in firm or len(feature.routes) > 1])
    tables = {access.table for access in code.accesses} | set(code.owners)
    nodes = [*code.units, *(_TABLE + table for table in sorted(tables))]
    weights = _weights(code, layers)
    answering = {unit: feature for feature in found for unit in feature.units}
    linked = {one for pair in weights for one in pair} | set(answering)
    usable = (node for node in nodes if node in linked)
    parts = communities(usable, weights, seeds, wanted, apart=len(firm) <= MOST)
    names: dict[str, str] = {}
    joined: dict[str, Feature] = {feature.name: feature for feature in found}
    taken = set(joined)
    for part in parts:
        units = sorted(node for node in part if not node.startswith(_TABLE))
        inside = {answering[unit].name: answering[unit] for unit in units if unit in answering}
        named = [name for name in inside if name in firm] or [name for name in inside if name == front] or list(inside)
        seed = min(named, key=lambda name: (-len(inside[name].routes), name), default="")
        seed = seed or next((seeds[unit] for unit in units if unit in seeds), "")
        names |= dict.fromkeys(units, seed or _unique(_about(units, layers), taken))
        for name in sorted(inside):
            if name not in (seed, front) and name in joined:
                joined[seed] = join(joined[seed], joined.pop(name))
    return names, tuple(joined.values())


def _seeds(code: Code, found: Sequence[Feature]) -> dict[str, str]:
    """Units that answer a feature's routes, and all of a package that bears its name."""
    seeds = {unit: feature.name for feature in found for unit in feature.units}
    by_stem = {singular(feature.name): feature.name for feature in found}
    for unit in code.units.values():
        last = re.split(r"[./]", unit.package)[-1].lower()
        if singular(last) in by_stem:
            seeds.setdefault(unit.name, by_stem[singular(last)])
    return seeds


def propose(
    code: Code, plan: Plan, replaces: str, routes: Iterable[Route], words: SplitWords, only: Collection[str] = ()
) -> Proposal:
    """Candidates for the routes of the plan's service `replaces`. With `only`, features of other names stay with the rest.
    Nothing is changed in the plan."""
    taken = {name for name, service in plan.services.items() if name != replaces}
    found = features(routes, code, words, replaces, taken)
    if only:
        found = chosen(found, only, replaces)
    partition, found = partition_of(code, found, words.layers, replaces)
    front = replaces if any(feature.name == replaces for feature in found) else _largest(found)
    tables = Tables(code, Reach(code))
    kept = plan.services[replaces].paths
    patterns = path_patterns({feature.name: feature.routes for feature in found}, front, kept)
    if front == replaces or len(patterns[front]) > MAXIMUM_VALUES:
        patterns[front] = kept
    units: dict[str, list[str]] = {}
    for unit, name in sorted(partition.items()):
        units.setdefault(name, []).append(unit)
    candidates = []
    for feature in found:
        own = units.pop(feature.name, [])
        paths = patterns[feature.name]
        candidates.append(_candidate(feature.name, "web", paths, feature.routes, own, feature.handlers, tables))
    for name, own in sorted(units.items()):
        if len(own) > 1:
            candidates.append(_candidate(name, "", (), (), own, [(unit, "") for unit in own], tables))
    for name, service in plan.services.items():
        if service.kind != "web":
            candidates.append(_candidate(name, service.kind, (), (), [], entry_points(service.argv, code), tables))
    running = {one.name: one for one in candidates if one.kind}
    webs = [one.name for one in candidates if one.paths]
    findings = [*contraindications(code, partition, running, tables)]
    if plan.services[replaces].sticky_sessions and len(webs) > 1:
        findings.insert(0, unshared_sessions(webs))
    return Proposal(
        tuple(candidates),
        replaces,
        front,
        tables.shared({name: one.reads for name, one in running.items()}),
        {name: tuple(t for t in one.reads if tables.owner(t, partition) == name) for name, one in running.items()},
        measure(partition, code.calls_of_units()),
        tuple(sorted(set(code.units) - set(partition))),
        tuple(findings),
        code=code,
    )


def _weights(code: Code, layers: Sequence[str]) -> dict[tuple[str, str], float]:
    """How strongly units, and tables, belong together. Each pair counts once, in the order of names."""
    found: dict[tuple[str, str], float] = {}

    def add(one: str, other: str, weight: float) -> None:
        if one != other:
            pair = (one, other) if one < other else (other, one)
            found[pair] = found.get(pair, 0.0) + weight

    for (source, target), count in code.calls_of_units().items():
        add(source, target, 1 + math.log(count))
    for source, target in code.references:
        if source in code.units and target in code.units:
            add(source, target, _NAMES)
    for child, parent in code.parents:
        add(child, parent, _INHERITS)
    for access in dict.fromkeys((access.node[0], access.table, access.write) for access in code.accesses):
        if access[0] in code.units:
            add(access[0], _TABLE + access[1], _WRITES if access[2] else _READS)
    for table, unit in code.owners.items():
        add(unit, _TABLE + table, _WRITES)
    about = {name: feature_words(unit.simple_name, layers) for name, unit in code.units.items()}
    by_word: dict[str, list[str]] = {}
    for name, one in code.units.items():
        for word in dict.fromkeys(about[name]):
            by_word.setdefault(word, []).append(name)
        if feature_words(one.package.rpartition(".")[2].rpartition("/")[2], layers):
            by_word.setdefault(f"package {one.package}", []).append(name)
    for word, names in by_word.items():
        # What nearly every name has is the application's own name.
        if 1 < len(names) <= max(4, len(code.units) // 3):
            weight = (_PACKAGE if word.startswith("package ") else _WORD) * 2 / len(names)
            for first, second in combinations(names, 2):
                add(first, second, weight)
    return found


def _about(units: Sequence[str], layers: Sequence[str]) -> str:
    """The word that most names of a part share."""
    counts: dict[str, int] = {}
    for unit in units:
        for word in dict.fromkeys(feature_words(unit.rpartition(".")[2].rpartition("/")[2], layers)):
            counts[word] = counts.get(word, 0) + 1
    best = min(counts, key=lambda word: (-counts[word], word), default="")
    return best or valid_name(units[0].rpartition(".")[2] if units else "") or "part"


def _unique(name: str, taken: set[str]) -> str:
    number, one = 2, name
    while one in taken:
        one, number = f"{name}-{number}", number + 1
    taken.add(one)
    return one


def _largest(found: Sequence[Feature]) -> str:
    return min(found, key=lambda feature: (-len(feature.routes), feature.name)).name if found else ""


def _candidate(
    name: str,
    kind: str,
    paths: tuple[str, ...],
    routes: tuple[Route, ...],
    units: Sequence[str],
    starts: Sequence[Node],
    tables: Tables,
) -> Candidate:
    reads, writes = tables.used(starts)
    reasons = []
    if routes:
        below = f" below {paths[0]}" if paths[0] != "/*" else ""
        reasons.append(f"{_count(routes, 'route')}{below}")
    if "/*" in paths:
        reasons.append("takes what no other service does")
    if units:
        reasons.append(f"{_count(units, 'unit')} of code that belong together")
    if kind and kind != "web" and starts:
        reasons.append(f"its command starts {', '.join(start[0].rpartition('.')[2] for start in starts[:3])}")
    if routes and not starts:
        reasons.append("what answers it was not read, so its tables are not known")
    if writes:
        reasons.append(f"writes {in_words(writes, 4)}")
    return Candidate(name, kind, paths, routes, tuple(units), reads, writes, tuple(reasons), bool(starts))


def _count(things: Sequence[object], noun: str) -> str:
    return f"{len(things)} {noun}{'' if len(things) == 1 else 's'}"
