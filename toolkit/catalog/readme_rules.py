"""What is known about the language of READMEs: `blueprints/readme/`, validated and made ready for matching."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import translate
from functools import cached_property

from pydantic import Field

from toolkit.catalog.load import BlueprintFolder, Entry
from toolkit.facts.model import Mode, Role
from toolkit.facts.shell import SimpleCommand


class Sourced(Entry):
    sources: tuple[str, ...] = ()
    reviewed: str = Field(pattern=r"\d{4}-\d{2}-\d{2}")


class CommandRule(Entry):
    """Commands of one kind. A pattern of `match` is the program and the words after it: `|` separates alternatives of a
    word, `*` stands for any part of one, `-x` asks for an option anywhere, `<`, `<<`, `>`, `>>` for a redirection and a
    `|` by itself for a program that the output goes to. The most specific pattern decides."""

    match: tuple[str, ...] | str
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

    match: tuple[str, ...] | str
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
    name: tuple[str, ...] = ()
    default: tuple[str, ...] = ()
    description: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    port: tuple[str, ...] = ()
    service: tuple[str, ...] = ()


class LanguageFile(Sourced):
    """The vocabulary of one language. Adding a language is adding such a file."""

    language: str
    cues: dict[Cue, tuple[str, ...]]
    scopes: dict[str, tuple[str, ...]]
    table_headers: TableHeaders = TableHeaders()
    no_words: tuple[str, ...] = ()


class ConfidenceFile(Sourced):
    """How often the facts of each rule are right, as measured on labelled READMEs; `default` for the rest."""

    default: float
    rules: dict[str, float] = {}


def phrases(words: Sequence[str]) -> re.Pattern[str]:
    """Any of the phrases as whole words, in any case. Longer ones first; costs a constant per character."""
    ordered = sorted({word.lower() for word in words}, key=lambda word: (-len(word), word))
    if not ordered:
        return re.compile(r"(?!)")
    return re.compile(r"(?<![\w.@/-])(?:" + "|".join(re.escape(word) for word in ordered) + r")(?![\w@]|[.-]\w|/)", re.IGNORECASE)


VERSIONED = re.compile(r"(python|pip|php|ruby|perl|gem|node|nodejs|celery|easy_install|lua|pypy|cpanm|unicorn|puma|virtualenv|pyvenv)-?\d[\d.]*$")
SAME = {"nodejs": "node", "pypy": "python", "py": "python", "composer.phar": "composer", "cpanm": "cpanm", "rails.sh": "rails", "yarnpkg": "yarn"}


@dataclass(frozen=True, slots=True)
class Pattern:
    """One pattern of a rule, taken apart. `weight` orders them: the most specific wins."""

    words: tuple[tuple[str, ...], ...]
    options: tuple[tuple[str, ...], ...]
    redirections: tuple[str, ...]
    piped: str
    rule: CommandRule
    name: str
    weight: tuple[int, int, int]
    regexes: tuple[re.Pattern[str] | None, ...]

    def fits(self, positional: Sequence[str], command: SimpleCommand, options: Sequence[str]) -> bool:
        if len(positional) < len(self.words):
            return False
        for word, alternatives, regex in zip(positional, self.words, self.regexes, strict=False):
            if word not in alternatives and not (regex and regex.fullmatch(word)):
                return False
        for wanted in self.options:
            if not any(any(_same_option(option, want) for want in wanted) for option in options):
                return False
        if self.redirections and not any(r.operator == wanted for wanted in self.redirections for r in command.redirections):
            return False
        return not self.piped or any(self.piped in stage[:4] for stage in command.pipeline)


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
    exact = sum(all("*" not in alternative for alternative in alternatives) for alternatives in words)
    if rule.script and rule.weak:
        closeness = 2 if rule.program else int(all("." in alternative for alternative in words[0]))
    else:
        closeness = exact * 10 + min(max(len(alternative.replace("*", "")) for alternative in words[0]), 9)
    regexes = tuple(
        re.compile("|".join(translate(alternative) for alternative in alternatives if "*" in alternative), re.IGNORECASE)
        if any("*" in alternative for alternative in alternatives)
        else None
        for alternatives in words
    )
    weight = (
        (0 if rule.script and rule.weak else 1),
        2 * len(words) + len(options) * 3 + (3 if piped else 0) + (3 if redirections else 0),
        closeness,
    )
    return Pattern(tuple(words), tuple(options), tuple(redirections), piped, rule, name, weight, regexes)


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
    cues: dict[Cue, re.Pattern[str]]
    scopes: dict[str, re.Pattern[str]]
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
    def _runners(self) -> dict[str, list[tuple[tuple[str, ...], Runner]]]:
        index: dict[str, list[tuple[tuple[str, ...], Runner]]] = {}
        for runner in self.runners:
            for text in (runner.match,) if isinstance(runner.match, str) else runner.match:
                words = tuple(text.split())
                index.setdefault(words[0], []).append((words, runner))
        for choices in index.values():
            choices.sort(key=lambda choice: -len(choice[0]))
        return index

    @cached_property
    def vocabulary(self) -> dict[str, tuple[re.Pattern[str], dict[str, str], frozenset[str]]]:
        """Per kind of name (runtime, datastore, manager, implied): its pattern, canonical names, and ordinary words."""
        table = {}
        nothing: tuple[str, ...] = ()
        for kind, entries in (
            ("runtime", [(runtime.name, runtime.names, runtime.plain_words) for runtime in self.runtimes]),
            ("datastore", [(store.engine, store.names, store.plain_words) for store in self.datastores]),
            ("manager", [(manager.name, manager.names, nothing) for manager in self.managers]),
            ("implied", [(runtime.name, runtime.implied_by, nothing) for runtime in self.runtimes]),
        ):
            names = {word.lower(): canonical for canonical, words, _ in entries for word in words}
            table[kind] = (phrases(list(names)), names, frozenset(word for _, _, words in entries for word in words))
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
            if found and (best is None or found[0] > best[0]):
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
        best = None
        full = words[0].lstrip("./").lower()
        for pattern in (*self._by_program.get(program, ()), *self._by_program.get("*", ())):
            if best is not None and pattern.weight <= best[0]:
                continue
            if pattern.rule.script and not is_script:
                continue
            if pattern.rule.program and pattern.rule.program != interpreter:
                continue
            if pattern.fits(positional, command, options) or (
                short != positional and pattern.fits(short, command, options)
            ) or ("/" in full and pattern.fits((full, *positional[1:]), command, options)):  # fmt: skip
                best = (pattern.weight, pattern, positional)
        return best

    def cue(self, cue: Cue, text: str) -> bool:
        """Whether a text has words that hint at `cue`."""
        return bool(self.cues[cue].search(text))


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
            patterns += [_compiled(text, rule, label) for text in ((rule.match,) if isinstance(rule.match, str) else rule.match)]
    languages = [folder.entry(name, LanguageFile) for name in folder.files("readme/languages/*.yaml")]
    scope_names = dict.fromkeys(scope for language in languages for scope in language.scopes)
    datastores = folder.entry("readme/datastores.yaml", DatastoresFile)
    return ReadmeRules(
        runners=tuple(runners),
        patterns=tuple(patterns),
        runtimes=folder.entry("readme/runtimes.yaml", RuntimesFile).runtimes,
        datastores=datastores.datastores,
        other_ports=frozenset(datastores.other_ports) | {port for store in datastores.datastores for port in store.ports},
        managers=folder.entry("readme/managers.yaml", ManagersFile).managers,
        files=folder.entry("readme/configuration-files.yaml", ConfigurationFilesFile),
        cues={cue: phrases([word for language in languages for word in language.cues.get(cue, ())]) for cue in Cue},
        scopes={scope: phrases([word for language in languages for word in language.scopes.get(scope, ())]) for scope in scope_names},
        table_headers={
            column: frozenset(word.lower() for language in languages for word in getattr(language.table_headers, column))
            for column in TableHeaders.model_fields
        },
        no_words=frozenset(word for language in languages for word in language.no_words),
        confidence=folder.entry("readme/confidence.yaml", ConfidenceFile),
    )
