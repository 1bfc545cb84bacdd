"""Configuration files shown inside a README, read by the readers of such files."""

import re
from collections.abc import Iterator

from toolkit.documents.model import Kind
from toolkit.facts.model import Command, ConfigFile, Datastore, Fact, Mode, Role
from toolkit.facts.readme.code_kind import CodeKind
from toolkit.facts.readme.commands import WORKER_NAME
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.page import Page, Passage
from toolkit.facts.secrets import MASK, masked
from toolkit.facts.shell import parse

EXEC_START = re.compile(r"^[ \t]{0,20}ExecStart[ \t]{0,4}=[ \t]{0,4}-?([^\n]{1,600})", re.MULTILINE)
PROGRAM = re.compile(r"^[ \t]{0,20}\[program:([\w.-]{1,60})\]", re.MULTILINE)
SUPERVISED = re.compile(r"^[ \t]{0,20}command[ \t]{0,4}=[ \t]{0,4}([^\n]{1,600})", re.MULTILINE)
PROCFILE = re.compile(r"^([A-Za-z][\w-]{0,40}):[ \t]{1,8}([^\n]{1,600})", re.MULTILINE)
SCHEME = re.compile(r"(?<![A-Za-z0-9+:])((?:jdbc:)?[a-z][a-z0-9+]{2,20}):(?://|[a-z@])")
CONNECTION = re.compile(
    r"(?i)\b(?:data source|server)\s{0,2}=[^;\"'\n]{1,120};[^\n\"']{0,200}?(?:initial catalog|database)\s{0,2}="
)
UNIT_NAME = re.compile(r"([\w@.-]{1,60})\.service\b")


def read(page: Page, draft: Draft) -> Iterator[Fact]:
    """Start commands and datastores of configuration blocks."""
    for passage in page.passages:
        if passage.aside:
            continue
        if passage.block.kind == Kind.CODE:
            yield from _commands(passage, draft)
            yield from _addresses(passage, draft)
        elif passage.block.kind != Kind.HEADING and ("://" in passage.block.text or "jdbc:" in passage.block.text):
            yield from _addresses(passage, draft)


def _commands(passage: Passage, draft: Draft) -> Iterator[Fact]:
    text = passage.block.text
    if passage.kind == CodeKind.UNIT:
        unit = UNIT_NAME.search(passage.lead)
        for match in EXEC_START.finditer(text):
            yield _start(match[1], passage, draft, "unit-file", match.start(), unit[1] if unit else "")
    elif passage.kind == CodeKind.INI and PROGRAM.search(text):
        names = [(match.start(), match[1]) for match in PROGRAM.finditer(text)]
        for match in SUPERVISED.finditer(text):
            name = next((name for start, name in reversed(names) if start < match.start()), "")
            yield _start(match[1], passage, draft, "supervisor", match.start(), name)
    elif passage.kind == CodeKind.PROCFILE:
        for match in PROCFILE.finditer(text):
            if match[1] != "release":
                yield _start(match[2], passage, draft, "procfile", match.start(), match[1])


def _start(text: str, passage: Passage, draft: Draft, kind: str, offset: int, name: str) -> Command:
    text = " ".join(text.split())
    shown = masked(text)
    parsed = parse(text)
    argv = parsed[0].argv if len(parsed) == 1 and MASK not in shown and not parsed[0].environment else ()
    known = draft.rules.classify(parsed[0]) if parsed else None
    service = known.rule.service if known and known.rule.role == Role.START and known.rule.service else ""
    if not service:
        service = "worker" if WORKER_NAME.search(name + " " + text) else "web"
    return Command(
        text=shown,
        role=Role.START,
        argv=argv,
        service=service,
        mode=Mode.PRODUCTION,
        **draft.here(passage, "configuration:" + kind, offset),
    )


def _addresses(passage: Passage, draft: Draft) -> Iterator[Fact]:
    text = passage.block.text
    if len(text) > 60_000:
        return
    schemes = {scheme: store.engine for store in draft.rules.datastores for scheme in store.schemes}
    for match in SCHEME.finditer(text):
        scheme = match[1].lower()
        engine = schemes.get(scheme) or schemes.get(scheme.split("+")[0])
        if engine:
            yield Datastore(engine=engine, **draft.here(passage, "datastore:address", match.start()))
    if match := CONNECTION.search(text):
        yield Datastore(engine="sqlserver", **draft.here(passage, "datastore:connection-string", match.start()))


def template_of(fact: ConfigFile) -> str:
    """The sample that a file is copied from."""
    return fact.template
