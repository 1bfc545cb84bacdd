"""composer.json and composer.lock: PHP version, extensions, libraries."""

import re
from collections.abc import Iterator

from toolkit.facts.manifests.formats import Malformed, Tree, json_tree
from toolkit.facts.manifests.versions import lowest, pinned
from toolkit.facts.model import Dependency, Fact, Origin, PackageManager, Runtime
from toolkit.inventory.source_tree import SourceFile

FILES = ("composer.json", "composer.lock")

RULE = "composer"
# ~7.0 is everything before 8, which others write ^7.0: https://getcomposer.org/doc/articles/versions.md#tilde-version-range-
TILDE = re.compile(r"~\s{0,3}(\d{1,3}\.\d{1,3})(?![.\d])")


def read(file: SourceFile) -> Iterator[Fact]:
    tree = json_tree(file)
    if not isinstance(tree.value, dict):
        raise Malformed("not a JSON object", 1)
    if file.name == "composer.lock":
        yield PackageManager(name="composer", lock_file=file.path, evidence=file.at(rule=RULE), origin=Origin.RUNNING)
        yield from _locked(file, tree)
        return
    yield PackageManager(name="composer", evidence=file.at(rule=RULE), origin=Origin.RUNNING)
    for path in (("config", "platform", "php"), ("require", "php")):
        if constraint := tree.text(*path):
            place = file.at(tree.line(*path), rule=RULE)
            constraint = TILDE.sub(r"^\1", constraint)
            yield Runtime(
                name="php",
                version=lowest(constraint),
                constraint=constraint[:100],
                evidence=place,
                origin=Origin.RUNNING,
            )
    for section, development in (("require", False), ("require-dev", True)):
        for name, constraint in tree.table(section).items():
            if name.startswith("ext-") or "/" in name:
                wanted = constraint if isinstance(constraint, str) else ""
                yield _library(file, tree.line(section, name), name, pinned(wanted), wanted, development=development)


def _locked(file: SourceFile, tree: Tree) -> Iterator[Fact]:
    for section, development in (("packages", False), ("packages-dev", True)):
        for index, package in enumerate(tree.items(section)):
            name = package.get("name") if isinstance(package, dict) else None
            version = package.get("version") if isinstance(package, dict) else None
            if isinstance(name, str) and isinstance(version, str):
                exact = version.removeprefix("v")
                line = tree.line(section, index, "name")
                runs_on = tree.text(section, index, "require", "php") or ""
                yield _library(file, line, name, exact, exact, development=development, runs_on=runs_on)
    # Extensions that the application asks for, then those that its libraries do.
    asking: list[tuple[str | int, ...]] = [("platform",)]
    asking += [("packages", index, "require") for index in range(len(tree.items("packages")))]
    seen: set[str] = set()
    for path in asking:
        for name in tree.table(*path):
            if name.startswith("ext-") and name.lower() not in seen:
                seen.add(name.lower())
                yield _library(file, tree.line(*path, name), name, None, "", development=False)


def _library(
    file: SourceFile,
    line: int,
    name: str,
    version: str | None,
    constraint: str,
    *,
    development: bool,
    runs_on: str = "",
) -> Dependency:
    return Dependency(
        name=name.lower()[:200],
        ecosystem="composer",
        version=version,
        constraint=constraint[:200],
        development=development,
        runs_on=runs_on[:200],
        evidence=file.at(line, rule=RULE),
        origin=Origin.RUNNING,
    )
