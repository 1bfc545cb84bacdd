"""Instructions of a Dockerfile as text, quoted for what reads them.

What enters a shell form instruction is quoted for the shell, exec forms are JSON, and values of `ENV` are quoted for Docker,
so that nothing the plan holds can begin an instruction of its own.
"""

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

from toolkit.artefacts.text import Line
from toolkit.errors import BadInputError, BlueprintError

WIDTH = 100
PLAIN_PATH = re.compile(r"[\w@+./-]+")
SPACED_PATH = re.compile(r"[\w@+./ -]+")
WAR = re.compile(r"[\w.#-]+\.war")  # Tomcat writes a `/` of the context path as `#`
# A word of a shell line with its quotes, of which single ones hold nothing that looks like a variable.
_WORD = re.compile(r"""(?:[^\s"'\\()`]|\\[^\n]|"(?:[^"\\\n`]|\\[^\n])*"|'[^'\n$`]*')+""")
GLOB_PATH = re.compile(r"[\w@+./*-]+")


def merged(lines: Sequence[Line]) -> list[Line]:
    """RUN instructions that follow each other as one; comments between them stay where they are."""
    found: list[Line] = []
    end_of_run: int | None = None  # the last line of the RUN before, where nothing but comments came since
    is_run = continues = False
    for line in lines:
        if not continues:
            if line.text.startswith("#"):
                found.append(line)
                continue
            is_run = line.text.startswith("RUN ") and not line.text.startswith("RUN [")
            if is_run and end_of_run is not None:
                found[end_of_run] = replace(found[end_of_run], text=found[end_of_run].text + " \\")
                line = replace(line, text="    && " + line.text.removeprefix("RUN "))
        found.append(line)
        continues = line.text.endswith("\\")
        if not continues:
            end_of_run = len(found) - 1 if is_run else None
    return found


def run(step: Sequence[str], assignments: Mapping[str, str] | None = None) -> list[str]:
    """A RUN instruction for one command; a long one goes on over several lines, broken between arguments.

    `sh -c TEXT` is TEXT in a subshell: RUN has a shell already, and a reviewer reads it better without quotes around it.
    """
    words = [f"{name}={shlex.quote(value)}" for name, value in (assignments or {}).items()]
    if not words and (commands := _subshell(step)):
        return _filled(commands, "        ")
    return _filled([[word] for word in (*words, *map(shlex.quote, step))], "    ")


def _filled(pieces: Sequence[Sequence[str]], indent: str) -> list[str]:
    """RUN with words on lines of WIDTH, where a piece that does not fit behind others begins a line of its own."""
    lines: list[str] = []
    line = "RUN"
    for piece in pieces:
        if len(line) + 1 + len(" ".join(piece)) > WIDTH and line != "RUN":
            lines, line = [*lines, line + " \\"], ""
        for word in piece:
            if len(line) + 1 + len(word) > WIDTH and line not in ("RUN", ""):
                lines, line = [*lines, line + " \\"], ""
            line = f"{line} {word}" if line else indent + word
    return [*lines, line] if pieces else []


def _subshell(step: Sequence[str]) -> list[list[str]]:
    """The commands of `sh -c TEXT` as those of a subshell, word by word as they are quoted; none for another command, and
    for a text that only a shell could take apart."""
    text = step[2] if len(step) == 3 and tuple(step[:2]) == ("sh", "-c") else ""
    words = _WORD.findall(text)
    if not words or " ".join(words) != text or any(word.startswith("#") or "<<" in word for word in words):
        return []
    words[0], words[-1] = f"({words[0]}", f"{words[-1]})"
    commands: list[list[str]] = []
    for before, word in pairwise(("", *words)):
        if not commands or word in ("&&", "||") or before.endswith(";"):
            commands.append([])
        commands[-1].append(word)
    return commands


def exec_form(argv: Sequence[str]) -> str:
    """The JSON form, which no shell and no variable expansion touches."""
    return json.dumps(list(argv), ensure_ascii=False)


def env_value(value: str) -> str:
    """A value of ENV, quoted where Docker would read more into it than itself."""
    if re.fullmatch(r"[\w./:@%+,=-]+", value):
        return value
    escaped = re.sub(r'([\\"$])', r"\\\1", value)
    return f'"{escaped}"'


def copy(sources: Sequence[str], target: str, key: str) -> str:
    """COPY from the build context, which is the whole source; in JSON form where a name has spaces."""
    words = [*(path(source, key, SPACED_PATH) for source in sources), target]
    return f"COPY {json.dumps(words)}" if " " in "".join(words) else f"COPY {' '.join(words)}"


def path(path: str, key: str, allowed: re.Pattern[str] = PLAIN_PATH) -> str:
    """A path for COPY and WORKDIR, which know no quoting that also stops globs and variables."""
    if not allowed.fullmatch(path) or ".." in path.split("/"):
        raise BadInputError(
            f"a Dockerfile cannot copy {path!r}", where=key, to_do="name a path of letters, digits and . _ - + @ /"
        )
    return path


def word(text: str) -> str:
    if not re.fullmatch(r"[A-Z0-9+]+", text):
        raise BlueprintError(f"not a signal: {text!r}")
    return text
