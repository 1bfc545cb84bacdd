"""`blueprints/servers.yaml`: how start commands of a host become start commands of a container."""

from typing import Literal

from toolkit.catalog.load import BlueprintFolder, Entry


class Server(Entry):
    """A program that serves or works: `program` are the words that name it, `set` the options a container needs,
    `set_with` those it needs beside a word, `drop_*` those that only make sense on a host, `positional` how many
    arguments stand behind its options; `joined` options are written `--option=value`."""

    program: tuple[str, ...]
    kind: Literal["web", "worker", "scheduler"] = "web"
    aliases: dict[str, str] = {}
    set: dict[str, str] = {}
    set_with: dict[str, dict[str, str]] = {}
    joined: bool = False
    drop_flags: tuple[str, ...] = ()
    drop_options: tuple[str, ...] = ()
    positional: int = 0


class ProcessManager(Entry):
    """A program that keeps others running: the word before the program, and its own options that take a value."""

    start_word: str
    options_with_value: tuple[str, ...] = ()


class Servers(Entry):
    sources: tuple[str, ...]
    reviewed: str
    servers: tuple[Server, ...]
    wrappers: tuple[str, ...]
    runners: tuple[tuple[str, ...], ...]
    keep_runners: tuple[str, ...]
    process_managers: dict[str, ProcessManager]
    development: tuple[tuple[str, ...], ...]
    kinds: dict[Literal["scheduler", "worker"], tuple[str, ...]]
    health_words: tuple[str, ...]
    programs: dict[str, tuple[str, ...]]
    web_programs: dict[str, tuple[str, ...]]
    host_programs: tuple[str, ...]

    def server(self, argv: tuple[str, ...]) -> Server | None:
        """The most specific entry whose words a command begins with."""
        fitting = [entry for entry in self.servers if argv[: len(entry.program)] == entry.program]
        return max(fitting, key=lambda entry: len(entry.program), default=None)


def load_servers(folder: BlueprintFolder) -> Servers:
    return folder.entry("servers.yaml", Servers)
