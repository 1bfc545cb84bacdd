"""What a command runs, and whether the image has it."""

import posixpath
import re
import shlex
from fnmatch import fnmatchcase

from toolkit.facts.manifests.python_syntax import module_files
from toolkit.facts.model import Command, ConfigFile, Dependency, EntryPoint, Role
from toolkit.facts.npm_scripts import run_script, script_called
from toolkit.facts.shell import parse
from toolkit.plan.app_folder import APP_FOLDER, in_source
from toolkit.plan.builds.before_start import starts_server
from toolkit.plan.ranking import of_type
from toolkit.plan.starts.commands import ContainerCommand, container_command
from toolkit.plan.starts.expansions import of_sentence
from toolkit.plan.starts.processes import INTERPRETED, Processes
from toolkit.plan.starts.usual_start import compiled_elsewhere, usual_start

# A file by its ending, or a path that Node finds one for: https://nodejs.org/api/modules.html#all-together
_SCRIPT = re.compile(r"[\w./@-]{1,200}\.(?:[cm]?js|py[wz]?)|[\w.@-]{1,80}(?:/[\w.@-]{1,80}){1,9}")
_FOUND_BY_NODE = ("", ".js", "/index.js")
# Folders whose files are installed or compiled, by whatever tool.
_MADE = frozenset({"build", "compiled", "dist", "lib", "node_modules", "out"})
_MOST_COMMANDS = 50
_TELLING = 3  # words of a command that name its task, `node tools.js prepare`
# Programs that import an application, and how they are told which: `-A shop.tasks`, `shop.wsgi:application`.
_TAKE_MODULES = frozenset({"celery", "daphne", "gunicorn", "hypercorn", "uvicorn", "waitress-serve"})
_MODULE_OF_APPLICATION = re.compile(
    r" (?:(?:-A[ =]?|--app[ =])([A-Za-z_]\w*)|(([A-Za-z_]\w*)(?:\.\w+)*):([A-Za-z_]\w*))"
)


def is_there(argv: tuple[str, ...], image: Processes) -> bool:
    """Whether the script that an interpreter is given is in the image, or may be what the build or operators write; and
    whether the manifest has the one that a package manager is to run, and the source the module of a server: READMEs
    give `celery -A proj worker` as an example."""
    if not _serves_what_is_there(argv, image):
        return False
    if of_sentence(argv):
        return False
    if image.scripts_of_manifest and not _has_script(argv, image):
        return False
    script = posixpath.normpath(in_source(argv[1])) if len(argv) > 1 else ""
    if argv[0] not in ("node", "python") or not _SCRIPT.fullmatch(script):
        return True
    if compiled_elsewhere(argv, image):
        return False
    told = {posixpath.normpath(fact.path) for fact in of_type(image.facts, ConfigFile)}
    place = image.files.place(script)
    # Builds write into folders, or beside the file that they compile.
    compiled = image.image.build and ("/" in script or f"{place.removesuffix('.js')}.ts" in image.tree)
    found = compiled or any(place + ending in image.tree for ending in _FOUND_BY_NODE)
    return found or script.split("/")[0] in _MADE or not {place, script}.isdisjoint(told)


def _has_script(argv: tuple[str, ...], image: Processes) -> bool:
    """Whether the manifest has the script that a package manager is to run. `yarn nuxt` may be a library's program, and
    `npm start` does without: https://docs.npmjs.com/cli/commands/npm-start"""
    script, given = run_script(argv)
    if not script or script in image.scripts_of_manifest:
        return True
    if argv[1:2] in (("run",), ("run-script",)):
        return False
    libraries = (fact.name for fact in of_type(image.facts, Dependency) if image.belongs(fact))
    return bool(given) or script == "start" or script in libraries


def may_listen(command: ContainerCommand, image: Processes) -> bool:
    """Whether the command can be a web process: where a language leaves serving to some programs, no other one is."""
    servers = image.servers.web_programs.get(image.stack.language)
    if image.stack.process == "worker":
        return False
    if image.stack.language == "node" and image.stack.artifact:
        return command.argv[0] == "node"  # scripts and package managers stay in the build stage
    return servers is None or any(fnmatchcase(command.argv[0], server) for server in servers)


