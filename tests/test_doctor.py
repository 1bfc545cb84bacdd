"""`replatform doctor`: what is missing is named with what to do, and nothing else is."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

from tests.conftest import ROOT
from toolkit.cli.doctor import _NEEDS, Purpose


def doctor(*arguments: str, **environment: str) -> tuple[int, Any]:
    """The command on a machine that has nothing but this Python, and what the test gives it."""
    bare = {
        "PYTHONPATH": str(ROOT),
        "PATH": "/nowhere",
        "HOME": "/nowhere",
        "DOCKER_HOST": "unix:///nowhere",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    run = subprocess.run(
        [sys.executable, "-c", "from toolkit.cli.main import run; run()", "doctor", *arguments, "--json"],
        capture_output=True, text=True, env=bare | environment, timeout=60, check=False,
    )  # fmt: skip
    assert run.stdout, run.stderr
    return run.returncode, json.loads(run.stdout)


def test_on_a_bare_machine_each_missing_thing_says_what_to_do() -> None:
    status, told = doctor()
    assert status == 1 and told["ok"] is False
    missing = {one["name"] for one in told["found"] if not one["ok"]}
    assert {"Docker engine", "AWS region", "AWS credentials", "AWS CLI", "bash", "git", "docker"} == missing
    assert all(bool(one["to_do"]) == (not one["ok"]) for one in told["found"])


def test_what_is_there_is_found(tmp_path: Path) -> None:
    for name in ("aws", "bash", "docker", "git"):
        (tmp_path / name).write_text("#!/bin/sh\n")
        (tmp_path / name).chmod(0o755)
    secrets = {
        "AWS_ACCESS_KEY_ID": "AKIAEXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "not-to-be-shown",
        "AWS_REGION": "eu-west-1",
    }
    status, told = doctor("deploy", "runbook", PATH=str(tmp_path), AWS_DEFAULT_REGION="eu-west-1", **secrets)
    assert (status, told["ok"]) == (0, True)
    assert {one["name"]: one["detail"] for one in told["found"]}["git"] == str(tmp_path / "git")
    assert "not-to-be-shown" not in json.dumps(told) and "AKIAEXAMPLE" not in json.dumps(told)


def test_a_purpose_names_only_what_it_needs() -> None:
    status, told = doctor("check")
    assert (status, [one["name"] for one in told["found"]]) == (0, ["cfn-lint", "hadolint"])


def test_every_purpose_needs_something() -> None:
    assert {purpose for _, purposes, _, _ in _NEEDS for purpose in purposes} == set(Purpose)


def test_as_text_it_is_a_table_with_the_steps_below() -> None:
    run = subprocess.run(
        [sys.executable, "-c", "from toolkit.cli.main import run; run()", "doctor", "build"],
        capture_output=True, text=True, env={"PYTHONPATH": str(ROOT), "DOCKER_HOST": "unix:///nowhere"}, timeout=60, check=False,
    )  # fmt: skip
    assert run.returncode == 1
    assert "missing  Docker engine" in run.stdout and "ok       Docker SDK" in run.stdout
    assert run.stdout.splitlines()[-1] == "to do: start Docker, or set DOCKER_HOST to a Linux engine that you may use"
