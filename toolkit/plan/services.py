"""Which processes run, with which command, port, paths and size."""

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from toolkit.catalog.servers import Servers
from toolkit.catalog.stacks import Stack
from toolkit.facts.model import Command, CronJob, EntryPoint, Fact, Facts, Mode, Origin, Port, Role
from toolkit.findings import Finding, Severity
from toolkit.plan.commands import ContainerCommand, container_command
from toolkit.plan.images import PlannedImages
from toolkit.plan.model import Decision, Health, Image, Question, Release, Service
from toolkit.plan.ranking import contradiction, evidence_of, of_type, ranked
from toolkit.plan.schedule import eventbridge_schedule

_NAME = re.compile(r"[^a-z0-9]+")
_INTERACTIVE = frozenset({"createsuperuser", "shell", "dbshell", "changepassword", "console"})
_CATCH_ALL_PRIORITY = 40_000
_PRIORITY_STEP = 100


@dataclass
class PlannedServices:
    services: dict[str, Service] = field(default_factory=dict)
    release: Release | None = None
    decisions: list[Decision] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def decide(self, key: str, value: object, because: str, facts: tuple[Fact, ...] = (), *, guessed: bool = False) -> None:
        self.decisions.append(Decision(key, str(value), because, evidence_of(facts), guessed))


def plan_services(facts: Facts, images: PlannedImages, servers: Servers, home: str, timezone: str) -> PlannedServices:
    """Web services first, then workers, schedulers and scheduled tasks, by image and name."""
    planned = PlannedServices()
    for name in images.images:
        _plan_processes(name, facts, images, servers, home, planned)
    _plan_cron(facts, images, servers, home, timezone, planned)
    _plan_routes(facts, planned)
    planned.release = _plan_release(facts, images, servers, home, planned)
    return planned


def _plan_processes(image_name: str, facts: Facts, images: PlannedImages, servers: Servers, home: str, planned: PlannedServices) -> None:
    image, stack, entry_points = images.images[image_name], images.stacks[image_name], images.entry_points[image_name]
    scripts = _plain_scripts(facts, image)
    found: dict[str, tuple[ContainerCommand, Command]] = {}
    development: list[Command] = []
    starts = [c for c in of_type(facts, Command) if c.role is Role.START and _belongs(c, image, images)]
    for command in ranked(starts, operators_first=True):
        contained = container_command(command.argv, servers, home, scripts) if command.argv else None
        if contained is None:
            continue
        if contained.development or command.mode is Mode.DEVELOPMENT or _runs_module_of(contained, entry_points):
            development.append(command)
            continue
        if not _known_program(contained.argv, image, stack):
            continue
        name = _service_name(command, contained, image_name, images)
        if name not in found and not any(contained.argv == other.argv for other, _ in found.values()):
            found[name] = (contained, command)
    webs = [name for name, (contained, _) in found.items() if contained.kind == "web"]
    if len(webs) > 1:
        _keep_one_web(webs, found, planned)
    if not webs:
        _plan_web(image_name, None, stack, image, facts, images, development, planned)
    for name, (contained, command) in found.items():
        if contained.kind == "web":
            _plan_web(image_name, (name, contained, command), stack, image, facts, images, development, planned)
        else:
            planned.services[name] = Service(kind=contained.kind, image=image_name, command=contained.argv, size="low")  # type: ignore[arg-type]
            planned.decide(f"services.{name}", contained.kind, "a process of its own: it does not listen", (command,))
            planned.decide(f"services.{name}.command", shlex.join(contained.argv), _why_command(command), (command,))


