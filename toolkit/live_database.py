"""A database that runs, as its catalog describes it: the same `Schema` as of a dump.

Nothing is asked but what stands in blueprints/migration/live/, and nothing is written. Drivers are the extra `database`.
"""

import ssl
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote, urlsplit

from toolkit.catalog.migration import LiveQueries
from toolkit.errors import BadInputError, TemporaryError
from toolkit.migrate.schema import Column, ForeignKey, Index, Schema, Table

_SCHEMES = {
    "postgres": "postgres", "postgresql": "postgres", "mysql": "mysql", "mariadb": "mysql",
    "sqlserver": "sqlserver", "mssql": "sqlserver", "oracle": "oracle",
}  # fmt: skip
_PORTS = {"postgres": 5432, "mysql": 3306, "sqlserver": 1433, "oracle": 1521}
_CONNECT_SECONDS = 20
_ANSWER_ROWS = 5


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is; `name` is the service of an Oracle listener."""

    engine: str
    host: str
    port: int
    user: str
    name: str

    def __str__(self) -> str:
        return f"{self.engine}://{self.user}@{self.host}:{self.port}/{self.name}"


def address_of(url: str) -> Address:
    """`postgres://reader@db.example.com:5432/shop`, read. Raises BadInputError, also where it has a password in it."""
    example = "write postgres|mysql|sqlserver|oracle://USER@HOST[:PORT]/DATABASE"
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise BadInputError(f"--database cannot be read: {error}", to_do=example) from None
    engine = _SCHEMES.get(parts.scheme, "")
    if parts.password is not None:
        raise BadInputError(
            "--database has a password in it, which other users of this machine can see",
            to_do="put it into the variable REPLATFORM_DATABASE_PASSWORD, or type it when asked",
        )
    name = unquote(parts.path.strip("/"))
    if not (engine and parts.hostname and parts.username and name):
        raise BadInputError("--database does not name engine, user, host and database", to_do=example)
    return Address(engine, parts.hostname, port or _PORTS[engine], unquote(parts.username), name)


class Refused(Exception):  # noqa: N818  (no error where a query may be refused)
    """The server's words about a query that it does not answer."""


class Server:
    """A connection that only reads; `encrypted` is None where the driver does not tell."""

    def __init__(self, connection: Any, encrypted: bool | None) -> None:
        self._connection = connection
        self.encrypted = encrypted

    def run(self, statement: str) -> None:
        self._ask(statement, rows=False)

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        """Raises Refused."""
        return self._ask(query, rows=True)

    def _ask(self, query: str, *, rows: bool) -> list[tuple[Any, ...]]:
        cursor = self._connection.cursor()
        try:
            cursor.execute(query)
            return [tuple(row) for row in cursor.fetchall()] if rows else []
        except Exception as error:
            raise Refused(_words(error)) from None
        finally:
            cursor.close()


@contextmanager
def connected(address: Address, password: str, queries: LiveQueries) -> Iterator[Server]:
    """A session that only reads. Raises TemporaryError when there is no way in, BadInputError without the driver."""
    try:
        connect = _DRIVERS[address.engine]
        connection, encrypted = connect(address, password)
    except ImportError as error:
        raise BadInputError(
            f"the driver {error.name} is not installed", to_do="pip install 'replatform[database]'"
        ) from None
    except Exception as error:
        raise TemporaryError(
            "the database lets nobody in", where=f"{address}: {_words(error)}", to_do="check host, user and password"
        ) from None
    try:
        server = Server(connection, encrypted)
        server.run(queries.read_only)
        yield server
    except Refused as reason:
        raise TemporaryError(
            "the database's catalog could not be read", where=f"{address}: {reason}",
            to_do="connect as a user that may see all tables of the application",
        ) from None  # fmt: skip
    finally:
        with suppress(Exception):
            connection.close()


