"""INI files and their kin: setup.cfg, systemd units, supervisor."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.inventory.source_tree import SourceFile

INI_SECTION = re.compile(r"\s{0,200}\[([^\]\n]{1,200})\]")
INI_ENTRY = re.compile(r"([^=\s\[#;][^=]{0,200}?)[ \t]{0,80}=\s{0,20}(.*)")


@dataclass(frozen=True)
class Entry:
    """One `key = value` of an INI file; the value of a continued one has its lines joined by newlines."""

    section: str
    key: str
    value: str
    line: int


def ini_entries(file: SourceFile, *, backslash: bool = False) -> Iterator[Entry]:
    """The entries of an INI-like file in order, repeated keys included.

    A value goes on in indented lines, or (systemd) after a backslash at the end of its line.
    """
    section = ""
    waiting: Entry | None = None
    for number, line in enumerate(file.lines, start=1):
        text = line.strip()
        if waiting and backslash and waiting.value.endswith("\\"):
            waiting = Entry(section, waiting.key, waiting.value[:-1].rstrip() + " " + text, waiting.line)
        elif text.startswith(("#", ";")):
            continue
        elif waiting and not backslash and text and line[0] in " \t":
            waiting = Entry(section, waiting.key, f"{waiting.value}\n{text}".strip("\n"), waiting.line)
        else:
            if waiting:
                yield waiting
            waiting = None
            if match := INI_SECTION.match(line):
                section = match[1].strip()
            elif match := INI_ENTRY.match(text):
                waiting = Entry(section, match[1], match[2], number)
    if waiting:
        yield waiting
