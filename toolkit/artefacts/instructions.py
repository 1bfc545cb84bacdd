"""Instructions of a Dockerfile as text, quoted for what reads them.

What enters a shell form instruction is quoted for the shell, exec forms are JSON, and values of `ENV` are quoted for Docker,
so that nothing the plan holds can begin an instruction of its own.
"""

import json
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import replace

from toolkit.artefacts.text import Line
from toolkit.errors import BadInputError, BlueprintError

WIDTH = 100
PLAIN_PATH = re.compile(r"[\w@+./-]+")
SPACED_PATH = re.compile(r"[\w@+./ -]+")
WAR = re.compile(r"[\w.#-]+\.war")  # Tomcat writes a `/` of the context path as `#`
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
    """A RUN instruction for one command; a long one goes on over several lines, broken between arguments."""
    words = [f"{name}={shlex.quote(value)}" for name, value in (assignments or {}).items()]
    words += [shlex.quote(word) for word in step]
    if not words:
        return []
    lines, line = [], "RUN"
    for word in words:
        if len(line) + 1 + len(word) > WIDTH and line not in ("RUN", "   "):
            lines.append(line + " \\")
            line = "   "
        line += " " + word
    return [*lines, line]


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
