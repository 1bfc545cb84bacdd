"""`replatform migrate start|status|stop` over HTTP: what is asked of DMS, and what becomes of it when something goes wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.aws.dms import SOURCE, TARGET
from tests.aws.emulator import ACCOUNT, CUT, DONE, UNDONE, Aws, Fault
from tests.aws.refusal import RefusalError, denied, expired, throttled
from toolkit.cli.main import app
from toolkit.errors import ToolkitError

PLAN = """application: shop
images: {}
services: {}
datastores: {database: {engine: mysql}}
migration: {datastore: database, source_engine: mysql}
environments: {test: {account: '%s'}}
"""


@pytest.fixture
def out(tmp_path: Path) -> Path:
    (tmp_path / "replatform.yaml").write_text(PLAN % ACCOUNT)
    return tmp_path


def migrate(out: Path, command: str, *options: str) -> Any:
    return CliRunner().invoke(app, ["migrate", command, "test", "--dir", str(out), *options])


def refusal(result: Any) -> tuple[int, str]:
    """Exit status and words of a run that failed."""
    assert isinstance(result.exception, ToolkitError), result.output
    return result.exception.exit_status, str(result.exception)


def test_the_load_is_started_followed_and_stopped_and_goes_on_from_there(aws: Aws, out: Path) -> None:
    started = migrate(out, "start")
    assert started.exit_code == 0, started.output
    assert started.stdout.startswith("shop-test running, 100 % of the load")
    assert aws.dms.connections == {SOURCE: "successful", TARGET: "successful"}
    shown = [line for line in started.stderr.splitlines() if "% of the load" in line]
    assert [line.split()[2] for line in shown] == ["0", "0", "50", "100"]
    assert migrate(out, "start").exit_code == 0  # it runs: followed only
    assert migrate(out, "stop").stdout.startswith("shop-test stopping")
    assert migrate(out, "status").exit_code == 0
    assert migrate(out, "stop").stdout.startswith("shop-test stopped")
    assert migrate(out, "start", "--no-wait").stdout.startswith("shop-test starting")
    assert aws.dms.starts == ["start-replication", "resume-processing"]


def test_all_tables_are_loaded_anew_only_by_name_and_not_while_it_runs(aws: Aws, out: Path) -> None:
    assert migrate(out, "start").exit_code == 0
    assert refusal(migrate(out, "start", "--reload", "shop-test"))[1].startswith("shop-test is running")
    migrate(out, "stop")
    aws.dms.status = "failed"
    assert refusal(migrate(out, "start", "--reload", "shop"))[0] == 2
    assert migrate(out, "start", "--reload", "shop-test").exit_code == 0
    assert aws.dms.starts == ["start-replication", "reload-target"]


def test_a_failing_connection_stops_before_the_start(aws: Aws, out: Path) -> None:
    aws.dms.login = "failed"
    status, told = refusal(migrate(out, "start"))
    assert status == 1 and "the connection fails: Login failed for user" in told and SOURCE in told
    assert aws.dms.starts == []
    aws.dms.login = "successful"
    assert migrate(out, "start").exit_code == 0


def test_tables_of_all_pages_are_shown_and_one_with_an_error_is_a_finding(aws: Aws, out: Path) -> None:
    aws.dms.tables = [
        {"SchemaName": "dbo", "TableName": name, "TableState": state, "FullLoadRows": 5, "Inserts": 2, "Updates": 1}
        for name, state in (("a", "Table completed"), ("b", "Table completed"), ("c", "Table error"))
    ]
    result = migrate(out, "status", "--json")
    tables = json.loads(result.stdout)["tables"]
    assert [(one["table"], one["rows"], one["changes"]) for one in tables] == [
        ("dbo.a", 5, 3),
        ("dbo.b", 5, 3),
        ("dbo.c", 5, 3),
    ]
    assert result.exit_code == 1
    aws.dms.tables.pop()
    assert migrate(out, "status").exit_code == 0


def test_a_task_that_is_not_deployed_is_bad_input(aws: Aws, out: Path) -> None:
    aws.dms.name = "other-test"
    for command in ("start", "status", "stop"):
        status, told = refusal(migrate(out, command))
        assert status == 2 and "there is no replication task shop-test" in told


def test_the_migration_is_driven_in_the_account_of_the_plan_alone(aws: Aws, out: Path) -> None:
    (out / "replatform.yaml").write_text(PLAN % "999999999999")
    for command in ("start", "status", "stop"):
        assert f"of account {ACCOUNT}, not 999999999999" in refusal(migrate(out, command))[1]
    assert set(aws.calls) == {"GetCallerIdentity"}


TROUBLE: list[tuple[Fault, int, str]] = [
    (throttled(), 75, "throttling"),
    (expired(), 75, "credentials have expired"),
    (denied(), 2, "denies access"),
    (RefusalError(500, "InternalFailure"), 75, "internal error"),
    (UNDONE, 75, "connection to AWS was lost"),
    (DONE, 75, "connection to AWS was lost"),
    (CUT, 75, "connection to AWS was lost while"),
]
START = ("DescribeReplicationTasks", "DescribeConnections", "TestConnection", "StartReplicationTask")


@pytest.mark.parametrize(("fault", "status", "words"), TROUBLE, ids=lambda value: getattr(value, "code", str(value)))
@pytest.mark.parametrize("operation", [*START, "DescribeTableStatistics", "StopReplicationTask"])
def test_trouble_is_told_and_a_second_run_finishes(
    aws: Aws, out: Path, operation: str, fault: Fault, status: int, words: str
) -> None:
    command = {"DescribeTableStatistics": "status", "StopReplicationTask": "stop"}.get(operation, "start")
    if command == "stop":
        aws.dms.status = "running"
    aws.fail(operation, *[fault] * 30)
    exit_status, told = refusal(migrate(out, command))
    assert exit_status == status and words in told and "again" in told
    aws.faults.clear()
    assert migrate(out, command).exit_code == 0
    assert aws.dms.starts == (["start-replication"] if command == "start" else [])
    assert aws.dms.status in {"start": ["running"], "stop": ["stopping", "stopped"], "status": ["ready"]}[command]


@pytest.mark.parametrize("fault", [throttled(), DONE], ids=str)
@pytest.mark.parametrize("operation", [*START, "StopReplicationTask"])
def test_short_trouble_is_waited_out(aws: Aws, out: Path, operation: str, fault: Fault) -> None:
    aws.fail(operation, fault, fault)
    assert migrate(out, "start").exit_code == 0
    assert migrate(out, "stop").exit_code == 0
    assert migrate(out, "status").exit_code == 0
    assert (aws.dms.starts, aws.dms.status) == (["start-replication"], "stopped")


def test_a_task_that_cannot_be_started_or_stopped_says_why(aws: Aws, out: Path) -> None:
    aws.fail("StartReplicationTask", RefusalError(400, "InvalidResourceStateFault", "The task is being modified"))
    assert refusal(migrate(out, "start")) == (1, refusal_text("starting shop-test: The task is being modified"))
    aws.dms.status = "running"
    aws.fail("StopReplicationTask", RefusalError(400, "InvalidResourceStateFault", "The task is being modified"))
    assert refusal(migrate(out, "stop")) == (1, refusal_text("stopping shop-test: The task is being modified"))


def refusal_text(what: str) -> str:
    return f"{what}\n  to do: run the same command again; it goes on where it stopped"
