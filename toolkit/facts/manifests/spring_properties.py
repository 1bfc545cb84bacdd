"""Spring Boot's application.properties and application.yml: port, paths, datastores, variables."""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from toolkit.facts.manifests.addresses import engine_of_name, engine_of_url
from toolkit.facts.manifests.formats import yaml_trees
from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import Datastore, EntryPoint, EnvironmentVariable, Fact, Origin, Port, WritableFolder
from toolkit.facts.secrets import holds_secret, looks_secret
from toolkit.inventory.source_tree import SourceFile

FILES = (
    "application.properties", "application-*.properties", "application.yml", "application-*.yml", "application.yaml",
    "application-*.yaml", "bootstrap.properties", "bootstrap.yml",
)  # fmt: skip

RULE = "spring-properties"
PRODUCTION = frozenset({"default", "live", "prd", "pro", "prod", "production", "produccion", "producao"})
DEVELOPMENT = frozenset(
    {
        "ci",
        "dev",
        "dev1",
        "development",
        "e2e",
        "integration",
        "it",
        "local",
        "localhost",
        "mock",
        "test",
        "testing",
        "unit",
    }
)
PROPERTY = re.compile(r"\s{0,200}([A-Za-z0-9_.\[\]-]{1,200})\s{0,20}[=:]\s{0,20}(.*)")
PLACEHOLDER = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_.-]{0,120})(?::((?:[^{}]|\$\{[^{}]{0,200}\}){0,500}))?\}")
# Engines that live inside the process, in memory or in a file of its own: nothing to provide.
EMBEDDED = re.compile(r"jdbc:(?:h2|hsqldb|derby)(?::tcp)?:")
# Those in a file: http://www.h2database.com/html/features.html#database_url, and of HSQLDB, Derby and SQLite alike.
IN_FILE = re.compile(
    r"jdbc:(?:h2:(?:file:|(?!\w{2,8}:))|hsqldb:file:|derby:(?:directory:|(?!\w{2,12}:|//))|sqlite:(?!:)(?:file:)?)([~\w./-]{1,200})"
)
# Settings that say where a datastore or a mail relay is: what operations set outside the archive, by variables with the
# names that Spring Boot derives (https://docs.spring.io/spring-boot/reference/features/external-config.html).
ADDRESSES = {
    "spring.datasource.url": "", "spring.datasource.username": "", "spring.datasource.password": "",
    "spring.r2dbc.url": "", "spring.r2dbc.username": "", "spring.r2dbc.password": "",
    "spring.data.mongodb.uri": "mongodb", "spring.data.mongodb.host": "mongodb", "spring.mongodb.uri": "mongodb",
    "spring.redis.host": "redis", "spring.redis.url": "redis", "spring.redis.password": "redis",
    "spring.data.redis.host": "redis", "spring.data.redis.url": "redis", "spring.data.redis.password": "redis",
    "spring.rabbitmq.host": "rabbitmq", "spring.rabbitmq.addresses": "rabbitmq",
    "spring.rabbitmq.username": "rabbitmq", "spring.rabbitmq.password": "rabbitmq",
    "spring.kafka.bootstrap-servers": "kafka", "spring.elasticsearch.uris": "elasticsearch",
    "spring.elasticsearch.rest.uris": "elasticsearch", "spring.activemq.broker-url": "activemq",
    "spring.ldap.urls": "ldap", "spring.mail.host": "", "spring.mail.username": "", "spring.mail.password": "",
}  # fmt: skip
ENGINE_NAMES = frozenset(
    {
        "spring.datasource.driver-class-name", "spring.datasource.driverclassname", "spring.jpa.database",
        "spring.jpa.database-platform", "spring.jpa.properties.hibernate.dialect",
    }
)  # fmt: skip
JDBC_URLS = ("datasource.url", "jdbc-url")
FOLDERS = frozenset(
    {"logging.file", "logging.file.name", "logging.file.path", "logging.path", "spring.servlet.multipart.location"}
)
CONTEXT_PATHS = frozenset(
    {"server.servlet.context-path", "server.context-path", "server.contextpath", "spring.webflux.base-path"}
)


@dataclass(frozen=True)
class Setting:
    """One setting, and the profile of the document it stands in."""

    key: str
    value: str
    line: int
    profile: str = ""


def read(file: SourceFile) -> Iterator[Fact]:
    stem = file.name.rpartition(".")[0]
    own_profile = stem.partition("-")[2]
    settings = list(settings_of(file))
    known = {setting.key for setting in settings}
    engines: set[tuple[str, str]] = set()
    if own_profile in PRODUCTION:
        yield EnvironmentVariable(
            name="SPRING_PROFILES_ACTIVE",
            example=own_profile,
            evidence=file.at(rule=RULE),
            origin=Origin.CONVENTION,
            confidence=0.7,
        )
    for setting in settings:
        profile = own_profile or setting.profile
        for fact in _facts(file, setting, known):
            if isinstance(fact, Datastore):
                if (profile, fact.engine) in engines:
                    continue
                engines.add((profile, fact.engine))
            yield replace(fact, alternative=alternative(profile))


def settings_of(file: SourceFile) -> Iterator[Setting]:
    """All settings of a file, keys in their canonical form. Raises Malformed."""
    return _from_yaml(file) if file.name.endswith((".yml", ".yaml")) else _from_properties(file)


def alternative(profile: str) -> str:
    """What a profile means for facts: production is the way we go, test profiles are another, and so are named ones."""
    profile = profile.strip().lower()
    if not profile or profile in PRODUCTION:
        return ""
    return "development" if profile in DEVELOPMENT else profile[:40]


