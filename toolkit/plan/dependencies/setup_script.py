"""setup.py that imports the application it sets up: it can only be read where what the application needs is installed."""

import ast
import re
import sys
from collections.abc import Collection, Iterator, Sequence

from toolkit.catalog.load import Arguments
from toolkit.catalog.stacks import PackageManagerSteps
from toolkit.facts.manifests.python_requirements import normalised
from toolkit.facts.manifests.python_syntax import parse
from toolkit.facts.model import Dependency
from toolkit.findings import Evidence
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.folders import Folder, below

SETUP = "setup.py"
ASKED = "/opt/asked.txt"  # what setup.py asks for, in a file of its own
_MOST_MODULES = 40
_PLAIN = re.compile(r"(?:[<>=!~]=?=?[\w.*+!-]{1,40},?){0,9}")


def imports_requirement(folder: Folder, tree: SourceTree) -> tuple[Evidence, Sequence[Dependency]] | None:
    """Where setup.py, by way of the application's modules, imports what it asks for itself; and what it asks for."""
    asked = [d for d in folder.of_type(Dependency) if d.evidence.path == below(folder, SETUP) and not d.development]
    names = {dependency.name for dependency in asked}
    waiting, seen = [SETUP], {SETUP}
    while waiting and names and len(seen) < _MOST_MODULES:
        file = tree.read(below(folder, waiting.pop(0)))
        module = parse(file.text) if file else None
        for line, imported in imports_of(module) if module else ():
            if paths := [path for path in _paths(imported) if path in folder.paths]:
                waiting += [path for path in paths if path not in seen]
                seen.update(paths)
            elif file and library_of(imported) in names:
                return file.at(line, rule="import"), asked
    return None


def with_asked_first(
    manager: PackageManagerSteps, of_lists: PackageManagerSteps, asked: Sequence[Dependency]
) -> PackageManagerSteps:
    """The tool that runs setup.py, when what is asked for is installed before, as `of_lists` installs a list; setup.py is then
    run beside it. https://pip.pypa.io/en/stable/cli/pip_install/#cmdoption-no-build-isolation (2026-11-21)"""
    lines = " ".join(f'"{dependency.name}{constraint_of(dependency)}"' for dependency in asked)

    def first(steps: Sequence[Arguments]) -> tuple[Arguments, ...]:
        installs = (tuple(word.replace("{manifest}", ASKED) for word in step) for step in steps)
        beside = ("pip", "install", "--no-cache-dir", "--no-build-isolation", ".")
        return (("sh", "-c", f'printf "%s\\n" {lines} > {ASKED}'), *installs, beside)

    of_day = first(of_lists.install_of_day) if of_lists.install_of_day else ()
    return manager.model_copy(update={"install_after_source": first(of_lists.install), "install_of_day": of_day})


def constraint_of(dependency: Dependency) -> str:
    """The constraint of a dependency as pip takes it; empty for one of another form."""
    plain = dependency.constraint.replace(" ", "")
    return plain if _PLAIN.fullmatch(plain) else ""


def imports_of(module: ast.Module) -> Iterator[tuple[int, str]]:
    """What a module imports as it is imported itself, unless it goes on without; with its lines."""
    for statement in module.body:
        if isinstance(statement, ast.Import):
            yield from ((statement.lineno, alias.name) for alias in statement.names)
        elif isinstance(statement, ast.ImportFrom) and statement.module and not statement.level:
            yield statement.lineno, statement.module
            yield from ((statement.lineno, f"{statement.module}.{alias.name}") for alias in statement.names)


def _paths(imported: str) -> Collection[str]:
    path = imported.replace(".", "/")
    return (f"{path}.py", f"{path}/__init__.py")


def library_of(imported: str) -> str:
    """The library that an imported module is taken for; empty for Python's own."""
    name = imported.split(".")[0]
    return "" if name in sys.stdlib_module_names else normalised(name)
