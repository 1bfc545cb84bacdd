"""Where each environment variable's value comes from: a literal, a datastore, or a secret."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from toolkit.catalog.profiles import DatastoreBlueprint
from toolkit.catalog.variables import VariableNames
from toolkit.facts import model as facts_model
from toolkit.facts.manifests.variables import NAME
from toolkit.facts.model import EntryPoint, EnvironmentVariable, Facts, Origin
from toolkit.findings import Finding, Severity
from toolkit.plan.app_folder import APP_FOLDER, moved
from toolkit.plan.model import ENVIRONMENTS, Datastore, Decision, Question, Variable
from toolkit.plan.ranking import evidence_of, of_type, ranked
from toolkit.plan.reported import Reported
from toolkit.plan.settings.hosts import EVERYBODYS, HOST_FOLDER, host_folder, hosts_in, remote_hosts_in
from toolkit.plan.settings.references import connection_string, database_in, is_of_another, reference_for
from toolkit.plan.starts.expansions import on_port

_MOST_NAMED = 12
_OF_A_PERSON = re.compile(r"/home/[^/]+/\.")  # where another program keeps its own: ~/.config
_PLACEHOLDER = re.compile(
    r"^<.*>$|^\[[^\"'\d\[\]]+\]$|^\.\.\.$|^(?:your|my(?!sql)|change|replace)[-_ ]?\w+|^(?:fill|x{3,20}|tbd)(?:[-_ ]?(?:in|me|this))?$|^/?(?:abs(?:olute)?/|some/)?path/to/",
    re.IGNORECASE,
)
# What the shell of a host puts there: `$USER`, `$(id -gn)`.
_OF_SHELL = re.compile(r"\$[A-Za-z_({]|`")
_EVERYWHERE = "0.0.0.0"
# `shop.settings.dev` and `development` count where nothing else is told.
_OF_DEVELOPERS = re.compile(r"(?i)(?:^|[._-])(?:dev|devel|development|local|test|testing)$")
# What an application may call the mode itself: {"dev": Development, "prod": Production}.
_OF_PRODUCTION = re.compile(r"(?i)prod(?:uction)?|live")
_WORDS = re.compile(r"[^\w.-]+")
_ADDRESS = re.compile(r"(\w*?)(?:HOST|HOSTNAME|ADDRESS|ADDR|IP)")
_HERE_ALONE = ("localhost", "127.0.0.1", "::1")


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
    # The port that platforms tell, handed on under another name: STREAMLIT_SERVER_PORT=$PORT.
    on_platform = (f for f in of_type(facts, EnvironmentVariable) if on_port((f.example or "",)) == ("{port}",))
    names = names.model_copy(update={"port": (*names.port, *(fact.name.upper() for fact in on_platform))})
    by_name: dict[str, list[EnvironmentVariable]] = {}
    for fact in of_type(facts, EnvironmentVariable):
        if NAME.fullmatch(fact.name):
            by_name.setdefault(fact.name, []).append(fact)
    names = names.model_copy(update={"bind": (*names.bind, *_beside_port(by_name, port))})
    of_compose = {entry.value for entry in of_type(facts, EntryPoint) if entry.kind == "compose_variable"}
    # What stands in a connection string of ADO.NET, by the place of that.
    servers = {store.evidence: store.engine for store in of_type(facts, facts_model.Datastore)}
    same_everywhere: list[facts_model.Fact] = []
    without_value: list[EnvironmentVariable] = []
    for name, found in by_name.items():
        mentions = ranked(found, operators_first=True)
        told = any(
            fact.origin is Origin.README or (fact.required and fact.origin is Origin.RUNNING) for fact in mentions
        )
        # A line of a sample behind a comment sign shows what may be set: unset is what the team runs with.
        asked = any(fact.required and fact.origin is Origin.RUNNING for fact in mentions)
        given = [fact for fact in mentions if asked or fact.required or fact.evidence.rule != "env-file"]
        examples = [fact.example for fact in given if fact.example and not _OF_SHELL.match(fact.example)]
        example = next((one for one in examples if not _OF_DEVELOPERS.search(one)), next(iter(examples), None))
        nowhere_else = all(fact.origin is Origin.README or fact.evidence.rule == "env-file" for fact in found)
        if name in names.ignored or (name in of_compose and nowhere_else):
            continue
        if (
            not told
            and not any(fact.secret for fact in mentions)
            and not _is_bound(name, names, datastores)
            and not (names.listens(name) and example in _HERE_ALONE)
            # Without it the program listens elsewhere, or may not even start.
            and not (name.upper() in names.port and port and example != str(port))
        ):
            continue
        if example is None and name in stack_environment:
            continue  # mentioned without a value: the stack's stands
        if "{port}" in stack_environment.get(name, ""):
            continue  # where the server listens is in the image, with the service's own port
        variable, because, guessed = _variable(name, mentions, example, names, datastores, blueprints, port)
        if connection := connection_string(name, mentions, servers, datastores, blueprints):
            variable, because, guessed = connection, "built from what the datastore's stack tells", False
        if variable is None:
            if mentions[0].origin is Origin.README:
                without_value.append(mentions[0])
            continue
        if variable.value is not None and (here := moved(variable.value, home)) != variable.value:
            variable = Variable(value=here)
            because = f"its folder is {APP_FOLDER} in the image"
        if not mentions[0].evidence.path:
            because, guessed = mentions[0].evidence.rule, True
        planned.variables[name] = variable
        if names.listens(name) and variable.value in (_EVERYWHERE, "::"):
            planned.listening[name] = variable.value
        elif name.upper() in names.port and variable.value == str(port):
            planned.listening[name] = "{port}"
        planned.decisions.append(
            Decision(f"environment.{name}", describe(variable), because, evidence_of(mentions, 1), guessed)
        )
        if variable.reference and example and not _PLACEHOLDER.match(example):
            planned.database_name = planned.database_name or database_in(example, variable.reference)
            hosts = remote_hosts_in(example)
            if (
                hosts and variable.reference.startswith(("{database.host}", "jdbc:"))
            ) or "://{database." in variable.reference:
                planned.database_host = planned.database_host or next(iter(hosts), "")
        _consequences(name, variable, mentions, planned, same_everywhere, home, names)
    for name, value in (stack_environment | names.drivers).items():
        if name not in planned.variables and "{port}" not in value:
            planned.variables[name] = Variable(value=value)
            planned.decisions.append(
                Decision(f"environment.{name}", value, "the stack needs it in a container", (), True)
            )
    if without_value:
        named = ", ".join(fact.name for fact in without_value[:_MOST_NAMED])
        more = f" and {len(without_value) - _MOST_NAMED} more" if len(without_value) > _MOST_NAMED else ""
        planned.findings.append(
            Finding(
                "RP043",
                Severity.NOTE,
                f"no value is told for {named}{more}; they stay unset, as no code asks for them without a default",
                evidence_of(without_value),
                "where the default is not wanted, add them under environment in replatform.yaml",
            )
        )
    if same_everywhere:
        planned.findings.append(
            Finding("RP040", Severity.NOTE, f"{len(same_everywhere)} variable(s) name a host that may differ between environments; every environment has the README's value",
                    evidence_of(same_everywhere), "set `values` for development and test under environment in replatform.yaml")
        )  # fmt: skip
    return planned


def _beside_port(by_name: Mapping[str, Sequence[EnvironmentVariable]], port: int | None) -> list[str]:
    """Variables of the address on which the service listens, since that of its port is called the same: SHOP_HOST beside
    SHOP_PORT."""
    ports = {name.upper() for name, found in by_name.items() if any(fact.example == str(port) for fact in found)}
    addresses = ((name.upper(), _ADDRESS.fullmatch(name.upper())) for name in by_name)
    return [name for name, match in addresses if match and f"{match[1]}PORT" in ports]


def _variable(
    name: str,
    mentions: list[EnvironmentVariable],
    example: str | None,
    names: VariableNames,
    datastores: Mapping[str, Datastore],
    blueprints: Mapping[str, DatastoreBlueprint],
    port: int | None,
) -> tuple[Variable | None, str, bool]:
    """The variable, why, and whether that was guessed."""
    upper = name.upper()
    secret = any(fact.secret for fact in mentions)
    if upper in names.port and port:
        return Variable(value=str(port)), "the port that the service listens on", False
    here = example in (*_HERE_ALONE, _EVERYWHERE, "::")
    if (upper in names.bind and not example) or (here and names.listens(upper)):
        everywhere = "::" if example in ("::", "::1") else _EVERYWHERE
        return Variable(value=everywhere), "a container listens on all interfaces", False
    if upper in names.fixed:
        own = example if example and _OF_PRODUCTION.fullmatch(example) else None
        return Variable(value=own or names.fixed[upper]), "images are built once, for production, and promoted", False
    if upper in names.drivers:
        return Variable(value=names.drivers[upper]), "the driver of the database that was chosen", False
    if reference := reference_for(name, example, names, datastores, blueprints):
        return Variable(reference=reference), "built from what the datastore's stack tells", False
    if secret:
        generate = upper in names.generated
        why = "looks secret by its name or its example, which is not repeated anywhere"
        return Variable(secret=True, generate=generate), why, False
    if example is not None and not _PLACEHOLDER.match(example) and "{{resolve:" not in example:
        return _literal(example), "the value that operators use", False
    return (Variable(value="") if _is_needed(mentions) else None), "no file gives a value", True


def _is_bound(name: str, names: VariableNames, datastores: Mapping[str, Datastore]) -> bool:
    """Whether a variable tells by its name where a datastore is, one that the application has."""
    role = (names.binding(name) or ("", ""))[0]
    return bool(role) and not (role in datastores and is_of_another(name, datastores[role].engine))


def _is_needed(mentions: Sequence[EnvironmentVariable]) -> bool:
    """Whether the application cannot do without the variable: its code asks for it, or the sample has it without a value. Set
    and empty is another thing than unset: `"SHOP_SETTINGS" in os.environ`, `getenv("TITLE", "Shop")`."""
    read = [fact for fact in mentions if fact.origin is not Origin.README]
    told = [fact for fact in read if fact.evidence.rule != "env-file" or fact.example is not None]
    return bool(told) and all(fact.required for fact in read)


def _literal(example: str) -> Variable:
    value = "".join(character for character in example if character.isprintable())[:4096]
    if any(host.lower() not in ("localhost", "127.0.0.1", "0.0.0.0") for host in hosts_in(value)):
        return Variable(values=dict.fromkeys(ENVIRONMENTS, value))
    return Variable(value=value)


def _consequences(
    name: str,
    variable: Variable,
    mentions: list[EnvironmentVariable],
    planned: PlannedVariables,
    same_everywhere: list[facts_model.Fact],
    home: str,
    names: VariableNames,
) -> None:
    """What follows from a value: a question, a finding, a folder that must be writable."""
    place = evidence_of(mentions, 1)
    value = variable.value
    if variable.values:
        same_everywhere.append(mentions[0])
    if value == "":
        text = f"What is the value of {name}? {mentions[0].description}".rstrip()
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
    trap = next((host for host in names.of_developers if host in words), "")
    if trap:
        planned.findings.append(
            Finding(
                "RP041",
                Severity.WARNING,
                f"{name} names {trap}, which only developers have",
                place,
                f"set environment.{name} in replatform.yaml for each environment",
            )
        )
    if value and HOST_FOLDER.fullmatch(value):
        folder = host_folder(value)
        if folder not in EVERYBODYS and not _OF_A_PERSON.match(folder):
            planned.writable.append(moved(folder, home))
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