def answers_nothing(argv: tuple[str, ...], directory: str, image: Processes) -> bool:
    """Whether a program of the application, told in a folder of the tree, is not its server: `python -m shop.watcher`, which
    imports no server."""
    if f"go_beside:{posixpath.basename(argv[0])}" in image.entry_points:
        return True
    points = of_type(image.facts, EntryPoint)  # of all folders: the paths of these programs are from the tree's root
    background = {point.value for point in points if point.kind == "background_program"}
    program = argv[2:3] if argv[1:2] == ("-m",) else argv[1:2]
    if argv[:1] == ("node",):
        places = (directory.strip("/"), image.files.start)
        program = tuple(
            posixpath.normpath(posixpath.join(place, word)) + end
            for place in places for word in program for end in _FOUND_BY_NODE
        )  # fmt: skip
    elif argv[:1] != ("python",):
        return False
    return not background.isdisjoint(program) and bool(usual_start(image) or image.points("node_bin"))


def runs_server(command: Command, image: Processes) -> bool:
    """Whether a script that is called like a build, `npm run production`, starts the server's own file."""
    name, _ = run_script(command.argv)
    return command.role is Role.BUILD and starts_server(
        name, image.texts_of_scripts.get(name, ""), image.entry_points.get("node_script")
    )


def is_release_step(argv: tuple[str, ...], image: Processes) -> bool:
    """Whether a command is a step of the release, told once more with options."""
    steps = (c.argv for c in of_type(image.facts, Command) if c.role is Role.RELEASE and image.belongs(c))
    return any(len(step) >= _TELLING and argv[: len(step)] == step for step in steps)


def programs_of(argv: tuple[str, ...], image: Processes) -> frozenset[tuple[str, ...]]:
    """What a command comes to: `node /app/server.js` is `node server`, and `npm start` each command of its script."""
    script = script_called(argv)
    if script in image.texts_of_scripts:
        run = parse(image.texts_of_scripts[script])
        commands = (container_command(one.words, image.servers, image.home) for one in run)
        return frozenset(_plain(command.argv, image.image.workdir) for command in commands if command)
    return frozenset({_plain(argv, image.image.workdir)})


def scripts_of(argv: tuple[str, ...], image: Processes) -> set[tuple[str, ...]]:
    """A command, and all that the scripts of the manifest run which it calls, those before and in them as well."""
    scripts = image.texts_of_scripts
    wanted, seen = [argv], set[tuple[str, ...]]()
    while wanted and len(seen) < _MOST_COMMANDS:
        words = wanted.pop()
        if words[:1] == () or words in seen:
            continue
        seen.add(words)
        script, _ = run_script(words)
        for name in (f"pre{script}", script) if script else ():
            wanted += [command.words for command in parse(scripts.get(name, ""))]
    return seen


def _plain(argv: tuple[str, ...], workdir: str) -> tuple[str, ...]:
    """A command with paths as short as they can be where it starts, and without what an interpreter is told before its
    program."""
    start = posixpath.join(APP_FOLDER, workdir)
    words = [posixpath.relpath(word, start) if word.startswith(APP_FOLDER + "/") else word for word in argv]
    if argv[0] not in INTERPRETED or argv[1:2] == ("-m",):
        return tuple(words)
    first = next((n for n, word in enumerate(words[1:], 1) if not word.startswith("-")), len(words))
    program = [re.sub(r"\.[cm]?js$", "", posixpath.normpath(word)) for word in words[first : first + 1]]
    return (argv[0], *program, *words[first + 1 :])


def _serves_what_is_there(argv: tuple[str, ...], image: Processes) -> bool:
    """Whether the source has the module that a server of Python or Celery is told, and that module the application's name:
    a Procfile may have stayed when the code went on."""
    told = _MODULE_OF_APPLICATION.search(shlex.join(argv)) if argv[0] in _TAKE_MODULES else None
    if told is None:
        return True
    if (told[1] or told[3]) not in image.modules:
        return False
    files = module_files(image.files.place(told[2].replace(".", "/"))) if told[2] else ()
    file = next(filter(None, map(image.tree.read, files)), None)
    return file is None or bool(re.search(rf"\b{told[4]}\b|\bimport \*|\b(?:globals|setattr|__getattr__)\b", file.text))
