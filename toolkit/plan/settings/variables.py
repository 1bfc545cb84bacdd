"""The environment variables of an application: which there are, and what follows from their values."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase

from toolkit.catalog.profiles import DatastoreBlueprint
from toolkit.catalog.variables import VariableNames
from toolkit.facts import model as facts_model
from toolkit.facts.manifests.variables import NAME
from toolkit.facts.model import EntryPoint, EnvironmentVariable, Facts, Origin
from toolkit.findings import Finding, Severity, in_words
from toolkit.plan.app_folder import moved
from toolkit.plan.model import Datastore, Decision, Question, Variable
from toolkit.plan.ranking import evidence_of, of_type, ranked
from toolkit.plan.reported import Reported
from toolkit.plan.settings.hosts import EVERYBODYS, HOST_FOLDER, host_folder, hosts_in, remote_hosts_in
from toolkit.plan.settings.references import database_in, is_of_another, role_of_address
from toolkit.plan.settings.values import EVERYWHERE, HERE_ALONE, Mentioned, Surroundings, listens_here, plan_value
from toolkit.plan.starts.expansions import on_port

_MOST_NAMED = 12
# https://github.com/debug-js/debug#wildcards
_OF_DEBUG = re.compile(r"\*|[\w.-]{1,60}:[\w.*:,-]{1,100}")
_OF_TESTS = re.compile(r"(?:^|_)TEST(?:S|ING)?(?=_|$)_?")
_FOR_TESTS = re.compile(r"TEST(?:S|ING)?_")
_OF_A_PERSON = re.compile(r"/home/[^/]+/\.")  # where another program keeps its own: ~/.config
_WORDS = re.compile(r"[^\w.-]+")
_ADDRESS = re.compile(r"(\w*?)(?:HOST|HOSTNAME|ADDRESS|ADDR|IP)")


@dataclass
class PlannedVariables(Reported):
    """`listening` are those that tell the server where to listen, with `{port}` for its port: they belong into the image,
    which would answer nobody without them."""

    variables: dict[str, Variable] = field(default_factory=dict)
    listening: dict[str, str] = field(default_factory=dict)
    writable: list[str] = field(default_factory=list)
    database_name: str = ""
    database_host: str = ""


def plan_variables(
    facts: Facts,
    names: VariableNames,
    datastores: Mapping[str, Datastore],
    blueprints: Mapping[str, DatastoreBlueprint],
    port: int | None,
    stack_environment: dict[str, str],
    home: str,
) -> PlannedVariables:
    """One entry for each variable that the operators or the application name, in reading order.

    Variables that only the code reads, with a default of its own, are left to that default, unless that is a port on which
    the service does not listen.
    """
    planned = PlannedVariables()
    by_name: dict[str, list[EnvironmentVariable]] = {}
    for fact in of_type(facts, EnvironmentVariable):
        if NAME.fullmatch(fact.name):
            by_name.setdefault(fact.name, []).append(fact)
    names = _with_own(names, facts, by_name, port)
    # What stands in a connection string of ADO.NET, by the place of that.
    servers = {store.evidence: store.engine for store in of_type(facts, facts_model.Datastore)}
    around = Surroundings(names, datastores, blueprints, servers, port, home)
    of_compose = {entry.value for entry in of_type(facts, EntryPoint) if entry.kind == "compose_variable"}
    without_value: list[EnvironmentVariable] = []
    same_everywhere: list[EnvironmentVariable] = []
    for name, found in by_name.items():
        asked = Mentioned(name, ranked(found, operators_first=True))
        if name in of_compose and asked.of_samples_alone:
            continue
        if not _has_entry(asked, around) or _is_the_stacks(asked, stack_environment):
            continue
        variable, because, guessed = plan_value(asked, around)
        if variable is None:
            without_value += [asked.mentions[0]] if asked.mentions[0].origin is Origin.README else []
            continue
        planned.variables[name] = variable
        places = evidence_of(asked.mentions, 1)
        planned.decisions.append(Decision(f"environment.{name}", describe(variable), because, places, guessed))
        same_everywhere += asked.mentions[:1] if len(set((variable.values or {}).values())) == 1 else []
        _note_listening(name, variable, around, planned)
        _note_database(asked, variable, planned)
        _consequences(asked, variable, around, planned)
    for name, value in (stack_environment | names.drivers).items():
        if name not in planned.variables and "{port}" not in value:
            planned.variables[name] = Variable(value=value)
            because = "the stack's setting for containers"
            planned.decisions.append(Decision(f"environment.{name}", value, because, (), True))
    if without_value:
        planned.findings.append(_unset(without_value))
    if same_everywhere:
        planned.findings.append(
            Finding("RP040", Severity.NOTE, f"{len(same_everywhere)} variable(s) name a host that may differ between environments; every environment uses the README's value",
                    evidence_of(same_everywhere), "set `values` for development and test under environment in replatform.yaml")
        )  # fmt: skip
    return planned


def _with_own(
    names: VariableNames, facts: Facts, by_name: Mapping[str, Sequence[EnvironmentVariable]], port: int | None
) -> VariableNames:
    """The names, with those that the application itself has for its port and its address."""
    # The port that platforms tell, handed on under another name: STREAMLIT_SERVER_PORT=$PORT.
    on_platform = (f for f in of_type(facts, EnvironmentVariable) if on_port((f.example or "",)) == ("{port}",))
    ports = (*names.port, *(fact.name.upper() for fact in on_platform))
    return names.model_copy(update={"port": ports, "bind": (*names.bind, *_beside_port(by_name, port))})


def _beside_port(by_name: Mapping[str, Sequence[EnvironmentVariable]], port: int | None) -> list[str]:
    """Variables of the address on which the service listens, since that of its port is called the same: SHOP_HOST beside
    SHOP_PORT."""
    ports = {name.upper() for name, found in by_name.items() if any(fact.example == str(port) for fact in found)}
    addresses = ((name.upper(), _ADDRESS.fullmatch(name.upper())) for name in by_name)
    return [name for name, match in addresses if match and f"{match[1]}PORT" in ports]


def _has_entry(asked: Mentioned, around: Surroundings) -> bool:
    """Whether a variable is the plan's business; others are left to the default that the code has for them."""
    name, names = asked.name, around.names
    if name == "DEBUG" and _OF_DEBUG.fullmatch(asked.example or ""):
        return False  # more words for somebody who looks for a fault
    beside_tests = _OF_TESTS.sub("_", name.upper()).strip("_")
    if beside_tests != name.upper() and _is_bound(beside_tests, names, around.datastores):
        return False  # tests must not come near the data
    if _FOR_TESTS.match(name.upper()) and asked.of_samples_alone:
        return False
    return not any(fnmatchcase(name, ignored) for ignored in names.ignored) and bool(
        asked.told
        or asked.secret
        or _is_bound(name, names, around.datastores)
        or role_of_address(asked.example or asked.address, around.datastores)
        or (names.listens(name) and asked.example in HERE_ALONE)
        or listens_here(name, asked.example)
        # Without it the program listens elsewhere, or may not even start.
        or (name.upper() in names.port and bool(around.port) and asked.example != str(around.port))
    )


