"""Which role a command has: the rule table of `blueprints/readme/commands/`, and how a command is matched with it."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from toolkit.catalog.command_patterns import CommandRule, Pattern, ShellCommand, compiled, glob
from toolkit.catalog.load import BlueprintFolder, Entry
from toolkit.catalog.vocabulary import Lines, Sourced
from toolkit.facts.model import Mode


class Runner(Entry):
    """A command that runs another one: `bundle exec`, `npx`. `takes` words follow it before the other."""

    match: Lines
    manager: str = ""
    runtime: str = ""
    alternative: str = ""
    script: bool = False
    takes: int = 0


class CommandFile(Sourced):
    runners: tuple[Runner, ...] = ()
    rules: tuple[CommandRule, ...]


ASSIGNED = re.compile(r"[A-Z][A-Z0-9_]{0,60}=")  # a variable that a task is given among its words
SCRIPT_NAME = re.compile(r"\.(?:sh|py|rb|pl|php|js|bash|jar|run|psgi|ksh|zsh)$")
VERSIONED = re.compile(
    r"(python|pip|php|ruby|perl|gem|node|nodejs|celery|easy_install|lua|pypy|cpanm|unicorn|puma|virtualenv|pyvenv)-?\d[\d.]*$"
)
SAME = {
    "nodejs": "node",
    "pypy": "python",
    "py": "python",
    "composer.phar": "composer",
    "cpanm": "cpanm",
    "console.php": "console",
    "rails.sh": "rails",
    "yarnpkg": "yarn",
}


@dataclass(frozen=True, slots=True)
class Classified:
    """What the rules say about a command. `runtimes` and `managers` include those of what runs it."""

    rule: CommandRule
    name: str
    words: tuple[str, ...]
    runtimes: tuple[str, ...]
    managers: tuple[str, ...]
    alternative: str
    specific: bool  # more than the program decided


@dataclass(frozen=True)
class CommandRules:
    """The rule table, indexed."""

    runners: tuple[Runner, ...]
    patterns: tuple[Pattern, ...]

    @cached_property
    def beside_web(self) -> frozenset[str]:
        """Services of programs that no application consists of alone: its workers, its scheduler, what pushes to browsers."""
        served = (pattern.rule for pattern in self.patterns if pattern.rule.mode == Mode.PRODUCTION)
        return frozenset(rule.service for rule in served) - {"", "all", "web"}

    @cached_property
    def _by_program(self) -> dict[str, tuple[Pattern, ...]]:
        index: dict[str, list[Pattern]] = {}
        for pattern in self.patterns:
            for program in pattern.words[0]:
                index.setdefault("*" if "*" in program else program.rsplit("/", 1)[-1], []).append(pattern)
        ordered = {}
        for program, patterns in index.items():
            ordered[program] = tuple(sorted(patterns, key=lambda pattern: pattern.weight, reverse=True))
        return ordered

    @cached_property
    def _known_candidates(self) -> dict[str, tuple[Pattern, ...]]:
        return {}

    @cached_property
    def _globbed(self) -> list[tuple[Pattern, re.Pattern[str] | None]]:
        """Patterns whose program is a glob, with the globs as one; None where one is a path, of which a program is the end."""
        return [
            (
                pattern,
                None
                if "/" in "".join(words)
                else re.compile("|".join(glob(word)[1].pattern for word in words if "*" in word), re.IGNORECASE),
            )
            for pattern in self._by_program.get("*", ())
            for words in (pattern.words[0],)
        ]

    def _candidates(self, program: str) -> tuple[Pattern, ...]:
        """The patterns that a program can fit, most specific first."""
        known = self._known_candidates
        if program not in known:
            if len(known) > 4096:
                known.clear()
            globbed = (pattern for pattern, names in self._globbed if names is None or names.fullmatch(program))
            both = (*self._by_program.get(program, ()), *globbed)
            known[program] = tuple(sorted(dict.fromkeys(both), key=lambda pattern: pattern.weight, reverse=True))
        return known[program]

    @cached_property
    def _runners(self) -> dict[str, list[tuple[tuple[str, ...], Runner]]]:
        index: dict[str, list[tuple[tuple[str, ...], Runner]]] = {}
        for runner in self.runners:
            for text in filter(None, runner.match):
                words = tuple(text.split())
                for program in words[0].split("|"):
                    index.setdefault(program, []).append(((program, *words[1:]), runner))
        for choices in index.values():
            choices.sort(key=lambda choice: -len(choice[0]))
        return index

    @cached_property
    def interpreters(self) -> frozenset[str]:
        """Programs that are given a script to run."""
        return frozenset(text.split()[0] for runner in self.runners if runner.script for text in runner.match if text)

    @cached_property
    def programs(self) -> frozenset[str]:
        """Every word that begins some rule or runner."""
        return frozenset(program for program in (*self._by_program, *self._runners) if "*" not in program)

    def is_program(self, word: str) -> bool:
        """Whether a first word names a program that the rules know."""
        return program_name(word) in self.programs

    def may_stand_alone(self, word: str) -> bool:
        """Whether some rule may fit a command of this one word."""
        program, is_script = program_name(word), _looks_like_file(word)
        return any(
            (is_script or not pattern.rule.script)
            and (pattern.begins_with(program) or pattern.begins_with(_path(word)))
            for pattern in self._candidates(program)
            if len(pattern.words) == 1 and not pattern.options
        )

    def classify(self, command: ShellCommand, own: bool = False) -> Classified | None:
        """The rule that fits a command best, or None. `own` tells that the program is called like the application."""
        words = command.words
        if not words:
            return None
        runtimes: list[str] = []
        managers: list[str] = []
        alternative, interpreter = "", ""
        best: tuple[tuple[int, int, int], Pattern, tuple[str, ...]] | None = None
        for _ in range(6):
            program = program_name(words[0])
            is_script = bool(interpreter) or _looks_like_file(words[0])
            found = self._best(program, words, command, is_script, interpreter, own)
            if found and (best is None or found[0] >= best[0]):
                best = found
            step = self._runner(program, words)
            if step is None:
                break
            runner, taken = step
            runtimes += [runner.runtime] if runner.runtime else []
            managers += [runner.manager] if runner.manager else []
            alternative = alternative or runner.alternative
            interpreter = program if runner.script else ""
            words = words[taken:]
        if best is None:
            return None
        rule = best[1].rule
        runtimes += [rule.runtime] if rule.runtime else []
        managers += [rule.manager] if rule.manager else []
        return Classified(
            rule, best[1].name, best[2], tuple(dict.fromkeys(runtimes)), tuple(dict.fromkeys(managers)), alternative or rule.alternative,
            best[0][1] > 2,
        )  # fmt: skip

    def _runner(self, program: str, words: tuple[str, ...]) -> tuple[Runner, int] | None:
        for pattern, runner in self._runners.get(program, ()):
            if len(words) <= len(pattern) + runner.takes:
                continue
            if all(_fits_word(word, wanted) for word, wanted in zip(words[1:], pattern[1:], strict=False)):
                taken = len(pattern)
                skipped = runner.takes
                while taken < len(words) and (words[taken].startswith("-") or skipped):
                    if not words[taken].startswith("-"):
                        skipped -= 1
                    elif runner.script and len(words[taken]) > 1 and words[taken][1] in "cmerSV":
                        return None
                    taken += 1
                if taken < len(words):
                    return runner, taken
        if len(words) > 2 and _looks_like_file(words[0]) and program_name(words[1]) in self.programs:
            return Runner(match=()), 1  # a script of the project's own that runs what follows: bin/run rake db:setup
        return None

    def _best(
        self, program: str, words: tuple[str, ...], command: ShellCommand, is_script: bool, interpreter: str, own: bool
    ) -> tuple[tuple[int, int, int], Pattern, tuple[str, ...]] | None:
        options = [word for word in words[1:] if word.startswith("-")]
        positional = (program, *(word for word in words[1:] if not word.startswith("-") and not ASSIGNED.match(word)))
        short = (program, *_without_option_values(words)) if options else positional
        best: tuple[tuple[int, int, int], Pattern, tuple[str, ...]] | None = None
        full = _path(words[0])
        second = {*positional[1:2], *short[1:2]}
        for pattern in self._candidates(program):
            if best is not None and pattern.weight < best[0][:2]:
                break  # the rest weigh less
            if pattern.second and pattern.second.isdisjoint(second):
                continue
            if (
                (pattern.rule.script and not is_script)
                or (pattern.rule.program and pattern.rule.program != interpreter)
                or (pattern.rule.own and not own)
            ):
                continue
            closeness = pattern.closeness(positional, command, options)
            if not closeness and short != positional:
                closeness = pattern.closeness(short, command, options)
            if not closeness and "/" in full:
                closeness = pattern.closeness((full, *positional[1:]), command, options)
            if closeness and (best is None or (*pattern.weight, closeness) > best[0]):
                best = ((*pattern.weight, closeness), pattern, (program, *words[1:]))
        return best


@lru_cache(maxsize=4096)
def program_name(word: str) -> str:
    """A program by its plain name: without folder, version and wrapper ending."""
    name = word.replace("\\", "/").rstrip(";,").rsplit("/", 1)[-1]
    if word.startswith("/etc/init.d/"):
        return "/etc/init.d/*"
    name = name.removesuffix(".exe").removesuffix(".cmd")
    if name in {"mvnw.bat", "gradlew.bat"}:
        name = name.removesuffix(".bat")
    if match := VERSIONED.match(name):
        name = match[1]
    return SAME.get(name, name)


def _path(word: str) -> str:
    """A program as the rules name one by its path."""
    return word.lstrip("./").lower()


def _looks_like_file(word: str) -> bool:
    return "/" in word or bool(SCRIPT_NAME.search(word))


def _fits_word(word: str, wanted: str) -> bool:
    return word in wanted.split("|") or (wanted.endswith("*") and word.startswith(wanted[:-1]))


def _without_option_values(words: Sequence[str]) -> Iterator[str]:
    skip = False
    for word in words[1:]:
        if word.startswith("-"):
            skip = "=" not in word
        elif skip:
            skip = False
        else:
            yield word


def load(folder: BlueprintFolder) -> CommandRules:
    """The rules of `readme/commands/`. Raises BlueprintError for a file that breaks its schema."""
    runners: list[Runner] = []
    patterns: list[Pattern] = []
    for name in folder.files("readme/commands/*.yaml"):
        file = folder.entry(name, CommandFile)
        runners += file.runners
        label = "command:" + name.rsplit("/", 1)[-1].removesuffix(".yaml")
        patterns += [compiled(text, rule, label) for rule in file.rules for text in rule.match if text]
    return CommandRules(tuple(runners), tuple(patterns))
