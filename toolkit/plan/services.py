"""Which processes run, with which command, port, paths and size."""

import re
import shlex
from collections.abc import Iterator, Mapping, Set
from dataclasses import replace

from toolkit.catalog.servers import Server, Servers
from toolkit.facts.model import Command, CronJob, EntryPoint, Fact, Facts, Mode, Origin, Role, Route
from toolkit.findings import Finding, Severity
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.commands import ContainerCommand
from toolkit.plan.images import PlannedImages
from toolkit.plan.model import Health, Question, Service
from toolkit.plan.names import valid_name
from toolkit.plan.planned_services import PlannedServices, size_for, why_of
from toolkit.plan.processes import Processes, processes
from toolkit.plan.programs import answers_nothing, is_release_step, is_there, may_listen, programs_of, runs_server
from toolkit.plan.ranking import evidence_of, of_type, ranked
from toolkit.plan.release_steps import plan_release
from toolkit.plan.scheduled_tasks import plan_scheduled_tasks
from toolkit.plan.service_paths import addressed, plan_paths
from toolkit.plan.service_ports import decide_port, told_ports
from toolkit.plan.start_scripts import started_by_scripts, started_by_tasks, works_from_outside
from toolkit.plan.usual_start import runs_source, serving_script, usual_start

# What the README's sentences say of a command whose program no rule knows.
_TOLD_BY_PROSE = frozenset({"readme:command:by-lead-in", "readme:command:path-alone"})
_STARTS = re.compile(r"(?i)daemon|launch|run|serv|start|up|web|www")
_APPLICATION = re.compile(r"[A-Za-z_][\w.]*:[A-Za-z_]\w*(?:\(\))?|[\w.]+\.(?:wsgi|asgi)")
# `/orders/status` tells about orders; below one of these words it may tell about the application.
_STATUS_OF_SOMETHING = re.compile(
    r"(?:/[^/]+)*/(?!(?:api|v\d+|_\w*|internal|system|service|server|app|public|rest|health|monitor(?:ing)?|management)/)[^/]+"
    r"/(?:heartbeat|ping|status)/?"
)
_KEEPERS_OF_PROCESSES = frozenset({"supervisor", "systemd-unit"})
_CONTAINER_FILES = frozenset({"compose-file", "dockerfile"})


def plan_services(
    tree: SourceTree, facts: Facts, images: PlannedImages, servers: Servers, home: str, timezone: str
) -> PlannedServices:
    """Services by image: web, workers and schedulers, then scheduled tasks; and the release steps."""
    planned = PlannedServices()
    known = processes(tree, facts, images, servers, home)
    for image in known:
        _plan_image(image, planned)
    kinds = ("web", "worker", "scheduler")
    planned.services = dict(sorted(planned.services.items(), key=lambda item: kinds.index(item[1].kind)))
    plan_scheduled_tasks(known, timezone, planned)
    of_files = {image.name for image in known if image.serves_files}
    sites = {name for name, service in planned.services.items() if service.image in of_files}
    plan_paths(planned, sites)
    planned.release = plan_release(known, planned)
    return planned


def _is_procfile_worker(command: Command, contained: ContainerCommand, image: Processes) -> bool:
    """Of a Procfile's process types `web` alone gets requests (https://devcenter.heroku.com/articles/procfile, reviewed
    2026-11-21), unless another one runs what can only be a server."""
    told = command.evidence.rule == "procfile" and command.service != "web"
    return told and contained.kind == "web" and not image.servers.server(contained.argv)


