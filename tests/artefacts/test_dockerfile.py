"""Dockerfiles: what they look like, that hadolint has nothing to say, and that nothing breaks out of its place."""

import json
import shlex
import subprocess
import sys
from pathlib import Path

import dockerfile
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toolkit.artefacts.dockerfile import render_dockerfile, render_dockerignore
from toolkit.catalog.catalog import Catalog
from toolkit.catalog.stacks import Stack
from toolkit.errors import BadInputError, BlueprintError
from toolkit.findings import Evidence
from toolkit.plan.image_model import Image
from toolkit.plan.model import Decision, Health, Plan, Service

CATALOG = Catalog()
STACKS = CATALOG.stack
RECOGNISED = [stack for stack in STACKS.values() if stack.name not in ("python", "node") and not stack.stage_of]
# Windows has no numbered users, and IIS drops its rights itself; what asks the image is the load balancer alone.
ON_LINUX = [stack for stack in RECOGNISED if stack.operating_system == "LINUX"]


def plan_for(stack: Stack, command: tuple[str, ...] = ("run",), **image: object) -> Plan:
    release = stack.release_for(None)
    assert release is not None
    values: dict[str, object] = {
        "stack": stack.name,
        "version": release.version,
        "build_image": release.build_image,
        "runtime_image": stack.runtime_image or release.runtime_image,
        "artifact": "dist" if stack.artifact else "",
    } | image
    service = Service(kind="web", image="app", command=command, port=8000, health=Health())
    return Plan(application="demo", images={"app": Image.model_validate(values)}, services={"web": service})


def rendered(stack: Stack, plan: Plan, decisions: dict[str, Decision] | None = None) -> str:
    return render_dockerfile("web", plan, stack, CATALOG.dockerfile(stack), decisions or {}).text


def instructions(text: str) -> list[tuple[str, tuple[str, ...]]]:
    return [(command.cmd.upper(), tuple(command.value)) for command in dockerfile.parse_string(text)]


FULL = {
    "directory": "",
    "workdir": "src",
    "manifest": "requirements.txt",
    "copy_first": ("requirements.txt", "requirements/base.txt"),
    "prepare": (("python", "-m", "venv", "/opt/venv"), ("pip", "install", "--no-cache-dir", "pip==23.0.1")),
    "install": (("pip", "install", "--no-cache-dir", "--requirement", "requirements.txt"),),
    "install_after_source": (("pip", "install", "--no-cache-dir", "."),),
    "build": (("python", "manage.py", "collectstatic", "--noinput"),),
    "build_environment": {"SECRET_KEY": "unused-in-build"},
    "build_packages": ("libldap2-dev", "libsasl2-dev"),
    "runtime_packages": ("libpq5",),
    "constraints": ("Werkzeug<2.1", "Jinja2<3.1"),
    "writable": ("/app/media", "/app", "/var/lib/demo"),
}


def test_everything_at_its_place() -> None:
    stack = STACKS["python-django"]
    decisions = {
        "images.app.version": Decision("images.app.version", "3.13", "", (Evidence("README.md", 12, 12),)),
        "images.app.install": Decision(
            "images.app.install", "", "", (Evidence("docs/install.rst", 7, 9), Evidence("requirements.txt", 3, 3))
        ),
        "services.web.command": Decision("services.web.command", "", "", (Evidence("README.md", 88, 88),)),
    }
    text = rendered(stack, plan_for(stack, ("gunicorn", "demo.wsgi:application"), **FULL), decisions)
    assert text == EXPECTED


