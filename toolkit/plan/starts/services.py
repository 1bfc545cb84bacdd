"""Which processes run, with which command, port, paths and size."""

import shlex
from collections.abc import Mapping, Set

from toolkit.catalog.servers import Servers
from toolkit.facts.model import Command, CronJob, Facts, Mode, Origin, Route
from toolkit.findings import Finding, Severity
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.images.images import PlannedImages
from toolkit.plan.model import Question, Service
from toolkit.plan.names import valid_name
from toolkit.plan.ranking import evidence_of, of_type
from toolkit.plan.routing.service_paths import addressed, passed_on, plan_paths
from toolkit.plan.starts.commands import ContainerCommand, as_last_resort
from toolkit.plan.starts.health import plan_health
from toolkit.plan.starts.listening_options import with_listening_option
from toolkit.plan.starts.planned_services import PlannedServices, size_for, why_of
from toolkit.plan.starts.processes import Processes, processes
from toolkit.plan.starts.programs import may_listen
from toolkit.plan.starts.release_steps import plan_release
from toolkit.plan.starts.scheduled_tasks import plan_scheduled_tasks
from toolkit.plan.starts.service_ports import decide_port, told_ports
from toolkit.plan.starts.told_starts import same_process, told_starts, work_of
from toolkit.plan.starts.usual_start import serving_script, usual_start

_Found = dict[str, tuple[ContainerCommand, Command]]  # by the name of the service


def plan_services(
    tree: SourceTree, facts: Facts, images: PlannedImages, servers: Servers, home: str, timezone: str
) -> PlannedServices:
    """Services by image: web, workers and schedulers, then scheduled tasks; and the release steps."""
    planned = PlannedServices()
    known = processes(tree, facts, images, servers, home)
    for image in known:
        _plan_services_of(image, planned)
    kinds = ("web", "worker", "scheduler")
    planned.services = dict(sorted(planned.services.items(), key=lambda item: kinds.index(item[1].kind)))
    plan_scheduled_tasks(known, timezone, planned)
    of_files = {image.name for image in known if image.serves_files}
    sites = {name for name, service in planned.services.items() if service.image in of_files}
    plan_paths(planned, sites, passed_on(facts))
    planned.release = plan_release(known, planned)
    return planned


def _plan_services_of(image: Processes, planned: PlannedServices) -> None:
    found, development = _told(image)
    _keep_one_web(found, planned)
    has_web = any(contained.kind == "web" for contained, _ in found.values())
    if image.stack.process == "worker":
        _plan_usual_worker(image, planned)
    elif not has_web and not (_has_other_work(image, found) and not development and not _may_serve(image)):
        _plan_usual_web(image, development, planned)
    for name, (contained, command) in found.items():
        if contained.kind == "web":
            argv = with_listening_option(contained.argv, image)
            planned.decide(f"services.{name}.command", shlex.join(argv), why_of(command), (command,))
            _plan_web(name, argv, command, image, planned)
        else:
            size = size_for(contained.argv, "low")
            planned.services[name] = Service(kind=contained.kind, image=image.name, command=contained.argv, size=size)
            because = "a separate process that does not listen on a port"
            planned.decide(f"services.{name}", contained.kind, because, (command,))
            planned.decide(f"services.{name}.command", shlex.join(contained.argv), why_of(command), (command,))


def _told(image: Processes) -> tuple[_Found, list[Command]]:
    """The processes that are told for production, and the commands for developers."""
    found: _Found = {}
    development: list[Command] = []
    for start in told_starts(image):
        command, contained = start.command, start.contained
        # The program of a worker is the same for developers, and counts where nothing tells of another one.
        known = {work_of(other, image) for _, other in found.values()}
        of_developers = command.mode is Mode.DEVELOPMENT and work_of(command, image) in {None, *known}
        if start.development or of_developers:
            development.append(command)
            continue
        if contained.kind == "web" and not may_listen(contained, image):
            continue
        if start.doubt and any(other.kind == contained.kind for other, _ in found.values()):
            continue
        name = _name(command, contained, image)
        if not any(same_process(contained, other, image) for other, _ in found.values()) and name not in found:
            found[name] = (contained, command)
    return found, development


def _keep_one_web(found: _Found, planned: PlannedServices) -> None:
    """RP051, for commands that start the same web process as the first."""
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
                    f"to use it, set services.{webs[0]}.command in replatform.yaml",
                )
            )
            del found[other]


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
    planned.decide(
        f"services.{name}.command", shlex.join(argv), f"the usual start of {image.stack.title}", guessed=True
    )


def _plan_usual_web(image: Processes, development: list[Command], planned: PlannedServices) -> None:
    """The stack's own way to run, where no file tells a command for production."""
    name = "web" if image.alone else image.name
    key = f"services.{name}.command"
    argv = usual_start(image)
    why = f"the usual production start of {image.stack.title}"
    if told := _told_for_developers(argv, development, image):
        argv, why = told, "the server that developers start, without its development options"
    if development and not argv and (only := image.contained(development[0])):
        argv = as_last_resort(only.argv, image.servers)
        why = "the only documented way to start it"
        planned.findings.append(
            Finding(
                "RP050",
                Severity.NOTE,
                f"`{development[0].text[:120]}` is documented for developers, and nothing else says how the application starts; the container runs it",
                evidence_of(development, 1),
                f"to use another command, set {key} in replatform.yaml",
            )
        )
    elif development:
        why += ", instead of the development server"
        planned.findings.append(
            Finding(
                "RP050",
                Severity.NOTE,
                f"`{development[0].text[:120]}` starts a development server; the container runs `{shlex.join(argv)}`",
                evidence_of(development, 1),
                f"to use another command, set {key} in replatform.yaml",
            )
        )
    if not argv:
        argv, why = serving_script(image), "the script that starts a server"
    argv = with_listening_option(argv, image)
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
    """What developers give the very server that the container runs, `uvicorn shop.main:app --reload`, or the very program,
    `go run . serve`; () where they give it nothing."""
    for command in development:
        contained = image.contained(command)
        server = image.servers.server(contained.argv) if contained else None
        compiled = command.argv[:2] == ("go", "run")
        if contained and (compiled or (server and server.needs_application)) and contained.argv[:1] == usual[:1]:
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
    health, told = plan_health(image, addresses.context_path)
    why = (
        "the application answers there"
        if told
        else "no health endpoint was found; any answer but a server error counts as healthy"
    )
    planned.decide(f"{key}.health.path", health.path, why, told, guessed=not told)
    stores = image.points("session_store")
    if stores:
        why = f"sessions are kept in the {stores[0].value} of one process"
        planned.decide(f"{key}.sticky_sessions", True, why, tuple(stores[:1]))
    size = size_for(argv, "medium")
    heap = any(word.startswith("-Xmx") for word in argv)
    why = "the heap size in the start command" if heap else "the usual size of a web service"
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
