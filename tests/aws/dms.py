"""One replication task of DMS between two endpoints, with the states that the service goes through."""

from dataclasses import dataclass, field
from typing import Any

from tests.aws.cloudformation import page
from tests.aws.refusal import RefusalError

Given = dict[str, Any]
_ARN = "arn:aws:dms:eu-west-1:111122223333"
SOURCE, TARGET = f"{_ARN}:endpoint:SOURCE", f"{_ARN}:endpoint:TARGET"


@dataclass
class Dms:
    """`connections` holds the state of each endpoint that was tested; a test ends as `login` says.

    A running task's load is a half further at each look. `tables` are as DMS counts them.
    """

    name: str = "shop-test"
    status: str = "ready"
    progress: int = 0
    login: str = "successful"
    connections: dict[str, str] = field(default_factory=dict)
    tables: list[dict[str, Any]] = field(default_factory=list)
    starts: list[str] = field(default_factory=list)

    def describe_replication_tasks(self, given: Given) -> dict[str, Any]:
        if given["Filters"] != [{"Name": "replication-task-id", "Values": [self.name]}]:
            raise RefusalError(400, "ResourceNotFoundFault", "No Tasks found matching provided filters.")
        task = self._task()
        if self.status == "starting":
            self.status, self.progress = "running", 0
        elif self.status == "running":
            self.progress = min(100, self.progress + 50)
        elif self.status == "stopping":
            self.status = "stopped"
        return {"ReplicationTasks": [task]}

    def describe_connections(self, given: Given) -> dict[str, Any]:
        filters = {one["Name"]: one["Values"] for one in given["Filters"]}
        (arn,) = filters["endpoint-arn"]
        if arn not in self.connections:
            return {"Connections": []}
        reason = {"LastFailureMessage": "Login failed for user"} if self.connections[arn] == "failed" else {}
        found = {"EndpointIdentifier": arn[-6:], "Status": self.connections[arn], **reason}
        if self.connections[arn] == "testing":
            self.connections[arn] = self.login
        return {"Connections": [found]}

    def test_connection(self, given: Given) -> dict[str, Any]:
        if self.connections.get(given["EndpointArn"]) == "testing":
            raise RefusalError(400, "InvalidResourceStateFault", "Endpoint is being tested already.")
        self.connections[given["EndpointArn"]] = "testing"
        return {"Connection": {"Status": "testing"}}

    def start_replication_task(self, given: Given) -> dict[str, Any]:
        how = given["StartReplicationTaskType"]
        if set(self.connections.values()) != {"successful"} or len(self.connections) != 2:
            raise RefusalError(400, "InvalidResourceStateFault", "Test connection should be successful.")
        # What never ran can only be started, and what ran only resumed or reloaded.
        if self.status not in ("ready", "stopped", "failed") or (self.status == "ready") != (
            how == "start-replication"
        ):
            raise RefusalError(400, "InvalidResourceStateFault", f"The task is {self.status}.")
        self.status = "starting"
        self.starts.append(how)
        return {"ReplicationTask": self._task()}

    def stop_replication_task(self, given: Given) -> dict[str, Any]:
        if self.status not in ("running", "starting"):
            raise RefusalError(400, "InvalidResourceStateFault", f"The task is {self.status}.")
        self.status = "stopping"
        return {"ReplicationTask": self._task()}

    def describe_table_statistics(self, given: Given) -> dict[str, Any]:
        return page("TableStatistics", self.tables, given, "Marker")

    def _task(self) -> dict[str, Any]:
        return {
            "ReplicationTaskIdentifier": self.name, "ReplicationTaskArn": f"{_ARN}:task:TASK", "Status": self.status,
            "MigrationType": "full-load", "SourceEndpointArn": SOURCE, "TargetEndpointArn": TARGET,
            "ReplicationInstanceArn": f"{_ARN}:rep:INSTANCE",
            "ReplicationTaskStats": {"FullLoadProgressPercent": self.progress, "TablesLoaded": 0},
        }  # fmt: skip
