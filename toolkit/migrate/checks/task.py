"""What the schema means for our task and its endpoints: LOB mode, batch apply, validation, masks, extra settings."""

from collections.abc import Iterable

from toolkit.migrate.checks.check import Check, Skip, mark, typed, with_lobs
from toolkit.migrate.subject import Subject


def _batch(subject: Subject) -> None:
    if not subject.batch_apply:
        raise Skip("BatchApplyEnabled is off")


def _reader(subject: Subject) -> None:
    if subject.source.get("UseLogminerReader", "true").lower() != "false":
        raise Skip("the endpoint uses LogMiner")


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
    return [] if subject.lob_mode in ("limited", "none") else list(map(str, with_lobs(subject)))


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
    return mark("parallel")(subject)


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


def _spatial_in(*modes: str) -> Check:
    def check(subject: Subject) -> list[str]:
        return typed(subject, *subject.blueprint.spatial_types) if subject.lob_mode in modes else []

    return check


def _ms_replication(subject: Subject) -> list[str] | None:
    attributes = subject.source.get("ExtraConnectionAttributes", "").lower()
    return [] if "ignoremsreplicationenablement=true" in attributes.replace(" ", "") else None


def _foreign_keys_on(subject: Subject) -> list[str]:
    if "foreign_key_checks=0" in subject.target.get("AfterConnectScript", "").lower().replace(" ", ""):
        return []
    return [str(table) for table in subject.tables if table.foreign_keys]


def _skip_partition_ddl(subject: Subject) -> list[str]:
    attributes = subject.source.get("ExtraConnectionAttributes", "").lower()
    if "skiptablesuspensionforpartitionddl=true" in attributes.replace(" ", ""):
        return []
    return [str(table) for table in subject.tables if "partitioned" in table.marks]


def _lob_size(subject: Subject) -> list[str] | None:
    if subject.lob_mode != "limited":
        return []
    limit = int(subject.setting("TargetMetadata", "LobMaxSize", 32))
    tables = with_lobs(subject)
    too_long = [
        f"{table}: a value of {table.longest_value} characters, LobMaxSize is {limit} KiB"
        for table in tables
        if 4 * (table.longest_value or 0) > limit * 1024
    ]
    unknown = any(table.longest_value is None for table in tables)
    return None if unknown and not too_long else too_long


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
    return [f"{t}.{c.name}" for t in with_lobs(subject) for c in subject.lob_columns(t)]


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
    return [] if has or with_lobs(subject) else ["no table has a LOB column, and BulkArraySize is not set"]


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
        return typed(subject, *types) if subject.lob_mode in ("full", "inline") else []

    return check


CHECKS: dict[str, Check] = {
    "batch-apply-999": _batch_999,
    "batch-apply-lob": _batch_lob,
    "batch-apply-no-key": _batch_no_key,
    "batch-apply-row-size": _batch_row_size,
    "batch-apply-two-keys": _batch_two_keys,
    "bulk-array": _bulk_array,
    "collation-difference": _collation_difference,
    "foreign-keys-on": _foreign_keys_on,
    "hcc-cdc": _hcc(),
    "hcc-full-load": _hcc("query low"),
    "lob-not-null": _lob_not_null,
    "lob-size": _lob_size,
    "logminer-lobs": _logminer_lobs,
    "longs-full-lob": _in_full_lob("long", "long raw", "xmltype"),
    "mask-digits-mask": _mask("digits-mask"),
    "mask-digits-randomize": _mask("digits-randomize"),
    "mask-hash-mask": _mask("hash-mask"),
    "ms-replication": _ms_replication,
    "not-our-target": _not_our_target,
    "nothing-selected": lambda subject: [] if subject.tables else ["no table of the dump is selected"],
    "number-scale": _number_scale,
    "open-transactions": _open_transactions,
    "parallel-batch-apply": _batch_parallel,
    "partitioned-made-by-dms": lambda subject: (
        mark("partitioned")(subject)
        if subject.setting("FullLoadSettings", "TargetTablePrepMode") == "DROP_AND_CREATE"
        else []
    ),
    "pglogical": _pglogical,
    "replica-role": _replica_role,
    "secondary-constraints": _secondary_constraints,
    "secondary-indexes": _secondary,
    "securefile-limited": lambda subject: mark("securefile")(subject) if subject.lob_mode == "limited" else [],
    "skip-partition-ddl": _skip_partition_ddl,
    "spatial-full-lob": _spatial_in("full"),
    "spatial-limited": _spatial_in("limited", "none"),
    "subtasks": _subtasks,
    "supplemental-all": _supplemental(keyed=False),
    "supplemental-key": _supplemental(keyed=True),
    "target-is-ours": lambda _: [],
    "validated-digits-mask": _validated("digits-mask"),
    "validated-digits-randomize": _validated("digits-randomize"),
    "validated-hash-mask": _validated("hash-mask"),
    "validated-without-key": _without_key_when_validated,
    "xml-full-lob": _in_full_lob("xmltype"),
    "zero-destination": lambda subject: [] if subject.source.get("UseZeroDestid") == "true" else None,
}
