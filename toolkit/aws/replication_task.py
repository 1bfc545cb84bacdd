"""The replication task of AWS DMS: tests its connections, starts, resumes and stops it, and reads its progress per table.

States and calls: https://docs.aws.amazon.com/dms/latest/APIReference/API_StartReplicationTask.html (2026-11-21)
"""

import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from toolkit.aws.clients import Clients, FailedError, error_code, explained
from toolkit.errors import BadInputError

_CONNECTION_SECONDS = 300
_MOVING = ("creating", "starting", "stopping", "modifying", "moving", "testing")


@dataclass(frozen=True, slots=True)
class Task:
    """A task as DMS describes it; `progress` is of the full load in percent."""

    name: str
    arn: str
    status: str
    kind: str
    progress: int
    loaded: int
    loading: int
    queued: int
    errored: int
    reason: str
    instance: str
    endpoints: tuple[str, str]

    @property
    def failed(self) -> bool:
        return self.status == "failed" or self.errored > 0


@dataclass(frozen=True, slots=True)
class TableProgress:
    """One table: rows loaded, changes applied since, and what validation found."""

    table: str
    state: str
    rows: int
    changes: int
    failed_rows: int
    validation: str

    @property
    def failed(self) -> bool:
        return (
            "error" in self.state.lower() or self.failed_rows > 0 or self.validation in ("Error", "Mismatched records")
        )


def task(clients: Clients, name: str) -> Task:
    """The task by its identifier. Raises BadInputError when there is none, and what `explained` raises."""
    from botocore.exceptions import ClientError

    with explained(f"looking for the replication task {name}"):
        try:
            found = clients("dms").describe_replication_tasks(
                Filters=[{"Name": "replication-task-id", "Values": [name]}], WithoutSettings=True
            )["ReplicationTasks"]
        except ClientError as error:
            if error_code(error) != "ResourceNotFoundFault":
                raise
            found = []
    if not found:
        raise BadInputError(f"there is no replication task {name}", to_do="deploy the migration stack first")
    return _task(found[0])


def _task(found: dict[str, Any]) -> Task:
    counts = found.get("ReplicationTaskStats", {})
    return Task(
        found["ReplicationTaskIdentifier"],
        found["ReplicationTaskArn"],
        found["Status"],
        found.get("MigrationType", ""),
        counts.get("FullLoadProgressPercent", 0),
        counts.get("TablesLoaded", 0),
        counts.get("TablesLoading", 0),
        counts.get("TablesQueued", 0),
        counts.get("TablesErrored", 0),
        found.get("LastFailureMessage") or found.get("StopReason", ""),
        found.get("ReplicationInstanceArn", ""),
        (found.get("SourceEndpointArn", ""), found.get("TargetEndpointArn", "")),
    )


def tables(clients: Clients, arn: str) -> Iterator[TableProgress]:
    """Every table of the task, page by page."""
    marker: dict[str, str] = {}
    while True:
        with explained("reading the progress of tables"):
            page = clients("dms").describe_table_statistics(ReplicationTaskArn=arn, MaxRecords=500, **marker)
        for one in page.get("TableStatistics", ()):
            yield TableProgress(
                f"{one.get('SchemaName', '')}.{one.get('TableName', '')}",
                one.get("TableState", ""),
                one.get("FullLoadRows", 0),
                sum(one.get(kind, 0) for kind in ("Inserts", "Updates", "Deletes")),
                one.get("FullLoadErrorRows", 0) + one.get("ValidationFailedRecords", 0),
                one.get("ValidationState", ""),
            )
        if not page.get("Marker"):
            return
        marker = {"Marker": page["Marker"]}


def start(clients: Clients, name: str, *, reload: bool = False, say: Callable[[str], None] = lambda _: None) -> Task:
    """Starts a task that never ran, resumes one that stopped; leaves one alone that runs.

    `reload` throws away where it stands and loads every table anew. Raises FailedError when a connection fails.
    """
    found = task(clients, name)
    if found.status == "running":
        if reload:
            raise BadInputError(f"{name} is running", to_do="stop it first: replatform migrate stop")
        say(f"{name} is running already")
        return found
    if found.status in _MOVING:
        say(f"{name} is {found.status}")
        return found
    for arn in found.endpoints:
        _test_connection(clients, found.instance, arn, say)
    how = "reload-target" if reload else "start-replication" if found.status == "ready" else "resume-processing"
    dms = clients("dms")
    say(f"{name}: {how}")
    with explained(f"starting {name}"):
        try:
            answer = dms.start_replication_task(ReplicationTaskArn=found.arn, StartReplicationTaskType=how)
        except dms.exceptions.InvalidResourceStateFault:
            return _since(clients, name, "starting", "running")
    return _task(answer["ReplicationTask"])


def stop(clients: Clients, name: str) -> Task:
    """Stops the task where it stands, so that a start goes on from there; one that does not run is left as it is."""
    found = task(clients, name)
    if found.status not in ("running", "starting"):
        return found
    dms = clients("dms")
    with explained(f"stopping {name}"):
        try:
            return _task(dms.stop_replication_task(ReplicationTaskArn=found.arn)["ReplicationTask"])
        except dms.exceptions.InvalidResourceStateFault:
            return _since(clients, name, "stopping", "stopped")


def _since(clients: Clients, name: str, *wanted: str) -> Task:
    """The task that an attempt whose answer was lost has brought there; raises the present error for any other."""
    found = task(clients, name)
    if found.status not in wanted:
        raise
    return found


def follow(
    clients: Clients,
    name: str,
    report: Callable[[Task], None],
    *,
    seconds: float = 15,
) -> Task:
    """Reports until the full load is over, or the task stopped or failed; the task goes on when this is interrupted."""
    while True:
        found = task(clients, name)
        report(found)
        if found.status not in ("running", *_MOVING) or (found.status == "running" and found.progress >= 100):
            return found
        time.sleep(seconds)


def _test_connection(
    clients: Clients,
    instance: str,
    endpoint: str,
    say: Callable[[str], None],
) -> None:
    """DMS starts no task before both connections were tested from its replication instance."""
    filters = [
        {"Name": "endpoint-arn", "Values": [endpoint]},
        {"Name": "replication-instance-arn", "Values": [instance]},
    ]
    dms = clients("dms")
    tested = False
    for _ in range(_CONNECTION_SECONDS // 5):
        with explained("testing a connection"):
            found = dms.describe_connections(Filters=filters).get("Connections", [])
            status = found[0].get("Status", "") if found else ""
            if status == "successful":
                return
            if not tested and status != "testing":
                with suppress(dms.exceptions.InvalidResourceStateFault):  # an attempt whose answer was lost began it
                    dms.test_connection(ReplicationInstanceArn=instance, EndpointArn=endpoint)
                tested = True
                say(f"testing the connection to {found[0].get('EndpointIdentifier', endpoint) if found else endpoint}")
            elif status == "failed":
                raise FailedError(
                    f"the connection fails: {found[0].get('LastFailureMessage', '')}", where=endpoint,
                    to_do="check host, port, login, network and certificate; migration/source.sql makes the login",
                )  # fmt: skip
        time.sleep(5)
    raise FailedError("the connection could not be tested in five minutes", where=endpoint, to_do="try again")
