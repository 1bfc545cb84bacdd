"""What a target of a Makefile does: its recipe and those of its prerequisites, read and never run.

https://www.gnu.org/software/make/manual/make.html, as much of it as a hand-written Makefile of commands uses. Functions,
pattern rules and conditions are not evaluated; what is left of them in a command is text that only make could tell.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace

from toolkit.facts.shell import parse
from toolkit.facts.shell_command import SimpleCommand, is_assignment
from toolkit.findings import Evidence
from toolkit.inventory.source_tree import SourceFile, SourceTree

# In the order in which make looks for them.
NAMES = ("GNUmakefile", "makefile", "Makefile")
PROGRAMS = frozenset({"make", "gmake"})
_VARIABLE = re.compile(r"(?:export\s+|override\s+)?(\.DEFAULT_GOAL|[A-Za-z_][\w.-]{0,80})\s*(\?|:{1,3}|\+|!)?=\s*(.*)")
_RULE = re.compile(r"((?:[\w./-]+[ \t]+){0,30}[\w./-]+)[ \t]*::?(?!=)[ \t]*([^;#]*)(?:;([^\n]*))?")
_REFERENCE = re.compile(r"\$(?:\$|\((\w[\w.-]{0,80})\)|\{(\w[\w.-]{0,80})\})")
# A commit or a day, which programs print as their version: nothing that is built depends on it, and an image has neither.
_STAMP = re.compile(r"\$\(shell\s+(?:git|date)\b[^()\n]{0,200}\)")
_BEFORE_RECIPE = re.compile(r"^[@+-]+\s*")
_MAXIMUM_LINES = 2_000
_MAXIMUM_LENGTH = 2_000  # characters of a line, and of what a variable stands for
_MAXIMUM_REFERENCES = 40  # of a line
_MAXIMUM_DEPTH = 6  # of variables in variables
_DEEPEST = 40  # targets that need or call each other


@dataclass(frozen=True, slots=True)
class _Target:
    needs: tuple[str, ...] = ()
    recipe: tuple[tuple[int, str], ...] = ()  # number and text of each line


@dataclass(frozen=True, slots=True)
class Makefile:
    """Variables and targets of one file, as they are written."""

    file: SourceFile
    variables: Mapping[str, str] = field(default_factory=dict)
    targets: Mapping[str, _Target] = field(default_factory=dict)

    @classmethod
    def read(cls, file: SourceFile) -> "Makefile":
        """The file; what is neither a variable nor a rule with a name is passed over."""
        variables: dict[str, str] = {}
        targets: dict[str, _Target] = {}
        named: list[str] = []
        for number, line in _lines(file):
            if line.startswith("\t"):
                for name in named:
                    targets[name] = replace(targets[name], recipe=(*targets[name].recipe, (number, line.strip())))
            elif match := _VARIABLE.fullmatch(line.split(" #")[0].strip()):
                if match[2] != "!" and not (match[2] == "?" and match[1] in variables):
                    before = f"{variables[match[1]]} " if match[2] == "+" and match[1] in variables else ""
                    variables[match[1]] = before + match[3]
            elif match := _RULE.match(line):
                named = match[1].split()
                inline = ((number, match[3].strip()),) if match[3] else ()
                for name in named:
                    known = targets.get(name, _Target())
                    targets[name] = _Target((*known.needs, *match[2].split("|")[0].split()), (*known.recipe, *inline))
        return cls(file, variables, targets)

    def commands(self, words: tuple[str, ...]) -> list[SimpleCommand]:
        """What `make WORDS` runs, line by line of the Makefile, each target once; nothing where it has none of them, or
        what they run only make could tell."""
        given = dict(word.split("=", 1) for word in words if is_assignment(word))
        names = [word for word in words if not is_assignment(word)] or [self._default_goal()]
        made: set[str] = set()
        found = [command for name in names for command in self._of(name, given, made, 0)]
        return [] if any("$(" in command.text for command in found) else found

    def _default_goal(self) -> str:
        """https://www.gnu.org/software/make/manual/make.html#How-Make-Works"""
        named = self.variables.get(".DEFAULT_GOAL", "")
        return named or next((name for name in self.targets if not name.startswith(".")), "")

    def place_of(self, command: SimpleCommand) -> Evidence:
        """Where a command of a recipe stands."""
        return self.file.at(command.first_line, command.last_line, rule="makefile")

    def _of(self, name: str, given: Mapping[str, str], made: set[str], depth: int) -> Iterator[SimpleCommand]:
        target = self.targets.get(name)
        if target is None or name in made or depth > _DEEPEST:
            return
        made.add(name)
        for needed in target.needs:
            yield from self._of(needed, given, made, depth + 1)
        for number, line in target.recipe:
            text = self._expanded(_BEFORE_RECIPE.sub("", line), {"MAKE": "make", **given})
            for command in parse(text, number):
                if command.program in PROGRAMS and not command.directory:
                    for called in command.words[1:]:
                        yield from self._of(called, given, made, depth + 1)
                else:
                    yield replace(command, environment=(*given.items(), *command.environment))

    def _expanded(self, text: str, given: Mapping[str, str]) -> str:
        """A line with the variables that the file sets; `$$` is the shell's own sign."""
        known: dict[str, str] = {}

        def value(name: str, depth: int) -> str:
            if name not in known:
                stands_for = given.get(name, self.variables.get(name))
                told = stands_for is not None and depth < _MAXIMUM_DEPTH
                # Else of the environment, as a shell writes it.
                known[name] = within(stands_for or "", depth + 1) if told else f"${{{name}}}"
            return known[name]

        def within(text: str, depth: int) -> str:
            found = _REFERENCE.sub(
                lambda match: "$" if match[0] == "$$" else value(match[1] or match[2], depth),
                _STAMP.sub("unknown", text),
                count=_MAXIMUM_REFERENCES,
            )
            return found[:_MAXIMUM_LENGTH]

        return within(text, 0)


Makefiles = Callable[[str], Makefile | None]


def makefiles_of(tree: SourceTree) -> Makefiles:
    """The Makefile of a folder of the tree, read when it is first asked for."""
    known: dict[str, Makefile | None] = {}

    def of(folder: str) -> Makefile | None:
        if folder not in known:
            paths = (f"{folder}/{name}".lstrip("/") for name in NAMES)
            file = next((file for path in paths if path in tree and (file := tree.read(path))), None)
            known[folder] = Makefile.read(file) if file else None
        return known[folder]

    return of


def _lines(file: SourceFile) -> Iterator[tuple[int, str]]:
    """Logical lines with the number of the first: a back slash at the end joins the next."""
    begin, joined = 0, ""
    for number, line in enumerate(file.lines[:_MAXIMUM_LINES], start=1):
        begin = begin or number
        joined += (line.lstrip() if joined else line).rstrip()[:_MAXIMUM_LENGTH]
        if joined.endswith("\\") and len(joined) < _MAXIMUM_LENGTH:
            joined = joined.rstrip("\\ \t") + " "
            continue
        yield begin, joined[:_MAXIMUM_LENGTH]
        begin, joined = 0, ""
