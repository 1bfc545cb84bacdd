"""`replatform deploy` over HTTP: stacks, their templates in a bucket and their services, with all that goes wrong."""

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.aws.emulator import ACCOUNT, CUT, DONE, UNDONE, Aws, Fault
from tests.aws.refusal import RefusalError, denied, expired, throttled
from tests.conftest import ROOT
from tests.deploy.test_stacks import folder, template
from toolkit.cli.main import app
from toolkit.deploy.uploads import MAXIMUM_BODY_BYTES, MAXIMUM_OBJECT_BYTES
from toolkit.errors import BadInputError, ToolkitError

NAME = "shop-test-a"
SERVICE = "Resources: {web: {Type: AWS::ECS::Service}}\n"
DATABASE = {
    "Action": "Modify",
    "LogicalResourceId": "Database",
    "ResourceType": "AWS::RDS::DBInstance",
    "Replacement": "True",
}
PLAN = "application: shop\nimages: {}\nservices: {}\nenvironments:\n  test: {account: '%s', region: eu-south-2}\n"


def deployed(out: Path, *options: str) -> Any:
    return CliRunner().invoke(app, ["deploy", "test", str(out), "--yes", "--account", ACCOUNT, *options])


def refusal(result: Any, kind: type[ToolkitError] = ToolkitError) -> tuple[int, str]:
    """Exit status and words of a run that failed."""
    assert isinstance(result.exception, kind), result.output
    return result.exception.exit_status, str(result.exception)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """One stack of each kind: a template in the request, one too large for it, and one with a service."""
    large = template() + "#" * MAXIMUM_BODY_BYTES
    return folder(tmp_path, {"a": template(), "large": large, "service": SERVICE})


COMPLETE = {f"shop-test-{part}": "CREATE_COMPLETE" for part in ("a", "large", "service")}


def test_a_second_run_changes_nothing(aws: Aws, out: Path) -> None:
    assert deployed(out, "--bucket", "b").exit_code == 0
    assert aws.cloudformation.statuses == COMPLETE
    again = deployed(out, "--bucket", "b")
    assert [line.split()[1] for line in again.stdout.splitlines()] == ["unchanged"] * 3
    assert aws.cloudformation.change_sets == {} and aws.calls.count("ExecuteChangeSet") == 3


TROUBLE: list[tuple[Fault, int, str]] = [
    (throttled("Throttling"), 75, "throttling"),
    (expired("ExpiredToken"), 75, "credentials have expired"),
    (denied("AccessDenied"), 2, "denies access"),
    (RefusalError(500, "InternalFailure"), 75, "internal error"),
    (UNDONE, 75, "connection to AWS was lost"),
    (DONE, 75, "connection to AWS was lost"),
    (CUT, 75, "connection to AWS was lost while"),
]
OPERATIONS = (
    "GetCallerIdentity", "ListExports", "DescribeStacks", "CreateChangeSet", "DescribeChangeSet", "PutObject",
    "ExecuteChangeSet", "DescribeStackEvents", "DescribeStackResources", "DescribeServices",
)  # fmt: skip


# The answer of PutObject has no body that could be cut.
CASES = [
    (operation, *trouble)
    for operation in OPERATIONS
    for trouble in TROUBLE
    if (operation, trouble[0]) != ("PutObject", CUT)
]


@pytest.mark.parametrize(
    ("operation", "fault", "status", "words"), CASES, ids=lambda value: getattr(value, "code", str(value))
)
def test_trouble_is_told_and_a_second_run_finishes(
    aws: Aws, out: Path, operation: str, fault: Fault, status: int, words: str
) -> None:
    aws.fail(operation, *[fault] * 30)
    exit_status, told = refusal(deployed(out, "--bucket", "b"))
    assert exit_status == status and words in told and "again" in told
    aws.faults.clear()
    assert deployed(out, "--bucket", "b").exit_code == 0
    assert aws.cloudformation.statuses == COMPLETE and aws.cloudformation.change_sets == {}


@pytest.mark.parametrize("fault", [throttled("Throttling"), DONE], ids=str)
@pytest.mark.parametrize("operation", OPERATIONS)
def test_short_trouble_is_waited_out(aws: Aws, out: Path, operation: str, fault: Fault) -> None:
    aws.fail(operation, fault, fault)
    assert deployed(out, "--bucket", "b").exit_code == 0
    assert aws.cloudformation.statuses == COMPLETE and aws.cloudformation.change_sets == {}


