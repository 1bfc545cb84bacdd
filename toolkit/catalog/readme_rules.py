"""What is known about the language of READMEs: `blueprints/readme/`, validated and made ready for matching."""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cache, cached_property, lru_cache
from typing import Annotated

from pydantic import BeforeValidator, Field

from toolkit.catalog.load import BlueprintFolder, Entry
from toolkit.facts.model import Mode, Role
from toolkit.facts.shell import SimpleCommand


# Text in the files is cheaper to read than long lists: patterns stand one to a line, words between commas.
Lines = Annotated[
    tuple[str, ...], BeforeValidator(lambda value: value.split("\n") if isinstance(value, str) else value)
]
Words = Annotated[
    tuple[str, ...],
    BeforeValidator(lambda value: [word.strip() for word in value.split(",")] if isinstance(value, str) else value),
]


class Sourced(Entry):
    sources: tuple[str, ...] = ()
    reviewed: str = Field(pattern=r"\d{4}-\d{2}-\d{2}")


class CommandRule(Entry):
    """Commands of one kind. A pattern of `match` is the program and the words after it: `|` separates alternatives of a
    word, `*` stands for any part of one, `-x` asks for an option anywhere, `<`, `<<`, `>`, `>>` for a redirection and a
    `|` by itself for a program that the output goes to. The most specific pattern decides."""

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
    edits: bool = False
    fetches: bool = False


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


class NamedRuntime(Entry):
    name: str
    names: tuple[str, ...]
    plain_words: tuple[str, ...] = ()
    implied_by: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    one_dot: bool = False


class RuntimesFile(Sourced):
    runtimes: tuple[NamedRuntime, ...]


class NamedDatastore(Entry):
    engine: str
    kind: str
    names: tuple[str, ...]
    plain_words: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    clients: tuple[str, ...] = ()
    ports: tuple[int, ...] = ()


class DatastoresFile(Sourced):
    datastores: tuple[NamedDatastore, ...]
    other_ports: tuple[int, ...]


class NamedManager(Entry):
    name: str
    runtime: str
    names: tuple[str, ...]
    files: tuple[str, ...] = ()


class ManagersFile(Sourced):
    managers: tuple[NamedManager, ...]


class ConfigurationFilesFile(Sourced):
    extensions: tuple[str, ...]
    names: tuple[str, ...]
    never: tuple[str, ...]
    host: tuple[str, ...]
    samples: tuple[str, ...]


class Cue(StrEnum):
    """What words of a README hint at."""

    START = "start"
    BUILD = "build"
    INSTALL = "install"
    SETUP = "setup"
    TEST = "test"
    WORKER = "worker"
    SCHEDULER = "scheduler"
    DEVELOPMENT = "development"
    PRODUCTION = "production"
    REQUIRE = "require"
    OPTIONAL = "optional"
    EXCLUDE = "exclude"
    EXCLUDED = "excluded"
    ENVIRONMENT_VARIABLE = "environment_variable"
    EDIT = "edit"
    RUN = "run"
    EXECUTE = "execute"
    NEGATED = "negated"
    PORT = "port"
    MONOREPO_PART = "monorepo_part"


class TableHeaders(Entry):
    name: Words = ()
    default: Words = ()
    description: Words = ()
    required: Words = ()
    port: Words = ()
    service: Words = ()


class LanguageFile(Sourced):
    """The vocabulary of one language. Adding a language is adding such a file."""

    language: str
    cues: dict[Cue, Words]
    scopes: dict[str, Words]
    table_headers: TableHeaders = TableHeaders()
    no_words: Words = ()


class ConfidenceFile(Sourced):
    """How often the facts of each rule are right, as measured on labelled READMEs; `default` for the rest."""

    default: float
    rules: dict[str, float] = {}


TOKEN = re.compile(r"[^\W_](?:[\w'’@/+.*-]*[^\W_+*])?|\*\w+")


@lru_cache(maxsize=2048)
def tokens(text: str) -> frozenset[str]:
    """The words of a text in lower case; hyphens, slashes and full stops inside a word belong to it."""
    return frozenset(TOKEN.findall(text.lower()))


class Phrases:
    """Words and phrases to be found in a text, in any case: as whole words, at a constant cost per character."""

    def __init__(self, words: Iterable[str]) -> None:
        chosen = {word.lower() for word in words}
        self.single = frozenset(word for word in chosen if TOKEN.fullmatch(word))
        self.longer = phrases([word for word in chosen if word not in self.single])
        self.longer_begin = frozenset(found[0] for word in chosen - self.single if (found := TOKEN.findall(word)))
        self.pattern = phrases(list(chosen))

    def __contains__(self, text: str) -> bool:
        present = tokens(text)
        if not self.single.isdisjoint(present):
            return True
        return not self.longer_begin.isdisjoint(present) and bool(self.longer.search(text))