EXPECTED = r"""# Build stage: the full image, with compilers. Only the virtual environment and the application leave it.
# README.md:12
FROM python:3.13-bookworm AS build
# Not pinned: the distribution removes superseded versions from its mirrors, so a pin would soon break the build.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --no-install-recommends --yes \
        libldap2-dev \
        libsasl2-dev \
    && rm -rf /var/lib/apt/lists/*
ENV VIRTUAL_ENV=/opt/venv \
    PATH=/opt/venv/bin:$PATH \
    PIP_DISABLE_PIP_VERSION_CHECK=1
WORKDIR /app
RUN python -m venv /opt/venv \
    && pip install --no-cache-dir pip==23.0.1 \
# Newer releases of these broke what this application uses; see REPLATFORM.md.
    && printf '%s\n' \
        'Werkzeug<2.1' \
        'Jinja2<3.1' \
    > /opt/constraints.txt
ENV PIP_CONSTRAINT=/opt/constraints.txt
COPY requirements.txt ./
COPY requirements/base.txt ./requirements/
# docs/install.rst:7
RUN pip install --no-cache-dir --requirement requirements.txt
COPY . .
# docs/install.rst:7
RUN pip install --no-cache-dir .
WORKDIR /app/src
RUN SECRET_KEY=unused-in-build python manage.py collectstatic --noinput
WORKDIR /app

# Run-time stage: the slim image; the user owns nothing but its home and the folders that the application writes to.
# README.md:12
FROM python:3.13-slim-bookworm
# Not pinned: the distribution removes superseded versions from its mirrors, so a pin would soon break the build.
# hadolint ignore=DL3008
RUN apt-get update \
    && apt-get install --no-install-recommends --yes \
        libpq5 \
    && rm -rf /var/lib/apt/lists/*
ENV PATH=/opt/venv/bin:$PATH
ENV PYTHONDONTWRITEBYTECODE=1 \
    PYTHONUNBUFFERED=1
RUN groupadd --gid 10001 app \
    && useradd --no-log-init --create-home --uid 10001 --gid app --shell /usr/sbin/nologin app
WORKDIR /app
COPY --from=build /opt/venv /opt/venv
COPY --from=build --chown=10001:10001 /app /app
WORKDIR /app/src
RUN mkdir -p /app/media /var/lib/demo \
    && chown -R 10001:10001 /var/lib/demo \
    && chown 10001:10001 /app /app/media
USER 10001:10001
EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=5s --start-period=60s \
    CMD ["bash", "-c", "exec 3<> \"/dev/tcp/127.0.0.1/$0\" && printf 'GET %s HTTP/1.0\\r\\n\\r\\n' \"$1\" >&3 && read -r -t 4 _ status _ <&3 && test \"$status\" -lt 500", "8000", "/"]
# README.md:88
CMD ["gunicorn", "demo.wsgi:application"]
"""


@pytest.mark.parametrize("stack", RECOGNISED, ids=lambda stack: stack.name)
def test_hadolint_has_nothing_to_say(stack: Stack, tmp_path: Path) -> None:
    image = {
        key: value
        for key, value in FULL.items()
        if stack.language == "python" or key in ("runtime_packages", "writable")
    }
    file = tmp_path / "Dockerfile"
    file.write_text(rendered(stack, plan_for(stack, **image)), encoding="utf-8")
    hadolint = Path(sys.executable).with_name("hadolint")
    done = subprocess.run([hadolint, "--no-color", file], capture_output=True, text=True, check=False)
    assert done.stdout + done.stderr == ""


@pytest.mark.parametrize("stack", ON_LINUX, ids=lambda stack: stack.name)
def test_every_image_ends_without_root_and_in_exec_form(stack: Stack) -> None:
    parsed = instructions(rendered(stack, plan_for(stack, ("serve", "it's $HOME"))))
    assert [value for command, value in parsed if command == "USER"][-1][0].partition(":")[0] not in ("root", "0")
    assert parsed[-1] == ("CMD", ("serve", "it's $HOME"))
    stages = 1 if stack.language == "html" else 2  # pages that nothing builds
    assert [command for command, _ in parsed].count("FROM") == stages
    assert sum(command == "HEALTHCHECK" for command, _ in parsed) == 1


def test_a_worker_neither_listens_nor_is_asked() -> None:
    stack = STACKS["python-django"]
    plan = plan_for(stack)
    worker = Service(kind="worker", image="app", command=("celery", "-A", "demo", "worker"))
    plan = plan.model_copy(update={"services": {"worker": worker}})
    text = render_dockerfile("worker", plan, stack, CATALOG.dockerfile(stack), {}).text
    assert {command for command, _ in instructions(text)}.isdisjoint({"EXPOSE", "HEALTHCHECK"})


def test_lines_know_their_keys() -> None:
    stack = STACKS["python-django"]
    artefact = render_dockerfile("web", plan_for(stack, **FULL), stack, CATALOG.dockerfile(stack), {})
    keys = {line.text.split(" ")[0]: line.key for line in artefact.lines if line.key}
    assert keys["CMD"] == "services.web.command"
    assert keys["EXPOSE"] == "services.web.port"
    assert {"images.app.install", "images.app.build", "images.app.runtime_packages", "images.app.constraints"} <= {
        line.key for line in artefact.lines
    }


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("build_image", "python:3.11 AS build\\"),
        ("build_image", "python"),
        ("build_image", "python:$TAG"),
        ("runtime_image", "../python:3"),
        ("workdir", "my folder"),
        ("copy_first", ('a"b.txt',)),
        ("copy_first", ("$HOME.txt",)),
    ],
)
def test_what_no_dockerfile_can_carry_is_an_error(field: str, value: object) -> None:
    stack = STACKS["python-django"]
    with pytest.raises(BadInputError) as error:
        rendered(stack, plan_for(stack, **{field: value}))
    assert error.value.where == f"images.app.{field}"


