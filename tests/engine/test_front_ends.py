"""What Node builds for others, on a real engine: style sheets and scripts of a Python application, members of a workspace."""

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import docker
import pytest

from tests.engine.conftest import as_json, bases, replatform, require

pytestmark = [pytest.mark.engine, pytest.mark.slow]

ESBUILD = {"esbuild": "0.21.5"}
PYTHON = {
    "requirements.txt": "Flask==3.0.3\n",
    "runtime.txt": "python-3.10\n",
    "app.py": "from flask import Flask\n\napp = Flask(__name__)\n",
    ".nvmrc": "20\n",
    "package.json": json.dumps(
        {
            "scripts": {"build": "esbuild front/calendar.js --bundle --minify --outdir=static/dist"},
            "devDependencies": ESBUILD,
        }
    ),
    "front/calendar.js": "import {hearing} from './hearing';\nconsole.log(hearing);\n",
    "front/hearing.js": "export const hearing = 'hearing at nine';\n",
}
LIBRARY = {
    "name": "@court/format",
    "version": "1.0.0",
    "main": "dist/index.js",
    "scripts": {"build": "esbuild src/index.js --platform=node --format=cjs --outdir=dist"},
    "devDependencies": ESBUILD,
}
API = {
    "name": "@court/api",
    "scripts": {"start": "node server.js"},
    "dependencies": {"express": "4.19.2", "@court/format": "1.0.0"},
}
WORKSPACE = {
    "package.json": json.dumps({"private": True, "workspaces": ["apps/*", "packages/*"]}),
    ".nvmrc": "20\n",
    "apps/api/package.json": json.dumps(API),
    "apps/api/server.js": "require('express')().listen(process.env.PORT || 3000);\n",
    "packages/format/package.json": json.dumps(LIBRARY),
    "packages/format/src/index.js": "module.exports = (text) => `[${text}]`;\n",
}


@pytest.fixture
def tags(client: docker.DockerClient) -> Iterator[list[str]]:
    """Images to take away afterwards."""
    found: list[str] = []
    yield found
    for tag in found:
        client.images.remove(tag, force=True)


def built(client: docker.DockerClient, folder: Path, files: Mapping[str, str], name: str) -> str:
    source, out = folder / "source", folder / "out"
    for path, text in files.items():
        (source / path).parent.mkdir(parents=True, exist_ok=True)
        (source / path).write_text(text, encoding="utf-8")
    assert replatform("-q", "convert", source, "--out", out, "--set", f"application={name}").returncode in (0, 1)
    require(client, *bases(out))
    run = replatform("build", out, "--source", source, "--json")
    assert run.returncode == 0, run.stdout + run.stderr
    (image,) = as_json(run)["built"]
    return str(image["tag"])


def output(client: docker.DockerClient, tag: str, *command: str) -> str:
    return str(client.containers.run(tag, list(command), remove=True).decode())


def test_what_node_builds_is_in_the_image_of_python(
    client: docker.DockerClient, tmp_path: Path, tags: list[str]
) -> None:
    tags.append(tag := built(client, tmp_path, PYTHON, "engine-front-end"))
    script = output(client, tag, "cat", "/app/static/dist/calendar.js")
    assert "hearing at nine" in script and "import" not in script
    assert "node_modules" not in output(client, tag, "ls", "-a", "/app"), "what built it stays in its stage"


def test_a_member_of_a_workspace_finds_the_library_that_was_built_for_it(
    client: docker.DockerClient, tmp_path: Path, tags: list[str]
) -> None:
    tags.append(tag := built(client, tmp_path, WORKSPACE, "engine-workspace"))
    assert output(client, tag, "pwd").strip() == "/app/apps/api"
    assert output(client, tag, "node", "-p", "require('@court/format')('nine')").strip() == "[nine]"
