"""What the application's code tells about the version of its language: modules of the language itself, and forms of code,
that only some versions have."""

from collections.abc import Iterator

from toolkit.catalog.library_history import LibraryHistory
from toolkit.catalog.stacks import Stack
from toolkit.facts.javascript_imports import loaded
from toolkit.facts.model import Dependency, Origin
from toolkit.findings import Evidence
from toolkit.inventory.source_tree import SourceFile, SourceTree
from toolkit.plan.applications.folders import Folder
from toolkit.plan.applications.source_code import imported_at, run_time_sources, written_at


def language_versions(stack: Stack, folder: Folder, tree: SourceTree) -> Iterator[Dependency]:
    """Each once, as a library that runs on some versions of the language alone."""
    history = stack.history
    if history is None or not (history.modules or history.forms):
        return
    python = stack.language == "python"
    seen: set[str] = set()
    for file in run_time_sources(stack.language, folder, tree):
        modules = _imported(file, history, folder) if python else _loaded(file, history)
        for name, runs_on, place in (*modules, *_forms(file, history)):
            if name in seen:
                continue
            seen.add(name)
            ecosystem = "pypi" if python else "npm"
            yield Dependency(name=name, ecosystem=ecosystem, runs_on=runs_on, evidence=place, origin=Origin.RUNNING)


def _imported(file: SourceFile, history: LibraryHistory, folder: Folder) -> Iterator[tuple[str, str, Evidence]]:
    for name, runs_on in history.modules.items():
        own = f"{name.partition('.')[0]}.py"
        if own not in folder.paths and (place := imported_at(file, (name,))):
            yield name, runs_on, place


def _loaded(file: SourceFile, history: LibraryHistory) -> Iterator[tuple[str, str, Evidence]]:
    """`node:` in front of any name is a module, too."""
    for written, start in loaded(file.text):
        prefix, colon, name = written.rpartition(":")
        for asked in (f"{prefix}{colon}", name, written):
            if asked in history.modules:
                place = file.at(file.line_of(start), rule="built-in-module")
                yield f"{asked}*" if asked.endswith(":") else asked, history.modules[asked], place


def _forms(file: SourceFile, history: LibraryHistory) -> Iterator[tuple[str, str, Evidence]]:
    for form in history.forms:
        if form.unless and form.unless in file.text:
            continue
        if place := written_at(file, (form.pattern,)):
            yield form.what, form.runs_on, place