def phrases(words: Sequence[str]) -> re.Pattern[str]:
    """Any of the phrases as whole words, in any case. Longer ones first; costs a constant per character."""
    ordered = sorted({word.lower() for word in words}, key=lambda word: (-len(word), word))
    if not ordered:
        return re.compile(r"(?!)")
    return re.compile(
        r"(?<![\w.@/-])(?:" + "|".join(re.escape(word) for word in ordered) + r")(?![\w@]|[.-]\w|/)", re.IGNORECASE
    )


VERSIONED = re.compile(
    r"(python|pip|php|ruby|perl|gem|node|nodejs|celery|easy_install|lua|pypy|cpanm|unicorn|puma|virtualenv|pyvenv)-?\d[\d.]*$"
)
SAME = {
    "nodejs": "node",
    "pypy": "python",
    "py": "python",
    "composer.phar": "composer",
    "cpanm": "cpanm",
    "rails.sh": "rails",
    "yarnpkg": "yarn",
}


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

    def closeness(self, positional: Sequence[str], command: SimpleCommand, options: Sequence[str]) -> int:
        """How closely a command fits: 0 not at all, more for words named in full than for words under a `*`."""
        if len(positional) < len(self.words):
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


def _compiled(text: str, rule: CommandRule, name: str) -> Pattern:
    words: list[tuple[str, ...]] = []
    options: list[tuple[str, ...]] = []
    redirections: list[str] = []
    piped = ""
    tokens = text.split()
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
        tuple(_glob(alternative) for alternative in alternatives if "*" in alternative) for alternatives in words
    )
    length = 2 * len(words) + len(options) * 3 + (3 if piped else 0) + (3 if redirections else 0)
    return Pattern(
        tuple(words),
        tuple(options),
        tuple(redirections),
        piped,
        rule,
        name,
        (0 if rule.script and rule.weak else 1, length),
        globs,
    )


@cache
def _glob(text: str) -> tuple[int, re.Pattern[str]]:
    """How many characters a word with `*` names, and what it matches."""
    return len(text.replace("*", "")), re.compile(".*".join(re.escape(part) for part in text.split("*")), re.IGNORECASE)


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
class ReadmeRules:
    """Everything the README reader knows."""

    runners: tuple[Runner, ...]
    patterns: tuple[Pattern, ...]
    runtimes: tuple[NamedRuntime, ...]
    datastores: tuple[NamedDatastore, ...]
    other_ports: frozenset[int]
    managers: tuple[NamedManager, ...]
    files: ConfigurationFilesFile
    cues: dict[Cue, Phrases]
    scopes: dict[str, Phrases]
    table_headers: dict[str, frozenset[str]]
    no_words: frozenset[str]
    confidence: ConfidenceFile

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

    def _candidates(self, program: str) -> tuple[Pattern, ...]:
        """The patterns that a program can fit, most specific first."""
        known = self._known_candidates
        if program not in known:
            if len(known) > 4096:
                known.clear()
            globbed = tuple(
                pattern
                for pattern in self._by_program.get("*", ())
                if any("*" in word and _glob(word)[1].fullmatch(program) for word in pattern.words[0])
                or "/" in "".join(pattern.words[0])
            )
            both = (*self._by_program.get(program, ()), *globbed)
            known[program] = tuple(sorted(dict.fromkeys(both), key=lambda pattern: pattern.weight, reverse=True))
        return known[program]

    @cached_property
    def _runners(self) -> dict[str, list[tuple[tuple[str, ...], Runner]]]:
        index: dict[str, list[tuple[tuple[str, ...], Runner]]] = {}
        for runner in self.runners:
            for text in filter(None, runner.match):
                words = tuple(text.split())
                index.setdefault(words[0], []).append((words, runner))
        for choices in index.values():
            choices.sort(key=lambda choice: -len(choice[0]))
        return index

    @cached_property
    def _scope_index(self) -> dict[str, frozenset[str]]:
        index: dict[str, set[str]] = {}
        for scope, wanted in self.scopes.items():
            for word in wanted.single | wanted.longer_begin:
                index.setdefault(word, set()).add(scope)
        return {word: frozenset(scopes) for word, scopes in index.items()}

    def scopes_in(self, text: str) -> frozenset[str]:
        """Every way of installing and every aside that the words of a text name."""
        index = self._scope_index
        possible = {scope for word in tokens(text) if word in index for scope in index[word]}
        return frozenset(scope for scope in possible if text in self.scopes[scope])

    @cached_property
    def vocabulary(self) -> dict[str, tuple[Phrases, dict[str, str], frozenset[str]]]:
        """Per kind of name (runtime, datastore, manager, implied): the names, what they stand for, and ordinary words."""
        table = {}
        nothing: tuple[str, ...] = ()
        for kind, entries in (
            ("runtime", [(runtime.name, runtime.names, runtime.plain_words) for runtime in self.runtimes]),
            ("datastore", [(store.engine, store.names, store.plain_words) for store in self.datastores]),
            ("manager", [(manager.name, manager.names, nothing) for manager in self.managers]),
            ("implied", [(runtime.name, runtime.implied_by, nothing) for runtime in self.runtimes]),
        ):
            names = {word.lower(): canonical for canonical, words, _ in entries for word in words}
            table[kind] = (Phrases(names), names, frozenset(word for _, _, words in entries for word in words))
        return table

    @cached_property
    def programs(self) -> frozenset[str]:
        """Every word that begins some rule or runner."""
        return frozenset(program for program in (*self._by_program, *self._runners) if "*" not in program)

    def is_program(self, word: str) -> bool:
        """Whether a first word names a program that the rules know."""
        return program_name(word) in self.programs

    def classify(self, command: SimpleCommand) -> Classified | None:
        """The rule that fits a command best, or None."""
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
            found = self._best(program, words, command, is_script, interpreter)
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
        return None

    def _best(
        self, program: str, words: tuple[str, ...], command: SimpleCommand, is_script: bool, interpreter: str
    ) -> tuple[tuple[int, int, int], Pattern, tuple[str, ...]] | None:
        options = [word for word in words[1:] if word.startswith("-")]
        positional = (program, *(word for word in words[1:] if not word.startswith("-")))
        short = (program, *_without_option_values(words)) if options else positional
        best: tuple[tuple[int, int, int], Pattern, tuple[str, ...]] | None = None
        full = words[0].lstrip("./").lower()
        for pattern in self._candidates(program):
            if best is not None and pattern.weight < best[0][:2]:
                continue
            if pattern.rule.script and not is_script or pattern.rule.program and pattern.rule.program != interpreter:
                continue
            closeness = pattern.closeness(positional, command, options)
            if not closeness and short != positional:
                closeness = pattern.closeness(short, command, options)
            if not closeness and "/" in full:
                closeness = pattern.closeness((full, *positional[1:]), command, options)
            if closeness and (best is None or (*pattern.weight, closeness) > best[0]):
                best = ((*pattern.weight, closeness), pattern, positional)
        return best

    def cue(self, cue: Cue, text: str) -> bool:
        """Whether a text has words that hint at `cue`."""
        return text in self.cues[cue]


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


