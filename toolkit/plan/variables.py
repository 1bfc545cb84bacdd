"""Where each environment variable's value comes from: a literal, a datastore, or a secret."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest

from toolkit.catalog.profiles import DatastoreBlueprint
from toolkit.catalog.variables import VariableNames
from toolkit.facts import model as facts_model
from toolkit.facts.manifests.addresses import engine_of_name
from toolkit.facts.manifests.variables import NAME
from toolkit.facts.model import EntryPoint, EnvironmentVariable, Facts, Origin
from toolkit.facts.secrets import NOT_A_VALUE
from toolkit.findings import Evidence, Finding, Severity
from toolkit.plan.commands import APP_FOLDER
from toolkit.plan.model import ENVIRONMENTS, QUEUE_ENGINE, Datastore, Decision, Question, Variable
from toolkit.plan.queues import queue_named
from toolkit.plan.ranking import evidence_of, of_type, ranked

_MOST_NAMED = 12
_NAMES_DATABASE = re.compile(r"__Default|(?i:sql|database)|(?:DB|Db)(?![a-z])|(?:DB|Db)(?:Con|Context)")
_JDBC = re.compile(r"jdbc:(?P<kind>sqlserver|postgresql|mysql|mariadb|oracle)[^\s]*")
_HOST_IN_VALUE = re.compile(
    r"(?:^|://(?:[^/@\s]{1,80}@)?|[=,;\s])((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}|localhost|\d{1,3}(?:\.\d{1,3}){3})(?=$|[:/;,\s])",
    re.IGNORECASE,
)
_OF_A_PERSON = re.compile(r"/home/[^/]+/\.")  # where another program keeps its own: ~/.config
# What lies in a `bin` is a program.
HOST_FOLDER = re.compile(r"(?!.*/s?bin(?:/|$))/(?:var|srv|opt|home|data|mnt|usr/local|tmp)/[\w./-]*")
# `--schedule /var/run/beat`, which need not look like a file.
_OPTION_OF_A_FILE = re.compile(r"^-+\w*(?:log|pid|schedule|sock)")
# Anybody may write there as it is.
_EVERYBODYS = ("/tmp", "/var/tmp")
# `app.py` reads like a host in Paraguay, and is a file.
_FILE = re.compile(
    r"(?i)[\w./-]+\.(?:py|js|mjs|cjs|ts|json|ya?ml|toml|ini|conf|cfg|env|xml|properties|php|rb|pl|sh|jar|war|pem|key|crt|cer|p12|jks|sock|log|txt|md|html?|db|sqlite3?|sql)"
)
_PLACEHOLDER = re.compile(
    r"^<.*>$|^\[[^\"'\d\[\]]+\]$|^\.\.\.$|^(?:your|my(?!sql)|change|replace)[-_ ]?\w+|^(?:fill|x{3,20}|tbd)(?:[-_ ]?(?:in|me|this))?$|^/?(?:abs(?:olute)?/|some/)?path/to/",
    re.IGNORECASE,
)


_NAME_OF_DRIVER = re.compile(r"[\w.-]{2,40}")
# What the shell of a host puts there: `$USER`, `$(id -gn)`.
_OF_SHELL = re.compile(r"\$[A-Za-z_({]|`")

# The port that platforms tell, handed on under another name: STREAMLIT_SERVER_PORT=$PORT.
_OF_PLATFORM = re.compile(r"\$(?:PORT|\{PORT(?::?-\d{1,5})?\})")
# Where SDKs look for their services: a queue of ours is in the region of the stacks.
_REGION = ("AWS_REGION", "AWS_DEFAULT_REGION")
_EVERYWHERE = "0.0.0.0"
# `shop.settings.dev` and `development` count where nothing else is told.
_OF_DEVELOPERS = re.compile(r"(?i)(?:^|[._-])(?:dev|devel|development|local|test|testing)$")
_WORDS = re.compile(r"[^\w.-]+")
_ADDRESS = re.compile(r"(\w*?)(?:HOST|HOSTNAME|ADDRESS|ADDR|IP)")
_HERE_ALONE = ("localhost", "127.0.0.1", "::1")


@dataclass
class PlannedVariables:
    """`listening` are those that tell the server where to listen, with `{port}` for its port: they belong into the image,
    which would answer nobody without them."""

    variables: dict[str, Variable] = field(default_factory=dict)
    listening: dict[str, str] = field(default_factory=dict)
    writable: list[str] = field(default_factory=list)
    database_name: str = ""
    database_host: str = ""
    decisions: list[Decision] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


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
    of_port = (f.name.upper() for f in of_type(facts, EnvironmentVariable) if _OF_PLATFORM.fullmatch(f.example or ""))
    names = names.model_copy(update={"port": (*names.port, *of_port)})
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
        examples = [fact.example for fact in mentions if fact.example and not _OF_SHELL.match(fact.example)]
        example = next((one for one in examples if not _OF_DEVELOPERS.search(one)), next(iter(examples), None))
        nowhere_else = all(fact.origin is Origin.README or fact.evidence.rule == "env-file" for fact in found)
        if name in names.ignored or (name in of_compose and nowhere_else):
            continue
        if (
            not told
            and not any(fact.secret for fact in mentions)
            and names.binding(name) is None
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
        if connection := _ado_net(name, mentions, servers, datastores, blueprints):
            variable, because, guessed = connection, "built from what the datastore's stack tells", False
        if variable is None:
            if mentions[0].origin is Origin.README:
                without_value.append(mentions[0])
            continue
        if variable.value is not None and home and (moved := _moved(variable.value, home)) != variable.value:
            variable = Variable(value=moved)
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
            planned.database_name = planned.database_name or _database_in(example, variable.reference)
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
                f"no value is told for {named}{more}; they stay unset, as the code has a default for each",
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
        return Variable(value=names.fixed[upper]), "images are built once, for production, and promoted", False
    if upper in names.drivers:
        return Variable(value=names.drivers[upper]), "the driver of the database that was chosen", False
    if reference := _reference(name, example, names, datastores, blueprints):
        return Variable(reference=reference), "built from what the datastore's stack tells", False
    if secret:
        generate = upper in names.generated
        why = "looks secret by its name or its example, which is not repeated anywhere"
        return Variable(secret=True, generate=generate), why, False
    if example is not None and not _PLACEHOLDER.match(example) and "{{resolve:" not in example:
        return _literal(example), "the value that operators use", False
    if any(not fact.required for fact in mentions if fact.origin is not Origin.README) or all(
        not fact.required for fact in mentions
    ):
        return None, "", False
    return Variable(value=""), "no file gives a value", True


def _ado_net(
    name: str,
    mentions: Sequence[EnvironmentVariable],
    servers: Mapping[Evidence, str],
    datastores: Mapping[str, Datastore],
    blueprints: Mapping[str, DatastoreBlueprint],
) -> Variable | None:
    """ASP.NET Core's variable for a connection string that is one of the database: by what stands in it, else by its name."""
    if "database" not in datastores or not name.startswith("ConnectionStrings__"):
        return None
    engine = datastores["database"].engine
    told = {servers[fact.evidence] for fact in mentions if fact.evidence in servers}
    if engine in told or "sqlite" in told or (not told and _NAMES_DATABASE.search(name)):
        reference = blueprints[engine].ado_net
        return Variable(reference=reference) if reference else None
    return None


