"""pyproject.toml: PEP 621 projects, dependency groups, Poetry, PDM, uv; and Pipfile, which is TOML of the same kind."""

from collections.abc import Iterator
from typing import Any

from toolkit.facts.manifests.formats import Tree, toml_tree
from toolkit.facts.manifests.python_requirements import ELSEWHERE, is_development, normalised, requirement
from toolkit.facts.manifests.versions import lowest, pinned
from toolkit.facts.model import Dependency, EntryPoint, Fact, Origin, PackageManager, Runtime
from toolkit.facts.secrets import masked
from toolkit.inventory.source_tree import SourceFile

FILES = ("pyproject.toml", "Pipfile")

RULE = "pyproject-toml"
# Where task runners keep their tasks: https://github.com/taskipy/taskipy#usage, https://poethepoet.natn.io/tasks/,
# https://pdm-project.org/en/stable/usage/scripts/, https://pipenv.pypa.io/en/stable/scripts.html, reviewed 2026-11-21
TASKS = (("tool", "taskipy", "tasks"), ("tool", "poe", "tasks"), ("tool", "pdm", "scripts"))


def read(file: SourceFile) -> Iterator[Fact]:
    tree = toml_tree(file)
    if file.name == "Pipfile":
        yield from _pipfile(file, tree)
        return
    yield from _project(file, tree)
    yield from _poetry(file, tree)
    for tool in ("pdm", "uv"):
        if tree.get("tool", tool) is not None:
            place = file.at(tree.line("tool", tool), rule=RULE)
            yield PackageManager(name=tool, evidence=place, origin=Origin.RUNNING, confidence=0.9)
    yield from _groups(file, tree)
    for path in TASKS:
        yield from _tasks(file, tree, path)


def _project(file: SourceFile, tree: Tree) -> Iterator[Fact]:
    if constraint := tree.text("project", "requires-python"):
        yield _python(file, tree.line("project", "requires-python"), constraint)
    yield from _list(file, tree, "project", "dependencies")
    for group in tree.table("project", "optional-dependencies"):
        # Extras are for some installations only: a server among them is worth knowing, no more.
        yield from _list(file, tree, "project", "optional-dependencies", group, development=True)
    for name, target in tree.table("project", "scripts").items():
        yield from _script(file, tree.line("project", "scripts", name), name, target)


def _groups(file: SourceFile, tree: Tree) -> Iterator[Fact]:
    for group in tree.table("dependency-groups"):
        yield from _list(file, tree, "dependency-groups", group, development=True)
    for group in tree.table("tool", "pdm", "dev-dependencies"):
        yield from _list(file, tree, "tool", "pdm", "dev-dependencies", group, development=True)
    yield from _list(file, tree, "tool", "uv", "dev-dependencies", development=True)


def _poetry(file: SourceFile, tree: Tree) -> Iterator[Fact]:
    poetry = tree.get("tool", "poetry")
    if not isinstance(poetry, dict):
        return
    place = file.at(tree.line("tool", "poetry"), rule=RULE)
    yield PackageManager(name="poetry", evidence=place, origin=Origin.RUNNING)
    path: tuple[str, ...] = ("tool", "poetry", "dependencies")
    if constraint := tree.text(*path, "python"):
        yield _python(file, tree.line(*path, "python"), constraint)
    yield from _table(file, tree, path)
    yield from _table(file, tree, ("tool", "poetry", "dev-dependencies"), development=True)
    for group in tree.table("tool", "poetry", "group"):
        path = ("tool", "poetry", "group", group, "dependencies")
        yield from _table(file, tree, path, development=group != "main" and is_development(group))
    for name, target in tree.table("tool", "poetry", "scripts").items():
        yield from _script(file, tree.line("tool", "poetry", "scripts", name), name, target)


def _pipfile(file: SourceFile, tree: Tree) -> Iterator[Fact]:
    yield PackageManager(name="pipenv", evidence=file.at(rule=RULE), origin=Origin.RUNNING)
    for key in ("python_full_version", "python_version"):
        if version := tree.text("requires", key):
            yield _python(file, tree.line("requires", key), version)
            break
    yield from _table(file, tree, ("packages",))
    yield from _table(file, tree, ("dev-packages",), development=True)
    yield from _tasks(file, tree, ("scripts",))


def _python(file: SourceFile, line: int, constraint: str) -> Runtime:
    place = file.at(line, rule=RULE)
    return Runtime(
        name="python", version=lowest(constraint), constraint=constraint[:100], evidence=place, origin=Origin.RUNNING
    )


def _list(file: SourceFile, tree: Tree, *path: str, development: bool = False) -> Iterator[Fact]:
    for index, text in enumerate(tree.items(*path)):
        if isinstance(text, str):
            place = file.at(_line_of_item(file, tree.line(*path), text, index), rule=RULE)
            if fact := requirement(text, place, development=development):
                yield fact


def _line_of_item(file: SourceFile, first: int, text: str, index: int) -> int:
    """The line of a list's item, which is below the line where the list begins."""
    for number in range(first, min(first + index + 60, len(file.lines)) + 1):
        if number and text in file.lines[number - 1]:
            return number
    return first


def _table(file: SourceFile, tree: Tree, path: tuple[str, ...], *, development: bool = False) -> Iterator[Fact]:
    for name, wanted in tree.table(*path).items():
        if name == "python":
            continue
        choices = wanted if isinstance(wanted, list) else [wanted]
        constraint, optional = _constraint(choices[-1] if choices else "")
        if constraint is None:
            continue
        yield Dependency(
            name=normalised(name),
            ecosystem="pypi",
            version=pinned(constraint),
            constraint="" if constraint == "*" else constraint[:200],
            development=development or optional,
            evidence=file.at(tree.line(*path, name), rule=RULE),
            origin=Origin.RUNNING,
        )


def _constraint(wanted: Any) -> tuple[str | None, bool]:
    """The constraint of a Poetry or Pipfile entry, and whether it is optional; None where it is for other systems."""
    if isinstance(wanted, str):
        return wanted.strip(), False
    if not isinstance(wanted, dict):
        return None, False
    markers = wanted.get("markers")
    if isinstance(markers, str) and ELSEWHERE.search(markers[:300]):
        return None, False
    if isinstance(address := wanted.get("git"), str):
        at = next((f"@{wanted[key]}" for key in ("rev", "ref", "tag", "branch") if wanted.get(key)), "")
        return masked(f"@ git+{address.removeprefix('git+')}{at}"), wanted.get("optional") is True
    version = wanted.get("version")
    return (version.strip() if isinstance(version, str) else ""), wanted.get("optional") is True


def _tasks(file: SourceFile, tree: Tree, path: tuple[str, ...]) -> Iterator[Fact]:
    """Tasks by name: a command line, or a table with one."""
    for name, task in tree.table(*path).items():
        command = task.get("cmd") if isinstance(task, dict) else task
        yield from _script(file, tree.line(*path, name), name, command, kind="python_task")


def _script(file: SourceFile, line: int, name: str, target: Any, *, kind: str = "console_script") -> Iterator[Fact]:
    if isinstance(target, str):
        place = file.at(line, rule=RULE)
        yield EntryPoint(kind=kind, value=name, detail=masked(target)[:300], evidence=place, origin=Origin.RUNNING)
