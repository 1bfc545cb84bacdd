"""Our checks behind the assessments of AWS DMS: each tells what breaks its rule.

A check returns the places that break it, none when all is well; `None` when the dump cannot tell; and raises `Skip` with the
reason when it does not apply.
"""

import re
from collections.abc import Callable, Iterable

from toolkit.migrate.schema import Column, Table
from toolkit.migrate.subject import Subject

Check = Callable[[Subject], Iterable[str] | None]
_SPECIAL = re.compile(r"[\\\"'\n\r\t\b;]|--")
_VERSION = re.compile(r"(\d+)(?:\.(\d+))?")
_DIGITS = re.compile(r"\d+")


class Skip(Exception):  # noqa: N818  (no error: a reason)
    """Why an assessment does not apply to this migration."""


def _tables(test: Callable[[Table], bool]) -> Check:
    return lambda subject: [str(table) for table in subject.tables if test(table)]


def _columns(test: Callable[[Column], bool]) -> Check:
    return lambda subject: list(subject.columns(test))


def _mark(mark: str) -> Check:
    """Tables or columns with a mark."""
    return lambda subject: [
        *(str(table) for table in subject.tables if mark in table.marks),
        *subject.columns(lambda column: mark in column.marks),
    ]


def _typed(subject: Subject, *types: str) -> list[str]:
    return list(subject.columns(lambda column: column.type in types))


def _with_lobs(subject: Subject) -> list[Table]:
    return [table for table in subject.tables if subject.lob_columns(table)]


def _batch(subject: Subject) -> None:
    if not subject.batch_apply:
        raise Skip("BatchApplyEnabled is off")


def _reader(subject: Subject) -> None:
    if subject.source.get("UseLogminerReader", "true").lower() != "false":
        raise Skip("the endpoint uses LogMiner")


def _setting(name: str, good: Callable[[str], bool]) -> Check:
    """A setting of the server, as the dump states it."""

    def check(subject: Subject) -> Iterable[str] | None:
        value = subject.schema.settings.get(name)
        return None if value is None else [] if good(value) else [f"{name} = {value}"]

    return check


def _number(value: str) -> int:
    found = _DIGITS.search(value)
    return int(found[0][:18]) if found else 0


def _lob_not_null(subject: Subject) -> list[str]:
    if subject.lob_mode not in ("full", "inline"):
        raise Skip("LOB mode is limited")
    return [f"{t}.{c.name}" for t in subject.tables for c in subject.lob_columns(t) if not c.nullable]


def _validated(action: str) -> Check:
    def check(subject: Subject) -> list[str]:
        return [f"{table}.{column.name}" for table, column in subject.masked(action)] if subject.validates else []

    return check


def _mask(action: str) -> Check:
    def check(subject: Subject) -> list[str]:
        wrong = []
        for table, column in subject.masked(action):
            if column.name in table.key_columns:
                wrong.append(f"{table}.{column.name}: part of a key")
            elif subject.is_lob(column) or column.type in subject.blueprint.spatial_types:
                wrong.append(f"{table}.{column.name}: {column.type} cannot be masked")
            elif action == "hash-mask" and 0 < (column.length or 0) < 64:
                wrong.append(f"{table}.{column.name}: {column.length} characters, a hash has 64")
        return wrong

    return check


def _secondary(subject: Subject) -> list[str]:
    if subject.setting("FullLoadSettings", "TargetTablePrepMode") == "DROP_AND_CREATE":
        raise Skip("DMS makes the tables, without secondary indexes")
    return [f"{t}: {len(t.indexes)} indexes" for t in subject.tables if t.indexes]


def _secondary_constraints(subject: Subject) -> list[str]:
    return [
        f"{t}: {len(t.indexes)} indexes, {len(t.foreign_keys)} foreign keys"
        for t in subject.tables
        if t.indexes or t.foreign_keys or "check" in t.marks
    ]


def _batch_lob(subject: Subject) -> list[str]:
    _batch(subject)
    return [] if subject.lob_mode in ("limited", "none") else list(map(str, _with_lobs(subject)))


def _batch_no_key(subject: Subject) -> list[str]:
    _batch(subject)
    return [str(table) for table in subject.tables if not table.has_key]


def _batch_two_keys(subject: Subject) -> list[str]:
    _batch(subject)
    return [str(table) for table in subject.tables if table.primary_key and table.unique_indexes]


def _batch_999(subject: Subject) -> list[str]:
    _batch(subject)
    return [str(table) for table in subject.tables if 2 * len(table.columns) + len(table.primary_key) > 999]


def _batch_parallel(subject: Subject) -> Iterable[str] | None:
    _batch(subject)
    return _mark("parallel")(subject)


