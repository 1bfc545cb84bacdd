"""Conditions of stacks: whether a folder has what one asks for, and the places that say so."""

from collections.abc import Sequence
from fnmatch import fnmatchcase

from toolkit.catalog.stacks import Condition
from toolkit.facts.manifests import npm_locks
from toolkit.facts.model import Command, Dependency, EntryPoint, Fact, Mode, Runtime
from toolkit.findings import Evidence
from toolkit.inventory.paths import joined
from toolkit.plan.applications.folders import Folder
from toolkit.plan.versions.versions import is_within


def holds(condition: Condition, folder: Folder) -> tuple[Evidence, ...] | None:
    """The places that make a condition true, or None."""
    places: list[Evidence] = []
    named = False
    if condition.file is not None:
        named = True
        if (where := folder.folder_of(condition.file)) is None:
            return None
        path = joined(folder.directory, where, condition.file)
        places += [Evidence(path, rule="recognise")] if "*" not in condition.file else []
    for wanted, kind in (
        (condition.dependency, Dependency),
        (condition.entry_point, EntryPoint),
        (condition.runtime, Runtime),
        (condition.command, Command),
    ):
        if wanted is None:
            continue
        named = True
        facts = _listed(folder) if kind is Dependency else folder.of_type(kind)
        fact = next((f for f in facts if _is_called(f, wanted, condition.versions)), None)
        if fact is None:
            return None
        places.append(fact.evidence)
    if condition.tool is not None:
        named = True
        tool = next(
            (d for d in folder.of_type(Dependency) if fnmatchcase(d.name.lower(), condition.tool.lower())), None
        )
        if tool is None:
            return None
        places.append(tool.evidence)
    for inner in condition.all:
        named = True
        if (held := holds(inner, folder)) is None:
            return None
        places += held
    if condition.any:
        named = True
        first = next((held for inner in condition.any if (held := holds(inner, folder)) is not None), None)
        if first is None:
            return None
        places += first
    if condition.none:
        named = True
        if any(holds(inner, folder) is not None for inner in condition.none):
            return None
    return tuple(dict.fromkeys(places)) if named else None


def _listed(folder: Folder) -> Sequence[Dependency]:
    """Dependencies without what npm's lock files have for others' sake: a tool may bring a whole web framework along."""
    dependencies = folder.of_type(Dependency)
    names = {d.name for d in dependencies if d.evidence.rule != npm_locks.RULE and not d.development}
    return [d for d in dependencies if d.evidence.rule != npm_locks.RULE or d.name in names]


def _is_called(fact: Fact, pattern: str, versions: str) -> bool:
    if isinstance(fact, Dependency):
        if fact.development or not fnmatchcase(fact.name.lower(), pattern.lower()):
            return False
        return not versions or is_within(fact.version, fact.constraint, versions)
    if isinstance(fact, EntryPoint):
        return fact.kind == pattern
    if isinstance(fact, Command):
        return fact.role == pattern and bool(fact.argv) and fact.mode is Mode.PRODUCTION and not fact.alternative
    return isinstance(fact, Runtime) and fact.name == pattern
