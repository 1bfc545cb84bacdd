"""What planning knows about an image when it decides which processes run in it."""

import itertools
import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from toolkit.catalog.servers import Servers
from toolkit.catalog.stacks import Stack
from toolkit.facts.model import Command, CronJob, Dependency, EntryPoint, Fact, Facts, Origin, Role
from toolkit.facts.npm_scripts import SETS, run_script, scripts_in, without_variables
from toolkit.facts.shell import parse
from toolkit.inventory.paths import inside, joined
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.app_folder import named_by_path
from toolkit.plan.builds.before_start import only_builds
from toolkit.plan.builds.dotnet_sdk import in_bundles
from toolkit.plan.image_model import Image
from toolkit.plan.images.images import PlannedImages
from toolkit.plan.ranking import of_type
from toolkit.plan.starts.commands import ContainerCommand, container_command
from toolkit.plan.starts.expansions import (
    needs_expansion,
    text_of,
    to_fill_in,
    told_words,
    without_personal_files,
)
from toolkit.plan.starts.go_programs import in_image
from toolkit.plan.starts.image_files import ImageFiles
from toolkit.plan.starts.server_files import with_files_there

_NEEDS_A_SHELL = re.compile(r"[|&;<>$`\\(){}*?!\n]")
# What manuals call what is yours: `my_module`, `MyTask`, `YOUR_NAME`. Behind an option it may be a name that is given, but for
# the application's own.
_YOURS = re.compile(r"(?:[Mm]y|[Yy]our)(?:[_-][a-z][\w-]{0,60}|[A-Z][a-z]\w{0,60})|(?:MY|YOUR)_[A-Z_]{1,60}")
_OPTIONS_OF_APPLICATION = frozenset({"-A", "--app", "-m", "--module"})
# They start nothing.
_OF_THE_SHELL = frozenset({"cd", "echo", "exit", "export", "printf", "set", "sleep", "source", "trap", "true", "wait"})
# Steps in front of a start that build.
_BUILDS = re.compile(
    r"(?:(?:npm|yarn|pnpm)\s+(?:run\s+)?(?:\w+:)?(?:build|compile)(?::\w+)?|(?:npx\s+)?(?:tsc|webpack|nest build)\b[^|;&]{0,200})"
)
# Where build tools write: what stands before it in an artefact's path is the module's folder.
_BUILT = re.compile(r"((?:[\w.-]+/)*?[\w.-]+)/(?:target|build|bin)/")
_PREPARES_DATABASE = re.compile(
    r"(?i)migrat|seed|\bdb[:-]|sequelize|knex|typeorm|prisma (?:db|migrate)|wait-(?:for|on|port)"
)
# Languages whose programs are files of the source; others build theirs.
INTERPRETED = frozenset({"python", "node", "php", "ruby"})
_SCRIPTS = (".sh", ".bat", ".cmd", ".ps1")
_PROGRAM = re.compile(r"[\w.@+-]{1,64}(/[\w.@+-]{1,64})*")


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
        """Whether the application has no other image."""
        return len(self.directories) == 1

    @cached_property
    def files(self) -> ImageFiles:
        """The image's files, by the words of commands."""
        return ImageFiles(self.image, self.tree)

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
            if kind == "npm_script" and self.prepares_database(entry.value):
                continue
            text = self._after_build(entry.detail)
            if _NEEDS_A_SHELL.search(text) and not text.startswith(tuple(self.servers.side_by_side)):
                continue
            try:
                words = shlex.split(text)
            except ValueError:
                continue
            # Variables have their own place in the plan.
            argv = without_variables(words)
            if entry.value == "start" and "restarted_script" in self.entry_points:
                argv = ("node", self.entry_points["restarted_script"])
            if argv:
                scripts[entry.value] = argv
        return scripts

    @cached_property
    def scripts_of_manifest(self) -> frozenset[str]:
        """Names of the npm scripts of the image's folder, and of the member of a workspace that it is."""
        points = of_type(self.facts, EntryPoint)
        return frozenset(scripts_in(points, self.image.directory) | scripts_in(points, home_of(self.image)))

    def _after_build(self, script: str) -> str:
        """What a script starts, without the build in front of it, where the image is built by then."""
        *before, last = script.split("&&")
        done = all(SETS.fullmatch(step.strip()) or self._is_built(step.strip()) for step in before)
        return last.strip() if done else script

    def _is_built(self, step: str) -> bool:
        """Whether the image's build has done a step already."""
        builds = _BUILDS.fullmatch(step) or only_builds(step, self.texts_of_scripts)
        return bool(self.image.build and builds)

    def prepares_database(self, script: str) -> bool:
        """Whether npm, before it runs a script, runs another one that needs the database: only npm does."""
        return bool(_PREPARES_DATABASE.search(self.texts_of_scripts.get(f"pre{script}", "")))

    @cached_property
    def texts_of_scripts(self) -> dict[str, str]:
        """npm scripts of the image's folder as they are written, by name."""
        return scripts_in(of_type(self.facts, EntryPoint), self.image.directory)

    @cached_property
    def console_scripts(self) -> frozenset[str]:
        """Programs that an installation of the application puts on the path."""
        return frozenset(point.value for point in self.points("console_script"))

    @cached_property
    def developers_programs(self) -> frozenset[str]:
        """Those of them that run a server for developers."""
        return frozenset(point.value for point in self.points("developers_program"))

    @cached_property
    def own_programs(self) -> dict[str, str]:
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
    def _left_out(self) -> frozenset[str]:
        """Libraries of Python that only lists of other folders name, of parts that operators may add: not installed, though
        the READMEs of those parts start programs of theirs."""
        listed = [d for d in of_type(self.facts, Dependency) if d.ecosystem == "pypi"]
        words = {posixpath.normpath(joined(self.image.directory, word)) for argv in self.image.install for word in argv}
        own = {d.name for d in listed if d.directory.strip("/") == self.image.directory or d.evidence.path in words}
        return frozenset({d.name for d in listed} - own) if own else frozenset()

    @cached_property
    def _programs_of_libraries(self) -> frozenset[str]:
        """Programs that libraries of the application bring, as far as they are called like them."""
        return self._dependencies | {self.stack.programs_of.get(name, name) for name in self._dependencies}

    @cached_property
    def modules(self) -> frozenset[str]:
        """What the source's files and folders, and its dependencies, are called as modules of Python."""
        own = {part.removesuffix(".py") for path in self.tree.paths for part in path.split("/")}
        return frozenset(own | {name.replace("-", "_") for name in self._dependencies})

    def points(self, *kinds: str) -> list[EntryPoint]:
        """Entry points of these kinds that are about this image, in reading order."""
        return [p for p in of_type(self.facts, EntryPoint) if p.kind in kinds and self.belongs(p)]

    def belongs(self, fact: Fact) -> bool:
        """Whether a fact is about this image and not about one of its neighbours."""
        if self.alone:
            return True
        place = "" if fact.directory.startswith("/") else fact.directory.strip("/")
        owner = _owner(place, self.directories)
        if owner is None and not place:
            # What a folder's own README says without `cd` is about that folder.
            owner = _owner(fact.evidence.directory, self.directories)
        if owner is None:
            return not self.image.directory  # of the folder in which the modules are built together
        return owner == home_of(self.image)

    def owns(self, fact: Fact) -> bool:
        """Whether a fact is about this image alone: of several modules none owns what the README of them all says."""
        if self.alone:
            return True
        home = home_of(self.image)
        told_here = bool(fact.directory) or inside(fact.evidence.path, home)
        return told_here and self.belongs(fact)

    def in_container(self, argv: tuple[str, ...]) -> ContainerCommand | None:
        """What was typed on the host as a container of this image runs it; None when nothing of the application is left in it."""
        return container_command(argv, self.servers, self.home, self.scripts)

    def contained(self, fact: Command | CronJob) -> ContainerCommand | None:
        """A command of the host as this image runs it; None when the image cannot have its program.

        Of a line that needs a shell it is the first program that the image can have: what stands around it sets
        variables and writes logs, which a container gets and does otherwise.
        """
        candidates = (
            [fact.argv]
            if fact.argv
            else [words for c in parse(text_of(fact)) if not needs_expansion(words := told_words(fact, c.words))]
        )
        if not fact.argv:
            # What is done before the server starts ends by itself: it is a release step, not the process.
            lasting = [argv for argv in candidates if not self._ends(argv)]
            served = [argv for argv in lasting if self._serves(argv)]
            candidates = served or _last_first(fact, lasting) or candidates
        for argv in filter(None, map(self._of_member, candidates)):
            command = self.in_container(self.from_above(argv))
            if (
                command is not None
                and all(map(str.isprintable, command.argv))
                and self.has(command.argv[0])
                and not (fact.origin is Origin.README and command.argv[0] in self._left_out)
                and (isinstance(fact, Command) or self.is_own(command))
            ):
                argv = command.argv
                if script := self.own_programs.get(argv[0]):
                    argv = ("node", script, *argv[1:])
                argv = self.files.interpreted(argv)
                started = self._jar(argv)
                own = in_bundles(started, self.entry_points) if started else None
                if own is None:
                    return None
                argv = in_image(own, self.entry_points, self.tree, self.image.directory)
                argv = self._with_files_there(
                    tuple(map(self.files.of_production, map(self.files.where_it_starts, argv)))
                )
                if not to_fill_in(argv) and not self._names_yours(argv):
                    if self.image.package_manager:
                        argv = self.servers.with_runner(self.stack.language, argv)
                    return ContainerCommand(self._by_npm(argv), command.kind, command.development)
        return None

    def _names_yours(self, argv: tuple[str, ...]) -> bool:
        """Whether a command is an example of a manual: what it works on is called as nothing of the source is."""
        return any(
            _YOURS.fullmatch(word)
            and (not before.startswith("-") or before in _OPTIONS_OF_APPLICATION)
            and word not in self.modules
            for before, word in itertools.pairwise(argv)
        )

    def _by_npm(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """What pnpm is to run, which only the build stage has: a script of the manifest by npm, a library's program itself."""
        script, given = run_script(argv) if argv[0] == "pnpm" else ("", ())
        if script in self.scripts_of_manifest:
            return ("npm", "run", script, *(("--", *given) if given else ()))
        return (script, *given) if script else argv

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
            if self._ends(simple.words) and not needs_expansion(simple.words):
                contained = self.in_container(simple.words)
                if contained and self.is_step(contained):
                    yield contained.argv

    def from_above(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """Words as they are below the image's own folder, of a command that is typed at the top of the tree:
        `node src/server.js` where the image holds src."""
        return tuple(self.files.own_path(word) or word for word in argv)

    def _with_files_there(self, argv: tuple[str, ...]) -> tuple[str, ...]:
        """What a server is told of files, where it keeps to those that the image has; one that lost the file which said what
        kind of workers an ASGI application needs is told that."""
        places = (self.files.start, self.image.directory)
        argv = without_personal_files(argv)
        told = with_files_there(argv, self.servers, self.tree, places)
        if len(told) < len(argv) and "asgi" in self.entry_points and "uvicorn" in self._dependencies:
            return (*told[:1], "--worker-class", "uvicorn.workers.UvicornWorker", *told[1:])
        return told

    def _ends(self, argv: tuple[str, ...]) -> bool:
        contained = self.in_container(argv)
        return contained is not None and self.servers.ends_by_itself(contained.argv)

    def _serves(self, argv: tuple[str, ...]) -> bool:
        contained = self.in_container(argv)
        return contained is not None and self.servers.server(contained.argv) is not None

    def has(self, program: str) -> bool:
        """Whether the image can have a program: one of its language or its packages, or a file of the source."""
        if named_by_path(program):
            return self.stack.language not in INTERPRETED or self.files.has(program)
        if program.endswith(_SCRIPTS) and "/" not in program:
            return self.files.has(program)
        if program in self.servers.programs_of_packages and program not in self._dependencies:
            return False
        others = {p for language, own in self.servers.programs.items() if language != self.stack.language for p in own}
        known = program not in others or program in self.servers.programs.get(self.stack.language, ())
        known = known or self.stack.last_resort  # its packages are what the README's commands call
        return known and program not in self.servers.host_programs and bool(_PROGRAM.fullmatch(program))

    def is_own(self, command: ContainerCommand) -> bool:
        """Whether the program is the language's or the application's: a cron job may also look after the host."""
        program = command.argv[0]
        return (
            named_by_path(program)
            or program in self.servers.programs.get(self.stack.language, ())
            or program in self.console_scripts
        )

    def is_step(self, command: ContainerCommand) -> bool:
        """Whether a step of a release is the application's, or of a program that one of its libraries brings: `prisma`."""
        return self.is_own(command) or command.argv[0] in self._programs_of_libraries

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


def serves_files(stack: Stack, servers: Servers) -> bool:
    """Whether images of a stack are a web server of ours with what the build wrote."""
    return stack.start[:1] != () and stack.start[0] in servers.host_programs


def home_of(image: Image) -> str:
    """The folder that holds an image's own source: its build folder, or the module or member of a workspace that it is."""
    module = _BUILT.match(image.artifact or "") if not image.member else None
    return joined(image.directory, image.member or (module[1] if module else ""))


def _owner(place: str, homes: Iterable[str]) -> str | None:
    """The innermost of the folders that the place lies in."""
    return max((home for home in homes if inside(place, home)), key=len, default=None)


def _last_first(fact: Command | CronJob, candidates: list[tuple[str, ...]]) -> list[tuple[str, ...]]:
    """What goes on stands behind what is done before it: `bin/upgrade && bin/web`."""
    of_programs = [argv for argv in candidates if argv[:1] and argv[0] not in _OF_THE_SHELL]
    return of_programs[::-1] if isinstance(fact, Command) and fact.role is Role.START else of_programs


def processes(
    tree: SourceTree, facts: Facts, images: PlannedImages, servers: Servers, home: str
) -> tuple[Processes, ...]:
    """One for each image."""
    directories = tuple(home_of(image) for image in images.images.values())
    return tuple(
        Processes(name, image, images.stacks[name], images.entry_points[name], tree, facts, servers, home, directories)
        for name, image in images.images.items()
    )