def _batch_row_size(subject: Subject) -> list[str]:
    _batch(subject)
    if subject.target_engine not in ("mysql", "mariadb"):
        raise Skip("the target is not MySQL")
    width = {
        str(t): sum(4 * (c.length or 8) for c in t.columns.values() if not subject.is_lob(c)) for t in subject.tables
    }
    return [f"{table}: up to {size} bytes" for table, size in width.items() if size > 65535]


def _without_key_when_validated(subject: Subject) -> list[str]:
    if not subject.validates:
        raise Skip("validation is off")
    return [str(table) for table in subject.tables if not table.has_key]


def _subtasks(subject: Subject) -> list[str]:
    at_once = int(subject.setting("FullLoadSettings", "MaxFullLoadSubTasks", 8))
    wrong = len(subject.tables) > 8 and at_once <= 8
    return [f"{len(subject.tables)} tables, {at_once} at a time"] if wrong else []


def _many(limit: int, test: Callable[[Table], bool]) -> Check:
    def check(subject: Subject) -> list[str]:
        count = sum(1 for table in subject.tables if test(table))
        return [f"{count} tables"] if count > limit else []

    return check


def _triggers(subject: Subject) -> list[str]:
    return [f"{table}: {', '.join(table.triggers)}" for table in subject.tables if table.triggers]


def _spatial_in(*modes: str) -> Check:
    def check(subject: Subject) -> list[str]:
        return _typed(subject, *subject.blueprint.spatial_types) if subject.lob_mode in modes else []

    return check


def _special_characters(subject: Subject) -> list[str]:
    return [repr(str(t)) for t in subject.tables if _SPECIAL.search(t.name) or _SPECIAL.search(t.schema)]


def _ms_replication(subject: Subject) -> list[str] | None:
    attributes = subject.source.get("ExtraConnectionAttributes", "").lower()
    return [] if "ignoremsreplicationenablement=true" in attributes.replace(" ", "") else None


def _text_repl_size(subject: Subject) -> Iterable[str] | None:
    if not _with_lobs(subject):
        return []
    for name in ("max text repl size", "max text repl size (b)"):
        if name in subject.schema.settings:
            return _setting(name, lambda value: value == "-1")(subject)
    return None


def _foreign_keys_on(subject: Subject) -> list[str]:
    if "foreign_key_checks=0" in subject.target.get("AfterConnectScript", "").lower().replace(" ", ""):
        return []
    return [str(table) for table in subject.tables if table.foreign_keys]


def _skip_partition_ddl(subject: Subject) -> list[str]:
    attributes = subject.source.get("ExtraConnectionAttributes", "").lower()
    if "skiptablesuspensionforpartitionddl=true" in attributes.replace(" ", ""):
        return []
    return [str(table) for table in subject.tables if "partitioned" in table.marks]


def _local_infile(subject: Subject) -> list[str] | None:
    if subject.target_engine not in ("mysql", "mariadb"):
        raise Skip("the target is not MySQL")
    value = subject.target.get("local_infile")
    return None if value is None else [] if value in ("1", "true") else [f"local_infile = {value}"]


def _version_between(lowest: tuple[int, int], highest: tuple[int, int]) -> Check:
    def check(subject: Subject) -> list[str] | None:
        found = _VERSION.match(subject.schema.version)
        if not found:
            return None
        version = (int(found[1]), int(found[2] or 0))
        if "mariadb" in subject.schema.version.lower():
            return [] if (10, 0) <= version <= (11, 4) else [subject.schema.version]
        return [] if lowest <= version <= highest else [subject.schema.version]

    return check


def _max_allowed_packet(subject: Subject) -> list[str] | None:
    value = subject.schema.settings.get("max_allowed_packet")
    if not _with_lobs(subject):
        return []
    longest = max(table.longest_value for table in _with_lobs(subject))
    return None if value is None else [f"{longest} characters"] if 4 * longest > _number(value) else []


def _timeouts(subject: Subject) -> list[str] | None:
    names = ("net_read_timeout", "net_write_timeout", "wait_timeout")
    if any(name not in subject.schema.settings for name in names):
        return None
    values = {name: subject.schema.settings[name] for name in names}
    return [f"{name} = {value}" for name, value in values.items() if _number(value) < 300]


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
    return [] if subject.target_engine == "postgres" else _typed(subject, *subject.blueprint.spatial_types)


def _similar_names(subject: Subject) -> list[str]:
    seen: dict[str, str] = {}
    wrong = []
    for table in subject.tables:
        other = seen.setdefault(str(table).casefold(), str(table))
        if other != str(table):
            wrong.append(f"{other} and {table}")
    return wrong


def _lob_size(subject: Subject) -> list[str]:
    if subject.lob_mode != "limited":
        return []
    limit = int(subject.setting("TargetMetadata", "LobMaxSize", 32))
    return [
        f"{table}: a value of {table.longest_value} characters, LobMaxSize is {limit} KiB"
        for table in _with_lobs(subject)
        if 4 * table.longest_value > limit * 1024
    ]


