"""An existing compose file: datastores by their images, the application's ports, variables and commands."""

import posixpath
import re
import shlex
from collections.abc import Iterator
from typing import Any

from toolkit.facts.manifests import health_checks
from toolkit.facts.manifests.command_line import plain_words
from toolkit.facts.manifests.formats import Tree, yaml_tree
from toolkit.facts.manifests.processes import kind_of
from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import Command, Datastore, EntryPoint, Fact, Origin, Port, Process, Role
from toolkit.facts.secrets import MASK, masked
from toolkit.inventory.source_tree import SourceFile

FILES = (
    "docker-compose*.yml",
    "docker-compose*.yaml",
    "compose.yml",
    "compose.yaml",
    "compose.*.yml",
    "compose.*.yaml",
)

RULE = "compose-file"
CONFIDENCE = 0.7
IMAGE = re.compile(r"(?:[\w.-]+(?::\d+)?/)*([\w.-]+)(?::([\w.-]+))?(?:@\S+)?")
INTERPOLATED = re.compile(r"(?<!\$)\$\{?([A-Za-z_]\w{0,127})")
# The last part of an image's name; the whole name decides for SQL Server (mcr.microsoft.com/mssql/server).
ENGINES = {
    "postgres": "postgres", "postgresql": "postgres", "postgis": "postgres", "timescaledb": "postgres",
    "pgvector": "postgres", "mysql": "mysql", "mysql-server": "mysql", "percona": "mysql", "mariadb": "mariadb",
    "azure-sql-edge": "sqlserver", "oracle-xe": "oracle", "oracle-free": "oracle", "redis": "redis",
    "redis-stack": "redis", "valkey": "redis", "memcached": "memcached", "mongo": "mongodb", "mongodb": "mongodb",
    "rabbitmq": "rabbitmq", "cp-kafka": "kafka", "kafka": "kafka", "elasticsearch": "elasticsearch",
    "opensearch": "elasticsearch", "cassandra": "cassandra", "neo4j": "neo4j", "activemq": "activemq",
    "activemq-classic": "activemq",
}  # fmt: skip


def read(file: SourceFile) -> Iterator[Fact]:
    tree = yaml_tree(file)
    development = re.search(r"[.-](?:dev|development|test|ci|local|override)\b", file.name) is not None
    alternative = "development" if development else ""
    services = tree.table("services") or (
        tree.value if isinstance(tree.value, dict) and "services" not in tree.value else {}
    )
    for name, service in services.items():
        if isinstance(service, dict) and isinstance(name, str):
            path: tuple[Any, ...] = ("services", name) if tree.table("services") else (name,)
            yield from _service(file, tree, path, name, alternative)


def read_example(file: SourceFile) -> Iterator[Fact]:
    """The datastores of a guide's example, and the variables of the other services: it names the application by its image."""
    tree = yaml_tree(file)
    shared: dict[str, Any] = {"origin": Origin.RUNNING, "confidence": CONFIDENCE}
    for name, service in tree.table("services").items():
        if isinstance(service, dict) and isinstance(name, str):
            path = ("services", name)
            if not _engine(tree.text(*path, "image")):
                yield from _environment(file, tree, path, name, shared)
            else:
                yield from _service(file, tree, path, name, "")


def _engine(image: str) -> str:
    """The datastore that an image holds, or empty."""
    if "mssql/server" in image:
        return "sqlserver"
    return ENGINES.get(match[1], "") if (match := IMAGE.match(image[:300])) else ""


def _service(file: SourceFile, tree: Tree, path: tuple[Any, ...], name: str, alternative: str) -> Iterator[Fact]:
    shared: dict[str, Any] = {"origin": Origin.RUNNING, "confidence": CONFIDENCE, "alternative": alternative}
    image = tree.text(*path, "image")
    yield from _interpolated(file, tree, path)
    match = IMAGE.match(image[:300])
    if engine := _engine(image):
        version = re.match(r"\d+(?:\.\d+){0,2}", (match[2] or "") if match else "")
        place = file.at(tree.line(*path, "image"), rule=RULE)
        yield Datastore(engine=engine, version=version[0] if version else None, evidence=place, **shared)
        return
    if not tree.get(*path, "build") and image:
        return  # somebody else's program
    place = file.at(tree.line(*path), rule=RULE)
    text, words = _command(tree.get(*path, "command"))
    yield Process(name=name[:60], kind=kind_of(name, text), evidence=place, **shared)
    if text:
        at = file.at(tree.line(*path, "command"), rule=RULE)
        shown = masked(text)
        argv = () if MASK in shown else words or plain_words(shown)
        yield Command(text=shown[:4000], role=Role.START, argv=argv, service=name[:60], evidence=at, **shared)
    for index, port in enumerate(tree.items(*path, "ports")):
        target = port.get("target") if isinstance(port, dict) else str(port).partition("/")[0].rpartition(":")[2]
        if str(target).isdecimal() and 0 < int(str(target)[:6]) < 65536:
            at = file.at(tree.line(*path, "ports", index), rule=RULE)
            yield Port(number=int(str(target)), service=name[:60], evidence=at, **shared)
    yield from _environment(file, tree, path, name, shared)
    test, _ = _command(tree.get(*path, "healthcheck", "test"))
    at = file.at(tree.line(*path, "healthcheck", "test"), rule=RULE)
    yield from health_checks.read(test, at, CONFIDENCE, _context(file, tree, path))


def _interpolated(file: SourceFile, tree: Tree, path: tuple[Any, ...]) -> Iterator[Fact]:
    """Variables in names of images and containers: compose reads them, and no container gets them by that."""
    for key in ("image", "container_name"):
        for name in INTERPOLATED.findall(tree.text(*path, key)[:500]):
            place = file.at(tree.line(*path, key), rule=RULE)
            yield EntryPoint(kind="compose_variable", value=name, evidence=place, origin=Origin.RUNNING)


def _context(file: SourceFile, tree: Tree, path: tuple[Any, ...]) -> str:
    """The folder of the tree that a service is built from; empty for the file's own."""
    context = tree.text(*path, "build", "context") or tree.text(*path, "build")
    folder = posixpath.normpath(posixpath.join(file.directory, context)) if re.match(r"[\w.]", context) else ""
    return "" if folder.startswith("..") else folder.removeprefix(".")


def _command(value: Any) -> tuple[str, tuple[str, ...]]:
    if isinstance(value, str):
        return " ".join(value.split()), ()
    if isinstance(value, list):
        words = tuple(str(word) for word in value)
        return shlex.join(words), words
    return "", ()


def _environment(
    file: SourceFile, tree: Tree, path: tuple[Any, ...], name: str, shared: dict[str, Any]
) -> Iterator[Fact]:
    given = tree.get(*path, "environment")
    pairs: list[tuple[str, str | None, tuple[Any, ...]]] = []
    if isinstance(given, dict):
        pairs = [
            (str(key), None if value is None else str(value), (*path, "environment", key))
            for key, value in given.items()
        ]
    elif isinstance(given, list):
        for index, item in enumerate(given):
            key, equals, value = str(item).partition("=")
            pairs.append((key, value if equals else None, (*path, "environment", index)))
    for key, text, where in pairs:
        known = None if text is None or "${" in text else text
        fact = variable(key, known, file.at(tree.line(*where), rule=RULE), service=name[:60], **shared)
        if fact:
            yield fact
