"""Queues of Amazon SQS: a variable whose value is the address of a FIFO queue gets the address of one of ours."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from toolkit.facts.model import EnvironmentVariable, Facts
from toolkit.findings import Finding, Severity
from toolkit.plan.model import QUEUE_ENGINE, Datastore, Decision, Service
from toolkit.plan.names import valid_name
from toolkit.plan.ranking import evidence_of, of_type
from toolkit.plan.reported import Reported
from toolkit.plan.settings.datastores import ROLES

# https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/sqs-queue-message-identifiers.html (2026-11-21)
_ADDRESS = re.compile(
    r"https://(?:sqs\.[a-z0-9-]{1,30}|[a-z0-9-]{1,30}\.queue)\.amazonaws\.com(?:\.cn)?/\d{12}/(?P<name>[\w-]{1,80})(?P<fifo>\.fifo)?"
)


@dataclass
class PlannedQueues(Reported):
    """Queues by the name that references use."""

    queues: dict[str, Datastore]


def queue_named(example: str | None) -> str:
    """The plan's name of the FIFO queue that a value is the address of; empty for every other value."""
    match = _ADDRESS.fullmatch(example or "")
    name = valid_name(match["name"]) if match and match["fifo"] else ""
    return f"{name}-queue" if name in ROLES else name


def plan_queues(facts: Facts, services: Mapping[str, Service]) -> PlannedQueues:
    """A queue for each FIFO queue that a variable names. Who sends and who receives is guessed by the kinds of services.

    A queue that is not first in, first out stays where it is (RP049): its senders give no message group, which a FIFO queue
    asks for, and the template has no other queue.
    """
    web = tuple(name for name, service in services.items() if service.kind == "web")
    others = tuple(name for name in services if name not in web)
    by_name: dict[str, list[EnvironmentVariable]] = {}
    standard: list[EnvironmentVariable] = []
    for fact in of_type(facts, EnvironmentVariable):
        if name := queue_named(fact.example):
            by_name.setdefault(name, []).append(fact)
        elif _ADDRESS.fullmatch(fact.example or ""):
            standard.append(fact)
    queues = {name: Datastore(engine=QUEUE_ENGINE, senders=web, receivers=others or web) for name in by_name}
    decisions = [
        decision
        for name, found in by_name.items()
        for decision in (
            Decision(f"datastores.{name}.engine", QUEUE_ENGINE, f"{found[0].name} is the address of a FIFO queue", evidence_of(found, 1)),
            *(
                Decision(f"datastores.{name}.{key}", ", ".join(who), f"{kind} usually do", (), True)
                for key, who, kind in (("senders", web, "web services"), ("receivers", others or web, "services without a port"))
                if who
            ),
        )
    ]  # fmt: skip
    findings = []
    if by_name:
        findings.append(
            Finding("RP048", Severity.NOTE, f"compose.yaml has no stand-in for the queue {', '.join(by_name)}: it asks for the address of a real one",
                    evidence_of([fact for found in by_name.values() for fact in found]),
                    "give each developer a queue in the development account, and credentials that may use it")
        )  # fmt: skip
    if standard:
        findings.append(
            Finding("RP049", Severity.WARNING, f"{', '.join(dict.fromkeys(fact.name for fact in standard))}: only FIFO queues are part of the generated templates; the address stays as it is",
                    evidence_of(standard), "allow the task role to use it: services in cloudformation/, TaskRole")
        )  # fmt: skip
    return PlannedQueues(queues, decisions=decisions, findings=findings)