def hosts_in(value: str) -> list[str]:
    """The hosts that a value names, `localhost` among them."""
    return [] if _FILE.fullmatch(value) else _HOST_IN_VALUE.findall(value)


def remote_hosts_in(value: str) -> list[str]:
    """The hosts that a value names, but for this one."""
    return [host for host in hosts_in(value) if not host.startswith(("localhost", "127."))]


def _literal(example: str) -> Variable:
    value = "".join(character for character in example if character.isprintable())[:4096]
    if any(host.lower() not in ("localhost", "127.0.0.1", "0.0.0.0") for host in hosts_in(value)):
        return Variable(values=dict.fromkeys(ENVIRONMENTS, value))
    return Variable(value=value)


def _reference(
    name: str,
    example: str | None,
    names: VariableNames,
    datastores: Mapping[str, Datastore],
    blueprints: Mapping[str, DatastoreBlueprint],
) -> str | None:
    if example and example.startswith("sqlite:") and "database" in datastores:
        example = None  # the developers' file: the server that was chosen takes its place
    if (queue := queue_named(example)) in datastores:
        return f"{{{queue}.url}}"
    if name in _REGION and (queue := next((q for q, store in datastores.items() if store.engine == QUEUE_ENGINE), "")):
        return f"{{{queue}.region}}"
    if example and example.startswith("jdbc:") and "database" in datastores:
        return _jdbc_reference(example, datastores["database"], blueprints)
    bound = names.binding(name)
    if bound is None:
        return None
    role, piece = bound
    role = _available(role, piece, example, datastores, names)
    if not role:
        return None
    engine = datastores[role].engine
    if piece == "url" and example and _NAME_OF_DRIVER.fullmatch(example) and engine_of_name(example):
        return None  # the name of a driver: DB_CONNECTION=mysql
    if piece != "url":
        cache_login = role == "cache" and piece in ("username", "name")
        return None if cache_login else f"{{{role}.{piece}}}"
    if name.upper().startswith(("SPRING_", "JDBC")) or name.upper().endswith("JDBC_URL"):
        return blueprints[engine].jdbc or None
    return _url_reference(role, engine, example, names)


