"""Deploying against an HTTP emulator, with everything that goes wrong on the way."""

from collections.abc import Callable, Iterator
from pathlib import Path

import boto3
import pytest
from typer.testing import CliRunner

from tests.conftest import ROOT
from tests.deploy.emulator import ACCOUNT, Cloud, running
from tests.deploy.test_stacks import folder, template
from toolkit.aws import clients as clients_module
from toolkit.aws.clients import Clients, FailedError
from toolkit.cli.main import app
from toolkit.deploy import run
from toolkit.errors import BadInputError, TemporaryError, ToolkitError
from toolkit.stacks.environment import Stack, read_environment
from toolkit.stacks.template import read_template

DATABASE = (
    "<member><Type>Resource</Type><ResourceChange><Action>Modify</Action><LogicalResourceId>Database</LogicalResourceId>"
    "<ResourceType>AWS::RDS::DBInstance</ResourceType><Replacement>True</Replacement></ResourceChange></member>"
)
NAME = "shop-test-a"


@pytest.fixture
def cloud() -> Cloud:
    return Cloud()


@pytest.fixture
def make(cloud: Cloud, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[], Clients]]:
    session = boto3.Session(aws_access_key_id="test", aws_secret_access_key="test", region_name="eu-west-1")
    # botocore waits between its attempts; the attempts are what is tested here.
    monkeypatch.setattr("botocore.retries.standard.ExponentialBackoff.delay_amount", lambda self, context: 0.0)
    with running(cloud) as url:
        yield lambda: Clients(session, url)


@pytest.fixture
def stacks(tmp_path: Path) -> tuple[Stack, ...]:
    return read_environment(folder(tmp_path, {"a": template()}), "test")


def deploy(clients: Clients, stacks: tuple[Stack, ...], asked_for: frozenset[str] = frozenset()) -> list[str]:
    deployment = run.Deployment(clients, sleep=lambda seconds: None)
    planned = list(run.plan(deployment, stacks))
    run.refuse(planned, asked_for)
    return [run.apply(deployment, one, asked_for) for one in planned]


def test_a_second_run_changes_nothing(make: Callable[[], Clients], stacks: tuple[Stack, ...], cloud: Cloud) -> None:
    assert deploy(make(), stacks) == ["CREATE_COMPLETE"]
    assert deploy(make(), stacks) == ["unchanged"]
    assert cloud.change_sets == {}


@pytest.mark.parametrize(
    ("action", "fault", "error", "words"),
    [
        ("DescribeStacks", (400, "Throttling", "Rate exceeded"), TemporaryError, "throttling"),
        ("CreateChangeSet", (403, "ExpiredToken", "expired"), TemporaryError, "credentials have expired"),
        ("ExecuteChangeSet", (403, "AccessDenied", "not authorized"), BadInputError, "denies access while executing"),
        ("DescribeChangeSet", (500, "InternalFailure", "oops"), TemporaryError, "internal error"),
        ("DescribeStackEvents", (0, "lost", ""), TemporaryError, "connection to AWS was lost"),
        ("CreateChangeSet", (0, "lost", ""), TemporaryError, "connection to AWS was lost"),
    ],
)
def test_trouble_is_told_and_a_second_run_finishes(
    make: Callable[[], Clients],
    stacks: tuple[Stack, ...],
    cloud: Cloud,
    action: str,
    fault: tuple[int, str, str],
    error: type[ToolkitError],
    words: str,
) -> None:
    cloud.faults[action] = [fault] * 12
    with pytest.raises(error, match=words) as caught:
        deploy(make(), stacks)
    assert caught.value.exit_status == (75 if error is TemporaryError else 2)
    cloud.faults.clear()
    deploy(make(), stacks)
    assert cloud.stacks == {NAME: "CREATE_COMPLETE"}
    assert cloud.change_sets == {}


def test_short_throttling_is_waited_out(make: Callable[[], Clients], stacks: tuple[Stack, ...], cloud: Cloud) -> None:
    cloud.faults["CreateChangeSet"] = [(400, "Throttling", "Rate exceeded")] * 2
    assert deploy(make(), stacks) == ["CREATE_COMPLETE"]


def test_the_first_failure_is_named_and_the_failed_stack_is_made_again(
    make: Callable[[], Clients], stacks: tuple[Stack, ...], cloud: Cloud
) -> None:
    cloud.failure = "bucket already exists"
    with pytest.raises(FailedError, match="ROLLBACK_COMPLETE; first failure: It: bucket already exists") as caught:
        deploy(make(), stacks)
    assert caught.value.exit_status == 1
    cloud.failure = ""
    assert deploy(make(), stacks) == ["CREATE_COMPLETE"]
    assert "DeleteStack" in cloud.calls


def test_a_database_is_replaced_only_by_name(
    make: Callable[[], Clients], stacks: tuple[Stack, ...], cloud: Cloud
) -> None:
    cloud.stacks[NAME] = "CREATE_COMPLETE"
    cloud.changes = DATABASE
    with pytest.raises(FailedError, match=r"refused: .* a\.Database"):
        deploy(make(), stacks)
    assert "ExecuteChangeSet" not in cloud.calls
    assert deploy(make(), stacks, frozenset({"a.Database"})) == ["UPDATE_COMPLETE"]