def test_an_image_of_one_folder_is_copied_from_it_alone() -> None:
    stack = STACKS["node-express"]
    plan = plan_for(stack, directory="my shop", copy_first=("package.json", "web/package.json"))
    lines = rendered(stack, plan).splitlines()
    assert 'COPY ["my shop/package.json", "./"]' in lines and 'COPY ["my shop/web/package.json", "./web/"]' in lines
    assert 'COPY ["my shop", "."]' in lines
    ignored = render_dockerignore("web", plan, stack).text.splitlines()
    assert "my shop/coverage" in ignored and "**/node_modules" in ignored and "!my shop/package.json" in ignored


def test_a_template_with_an_unknown_placeholder_names_its_line() -> None:
    stack = STACKS["python-django"]
    with pytest.raises(BlueprintError) as error:
        render_dockerfile("web", plan_for(stack), stack, "FROM {{ build_image }} AS build\n{{ instal }}\n", {})
    assert error.value.where == "blueprints/stacks/python/Dockerfile:2"


ONE_LINE = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp"), exclude_characters="\x85"), max_size=60)
HOSTILE = st.one_of(
    ONE_LINE,
    st.sampled_from(
        [
            "<<EOF",
            "a\\",
            "\\",
            "#",
            "# syntax=evil/frontend",
            "# escape=`",
            "$(id)",
            "`id`",
            "'; RUN id #",
            '"] RUN id',
            "RUN id",
            "${PATH}",
            "&& id",
            "ONBUILD",
        ]
    ),
)
ARGUMENTS = st.lists(HOSTILE, min_size=1, max_size=5).map(tuple)
KINDS = [
    command for command, _ in instructions(rendered(STACKS["python-django"], plan_for(STACKS["python-django"], **FULL)))
]


@settings(max_examples=150)
@given(
    command=ARGUMENTS,
    install=ARGUMENTS,
    build=ARGUMENTS,
    value=HOSTILE,
    package=HOSTILE.filter(bool),
    bound=HOSTILE,
    folder=HOSTILE,
    place=HOSTILE,
)
def test_nothing_adds_an_instruction(
    command: tuple[str, ...],
    install: tuple[str, ...],
    build: tuple[str, ...],
    value: str,
    package: str,
    bound: str,
    folder: str,
    place: str,
) -> None:
    stack = STACKS["python-django"]
    hostile = FULL | {
        "install": (install,),
        "build": (build,),
        "build_environment": {"SETTING": value},
        "runtime_packages": (package,),
        "constraints": (bound,),
        "writable": ("/var/lib/" + folder,),
    }
    decisions = {"images.app.install": Decision("images.app.install", "", "", (Evidence(place + ".md", 1, 1),))}
    text = rendered(stack, plan_for(stack, command, **hostile), decisions)
    parsed = instructions(text)
    assert [kind for kind, _ in parsed] == KINDS
    assert parsed[-1] == ("CMD", command)
    runs = [value[0] for kind, value in parsed if kind == "RUN"]
    assert any(words(run) == list(install) for run in runs)
    assert any(words(run) == [f"SETTING={value}", *build] for run in runs)


def words(run: str) -> list[str]:
    """The words of a RUN instruction as the shell of the build reads them, or nothing where it would stumble."""
    try:
        return shlex.split(run)
    except ValueError:
        return []


@given(value=HOSTILE)
def test_a_value_of_env_is_one_value(value: str) -> None:
    stack = STACKS["python-django"].model_copy(update={"environment": {"SETTING": value}})
    parsed = instructions(rendered(stack, plan_for(stack)))
    env = [arguments for kind, arguments in parsed if kind == "ENV"][-1]
    assert env[0] == "SETTING" and len(env) == 2


def test_the_ignore_file_keeps_secrets_and_our_own_files_out() -> None:
    stack = STACKS["node-express"]
    lines = render_dockerignore("web", plan_for(stack), stack).text.splitlines()
    assert {".git", "**/.env", "**/node_modules", "replatform.yaml", "services/*/Dockerfile"} <= set(lines)


def test_a_health_check_is_valid_json() -> None:
    for stack in ON_LINUX:
        line = next(line for line in rendered(stack, plan_for(stack)).splitlines() if line.startswith("    CMD "))
        assert json.loads(line.removeprefix("    CMD "))[-2:] == ["8000", "/"]
