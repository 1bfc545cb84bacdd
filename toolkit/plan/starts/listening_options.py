"""Programs of the application that listen on the loopback address unless an option tells them otherwise."""

import shlex

from toolkit.plan.starts.commands import on_all_interfaces
from toolkit.plan.starts.processes import Processes


def with_listening_option(argv: tuple[str, ...], image: Processes) -> tuple[str, ...]:
    """The command, told to listen where it is reached from outside the container."""
    program, first = _program(argv, image)
    for point in image.points("listening_option"):
        if point.value not in program:
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
    return (word, image.files.place(word)), first