def _replica_role(subject: Subject) -> list[str]:
    if subject.target_engine != "postgres":
        raise Skip("the target is not PostgreSQL")
    script = subject.target.get("AfterConnectScript", "").lower()
    return (
        [] if "session_replication_role" in script and "replica'" in script else ["AfterConnectScript does not set it"]
    )


def _pglogical(subject: Subject) -> list[str]:
    return [] if subject.source.get("PluginName", "test_decoding") != "pglogical" else ["PluginName is pglogical"]


def _number_scale(subject: Subject) -> list[str]:
    if "NumberDatatypeScale" in subject.source:
        return []
    return list(subject.columns(lambda c: c.type == "number" and c.length is None and "computed" not in c.marks))


def _logminer_lobs(subject: Subject) -> list[str]:
    if subject.source.get("UseLogminerReader", "true").lower() == "false":
        return []
    return [f"{t}.{c.name}" for t in _with_lobs(subject) for c in subject.lob_columns(t)]


def _hcc(*allowed: str) -> Check:
    def check(subject: Subject) -> list[str]:
        _reader(subject)
        return [
            f"{t}: {t.compression}"
            for t in subject.tables
            if t.compression.startswith(("query", "archive")) and t.compression not in allowed
        ]

    return check


def _supplemental(*, keyed: bool) -> Check:
    def check(subject: Subject) -> list[str]:
        if subject.source.get("AddSupplementalLogging", "false").lower() == "true":
            return []
        wanted = {"supplemental_all", "supplemental_key"} if keyed else {"supplemental_all"}
        return [str(t) for t in subject.tables if t.has_key is keyed and not wanted & t.marks]

    return check


def _bulk_array(subject: Subject) -> list[str]:
    has = "bulkarraysize" in subject.source.get("ExtraConnectionAttributes", "").lower()
    return [] if has or _with_lobs(subject) else ["no table has a LOB column, and BulkArraySize is not set"]


def _collation_difference(subject: Subject) -> list[str]:
    if subject.target_engine != "postgres" or not subject.validates:
        raise Skip("not a validated migration to PostgreSQL")
    return [] if subject.setting("ValidationSettings", "HandleCollationDiff", False) else ["HandleCollationDiff is off"]


def _open_transactions(subject: Subject) -> list[str]:
    if subject.migration_type != "cdc":
        raise Skip("the task loads as well")
    return [] if "OpenTransactionWindow" in subject.source else ["OpenTransactionWindow is not set"]


def _not_our_target(_: Subject) -> list[str]:
    raise Skip("the target is a relational database")


def _in_full_lob(*types: str) -> Check:
    def check(subject: Subject) -> list[str]:
        return _typed(subject, *types) if subject.lob_mode in ("full", "inline") else []

    return check


def _off(value: str) -> bool:
    return value in ("off", "disabled", "0")


