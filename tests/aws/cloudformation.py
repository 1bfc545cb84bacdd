"""Stacks, change sets, events and exports; everything that has pages comes two by two."""

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

from tests.aws.refusal import RefusalError
from toolkit.stacks.template import read_template

Given = dict[str, str]
_TIME = "2026-11-21T00:00:00Z"
_PAGE = 2


def page(name: str, items: list[Any], given: Given, token: str = "NextToken") -> dict[str, Any]:
    """A page of items, with a token where more follow."""
    start = int(given.get(token, 0))
    more = {token: str(start + _PAGE)} if start + _PAGE < len(items) else {}
    return {name: items[start : start + _PAGE], **more}


@dataclass
class CloudFormation:
    """`statuses` and `templates` by stack, `policies` with the stack's status as they were set. `failure` is why the next stack rolls back; `changes` are of every change
    set, by default what the template has. Templates that were uploaded are looked up in `objects`.
    """

    objects: dict[str, bytes]
    statuses: dict[str, str] = field(default_factory=dict)
    templates: dict[str, str] = field(default_factory=dict)
    policies: dict[str, tuple[str, str]] = field(default_factory=dict)
    change_sets: dict[str, Given] = field(default_factory=dict)
    events: dict[str, list[tuple[str, str, str, str, str]]] = field(default_factory=dict)
    exports: dict[str, str] = field(default_factory=dict)
    changes: list[dict[str, str]] = field(default_factory=list)
    failure: str = ""

    def describe_stacks(self, given: Given) -> dict[str, Any]:
        name = given["StackName"]
        if name not in self.statuses:
            raise RefusalError(400, "ValidationError", f"Stack with id {name} does not exist")
        return {"Stacks": [{"StackName": name, "CreationTime": _TIME, "StackStatus": self.statuses[name]}]}

    def describe_stack_resources(self, given: Given) -> dict[str, Any]:
        self.describe_stacks(given)
        found = [
            {
                "LogicalResourceId": name, "ResourceType": kind, "PhysicalResourceId": _physical(name, kind),
                "ResourceStatus": "CREATE_COMPLETE", "Timestamp": _TIME,
            }
            for name, kind in self._resources(given["StackName"])
        ]  # fmt: skip
        return {"StackResources": found}

    def describe_stack_events(self, given: Given) -> dict[str, Any]:
        stack = given["StackName"]
        if stack not in self.statuses:
            self.describe_stacks(given)
        keys = ("LogicalResourceId", "ResourceType", "ResourceStatus", "ResourceStatusReason", "PhysicalResourceId")
        common = {"StackId": stack, "StackName": stack, "Timestamp": _TIME}
        events = [
            {"EventId": str(number), **common, **dict(zip(keys, event, strict=True))}
            for number, event in enumerate(self.events.get(stack, []))
        ]
        return page("StackEvents", events[::-1], given)

    def list_exports(self, given: Given) -> dict[str, Any]:
        return page("Exports", [{"Name": name, "Value": value} for name, value in self.exports.items()], given)

    def create_change_set(self, given: Given) -> dict[str, Any]:
        stack, name = given["StackName"], given["ChangeSetName"]
        arn = f"arn:aws:cloudformation:eu-west-1:111122223333:changeSet/{stack}/{name}"
        if arn in self.change_sets:
            raise RefusalError(400, "AlreadyExistsException", f"ChangeSet {name} already exists")
        if self.statuses.get(stack) == "ROLLBACK_COMPLETE":
            raise RefusalError(400, "ValidationError", f"Stack:{stack} is in ROLLBACK_COMPLETE state")
        self.statuses.setdefault(stack, "REVIEW_IN_PROGRESS")
        body = given.get("TemplateBody") or self.objects[urlsplit(given["TemplateURL"]).path].decode()
        self.change_sets[arn] = {"stack": stack, "body": body, "kind": given["ChangeSetType"]}
        return {"Id": arn, "StackId": stack}

    def describe_change_set(self, given: Given) -> dict[str, Any]:
        made = self.change_sets[given["ChangeSetName"]]
        if self.templates.get(made["stack"]) == made["body"]:
            return {"Status": "FAILED", "StatusReason": "The submitted information didn't contain changes."}
        added = [
            {"Action": "Add", "LogicalResourceId": name, "ResourceType": body["Type"]}
            for name, body in read_template("body", made["body"]).resources.items()
        ]
        changes = [{"Type": "Resource", "ResourceChange": change} for change in self.changes or added]
        return {"Status": "CREATE_COMPLETE", **page("Changes", changes, given)}

    def delete_change_set(self, given: Given) -> dict[str, Any]:
        for arn in [arn for arn in self.change_sets if given["ChangeSetName"] in arn]:
            del self.change_sets[arn]
        return {}

    def execute_change_set(self, given: Given) -> dict[str, Any]:
        if given["ChangeSetName"] not in self.change_sets:
            text = "ChangeSet cannot be executed in its current execution status of EXECUTE_IN_PROGRESS"
            raise RefusalError(400, "InvalidChangeSetStatus", text)
        made = self.change_sets.pop(given["ChangeSetName"])
        stack = made["stack"]
        events = self.events.setdefault(stack, [])
        self.templates[stack] = made["body"]
        for name, kind in self._resources(stack):
            status = "CREATE_FAILED" if self.failure else "CREATE_COMPLETE"
            events.append((name, kind, status, self.failure, _physical(name, kind)))
        if self.failure:
            events.append(("Other", "AWS::SNS::Topic", "CREATE_FAILED", "Resource creation cancelled", ""))
            self.statuses[stack] = "ROLLBACK_COMPLETE" if made["kind"] == "CREATE" else "UPDATE_ROLLBACK_COMPLETE"
            del self.templates[stack]
        else:
            self.statuses[stack] = f"{made['kind']}_COMPLETE"
        return {}

    def set_stack_policy(self, given: Given) -> dict[str, Any]:
        self.policies[given["StackName"]] = (given["StackPolicyBody"], self.statuses[given["StackName"]])
        return {}

    def delete_stack(self, given: Given) -> dict[str, Any]:
        self.statuses.pop(given["StackName"], None)
        return {}

    def _resources(self, stack: str) -> list[tuple[str, str]]:
        resources = read_template("body", self.templates[stack]).resources
        return [(name, str(body["Type"])) for name, body in resources.items()]


def _physical(name: str, kind: str) -> str:
    return f"arn:aws:ecs:eu-west-1:111122223333:service/shop-test/{name}" if kind == "AWS::ECS::Service" else name
