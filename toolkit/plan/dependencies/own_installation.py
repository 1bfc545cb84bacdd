"""The application itself as a package of Python: whether it is installed, what its set-up asks for, which version it gets."""

import re
from collections.abc import Collection, Mapping, Sequence
from pathlib import PurePosixPath

from toolkit.catalog.load import Arguments
from toolkit.catalog.stacks import Stack
from toolkit.facts.manifests.python_requirements import SETUPS
from toolkit.facts.model import (
    Dependency,
    Fact,
    Role,
)
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.folders import Folder, below
from toolkit.plan.ranking import commands_of

# https://pip.pypa.io/en/stable/reference/requirements-file-format/
_ITSELF = re.compile(r"\s*(?:(?:-e|--editable)[\s=]\s*)?\.(?:\[[\w, .-]*\])?\s*(?:#.*)?")
_INSTALLED = frozenset({"completing_program", "console_script", "serving_command"})
_INSTALLS = re.compile(r"(?<!\S)(?:\S+/uv )?pip (?:compile|install)\b")
# What a set-up shows in a package index, `join(here, "../README.rst")`, from above the folder that the image is made of.
_SHOWN = re.compile(
    r"[\"']\.\.(?:/|[\"'],\s{0,9}[\"'])((?:AUTHORS|CHANGELOG|CHANGES|HISTORY|LICENSE|README)(?:\.[a-z]{2,4})?)[\"']"
)
# What reads the set-up: `pip install .`, and `uv pip compile setup.py`, in a line of a shell too.
ITSELF = "/opt/itself.txt"  # a list with the folder and its extras
_SETUP = re.compile(rf"(?:^|\s)(?:\.|pyproject\.toml|setup\.(?:cfg|py)|{re.escape(ITSELF)})(?:\s|$)")


def lists_itself(lists: Collection[str], tree: SourceTree) -> bool:
    """Whether one of the lists that are installed has the application itself: `-e .`"""
    files = (tree.read(path) for path in lists if path in tree)
    return any(_ITSELF.fullmatch(line) for file in files if file for line in file.lines)


def starts_itself(folder: Folder, stack: Stack, about: Sequence[Fact], entry_points: Mapping[str, str]) -> bool:
    """Whether a script that only an installation of the application makes is what starts it."""
    if next((kind for kind in stack.start_from if kind in entry_points), "") in _INSTALLED:
        return True
    scripts = {point.value for point in folder.points("console_script")}
    starts = commands_of(about, Role.START)
    return any(PurePosixPath(command.argv[0]).name in scripts for command in starts if command.argv)


def asked_beside(folder: Folder, lists: Collection[str]) -> set[str]:
    """What the application's own set-up asks for and none of the lists that are installed has."""
    needed = [dependency for dependency in folder.of_type(Dependency) if not dependency.development]
    asked = {dependency.name for dependency in folder.listed(*SETUPS) if not dependency.development}
    return asked - {dependency.name for dependency in needed if dependency.evidence.path in lists}


def with_what_it_shows(steps: tuple[Arguments, ...], folder: Folder, tree: SourceTree) -> tuple[Arguments, ...]:
    """The steps with what the set-up reads above the folder to show it in a package index, empty: nobody looks for it there."""
    file = tree.read(below(folder, "setup.py")) if folder.directory else None
    shown = sorted({f"../{match[1]}" for match in _SHOWN.finditer(file.text)}) if file else []
    reads_setup = any(_SETUP.search(word) for step in steps for word in (" ".join(step), *step))
    return (("touch", *shown), *steps) if shown and reads_setup else steps


def versioned(steps: tuple[Arguments, ...], folder: Folder, stack: Stack, tree: SourceTree) -> tuple[Arguments, ...]:
    """The steps with a version for the application where its set-up would ask git for one, which no build stage can."""
    manifests = [tree.read(below(folder, name)) for name in SETUPS if name in folder.paths]
    variables = {
        variable
        for tool, variable in stack.versions_from_git.items()
        if any(file and re.search(rf"\b{re.escape(tool)}\b", file.text) for file in manifests)
    }
    if not variables:
        return steps
    given = [f"{name}=0.0.0" for name in sorted(variables)]
    return tuple(_with(given, step) if any(map(_SETUP.search, step)) else step for step in steps)


def _with(given: list[str], step: Arguments) -> Arguments:
    """A step with variables, before each installation of a line of a shell."""
    if step[:2] == ("sh", "-c"):
        return (*step[:2], _INSTALLS.sub(lambda match: f"{' '.join(given)} {match[0]}", step[2]))
    return ("env", *given, *step)
