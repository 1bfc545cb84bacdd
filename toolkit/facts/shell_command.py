"""A command of a shell line: what runs, as whom, where, with the wrappers around it taken off."""

import posixpath
import re
from dataclasses import dataclass, replace

from toolkit.facts.shell_lines import SUDO_WITH_VALUE, WRAPPERS, Dialect, LogicalLine

NAME = re.compile(r"[A-Za-z_]\w{0,120}")


def is_assignment(word: str) -> bool:
    """Whether a word in front of a command sets a variable for it."""
    name, equals, _ = word.partition("=")
    return bool(equals) and NAME.fullmatch(name) is not None


@dataclass(frozen=True, slots=True)
class Redirection:
    """`operator` is <, >, >>, 2>, &>, << or <<<; `target` is the file, or the text of a here-document."""

    operator: str
    target: str


@dataclass(frozen=True, slots=True)
class SimpleCommand:
    """One command, or pipeline, of a list joined by `&&`, `;` or line ends.

    `words` are what runs, without quotes, assignments, redirections and wrappers (sudo, nohup, env, exec, time);
    `argv` is the same when a process could be given it as it stands, else empty: no expansion, pipe or redirection.
    `text` is the command on one line, wrappers and all. `directory` is where `cd` had led from the start, absolute,
    relative, or None when it cannot be known. `pipeline` are the words of the commands it is piped into.
    `comment` stands behind the command or on the lines above it.
    """

    text: str
    words: tuple[str, ...]
    first_line: int
    last_line: int
    argv: tuple[str, ...] = ()
    environment: tuple[tuple[str, str], ...] = ()
    directory: str | None = ""
    user: str = ""
    dialect: Dialect = Dialect.POSIX
    prompted: bool = False
    background: bool = False
    redirections: tuple[Redirection, ...] = ()
    pipeline: tuple[tuple[str, ...], ...] = ()
    comment: str = ""

    @property
    def program(self) -> str:
        """The last part of the first word's path."""
        return self.words[0].replace("\\", "/").rsplit("/", 1)[-1] if self.words else ""


def changed(directory: str | None, words: tuple[str, ...]) -> str | None:
    """Where `cd` leads from a directory."""
    targets = [word for word in words[1:] if not word.startswith("-") or word == "-"]
    if not targets:
        return None
    target = targets[0]
    if target == "-" or target.startswith("~") or "$" in target or "<" in target or "`" in target:
        return None
    return joined(directory, target)


def joined(directory: str | None, target: str) -> str | None:
    """Where a path leads from a directory, which may be unknown."""
    if target.startswith("/"):
        return posixpath.normpath(target)
    if directory is None:
        return None
    path = posixpath.normpath(posixpath.join(directory, target))
    return "" if path == "." else path


def unwrapped(command: SimpleCommand, line: LogicalLine, plain: bool) -> SimpleCommand:
    """The command with sudo, nohup, env and the like taken off its words, and the here-document of its line.

    `plain`: a process could be given its words as they stand.
    """
    if not plain and not line.here and (not command.words or command.words[0] not in WRAPPERS):
        return command
    rest = list(command.words)
    user, environment, background = command.user, list(command.environment), command.background
    while rest and rest[0] in WRAPPERS and len(rest) > 1:
        wrapper = rest[0]
        if wrapper == "exec" and rest[1].startswith("-"):
            break
        taken = 1
        while taken < len(rest) and (rest[taken].startswith("-") or (wrapper == "env" and "=" in rest[taken])):
            option = rest[taken]
            if wrapper == "env" and "=" in option and not option.startswith("-"):
                name, _, value = option.partition("=")
                if NAME.fullmatch(name):
                    environment.append((name, value))
            elif wrapper in {"sudo", "doas", "runuser"} and option in SUDO_WITH_VALUE and taken + 1 < len(rest):
                taken += 1
                if option == "--user" or option.endswith("u"):
                    user = rest[taken]
            elif wrapper == "sudo" and option.startswith("--user="):
                user = option.partition("=")[2]
            elif wrapper == "nice" and option == "-n":
                taken += 1
            taken += 1
        if wrapper == "gosu" and taken < len(rest):
            user, taken = rest[taken], taken + 1
        if wrapper == "envdir":  # its variables lie in a folder of the host: https://cr.yp.to/daemontools/envdir.html
            taken += 1
        if wrapper in {"sudo", "doas"}:
            while taken < len(rest) and is_assignment(rest[taken]):
                name, _, value = rest[taken].partition("=")
                environment.append((name, value))
                taken += 1
        if taken >= len(rest):
            break
        if wrapper == "nohup":
            background = True
        rest = rest[taken:]
    here = (Redirection(*line.here),) if line.here else ()
    return replace(
        command,
        words=tuple(rest),
        argv=tuple(rest) if plain and not here else (),
        user=user,
        environment=tuple(environment),
        background=background,
        redirections=command.redirections + here,
    )