def read_schema(server: Server, engine: str, queries: LiveQueries) -> Schema:
    """What the catalog says. Raises Refused."""

    def ask(query: str) -> list[tuple[Any, ...]]:
        return server.rows(query.replace("{system_schemas}", ", ".join(f"'{one}'" for one in queries.system_schemas)))

    schema = Schema(engine)
    schema.version = str(ask(queries.version)[0][0])
    for owner, name, rows, marks, storage, collation, compression in ask(queries.tables):
        schema.tables[schema.key(owner, name)] = Table(
            owner, name, rows=int(rows or 0), marks=set((marks or "").split()), engine=storage or "",
            collation=collation or "", compression=compression or "",
        )  # fmt: skip
    schema.rows = sum(table.rows for table in schema)
    for owner, name, column, kind, length, scale, nullable, marks in ask(queries.columns):
        if table := schema.find(owner, name):
            table.columns[column.casefold()] = Column(
                column, str(kind).lower(), _number(length), _number(scale), bool(nullable), set((marks or "").split())
            )
    _indexes(schema, ask(queries.indexes))
    _foreign_keys(schema, ask(queries.foreign_keys))
    for owner, name, trigger in ask(queries.triggers):
        if table := schema.find(owner, name):
            table.triggers.append(trigger)
    if queries.row_id_views:
        schema.row_id_views = [row[0] for row in ask(queries.row_id_views)]
    _optional(schema, queries, ask)
    if server.encrypted is False:
        schema.notes.append("the server offers no encryption: the connection had none")
    if not queries.tried_on:
        schema.notes.append(
            f"our queries for {engine} were written by its reference; no server of it was there to try them on"
        )
    return schema


def _number(value: Any) -> int | None:
    return None if value is None else int(value)


def _indexes(schema: Schema, rows: Sequence[tuple[Any, ...]]) -> None:
    """Rows of one index stand together."""
    for (owner, name, index), (parts, columns) in _grouped(rows).items():
        primary, unique, kind = parts
        table = schema.find(owner, name)
        if table is None:
            continue
        if primary:
            table.primary_key = columns
        else:
            expression = None in columns
            table.indexes.append(Index(index, () if expression else columns, bool(unique), kind or "", expression))


def _foreign_keys(schema: Schema, rows: Sequence[tuple[Any, ...]]) -> None:
    ordered = [
        (owner, name, key, other, table, cascades, column) for owner, name, key, column, other, table, cascades in rows
    ]
    for (owner, name, key), ((other_owner, other, cascades), columns) in _grouped(ordered).items():
        if table := schema.find(owner, name):
            table.foreign_keys.append(ForeignKey(key, columns, (other_owner, other), bool(cascades)))


def _grouped(rows: Sequence[tuple[Any, ...]]) -> dict[tuple[str, ...], tuple[tuple[Any, ...], tuple[Any, ...]]]:
    """Schema, table and name to what its rows share and the columns that each adds, in order."""
    found: dict[tuple[str, ...], tuple[tuple[Any, ...], list[Any]]] = {}
    for row in rows:
        found.setdefault(row[:3], (row[3:-1], []))[1].append(row[-1])
    return {key: (shared, tuple(columns)) for key, (shared, columns) in found.items()}


def _optional(schema: Schema, queries: LiveQueries, ask: Callable[[str], list[tuple[Any, ...]]]) -> None:
    """What an old server does not know, and a login with few rights does not see."""
    for query in queries.settings:
        try:
            schema.settings |= {str(name).lower(): str(value).lower() for name, value in ask(query)}
        except Refused as reason:
            schema.notes.append(f"settings not read: {reason}")
    for query in queries.marks:
        try:
            for owner, name, column, mark in ask(query):
                if table := schema.find(owner, name):
                    marked = table if column is None else table.columns.get(column.casefold())
                    if marked:
                        marked.marks.add(mark)
        except Refused as reason:
            schema.notes.append(f"a property of tables was not read: {reason}")


