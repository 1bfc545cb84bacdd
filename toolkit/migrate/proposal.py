"""What a dump tells the plan about its migration: how long values are, which tables are large, which have partitions."""

from dataclasses import dataclass

from toolkit.migrate.schema import Column
from toolkit.migrate.subject import Subject
from toolkit.plan.model import Migration

# Default and maximum of LobMaxSize in KiB; above it, only full LOB mode copies values whole:
# https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.LOBSupport.html (reviewed: "2026-11-21")
_LEAST_KIB, _MOST_KIB = 32, 102_400
# A character has four bytes at most, in UTF-8 as in UTF-16, and a dump counts characters.
_BYTES_OF_CHARACTER = 4
# Values grow until the cut-over.
_MARGIN = 2


@dataclass(frozen=True, slots=True)
class Proposal:
    """A value for a key of the plan's `migration`, and why."""

    key: str
    value: str | int | list[str]
    because: str


def propose(subject: Subject, migration: Migration) -> tuple[Proposal, ...]:
    """What differs from the plan; empty where the dump has nothing to say."""
    found = [*_lobs(subject), *_large_tables(subject, migration), *_partitions(subject)]
    as_planned = migration.model_dump(mode="json")
    return tuple(one for one in found if as_planned[one.key] != one.value)


def _lobs(subject: Subject) -> list[Proposal]:
    """Limited mode with a size that no value exceeds, else full mode; nothing where neither rows nor types tell."""
    tables = [(table, subject.lob_columns(table)) for table in subject.tables]
    tables = [(table, columns) for table, columns in tables if columns]
    if not tables:
        return []
    seen = [table for table, _ in tables if table.longest_value is not None]
    declared = [_declared_kib(subject, column) for _, columns in tables for column in columns]
    bound = max(declared) if all(declared) else 0
    if seen:
        widest = max(seen, key=lambda table: table.longest_value or 0)
        longest = widest.longest_value or 0
        kib = _rounded(longest * _BYTES_OF_CHARACTER * _MARGIN // 1024 + 1)
        kib = min(kib, max(bound, _LEAST_KIB)) if bound else kib
        because = f"the longest value of {widest} has {longest} characters" if longest else "all values are short"
    elif bound:
        kib, because = max(bound, _LEAST_KIB), "no column holds more"
    else:
        return []
    if kib > _MOST_KIB:
        return [Proposal("lob_mode", "full", f"{because}, and limited mode ends at {_MOST_KIB} KiB")]
    return [Proposal("lob_mode", "limited", because), Proposal("lob_max_kib", kib, because)]


def _declared_kib(subject: Subject, column: Column) -> int:
    """The most that the column's type holds; 0 for no limit that matters."""
    if column.type in subject.blueprint.lob_types and "array" not in column.marks:
        return subject.blueprint.lob_types[column.type]
    return _BYTES_OF_CHARACTER * column.length // 1024 + 1 if column.length and column.length > 0 else 0


def _rounded(kib: int) -> int:
    """Up to a power of two: a dump of next week gives the same."""
    return max(_LEAST_KIB, 1 << (kib - 1).bit_length())


def _large_tables(subject: Subject, migration: Migration) -> list[Proposal]:
    """Tables with a tenth of the rows or more go first, where there are more tables than are loaded at a time."""
    rows = sum(table.rows for table in subject.tables)
    if not rows or len(subject.tables) <= migration.parallel_tables:
        return []
    large = sorted((table for table in subject.tables if table.rows * 10 >= rows), key=lambda table: -table.rows)
    because = f"each has a tenth or more of the {rows} rows"
    return [Proposal("load_first", [str(table) for table in large], because)] if large else []


def _partitions(subject: Subject) -> list[Proposal]:
    parted = [str(table) for table in subject.tables if "partitioned" in table.marks]
    if not parted or not subject.blueprint.partitions:
        return []
    return [Proposal("partitioned", parted, "their partitions can be loaded in parallel")]
