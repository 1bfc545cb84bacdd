"""Change sets: create, describe, execute, discard. One name for one content, so that a second run finds the first's."""

import hashlib
import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from toolkit.aws.clients import Clients, FailedError, error_code, error_text, explained
from toolkit.deploy.uploads import template_argument
from toolkit.errors import TemporaryError
from toolkit.stacks.environment import Stack
from toolkit.stacks.template import HOLDS_DATA

# Replacing one of these restarts a migration, or starts with an empty database: only when asked for by name.
PROTECTED = frozenset(
    {
        "AWS::DMS::ReplicationInstance",
        "AWS::DMS::ReplicationTask",
        "AWS::RDS::DBCluster",
        "AWS::RDS::DBInstance",
    }
)
_PREFIX = "replatform-"
_WAIT_SECONDS = 600
# What CloudFormation says of a change set without a change; it has no code for it.
_EMPTY = ("didn't contain changes", "No updates are to be performed")
Sleep = Callable[[float], None]


@dataclass(frozen=True)
class Change:
    """One resource: `action` is added, changed, replaced, removed or imported; `maybe`: replaced only in some cases."""

    logical_id: str
    type: str
    action: str
    properties: tuple[str, ...] = ()
    maybe: bool = False

    @property
    def loses(self) -> bool:
        """Whether the present resource goes away, or may."""
        return self.action in ("replaced", "removed")

    @property
    def holds_data(self) -> bool:
        return self.type in HOLDS_DATA

    @property
    def protected(self) -> bool:
        return self.loses and self.type in PROTECTED


@dataclass(frozen=True)
class ChangeSet:
    """What would become of one stack. `arn` is empty where there is nothing to execute yet.

    `kind` is create, update or none (no changes); `predicted`: read from the template, as what it imports is not there.
    """

    stack: Stack
    kind: str
    changes: tuple[Change, ...] = field(default=())
    arn: str = ""
    predicted: bool = False


def create(clients: Clients, stack: Stack, *, exists: bool, bucket: str = "", sleep: Sleep = time.sleep) -> ChangeSet:
    """Creates the change set of a stack and waits until CloudFormation has computed it.

    `exists`: the stack is there with resources. `bucket` takes templates too large for a request. Parameters that
    have no value here keep the one they have. Raises FailedError with CloudFormation's reason.
    """
    client = clients("cloudformation")
    name = change_set_name(stack)
    arguments: dict[str, Any] = {
        "StackName": stack.name,
        "ChangeSetName": name,
        "ChangeSetType": "UPDATE" if exists else "CREATE",
        "ClientToken": name,
        "Parameters": _parameters(clients, stack, exists=exists),
        "Tags": [{"Key": key, "Value": value} for key, value in stack.tags.items()],
        "Capabilities": list(stack.capabilities),
        **template_argument(clients, stack, bucket),
    }
    doing = f"creating the change set of {stack.name}"
    with explained(doing):
        try:
            made = client.create_change_set(**arguments)
        except client.exceptions.AlreadyExistsException:  # a run that was cut off left it
            client.delete_change_set(StackName=stack.name, ChangeSetName=name)
            made = client.create_change_set(**arguments)
    return _described(clients, stack, made["Id"], exists=exists, sleep=sleep)


def predict(stack: Stack) -> ChangeSet:
    """The change set of a stack that cannot be computed yet: every resource of the template is added."""
    added = tuple(Change(name, str(body.get("Type", "")), "added") for name, body in stack.template.resources.items())
    return ChangeSet(stack, "create", added, predicted=True)


def execute(clients: Clients, change_set: ChangeSet) -> None:
    """Starts a change set; one that was started already is left to run."""
    client = clients("cloudformation")
    with explained(f"executing the change set of {change_set.stack.name}"):
        try:
            client.execute_change_set(ChangeSetName=change_set.arn)
        except client.exceptions.InvalidChangeSetStatusException as error:
            # The answer to an earlier attempt was lost: it runs already.
            if "EXECUTE" not in error_text(error):
                raise


