"""What speaks against services with code or data of their own. None of it stands in the way of level (b), where every service
runs the whole application on one database."""

from collections.abc import Iterator, Mapping
from typing import Protocol

from toolkit.findings import Finding, Severity
from toolkit.split.code import Code
from toolkit.split.tables import Tables

SHARED_WRITE, FOREIGN_KEY, TRANSACTION = "RP126", "RP127", "RP128"


class Using(Protocol):
    """A service with the tables that it writes."""

    @property
    def writes(self) -> tuple[str, ...]: ...


def contraindications(
    code: Code, partition: Mapping[str, str], services: Mapping[str, Using], tables: Tables
) -> Iterator[Finding]:
    """Findings RP126 (several services write a table), RP127 (a foreign key leads to another's table), RP128 (a transaction
    writes tables of several)."""
    writers: dict[str, list[str]] = {}
    for name, service in services.items():
        for table in service.writes:
            writers.setdefault(table, []).append(name)
    for table, names in sorted(writers.items()):
        if len(names) > 1:
            places = tuple(dict.fromkeys(a.evidence for a in code.accesses if a.table == table and a.write))
            yield Finding(
                SHARED_WRITE, Severity.NOTE, f"{', '.join(names)} write table {table}", places[:4],
                "leave it in one database, or let one of them write it and the others ask that one",
            )  # fmt: skip
    for (source, target), evidence in sorted(code.foreign_keys.items()):
        owners = tables.owner(source, partition), tables.owner(target, partition)
        if all(owners) and owners[0] != owners[1]:
            yield Finding(
                FOREIGN_KEY, Severity.NOTE,
                f"table {source} of {owners[0]} has a foreign key to {target} of {owners[1]}", (evidence,),
                "two databases cannot keep it: leave it in one database, or check in code",
            )  # fmt: skip
    for node, evidence in sorted(code.transactions.items()):
        written = {access.table for access in tables.accesses([node]) if access.write}
        owners_of = {table: owner for table in sorted(written) if (owner := tables.owner(table, partition))}
        if len(set(owners_of.values())) > 1:
            shown = ", ".join(f"{table} of {owner}" for table, owner in owners_of.items())
            name = f"{node[0].rpartition('.')[2]}.{node[1]}"
            yield Finding(
                TRANSACTION, Severity.NOTE, f"the transaction of {name} writes {shown}", (evidence,),
                "leave these tables in one database, or undo by a compensating step (saga) where one part fails",
            )  # fmt: skip