def _plan_image(image: Processes, planned: PlannedServices) -> None:
    found: dict[str, tuple[ContainerCommand, Command]] = {}
    development: list[Command] = []
    starts = [
        c for c in of_type(image.facts, Command) if image.belongs(c) and (c.role is Role.START or runs_server(c, image))
    ]
    if image.serves_files:
        starts = []
    starts = [c for c in starts if not _is_mere_name(c, image)] or starts
    starts = list(_without_containers_own(starts, image))
    told = [*started_by_scripts(ranked(starts, operators_first=True), image), *started_by_tasks(image)]
    served = any(_is_served(command, image) for command in told)
    for command in sorted(told, key=lambda told: (told.mode is Mode.DEVELOPMENT, _doubt(told, image, served))):
        contained = image.contained(command)
        if contained is None or not _is_process(command, contained, image):
            continue
        silent = contained.kind == "web" and answers_nothing(contained.argv, command.directory, image)
        if silent and contained.argv[0] == "node" and command.origin is Origin.README:
            continue  # a tool that is run by hand: what goes on in the background is called so
        beside_server = served and _is_beside_server(command, contained, image)
        if silent or beside_server or _is_procfile_worker(command, contained, image):
            contained = replace(contained, kind="worker")
        if contained.development or _runs_module(contained, image.entry_points) or runs_source(contained.argv, image):
            development.append(command)
            continue
        # The program of a worker is the same for developers, and counts where nothing tells of another one.
        known = {_work(other, image) for _, other in found.values()}
        if command.mode is Mode.DEVELOPMENT and _work(command, image) in {None, *known}:
            development.append(command)
            continue
        if contained.kind == "web" and not may_listen(contained, image):
            continue
        if _doubt(command, image, served) and any(other.kind == contained.kind for other, _ in found.values()):
            continue
        name = _name(command, contained, image)
        if not any(_same_process(contained, other, image) for other, _ in found.values()) and name not in found:
            found[name] = (contained, command)
    webs = [name for name, (contained, _) in found.items() if contained.kind == "web"]
    # The one web process of supervisor's file or pm2's, and how a README starts the application without a name for it.
    alike = len(webs) == 2 and [found[web][1].origin for web in webs] == [Origin.README, Origin.RUNNING]
    for other in webs[1:]:
        # Two commands without names are two ways to start the same; those with names of their own are two services.
        if found[other][1].service in ("", webs[0]) or (alike and webs[0] == "web"):
            planned.findings.append(
                Finding(
                    "RP051",
                    Severity.NOTE,
                    f"`{found[other][1].text[:120]}` also starts the application; `{found[webs[0]][1].text[:120]}` is used",
                    evidence_of([found[other][1]]),
                    f"to choose it, set services.{webs[0]}.command in replatform.yaml",
                )
            )
            del found[other]
    if image.stack.process == "worker":
        _plan_usual_worker(image, planned)
    elif not webs and not (_has_other_work(image, found) and not development and not _may_serve(image)):
        _plan_usual_web(image, development, planned)
    for name, (contained, command) in found.items():
        if contained.kind == "web":
            planned.decide(f"services.{name}.command", shlex.join(contained.argv), why_of(command), (command,))
            _plan_web(name, contained.argv, command, image, planned)
        else:
            size = size_for(contained.argv, "low")
            planned.services[name] = Service(kind=contained.kind, image=image.name, command=contained.argv, size=size)
            planned.decide(
                f"services.{name}", contained.kind, "a process of its own, which does not listen", (command,)
            )
            planned.decide(f"services.{name}.command", shlex.join(contained.argv), why_of(command), (command,))


def _is_mere_name(command: Command, image: Processes) -> bool:
    """Whether a sentence names a server, `puma`, and tells it nothing."""
    return command.origin is Origin.README and len(command.argv) == 1 and image.servers.server(command.argv) is not None


def _without_containers_own(starts: list[Command], image: Processes) -> Iterator[Command]:
    """What an earlier attempt at containers runs counts only where nothing else says how the application starts, or where
    it alone tells of a worker."""
    elsewhere = [c for c in starts if c.evidence.rule not in _CONTAINER_FILES]
    known = {_work(c, image) for c in elsewhere}
    for command in starts:
        if not elsewhere or command in elsewhere or _work(command, image) not in {None, *known}:
            yield command


def _work(command: Command, image: Processes) -> tuple[str, tuple[str, ...]] | None:
    """What kind of process a command is, of which program; None for what serves, or is no known program."""
    contained = image.contained(command)
    server = image.servers.server(contained.argv) if contained else None
    return (contained.kind, server.program) if contained and server and contained.kind != "web" else None


