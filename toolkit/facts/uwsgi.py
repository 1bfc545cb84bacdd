"""Commands of uWSGI that leave it to a configuration file which application they serve: an image has no /etc/uwsgi.

What the file says of the application is told to the command itself; sockets, users, folders and logs are the host's.
https://uwsgi-docs.readthedocs.io/en/latest/Configuration.html, https://uwsgi-docs.readthedocs.io/en/latest/Emperor.html
(reviewed 2026-11-21)
"""

import posixpath
import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from toolkit.facts.manifests.formats import ini_entries
from toolkit.facts.model import Command, ConfigFile, Facts, Role
from toolkit.inventory.source_tree import SourceFile, SourceTree

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
_LONGEST = 300  # characters of a value with its placeholders filled
# What is only known where it runs: a variable, or a part of the file's own place.
_OF_HOST = re.compile(r"\$\(|%\w|@\(")


def named_applications(tree: SourceTree, facts: Facts) -> Facts:
    """The facts, in which commands of uWSGI name the application that their file names. One whose file is neither in the
    source nor written by operators, or names what is not there, says nothing of a container."""
    written = frozenset(posixpath.normpath(fact.path) for fact in facts.facts if isinstance(fact, ConfigFile))
    return replace(
        facts, facts=tuple(_named(fact, tree, written) if isinstance(fact, Command) else fact for fact in facts.facts)
    )


def _named(command: Command, tree: SourceTree, written: frozenset[str]) -> Command:
    if command.role is not Role.START or PurePosixPath(next(iter(command.argv), "")).name not in _PROGRAMS:
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
    modules = (f"/{path}.py", f"/{path}/__init__.py")
    return value if path and any(f"/{known}".endswith(modules) for known in tree.paths) else ""
