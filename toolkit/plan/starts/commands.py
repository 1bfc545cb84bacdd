"""Start commands: what was typed on a host, as a container runs it."""

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from itertools import dropwhile, zip_longest
from pathlib import PurePosixPath

from toolkit.catalog.servers import Server, Servers
from toolkit.facts.npm_scripts import run_script, script_called
from toolkit.facts.shell_command import is_assignment
from toolkit.plan.app_folder import USERS_HOME, moved

_LOOPBACK = re.compile(r"^(?:127\.0\.0\.1|localhost|\[?::1\]?)(?=:\d{1,5}$|$)")
_VERSIONED = re.compile(r"(java|lua|node|perl|php|pip|python|ruby)-?\d[\d.]*")
_LANGUAGES = frozenset({"java", "node", "perl", "php", "python", "ruby"})
_MODULE_PROGRAMS = frozenset(
    {"gunicorn", "uvicorn", "hypercorn", "celery", "daphne", "waitress", "flask", "rq", "dramatiq"}
)
# How programs are told to go on in the background, where they have no table of their own.
_TO_BACKGROUND = frozenset({"--daemon", "--daemonise", "--daemonize", "--detach", "--background"})
# Programs that run a task of pyproject.toml by its name.
_TASK_RUNNERS = frozenset({"poe", "task"})
# What is told to run in another folder than the one it is told in.
_OF_ANOTHER_FOLDER = re.compile(r"(?:^|\s)(?:cd|--prefix|--cwd|--dir|-C)[\s=]")
_LEFT_OPEN = re.compile(r"(?:[A-Z]{2,20}_){0,3}(?:ADDRESS|CONFIG|DIR|DIRECTORY|FILE|FILENAME|HOST|PATH|PORT)")
_HOME = re.compile(r"^(?:~|\$HOME|\$\{HOME\})/")
# Where systems keep programs: a path below one of these names a program of the image, not a file of the application.
_PROGRAM_FOLDERS = ("/usr/", "/bin/", "/sbin/", "/opt/java", "/opt/jdk")


@dataclass(frozen=True, slots=True)
class ContainerCommand:
    """A command in exec form with `{port}` still in it, and what it is. `development`: a server for developers only."""

    argv: tuple[str, ...]
    kind: str
    development: bool = False


def container_command(
    argv: tuple[str, ...], servers: Servers, home: str = "", scripts: dict[str, tuple[str, ...]] | None = None
) -> ContainerCommand | None:
    """The command for a container, or None when nothing of the application is left in it.

    `home` is the folder where the application lay on the host, so that its paths become paths below /app; `scripts` are
    npm scripts and tasks of Python's task runners that are one plain command each.
    """
    words = _unwrapped(argv, servers)
    if not words:
        return None
    words = (moved(words[0], home), *(_path(word, home) for word in _filled_in(words[1:])))
    for _ in range(3):  # `npm start` may be `concurrently "npm run server" …`, and that script `pm2 start app.js`
        words = _server_of_several(words, servers, scripts or {})
        if words[0] in servers.process_managers:
            managed = _managed(words, servers)
            if managed is None:
                return None
            words = (_program(managed[0], servers), *managed[1:])
        words = _script(words, scripts or {})
    if words[0] in servers.process_managers:
        return None
    # `./entrypoint.sh ./manage.py runserver`: a script that ends by becoming what stands behind it.
    behind = _unwrapped(words[1:], servers) if words[0].endswith(".sh") else ()
    given = (scripts or {}).get(
        run_script(words)[0], ()
    )  # `npm start -- --project pages` is what the script says, and more
    development = any(map(servers.for_developers, (words, behind, given)))
    server = servers.server(words)
    if server and server.instead:
        named = [word for word in words[len(server.program) :] if ".ini" in word and not word.startswith("-")]
        words = (*server.instead, *named[:1])
        server = servers.server(words) if named else None
        if server is None:
            return None
    if server and server.needs_application and len(words) == len(server.program):
        return None  # its name in a sentence, and no command
    kept, own = servers.split(words)
    kind = _kind(words, server, servers)
    own = (
        _for_container(own, server)
        if server
        else on_all_interfaces(own, servers.host_options)
        if kind == "web"
        else own
    )
    if server is None:
        own = tuple(word for word in own if word not in _TO_BACKGROUND)  # what leaves the container ends it
    return ContainerCommand(servers.as_of_today((*kept, *own)), kind, development)


def as_last_resort(argv: tuple[str, ...], servers: Servers) -> tuple[str, ...]:
    """A server for developers as a container runs it where nothing else starts the application."""
    server = next((one for one in servers.developers_servers if argv[: len(one.program)] == one.program), None)
    return _for_container(argv, server) if server else argv


def _unwrapped(argv: tuple[str, ...], servers: Servers) -> tuple[str, ...]:
    words = list(argv)
    while words:
        if _program(words[0], servers) in (*servers.wrappers, "env") or is_assignment(words[0]):
            words.pop(0)
        elif runner := next(
            (r for r in servers.runners if tuple(words[: len(r)]) == r and r[0] not in servers.keep_runners), None
        ):
            del words[: len(runner)]
        else:
            break
    if words:
        words[0] = _program(words[0], servers)
        if words[0] == "python" and words[1:2] == ["-m"] and words[2:3] and words[2] in _MODULE_PROGRAMS:
            words = ["waitress-serve" if words[2] == "waitress" else words[2], *words[3:]]
        elif words[0] == "celery" and "multi" in words[:-1]:
            words = _one_worker(words)
        elif PurePosixPath(words[0]).name == "manage.py" or words[:2] == ["python", "./manage.py"]:
            words = ["python", "manage.py", *words[2 if words[0] == "python" else 1 :]]
    return tuple(words)


def _filled_in(words: tuple[str, ...]) -> Iterator[str]:
    """The words behind a program without options whose value is left to whoever types it: `-c CONFIGURATION_FILE`."""
    for word, following in zip_longest(words, words[1:], fillvalue=""):
        left_open = _LEFT_OPEN.fullmatch(word.partition("=")[2] if word.startswith("-") else word)
        if not left_open and not (word.startswith("-") and "=" not in word and _LEFT_OPEN.fullmatch(following)):
            yield word


def _one_worker(words: list[str]) -> list[str]:
    """`celery multi start w1 w2 -A shop`, which leaves workers in the background, as the one that a container is.
    https://docs.celeryq.dev/en/stable/reference/celery.bin.multi.html (2026-11-22)"""
    place = words.index("multi")
    options = list(dropwhile(lambda word: not word.startswith("-"), words[place + 2 :]))
    for name in ("-A", "--app"):  # before the command, where Celery 5 wants it
        if name in options[:-1]:
            at = options.index(name)
            return [*words[:place], *options[at : at + 2], "worker", *options[:at], *options[at + 2 :]]
    return [*words[:place], "worker", *options]


def _program(word: str, servers: Servers) -> str:
    """`/srv/app/venv/bin/gunicorn` and `/usr/bin/java` by their names, as `bin/gunicorn` of an environment that was made
    around the application, and a language's own program wherever it lay; a script of the application keeps its path."""
    path = PurePosixPath(word)
    # An environment has any name, and `pip install --user` puts programs into ~/.local/bin.
    around = path.parts[-2:-1] == ("bin",) and path.name in servers.programs.get("python", ())
    around = around and (path.is_absolute() or len(path.parts) == 2)
    if (
        around
        or (path.is_absolute() and without_version(path.name) in _LANGUAGES)
        or word.startswith(_PROGRAM_FOLDERS)
        or ("bin" in path.parts[:-1] and any("env" in part for part in path.parts[:-1]))
    ):
        word = path.name
    return without_version(word)


def without_version(program: str) -> str:
    """The name that an image has a program by: `python` for python3.9, `php` for php-8.2."""
    match = _VERSIONED.fullmatch(program)
    return match[1] if match else program


def _path(word: str, home: str) -> str:
    """A path below the application's folder on the host as it is in the image, also behind `--option=`; what lies in the
    home folder of whoever typed it lies in the home of the image's user."""
    option, equals, value = word.rpartition("=") if word.startswith("-") else ("", "", word)
    return option + equals + _HOME.sub(f"{USERS_HOME}/", moved(value, home))


def _managed(words: tuple[str, ...], servers: Servers) -> tuple[str, ...] | None:
    """What a process manager is told to run."""
    manager = servers.process_managers[words[0]]
    if manager.reads_procfile:
        return None
    rest = list(words[1:])
    if manager.start_word:
        if manager.start_word in rest:
            rest = rest[rest.index(manager.start_word) + 1 :]
        elif not manager.start_word_optional:
            return None
    own: list[str] = []
    program: list[str] = []
    interpreter = ""
    while rest:
        word = rest.pop(0)
        if word in manager.interpreter_options and rest:
            interpreter = without_version(PurePosixPath(rest.pop(0)).name)
            continue
        if word in manager.program_options and rest:
            program = rest.pop(0).split()
            continue
        if word == "--":
            own += rest
            break
        if word.startswith("//"):
            break  # a remark as in the language that the program is written in
        if word in manager.options_with_value:
            rest[:1] = []
        elif not word.startswith("-") or program:
            own.append(word)
    if program:
        return (*program, *own)
    if not own or own[0].endswith((".json", ".config.js", ".config.cjs", ".yml", ".yaml")):
        return None  # the programs stand in that file, which is read as such
    own[:1] = own[0].split()  # `pm2 start "npm run serve"`
    if any(own[0] in programs for programs in servers.programs.values()):
        return tuple(own)
    # Both nodemon and pm2 know TypeScript by the file's ending:
    # https://github.com/remy/nodemon#executing-other-languages, https://pm2.keymetrics.io/docs/tutorials/using-transpilers-with-pm2
    usual = "ts-node" if own[0].endswith((".ts", ".tsx")) else "node"
    return tuple(own) if interpreter == "none" else (interpreter or usual, *own)


def _server_of_several(
    words: tuple[str, ...], servers: Servers, scripts: dict[str, tuple[str, ...]]
) -> tuple[str, ...]:
    """Of commands that developers start side by side, `concurrently "npm run server" "npm run client"`, the one that is
    the server's own: not what shows pages of another folder, or only developers run."""
    if words[0] not in servers.side_by_side:
        return words
    named = [word for word in words[1:] if not word.startswith("-")]
    if servers.side_by_side[words[0]] == "scripts":
        named = [f"npm run {name}" for name in named]
    for text in named:
        argv = tuple(text.split())
        elsewhere = _OF_ANOTHER_FOLDER.search(text) or "&" in text
        command = container_command(argv, servers, "", scripts) if argv and not elsewhere else None
        if command and not command.development and command.argv[0] == "node":
            return command.argv
    return words


def _script(words: tuple[str, ...], scripts: dict[str, tuple[str, ...]]) -> tuple[str, ...]:
    """`npm start` is what the script says, when that is one plain command: signals then reach it directly. So is `task web`,
    and a task of Pipenv's or PDM's, whose `run` is taken off by now."""
    task = words[1:] if words[0] in _TASK_RUNNERS else words
    if len(task) == 1 and task[0] in scripts:
        return scripts[task[0]]
    for _ in range(3):
        script = script_called(words)
        if script not in scripts:
            break
        words = scripts[script]
    return words


def on_all_interfaces(words: tuple[str, ...], options: Collection[str]) -> tuple[str, ...]:
    """`--host 127.0.0.1` and `--listen=localhost:8080` with the address that is reached from outside the container."""
    found: list[str] = []
    for word in words:
        option, equals, value = word.partition("=")
        if option in options and equals:
            found.append(f"{option}={_LOOPBACK.sub('0.0.0.0', value)}")
        else:
            found.append(_LOOPBACK.sub("0.0.0.0", word) if found and found[-1] in options else word)
    return tuple(found)


def _for_container(words: tuple[str, ...], server: Server) -> tuple[str, ...]:
    wanted = dict(server.set)
    for word, options in server.set_with.items():
        if word in words:
            wanted |= options
    start = len(server.program)
    kept: list[str] = []
    rest = list(words[start:])
    while rest:
        word = rest.pop(0)
        name, equals, _ = word.partition("=")
        name = server.aliases.get(name, name)
        if len(word) > 2 and word[0] == "-" and word[1] != "-" and word[:2] in server.aliases:
            name, equals = server.aliases[word[:2]], "="  # -b127.0.0.1:8000
        if name in server.drop_flags:
            continue
        if name in server.drop_options or name in wanted:
            if not equals:
                rest[:1] = []
            continue
        kept.append(word)
    pieces = ((f"{name}={value}",) if server.joined else (name, value) for name, value in wanted.items())
    added = [piece for pair in pieces for piece in pair]
    added += [flag for flag in server.add_flags if flag not in kept]
    if server.positional:
        return (*words[:start], *added, *kept)
    return (*words[:start], *kept, *added)


def _kind(words: tuple[str, ...], server: Server | None, servers: Servers) -> str:
    telling = (word for word in words if not word.startswith("--workers"))  # how many a web server has
    pieces = {piece for word in telling for piece in re.split(r"[^a-z_]+", word.lower()) if piece}
    pieces |= set(words[0].lower().split("_"))  # shop_worker
    if pieces & set(servers.kinds.get("scheduler", ())) and "--beat" not in words and "-B" not in words:
        return "scheduler"
    if server is not None and server.kind != "web":
        return server.kind
    if (server is None or server.kind == "web") and servers.subcommand(words):
        return "worker"
    if (server is None or not server.set) and pieces & set(servers.kinds.get("worker", ())):
        return "worker"
    return "web"
