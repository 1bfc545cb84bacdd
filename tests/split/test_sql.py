"""Tables of statements."""

import pytest

from toolkit.split.sql import tables


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("SELECT a.x FROM payments p JOIN accounts a ON a.id = p.a", {"payments": False, "accounts": False}),
        ("SELECT x FROM (SELECT y FROM account_ageing) AS aged GROUP BY x", {"account_ageing": False}),
        ("select * from a, b as c, d where a.x = c.x for update", {"a": False, "b": False, "d": False}),
        ("UPDATE accounts SET x = (SELECT max(y) FROM rates)", {"accounts": True, "rates": False}),
        ("insert into dbo.runs (a) select b from [old runs].x", {"runs": True, "x": False}),
        ("DELETE FROM x WHERE a IN (SELECT b FROM y)", {"x": True, "y": False}),
        ("with recent as (select * from orders) select * from recent", {"orders": False}),
        ("MERGE INTO t USING s ON (t.a = s.a) WHEN MATCHED THEN UPDATE SET x = 1", {"t": True, "s": False}),
        ("SELECT o FROM Order o JOIN o.items i, Customer c ORDER BY o.day", {"Order": False, "Customer": False}),
        ("DELETE Order o WHERE o.id = 1", {"Order": True}),
        ("SELECT extract(year FROM day) FROM runs", {"runs": False}),
        ("SELECT x FROM a WHERE y IS DISTINCT FROM z", {"a": False}),
        ("TRUNCATE TABLE log", {"log": True}),
        # Sentences that begin as statements do.
        ("update the order", {}),
        ("Select a date from", {}),
        ("delete failed", {}),
    ],
)
def test_tables_and_whether_they_are_written(statement: str, expected: dict[str, bool]) -> None:
    assert tables(statement) == expected
