"""A pyproject.toml of Poetry that names a package which the source has not: Poetry installs the libraries alone, pip stops."""

import re

from toolkit.catalog.load import Arguments
from toolkit.facts.manifests.formats.toml_text import toml_tree
from toolkit.facts.manifests.formats.tree import Malformed
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.folders import Folder, below

_MANIFEST = "pyproject.toml"
_NAME = re.compile(r"[A-Za-z_][\w/-]{0,100}")


def with_absent_package(steps: tuple[Arguments, ...], folder: Folder, tree: SourceTree) -> tuple[Arguments, ...]:
    """The steps with an empty package in front of the one that installs the application itself, where its own is not there.
    https://python-poetry.org/docs/pyproject/#packages, reviewed 2026-11-22"""
    if not any("." in step and {"pip", "install"} <= set(step) for step in steps):
        return steps
    made = [
        step
        for package in _absent(folder, tree)
        for step in (("mkdir", "-p", package), ("touch", f"{package}/__init__.py"))
    ]
    return (*made, *steps)


def _absent(folder: Folder, tree: SourceTree) -> list[str]:
    file = tree.read(below(folder, _MANIFEST))
    if file is None or "[tool.poetry]" not in file.text or "setup.py" in folder.paths:
        return []
    try:
        poetry = toml_tree(file).value["tool"]["poetry"]
        named = [(str(entry.get("from", "")), str(entry["include"])) for entry in poetry.get("packages", [])]
        named = named or [("", re.sub(r"[^\w]+", "_", str(poetry["name"])))]
    except (Malformed, AttributeError, KeyError, TypeError):
        return []
    paths = (f"{place}/{include}" if place else include for place, include in named)
    return [path for path in paths if _NAME.fullmatch(path) and not _is_there(path, folder)]


def _is_there(path: str, folder: Folder) -> bool:
    return any(
        known.startswith((f"{path}/", f"src/{path}/")) or known in (f"{path}.py", f"src/{path}.py")
        for known in folder.paths
    )