def measure(server: Server, queries: LiveQueries, table: Table, columns: Sequence[Column]) -> None:
    """Sets the table's longest value, by reading these columns whole. Raises Refused."""

    def quoted(name: str) -> str:
        opens, closes = queries.quotes[0], queries.quotes[1]
        return opens + name.replace(closes, closes * 2) + closes

    place = f"{quoted(table.schema)}.{quoted(table.name)}"
    longest = (
        server.rows(queries.longest.replace("{table}", place).replace("{column}", quoted(column.name)))[0][0]
        for column in columns
    )
    table.longest_value = max((int(value or 0) for value in longest), default=0)


def answer(server: Server, query: str) -> str:
    """What the server says to a query that people would run themselves; empty for a GRANT, and what the target is asked."""
    first = query.split(" ", 1)[0]
    if first not in ("SELECT", "SHOW") or "{" in query or "at the target" in query:
        return ""
    try:
        rows = server.rows(query.partition(";")[0])
    except Refused as reason:
        return f"refused: {reason}"
    shown = [", ".join(map(str, row)) for row in rows[:_ANSWER_ROWS]]
    more = [f"and {len(rows) - _ANSWER_ROWS} more rows"] if len(rows) > _ANSWER_ROWS else []
    return "; ".join([*shown, *more]) or "no rows"


def _words(error: Exception) -> str:
    """A driver's message in one line: drivers put codes, mappings and bytes into an error's arguments."""
    parts = error.args[0] if len(error.args) == 1 and isinstance(error.args[0], dict) else {}
    words = parts.get("M") or " ".join(
        one.decode(errors="replace") if isinstance(one, bytes) else str(one) for one in error.args
    )
    return " ".join(words.split())[:300] or type(error).__name__


def _unverified() -> ssl.SSLContext:
    """As the engines' own clients do by default: encrypted where it can be, by whatever certificate an old server has."""
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    return context


def _encrypted_or_not(connect: Callable[[ssl.SSLContext | None], Any]) -> tuple[Any, bool]:
    try:
        return connect(_unverified()), True
    except Exception:
        return connect(None), False


def _postgres(to: Address, password: str) -> tuple[Any, bool]:
    import pg8000.dbapi

    def connect(context: ssl.SSLContext | None) -> Any:
        return pg8000.dbapi.connect(
            to.user, to.host, to.name, to.port, password, timeout=_CONNECT_SECONDS, ssl_context=context,
            application_name="replatform",
        )  # fmt: skip

    connection, encrypted = _encrypted_or_not(connect)
    connection.autocommit = True
    return connection, encrypted


def _mysql(to: Address, password: str) -> tuple[Any, bool]:
    import pymysql

    def connect(context: ssl.SSLContext | None) -> Any:
        return pymysql.connect(
            host=to.host, port=to.port, user=to.user, password=password, database=to.name, ssl=context, autocommit=True,
            charset="utf8mb4", connect_timeout=_CONNECT_SECONDS,
        )  # fmt: skip

    return _encrypted_or_not(connect)


def _sqlserver(to: Address, password: str) -> tuple[Any, None]:
    import pymssql

    return pymssql.connect(
        server=to.host, port=str(to.port), user=to.user, password=password, database=to.name,
        login_timeout=_CONNECT_SECONDS, autocommit=True, appname="replatform",
    ), None  # fmt: skip


def _oracle(to: Address, password: str) -> tuple[Any, None]:
    import oracledb

    return oracledb.connect(
        user=to.user, password=password, host=to.host, port=to.port, service_name=to.name,
        tcp_connect_timeout=_CONNECT_SECONDS,
    ), None  # fmt: skip


_DRIVERS: dict[str, Callable[[Address, str], tuple[Any, bool | None]]] = {
    "postgres": _postgres, "mysql": _mysql, "sqlserver": _sqlserver, "oracle": _oracle,
}  # fmt: skip
