"""What a dump or a server tells about a database: tables, columns, keys, indexes, triggers; filled in as they are read."""

from collections.abc import Iterator
from dataclasses import dataclass, field


@dataclass(slots=True)
class Column:
    """A column; `type` is lower-case and without arguments (`character varying`), `marks` are words of its definition.

    `length` is the first argument of the type: characters or bytes of a string, digits of a number; -1 stands for `max`.
    `marks` holds what a check asks for: array, computed, identity, invisible, masked, sparse, column_set, row_start, row_end,
    ordinary words of the type such as unsigned.
    """

    name: str
    type: str
    length: int | None = None
    scale: int | None = None
    nullable: bool = True
    marks: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Index:
    """A secondary index or a unique constraint; `columns` is empty where an expression is indexed."""

    name: str
    columns: tuple[str, ...] = ()
    unique: bool = False
    kind: str = ""  # columnstore, fulltext, spatial, bitmap
    expression: bool = False


@dataclass(frozen=True, slots=True)
class ForeignKey:
    name: str
    columns: tuple[str, ...]
    references: tuple[str, str]  # schema, table
    cascades: bool = False


@dataclass(slots=True)
class Table:
    """`rows` counts the INSERT and COPY rows of the dump, or is the server's estimate; `longest_value` is in characters, 0 where
    all rows are short, None where none was seen.

    `marks`: partitioned, temporary, memory_optimized, system_versioned, index_organized, overflow, hybrid_partitioned,
    nested, securefile, parallel, supplemental_all, supplemental_key, replica_identity_full, check.
    """

    schema: str
    name: str
    line: int = 0
    columns: dict[str, Column] = field(default_factory=dict)
    primary_key: tuple[str, ...] = ()
    indexes: list[Index] = field(default_factory=list)
    foreign_keys: list[ForeignKey] = field(default_factory=list)
    triggers: list[str] = field(default_factory=list)
    marks: set[str] = field(default_factory=set)
    engine: str = ""
    collation: str = ""
    compression: str = ""
    rows: int = 0
    longest_value: int | None = None

    def __str__(self) -> str:
        return f"{self.schema}.{self.name}" if self.schema else self.name

    @property
    def unique_indexes(self) -> list[Index]:
        return [index for index in self.indexes if index.unique and index.columns]

    @property
    def has_key(self) -> bool:
        return bool(self.primary_key or self.unique_indexes)

    @property
    def key_columns(self) -> set[str]:
        """Columns of the primary key, of unique indexes and of foreign keys."""
        unique = {name for index in self.unique_indexes for name in index.columns}
        return {*self.primary_key, *unique, *(name for key in self.foreign_keys for name in key.columns)}


@dataclass(slots=True)
class Schema:
    """A whole database. `settings` are options of server and database that its statements name, lower-case."""

    engine: str
    version: str = ""
    collation: str = ""
    tables: dict[tuple[str, str], Table] = field(default_factory=dict)
    settings: dict[str, str] = field(default_factory=dict)
    row_id_views: list[str] = field(default_factory=list)
    statements: int = 0
    skipped: int = 0  # statements that create or alter a table and could not be read
    rows: int = 0
    notes: list[str] = field(default_factory=list)

    def __iter__(self) -> Iterator[Table]:
        return iter(self.tables.values())

    def key(self, schema: str, name: str) -> tuple[str, str]:
        """SQL Server and MySQL compare names without case; PostgreSQL and Oracle have folded them by now."""
        if self.engine in ("sqlserver", "mysql"):
            return schema.casefold(), name.casefold()
        return schema, name

    def find(self, schema: str, name: str) -> Table | None:
        return self.tables.get(self.key(schema, name))
