"""What readers of a language tell about code: its units, who calls whom, which tables are read and written, and where
transactions begin. A unit is a class in Java, a module in Python and JavaScript."""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field

from toolkit.findings import Evidence

# A method of a unit; the empty method stands for what runs when the unit is loaded or made.
Node = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Unit:
    """`name` is unique in the application; `package` is the package or folder that it stands in."""

    name: str
    package: str
    evidence: Evidence

    @property
    def simple_name(self) -> str:
        return self.name.rpartition(".")[2].rpartition("/")[2]


@dataclass(frozen=True, slots=True)
class Access:
    """A method reads or writes a table."""

    node: Node
    table: str
    write: bool
    evidence: Evidence


@dataclass(slots=True)
class Code:
    """`calls` counts the places of each call; `references` are units that name one another, calls included, with the first
    place. `foreign_keys` are pairs of tables, the referring one first. `owners` are the units that declare tables. `aliases` are names under which a
    method is also known: imported ones; `views` are names that stand for queries, not for tables. `associations` are pairs of tables:
    with a row of the first, rows of the second are read. `doubtful` are tables with which others are used, or whose names
    are made by rules that are not followed here, and why."""

    units: dict[str, Unit] = field(default_factory=dict)
    calls: dict[tuple[Node, Node], int] = field(default_factory=dict)
    references: dict[tuple[str, str], Evidence] = field(default_factory=dict)
    parents: set[tuple[str, str]] = field(default_factory=set)
    accesses: list[Access] = field(default_factory=list)
    transactions: dict[Node, Evidence] = field(default_factory=dict)
    foreign_keys: dict[tuple[str, str], Evidence] = field(default_factory=dict)
    owners: dict[str, str] = field(default_factory=dict)
    aliases: dict[Node, Node] = field(default_factory=dict)
    views: set[str] = field(default_factory=set)
    associations: set[tuple[str, str]] = field(default_factory=set)
    doubtful: dict[str, str] = field(default_factory=dict)

    def call(self, source: Node, target: Node, evidence: Evidence) -> None:
        self.calls[source, target] = self.calls.get((source, target), 0) + 1
        self.refer(source[0], target[0], evidence)

    def refer(self, source: str, target: str, evidence: Evidence) -> None:
        if source != target:
            self.references.setdefault((source, target), evidence)

    def join(self, other: "Code") -> None:
        for name in ("units", "calls", "references", "transactions", "foreign_keys", "owners", "aliases", "doubtful"):
            own = getattr(self, name)
            for key, value in getattr(other, name).items():
                own.setdefault(key, value)
        self.parents |= other.parents
        self.views |= other.views
        self.associations |= other.associations
        self.accesses += other.accesses

    def without(self, units: Collection[str]) -> "Code":
        """The same without these units and what is known of them."""
        kept = set(self.units) - set(units)
        return Code(
            {name: self.units[name] for name in self.units if name in kept},
            {pair: count for pair, count in self.calls.items() if kept >= {pair[0][0], pair[1][0]}},
            {pair: place for pair, place in self.references.items() if kept >= set(pair)},
            {pair for pair in self.parents if kept >= set(pair)},
            [access for access in self.accesses if access.node[0] not in units],
            {node: place for node, place in self.transactions.items() if node[0] in kept},
            self.foreign_keys,
            {table: unit for table, unit in self.owners.items() if unit in kept},
            {one: other for one, other in self.aliases.items() if kept >= {one[0], other[0]}},
            self.views,
            self.associations,
            self.doubtful,
        )

    def calls_of_units(self) -> dict[tuple[str, str], int]:
        """How often units call one another; calls within a unit are left out."""
        found: dict[tuple[str, str], int] = {}
        for (source, target), count in self.calls.items():
            pair = source[0], target[0]
            if pair[0] != pair[1] and pair[0] in self.units and pair[1] in self.units:
                found[pair] = found.get(pair, 0) + count
        return found


class Reach:
    """What runs when a method is called."""

    def __init__(self, code: Code) -> None:
        self._next: dict[Node, list[Node]] = {}
        self._methods: dict[str, list[Node]] = {}
        for source, target in code.calls:
            self._next.setdefault(source, []).append(target)
            for node in (source, target):
                self._methods.setdefault(node[0], []).append(node)
        for access in code.accesses:
            self._methods.setdefault(access.node[0], []).append(access.node)
        for alias, node in code.aliases.items():
            self._next.setdefault(alias, []).append(node)
        # A method of an interface or of a base class may be that of any class below.
        self._below: dict[str, list[str]] = {}
        for child, parent in sorted(code.parents):
            self._below.setdefault(parent, []).append(child)

    def nodes(self, starts: Iterable[Node]) -> set[Node]:
        """The methods that may run, those given included. A start with an empty method stands for its whole unit."""
        waiting = [node for start in starts for node in self._whole(start)]
        found: set[Node] = set()
        while waiting:
            node = waiting.pop()
            if node in found:
                continue
            found.add(node)
            waiting += self._next.get(node, ())
            waiting += ((child, node[1]) for child in self._below.get(node[0], ()))
            waiting.append((node[0], ""))
        return found

    def _whole(self, start: Node) -> Iterator[Node]:
        yield start
        if not start[1] or (start not in self._next and self._methods.get(start[0])):
            yield from self._methods.get(start[0], ())
