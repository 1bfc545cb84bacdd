"""Datastores that follow from a dependency: psycopg2 is there to speak to PostgreSQL."""

from collections.abc import Iterable, Iterator

from toolkit.catalog.dependencies import DependencyTables
from toolkit.facts.manifests.npm_locks import RULE as LOCK
from toolkit.facts.manifests.python_requirements import SETUPS
from toolkit.facts.model import Datastore, Dependency, EntryPoint, Fact

# Where extras stand, which operators may install: https://packaging.python.org/en/latest/specifications/dependency-specifiers/#extras


def datastores_of(facts: Iterable[Fact], tables: DependencyTables) -> Iterator[Datastore | EntryPoint]:
    """One datastore for each driver among the dependencies, less certain than a configured address.

    What only a lock file of npm and its like names came with another package, often a tool of developers; what go.mod calls
    indirect no code of the application imports, and a driver of Go is there because it is imported.
    https://go.dev/ref/mod#go-mod-file-require

    A driver that only extras of Python have tells of no datastore: which one it is for is kept beside it.
    """
    facts = list(facts)
    asked = {
        fact.name
        for fact in facts
        if isinstance(fact, Dependency) and fact.evidence.rule != LOCK and not fact.development
    }
    seen: set[tuple[str, str]] = set()
    for fact in facts:
        if not isinstance(fact, Dependency):
            continue
        driver = tables.engines.get((fact.ecosystem, fact.name.lower()))
        if driver and fact.development and fact.evidence.path.endswith(SETUPS):
            yield EntryPoint(
                kind="extra_driver",
                value=fact.name,
                detail=driver.engine,
                evidence=fact.evidence,
                origin=fact.origin,
                directory=fact.directory,
            )
        if fact.development:
            continue
        if fact.evidence.rule == LOCK and fact.name not in asked:
            continue
        if fact.ecosystem == "go" and fact.confidence < 1:
            continue
        if driver and (fact.directory, driver.engine) not in seen:
            seen.add((fact.directory, driver.engine))
            yield Datastore(
                engine=driver.engine,
                evidence=fact.evidence,
                origin=fact.origin,
                confidence=driver.confidence * fact.confidence,
                alternative=fact.alternative,
                directory=fact.directory,
            )
