"""Driving the replication task: what is asked of AWS, and what its answers mean."""

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from botocore.exceptions import EndpointConnectionError
from botocore.stub import Stubber

from toolkit.aws import replication_task
from toolkit.aws.clients import Clients, FailedError
from toolkit.errors import BadInputError, TemporaryError

ARN = "arn:aws:dms:eu-west-1:123456789012:task:ABC"
SOURCE, TARGET, INSTANCE = (f"arn:aws:dms:eu-west-1:123456789012:{name}:X" for name in ("endpoint", "endpoint2", "rep"))


@pytest.fixture
def dms() -> Iterator[tuple[Clients, Stubber]]:
    session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="eu-west-1")
    clients = Clients(session=session)
    with Stubber(clients("dms")) as stub:
        yield clients, stub
        stub.assert_no_pending_responses()


def described(status: str, **stats: int) -> dict[str, Any]:
    return {
        "ReplicationTaskIdentifier": "shop-test", "ReplicationTaskArn": ARN, "Status": status, "MigrationType": "full-load",
        "ReplicationTaskStats": stats, "SourceEndpointArn": SOURCE, "TargetEndpointArn": TARGET,
        "ReplicationInstanceArn": INSTANCE,
    }  # fmt: skip


def answer(stub: Stubber, status: str, **stats: int) -> None:
    stub.add_response("describe_replication_tasks", {"ReplicationTasks": [described(status, **stats)]})


@pytest.mark.parametrize(
    ("status", "reload", "how"),
    [("ready", False, "start-replication"), ("stopped", False, "resume-processing"), ("failed", False, "resume-processing"),
     ("stopped", True, "reload-target")],
)  # fmt: skip
def test_start_resumes_what_stopped(dms: tuple[Clients, Stubber], status: str, reload: bool, how: str) -> None:
    clients, stub = dms
    answer(stub, status)
    for _ in range(2):
        stub.add_response("describe_connections", {"Connections": [{"Status": "successful"}]})
    expected = {"ReplicationTaskArn": ARN, "StartReplicationTaskType": how}
    stub.add_response("start_replication_task", {"ReplicationTask": described("starting")}, expected)
    assert replication_task.start(clients, "shop-test", reload=reload).status == "starting"


def test_a_running_task_is_left_alone(dms: tuple[Clients, Stubber]) -> None:
    clients, stub = dms
    answer(stub, "running")
    assert replication_task.start(clients, "shop-test").status == "running"
    answer(stub, "running")
    with pytest.raises(BadInputError, match="is running"):
        replication_task.start(clients, "shop-test", reload=True)


def test_a_failing_connection_stops_before_the_start(
    dms: tuple[Clients, Stubber], monkeypatch: pytest.MonkeyPatch
) -> None:
    clients, stub = dms
    monkeypatch.setattr(replication_task._test_connection, "__defaults__", (lambda _: None,))
    answer(stub, "ready")
    stub.add_response("describe_connections", {"Connections": []})
    stub.add_response("test_connection", {}, {"ReplicationInstanceArn": INSTANCE, "EndpointArn": SOURCE})
    failed = {"Status": "failed", "LastFailureMessage": "Login failed for user"}
    stub.add_response("describe_connections", {"Connections": [failed]})
    with pytest.raises(FailedError, match="Login failed"):
        replication_task.start(clients, "shop-test")


def test_tables_of_all_pages(dms: tuple[Clients, Stubber]) -> None:
    clients, stub = dms
    row = {"SchemaName": "dbo", "TableName": "a", "TableState": "Table completed", "FullLoadRows": 5, "Inserts": 2}
    stub.add_response("describe_table_statistics", {"TableStatistics": [row], "Marker": "2"})
    bad = {"SchemaName": "dbo", "TableName": "b", "TableState": "Table error"}
    stub.add_response(
        "describe_table_statistics",
        {"TableStatistics": [bad]},
        {"ReplicationTaskArn": ARN, "MaxRecords": 500, "Marker": "2"},
    )
    first, second = replication_task.tables(clients, ARN)
    assert (first.table, first.rows, first.changes, first.failed) == ("dbo.a", 5, 2, False)
    assert second.failed


def test_the_load_is_followed_to_its_end_and_stop_stops(dms: tuple[Clients, Stubber]) -> None:
    clients, stub = dms
    for progress in (0, 40, 100):
        answer(stub, "running", FullLoadProgressPercent=progress)
    seen: list[int] = []
    replication_task.follow(clients, "shop-test", lambda one: seen.append(one.progress), sleep=lambda _: None)
    assert seen == [0, 40, 100]
    answer(stub, "running")
    stub.add_response("stop_replication_task", {"ReplicationTask": described("stopping")}, {"ReplicationTaskArn": ARN})
    assert replication_task.stop(clients, "shop-test").status == "stopping"
    answer(stub, "stopped")
    assert replication_task.stop(clients, "shop-test").status == "stopped"


@pytest.mark.parametrize(
    ("code", "error", "text"),
    [("ThrottlingException", TemporaryError, "throttling"), ("ExpiredTokenException", TemporaryError, "expired"),
     ("AccessDeniedException", BadInputError, "denies access"), ("ResourceNotFoundFault", BadInputError, "no replication task"),
     ("InvalidResourceStateFault", FailedError, "no")],
)  # fmt: skip
def test_refusals_are_explained(dms: tuple[Clients, Stubber], code: str, error: type[Exception], text: str) -> None:
    clients, stub = dms
    stub.add_client_error("describe_replication_tasks", code, "no", http_status_code=400)
    with pytest.raises(error, match=text):
        replication_task.task(clients, "shop-test")


def test_a_lost_connection_is_temporary(dms: tuple[Clients, Stubber], monkeypatch: pytest.MonkeyPatch) -> None:
    clients, _ = dms

    def lost(**_: object) -> None:
        raise EndpointConnectionError(endpoint_url="https://dms")

    monkeypatch.setattr(clients("dms"), "describe_replication_tasks", lost)
    with pytest.raises(TemporaryError, match="connection to AWS was lost"):
        replication_task.task(clients, "shop-test")
