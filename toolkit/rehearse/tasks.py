"""Tasks and services of the emulated cluster: run one to its end, follow a deployment to its end."""

import time
from dataclasses import dataclass
from typing import Any

from toolkit.aws.clients import Clients

_LOOK_SECONDS = 0.2
_SHOWN_LINES = 20


class StepFailedError(Exception):
    """A step of the rehearsal that failed: why, and the last lines that the task printed."""

    def __init__(self, why: str, output: tuple[str, ...] = ()) -> None:
        super().__init__(why)
        self.why, self.output = why, output


@dataclass(frozen=True, slots=True)
class Place:
    """Where the tasks of an environment run."""

    cluster: str
    subnets: tuple[str, ...]
    security_groups: tuple[str, ...]


def exports(clients: Clients) -> dict[str, str]:
    pages = clients("cloudformation").get_paginator("list_exports").paginate()
    return {one["Name"]: one["Value"] for page in pages for one in page["Exports"]}


def run_once(clients: Clients, place: Place, definition: str, timeout_seconds: int) -> str:
    """Runs a task to its end as the pipeline does; the last line that it printed. Raises StepFailedError."""
    ecs = clients("ecs")
    network = {
        "subnets": list(place.subnets),
        "securityGroups": list(place.security_groups),
        "assignPublicIp": "DISABLED",
    }
    started = ecs.run_task(
        cluster=place.cluster, taskDefinition=definition, launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": network},
    )  # fmt: skip
    if not started["tasks"]:
        raise StepFailedError(f"the task does not start: {started['failures']}")
    arn = started["tasks"][0]["taskArn"]
    deadline = time.monotonic() + timeout_seconds
    while (task := _task(ecs, place.cluster, arn))["lastStatus"] != "STOPPED":
        if time.monotonic() > deadline:
            ecs.stop_task(cluster=place.cluster, task=arn)
            raise StepFailedError(
                f"the task was not done within {timeout_seconds} s", printed(clients, definition, arn)
            )
        time.sleep(_LOOK_SECONDS)
    lines = printed(clients, definition, arn)
    code = task["containers"][0].get("exitCode")
    if code != 0:
        ended = f"ended with {code}" if code is not None else f"did not run: {task.get('stoppedReason', '')}"
        raise StepFailedError(f"the task {ended}", lines)
    return lines[-1] if lines else ""


def follow(clients: Clients, cluster: str, service: str, timeout_seconds: int) -> dict[str, Any]:
    """The service once its deployment has ended: completed, failed, or rolled back. Raises StepFailedError when it does not end."""
    ecs = clients("ecs")
    deadline = time.monotonic() + timeout_seconds
    while True:
        found: dict[str, Any] = ecs.describe_services(cluster=cluster, services=[service])["services"][0]
        states = [one.get("rolloutState") for one in found["deployments"] if one["status"] == "PRIMARY"]
        if states == ["FAILED"]:
            return found
        if states == ["COMPLETED"] and found["runningCount"] == found["desiredCount"]:
            return found
        if time.monotonic() > deadline:
            raise StepFailedError(
                f"{service} was not steady within {timeout_seconds} s", last_words(clients, cluster, service)
            )
        time.sleep(_LOOK_SECONDS)


def failed_deployment(service: dict[str, Any]) -> str:
    """The reason of the deployment that failed; empty when none did."""
    for one in service["deployments"]:
        if one.get("rolloutState") == "FAILED":
            return str(one.get("rolloutStateReason") or "the deployment failed")
    return ""


def last_words(clients: Clients, cluster: str, service: str) -> tuple[str, ...]:
    """Why the service's last stopped task stopped, and what it printed last."""
    ecs = clients("ecs")
    arns = ecs.list_tasks(cluster=cluster, serviceName=service, desiredStatus="STOPPED")["taskArns"]
    arns = arns or ecs.list_tasks(cluster=cluster, serviceName=service)["taskArns"]
    if not arns:
        return ()
    task = _task(ecs, cluster, arns[-1])
    return (
        task.get("stoppedReason") or task["lastStatus"],
        *printed(clients, task["taskDefinitionArn"], task["taskArn"]),
    )


def printed(clients: Clients, definition: str, task: str) -> tuple[str, ...]:
    """The last lines of the task's first container, from its log group."""
    from botocore.exceptions import ClientError

    described = clients("ecs").describe_task_definition(taskDefinition=definition)["taskDefinition"]
    container = described["containerDefinitions"][0]
    options = container.get("logConfiguration", {}).get("options", {})
    stream = f"{options.get('awslogs-stream-prefix')}/{container['name']}/{task.rsplit('/', 1)[-1]}"
    try:
        events = clients("logs").get_log_events(
            logGroupName=options.get("awslogs-group"), logStreamName=stream, startFromHead=False, limit=_SHOWN_LINES
        )["events"]
    except ClientError:  # nothing was printed
        return ()
    return tuple(event["message"].rstrip() for event in events[-_SHOWN_LINES:])


def _task(ecs: Any, cluster: str, arn: str) -> dict[str, Any]:
    found: dict[str, Any] = ecs.describe_tasks(cluster=cluster, tasks=[arn])["tasks"][0]
    return found
