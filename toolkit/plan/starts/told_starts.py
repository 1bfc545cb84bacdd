"""Commands that operators are told to start the application with: which of them count, and which come to the same process."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from toolkit.catalog.servers import Server
from toolkit.facts.model import Command, Mode, Origin, Port, Role
from toolkit.plan.app_folder import APP_FOLDER, named_by_path
from toolkit.plan.ranking import of_type, ranked
from toolkit.plan.starts.commands import ContainerCommand
from toolkit.plan.starts.processes import Processes
from toolkit.plan.starts.programs import answers_nothing, is_release_step, is_there, programs_of, runs_server
from toolkit.plan.starts.start_scripts import only_prepares, started_by_scripts, started_by_tasks, works_from_outside
from toolkit.plan.starts.usual_start import runs_source, usual_start

# What the README's sentences say of a command whose program no rule knows.
_TOLD_BY_PROSE = frozenset({"readme:command:by-lead-in", "readme:command:path-alone"})
_STARTS = re.compile(r"(?i)daemon|launch|run|serv|start|up|web|www")
_APPLICATION = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*(?:\(\))?|[\w.]+\.(?:wsgi|asgi)")
_ADDRESS_OPTION = re.compile(
    r"--?(?:(?:app|http|listen|server|web)[:._-]?)?(?:addr(?:ess)?|bind|host|listen|port)|-[blp]"
)
_KEEPERS_OF_PROCESSES = frozenset({"supervisor", "systemd-unit"})
_OF_PLATFORMS = frozenset({"cloud-foundry", "procfile"})
_CONTAINER_FILES = frozenset({"compose-file", "dockerfile"})
_FOR_ALL = re.compile(r"(?:--?[\w-]{1,20}=)?0\.0\.0\.0(?=$|:)")
_JUST_BEHIND = 6  # lines
_DATA = re.compile(r"^[\w./-]{1,80}\.(?:csv|db|sqlite3?)$")
_SETTINGS_OPTION = re.compile(r"(?:-c|--?conf(?:ig)?(?:[-_]?(?:file|path))?|--?settings)(?:=|$)")
# `--config ./config.dev.env`
_SETTINGS_OF_DEVELOPERS = re.compile(r"(?:^|[./_=-])dev(?:el|elopment)?\.(?:cfg|conf|env|ini|json|toml|ya?ml)$")
_WORK = frozenset({"beat", "consumer", "schedule", "scheduler", "worker", "workers"})


@dataclass(frozen=True, slots=True)
class ToldStart:
    """A command, and the same in a container. `doubt` is how late it is looked at: 0 for one that says how the application
    starts whatever else does. `development`: it starts a server that only developers use."""

    command: Command
    contained: ContainerCommand
    doubt: int
    development: bool


def told_starts(image: Processes) -> Iterator[ToldStart]:
    """The commands that start a process of the image, those for production first, and the less doubtful ones first."""
    starts = [
        c
        for c in of_type(image.facts, Command)
        if image.belongs(c) and (c.role is Role.START or runs_server(c, image) or _is_own_work(c, image))
    ]
    if image.serves_files:
        starts = []
    starts = [c for c in starts if not _is_mere_name(c, image)] or starts
    starts = list(_without_containers_own(starts, image))
    told = [*started_by_scripts(ranked(starts, operators_first=True), image), *started_by_tasks(image)]
    told = [c for c in told if not _is_told_for_all(c, told)]
    served = any(_is_served(command, image) for command in told)
    kept = served or _is_kept_running(told, image)
    answered = _with_addresses(told, image)
    for command in sorted(
        told,
        key=lambda c: (
            c.mode is Mode.DEVELOPMENT,
            _doubt(c, image, kept),
            _is_other_use(c, answered, image),
            any(map(_SETTINGS_OF_DEVELOPERS.search, c.argv[1:])),
        ),
    ):
        contained = image.contained(command)
        if contained is None or not _is_process(command, contained, image):
            continue
        silent = contained.kind == "web" and answers_nothing(contained.argv, command.directory, image)
        if silent and contained.argv[0] == "node" and command.origin is Origin.README:
            continue  # a tool that is run by hand: what goes on in the background is called so
        beside_server = served and _is_beside_server(command, contained, image)
        own_work = command.role is Role.UNKNOWN
        if silent or beside_server or own_work or _is_procfile_worker(command, contained, image):
            contained = replace(contained, kind="worker")
        development = (
            contained.development
            or _runs_module(contained, image.entry_points)
            or runs_source(contained.argv, image)
            or ("wsgi" in image.entry_points and _is_for_developers(contained.argv, image))
        )
        yield ToldStart(command, contained, _doubt(command, image, kept), development)


def _is_own_work(command: Command, image: Processes) -> bool:
    """Whether a README runs a script of the application by the name of work that goes on beside the server, `python shop.py
    schedule`, in words that no rule knows."""
    argv = command.argv
    of_readme = command.role is Role.UNKNOWN and command.origin is Origin.README and len(argv) == 3
    return (
        of_readme and argv[0] == "python" and argv[2] in _WORK and image.files.has(argv[1]) and bool(usual_start(image))
    )


def _is_procfile_worker(command: Command, contained: ContainerCommand, image: Processes) -> bool:
    """Of a Procfile's process types `web` alone gets requests (https://devcenter.heroku.com/articles/procfile, reviewed
    2026-11-21), unless another one runs what can only be a server."""
    told = command.evidence.rule == "procfile" and command.service != "web"
    return told and contained.kind == "web" and not image.servers.server(contained.argv)


def _is_for_developers(argv: tuple[str, ...], image: Processes) -> bool:
    """Whether a program of the application runs a server for developers, by itself or by the command that it is told."""
    return not image.developers_programs.isdisjoint((argv[0], " ".join(argv[:2])))


def _is_mere_name(command: Command, image: Processes) -> bool:
    """Whether a sentence names a server, `puma`, and tells it nothing."""
    return command.origin is Origin.README and len(command.argv) == 1 and image.servers.server(command.argv) is not None


def _without_containers_own(starts: list[Command], image: Processes) -> Iterator[Command]:
    """What an earlier attempt at containers runs counts only where nothing else says how the application starts, or where
    it alone tells of a worker."""
    elsewhere = [c for c in starts if not _is_containers_own(c)]
    known = {work_of(c, image) for c in elsewhere}
    for command in starts:
        if not elsewhere or command in elsewhere or work_of(command, image) not in {None, *known}:
            yield command


def _is_containers_own(command: Command) -> bool:
    return command.evidence.rule in _CONTAINER_FILES or "docker" in command.evidence.path.split("/")[:-1]


def work_of(command: Command, image: Processes) -> tuple[str, tuple[str, ...]] | None:
    """What kind of process a command is, of which program; None for what serves, or is no known program."""
    contained = image.contained(command)
    server = image.servers.server(contained.argv) if contained else None
    return (contained.kind, server.program) if contained and server and contained.kind != "web" else None


def _is_process(command: Command, contained: ContainerCommand, image: Processes) -> bool:
    """Whether what a line starts goes on: a migration ends, and a program that only the sentence around it makes a start
    counts when it is the application's or its language's."""
    argv = contained.argv
    if argv[:2] == ("python", "-c"):
        return False  # a line that makes a key, or asks for a version
    if argv[1:2] != ("run",) and f"{argv[0]} run" in image.developers_programs:
        return False  # of Flask's own commands by another name only `run` goes on
    if image.servers.ends_by_itself(argv) or image.servers.watches(argv) or not is_there(argv, image):
        return False
    if command.origin is Origin.README and any(_DATA.search(word) and not image.files.has(word) for word in argv[1:]):
        return False  # an example with data that a reader has
    if command.origin is Origin.README and (
        image.servers.prepares_host(argv)
        or works_from_outside(argv, image)
        or only_prepares(argv, image)
        or is_release_step(argv, image)
    ):
        return False
    if _is_any_script(command, contained) and usual_start(image):
        return False
    # In a container's own files words may be arguments of an entry point, `CMD ["web"]`.
    doubtful = command.evidence.rule in _TOLD_BY_PROSE | _CONTAINER_FILES
    return not doubtful or _is_known(contained, image)


def _is_known(contained: ContainerCommand, image: Processes) -> bool:
    """Whether the program is the application's, its language's or a server."""
    return (
        image.is_own(contained)
        or image.servers.server(contained.argv) is not None
        or image.stack.language not in image.servers.programs
    )


def _is_doubtful(command: Command, image: Processes) -> bool:
    """Whether a README's command is a program that nothing knows, or a script that does not tell what it starts: it counts
    where nothing else says how the application starts. What is called like the application may be a client of it, too."""
    contained = image.contained(command) if command.origin is Origin.README else None
    if contained is None:
        return False
    path = contained.argv[0]
    return not _is_known(contained, image) or (named_by_path(path) and image.files.has(path))


def _doubt(command: Command, image: Processes, kept: bool) -> int:
    """How late a command is looked at: where an image is `kept` running by what a process file tells, a README's web process
    that is no known server comes behind it, and what is doubtful in a README behind everything."""
    if command.origin is not Origin.README:
        return 0
    if _is_doubtful(command, image):
        return 2
    if command.argv[:1] and command.argv[0] in image.own_programs:
        return 0
    contained = image.contained(command)
    return int(
        kept and contained is not None and contained.kind == "web" and image.servers.server(contained.argv) is None
    )


def _is_told_for_all(command: Command, told: Iterable[Command]) -> bool:
    """Whether a document tells a command once more with the address at which all reach it: `shop serve 0.0.0.0:8000`."""
    words = command.argv
    longer = (
        c.argv[len(words) :] for c in told if words and c.argv[: len(words)] == words and c.origin is command.origin
    )
    return command.origin is Origin.README and any(_FOR_ALL.match(word) for more in longer for word in more[:2])


def _with_addresses(told: Iterable[Command], image: Processes) -> list[Command]:
    """Commands of a README with the port where they answer just behind them: "`shop -w`, and open http://<ip>:8000"."""
    ports = list(of_type(image.facts, Port))
    return [
        command
        for command in told
        if command.origin is Origin.README
        and any(
            port.evidence.path == command.evidence.path
            and 0 <= port.evidence.first_line - command.evidence.last_line <= _JUST_BEHIND
            for port in ports
        )
    ]


def _is_other_use(command: Command, answered: Sequence[Command], image: Processes) -> bool:
    """Whether a README's command is another use of a program that it gives an address with: `shop` of `shop -w`."""
    if command.origin is not Origin.README or command in answered:
        return False
    contained = image.contained(command)
    if contained is None or contained.argv[0] not in image.console_scripts:
        return False
    programs = (other.argv[0] for one in answered if (other := image.contained(one)))
    return contained.argv[0] in programs