def test_the_first_failure_is_named_and_the_failed_stack_is_made_again(aws: Aws, tmp_path: Path) -> None:
    folder(tmp_path, {"a": template(), "b": template()})
    aws.cloudformation.failure = "bucket already exists"
    status, told = refusal(deployed(tmp_path))
    assert (status, "ROLLBACK_COMPLETE; first failure: It: bucket already exists" in told) == (1, True)
    assert (aws.cloudformation.statuses, aws.cloudformation.change_sets) == ({NAME: "ROLLBACK_COMPLETE"}, {})
    aws.cloudformation.failure = ""
    aws.fail("DeleteStack", DONE)
    assert deployed(tmp_path).exit_code == 0
    assert "DeleteStack" in aws.calls and aws.cloudformation.statuses[NAME] == "CREATE_COMPLETE"


def test_a_database_is_replaced_only_by_name(aws: Aws, tmp_path: Path) -> None:
    folder(tmp_path, {"a": template()})
    aws.cloudformation.statuses[NAME] = "CREATE_COMPLETE"
    aws.cloudformation.changes = [DATABASE]
    assert refusal(deployed(tmp_path))[1].startswith("refused: this would replace or remove a.Database")
    assert "ExecuteChangeSet" not in aws.calls and aws.cloudformation.change_sets == {}
    assert deployed(tmp_path, "--replace", "a.Database").exit_code == 0
    assert aws.cloudformation.statuses[NAME] == "UPDATE_COMPLETE"


def test_a_dry_run_shows_all_changes_and_leaves_nothing(aws: Aws, tmp_path: Path) -> None:
    many = "Resources:\n" + "".join(f"  R{number}: {{Type: AWS::SNS::Topic}}\n" for number in range(5))
    folder(tmp_path, {"a": many})
    dry = CliRunner().invoke(app, ["deploy", "test", str(tmp_path), "--dry-run", "--json"])
    assert dry.exit_code == 0, dry.output
    assert [f'"R{number}"' in dry.stdout for number in range(5)] == [True] * 5
    assert (aws.cloudformation.statuses, aws.cloudformation.change_sets) == ({}, {})


def test_exports_of_every_page_name_the_bucket(aws: Aws, out: Path) -> None:
    exported = template(exports="${Application}-test-TemplateBucketName")
    (out / "cloudformation/a.yaml").write_text(exported)
    aws.cloudformation.exports = {f"x{number}": "1" for number in range(5)} | {"shop-test-TemplateBucketName": "found"}
    assert deployed(out).exit_code == 0
    (key,) = aws.objects
    assert key.startswith("/found/templates/") and key.endswith(".yaml")


def test_a_template_without_a_bucket_or_that_no_bucket_helps(aws: Aws, out: Path) -> None:
    status, told = refusal(deployed(out), BadInputError)
    assert status == 2 and "that a request takes" in told and "--bucket" in told
    (out / "cloudformation/large.yaml").write_text(template() + "#" * MAXIMUM_OBJECT_BYTES)
    assert "bytes of a template" in refusal(deployed(out, "--bucket", "b"), BadInputError)[1]
    assert (aws.cloudformation.statuses, aws.cloudformation.change_sets, aws.objects) == ({}, {}, {})


def test_a_stack_policy_holds_before_an_update_and_after_a_creation(aws: Aws, tmp_path: Path) -> None:
    folder(tmp_path, {"a": template()})
    body = {"Template": "cloudformation/a.yaml", "StackName": NAME}
    for policy, text, status in (("{}", "", "CREATE_COMPLETE"), ('{"Statement": []}', "# new", "UPDATE_COMPLETE")):
        (tmp_path / "cloudformation/a.yaml").write_text(template() + text)
        parameters = {"a": body | {"StackPolicy": {"Statement": [policy]}}}
        (tmp_path / "cloudformation/test.json").write_text(json.dumps(parameters))
        assert deployed(tmp_path).exit_code == 0
        assert aws.cloudformation.statuses[NAME] == status
        # Both times set while the status was this one: after the creation, and before the update.
        assert aws.cloudformation.policies[NAME] == (json.dumps({"Statement": [policy]}), "CREATE_COMPLETE")


def test_a_service_is_waited_for_until_its_newest_deployment_runs(aws: Aws, out: Path) -> None:
    aws.containers.rollouts = [(0, "IN_PROGRESS"), (1, "IN_PROGRESS"), (2, "IN_PROGRESS"), (2, "COMPLETED")]
    result = deployed(out, "--only", "service")
    assert result.exit_code == 0
    assert "service: 0 of 2 tasks run" in result.stderr
    assert len(aws.containers.rollouts) == 1


