"""What planning knows about an image when it decides which processes run in it."""

import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatchcase
from functools import cached_property

from toolkit.catalog.prefixes import Prefix
from toolkit.catalog.servers import Servers
from toolkit.catalog.stacks import Stack
from toolkit.facts.model import Command, ConfigFile, CronJob, Dependency, EntryPoint, Fact, Facts, Mode, Role, Route
from toolkit.facts.shell import parse
from toolkit.findings import Finding
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.commands import APP_FOLDER, ContainerCommand, container_command
from toolkit.plan.dotnet_sdk import in_bundles
from toolkit.plan.go_programs import in_image
from toolkit.plan.images import PlannedImages
from toolkit.plan.model import Decision, Image, Question, Release, Service
from toolkit.plan.ranking import evidence_of, of_type

_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_NEEDS_A_SHELL = re.compile(r"[|&;<>$`\\(){}*?!\n]")
_PLAINLY, _PROBABLY = 0.9, 0.7
_TO_FILL_IN = re.compile(r"<[^<>]{1,80}>")
_PORT = re.compile(r"\$PORT\b|\$\{PORT(?::?-\d{1,5})?\}")
# Steps in front of a start: what builds, and how Windows sets a variable.
_BUILDS = re.compile(
    r"(?:(?:npm|yarn|pnpm)\s+(?:run\s+)?(?:\w+:)?(?:build|compile)(?::\w+)?|(?:npx\s+)?(?:tsc|webpack|nest build)\b[^|;&]{0,200})"
)
_SETS = re.compile(r"set\s+\w+=\S{0,100}")
# How supervisor writes variables.
_OF_SUPERVISOR = re.compile(r"%\((\w{1,64})\)s")
# Where build tools write: what stands before it in an artefact's path is the module's folder.
_BUILT = re.compile(r"((?:[\w.-]+/)*?[\w.-]+)/(?:target|build|bin)/")
# Languages whose programs are files of the source; others build theirs.
_INTERPRETED = frozenset({"python", "node", "php", "ruby"})
# A file by its ending, or a path that Node finds one for: https://nodejs.org/api/modules.html#all-together
_SCRIPT = re.compile(r"[\w./@-]{1,200}\.(?:[cm]?js|py)|[\w.@-]{1,80}(?:/[\w.@-]{1,80}){1,9}")
_FOUND_BY_NODE = ("", ".js", "/index.js")
# Folders whose files are installed or compiled, by whatever tool.
_MADE = frozenset({"build", "compiled", "dist", "lib", "node_modules", "out"})
# Programs that import an application, and how they are told which: `-A shop.tasks`, `shop.wsgi:application`.
_TAKE_MODULES = frozenset({"celery", "daphne", "gunicorn", "hypercorn", "uvicorn", "waitress-serve"})
_MODULE_OF_APPLICATION = re.compile(r" (?:(?:-A[ =]?|--app[ =])([A-Za-z_]\w*)|([A-Za-z_]\w*)(?:\.\w+)*:[A-Za-z_]\w*)")
_OF_A_SHELL = re.compile(r"#!\s{0,9}\S{0,60}\b(?:ba|da|k|z)?sh\b|#!/usr/bin/env (?:ba|da|k|z)?sh\b")
_SCRIPT_RUNNERS = frozenset({"npm", "pnpm", "yarn"})
_SCRIPTS = (".sh", ".bat", ".cmd", ".ps1")
_PROGRAM = re.compile(r"[\w.@+-]{1,64}(/[\w.@+-]{1,64})*")
_FIRST_LINE = re.compile(
    r"#!\s{0,5}(?:/usr)?/bin/env[ \t]{1,5}([\w.]{1,40}(?:[ \t]{1,5}[\w.=/@-]{1,80}){1,9})[ \t]{0,5}\r?\n"
)


@dataclass(frozen=True, slots=True)
class Addresses:
    """What a web service answers, as far as its source says: the path below which alone it does, `/shop`, and what says so;
    its routes; and how it learns of a prefix that is not its own."""

    context_path: str
    facts: tuple[EntryPoint, ...]
    routes: tuple[Route, ...]
    prefix: Prefix


