"""What is known about the language of READMEs: `blueprints/readme/`, validated and made ready for matching."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import cached_property

from toolkit.catalog import command_rules
from toolkit.catalog.command_patterns import ShellCommand
from toolkit.catalog.command_rules import Classified, CommandRules
from toolkit.catalog.cues import Cue, Phrase
from toolkit.catalog.globs import any_of
from toolkit.catalog.load import BlueprintFolder
from toolkit.catalog.phrases import Phrases, tokens
from toolkit.catalog.readme_files import (
    CodeBlocksFile,
    ConfidenceFile,
    ConfigurationFilesFile,
    DatastoresFile,
    LanguageFile,
    ManagersFile,
    NamedDatastore,
    NamedManager,
    NamedProgram,
    NamedRuntime,
    PortsFile,
    ProgramsFile,
    RuntimesFile,
    SystemUsersFile,
    TableHeaders,
    VariablesFile,
)

_SLOT = re.compile(r"%(\w+)%")


@dataclass(frozen=True, eq=False)
class ReadmeRules:
    """Everything the README reader knows. Equal to itself alone, so that patterns made from it can be kept."""

    commands: CommandRules
    runtimes: tuple[NamedRuntime, ...]
    datastores: tuple[NamedDatastore, ...]
    other_ports: frozenset[int]
    store_settings: tuple[str, ...]
    managers: tuple[NamedManager, ...]
    programs: tuple[NamedProgram, ...]
    files: ConfigurationFilesFile
    cues: dict[Cue, Phrases]
    scopes: dict[str, Phrases]
    table_headers: dict[str, frozenset[str]]
    no_words: frozenset[str]
    little_words: frozenset[str]
    phrases: dict[Phrase, frozenset[str]]
    variables: VariablesFile
    ports: PortsFile
    system_users: frozenset[str]
    code_languages: dict[str, str]
    unsure_languages: frozenset[str]
    confidence: ConfidenceFile
    _patterns: dict[str, re.Pattern[str]] = field(default_factory=dict, repr=False)

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
        """Per kind of name (runtime, datastore, manager, program, implied): the names, what they stand for, and ordinary words."""
        table = {}
        nothing: tuple[str, ...] = ()
        for kind, entries in (
            ("runtime", [(runtime.name, runtime.names, runtime.plain_words) for runtime in self.runtimes]),
            ("datastore", [(store.engine, store.names, store.plain_words) for store in self.datastores]),
            ("manager", [(manager.name, manager.names, nothing) for manager in self.managers]),
            ("program", [(program.package, program.names, nothing) for program in self.programs]),
            ("implied", [(runtime.name, runtime.implied_by, nothing) for runtime in self.runtimes]),
        ):
            names = {word.lower(): canonical for canonical, words, _ in entries for word in words}
            table[kind] = (Phrases(names), names, frozenset(word for _, _, words in entries for word in words))
        return table

    @cached_property
    def vocabulary_words(self) -> frozenset[str]:
        """The words one of which stands in every text that holds a name of the vocabulary."""
        return frozenset[str]().union(
            *(wanted.single | wanted.longer_begin for wanted, _, _ in self.vocabulary.values())
        )

    @cached_property
    def not_after(self) -> dict[str, frozenset[str]]:
        """Per runtime, the words behind which its name means something else."""
        return {runtime.name: frozenset(runtime.not_after) for runtime in self.runtimes if runtime.not_after}

    def store_named(self, word: str) -> str | None:
        """The datastore that a setting's value means: mysql2, pdo_pgsql, django.db.backends.postgresql_psycopg2."""
        name = word.lower().rsplit(".", 1)[-1].removeprefix("pdo_").split("_", 1)[0]
        names = self.vocabulary["datastore"][1]
        return self.schemes.get(name) or names.get(name) or names.get(name.rstrip("0123456789"))

    @cached_property
    def store_setting(self) -> re.Pattern[str]:
        """A setting whose value may mean a datastore: the value is the one group."""
        keys = alternatives(self.store_settings)
        return re.compile(
            rf"{keys}[\"']?[ \t]{{0,8}}(?:=>?|:)[ \t]{{0,8}}[\"']?([a-z][\w.]{{2,60}})(?![\w:/@-])", re.IGNORECASE
        )

    @cached_property
    def schemes(self) -> dict[str, str]:
        """Schemes of addresses, and the datastore that each belongs to."""
        return {scheme: store.engine for store in self.datastores for scheme in store.schemes}

    def servers(self, package: str) -> list[NamedDatastore]:
        """The datastores whose server a package is, by its name in lower case."""
        if not self._server_packages.fullmatch(package):
            return []
        return [store for store in self.datastores if store.is_server(package)]

    @cached_property
    def _server_packages(self) -> re.Pattern[str]:
        return any_of(tuple(package for store in self.datastores for package in store.packages))

    def any_of(self, *phrases: Phrase) -> str:
        """A regular expression for any of the words of these phrases, the longest first."""
        return alternatives(word for phrase in phrases for word in self.phrases[phrase])

    def pattern(self, template: str) -> re.Pattern[str]:
        """A pattern, in any case, that has `%name%` where any of the words of a phrase of that name may stand."""
        known = self._patterns.get(template)
        if known is None:
            filled = _SLOT.sub(lambda match: self.any_of(Phrase(match[1])), template)
            known = self._patterns[template] = re.compile(filled, re.IGNORECASE)
        return known

    def is_program(self, word: str) -> bool:
        """Whether a first word names a program that the rules know."""
        return self.commands.is_program(word)

    def reads_as_command(self, words: Sequence[str]) -> bool:
        """Whether words are typed into a shell, and no sentence: a program in lower case, and no sentence's second word."""
        return not words[0][:1].isupper() and self.is_program(words[0]) and not self.reads_as_sentence(words)

    def reads_as_sentence(self, words: Sequence[str]) -> bool:
        """Whether words that may begin with a program's name are a sentence: "make sure that", "service is:"."""
        if any(word.lower().strip(",.:;") in self.sentence_words for word in words[1:3]):
            return True
        return words[-1].endswith((":", ".")) and len(words[-1]) > 1

    @cached_property
    def sentence_words(self) -> frozenset[str]:
        """Words that are not typed second or third into a shell."""
        return self.little_words | self.phrases[Phrase.AFTER_VERB]

    def names_worker(self, text: str) -> bool:
        """Whether a command or the name of a process holds the name of something that works in the background."""
        return bool(self.pattern(f"%{Phrase.WORKER}%").search(text))

    def names_scheduler(self, text: str) -> bool:
        """Whether a command or the name of a process holds the name of something that starts others by the clock."""
        return bool(self.pattern(f"%{Phrase.SCHEDULER}%").search(text))

    def classify(self, command: ShellCommand, own: bool = False) -> Classified | None:
        """The rule that fits a command best, or None. `own` tells that the program is called like the application."""
        return self.commands.classify(command, own)

    def cue(self, cue: Cue, text: str) -> bool:
        """Whether a text has words that hint at `cue`."""
        return text in self.cues[cue]


