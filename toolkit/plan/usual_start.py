"""How an application starts where no command of its operators says it: by its own code, or as its stack does."""

import posixpath
import re
import shlex

from toolkit.facts.model import Dependency, EntryPoint
from toolkit.plan.commands import container_command
from toolkit.plan.processes import Processes, home_of
from toolkit.plan.ranking import of_type

_PLAINLY, _PROBABLY = 0.9, 0.7


def usual_start(image: Processes) -> tuple[str, ...]:
    """The application's own server where its code plainly is one, else the stack's start command; () when an entry
    point that it needs is not known."""
    for entry in of_type(image.facts, EntryPoint):
        if entry.kind == "python_script" and entry.confidence >= _PLAINLY and image.belongs(entry):
            return ("python", entry.value)
    for kind, argv in image.stack.start_from.items():
        if kind in image.entry_points:
            return _directly(with_entry_points(argv, image), image)
    listed = {d.name for d in of_type(image.facts, Dependency) if not d.development and image.belongs(d)}
    serving = next((argv for library, argv in image.stack.start_with.items() if library in listed), ())
    argv = with_entry_points(serving or image.stack.start, image)
    return argv if argv != ("npm", "start") or _npm_starts(image) else ()


def serving_script(image: Processes) -> tuple[str, ...]:
    """How the script that most probably starts a server is run, where nothing is told; () where there is none."""
    kinds = ("python_module", "python_script")
    scripts = (e for e in of_type(image.facts, EntryPoint) if e.kind in kinds and image.belongs(e))
    serves = max((e for e in scripts if e.confidence >= _PROBABLY), key=lambda e: e.confidence, default=None)
    if serves is None:
        return ()
    return ("python", "-m", serves.value) if serves.kind == "python_module" else ("python", serves.value)


def with_entry_points(argv: tuple[str, ...], image: Processes) -> tuple[str, ...]:
    """Placeholders replaced by entry points, `{port}` kept; () when one is not known."""
    filled = []
    for word in argv:
        for kind in re.findall(r"\{(\w+)\}", word):
            if kind != "port" and kind not in image.entry_points:
                return ()
            if kind != "port":
                word = word.replace("{" + kind + "}", image.entry_points[kind])
        filled += shlex.split(word) if word == image.entry_points.get("serving_command") else [word]
    server = image.servers.server(tuple(filled))
    if server and server.factory_flag and any(word.endswith("()") for word in filled):
        filled = [word.removesuffix("()") for word in filled] + [server.factory_flag]
    return tuple(filled)


def _npm_starts(image: Processes) -> bool:
    """Whether `npm start` finds something to run: https://docs.npmjs.com/cli/commands/npm-start"""
    return "start" in image.scripts_of_manifest or posixpath.join(home_of(image.image), "server.js") in image.tree


def _directly(argv: tuple[str, ...], image: Processes) -> tuple[str, ...]:
    """`npm start` as what the script starts, where a process manager is in between, or a build that the image has behind
    it and that only its owner could repeat."""
    script = image.scripts.get(argv[1], ()) if argv == ("npm", "start") else ()
    whole = next(
        (e.detail for e in of_type(image.facts, EntryPoint) if e.kind == "npm_script" and e.value == "start"), ""
    )
    direct = "&&" in whole or "restarted_script" in image.entry_points
    if not script or (script[0] not in image.servers.process_managers and not direct):
        return argv
    command = container_command(argv, image.servers, image.home, image.scripts)
    return command.argv if command and image.has(command.argv[0]) else argv
