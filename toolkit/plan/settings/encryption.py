"""Whether the database may refuse connections without encryption: not where the application's driver makes such ones."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from toolkit.catalog.dependencies import DependencyTables
from toolkit.facts.engines import dialect
from toolkit.facts.model import Dependency, Facts
from toolkit.findings import Evidence, Finding, Severity
from toolkit.plan.image_model import Image
from toolkit.plan.model import Datastore, Decision
from toolkit.plan.ranking import evidence_of, of_type
from toolkit.plan.reported import Reported


@dataclass
class PlannedEncryption(Reported):
    """The datastores, with what each says about encrypted connections."""

    datastores: dict[str, Datastore]


def plan_encryption(
    facts: Facts, datastores: Mapping[str, Datastore], images: Iterable[Image], tables: DependencyTables
) -> PlannedEncryption:
    """Encryption is required where every driver of the database uses it by itself. Where one does not, or none is known,
    the application would not start; the finding says what to change.
    """
    store = datastores.get("database")
    if store is None:
        return PlannedEncryption(dict(datastores))
    known = _drivers(facts, store.engine, images, tables)
    plain = {key: places for key, places in known.items() if key in tables.unencrypted}
    decided = store.model_copy(update={"require_tls": bool(known) and not plain})
    drivers = [name for _, name in plain or known]
    named = ", ".join(drivers)
    planned = PlannedEncryption({**datastores, "database": decided})
    if decided.require_tls:
        because = f"{named} {'encrypts' if len(drivers) == 1 else 'encrypt'} by default"
    elif plain:
        because = f"{named} {'connects' if len(drivers) == 1 else 'connect'} without encryption unless the application asks for it"
        planned.findings.append(
            Finding(
                "RP046",
                Severity.WARNING,
                f"{because}; the database accepts unencrypted connections from the application's own subnets",
                tuple(place for places in plain.values() for place in places)[:3],
                "let the application ask its driver for TLS, then set datastores.database.require_tls: true in replatform.yaml",
            )
        )
    else:
        because = "no driver in use is known to encrypt by default"
    places = tuple(place for found in (plain or known).values() for place in found)[:3]
    value = str(decided.require_tls).lower()
    planned.decisions.append(Decision("datastores.database.require_tls", value, because, places, guessed=not known))
    return planned


def _drivers(
    facts: Facts, engine: str, images: Iterable[Image], tables: DependencyTables
) -> dict[tuple[str, str], tuple[Evidence, ...]]:
    """The drivers of an engine that production installs, by ecosystem and name, and where they stand."""

    def speaks(key: tuple[str, str]) -> bool:
        driver = tables.engines.get(key)
        return driver is not None and dialect(driver.engine) == dialect(engine)

    found: dict[tuple[str, str], tuple[Evidence, ...]] = {}
    for fact in of_type(facts, Dependency):
        key = (fact.ecosystem, fact.name.lower())
        if not fact.development and speaks(key):
            found[key] = (*found.get(key, ()), *evidence_of([fact]))
    for image in images:
        for extension in image.extensions:
            if speaks(key := ("composer", f"ext-{extension}")):
                found.setdefault(key, ())
    return found
