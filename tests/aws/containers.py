"""ECS services with the tasks that stopped, and what these wrote to CloudWatch Logs."""

from dataclasses import dataclass, field
from typing import Any

from tests.aws.refusal import RefusalError

Given = dict[str, Any]
_DEFINITION = "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:3"


@dataclass
class Containers:
    """Each look at a service takes the next of `rollouts` (running tasks of two, state), and the last stays.

    `stopped`: the task id of each that ended, with its exit code; `logs`: the lines of a task id.
    """

    rollouts: list[tuple[int, str]] = field(default_factory=lambda: [(2, "COMPLETED")])
    stopped: dict[str, int] = field(default_factory=dict)
    logs: dict[str, list[str]] = field(default_factory=dict)

    def describe_services(self, given: Given) -> dict[str, Any]:
        running, rollout = self.rollouts.pop(0) if len(self.rollouts) > 1 else self.rollouts[0]
        deployments = [
            {"status": "ACTIVE", "rolloutState": "COMPLETED"},
            {"status": "PRIMARY", "rolloutState": rollout},
        ]
        return {"services": [{"runningCount": running, "desiredCount": 2, "deployments": deployments}]}

    def list_tasks(self, given: Given) -> dict[str, Any]:
        prefix = f"arn:aws:ecs:eu-west-1:111122223333:task/{given['cluster']}"
        return {"taskArns": [f"{prefix}/{name}" for name in self.stopped]}

    def describe_tasks(self, given: Given) -> dict[str, Any]:
        tasks = [
            {
                "taskArn": arn, "taskDefinitionArn": _DEFINITION, "stoppedAt": 1795219200 + number,
                "stoppedReason": "Essential container in task exited",
                "containers": [{"name": "web", "exitCode": self.stopped[arn.rsplit("/", 1)[-1]]}],
            }
            for number, arn in enumerate(given["tasks"])
        ]  # fmt: skip
        return {"tasks": tasks}

    def describe_task_definition(self, given: Given) -> dict[str, Any]:
        options = {"awslogs-group": "/ecs/web", "awslogs-stream-prefix": "task"}
        container = {"name": "web", "logConfiguration": {"logDriver": "awslogs", "options": options}}
        return {"taskDefinition": {"containerDefinitions": [container]}}

    def get_log_events(self, given: Given) -> dict[str, Any]:
        prefix, _, task = given["logStreamName"].rpartition("/")
        if (given["logGroupName"], prefix) != ("/ecs/web", "task/web") or task not in self.logs:
            raise RefusalError(400, "ResourceNotFoundException", "The specified log stream does not exist.")
        return {"events": [{"message": line} for line in self.logs[task][-given["limit"] :]]}
