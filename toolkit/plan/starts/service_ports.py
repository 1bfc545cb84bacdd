"""Where a service listens: what its command tells it, what files and operators say, or what its stack usually does."""

import posixpath
import re
from collections.abc import Iterator, Set
from itertools import zip_longest

from toolkit.facts.manifests import env_samples
from toolkit.facts.model import Command, Dependency, EntryPoint, EnvironmentVariable, Fact, Origin, Port, Role
from toolkit.plan.ranking import contradiction, of_type, ranked
from toolkit.plan.starts.planned_services import PlannedServices
from toolkit.plan.starts.processes import Processes

_LEAST_OF_WEB = 80
_LEAST_UNPRIVILEGED_PORT = 1024
# `--server:port` and `--server.port` are keys of settings that the command line overrides, as nconf and Spring Boot take them.
_PORT_OPTION = re.compile(
    r"--bind|--listen|--(?:(?:app|http|listen|server|web)[:._-])?port|-addr|-b|-bind|-l|-listen|-p|-port"
)
_ALONE = re.compile(r"(0\.0\.0\.0:)(\d{2,5})")  # an address that is no option: `shop serve 0.0.0.0:8000`
_TOLD = re.compile(r"((?:[\w.*-]*:)?)(\d{2,5})")
_OF_PORT = re.compile(r"(?:(?:API|APP|APPLICATION|BACKEND|HTTP|LISTEN|NODE|SERVER|WEB)_)?PORT")
_MANIFESTS = ("package.json", "pyproject.toml", "requirements.txt", "pom.xml", "build.gradle")


def decide_port(
    name: str,
    argv: tuple[str, ...],
    command: Command | None,
    image: Processes,
    planned: PlannedServices,
    also_called: Set[str],
) -> tuple[tuple[str, ...], int]:
    """The start command of a service and its port; `also_called` is what the README calls it.

    What the command tells its program holds, whatever else is said; a port that needs root becomes the one that is decided.
    """
    key = f"services.{name}.port"
    ports = told_ports({name, "web"} | also_called, image)
    in_command = _in_command(argv)
    if in_command and not any(port.number == in_command for port in ports[:1]):
        planned.decide(key, in_command, "an option of the start command", (command,) if command else ())
        return argv, in_command
    if ports:
        planned.decide(key, ports[0].number, _why(ports[0]), tuple(ports[:1]))
        planned.findings += contradiction(ports, lambda fact: fact.number, "port", key)
        return _unprivileged(argv), ports[0].number
    if sample := _of_sample(image):
        number = int(sample.example or 0)
        planned.decide(key, number, f"the sample of its settings sets {sample.name}", (sample,))
        return _unprivileged(argv), number
    told = ((d, image.stack.port_with.get(d.name)) for d in of_type(image.facts, Dependency) if image.belongs(d))
    usual = next(((library, port) for library, port in told if port and not library.development), None)
    if usual:
        planned.decide(key, usual[1], f"the default port of {usual[0].name}", (usual[0],))
        return _unprivileged(argv), usual[1]
    planned.decide(key, image.stack.port, f"the usual port of {image.stack.title}", guessed=True)
    return _unprivileged(argv), image.stack.port


def told_ports(names: Set[str], image: Processes) -> list[Port]:
    """Where the service of these names listens, the strongest first; none for static sites, whose server is ours, and none
    that needs root."""
    if image.serves_files:
        return []
    ports = [port for port in of_type(image.facts, Port) if port.service in {"", *names} and image.owns(port)]
    elsewhere = set(_places_of_other_processes(image))
    ports = [port for port in ports if (port.evidence.path, port.evidence.first_line) not in elsewhere]
    tools = _folders_of_other_programs(image)
    ports = [port for port in ports if port.evidence.directory not in tools]
    usable = [
        port for port in ranked(ports) if port.number >= _LEAST_UNPRIVILEGED_PORT and not _of_front_end(port, image)
    ]
    # What the README of a folder inside says of a port is about that folder's own server, as a front end's; of several
    # ports of a README, or of sites of web servers, one is the application's where its code has it.
    agreed = {
        origin: {port.number for port in usable if port.origin is origin}
        & {port.number for port in usable if port.origin is not origin}
        for origin in (Origin.README, Origin.RUNNING)
    }

    def doubts(port: Port) -> tuple[bool, bool]:
        others = agreed.get(port.origin, set())
        return port.origin is Origin.README and _inner(port, image), bool(others) and port.number not in others

    return sorted(usable, key=doubts)


