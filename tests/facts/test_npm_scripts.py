"""Which script of package.json a command runs, and what a script sets before its program."""

import pytest

from toolkit.facts.npm_scripts import run_script, without_variables


@pytest.mark.parametrize(
    ("command", "script", "given"),
    [
        ("npm start", "start", ()),
        ("npm run build -- --prod", "build", ("--prod",)),
        ("yarn --silent build:web", "build:web", ()),
        ("/usr/local/bin/pnpm run-script build", "build", ()),
        ("npm --prefix web run build", "", ()),
        ("npm", "", ()),
        ("node server.js", "", ()),
    ],
)
def test_the_script_that_a_command_runs(command: str, script: str, given: tuple[str, ...]) -> None:
    assert run_script(command.split()) == (script, given)


def test_variables_in_front_are_no_part_of_the_command() -> None:
    words = ["cross-env", "NODE_ENV=production", "PORT=80", "node", "app.js", "--mode=x"]
    assert without_variables(words) == ("node", "app.js", "--mode=x")
    assert without_variables(["NODE_ENV=production"]) == ()
