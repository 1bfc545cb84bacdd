"""`blueprints/servers.yaml`: how start commands of a host become start commands of a container."""

import re
from fnmatch import fnmatchcase
from itertools import pairwise
from typing import Literal

from toolkit.catalog.load import BlueprintFolder, Entry
from toolkit.catalog.prefixes import Prefix

_ASSIGNMENT = re.compile(r"[A-Z_][A-Z0-9_]*=")


class Server(Entry):
    """A program that serves or works.

    `program` are the words that name it, `set` the options a container needs, `add_flags` those without a value, `set_with`
    those it needs beside a word, `drop_*` those that only make sense on a host, `positional` how many arguments stand behind
    its options; `joined` options are written `--option=value`; without an argument, one that `needs_application` runs
    nothing; `factory_flag` makes it call what it is told to run, where it reads no `()`. `prefix` says how it learns of one.
    `instead` are the words, before the file that it is told, of a server which runs the same and takes an address as an
    option; two commands of a worker are one where they agree in the options that `tells_apart` names. Options that name
    `files` go where the file is not there, as the server would not start; `settings_of_host` are what such a file may say of
    the host's folders, with the options that stand above it.
    """

    program: tuple[str, ...]
    kind: Literal["web", "worker", "scheduler"] = "web"
    aliases: dict[str, str] = {}
    set: dict[str, str] = {}
    add_flags: tuple[str, ...] = ()
    set_with: dict[str, dict[str, str]] = {}
    joined: bool = False
    drop_flags: tuple[str, ...] = ()
    drop_options: tuple[str, ...] = ()
    positional: int = 0
    needs_application: bool = False
    factory_flag: str = ""
    prefix: Prefix | None = None
    instead: tuple[str, ...] = ()
    tells_apart: tuple[str, ...] = ()
    files: tuple[str, ...] = ()
    settings_of_host: dict[str, tuple[str, ...]] = {}

    def option(self, argv: tuple[str, ...], name: str) -> str:
        """The value of an option, by whatever name of it; empty where it is not given."""
        for word, following in zip(argv, (*argv[1:], ""), strict=True):
            given, equals, value = word.partition("=")
            if self.aliases.get(given, given) == name:
                return value if equals else following
        return ""


class ProcessManager(Entry):
    """A program that keeps others running: the word before the program, which some take for granted, and its own options
    that take a value, of which `program_options` name another program than the language's and `interpreter_options` another
    interpreter than Node's; one that `reads_procfile` is told no program."""

    start_word: str
    start_word_optional: bool = False
    options_with_value: tuple[str, ...] = ()
    program_options: tuple[str, ...] = ()
    interpreter_options: tuple[str, ...] = ()
    reads_procfile: bool = False


class CommandFamily(Entry):
    """A program with many commands: the words that name it, and those of its commands that listen, in production or
    for developers, and which one production has `instead` of the developers'."""

    program: tuple[str, ...]
    commands: tuple[str, ...]
    for_developers: tuple[str, ...]
    instead: str = ""


class ProgramsOfLibraries(Entry):
    """Programs that libraries bring along, and the runner that they need in front of them in an image."""

    runner: tuple[str, ...]
    programs: tuple[str, ...]


class Timetable(Entry):
    """A framework's own timetable, which cron asks every minute: what cron runs, the process that asks by itself, and the
    releases of the library that have it."""

    run: tuple[str, ...]
    process: tuple[str, ...]
    library: str
    versions: str
    source: str


