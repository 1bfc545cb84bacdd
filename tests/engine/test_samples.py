"""Every sample on a real engine, from a conversion without edits: build, start, ask through the proxy, look inside, stop."""

import re
import shutil
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import docker
import pytest
from ruamel.yaml import YAML

from tests.conftest import SAMPLES
from tests.engine.conftest import FIGURES, as_json, bases, ours, promised, replatform, require
from toolkit.engine.build import Built, Progress, build, order
from toolkit.engine.instructions import instructions

pytestmark = [pytest.mark.engine, pytest.mark.slow]

# SQL Server has no stand-in: the sample runs on the profile that its README has for machines without one (section 11).
# Nor has SQS: the worker goes on asking for a queue that is not there.
OPTIONS = {
    "collections": ["--without", "database", "--env", "SPRING_PROFILES_ACTIVE=standin"],
    "notifications-worker": ["--env", "QUEUE_URL=http://queue.example/avisos.fifo", "--env", "AWS_REGION=sa-east-1"],
}
# A worker that nobody can ask, and a task that waits for its time: what their state is.
WITHOUT_ROUTES = {"notifications-worker": "running", "reporting": None}
WITHOUT_DEPENDENCIES = {"identity-api"}
COMPILERS = "cc c++ gcc g++ clang make ld javac mvn rustc go"
CACHES = (
    "/root/.cache", "/root/.npm", "/root/.m2", "/root/.gradle", "/home/*/.cache", "/home/*/.npm", "/var/cache/apt/archives/*.deb",
    "/var/lib/apt/lists/*_Packages*",
)  # fmt: skip
INSTALLS = re.compile(
    r"build-essential|bundle install|docker-php-ext-install|dependency:go-offline|go mod download|npm ci|pip install .*--requirement"
)


@dataclass
class Sample:
    name: str
    application: str
    source: Path
    folder: Path
    up: dict[str, Any]

    @property
    def service(self) -> str:
        """The one that answers; of an application without a web service, the first that was built."""
        return str([*self.up["routes"], *self.up["images"]][0]["service"])

    @property
    def tag(self) -> str:
        return f"replatform/{self.application}-{self.service}:local"


@pytest.fixture(scope="module", params=SAMPLES)
def sample(
    request: pytest.FixtureRequest, client: docker.DockerClient, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Sample]:
    """The sample, up and running; afterwards it is taken down, and nothing of it may be left."""
    name = request.param
    application = f"engine-{name}"[:24].rstrip("-")  # as long as a name may be
    folder = tmp_path_factory.mktemp(name)
    converted = replatform("-q", "convert", SAMPLES[name], "--out", folder, "--set", f"application={application}")
    assert converted.returncode == 0, converted.stderr
    without = OPTIONS.get(name, [])
    services = YAML(typ="safe").load((folder / "compose.yaml").read_text(encoding="utf-8"))["services"]
    require(
        client,
        *bases(folder),
        *(
            one["image"]
            for key, one in services.items()
            if "image" in one and key.removesuffix("-setup") not in without
        ),
    )
    try:
        run = replatform(
            "up", folder, "--source", SAMPLES[name], "--port", 0, "--local-secrets", "--json", *without,
            environment=dict.fromkeys(("API_TOKEN", "SECRET_KEY"), ""),
        )  # fmt: skip
        found = as_json(run)
        if any(one["failure"] == "index-dead" for one in found.get("failed", ())):
            promised(f"{name}: its package index is out of reach: {found}")
        assert run.returncode == 0, run.stdout + run.stderr[-2000:]
        yield Sample(name, application, SAMPLES[name], folder, found)
    finally:
        assert replatform("up", folder, "--down").returncode == 0
    assert ours(client, application) == []


def inside(client: docker.DockerClient, tag: str, script: str, user: str = "0") -> str:
    output: bytes = client.containers.run(
        tag, ["-c", script], entrypoint="sh", user=user, remove=True, network_mode="none"
    )
    return output.decode()


def test_it_answers_through_the_proxy(sample: Sample) -> None:
    assert sample.up["ok"]
    assert bool(sample.up["routes"]) == (sample.name not in WITHOUT_ROUTES)
    for route in sample.up["routes"]:
        assert 200 <= route["status"] < 400 and route["ok"], route
    states = {one["service"]: one["state"] for one in sample.up["services"]}
    assert set(states.values()) <= {"healthy", "running", "done"}
    assert states.get(sample.service) == WITHOUT_ROUTES.get(sample.name, "healthy")
    if sample.name in OPTIONS:
        assert "database" not in states