def _plan_web(
    image_name: str,
    given: tuple[str, ContainerCommand, Command] | None,
    stack: Stack,
    image: Image,
    facts: Facts,
    images: PlannedImages,
    development: list[Command],
    planned: PlannedServices,
) -> None:
    name = given[0] if given else ("web" if len(images.images) == 1 else image_name)
    key = f"services.{name}"
    port, port_facts = _port(name, given[2] if given else None, facts, image, images, stack)
    if port_facts:
        planned.decide(f"{key}.port", port, _why_port(port_facts[0]), tuple(port_facts[:1]))
        planned.findings += contradiction(port_facts, lambda fact: fact.number, "port", f"{key}.port")
    else:
        planned.decide(f"{key}.port", port, f"what {stack.title} usually listens on", guessed=True)
    if given:
        argv = _java(given[1].argv, stack)
        planned.decide(f"{key}.command", shlex.join(argv), _why_command(given[2]), (given[2],))
    else:
        argv = _stack_start(stack, images.entry_points[image_name])
        why = f"{stack.title}'s way to run in production"
        planned.decide(f"{key}.command", shlex.join(argv), why + (", in place of the developers' server" if development else ""), tuple(development[:1]), guessed=True)
        if development:
            planned.findings.append(
                Finding("RP050", Severity.NOTE, f"`{development[0].text[:120]}` starts a server for developers; the container runs `{shlex.join(argv)}`",
                        evidence_of(development, 1), f"to choose another, set {key}.command in replatform.yaml")
            )  # fmt: skip
        if not argv:
            planned.questions.append(Question(f"{key}.command", "No file says how the application is started. What is the command?", None, consequence=1))
            planned.findings.append(
                Finding("RP053", Severity.ERROR, f"no file says how service {name} is started", (), f"set {key}.command in replatform.yaml")
            )
    health, health_facts = _health(facts, image, stack)
    planned.decide(f"{key}.health.path", health.path, "the application answers there" if health_facts else "no health address was found; any answer but a server error counts", health_facts, guessed=not health_facts)
    planned.services[name] = Service(kind="web", image=image_name, command=argv, port=port, health=health, size=_size(argv))
    planned.decide(f"{key}.size", planned.services[name].size, "the heap that the start command asks for" if any(w.startswith("-Xmx") for w in argv) else "the usual size of a web service", guessed=True)


def _keep_one_web(webs: list[str], found: dict[str, tuple[ContainerCommand, Command]], planned: PlannedServices) -> None:
    """Two commands for one web process are two ways to start it; commands that name different programs are two services."""
    first = webs[0]
    for other in webs[1:]:
        if other.startswith(first + "-") or found[other][1].service in ("", first):
            planned.findings.append(
                Finding("RP051", Severity.NOTE, f"`{found[other][1].text[:120]}` also starts the application; `{found[first][1].text[:120]}` is used",
                        evidence_of([found[other][1]]), f"to choose it, set services.{first}.command in replatform.yaml")
            )  # fmt: skip
            del found[other]


def _service_name(command: Command, contained: ContainerCommand, image_name: str, images: PlannedImages) -> str:
    several = len(images.images) > 1
    base = valid_name(command.service) or contained.kind
    if contained.kind != "web" and base == "web":
        base = contained.kind
    if base in ("web", image_name) and several:
        return image_name
    return f"{image_name}-{base}"[:24].rstrip("-") if several and contained.kind != "web" else base


def _belongs(command: Command, image: Image, images: PlannedImages) -> bool:
    if len(images.images) == 1:
        return True
    directory = command.directory.strip("/")
    owner = max((i.directory for i in images.images.values() if directory == i.directory or directory.startswith(i.directory + "/") or not i.directory), key=len, default=None)
    return owner == image.directory


def _known_program(argv: tuple[str, ...], image: Image, stack: Stack) -> bool:
    """Whether an image of this stack can have the program: its language's, or a file of the application."""
    program = argv[0]
    if program.startswith(("./", "bin/", "/app/")):
        return True
    return program not in _FOREIGN.get(stack.language, frozenset()) and not program.startswith("/") and bool(re.fullmatch(r"[\w.@+-]{1,64}(/[\w.@+-]{1,64})*", program))