class Servers(Entry):
    sources: tuple[str, ...]
    reviewed: str
    servers: tuple[Server, ...]
    wrappers: tuple[str, ...]
    runners: tuple[tuple[str, ...], ...]
    keep_runners: tuple[str, ...]
    runs_in: dict[str, ProgramsOfLibraries]
    process_managers: dict[str, ProcessManager]
    source_runners: tuple[str, ...]
    side_by_side: dict[str, Literal["commands", "scripts"]]
    host_options: tuple[str, ...]
    development: tuple[tuple[str, ...], ...]
    developers_servers: tuple[Server, ...] = ()
    former_options: dict[str, tuple[str, ...]]
    watchers: tuple[str, ...]
    kinds: dict[Literal["scheduler", "worker"], tuple[str, ...]]
    health_words: tuple[str, ...]
    programs: dict[str, tuple[str, ...]]
    programs_of_packages: tuple[str, ...]
    web_programs: dict[str, tuple[str, ...]]
    listening_commands: tuple[CommandFamily, ...]
    schema_commands: tuple[tuple[str, ...], ...]
    one_off_commands: tuple[tuple[str, ...], ...]
    install_commands: tuple[tuple[str, ...], ...]
    command_groups: tuple[tuple[str, ...], ...]
    seed_words: tuple[str, ...]
    timetables: tuple[Timetable, ...]
    same_tasks: dict[str, str]
    first_time_tasks: tuple[str, ...]
    undoing_tasks: tuple[str, ...]
    host_tasks: tuple[str, ...]
    hand_tasks: tuple[str, ...]
    schema_tasks: tuple[str, ...]
    ending_programs: tuple[str, ...]
    host_scripts: tuple[str, ...]
    cluster_programs: tuple[str, ...]
    host_programs: tuple[str, ...]

    def split(self, argv: tuple[str, ...]) -> tuple[tuple[str, ...], tuple[str, ...]]:
        """The runner that stays in front of a program in an image, `bundle exec`, and the rest."""
        kept = next((r for r in self.runners if r[0] in self.keep_runners and argv[: len(r)] == r), ())
        return kept, argv[len(kept) :]

    def with_runner(self, language: str, argv: tuple[str, ...]) -> tuple[str, ...]:
        """A command with the runner in front that its program needs in an image of this language: `bundle exec rake`."""
        needs = self.runs_in.get(language)
        return (*needs.runner, *argv) if needs and argv[0] in needs.programs else argv

    def server(self, argv: tuple[str, ...]) -> Server | None:
        """The most specific entry whose words a command begins with."""
        argv = self.split(argv)[1]
        fitting = [entry for entry in self.servers if argv[: len(entry.program)] == entry.program]
        return max(fitting, key=lambda entry: len(entry.program), default=None)

    def subcommand(self, argv: tuple[str, ...]) -> str:
        """`smtpd` in `python manage.py smtpd`: a command, of a program with many, that does not listen; else empty."""
        argv = self.split(argv)[1]
        for family in self.listening_commands:
            length = len(family.program)
            rest = [word for word in argv[length:] if not word.startswith("-")]
            listening = {*family.commands, *family.for_developers}
            if argv[:length] == family.program and rest and listening.isdisjoint(rest):
                return rest[0]
        return ""

    def for_developers(self, argv: tuple[str, ...]) -> bool:
        """Whether a command is a server that only developers should use: `flask --app shop run` too."""
        argv = self.split(argv)[1]
        return any(argv[: len(words)] == words for words in self.development) or any(
            argv[: len(family.program)] == family.program and not set(family.for_developers).isdisjoint(argv)
            for family in self.listening_commands
        )

    def for_production(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """A program's own command for production in place of the one for developers, `strapi start` of `strapi develop`; ()
        where it has none."""
        for family in self.listening_commands:
            program, task = argv[: len(family.program)], argv[len(family.program) : len(family.program) + 1]
            if program == family.program and family.instead and not set(task).isdisjoint(family.for_developers):
                return (*program, family.instead)
        return ()

    def as_of_today(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """A command without the options that its program once had."""
        former = self.former_options.get(argv[0], ()) if argv else ()
        return tuple(word for word in argv if word.replace("_", "-") not in former)

    def watches(self, argv: tuple[str, ...]) -> bool:
        """Whether a command builds again whatever a developer changes: `gulp watch`."""
        watching = not {"watch", "--watch"}.isdisjoint(argv) or argv[0] in self.watchers
        return watching and self.server(argv) is None

    def ends_by_itself(self, argv: tuple[str, ...]) -> bool:
        """Whether a command is done at some time, as a migration is, and so no process of a service."""
        own = self.split(argv)[1]
        one_off = any(own[: len(words)] == words for words in self.one_off_commands)
        return one_off or self.changes_schema(own) or self.installs(own)

    def installs(self, argv: tuple[str, ...]) -> bool:
        """Whether a command fetches the application or its dependencies."""
        return any(argv[: len(words)] == words for words in self.install_commands)

    def task(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """What a command runs, however it is called: `rake db:migrate`, the same in `bundle exec`, with
        `RAILS_ENV=production` behind it, and `rails db:migrate` are one task."""
        own = self.split(argv)[1]
        return (self.same_tasks.get(own[0], own[0]), *(word for word in own[1:] if not _ASSIGNMENT.match(word)))

    def among(self, argv: tuple[str, ...], patterns: tuple[str, ...]) -> list[str]:
        """The words of a command, and pairs of them, that are tasks of a list of patterns."""
        words = (*argv, *map(" ".join, pairwise(argv)))
        return [word for word in words if any(fnmatchcase(word, pattern) for pattern in patterns)]

    def prepares_host(self, argv: tuple[str, ...]) -> bool:
        """Whether a command is a script that by its path sets up a host: `./script/install/ubuntu`."""
        return not set(re.split(r"[^a-z]+", argv[0].lower())).isdisjoint(self.host_scripts)

    def changes_schema(self, argv: tuple[str, ...]) -> bool:
        """Whether a command brings the database up to date."""
        own = self.split(argv)[1]
        return any(own[: len(words)] == words for words in self.schema_commands)


def load_servers(folder: BlueprintFolder) -> Servers:
    return folder.entry("servers.yaml", Servers)
