"""Steady services, large templates, stack policies and answers in pages: what is asked of AWS and what is made of it."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.stub import ANY, Stubber

from tests.deploy.test_stacks import folder, template
from toolkit.aws.clients import Clients, FailedError
from toolkit.deploy import change_sets, follow, run, services
from toolkit.deploy.uploads import MAXIMUM_BODY_BYTES, MAXIMUM_OBJECT_BYTES, template_argument
from toolkit.errors import BadInputError, TemporaryError
from toolkit.stacks.environment import Stack, read_environment

ARN = "arn:aws:ecs:eu-west-1:111122223333:service/shop-test/shop-test-web"
TASK = "arn:aws:ecs:eu-west-1:111122223333:task/shop-test/1234"
DEFINITION = "arn:aws:ecs:eu-west-1:111122223333:task-definition/web:3"
SERVICE = "Resources: {Web: {Type: AWS::ECS::Service}}\n"


class Stubs:
    """Clients whose answers are laid down beforehand, each checked against the service's own description."""

    def __init__(self, *names: str) -> None:
        session = boto3.Session(aws_access_key_id="x", aws_secret_access_key="x", region_name="eu-west-1")
        self.clients = Clients(session=session)
        self.by_name = {name: Stubber(self.clients(name)) for name in names}

    def answer(
        self, name: str, operation: str, response: dict[str, Any], expected: dict[str, Any] | None = None
    ) -> None:
        self.by_name[name].add_response(operation, response, expected)

    def refuse(self, name: str, operation: str, code: str, message: str = "no", status: int = 400) -> None:
        self.by_name[name].add_client_error(operation, code, message, http_status_code=status)


@pytest.fixture
def stubs() -> Iterator[Stubs]:
    made = Stubs("cloudformation", "ecs", "logs", "s3")
    for stub in made.by_name.values():
        stub.activate()
    yield made
    for stub in made.by_name.values():
        stub.assert_no_pending_responses()


@pytest.fixture
def stack(tmp_path: Path) -> Stack:
    (only,) = read_environment(folder(tmp_path, {"web": SERVICE}), "test")
    return only


def resources(stubs: Stubs) -> None:
    made = {"LogicalResourceId": "Web", "ResourceType": "AWS::ECS::Service", "PhysicalResourceId": ARN}
    more = {"ResourceStatus": "CREATE_COMPLETE", "Timestamp": datetime(2026, 11, 21, tzinfo=UTC)}
    stubs.answer("cloudformation", "describe_stack_resources", {"StackResources": [made | more]})


def counts(stubs: Stubs, running: int, rollout: str) -> None:
    deployments = [{"status": "ACTIVE", "rolloutState": "COMPLETED"}, {"status": "PRIMARY", "rolloutState": rollout}]
    service = {"runningCount": running, "desiredCount": 2, "deployments": deployments}
    expected = {"cluster": "shop-test", "services": ["shop-test-web"]}
    stubs.answer("ecs", "describe_services", {"services": [service]}, expected)


def stopped_task(stubs: Stubs) -> None:
    stubs.answer("ecs", "list_tasks", {"taskArns": [TASK]})
    task = {
        "taskArn": TASK, "taskDefinitionArn": DEFINITION, "stoppedReason": "Essential container in task exited",
        "containers": [{"name": "web", "exitCode": 1}],
    }  # fmt: skip
    stubs.answer("ecs", "describe_tasks", {"tasks": [task]})
    options = {"awslogs-group": "/ecs/web", "awslogs-stream-prefix": "task"}
    log = {"logDriver": "awslogs", "options": options}
    container = {"name": "web", "logConfiguration": log}
    stubs.answer("ecs", "describe_task_definition", {"taskDefinition": {"containerDefinitions": [container]}})


def test_a_service_is_waited_for_until_its_newest_deployment_runs(stubs: Stubs, stack: Stack) -> None:
    resources(stubs)
    counts(stubs, 0, "IN_PROGRESS")
    counts(stubs, 2, "IN_PROGRESS")
    counts(stubs, 2, "COMPLETED")
    waits: list[float] = []
    deployment = run.Deployment(stubs.clients, sleep=waits.append)
    assert run.apply(deployment, change_sets.ChangeSet(stack, "none"), frozenset()) == "unchanged"
    assert len(waits) == 2