_LANGUAGE_PROGRAMS = {
    "python": {"python", "gunicorn", "uvicorn", "celery", "flask", "daphne", "hypercorn", "waitress-serve", "uwsgi", "rq"},
    "node": {"node", "npm", "yarn", "pnpm", "next", "nuxt", "serve"},
    "java": {"java", "mvn", "gradle", "catalina.sh"},
    "php": {"php", "php-fpm", "apache2-foreground"},
    "ruby": {"ruby", "puma", "unicorn", "thin", "rails", "sidekiq", "rackup", "bundle", "rake"},
    "dotnet": {"dotnet"},
    "go": set(),
}
_HOST_PROGRAMS = frozenset({"service", "systemctl", "nginx", "apache2ctl", "httpd", "docker", "docker-compose", "supervisord", "supervisorctl", "redis-server", "mysqld", "mongod", "postgres", "rabbitmq-server"})
_FOREIGN = {
    language: frozenset().union(*(programs for other, programs in _LANGUAGE_PROGRAMS.items() if other != language)) | _HOST_PROGRAMS
    for language in _LANGUAGE_PROGRAMS
}


def _runs_module_of(contained: ContainerCommand, entry_points: Mapping[str, str]) -> bool:
    """`python app.py` where app.py holds the WSGI application: its own small server, for developers."""
    if contained.argv[:1] != ("python",) or len(contained.argv) != 2:
        return False
    module = contained.argv[1].removeprefix("./").removesuffix(".py").replace("/", ".")
    return any(entry_points.get(kind, "").split(":")[0] == module for kind in ("wsgi", "asgi"))


def _stack_start(stack: Stack, entry_points: Mapping[str, str]) -> tuple[str, ...]:
    for kind, argv in stack.start_from.items():
        if kind in entry_points:
            return _filled(argv, entry_points)
    return _filled(stack.start, entry_points)


def _filled(argv: tuple[str, ...], entry_points: Mapping[str, str]) -> tuple[str, ...]:
    """Placeholders replaced by entry points; () when one is not known."""
    filled = []
    for word in argv:
        for kind in re.findall(r"\{(\w+)\}", word):
            if kind == "port":
                continue
            if kind not in entry_points:
                return ()
            word = word.replace("{" + kind + "}", entry_points[kind])
        filled.append(word)
    return tuple(filled)


def _java(argv: tuple[str, ...], stack: Stack) -> tuple[str, ...]:
    """`java -Xmx1g -jar /opt/x/x.jar --arg`: the jar is where the image has it."""
    if argv[:1] == ("java",) and "-jar" in argv and (jar := next((w for w in stack.start if w.endswith(".jar")), "")):
        place = argv.index("-jar")
        return (*argv[: place + 1], jar, *argv[place + 2 :])
    return argv


def _plain_scripts(facts: Facts, image: Image) -> dict[str, tuple[str, ...]]:
    """npm scripts that are one plain command, by name."""
    scripts = {}
    for entry in of_type(facts, EntryPoint):
        if entry.kind == "npm_script" and entry.directory == image.directory and not re.search(r"[|&;<>$`\\(){}*?!\n]", entry.detail):
            try:
                words = shlex.split(entry.detail)
            except ValueError:
                continue
            while words and re.match(r"[A-Za-z_]\w*=", words[0]):
                words.pop(0)  # NODE_ENV=production and the like: the environment has its own place in the plan
            if words[:1] == ["cross-env"]:
                words = [w for w in words[1:] if not re.match(r"[A-Za-z_]\w*=", w)]
            if words:
                scripts[entry.value] = tuple(words)
    return scripts


def _port(name: str, command: Command | None, facts: Facts, image: Image, images: PlannedImages, stack: Stack) -> tuple[int, list[Port]]:
    ports = [p for p in of_type(facts, Port) if p.service in ("", name, "web") and (len(images.images) == 1 or p.directory == image.directory or not p.directory and p.service == name)]
    if stack.language == "node" and stack.name == "node-static":
        return stack.port, []
    usable = [p for p in ranked(ports) if p.number >= 1024]
    return (usable[0].number, usable) if usable else (stack.port, [])