def _looks_like_file(word: str) -> bool:
    return "/" in word or bool(re.search(r"\.(?:sh|py|rb|pl|php|js|bash|jar|run|psgi|ksh|zsh)$", word))


def _fits_word(word: str, wanted: str) -> bool:
    return word in wanted.split("|") or wanted.endswith("*") and word.startswith(wanted[:-1])


def _without_option_values(words: Sequence[str]) -> Iterator[str]:
    skip = False
    for word in words[1:]:
        if word.startswith("-"):
            skip = "=" not in word
        elif skip:
            skip = False
        else:
            yield word


def load(folder: BlueprintFolder) -> ReadmeRules:
    """The rules of `blueprints/readme/`, overlays applied. Raises BlueprintError for a file that breaks its schema."""
    runners: list[Runner] = []
    patterns: list[Pattern] = []
    for name in folder.files("readme/commands/*.yaml"):
        file = folder.entry(name, CommandFile)
        runners += file.runners
        kind = name.rsplit("/", 1)[-1].removesuffix(".yaml")
        for rule in file.rules:
            label = f"command:{kind}"
            patterns += [_compiled(text, rule, label) for text in rule.match if text]
    languages = [folder.entry(name, LanguageFile) for name in folder.files("readme/languages/*.yaml")]
    scope_names = dict.fromkeys(scope for language in languages for scope in language.scopes)
    datastores = folder.entry("readme/datastores.yaml", DatastoresFile)
    return ReadmeRules(
        runners=tuple(runners),
        patterns=tuple(patterns),
        runtimes=folder.entry("readme/runtimes.yaml", RuntimesFile).runtimes,
        datastores=datastores.datastores,
        other_ports=frozenset(datastores.other_ports)
        | {port for store in datastores.datastores for port in store.ports},
        managers=folder.entry("readme/managers.yaml", ManagersFile).managers,
        files=folder.entry("readme/configuration-files.yaml", ConfigurationFilesFile),
        cues={cue: Phrases(word for language in languages for word in language.cues.get(cue, ())) for cue in Cue},
        scopes={
            scope: Phrases(word for language in languages for word in language.scopes.get(scope, ()))
            for scope in scope_names
        },
        table_headers={
            column: frozenset(
                word.lower() for language in languages for word in getattr(language.table_headers, column)
            )
            for column in TableHeaders.model_fields
        },
        no_words=frozenset(word for language in languages for word in language.no_words),
        confidence=folder.entry("readme/confidence.yaml", ConfidenceFile),
    )
