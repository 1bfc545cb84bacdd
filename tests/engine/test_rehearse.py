"""From a legacy README to an HTTP 200 through the emitted listener rule: the stacks as they stand, in the emulator; and an
application that is split, which answers there as one service does on compose.yaml."""

import io
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

import docker
import pytest

from tests.conftest import SAMPLES
from tests.engine import test_split
from tests.engine.conftest import as_json, bases, ours, replatform, require
from toolkit.engine.labels import UNDIVIDED, image_tag
from toolkit.rehearse.emulator import LABEL, bridge_address, remove_orphans

pytestmark = [pytest.mark.engine, pytest.mark.slow]

STANDINS = Path(__file__).parent / "standins"
MYSQL = "replatform-standin/mysql:8"
OPTIONS = {
    "case-tracking": [
        "--image", f"mysql:8.0={MYSQL}", "--image", f"public.ecr.aws/docker/library/mysql:8.4={MYSQL}",
    ],
    "document-signing": [
        # The emulator tells its load balancers by their host names, which the application's list of hosts does not have.
        "--env", "ALLOWED_HOSTS=*",
        "--image", "postgres:14=postgres:15", "--image", "public.ecr.aws/docker/library/postgres:16=postgres:15",
    ],
    "collections": ["--compare", "--requests", str(test_split.REQUESTS)],
}  # fmt: skip
# SQL Server has no free engine: its database is a record, and in its place all services ask an H2. The one service is told no
# region, and so gets a database of its own.
DATABASES = ("whole", "eu-west-1")
URL = "jdbc:h2:tcp://{address}/mem:{name};MODE=MSSQLServer;DATABASE_TO_LOWER=TRUE;DB_CLOSE_DELAY=-1"


def left_over(client: docker.DockerClient) -> list[str]:
    containers = client.containers.list(all=True, filters={"label": LABEL}, ignore_removed=True)
    # Not images.list(), which asks for each again: others may come and go meanwhile.
    images = [tag for image in client.api.images() for tag in image["RepoTags"] or () if ".dkr.ecr." in tag]
    return [*(str(one.name) for one in containers), *images]


def archive(name: str, content: bytes) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as one:
        member = tarfile.TarInfo(name)
        member.size = len(content)
        one.addfile(member, io.BytesIO(content))
    return buffer.getvalue()


@contextmanager
def h2(client: docker.DockerClient, application: str) -> Iterator[list[str]]:
    """Two databases with the sample's schema in a server out of its own image; the options that lead the services to them."""
    host = bridge_address(client)
    server = client.containers.run(
        image_tag(application, "accounts"), test_split.h2_command("Server", "-tcp", "-tcpAllowOthers", "-ifNotExists"),
        ports={"9092/tcp": (host, None)}, detach=True,
    )  # fmt: skip
    try:
        assert any(b"running" in line for line in server.logs(stream=True)), "the H2 server does not start"
        server.put_archive("/tmp", archive("setup.sql", test_split.SCHEMA.encode()))
        for name in DATABASES:
            place = ("-url", URL.format(address="127.0.0.1", name=name), "-user", "sa")
            load = server.exec_run(test_split.h2_command("RunScript", *place, "-script", "/tmp/setup.sql"))
            assert load.exit_code == 0, load.output.decode()
        server.reload()
        port = server.attrs["NetworkSettings"]["Ports"]["9092/tcp"][0]["HostPort"]
        url = URL.format(address=f"{host}:{port}", name=f"${{AWS_REGION:{DATABASES[0]}}}")
        environment = test_split.ENVIRONMENT | {
            "SPRING_DATASOURCE_URL": url, "SPRING_DATASOURCE_USERNAME": "sa", "SPRING_DATASOURCE_PASSWORD": "",
        }  # fmt: skip
        yield [word for name, value in environment.items() for word in ("--env", f"{name}={value}")]
    finally:
        server.remove(force=True)


