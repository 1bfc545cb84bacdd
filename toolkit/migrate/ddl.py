"""Statements that create or alter tables, read into a `Schema`; what is not understood of one is passed over."""

import re
from collections.abc import Callable
from itertools import pairwise

from toolkit.migrate.schema import Schema, Table
from toolkit.migrate.statements import Statement
from toolkit.migrate.table_reader import CONSTRAINTS, TableReader
from toolkit.migrate.tokens import Cursor, split, tokenize

_FIRST = re.compile(r"\s*(\w+)")
_DEFAULT_SCHEMA = {"sqlserver": "dbo", "postgres": "public"}


class DdlReader:
    """Feed it statements; `schema` holds what they said."""

    def __init__(self, engine: str, default_schema: str = "") -> None:
        self.schema = Schema(engine)
        self._default = default_schema or _DEFAULT_SCHEMA.get(engine, "")
        self._tables = TableReader(engine, self._table)
        self._last_head = ""
        self._last_table: Table | None = None
        self._readers: dict[str, Callable[[Cursor, Statement], bool | None]] = {
            "CREATE": self._create,
            "ALTER": self._alter,
            "USE": self._use,
            "EXEC": self._exec,
            "EXECUTE": self._exec,
            "SET": self._set,
        }

    def read(self, statement: Statement) -> None:
        """One statement more. It never raises: what cannot be read is counted in `schema.skipped`."""
        self.schema.statements += 1
        first = _FIRST.match(statement.text)
        word = first[1].upper() if first else ""
        if word in ("INSERT", "REPLACE", "COPY"):
            self._rows(statement)
            return
        reader = self._readers.get(word)
        if reader is None:
            return
        cursor = Cursor(tokenize(statement.text, self.schema.engine))
        cursor.next()
        if reader(cursor, statement) is False:
            self.schema.skipped += 1

    def _table(self, names: tuple[str, ...]) -> tuple[str, str]:
        return (names[-2] if len(names) > 1 else self._default, names[-1])

    def _find(self, cursor: Cursor) -> Table | None:
        return self.schema.find(*self._table(cursor.qualified()))

    def _rows(self, statement: Statement) -> None:
        head = statement.text.partition("(")[0]
        if head != self._last_head:  # many statements in a row fill the same table
            cursor = Cursor(tokenize(head, self.schema.engine))
            cursor.next()
            cursor.accept("IGNORE")
            cursor.accept("INTO")
            self._last_head, self._last_table = head, self._find(cursor)
        if table := self._last_table:
            table.rows += statement.rows
            table.longest_value = max(table.longest_value or 0, statement.longest)
        self.schema.rows += statement.rows

    def _use(self, cursor: Cursor, _: Statement) -> None:
        if self.schema.engine == "mysql":
            self._default = cursor.next().name

    def _exec(self, cursor: Cursor, _: Statement) -> None:
        """EXEC sp_configure 'max text repl size', -1"""
        if cursor.qualified()[-1].lower() == "sp_configure":
            name, value = ([*split(cursor.tokens[cursor.place :]), [], []])[:2]
            if name and value:
                self.schema.settings[name[-1].name.strip("N'").lower()] = "".join(token.text for token in value)

    def _set(self, cursor: Cursor, _: Statement) -> None:
        """SET GLOBAL binlog_format = ROW, and variables of PostgreSQL."""
        cursor.accept("GLOBAL")
        name = cursor.next().name.lower()
        if cursor.accept("=") or cursor.accept("TO"):
            self.schema.settings.setdefault(name, cursor.next().text.strip("'").lower())

    # CREATE

    def _create(self, cursor: Cursor, statement: Statement) -> bool | None:
        marks: set[str] = set()
        while not cursor.done and cursor.place < 16:
            word = cursor.next().word
            if word == "TABLE":
                return self._create_table(cursor, statement, marks)
            if word == "INDEX":
                return self._create_index(cursor, marks)
            if word == "TRIGGER":
                return self._create_trigger(cursor)
            if word == "DATABASE":
                return self._database(cursor)
            if word == "MATERIALIZED":
                return self._materialized_view(cursor)
            if word in ("VIEW", "PROCEDURE", "FUNCTION", "PACKAGE", "TYPE", "SEQUENCE", "SCHEMA", "USER"):
                return None
            marks.add(word)
        return None

    def _create_table(self, cursor: Cursor, statement: Statement, marks: set[str]) -> bool | None:
        cursor.accept("IF", "NOT", "EXISTS")
        schema, name = self._table(cursor.qualified())
        if name.startswith("#"):
            return None
        table = Table(schema, name, statement.line)
        if "TEMPORARY" in marks or "TEMP" in marks:
            table.marks.add("temporary")
        if cursor.accept("PARTITION", "OF"):  # PostgreSQL: its rows belong to the table that is partitioned
            parent = self._find(cursor)
            if parent:
                parent.marks.add("partitioned")
            return None
        if cursor.peek().word != "(":
            return name == "" or None  # CREATE TABLE ... AS SELECT, LIKE: no columns are named
        for item in split(cursor.group()):
            self._tables.item(table, Cursor(item))
        self._tables.options(table, cursor)
        if not table.columns:
            return False
        self.schema.tables[self.schema.key(schema, name)] = table
        return None

    def _create_index(self, cursor: Cursor, marks: set[str]) -> bool | None:
        for word in ("CONCURRENTLY",):
            cursor.accept(word)
        cursor.accept("IF", "NOT", "EXISTS")
        name = "" if cursor.peek().word == "ON" else cursor.qualified()[-1]
        if not cursor.accept("ON"):
            return False
        cursor.accept("ONLY")
        table = self._find(cursor)
        cursor.until("(")
        columns = cursor.group()
        if table:
            rest = {token.word for token in cursor.tokens[cursor.place :]}
            self._tables.index(table, name, columns, unique="UNIQUE" in marks, words=marks, parallel="PARALLEL" in rest)
        return None

    def _create_trigger(self, cursor: Cursor) -> bool | None:
        name = cursor.qualified()[-1]
        while not cursor.done:  # AFTER UPDATE OF name ON table; a name before it may be ON as well
            cursor.until("ON")
            cursor.next()
            if table := self._find(cursor):
                table.triggers.append(name)
                return None
        return None

    def _database(self, cursor: Cursor) -> bool | None:
        tokens = cursor.tokens
        for number, token in enumerate(tokens[:-1]):
            if token.word in ("COLLATE", "LC_COLLATE"):
                self.schema.collation = next(t.name for t in tokens[number + 1 :] if t.word != "=").strip("'")
        return None

    def _materialized_view(self, cursor: Cursor) -> bool | None:
        cursor.accept("VIEW")
        if cursor.peek().word == "LOG":
            return None
        name = cursor.qualified()[-1]
        words = [token.word for token in cursor.tokens]
        if ("WITH", "ROWID") in pairwise(words):
            self.schema.row_id_views.append(name)
        return None

    # ALTER

    def _alter(self, cursor: Cursor, _: Statement) -> bool | None:
        if cursor.accept("DATABASE"):
            return self._alter_database(cursor)
        if not cursor.accept("TABLE"):
            return None
        cursor.accept("IF", "EXISTS")
        cursor.accept("ONLY")
        table = self._find(cursor)
        if table is None:
            return None
        if cursor.accept("WITH"):  # WITH CHECK ADD
            cursor.next()
        for clause in split(cursor.tokens[cursor.place :]):
            self._clause(table, Cursor(clause))
        return None

    def _clause(self, table: Table, cursor: Cursor) -> None:
        if cursor.accept("ADD"):
            if cursor.peek().word == "(":
                for item in split(cursor.group()):
                    self._tables.item(table, Cursor(item))
                return
            cursor.accept("COLUMN")
            self._tables.item(table, cursor)
        elif cursor.peek().word in CONSTRAINTS:
            self._tables.constraint(table, cursor)
        elif cursor.accept("MODIFY"):
            for item in split(cursor.group() if cursor.peek().word == "(" else cursor.tokens[cursor.place :]):
                self._modify(table, Cursor(item))
        elif cursor.accept("ALTER"):
            cursor.accept("COLUMN")
            self._modify(table, cursor)
        elif cursor.accept("REPLICA", "IDENTITY"):
            if cursor.accept("FULL"):
                table.marks.add("replica_identity_full")
        elif cursor.accept("ATTACH", "PARTITION"):
            table.marks.add("partitioned")
            self.schema.tables.pop(self.schema.key(*self._table(cursor.qualified())), None)
        elif cursor.accept("SET"):
            self._tables.options(table, cursor)

    def _modify(self, table: Table, cursor: Cursor) -> None:
        """MODIFY ("A" NOT NULL ENABLE), ALTER COLUMN id SET DEFAULT nextval(...), ADD GENERATED ... AS IDENTITY, ADD MASKED"""
        column = table.columns.get(cursor.next().name.casefold())
        if column is None:
            return
        cursor.accept("SET")
        cursor.accept("ADD")
        if "AUTO_INCREMENT" in {token.word for token in cursor.tokens}:
            column.marks.add("identity")
        self._tables.attributes(table, column, cursor)

    def _alter_database(self, cursor: Cursor) -> bool | None:
        cursor.next()
        cursor.accept("SET")
        name = cursor.next().word.lower()
        while cursor.accept("="):
            pass
        if name:
            self.schema.settings[name] = cursor.next().text.lower()
        return None
