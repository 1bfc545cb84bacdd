"""Does a policy allow more than its stack needs: every action of a service, every resource, or everybody?"""

from collections.abc import Iterator, Mapping
from typing import Any

from toolkit.check.output import Output, line_of
from toolkit.findings import Evidence, Finding, Severity

# Actions that know no resource to name, beside those that only list and describe:
# https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
# (reviewed: "2026-11-21")
_WITHOUT_RESOURCE = frozenset(
    {
        "cloudwatch:PutMetricData",
        "ecr:GetAuthorizationToken",
        "ecs:DeregisterTaskDefinition",
        "ssmmessages:CreateControlChannel",
        "ssmmessages:CreateDataChannel",
        "ssmmessages:OpenControlChannel",
        "ssmmessages:OpenDataChannel",
        "xray:PutTelemetryRecords",
        "xray:PutTraceSegments",
    }
)
_TELLS_ONLY = ("Describe", "List")


def check(output: Output) -> Iterator[Finding]:
    """Findings RP119, one for each statement that allows too much."""
    for path, template in output.templates.items():
        for name, resource in template.resources.items():
            of_identity = str(resource.get("Type")).startswith("AWS::IAM::")
            for statement in _statements(resource.get("Properties")):
                line = line_of(statement)
                for reason in _reasons(statement, of_identity):
                    yield Finding("RP119", Severity.ERROR, f"{name} allows {reason}", (Evidence(path, line, line),))


def _statements(node: object) -> Iterator[Mapping[str, Any]]:
    if isinstance(node, Mapping):
        if "Effect" in node and ({"Action", "NotAction"} & set(node)):
            yield node
        else:
            for value in node.values():
                yield from _statements(value)
    elif isinstance(node, list):
        for item in node:
            yield from _statements(item)


def _reasons(statement: Mapping[str, Any], of_identity: bool) -> Iterator[str]:
    """A condition narrows what stands under it, so that resources and principals may then be open."""
    if statement["Effect"] != "Allow":
        return
    actions, conditional = _listed(statement.get("Action")), bool(statement.get("Condition"))
    if of_identity:
        if "NotAction" in statement:
            yield "every action but those named"
        for action in actions:
            if action == "*" or action.endswith(":*"):
                yield f"the actions {action}"
        unnamed = [action for action in actions if not _knows_no_resource(action)]
        if "*" in _listed(statement.get("Resource")) and unnamed and not conditional:
            yield f"{', '.join(unnamed)} on every resource"
    elif not conditional and "*" in _principals(statement.get("Principal")):
        yield f"{', '.join(actions)} to everybody"


def _knows_no_resource(action: str) -> bool:
    return action in _WITHOUT_RESOURCE or action.partition(":")[2].startswith(_TELLS_ONLY)


def _principals(principal: object) -> list[str]:
    if isinstance(principal, Mapping):
        return [one for value in principal.values() for one in _listed(value)]
    return _listed(principal)


def _listed(value: object) -> list[str]:
    return [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, str)]
