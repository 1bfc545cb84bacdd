"""The wizard, through a real pseudo-terminal: what it shows, asks, keeps and writes."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pexpect
import pytest

from tests.conftest import SAMPLES
from toolkit.catalog.catalog import Catalog
from toolkit.cli import pipeline

SOURCE = SAMPLES["case-tracking"]
RUN = "from toolkit.cli.main import run; run()"
ENTER, CTRL_C = "\r", "\x03"
ESCAPES = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")
COLOURS = re.compile(r"\x1b\[(?:3|4|9)[0-9][0-9;]*m|\x1b\[[0-9;]*;(?:3|4|9)[0-9][0-9;]*m")


def _like_a_shell() -> None:
    """A test run in the background ignores Ctrl-C, and its children would, too; a shell gives it back to each command."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


class Terminal:
    """The wizard in a terminal of so many columns."""

    def __init__(self, out: Path, *arguments: str, columns: int = 90, **environment: str) -> None:
        variables = {key: value for key, value in os.environ.items() if key != "NO_COLOR"} | {
            "TERM": "xterm",
            "PROMPT_TOOLKIT_NO_CPR": "1",
            **environment,
        }
        self.child = pexpect.spawn(
            sys.executable, ["-c", RUN, "wizard", str(SOURCE), "--out", str(out), *arguments],
            env=variables, encoding="utf-8", timeout=20, dimensions=(40, columns), preexec_fn=_like_a_shell,
        )  # fmt: skip
        self.shown = ""

    def until(self, text: str) -> str:
        self.child.expect_exact(text)
        self.shown += (part := self.child.before + self.child.after)
        return str(part)

    def answer(self, text: str, *, end: str = ENTER) -> None:
        self.child.expect(r"\[\?2004h|Answer: |Number from[^:]*: |arrow keys")
        self.shown += self.child.before
        self.child.send(text + end)

    def end(self) -> int:
        self.child.expect(pexpect.EOF)
        self.shown += self.child.before
        self.child.close()
        return int(self.child.exitstatus if self.child.exitstatus is not None else -1)


@pytest.fixture(params=["keys", "plain"])
def mode(request: pytest.FixtureRequest) -> Iterator[tuple[str, ...]]:
    yield ("--plain",) if request.param == "plain" else ()


def test_from_what_was_understood_to_files(tmp_path: Path, mode: tuple[str, ...]) -> None:
    terminal = Terminal(tmp_path, *mode)
    terminal.until("services.web.port: 3000 (README.md:")
    terminal.until("Question 1 of 3")
    assert ".env.example:16" in terminal.until("default: (empty)")
    terminal.answer("smtp://mail.corp:25")
    terminal.until("Question 2 of 3")
    terminal.answer("<")
    terminal.until("Question 1 of 3")
    terminal.answer("smtp://post.corp:25")
    terminal.until("Question 2 of 3")
    terminal.answer("db.corp")
    terminal.until("Question 3 of 3")
    terminal.answer("")
    terminal.until("smtp://post.corp:25")
    terminal.until("Write replatform.yaml")
    assert not (tmp_path / "replatform.yaml").exists()
    terminal.answer("")
    assert terminal.end() == 0
    plan = (tmp_path / "replatform.yaml").read_text()
    assert "smtp://post.corp:25" in plan and "source_host: db.corp" in plan
    assert (tmp_path / "services/web/Dockerfile").is_file()


def test_ctrl_c_keeps_the_answers_and_says_how_to_go_on(tmp_path: Path, mode: tuple[str, ...]) -> None:
    terminal = Terminal(tmp_path, *mode)
    terminal.until("Question 1 of 3")
    terminal.answer("smtp://mail.corp:25")
    terminal.until("Question 2 of 3")
    terminal.answer("", end=CTRL_C)
    terminal.until("To go on: replatform wizard")
    assert terminal.end() == 130
    assert [path.name for path in tmp_path.rglob("*") if path.is_file()] == ["answers.yaml"]
    terminal = Terminal(tmp_path, *mode)
    terminal.until("Question 1 of 2")
    terminal.answer("db.corp")
    terminal.until("Question 2 of 2")
    terminal.answer("")
    terminal.until("Write replatform.yaml")
    terminal.answer("")
    assert terminal.end() == 0 and "smtp://mail.corp:25" in (tmp_path / "replatform.yaml").read_text()


def test_no_writes_nothing_and_back_asks_again(tmp_path: Path) -> None:
    terminal = Terminal(
        tmp_path, "--plain", "--set", "environment.SMTP_URL.value=smtp://mail", "--set", "migration.source_host=db"
    )
    terminal.until("Question 1 of 1")
    terminal.answer("10.1.0.0/16")
    terminal.until("1. yes")
    terminal.answer("<")
    terminal.until("Question 1 of 1")
    terminal.answer("10.2.0.0/16")
    terminal.until("1. yes")
    terminal.answer("7")
    terminal.until("Not possible")
    terminal.answer("2")
    terminal.until("Nothing was written")
    assert terminal.end() == 0 and not (tmp_path / "replatform.yaml").exists()


