"""Where a program in Go listens, as the file of settings that comes with its source says: conf/app.ini, config.yaml.

https://github.com/go-ini/ini, https://beego.wiki/docs/mvc/controller/config/, https://github.com/spf13/viper#readme
"""

import re
from collections.abc import Iterator

from toolkit.facts.model import Fact, Origin, Port
from toolkit.facts.source.ports import is_own
from toolkit.facts.source.project import Project
from toolkit.inventory.source_tree import SourceFile

RULE = "go-settings"
FILES = re.compile(
    r"(?i)(?:(?:conf|config|configs|etc)/)?(?:app|application|conf|config|default|server|settings)"
    r"(?:[._-](?:default|dist|example|prod|production|sample|template))?\.(?:conf|ini|toml|ya?ml)(?:[._-](?:default|dist|example|sample|template))?"
)
SECTION = re.compile(r"\[([\w.-]{1,60})\]|(\w[\w.-]{0,60}):\s{0,9}(?:#.*)?$")
# Sections whose address is the program's own.
OWN = re.compile(
    r"(?i)(?:(?:api|app|application|base|common|default|general|global|http|listen|main|run|server|service|site|system|web)[\w-]{0,20})?"
)
SETTING = re.compile(
    r"(?i)['\"]?(?:(?:app|http|listen|server|web)[_-]?)?(?:addr|address|bind|listen|port)['\"]?\s{0,20}[=:]\s{0,20}['\"]?(?:[\w.]{0,60}:)?(\d{2,5})['\"]?\s{0,9}(?:[#;].*)?$"
)


def read(project: Project) -> Iterator[Fact]:
    homes = {project.places.home(file.path) for file in project.code(".go")}
    for path in project.tree.paths:
        home = project.places.home(path) if homes else ""
        if home in homes and FILES.fullmatch(path.removeprefix(f"{home}/")) and (file := project.tree.read(path)):
            yield from _port(file)


def _port(file: SourceFile) -> Iterator[Port]:
    """The first that stands by itself or in a section of the program's own."""
    section = ""
    for number, line in enumerate(file.lines[:2000], start=1):
        if match := SECTION.match(line):
            section = match[1] or match[2]
        elif line[:1].strip() and file.path.rpartition(".")[2].startswith("y"):
            section = ""
        if (match := SETTING.match(line.strip()[:200])) and OWN.fullmatch(section) and is_own(int(match[1])):
            yield Port(
                number=int(match[1]), evidence=file.at(number, rule=RULE), origin=Origin.CONVENTION, confidence=0.8
            )
            return
