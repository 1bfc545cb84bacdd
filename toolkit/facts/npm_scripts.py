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
# `node FILE` as one of a script's commands, whatever variables and options stand before the file.
_COMMAND_OF_NODE = re.compile(
    r"(?:^|&&\s{0,20}|cross-env\s.{0,200}?\s)(?:[A-Z_]{1,40}=\S{0,100}\s{1,20})*node(?:\s{1,20}--?[\w-]+(?:=\S{1,200})?(?:\s{1,20}[\w-]+/register)?)*\s{1,20}([\w@./-]{1,200})"
)
# The same anywhere in a script, also behind another program, as in `forever -c node app.js`.
_NODE_ANYWHERE = re.compile(
    r"(?:^|\s)node\s{1,20}(?:-\S{1,80}\s{1,20}(?:[\w-]{1,60}/register\s{1,20})?){0,6}(?:\./)?([\w@][\w.@/-]{0,150})"
)
# A script that only starts Node on a file, whatever variables it sets before.
_NODE_ALONE = re.compile(r"(?:cross-env\s+)?(?:[A-Z_][A-Z0-9_]*=[\w.-]+\s+)*node\s+(?:\./)?([\w@/-][\w.@/-]*)")


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


def file_of_command(script: str) -> str:
    """The file that one of a script's commands, `NODE_ENV=production node -r esm app.js`, starts Node on; empty for none."""
    return _first(_COMMAND_OF_NODE.search(script))


def file_anywhere(script: str) -> str:
    """The file that a script starts Node on, by itself or by another program; empty for none."""
    return _first(_NODE_ANYWHERE.search(script))


def file_alone(script: str) -> str:
    """The file that a script starts Node on where it does nothing else and gives it nothing; empty for another script."""
    return _first(_NODE_ALONE.fullmatch(script.strip()))


def _first(match: re.Match[str] | None) -> str:
    return match[1] if match else ""
