"""What a check is, and the ones that others are made of.

A check returns the places that break its rule, none when all is well; `None` when the dump cannot tell; and raises `Skip`
with the reason when it does not apply.
"""

from collections.abc import Callable, Iterable

from toolkit.migrate.schema import Table
from toolkit.migrate.subject import Subject

Check = Callable[[Subject], Iterable[str] | None]


class Skip(Exception):  # noqa: N818  (no error: a reason)
    """Why an assessment does not apply to this migration."""


def tables(test: Callable[[Table], bool]) -> Check:
    """Tables of which a test holds."""
    return lambda subject: [str(table) for table in subject.tables if test(table)]


def mark(name: str) -> Check:
    """Tables or columns with a mark."""
    return lambda subject: [
        *(str(table) for table in subject.tables if name in table.marks),
        *subject.columns(lambda column: name in column.marks),
    ]


def typed(subject: Subject, *types: str) -> list[str]:
    """Columns of one of some types."""
    return list(subject.columns(lambda column: column.type in types))


def with_lobs(subject: Subject) -> list[Table]:
    """Tables with a column that DMS moves as a LOB."""
    return [table for table in subject.tables if subject.lob_columns(table)]
