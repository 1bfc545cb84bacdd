"""What of a rehearsal needs no engine: its data, its options, what it grades, and what it does with what fails."""

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from toolkit.artefacts import plan_file
from toolkit.catalog.catalog import Catalog
from toolkit.catalog.rehearsal import load_rehearsal
from toolkit.cli import pipeline
from toolkit.errors import BadInputError, TemporaryError
from toolkit.rehearse import environment
from toolkit.rehearse.datastores import datastore_images, recorded_databases, unset_variables
from toolkit.rehearse.emulator import Emulator, bridge_address, new_account
from toolkit.rehearse.grades import Evidence, Grade
from toolkit.rehearse.options import by_stack, pairs
from toolkit.stacks.environment import Stack, read_environment

GOLDEN = Path(__file__).parents[1] / "golden"
CATALOG = Catalog()
SETTINGS = load_rehearsal(CATALOG.folder)


def plan_of(sample: str) -> Any:
    return pipeline.draft_of_plan(GOLDEN / sample / plan_file.PATH).planned.plan


def stack_of(part: str) -> Stack:
    return next(one for one in read_environment(GOLDEN / "case-tracking", "development") if one.part == part)


def test_the_pinned_emulator_is_the_one_that_is_mended() -> None:
    assert f"ministack=={SETTINGS.emulator.version}" in SETTINGS.emulator.requirements
    assert all("==" in one for one in SETTINGS.emulator.requirements)


def test_stand_ins_are_parameters_of_the_templates() -> None:
    """A name that no template knows any more would be a stand-in for nothing."""
    texts = "".join(CATALOG.templates.values())
    assert [name for name in SETTINGS.parameters if f"  {name}:\n" not in texts] == []


def test_options() -> None:
    assert pairs(["A=1", "B=x=y", "C="], "--env") == {"A": "1", "B": "x=y", "C": ""}
    assert by_stack(["database.RequireTls=false", "web.CpuUnits=512", "web.MemoryMib=1024"]) == {
        "database": {"RequireTls": "false"},
        "web": {"CpuUnits": "512", "MemoryMib": "1024"},
    }


@pytest.mark.parametrize("text", ["A", "=1", "two words=1"])
def test_what_is_no_pair_is_refused(text: str) -> None:
    with pytest.raises(BadInputError):
        pairs([text], "--env")


@pytest.mark.parametrize("text", ["CpuUnits=512", ".CpuUnits=512", "web.=512"])
def test_what_names_no_parameter_of_a_stack_is_refused(text: str) -> None:
    if text.startswith("."):
        assert by_stack([text]) == {"": {"CpuUnits": "512"}}  # reading the environment says that there is no such stack
        return
    with pytest.raises(BadInputError):
        by_stack([text])


def test_a_free_engine_runs_from_the_image_of_compose() -> None:
    plan, folder = plan_of("case-tracking"), GOLDEN / "case-tracking"
    assert datastore_images(folder, plan, CATALOG.datastores, SETTINGS.engines, {}) == {"mysql": "mysql:8.0"}
    other = datastore_images(folder, plan, CATALOG.datastores, SETTINGS.engines, {"mysql:8.0": "mirror/mysql:8.0"})
    assert other == {"mysql": "mirror/mysql:8.0"}
    assert recorded_databases(plan, CATALOG.datastores, SETTINGS.engines) == ()


def test_sql_server_is_recorded_and_tasks_do_not_hear_of_it() -> None:
    plan = plan_of("collections")
    missing = recorded_databases(plan, CATALOG.datastores, SETTINGS.engines)
    assert missing == ("database",)
    assert {name for name in unset_variables(plan, missing) if name.startswith("SPRING_DATASOURCE_")} >= {
        "SPRING_DATASOURCE_URL",
        "SPRING_DATASOURCE_PASSWORD",
    }
    assert datastore_images(GOLDEN / "collections", plan, CATALOG.datastores, SETTINGS.engines, {}) == {}


SECRET = "arn:aws:secretsmanager:eu-west-1:123456789012:secret:case-tracking/development/API_TOKEN-AbCdEf"
DEFINITION = {
    "taskDefinitionArn": "arn:definition:1",
    "containerDefinitions": [
        {
            "secrets": [{"name": "API_TOKEN", "valueFrom": SECRET}],
            "logConfiguration": {"options": {"awslogs-group": "/case-tracking/development/web"}},
        }
    ],
}
SEEN = Evidence(
    (DEFINITION,),
    ({"com.amazonaws.ecs.container-name": "web"}, {"db_id": "case-tracking-development-1"}),
    {"web"},
    set(),
    {("case-tracking-development-web", "ScalableTarget")},
)