CHECKS: dict[str, Check] = {
    "accelerated-recovery": _setting("accelerated_database_recovery", _off),
    "apostrophes": _tables(lambda table: "'" in table.name),
    "array-without-key": _array_without_key,
    "batch-apply-999": _batch_999,
    "batch-apply-lob": _batch_lob,
    "batch-apply-no-key": _batch_no_key,
    "batch-apply-row-size": _batch_row_size,
    "batch-apply-two-keys": _batch_two_keys,
    "binlog-compression": _setting("binlog_transaction_compression", _off),
    "binlog-format": _setting("binlog_format", lambda value: value == "row"),
    "binlog-image": _setting("binlog_row_image", lambda value: value == "full"),
    "bulk-array": _bulk_array,
    "cascades": _tables(lambda table: any(key.cascades for key in table.foreign_keys)),
    "collation-difference": _collation_difference,
    "columnstore": _tables(lambda table: any(index.kind == "columnstore" for index in table.indexes)),
    "compressed": lambda subject: [f"{t}: {t.compression}" for t in subject.tables if t.compression],
    "computed": _mark("computed"),
    "decoding-memory": _setting("logical_decoding_work_mem", lambda value: _number(value) >= 64),
    "delayed-durability": _setting("delayed_durability", _off),
    "expire-logs": _setting("binlog_expire_logs_seconds", lambda value: _number(value) > 0),
    "extended": lambda subject: list(
        subject.columns(lambda c: (c.length or 0) > subject.blueprint.lob_above.get(c.type, 1 << 30))
    ),
    "foreign-keys": _tables(lambda table: bool(table.foreign_keys)),
    "foreign-keys-on": _foreign_keys_on,
    "function-indexes": _tables(lambda table: any(index.expression for index in table.indexes)),
    "hcc-cdc": _hcc(),
    "hcc-full-load": _hcc("query low"),
    "hybrid-partitioned": _mark("hybrid_partitioned"),
    "identity": _mark("identity"),
    "invisible": _mark("invisible"),
    "iot-overflow": _tables(lambda table: {"index_organized", "overflow"} <= table.marks),
    "lob-not-null": _lob_not_null,
    "lob-size": _lob_size,
    "lob-without-key": lambda subject: [str(table) for table in _with_lobs(subject) if not table.has_key],
    "logminer-lobs": _logminer_lobs,
    "long-names": lambda subject: [
        *(str(t) for t in subject.tables if len(t.name.encode()) > 30),
        *subject.columns(lambda column: len(column.name.encode()) > 30),
    ],
    "longs-full-lob": _in_full_lob("long", "long raw", "xmltype"),
    "many-keyed-tables": _many(10_000, lambda table: bool(table.primary_key)),
    "many-tables": _many(10_000, lambda _: True),
    "mask-digits-mask": _mask("digits-mask"),
    "mask-digits-randomize": _mask("digits-randomize"),
    "mask-hash-mask": _mask("hash-mask"),
    "masked": _mark("masked"),
    "max-allowed-packet": _max_allowed_packet,
    "max-slot-size": _setting("max_slot_wal_keep_size", lambda value: value.startswith("-1")),
    "max-statement-time": _setting("max_statement_time", lambda value: _number(value) == 0),
    "max-wal-senders": _setting("max_wal_senders", lambda value: _number(value) > 1),
    "memory-optimized": _mark("memory_optimized"),
    "ms-replication": _ms_replication,
    "mysql-version": _version_between((5, 5), (8, 4)),
    "nested-twice": _mark("nested_twice"),
    "network-timeouts": _timeouts,
    "no-key": _tables(lambda table: not table.has_key),
    "not-our-target": _not_our_target,
    "nothing-selected": lambda subject: [] if subject.tables else ["no table of the dump is selected"],
    "number-scale": _number_scale,
    "open-transactions": _open_transactions,
    "parallel-batch-apply": _batch_parallel,
    "partitioned-made-by-dms": lambda subject: (
        _mark("partitioned")(subject)
        if subject.setting("FullLoadSettings", "TargetTablePrepMode") == "DROP_AND_CREATE"
        else []
    ),
    "pg-primary-key": _pg_primary_key,
    "pglogical": _pglogical,
    "pk-lob": _pk_lob,
    "postgis": _postgis,
    "postgres-version": _version_between((9, 4), (17, 99)),
    "replica-role": _replica_role,
    "rowid-views": lambda subject: subject.schema.row_id_views,
    "secondary-constraints": _secondary_constraints,
    "secondary-indexes": _secondary,
    "securefile-limited": lambda subject: _mark("securefile")(subject) if subject.lob_mode == "limited" else [],
    "server-id": _setting("server_id", lambda value: _number(value) >= 1),
    "similar-names": _similar_names,
    "skip-partition-ddl": _skip_partition_ddl,
    "sparse": lambda subject: [*(_mark("sparse")(subject) or ()), *(_mark("column_set")(subject) or ())],
    "spatial-full-lob": _spatial_in("full"),
    "spatial-limited": _spatial_in("limited", "none"),
    "special-characters": _special_characters,
    "storage-engine": _tables(lambda table: table.engine.lower() not in ("", "innodb")),
    "subtasks": _subtasks,
    "supplemental-all": _supplemental(keyed=False),
    "supplemental-key": _supplemental(keyed=True),
    "target-is-ours": lambda _: [],
    "target-local-infile": _local_infile,
    "temporal": _mark("system_versioned"),
    "temporary": _mark("temporary"),
    "text-repl-size": _text_repl_size,
    "triggers": _triggers,
    "unsupported-types": lambda subject: [
        f"{t}.{c.name}: {c.type}"
        for t in subject.tables
        for c in t.columns.values()
        if c.type in subject.blueprint.unsupported_types
    ],
    "validated-digits-mask": _validated("digits-mask"),
    "validated-digits-randomize": _validated("digits-randomize"),
    "validated-hash-mask": _validated("hash-mask"),
    "validated-without-key": _without_key_when_validated,
    "wal-level": _setting("wal_level", lambda value: value == "logical"),
    "wal-sender-timeout": _setting("wal_sender_timeout", lambda value: value == "0" or _milliseconds(value) >= 10_000),
    "xml-full-lob": _in_full_lob("xmltype"),
    "zero-destination": lambda subject: [] if subject.source.get("UseZeroDestid") == "true" else None,
}


def _milliseconds(value: str) -> int:
    """PostgreSQL's durations: 60s, 1min, or plain milliseconds."""
    unit = value.strip("0123456789 ")
    return _number(value) * {"s": 1000, "min": 60_000, "h": 3_600_000}.get(unit, 1)
