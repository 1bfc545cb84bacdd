"""What the application imports as it starts, and only another list than the one that is installed asks for."""

import posixpath
import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from toolkit.catalog.load import Arguments
from toolkit.facts.manifests.python_syntax import module_files
from toolkit.facts.model import Command, Dependency, EnvironmentVariable, Fact, Role
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.folders import Folder
from toolkit.plan.dependencies.python_imports import imported_libraries, library_of
from toolkit.plan.dependencies.setup_script import constraint_of
from toolkit.plan.dependencies.told_libraries import as_list
from toolkit.plan.ranking import commands_of

_BESIDE = "/opt/beside.txt"
_PLUGINS = re.compile(r"(?:APPS|EXTENSIONS|MODULES|PLUGINS)(?:_|$)")
_LISTS = re.compile(
    r"(?:.*/)?(?:requirements[\w.-]*\.txt|requirements/[\w.-]+\.txt|setup\.py|setup\.cfg|pyproject\.toml|Pipfile)"
)


def asked_elsewhere(
    folder: Folder, used: Collection[str], about: Sequence[Fact], entry_points: Mapping[str, str], tree: SourceTree
) -> list[Dependency]:
    """In the order of their names. `used` are the lists that are installed; what starts the application counts as imported,
    `invoke run`, and what a variable plugs in."""
    asked = sorted((d for d in folder.of_type(Dependency) if d.ecosystem == "pypi"), key=lambda d: not d.development)
    listed = {d.name for d in asked if d.evidence.path in used and not d.development}
    # One that only developers install is needed as well where the application imports it as it starts.
    others = {d.name: d for d in asked if d.name not in listed and _LISTS.fullmatch(d.evidence.path)}
    if not used or not others:
        return []
    starts = commands_of(about, Role.START)
    wanted = {library_of(word) for command in starts for word in (command.argv or command.text.split())[:1]}
    wanted |= {library_of(name) for name in _plugged_in(about)}
    entries = [*_started(starts), *_served(entry_points)]
    wanted |= {library for _, library in imported_libraries(folder, entries, tree)}
    found = [others[name] for name in sorted(others.keys() & wanted)]
    lists = {one.evidence.path for one in found if one.evidence.path.endswith(".txt") and not one.development}
    return [d for d in others.values() if d in found or (d.evidence.path in lists and not d.development)]


def _plugged_in(about: Sequence[Fact]) -> Iterator[str]:
    """Modules that a variable names and the settings load: `SHOP_PLUGINS=shop_mail,shop_chat`."""
    for fact in about:
        if isinstance(fact, EnvironmentVariable) and _PLUGINS.search(fact.name) and not fact.alternative:
            yield from re.findall(r"[a-z]\w{1,60}", fact.example or "")


def installed_beside(libraries: Sequence[Dependency], folder: Folder) -> tuple[Arguments, ...]:
    """How they are installed beside a list, where the source is: their own list as a whole, or each by its name."""
    lists = sorted({d.evidence.path for d in libraries if d.evidence.path.endswith(".txt") and not d.development})
    names = sorted(f"{one.name}{constraint_of(one)}" for one in libraries if one.evidence.path not in lists)
    whole = [word for path in lists for word in ("--requirement", posixpath.relpath(path, folder.directory or "."))]
    step = ("pip", "install", "--no-cache-dir", *whole)
    return ((*step, *names),) if all(re.search("[<>=~]", name) for name in names) else as_list(names, step, _BESIDE)


def _started(starts: Sequence[Command]) -> Iterator[str]:
    return (word.removeprefix("./") for command in starts for word in command.argv if word.endswith(".py"))


def _served(entry_points: Mapping[str, str]) -> Iterator[str]:
    for kind in ("wsgi", "asgi"):
        if module := entry_points.get(kind, "").partition(":")[0].replace(".", "/"):
            yield from module_files(module)