def _is_kept_running(told: Iterable[Command], image: Processes) -> bool:
    """Whether units, or programs of supervisor, keep just one process running that may serve, of a program of the
    application."""
    kept = (image.contained(command) for command in told if command.evidence.rule in _KEEPERS_OF_PROCESSES)
    webs = [one for one in kept if one is not None and one.kind == "web"]
    return len(webs) == 1 and not webs[0].development and image.is_own(webs[0])


def _is_served(command: Command, image: Processes) -> bool:
    """Whether a process file of the application starts a known server by this command, if it is one for developers, or that
    of a platform names it as what gets the requests."""
    contained = image.contained(command) if command.origin is Origin.RUNNING else None
    if contained is not None and command.evidence.rule in _OF_PLATFORMS and command.service == "web":
        return not contained.development
    server = image.servers.server(contained.argv) if contained else None
    known = server is not None and server.kind == "web"
    return contained is not None and (known or contained.development) and command.evidence.rule not in _CONTAINER_FILES


def _is_beside_server(command: Command, contained: ContainerCommand, image: Processes) -> bool:
    """Whether a unit or a program of supervisor is one more process of an application that a known server serves: `inv
    process-mail`, and not a script that its language runs, which may be a server of its own."""
    own = image.servers.programs.get(image.stack.language, ())
    told = command.evidence.rule in _KEEPERS_OF_PROCESSES and not contained.development
    return told and not image.servers.server(contained.argv) and contained.argv[0] not in own


