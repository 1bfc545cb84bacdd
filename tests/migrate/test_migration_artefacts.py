"""What the plan's migration becomes: mappings, settings, scripts."""

import pytest

from toolkit.artefacts.migration import table_mappings, task_settings
from toolkit.catalog.catalog import Catalog
from toolkit.migrate.dialects import DIALECTS
from toolkit.migrate.statements import Statements
from toolkit.plan.model import Migration


def plan(**values: object) -> Migration:
    return Migration(datastore="database", source_engine="sqlserver", **values)  # type: ignore[arg-type]


def test_mappings_name_what_goes_stays_and_changes() -> None:
    rules = table_mappings(
        plan(
            source_schema="dbo", target_schema="app", exclude=("dbo.tmp%", "log"), load_first=("dbo.big", "dbo.next"),
            partitioned=("dbo.big",),
        )
    )["rules"]  # fmt: skip
    assert [rule["rule-id"] for rule in rules] == [str(number) for number in range(1, 8)]
    assert [rule["load-order"] for rule in rules if "load-order" in rule] == [2, 1]
    excluded = [rule["object-locator"] for rule in rules if rule.get("rule-action") == "exclude"]
    assert excluded == [{"schema-name": "dbo", "table-name": "tmp%"}, {"schema-name": "dbo", "table-name": "log"}]
    assert {"value": "app", "rule-target": "schema"}.items() <= rules[5].items()
    assert rules[6]["parallel-load"] == {"type": "partitions-auto"}


def test_lob_modes() -> None:
    limited = task_settings(plan(lob_max_kib=64, parallel_tables=20))
    assert limited["TargetMetadata"]["LobMaxSize"] == 64 and not limited["TargetMetadata"]["FullLobMode"]
    assert limited["FullLoadSettings"]["MaxFullLoadSubTasks"] == 20
    full = task_settings(plan(lob_mode="full"))["TargetMetadata"]
    assert full["FullLobMode"] and not full["LimitedSizeLobMode"] and full["InlineLobMaxSize"] == 32


@pytest.mark.parametrize("engine", sorted(DIALECTS))
@pytest.mark.parametrize("name", ["source", "target-before", "target-after"])
def test_scripts_are_whole(engine: str, name: str) -> None:
    text = Catalog().migration_script(f"{engine}/{name}.sql")
    statements = Statements(DIALECTS[engine])
    found = [*statements.feed(text), *statements.close()]
    assert found and not statements.open_since
    assert "dms_source" in text or name != "source"
