"""From a legacy README to an HTTP 200 through the emitted listener rule: the stacks as they stand, in the emulator."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from tests.conftest import SAMPLES
from tests.engine.conftest import as_json, bases, replatform, require
from toolkit.rehearse.emulator import LABEL, remove_orphans

pytestmark = [pytest.mark.engine, pytest.mark.slow]

STANDINS = Path(__file__).parent / "standins"
MYSQL = "replatform-standin/mysql:8"
OPTIONS = {
    "case-tracking": [
        "--image", f"mysql:8.0={MYSQL}", "--image", f"public.ecr.aws/docker/library/mysql:8.4={MYSQL}",
    ],
    # SQL Server has no free engine: its database is a record, and the service runs on the profile that its README has
    # for machines without one (section 11).
    "document-signing": [
        # The emulator tells its load balancers by their host names, which the application's list of hosts does not have.
        "--env", "ALLOWED_HOSTS=*",
        "--image", "postgres:14=postgres:15", "--image", "public.ecr.aws/docker/library/postgres:16=postgres:15",
    ],
    "collections": ["--env", "SPRING_PROFILES_ACTIVE=standin"],
}  # fmt: skip


def left_over(client: docker.DockerClient) -> list[str]:
    containers = client.containers.list(all=True, filters={"label": LABEL}, ignore_removed=True)
    # Not images.list(), which asks for each again: others may come and go meanwhile.
    images = [tag for image in client.api.images() for tag in image["RepoTags"] or () if ".dkr.ecr." in tag]
    return [*(str(one.name) for one in containers), *images]


@pytest.fixture(scope="module", params=sorted(OPTIONS))
def rehearsed(
    request: pytest.FixtureRequest, client: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    """The report of one rehearsal; afterwards nothing of it is left on the engine."""
    name = request.param
    folder = tmp_path_factory.mktemp(name)
    converted = replatform(
        "-q", "convert", SAMPLES[name], "--out", folder, "--set", f"application=rehearse-{name[:12]}"
    )
    assert converted.returncode == 0, converted.stderr
    require(client, *bases(folder), "mariadb:10.11")
    client.images.build(path=str(STANDINS / "mysql"), tag=MYSQL, rm=True)
    before = left_over(client)
    run = replatform("-q", "rehearse", folder, "--source", SAMPLES[name], "--json", *OPTIONS[name])
    found: dict[str, Any] = as_json(run)
    assert run.returncode == 0, [step for step in found["steps"] if not step["ok"]] or run.stderr
    assert set(left_over(client)) <= set(before)
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
    (web,) = (name.removesuffix(": a new image") for name in notes if name.endswith("web: a new image"))
    assert notes[f"{web}: a new image"].startswith("0 of ")
    assert notes[f"{web}: a crashing image"].startswith("rolled back; 0 of ")


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


def test_a_worker_reads_the_queue_that_its_stack_made(client: docker.DockerClient, tmp_path: Path) -> None:
    """It ends when the queue, its address, its region or the credentials are not there, and its deployment with it."""
    name = "notifications-worker"
    converted = replatform("-q", "convert", SAMPLES[name], "--out", tmp_path, "--set", "application=rehearse-queue")
    assert converted.returncode == 0, converted.stderr
    require(client, *bases(tmp_path))
    run = replatform("-q", "rehearse", tmp_path, "--source", SAMPLES[name], "--json")
    found = as_json(run)
    assert run.returncode == 0, [step for step in found["steps"] if not step["ok"]] or run.stderr
    assert {step["name"] for step in found["steps"]} >= {"deploy queue-avisos", "worker steady"}
    assert grades(found, "AWS::SQS::Queue") == {"API"}


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
