"""Statements that create or alter tables, read into a `Schema`; what is not understood of one is passed over."""

import re
from collections.abc import Callable
from itertools import pairwise

from toolkit.migrate.schema import Column, ForeignKey, Index, Schema, Table
from toolkit.migrate.statements import Statement
from toolkit.migrate.tokens import Cursor, Token, split, tokenize

_FIRST = re.compile(r"\s*(\w+)")
_TYPE_WORDS = {
    "CHARACTER": ("VARYING", "LARGE", "OBJECT"),
    "CHAR": ("VARYING",),
    "NATIONAL": ("CHARACTER", "CHAR", "VARYING", "VARCHAR"),
    "BIT": ("VARYING",),
    "DOUBLE": ("PRECISION",),
    "LONG": ("RAW", "VARCHAR", "VARBINARY"),
    "BINARY": ("VARYING", "LARGE", "OBJECT"),
    "INTERVAL": ("YEAR", "MONTH", "DAY", "HOUR", "MINUTE", "SECOND", "TO"),
}
_CONSTRAINTS = {"CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE"}
_COLUMN_MARKS = {
    "SPARSE": "sparse",
    "MASKED": "masked",
    "COLUMN_SET": "column_set",
    "INVISIBLE": "invisible",
    "VIRTUAL": "computed",
    "STORED": "computed",
    "PERSISTED": "computed",
    "IDENTITY": "identity",
    "AUTO_INCREMENT": "identity",
    "ROWGUIDCOL": "rowguidcol",
    "UNSIGNED": "unsigned",
}
_DEFAULT_SCHEMA = {"sqlserver": "dbo", "postgres": "public"}


