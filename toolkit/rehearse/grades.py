"""What each deployed resource did in the rehearsal: ran, answered as an API, or was only recorded."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from toolkit.aws.clients import Clients
from toolkit.rehearse.emulator import Emulator
from toolkit.stacks.environment import Stack

if TYPE_CHECKING:
    from docker import DockerClient

_BALANCER = frozenset({"AWS::ElasticLoadBalancingV2::LoadBalancer", "AWS::ElasticLoadBalancingV2::Listener"})
_ROUTE = frozenset({"AWS::ElasticLoadBalancingV2::TargetGroup", "AWS::ElasticLoadBalancingV2::ListenerRule"})


_REDIRECT = "RootRedirectRule"  # of service.yaml


class Grade(StrEnum):
    """RAN: a container, route, secret or log did its work. API: its state behaves, nothing works behind it.
    RECORDED: its properties were kept and references to it answered, no more."""

    RAN = "ran"
    API = "API"
    RECORDED = "recorded"


@dataclass(frozen=True, slots=True)
class Graded:
    stack: str
    logical_id: str
    type: str
    grade: Grade


@dataclass(frozen=True)
class Evidence:
    """What was seen to work. `definitions` are task definitions as the API describes them, of tasks that ran; `containers`
    the labels of the containers; `answered` the services that answered through the load balancer, `redirected` those for
    which it answered with a redirect."""

    definitions: tuple[Mapping[str, Any], ...]
    containers: tuple[Mapping[str, str], ...]
    answered: Collection[str]
    redirected: Collection[str]
    recorded: Collection[tuple[str, str]]

    def grade(self, stack: Stack, logical_id: str, kind: str, physical_id: str) -> Grade:
        if (stack.name, logical_id) in self.recorded:
            return Grade.RECORDED
        if logical_id == _REDIRECT:
            return Grade.RAN if stack.parameters.get("Service") in self.redirected else Grade.API
        return Grade.RAN if self._ran(stack, kind, physical_id) else Grade.API

    def _ran(self, stack: Stack, kind: str, physical_id: str) -> bool:
        if kind in _BALANCER:
            return bool(self.answered)
        if kind in _ROUTE:
            return stack.parameters.get("Service") in self.answered
        if kind == "AWS::ECS::Service":
            # Its name ends the ARN; a task's family is <application>-<environment>-<service>.
            service = physical_id.rsplit("/", 1)[-1]
            return any(one.get("com.amazonaws.ecs.container-name") == service for one in self.containers)
        if kind == "AWS::ECS::TaskDefinition":
            return any(one["taskDefinitionArn"] == physical_id for one in self.definitions)
        if kind in ("AWS::RDS::DBInstance", "AWS::RDS::DBCluster"):
            return any(one.get("db_id") == physical_id for one in self.containers)
        if kind == "AWS::ElastiCache::ReplicationGroup":
            return any(one.get("rg_id") == physical_id for one in self.containers)
        if kind == "AWS::SecretsManager::Secret":
            return any(secret.startswith(physical_id) for secret in self._secrets())
        if kind == "AWS::Logs::LogGroup":
            return physical_id in self._log_groups()
        return False

    def _secrets(self) -> Iterable[str]:
        for container in self._containers():
            for secret in container.get("secrets", ()):
                yield secret["valueFrom"]

    def _log_groups(self) -> Iterable[str]:
        for container in self._containers():
            yield container.get("logConfiguration", {}).get("options", {}).get("awslogs-group", "")

    def _containers(self) -> Iterable[Mapping[str, Any]]:
        for definition in self.definitions:
            yield from definition["containerDefinitions"]


def evidence(
    client: "DockerClient",
    clients: Clients,
    emulator: Emulator,
    definitions: Iterable[str],
    answered: Collection[str],
    redirected: Collection[str],
) -> Evidence:
    describe = clients("ecs").describe_task_definition
    containers = client.containers.list(filters={"label": emulator.label}, ignore_removed=True)
    return Evidence(
        tuple(describe(taskDefinition=one)["taskDefinition"] for one in dict.fromkeys(definitions)),
        tuple(dict(one.labels) for one in containers),
        answered,
        redirected,
        emulator.recorded(),
    )


def graded(clients: Clients, stacks: Iterable[Stack], seen: Evidence) -> tuple[Graded, ...]:
    found = []
    for stack in stacks:
        pages = clients("cloudformation").get_paginator("list_stack_resources").paginate(StackName=stack.name)
        for one in (one for page in pages for one in page["StackResourceSummaries"]):
            grade = seen.grade(stack, one["LogicalResourceId"], one["ResourceType"], one.get("PhysicalResourceId", ""))
            found.append(Graded(stack.part, one["LogicalResourceId"], one["ResourceType"], grade))
    return tuple(found)
