"""A Docker engine for the tests marked `engine`: skipped with a reason where there is none, a failure in CI."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import docker
import pytest

from toolkit.engine.connection import engine
from toolkit.errors import TemporaryError

FIGURES = pytest.StashKey[list[str]]()


def pytest_configure(config: pytest.Config) -> None:
    config.stash[FIGURES] = []


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Sizes and times of the samples' images, also where the tests pass."""
    if figures := config.stash[FIGURES]:
        terminalreporter.section("images of the samples")
        for line in figures:
            terminalreporter.write_line(line)


def promised(reason: str) -> None:
    """Where an engine is promised, a missing one is a failure."""
    if os.environ.get("CI"):
        pytest.fail(reason)
    pytest.skip(reason)


@pytest.fixture(scope="session")
def client() -> Iterator[docker.DockerClient]:
    try:
        with engine() as found:
            yield found
    except TemporaryError as error:
        promised(f"{error.what}: tests/engine/with-engine starts one")


def require(client: docker.DockerClient, *images: str) -> None:
    """Base images come from no registry here."""
    for image in images:
        try:
            client.images.get(image)
        except docker.errors.ImageNotFound:
            promised(f"no image {image}: tests/engine/standins/build makes what the samples need")


def replatform(*arguments: object, environment: dict[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from toolkit.cli.main import run; run()", *map(str, arguments)]
    return subprocess.run(
        command, capture_output=True, text=True, timeout=900, check=False, stdin=subprocess.DEVNULL, env={**os.environ, **(environment or {})},
    )  # fmt: skip


def as_json(run: subprocess.CompletedProcess[str]) -> Any:
    assert run.stdout, run.stderr
    return json.loads(run.stdout)


def bases(folder: Path) -> set[str]:
    """What the Dockerfiles of an output start from."""
    texts = [path.read_text(encoding="utf-8") for path in folder.glob("services/*/Dockerfile")]
    return {line.split()[1] for text in texts for line in text.splitlines() if line.startswith("FROM ")}


def ours(client: docker.DockerClient, application: str) -> list[str]:
    """Containers, networks and volumes of an application that are there now."""
    wanted = {"label": f"replatform.application={application}"}
    found = [*client.containers.list(all=True, filters=wanted), *client.networks.list(filters=wanted)]
    return [str(one.name) for one in [*found, *client.volumes.list(filters=wanted)]]
