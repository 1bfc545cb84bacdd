"""supervisor's [program:x] blocks: one process each."""

import re
from collections.abc import Iterator

from toolkit.facts.manifests.command_line import read_command
from toolkit.facts.manifests.formats import Entry, ini_entries
from toolkit.facts.manifests.processes import kind_of
from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import Fact, Origin, Process, Role
from toolkit.inventory.source_tree import SourceFile

FILES = (
    "supervisord*.conf",
    "supervisor*.conf",
    "*supervisor*.conf",
    "supervisor/*.conf",
    "*/supervisor/*.conf",
    "supervisor/*.ini",
    "*/supervisor/*.ini",
    "supervisord.ini",
    "*.conf",  # as they lie in /etc/supervisor/conf.d, where they have the names of what they run
)

RULE = "supervisor"
VARIABLE = re.compile(r"([A-Za-z_]\w{0,100})=(?:\"([^\"]{0,500})\"|'([^']{0,500})'|([^,\s]{0,500}))")


def read(file: SourceFile) -> Iterator[Fact]:
    programs: dict[str, dict[str, Entry]] = {}
    for entry in ini_entries(file):
        if entry.section.startswith("program:"):
            programs.setdefault(entry.section.removeprefix("program:").strip(), {})[entry.key] = entry
    for name, entries in programs.items():
        if not (start := entries.get("command")):
            continue
        text = re.sub(r"\s;.*", "", " ".join(start.value.split("\n")))
        place = file.at(start.line, rule=RULE)
        process = Process(name=name, kind=kind_of(name, text), evidence=place, origin=Origin.RUNNING)
        yield process
        user, directory = (entries[key].value if key in entries else "" for key in ("user", "directory"))
        yield from read_command(text, Role.START, process, service=name, user=user, directory=directory)
        if environment := entries.get("environment"):
            for match in VARIABLE.finditer(environment.value[:4000]):
                value = next((group for group in match.groups()[1:] if group is not None), "")
                fact_ = variable(match[1], value, file.at(environment.line, rule=RULE), service=name)
                if fact_:
                    yield fact_
