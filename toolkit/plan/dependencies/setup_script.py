"""setup.py that imports the application it sets up: it can only be read where what the application needs is installed."""

import re
from collections.abc import Sequence

from toolkit.catalog.load import Arguments
from toolkit.catalog.stacks import PackageManagerSteps
from toolkit.facts.model import Dependency
from toolkit.findings import Evidence
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.folders import Folder
from toolkit.plan.dependencies.python_imports import imported_libraries

SETUP = "setup.py"
ASKED = "/opt/asked.txt"  # what setup.py asks for, in a file of its own
_PLAIN = re.compile(r"(?:[<>=!~]=?=?[\w.*+!-]{1,40},?){0,9}")


def imports_requirement(folder: Folder, tree: SourceTree) -> tuple[Evidence, Sequence[Dependency]] | None:
    """Where setup.py, by way of the application's modules, imports what it asks for itself; and what it asks for."""
    asked = [d for d in folder.listed(SETUP) if not d.development]
    names = {dependency.name for dependency in asked}
    places = (
        (place for place, library in imported_libraries(folder, [SETUP], tree) if library in names) if names else ()
    )
    return next(((place, asked) for place in places), None)


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