def _available(
    role: str, piece: str, example: str | None, datastores: Mapping[str, Datastore], names: VariableNames
) -> str:
    """The datastore that a role means here: a broker may be the cache's Redis, a scheme in the example decides."""
    if example and "://" in example:
        scheme = example.split("://", 1)[0].split("+")[0]
        for candidate, store in datastores.items():
            usual = names.schemes.get(store.engine, "").split("+")[0]
            if scheme.rstrip("s") in (usual.rstrip("s"), store.engine) or (
                scheme == "postgres" and store.engine == "postgres"
            ):
                return candidate
        if piece == "url":
            return ""
    if role in datastores:
        return role
    if role == "broker" and "cache" in datastores:
        return "cache"
    return ""


def _url_reference(role: str, engine: str, example: str | None, names: VariableNames) -> str:
    scheme = usual = names.schemes.get(engine, engine)
    if example and "://" in example and (told := example.split("://", 1)[0]) != usual.split("+")[0]:
        scheme = told
    if engine == "redis":
        # ElastiCache encrypts in transit; the number of the logical database stays.
        number = re.search(r"/(\d{1,2})$", example or "")
        return f"{{{role}.scheme}}://{{{role}.host}}:{{{role}.port}}/{number[1] if number else '0'}"
    query = example.split("?", 1)[1] if example and "?" in example else ""
    tail = f"?{query}" if query and re.fullmatch(r"[\w=&.%+-]{1,200}", query) else ""
    database = f"/{{{role}.name}}" if role == "database" else ""
    return f"{scheme}://{{{role}.username}}:{{{role}.password}}@{{{role}.host}}:{{{role}.port}}{database}{tail}"


def _jdbc_reference(example: str, database: Datastore, blueprints: Mapping[str, DatastoreBlueprint]) -> str | None:
    """The application's own JDBC address with host, port and name replaced; its other properties stay, logins never do."""
    if not (match := _JDBC.fullmatch(example)):
        return blueprints[database.engine].jdbc or None
    if match["kind"] == "sqlserver":
        properties = [part for part in example.split(";")[1:] if "=" in part]
        kept = []
        for part in properties:
            key = part.partition("=")[0]
            if key.lower() in ("databasename", "database"):
                continue
            if key.lower() in ("user", "username", "password", "trustservercertificate") or not re.fullmatch(
                r"[\w.-]{1,40}=[\w./ -]{0,100}", part
            ):
                continue  # RDS presents a certificate that the JVM can verify once its CA is trusted; logins are secrets
            kept.append(part)
        trust = [part for part in properties if part.lower() == "trustservercertificate=true"]
        return ";".join(
            ["jdbc:sqlserver://{database.host}:{database.port}", "databaseName={database.name}", *kept, *trust]
        )
    if match["kind"] == "oracle":
        return blueprints[database.engine].jdbc or None
    query = example.split("?", 1)[1] if "?" in example else ""
    kept_query = "&".join(
        p
        for p in query.split("&")
        if re.fullmatch(r"[\w.-]{1,40}=[\w./%-]{0,100}", p) and not p.lower().startswith(("user=", "password="))
    )
    return f"jdbc:{match['kind']}://{{database.host}}:{{database.port}}/{{database.name}}" + (
        f"?{kept_query}" if kept_query else ""
    )


def _database_in(example: str, reference: str) -> str:
    """The database's name in a connection string, or alone where that is what the variable stands for; empty where there is
    none."""
    patterns = [r"(?i:databaseName|database)=([A-Za-z]\w{0,62})", r"://[^/\s]{1,200}/([A-Za-z]\w{0,62})(?:\?|$)"]
    if reference == "{database.name}":
        patterns.append(r"^([A-Za-z]\w{0,62})$")
    for pattern in patterns:
        if (match := re.search(pattern, example)) and match[1].lower() not in NOT_A_VALUE:
            return match[1]
    return ""


def _moved(value: str, home: str) -> str:
    root = home.rstrip("/")
    return APP_FOLDER + value[len(root) :] if value == root or value.startswith(root + "/") else value


def host_folder(path: str) -> str:
    """The folder that a path of a host names, or that holds the file which it names."""
    above, _, last = path.rstrip("/").rpartition("/")
    return above if "." in last else path.rstrip("/")


def folders_in(command: Sequence[str]) -> list[str]:
    """Folders of a host in the options of a start command: `--data /srv/shop/data`, `--data=/srv/shop/data`."""
    options = [pair for pair in zip_longest(command, command[1:], fillvalue="") if pair[0][:1] == "-"]
    values = (word.partition("=")[2] or following for word, following in options if not _OPTION_OF_A_FILE.search(word))
    found = dict.fromkeys(host_folder(value) for value in values if HOST_FOLDER.fullmatch(value))
    return [folder for folder in found if folder not in _EVERYBODYS]


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
        if folder not in _EVERYBODYS and not _OF_A_PERSON.match(folder):
            planned.writable.append(_moved(folder, home) if home else folder)
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
