"""Symfony: `config/routes.yaml`, what it includes, and the prefixes that it gives to folders of controllers.

Source: https://symfony.com/doc/current/routing.html#creating-routes-in-yaml-xml-or-php-files (reviewed 2026-11-21)
"""

import posixpath
import re
from collections.abc import Iterator, Set
from dataclasses import dataclass, field
from typing import Any

from toolkit.facts.manifests.formats.tree import Malformed, Tree
from toolkit.facts.manifests.formats.yaml_text import yaml_tree
from toolkit.facts.model import Fact
from toolkit.facts.routes import paths
from toolkit.facts.routes.found import route, undecided
from toolkit.facts.source.project import Project
from toolkit.findings import Finding
from toolkit.inventory.source_tree import SourceFile

RULE = "symfony-yaml-routes"
# Routes of other environments than production stand in folders of their own below config/routes/.
_ROOTS = re.compile(r"(?:^|/)(?:config/routes\.ya?ml|config/routes/(?:prod/)?[^/]+\.ya?ml|app/config/routing\.ya?ml)$")
_MAXIMUM_FILES = 200
_LAST = re.compile(r"[/.,;:~_*+@|-]?\{(\w+)(?:<[^{}]*>)?\}$")  # the last parameter with what parts it from the others
_FOLDERS = ("annotation", "attribute", "directory")


@dataclass(slots=True)
class YamlRoutes:
    """`prefixes` are those of folders or files of controllers, by path; `found` what stands in the files themselves."""

    prefixes: dict[str, str] = field(default_factory=dict)
    found: list[Fact | Finding] = field(default_factory=list)

    def prefix_of(self, path: str) -> str:
        """The prefix of the innermost folder that a controller is in; empty without one."""
        inside = [folder for folder in self.prefixes if path == folder or path.startswith(f"{folder}/")]
        return self.prefixes[max(inside, key=len)] if inside else ""


def read(project: Project) -> YamlRoutes:
    result = YamlRoutes()
    roots = [path for path in project.tree.paths if _ROOTS.search(path) and project.is_code(path)]
    waiting = [(path, "") for path in sorted(roots)]
    seen: set[tuple[str, str]] = set()
    while waiting and len(seen) < _MAXIMUM_FILES:
        path, prefix = waiting.pop(0)
        file = project.tree.read(path)
        if (path, prefix) in seen or file is None:
            continue
        seen.add((path, prefix))
        try:
            tree = yaml_tree(file)
        except Malformed:
            continue
        for name in tree.table():
            # `when@dev` is for another environment; `when@prod` holds entries of its own.
            inner = ("when@prod",) if name == "when@prod" else ()
            for key in tree.table(name) if inner else (name,):
                if not key.startswith("when@"):
                    waiting += _entry(project, file, tree, (*inner, key), prefix, result)
    return result


def _entry(
    project: Project, file: SourceFile, tree: Tree, place: tuple[str, ...], prefix: str, result: YamlRoutes
) -> Iterator[tuple[str, str]]:
    """Reads one entry; gives the files that it includes, with their prefixes."""
    table = tree.table(*place)
    evidence = file.at(tree.line(*place), rule=RULE)
    controller = table.get("controller") or tree.get(*place, "defaults", "_controller") or ""
    for written in _texts(table.get("path") or (table.get("pattern") if "resource" not in table else None)):
        methods = tuple(one.upper() for one in _texts(table.get("methods")) for one in re.split(r"[|,\s]+", one))
        handler = re.sub(r"^.*\\", "", controller) if isinstance(controller, str) else ""
        defaults = table.get("defaults")
        names = frozenset(defaults if isinstance(defaults, dict) else ())
        try:
            for spelled in spellings(paths.join(prefix, written), names):
                result.found.append(route(spelled, "symfony", evidence, methods=methods, handler=handler))
        except paths.Undecided:
            result.found.append(undecided(handler or place[-1], evidence))
    resource = table.get("resource")
    given = resource if isinstance(resource, str) else tree.text(*place, "resource", "path")
    if not given:
        return
    target = posixpath.normpath(posixpath.join(file.directory, given.partition("*")[0]))
    for below in _texts(table.get("prefix")) or ("",):
        whole = paths.join(prefix, below) if prefix.strip("/") or below.strip("/") else ""
        if given.startswith("@") or target.startswith("..") or given.endswith((".xml", ".php")):
            result.found.append(undecided(f"what {given} declares", evidence))
        elif given.endswith((".yaml", ".yml")):
            yield target, whole
        elif table.get("type") in _FOLDERS or any(path.startswith(f"{target}/") for path in project.tree.paths):
            result.prefixes[target.rstrip("/")] = whole


def spellings(path: str, defaults: Set[str]) -> Iterator[str]:
    """A path in our spelling, and without its last parameters where they have defaults. Raises Undecided.

    Source: https://symfony.com/doc/current/routing.html#optional-parameters
    """
    yield from paths.braces(path.replace("{!", "{"), optional=True)
    while (match := _LAST.search(path)) and match[1] in defaults:
        path = path[: match.start()] or "/"
        yield from paths.braces(path.replace("{!", "{"), optional=True)


def _texts(value: Any) -> tuple[str, ...]:
    """A text, a list of texts, or one for each language."""
    if isinstance(value, str):
        return (value,)
    values = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return tuple(one for one in values if isinstance(one, str))
