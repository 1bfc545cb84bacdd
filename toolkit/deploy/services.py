"""ECS services of a stack: how far they are, whether they are steady, and why a task of theirs stopped."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from toolkit.aws.clients import Clients, explained

_LOG_LINES = 20


@dataclass(frozen=True)
class Progress:
    """One service: running and desired task counts, and ECS's state of the newest deployment."""

    service: str
    running: int
    desired: int
    rollout: str

    @property
    def steady(self) -> bool:
        return self.rollout == "COMPLETED" and self.running == self.desired


def service_arns(clients: Clients, stack: str) -> tuple[str, ...]:
    """ARNs of the services that a stack has made so far."""
    with explained(f"looking for the services of {stack}"):
        found = clients("cloudformation").describe_stack_resources(StackName=stack)["StackResources"]
    return tuple(
        item["PhysicalResourceId"]
        for item in found
        if item["ResourceType"] == "AWS::ECS::Service" and "/" in item.get("PhysicalResourceId", "")
    )


def progress(clients: Clients, arns: tuple[str, ...]) -> Iterator[Progress]:
    """How far services are, by ARN (`...:service/<cluster>/<name>`)."""
    for arn in arns:
        cluster, name = arn.split("/")[-2:]
        with explained(f"looking at service {name}"):
            for service in clients("ecs").describe_services(cluster=cluster, services=[name])["services"]:
                newest: dict[str, Any] = next(
                    (item for item in service["deployments"] if item["status"] == "PRIMARY"), {}
                )
                yield Progress(name, service["runningCount"], service["desiredCount"], newest.get("rolloutState", ""))


def why_stopped(clients: Clients, arn: str) -> tuple[str, ...]:
    """Reason and last log lines of the task of a service that stopped last; empty when ECS remembers none."""
    cluster, name = arn.split("/")[-2:]
    ecs = clients("ecs")
    with explained(f"reading why tasks of {name} stopped"):
        tasks = ecs.list_tasks(cluster=cluster, serviceName=name, desiredStatus="STOPPED")["taskArns"]
        if not tasks:
            return ()
        stopped = ecs.describe_tasks(cluster=cluster, tasks=tasks)["tasks"]
        task = max(stopped, key=lambda item: str(item.get("stoppedAt", "")))
        lines = [f"task stopped: {task.get('stoppedReason', 'no reason given')}"]
        definition = ecs.describe_task_definition(taskDefinition=task["taskDefinitionArn"])["taskDefinition"]
    configured = {container["name"]: container for container in definition["containerDefinitions"]}
    for container in task.get("containers", []):
        said = container.get("reason") or f"exit code {container.get('exitCode', 'unknown')}"
        lines.append(f"container {container['name']}: {said}")
        options = configured.get(container["name"], {}).get("logConfiguration", {}).get("options", {})
        lines += _last_lines(clients, options, container["name"], task["taskArn"].rsplit("/", 1)[-1])
    return tuple(lines)


def _last_lines(clients: Clients, options: dict[str, Any], container: str, task: str) -> Iterator[str]:
    """A container's last log lines; none when it wrote none, as its log stream does not exist then."""
    if "awslogs-group" not in options:
        return
    logs = clients("logs")
    stream = f"{options.get('awslogs-stream-prefix', 'ecs')}/{container}/{task}"
    with explained(f"reading the log {options['awslogs-group']}"):
        try:
            events = logs.get_log_events(
                logGroupName=options["awslogs-group"], logStreamName=stream, limit=_LOG_LINES, startFromHead=False
            )["events"]
        except logs.exceptions.ResourceNotFoundException:
            return
    yield from (f"  {event['message'].rstrip()}" for event in events)
