"""Which datastores the application gets, and the data's way there."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from toolkit.catalog.profiles import DatastoreBlueprint
from toolkit.facts import model as facts_model
from toolkit.facts.model import Facts, Origin
from toolkit.findings import Finding, Severity
from toolkit.plan.model import Datastore, Decision, Migration, Question
from toolkit.plan.ranking import evidence_of, of_type, ranked
from toolkit.plan.reported import Reported

# One of each role; the name is what references in the plan use.
ROLES = ("database", "cache", "broker", "documents", "search")
_LICENSED = ("sqlserver", "oracle")


@dataclass
class PlannedDatastores(Reported):
    """Datastores by the name that references use, and how the data gets there."""

    datastores: dict[str, Datastore]
    migration: Migration | None


def plan_datastores(
    application: str,
    facts: Facts,
    blueprints: Mapping[str, DatastoreBlueprint],
    chosen_engines: Mapping[str, str],
    installed: Collection[str] = (),
) -> PlannedDatastores:
    """One datastore for each role that the facts name, by the strongest fact; others of the same role are findings.

    `installed` are the lists of dependencies that images install from; `chosen_engines` are what people want, by role: they stand above every fact.
    """
    chosen: dict[str, Datastore] = {}
    decisions: list[Decision] = []
    questions: list[Question] = []
    findings: list[Finding] = []
    stores = of_type(facts, facts_model.Datastore)
    by_role: dict[str, list[facts_model.Datastore]] = {}
    for store in ranked(stores):
        blueprint = blueprints.get(store.engine)
        if blueprint is None:
            findings.append(
                Finding("RP030", Severity.NOTE, f"datastore {store.engine} has no blueprint; it stays where it is", (store.evidence,),
                        "give its address in environment, or add blueprints/datastores/" + store.engine + ".yaml")
            )  # fmt: skip
        else:
            by_role.setdefault("database" if blueprint.role == "file" else blueprint.role, []).append(store)
    for role in ROLES:
        found = by_role.get(role, [])
        engines = list(dict.fromkeys(store.engine for store in found))
        choice = chosen_engines.get(role)
        if not engines and not choice:
            continue
        if role == "documents" and not choice and _only_in_prose(found, by_role.get("database", [])):
            continue
        engine = choice or _engine(found, blueprints, installed)
        same = [store for store in found if store.engine == engine]
        blueprint = blueprints[engine]
        version = next((store.version for store in same if store.version), None)
        key = f"datastores.{role}"
        if blueprint.role == "file":
            findings.append(
                Finding("RP031", Severity.WARNING, f"{blueprint.title} keeps its file in the container, and a Fargate task's disk ends with the task",
                        evidence_of(same), "choose a server database in replatform.yaml (datastores.database), or mount Amazon EFS")
            )  # fmt: skip
            questions.append(
                Question("datastores.database.engine", f"{blueprint.title} cannot be shared by tasks or survive them. Which server database should be used?",
                         None, evidence_of(same), ("postgres", "mysql", "sqlserver"), 1)
            )  # fmt: skip
            continue
        known = blueprint.version_for(version)
        chosen[role] = Datastore(
            engine=engine,
            version=known.version if known else blueprint.default_version,
            # Without a word of it the standard edition, which has Multi-AZ on RDS.
            edition="standard" if engine in _LICENSED else "",
            database=_database_name(application) if role == "database" else "",
        )
        decisions.append(
            Decision(
                f"{key}.engine",
                engine,
                f"{blueprint.title} is what {_who(same[0])} name" if same else "a person chose it",
                evidence_of(same),
                instead_of=tuple(e for e in engines if e != engine),
            )
        )
        versioned = tuple(store.evidence for store in same if store.version)[:1]
        decisions.append(
            Decision(f"{key}.version", chosen[role].version,
                     f"version {version} is asked for" if version and known else f"no file names a version that is offered{f' ({version})' if version else ''}; the default is taken",
                     versioned, guessed=not (version and known))
        )  # fmt: skip
        if known and known.end_of_life and known.end_of_life <= blueprint.reviewed:
            findings.append(
                Finding(
                    "RP035",
                    Severity.WARNING,
                    f"standard support for {blueprint.title} {known.version} ended on {known.end_of_life}",
                    versioned or evidence_of(same, 1),
                    f"plan the step to {blueprint.default_version}, or set {key}.version in replatform.yaml",
                )
            )
        if version and not known:
            findings.append(
                Finding("RP032", Severity.WARNING, f"{blueprint.title} {version} is not offered on AWS; {chosen[role].version} is used", versioned,
                        f"test the application with it, or set {key}.version in replatform.yaml")
            )  # fmt: skip
        if blueprint.template is None:
            findings.append(
                Finding("RP033", Severity.WARNING, f"{blueprint.title} is not provided by our templates; tasks need the address of an existing one",
                        evidence_of(same), f"set the variables that refer to {{{role}.host}} in replatform.yaml")
            )  # fmt: skip
        for other in engines:
            if other != engine and not choice:
                findings.append(
                    Finding("RP034", Severity.NOTE, f"{blueprints[other].title} is named as well; {blueprint.title} is used",
                            evidence_of(store for store in found if store.engine == other), f"to choose it, set {key}.engine in replatform.yaml")
                )  # fmt: skip
    migration = None
    if "database" in chosen:
        named = by_role.get("database", [])
        migration = Migration(
            datastore="database", source_engine=_source_engine(chosen["database"].engine, named, blueprints, installed)
        )
        decisions.append(
            Decision(
                "migration",
                f"{migration.source_engine} by AWS DMS, full load and CDC",
                "a legacy database has data to take over",
                evidence_of(named),
                guessed=True,
            )
        )
    return PlannedDatastores(chosen, migration, decisions=decisions, questions=questions, findings=findings)


def _engine(
    found: list[facts_model.Datastore], blueprints: Mapping[str, DatastoreBlueprint], installed: Collection[str]
) -> str:
    """The first by rank, but a server before a file: SQLite beside another engine is the developers' one. A database the
    README and the code both name beats one that either names alone, and of equals one without a licence to pay for; what
    only a list names that no image installs, as that of a tool which once brought the data, counts where nothing else is
    named."""
    beside = [s for s in found if installed and s.evidence.path.endswith(".txt") and s.evidence.path not in installed]
    found = [store for store in found if store.origin is not Origin.RUNNING or store not in beside] or found
    engines = list(dict.fromkeys(store.engine for store in found))
    servers = [engine for engine in engines if blueprints[engine].role != "file"]
    if not servers:
        return engines[0]

    def weight(engine: str) -> tuple[int, int, bool]:
        own = [store for store in found if store.engine == engine]
        strength = next(n for n, store in enumerate(found) if _as_strong(store, own[0]))
        origins = {store.origin for store in own}
        return (-len(origins & {Origin.RUNNING, Origin.README}), strength, engine in _LICENSED)

    return min(servers, key=weight)


def _only_in_prose(found: list[facts_model.Datastore], databases: list[facts_model.Datastore]) -> bool:
    """Whether prose alone names a store that no code speaks to without its library, beside a database whose library is
    listed: "one could take MongoDB instead"."""
    prose = ("datastore:named", "datastore:named-near-requirement")
    said = all(store.origin is Origin.README and store.evidence.rule.endswith(prose) for store in found)
    return said and any(store.origin is Origin.RUNNING for store in databases)


def _as_strong(one: facts_model.Datastore, other: facts_model.Datastore) -> bool:
    return (one.origin, one.confidence) == (other.origin, other.confidence)


def _source_engine(
    target: str,
    found: list[facts_model.Datastore],
    blueprints: Mapping[str, DatastoreBlueprint],
    installed: Collection[str],
) -> str:
    """The engine that has the data now: the target's, unless no file names that and one names another server."""
    servers = [store for store in found if blueprints[store.engine].role != "file"]
    named = not servers or any(store.engine == target for store in servers)
    return target if named else _engine(servers, blueprints, installed)


def _who(fact: facts_model.Datastore) -> str:
    return "the operators" if fact.origin is Origin.README else "the application's own files"


def _database_name(application: str) -> str:
    return application.replace("-", "_")
