"""Configuration files shown inside a README, read by the readers of such files."""

import re
from collections.abc import Callable, Iterator
from dataclasses import replace

from toolkit.documents.model import Kind
from toolkit.facts.manifests import (
    compose_file,
    dotnet_settings,
    procfile,
    spring_properties,
    supervisor,
    systemd_unit,
    web_server_site,
)
from toolkit.facts.manifests.formats import Malformed
from toolkit.facts.model import (
    Command,
    ConfigFile,
    Datastore,
    EntryPoint,
    EnvironmentVariable,
    Fact,
    Origin,
    Role,
    WritableFolder,
)
from toolkit.facts.readme.code_kind import CodeKind
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.page import Page, Passage
from toolkit.facts.shell import parse
from toolkit.inventory.source_tree import SourceFile

MAXIMUM_TEXT = 60_000
UNIT_NAME = re.compile(r"([\w@.-]{1,60})\.service\b")
PROGRAM = re.compile(r"^[ \t]{0,20}\[program:", re.MULTILINE)
SCHEME = re.compile(r"(?<![A-Za-z0-9+:])((?:jdbc:)?[a-z][a-z0-9+]{2,20}):(?://|[a-z@])")
CONNECTION = re.compile(
    r"(?i)\b(?:data source|server)\s{0,2}=[^;\"'\n]{1,120};[^\n\"']{0,200}?(?:initial catalog|database)\s{0,2}="
)
SPRING = re.compile(r"^\s{0,8}(?:spring|server|management)[.:]", re.MULTILINE)
# What such a file says of the application. Ports are read elsewhere, with their surroundings.
TAKEN = (Command, Datastore, EnvironmentVariable, ConfigFile, WritableFolder, EntryPoint)

# Kinds of files whose keys are settings: that variables can stand in for them, the text does not say.
SETTINGS = ("spring", "dotnet")

Reader = Callable[[SourceFile], Iterator[Fact]]


def read(page: Page, draft: Draft) -> Iterator[Fact]:
    """Facts of the configuration that a page shows, and datastores that addresses name."""
    for passage in page.passages:
        if passage.aside or len(passage.block.text) > MAXIMUM_TEXT:
            continue
        if passage.block.kind == Kind.CODE:
            if (chosen := _reader(passage)) is not None:
                yield from _read_as(passage, draft, *chosen)
            yield from _addresses(passage, draft)
            if passage.kind not in (CodeKind.SHELL, CodeKind.WINDOWS, CodeKind.PROGRAM):
                yield from _in_settings(passage, draft)
        elif passage.block.kind != Kind.HEADING and ("://" in passage.block.text or "jdbc:" in passage.block.text):
            yield from _addresses(passage, draft)


def _reader(passage: Passage) -> tuple[Reader, str, str] | None:
    """The reader of a block, the name of the file it stands for, and the kind of the rule."""
    text = passage.block.text
    match passage.kind:
        case CodeKind.UNIT:
            unit = UNIT_NAME.search(passage.lead)
            return systemd_unit.read, (unit[1] if unit else "web") + ".service", "unit"
        case CodeKind.INI if PROGRAM.search(text):
            return supervisor.read, "supervisord.conf", "supervisor"
        case CodeKind.PROCFILE:
            return procfile.read, "Procfile", "procfile"
        case CodeKind.NGINX | CodeKind.APACHE:
            return web_server_site.read, "nginx.conf", "web-server"
        case CodeKind.PROPERTIES if SPRING.search(text):
            return spring_properties.read, "application.properties", "spring"
        case CodeKind.YAML if SPRING.search(text):
            return spring_properties.read, "application.yml", "spring"
        case CodeKind.YAML if "services:" in text and ("environment:" in text or "image:" in text):
            return compose_file.read_example, "compose.yaml", "compose"
        case CodeKind.XML if "connectionString" in text:
            return dotnet_settings.read, "web.config", "dotnet"
        case CodeKind.JSON if '"ConnectionStrings"' in text:
            return dotnet_settings.read, "appsettings.json", "dotnet"
    return None


def _read_as(passage: Passage, draft: Draft, reader: Reader, name: str, kind: str) -> Iterator[Fact]:
    """The facts of a block as of a file of that name, with the README's path and lines."""
    file = SourceFile(name, passage.block.text)
    before = passage.block.first_line - 1
    try:
        facts = [fact for fact in reader(file) if isinstance(fact, TAKEN)]
    except Malformed:
        return  # an excerpt, or one with an ellipsis in it
    for fact in facts:
        if isinstance(fact, EnvironmentVariable) and kind in SETTINGS:
            continue
        rule = f"configuration:{kind}"
        place = draft.page.at(fact.evidence.first_line + before, fact.evidence.last_line + before, "readme:" + rule)
        changes: dict[str, object] = {
            "evidence": place,
            "origin": Origin.README,
            "confidence": min(fact.confidence, draft.confidence(rule)),
            # What a container is given is the application's own.
            "alternative": "" if kind == "compose" else passage.scope or fact.alternative,
        }
        if isinstance(fact, Command | EnvironmentVariable):
            changes["service"] = _service(fact, name, draft) if isinstance(fact, Command) else ""
        yield replace(fact, **changes)  # type: ignore[arg-type]


def _service(command: Command, name: str, draft: Draft) -> str:
    """web, worker or scheduler by what runs; the name of the unit is the host's."""
    if command.role != Role.START:
        return ""
    parsed = parse(command.text)
    known = draft.rules.classify(parsed[0]) if parsed else None
    if known and known.rule.role == Role.START and known.rule.service:
        return known.rule.service
    said = f"{name} {command.service} {command.text}"
    if draft.rules.names_scheduler(said):
        return "scheduler"
    return "worker" if draft.rules.names_worker(said) else "web"


def _addresses(passage: Passage, draft: Draft) -> Iterator[Fact]:
    text = passage.block.text
    schemes = draft.rules.schemes
    for match in SCHEME.finditer(text):
        scheme = match[1].lower()
        engine = schemes.get(scheme) or schemes.get(scheme.split("+")[0])
        if engine:
            yield Datastore(engine=engine, **draft.here(passage, "datastore:address", match.start()))
    if connection := CONNECTION.search(text):
        yield Datastore(engine="sqlserver", **draft.here(passage, "datastore:connection-string", connection.start()))


def _in_settings(passage: Passage, draft: Draft) -> Iterator[Fact]:
    """Datastores that are values of settings: `DB_CONNECTION=mysql`, `adapter: postgresql`."""
    text = passage.block.text.lower()
    if any(word in text for word in draft.rules.store_settings):
        for match in draft.rules.store_setting.finditer(text):
            if engine := draft.rules.store_named(match[1]):
                yield Datastore(engine=engine, **draft.here(passage, "datastore:setting", match.start()))