def test_a_failed_rollout_is_told_with_the_last_lines_of_its_last_task(aws: Aws, out: Path) -> None:
    aws.containers.rollouts = [(0, "FAILED")]
    aws.containers.stopped = {"1233": 0, "1234": 1}
    aws.containers.logs = {"1234": [*map(str, range(30)), "Traceback", "KeyError: DB_HOST\n"]}
    status, told = refusal(deployed(out, "--only", "service"))
    assert status == 1 and "deployment of service web failed\n  task stopped: Essential container" in told
    assert told.endswith("    29\n    Traceback\n    KeyError: DB_HOST") and "    11\n" not in told
    aws.containers.rollouts = [(2, "COMPLETED")]
    assert deployed(out, "--only", "service").stdout.split() == ["shop-test-service", "unchanged"]


WHY = ["  task stopped: Essential container in task exited", "  container web: exit code 1"]


@pytest.mark.parametrize("stopped", [{}, {"1234": 1}], ids=["forgotten", "silent"])
def test_a_task_that_wrote_nothing_has_no_log(aws: Aws, out: Path, stopped: dict[str, int]) -> None:
    aws.containers.rollouts = [(0, "FAILED")]
    aws.containers.stopped = stopped
    status, told = refusal(deployed(out, "--only", "service"))
    assert (status, told.splitlines()[1:]) == (1, WHY if stopped else [])


@pytest.mark.parametrize("operation", ["ListTasks", "DescribeTasks", "DescribeTaskDefinition", "GetLogEvents"])
def test_why_a_task_stopped_may_be_denied(aws: Aws, out: Path, operation: str) -> None:
    aws.containers.rollouts = [(0, "FAILED")]
    aws.containers.stopped = {"1234": 1}
    aws.fail(operation, denied())
    status, told = refusal(deployed(out, "--only", "service"))
    assert status == 2 and "denies access while reading" in told


def test_services_that_never_settle_are_temporary(aws: Aws, out: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("toolkit.deploy.run._STEADY_TIMEOUT_SECONDS", 60.0)
    aws.containers.rollouts = [(1, "IN_PROGRESS")]
    status, told = refusal(deployed(out, "--only", "service"))
    assert status == 75 and "not steady yet" in told


def test_the_plan_names_account_and_region(aws: Aws, tmp_path: Path) -> None:
    folder(tmp_path, {"a": template()})
    (tmp_path / "replatform.yaml").write_text(PLAN % "999999999999")
    refused = CliRunner().invoke(app, ["deploy", "test", str(tmp_path), "--yes"])
    assert f"of account {ACCOUNT}, not 999999999999" in refusal(refused)[1]
    assert aws.cloudformation.statuses == {}
    (tmp_path / "replatform.yaml").write_text(PLAN % ACCOUNT)
    done = CliRunner().invoke(app, ["deploy", "test", str(tmp_path), "--yes"])
    assert (done.exit_code, "region eu-south-2" in done.stderr) == (0, True)


def test_a_platform_that_is_not_there_is_told_before_anything_changes(aws: Aws, tmp_path: Path) -> None:
    folder(tmp_path, {"platform": (ROOT / "cloudformation/platform.yaml").read_text(encoding="utf-8")})
    values = {"Application": "shop", "Environment": "test", "Platform": "legaltech"}
    body = {"Template": "cloudformation/platform.yaml", "StackName": "shop-test-platform", "Parameters": values}
    (tmp_path / "cloudformation/test.json").write_text(json.dumps({"platform": body}))
    told = refusal(deployed(tmp_path), BadInputError)[1]
    assert "the platform legaltech does not export legaltech-test-AlarmTopicArn here" in told
    assert (aws.cloudformation.statuses, aws.cloudformation.change_sets) == ({}, {})


def test_an_option_that_contradicts_the_plan_is_refused(aws: Aws, tmp_path: Path) -> None:
    folder(tmp_path, {"a": template()})
    (tmp_path / "replatform.yaml").write_text(PLAN % ACCOUNT)
    for options, what in ((["--account", "9" * 12], "--account 9"), (["--region", "us-east-1"], "--region us-east-1")):
        refused = CliRunner().invoke(app, ["deploy", "test", str(tmp_path), "--yes", *options])
        assert what in refusal(refused, BadInputError)[1]
    assert aws.calls == []
