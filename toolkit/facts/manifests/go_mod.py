"""go.mod: Go version and modules."""

import re
from collections.abc import Iterator

from toolkit.facts.model import Dependency, Fact, Origin, PackageManager, Runtime
from toolkit.inventory.source_tree import SourceFile

FILES = ("go.mod",)

RULE = "go-mod"
REQUIREMENT = re.compile(
    r"^[ \t]{0,200}(?:require\s{1,20})?([a-z0-9][\w.~-]{0,100}(?:/[\w.~-]{1,100}){0,8})\s{1,20}v([0-9][\w.+-]{0,100})(\s{0,20}//\s{0,20}indirect)?"
)
GO = re.compile(r"^[ \t]{0,200}(go|toolchain)\s{1,20}(?:go)?(\d{1,2}(?:\.\d{1,3}){1,2})")


def read(file: SourceFile) -> Iterator[Fact]:
    yield PackageManager(name="go", evidence=file.at(rule=RULE), origin=Origin.RUNNING)
    skipped = False
    for number, line in enumerate(file.lines, start=1):
        text = line[:500]
        skipped = (
            skipped or bool(re.match(r"\s{0,200}(?:replace|exclude|retract)\s{0,20}\(", text))
        ) and not text.startswith(")")
        if skipped or re.match(r"\s{0,200}(?:replace|exclude|retract|module)\b", text):
            continue
        place = file.at(number, rule=RULE)
        if match := GO.match(text):
            # `toolchain` names what the module's authors build it with; both are the oldest that will do.
            constraint = f">={match[2]}"
            yield Runtime(name="go", version=match[2], constraint=constraint, evidence=place, origin=Origin.RUNNING)
        elif match := REQUIREMENT.match(text):
            yield Dependency(
                name=match[1], ecosystem="go", version=match[2], constraint=f"v{match[2]}", evidence=place,
                origin=Origin.RUNNING, confidence=0.7 if match[3] else 1.0,
            )  # fmt: skip
