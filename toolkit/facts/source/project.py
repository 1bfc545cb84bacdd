"""What source readers share: the tree, the facts known so far, and files read and parsed once."""

from collections.abc import Iterator
from functools import cached_property
from pathlib import PurePosixPath

from toolkit.catalog.dependencies import DependencyTables
from toolkit.facts.model import Command, Dependency, EntryPoint, Facts, Role
from toolkit.facts.places import Places, without_namesakes
from toolkit.facts.source.python_modules import SAMPLE_ENDINGS, Modules
from toolkit.inventory.source_tree import SourceFile, SourceTree

MAXIMUM_FILES = 3000
MAXIMUM_CHARACTERS = 24 << 20
# Folders whose scripts run in browsers.
SERVED = frozenset({"assets", "bower", "build", "dist", "javascripts", "public", "static", "webroot", "wwwroot"})
LONGEST_CODE = 300_000  # characters of one file; what is longer was written by a program


class Project:
    """One application's tree, as readers of code look at it."""

    def __init__(self, tree: SourceTree, facts: Facts, tables: DependencyTables) -> None:
        self.tree = tree
        self.facts = facts
        self.tables = tables
        self.places = Places(without_namesakes(tree))

    def code(self, *endings: str) -> Iterator[SourceFile]:
        """Code files by their endings (".py"), without tests, documentation and other people's code; bounded."""
        characters = 0
        for count, path in enumerate(path for path in self._code if path.endswith(endings)):
            if count >= MAXIMUM_FILES or characters > MAXIMUM_CHARACTERS:
                return
            file = self.tree.read(path)
            if file and len(file.text) <= LONGEST_CODE:
                characters += len(file.text)
                yield file

    @cached_property
    def _code(self) -> tuple[str, ...]:
        return tuple(filter(self.is_code, self.tree.paths))

    def is_code(self, path: str) -> bool:
        """Whether a file is part of what is deployed."""
        folders = path.lower().split("/")[:-1]
        name = path.rpartition("/")[2]
        return not (
            (path.endswith((".js", ".mjs")) and not SERVED.isdisjoint(folders))
            or any(folder.startswith(".") for folder in folders)  # .mvn, .github: of tools
            or self.places.for_authors(path)
            or self.places.of_others(path)
            or self.places.is_carried(path)
            or name.startswith(("test_", "conftest", "tests."))
            or name.endswith((".min.js", ".d.ts", "_test.py", "_test.go"))
            or any(mark in name for mark in (".test.", ".spec."))
        )

    def depends_on(self, ecosystem: str, *names: str, directory: str | None = None) -> bool:
        """Whether one of these libraries is a dependency that production installs."""
        return any(
            (ecosystem, name) in self._dependencies
            if directory is None
            else (ecosystem, name, directory) in self._dependencies_by_directory
            for name in names
        )

    @cached_property
    def _dependencies(self) -> frozenset[tuple[str, str]]:
        return frozenset((ecosystem, name) for ecosystem, name, _ in self._dependencies_by_directory)

    @cached_property
    def _dependencies_by_directory(self) -> frozenset[tuple[str, str, str]]:
        return frozenset(
            (fact.ecosystem, fact.name.lower(), fact.directory)
            for fact in self.facts.facts
            if isinstance(fact, Dependency) and not fact.development
        )

    def points(self, *kinds: str) -> list[EntryPoint]:
        """The known entry points of these kinds."""
        return [fact for fact in self.facts.facts if isinstance(fact, EntryPoint) and fact.kind in kinds]

    def has_command(self, role: Role, *words: str) -> bool:
        """Whether a known command of this role, on the way that is chosen, has one of these words in its text."""
        return any(
            isinstance(fact, Command)
            and fact.role is role
            and not fact.alternative
            and any(word in fact.text for word in words)
            for fact in self.facts.facts
        )

    @cached_property
    def folders(self) -> frozenset[str]:
        """Every folder of the tree that holds something."""
        return frozenset(str(folder) for path in self.tree.paths for folder in PurePosixPath(path).parents[:-1])

    @cached_property
    def python(self) -> Modules:
        """The Python modules that are worth a look, parsed."""
        return Modules(self.code(".py", *SAMPLE_ENDINGS), self.places, frozenset(self.tree.paths))

    def sibling(self, path: str, *parts: str) -> str:
        """A path beside another file."""
        return str(PurePosixPath(path).parent.joinpath(*parts))
