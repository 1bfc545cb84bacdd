"""Runs every reader over a tree. Adding a manifest kind: a module beside this one, one line in registry.py."""

from collections.abc import Iterator
from dataclasses import replace

from toolkit.catalog.dependencies import DependencyTables
from toolkit.facts.manifests.drivers import datastores_of
from toolkit.facts.manifests.formats import Malformed
from toolkit.facts.manifests.registry import READERS, ManifestReader
from toolkit.facts.manifests.systemd_timers import with_jobs
from toolkit.facts.model import Dependency, Fact, Facts
from toolkit.facts.places import Places, without_namesakes
from toolkit.findings import Finding, Severity
from toolkit.inventory.source_tree import SourceFile, SourceTree

MAXIMUM_FILES_OF_A_KIND = 500
MAXIMUM_FACTS_OF_A_FILE = 6000


def read(tree: SourceTree, tables: DependencyTables) -> Facts:
    """The facts of every manifest of the tree, `directory` set to the application folder that each belongs to.

    A file that cannot be read is a finding (RP020) and yields what was read before the fault.
    """
    facts: list[Fact] = []
    findings: list[Finding] = []
    places = Places(without_namesakes(tree))
    for reader in READERS:
        for file in _files(tree, reader):
            if places.of_others(file.path) or places.is_of_library(file.path):
                continue
            directory = places.home(file.path)
            for fact in _read_one(reader, file, findings):
                alternative = fact.alternative or ("development" if places.for_authors(file.path) else "")
                facts.append(replace(fact, directory=fact.directory or directory, alternative=alternative))
    facts = list(with_jobs(tree, places, _without_distant_dependencies(facts, tables)))
    return Facts((*facts, *datastores_of(facts, tables)), findings=tuple(findings))


def _files(tree: SourceTree, reader: ManifestReader) -> Iterator[SourceFile]:
    """The reader's files, and those they include, once each."""
    seen: set[str] = set()
    waiting = list(tree.matching(*reader.FILES))[:MAXIMUM_FILES_OF_A_KIND]
    includes = getattr(reader, "includes", None)
    while waiting:
        path = waiting.pop(0)
        if path in seen or not (file := tree.read(path)):
            continue
        seen.add(path)
        yield file
        if includes and len(seen) < MAXIMUM_FILES_OF_A_KIND:
            waiting += includes(file)


def _read_one(reader: ManifestReader, file: SourceFile, findings: list[Finding]) -> list[Fact]:
    found: list[Fact] = []
    try:
        for fact in reader.read(file):
            found.append(fact)
            if len(found) >= MAXIMUM_FACTS_OF_A_FILE:
                break
    except Malformed as fault:
        if not file.truncated:  # RP004 already says that its end is missing
            place = file.at(fault.line, rule=reader.__name__.rpartition(".")[2].replace("_", "-"))
            hint = "correct the file, or state what it says in the README"
            findings.append(
                Finding("RP020", Severity.WARNING, f"{file.name} cannot be read: {fault.what}", (place,), hint)
            )
    return found


def _without_distant_dependencies(facts: list[Fact], tables: DependencyTables) -> Iterator[Fact]:
    """Of lock files with thousands of packages, those that a manifest names, that need a native library, or that do not run
    on every version of the language."""
    direct = {
        (fact.ecosystem, fact.name)
        for fact in facts
        if isinstance(fact, Dependency) and fact.evidence.rule == "package-json"
    }
    for fact in facts:
        if isinstance(fact, Dependency) and fact.ecosystem == "npm" and fact.evidence.rule != "package-json":
            known = (fact.ecosystem, fact.name) in direct or ("npm", fact.name) in tables.bounding
            if not known and ("npm", fact.name.lower()) not in tables.native_libraries:
                continue
        yield fact
