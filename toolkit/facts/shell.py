"""Shell lines as people paste them into a README: simple commands, by the Bash grammar, never run.

Prompts, output between prompted lines, comments, placeholders and Windows lines are expected. Each logical line is
parsed by itself, so that one line of prose does not spoil its neighbours and the cost stays linear.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

from toolkit.facts import shell_grammar
from toolkit.facts.shell_command import SimpleCommand, changed, joined, unwrapped
from toolkit.facts.shell_lines import MAXIMUM_LOGICAL_LENGTH, WRAPPERS, Dialect, LogicalLine, logical_lines

PLAIN_LINE = re.compile(r"[\w@%+:,./\\~^!-][\w@%+=:,./~^!\[\]-]*(?:[ \t]+[\w@%+=:,./~^!\[\]-]+)*")
DECLARES = frozenset({"export", "declare", "local", "readonly", "typeset"})
MAXIMUM_COMMANDS = 1_000  # of one text; nobody types more


def parse(
    text: str, first_line: int = 1, reads_as_command: Callable[[Sequence[str]], bool] = lambda words: False
) -> tuple[SimpleCommand, ...]:
    """The commands of a piece of shell text, in order.

    `first_line` is the line of the file on which the text begins. `reads_as_command` tells of the words behind a `#`
    whether they are a command behind root's prompt, and not a comment.
    """
    commands: list[SimpleCommand] = []
    directory: str | None = ""
    for logical in logical_lines(text.split("\n"), first_line, reads_as_command):
        for command in _commands(logical):
            if directory != "" and command.directory is not None:
                command = replace(command, directory=joined(directory, command.directory))
            commands.append(command)
        if len(commands) >= MAXIMUM_COMMANDS:
            break
        directory = (
            _after(commands[-1], directory) if commands and commands[-1].first_line >= logical.first_line else directory
        )
    return tuple(commands)


def _after(last: SimpleCommand, before: str | None) -> str | None:
    """The directory that the next line starts in."""
    if last.words and last.words[0] in ("cd", "pushd") and last.dialect == Dialect.POSIX:
        return changed(last.directory, last.words)
    return last.directory if before is None or last.directory is not None else before


def _commands(line: LogicalLine) -> Iterator[SimpleCommand]:
    text = line.text.strip()
    if not text:
        return
    if line.dialect != Dialect.POSIX:
        words = tuple(_windows_words(text))
        if words:
            yield SimpleCommand(
                text, words, line.first_line, line.last_line, dialect=line.dialect, prompted=line.prompted
            )
        return
    words = tuple(text.split())
    if PLAIN_LINE.fullmatch(text) and "=" not in words[0] and words[0] not in DECLARES:
        command = SimpleCommand(
            " ".join(words),
            words,
            line.first_line,
            line.last_line,
            argv=words,
            prompted=line.prompted,
            comment=line.comment,
        )
        yield unwrapped(command, line, plain=True) if words[0] in WRAPPERS or line.here else command
        return
    for command in shell_grammar.read(text, line):
        yield from _opened(command, line)


def _windows_words(text: str) -> list[str]:
    return [
        match[1] or match[2] or match[0]
        for match in re.finditer(r"\"([^\"]{0,300})\"|'([^']{0,300})'|[^\s\"']{1,300}", text)
    ]


def _opened(command: SimpleCommand, line: LogicalLine) -> Iterator[SimpleCommand]:
    """The command, or those inside `su user -c "..."`, run as that user."""
    words = command.words
    if command.program == "su" and ("-c" in words or "--command" in words):
        at = words.index("-c") if "-c" in words else words.index("--command")
        inner = words[at + 1] if at + 1 < len(words) else ""
        if inner and len(inner) < MAXIMUM_LOGICAL_LENGTH and not inner.startswith("su "):
            names = [word for word in words[1:at] + words[at + 2 :] if not word.startswith("-")]
            user = names[0] if names else "root"
            inside = list(_commands(replace(line, text=inner, here=None, comment="")))
            if inside:
                for part in inside:
                    yield replace(
                        part,
                        user=part.user or user,
                        text=command.text if len(inside) == 1 else part.text,
                        directory=command.directory,
                    )
                return
    yield command
