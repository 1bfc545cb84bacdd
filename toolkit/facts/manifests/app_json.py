"""app.json of Heroku and Dokku: the variables that an application is deployed with.

https://devcenter.heroku.com/articles/app-json-schema#env, reviewed 2026-11-22
"""

import re
from collections.abc import Iterator

from toolkit.facts.manifests.formats import json_tree
from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import Fact
from toolkit.inventory.source_tree import SourceFile

FILES = ("app.json",)

RULE = "app-json"
# What only the platform reads, and settings that are made for it.
_OF_PLATFORM = re.compile(r"(?i)heroku|buildpack|^DISABLE_COLLECTSTATIC$|^NPM_CONFIG_|^YARN_|^NODE_MODULES_CACHE$")


def read(file: SourceFile) -> Iterator[Fact]:
    tree = json_tree(file)
    declared = tree.value.get("env") if isinstance(tree.value, dict) and "expo" not in tree.value else None
    for name, entry in declared.items() if isinstance(declared, dict) else ():
        value = entry.get("value") if isinstance(entry, dict) else entry
        if not isinstance(value, str) or not value or _OF_PLATFORM.search(f"{name}") or _OF_PLATFORM.search(value):
            continue
        if fact := variable(str(name), value, file.at(tree.line("env", name), rule=RULE)):
            yield fact
