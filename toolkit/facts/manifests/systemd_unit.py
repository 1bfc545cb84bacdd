"""systemd units: the process, its variables and folders. What a timer starts is the business of systemd_timers."""

import re
import shlex
from collections.abc import Iterator

from toolkit.facts.manifests.command_line import read_command
from toolkit.facts.manifests.formats import Entry, ini_entries
from toolkit.facts.manifests.processes import kind_of
from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import ConfigFile, Fact, Origin, Process, Role, WritableFolder
from toolkit.inventory.source_tree import SourceFile

FILES = ("*.service", "*.service.in", "*.service.template", "*.service.example", "*.service.sample", "*.systemd")

RULE = "systemd-unit"
PREFIXES = re.compile(r"^[-@:+!|]+")
# Folders that systemd makes below its own: https://www.freedesktop.org/software/systemd/man/latest/systemd.exec.html
FOLDERS = {
    "StateDirectory": "/var/lib",
    "CacheDirectory": "/var/cache",
    "LogsDirectory": "/var/log",
    "RuntimeDirectory": "/run",
}


def read(file: SourceFile) -> Iterator[Fact]:
    name = re.sub(r"\.(?:service(?:\.\w+)?|systemd)$", "", file.name).rstrip("@")
    if name == "init":  # one of several scripts for as many kinds of hosts: it names no process
        name = ""
    entries = [entry for entry in ini_entries(file, backslash=True) if entry.section == "Service"]
    starts = [entry for entry in entries if entry.key == "ExecStart" and entry.value]
    # A oneshot ends by itself: it is what a timer or a deployment starts, and no process of the application.
    if not starts or any(entry.key == "Type" and entry.value == "oneshot" for entry in entries):
        return
    user, directory = (next((e.value for e in entries if e.key == key), "") for key in ("User", "WorkingDirectory"))
    for entry in starts:
        text = PREFIXES.sub("", entry.value)
        place = file.at(entry.line, rule=RULE)
        process = Process(name=name, kind=kind_of(name, text), evidence=place, origin=Origin.RUNNING)
        if entry is starts[0] and name:
            yield process
        yield from read_command(text, Role.START, process, service=name, user=user, directory=directory)
    for entry in entries:
        yield from _setting(file, entry, name)


def _setting(file: SourceFile, entry: Entry, name: str) -> Iterator[Fact]:
    place = file.at(entry.line, rule=RULE)
    fact: Fact | None = None
    if entry.key == "Environment":
        for word in _words(entry.value):
            key, equals, value = word.partition("=")
            if equals and (fact := variable(key, value, place, service=name)):
                yield fact
    elif entry.key == "EnvironmentFile":
        if path := entry.value.lstrip("-").strip():
            yield ConfigFile(path=path, evidence=place, origin=Origin.RUNNING)
    elif entry.key == "ExecStartPre":
        text = PREFIXES.sub("", entry.value)
        before = Process(name=name, evidence=place, origin=Origin.RUNNING, confidence=0.8)
        role = Role.RELEASE if re.search(r"\b(?:migrate|db upgrade|db:migrate|upgrade head)\b", text) else Role.HOST
        yield from read_command(text, role, before)
    elif entry.key in FOLDERS or entry.key == "ReadWritePaths":
        for folder in _words(entry.value):
            path = f"{FOLDERS[entry.key]}/{folder}" if entry.key in FOLDERS else folder.lstrip("-+")
            yield WritableFolder(path=path, evidence=place, origin=Origin.RUNNING, confidence=0.95)


def _words(text: str) -> list[str]:
    try:
        return shlex.split(text[:4000])
    except ValueError:
        return text.split()
