"""What goes wrong on an engine: said with lines and a suggestion, and nothing left behind."""

from pathlib import Path

import docker
import pytest

from tests.conftest import SAMPLES
from tests.engine.conftest import as_json, bases, ours, replatform, require

SOURCE = SAMPLES["case-tracking"]
APPLICATION = "engine-failures"


@pytest.fixture
def out(tmp_path: Path) -> Path:
    assert replatform("-q", "convert", SOURCE, "--out", tmp_path, "--set", f"application={APPLICATION}").returncode == 0
    return tmp_path


def edit(out: Path, old: str, new: str) -> None:
    for path in out.glob("services/*/Dockerfile"):
        path.write_text(path.read_text(encoding="utf-8").replace(old, new), encoding="utf-8")


@pytest.mark.parametrize("command", ["build", "up"])
def test_no_engine_is_temporary(out: Path, command: str) -> None:
    run = replatform(
        command, out, "--source", SOURCE, environment={"DOCKER_HOST": f"unix://{out}/none", "API_TOKEN": "x"}
    )
    assert run.returncode == 75 and run.stdout == ""
    assert "no Docker engine answers" in run.stderr and "to do:" in run.stderr


def test_secrets_without_a_value_are_named_before_anything_is_built(out: Path) -> None:
    run = replatform("up", out, "--source", SOURCE, environment={"API_TOKEN": "", "DOCKER_HOST": f"unix://{out}/none"})
    assert run.returncode == 2 and "API_TOKEN" in run.stderr and "--local-secrets" in run.stderr


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["build", "--service", "none"], "none"),
        (["up", "--without", "none"], "none"),
        (["up", "--env", "nonsense"], "NAME=VALUE"),
    ],
)
def test_bad_arguments(out: Path, arguments: list[str], words: str) -> None:
    run = replatform(arguments[0], out, *arguments[1:], environment={"API_TOKEN": "x"})
    assert run.returncode == 2 and words in run.stderr


@pytest.mark.engine
def test_a_failing_step_is_explained(client: docker.DockerClient, out: Path) -> None:
    require(client, *bases(out))
    edit(out, "COPY package.json package-lock.json ./", "COPY package.json ./")
    run = replatform("build", out, "--source", SOURCE, "--json")
    assert run.returncode == 1
    (failure,) = as_json(run)["failed"]  # the second service has the same image
    assert failure["failure"] == "lock-file-stale" and "lock file" in failure["suggestion"]
    assert failure["lines"] == ["RUN npm ci --omit=dev"] and failure["dockerfile"] == "services/web/Dockerfile"
    assert failure["from"] == ["README.md:20"] and failure["reasons"][0]["key"] == "images.app.install"
    assert (out / failure["dockerfile"]).read_text().splitlines()[failure["line"] - 1] == failure["lines"][0]
    assert failure["output"]
    shown = replatform("-q", "build", out, "--source", SOURCE)
    assert shown.returncode == 1 and "from README.md:20" in shown.stdout and "to do:" in shown.stdout


@pytest.mark.engine
def test_a_missing_base_is_explained(client: docker.DockerClient, out: Path) -> None:
    edit(out, "FROM node:20-bookworm ", "FROM replatform.invalid/none:1 ")
    (failure,) = as_json(replatform("build", out, "--source", SOURCE, "--service", "web", "--json"))["failed"]
    assert failure["failure"] in ("registry-unreachable", "base-image-missing")
    assert failure["lines"] == ["FROM replatform.invalid/none:1 AS build"]


@pytest.mark.engine
def test_a_service_that_ends_is_shown_with_its_output_and_nothing_stays(client: docker.DockerClient, out: Path) -> None:
    require(client, *bases(out), "mysql:8.0", "nginx:stable")
    edit(
        out,
        'CMD ["node", "src/server.js"]',
        'CMD ["node", "-e", "console.log(\'password=Toga-Birrete77\'); process.exit(3)"]',
    )
    run = replatform("up", out, "--source", SOURCE, "--port", 0, "--local-secrets", "--json")
    assert run.returncode == 1
    found = as_json(run)
    assert not found["ok"] and found["failure"]["service"] == "web" and "ended with 3" in found["failure"]["message"]
    assert found["failure"]["output"] == ["password=********"]
    assert ours(client, APPLICATION) == []


@pytest.mark.engine
def test_a_release_step_that_fails_stops_the_start(client: docker.DockerClient, out: Path) -> None:
    require(client, *bases(out), "mysql:8.0", "nginx:stable")
    compose = out / "compose.yaml"
    compose.write_text(
        compose.read_text(encoding="utf-8").replace("scripts/migrate.js", "scripts/none.js"), encoding="utf-8"
    )
    run = replatform("up", out, "--source", SOURCE, "--port", 0, "--local-secrets", "--json", "--keep")
    found = as_json(run)
    assert run.returncode == 1 and found["failure"]["service"] == "release"
    assert "web" not in {one["service"] for one in found["services"]}
    assert ours(client, APPLICATION) != []  # --keep
    down = as_json(replatform("up", out, "--down", "--json"))
    assert f"replatform-{APPLICATION}-database" in down["removed"] and ours(client, APPLICATION) == []
