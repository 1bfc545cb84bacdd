"""An existing Dockerfile: what it exposes, starts, sets and asks. Somebody's earlier try, so less certain than what runs."""

import json
import re
from collections.abc import Iterator

from toolkit.facts.manifests import health_checks
from toolkit.facts.manifests.command_line import plain_words
from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import Command, Fact, Origin, Port, Role, Runtime, SystemPackage, WritableFolder
from toolkit.facts.secrets import MASK, masked
from toolkit.inventory.source_tree import SourceFile

FILES = ("Dockerfile", "Dockerfile.*", "*.dockerfile", "*.Dockerfile", "Containerfile")

RULE = "dockerfile"
CONFIDENCE = 0.6
INSTRUCTION = re.compile(r"\s{0,200}([A-Za-z]{3,12})\s{1,20}(.*)", re.DOTALL)
IMAGE = re.compile(
    r"(?:--platform=\S+\s{1,20})?(?:[\w.-]+(?::\d+)?/)*([\w.-]+)(?::v?([\w.-]+))?(?:@\S+)?(?:\s{1,20}[Aa][Ss]\s{1,20}(\S+))?"
)
LANGUAGES = {
    "python": "python", "node": "node", "php": "php", "ruby": "ruby", "golang": "go", "openjdk": "java",
    "eclipse-temurin": "java", "amazoncorretto": "java", "sdk": "dotnet", "aspnet": "dotnet", "runtime": "dotnet",
    "perl": "perl", "elixir": "elixir",
}  # fmt: skip
DATASTORE = re.compile(
    r"(?:^|/)(?:postgres|postgis|mysql|mariadb|mongo|redis|valkey|memcached|rabbitmq|elasticsearch|opensearch|solr|influxdb|mssql[\w/-]{0,40})(?:[:@\s]|$)"
)
PACKAGES = re.compile(r"\b(?:apt-get|apt)\s{1,20}(?:-\S+\s{1,20})*install\s{1,20}([^&|;]{1,3000})")
PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]{1,60}")


def read(file: SourceFile) -> Iterator[Fact]:
    instructions = list(_instructions(file))
    if DATASTORE.search(next((value for _, name, value in reversed(instructions) if name == "FROM"), "")):
        return  # a datastore of the application's, with settings or extensions of its own
    folder = ""  # where the application lies
    last_stage = max((number for number, (_, name, _) in enumerate(instructions) if name == "FROM"), default=0)
    for number, (line, name, value) in enumerate(instructions):
        place = file.at(line, rule=RULE)
        if name == "FROM":
            yield from _runtime(file, line, value)
        elif name == "RUN":
            for match in list(PACKAGES.finditer(value))[:20]:
                for word in match[1].split():
                    package = word.partition("=")[0]
                    if PACKAGE.fullmatch(package):
                        yield SystemPackage(name=package, evidence=place, origin=Origin.RUNNING, confidence=CONFIDENCE)
        elif number < last_stage:
            continue
        elif name == "EXPOSE":
            for word in value.split():
                digits = word.partition("/")[0]
                if digits.isdecimal() and 0 < int(digits[:6]) < 65536:
                    yield Port(number=int(digits), evidence=place, origin=Origin.RUNNING, confidence=CONFIDENCE)
        elif name == "WORKDIR":
            folder = value.strip("'\"").rstrip("/")
        elif name == "VOLUME":
            for path in re.findall(r"[\w./-]{2,200}", value):
                if folder and path.startswith(f"{folder}/"):
                    yield WritableFolder(
                        path=path[len(folder) + 1 :].rstrip("/"),
                        evidence=place,
                        origin=Origin.RUNNING,
                        confidence=CONFIDENCE,
                    )
        elif name == "ENV":
            for key, text in _assignments(value):
                fact = variable(key, None if "$" in text else text, place, required=False, confidence=CONFIDENCE)
                if fact:
                    yield fact
        elif name == "HEALTHCHECK":
            yield from health_checks.read(value, place, CONFIDENCE)
        elif name == "CMD" and number == max(i for i, (_, n, _) in enumerate(instructions) if n == "CMD"):
            yield from _start(file, line, value)


def _instructions(file: SourceFile) -> Iterator[tuple[int, str, str]]:
    """Line, name and value of each instruction, continuations joined, comments and here-documents left out."""
    text, first, ends_with = "", 0, ""
    for number, line in enumerate(file.lines, start=1):
        stripped = line.strip()
        if ends_with:
            ends_with = "" if stripped == ends_with else ends_with
            continue
        if stripped.startswith("#") or (not stripped and not text):
            continue
        first = first or number
        if stripped.endswith("\\"):
            text += stripped[:-1] + " "
            continue
        match = INSTRUCTION.match((text + stripped)[:20_000])
        if match:
            yield first, match[1].upper(), match[2].strip()
            if here := re.search(r"<<-?['\"]?(\w{1,40})['\"]?", match[2]):
                ends_with = here[1]
        text, first = "", 0


def _runtime(file: SourceFile, line: int, value: str) -> Iterator[Fact]:
    match = IMAGE.match(value[:500])
    if match and (language := LANGUAGES.get(match[1])):
        version = re.match(r"[0-9]+(?:\.[0-9]+){0,2}", match[2] or "")
        yield Runtime(
            name=language,
            version=version[0] if version else None,
            constraint=(match[2] or "")[:60],
            evidence=file.at(line, rule=RULE),
            origin=Origin.RUNNING,
            confidence=CONFIDENCE,
        )


def _assignments(value: str) -> Iterator[tuple[str, str]]:
    """`ENV A=1 B="two words"` and the old `ENV A one two`."""
    if not re.match(r"[\w.-]{1,128}=", value):
        name, _, rest = value.partition(" ")
        yield name, rest.strip().strip("'\"")
        return
    for match in re.finditer(r"([\w.-]{1,128})=(?:\"([^\"]{0,1000})\"|'([^']{0,1000})'|(\S{0,1000}))", value):
        yield match[1], next(group for group in match.groups()[1:] if group is not None)


def _start(file: SourceFile, line: int, value: str) -> Iterator[Fact]:
    words: tuple[str, ...] = ()
    if value.startswith("["):
        try:
            parsed = json.loads(value[:4000])
        except (json.JSONDecodeError, RecursionError):
            parsed = None
        words = tuple(parsed) if isinstance(parsed, list) and all(isinstance(word, str) for word in parsed) else ()
        text = " ".join(words)
    else:
        text = value
    shown = masked(text)
    if text:
        yield Command(
            text=shown[:4000],
            role=Role.START,
            argv=() if MASK in shown else words or plain_words(shown),
            evidence=file.at(line, rule=RULE),
            origin=Origin.RUNNING,
            confidence=CONFIDENCE,
        )
