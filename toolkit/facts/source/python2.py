"""Code that only Python 2 can read says which Python is meant."""

import re
from collections.abc import Iterator

from toolkit.facts.manifests.python_syntax import parse
from toolkit.facts.model import Fact, Origin, Runtime
from toolkit.facts.source.project import Project

RULE = "python-2"
MARKS = re.compile(
    r"^[ \t]{0,40}(?:print[ \t]+(?:['\"]|[A-Za-z_][\w.]{0,60}[ \t]*(?:,|%|$))|except[ \t]+[\w.()]{1,80}[ \t]*,[ \t]*\w{1,40}[ \t]*:"
    r"|raise[ \t]+[\w.]{1,80}[ \t]*,[ \t])",
    re.MULTILINE,
)
ENOUGH = 40  # files that are looked at more closely


def read(project: Project) -> Iterator[Fact]:
    homes: set[str] = set()
    looked = 0
    for file in project.code(".py"):
        home = project.places.home(file.path)
        match = MARKS.search(file.text) if home not in homes and looked < ENOUGH else None
        if not match:
            continue
        looked += 1
        if parse(file.text) is None:
            homes.add(home)
            place = file.at(file.line_of(match.start()), rule=RULE)
            yield Runtime(
                name="python", version="2.7", constraint="<3", evidence=place, origin=Origin.CONVENTION, confidence=0.8
            )