def _has_other_work(image: Processes, found: Mapping[str, object]) -> bool:
    """Whether there are workers, or jobs of a crontab, that an application without a server consists of."""
    jobs = (job for job in of_type(image.facts, CronJob) if image.belongs(job))
    return bool(found) or any(image.contained(job) for job in jobs)


def _may_serve(image: Processes) -> bool:
    """Whether anything says that the application listens: a framework's way to start, a port, a route."""
    routes = any(image.belongs(route) for route in of_type(image.facts, Route))
    return bool(usual_start(image) or told_ports({"web"}, image) or routes)


def _plan_usual_worker(image: Processes, planned: PlannedServices) -> None:
    """The process of a stack that does not serve."""
    name = "worker" if image.alone else image.name
    argv = usual_start(image)
    planned.services[name] = Service(kind="worker", image=image.name, command=argv, size="low")
    planned.decide(f"services.{name}", "worker", f"{image.stack.title} does not listen")
    planned.decide(f"services.{name}.command", shlex.join(argv), f"{image.stack.title} starts so", guessed=True)


def _plan_usual_web(image: Processes, development: list[Command], planned: PlannedServices) -> None:
    """The stack's own way to run, where no file tells a command for production."""
    name = "web" if image.alone else image.name
    key = f"services.{name}.command"
    argv = usual_start(image)
    why = f"{image.stack.title}'s way to run in production"
    if told := _told_for_developers(argv, development, image):
        argv, why = told, "what developers start, as a server for production"
    if development and not argv and (only := image.contained(development[0])):
        argv = only.argv
        why = "the only way to start it that is told"
        planned.findings.append(
            Finding(
                "RP050",
                Severity.NOTE,
                f"`{development[0].text[:120]}` is told for developers, and nothing else says how the application starts; the container runs it",
                evidence_of(development, 1),
                f"to choose another, set {key} in replatform.yaml",
            )
        )
    elif development:
        why += ", in place of the developers' server"
        planned.findings.append(
            Finding(
                "RP050",
                Severity.NOTE,
                f"`{development[0].text[:120]}` starts a server for developers; the container runs `{shlex.join(argv)}`",
                evidence_of(development, 1),
                f"to choose another, set {key} in replatform.yaml",
            )
        )
    if not argv:
        argv, why = serving_script(image), "the script that starts a server"
    planned.decide(key, shlex.join(argv), why, tuple(development[:1]), guessed=True)
    if not argv:
        question = "No file says how the application is started. What is the command, as a list of words?"
        planned.questions.append(Question(key, question, None, consequence=1))
        planned.findings.append(
            Finding(
                "RP053",
                Severity.ERROR,
                f"no file says how service {name} is started",
                (),
                f"set {key} in replatform.yaml",
            )
        )
    _plan_web(name, argv, None, image, planned, also_called={command.service for command in development})


def _told_for_developers(usual: tuple[str, ...], development: list[Command], image: Processes) -> tuple[str, ...]:
    """What developers give the very server that the container runs, `uvicorn shop.main:app --reload`; () where they give it
    nothing."""
    for command in development:
        contained = image.contained(command)
        server = image.servers.server(contained.argv) if contained else None
        if contained and server and server.needs_application and contained.argv[:1] == usual[:1]:
            return contained.argv
    return ()


def _plan_web(
    name: str,
    argv: tuple[str, ...],
    command: Command | None,
    image: Processes,
    planned: PlannedServices,
    also_called: Set[str] = frozenset(),
) -> None:
    key = f"services.{name}"
    argv, port = decide_port(name, argv, command, image, planned, also_called)
    addresses = planned.addresses[name] = addressed(argv, image)
    health, told = _health(image, addresses.context_path)
    why = (
        "the application answers there" if told else "no health address was found; any answer but a server error counts"
    )
    planned.decide(f"{key}.health.path", health.path, why, told, guessed=not told)
    stores = [e for e in of_type(image.facts, EntryPoint) if e.kind == "session_store" and image.belongs(e)]
    if stores:
        why = f"sessions live in the {stores[0].value} of one process"
        planned.decide(f"{key}.sticky_sessions", True, why, tuple(stores[:1]))
    size = size_for(argv, "medium")
    heap = any(word.startswith("-Xmx") for word in argv)
    why = "the heap that the start command asks for" if heap else "the usual size of a web service"
    planned.decide(f"{key}.size", size, why, (command,) if heap and command else (), guessed=not heap)
    planned.services[name] = Service(
        kind="web",
        image=image.name,
        command=argv,
        port=port,
        health=health,
        size=size,
        sticky_sessions=bool(stores),
    )


