"""The types of the files in `blueprints/readme/`, those of commands apart."""

from pydantic import Field

from toolkit.catalog.cues import Cue, Phrase
from toolkit.catalog.globs import any_of
from toolkit.catalog.load import Entry
from toolkit.catalog.vocabulary import Sourced, Words


class NamedRuntime(Entry):
    name: str
    names: tuple[str, ...]
    plain_words: tuple[str, ...] = ()
    implied_by: tuple[str, ...] = ()
    packages: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()  # endings of its source files
    not_after: tuple[str, ...] = ()  # words before its name that make it something else
    one_dot: bool = False
    printed: str = ""  # what it prints about its own version, with the version as the one group


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

    def is_server(self, package: str) -> bool:
        """Whether a package, by its name in lower case, is the store's server and not merely a client of it."""
        return bool(any_of(self.packages).fullmatch(package)) and not any_of(self.clients).fullmatch(package)


class DatastoresFile(Sourced):
    datastores: tuple[NamedDatastore, ...]
    other_ports: tuple[int, ...]
    settings: tuple[str, ...]


class NamedManager(Entry):
    name: str
    runtime: str
    names: tuple[str, ...]


class ManagersFile(Sourced):
    managers: tuple[NamedManager, ...]


class NamedProgram(Entry):
    package: str
    names: tuple[str, ...]


class ProgramsFile(Sourced):
    programs: tuple[NamedProgram, ...]


class ConfigurationFilesFile(Sourced):
    extensions: tuple[str, ...]
    names: tuple[str, ...]
    last_words: tuple[str, ...]
    folders: tuple[str, ...]
    never: tuple[str, ...]
    host: tuple[str, ...]
    samples: tuple[str, ...]


class VariablesFile(Sourced):
    """Names in capital letters that are no environment variables of an application, and a few others that are."""

    never: Words
    shell: Words
    tests: Words
    short: Words
    lower_case: Words
    program_files: Words


class PortsFile(Sourced):
    """Settings that name the application's port, and what else listens."""

    settings: Words
    addresses: Words
    others_settings: Words
    other_listeners: Words
    other_schemes: Words


class CodeBlocksFile(Sourced):
    """Names of languages at code fences, by what such a block is to the reader."""

    languages: dict[str, Words]
    unsure: Words


class SystemUsersFile(Sourced):
    users: Words


class TableHeaders(Entry):
    name: Words = ()
    default: Words = ()
    description: Words = ()
    required: Words = ()


class LanguageFile(Sourced):
    """The vocabulary of one language. Adding a language is adding such a file."""

    language: str
    cues: dict[Cue, Words]
    scopes: dict[str, Words]
    table_headers: TableHeaders = TableHeaders()
    no_words: Words = ()
    little_words: Words = ()
    phrases: dict[Phrase, Words] = Field(default_factory=dict)


class ConfidenceFile(Sourced):
    """How often the facts of each rule are right, as measured on labelled READMEs; `default` for the rest."""

    default: float
    rules: dict[str, float] = Field(default_factory=dict)