def test_a_failed_rollout_is_told_with_the_last_lines_of_its_task(stubs: Stubs, stack: Stack) -> None:
    resources(stubs)
    counts(stubs, 0, "FAILED")
    stopped_task(stubs)
    events = {"events": [{"message": "Traceback"}, {"message": "KeyError: DB_HOST\n"}]}
    expected = {"logGroupName": "/ecs/web", "logStreamName": "task/web/1234", "limit": ANY, "startFromHead": False}
    stubs.answer("logs", "get_log_events", events, expected)
    with pytest.raises(FailedError, match="shop-test-web failed") as caught:
        run.apply(run.Deployment(stubs.clients), change_sets.ChangeSet(stack, "none"), frozenset())
    assert str(caught.value).endswith("container web: exit code 1\n    Traceback\n    KeyError: DB_HOST")


def test_a_task_that_wrote_nothing_has_no_log(stubs: Stubs) -> None:
    stopped_task(stubs)
    stubs.refuse("logs", "get_log_events", "ResourceNotFoundException")
    assert services.why_stopped(stubs.clients, ARN) == (
        "task stopped: Essential container in task exited",
        "container web: exit code 1",
    )
    stubs.answer("ecs", "list_tasks", {"taskArns": []})
    assert services.why_stopped(stubs.clients, ARN) == ()


@pytest.mark.parametrize(
    ("code", "status", "error", "words"),
    [
        ("ThrottlingException", 400, TemporaryError, "throttling"),
        ("ExpiredTokenException", 400, TemporaryError, "expired"),
        ("AccessDeniedException", 400, BadInputError, "denies access"),
        ("ServerException", 500, TemporaryError, "internal error"),
        ("ClusterNotFoundException", 400, FailedError, "no"),
    ],
)
def test_refusals_of_ecs_are_explained(
    stubs: Stubs, code: str, status: int, error: type[Exception], words: str
) -> None:
    stubs.refuse("ecs", "describe_services", code, status=status)
    with pytest.raises(error, match=words):
        list(services.progress(stubs.clients, (ARN,)))


