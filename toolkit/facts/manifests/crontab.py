"""Crontab files: a time and a command on each line."""

import re
from collections.abc import Iterator

from toolkit.facts.manifests.command_line import read_job
from toolkit.facts.model import Fact
from toolkit.inventory.source_tree import SourceFile

FILES = (
    "crontab",
    "crontab.*",
    "*.crontab",
    "*.cron",
    "cron.txt",
    "cron.d/*",
    "*/cron.d/*",
    "crontab-*",
    "*.crontab.example",
)

RULE = "crontab"
FIELD = r"(?:[0-9*,/-]{1,40}|(?:[A-Za-z]{3}[,-]?){1,7})"
LINE = re.compile(
    rf"\s{{0,200}}((?:{FIELD}\s{{1,20}}){{4}}{FIELD}|@(?:reboot|yearly|annually|monthly|weekly|daily|midnight|hourly))\s{{1,20}}(\S.*)"
)
USER = re.compile(r"([a-z_][a-z0-9_-]{0,31}\$?)\s{1,20}(\S.*)")
# A first word that is a program and no user, in files where a user may stand there.
PROGRAMS = frozenset(
    {
        "bash",
        "bundle",
        "cd",
        "curl",
        "docker",
        "env",
        "flock",
        "java",
        "nice",
        "node",
        "npm",
        "php",
        "python",
        "python3",
        "ruby",
        "sh",
        "test",
        "wget",
    }
)


def read(file: SourceFile) -> Iterator[Fact]:
    system = "/cron.d/" in f"/{file.path}" or f"/{file.path}".endswith("/etc/crontab")
    for number, line in enumerate(file.lines, start=1):
        match = LINE.match(line[:4000])
        if not match or line.lstrip().startswith("#"):
            continue
        schedule, text, user = " ".join(match[1].split()), match[2].strip(), ""
        named = USER.match(text)
        if named and (system or named[1] in ("root", "www-data")) and named[1] not in PROGRAMS:
            user, text = named[1], named[2]
        yield read_job(schedule, text, file.at(number, rule=RULE), user=user)
