"""How commands of the plan read in a Dockerfile, and that a shell takes both forms for the same."""

import shlex
import subprocess

import pytest

from toolkit.artefacts.instructions import WIDTH, run


def _printed(script: str) -> str:
    return subprocess.run(["/bin/sh", "-c", script], capture_output=True, text=True, check=True).stdout


def _script(text: str) -> str:
    return "\n".join(run(("sh", "-c", text))).removeprefix("RUN ")


@pytest.mark.parametrize(
    "text",
    [
        'for day in 1 2 3; do test $day = 2 && break; done; echo "it\'s $day"',
        "exit 0; echo never",
        "cd / && pwd || echo 'a  b'",
        'name="a)b" && echo "$name" || ' + " || ".join(f"echo {number}" for number in range(40)),
        'printf "%s\\n" \'#!/bin/sh\' "\\$1 \\"x\\"" | cat',
    ],
)
def test_a_text_for_a_shell_does_in_its_own_lines_what_it_does_in_quotes(text: str) -> None:
    script = _script(text)
    assert script.startswith("(") and max(map(len, script.split("\n"))) <= WIDTH + 2
    assert _printed(script + " && pwd") == _printed(f"sh -c {shlex.quote(text)} && pwd")


@pytest.mark.parametrize(
    "text", ["echo $(id)", "echo `id`", "a\nUSER root", "echo 'x", "a # b", "a \\", "cat <<E", "", "a  b"]
)
def test_what_only_a_shell_could_take_apart_stays_quoted(text: str) -> None:
    assert _script(text).startswith("sh -c ")
    assert shlex.split("\n".join(run(("sh", "-c", text))))[1:] == ["sh", "-c", text]


def test_more_arguments_are_no_text() -> None:
    assert run(("sh", "-c", "echo $0", "x")) == ["RUN sh -c 'echo $0' x"]
    assert run(("sh", "-c", "echo a"), {"A": "1"}) == ["RUN A=1 sh -c 'echo a'"]
