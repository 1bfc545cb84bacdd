"""package.json: Node version, package manager, scripts, entry point, dependencies, workspaces."""

import posixpath
import re
from collections.abc import Iterator
from typing import Any

from toolkit.facts.manifests.formats import Malformed, Tree, json_tree
from toolkit.facts.manifests.versions import lowest, pinned
from toolkit.facts.model import Dependency, EntryPoint, Fact, Origin, PackageManager, Runtime
from toolkit.facts.secrets import masked
from toolkit.inventory.source_tree import SourceFile

FILES = ("package.json",)

RULE = "package-json"
SECTIONS = (("dependencies", False), ("optionalDependencies", False), ("devDependencies", True))
HOMEPAGE = re.compile(r"(?:https?://[\w.:-]{1,200})?(/[\w.~-]{1,100}(?:/[\w.~-]{1,100}){0,5})/?")
SCRIPT_NAME = re.compile(r"[A-Za-z0-9_:./@-]{1,80}")


def read(file: SourceFile) -> Iterator[Fact]:
    tree = json_tree(file)
    if not isinstance(tree.value, dict):
        raise Malformed("not a JSON object", 1)
    yield from _runtime(file, tree)
    yield from _package_manager(file, tree)
    for name, text in tree.texts("scripts").items():
        if SCRIPT_NAME.fullmatch(name):
            place = file.at(tree.line("scripts", name), rule=RULE)
            detail = masked(" ".join(text.split()))[:1000]
            yield EntryPoint(kind="npm_script", value=name, detail=detail, evidence=place, origin=Origin.RUNNING)
    yield from _programs(file, tree)
    yield from _dependencies(file, tree)
    yield from _workspaces(file, tree)
    # https://docs.npmjs.com/cli/configuring-npm/package-json#homepage, of which some tools take where the pages will lie.
    if match := HOMEPAGE.fullmatch(tree.text("homepage")):
        place = file.at(tree.line("homepage"), rule=RULE)
        yield EntryPoint(kind="homepage_path", value=match[1], evidence=place, origin=Origin.RUNNING)


def _runtime(file: SourceFile, tree: Tree) -> Iterator[Fact]:
    for path, confidence in ((("volta", "node"), 1.0), (("engines", "node"), 1.0)):
        if constraint := tree.text(*path):
            yield Runtime(
                name="node",
                version=lowest(constraint),
                constraint=constraint[:100],
                evidence=file.at(tree.line(*path), rule=RULE),
                origin=Origin.RUNNING,
                confidence=confidence,
            )


def _package_manager(file: SourceFile, tree: Tree) -> Iterator[Fact]:
    match = re.match(r"(npm|yarn|pnpm)@([0-9][0-9A-Za-z.-]{0,30})", tree.text("packageManager"))
    if match:
        place = file.at(tree.line("packageManager"), rule=RULE)
        yield PackageManager(name=match[1], version=match[2], evidence=place, origin=Origin.RUNNING)
        return
    named = [name for name in ("pnpm", "yarn") if tree.text("engines", name)]
    line = tree.line("engines", named[0]) if named else 0
    yield PackageManager(
        name=named[0] if named else "npm",
        evidence=file.at(line, rule=RULE),
        origin=Origin.RUNNING if named else Origin.CONVENTION,
        confidence=0.9 if named else 0.6,
    )


def _programs(file: SourceFile, tree: Tree) -> Iterator[Fact]:
    """What an installation of the package itself puts on the path: https://docs.npmjs.com/cli/configuring-npm/package-json#bin
    (reviewed 2026-11-21)"""
    programs = tree.get("bin")
    if isinstance(programs, str):
        programs = {tree.text("name").rpartition("/")[2]: programs}
    for name, script in programs.items() if isinstance(programs, dict) else ():
        if SCRIPT_NAME.fullmatch(str(name)) and isinstance(script, str) and script.isprintable():
            path = posixpath.normpath(script)[:200]
            place = file.at(tree.line("bin"), rule=RULE)
            yield EntryPoint(kind="node_bin", value=str(name), detail=path, evidence=place, origin=Origin.RUNNING)


def _dependencies(file: SourceFile, tree: Tree) -> Iterator[Fact]:
    for section, development in SECTIONS:
        for name, constraint in tree.texts(section).items():
            if len(name) <= 200:
                yield Dependency(
                    name=name,
                    ecosystem="npm",
                    version=pinned(constraint),
                    constraint=masked(constraint)[:200],
                    development=development,
                    evidence=file.at(tree.line(section, name), rule=RULE),
                    origin=Origin.RUNNING,
                )


def _workspaces(file: SourceFile, tree: Tree) -> Iterator[Fact]:
    wanted: Any = tree.get("workspaces")
    path: tuple[str, ...] = ("workspaces",)
    if isinstance(wanted, dict):
        wanted, path = wanted.get("packages"), ("workspaces", "packages")
    for folder in wanted if isinstance(wanted, list) else []:
        if isinstance(folder, str) and folder.isprintable():
            value = folder.strip("/").removeprefix("./")[:200]
            yield EntryPoint(
                kind="module", value=value, evidence=file.at(tree.line(*path), rule=RULE), origin=Origin.RUNNING
            )
