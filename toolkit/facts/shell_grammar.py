"""Commands of one logical line, by the Bash grammar."""

import re
from collections.abc import Iterator
from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any

from toolkit.facts.shell_command import NAME, Redirection, SimpleCommand, changed, unwrapped
from toolkit.facts.shell_lines import LogicalLine

if TYPE_CHECKING:
    from tree_sitter import Node, Parser

PLACEHOLDER = re.compile(
    rb"<[A-Za-z][^<>\n|&;]{0,80}>|(?<=[ =])\([A-Za-z][^()\n|&;]{0,60}\)|\[[^\[\]\n]{1,60}\]|\{[A-Za-z][^{}\n,$]{0,60}\}|(?<=\s)\.\.\.(?=\s|$)"
)
# Folders of programs by their variable: what lies in them is found by its name.
PROGRAM_OF_VARIABLE = re.compile(
    r"\"?(?:\$\{?GOBIN\}?|(?:\$\{?(?:GOPATH|VIRTUAL_?ENV|VENV(?:_DIR|_PATH)?)\}?|\$\(go env GOPATH\)|(?:~|\$HOME)/go)/bin)/([\w.-]{1,60})\"?"
)
ESCAPE = re.compile(r"\\(.)")
QUOTED_ESCAPE = re.compile(r"\\([\"\\$`])")
# Beyond these the grammar's error recovery takes milliseconds a line, and no README means it.
MAXIMUM_GRAMMAR_LENGTH = 2_000
MAXIMUM_GRAMMAR_MARKS = 80
MARKS = re.compile(r"[(){}\[\]$`\"']")


def read(text: str, line: LogicalLine) -> Iterator[SimpleCommand]:
    """The commands of a line's text in order; `cd` moves what follows."""
    if len(text) > MAXIMUM_GRAMMAR_LENGTH or len(MARKS.findall(text)) > MAXIMUM_GRAMMAR_MARKS:
        words = tuple(text.split())
        yield SimpleCommand(
            " ".join(words), words, line.first_line, line.last_line, prompted=line.prompted, comment=line.comment
        )
        return
    source = text.encode("utf-8", "replace")
    tree = _parser().parse(_shadow(source))
    yield from _Reader(source, line).read(tree.root_node)


@cache
def _parser() -> "Parser":
    import tree_sitter_bash
    from tree_sitter import Language, Parser

    return Parser(Language(tree_sitter_bash.language()))


def _shadow(source: bytes) -> bytes:
    """The same length, with placeholders such as `<your domain>` as plain words, which the grammar then accepts."""
    return PLACEHOLDER.sub(lambda match: b"X" * len(match[0]), source)


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
            yield command
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
        command = replace(
            base,
            words=words,
            redirections=tuple(redirections),
            environment=tuple(assignments_),
            pipeline=tuple(stage for stage, _ in stages[1:]),
        )
        return unwrapped(command, self.line, plain and len(stages) == 1 and not redirections)

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
        if kind == "command_name" and (program := PROGRAM_OF_VARIABLE.fullmatch(text)):
            return program[1], True
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
