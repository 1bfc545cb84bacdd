"""Lock files of Go's time before modules: dep, glide, godep, govendor."""

from collections.abc import Iterator

from toolkit.facts.manifests.formats import json_tree, toml_tree, yaml_tree
from toolkit.facts.model import Dependency, Fact, Origin
from toolkit.inventory.source_tree import SourceFile

RULE = "go-vendoring"
# How each is parsed, where it lists its packages, and what names the path, the release and the commit of one.
_LOCKS = {
    "Gopkg.lock": (toml_tree, "projects", "name", "version", "revision"),
    "glide.lock": (yaml_tree, "imports", "name", "", "version"),
    "Godeps.json": (json_tree, "Deps", "ImportPath", "", "Rev"),
    "vendor.json": (json_tree, "package", "path", "versionExact", "revision"),
}
FILES = tuple(_LOCKS)


def read(file: SourceFile) -> Iterator[Fact]:
    parse, place, path, release, commit = _LOCKS[file.name]
    tree = parse(file)
    for index, package in enumerate(tree.items(place)):
        if not isinstance(package, dict) or not isinstance(name := package.get(path), str):
            continue
        tag, revision = (str(package.get(key) or "") if key else "" for key in (release, commit))
        wanted = _release(name, tag) or revision
        if wanted:
            yield Dependency(
                name=name[:200],
                ecosystem="go",
                version=wanted.removeprefix("v")[:100],
                constraint=wanted[:100],
                evidence=file.at(tree.line(place, index, path), rule=RULE),
                origin=Origin.RUNNING,
            )


def _release(name: str, tag: str) -> str:
    """The tag where it is one that a module may have under this name: from version 2 on the name would end in it."""
    major = tag.removeprefix("v").partition(".")[0]
    return tag if tag.startswith("v") and (major in ("0", "1") or name.startswith("gopkg.in/")) else ""
