"""Build tools that come with the source: mvnw and gradlew, and the version that their properties name."""

import re
from collections.abc import Iterator

from toolkit.facts.model import Fact, Origin, PackageManager
from toolkit.inventory.source_tree import SourceFile

FILES = ("mvnw", "gradlew", "maven-wrapper.properties", "gradle-wrapper.properties")

RULE = "build-wrapper"
DISTRIBUTION = re.compile(r"\s{0,200}distributionUrl\s{0,20}=.*?/(?:apache-maven|gradle)-([0-9][0-9.]{0,20}[0-9])")


def read(file: SourceFile) -> Iterator[Fact]:
    name = "gradle" if "gradle" in file.name else "maven"
    if file.name in ("mvnw", "gradlew"):
        yield PackageManager(name=name, evidence=file.at(rule=RULE), origin=Origin.RUNNING)
        return
    for number, line in enumerate(file.lines, start=1):
        if match := DISTRIBUTION.match(line[:500]):
            place = file.at(number, rule=RULE)
            yield PackageManager(name=name, version=match[1], evidence=place, origin=Origin.RUNNING)
            return