def _health(facts: Facts, image: Image, stack: Stack) -> tuple[Health, tuple[Fact, ...]]:
    entries = [e for e in of_type(facts, EntryPoint) if e.kind == "health_path" and e.value.startswith("/") and (not image.directory or e.directory == image.directory or e.directory.startswith(image.directory + "/") or not e.directory)]
    if entries:
        best = ranked(entries)[0]
        if re.fullmatch(r"/[^\x00-\x20\x7f]{0,200}", best.value):
            return Health(path=best.value, grace_seconds=stack.health.grace_seconds), (best,)
    path = stack.health.path
    return Health(path=path, status="200-399" if path != "/" else "200-499", grace_seconds=stack.health.grace_seconds), ()


def _size(argv: tuple[str, ...]) -> str:  # type: ignore[return]
    """By the heap: a JVM needs about half as much again besides it."""
    for word in argv:
        if match := re.fullmatch(r"-Xmx(\d{1,6})([mMgG])", word):
            mebibytes = int(match[1]) * (1024 if match[2] in "gG" else 1)
            return "low" if mebibytes <= 512 else "medium" if mebibytes <= 1536 else "high"
    return "medium"


def _why_command(command: Command) -> str:
    return {
        Origin.README: "how operators start it in production",
        Origin.RUNNING: "how the running system starts it",
        Origin.CONVENTION: "how the framework starts it",
        Origin.DEFAULT: "the default",
    }[command.origin]


def _why_port(port: Port) -> str:
    return "the configuration sets it" if port.origin is Origin.RUNNING else "the operators name it" if port.origin is Origin.README else "the code's default"


def _plan_cron(facts: Facts, images: PlannedImages, servers: Servers, home: str, timezone: str, planned: PlannedServices) -> None:
    seen: set[tuple[str, ...]] = set()
    for job in ranked(of_type(facts, CronJob), operators_first=True):
        image_name = next(iter(images.images))
        image, stack = images.images[image_name], images.stacks[image_name]
        contained = container_command(job.argv, servers, home, _plain_scripts(facts, image)) if job.argv else None
        if contained is None or contained.argv[0] not in _LANGUAGE_PROGRAMS.get(stack.language, set()) and not contained.argv[0].startswith(("/app/", "./", "bin/")):
            planned.findings.append(
                Finding("RP060", Severity.NOTE, f"cron line is not a task of the application: {job.command[:120]}", (job.evidence,),
                        "if it is, add a service of kind scheduled to replatform.yaml; if it looks after the host, nothing is to be done")
            )  # fmt: skip
            continue
        argv = tuple(word.replace("{port}", "") for word in _java(contained.argv, stack))
        if argv in seen:
            continue
        seen.add(argv)
        schedule = eventbridge_schedule(job.schedule)
        if schedule is None:
            planned.findings.append(
                Finding("RP061", Severity.WARNING, f"EventBridge Scheduler has no expression for the crontab schedule {job.schedule!r}", (job.evidence,),
                        "split it into several schedules in replatform.yaml")
            )  # fmt: skip
            continue
        name = _unique(_job_name(argv), planned.services)
        planned.services[name] = Service(kind="scheduled", image=image_name, command=argv, size="low" if _size(argv) != "high" else "high", schedule=schedule, timezone=timezone)
        planned.decide(f"services.{name}.schedule", schedule, f"crontab {job.schedule}", (job,))
        planned.decide(f"services.{name}.command", shlex.join(argv), "the crontab's command without its shell", (job,))


def _job_name(argv: tuple[str, ...]) -> str:
    """What a job is called: its last word that is a name, `--job=nightly-interest` and `manage.py send_reminders` alike."""
    for word in reversed(argv[1:]):
        text = word.rpartition("=")[2] if word.startswith("-") and "=" in word else word
        if text and not text.startswith("-") and not text.isdigit():
            if name := valid_name(PurePosixPath(text).stem):
                return name
    return "scheduled"