def _is_any_script(command: Command, contained: ContainerCommand) -> bool:
    """Whether only the sentence around it makes a start of a script of the source, `bin/rename-project shop`, or of what a
    module does, `python -m shop init`."""
    if command.evidence.rule not in _TOLD_BY_PROSE:
        return False
    script = contained.argv[0]
    does = contained.argv[3] if contained.argv[:2] == ("python", "-m") and len(contained.argv) > 3 else ""
    if re.fullmatch(r"[a-z][a-z_-]+", does):
        return not _STARTS.search(does)
    return named_by_path(script) and not _STARTS.search(script.rpartition("/")[2])


def same_process(one: ContainerCommand, other: ContainerCommand, image: Processes) -> bool:
    """The same command however it is written, with a file of settings or without, or the same application given to a server
    twice: under other options, or to another server."""
    if image.servers.task(one.argv) == image.servers.task(other.argv) or programs_of(one.argv, image) & programs_of(
        other.argv, image
    ):
        return True
    shorter, longer = sorted((one.argv, other.argv), key=len)
    told = longer[len(shorter) :] if longer[: len(shorter)] == shorter else ()
    if len(told) in (1, 2) and _SETTINGS_OPTION.match(told[0]):
        return True
    if one.argv[0].startswith(f"{APP_FOLDER}/") and _without_address(one.argv) == _without_address(other.argv):
        return True
    servers = [image.servers.server(command.argv) for command in (one, other)]
    if one.kind != other.kind or None in servers:
        return False
    if one.kind != "web":
        return servers[0] == servers[1] and _samework_of(one.argv, other.argv, servers[0])
    named = [{word for word in command.argv[1:] if _APPLICATION.fullmatch(word)} for command in (one, other)]
    return bool(named[0] & named[1])


def _without_address(argv: tuple[str, ...]) -> list[str]:
    """A command without what tells its program where to listen."""
    kept: list[str] = []
    words = list(argv)
    while words:
        word = words.pop(0)
        name, equals, _ = word.partition("=")
        if not _ADDRESS_OPTION.fullmatch(name):
            kept.append(word)
        elif not equals and words and not words[0].startswith("-"):
            words.pop(0)
    return kept


def _samework_of(one: tuple[str, ...], other: tuple[str, ...], server: Server | None) -> bool:
    """Whether two commands of a worker agree in the options that tell its processes apart."""
    if server is None or not server.tells_apart:
        return False
    return all(server.option(one, name) == server.option(other, name) for name in server.tells_apart)


def _runs_module(contained: ContainerCommand, entry_points: Mapping[str, str]) -> bool:
    """`python app.py` where app.py holds the WSGI application: its own small server, for developers."""
    if contained.argv[:1] != ("python",) or len(contained.argv) != 2:
        return False
    module = contained.argv[1].removeprefix("./").removesuffix(".py").replace("/", ".")
    return any(entry_points.get(kind, "").split(":")[0] == module for kind in ("wsgi", "asgi"))
