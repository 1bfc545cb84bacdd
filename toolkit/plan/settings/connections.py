"""How the application learns where its datastores are: a profile of its own, a framework's variables, or nothing we know."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import replace

from toolkit.catalog.profiles import DatastoreBlueprint
from toolkit.catalog.stacks import Stack
from toolkit.catalog.variables import VariableNames
from toolkit.facts import model as facts_model
from toolkit.facts.engines import dialect
from toolkit.facts.manifests import spring_properties
from toolkit.facts.manifests.addresses import engine_of_name, engine_of_url
from toolkit.facts.model import ConfigFile, EnvironmentVariable, Facts, Origin
from toolkit.findings import Evidence, Finding, Severity
from toolkit.plan.model import Datastore, Plan, Variable
from toolkit.plan.ranking import evidence_of, of_type

_PROFILES = "SPRING_PROFILES_ACTIVE"
# What build tools and those that look at the source read, and no application does.
_OF_TOOLS = re.compile(
    r"(?i)(?:^|/)(?:global|package|tsconfig|composer)\.json$|nuget\.config$|sonar|eslint|prettier|docker|jenkins|\.(?:sln|csproj|ya?ml\.j2)$"
)
_MOST_FILES = 4


def with_profile(facts: Facts, datastores: Mapping[str, Datastore]) -> Facts:
    """Spring Boot's settings for the chosen database may stand in a profile of their own (application-mysql.properties),
    which nothing switches on by itself: then it is switched on, and what it states holds.
    """
    if "database" not in datastores:
        return facts
    engine = datastores["database"].engine
    stated = [
        fact
        for fact in facts.facts
        if isinstance(fact, facts_model.Datastore)
        and fact.engine == engine
        and fact.evidence.rule == spring_properties.RULE
    ]
    if not stated or any(not fact.alternative for fact in stated):
        return facts
    profile = next((fact.alternative for fact in stated if fact.alternative != "development"), "")
    if not profile:
        return facts
    here = [
        replace(fact, alternative="")
        if fact.alternative == profile and fact.evidence.rule == spring_properties.RULE
        else fact
        for fact in facts.facts
    ]
    active = [fact for fact in of_type(facts, EnvironmentVariable) if fact.name == _PROFILES and fact.example]
    # h2 gives way to mysql; what is about something else stays: spring-data-jpa.
    others = [
        name
        for fact in active[:1]
        for name in (fact.example or "").replace(" ", "").split(",")
        if name and name != profile and not _names_engine(name)
    ]
    switched_on = EnvironmentVariable(
        name=_PROFILES,
        example=",".join((*others, profile)),
        evidence=next(fact.evidence for fact in stated if fact.alternative == profile),
        origin=Origin.RUNNING,
        confidence=0.9,
    )
    kept = (fact for fact in here if not (isinstance(fact, EnvironmentVariable) and fact.name == _PROFILES))
    return replace(facts, facts=(*kept, switched_on))


def _names_engine(profile: str) -> bool:
    return engine_of_name(profile) is not None or bool(spring_properties.EMBEDDED.match(f"jdbc:{profile}:"))


def with_framework_variables(
    facts: Facts, datastores: Collection[str], stacks: Mapping[str, Stack], names: VariableNames
) -> Facts:
    """The facts, and for each datastore that no variable stands for those that the framework takes its address from."""
    known = of_type(facts, EnvironmentVariable)
    named = {bound[0] for fact in known if (bound := names.binding(fact.name))}
    if any(fact.example and fact.example.startswith("jdbc:") for fact in known):
        named.add("database")
    added = [
        EnvironmentVariable(
            name=name,
            evidence=Evidence("", rule=f"{stack.title} reads it"),
            origin=Origin.CONVENTION,
            confidence=0.8,
        )
        for stack in {stack.name: stack for stack in stacks.values()}.values()
        for role, variables in stack.datastore_variables.items()
        if role in datastores and role not in named
        for name in variables
    ]
    return replace(facts, facts=(*facts.facts, *added)) if added else facts


def unconnected(
    datastores: Mapping[str, Datastore],
    variables: Mapping[str, Variable],
    facts: Facts,
    blueprints: Mapping[str, DatastoreBlueprint],
) -> Iterator[Finding]:
    """RP044: a datastore that comes up beside an application that is not told where."""
    for role, store in datastores.items():
        where = (f"{{{role}.host}}", f"{{{role}.url}}")  # a name and a password alone lead nowhere
        if any(piece in (variable.reference or "") for variable in variables.values() for piece in where):
            continue
        files = [
            file
            for file in of_type(facts, ConfigFile)
            if not file.path.startswith(("/etc/", "~"))
            and not file.path.endswith(".service")
            and not _OF_TOOLS.search(file.path)
        ][:_MOST_FILES]
        told = f"; it may be configured in {', '.join(dict.fromkeys(file.path for file in files))}" if files else ""
        yield Finding(
            "RP044",
            Severity.WARNING,
            f"no environment variable tells the application where its {role} is ({blueprints[store.engine].title}){told}",
            evidence_of([*(f for f in of_type(facts, facts_model.Datastore) if f.engine == store.engine), *files]),
            f"let the application read it from environment variables, and add these under environment in replatform.yaml, such as "
            f'`reference: "{{{role}.host}}"`',
        )


def of_another_engine(plan: Plan) -> Iterator[Finding]:
    """RP045: an address that was planned for another engine than the datastore now has."""
    for name, variable in plan.environment.items():
        reference = variable.reference or ""
        for role, store in plan.datastores.items():
            engine = engine_of_url(reference) if f"{{{role}." in reference and "://" in reference else None
            if engine and dialect(engine) != dialect(store.engine):
                yield Finding(
                    "RP045",
                    Severity.ERROR,
                    f"environment.{name} is an address of {engine}, but datastores.{role} is {store.engine}",
                    (),
                    "run `replatform convert` with the source, which plans variables anew for the chosen engine, or write the reference",
                )
