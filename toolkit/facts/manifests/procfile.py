"""Procfile: one process type and its command on each line."""

import re
from collections.abc import Iterator

from toolkit.facts.manifests.command_line import read_command
from toolkit.facts.manifests.processes import kind_of
from toolkit.facts.model import Fact, Origin, Process, Role
from toolkit.inventory.source_tree import SourceFile

FILES = ("Procfile",)

RULE = "procfile"
LINE = re.compile(r"\s{0,200}([A-Za-z0-9_-]{1,60})\s{0,20}:\s{0,20}(.+)")


def read(file: SourceFile) -> Iterator[Fact]:
    for number, line in enumerate(file.lines, start=1):
        match = LINE.match(line[:5000])
        if not match or line.lstrip().startswith("#"):
            continue
        name, text = match[1], match[2]
        place = file.at(number, rule=RULE)
        release = name == "release"
        process = Process(name=name, kind=kind_of(name, text), evidence=place, origin=Origin.RUNNING)
        if not release:
            yield process
        yield from read_command(text, Role.RELEASE if release else Role.START, process, service="" if release else name)
