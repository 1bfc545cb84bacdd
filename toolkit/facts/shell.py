"""Shell lines as people paste them into a README: simple commands, by the Bash grammar, never run.

Prompts, output between prompted lines, comments, placeholders and Windows lines are expected. Each logical line is
parsed by itself, so that one line of prose does not spoil its neighbours and the cost stays linear.
"""

import posixpath
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import TYPE_CHECKING, Any

from toolkit.facts.shell_lines import (
    MAXIMUM_LOGICAL_LENGTH,
    WRAPPERS,
    Dialect,
    LogicalLine,
    logical_lines,
)

if TYPE_CHECKING:
    from tree_sitter import Node, Parser


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


PLACEHOLDER = re.compile(
    rb"<[A-Za-z][^<>\n|&;]{0,80}>|(?<=[ =])\([A-Za-z][^()\n|&;]{0,60}\)|\[[^\[\]\n]{1,60}\]|\{[A-Za-z][^{}\n,$]{0,60}\}|(?<=\s)\.\.\.(?=\s|$)"
)
PLAIN_LINE = re.compile(r"[\w@%+:,./\\~^!-][\w@%+=:,./~^!\[\]-]*(?:[ \t]+[\w@%+=:,./~^!\[\]-]+)*")
DECLARES = frozenset({"export", "declare", "local", "readonly", "typeset"})
NAME = re.compile(r"[A-Za-z_]\w{0,120}")
ESCAPE = re.compile(r"\\(.)")
QUOTED_ESCAPE = re.compile(r"\\([\"\\$`])")

MAXIMUM_COMMANDS = 1_000  # of one text; nobody types more
SUDO_WITH_VALUE = frozenset(["-u", "-g", "-U", "-C", "-p", "-r", "-t", "-h", "-D", "--user", "--group", "--chdir"])


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
                command = replace(command, directory=_joined(directory, command.directory))
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


def changed(directory: str | None, words: tuple[str, ...]) -> str | None:
    """Where `cd` leads from a directory."""
    targets = [word for word in words[1:] if not word.startswith("-") or word == "-"]
    if not targets:
        return None
    target = targets[0]
    if target == "-" or target.startswith("~") or "$" in target or "<" in target or "`" in target:
        return None
    return _joined(directory, target)


def _joined(directory: str | None, target: str) -> str | None:
    if target.startswith("/"):
        return posixpath.normpath(target)
    if directory is None:
        return None
    path = posixpath.normpath(posixpath.join(directory, target))
    return "" if path == "." else path


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
        yield _unwrapped(
            SimpleCommand(
                " ".join(words), words, line.first_line, line.last_line, prompted=line.prompted, comment=line.comment
            ),
            words if line.here is None else (),
            line,
        )
        return
    yield from _parsed(text, line)


def _windows_words(text: str) -> list[str]:
    return [
        match[1] or match[2] or match[0]
        for match in re.finditer(r"\"([^\"]{0,300})\"|'([^']{0,300})'|[^\s\"']{1,300}", text)
    ]


@cache
def _parser() -> "Parser":
    import tree_sitter_bash
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_bash.language()))


def _shadow(source: bytes) -> bytes:
    """The same length, with placeholders such as `<your domain>` as plain words, which the grammar then accepts."""
    return PLACEHOLDER.sub(lambda match: b"X" * len(match[0]), source)


# Beyond these the grammar's error recovery takes milliseconds a line, and no README means it.
MAXIMUM_GRAMMAR_LENGTH = 2_000
MAXIMUM_GRAMMAR_MARKS = 80
MARKS = re.compile(r"[(){}\[\]$`\"']")


def _parsed(text: str, line: LogicalLine) -> Iterator[SimpleCommand]:
    if len(text) > MAXIMUM_GRAMMAR_LENGTH or len(MARKS.findall(text)) > MAXIMUM_GRAMMAR_MARKS:
        words = tuple(text.split())
        yield SimpleCommand(
            " ".join(words), words, line.first_line, line.last_line, prompted=line.prompted, comment=line.comment
        )
        return
    source = text.encode("utf-8", "replace")
    tree = _parser().parse(_shadow(source))
    yield from _Reader(source, line).read(tree.root_node)


