"""Variables whose values are built from what a datastore's stack tells: `{database.host}`, an address, a connection string."""

import re
from collections.abc import Mapping, Sequence
from fnmatch import fnmatchcase

from toolkit.catalog.profiles import DatastoreBlueprint
from toolkit.catalog.variables import VariableNames
from toolkit.facts.engines import SERVERS, dialect
from toolkit.facts.manifests.addresses import GO_DSN, SCHEMES, engine_of_name, engine_of_url, without_login
from toolkit.facts.model import EnvironmentVariable
from toolkit.facts.secrets import NOT_A_VALUE
from toolkit.findings import Evidence
from toolkit.plan.model import QUEUE_ENGINE, Datastore, Variable
from toolkit.plan.settings.queues import queue_named

_NAMES_DATABASE = re.compile(r"__Default|(?i:sql|database)|(?:DB|Db)(?![a-z])|(?:DB|Db)(?:Con|Context)")
_JDBC = re.compile(r"jdbc:(?P<kind>sqlserver|postgresql|mysql|mariadb|oracle)[^\s]*")
_NAME_OF_DRIVER = re.compile(r"[\w.-]{2,40}")
# Where SDKs look for their services: a queue of ours is in the region of the stacks.
_REGION = ("AWS_REGION", "AWS_DEFAULT_REGION")


def connection_string(
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


def engine_word(
    name: str, example: str | None, names: VariableNames, datastores: Mapping[str, Datastore]
) -> Variable | None:
    """What tells a library the database's engine, where the example names another's: a sample with MySQL, or the developers'
    file, beside the driver of PostgreSQL."""
    upper = name.upper()
    words = names.engine_words.get(upper) or names.engine_words.get(upper.rpartition("_")[2], {})
    if not words or not example or "database" not in datastores:
        return None
    engine, other = datastores["database"].engine, SCHEMES.get(example.lower(), "")
    if other not in {*SERVERS, "sqlite"} or dialect(other) == dialect(engine) or engine not in words:
        return None
    return Variable(value=words[engine])


def reference_for(
    name: str,
    example: str | None,
    names: VariableNames,
    datastores: Mapping[str, Datastore],
    blueprints: Mapping[str, DatastoreBlueprint],
) -> str | None:
    """What a variable refers to, by its name or its example; None for one that has nothing to do with a datastore."""
    if example and example.startswith("sqlite:") and "database" in datastores:
        example = None  # the developers' file: the server that was chosen takes its place
    if (queue := queue_named(example)) in datastores:
        return f"{{{queue}.url}}"
    if name in _REGION and (queue := next((q for q, store in datastores.items() if store.engine == QUEUE_ENGINE), "")):
        return f"{{{queue}.region}}"
    if example and example.startswith("jdbc:") and "database" in datastores:
        return _jdbc_reference(example, datastores["database"], blueprints)
    stored = role_of_address(example, datastores)
    if stored and not any(fnmatchcase(name.upper(), pattern) for pattern in names.no_addresses):
        bound: tuple[str, str] | None = (stored, "url")  # whatever the application calls it
    else:
        bound = names.binding(name)
    if bound is None:
        return None
    role, piece = bound
    role = _available(role, piece, example, datastores, names)
    if not role or is_of_another(name, datastores[role].engine):
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


def role_of_address(example: str | None, datastores: Mapping[str, Datastore]) -> str:
    """The datastore whose address an example is, by its scheme; empty for what is no such address."""
    engine = engine_of_url(example) if example and without_login(example) else None
    return next((role for role, store in datastores.items() if engine and dialect(store.engine) == dialect(engine)), "")


def is_of_another(name: str, engine: str) -> bool:
    """Whether a variable's name has another engine than the one: MEMCACHED_HOST beside Redis, MYSQL_USER beside PostgreSQL,
    CELERY_BROKER_REDIS_DATABASE beside RabbitMQ."""
    named = next((SCHEMES[word] for word in name.lower().split("_") if word in SCHEMES), engine)
    return dialect(named) != dialect(engine)


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
    told = example.split("://", 1)[0] if example and "://" in example else ""
    if told not in ("", "postgres", usual.split("+")[0]) and names.speaks(told):
        scheme = told
    if engine == "redis":
        # ElastiCache encrypts in transit; the number of the logical database stays.
        number = re.search(r"/(\d{1,2})$", example or "")
        return f"{{{role}.scheme}}://{{{role}.host}}:{{{role}.port}}/{number[1] if number else '0'}"
    login = f"{{{role}.username}}:{{{role}.password}}"
    if dialect(engine) == "mysql" and (match := GO_DSN.fullmatch(example or "")):
        options = f"?{match['query']}" if match["query"] else ""
        return f"{login}@tcp({{{role}.host}}:{{{role}.port}})/{{{role}.name}}{options}"
    query = example.split("?", 1)[1] if example and "?" in example else ""
    tail = f"?{query}" if query and re.fullmatch(r"[\w=&.%+-]{1,200}", query) else ""
    database = f"/{{{role}.name}}" if role == "database" else ""
    return f"{scheme}://{login}@{{{role}.host}}:{{{role}.port}}{database}{tail}"


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


def database_in(example: str, reference: str) -> str:
    """The database's name in a connection string, or alone where that is what the variable stands for; empty where there is
    none."""
    patterns = [r"(?i:databaseName|database)=([A-Za-z]\w{0,62})", r"(?:://[^/\s]{1,200}|\))/([A-Za-z]\w{0,62})(?:\?|$)"]
    if reference == "{database.name}":
        patterns.append(r"^([A-Za-z]\w{0,62})$")
    for pattern in patterns:
        if (match := re.search(pattern, example)) and match[1].lower() not in NOT_A_VALUE:
            return match[1]
    return ""