class DdlReader:
    """Feed it statements; `schema` holds what they said."""

    def __init__(self, engine: str, default_schema: str = "") -> None:
        self.schema = Schema(engine)
        self._default = default_schema or _DEFAULT_SCHEMA.get(engine, "")
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
            self._item(table, Cursor(item))
        self._options(table, cursor)
        if not table.columns:
            return False
        self.schema.tables[self.schema.key(schema, name)] = table
        return None

    def _item(self, table: Table, cursor: Cursor) -> None:
        word = cursor.peek().word
        following = cursor.peek(1).word
        mysql_key = self.schema.engine == "mysql" and word in ("KEY", "INDEX", "FULLTEXT", "SPATIAL")
        if (
            word in _CONSTRAINTS
            or mysql_key
            or (word == "INDEX" and self.schema.engine == "sqlserver")
            or (word == "SUPPLEMENTAL" and following == "LOG")
        ):
            self._constraint(table, cursor)
        elif word == "PERIOD" and following == "FOR":
            table.marks.add("system_versioned")
        elif word == "LIKE" and self.schema.engine == "postgres":
            return
        elif column := self._column(table, cursor):
            table.columns[column.name.casefold()] = column

    def _column(self, table: Table, cursor: Cursor) -> Column | None:
        name = cursor.next().name
        if cursor.done or not name:
            return None
        column = Column(name, "")
        if cursor.accept("AS") or cursor.accept("GENERATED", "ALWAYS", "AS", "("):  # the column has no type of its own
            column.marks.add("computed")
            if cursor.peek().word == "(":
                cursor.group()
        else:
            self._type(column, cursor)
        self._attributes(table, column, cursor)
        return column

    def _type(self, column: Column, cursor: Cursor) -> None:
        first = cursor.peek()
        words = [cursor.qualified()[-1].lower()]
        while cursor.peek().word in _TYPE_WORDS.get(first.word, ()):
            words.append(cursor.next().word.lower())
            if cursor.peek().word == "(":
                self._arguments(column, cursor)
        if cursor.peek().word == "(":
            self._arguments(column, cursor)
        while cursor.peek().word in ("WITH", "WITHOUT") and cursor.peek(1).word in ("TIME", "LOCAL"):
            words += [cursor.next().word.lower(), cursor.next().word.lower()]
            while cursor.peek().word in ("TIME", "ZONE"):
                words.append(cursor.next().word.lower())
        while cursor.accept("["):
            column.marks.add("array")
            cursor.until("]")
            cursor.next()
        if cursor.accept("ARRAY"):
            column.marks.add("array")
        column.type = " ".join(words)
        if column.type in ("serial", "bigserial", "smallserial"):
            column.marks.add("identity")

    def _arguments(self, column: Column, cursor: Cursor) -> None:
        arguments = split(cursor.group())
        numbers = [-1 if items[0].word == "MAX" else _integer(items) for items in arguments]
        column.length = numbers[0] if numbers else None
        column.scale = numbers[1] if len(numbers) > 1 else None

    def _attributes(self, table: Table, column: Column, cursor: Cursor) -> None:
        while not cursor.done:
            token = cursor.peek()
            word = token.word
            if word == "(":
                cursor.group()
                continue
            cursor.next()
            if word in _COLUMN_MARKS:
                column.marks.add(_COLUMN_MARKS[word])
            elif word == "NOT" and cursor.accept("NULL"):
                column.nullable = False
            elif word == "PRIMARY" and cursor.accept("KEY"):
                table.primary_key, column.nullable = (column.name,), False
            elif word == "UNIQUE":
                table.indexes.append(Index("", (column.name,), unique=True))
            elif word == "DEFAULT":
                default = cursor.until(
                    "NOT", "NULL", "CONSTRAINT", "PRIMARY", "UNIQUE", "REFERENCES", "CHECK", "ENABLE", "COLLATE"
                )
                if any(item.name.lower() == "nextval" for item in default):
                    column.marks.add("identity")
            elif word == "GENERATED":
                self._generated(column, cursor)
            elif word == "REFERENCES":
                self._references(table, (column.name,), "", cursor)
            elif word == "CHECK":
                table.marks.add("check")
            elif word in ("COMMENT", "COLLATE"):
                cursor.next()

    def _generated(self, column: Column, cursor: Cursor) -> None:
        taken = [token.word for token in cursor.until("AS")]
        cursor.next()
        if cursor.accept("IDENTITY"):
            column.marks.add("identity")
        elif cursor.accept("ROW"):
            column.marks.add("row_start" if cursor.next().word == "START" else "row_end")
        elif taken or cursor.peek().word == "(":
            column.marks.add("computed")

    def _constraint(self, table: Table, cursor: Cursor) -> None:
        name = ""
        if cursor.accept("CONSTRAINT"):
            name = cursor.qualified()[-1] if cursor.peek().word not in ("PRIMARY", "UNIQUE", "FOREIGN", "CHECK") else ""
        word = cursor.next().word
        if word == "PRIMARY":
            cursor.until("(")
            table.primary_key = _names(cursor.group())
            for column in table.primary_key:
                if column.casefold() in table.columns:
                    table.columns[column.casefold()].nullable = False
        elif word in ("UNIQUE", "KEY", "INDEX", "FULLTEXT", "SPATIAL"):
            head = cursor.until("(")
            name = name or next((token.name for token in head if not token.word or token.word not in _INDEX_WORDS), "")
            self._index(table, name, cursor.group(), unique=word == "UNIQUE", words={word, *(t.word for t in head)})
        elif word == "FOREIGN":
            cursor.until("(")
            columns = _names(cursor.group())
            if cursor.accept("REFERENCES"):
                self._references(table, columns, name, cursor)
        elif word == "SUPPLEMENTAL":
            everything = any(token.word == "ALL" for token in cursor.tokens)
            table.marks.add("supplemental_all" if everything else "supplemental_key")
        elif word == "CHECK":
            table.marks.add("check")

    def _references(self, table: Table, columns: tuple[str, ...], name: str, cursor: Cursor) -> None:
        other = self._table(cursor.qualified())
        if cursor.peek().word == "(":
            cursor.group()
        words = [token.word for token in cursor.tokens[cursor.place :]]
        cascades = any(
            (first, second) in (("DELETE", "CASCADE"), ("UPDATE", "CASCADE"), ("DELETE", "SET"), ("UPDATE", "SET"))
            for first, second in pairwise(words)
        )
        table.foreign_keys.append(ForeignKey(name, columns, other, cascades))

    def _options(self, table: Table, cursor: Cursor) -> None:
        """What follows the columns."""
        words = [token.word for token in cursor.tokens[cursor.place :]]
        pairs = set(pairwise(words))
        if ("PARTITION", "BY") in pairs:
            table.marks.add("partitioned")
        for mark, found in (
            ("memory_optimized", "MEMORY_OPTIMIZED" in words),
            ("system_versioned", "SYSTEM_VERSIONING" in words),
            ("index_organized", ("ORGANIZATION", "INDEX") in pairs),
            ("overflow", "OVERFLOW" in words),
            ("hybrid_partitioned", ("EXTERNAL", "PARTITION") in pairs),
            ("securefile", "SECUREFILE" in words),
            ("parallel", "PARALLEL" in words and ("PARALLEL", "1") not in pairs),
        ):
            if found:
                table.marks.add(mark)
        if words.count("NESTED") > 1:
            table.marks.add("nested_twice")
        for number, word in enumerate(words):
            rest = [token for token in cursor.tokens[cursor.place + number + 1 :][:6] if token.word != "="]
            if word == "ENGINE" and rest:
                table.engine = table.engine or rest[0].name  # its partitions name theirs as well
            elif word == "COLLATE" and rest:
                table.collation = rest[0].name
            elif word in ("COMPRESS", "COMPRESSION", "DATA_COMPRESSION") and rest:
                table.compression = table.compression or _compression(word, [token.word for token in rest])

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
            self._index(table, name, columns, unique="UNIQUE" in marks, words=marks, parallel="PARALLEL" in rest)
        return None

    def _index(
        self, table: Table, name: str, columns: list[Token], *, unique: bool, words: set[str], parallel: bool = False
    ) -> None:
        expression = any(
            len(item) > 1 and item[1].word not in ("ASC", "DESC", "COLLATE", "(", "") for item in split(columns)
        )
        expression = expression or any(
            item[0].word == "(" or (self.schema.engine != "mysql" and any(token.word == "(" for token in item))
            for item in split(columns)
        )
        kind = next((word.lower() for word in ("COLUMNSTORE", "FULLTEXT", "SPATIAL", "BITMAP") if word in words), "")
        table.indexes.append(Index(name, () if expression else _names(columns), unique, kind, expression))
        if parallel:
            table.marks.add("parallel")

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
                    self._item(table, Cursor(item))
                return
            cursor.accept("COLUMN")
            self._item(table, cursor)
        elif cursor.peek().word in _CONSTRAINTS:
            self._constraint(table, cursor)
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
            self._options(table, cursor)

    def _modify(self, table: Table, cursor: Cursor) -> None:
        """MODIFY ("A" NOT NULL ENABLE), ALTER COLUMN id SET DEFAULT nextval(...), ADD GENERATED ... AS IDENTITY, ADD MASKED"""
        column = table.columns.get(cursor.next().name.casefold())
        if column is None:
            return
        cursor.accept("SET")
        cursor.accept("ADD")
        if "AUTO_INCREMENT" in {token.word for token in cursor.tokens}:
            column.marks.add("identity")
        self._attributes(table, column, cursor)

    def _alter_database(self, cursor: Cursor) -> bool | None:
        cursor.next()
        cursor.accept("SET")
        name = cursor.next().word.lower()
        while cursor.accept("="):
            pass
        if name:
            self.schema.settings[name] = cursor.next().text.lower()
        return None


_INDEX_WORDS = {"KEY", "INDEX", "USING", "BTREE", "HASH", "CLUSTERED", "NONCLUSTERED", "UNIQUE", "COLUMNSTORE"}


def _names(columns: list[Token]) -> tuple[str, ...]:
    return tuple(item[0].name for item in split(columns))


def _integer(items: list[Token]) -> int | None:
    digits = items[0].text if len(items) < 3 else ""
    return int(digits[:9]) if digits.isdecimal() else None


def _compression(word: str, rest: list[str]) -> str:
    """`basic`, `advanced`, or the level of Hybrid Columnar Compression (`query low`); of SQL Server `row` or `page`."""
    if word != "COMPRESS":
        return rest[0].lower()
    if rest[0] != "FOR":
        return "advanced" if rest[:2] == ["ADVANCED", "ROW"] else "basic"
    if rest[1:2] in (["QUERY"], ["ARCHIVE"]):
        level = rest[2].lower() if len(rest) > 2 and rest[2] in ("LOW", "HIGH") else "high"
        return f"{rest[1].lower()} {level}"
    return "advanced"