class _Reader:
    """Walks the syntax tree of one logical line."""

    def __init__(self, source: bytes, line: LogicalLine) -> None:
        self.source = source
        self.line = line
        self.directory: str | None = ""

    def read(self, root: "Node") -> Iterator[SimpleCommand]:
        """Its commands in order; `cd` moves what follows."""
        found: list[tuple[Any, bool, str]] = []
        self._collect(root, found, 0)
        for node, background, comment in found:
            if (command := self._command(node, background, comment)) is None:
                continue
            yield from self._opened(command)
            if command.words[:1] == ("cd",):
                self.directory = changed(self.directory, command.words)

    def _text(self, node: "Node") -> str:
        return self.source[node.start_byte : node.end_byte].decode("utf-8", "replace")

    def _collect(self, node: "Node", found: "list[tuple[Any, bool, str]]", depth: int) -> None:
        if depth > 30 or len(found) > 200:
            return
        kind = node.type
        if kind in {
            "command",
            "pipeline",
            "redirected_statement",
            "variable_assignment",
            "variable_assignments",
            "declaration_command",
            "negated_command",
            "unset_command",
            "test_command",
        }:
            if kind == "redirected_statement":
                body = node.child_by_field_name("body")
                if body is not None and body.type in {"list", "subshell", "compound_statement"}:
                    for child in body.children:
                        self._collect(child, found, depth + 1)
                    return
            found.append((node, False, ""))
        elif kind in {"program", "list", "subshell", "compound_statement", "ERROR"}:
            for child in node.children:
                if child.type == "&" and found:
                    found[-1] = (found[-1][0], True, found[-1][2])
                elif child.type == "comment" and found:
                    found[-1] = (found[-1][0], found[-1][1], self._text(child).lstrip("# "))
                else:
                    self._collect(child, found, depth + 1)
        elif kind in {
            "for_statement",
            "while_statement",
            "if_statement",
            "case_statement",
            "function_definition",
            "c_style_for_statement",
        }:
            found.append((node, False, ""))

    def _command(self, node: "Node", background: bool, comment: str) -> SimpleCommand | None:
        text = " ".join(self._text(node).split("\n")).strip()
        base = SimpleCommand(
            text, (), self.line.first_line, self.line.last_line, directory=self.directory, prompted=self.line.prompted,
            background=background, comment=comment or self.line.comment,
        )  # fmt: skip
        kind = node.type
        if kind in {"variable_assignment", "variable_assignments", "declaration_command", "unset_command"}:
            nodes = [node] if kind == "variable_assignment" else node.named_children
            assignments = tuple(
                pair for child in nodes if child.type == "variable_assignment" and (pair := self._assignment(child))
            )
            words: tuple[str, ...] = (
                (self._text(node.children[0]),) if kind in {"declaration_command", "unset_command"} else ()
            )
            words += tuple(
                self._text(child) for child in nodes if child is not node and child.type != "variable_assignment"
            )
            return replace(base, words=words, environment=assignments) if words or assignments else None
        if (kind.endswith("_statement") and kind != "redirected_statement") or kind == "function_definition":
            return replace(base, words=(self._text(node.children[0]),))
        stages: list[tuple[tuple[str, ...], bool]] = []
        redirections: list[Redirection] = []
        assignments_: list[tuple[str, str]] = []
        self._stages(node, stages, redirections, assignments_, 0)
        if not stages:
            return (
                replace(base, environment=tuple(assignments_), redirections=tuple(redirections))
                if assignments_
                else None
            )
        words, plain = stages[0]
        simple = plain and len(stages) == 1 and not redirections and self.line.here is None
        command = replace(
            base,
            redirections=tuple(redirections),
            environment=tuple(assignments_),
            pipeline=tuple(stage for stage, _ in stages[1:]),
        )
        return _unwrapped(command, words if simple else (), self.line, words)

    def _stages(
        self,
        node: "Node",
        stages: "list[tuple[tuple[str, ...], bool]]",
        redirections: list[Redirection],
        assignments: list[tuple[str, str]],
        depth: int,
    ) -> None:
        if depth > 20 or len(stages) > 40:
            return
        if node.type == "command":
            words: list[str] = []
            plain = True
            for child in node.children:
                if child.type == "variable_assignment":
                    if pair := self._assignment(child):
                        assignments.append(pair)
                elif "redirect" in child.type:
                    self._redirection(child, redirections)
                elif child.is_named or child.type not in {"&", ";"}:
                    word, literal = self._word(child)
                    plain = plain and literal
                    words.append(word)
            if words:
                stages.append((tuple(words), plain))
            return
        for child in node.children:
            if "redirect" in child.type and child.type != "redirected_statement":
                self._redirection(child, redirections)
            elif child.is_named and child.type != "comment":
                self._stages(child, stages, redirections, assignments, depth + 1)

    def _redirection(self, node: "Node", redirections: list[Redirection]) -> None:
        destination = node.child_by_field_name("destination")
        operator = next(
            (self._text(child) for child in node.children if not child.is_named and child.type[0] in "<>&"), "<<<"
        )
        if destination is not None:
            redirections.append(Redirection(operator, self._word(destination)[0]))

    def _assignment(self, node: "Node") -> tuple[str, str] | None:
        name, _, value = self._text(node).partition("=")
        if not NAME.fullmatch(name):
            return None
        node_value = node.child_by_field_name("value")
        return name, (self._word(node_value)[0] if node_value is not None else value)

    def _word(self, node: "Node") -> tuple[str, bool]:
        """A word without its quotes, and whether it means what it says: no expansion in it."""
        kind, text = node.type, self._text(node)
        if kind == "command_name" and node.named_children:
            return self._word(node.named_children[0])
        if kind == "string":
            literal = all(child.type in {'"', "string_content"} for child in node.children)
            return (QUOTED_ESCAPE.sub(r"\1", text[1:-1]) if "\\" in text else text[1:-1]), literal
        if kind == "raw_string":
            return text[1:-1], True
        if kind == "concatenation":
            parts = [self._word(child) for child in node.children]
            return "".join(part for part, _ in parts), all(literal for _, literal in parts)
        if kind in {"word", "number"}:
            literal = not any(character in text for character in "*?$`") and not text.startswith("~")
            return (ESCAPE.sub(r"\1", text) if "\\" in text else text), literal
        return text, False

    def _opened(self, command: SimpleCommand) -> Iterator[SimpleCommand]:
        """The command, or those inside `su user -c "..."`, run as that user."""
        words = command.words
        if command.program == "su" and ("-c" in words or "--command" in words):
            at = words.index("-c") if "-c" in words else words.index("--command")
            inner = words[at + 1] if at + 1 < len(words) else ""
            if inner and len(inner) < MAXIMUM_LOGICAL_LENGTH and not inner.startswith("su "):
                line = replace_line(self.line, inner)
                names = [word for word in words[1:at] + words[at + 2 :] if not word.startswith("-")]
                user = names[0] if names else "root"
                inside = list(_commands(line))
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