@dataclass
class PlannedServices:
    """Services by name, and the release steps that go before them."""

    services: dict[str, Service] = field(default_factory=dict)
    release: Release | None = None
    decisions: list[Decision] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)
    addresses: dict[str, "Addresses"] = field(default_factory=dict)
    context_paths: dict[str, str] = field(default_factory=dict)  # of images, where these follow from their services

    def decide(
        self, key: str, value: object, because: str, facts: tuple[Fact, ...] = (), *, guessed: bool = False
    ) -> None:
        self.decisions.append(Decision(key, str(value), because, evidence_of(facts), guessed))


@dataclass(frozen=True)
class Processes:
    """One image with its stack and entry points, and how commands of the host run in it.

    `home` is the folder where the application lay on the host; `directories` are the folders that hold the source of
    this image and of its neighbours, and `alone` is true when there is no neighbour.
    """

    name: str
    image: Image
    stack: Stack
    entry_points: Mapping[str, str]
    tree: SourceTree
    facts: Facts
    servers: Servers
    home: str
    directories: tuple[str, ...]

    @property
    def alone(self) -> bool:
        return len(self.directories) == 1

    @property
    def serves_files(self) -> bool:
        """Whether a web server of ours hands out what the build wrote: no command of the application runs in it."""
        return serves_files(self.stack, self.servers)

    @cached_property
    def scripts(self) -> dict[str, tuple[str, ...]]:
        """npm scripts, and tasks of Python's task runners, that are one plain command, by name: signals reach what they start
        only without npm between."""
        kind = "python_task" if self.stack.language == "python" else "npm_script"
        scripts = {}
        for entry in of_type(self.facts, EntryPoint):
            if entry.kind != kind or entry.directory != self.image.directory:
                continue
            text = self._after_build(entry.detail)
            if _NEEDS_A_SHELL.search(text):
                continue
            try:
                words = shlex.split(text)
            except ValueError:
                continue
            # Variables have their own place in the plan.
            words = [word for word in words if word != "cross-env"]
            while words and _ASSIGNMENT.match(words[0]):
                words.pop(0)
            if entry.value == "start" and "restarted_script" in self.entry_points:
                words = ["node", self.entry_points["restarted_script"]]
            if words:
                scripts[entry.value] = tuple(words)
        return scripts

    @cached_property
    def _scripts_of_manifest(self) -> frozenset[str]:
        return frozenset(
            entry.value
            for entry in of_type(self.facts, EntryPoint)
            if entry.kind == "npm_script" and entry.directory in (self.image.directory, home_of(self.image))
        )

    def tasks(self) -> Iterator[Command]:
        """Tasks of Python's task runners that start a known server or worker, as commands; the servers are developers'."""
        for entry in of_type(self.facts, EntryPoint):
            argv = self.scripts.get(entry.value, ()) if entry.kind == "python_task" else ()
            command = container_command(argv, self.servers, self.home) if argv and self.belongs(entry) else None
            if command and self.servers.server(command.argv):
                mode = Mode.DEVELOPMENT if command.kind == "web" else Mode.PRODUCTION
                yield Command(
                    text=entry.detail,
                    role=Role.START,
                    argv=argv,
                    mode=mode,
                    evidence=entry.evidence,
                    origin=entry.origin,
                )

    def _after_build(self, script: str) -> str:
        """What a script starts, without the build in front of it, where the image is built by then."""
        *before, last = script.split("&&")
        done = all(
            _SETS.fullmatch(step.strip()) or (self.image.build and _BUILDS.fullmatch(step.strip())) for step in before
        )
        return last.strip() if done else script

    @cached_property
    def console_scripts(self) -> frozenset[str]:
        """Programs that an installation of the application puts on the path."""
        return frozenset(
            point.value
            for point in of_type(self.facts, EntryPoint)
            if point.kind == "console_script" and self.belongs(point)
        )

    @cached_property
    def _own_programs(self) -> dict[str, str]:
        """Scripts of Node that an installation of the application puts on the path of a host, by the program's name."""
        return {
            point.value: point.detail
            for point in of_type(self.facts, EntryPoint)
            if point.kind == "node_bin" and point.directory == self.image.directory
        }

    @cached_property
    def _dependencies(self) -> frozenset[str]:
        return frozenset(d.name for d in of_type(self.facts, Dependency) if self.belongs(d))

    @cached_property
    def _modules(self) -> frozenset[str]:
        """What the source's files and folders, and its dependencies, are called as modules of Python."""
        own = {part.removesuffix(".py") for path in self.tree.paths for part in path.split("/")}
        return frozenset(own | {name.replace("-", "_") for name in self._dependencies})

    def belongs(self, fact: Fact) -> bool:
        """Whether a fact is about this image and not about one of its neighbours."""
        if self.alone:
            return True
        place = "" if fact.directory.startswith("/") else fact.directory.strip("/")
        owner = _owner(place, self.directories)
        if owner is None and not place:
            # What a folder's own README says without `cd` is about that folder.
            owner = _owner(fact.evidence.path.rpartition("/")[0], self.directories)
        if owner is None:
            return not self.image.directory  # of the folder in which the modules are built together
        return owner == home_of(self.image)

    def owns(self, fact: Fact) -> bool:
        """Whether a fact is about this image alone: of several modules none owns what the README of them all says."""
        if self.alone:
            return True
        home = home_of(self.image)
        told_here = not home or bool(fact.directory) or fact.evidence.path.startswith(home + "/")
        return told_here and self.belongs(fact)

    def contained(self, fact: Command | CronJob) -> ContainerCommand | None:
        """A command of the host as this image runs it; None when the image cannot have its program.

        Of a line that needs a shell it is the first program that the image can have: what stands around it sets
        variables and writes logs, which a container gets and does otherwise.
        """
        candidates = (
            [fact.argv]
            if fact.argv
            else [words for c in parse(_text(fact)) if not _needs_expansion(words := _on_port(c.words))]
        )
        if not fact.argv:
            # What is done before the server starts ends by itself: it is a release step, not the process.
            lasting = [argv for argv in candidates if not self._ends(argv)]
            served = [argv for argv in lasting if self._serves(argv)]
            candidates = served or lasting or candidates
        for argv in filter(None, map(self._of_member, candidates)):
            command = container_command(self._from_above(argv), self.servers, self.home, self.scripts)
            if (
                command is not None
                and all(map(str.isprintable, command.argv))
                and self._has(command.argv[0])
                and (isinstance(fact, Command) or self.is_own(command))
            ):
                argv = command.argv
                if script := self._own_programs.get(argv[0]):
                    argv = ("node", script, *argv[1:])
                argv = self._interpreted(argv)
                started = self._jar(argv)
                own = in_bundles(started, self.entry_points) if started else None
                if own is None:
                    return None
                argv = in_image(own, self.entry_points, self.tree, self.image.directory)
                argv = tuple(map(self._where_it_starts, argv))
                # `<project-name>` is for a person to fill in.
                if not any(_TO_FILL_IN.search(word) for word in argv):
                    if self.image.package_manager:
                        argv = self.servers.with_runner(self.stack.language, argv)
                    return ContainerCommand(argv, command.kind, command.development)
        return None

    def _interpreted(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """A script of the application whose first line has options for its interpreter, as a command that has them: env of
        Linux takes all that follows it for one name, `node -r esm`.
        https://www.gnu.org/software/coreutils/manual/html_node/env-invocation.html#g_t_002dS_002f_002d_002dsplit_002dstring-usage-in-scripts
        """
        path = argv[0].removeprefix("./").removeprefix(APP_FOLDER + "/")
        file = self.tree.read(f"{self.image.directory}/{path}".lstrip("/")) if "/" in argv[0] else None
        first = _FIRST_LINE.match(file.text) if file else None
        return (*first[1].split(), path, *argv[1:]) if first else argv

    def _of_member(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """`npm start --workspace apps/api` as it is in that member's folder, where its image starts; () for other images."""
        words = " ".join(argv).replace("--workspace=", "--workspace ").split(" ") if argv[:1] == ("npm",) else []
        option = next((word for word in ("--workspace", "-w") if word in words[:-1]), "")
        if not option:
            return argv
        place = words.index(option)
        named = words[place + 1].rpartition("/")[2]
        return (*words[:place], *words[place + 2 :]) if named == self.image.member.rpartition("/")[2] else ()

    def steps_before(self, command: Command) -> Iterator[tuple[str, ...]]:
        """What ends by itself in a line that starts a process: `flask db upgrade` in `flask db upgrade && gunicorn app`."""
        if command.argv:
            return
        for simple in parse(command.text):
            if self._ends(simple.words) and not _needs_expansion(simple.words):
                contained = container_command(simple.words, self.servers, self.home, self.scripts)
                if contained and self.is_own(contained):
                    yield contained.argv

    def _from_above(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """Words as they are below the image's own folder, of a command that is typed at the top of the tree:
        `node src/server.js` where the image holds src."""
        return tuple(self._own_path(word) or word for word in argv)

    def _where_it_starts(self, word: str) -> str:
        """A path below the application's folder on the host, where that was the folder in which the image starts:
        `/app/gunicorn.conf.py` as `/app/src/gunicorn.conf.py`."""
        path = word.removeprefix(APP_FOLDER + "/")
        place = posixpath.join(self.image.directory, self.image.workdir, path)
        elsewhere = path != word and self.image.workdir and posixpath.join(self.image.directory, path) not in self.tree
        return posixpath.join(APP_FOLDER, self.image.workdir, path) if elsewhere and place in self.tree else word

    def _own_path(self, word: str) -> str:
        """Where a file of the image lies in it, from its path below the top of the tree; empty for what is none."""
        path, folder = posixpath.normpath(word), self.image.directory
        inside = path.removeprefix(folder + "/") if folder and path.startswith(folder + "/") else ""
        return inside if inside and path in self.tree and f"{folder}/{path}" not in self.tree else ""

    def _ends(self, argv: tuple[str, ...]) -> bool:
        contained = container_command(argv, self.servers, self.home, self.scripts)
        return contained is not None and self.servers.ends_by_itself(contained.argv)

    def _serves(self, argv: tuple[str, ...]) -> bool:
        contained = container_command(argv, self.servers, self.home, self.scripts)
        return contained is not None and self.servers.server(contained.argv) is not None

    def of_scripts(self, commands: Iterable[Command]) -> Iterator[Command]:
        """The commands, with those that run a script of the application replaced by the servers and workers that it
        starts, one command each: a script that starts two processes is two services."""
        for command in commands:
            started = list(self._started_by(command))
            yield from started or [command]

    def _started_by(self, command: Command) -> Iterator[Command]:
        words = command.argv[1:] if command.argv[:1] in (("sh",), ("bash",)) else command.argv
        path = words[0].removeprefix("./") if words else ""
        # A script of the application, or one at the top of the tree that lies around it.
        places = (f"{self.image.directory}/{path}".lstrip("/"), path) if path.endswith(".sh") else ()
        file = next((file for place in places if (file := self.tree.read(place))), None)
        if file is None or len(words) > 1:
            return
        commands = parse(file.text)
        for simple in commands:
            # What the script was given stands behind: nothing.
            argv = tuple(word for word in simple.words if word not in ("$@", "$*") and not _ASSIGNMENT.match(word))
            if not argv or _needs_expansion(argv):
                continue
            contained = container_command(self._from_above(argv), self.servers, self.home, self.scripts)
            becomes = simple is commands[-1] or simple.text.lstrip().startswith("exec ")
            if contained and (
                self.servers.server(contained.argv) or contained.kind != "web" or (becomes and self._starts(contained))
            ):
                place = file.at(simple.first_line, simple.last_line, rule="start-script")
                service = command.service if contained.kind == "web" else ""
                yield replace(command, text=simple.text, argv=argv, service=service, evidence=place)

    def _starts(self, contained: ContainerCommand) -> bool:
        """Whether the line with which a script ends starts the application: `exec node server.js`, `npm start`."""
        program, *rest = contained.argv
        if program in _SCRIPT_RUNNERS:
            return rest[-1:] == ["start"]
        return bool(rest) and self.is_own(contained) and self._is_file(rest[0])

    def _has(self, program: str) -> bool:
        if program.startswith(("./", "bin/", "/app/")):
            return self.stack.language not in _INTERPRETED or self._is_file(program)
        if program.endswith(_SCRIPTS) and "/" not in program:
            return self._is_file(program)
        if program in self.servers.programs_of_packages and program not in self._dependencies:
            return False
        others = {p for language, own in self.servers.programs.items() if language != self.stack.language for p in own}
        known = program not in others or program in self.servers.programs.get(self.stack.language, ())
        known = known or self.stack.last_resort  # its packages are what the README's commands call
        return known and program not in self.servers.host_programs and bool(_PROGRAM.fullmatch(program))

    def _is_file(self, program: str) -> bool:
        path = program.removeprefix("./").removeprefix(APP_FOLDER + "/")
        place = f"{self.image.directory}/{path}".lstrip("/")
        return "node_modules/" in path or path.startswith("vendor/") or place in self.tree

    def works_from_outside(self, argv: tuple[str, ...]) -> bool:
        """Whether a shell script of the source calls what reaches into containers, as `oc exec` does."""
        path = posixpath.normpath(posixpath.join(self.image.directory, argv[0].removeprefix(APP_FOLDER + "/")))
        file = self.tree.read(path) if path in self.tree else None
        if file is None or not (path.endswith(".sh") or _OF_A_SHELL.match(file.text)):
            return False
        return any(
            simple.words[:1] != () and simple.words[0] in self.servers.cluster_programs for simple in parse(file.text)
        )

    def is_there(self, argv: tuple[str, ...]) -> bool:
        """Whether the script that an interpreter is given is in the image, or may be what the build or operators write; and
        whether the manifest has the one that a package manager is to run, and the source the module of a server: READMEs
        give `celery -A proj worker` as an example."""
        if (module := _served_module(argv)) and module not in self._modules:
            return False
        if argv[0] in _SCRIPT_RUNNERS and argv[1:2] == ("run",) and len(argv) > 2 and self._scripts_of_manifest:
            return argv[2] in self._scripts_of_manifest
        script = posixpath.normpath(argv[1].removeprefix(APP_FOLDER + "/")) if len(argv) > 1 else ""
        if argv[0] not in ("node", "python") or not _SCRIPT.fullmatch(script) or self.image.build:
            return True
        told = {posixpath.normpath(fact.path) for fact in of_type(self.facts, ConfigFile)}
        place = posixpath.join(self.image.directory, self.image.workdir, script)
        found = any(place + ending in self.tree for ending in _FOUND_BY_NODE)
        return found or script.split("/")[0] in _MADE or not {place, script}.isdisjoint(told)

    def is_own(self, command: ContainerCommand) -> bool:
        """Whether the program is the language's or the application's: a cron job may also look after the host."""
        program = command.argv[0]
        return (
            program.startswith(("/app/", "./", "bin/"))
            or program in self.servers.programs.get(self.stack.language, ())
            or program in self.console_scripts
        )

    def may_listen(self, command: ContainerCommand) -> bool:
        """Whether the command can be a web process: where a language leaves serving to some programs, no other one is."""
        servers = self.servers.web_programs.get(self.stack.language)
        if self.stack.process == "worker":
            return False
        if self.stack.language == "node" and self.stack.artifact:
            return command.argv[0] == "node"  # scripts and package managers stay in the build stage
        return servers is None or any(fnmatchcase(command.argv[0], server) for server in servers)

    def answers_nothing(self, argv: tuple[str, ...]) -> bool:
        """Whether a program of the application runs beside its server: `python -m shop.watcher`, which imports no server."""
        program = argv[2:3] if argv[1:2] == ("-m",) else argv[1:2]
        background = {point.value for point in of_type(self.facts, EntryPoint) if point.kind == "background_program"}
        return argv[:1] == ("python",) and not background.isdisjoint(program) and bool(self.usual_start())

    def programs_of(self, argv: tuple[str, ...]) -> frozenset[tuple[str, ...]]:
        """What a command comes to: `node /app/server.js` is `node server`, and `npm start` each command of its script."""
        script = argv[-1] if argv[0] in _SCRIPT_RUNNERS and len(argv) < 4 else ""
        for entry in of_type(self.facts, EntryPoint) if script else ():
            if (entry.kind, entry.value, entry.directory) == ("npm_script", script, self.image.directory):
                commands = (container_command(c.words, self.servers, self.home) for c in parse(entry.detail))
                return frozenset(_plain(command.argv, self.image.workdir) for command in commands if command)
        return frozenset({_plain(argv, self.image.workdir)})

    def _jar(self, argv: tuple[str, ...]) -> tuple[str, ...] | None:
        """`java -Xmx1g -jar /opt/x/x.jar --arg`: the archive is where the image has it, options may stand before its name;
        None where the image has nothing that starts by itself."""
        if argv[:1] != ("java",) or "-jar" not in argv or self.stack.language != "java":
            return argv
        archive = next((word for word in self.stack.start if word.endswith((".jar", ".war"))), "")
        place = argv.index("-jar") + 1
        while argv[place : place + 1] and argv[place].startswith("-"):
            place += 1
        return (*argv[:place], archive, *argv[place + 1 :]) if archive else None

    def filled(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """Placeholders replaced by entry points, `{port}` kept; () when one is not known."""
        filled = []
        for word in argv:
            for kind in re.findall(r"\{(\w+)\}", word):
                if kind != "port" and kind not in self.entry_points:
                    return ()
                if kind != "port":
                    word = word.replace("{" + kind + "}", self.entry_points[kind])
            filled += shlex.split(word) if word == self.entry_points.get("serving_command") else [word]
        server = self.servers.server(tuple(filled))
        if server and server.factory_flag and any(word.endswith("()") for word in filled):
            filled = [word.removesuffix("()") for word in filled] + [server.factory_flag]
        return tuple(filled)

    def usual_start(self) -> tuple[str, ...]:
        """The application's own server where its code plainly is one, else the stack's start command; () when an entry
        point that it needs is not known."""
        for entry in of_type(self.facts, EntryPoint):
            if entry.kind == "python_script" and entry.confidence >= _PLAINLY and self.belongs(entry):
                return ("python", entry.value)
        for kind, argv in self.stack.start_from.items():
            if kind in self.entry_points:
                return self._directly(self.filled(argv))
        listed = {d.name for d in of_type(self.facts, Dependency) if not d.development and self.belongs(d)}
        serving = next((argv for library, argv in self.stack.start_with.items() if library in listed), ())
        argv = self.filled(serving or self.stack.start)
        return argv if argv != ("npm", "start") or self._npm_starts() else ()

    def _npm_starts(self) -> bool:
        """Whether `npm start` finds something to run: https://docs.npmjs.com/cli/commands/npm-start"""
        return "start" in self._scripts_of_manifest or posixpath.join(home_of(self.image), "server.js") in self.tree

    def serving_script(self) -> tuple[str, ...]:
        """How the script that most probably starts a server is run, where nothing is told; () where there is none."""
        kinds = ("python_module", "python_script")
        scripts = (e for e in of_type(self.facts, EntryPoint) if e.kind in kinds and self.belongs(e))
        serves = max((e for e in scripts if e.confidence >= _PROBABLY), key=lambda e: e.confidence, default=None)
        if serves is None:
            return ()
        return ("python", "-m", serves.value) if serves.kind == "python_module" else ("python", serves.value)

    def _directly(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """`npm start` as what the script starts, where a process manager is in between, or a build that the image has behind
        it and that only its owner could repeat."""
        script = self.scripts.get(argv[1], ()) if argv == ("npm", "start") else ()
        whole = next(
            (e.detail for e in of_type(self.facts, EntryPoint) if e.kind == "npm_script" and e.value == "start"), ""
        )
        direct = "&&" in whole or "restarted_script" in self.entry_points
        if not script or (script[0] not in self.servers.process_managers and not direct):
            return argv
        command = container_command(argv, self.servers, self.home, self.scripts)
        return command.argv if command and self._has(command.argv[0]) else argv


def _plain(argv: tuple[str, ...], workdir: str) -> tuple[str, ...]:
    """A command with paths as short as they can be where it starts, and without what an interpreter is told before its
    program."""
    start = posixpath.join(APP_FOLDER, workdir)
    words = [posixpath.relpath(word, start) if word.startswith(APP_FOLDER + "/") else word for word in argv]
    if argv[0] not in _INTERPRETED or argv[1:2] == ("-m",):
        return tuple(words)
    first = next((n for n, word in enumerate(words[1:], 1) if not word.startswith("-")), len(words))
    program = [re.sub(r"\.[cm]?js$", "", posixpath.normpath(word)) for word in words[first : first + 1]]
    return (argv[0], *program, *words[first + 1 :])


def _served_module(argv: tuple[str, ...]) -> str:
    """The outermost module of the application that a server of Python or Celery is told to run; empty where none is."""
    if argv[0] not in _TAKE_MODULES:
        return ""
    told = _MODULE_OF_APPLICATION.search(shlex.join(argv))
    return (told[1] or told[2]) if told else ""


def serves_files(stack: Stack, servers: Servers) -> bool:
    """Whether images of a stack are a web server of ours with what the build wrote."""
    return stack.start[:1] != () and stack.start[0] in servers.host_programs


def home_of(image: Image) -> str:
    """The folder that holds an image's own source: its build folder, or the module or member of a workspace that it is."""
    module = _BUILT.match(image.artifact or "") if not image.member else None
    return "/".join(part for part in (image.directory, image.member or (module[1] if module else "")) if part)


def _owner(place: str, homes: Iterable[str]) -> str | None:
    """The innermost of the folders that the place lies in."""
    return max(
        (home for home in homes if not home or place == home or place.startswith(home + "/")), key=len, default=None
    )


def _text(fact: Command | CronJob) -> str:
    text = fact.text if isinstance(fact, Command) else fact.command
    return _OF_SUPERVISOR.sub(r"${\1}", text)


def _on_port(words: tuple[str, ...]) -> tuple[str, ...]:
    """`-p $PORT`, the port that platforms tell a process by this variable, as the port of the service."""
    return tuple(_PORT.sub("{port}", word) for word in words)


def _needs_expansion(words: tuple[str, ...]) -> bool:
    return any("$" in word or "`" in word for word in words)


def processes(
    tree: SourceTree, facts: Facts, images: PlannedImages, servers: Servers, home: str
) -> tuple[Processes, ...]:
    """One for each image."""
    directories = tuple(home_of(image) for image in images.images.values())
    return tuple(
        Processes(name, image, images.stacks[name], images.entry_points[name], tree, facts, servers, home, directories)
        for name, image in images.images.items()
    )


def size_for(argv: tuple[str, ...], usual: str) -> str:
    """By the heap that a JVM is given, which needs about half as much again besides; else the usual size."""
    for word in argv:
        if match := re.fullmatch(r"-Xmx(\d{1,6})([mMgG])", word):
            mebibytes = int(match[1]) * (1024 if match[2] in "gG" else 1)
            return "low" if mebibytes <= 512 else "medium" if mebibytes <= 1536 else "high"
    return usual


def why_of(fact: Command) -> str:
    return {
        "readme": "how operators start it in production",
        "running system": "how the running system starts it",
    }.get(fact.origin, "how the framework starts it")
