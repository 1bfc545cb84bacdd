"""Go code: main packages, ports, variables."""

import re
from collections.abc import Iterator

from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import EntryPoint, EnvironmentVariable, Fact, Origin, Port
from toolkit.facts.source.ports import is_own
from toolkit.facts.source.project import Project
from toolkit.facts.source.system_variables import is_of_the_system

RULE = "go-application"
MAIN = re.compile(r"^package main\b", re.MULTILINE)
FUNCTION = re.compile(r"^func main\(\)", re.MULTILINE)
IGNORED = re.compile(r"^//(?:go:build|\s{0,20}\+build)\s{1,20}(?:ignore|tools|windows|darwin)\b", re.MULTILINE)
SERVES = re.compile(r"ListenAndServe|\.Run\(|\.Start\(|\.Listen\(|http\.Serve\(")
LISTEN = re.compile(
    r"(?:ListenAndServe(?:TLS)?|\.Run|\.Start|\.Listen)\(\s{0,20}\"[\w.]{0,60}:(\d{2,5})\"|\bAddr:\s{0,20}\"[\w.]{0,60}:(\d{2,5})\""
)
# flag.String("addr", ":8080", …), flag.IntVar(&port, "port", 9000, …): where it listens without that option.
FLAG = re.compile(
    r"\bflag\.(?:Int|String)(?:Var)?\(\s{0,20}(?:&[\w.]{1,60},\s{0,20})?\"[\w.-]{0,30}(?:port|addr|address|listen|bind)\","
    r"\s{0,20}(?:\"[\w.]{0,60}:(\d{2,5})\"|\"?(\d{2,5})\"?)"
)
LOOKUP = re.compile(r"os\.(?:Getenv|LookupEnv)\(\s{0,20}\"([A-Za-z_]\w{0,100})\"\s{0,20}\)")
HELPER = re.compile(
    r"\b[gG]et_?[eE]nv\w{0,20}\(\s{0,20}\"([A-Za-z_]\w{0,100})\"\s{0,20},\s{0,20}\"?([^\"\n,()]{0,200})\"?\s{0,20}\)"
)
TAG = re.compile(r"`[^`\n]{0,200}?\b(?:env|envconfig):\"([A-Za-z_]\w{0,100})[^\"`\n]{0,60}\"([^`\n]{0,200})`")
TAG_DEFAULT = re.compile(r"\b(?:envDefault|default|env-default):\"([^\"`\n]{0,200})\"")


def read(project: Project) -> Iterator[Fact]:
    variables: dict[tuple[str, str], EnvironmentVariable] = {}
    mains: set[str] = set()
    for file in project.code(".go"):
        home = project.places.home(file.path)
        if (
            MAIN.search(file.text)
            and FUNCTION.search(file.text)
            and not IGNORED.search(file.text)
            and file.directory not in mains
        ):
            mains.add(file.directory)
            relative = file.directory.removeprefix(home).strip("/")
            place = file.at(file.line_of(FUNCTION.search(file.text).start()), rule=RULE)  # type: ignore[union-attr]
            confidence = (
                0.95 if SERVES.search(file.text) else 0.8 if not relative or relative.startswith("cmd/") else 0.5
            )
            yield EntryPoint(
                kind="go_main",
                value=f"./{relative}" if relative else ".",
                evidence=place,
                origin=Origin.CONVENTION,
                confidence=confidence,
            )
        if match := LISTEN.search(file.text):
            number = int(match[1] or match[2])
            if is_own(number):
                place = file.at(file.line_of(match.start()), rule=RULE)
                yield Port(number=number, evidence=place, origin=Origin.CONVENTION, confidence=0.85)
        if match := FLAG.search(file.text):
            number = int(match[1] or match[2])
            if is_own(number):
                place = file.at(file.line_of(match.start()), rule=RULE)
                yield Port(number=number, evidence=place, origin=Origin.CONVENTION, confidence=0.8)
        for offset, name, default in _lookups(file.text):
            place = file.at(file.line_of(offset), rule=RULE)
            fact = variable(name, default, place, origin=Origin.RUNNING, required=False)
            if not fact or is_of_the_system(name):
                continue
            if default and default.isdecimal() and name.endswith("PORT") and is_own(int(default[:6]), name):
                yield Port(number=int(default), evidence=place, origin=Origin.CONVENTION, confidence=0.85)
            variables.setdefault((home, name), fact)
    yield from variables.values()


def _lookups(text: str) -> Iterator[tuple[int, str, str | None]]:
    for match in list(HELPER.finditer(text))[:300]:
        yield match.start(), match[1], match[2]
    for match in list(TAG.finditer(text))[:300]:
        default = TAG_DEFAULT.search(match[2])
        yield match.start(), match[1], default[1] if default else None
    for match in list(LOOKUP.finditer(text))[:300]:
        yield match.start(), match[1], None