def test_release_steps_ran_before_the_services(sample: Sample) -> None:
    states = {one["service"]: one["state"] for one in sample.up["services"]}
    assert states.get("release", "done") == "done"


def test_it_does_not_run_as_root(sample: Sample, client: docker.DockerClient) -> None:
    for image in sample.up["images"]:
        assert inside(client, image["tag"], "id -u; id -g", user="").split() in (["10001", "10001"], ["33", "33"])


def test_it_holds_no_compiler_and_no_cache(sample: Sample, client: docker.DockerClient) -> None:
    script = f"for p in {COMPILERS}; do command -v $p; done; ls -d {' '.join(CACHES)} 2>/dev/null; true"
    for image in sample.up["images"]:
        assert inside(client, image["tag"], script) == ""


def test_no_secret_of_this_run_is_in_the_image(sample: Sample, client: docker.DockerClient) -> None:
    image = client.images.get(sample.tag)
    told = " ".join(image.attrs["Config"]["Env"]) + " ".join(str(layer["CreatedBy"]) for layer in image.history())
    assert "local-only" not in told and "Local-only" not in told


def test_a_change_of_the_source_reuses_the_dependency_layer(
    sample: Sample, client: docker.DockerClient, tmp_path: Path, pytestconfig: pytest.Config
) -> None:
    source = tmp_path / "source"
    shutil.copytree(sample.source, source)
    changed = min(
        path for path in source.rglob("*") if path.suffix in (".go", ".java", ".js", ".php", ".pm", ".py", ".rb")
    )
    # No two runs make the same change: the engine would have that one in its cache, too.
    comment = "#" if changed.suffix in (".pm", ".py", ".rb") else "//"
    changed.write_text(f"{changed.read_text(encoding='utf-8')}\n{comment} {uuid.uuid4()}\n", encoding="utf-8")
    wanted = order(sample.folder, sample.application, sample.service)
    lines: dict[int, list[str]] = {}

    def report(progress: Progress) -> None:
        lines.setdefault(progress.step, []).append(progress.text.strip())

    built = build(client, wanted, source, report)
    assert isinstance(built, Built), built
    cached = {
        one.text: "---> Using cache" in lines.get(step, ())
        for step, one in enumerate(instructions(wanted.dockerfile), start=1)
    }
    install = [is_cached for text, is_cached in cached.items() if INSTALLS.search(text)]
    assert install == ([] if sample.name in WITHOUT_DEPENDENCIES else [True])
    assert cached["COPY . ."] is False
    pytestconfig.stash[FIGURES].append(
        f"{sample.name}: rebuilt in {built.seconds:.1f} s after a change of {changed.name}, {built.cached_steps} of {built.steps} steps from the cache"
    )


def test_it_is_much_smaller_than_a_single_stage(
    sample: Sample, client: docker.DockerClient, pytestconfig: pytest.Config
) -> None:
    """The same application on the full base: the build stage with the same command, as most first Dockerfiles are."""
    wanted = order(sample.folder, sample.application, sample.service)
    steps = instructions(wanted.dockerfile)
    second = [one for one in steps if one.name == "FROM"][1]
    if not any(one.name == "RUN" for one in steps if one.first_line < second.first_line):
        return  # PHP without libraries has no build to speak of, and so nothing that it could leave behind
    stage = "\n".join(wanted.dockerfile.splitlines()[: second.first_line - 1])
    command = next(one.text for one in steps if one.name == "CMD")
    single = order(sample.folder, f"{sample.application}-single", sample.service)
    outcome = build(
        client,
        type(single)(single.application, single.service, f"{stage}\n{command}\n", single.ignore),
        sample.source,
    )
    assert isinstance(outcome, Built), outcome
    client.images.remove(outcome.tag, force=True, noprune=True)
    size = next(int(one["size_bytes"]) for one in sample.up["images"] if one["service"] == sample.service)
    smaller = 1 - size / outcome.size_bytes
    pytestconfig.stash[FIGURES].append(
        f"{sample.name}: {size / 1e6:.0f} MB, {smaller:.0%} smaller than a single stage of {outcome.size_bytes / 1e6:.0f} MB"
    )
    assert smaller >= 0.4
