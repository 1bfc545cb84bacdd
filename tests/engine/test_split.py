"""The sample split into accounts, payments, communications and reports answers as the whole does, on one database, each service as a
user who may use its tables alone: four images, each without code that only the others need. As the same image four times it is
rehearsed (test_rehearse.py)."""

import io
import tarfile
import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest
from ruamel.yaml import YAML

from tests.conftest import ROOT
from tests.engine.conftest import as_json, bases, ours, replatform, require
from toolkit.engine.labels import image_tag

pytestmark = [pytest.mark.engine, pytest.mark.slow]

SAMPLE = ROOT / "samples/collections"
REQUESTS = ROOT / "tests/engine/requests/collections.yaml"
APPLICATION = "split-collections"
# SQL Server has no stand-in: the H2 of the sample's profile for machines without one, here as a server that all services ask.
URL = "jdbc:h2:tcp://database:9092/mem:collections;MODE=MSSQLServer;DATABASE_TO_LOWER=TRUE"
ENVIRONMENT = {
    "SPRING_PROFILES_ACTIVE": "standin", "SPRING_DATASOURCE_URL": URL, "SPRING_SQL_INIT_MODE": "never",
    # Four of them start at a time: compile little, and make beans when they are asked for.
    "JAVA_TOOL_OPTIONS": "-XX:TieredStopAtLevel=1", "SPRING_MAIN_LAZY_INITIALIZATION": "true",
}  # fmt: skip
SCHEMA = "".join((SAMPLE / f"src/main/resources/standin/{name}.sql").read_text() for name in ("schema", "data"))


def h2_command(tool: str, *arguments: str) -> list[str]:
    """Runs a tool of the H2 in the sample's own image."""
    launcher = "org.springframework.boot.loader.launch.PropertiesLauncher"
    return ["java", "-cp", "/app/app.jar", f"-Dloader.main=org.h2.tools.{tool}", launcher, *arguments]


def h2(tool: str, *arguments: str, **keys: object) -> dict[str, object]:
    build = {"context": ".", "dockerfile": "services/accounts/Dockerfile"}
    return {"build": build, "command": h2_command(tool, *arguments)} | keys


def users(told: dict[str, str]) -> str:
    """What the script for SQL Server is told, in H2's words; and the password that compose.yaml has for everybody."""
    lines = [f"ALTER USER sa SET PASSWORD '{told['MASTER_PASSWORD']}';"]
    for name in told["DATABASE_USERS"].split():
        user, password = told[f"USER_{name}_NAME"], told[f"USER_{name}_PASSWORD"]
        lines.append(f"CREATE USER {user} PASSWORD '{password}';")
        for what, rights in (("READS", "SELECT"), ("WRITES", "SELECT, INSERT, UPDATE, DELETE")):
            if tables := told.get(f"USER_{name}_{what}"):
                lines += [f"GRANT {rights} ON {table} TO {user};" for table in tables.split(",")]
    return "\n".join(lines)


@pytest.fixture(scope="module")
def folder(client: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """The sample, split at level c, with the database of its compose file replaced."""
    folder = tmp_path_factory.mktemp("split")
    name = f"application={APPLICATION}"
    options = ["--level", "c", "--write", "--database-users", "--set", name]
    done = replatform("-q", "split", SAMPLE, "--out", folder, *options)
    assert done.returncode == 0, done.stderr
    done = replatform("-q", "convert", SAMPLE, "--out", folder, "--set", name)
    assert done.returncode == 0, done.stderr
    require(client, *bases(folder), "nginx:stable")
    path, yaml = folder / "compose.yaml", YAML(typ="safe")
    tree = yaml.load(path.read_text(encoding="utf-8"))
    listening = {"test": ["CMD", "bash", "-c", "exec 3<>/dev/tcp/127.0.0.1/9092"], "interval": "1s", "retries": 30}
    tree["services"]["database"] = h2(
        "Server", "-tcp", "-tcpAllowOthers", "-ifNotExists", healthcheck=listening, restart="always"
    )
    told = tree["services"]["database-users"]["environment"]
    for service, content, waits in (
        ("database-setup", SCHEMA, {"database": {"condition": "service_healthy"}}),
        ("database-users", users(told), {"database-setup": {"condition": "service_completed_successfully"}}),
    ):
        tree["services"][service] = h2(
            "RunScript", "-url", f"{URL};DB_CLOSE_DELAY=-1", "-user", "sa", "-script", "/setup/all.sql",
            configs=[{"source": service, "target": "/setup/all.sql"}], depends_on=waits, environment=told,
        )  # fmt: skip
        tree["configs"][service] = {"content": content.replace("$", "$$")}
    tree.pop("volumes", None)
    with path.open("w", encoding="utf-8") as file:
        yaml.dump(tree, file)
    yield folder
    assert replatform("up", folder, "--down").returncode == 0
    assert ours(client, APPLICATION) == []


@pytest.fixture(scope="module")
def compared(folder: Path) -> Any:
    settings = [word for name, value in ENVIRONMENT.items() for word in ("--env", f"{name}={value}")]
    run = replatform(
        "up", folder, "--source", SAMPLE, "--port", 0, "--timeout", 600, "--local-secrets", "--json", *settings,
        "--compare", "--requests", REQUESTS,
    )  # fmt: skip
    found = as_json(run)
    assert found.get("failure") is None, found["failure"]
    return found


def test_every_request_is_answered_alike(compared: Any) -> None:
    assert [one["message"] for one in compared["findings"]] == []
    assert compared["ok"]


def test_every_service_was_asked_and_did_its_work(compared: Any) -> None:
    answered = {(one["method"], one["path"]): (one["service"], one["split"]) for one in compared["requests"]}
    assert {service for service, _ in answered.values()} == {"accounts", "payments", "communications", "reports"}
    assert answered["GET", "/accounts/1002"] == ("accounts", 200)
    assert answered["GET", "/payments?accountId=1002"] == ("payments", 200)
    assert answered["GET", "/communications?accountId=1002"] == ("communications", 200)
    assert answered["GET", "/reports/ageing"] == ("reports", 200)
    assert answered["POST", "/communications"] == ("communications", 201)


def test_every_route_of_the_source_was_asked(compared: Any) -> None:
    routes = as_json(replatform("routes", SAMPLE, "--json"))["routes"]
    asked = {(one["method"], one["route"]) for one in compared["requests"]}
    assert {(method, route["path"]) for route in routes for method in route["methods"]} <= asked


def test_an_image_has_the_code_of_its_service_and_what_that_needs(client: docker.DockerClient, compared: Any) -> None:
    own = {"accounts": "Account", "communications": "Communication", "payments": "Payment", "reports": "Report"}
    controllers = {service: {f"{name}Controller"} for service, name in own.items()}
    everything = set().union(*controllers.values())
    found = {service: {name for name in classes(client, service) if name in everything} for service in own}
    assert found == controllers
    # What a query that stays names is in the image, too.
    assert {"Account", "Payment"} <= classes(client, "reports")


def classes(client: docker.DockerClient, service: str) -> set[str]:
    """Simple names of the classes in a service's image."""
    container = client.containers.create(image_tag(APPLICATION, service))
    try:
        chunks, _ = container.get_archive("/app/app.jar")
        with tarfile.open(fileobj=io.BytesIO(b"".join(chunks))) as archive:
            jar = archive.extractfile("app.jar")
            assert jar
            with zipfile.ZipFile(io.BytesIO(jar.read())) as file:
                return {name.rpartition("/")[2].removesuffix(".class") for name in file.namelist()}
    finally:
        container.remove()
