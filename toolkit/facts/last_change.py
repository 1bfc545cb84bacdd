"""When an application was last changed: the checkout's last commit, else the newest day in its list of changes."""

import re
from collections.abc import Iterator

from toolkit.facts.model import Facts, LastChange, Origin
from toolkit.findings import Evidence
from toolkit.inventory.source_tree import SourceTree

RULE = "last-change"
CHANGES = (
    "CHANGELOG*",
    "ChangeLog*",
    "Changelog*",
    "changelog*",
    "CHANGES*",
    "HISTORY*",
    "History*",
    "NEWS*",
    "RELEASES*",
)
# `## [1.2.0] - 2019-03-04`, `1.2.0 (2019-03-04)`, `2019/03/04`
DAY = re.compile(r"(?<![\d.-])(20[0-3]\d)([-/.])(0[1-9]|1[0-2])\2(0[1-9]|[12]\d|3[01])(?![\d-])")
MOST_LINES = 400


def read(tree: SourceTree) -> Facts:
    return Facts(tuple(_found(tree)))


def _found(tree: SourceTree) -> Iterator[LastChange]:
    if day := tree.last_commit:
        yield LastChange(day=day, evidence=Evidence(".git/HEAD", rule=RULE), origin=Origin.RUNNING)
        return
    for path in tree.matching(*CHANGES):
        file = tree.read(path) if "/" not in path else None
        days = [
            ("-".join(match.group(1, 3, 4)), number)
            for number, line in enumerate(file.lines[:MOST_LINES] if file else (), start=1)
            if (match := DAY.search(line))
        ]
        if file and days:
            day, number = max(days, key=lambda found: found[0])
            yield LastChange(day=day, evidence=file.at(number, rule=RULE), origin=Origin.CONVENTION, confidence=0.8)
