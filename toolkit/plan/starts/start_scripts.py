"""What scripts and tasks of the application start: the servers and workers in them, one command each."""

import posixpath
import re
from collections.abc import Iterable, Iterator
from dataclasses import replace

from toolkit.facts.model import Command, Mode, Role
from toolkit.facts.npm_scripts import RUNNERS, script_called, without_variables
from toolkit.facts.shell import parse
from toolkit.facts.shell_command import SimpleCommand, is_assignment
from toolkit.facts.uwsgi import with_application
from toolkit.inventory.paths import joined
from toolkit.inventory.source_tree import SourceFile
from toolkit.plan.app_folder import in_source
from toolkit.plan.starts.commands import ContainerCommand, container_command
from toolkit.plan.starts.expansions import assigned, in_own_folder, needs_expansion, of_environment
from toolkit.plan.starts.processes import Processes

_ASKS_THIS_HOST = re.compile(
    r"^[^#\n]{0,200}\b(?:curl|wget)\b[^\n]{0,400}\b(?:localhost|127\.0\.0\.1)[:/]", re.MULTILINE
)
_OF_A_SHELL = re.compile(r"#!\s{0,9}\S{0,60}\b(?:ba|da|k|z)?sh\b|#!/usr/bin/env (?:ba|da|k|z)?sh\b")

_FOR_START = (
    (re.compile(r"^(?:function[ \t]{1,9})?(?:do_)?start[ \t]{0,9}(?:\([ \t]{0,9}\))?\s{0,9}\{", re.MULTILINE), re.compile(r"^\}", re.MULTILINE)),
    (re.compile(r"^[ \t]{0,40}\(?['\"]?start['\"]?(?:\|[\w'\"|-]{1,60})?\)", re.MULTILINE), re.compile(";;")),
)  # fmt: skip

# Lines that only decide whether the others are run.
_CONTROL = re.compile(
    r"^[ \t]{0,40}(?:(?:if|elif|while|until|for)\b[^\n]{0,400}|then|else|fi|do|done)[ \t;]{0,9}$", re.MULTILINE
)


def started_by_scripts(commands: Iterable[Command], image: Processes) -> Iterator[Command]:
    """The commands, with those that run a script of the application replaced by the servers and workers that it
    starts, one command each: a script that starts two processes is two services. One that installs the application first is
    not what the image starts, which is installed."""
    for command in commands:
        started = [with_application(found, image.tree) for found in _started_by(command, image)]
        yield from started or ([] if _installs(command, image) else [command])


def _installs(command: Command, image: Processes) -> bool:
    script = command.argv[-1] if command.argv else ""
    file = image.tree.read(posixpath.normpath(posixpath.join(image.image.directory, script)))
    scripts = {step[1] for step in image.image.install_after_source if len(step) == 2 and step[0] in ("sh", "bash")}
    return file is not None and any(simple.words[:1] and simple.words[0] in scripts for simple in parse(file.text))


def started_by_tasks(image: Processes) -> Iterator[Command]:
    """Tasks of Python's task runners that start a known server or worker, as commands; the servers are developers'."""
    for entry in image.points("python_task"):
        argv = image.scripts.get(entry.value, ())
        command = container_command(argv, image.servers, image.home) if argv else None
        if command and image.servers.server(command.argv):
            mode = Mode.DEVELOPMENT if command.kind == "web" else Mode.PRODUCTION
            yield Command(
                text=entry.detail,
                role=Role.START,
                argv=argv,
                mode=mode,
                evidence=entry.evidence,
                origin=entry.origin,
            )


def works_from_outside(argv: tuple[str, ...], image: Processes) -> bool:
    """Whether a shell script of the source calls what reaches into containers, as `oc exec` does."""
    file = _shell_script(argv, image)
    return file is not None and any(
        simple.words[:1] != () and simple.words[0] in image.servers.cluster_programs for simple in parse(file.text)
    )


def only_prepares(argv: tuple[str, ...], image: Processes) -> bool:
    """Whether a shell script of the source runs nothing but programs that are soon done, as one that makes certificates."""
    script = _script_told(argv, image)
    words = [without_variables(simple.words)[:1] for simple in parse(script[0].text)] if script else []
    ending = image.servers.ending_programs
    return any(words) and all(word in ending for first in words for word in first)