def alternatives(words: Iterable[str]) -> str:
    """A regular expression for any of some words, the longest first; blanks stand for some white space."""
    ordered = sorted(set(words), key=lambda word: (-len(word), word))
    return "(?:" + "|".join(re.escape(word).replace(r"\ ", r"\s{1,3}") for word in ordered) + ")"


def load(folder: BlueprintFolder) -> ReadmeRules:
    """The rules of `blueprints/readme/`, overlays applied. Raises BlueprintError for a file that breaks its schema."""
    languages = [folder.entry(name, LanguageFile) for name in folder.files("readme/languages/*.yaml")]
    scope_names = dict.fromkeys(scope for language in languages for scope in language.scopes)
    datastores = folder.entry("readme/datastores.yaml", DatastoresFile)
    code_blocks = folder.entry("readme/code-blocks.yaml", CodeBlocksFile)
    return ReadmeRules(
        commands=command_rules.load(folder),
        runtimes=folder.entry("readme/runtimes.yaml", RuntimesFile).runtimes,
        datastores=datastores.datastores,
        other_ports=frozenset(datastores.other_ports)
        | {port for store in datastores.datastores for port in store.ports},
        store_settings=datastores.settings,
        managers=folder.entry("readme/managers.yaml", ManagersFile).managers,
        programs=folder.entry("readme/programs.yaml", ProgramsFile).programs,
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
        little_words=frozenset(word for language in languages for word in language.little_words),
        phrases={
            phrase: frozenset(word for language in languages for word in language.phrases.get(phrase, ()))
            for phrase in Phrase
        },
        variables=folder.entry("readme/variables.yaml", VariablesFile),
        ports=folder.entry("readme/ports.yaml", PortsFile),
        system_users=frozenset(folder.entry("readme/system-users.yaml", SystemUsersFile).users),
        code_languages={name: kind for kind, names in code_blocks.languages.items() for name in names},
        unsure_languages=frozenset(code_blocks.unsure),
        confidence=folder.entry("readme/confidence.yaml", ConfidenceFile),
    )