def replace_line(line: LogicalLine, text: str) -> LogicalLine:
    """Another text on the same lines."""
    return LogicalLine(text, line.first_line, line.last_line, line.prompted, line.dialect)


def _unwrapped(
    command: SimpleCommand, argv: tuple[str, ...], line: LogicalLine, words: tuple[str, ...] | None = None
) -> SimpleCommand:
    """The command with sudo, nohup, env and the like taken off its words."""
    rest = list(command.words if words is None else words)
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
                if option in {"-u", "--user"}:
                    user = rest[taken]
            elif wrapper == "sudo" and option.startswith("--user="):
                user = option.partition("=")[2]
            elif wrapper == "nice" and option == "-n":
                taken += 1
            taken += 1
        if wrapper == "gosu" and taken < len(rest):
            user, taken = rest[taken], taken + 1
        if wrapper in {"sudo", "doas"}:
            while taken < len(rest) and NAME.fullmatch(rest[taken].partition("=")[0]) and "=" in rest[taken]:
                name, _, value = rest[taken].partition("=")
                environment.append((name, value))
                taken += 1
        if taken >= len(rest):
            break
        if wrapper == "nohup":
            background = True
        if argv:
            argv = argv[taken:]
        rest = rest[taken:]
    here = (Redirection(*line.here),) if line.here else ()
    return replace(
        command, words=tuple(word.rstrip(";") if index == len(rest) - 1 else word for index, word in enumerate(rest)), argv=argv, user=user,
        environment=tuple(environment), background=background, redirections=command.redirections + here,
    )  # fmt: skip