def discard(clients: Clients, change_set: ChangeSet) -> None:
    """Removes a change set that is not executed, and the empty stack that a first one leaves in review."""
    if not change_set.arn:
        return
    client = clients("cloudformation")
    with explained(f"removing the change set of {change_set.stack.name}"):
        client.delete_change_set(ChangeSetName=change_set.arn)
        if change_set.kind == "create" and in_review(clients, change_set.stack.name):
            client.delete_stack(StackName=change_set.stack.name)


def in_review(clients: Clients, name: str) -> bool:
    """Whether a stack is only a change set so far, and holds nothing."""
    found = clients("cloudformation").describe_stacks(StackName=name)["Stacks"]
    return bool(found) and found[0]["StackStatus"] == "REVIEW_IN_PROGRESS"


def change_set_name(stack: Stack) -> str:
    """The same for the same template, parameters and tags."""
    content = json.dumps([stack.template.text, dict(stack.parameters), dict(stack.tags)], sort_keys=True)
    return _PREFIX + hashlib.sha256(content.encode()).hexdigest()[:16]


def _parameters(clients: Clients, stack: Stack, *, exists: bool) -> list[dict[str, Any]]:
    declared = stack.template.parameters
    given = [
        {"ParameterKey": name, "ParameterValue": value} for name, value in stack.parameters.items() if name in declared
    ]
    if not exists:
        return given
    client = clients("cloudformation")
    with explained(f"reading the parameters of {stack.name}"):
        present = client.describe_stacks(StackName=stack.name)["Stacks"][0].get("Parameters", [])
    kept = [item["ParameterKey"] for item in present if item["ParameterKey"] in set(declared) - set(stack.parameters)]
    return given + [{"ParameterKey": name, "UsePreviousValue": True} for name in kept]


def _described(clients: Clients, stack: Stack, arn: str, *, exists: bool, sleep: Sleep) -> ChangeSet:
    client = clients("cloudformation")
    changes: list[Change] = []
    with explained(f"reading the change set of {stack.name}"):
        for pause in _pauses():
            answer = client.describe_change_set(ChangeSetName=arn)
            if answer["Status"] not in ("CREATE_PENDING", "CREATE_IN_PROGRESS"):
                break
            sleep(pause)
        else:
            raise TemporaryError(f"CloudFormation did not compute the change set of {stack.name} in time")
        reason = answer.get("StatusReason", "")
        if answer["Status"] == "FAILED":
            client.delete_change_set(ChangeSetName=arn)
            if any(words in reason for words in _EMPTY):
                return ChangeSet(stack, "none")
            if not exists:  # what is in review holds nothing
                client.delete_stack(StackName=stack.name)
            raise FailedError(
                f"CloudFormation refuses the change set of {stack.name}: {reason}", where=stack.template.path
            )
        while True:
            changes += [_change(item["ResourceChange"]) for item in answer["Changes"] if "ResourceChange" in item]
            if not answer.get("NextToken"):
                break
            answer = client.describe_change_set(ChangeSetName=arn, NextToken=answer["NextToken"])
    return ChangeSet(stack, "update" if exists else "create", tuple(changes), arn)


def _pauses() -> list[float]:
    """Seconds between looks: short at first, ten minutes together."""
    pauses: list[float] = []
    total = 0.0
    while total < _WAIT_SECONDS:
        pauses.append(min(5.0, 0.25 * 1.5 ** len(pauses)))
        total += pauses[-1]
    return pauses


def _change(change: dict[str, Any]) -> Change:
    action = {"Add": "added", "Modify": "changed", "Remove": "removed", "Import": "imported"}.get(
        change["Action"], change["Action"].lower()
    )
    replacement = change.get("Replacement", "False")
    if action == "changed" and replacement != "False":
        action = "replaced"
    targets = [detail.get("Target", {}) for detail in change.get("Details", [])]
    properties = {target.get("Name") or target.get("Attribute", "") for target in targets} - {""}
    return Change(
        change["LogicalResourceId"],
        change["ResourceType"],
        action,
        tuple(sorted(properties)),
        replacement == "Conditional",
    )


def is_missing(error: Exception) -> bool:
    """Whether CloudFormation says that a stack is not there; it has no code for it."""
    return error_code(error) == "ValidationError" and "does not exist" in error_text(error)