def _name(command: Command, contained: ContainerCommand, image: Processes) -> str:
    base = valid_name(command.service) or contained.kind
    task = image.servers.subcommand(contained.argv)
    if contained.kind != "web" and task and not image.servers.server(contained.argv) and base in ("web", "worker"):
        base = valid_name(task) or base
    if contained.kind != "web" and base in ("web", image.name):
        base = contained.kind
    if image.alone:
        return base
    return image.name if contained.kind == "web" and base in ("web", image.name) else valid_name(f"{image.name}-{base}")


def _is_process(command: Command, contained: ContainerCommand, image: Processes) -> bool:
    """Whether what a line starts goes on: a migration ends, and a program that only the sentence around it makes a start
    counts when it is the application's or its language's."""
    argv = contained.argv
    if image.servers.ends_by_itself(argv) or image.servers.watches(argv) or not is_there(argv, image):
        return False
    if command.origin is Origin.README and (
        image.servers.prepares_host(argv) or works_from_outside(argv, image) or is_release_step(argv, image)
    ):
        return False
    if _is_any_script(command, contained) and usual_start(image):
        return False
    # In a container's own files words may be arguments of an entry point, `CMD ["web"]`.
    doubtful = command.evidence.rule in _TOLD_BY_PROSE | _CONTAINER_FILES
    return not doubtful or _is_known(contained, image)


def _is_known(contained: ContainerCommand, image: Processes) -> bool:
    """Whether the program is the application's, its language's or a server."""
    return (
        image.is_own(contained)
        or image.servers.server(contained.argv) is not None
        or image.stack.language not in image.servers.programs
    )


def _is_doubtful(command: Command, image: Processes) -> bool:
    """Whether a README's command is a program that nothing knows, or a script that does not tell what it starts: it counts
    where nothing else says how the application starts. What is called like the application may be a client of it, too."""
    contained = image.contained(command) if command.origin is Origin.README else None
    if contained is None:
        return False
    path = contained.argv[0]
    return not _is_known(contained, image) or (path.startswith(("/app/", "./", "bin/")) and image.is_file(path))


def _doubt(command: Command, image: Processes, served: bool) -> int:
    """How late a command is looked at: where an image is `served` by what a process file tells, a README's web process that
    is no known server comes behind it, and what is doubtful in a README behind everything."""
    if command.origin is not Origin.README:
        return 0
    if _is_doubtful(command, image):
        return 2
    contained = image.contained(command)
    return int(
        served and contained is not None and contained.kind == "web" and image.servers.server(contained.argv) is None
    )


def _is_served(command: Command, image: Processes) -> bool:
    """Whether a process file of the application starts a known server by this command, if it is one for developers."""
    contained = image.contained(command) if command.origin is Origin.RUNNING else None
    server = image.servers.server(contained.argv) if contained else None
    known = server is not None and server.kind == "web"
    return contained is not None and (known or contained.development) and command.evidence.rule not in _CONTAINER_FILES


def _is_beside_server(command: Command, contained: ContainerCommand, image: Processes) -> bool:
    """Whether a unit or a program of supervisor is one more process of an application that a known server serves: `inv
    process-mail`, and not a script that its language runs, which may be a server of its own."""
    own = image.servers.programs.get(image.stack.language, ())
    told = command.evidence.rule in _KEEPERS_OF_PROCESSES and not contained.development
    return told and not image.servers.server(contained.argv) and contained.argv[0] not in own


