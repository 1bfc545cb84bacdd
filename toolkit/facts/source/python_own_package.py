"""An application's folder that its own modules import by its name: `from backend.core import settings` in backend/main.py.

Python finds it where the folder above is on the module path, https://docs.python.org/3/tutorial/modules.html#packages
"""

import ast
import posixpath
from collections.abc import Iterator

from toolkit.facts.model import EntryPoint, Fact, Origin
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_modules import Module

RULE = "python-own-package"


def read(project: Project) -> Iterator[Fact]:
    done: set[str] = set()
    for module in project.python:
        home, name = module.home, posixpath.basename(module.home)
        if not name.isidentifier() or home in done or _has(project, home, name):
            continue
        line = next((line for line, part in _below(module, name) if _has(project, home, part)), 0)
        if line and project.is_code(module.file.path):
            done.add(home)
            place = module.file.at(line, rule=RULE)
            yield EntryPoint(kind="own_package", value=name, directory=home, evidence=place, origin=Origin.CONVENTION)


def _below(module: Module, name: str) -> Iterator[tuple[int, str]]:
    """What a module imports below a package of this name, with the lines."""
    for node in module.nodes:
        imported: list[str] = []
        if isinstance(node, ast.ImportFrom) and not node.level and node.module:
            imported = [node.module] if "." in node.module else [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            imported = [alias.name for alias in node.names]
        for dotted in imported:
            first, _, rest = dotted.partition(".")
            if first == name and rest:
                yield getattr(node, "lineno", 0), rest.split(".")[0]


def _has(project: Project, home: str, name: str) -> bool:
    return f"{home}/{name}" in project.folders or f"{home}/{name}.py" in project.tree
