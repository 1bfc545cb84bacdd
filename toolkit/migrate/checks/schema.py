"""What the tables, columns, keys and names of a dump say by themselves."""

import re
from collections.abc import Callable

from toolkit.migrate.checks.check import Check, mark, tables, typed, with_lobs
from toolkit.migrate.schema import Table
from toolkit.migrate.subject import Subject

_SPECIAL = re.compile(r"[\\\"'\n\r\t\b;]|--")


def _many(limit: int, test: Callable[[Table], bool]) -> Check:
    def check(subject: Subject) -> list[str]:
        count = sum(1 for table in subject.tables if test(table))
        return [f"{count} tables"] if count > limit else []

    return check


def _triggers(subject: Subject) -> list[str]:
    return [f"{table}: {', '.join(table.triggers)}" for table in subject.tables if table.triggers]


def _special_characters(subject: Subject) -> list[str]:
    return [repr(str(t)) for t in subject.tables if _SPECIAL.search(t.name) or _SPECIAL.search(t.schema)]


def _pg_primary_key(subject: Subject) -> list[str]:
    return [str(t) for t in subject.tables if not t.primary_key and "replica_identity_full" not in t.marks]


def _pk_lob(subject: Subject) -> list[str]:
    return [
        f"{t}.{name}" for t in subject.tables for name in t.primary_key
        if (column := t.columns.get(name.casefold())) and subject.is_lob(column)
    ]  # fmt: skip


def _array_without_key(subject: Subject) -> list[str]:
    return [
        str(t) for t in subject.tables
        if not t.primary_key and any("array" in column.marks for column in t.columns.values())
    ]  # fmt: skip


def _postgis(subject: Subject) -> list[str]:
    return [] if subject.target_engine == "postgres" else typed(subject, *subject.blueprint.spatial_types)


def _similar_names(subject: Subject) -> list[str]:
    seen: dict[str, str] = {}
    wrong = []
    for table in subject.tables:
        other = seen.setdefault(str(table).casefold(), str(table))
        if other != str(table):
            wrong.append(f"{other} and {table}")
    return wrong


CHECKS: dict[str, Check] = {
    "apostrophes": tables(lambda table: "'" in table.name),
    "array-without-key": _array_without_key,
    "cascades": tables(lambda table: any(key.cascades for key in table.foreign_keys)),
    "columnstore": tables(lambda table: any(index.kind == "columnstore" for index in table.indexes)),
    "compressed": lambda subject: [f"{t}: {t.compression}" for t in subject.tables if t.compression],
    "computed": mark("computed"),
    "extended": lambda subject: list(
        subject.columns(lambda c: (c.length or 0) > subject.blueprint.lob_above.get(c.type, 1 << 30))
    ),
    "foreign-keys": tables(lambda table: bool(table.foreign_keys)),
    "function-indexes": tables(lambda table: any(index.expression for index in table.indexes)),
    "hybrid-partitioned": mark("hybrid_partitioned"),
    "identity": mark("identity"),
    "invisible": mark("invisible"),
    "iot-overflow": tables(lambda table: {"index_organized", "overflow"} <= table.marks),
    "lob-without-key": lambda subject: [str(table) for table in with_lobs(subject) if not table.has_key],
    "long-names": lambda subject: [
        *(str(t) for t in subject.tables if len(t.name.encode()) > 30),
        *subject.columns(lambda column: len(column.name.encode()) > 30),
    ],
    "many-keyed-tables": _many(10_000, lambda table: bool(table.primary_key)),
    "many-tables": _many(10_000, lambda _: True),
    "masked": mark("masked"),
    "memory-optimized": mark("memory_optimized"),
    "nested-twice": mark("nested_twice"),
    "no-key": tables(lambda table: not table.has_key),
    "pg-primary-key": _pg_primary_key,
    "pk-lob": _pk_lob,
    "postgis": _postgis,
    "rowid-views": lambda subject: subject.schema.row_id_views,
    "similar-names": _similar_names,
    "sparse": lambda subject: [*(mark("sparse")(subject) or ()), *(mark("column_set")(subject) or ())],
    "special-characters": _special_characters,
    "storage-engine": tables(lambda table: table.engine.lower() not in ("", "innodb")),
    "temporal": mark("system_versioned"),
    "temporary": mark("temporary"),
    "triggers": _triggers,
    "unsupported-types": lambda subject: [
        f"{t}.{c.name}: {c.type}"
        for t in subject.tables
        for c in t.columns.values()
        if c.type in subject.blueprint.unsupported_types
    ],
}
