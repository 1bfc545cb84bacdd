"""Reads the code of an application with every reader there is. Adding a language: a module beside this, one line in READERS."""

from collections.abc import Callable

from toolkit.facts.source.project import Project
from toolkit.split import java_code
from toolkit.split.code import Code

READERS: tuple[Callable[[Project], Code], ...] = (java_code.read,)


def read(project: Project, directory: str = "") -> Code:
    """The code below a folder of the tree. Code of other languages is left out: there, routes and folders alone count."""
    code = Code()
    for reader in READERS:
        code.join(reader(project))
    if directory:
        inside = {name for name, unit in code.units.items() if unit.evidence.path.startswith(f"{directory}/")}
        code.units = {name: unit for name, unit in code.units.items() if name in inside}
    return code
