"""How an application starts where no command of its operators says it: by its own code, or as its stack does."""

import posixpath
import re
import shlex
from pathlib import PurePosixPath

from toolkit.facts.model import Dependency, EntryPoint
from toolkit.facts.npm_scripts import script_called
from toolkit.facts.shell import parse
from toolkit.inventory.paths import joined
from toolkit.plan.builds.before_start import OF_PRODUCTION, only_builds, steps_before
from toolkit.plan.images.added_server import names_attribute
from toolkit.plan.ranking import of_type
from toolkit.plan.starts.go_programs import in_image
from toolkit.plan.starts.processes import Processes, home_of
from toolkit.plan.starts.start_scripts import left_in_background

_PLAINLY, _PROBABLY = 0.9, 0.7
_SERVER = re.compile(r"(?:^|[-_.])(?:daemon|serve|server|web)$")


def usual_start(image: Processes) -> tuple[str, ...]:
    """The application's own server where its code plainly is one, else the stack's start command; () when an entry
    point that it needs is not known."""
    for entry in image.points("python_script") if image.stack.language == "python" else ():
        if entry.confidence >= _PLAINLY:
            return ("python", _script(entry, image))
    found = [
        _directly(with_entry_points(argv, image), image)
        for kind, argv in image.stack.start_from.items()
        if kind in image.entry_points and not (kind == "start_node" and image.prepares_database("start"))
    ]
    if found:
        of_production = production_script(image)
        # A script for production comes before a file that looks like a server, where npm start starts nothing.
        first = [found[0]] if "start" in image.scripts_of_manifest else []
        served = (argv for argv in (*first, of_production, _of_the_same_program(found[0], image), *found) if argv)
        return next(
            (argv for argv in served if not (for_developers(argv, image) or runs_source(argv, image))), found[0]
        )
    listed = {d.name for d in of_type(image.facts, Dependency) if not d.development and image.belongs(d)}
    serving = next((argv for library, argv in image.stack.start_with.items() if library in listed), ())
    argv = with_entry_points(serving or image.stack.start, image)
    argv = in_image(argv, image.entry_points, image.tree, image.image.directory)
    if argv != ("npm", "start"):
        return argv
    if for_developers(argv, image):
        return production_script(image) or _of_the_same_program(argv, image) or argv
    return argv if _npm_starts(image) else _own_server(image)


def _own_server(image: Processes) -> tuple[str, ...]:
    """The program that installing the package makes, or the one of several that is called like a server."""
    programs = image.own_programs
    serving = [name for name in programs if len(programs) == 1 or _SERVER.search(name)]
    script = posixpath.join(home_of(image.image), programs[serving[0]]) if len(serving) == 1 else ""
    return ("node", programs[serving[0]]) if script in image.tree else ()


def for_developers(argv: tuple[str, ...], image: Processes) -> bool:
    """Whether a command comes to a server that only developers use: a script of the manifest, too, and `nodemon` alone, which
    finds the program in the manifest."""
    command = image.in_container(argv)
    if command is None:
        return image.servers.for_developers(image.scripts.get(script_called(argv), argv))
    return command.development


def _of_the_same_program(argv: tuple[str, ...], image: Processes) -> tuple[str, ...]:
    """What the program of a script for developers has for production; () where it has nothing."""
    command = image.in_container(argv)
    return image.servers.for_production(command.argv) if command else ()


def production_script(image: Processes) -> tuple[str, ...]:
    """What the script of the manifest that is called like production starts, where that is Node or a known server."""
    for name in sorted(image.scripts_of_manifest):
        if not OF_PRODUCTION.fullmatch(name):
            continue
        command = image.in_container(("npm", "run", name))
        known = command is not None and (command.argv[0] == "node" or image.servers.server(command.argv) is not None)
        if command and known and command.kind == "web" and not command.development:
            return () if compiled_elsewhere(command.argv, image) else command.argv
    return ()


def compiled_elsewhere(argv: tuple[str, ...], image: Processes) -> bool:
    """Whether a command starts what the build puts into a folder further down, as it compiles more than src/: `dist/main`,
    which is dist/src/main.js. Nest's own start finds both."""
    main = PurePosixPath(image.entry_points.get("nest_main", ""))
    script = PurePosixPath(argv[1] if argv[:1] == ("node",) and len(argv) > 1 else "")
    return script.stem == main.stem != "" and script.with_suffix("") != main.with_suffix("")


def runs_source(argv: tuple[str, ...], image: Processes) -> bool:
    """Whether a command compiles the source as it runs it, where the manifest has a script for production besides."""
    command = image.in_container(argv)
    return command is not None and command.argv[0] in image.servers.source_runners and bool(production_script(image))


def serving_script(image: Processes) -> tuple[str, ...]:
    """How the script that most probably starts a server is run, where nothing is told; () where there is none."""
    scripts = [e for e in image.points("python_module", "python_script") if e.confidence >= _PROBABLY]
    serves = max(scripts, key=lambda e: e.confidence, default=None)
    if serves is None:
        return ()
    return ("python", "-m", serves.value) if serves.kind == "python_module" else ("python", _script(serves, image))


def _script(entry: EntryPoint, image: Processes) -> str:
    """The path of a script from where its image starts: its modules may lie together in a folder below."""
    below = joined(entry.detail, entry.value)
    there = image.files.place(below) in image.tree and image.files.place(entry.value) not in image.tree
    return below if there else entry.value


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
    if filled[:1] == ["gunicorn"] and (attribute := next(filter(names_attribute, filled), "")):
        return ("waitress-serve", "--listen=0.0.0.0:{port}", attribute)
    server = image.servers.server(tuple(filled))
    if server and server.factory_flag and any(word.endswith("()") for word in filled):
        filled = [word.removesuffix("()") for word in filled] + [server.factory_flag]
    return tuple(filled)


def _npm_starts(image: Processes) -> bool:
    """Whether `npm start` finds something to run: https://docs.npmjs.com/cli/commands/npm-start"""
    return "start" in image.scripts_of_manifest or posixpath.join(home_of(image.image), "server.js") in image.tree


def _directly(argv: tuple[str, ...], image: Processes) -> tuple[str, ...]:
    """`npm start` as what the script starts, where a process manager is in between, or a build that the image has behind
    it and that only its owner could repeat, or where it gives its program an option of former times."""
    script = image.scripts.get(argv[1], ()) if argv == ("npm", "start") else ()
    texts = image.texts_of_scripts
    before = steps_before("start", texts)
    built = bool(before) and all(only_builds(step, texts) for step in before)
    direct = (
        built
        or ("&&" in texts.get("start", "") and "prestart" not in texts)
        or "restarted_script" in image.entry_points
        or image.servers.as_of_today(script) != script
    )
    for step in parse(texts.get("start", "")) if argv == ("npm", "start") else ():
        if left := left_in_background(step.words, image):
            return left
    managers = {*image.servers.process_managers, *image.servers.side_by_side}
    if not script or (script[0] not in managers and not direct):
        return argv
    command = image.in_container(argv)
    return command.argv if command and image.has(command.argv[0]) else argv
