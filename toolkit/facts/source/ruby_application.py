"""Ruby code: Rack and Rails, database.yml, variables, ports, Sidekiq."""

import re
from collections.abc import Iterator

from toolkit.facts.manifests.addresses import SCHEMES, engine_of_name
from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import (
    Command,
    Datastore,
    EntryPoint,
    EnvironmentVariable,
    Fact,
    Origin,
    Port,
    Process,
    Role,
    ServiceKind,
    WritableFolder,
)
from toolkit.facts.source.convention import conventional
from toolkit.facts.source.ports import is_own
from toolkit.facts.source.project import Project
from toolkit.facts.source.system_variables import is_of_the_system
from toolkit.inventory.source_tree import SourceFile

RULE = "ruby-application"
LOOKUP = re.compile(
    r"ENV(?:\[\s{0,20}['\"]([A-Za-z_]\w{0,100})['\"]\s{0,20}\]|\.fetch\(?\s{0,20}['\"]([A-Za-z_]\w{0,100})['\"])"
    r"(?:\s{0,3}(?:,|\)?\s{0,3}\{|\|\|)\s{0,3}(?:'([^'\n]{0,200})'|\"([^\"\n#]{0,200})\"|([0-9]{1,9})\b))?"
)
# A default that is no plain value, behind `ENV.fetch("NAME"`.
COMPUTED = re.compile(r"\s{0,20}(?:,|\)?\s{0,20}(?:\{|do\b|\|\|))")
GEM_NAME = re.compile(r"[a-z][\w-]{1,60}")
SECTION = re.compile(r"^([a-z_]+):")
ADAPTER = re.compile(r"^[ \t]{1,200}adapter:\s{0,20}['\"]?([a-z0-9_]{2,40})")
STORED = re.compile(r"^\s{0,20}(config\.active_storage\.service\s{0,9}=\s{0,9}:local\b)", re.MULTILINE)
UPLOADER = re.compile(r"^\s{0,20}(storage[ (]\s{0,9}:file\b)", re.MULTILINE)


def read(project: Project) -> Iterator[Fact]:
    yield from _rack(project)
    yield from _rails(project)
    yield from _gems(project)
    yield from _uploads(project)
    for file in project.tree.read_all("database.yml", "database.yml.*", "database.*.yml"):
        if "config/" in file.path and project.is_code(file.path):
            yield from _database(file)
    variables: dict[tuple[str, str], EnvironmentVariable] = {}
    for file in project.code(".rb", ".ru", ".yml", ".erb", ".rake"):
        if "ENV" not in file.text or ("config/environments/" in file.path and file.name != "production.rb"):
            continue
        for match in list(LOOKUP.finditer(file.text))[:300]:
            yield from _port(file, match)
            if fact := _variable(file, match):
                variables.setdefault((project.places.home(file.path), fact.name), fact)
    yield from variables.values()


def _rack(project: Project) -> Iterator[Fact]:
    for file in project.tree.read_all("config.ru"):
        if project.is_code(file.path):
            yield EntryPoint(kind="rackup", value="config.ru", evidence=file.at(rule=RULE), origin=Origin.CONVENTION)


def _gems(project: Project) -> Iterator[Fact]:
    """Gems that operators install by hand, where there is no Gemfile."""
    if any(path.rpartition("/")[2] in ("Gemfile", "gems.rb") for path in project.tree.paths):
        return
    for fact in project.facts.facts:
        if isinstance(fact, Command) and fact.argv[:2] == ("gem", "install") and not fact.alternative:
            names = [word for word in fact.argv[2:] if GEM_NAME.fullmatch(word)]
            if names:
                yield EntryPoint(kind="gems", value=" ".join(names), evidence=fact.evidence, origin=Origin.README)
                return


def _rails(project: Project) -> Iterator[Fact]:
    """https://guides.rubyonrails.org/configuring.html"""
    for path in project.tree.matching("*config/application.rb"):
        file = project.tree.read(path)
        if not file or not project.is_code(path):
            continue
        home = project.places.home(path)
        prefix = f"{home}/" if home else ""
        for folder in ("tmp", "log"):
            yield WritableFolder(path=folder, evidence=file.at(rule=RULE), origin=Origin.CONVENTION, directory=home)
        migrations = any(other.startswith(f"{prefix}db/migrate/") for other in project.tree.paths)
        if migrations and not project.has_command(Role.RELEASE, "db:migrate"):
            argv = ("bundle", "exec", "rails", "db:migrate")
            yield conventional(Role.RELEASE, argv, file.at(rule=RULE), home, 0.9)
        if project.depends_on("gem", "sidekiq") and not project.has_command(Role.START, "sidekiq"):
            place = file.at(rule=RULE)
            yield Process(
                name="worker",
                kind=ServiceKind.WORKER,
                evidence=place,
                origin=Origin.CONVENTION,
                confidence=0.75,
                directory=home,
            )
            yield conventional(Role.START, ("bundle", "exec", "sidekiq"), place, home, 0.75, "worker")


def _uploads(project: Project) -> Iterator[Fact]:
    """Where Active Storage and CarrierWave keep files by themselves: https://guides.rubyonrails.org/active_storage_overview.html,
    https://github.com/carrierwaveuploader/carrierwave#readme, reviewed 2026-11-21."""
    for file in project.code("config/environments/production.rb", "uploader.rb"):
        pattern, folder = (UPLOADER, "public/uploads") if file.name.endswith("uploader.rb") else (STORED, "storage")
        if match := pattern.search(file.text):
            yield WritableFolder(
                path=folder,
                evidence=file.at(file.line_of(match.start(1)), rule=RULE),
                origin=Origin.CONVENTION,
                directory=project.places.home(file.path),
            )


def _database(file: SourceFile) -> Iterator[Fact]:
    """database.yml is YAML with Ruby in it, so it is read as text: production's adapter, else the shared one."""
    adapters: dict[str, tuple[int, str]] = {}
    section = ""
    for number, line in enumerate(file.lines[:500], start=1):
        if match := SECTION.match(line):
            section = match[1]
        elif match := ADAPTER.match(line[:200]):
            engine = SCHEMES.get(match[1]) or engine_of_name(match[1])
            if engine:
                adapters.setdefault(section, (number, engine))
    for wanted in ("production", "default", "defaults", "base", "common"):
        if wanted in adapters:
            number, engine = adapters[wanted]
            yield Datastore(engine=engine, evidence=file.at(number, rule=RULE), origin=Origin.RUNNING, confidence=0.95)
            return


def _variable(file: SourceFile, match: re.Match[str]) -> EnvironmentVariable | None:
    name = match[1] or match[2]
    default = next((group for group in match.groups()[2:] if group is not None), None)
    line = file.line_of(match.start())
    if is_of_the_system(name) or file.lines[line - 1].lstrip().startswith("#"):
        return None
    return variable(
        name,
        default,
        file.at(line, rule=RULE),
        origin=Origin.RUNNING,
        required=bool(match[2]) and default is None and not COMPUTED.match(file.text, match.end()),
    )


def _port(file: SourceFile, match: re.Match[str]) -> Iterator[Fact]:
    name = match[1] or match[2]
    default = next((group for group in match.groups()[2:] if group is not None), "")
    if name.endswith("PORT") and default.isdecimal() and is_own(int(default), name):
        place = file.at(file.line_of(match.start()), rule=RULE)
        yield Port(number=int(default), evidence=place, origin=Origin.CONVENTION, confidence=0.85)
