"""`blueprints/dependencies/`: what a library tells about its application, and what it needs to be installed."""

from dataclasses import dataclass
from functools import cached_property
from typing import Literal

from pydantic import Field

from toolkit.catalog.library_history import LibraryHistory
from toolkit.catalog.load import Arguments, BlueprintFolder, Entry

Ecosystem = Literal["pypi", "npm", "maven", "composer", "gem", "nuget", "go", "c"]


class Driver(Entry):
    """A library that speaks to a kind of datastore."""

    engine: str
    confidence: float = Field(0.8, description="Share of applications with this dependency that use the engine.")
    libraries: dict[Ecosystem, tuple[str, ...]] = Field(description="Names as the ecosystem's manifests write them.")
    unencrypted: dict[Ecosystem, tuple[str, ...]] = Field(
        {}, description="Of these, those that connect without encryption unless the application tells them."
    )


class Drivers(Entry):
    """datastores.yaml."""

    sources: tuple[str, ...]
    reviewed: str
    drivers: tuple[Driver, ...]


class NativeLibrary(Entry):
    """What a dependency needs from the distribution, besides itself.

    `versions` bounds it to releases (comparisons as in PEP 440). `prebuilt` says when binaries from the package index
    make `build` unnecessary: always, for current interpreters only ("current"), or never.
    """

    ecosystem: Ecosystem
    name: str
    also: tuple[str, ...] = Field((), description="Other names of the same.")
    versions: str = ""
    build: tuple[str, ...] = ()
    runtime: tuple[str, ...] = ()
    prepare: tuple[Arguments, ...] = Field((), description="Steps of the build stage before it is compiled.")
    prebuilt: Literal["always", "current", "never"]
    binaries_since: str = Field(
        "2016-04",
        description="Month from which on Python's index has binaries for Linux: https://peps.python.org/pep-0513/.",
    )
    prebuilt_runtime: tuple[str, ...] = Field((), description="Run-time packages that even the prebuilt binary needs.")
    unless: tuple[str, ...] = Field((), description="Dependencies that bring along what this one needs.")
    note: str = ""
    sources: tuple[str, ...]


class NativeLibraries(Entry):
    """native-libraries.yaml."""

    reviewed: str
    libraries: tuple[NativeLibrary, ...]


class PythonImports(Entry):
    """python-imports.yaml: projects of the index by the names that code imports."""

    sources: tuple[str, ...]
    reviewed: str
    libraries: dict[str, str]


@dataclass(frozen=True)
class DependencyTables:
    """The tables, by ecosystem and name."""

    drivers: Drivers
    native: NativeLibraries
    python_imports: PythonImports
    bounding: frozenset[tuple[Ecosystem, str]] = frozenset()
    """Libraries, also those that others bring along, of which releases run on some versions of their language alone."""

    @cached_property
    def engines(self) -> dict[tuple[str, str], Driver]:
        """Ecosystem and lower-case name to the driver."""
        return {
            (ecosystem, name.lower()): driver
            for driver in self.drivers.drivers
            for ecosystem, names in driver.libraries.items()
            for name in names
        }

    @cached_property
    def unencrypted(self) -> frozenset[tuple[str, str]]:
        """Ecosystem and lower-case name of the drivers that connect without encryption unless told."""
        return frozenset(
            (ecosystem, name.lower())
            for driver in self.drivers.drivers
            for ecosystem, names in driver.unencrypted.items()
            for name in names
        )

    @cached_property
    def native_libraries(self) -> dict[tuple[str, str], tuple[NativeLibrary, ...]]:
        """Ecosystem and lower-case name to what its releases need."""
        found: dict[tuple[str, str], tuple[NativeLibrary, ...]] = {}
        for library in self.native.libraries:
            for name in (library.name, *library.also):
                key = (library.ecosystem, name.lower())
                found[key] = (*found.get(key, ()), library)
        return found


def load(folder: BlueprintFolder) -> DependencyTables:
    """All of them. Raises BlueprintError with file and line."""
    return DependencyTables(
        folder.entry("dependencies/datastores.yaml", Drivers),
        folder.entry("dependencies/native-libraries.yaml", NativeLibraries),
        folder.entry("dependencies/python-imports.yaml", PythonImports),
        frozenset(
            ("npm", limit.name) for limit in folder.entry("dependencies/node-history.yaml", LibraryHistory).limits
        ),
    )