def test_the_command_shows_and_leaves_nothing(
    make: Callable[[], Clients], tmp_path: Path, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make()
    monkeypatch.setattr(clients_module, "Clients", lambda region: made)
    folder(tmp_path, {"a": template()})
    dry = CliRunner().invoke(app, ["deploy", "test", str(tmp_path), "--dry-run", "--json"])
    assert dry.exit_code == 0, dry.output
    assert (cloud.stacks, cloud.change_sets) == ({}, {})
    other = CliRunner().invoke(app, ["deploy", "test", str(tmp_path), "--yes", "--account", "999999999999"])
    assert isinstance(other.exception, BadInputError)
    assert cloud.stacks == {}
    done = CliRunner().invoke(app, ["deploy", "test", str(tmp_path), "--yes", "--account", ACCOUNT])
    assert done.exit_code == 0, done.output
    assert cloud.stacks == {NAME: "CREATE_COMPLETE"}


def test_the_command_tells_why_a_stack_failed_and_removes_what_was_not_started(
    make: Callable[[], Clients], tmp_path: Path, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make()
    monkeypatch.setattr(clients_module, "Clients", lambda region: made)
    folder(tmp_path, {"a": template(), "b": template()})
    cloud.failure = "bucket already exists"
    failed = CliRunner().invoke(app, ["deploy", "test", str(tmp_path), "--yes", "--account", ACCOUNT])
    assert "It: bucket already exists" in str(failed.exception)
    assert (cloud.stacks, cloud.change_sets) == ({NAME: "ROLLBACK_COMPLETE"}, {})


def test_the_plan_names_account_and_region(
    make: Callable[[], Clients], tmp_path: Path, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, regions = make(), []
    monkeypatch.setattr(clients_module, "Clients", lambda region: regions.append(region) or made)
    folder(tmp_path, {"a": template()})
    plan = "replatform: 1\napplication: shop\nimages: {}\nservices: {}\nenvironments:\n  test: {account: '%s', region: eu-south-2}\n"
    (tmp_path / "replatform.yaml").write_text(plan % "999999999999")
    refused = CliRunner().invoke(app, ["deploy", "test", str(tmp_path), "--yes"])
    assert f"of account {ACCOUNT}, not 999999999999" in str(refused.exception)
    assert cloud.stacks == {}
    (tmp_path / "replatform.yaml").write_text(plan % ACCOUNT)
    done = CliRunner().invoke(app, ["deploy", "test", str(tmp_path), "--yes"])
    assert done.exit_code == 0, done.output
    assert regions == ["eu-south-2", "eu-south-2"]


def test_a_platform_that_is_not_there_is_told_before_anything_changes(
    make: Callable[[], Clients], tmp_path: Path, cloud: Cloud
) -> None:
    importing = (ROOT / "cloudformation/platform.yaml").read_text(encoding="utf-8")
    values = {"Application": "shop", "Environment": "test", "Platform": "legaltech"}
    stack = Stack("platform", "shop-test-platform", read_template("platform.yaml", importing), values, {})
    with pytest.raises(BadInputError, match="the platform legaltech does not export legaltech-test-AlarmTopicArn here"):
        deploy(make(), (stack,))
    assert (cloud.stacks, cloud.change_sets) == ({}, {})


def test_an_option_that_contradicts_the_plan_is_refused(
    make: Callable[[], Clients], tmp_path: Path, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make()
    monkeypatch.setattr(clients_module, "Clients", lambda region: made)
    folder(tmp_path, {"a": template()})
    plan = "application: shop\nimages: {}\nservices: {}\nenvironments:\n  test: {account: '%s', region: eu-south-2}\n"
    (tmp_path / "replatform.yaml").write_text(plan % ACCOUNT)
    for options, what in ((["--account", "9" * 12], "--account 9"), (["--region", "us-east-1"], "--region us-east-1")):
        refused = CliRunner().invoke(app, ["deploy", "test", str(tmp_path), "--yes", *options])
        assert what in str(refused.exception) and isinstance(refused.exception, BadInputError)
    assert cloud.calls == []


def test_the_migration_is_driven_in_the_account_of_the_plan_alone(
    make: Callable[[], Clients], tmp_path: Path, cloud: Cloud, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = make()
    monkeypatch.setattr(clients_module, "Clients", lambda region: made)
    plan = "application: shop\nimages: {}\nservices: {}\ndatastores: {database: {engine: mysql}}\n"
    plan += "migration: {datastore: database, source_engine: mysql}\nenvironments: {test: {account: '999999999999'}}\n"
    (tmp_path / "replatform.yaml").write_text(plan)
    for command in ("start", "status", "stop"):
        refused = CliRunner().invoke(app, ["migrate", command, "test", "--dir", str(tmp_path)])
        assert f"of account {ACCOUNT}, not 999999999999" in str(refused.exception)
