"""Django settings modules: databases, writable folders, static files, allowed hosts, migrations."""

import ast
import posixpath
import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from toolkit.facts.manifests.addresses import engine_of_name, engine_of_url
from toolkit.facts.model import Datastore, EntryPoint, Fact, Origin, Role, SystemPackage, WritableFolder
from toolkit.facts.source.convention import conventional
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_environment import alternative
from toolkit.facts.source.python_modules import Module, assigned, text
from toolkit.facts.source.python_values import path_of, tidy
from toolkit.findings import Finding, Severity

RULE = "django-settings"
SETTINGS = frozenset(
    {
        "ALLOWED_HOSTS",
        "DATABASES",
        "INSTALLED_APPS",
        "MEDIA_ROOT",
        "MIDDLEWARE",
        "MIDDLEWARE_CLASSES",
        "ROOT_URLCONF",
        "STATIC_URL",
    }
)
# django-compressor writes what a page needs when it is first asked for, below the folder that collectstatic fills.
# https://django-compressor.readthedocs.io/en/stable/settings.html (COMPRESS_OUTPUT_DIR), reviewed 2026-11-21
COMPRESSOR, COMPRESSED = "compressor", "CACHE"
# GeoDjango loads GDAL, and by way of it GEOS and PROJ, as soon as its models are imported.
# https://docs.djangoproject.com/en/stable/ref/contrib/gis/install/geolibs/, reviewed 2026-11-21
GIS, GIS_PACKAGES = "django.contrib.gis", ("gdal-bin", "libgdal-dev")
ADDRESS = re.compile(r"(?:rediss?|amqps?|mongodb(?:\+srv)?|postgres(?:ql)?|mysql|memcached?)(?:\+\w{1,20})?://")


def read(project: Project) -> Iterator[Fact | Finding]:
    homes: dict[str, Module] = {}
    for module in project.python:
        names = {name for statement in module.top_level() for name, _ in assigned(statement)}
        if len(names & SETTINGS) >= 2 or (names & SETTINGS and "settings" in module.file.path):
            homes.setdefault(module.home, module)
            yield from _settings(module)
    yield from _migrations(project, homes)


def as_served(facts: Sequence[Fact]) -> list[Fact]:
    """The facts with those of the settings module that is served as no other way than production's, whatever its name."""
    served: dict[str, EntryPoint] = {}
    for fact in facts:
        if isinstance(fact, EntryPoint) and fact.kind == "django_settings":
            known = served.get(fact.directory)
            if known is None or fact.confidence > known.confidence:
                served[fact.directory] = fact
    files = {posixpath.join(fact.directory, fact.detail, *fact.value.split(".")) + ".py" for fact in served.values()}
    return [replace(fact, alternative="") if fact.evidence.path in files else fact for fact in facts]


def _settings(module: Module) -> Iterator[Fact | Finding]:
    way = alternative(module)
    compresses = any(text(node) == COMPRESSOR for node in module.nodes if isinstance(node, ast.Constant))
    for statement in module.top_level():
        for name, value in assigned(statement):
            if name == "DATABASES":
                yield from _databases(module, value, way)
            elif name in ("MEDIA_ROOT", "STATIC_ROOT"):
                folder = path_of(module, value)
                if folder and (tidied := tidy(folder)):
                    yield _folder(module, name, tidied, statement.lineno, way)
                    if name == "STATIC_ROOT" and compresses:
                        place = module.file.at(statement.lineno, rule=RULE)
                        folder = f"{tidied}/{COMPRESSED}"
                        yield WritableFolder(path=folder, evidence=place, origin=Origin.RUNNING, alternative=way)
            elif name == "ALLOWED_HOSTS" and not way:
                yield from _allowed_hosts(module, value)
    yield from _addresses(module, way)
    for node in module.nodes:
        if isinstance(node, ast.Constant) and (text(node) or "").startswith(GIS):
            place = module.file.at(node.lineno, rule=RULE)
            yield from (SystemPackage(name=name, evidence=place, origin=Origin.RUNNING) for name in GIS_PACKAGES)
            break


def _folder(module: Module, name: str, path: str, line: int, way: str) -> Fact:
    place = module.file.at(line, rule=RULE)
    if name == "STATIC_ROOT":  # filled by collectstatic when the image is built, and only read afterwards
        return EntryPoint(kind="static_root", value=path, evidence=place, origin=Origin.RUNNING, alternative=way)
    return WritableFolder(path=path, evidence=place, origin=Origin.RUNNING, alternative=way)


def _databases(module: Module, value: ast.expr, way: str) -> Iterator[Fact]:
    for node in ast.walk(value):
        if not isinstance(node, ast.Dict):
            continue
        entries = {text(key): item for key, item in zip(node.keys, node.values, strict=True) if key}
        if not (engine_value := entries.get("ENGINE")):
            continue
        names = [constant for part in ast.walk(engine_value) if isinstance(part, ast.expr) and (constant := text(part))]
        engine = next((found for constant in reversed(names) if (found := engine_of_name(constant))), None)
        if engine:
            place = module.file.at(engine_value.lineno, rule=RULE)
            yield Datastore(engine=engine, evidence=place, origin=Origin.RUNNING, alternative=way, confidence=0.95)
        if engine == "sqlite" and (path := path_of(module, entries.get("NAME"))):
            folder = tidy(path.rpartition("/")[0] or ".")
            if folder:
                place = module.file.at(entries["NAME"].lineno, rule=RULE)
                yield WritableFolder(path=folder, evidence=place, origin=Origin.RUNNING, alternative=way)


def _addresses(module: Module, way: str) -> Iterator[Fact]:
    """Addresses written into the settings: brokers, caches, search engines."""
    seen: set[str] = set()
    for node in module.nodes:
        value = text(node) if isinstance(node, ast.Constant) else None
        if not isinstance(node, ast.Constant) or not value or not ADDRESS.match(value):
            continue
        engine = engine_of_url(value)
        if engine and engine not in seen:
            seen.add(engine)
            place = module.file.at(node.lineno, rule=RULE)
            yield Datastore(engine=engine, evidence=place, origin=Origin.RUNNING, alternative=way, confidence=0.85)


def _allowed_hosts(module: Module, value: ast.expr) -> Iterator[Finding]:
    """A list in the code cannot know the load balancer, whose health checks name the task's address as host."""
    if not isinstance(value, ast.List | ast.Tuple):
        return
    hosts = [text(item) for item in value.elts]
    if all(host is not None for host in hosts) and "*" not in hosts:
        yield Finding(
            "RP080",
            Severity.WARNING,
            "ALLOWED_HOSTS is fixed in the code; health checks of a load balancer come with an IP address as host",
            (module.file.at(value.lineno, rule=RULE),),
            "read it from an environment variable, and allow every host there: the load balancer's rules decide on hosts",
        )


def _migrations(project: Project, homes: dict[str, Module]) -> Iterator[Fact]:
    if project.has_command(Role.RELEASE, "migrate"):
        return
    for home, settings in homes.items():
        prefix = f"{home}/" if home else ""
        first = next(
            (
                path
                for path in project.tree.paths
                if path.startswith(prefix) and re.search(r"/migrations/0\d{3}_\w+\.py$", path)
            ),
            None,
        )
        if first and (file := project.tree.read(first)):
            argv = ("python", "manage.py", "migrate", "--noinput")
            yield conventional(Role.RELEASE, argv, file.at(rule=RULE), settings.home, 0.95)