def asks_this_host(argv: tuple[str, ...], image: Processes) -> bool:
    """Whether a shell script of the source sends requests to a server beside it, as an index that it sets up."""
    file = _shell_script(argv, image)
    return file is not None and _ASKS_THIS_HOST.search(file.text) is not None


def _shell_script(argv: tuple[str, ...], image: Processes) -> SourceFile | None:
    file = image.tree.read(posixpath.normpath(posixpath.join(image.image.directory, in_source(argv[0]))))
    return file if file and _is_of_a_shell(file) else None


def _is_of_a_shell(file: SourceFile) -> bool:
    return file.path.endswith(".sh") or _OF_A_SHELL.match(file.text) is not None


def left_in_background(argv: tuple[str, ...], image: Processes) -> tuple[str, ...]:
    """The one program that a script of the application leaves in the background, as the container runs it; () for another
    command."""
    script = _script_told(argv, image)
    started = [(simple, contained) for _, simple, contained in _started_in(*script, image)] if script else []
    return started[0][1].argv if len(started) == 1 and started[0][0].background else ()


def _started_by(command: Command, image: Processes) -> Iterator[Command]:
    script = _script_told(image.scripts.get(script_called(command.argv), command.argv), image)
    if script is None:
        return
    for argv, simple, contained in _started_in(*script, image):
        place = script[0].at(simple.first_line, simple.last_line, rule="start-script")
        service = command.service if contained.kind == "web" else ""
        yield replace(command, text=simple.text, argv=argv, service=service, evidence=place)


def _script_told(argv: tuple[str, ...], image: Processes) -> tuple[SourceFile, tuple[str, ...]] | None:
    """A script of the application that a command runs, or one at the top of the tree that lies around it; and what it is
    told."""
    words = argv[1:] if argv[:1] in (("sh",), ("bash",)) else argv
    path = words[0].removeprefix("./") if words else ""
    named = path.endswith(".sh") or ("/" in path and "." not in path)
    places = (joined(image.image.directory, path).lstrip("/"), path) if named else ()
    file = next(filter(None, map(image.tree.read, places)), None)
    if file is None or not (_is_of_a_shell(file) or not file.text.startswith("#!")):
        return None
    return file, words[1:]


def _started_in(
    file: SourceFile, told: tuple[str, ...], image: Processes
) -> Iterator[tuple[tuple[str, ...], SimpleCommand, ContainerCommand]]:
    """The servers and workers that a script starts, as they are written and as the container runs them."""
    commands = _done_by(file, told)
    for simple in commands:
        words = in_own_folder(assigned(of_environment(simple.words), file.text), file.text)
        argv = tuple(word for word in words if not is_assignment(word))
        if not argv or needs_expansion(argv):
            continue
        contained = image.in_container(image.from_above(argv))
        becomes = simple is commands[-1] or simple.text.lstrip().startswith("exec ")
        # What is named like a worker, and ends before the next line is read, only prepares.
        goes_on = becomes or simple.background
        if contained and (
            image.servers.server(contained.argv)
            or (contained.kind != "web" and goes_on)
            or (goes_on and _starts(contained, image))
        ):
            yield argv, simple, contained


def _done_by(file: SourceFile, told: tuple[str, ...]) -> tuple[SimpleCommand, ...]:
    """The commands of a script that is told nothing; of one that is told `start`, as scripts of init are, those of its
    function of that name or its branch for it: they leave the application in the background, and a container is to run it
    itself."""
    if not told:
        return parse(file.text)
    for begin, end in _FOR_START if told == ("start",) else ():
        if (match := begin.search(file.text)) and (last := end.search(file.text, match.end())):
            body = _CONTROL.sub(lambda line: " " * len(line[0]), file.text[match.end() : last.start()])
            return parse(body, file.line_of(match.end()))
    return ()


def _starts(contained: ContainerCommand, image: Processes) -> bool:
    """Whether the line with which a script ends starts the application: `exec node server.js`, `npm start`."""
    program, *rest = contained.argv
    if program in RUNNERS:
        return rest[-1:] == ["start"]
    return bool(rest) and image.is_own(contained) and image.files.has(rest[0])