def test_an_impossible_answer_is_asked_again(tmp_path: Path) -> None:
    terminal = Terminal(tmp_path, "--plain")
    terminal.until("Question 1 of 3")
    terminal.answer("smtp://\x01mail")
    terminal.until("Not possible: environment.SMTP_URL.value")
    terminal.answer("[1")
    terminal.until("Question 2 of 3")
    terminal.child.close(force=True)


def test_colours_can_be_off_and_a_narrow_terminal_is_enough(tmp_path: Path) -> None:
    for number, environment in enumerate(({"NO_COLOR": "1"}, {"TERM": "dumb"})):
        terminal = Terminal(tmp_path / str(number), columns=40, **environment)
        terminal.until("Question 1 of 3")
        shown = terminal.shown + terminal.until("default: (empty)")
        assert not COLOURS.search(shown)
        lines = ESCAPES.sub("", shown).replace("\r", "").split("\n")
        assert max(len(line) for line in lines if " " in line.strip()) <= 40
        terminal.child.close(force=True)


def test_without_a_terminal_it_takes_defaults_and_ends(tmp_path: Path) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text("environment.SMTP_URL.value: smtp://file\n")
    command = [
        sys.executable,
        "-c",
        RUN,
        "wizard",
        str(SOURCE),
        "--out",
        str(tmp_path / "out"),
        "--answers",
        str(answers),
    ]
    run = subprocess.run(command, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=60, check=False)
    assert run.returncode == 0 and "not asked" in run.stderr
    assert "smtp://file" in (tmp_path / "out/replatform.yaml").read_text()


def test_wizard_and_convert_with_the_same_answers_agree(tmp_path: Path) -> None:
    answers = tmp_path / "answers.yaml"
    answers.write_text(json.dumps({"environment.SMTP_URL.value": "smtp://file", "services.web.size": "high"}))
    for command in ("wizard", "convert"):
        arguments = [
            sys.executable,
            "-c",
            RUN,
            command,
            str(SOURCE),
            "--out",
            str(tmp_path / command),
            "--answers",
            str(answers),
        ]
        subprocess.run(arguments, stdin=subprocess.DEVNULL, check=True, capture_output=True, timeout=60)
    texts = [
        {p.relative_to(tmp_path / c).as_posix(): p.read_bytes() for p in (tmp_path / c).rglob("*") if p.is_file()}
        for c in ("wizard", "convert")
    ]
    assert texts[0] == texts[1]


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_needs_few_questions(name: str, tmp_path: Path, catalog: Catalog) -> None:
    assert len(pipeline.draft(SAMPLES[name], tmp_path, catalog).planned.questions) <= 5


# What the READMEs of samples leave open, as their operators would add it.
COMPLETE = {
    "administration": ("DB_HOST=10.20.0.15",),
    "case-tracking": ("DB_HOST=10.20.0.15", "SMTP_URL=smtp://mail.lacre.example:25"),
    "client-portal": ("DB_HOST=10.20.0.15", "FIRM_NAME=Fennell Stroud LLP", "KEEP_MONTHS=24"),
    "collections": ("SPRING_DATASOURCE_URL=jdbc:sqlserver://10.20.0.15:1433;databaseName=Collections",),
    "court-calendar": ("DB_HOST=10.20.0.15",),
    "doc-conversion": ("$ psql -h 10.20.0.15 -U postgres -c 'CREATE DATABASE docconv'",),
    "document-signing": ("$ psql --host=10.20.0.15 -U postgres -c 'CREATE DATABASE firmas'",),
    "reporting": ("$ psql -h 10.20.0.15 -U postgres -c 'CREATE DATABASE informes'",),
}


@pytest.mark.parametrize("name", SAMPLES)
def test_a_complete_readme_leaves_nothing_to_ask(name: str, tmp_path: Path, catalog: Catalog) -> None:
    source = tmp_path / name
    shutil.copytree(SAMPLES[name], source)
    readme = next(path for path in source.iterdir() if path.name.startswith(("README", "LEEME")))
    lines = COMPLETE.get(name, ())
    text = readme.read_text(encoding="utf-8").replace("sql01.corp.example.com", "10.20.0.15")
    readme.write_text(
        text + "\n\n## Production\n\nIn `/etc/production.env`:\n\n```\n" + "\n".join(lines) + "\n```\n",
        encoding="utf-8",
    )
    planned = pipeline.draft(source, tmp_path / "out", catalog).planned
    assert planned.questions == ()
    if planned.plan.migration:
        assert planned.plan.migration.source_cidr == "10.20.0.15/32"
