"""compose.yaml: what it starts, in which order, with which values; and that nothing of a plan leaves its place."""

import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml as yaml_1_1
from hypothesis import given
from hypothesis import settings as limits
from ruamel.yaml import YAML

from tests.artefacts.plans import COLLECTIONS, DATASTORES, NASTY, PROFILES, SIZES, hostile_plans
from toolkit.artefacts.compose import render_compose
from toolkit.artefacts.env_file import render_env_files, spelled
from toolkit.artefacts.routing import nginx_server, routes
from toolkit.artefacts.values import settings
from toolkit.errors import BadInputError
from toolkit.plan.model import Datastore, Plan

PROJECT_KEYS = {"name", "services", "configs", "volumes"}
SERVICE_KEYS = {
    "build", "cap_add", "cap_drop", "command", "configs", "depends_on", "env_file", "environment", "healthcheck", "image", "init", "mem_limit", "platform",
    "ports", "profiles", "read_only", "restart", "security_opt", "stop_grace_period", "tmpfs", "volumes",
}  # fmt: skip


def text_of(plan: Plan, **paths: str) -> str:
    return render_compose(plan, DATASTORES, SIZES, PROFILES["development"], **paths).text


def project(plan: Plan, **paths: str) -> dict[str, Any]:
    tree: dict[str, Any] = yaml_1_1.safe_load(text_of(plan, **paths))
    return tree


def interpolated(value: str, shell: dict[str, str]) -> str:
    """What compose makes of a value: https://github.com/compose-spec/compose-spec/blob/main/12-interpolation.md"""

    def replaced(match: re.Match[str]) -> str:
        if match[0] == "$$":
            return "$"
        assert match["name"], f"compose would refuse {match[0]!r}"
        if shell.get(match["name"]):
            return shell[match["name"]]
        assert match["how"] == ":-", f"{match['name']} is not set"
        return match["rest"]

    return re.sub(r"\$\$|\$\{(?P<name>\w+)(?P<how>:[-?])(?P<rest>[^}]*)\}|\$", replaced, value)


def test_a_reader_of_yaml_1_2_reads_the_same() -> None:
    assert YAML(typ="safe", pure=True).load(text_of(COLLECTIONS)) == project(COLLECTIONS)


def test_services_datastores_and_what_stands_around_them() -> None:
    services = project(COLLECTIONS)["services"]
    assert list(services) == [
        "proxy",
        "web",
        "site",
        "mailer",
        "nightly-interest",
        "release",
        "database",
        "database-setup",
        "cache",
    ]
    assert services["database"]["image"] == "mcr.microsoft.com/mssql/server:2019-CU32-ubuntu-20.04"
    assert services["cache"]["image"] == "redis:7"
    assert "--requirepass" not in services["cache"]["command"]
    assert services["nightly-interest"]["profiles"] == ["scheduled"]
    assert services["web"]["mem_limit"] == f"{SIZES['medium'].memory_mib}m"


def test_a_scheduled_task_is_a_command_in_the_image_of_a_process_that_always_runs() -> None:
    task, worker = (project(COLLECTIONS)["services"][name] for name in ("nightly-interest", "mailer"))
    assert task["build"]["dockerfile"] != worker["build"]["dockerfile"] and "command" not in worker
    assert task["command"] == ["java", "-jar", "/app/app.jar", "--job=nightly-interest"]
    assert task["build"] == project(COLLECTIONS)["services"]["web"]["build"]
    alone = {name: one for name, one in COLLECTIONS.services.items() if one.image != "app" or one.kind == "scheduled"}
    task = project(COLLECTIONS.model_copy(update={"services": alone, "release": None}))["services"]["nightly-interest"]
    assert task["build"]["dockerfile"] == "services/nightly-interest/Dockerfile" and "command" not in task


