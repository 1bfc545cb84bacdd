"""pm2's ecosystem.config.js, read as text: its applications, their scripts and times."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import replace

from toolkit.facts.manifests.command_line import plain_words, read_command
from toolkit.facts.manifests.processes import kind_of
from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import Command, CronJob, EnvironmentVariable, Fact, Mode, Origin, Process, Role
from toolkit.facts.npm_scripts import RUNNERS
from toolkit.inventory.source_tree import SourceFile

FILES = (
    "ecosystem.config.js",
    "ecosystem.config.cjs",
    "ecosystem.json",
    "pm2.json",
    "pm2.config.js",
    "process.json",
    "ecosystem.config.json",
)

RULE = "pm2-ecosystem"
SETTING = re.compile(
    r"\{?[ \t]{0,20}['\"]?(\w{1,40})['\"]?[ \t]{0,20}:[ \t]{0,40}(?:'([^'\n]{0,1000})'|\"([^\"\n]{0,1000})\"|`([^`\n]{0,1000})`|([\w.]{1,40}))"
)
BEGIN = re.compile(r"\{?[ \t]{0,20}['\"]?(?:name|script)['\"]?[ \t]{0,20}:")
ENVIRONMENT = re.compile(r"['\"]?env(?:_(\w{1,40}))?['\"]?[ \t]{0,20}:[ \t]{0,20}\{")
VARIABLE = re.compile(
    r"['\"]?([A-Za-z_]\w{0,100})['\"]?[ \t]{0,20}:[ \t]{0,40}(?:'([^'\n]{0,500})'|\"([^\"\n]{0,500})\"|([\w.]{1,60}))"
)
LISTED = re.compile(r"(?<!\w)['\"]?args['\"]?[ \t]{0,20}:[ \t]{0,20}\[([^\[\]\n]{1,500})\]")
WORD = re.compile(r"'([^'\n]{0,200})'|\"([^\"\n]{0,200})\"")
PRODUCTION = frozenset({None, "production", "prod"})


def read(file: SourceFile) -> Iterator[Fact]:
    lines = [line.strip()[:2000] for line in file.lines]
    begins = [number for number, line in enumerate(lines) if BEGIN.match(line)]
    applications: list[dict[str, tuple[str, int]]] = []
    for number in begins:
        match = SETTING.match(lines[number])
        if not match:
            continue
        if not applications or match[1] in applications[-1]:
            applications.append({})
        applications[-1][match[1]] = (_value(match), number + 1)
    for index, application in enumerate(applications):
        first = min(line for _, line in application.values())
        following = applications[index + 1 : index + 2]
        last = min(line for _, line in following[0].values()) if following else len(lines) + 1
        yield from _application(file, application, first, last)


def _application(file: SourceFile, application: dict[str, tuple[str, int]], first: int, last: int) -> Iterator[Fact]:
    settings = dict(application)
    for number in range(first, min(last, first + 80)):
        text = file.lines[number - 1].strip()[:2000]
        if (listed := LISTED.search(text)) and "args" not in settings:
            words = (match[1] or match[2] or "" for match in WORD.finditer(listed[1]))
            settings["args"] = (shlex.join(words), number)
        for part in text.split(", "):
            match = SETTING.match(part.strip())
            if match and match[1] not in settings:
                settings[match[1]] = (_value(match), number)
    if "script" not in settings:
        return
    script, line = settings["script"]
    place = file.at(line, rule=RULE)
    name = settings.get("name", (script.rpartition("/")[2].partition(".")[0], 0))[0]
    interpreter = settings.get("interpreter", ("", 0))[0]
    program = "" if interpreter == "none" or script in RUNNERS | {"serve"} else interpreter or _interpreter(script)
    text = " ".join(part for part in (program, script.removeprefix("./"), settings.get("args", ("", 0))[0]) if part)
    variables = list(_variables(file, name, first, last))
    own = {variable.name: variable.example for variable in variables}
    mode = Mode.DEVELOPMENT if own.get("NODE_ENV") == "development" else Mode.PRODUCTION
    schedule = settings.get("cron_restart", settings.get("cron", ("", 0)))[0]
    if schedule and settings.get("autorestart", ("true", 0))[0] == "false":
        yield CronJob(schedule=schedule, command=text, argv=plain_words(text), evidence=place, origin=Origin.RUNNING)
    else:
        process = Process(name=name, kind=kind_of(name, text), evidence=place, origin=Origin.RUNNING)
        yield process
        for fact in read_command(text, Role.START, process, service=name):
            yield replace(fact, mode=mode) if isinstance(fact, Command) else fact
    yield from variables


def _variables(file: SourceFile, name: str, first: int, last: int) -> Iterator[EnvironmentVariable]:
    found: dict[str, EnvironmentVariable] = {}
    inside = production = False
    for number in range(first, min(last, first + 80)):
        line = file.lines[number - 1][:2000]
        begin = ENVIRONMENT.search(line)
        if begin:
            inside, production = begin[1] in PRODUCTION, begin[1] is not None
            line = line[begin.end() :]
        if inside:
            for match in VARIABLE.finditer(line.partition("}")[0]):
                value = next((group for group in match.groups()[1:] if group is not None), None)
                fact = variable(match[1], value, file.at(number, rule=RULE), service=name)
                if fact and (production or match[1] not in found):
                    found[match[1]] = fact
            inside = "}" not in line
    yield from found.values()


def _value(match: re.Match[str]) -> str:
    return next((group for group in match.groups()[1:] if group is not None), "")


def _interpreter(script: str) -> str:
    """What pm2 runs a script with: https://pm2.keymetrics.io/docs/usage/application-declaration/."""
    endings = {".py": "python", ".rb": "ruby", ".php": "php", ".sh": "bash"}
    return next((program for ending, program in endings.items() if script.endswith(ending)), "node")
