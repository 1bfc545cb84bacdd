"""Pipfile.lock, poetry.lock, pdm.lock and uv.lock: the exact version of every package."""

from collections.abc import Iterator

from toolkit.facts.manifests.formats import Tree, json_tree, toml_tree
from toolkit.facts.manifests.python_requirements import ELSEWHERE, normalised
from toolkit.facts.manifests.versions import lowest
from toolkit.facts.model import Dependency, EntryPoint, Fact, Origin, PackageManager, Runtime
from toolkit.inventory.source_tree import SourceFile

FILES = ("Pipfile.lock", "poetry.lock", "pdm.lock", "uv.lock")

RULE = "python-lock"
# What Poetry left out of its lock files up to 1.2, also where a package requires it, and newer ones look for there.
# https://github.com/python-poetry/poetry/blob/1.1/poetry/puzzle/provider.py, reviewed 2026-11-21.
LEFT_OUT = ("distribute", "pip", "setuptools", "wheel")
MANAGERS = {"Pipfile.lock": "pipenv", "poetry.lock": "poetry", "pdm.lock": "pdm", "uv.lock": "uv"}


def read(file: SourceFile) -> Iterator[Fact]:
    place = file.at(rule=RULE)
    yield PackageManager(name=MANAGERS[file.name], lock_file=file.path, evidence=place, origin=Origin.RUNNING)
    yield from _pipfile_lock(file) if file.name == "Pipfile.lock" else _packages(file)


def _pipfile_lock(file: SourceFile) -> Iterator[Fact]:
    tree = json_tree(file)
    for key in ("python_full_version", "python_version"):
        path = ("_meta", "requires", key)
        if tree.text(*path):
            yield _runtime(file, tree, path)
            break
    for section, development in (("default", False), ("develop", True)):
        for name, package in tree.table(section).items():
            version = package.get("version") if isinstance(package, dict) else None
            if isinstance(version, str) and version.startswith("=="):
                markers = package.get("markers")
                if not (isinstance(markers, str) and ELSEWHERE.search(markers[:300])):
                    yield _package(file, tree.line(section, name), name, version[2:], development=development)


def _packages(file: SourceFile) -> Iterator[Fact]:
    tree = toml_tree(file)
    yield from _python(file, tree)
    yield from _left_out(file, tree)
    for index, package in enumerate(tree.items("package")):
        if not isinstance(package, dict):
            continue
        name, version = package.get("name"), package.get("version")
        if isinstance(name, str) and isinstance(version, str):
            groups = package.get("groups")
            development = package.get("category") == "dev" or (
                isinstance(groups, list) and bool(groups) and not {"main", "default"} & {str(group) for group in groups}
            )
            if package.get("source") == {"virtual": "."} or package.get("source") == {"editable": "."}:
                continue  # uv lists the project itself
            yield _package(file, tree.line("package", index, "name"), name, version, development=development)


def _left_out(file: SourceFile, tree: Tree) -> Iterator[EntryPoint]:
    packages = [package for package in tree.items("package") if isinstance(package, dict)]
    names = {package.get("name") for package in packages}
    required = [package["dependencies"] for package in packages if isinstance(package.get("dependencies"), dict)]
    missing = [name for name in LEFT_OUT if name not in names and any(name in wanted for wanted in required)]
    if file.name == "poetry.lock" and missing:
        yield EntryPoint(
            kind="lock_of_old_poetry", value=missing[0], evidence=file.at(rule=RULE), origin=Origin.RUNNING
        )


def _python(file: SourceFile, tree: Tree) -> Iterator[Fact]:
    for path in (("metadata", "python-versions"), ("metadata", "requires_python"), ("requires-python",)):
        if tree.text(*path):
            yield _runtime(file, tree, path)


def _runtime(file: SourceFile, tree: Tree, path: tuple[str, ...]) -> Runtime:
    constraint = tree.text(*path)
    return Runtime(
        name="python",
        version=lowest(constraint),
        constraint=constraint[:100],
        evidence=file.at(tree.line(*path), rule=RULE),
        origin=Origin.RUNNING,
    )


def _package(file: SourceFile, line: int, name: str, version: str, *, development: bool) -> Dependency:
    return Dependency(
        name=normalised(name),
        ecosystem="pypi",
        version=version[:60],
        constraint=f"=={version[:60]}",
        development=development,
        evidence=file.at(line, rule=RULE),
        origin=Origin.RUNNING,
    )
