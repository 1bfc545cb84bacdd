"""Datastore addresses: which engine a URL, a JDBC URL or a driver's class name means, and ports in them."""

import re

SCHEMES = {
    "postgres": "postgres", "postgresql": "postgres", "pgsql": "postgres", "postgis": "postgres", "psql": "postgres",
    "pg": "postgres", "cockroachdb": "postgres", "redshift": "postgres", "mysql": "mysql", "mysql2": "mysql",
    "mysqli": "mysql", "mariadb": "mariadb", "sqlserver": "sqlserver", "mssql": "sqlserver", "jtds": "sqlserver",
    "sqlsrv": "sqlserver", "oracle": "oracle", "sqlite": "sqlite", "sqlite3": "sqlite", "spatialite": "sqlite",
    "better-sqlite3": "sqlite", "redis": "redis", "rediss": "redis", "mongodb": "mongodb", "mongodb+srv": "mongodb",
    "mongo": "mongodb", "amqp": "rabbitmq", "amqps": "rabbitmq", "memcached": "memcached", "memcache": "memcached",
    "kafka": "kafka", "elasticsearch": "elasticsearch", "opensearch": "elasticsearch", "db2": "db2",
    "cassandra": "cassandra", "neo4j": "neo4j", "bolt": "neo4j", "nats": "nats", "ldap": "ldap", "ldaps": "ldap",
    "clickhouse": "clickhouse",
}  # fmt: skip
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9]{0,30}(?:\+[A-Za-z0-9_]{1,30})?")
_PLACE = re.compile(r"(?=.)[\w.-]{0,120}(?::\d{1,5})?(?:/[\w-]{0,63})?")
# What MySQL's driver for Go is told: shop:hunter2@tcp(db:3306)/shop?parseTime=true
# https://github.com/go-sql-driver/mysql#dsn-data-source-name
GO_DSN = re.compile(
    r"(?:[^@\s]{0,200}@)?(?P<place>tcp\([\w.-]{0,120}(?::\d{1,5})?\)/(?P<name>[\w-]{0,64})(?:\?(?P<query>[\w=&.%+/-]{1,200}))?)"
)
JDBC = re.compile(r"jdbc:([a-z0-9]{2,20}):")

# Class names, module paths and dialects, by the part that tells; the first that occurs decides.
PARTS = (
    ("mariadb", "mariadb"), ("postgis", "postgres"), ("postgres", "postgres"), ("psycopg", "postgres"),
    ("pgsql", "postgres"), ("mysql", "mysql"), ("sqlserver", "sqlserver"), ("mssql", "sqlserver"),
    ("sql_server", "sqlserver"), ("sqlclient", "sqlserver"), ("jtds", "sqlserver"), ("oracle", "oracle"),
    ("spatialite", "sqlite"), ("sqlite", "sqlite"), ("mongo", "mongodb"), ("djongo", "mongodb"), ("db2", "db2"),
    ("redis", "redis"), ("memcache", "memcached"), ("elasticsearch", "elasticsearch"), ("npgsql", "postgres"),
)  # fmt: skip


def engine_of_url(url: str) -> str | None:
    """The engine that an address names: postgres for postgresql+psycopg2://db/claims and jdbc:postgresql://db/claims."""
    url = url[:500]
    if GO_DSN.fullmatch(url):
        return "mysql"
    if match := JDBC.search(url):
        return SCHEMES.get(match[1])
    match = re.match(r"([A-Za-z][A-Za-z0-9]{0,30}(?:\+srv)?)(?:\+[A-Za-z0-9_]{1,30})?:", url.strip().strip("'\""))
    return SCHEMES.get(match[1].lower()) if match else None


def without_login(value: str) -> str:
    """A datastore's address without user, password and options: mysql+aiomysql://db:3306/shop; empty for anything else."""
    if match := GO_DSN.fullmatch(value.strip()):
        return match["place"]
    scheme, separator, rest = value.strip().partition("://")
    where = rest.rpartition("@")[2].partition("?")[0]
    known = separator and _SCHEME.fullmatch(scheme) and engine_of_url(f"{scheme}:") and _PLACE.fullmatch(where)
    return f"{scheme}://{where}" if known else ""


def engine_of_name(name: str) -> str | None:
    """The engine that a driver, dialect or module is for: django.db.backends.postgresql, MySQL8Dialect."""
    lowered = name[:200].lower()
    if lowered in SCHEMES:
        return SCHEMES[lowered]
    return next((engine for part, engine in PARTS if part in lowered), None)
