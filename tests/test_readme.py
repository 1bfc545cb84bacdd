"""The README is true: its commands exist, and its output is what the program prints."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def test_the_output_shown_is_the_output(tmp_path: Path) -> None:
    shown = re.search(r"```text\n(.*?)```", README, re.DOTALL)
    assert shown is not None
    (tmp_path / "samples").symlink_to(ROOT / "samples")
    command = [sys.executable, "-c", "from toolkit.cli.main import run; run()"]
    arguments = ["convert", "samples/collections", "--out", "out/collections"]
    run = subprocess.run(
        [*command, *arguments], cwd=tmp_path, capture_output=True, text=True, check=True, env={"PYTHONPATH": str(ROOT)}
    )
    assert sorted((run.stdout + run.stderr).splitlines()) == sorted(shown[1].splitlines())


def test_every_command_has_help_with_an_example_and_stands_in_the_readme() -> None:
    from toolkit.cli.main import app

    for command in app.registered_commands:
        assert f"`replatform {command.name}" in README, command.name
        assert command.callback is not None and "Example" in (command.callback.__doc__ or ""), command.name


@pytest.mark.parametrize("link", re.findall(r"\]\(([^)]+)\)", README))
def test_links_lead_somewhere(link: str) -> None:
    if link.startswith("#"):
        assert link[1:] in {title.lower().replace(" ", "-") for title in re.findall(r"^## (.+)$", README, re.MULTILINE)}
    else:
        assert (ROOT / link).exists()


def test_examples_for_pull_requests_name_options_that_exist() -> None:
    from ruamel.yaml import YAML

    from toolkit.cli.main import app

    examples = "".join(re.findall(r"```yaml\n(.*?)```", README, re.DOTALL))
    [hook] = YAML(typ="safe").load((ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))
    lines = re.findall(r"^.*?(?<!/)\breplatform (\w+)(.*?)(?: >.*)?$", examples + hook["entry"], re.MULTILINE)
    functions = {command.name: command.callback for command in app.registered_commands}
    assert {"check", "diff"} <= {name for name, _ in lines}
    for name, rest in lines:
        help_text = subprocess.run(
            [sys.executable, "-c", "from toolkit.cli.main import run; run()", name, "--help"],
            capture_output=True, text=True, check=True, env={"PYTHONPATH": str(ROOT), "COLUMNS": "200"},
        ).stdout  # fmt: skip
        assert name in functions and all(option in help_text for option in re.findall(r"--[a-z-]+", rest)), (name, rest)
