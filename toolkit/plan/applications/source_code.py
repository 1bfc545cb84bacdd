"""The application's own code, as far as it runs in its container."""

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from fnmatch import fnmatchcase

from toolkit.facts.places import COPIED_TOOLS, carried_folders
from toolkit.findings import Evidence
from toolkit.inventory.source_tree import SourceFile, SourceTree
from toolkit.plan.applications.folders import Folder, below

_MOST_FILES, _CROWD = 400, 30
_SOURCES = {"go": ("*.go",), "node": ("*.js", "*.mjs", "*.cjs", "*.ts"), "python": ("*.py",)}
# What writes when the application is built or tested, or runs in a browser, says nothing about the container.
_NOT_AT_RUN_TIME = frozenset(
    {
        "__mocks__", "__tests__", "ansible", "assets", "bench", "build", "client", "cypress", "devscripts", "dist", "doc", "docs", "e2e", "example", "examples", "fixtures", "frontend", "gulp", "migrations",
        "node_modules", "packer", "public", "scripts", "spec", "static", "tasks", "test", "tests", "tools", "vendor",
    }
)  # fmt: skip
_TOOL_FILES = ("gulpfile*", "gruntfile*", "Gruntfile*", "webpack*", "rollup*", "vite*", "jest*", "karma*", "setupTests.*", "*.conf.*", "*.config.*", "*.setup.*", "*.stories.*", "*.test.*", "*.spec.*", "*_test.*", "test_*", "tests.py", "conftest.py", "setup.py", "fabfile.py", "tasks.py")  # fmt: skip


def run_time_sources(language: str, folder: Folder, tree: SourceTree) -> Iterator[SourceFile]:
    """Files of the language, without those that build, test or document, and without what browsers load; of very many the
    first ones, those last that lie among many others: variants of one thing, as a rule."""
    paths = list(_at_run_time(language, folder))
    beside = Counter(path.rpartition("/")[0] for path in paths)
    if len(paths) > _MOST_FILES:
        paths.sort(key=lambda path: beside[path.rpartition("/")[0]] > _CROWD)
    for path in paths[:_MOST_FILES]:
        if file := tree.read(below(folder, path)):
            yield file


def _at_run_time(language: str, folder: Folder) -> Iterator[str]:
    carried = tuple(f"{below}/" for below in carried_folders(folder.paths)) if language == "python" else ()
    for path in folder.paths:
        *parts, name = path.split("/")
        if path.startswith(carried) or not any(fnmatchcase(name, pattern) for pattern in _SOURCES.get(language, ())):
            continue
        if not _NOT_AT_RUN_TIME.isdisjoint(parts) or any(part.startswith(".") for part in parts):
            continue
        if name in COPIED_TOOLS or any(fnmatchcase(name, pattern) for pattern in _TOOL_FILES):
            continue
        if not name.endswith((".min.js", ".d.ts")):
            yield path


def imported_at(file: SourceFile, names: Sequence[str]) -> Evidence | None:
    """Where a file of Python imports one of the names, as in `from flask import (escape, ...)`, or a module itself. What is
    indented may be one of two ways to import it, and the other one may still be there."""
    for name in names:
        module, _, last = name.rpartition(".")
        if module not in file.text or last not in file.text:
            continue
        module, last = re.escape(module), re.escape(last)
        if module:
            listed = rf"(?:\([^()]{{0,2000}}?\b{last}\b|[^(\n]{{0,500}}?\b{last}\b)"
            pattern = rf"^from[ \t]{{1,9}}{module}[ \t]{{1,9}}import[ \t]{{1,9}}{listed}|^(?:from|import)[ \t]{{1,9}}{module}\.{last}\b"
        else:
            pattern = rf"^from[ \t]{{1,9}}{last}(?:\.|[ \t]{{1,9}}import\b)|^import[ \t]{{1,9}}(?:[\w.]{{1,80}},[ \t]{{0,9}}){{0,20}}{last}\b"
        if match := re.search(pattern, file.text, re.MULTILINE):
            return file.at(file.line_of(match.start()), rule="imported")
    return None


def written_at(file: SourceFile, patterns: Sequence[str]) -> Evidence | None:
    """Where one of the patterns stands in a file."""
    for pattern in patterns:
        if match := re.search(pattern, file.text, re.MULTILINE):
            return file.at(file.line_of(match.start()), rule="written")
    return None
