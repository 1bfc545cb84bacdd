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
from toolkit.plan.settings.engines_without_driver import of_another_application, only_mentioned

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
    without_driver: Collection[str] = (),
) -> PlannedDatastores:
    """One datastore for each role that the facts name, by the strongest fact; others of the same role are findings.

    `installed` are the lists of dependencies that images install from, `without_driver` the engines that they have no driver
    for; `chosen_engines` are what people want, by role: they stand above every fact.
    """
    planned = PlannedDatastores({}, None)
    by_role = _by_role(facts, blueprints, planned)
    for role in ROLES:
        found, choice = by_role.get(role, []), chosen_engines.get(role)
        if not found and not choice:
            continue
        if role == "documents" and not choice and _only_in_prose(found, by_role.get("database", [])):
            continue
        left_out = of_another_application if role == "database" else only_mentioned
        if not choice and left_out(found, without_driver, facts):
            planned.findings += _left_out(found, {store.engine for store in found}, blueprints)
            continue
        if not choice:
            found = by_role[role] = _with_driver(found, without_driver, blueprints, planned)
        blueprint = blueprints[choice or _engine(found, blueprints, installed)]
        same = [store for store in found if store.engine == blueprint.engine]
        if blueprint.role == "file":
            _ask_for_server(blueprint, same, planned)
            continue
        others = list(dict.fromkeys(store.engine for store in found if store.engine != blueprint.engine))
        planned.decisions.append(
            Decision(
                f"datastores.{role}.engine",
                blueprint.engine,
                f"{_who(same[0])} name {blueprint.title}" if same else "a person chose it",
                evidence_of(same),
                instead_of=tuple(others),
            )
        )
        planned.datastores[role] = Datastore(
            engine=blueprint.engine,
            version=_plan_version(role, blueprint, same, planned),
            # Without a word of it the standard edition, which has Multi-AZ on RDS.
            edition="standard" if blueprint.engine in _LICENSED else "",
            database=_database_name(application) if role == "database" else "",
        )
        if blueprint.template is None:
            planned.findings.append(
                Finding("RP033", Severity.WARNING, f"{blueprint.title} is not part of the generated templates; tasks need the address of an existing one",
                        evidence_of(same), f"set the variables that refer to {{{role}.host}} in replatform.yaml")
            )  # fmt: skip
        for other in others if not choice else ():
            planned.findings.append(
                Finding("RP034", Severity.NOTE, f"{blueprints[other].title} is mentioned too; {blueprint.title} is used",
                        evidence_of(store for store in found if store.engine == other), f"to use it, set datastores.{role}.engine in replatform.yaml")
            )  # fmt: skip
    if database := planned.datastores.get("database"):
        named = by_role.get("database", [])
        source = _source_engine(database.engine, named, blueprints, installed)
        planned.migration = Migration(datastore="database", source_engine=source)
        text, because = f"{source} by AWS DMS, full load and CDC", "a legacy database has data to migrate"
        planned.decisions.append(Decision("migration", text, because, evidence_of(named), guessed=True))
    return planned


def _by_role(
    facts: Facts, blueprints: Mapping[str, DatastoreBlueprint], planned: PlannedDatastores
) -> dict[str, list[facts_model.Datastore]]:
    """The datastores that the facts name, the strongest first; RP030 for those that have no blueprint."""
    by_role: dict[str, list[facts_model.Datastore]] = {}
    unknown: dict[str, list[facts_model.Datastore]] = {}
    for store in ranked(of_type(facts, facts_model.Datastore)):
        blueprint = blueprints.get(store.engine)
        if blueprint is None:
            unknown.setdefault(store.engine, []).append(store)
        else:
            by_role.setdefault("database" if blueprint.role == "file" else blueprint.role, []).append(store)
    for engine, named in unknown.items():
        text = f"datastore {engine} has no blueprint; it stays where it is"
        to_do = f"give its address in environment, or add blueprints/datastores/{engine}.yaml"
        planned.findings.append(Finding("RP030", Severity.NOTE, text, evidence_of(named), to_do))
    return by_role


def _ask_for_server(
    blueprint: DatastoreBlueprint, same: list[facts_model.Datastore], planned: PlannedDatastores
) -> None:
    """RP031: a database that is a file ends with its task."""
    planned.findings.append(
        Finding("RP031", Severity.WARNING, f"{blueprint.title} keeps its file in the container, and a Fargate task loses its disk when it ends",
                evidence_of(same), "choose a server database in replatform.yaml (datastores.database), or mount Amazon EFS")
    )  # fmt: skip
    planned.questions.append(
        Question("datastores.database.engine", f"{blueprint.title} cannot be shared between tasks and does not outlive them. Which server database should be used instead?",
                 None, evidence_of(same), ("postgres", "mysql", "sqlserver"), 1)
    )  # fmt: skip


def _plan_version(
    role: str, blueprint: DatastoreBlueprint, same: list[facts_model.Datastore], planned: PlannedDatastores
) -> str:
    """The version that is asked for, where AWS offers it, else the blueprint's default; RP032 and RP035 where that is not what
    is asked for, or past its support."""
    key = f"datastores.{role}.version"
    asked = next((store.version for store in same if store.version), None)
    places = tuple(store.evidence for store in same if store.version)[:1]
    known = blueprint.version_for(asked)
    if known:
        planned.decisions.append(Decision(key, known.version, f"version {asked} is asked for", places))
        if known.end_of_life and known.end_of_life <= blueprint.reviewed:
            planned.findings.append(
                Finding(
                    "RP035",
                    Severity.WARNING,
                    f"standard support for {blueprint.title} {known.version} ended on {known.end_of_life}",
                    places or evidence_of(same, 1),
                    f"plan the step to {blueprint.default_version}, or set {key} in replatform.yaml",
                )
            )
        return known.version
    default = blueprint.default_version
    because = f"no file names a version that AWS offers{f' ({asked})' if asked else ''}; the default is taken"
    planned.decisions.append(Decision(key, default, because, places, guessed=True))
    if asked:
        planned.findings.append(
            Finding("RP032", Severity.WARNING, f"{blueprint.title} {asked} is not offered on AWS; {default} is used", places,
                    f"test the application with it, or set {key} in replatform.yaml")
        )  # fmt: skip
    return default


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


def _with_driver(
    found: list[facts_model.Datastore],
    without_driver: Collection[str],
    blueprints: Mapping[str, DatastoreBlueprint],
    planned: PlannedDatastores,
) -> list[facts_model.Datastore]:
    """Without what the application could not speak to, where it can speak to another of them."""
    usable = [store for store in found if store.engine not in without_driver]
    planned.findings += _left_out(found, without_driver if usable else (), blueprints)
    return usable or found


def _left_out(
    found: list[facts_model.Datastore], engines: Collection[str], blueprints: Mapping[str, DatastoreBlueprint]
) -> list[Finding]:
    """RP034, for engines that nothing speaks to."""
    findings = []
    for engine in dict.fromkeys(store.engine for store in found if store.engine in engines):
        places = evidence_of(store for store in found if store.engine == engine)
        text = f"{blueprints[engine].title} is mentioned, but no manifest lists a driver for it: it is left out"
        to_do = f"to use it, list its driver and set datastores.{blueprints[engine].role}.engine in replatform.yaml"
        findings.append(Finding("RP034", Severity.WARNING, text, places, to_do))
    return findings


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
