"""Modules of the language itself that the application's code loads, and that only later versions of the language have."""

import re
from collections.abc import Iterator

from toolkit.catalog.stacks import Stack
from toolkit.facts.model import Dependency, Origin
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.folders import Folder
from toolkit.plan.source_code import run_time_sources

_LOADED = re.compile(
    r"(?:\brequire\(|\bimport\(|\bfrom|\bimport)\s{0,20}['\"]((?:node:)?[a-z_]{1,30}(?:/[a-z_]{1,30})?)['\"]"
)


def built_in_modules(stack: Stack, folder: Folder, tree: SourceTree) -> Iterator[Dependency]:
    """Each once, as a library that runs on some versions of the language alone; `node:` in front of any name is one, too."""
    known = stack.history.modules if stack.history else {}
    seen: set[str] = set()
    for file in run_time_sources(stack.language, folder, tree) if known else ():
        for match in _LOADED.finditer(file.text):
            prefix, colon, name = match[1].rpartition(":")
            for asked in (f"{prefix}{colon}", name, match[1]):
                if asked in known and asked not in seen:
                    seen.add(asked)
                    yield Dependency(
                        name=f"{asked}*" if asked.endswith(":") else asked,
                        ecosystem="npm",
                        runs_on=known[asked],
                        evidence=file.at(file.line_of(match.start()), rule="built-in-module"),
                        origin=Origin.RUNNING,
                    )