def _from_properties(file: SourceFile) -> Iterator[Setting]:
    """`#---` begins a document of its own, as in YAML."""
    document: list[Setting] = []
    for number, line in enumerate(file.lines, start=1):
        if line.rstrip() in ("#---", "!---"):
            yield from _with_profile(document)
            document = []
        elif not line.lstrip().startswith(("#", "!")) and (match := PROPERTY.match(line[:4000])):
            document.append(Setting(_canonical(match[1]), match[2].strip(), number))
    yield from _with_profile(document)


def _from_yaml(file: SourceFile) -> Iterator[Setting]:
    for tree in yaml_trees(file):
        yield from _with_profile(
            [Setting(_canonical(key), value, tree.line(*path)) for key, value, path in _flat(tree.value)]
        )


def _flat(value: Any) -> Iterator[tuple[str, str, tuple[Any, ...]]]:
    waiting: list[tuple[str, tuple[Any, ...], Any]] = [("", (), value)]
    count = 0
    while waiting and count < 5000:
        key, path, item = waiting.pop()
        count += 1
        if isinstance(item, dict):
            children = [(f"{key}.{name}" if key else str(name), (*path, name), child) for name, child in item.items()]
            waiting += reversed(children)
        elif isinstance(item, list):
            if all(not isinstance(child, dict | list) for child in item):
                yield key, ",".join(_text(child) for child in item), path
            else:
                waiting += reversed([(f"{key}[{index}]", (*path, index), child) for index, child in enumerate(item)])
        else:
            yield key, _text(item), path


def _text(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)


def _canonical(key: str) -> str:
    """Relaxed binding: contextPath and context_path are context-path."""
    return re.sub(r"(?<=[a-z0-9])([A-Z])", lambda match: "-" + match[1].lower(), key).replace("_", "-").lower()


def _with_profile(document: list[Setting]) -> Iterator[Setting]:
    names = ("spring.profiles", "spring.config.activate.on-profile")
    profile = next((setting.value for setting in document if setting.key in names), "")
    for setting in document:
        yield replace(setting, profile=profile)


def _facts(file: SourceFile, setting: Setting, known: set[str]) -> Iterator[Fact]:
    place = file.at(setting.line, rule=RULE)
    key, value = setting.key, setting.value
    for match in _placeholders(value):
        name, default = match[1], match[2]
        if _canonical(name) in known or ("." in name and name.lower() == name) or name.startswith("project."):
            continue  # another setting of this file, or a system property such as java.io.tmpdir
        name = re.sub(r"[.-]", "_", name).upper()
        fact = variable(name, None if default is None or "${" in default else default, place, required=default is None)
        if fact and _secret_setting(key, default):
            fact = replace(fact, secret=True, example=None)
        elif fact and key.endswith(JDBC_URLS) and not (default and holds_secret(default)):
            fact = replace(fact, secret=False)  # user and password have settings of their own
        if fact:
            yield fact
    literal = PLACEHOLDER.sub(lambda match: match[2] or "", value)
    if key == "server.port" and literal.isdecimal() and 0 < int(literal) < 65536:
        yield Port(number=int(literal), evidence=place, origin=Origin.RUNNING)
    elif key in CONTEXT_PATHS and literal.startswith("/") and literal != "/":
        yield EntryPoint(kind="context_path", value=literal.rstrip("/"), evidence=place, origin=Origin.RUNNING)
    elif key == "spring.profiles.active" and literal:
        yield EnvironmentVariable(
            name="SPRING_PROFILES_ACTIVE",
            example=literal[:200],
            required=False,
            evidence=place,
            origin=Origin.RUNNING,
            confidence=0.8,
        )
    elif key in FOLDERS and "${" not in literal:
        folder = literal if key.endswith(("path", "location")) else literal.rpartition("/")[0]
        if folder:
            yield WritableFolder(path=folder, evidence=place, origin=Origin.RUNNING, confidence=0.9)
    elif (kept := IN_FILE.match(literal)) and not kept[1].startswith("~"):
        yield WritableFolder(
            path=posixpath.dirname(kept[1]) or ".", evidence=place, origin=Origin.RUNNING, confidence=0.9
        )
    yield from _datastores(file, setting, literal)
    # The archive is built once; what differs between environments comes from variables.
    if key in ADDRESSES and "${" not in value and not EMBEDDED.search(value):
        fact = variable(key.replace(".", "_").replace("-", "").upper(), value, place, confidence=0.8)
        if fact:
            yield replace(fact, secret=True, example=None) if _secret_setting(key, value) else fact


def _placeholders(value: str) -> Iterator[re.Match[str]]:
    """Placeholders, those in the default of another included."""
    for match in PLACEHOLDER.finditer(value):
        yield match
        yield from PLACEHOLDER.finditer(match[2] or "")


def _datastores(file: SourceFile, setting: Setting, literal: str) -> Iterator[Fact]:
    place = file.at(setting.line, rule=RULE)
    key = setting.key
    engine: str | None = None
    confidence = 1.0
    if key.endswith((".url", ".uri", ".jdbc-url", ".jdbcurl")) and not EMBEDDED.search(literal):
        engine = engine_of_url(literal)
    elif key in ENGINE_NAMES:
        engine, confidence = engine_of_name(literal), 0.9
    elif ADDRESSES.get(key):
        engine = ADDRESSES[key]
    if engine and engine != "ldap":
        yield Datastore(engine=engine, evidence=place, origin=Origin.RUNNING, confidence=confidence)


def _secret_setting(key: str, value: str | None) -> bool:
    """Whether the setting that a variable fills is itself a secret: collections.api-key=${GATEWAY}."""
    return looks_secret(".".join(key.split(".")[-2:]), value)
