"""Which processes run, with which command, port, paths and size."""

import re
import shlex
from collections.abc import Mapping

from toolkit.catalog.servers import Servers
from toolkit.facts.model import Command, EntryPoint, Fact, Facts, Mode, Origin, Port, Role
from toolkit.findings import Finding, Severity
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.commands import ContainerCommand
from toolkit.plan.images import PlannedImages
from toolkit.plan.model import Health, Question, Service
from toolkit.plan.names import valid_name
from toolkit.plan.processes import PlannedServices, Processes, processes, size_for, why_of
from toolkit.plan.ranking import contradiction, evidence_of, of_type, ranked
from toolkit.plan.release_steps import plan_release
from toolkit.plan.scheduled_tasks import plan_scheduled_tasks

_CATCH_ALL_PRIORITY = 40_000
_PRIORITY_STEP = 100
# Of several web services the one that people see first takes every path that no other has.
_FRONT = ("web", "frontend", "client", "ui", "portal", "www")
_API = ("backend", "api", "server")
_LEAST_UNPRIVILEGED_PORT = 1024
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
    _plan_routes(planned)
    planned.release = plan_release(known, planned)
    return planned


def _plan_image(image: Processes, planned: PlannedServices) -> None:
    found: dict[str, tuple[ContainerCommand, Command]] = {}
    development: list[Command] = []
    starts = [c for c in of_type(image.facts, Command) if c.role is Role.START and image.belongs(c)]
    # What an earlier attempt at containers runs counts only where nothing else says how the application starts.
    starts = [c for c in starts if c.evidence.rule not in _CONTAINER_FILES] or starts
    for command in image.of_scripts(ranked(starts, operators_first=True)):
        contained = image.contained(command)
        if contained is None:
            continue
        if contained.development or command.mode is Mode.DEVELOPMENT or _runs_module(contained, image.entry_points):
            development.append(command)
            continue
        if contained.kind == "web" and not image.may_listen(contained):
            continue
        name = _name(command, contained, image)
        if name not in found and not any(contained.argv == other.argv for other, _ in found.values()):
            found[name] = (contained, command)
    webs = [name for name, (contained, _) in found.items() if contained.kind == "web"]
    for other in webs[1:]:
        # Two commands without names are two ways to start the same; those with names of their own are two services.
        if found[other][1].service in ("", webs[0]):
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
    if not webs:
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


def _plan_usual_web(image: Processes, development: list[Command], planned: PlannedServices) -> None:
    """The stack's own way to run, where no file tells a command for production."""
    name = "web" if image.alone else image.name
    key = f"services.{name}.command"
    argv = image.usual_start()
    why = f"{image.stack.title}'s way to run in production"
    if development:
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
    _plan_web(name, argv, None, image, planned)


def _plan_web(
    name: str, argv: tuple[str, ...], command: Command | None, image: Processes, planned: PlannedServices
) -> None:
    key = f"services.{name}"
    ports = _ports(name, image)
    if ports:
        planned.decide(f"{key}.port", ports[0].number, _why_port(ports[0]), tuple(ports[:1]))
        planned.findings += contradiction(ports, lambda fact: fact.number, "port", f"{key}.port")
    else:
        planned.decide(f"{key}.port", image.stack.port, f"what {image.stack.title} usually listens on", guessed=True)
    health, told = _health(image)
    why = (
        "the application answers there" if told else "no health address was found; any answer but a server error counts"
    )
    planned.decide(f"{key}.health.path", health.path, why, told, guessed=not told)
    size = size_for(argv, "medium")
    heap = any(word.startswith("-Xmx") for word in argv)
    why = "the heap that the start command asks for" if heap else "the usual size of a web service"
    planned.decide(f"{key}.size", size, why, (command,) if heap and command else (), guessed=not heap)
    planned.services[name] = Service(
        kind="web",
        image=image.name,
        command=argv,
        port=ports[0].number if ports else image.stack.port,
        health=health,
        size=size,
    )


def _name(command: Command, contained: ContainerCommand, image: Processes) -> str:
    base = valid_name(command.service) or contained.kind
    if contained.kind != "web" and base in ("web", image.name):
        base = contained.kind
    if image.alone:
        return base
    return image.name if contained.kind == "web" and base == "web" else valid_name(f"{image.name}-{base}")


def _runs_module(contained: ContainerCommand, entry_points: Mapping[str, str]) -> bool:
    """`python app.py` where app.py holds the WSGI application: its own small server, for developers."""
    if contained.argv[:1] != ("python",) or len(contained.argv) != 2:
        return False
    module = contained.argv[1].removeprefix("./").removesuffix(".py").replace("/", ".")
    return any(entry_points.get(kind, "").split(":")[0] == module for kind in ("wsgi", "asgi"))


def _ports(name: str, image: Processes) -> list[Port]:
    """Where this service listens, the strongest first; none for static sites, whose server is ours, and none that needs
    root."""
    if not image.stack.start:
        return []
    ports = [port for port in of_type(image.facts, Port) if port.service in ("", name, "web") and image.belongs(port)]
    return [port for port in ranked(ports) if port.number >= _LEAST_UNPRIVILEGED_PORT]


def _health(image: Processes) -> tuple[Health, tuple[Fact, ...]]:
    usual = image.stack.health
    entries = [e for e in of_type(image.facts, EntryPoint) if e.kind == "health_path" and image.belongs(e)]
    for entry in ranked(entries):
        if re.fullmatch(r"/[^\x00-\x20\x7f<>{}*]{0,200}", entry.value):
            return Health(path=entry.value, grace_seconds=usual.grace_seconds), (entry,)
    for command in of_type(image.facts, Command):
        if command.role is Role.VERIFY and (path := _asked_path(command, image)):
            return Health(path=path, grace_seconds=usual.grace_seconds), (command,)
    status = "200-399" if usual.path != "/" else "200-499"
    return Health(path=usual.path, status=status, grace_seconds=usual.grace_seconds), ()


def _asked_path(command: Command, image: Processes) -> str:
    """The path in `curl http://localhost:8000/health`, when one of its parts is a word for health."""
    for match in re.finditer(r"(?:localhost|127\.0\.0\.1)(?::\d{2,5})?(/[\w./-]{1,200})", command.text):
        if set(match[1].lower().split("/")) & set(image.servers.health_words):
            return match[1]
    return ""


def _why_port(port: Port) -> str:
    return {
        Origin.RUNNING: "the configuration sets it",
        Origin.README: "the operators name it",
    }.get(port.origin, "the code's default")


def _plan_routes(planned: PlannedServices) -> None:
    """Several web services are told apart by their name as first part of the path; one of them takes the rest."""
    webs = [name for name, service in planned.services.items() if service.kind == "web"]
    front = min(webs, key=lambda name: (name not in _FRONT, name in _API), default="")
    for number, name in enumerate(webs, start=1):
        prefix = "api" if name in _API else name
        paths = ("/*",) if name == front else (f"/{prefix}/*", f"/{prefix}")
        priority = _CATCH_ALL_PRIORITY if name == front else number * _PRIORITY_STEP
        planned.services[name] = planned.services[name].model_copy(update={"paths": paths, "priority": priority})
        why = (
            "every request"
            if len(webs) == 1
            else "every other request"
            if name == front
            else "its name as first part of the path"
        )
        planned.decide(f"services.{name}.paths", ", ".join(paths), why, guessed=len(webs) > 1)
        why = "after every more specific rule" if name == front else "before the rule that takes the rest"
        planned.decide(f"services.{name}.priority", priority, why, guessed=True)