def _is_any_script(command: Command, contained: ContainerCommand) -> bool:
    """Whether only the sentence around it makes a start of a script of the source, `bin/rename-project shop`, or of what a
    module does, `python -m shop init`."""
    if command.evidence.rule not in _TOLD_BY_PROSE:
        return False
    script = contained.argv[0]
    does = contained.argv[3] if contained.argv[:2] == ("python", "-m") and len(contained.argv) > 3 else ""
    if re.fullmatch(r"[a-z][a-z_-]+", does):
        return not _STARTS.search(does)
    return script.startswith(("/app/", "./", "bin/")) and not _STARTS.search(script.rpartition("/")[2])


def _same_process(one: ContainerCommand, other: ContainerCommand, image: Processes) -> bool:
    """The same command however it is written, or the same application given to a server twice: under other options, or to
    another server."""
    if image.servers.task(one.argv) == image.servers.task(other.argv) or programs_of(one.argv, image) & programs_of(
        other.argv, image
    ):
        return True
    servers = [image.servers.server(command.argv) for command in (one, other)]
    if one.kind != other.kind or None in servers:
        return False
    if one.kind != "web":
        return servers[0] == servers[1] and _same_work(one.argv, other.argv, servers[0])
    named = [{word for word in command.argv[1:] if _APPLICATION.fullmatch(word)} for command in (one, other)]
    return bool(named[0] & named[1])


def _same_work(one: tuple[str, ...], other: tuple[str, ...], server: Server | None) -> bool:
    """Whether two commands of a worker agree in the options that tell its processes apart."""
    if server is None or not server.tells_apart:
        return False
    return all(server.option(one, name) == server.option(other, name) for name in server.tells_apart)


def _runs_module(contained: ContainerCommand, entry_points: Mapping[str, str]) -> bool:
    """`python app.py` where app.py holds the WSGI application: its own small server, for developers."""
    if contained.argv[:1] != ("python",) or len(contained.argv) != 2:
        return False
    module = contained.argv[1].removeprefix("./").removesuffix(".py").replace("/", ".")
    return any(entry_points.get(kind, "").split(":")[0] == module for kind in ("wsgi", "asgi"))


def _health(image: Processes, context_path: str) -> tuple[Health, tuple[Fact, ...]]:
    """Elsewhere than below its context path an application never answers."""
    health, told = _told_health(image)
    if f"{health.path}/".startswith(f"{context_path}/"):
        return health, told
    return health.model_copy(update={"path": f"{context_path}{health.path}"}), told


def _told_health(image: Processes) -> tuple[Health, tuple[Fact, ...]]:
    usual, codes = image.stack.health, image.stack.healthy_status
    entries = [e for e in of_type(image.facts, EntryPoint) if e.kind == "health_path" and image.belongs(e)]
    entries = [e for e in entries if not _STATUS_OF_SOMETHING.fullmatch(e.value)]
    for entry in ranked(entries):
        path = _mounted(entry, image)
        if re.fullmatch(r"/[^\x00-\x20\x7f<>{}*]{0,200}", path):
            return Health(path=path, status=codes, grace_seconds=usual.grace_seconds), (entry,)
    for command in of_type(image.facts, Command):
        if command.role is Role.VERIFY and (path := _asked_path(command, image)):
            return Health(path=path, status=codes, grace_seconds=usual.grace_seconds), (command,)
    # The stack's usual address answers 404 where the library for it was left out, and no task would ever be healthy.
    return Health(path="/", status="200-499", grace_seconds=usual.grace_seconds), ()


def _mounted(entry: EntryPoint, image: Processes) -> str:
    """A health address with what its router is mounted at in front, where the routes tell."""
    place = (entry.evidence.path, entry.evidence.first_line)
    same = (r.path for r in of_type(image.facts, Route) if (r.evidence.path, r.evidence.first_line) == place)
    return next((path for path in same if path.rstrip("/").endswith(entry.value.rstrip("/"))), entry.value)


def _asked_path(command: Command, image: Processes) -> str:
    """The path in `curl http://localhost:8000/health`, when one of its parts is a word for health."""
    for match in re.finditer(r"(?:localhost|127\.0\.0\.1)(?::\d{2,5})?(/[\w./-]{1,200})", command.text):
        if set(match[1].lower().split("/")) & set(image.servers.health_words):
            return match[1]
    return ""
