"""appsettings*.json and Web.config: connection strings, addresses, how IIS starts an application."""

import re
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from toolkit.facts.manifests.addresses import engine_of_name, engine_of_url
from toolkit.facts.manifests.formats import Tree, json_tree, xml_root
from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import Command, Datastore, EntryPoint, Fact, Origin, Port, Role
from toolkit.inventory.source_tree import SourceFile

FILES = ("appsettings.json", "appsettings.*.json", "Web.config", "web.config", "app.config", "App.config")

RULE = "dotnet-settings"
URL_PORT = re.compile(r"https?://[^/:\s;]{1,100}:(\d{2,5})")
DEVELOPMENT = frozenset({"development", "dev", "local", "test", "testing"})


def read(file: SourceFile) -> Iterator[Fact]:
    yield from _app_settings(file) if file.name.endswith(".json") else _web_config(file)


def _app_settings(file: SourceFile) -> Iterator[Fact]:
    tree = json_tree(file)
    name = file.name.removeprefix("appsettings.").removesuffix("json").strip(".").lower()
    way = "development" if name in DEVELOPMENT else ""
    for key, value in tree.texts("ConnectionStrings").items():
        place = file.at(tree.line("ConnectionStrings", key), rule=RULE)
        yield from _connection(f"ConnectionStrings__{key}", value, place, way)
    for path, value in _leaves(tree):
        if (path[0] == "Kestrel" and path[-1] == "Url") or path in (("Urls",), ("urls",)):
            if match := URL_PORT.search(value):
                place = file.at(tree.line(*path), rule=RULE)
                yield Port(
                    number=int(match[1]), evidence=place, origin=Origin.RUNNING, confidence=0.85, alternative=way
                )
        elif path[0] not in ("ConnectionStrings", "Logging", "AllowedHosts", "Serilog", "$schema"):
            # https://learn.microsoft.com/en-us/aspnet/core/fundamentals/configuration: two underscores for each level
            fact = variable(
                "__".join(path), value, file.at(tree.line(*path), rule=RULE), required=False, alternative=way
            )
            if fact and (fact.secret or "://" in value):
                yield replace(fact, confidence=0.7)


def _leaves(tree: Tree) -> Iterator[tuple[tuple[str, ...], str]]:
    waiting: list[tuple[tuple[str, ...], Any]] = [((), tree.value)]
    count = 0
    while waiting and count < 2000:
        path, value = waiting.pop(0)
        count += 1
        if isinstance(value, dict):
            waiting[:0] = [((*path, str(key)), item) for key, item in value.items()]
        elif isinstance(value, str) and path:
            yield path, value


def _connection(name: str, value: str, place: Any, way: str, provider: str = "") -> Iterator[Fact]:
    fact = variable(re.sub(r"\W", "_", name), None, place, alternative=way)
    if fact:
        yield replace(fact, secret=True)
    engine = engine_of_connection(value, provider)
    if engine:
        yield Datastore(engine=engine, evidence=place, origin=Origin.RUNNING, alternative=way, confidence=0.9)


def engine_of_connection(value: str, provider: str = "") -> str | None:
    """The engine that an ADO.NET connection string is for: https://www.connectionstrings.com/."""
    lowered = value[:2000].lower()
    if provider and "entityclient" not in provider.lower() and (engine := engine_of_name(provider)):
        return engine
    if engine := engine_of_url(value):
        return engine
    if (
        "initial catalog" in lowered
        or "trusted_connection" in lowered
        or "localdb" in lowered
        or "integrated security" in lowered
    ):
        return "sqlserver"
    if "multipleactiveresultsets" in lowered or "trustservercertificate" in lowered:
        return "sqlserver"
    if re.search(r"\bhost\s{0,20}=", lowered) and "username" in lowered:
        return "postgres"
    if (
        re.search(r"\bdata source\s{0,20}=\s{0,20}[^;]{1,200}\.(?:db|sqlite3?|s3db)\b", lowered)
        or "filename=" in lowered
    ):
        return "sqlite"
    if re.search(r"\buid\s{0,20}=", lowered) or re.search(r"\bport\s{0,20}=\s{0,20}3306", lowered):
        return "mysql"
    if "(description=" in lowered.replace(" ", ""):
        return "oracle"
    if re.search(r"\bserver\s{0,20}=", lowered) and re.search(r"\bdatabase\s{0,20}=", lowered):
        return "sqlserver"
    if re.fullmatch(r"[\w.-]{1,100}:6379(?:,.*)?", lowered):
        return "redis"
    return None


def _web_config(file: SourceFile) -> Iterator[Fact]:
    root = xml_root(file)
    for element in root.all("connectionStrings", "add"):
        value = element.attributes.get("connectionString", "")
        place = file.at(element.line, rule=RULE)
        name = element.attributes.get("name", "")
        provider = element.attributes.get("providerName", "")
        for fact in _connection(f"ConnectionStrings__{name}", value, place, "", provider):
            yield fact if isinstance(fact, Datastore) else replace(fact, confidence=0.5)
    for element in root.everything():
        if element.name == "aspNetCore":
            program = element.attributes.get("processPath", "")
            arguments = element.attributes.get("arguments", "").replace("\\", "/").removeprefix("./")
            if program.endswith("dotnet") and re.fullmatch(r"[\w.-]{1,120}\.dll", arguments):
                argv = ("dotnet", arguments)
                place = file.at(element.line, rule=RULE)
                yield Command(
                    text=" ".join(argv),
                    role=Role.START,
                    argv=argv,
                    evidence=place,
                    origin=Origin.RUNNING,
                    confidence=0.9,
                )
    compilation = root.first("system.web", "compilation")
    if compilation:  # ASP.NET on the .NET Framework: ASP.NET Core's web.config has no such section
        place = file.at(compilation.line, rule=RULE)
        yield EntryPoint(
            kind="iis_site", value=file.directory or ".", evidence=place, origin=Origin.RUNNING, confidence=0.9
        )