@pytest.fixture(scope="module", params=sorted(OPTIONS))
def rehearsed(
    request: pytest.FixtureRequest, client: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """The report of one rehearsal; afterwards nothing of it is left on the engine."""
    name = request.param
    folder, application = tmp_path_factory.mktemp(name), f"rehearse-{name[:12]}"
    source, to = SAMPLES[name], ("--out", folder, "--set", f"application={application}")
    commands = [("convert", source, *to)]
    if name == "collections":
        commands = [("split", source, "--level", "b", "--write", *to), *commands]
    for command in commands:
        done = replatform("-q", *command)
        assert done.returncode == 0, done.stderr
    require(client, *bases(folder), "mariadb:10.11", "nginx:stable")
    client.images.build(path=str(STANDINS / "mysql"), tag=MYSQL, rm=True)
    before = left_over(client)
    with ExitStack() as stack:
        options = OPTIONS[name]
        if name == "collections":
            built = replatform("-q", "build", folder, "--source", source, "--service", "accounts")
            assert built.returncode == 0, built.stdout
            options = [*options, *stack.enter_context(h2(client, application))]
        run = replatform("-q", "rehearse", folder, "--source", source, "--json", *options)
    found: dict[str, Any] = as_json(run)
    assert run.returncode == 0, [step for step in found["steps"] if not step["ok"]] or run.stderr
    assert set(left_over(client)) <= set(before)
    assert ours(client, f"{application}{UNDIVIDED}") == []
    return found | {"sample": name}


def grades(rehearsed: dict[str, Any], kind: str) -> set[str]:
    return {one["grade"] for one in rehearsed["resources"] if one["type"] == kind}


def test_every_route_answers_through_the_load_balancer(rehearsed: dict[str, Any]) -> None:
    assert rehearsed["ok"] and rehearsed["routes"]
    assert 200 in {one["status"] for one in rehearsed["routes"]}
    assert all(one["ok"] for one in rehearsed["routes"])


def test_a_second_pass_changes_nothing_and_releases_lose_no_request(rehearsed: dict[str, Any]) -> None:
    notes = {step["name"]: step["note"] for step in rehearsed["steps"]}
    assert notes["second pass without changes"].endswith("stacks")
    asked = {one["service"] for one in rehearsed["routes"]}
    for service in asked:
        assert notes[f"{service}: a new image"].startswith("0 of ")
        assert notes[f"{service}: a crashing image"].startswith("rolled back; 0 of ")


def test_a_split_application_answers_as_one_service_does(rehearsed: dict[str, Any]) -> None:
    """Also where one service reads what another has written."""
    if rehearsed["sample"] != "collections":
        assert rehearsed["requests"] == []
        return
    assert rehearsed["findings"] == []
    answered = {(one["method"], one["path"]): (one["service"], one["split"]) for one in rehearsed["requests"]}
    assert {service for service, _ in answered.values()} == {"accounts", "payments", "communications", "reports"}
    assert answered["GET", "/accounts/1002"] == ("accounts", 200)
    assert answered["GET", "/payments?accountId=1002"] == ("payments", 200)
    assert answered["POST", "/communications"] == ("communications", 201)
    assert answered["GET", "/reports/ageing"] == ("reports", 200)


def test_the_database_is_reached_where_its_engine_is_free(rehearsed: dict[str, Any]) -> None:
    notes = {step["name"]: step["note"] for step in rehearsed["steps"]}
    if rehearsed["sample"] == "collections":
        assert grades(rehearsed, "AWS::RDS::DBInstance") == {"recorded"}
        assert "recorded" in notes["run the database setup"]
    else:
        assert grades(rehearsed, "AWS::RDS::DBInstance") == {"ran"}
        assert "are ready" in notes["run the database setup"]


def test_nobody_takes_a_record_for_a_rehearsal(rehearsed: dict[str, Any]) -> None:
    assert grades(rehearsed, "AWS::DMS::ReplicationTask") <= {"recorded"}
    assert grades(rehearsed, "AWS::ApplicationAutoScaling::ScalableTarget") == {"recorded"}
    assert "ran" in grades(rehearsed, "AWS::ECS::Service")
    assert grades(rehearsed, "AWS::ElasticLoadBalancingV2::ListenerRule") == {"ran"}


def report_of(client: docker.DockerClient, folder: Path, name: str, *options: str) -> dict[str, Any]:
    converted = replatform(
        "-q", "convert", SAMPLES[name], "--out", folder, "--set", f"application=rehearse-{name[:12]}"
    )
    assert converted.returncode == 0, converted.stderr
    require(client, *bases(folder))
    run = replatform("-q", "rehearse", folder, "--source", SAMPLES[name], "--json", *options)
    found: dict[str, Any] = as_json(run)
    assert run.returncode == 0, [step for step in found["steps"] if not step["ok"]] or run.stderr
    return found


def test_a_worker_reads_the_queue_that_its_stack_made(client: docker.DockerClient, tmp_path: Path) -> None:
    """It ends when the queue, its address, its region or the credentials are not there, and its deployment with it."""
    found = report_of(client, tmp_path, "notifications-worker")
    assert {step["name"] for step in found["steps"]} >= {"deploy queue-avisos", "worker steady"}
    assert grades(found, "AWS::SQS::Queue") == {"API"}


def test_the_certificate_of_a_cache_is_trusted(client: docker.DockerClient, tmp_path: Path) -> None:
    """By a program that checks it, as Node.js does: it is not healthy without its cache."""
    require(client, "redis:7")
    assert grades(report_of(client, tmp_path, "collaboration"), "AWS::ElastiCache::ReplicationGroup") == {"ran"}


def test_a_database_is_on_the_port_of_its_engine(client: docker.DockerClient, tmp_path: Path) -> None:
    """A program that is told no port, as this one of Rails, knows it."""
    require(client, "postgres:16", "redis:7")
    client_image = ("--image", "public.ecr.aws/docker/library/postgres:16=postgres:16")
    notes = {step["name"]: step["ok"] for step in report_of(client, tmp_path, "court-calendar", *client_image)["steps"]}
    assert notes["run the release task"] and notes["web steady"]


def test_services_run_as_users_of_their_own(client: docker.DockerClient, tmp_path: Path) -> None:
    """Their secrets are there before the task that makes them, the tables before that, and nothing changes at a second pass."""
    name = "document-signing"
    source, application = SAMPLES[name], "application=rehearse-users"
    split = replatform("-q", "split", source, "--out", tmp_path, "--write", "--database-users", "--set", application)
    assert split.returncode == 0, split.stderr
    converted = replatform("-q", "convert", source, "--out", tmp_path, "--set", application)
    assert converted.returncode == 0, converted.stderr
    require(client, *bases(tmp_path), "postgres:15")
    run = replatform("-q", "rehearse", tmp_path, "--source", source, "--json", *OPTIONS[name])
    found = as_json(run)
    assert run.returncode == 0, [step for step in found["steps"] if not step["ok"]] or run.stderr
    notes = {step["name"]: step["note"] for step in found["steps"]}
    assert "rehearse_users__clearsessions has rights on" in notes["run the task that makes database users"]
    assert list(notes).index("run the release task") < list(notes).index("run the task that makes database users")


@pytest.fixture
def under_way(client: docker.DockerClient, tmp_path: Path) -> Iterator[tuple[subprocess.Popen[bytes], set[str]]]:
    """A rehearsal whose first container is there, and what was there before it."""
    converted = replatform(
        "-q", "convert", SAMPLES["conflict-check"], "--out", tmp_path, "--set", "application=rehearse-end"
    )
    assert converted.returncode == 0, converted.stderr
    require(client, *bases(tmp_path))
    before = set(left_over(client))
    command = [sys.executable, "-c", "from toolkit.cli.main import run; run()", "-q", "rehearse"]
    with subprocess.Popen(
        [*command, str(tmp_path), "--source", str(SAMPLES["conflict-check"])],
        stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True,
        # A test run in the background ignores SIGINT, and what it starts inherits that.
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    ) as process:  # fmt: skip
        deadline = time.monotonic() + 600
        while not containers(client) - before:
            assert process.poll() is None and time.monotonic() < deadline
            time.sleep(0.2)
        yield process, before
        process.kill()


def containers(client: docker.DockerClient) -> set[str]:
    return {str(one.name) for one in client.containers.list(filters={"label": LABEL}, ignore_removed=True)}


def test_an_interrupt_takes_everything_down(
    client: docker.DockerClient, under_way: tuple[subprocess.Popen[bytes], set[str]]
) -> None:
    process, before = under_way
    process.send_signal(signal.SIGINT)
    assert process.wait(120) == 130
    assert set(left_over(client)) <= before


def test_what_a_killed_rehearsal_left_goes_with_the_next(
    client: docker.DockerClient, under_way: tuple[subprocess.Popen[bytes], set[str]]
) -> None:
    process, before = under_way
    mine = containers(client) - before
    process.kill()
    process.wait(30)
    assert mine & containers(client), "SIGKILL leaves no time to clean up"
    remove_orphans(client)
    assert not mine & containers(client)