def _plan_routes(facts: Facts, planned: PlannedServices) -> None:
    """Several web services are told apart by their name as first part of the path; one, or the first, takes the rest."""
    webs = [name for name, service in planned.services.items() if service.kind == "web"]
    frontends = sorted(webs, key=lambda name: 0 if name in ("web", "frontend", "client", "app", "ui", "portal") else 1)
    for number, name in enumerate(webs, start=1):
        catch_all = name == frontends[0]
        paths = ("/*",) if catch_all else (f"/{_prefix(name)}/*", f"/{_prefix(name)}")
        priority = _CATCH_ALL_PRIORITY if catch_all else number * _PRIORITY_STEP
        planned.services[name] = planned.services[name].model_copy(update={"paths": paths, "priority": priority})
        planned.decide(f"services.{name}.paths", ", ".join(paths), "every request" if catch_all else "its name as first part of the path", guessed=len(webs) > 1)
        planned.decide(f"services.{name}.priority", priority, "after every more specific rule" if catch_all else "before the rule that takes the rest", guessed=True)


def _prefix(name: str) -> str:
    return "api" if name in ("backend", "api", "server") else name


def _plan_release(facts: Facts, images: PlannedImages, servers: Servers, home: str, planned: PlannedServices) -> Release | None:
    commands: list[tuple[str, ...]] = []
    image_name = next(iter(images.images))
    used: list[Fact] = []
    for image_name, image in images.images.items():
        stack = images.stacks[image_name]
        for command in sorted((c for c in of_type(facts, Command) if c.role is Role.RELEASE and _belongs(c, image, images)), key=lambda c: c.origin is not Origin.README):
            contained = container_command(command.argv, servers, home, _plain_scripts(facts, image)) if command.argv else None
            if contained is None or contained.argv[0] not in _LANGUAGE_PROGRAMS.get(stack.language, set()) and not contained.argv[0].startswith(("./", "bin/", "/app/")):
                continue
            if _INTERACTIVE & set(contained.argv) or command.mode is Mode.DEVELOPMENT:
                planned.findings.append(
                    Finding("RP052", Severity.NOTE, f"`{command.text[:120]}` is not part of a release: it asks a person or is for development", evidence_of([command]),
                            "run it once by ECS Exec or a one-off task where it is needed")
                )  # fmt: skip
                continue
            if contained.argv not in commands and not any(_same_step(contained.argv, other) for other in commands):
                commands.append(contained.argv)
                used.append(command)
        if commands:
            planned.decide("release.commands", "; ".join(map(shlex.join, commands)), "once for each release, before traffic shifts; never at container start", tuple(used))
            return Release(image=image_name, commands=tuple(commands))
        default = tuple(filled for argv in stack.release if (filled := _filled(argv, images.entry_points[image_name])))
        if default:
            planned.decide("release.commands", "; ".join(map(shlex.join, default)), f"{stack.title} applies its schema so", guessed=True)
            return Release(image=image_name, commands=default)
    return None


def _same_step(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """`manage.py migrate` and `manage.py migrate --noinput` are one step."""
    plain = [tuple(w for w in argv if not w.startswith("-")) for argv in (one, other)]
    return plain[0] == plain[1]


def valid_name(text: str) -> str:
    """Text as a service's name: lower case, digits and hyphens, at most 24 characters; empty when nothing is left."""
    name = _NAME.sub("-", text.lower()).strip("-")[:24].strip("-")
    name = re.sub(r"^[0-9-]+", "", name)
    return name if len(name) > 1 else ""


def _unique(name: str, taken: Mapping[str, object]) -> str:
    number, candidate = 2, name
    while candidate in taken:
        candidate = f"{name[:21]}-{number}"
        number += 1
    return candidate
