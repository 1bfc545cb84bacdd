"""Folders of the tree with a manifest, and what is known about each."""

from dataclasses import dataclass, field

from toolkit.catalog.stacks import matches
from toolkit.facts.model import Dependency, EntryPoint, Fact, Facts
from toolkit.inventory.paths import inside, joined
from toolkit.plan.ranking import FactType, of_type

# Folders whose manifests serve the developers or the readers of an application, not the application.
BESIDE_THE_POINT = frozenset(
    {
        "assets", "bench", "benchmark", "benchmarks", "demo", "demos", "doc", "docs", "e2e", "example", "examples", "fixtures", "mock", "mocks",
        "perf", "performance", "sample", "samples", "spec", "static", "test", "testdata", "tests", "third_party", "vendor",
        "website",
    }
)  # fmt: skip
_FRAMEWORK_DEPTH = 2  # folders below an application's manifest in which its framework's files are looked for


@dataclass
class Folder:
    """A folder with a manifest: its files, relative to it, and the facts about it and what lies below it; `below` are the
    folders in it that have a manifest of their own."""

    directory: str
    paths: tuple[str, ...]
    facts: tuple[Fact, ...]
    manifests: tuple[str, ...]
    below: tuple[str, ...] = ()
    _where: dict[str, str | None] = field(default_factory=dict, repr=False)

    def of_type(self, kind: type[FactType]) -> list[FactType]:
        """The facts of one type, in reading order."""
        return [fact for fact in self.facts if isinstance(fact, kind)]

    def points(self, *kinds: str) -> list[EntryPoint]:
        """Its entry points of these kinds, in reading order."""
        return [point for point in self.of_type(EntryPoint) if point.kind in kinds]

    def listed(self, *paths: str) -> list[Dependency]:
        """The libraries that these files of its own list."""
        files = {joined(self.directory, path) for path in paths}
        return [library for library in self.of_type(Dependency) if library.evidence.path in files]

    def folder_of(self, pattern: str) -> str | None:
        """The nearest folder below this one, itself first, that holds a file of the pattern; None when there is none."""
        if pattern not in self._where:
            own = pattern.count("/") + 1  # what the pattern names itself is no folder above it
            found = [
                "/".join(path.split("/")[:-own])
                for path in self.paths
                if path.count("/") <= _FRAMEWORK_DEPTH and self._is(path, pattern)
            ]
            at_hand = [
                folder
                for folder in found
                if BESIDE_THE_POINT.isdisjoint(folder.split("/")) and not self._has_own(folder)
            ]
            self._where[pattern] = min(
                at_hand, key=lambda folder: (folder.count("/") + bool(folder), folder), default=None
            )
        return self._where[pattern]

    @staticmethod
    def _is(path: str, pattern: str) -> bool:
        return matches(pattern, path if "/" in pattern else path.rpartition("/")[2])

    def _has_own(self, folder: str) -> bool:
        """Whether a folder below this one belongs to another manifest."""
        return any(inside(folder, other) for other in self.below)


def below(folder: Folder, path: str) -> str:
    """A path of a folder's own, from the tree's root."""
    return joined(folder.directory, path)


def find(folder: Folder, *patterns: str) -> str | None:
    """The first file of a folder that a stack's patterns match, the first pattern's before others; None where there is none."""
    return next((path for pattern in patterns for path in folder.paths if matches(pattern, path)), None)


def facts_about(folder: Folder, facts: Facts) -> list[Fact]:
    """The facts about a folder, and those about the application as a whole, which its README tells at the top, or what
    starts it in a folder of the host."""
    own = set(map(id, folder.facts))
    shared = [
        fact
        for fact in of_type(facts, Fact)
        if id(fact) not in own
        and (fact.directory.startswith("/") or not fact.directory)
        and not isinstance(fact, Dependency | EntryPoint)
    ]
    return [*folder.facts, *shared] if folder.directory else list(folder.facts)
