"""Which application folder a file belongs to."""

from collections.abc import Iterable
from pathlib import PurePosixPath

# Where one of these lies, an application or a module of one begins.
ANCHORS = frozenset(
    {
        "Gemfile", "Pipfile", "Procfile", "build.gradle", "build.gradle.kts", "composer.json",
        "cpanfile", "go.mod", "mix.exs", "package.json", "pom.xml", "pyproject.toml",
        "requirements.txt", "setup.py",
    }
)  # fmt: skip
ANCHOR_ENDINGS = (".csproj", ".fsproj", ".vbproj")
TESTS = frozenset({"__tests__", "test", "tests"})
# Folders for the application's authors, and folders with other people's code: neither is what is deployed.
AUTHORS_ONLY = frozenset({"__tests__", "doc", "docs", "example", "examples", "fixtures", "spec", "test", "tests"})
OTHERS = frozenset({"third-party", "third_party", "thirdparty", "vendor", "vendors"})
# Folders that only sort the requirement files of the application above them.
NO_HOMES = frozenset({"reqs", "requirements", "requires"}) | AUTHORS_ONLY | OTHERS


class Places:
    """The application folders of one tree."""

    def __init__(self, paths: Iterable[str]) -> None:
        split = (path.rpartition("/") for path in paths)
        self._homes = frozenset(
            folder
            for folder, _, name in split
            if (name in ANCHORS or name.endswith(ANCHOR_ENDINGS)) and folder.rpartition("/")[2] not in NO_HOMES
        )

    @staticmethod
    def for_authors(path: str) -> bool:
        """Whether a file is documentation, a test or an example."""
        folders = path.lower().split("/")[:-1]
        if "src" in folders:  # below it lie packages, which may have any name: com.example
            source = folders.index("src")
            return not AUTHORS_ONLY.isdisjoint(folders[:source]) or not TESTS.isdisjoint(
                folders[source + 1 : source + 2]
            )
        return not AUTHORS_ONLY.isdisjoint(folders)

    @staticmethod
    def of_others(path: str) -> bool:
        """Whether a file belongs to somebody else's code that was copied into the tree."""
        return not OTHERS.isdisjoint(path.lower().split("/")[:-1])

    def home(self, path: str) -> str:
        """The nearest folder above a file in which an application begins; empty, the root, when there is none."""
        for parent in PurePosixPath(path).parents:
            folder = "" if str(parent) == "." else str(parent)
            if folder in self._homes:
                return folder
        return ""
