"""What a service's tasks may do with the queues of the plan: statements of a policy of their role, and nothing beyond.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonsqs.html (reviewed: "2026-11-21")
"""

from toolkit.artefacts.bindings import import_value, pascal
from toolkit.artefacts.text import Line
from toolkit.plan.model import Plan

_SEND = ("sqs:GetQueueUrl", "sqs:SendMessage")
_RECEIVE = (
    "sqs:ChangeMessageVisibility",
    "sqs:DeleteMessage",
    "sqs:GetQueueAttributes",
    "sqs:GetQueueUrl",
    "sqs:ReceiveMessage",
)
_KEY_TO_SEND = ("kms:Decrypt", "kms:GenerateDataKey")
_KEY_TO_RECEIVE = ("kms:Decrypt",)


def queue_policies(plan: Plan, service: str) -> list[Line]:
    """Resources of the service's template: a policy for each queue that it sends to or receives from."""
    lines: list[Line] = []
    for name, queue in plan.queues.items():
        sends, receives = service in queue.senders, service in queue.receivers
        actions = sorted({*(_SEND if sends else ()), *(_RECEIVE if receives else ())})
        if not actions:
            continue
        key_actions = _KEY_TO_SEND if sends else _KEY_TO_RECEIVE
        lines += [
            Line(text, f"datastores.{name}")
            for text in (
                f"Queue{pascal(name)}Policy:",
                "  Type: AWS::IAM::RolePolicy",
                "  Properties:",
                "    RoleName: !Ref TaskRole",
                f"    PolicyName: queue-{name}",
                "    PolicyDocument:",
                '      Version: "2012-10-17"',
                "      Statement:",
                "        - Effect: Allow",
                f"          Action: [{', '.join(actions)}]",
                f"          Resource: {import_value(f'{name}-QueueArn')}",
                "        - Effect: Allow",
                f"          Action: [{', '.join(key_actions)}]",
                f"          Resource: {import_value(f'{name}-QueueKeyArn')}",
                "",
            )
        ]
    return lines
