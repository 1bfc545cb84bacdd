"""What stands inside and behind the parentheses of CREATE TABLE: columns, constraints, indexes, options."""

from collections.abc import Callable
from itertools import pairwise

from toolkit.migrate.schema import Column, ForeignKey, Index, Table
from toolkit.migrate.tokens import Cursor, Token, split

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
CONSTRAINTS = {"CONSTRAINT", "PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "EXCLUDE"}
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


class TableReader:
    """Reads parts of a table into it. `qualified` gives schema and table for a name as it stands."""

    def __init__(self, engine: str, qualified: Callable[[tuple[str, ...]], tuple[str, str]]) -> None:
        self._engine = engine
        self._qualified = qualified

    def item(self, table: Table, cursor: Cursor) -> None:
        """One item of the list in the parentheses: a column, a constraint or an index."""
        word = cursor.peek().word
        following = cursor.peek(1).word
        mysql_key = self._engine == "mysql" and word in ("KEY", "INDEX", "FULLTEXT", "SPATIAL")
        if (
            word in CONSTRAINTS
            or mysql_key
            or (word == "INDEX" and self._engine == "sqlserver")
            or (word == "SUPPLEMENTAL" and following == "LOG")
        ):
            self.constraint(table, cursor)
        elif word == "PERIOD" and following == "FOR":
            table.marks.add("system_versioned")
        elif word == "LIKE" and self._engine == "postgres":
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
        self.attributes(table, column, cursor)
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

    def attributes(self, table: Table, column: Column, cursor: Cursor) -> None:
        """What follows the type of a column."""
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

    def constraint(self, table: Table, cursor: Cursor) -> None:
        """A primary key, unique key, foreign key or check; of MySQL an index as well."""
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
            self.index(table, name, cursor.group(), unique=word == "UNIQUE", words={word, *(t.word for t in head)})
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
        other = self._qualified(cursor.qualified())
        if cursor.peek().word == "(":
            cursor.group()
        words = [token.word for token in cursor.tokens[cursor.place :]]
        cascades = any(
            (first, second) in (("DELETE", "CASCADE"), ("UPDATE", "CASCADE"), ("DELETE", "SET"), ("UPDATE", "SET"))
            for first, second in pairwise(words)
        )
        table.foreign_keys.append(ForeignKey(name, columns, other, cascades))

    def options(self, table: Table, cursor: Cursor) -> None:
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

    def index(
        self, table: Table, name: str, columns: list[Token], *, unique: bool, words: set[str], parallel: bool = False
    ) -> None:
        """An index on what the parentheses of CREATE INDEX or of a constraint hold; `words` are those around them."""
        expression = any(
            len(item) > 1 and item[1].word not in ("ASC", "DESC", "COLLATE", "(", "") for item in split(columns)
        )
        expression = expression or any(
            item[0].word == "(" or (self._engine != "mysql" and any(token.word == "(" for token in item))
            for item in split(columns)
        )
        kind = next((word.lower() for word in ("COLUMNSTORE", "FULLTEXT", "SPATIAL", "BITMAP") if word in words), "")
        table.indexes.append(Index(name, () if expression else _names(columns), unique, kind, expression))
        if parallel:
            table.marks.add("parallel")


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