def test_services_that_never_settle_are_temporary(stubs: Stubs, stack: Stack, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(run, "_STEADY_TIMEOUT_SECONDS", run.POLL_SECONDS)
    resources(stubs)
    counts(stubs, 1, "IN_PROGRESS")
    counts(stubs, 1, "IN_PROGRESS")
    with pytest.raises(TemporaryError, match="not steady yet"):
        run.apply(
            run.Deployment(stubs.clients, sleep=lambda _: None), change_sets.ChangeSet(stack, "none"), frozenset()
        )


def large(tmp_path: Path, size: int) -> Stack:
    (only,) = read_environment(folder(tmp_path, {"web": template() + "#" * size}), "test")
    return only


def test_a_large_template_goes_to_the_bucket_by_its_content(stubs: Stubs, tmp_path: Path) -> None:
    stack = large(tmp_path, MAXIMUM_BODY_BYTES)
    expected = {
        "Bucket": "templates",
        "Key": ANY,
        "Body": stack.template.text.encode(),
        "ContentType": "application/yaml",
    }
    stubs.answer("s3", "put_object", {}, expected)
    url = template_argument(stubs.clients, stack, "templates")["TemplateURL"]
    assert url.startswith("https://") and "?" not in url and url.endswith(".yaml")
    with pytest.raises(BadInputError, match="that a request takes"):
        template_argument(stubs.clients, stack, "")
    stubs.refuse("s3", "put_object", "AccessDenied", status=403)
    with pytest.raises(BadInputError, match="denies access while uploading"):
        template_argument(stubs.clients, stack, "templates")
    stubs.refuse("s3", "put_object", "SlowDown", status=503)
    with pytest.raises(TemporaryError, match="throttling"):
        template_argument(stubs.clients, stack, "templates")


def test_a_template_that_no_bucket_helps(stubs: Stubs, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="bytes of a template"):
        template_argument(stubs.clients, large(tmp_path, MAXIMUM_OBJECT_BYTES), "templates")


def test_events_exports_and_changes_of_all_pages(stubs: Stubs, tmp_path: Path) -> None:
    def event(number: int) -> dict[str, Any]:
        time = datetime(2026, 11, 21, tzinfo=UTC)
        return {
            "EventId": str(number),
            "StackId": "s",
            "StackName": "s",
            "Timestamp": time,
            "LogicalResourceId": f"R{number}",
        }

    state = {"StackName": "s", "CreationTime": datetime(2026, 11, 21, tzinfo=UTC), "StackStatus": "UPDATE_COMPLETE"}
    stubs.answer("cloudformation", "describe_stacks", {"Stacks": [state]})
    stubs.answer("cloudformation", "describe_stack_events", {"StackEvents": [event(4), event(3)], "NextToken": "p2"})
    second = {"StackName": "s", "NextToken": "p2"}
    stubs.answer("cloudformation", "describe_stack_events", {"StackEvents": [event(2), event(1)]}, second)
    seen: list[str] = []
    assert follow.follow(stubs.clients, "s", "1", lambda one: seen.append(one.id)).ok
    assert seen == ["2", "3", "4"]

    (stack,) = read_environment(folder(tmp_path, {"a": template()}), "test")

    def change(name: str) -> dict[str, Any]:
        inner = {"Action": "Add", "LogicalResourceId": name, "ResourceType": "AWS::SNS::Topic"}
        return {"Type": "Resource", "ResourceChange": inner}

    stubs.answer("cloudformation", "list_exports", {"Exports": [{"Name": "x", "Value": "1"}], "NextToken": "p2"})
    stubs.answer("cloudformation", "list_exports", {"Exports": [{"Name": "y", "Value": "2"}]}, {"NextToken": "p2"})
    stubs.refuse("cloudformation", "describe_stacks", "ValidationError", "Stack does not exist")
    stubs.answer("cloudformation", "create_change_set", {"Id": "c", "StackId": "s"})
    page = {"Status": "CREATE_COMPLETE", "Changes": [change("A")], "NextToken": "p2"}
    stubs.answer("cloudformation", "describe_change_set", page)
    last = {"ChangeSetName": "c", "NextToken": "p2"}
    stubs.answer("cloudformation", "describe_change_set", {"Status": "CREATE_COMPLETE", "Changes": [change("B")]}, last)
    (planned,) = run.plan(run.Deployment(stubs.clients), (stack,))
    assert [one.logical_id for one in planned.changes] == ["A", "B"]


def test_stack_policies_hold_before_an_update_and_after_a_creation(stubs: Stubs, tmp_path: Path) -> None:
    (stack,) = read_environment(folder(tmp_path, {"database": template()}), "test")
    stack = replace(stack, policy='{"Statement": []}')
    state = {"StackName": "s", "CreationTime": datetime(2026, 11, 21, tzinfo=UTC)}
    policy = {"StackName": stack.name, "StackPolicyBody": stack.policy}
    for kind, order in (("update", ("policy", "execute")), ("create", ("execute", "policy"))):
        stubs.answer("cloudformation", "describe_stack_events", {"StackEvents": []})
        for step in order:
            if step == "policy":
                stubs.answer("cloudformation", "set_stack_policy", {}, policy)
                continue
            stubs.answer("cloudformation", "execute_change_set", {}, {"ChangeSetName": "c"})
            done = {"Stacks": [state | {"StackStatus": f"{kind.upper()}_COMPLETE"}]}
            stubs.answer("cloudformation", "describe_stacks", done)
            stubs.answer("cloudformation", "describe_stack_events", {"StackEvents": []})
        planned = change_sets.ChangeSet(stack, kind, arn="c")
        assert run.apply(run.Deployment(stubs.clients), planned, frozenset()) == f"{kind.upper()}_COMPLETE"
