"""Scripts of package.json: which there are, which of them a command runs, and what one sets before its program."""

import posixpath
import re
from collections.abc import Iterable, Sequence

from toolkit.facts.model import EntryPoint, Fact
from toolkit.facts.shell_command import is_assignment

RUNNERS = frozenset({"npm", "pnpm", "yarn"})
_WITHOUT_MEANING = frozenset({"--", "--silent", "-s"})
# How Windows sets a variable.
SETS = re.compile(r"set\s+\w+=\S{0,100}")


def scripts_in(facts: Iterable[Fact], directory: str | None = None) -> dict[str, str]:
    """The scripts by name, as they are written: all of them, or those of the manifest in one folder."""
    return {
        fact.value: fact.detail
        for fact in facts
        if isinstance(fact, EntryPoint) and fact.kind == "npm_script" and directory in (None, fact.directory)
    }


def run_script(words: Sequence[str]) -> tuple[str, tuple[str, ...]]:
    """The script that a command runs and what it gives it, `npm run build --prod` say; ("", ()) for another command.

    `yarn webpack` reads like a script, too: the manifest tells. https://docs.npmjs.com/cli/commands/npm-run,
    https://classic.yarnpkg.com/lang/en/docs/cli/run/
    """
    if not words or posixpath.basename(words[0]) not in RUNNERS:
        return "", ()
    rest = [word for word in words[1:] if word not in _WITHOUT_MEANING]
    if rest[:1] in (["run"], ["run-script"]):
        rest = rest[1:]
    return ("", ()) if not rest or rest[0].startswith("-") else (rest[0], tuple(rest[1:]))


def script_called(words: Sequence[str]) -> str:
    """The script that a command runs, where it gives it nothing; empty for another command."""
    script, given = run_script(words)
    return "" if given else script


def without_variables(words: Sequence[str]) -> tuple[str, ...]:
    """The command of a script without the variables that it sets in front: `cross-env NODE_ENV=production node app.js`."""
    first = next((n for n, word in enumerate(words) if word != "cross-env" and not is_assignment(word)), len(words))
    return tuple(words[first:])