def test_the_order_of_starting() -> None:
    services = project(COLLECTIONS)["services"]
    waits = {
        name: {other: how["condition"] for other, how in service.get("depends_on", {}).items()}
        for name, service in services.items()
    }
    ready = {"database-setup": "service_completed_successfully", "cache": "service_healthy"}
    assert waits["database-setup"] == {"database": "service_healthy"}
    assert waits["release"] == ready
    assert (
        waits["web"]
        == waits["mailer"]
        == waits["nightly-interest"]
        == ready | {"release": "service_completed_successfully"}
    )
    assert waits["proxy"] == {"web": "service_started", "site": "service_started"}
    assert all("healthcheck" in services[name] for name in ("database", "cache"))


def test_values_for_one_machine() -> None:
    environment = project(COLLECTIONS)["services"]["web"]["environment"]
    read = {name: interpolated(value, {"PAYMENT_GATEWAY_API_KEY": "k"}) for name, value in environment.items()}
    assert read == {
        "SPRING_DATASOURCE_URL": "jdbc:sqlserver://database:1433;databaseName=Collections;encrypt=true",
        "SPRING_DATASOURCE_USERNAME": "sa",
        "SPRING_DATASOURCE_PASSWORD": "Local-only-password-1",
        "PAYMENT_GATEWAY_API_KEY": "k",
        "SESSION_SECRET": "-".join(["local-only"] * 6),
        "GREETING": "Dear customer, it's $5 for you",
        "CACHE_URL": "redis://cache:6379/0",
    }
    assert environment["PAYMENT_GATEWAY_API_KEY"].startswith("${PAYMENT_GATEWAY_API_KEY:?set PAYMENT_GATEWAY_API_KEY")


def test_redis_asks_for_a_password_when_one_is_presented() -> None:
    password = COLLECTIONS.environment["CACHE_URL"].model_copy(update={"reference": "{cache.password}"})
    plan = COLLECTIONS.model_copy(update={"environment": {"REDIS_PASSWORD": password}})
    assert project(plan)["services"]["cache"]["command"][-2:] == ["--requirepass", "Local-only-password-1"]


@pytest.mark.parametrize(
    ("source", "output", "web", "site"),
    [
        (".", ".", (".", "services/web/Dockerfile"), (".", "services/site/Dockerfile")),
        ("..", "out", ("..", "out/services/web/Dockerfile"), ("..", "out/services/site/Dockerfile")),
    ],
)
def test_build_contexts(source: str, output: str, web: tuple[str, str], site: tuple[str, str]) -> None:
    services = project(COLLECTIONS, source_path=source, output_path=output)["services"]
    assert tuple(services["web"]["build"].values()) == web
    assert tuple(services["site"]["build"].values()) == site
    assert services["release"]["build"] == services["web"]["build"]


def test_names_that_the_application_has_taken() -> None:
    web = COLLECTIONS.services["web"]
    plan = COLLECTIONS.model_copy(update={"services": {"database": web, "proxy": web, "release": web}})
    services = project(plan)["services"]
    assert list(services) == [
        "proxy-2",
        "database",
        "proxy",
        "release",
        "release-2",
        "database-2",
        "database-2-setup",
        "cache",
    ]
    assert "database-2:1433" in services["database"]["environment"]["SPRING_DATASOURCE_URL"]


def test_a_datastore_without_a_container_is_asked_for() -> None:
    reference = COLLECTIONS.environment["CACHE_URL"].model_copy(update={"reference": "{database.name}"})
    plan = COLLECTIONS.model_copy(
        update={"datastores": {"database": Datastore(engine="sqlite")}, "environment": {"FILE": reference}}
    )
    assert project(plan)["services"]["web"]["environment"] == {
        "FILE": "${FILE:?set FILE in your shell or in a file .env}"
    }


def test_an_unknown_engine_is_an_error() -> None:
    with pytest.raises(BadInputError, match=r"datastores\.database\.engine"):
        project(COLLECTIONS.model_copy(update={"datastores": {"database": Datastore(engine="dbase")}}))


