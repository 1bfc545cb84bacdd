"""`replatform facts` as people see it: on wide and narrow terminals, with and without colours, and in a pipe."""

import fcntl
import json
import os
import pty
import re
import struct
import subprocess
import sys
import termios
from pathlib import Path

import pytest

from tests.conftest import ROOT, SAMPLES

FOLDER = Path(__file__).parent / "facts" / "terminal"
COMMAND = [sys.executable, "-c", "from toolkit.cli.main import run; run()"]
SECRETS = ("Winter-Relay-0815", "letmein")


def on_a_terminal(columns: int, *arguments: object, **environment: str) -> str:
    """What a terminal of so many columns gets."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, columns, 0, 0))
    kept = {key: value for key, value in os.environ.items() if key not in ("NO_COLOR", "COLUMNS", "LINES")}
    env = kept | {"TERM": "xterm-256color", "PYTHONPATH": str(ROOT), **environment}
    process = subprocess.Popen([*COMMAND, *map(str, arguments)], stdin=theirs, stdout=theirs, stderr=theirs, env=env)
    os.close(theirs)
    shown = b""
    while True:
        try:
            piece = os.read(ours, 65_536)
        except OSError:  # how Linux tells that the other side was closed
            piece = b""
        if not piece:
            break
        shown += piece
    os.close(ours)
    assert process.wait(60) == 0
    return shown.decode().replace("\r\n", "\n")


def piped(*arguments: object) -> str:
    run = subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=60, check=True)
    return run.stdout


@pytest.mark.parametrize(("columns", "name"), [(110, "wide"), (70, "narrow"), (0, "piped")])
def test_what_is_shown(columns: int, name: str, request: pytest.FixtureRequest) -> None:
    readme = FOLDER / "README.md"
    shown = on_a_terminal(columns, "--no-color", "facts", readme) if columns else piped("facts", readme)
    shown = "".join(line.rstrip() + "\n" for line in shown.splitlines())
    golden = FOLDER / f"{name}.txt"
    if request.config.getoption("--update-golden"):
        golden.write_text(shown, encoding="utf-8")
    assert shown == golden.read_text(encoding="utf-8")
    assert not any(secret in shown for secret in SECRETS)


def test_colours_are_shown_on_a_terminal_that_wants_them() -> None:
    readme = FOLDER / "README.md"
    assert "\033[" in on_a_terminal(110, "facts", readme)
    assert "\033[" not in on_a_terminal(110, "facts", readme, NO_COLOR="1")


def test_json_has_the_lines_of_every_fact_and_what_was_not_understood() -> None:
    found = json.loads(piped("facts", FOLDER / "README.md", "--json"))
    at = found["ports"].index(8000)
    place = found["evidence"]["ports"][at]
    assert {place["first_line"], *(other["first_line"] for other in place["also"])} == {24, 27}
    assert [(one["program"], one["text"], one["first_line"]) for one in found["unread"]] == [
        ("frobnicate", "frobnicate --all", 21),
        ("frobnicate", "frobnicate --again", 22),
    ]
    assert all(place["question"] == (place["confidence"] <= 0.9) for place in found["evidence"]["env_vars"])
    assert not any(secret in json.dumps(found) for secret in SECRETS)


def test_a_folder_is_shown_with_its_other_files() -> None:
    shown = on_a_terminal(140, "--no-color", "facts", SAMPLES["case-tracking"])
    first, others = shown.split("from other files\n")
    assert first.startswith("README.md\n") and re.search(r"^ +\d+ │ ", first, re.MULTILINE)
    assert "package.json:" in others and "README.md:" not in others.split("warning ")[0].split("note ")[0]


def test_a_readme_cannot_steer_the_terminal(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Shop\n\nPython 3.9 \033]0;owned\007\u202e is required. \033[2J\n")
    for columns in (120, 60):
        shown = on_a_terminal(columns, "--no-color", "facts", tmp_path / "README.md")
        assert "\033" not in shown and "\u202e" not in shown and "runtime python 3.9" in shown
    assert "\033" not in piped("facts", tmp_path / "README.md")


def test_a_readme_that_says_nothing(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Shop\n\nSells things.\n")
    assert on_a_terminal(120, "--no-color", "facts", tmp_path / "README.md").endswith("nothing was understood\n")


def test_a_list_of_changes_beside_the_readme(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Shop\n\n```\npip install -r requirements.txt\n```\n")
    (tmp_path / "CHANGELOG.md").write_text("# Changes\n\n## [1.2.0] - 2020-03-04\n")
    assert "pip install -r requirements.txt" in piped("facts", tmp_path)
