"""Libraries that an application in Python imports, by way of its own modules."""

import ast
import sys
from collections.abc import Iterator, Sequence

from toolkit.facts.manifests.python_requirements import normalised
from toolkit.facts.manifests.python_syntax import module_files, parse
from toolkit.findings import Evidence
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.folders import Folder, below

_MOST_MODULES = 200


def imported_libraries(folder: Folder, entries: Sequence[str], tree: SourceTree) -> Iterator[tuple[Evidence, str]]:
    """What the modules at these paths import, and those of the application that they load, each with its line; what a module
    can go on without is left out."""
    waiting, seen = list(entries), set(entries)
    while waiting and len(seen) < _MOST_MODULES:
        path = waiting.pop(0)
        file = tree.read(below(folder, path)) if path in folder.paths else None
        module = parse(file.text) if file else None
        for line, imported in _imports(module) if file and module else ():
            place = imported.replace(".", "/")
            roots = dict.fromkeys(("", *_above(path)))
            own = [p for root in roots for p in module_files(root + place) if p in folder.paths]
            waiting += [p for p in own if p not in seen]
            seen.update(own)
            if file and not own:
                yield file.at(line, rule="import"), library_of(imported)


def library_of(imported: str) -> str:
    """The library that an imported module is taken for; empty for Python's own."""
    name = imported.split(".")[0]
    return "" if name in sys.stdlib_module_names else normalised(name)


def _imports(module: ast.Module) -> Iterator[tuple[int, str]]:
    """What a module imports as it is imported itself, unless it goes on without; with its lines."""
    for statement in module.body:
        if isinstance(statement, ast.Import):
            yield from ((statement.lineno, alias.name) for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            yield statement.lineno, statement.module
            yield from ((statement.lineno, f"{statement.module}.{alias.name}") for alias in statement.names)


def _above(path: str) -> Iterator[str]:
    parts = path.split("/")[:-1]
    return ("/".join(parts[:length]) + "/" for length in range(1, len(parts) + 1))