@pytest.mark.parametrize(
    ("part", "logical_id", "kind", "physical_id", "grade"),
    [
        ("web", "EcsService", "AWS::ECS::Service", "arn:aws:ecs:::service/case-tracking/web", Grade.RAN),
        ("web", "EcsService", "AWS::ECS::Service", "arn:aws:ecs:::service/case-tracking/other", Grade.API),
        ("web", "TaskDefinition", "AWS::ECS::TaskDefinition", "arn:definition:1", Grade.RAN),
        ("web", "TaskDefinition", "AWS::ECS::TaskDefinition", "arn:definition:2", Grade.API),
        ("web", "ListenerRule", "AWS::ElasticLoadBalancingV2::ListenerRule", "arn:rule", Grade.RAN),
        ("send-deadlines", "ListenerRule", "AWS::ElasticLoadBalancingV2::ListenerRule", "arn:rule", Grade.API),
        ("cluster", "Listener", "AWS::ElasticLoadBalancingV2::Listener", "arn:listener", Grade.RAN),
        ("database", "Database", "AWS::RDS::DBInstance", "case-tracking-development-1", Grade.RAN),
        ("database", "Database", "AWS::RDS::DBInstance", "another-1", Grade.API),
        ("secrets", "SecretApiToken", "AWS::SecretsManager::Secret", SECRET, Grade.RAN),
        ("web", "LogGroup", "AWS::Logs::LogGroup", "/case-tracking/development/web", Grade.RAN),
        ("web", "LogGroup", "AWS::Logs::LogGroup", "/case-tracking/development/send-deadlines", Grade.API),
        ("web", "ScalableTarget", "AWS::ApplicationAutoScaling::ScalableTarget", "x", Grade.RECORDED),
        ("web", "TaskRole", "AWS::IAM::Role", "role", Grade.API),
    ],
)
def test_only_what_was_seen_to_work_ran(part: str, logical_id: str, kind: str, physical_id: str, grade: Grade) -> None:
    assert SEEN.grade(stack_of(part), logical_id, kind, physical_id) is grade


def test_a_redirect_ran_where_it_was_followed_and_no_answer_of_the_service_says_so() -> None:
    rule = ("RootRedirectRule", "AWS::ElasticLoadBalancingV2::ListenerRule", "arn:rule")
    assert SEEN.grade(stack_of("web"), *rule) is Grade.API
    assert replace(SEEN, redirected={"web"}).grade(stack_of("web"), *rule) is Grade.RAN


def test_records_are_read_as_the_emulator_notes_them(tmp_path: Path) -> None:
    one = Emulator("127.0.0.1", 1, new_account(), "eu-west-1", "label=x", tmp_path)
    assert one.recorded() == set()
    (tmp_path / "recorded").write_text("stack-a Task\nstack-a Endpoint\n", encoding="utf-8")
    assert one.recorded() == {("stack-a", "Task"), ("stack-a", "Endpoint")}


def test_an_account_number_has_twelve_digits() -> None:
    assert len(new_account()) == 12 and new_account().isdigit()


def test_an_engine_elsewhere_is_refused() -> None:
    bridge = SimpleNamespace(attrs={"IPAM": {"Config": [{"Gateway": "203.0.113.1"}]}})
    client: Any = SimpleNamespace(networks=SimpleNamespace(get=lambda _: bridge))
    with pytest.raises(BadInputError, match="does not run on this machine"):
        bridge_address(client)


def test_a_bridge_that_tells_no_gateway_has_the_first_address_of_its_pool() -> None:
    bridge = SimpleNamespace(attrs={"IPAM": {"Config": [{"Subnet": "127.8.0.0/16"}]}})
    client: Any = SimpleNamespace(networks=SimpleNamespace(get=lambda _: bridge))
    assert bridge_address(client) == "127.8.0.1"
    bridge.attrs["IPAM"]["Config"] = []
    with pytest.raises(BadInputError, match=r"does not run on this machine"):
        bridge_address(client)


def test_an_environment_that_cannot_be_made_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(command: list[str], otherwise: str) -> None:
        if "pip" in command:
            raise TemporaryError(otherwise)
        Path(command[-1]).mkdir()

    monkeypatch.setattr(environment, "_run", refuse)
    with pytest.raises(TemporaryError, match="cannot be installed"):
        environment.emulator_python(SETTINGS.emulator, tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_an_environment_is_made_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    commands = []

    def run(command: list[str], otherwise: str) -> None:
        commands.append(command)
        if "venv" in command:
            (Path(command[-1]) / "bin").mkdir(parents=True)
            (Path(command[-1]) / "bin" / "python").touch()

    monkeypatch.setattr(environment, "_run", run)
    first = environment.emulator_python(SETTINGS.emulator, tmp_path)
    assert first.exists() and len(commands) == 2
    assert environment.emulator_python(SETTINGS.emulator, tmp_path) == first
    assert len(commands) == 2
    assert json.dumps(commands[1]).count("==") == len(SETTINGS.emulator.requirements)
