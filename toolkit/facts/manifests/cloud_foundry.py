"""manifest.yml of Cloud Foundry: the processes of its applications, and the variables that they get.

https://docs.cloudfoundry.org/devguide/deploy-apps/manifest-attributes.html
"""

import re
from collections.abc import Iterator
from typing import Any

from toolkit.facts.manifests.command_line import read_command
from toolkit.facts.manifests.formats import Tree, yaml_trees
from toolkit.facts.manifests.processes import kind_of
from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import Fact, Origin, Process, Role
from toolkit.inventory.source_tree import SourceFile

FILES = ("manifest.yml", "manifest.yaml")

RULE = "cloud-foundry"
# What `cf push --var` or a script of the operators puts there.
_TO_FILL_IN = re.compile(r"\(\(|\{\{|\$\{|<")


def read(file: SourceFile) -> Iterator[Fact]:
    for manifest in yaml_trees(file)[:1]:
        applications = [n for n, one in enumerate(manifest.items("applications")) if isinstance(one, dict)]
        for number in applications:
            yield from _application(file, manifest, number, alone=len(applications) == 1)


def _application(file: SourceFile, manifest: Tree, number: int, *, alone: bool) -> Iterator[Fact]:
    own: tuple[Any, ...] = ("applications", number)
    service = "" if alone else manifest.text(*own, "name")
    kinds = [(*own, "processes", n) for n, _ in enumerate(manifest.items(*own, "processes"))]
    for place in (own, *kinds):
        text = manifest.text(*place, "command")
        name = manifest.text(*place, "type") or "web"
        if text and text != "null" and not _TO_FILL_IN.search(text):
            where = file.at(manifest.line(*place, "command"), rule=RULE)
            named = service if name == "web" and service else name
            process = Process(name=named, kind=kind_of(name, text), evidence=where, origin=Origin.RUNNING)
            yield process
            yield from read_command(text, Role.START, process, service=named)
    for name, value in manifest.table(*own, "env").items():
        if isinstance(value, str | int | float) and not _TO_FILL_IN.search(str(value)):
            text = str(value).lower() if isinstance(value, bool) else str(value)
            where = file.at(manifest.line(*own, "env", name), rule=RULE)
            if fact := variable(str(name), text, where, service=service, required=False):
                yield fact
