"""Programs of the application that listen on the loopback address unless an option tells them otherwise."""

import posixpath
import shlex

from toolkit.facts.model import EntryPoint
from toolkit.plan.app_folder import in_source
from toolkit.plan.ranking import of_type
from toolkit.plan.starts.commands import on_all_interfaces
from toolkit.plan.starts.processes import Processes


def with_listening_option(argv: tuple[str, ...], image: Processes) -> tuple[str, ...]:
    """The command, told to listen where it is reached from outside the container."""
    program, first = _program(argv, image)
    for point in of_type(image.facts, EntryPoint):
        if point.kind != "listening_option" or point.value not in program or not image.belongs(point):
            continue
        words = shlex.split(point.detail)
        names = [word for word in words if word.startswith("-")]
        if any(word.partition("=")[0] in names for word in argv[first:]):
            return on_all_interfaces(argv, names)
        place = first
        if words[0] not in names:  # an option of one command
            place = argv.index(words[0], first) + 1 if words[0] in argv[first:] else 0
        if place:
            return (*argv[:place], names[0], "0.0.0.0", *argv[place:])
    return argv


def _program(argv: tuple[str, ...], image: Processes) -> tuple[tuple[str, ...], int]:
    """What a command may call the application's program by, and where that is told its own words."""
    first = 1 + (argv[:1] == ("python",)) + (argv[:2] == ("python", "-m"))
    word = "".join(argv[first - 1 : first])
    path = posixpath.join(image.image.directory, image.image.workdir, in_source(word))
    return (word, posixpath.normpath(path)), first