def _is_the_stacks(asked: Mentioned, stack_environment: Mapping[str, str]) -> bool:
    """Whether the stack's value stands: nothing shows another, or it tells the server its port, which is in the image."""
    own = stack_environment.get(asked.name)
    return own is not None and (asked.example is None or "{port}" in own)


def _is_bound(name: str, names: VariableNames, datastores: Mapping[str, Datastore]) -> bool:
    """Whether a variable tells by its name where a datastore is, one that the application has."""
    role = (names.binding(name) or ("", ""))[0]
    return bool(role) and not (role in datastores and is_of_another(name, datastores[role].engine))


def _note_listening(name: str, variable: Variable, around: Surroundings, planned: PlannedVariables) -> None:
    if around.names.listens(name) and variable.value in (EVERYWHERE, "::"):
        planned.listening[name] = variable.value
    elif variable.value == f"{EVERYWHERE}:{around.port}":
        planned.listening[name] = f"{EVERYWHERE}:{{port}}"
    elif name.upper() in around.names.port and variable.value == str(around.port):
        planned.listening[name] = "{port}"


def _note_database(asked: Mentioned, variable: Variable, planned: PlannedVariables) -> None:
    """What the value that operators use says of the present database: its name and its host."""
    reference, example = variable.reference, asked.example
    if not reference or not example or not asked.shows_value:
        return
    planned.database_name = planned.database_name or database_in(example, reference)
    hosts = remote_hosts_in(example)
    if (hosts and reference.startswith(("{database.host}", "jdbc:"))) or "://{database." in reference:
        planned.database_host = planned.database_host or next(iter(hosts), "")


def _unset(without_value: Sequence[EnvironmentVariable]) -> Finding:
    """RP043: variables of the README that have no value."""
    named = in_words((fact.name for fact in without_value), _MOST_NAMED)
    stay, them = ("they stay", "them") if len(without_value) > 1 else ("it stays", "it")
    return Finding(
        "RP043",
        Severity.NOTE,
        f"no file gives a value for {named}; {stay} unset, because no code requires {them}",
        evidence_of(without_value),
        f"where the default is not wanted, add {them} under environment in replatform.yaml",
    )


def _consequences(asked: Mentioned, variable: Variable, around: Surroundings, planned: PlannedVariables) -> None:
    """What follows from a value: a question, a finding, a folder that must be writable."""
    name, place, value = asked.name, evidence_of(asked.mentions, 1), variable.value
    if value == "":
        text = f"What is the value of {name}? {asked.mentions[0].description}".rstrip()
        planned.questions.append(Question(f"environment.{name}.value", text, "", place, consequence=1))
    if value and any(host in ("localhost", "127.0.0.1") for host in hosts_in(value)):
        planned.findings.append(
            Finding(
                "RP041",
                Severity.WARNING,
                f"{name} names this host ({value}), which is the container itself on Fargate",
                place,
                f"set environment.{name} in replatform.yaml to where it runs",
            )
        )
    words = {word for one in (value or "", *(variable.values or {}).values()) for word in _WORDS.split(one.lower())}
    trap = next((host for host in around.names.of_developers if host in words), "")
    if trap:
        planned.findings.append(
            Finding(
                "RP041",
                Severity.WARNING,
                f"{name} names {trap}, which exists only on developers' machines",
                place,
                f"set environment.{name} in replatform.yaml for each environment",
            )
        )
    if value and HOST_FOLDER.fullmatch(value):
        folder = host_folder(value)
        if folder not in EVERYBODYS and not _OF_A_PERSON.match(folder):
            planned.writable.append(moved(folder, around.home))
        if "/log" not in folder:
            planned.findings.append(
                Finding(
                    "RP042",
                    Severity.WARNING,
                    f"{name} is a folder on the host ({value}); in a Fargate task it is empty at the start and gone at the end",
                    place,
                    "keep what must last in S3 or on Amazon EFS",
                )
            )


def describe(variable: Variable) -> str:
    """One line for tables: never a secret's value, because a plan has none."""
    if variable.secret:
        return "secret" + (", generated" if variable.generate else "")
    if variable.reference is not None:
        return variable.reference
    if variable.values:
        return ", ".join(dict.fromkeys(variable.values.values())) + " (by environment)"
    return variable.value or "(empty)"