def test_a_read_only_root_is_the_same_as_on_aws() -> None:
    profile = PROFILES["development"]
    strict = profile.model_copy(
        update={"service_parameters": profile.service_parameters | {"ReadonlyRootFilesystem": "true"}}
    )
    images = {
        **COLLECTIONS.images,
        "app": COLLECTIONS.images["app"].model_copy(update={"writable": ("/var/lib/letters", "/app", "media")}),
    }
    plan = COLLECTIONS.model_copy(update={"images": images})
    web = yaml_1_1.safe_load(render_compose(plan, DATASTORES, SIZES, strict).text)["services"]["web"]
    assert web["read_only"] is True
    assert web["tmpfs"] == ["/tmp:mode=1777,exec", "/var/lib/letters:mode=1777,exec", "/app/media:mode=1777,exec"]


def test_lines_know_their_keys() -> None:
    keys = {
        line.text.strip(): line.key
        for line in render_compose(COLLECTIONS, DATASTORES, SIZES, PROFILES["development"]).lines
    }
    assert keys['mem_limit: "2048m"'] == "services.site.size"
    assert keys["image: redis:7"] == "datastores.cache.version"
    assert keys[r'"~(?s)^[^ ]* [^ ]* /.*\z" site:8090;'] == "services.site.paths"
    assert keys["CACHE_URL: redis://cache:6379/0"] == "environment.CACHE_URL"


@pytest.mark.parametrize("engine", sorted(DATASTORES))
def test_every_engine_can_be_started(engine: str) -> None:
    container = DATASTORES[engine].container
    tree = project(
        COLLECTIONS.model_copy(update={"datastores": {"store": Datastore(engine=engine)}, "environment": {}})
    )
    assert ("store" in tree["services"]) == (container is not None)
    if container:
        written = str(tree["services"]["store"])
        assert not re.search(r"\{(host|port|name|name_in_sql|username|password)\}", written)
        assert tree["services"]["store"]["healthcheck"]["test"][0] in ("CMD", "CMD-SHELL")


@limits(max_examples=50)
@given(hostile_plans())
def test_nothing_breaks_out_of_its_place(plan: Plan) -> None:
    tree = project(plan)
    assert set(tree) <= PROJECT_KEYS
    assert all(set(service) <= SERVICE_KEYS for service in tree["services"].values())
    assert set(plan.services) <= set(tree["services"])
    for name in plan.services:
        told = {
            key: interpolated(value, {key: "asked"})
            for key, value in tree["services"][name].get("environment", {}).items()
        }
        for setting in settings(plan, name):
            value = setting.literal("development")
            if value is not None:
                assert (setting.name in told) == (spelled(value) is None)
                assert told.get(setting.name, value) == value
            else:
                assert setting.name in told
    if "configs" in tree:
        hosts = {name: name for name in plan.services}
        assert interpolated(tree["configs"]["proxy"]["content"], {}) == "".join(
            line.text + "\n" for line in nginx_server(routes(plan), hosts, 8080)
        )


@pytest.mark.parametrize("name", NASTY)
def test_a_database_name_stays_inside_its_sql_string(name: str) -> None:
    plan = COLLECTIONS.model_copy(
        update={
            "datastores": {
                "database": Datastore(engine="sqlserver", database=name),
                "cache": COLLECTIONS.datastores["cache"],
            }
        }
    )
    statement = interpolated(project(plan)["services"]["database-setup"]["command"][-1], {})
    quoted = re.match(r"DECLARE @name sysname = N'((?:[^']|'')*)'; IF DB_ID\(@name\) IS NULL", statement)
    assert quoted and quoted[1].replace("''", "'") == (name or "app")


@pytest.mark.skipif(
    shutil.which("docker") is None
    or subprocess.run(["docker", "compose", "version"], capture_output=True, check=False).returncode != 0,
    reason="docker compose is not installed",
)
def test_docker_compose_accepts_it(tmp_path: Path) -> None:
    for artefact in render_env_files(COLLECTIONS, {}):
        (tmp_path / artefact.path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / artefact.path).write_text(artefact.text)
    (tmp_path / "compose.yaml").write_text(text_of(COLLECTIONS))
    (tmp_path / ".env").write_text("PAYMENT_GATEWAY_API_KEY=k\n")
    run = subprocess.run(
        ["docker", "compose", "--profile", "scheduled", "config", "--quiet"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr
