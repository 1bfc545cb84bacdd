"""Commands of uWSGI that leave it to a configuration file which application they serve: an image has no /etc/uwsgi.

What the file says of the application is told to the command itself; sockets, users, folders and logs are the host's.
https://uwsgi-docs.readthedocs.io/en/latest/Configuration.html, https://uwsgi-docs.readthedocs.io/en/latest/Emperor.html
(reviewed 2026-11-21)
"""

import posixpath
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import PurePosixPath

from toolkit.facts.manifests.formats import ini_entries
from toolkit.facts.manifests.python_syntax import module_files
from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import Command, ConfigFile, Fact, Facts, Origin, Port, Role
from toolkit.inventory.source_tree import SourceFile, SourceTree

RULE = "uwsgi-file"
# Debian's packages have a program for each plug-in: https://packages.debian.org/bookworm/uwsgi-plugin-python3
_PROGRAMS = frozenset({"uwsgi", "uwsgi_python", "uwsgi_python3"})
_NAMES_FILE = frozenset({"--emperor", "--ini", "--ini-paste", "--ini-paste-logged", "--paste"})
_MODULES, _FILES = ("module", "wsgi"), ("wsgi-file", "file")
_SWITCHES = frozenset({"enable-threads", "lazy-apps", "master", "single-interpreter"})
_OFF = frozenset({"false", "0", "no", "off"})
_WITH_VALUE = frozenset(
    {
        *_MODULES, *_FILES, "buffer-size", "cache2", "callable", "env", "gevent", "harakiri", "max-requests", "post-buffering",
        "processes", "threads", "workers",
    }
)  # fmt: skip
_PLACEHOLDER = re.compile(r"%\(([\w-]{1,60})\)")
_PORT = re.compile(r":(\d{2,5})$")
_LONGEST = 300  # characters of a value with its placeholders filled
# What is only known where it runs: a variable, or a part of the file's own place.
_OF_HOST = re.compile(r"\$\(|%\w|@\(")


def named_applications(tree: SourceTree, facts: Facts) -> Facts:
    """The facts, in which commands of uWSGI name the application that their file names. One whose file is neither in the
    source nor written by operators, or names what is not there, says nothing of a container."""
    written = frozenset(posixpath.normpath(fact.path) for fact in facts.facts if isinstance(fact, ConfigFile))
    known = [_named(fact, tree, written) if isinstance(fact, Command) else fact for fact in facts.facts]
    served = any(isinstance(fact, Command) and fact.role is Role.START and _is_uwsgi(fact) for fact in known)
    return replace(facts, facts=(*known, *(() if served else _beside_applications(tree))))


def _is_uwsgi(command: Command) -> bool:
    return PurePosixPath(next(iter(command.argv), "")).name in _PROGRAMS


def _beside_applications(tree: SourceTree) -> Iterator[Fact]:
    """What a file says that lies beside the application which it names, where nothing tells the command: with it, it runs
    somewhere."""
    for file in _emperors(tree):
        entries = {entry.key: entry for entry in ini_entries(file) if entry.section == "uwsgi"}
        named = next((entries[key] for key in (*_MODULES, *_FILES) if key in entries), None)
        options = _options(file, tree)
        if not named or not _lies_beside(file, options, tree):
            continue
        place = file.at(named.line, rule=RULE)
        # The release steps need them, too.
        told = [value.partition("=") for option, value in pairwise(options) if option == "--env" and "=" in value]
        yield from filter(None, (variable(name, value, place) for name, _, value in told))
        command = ("uwsgi", *options)
        yield Command(
            text=shlex.join(command),
            argv=command,
            role=Role.START,
            directory=file.directory,
            evidence=place,
            origin=Origin.RUNNING,
            confidence=0.8,
        )
        for entry in (entries[key] for key in ("http", "http-socket") if key in entries):
            if match := _PORT.search(entry.value):
                place = file.at(entry.line, rule=RULE)
                yield Port(number=int(match[1]), directory=file.directory, evidence=place, origin=Origin.RUNNING)


def _lies_beside(file: SourceFile, options: Sequence[str], tree: SourceTree) -> bool:
    """Whether the application that a file names is below the file's own folder."""
    told = {option.removeprefix("--"): value for option, value in pairwise(options)}
    path = next((told[key].removesuffix(".py") for key in _FILES if key in told), "")
    path = path or next((told[key].split(":")[0].replace(".", "/") for key in _MODULES if key in told), "/")
    path = posixpath.join(file.directory, path)
    return any(module in tree for module in module_files(path))


def with_application(command: Command, tree: SourceTree) -> Command:
    """A command that a script of the source runs, which names the application that its file names where that is known."""
    named = _named(command, tree, frozenset())
    return named if named.role is command.role else command


def _named(command: Command, tree: SourceTree, written: frozenset[str]) -> Command:
    if command.role is not Role.START or not _is_uwsgi(command):
        return command
    words, named, is_emperor = _without_file(command.argv)
    if not named:
        return command
    files = _emperors(tree) if is_emperor else _called(named, tree)
    options = [found for file in files if (found := _options(file, tree))]
    if len(options) == 1:
        return replace(command, argv=(*words, *options[0]))
    if not is_emperor and (files or posixpath.normpath(named) in written):
        return command  # it may serve what is not written in Python
    return replace(command, role=Role.HOST)


def _without_file(argv: tuple[str, ...]) -> tuple[list[str], str, bool]:
    """The words but for those that name a file, its name, and whether it is a folder of files."""
    words, named, is_emperor = list(argv[:1]), "", False
    rest = list(argv[1:])
    while rest:
        option, equals, value = rest.pop(0).partition("=")
        if option in _NAMES_FILE and (equals or rest):
            named, is_emperor = value if equals else rest.pop(0), option == "--emperor"
            named = named.removeprefix("config:")  # as PasteDeploy writes it
        elif option.endswith(".ini") and not equals and not option.startswith("-"):
            named = option
        else:
            words.append(option + equals + value)
    return words, named, is_emperor


def _emperors(tree: SourceTree) -> list[SourceFile]:
    return [file for file in tree.read_all("*.ini") if "[uwsgi]" in file.text]


def _called(named: str, tree: SourceTree) -> list[SourceFile]:
    """The file of this path, else the outermost of this name: the host's is a copy of one."""
    if file := tree.read(posixpath.normpath(named)):
        return [file]
    files = [file for file in _emperors(tree) if file.name == PurePosixPath(named).name]
    outermost = min((file.path.count("/") for file in files), default=0)
    return [file for file in files if file.path.count("/") == outermost]


def _options(file: SourceFile, tree: SourceTree) -> tuple[str, ...]:
    """What the file says of the application, as options; () where the source does not have the application."""
    entries = [entry for entry in ini_entries(file) if entry.section == "uwsgi"]
    known = {entry.key: entry.value for entry in entries}
    options: list[str] = []
    found = False
    for entry in entries:
        value = _filled(entry.value, known)
        if entry.key in (*_MODULES, *_FILES):
            value = _in_source(entry.key, value, tree)
            found = found or bool(value)
        if entry.key in _SWITCHES and value.lower() not in _OFF:
            options.append(f"--{entry.key}")
        elif entry.key in _WITH_VALUE and value:
            options += [f"--{entry.key}", value]
    return tuple(options) if found else ()


def _filled(value: str, known: Mapping[str, str]) -> str:
    """A value with the file's own placeholders filled; empty for one that only the host knows."""
    for _ in range(5):
        if len(value) > _LONGEST or not _PLACEHOLDER.search(value):
            break
        value = _PLACEHOLDER.sub(lambda match: known.get(match[1], "$()"), value)
    return "" if len(value) > _LONGEST or _OF_HOST.search(value) or not value.isprintable() else value.strip()


def _in_source(key: str, value: str, tree: SourceTree) -> str:
    """The application as the file names it, a script by its path in the source; empty where the source has no such one."""
    if key in _FILES:
        places = [path for path in tree.paths if f"/{value}".endswith(f"/{path}")]
        return max(places, key=len, default="")
    path = value.split(":")[0].replace(".", "/")
    return value if path and any(f"/{known}".endswith(module_files(f"/{path}")) for known in tree.paths) else ""