def _of_sample(image: Processes) -> EnvironmentVariable | None:
    """The variable for the port with an example that the application can listen on, as files of variables have it."""
    for fact in ranked(of_type(image.facts, EnvironmentVariable)):
        told = fact.evidence.rule == env_samples.RULE and _OF_PORT.fullmatch(fact.name) and image.owns(fact)
        if told and fact.example and fact.example.isdecimal() and _LEAST_UNPRIVILEGED_PORT <= int(fact.example) < 65536:
            return None if image.serves_files else fact
    return None


def _options(argv: tuple[str, ...]) -> Iterator[tuple[int, str, int]]:
    """Options of a start command that tell its program a port, `--port 8090` or `-listen=:8090`: the place of the word with
    the number, what stands before the number in it, and the number."""
    for place, (word, following) in enumerate(zip_longest(argv, argv[1:], fillvalue="")):
        if alone := _ALONE.fullmatch(word):
            yield place, alone[1], int(alone[2])
            continue
        name, equals, joined = word.partition("=")
        if _PORT_OPTION.fullmatch(name) and (match := _TOLD.fullmatch(joined or following)):
            before = name + equals + match[1] if joined else match[1]
            yield place if joined else place + 1, before, int(match[2])


def _in_command(argv: tuple[str, ...]) -> int | None:
    return next((number for _, _, number in _options(argv) if _LEAST_UNPRIVILEGED_PORT <= number < 65536), None)


def _unprivileged(argv: tuple[str, ...]) -> tuple[str, ...]:
    """The command with the service's port where operators, as root, had it listen on 80 or near it."""
    words = list(argv)
    for place, before, number in _options(argv):
        if _LEAST_OF_WEB <= number < _LEAST_UNPRIVILEGED_PORT:
            words[place] = f"{before}{{port}}"
    return tuple(words)


def _of_front_end(port: Port, image: Processes) -> bool:
    """Whether scripts of a package of Node inside an application of another language say it: its developers' server."""
    place, path = port.directory.strip("/"), port.evidence.path
    inner = place != image.image.directory and f"{place}/package.json" in image.tree
    return inner and image.stack.language != "node" and path.endswith((".js", ".cjs", ".mjs", ".ts", "package.json"))


def _inner(fact: Fact, image: Processes) -> bool:
    folder = fact.evidence.directory
    return folder != image.image.directory and any(f"{folder}/{name}" in image.tree for name in _MANIFESTS)


def _places_of_other_processes(image: Processes) -> Iterator[tuple[str, int]]:
    """Where commands stand that listen for something else than requests: `manage.py smtpd --port 2525`."""
    for command in of_type(image.facts, Command):
        if command.role is Role.START and (contained := image.contained(command)) and contained.kind != "web":
            yield command.evidence.path, command.evidence.first_line


def _folders_of_other_programs(image: Processes) -> set[str]:
    """Main packages of Go beside the one that serves."""
    serving = image.entry_points.get("go_mains", "").split(" ")[0]
    mains = {point.value for point in of_type(image.facts, EntryPoint) if point.kind == "go_main"} - {serving, "."}
    return {posixpath.join(image.image.directory, package.removeprefix("./")) for package in mains}


def _why(port: Port) -> str:
    return {
        Origin.RUNNING: "the configuration sets it",
        Origin.README: "the operators' documents name it",
    }.get(port.origin, "the code's default")
