"""Patterns of commands: how a rule of `blueprints/readme/commands/` says which commands it means, and how closely one fits."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Protocol

from toolkit.catalog.load import Entry
from toolkit.catalog.vocabulary import Lines
from toolkit.facts.model import Mode, Role


class Redirected(Protocol):
    """A redirection of a shell command."""

    @property
    def operator(self) -> str: ...


class ShellCommand(Protocol):
    """What the rules look at of a command (facts/shell.py has the type)."""

    @property
    def words(self) -> tuple[str, ...]: ...

    @property
    def redirections(self) -> Sequence[Redirected]: ...

    @property
    def pipeline(self) -> tuple[tuple[str, ...], ...]: ...


class CommandRule(Entry):
    """Commands of one kind. A pattern of `match` is the program and the words after it: `|` separates alternatives of a
    word, `*` stands for any part of one, `-x` asks for an option anywhere, `<`, `<<`, `>`, `>>` for a redirection and a
    `|` by itself for a program that the output goes to. A `$` at the end allows no more words, options apart. The most
    specific pattern decides."""

    match: Lines
    role: Role
    mode: Mode = Mode.PRODUCTION
    service: str = ""
    manager: str = ""
    runtime: str = ""
    datastore: str = ""
    packages: str = ""
    alternative: str = ""
    script: bool = False  # the first word is a file: a path, a name with an ending, or what an interpreter is given
    program: str = ""  # the interpreter that the script must be given to
    weak: bool = False  # the words of the README around the command decide first
    version_of: str = ""  # the runtime whose version is among its words: `rbenv install 2.7.1`
    own: bool = False  # for the application's own program, which is called like it
    edits: bool = False
    gives_variables: bool = False  # NAME=value among its words is in the environment of what it starts or configures


@dataclass(frozen=True, slots=True, eq=False)
class Pattern:
    """One pattern of a rule, taken apart. `weight` orders them: the most specific wins."""

    words: tuple[tuple[str, ...], ...]
    options: tuple[tuple[str, ...], ...]
    redirections: tuple[str, ...]
    piped: str
    rule: CommandRule
    name: str
    weight: tuple[int, int]
    globs: tuple[tuple[tuple[int, re.Pattern[str]], ...], ...]
    ends: bool = False
    second: frozenset[str] = frozenset()  # the second word, where it must be one of these

    def begins_with(self, word: str) -> bool:
        """Whether a command's first word is one of this pattern's."""
        return word in self.words[0] or any(regex.fullmatch(word) for _, regex in self.globs[0])

    def closeness(self, positional: Sequence[str], command: ShellCommand, options: Sequence[str]) -> int:
        """How closely a command fits: 0 not at all, more for words named in full than for words under a `*`."""
        if len(positional) < len(self.words) or (self.ends and len(positional) > len(self.words)):
            return 0
        closeness = 1
        for word, alternatives, globs in zip(positional, self.words, self.globs, strict=False):
            if word in alternatives:
                closeness += 100
                continue
            best = max((length for length, regex in globs if regex.fullmatch(word)), default=-1)
            if best < 0:
                return 0
            closeness += best
        for wanted in self.options:
            if not any(any(_same_option(option, want) for want in wanted) for option in options):
                return 0
        if self.redirections and not any(
            r.operator == wanted for wanted in self.redirections for r in command.redirections
        ):
            return 0
        if self.piped and not any(self.piped in stage[:4] for stage in command.pipeline):
            return 0
        return closeness + (50 if self.rule.program else 0)


def _same_option(option: str, wanted: str) -> bool:
    if wanted.endswith("*"):
        return option.startswith(wanted[:-1])
    return option == wanted or option.startswith(wanted + "=")


def compiled(text: str, rule: CommandRule, name: str) -> Pattern:
    """A pattern as a rule writes it, taken apart."""
    words: list[tuple[str, ...]] = []
    options: list[tuple[str, ...]] = []
    redirections: list[str] = []
    piped = ""
    tokens = text.removesuffix(" $").split()
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token in {"<", "<<", ">", ">>"}:
            redirections.append(token)
        elif token == "|":
            position += 1
            piped = tokens[position]
        elif token.startswith("-") and words:
            options.append(tuple(token.split("|")))
        else:
            words.append(tuple(token.split("|")))
        position += 1
    globs = tuple(
        tuple(glob(alternative) for alternative in alternatives if "*" in alternative) for alternatives in words
    )
    length = 2 * len(words) + len(options) * 3 + (3 if piped else 0) + (3 if redirections else 0)
    return Pattern(
        words=tuple(words),
        options=tuple(options),
        redirections=tuple(redirections),
        piped=piped,
        rule=rule,
        name=name,
        weight=(0 if rule.script and rule.weak else 1, length),
        globs=globs,
        ends=text.endswith(" $"),
        second=frozenset(words[1]) if len(words) > 1 and not globs[1] else frozenset(),
    )


@cache
def glob(text: str) -> tuple[int, re.Pattern[str]]:
    """How many characters a word with `*` names, and what it matches."""
    return len(text.replace("*", "")), re.compile(".*".join(re.escape(part) for part in text.split("*")), re.IGNORECASE)
