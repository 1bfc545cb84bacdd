"""Release steps: migrations and seeds, run once by a task of their own before traffic shifts."""

import posixpath
import re
import shlex
from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import pairwise

from toolkit.facts.model import Command, ConfigFile, Dependency, Mode, Origin, Placeholder, Role
from toolkit.facts.npm_scripts import run_script, script_called
from toolkit.facts.shell import parse
from toolkit.findings import Finding, Severity, in_words
from toolkit.inventory.paths import paths_in
from toolkit.plan.model import Release
from toolkit.plan.ranking import evidence_of, of_type
from toolkit.plan.starts.interactive_commands import asked_for
from toolkit.plan.starts.planned_services import PlannedServices
from toolkit.plan.starts.processes import Processes
from toolkit.plan.starts.programs import scripts_of
from toolkit.plan.starts.start_scripts import asks_this_host, works_from_outside
from toolkit.plan.starts.table_steps import (
    deletes_tables,
    has_migrations,
    made_anew,
    makes_migrations,
    schema_of_script,
)
from toolkit.plan.starts.usual_start import with_entry_points
from toolkit.plan.versions.versions import is_within

# A rule that knows the program by its file's name, and not what the command is for.
_BY_FILE_NAME = "readme:command:by-file-name"
_SCRIPT = re.compile(r"[\w.-]{1,80}\.(?:php|py|rb|js|mjs|cjs|pl|sh)")
_MIGRATE, _RUN_SYNCDB = ("python", "manage.py", "migrate"), "--run-syncdb"
# Options of Django's migrate with a value behind them: https://docs.djangoproject.com/en/stable/ref/django-admin/#migrate
_WITH_VALUE = frozenset({"--database", "--pythonpath", "--settings", "--verbosity", "-v"})
# Where web servers of hosts serve from, where that is not the application's own folder.
_SERVED = re.compile(r"/(?:var/www|srv/www|usr/share/nginx)/")
_SETTINGS = re.compile(r"[\w-]{1,60}(?:/[\w-]{1,60}){0,5}\.(?:cfg|conf|ini|toml|ya?ml)")
# What is done to the database of the tests.
_FOR_TESTS = re.compile(r"(?:^|\s)(?:\w{1,20}_ENV=|--env(?:ironment)?[= ]|-e )test(?:ing)?(?=\s|$)")
# What a script of the source says that fetches libraries or the source itself.
_FETCHES = re.compile(r"\b(?:npm (?:ci|i|install)|yarn install|pnpm install|git (?:clone|init))\b")
# What a command is piped into without being less of a step.
_LOGGERS = frozenset({"cat", "grep", "head", "logger", "tail", "tee", "ts"})
# Words that undo migrations, whichever script of the application is told them: ./manage.sh --migration downgrade
_TAKES_BACK = frozenset({"downgrade", "rollback", "undo"})
# Subcommands that ask a person.
_INTERACTIVE = frozenset({"createsuperuser", "shell", "dbshell", "changepassword", "console"})


def plan_release(images: Sequence[Processes], planned: PlannedServices) -> Release | None:
    """The steps of the first image that has any: what operators run, else what its stack needs."""
    for image in images:
        if image.serves_files:
            continue  # of the application it has nothing that runs
        steps = _told(image, planned)
        if steps:
            return Release(image=image.name, commands=steps)
        usual = tuple(
            _with_tables(filled, image)
            for argv in (image.stack.release if "django_no_database" not in image.entry_points else ())
            if (filled := with_entry_points(argv, image))
        )
        usual = _after_made_migrations(usual, image)
        if usual:
            planned.decide(
                "release.commands", _text(usual), f"{image.stack.title} applies its schema this way", guessed=True
            )
            return Release(image=image.name, commands=usual)
    return None


def _told(image: Processes, planned: PlannedServices) -> tuple[tuple[str, ...], ...]:
    steps: dict[tuple[str, ...], Command] = {}
    told = [c for c in of_type(image.facts, Command) if c.role is Role.RELEASE and image.belongs(c)]
    told += [c for c in _before_start(image) if not any(c.argv == other.argv for other in told)]
    # What cron runs, told once more with an option.
    timed = [_program(service.command) for service in planned.services.values() if service.kind == "scheduled"]
    unsure: list[Command] = []
    for command in sorted(told, key=lambda c: c.origin is not Origin.README):
        contained = image.contained(command)
        if contained is None or not image.is_step(contained) or contained.argv in image.servers.command_groups:
            continue
        if (
            command.evidence.rule == _BY_FILE_NAME
            and image.servers.subcommand(contained.argv)
            and not image.servers.ends_by_itself(contained.argv)
        ):
            unsure.append(command)
            continue
        argv = _whole(contained.argv)
        if any(job[: len(program)] == program for job in timed if (program := _program(argv))):
            continue
        argv, left_out = _as_step(command, argv, image)
        planned.findings += left_out
        if argv and not any(_essence(argv, image) == _essence(other, image) for other in steps):
            steps[_with_tables(_where_it_lies(argv, image), image)] = command
    planned.findings += _when_they_run(unsure)
    planned.findings += _at_each_release(
        [command for argv, command in steps.items() if _words(argv, command) & set(image.servers.seed_words)]
    )
    planned.findings += made_anew(steps)
    steps = _schema_first(steps, image)
    commands = _after_made_migrations(tuple(steps), image)
    if steps:
        why = "once for each release, before traffic shifts; never at container start"
        planned.decide("release.commands", _text(commands), why, tuple(steps.values()))
    return commands


def _as_step(command: Command, argv: tuple[str, ...], image: Processes) -> tuple[tuple[str, ...], list[Finding]]:
    """What of a command each release runs, () where nothing; and why it leaves out the rest."""
    if harm := _harm(command, argv, image):
        return (), [harm]
    left_out = []
    if once := image.servers.among(argv, image.servers.first_time_tasks):
        why = f"{', '.join(once)} prepares an empty database"
        to_do = "run it by hand, once, before the first release, unless the data is migrated from the old database"
        left_out.append(_no_step(command, why, to_do, Severity.WARNING))
        argv = tuple(word for word in argv if word not in once)
        if not any(":" in word for word in argv):  # as tasks of rake are named, of which one command runs several
            return (), left_out
    if (schema := schema_of_script(argv, image)) is not None:
        to_do = "run it by hand if the database has to be emptied"
        left_out.append(_no_step(command, "it deletes rows", to_do, Severity.WARNING))
        argv = schema
    if place := next((word for word in argv[1:] if _SERVED.match(word)), ""):
        to_do = "it copies the application for the host's web server; the image has it already"
        return (), [*left_out, _no_step(command, f"it installs into {place[:60]} on the host", to_do)]
    if argv and (why := _done_otherwise(command, argv, image)):
        to_do = "run it once with ECS Exec or a one-off task where it is needed"
        return (), [*left_out, _no_step(command, why, to_do)]
    return argv, left_out


def _no_step(command: Command, why: str, to_do: str, severity: Severity = Severity.NOTE) -> Finding:
    """RP052, for a command that the release leaves out."""
    message = f"`{command.text[:120]}` is not part of a release: {why}"
    return Finding("RP052", severity, message, evidence_of([command]), to_do)


def _harm(command: Command, argv: tuple[str, ...], image: Processes) -> Finding | None:
    """Why a release must not run a command: what it writes is lost, it takes away what there is, or it cannot end alone."""
    if image.servers.among(argv, image.servers.host_tasks):
        to_do = (
            "a secret that it makes comes from Secrets Manager: put the value there that the host has now; files that it"
            " makes belong into the source, or into the image's build"
        )
        return _no_step(command, "it writes into the folder on the host", to_do)
    if deletes_tables(argv, image):
        to_do = "run it by hand where the database is empty, or take the deletion out of it"
        return _no_step(command, "it deletes all tables first", to_do, Severity.WARNING)
    if back := next((word for word in argv[1:] if word.strip("-").lower() in _TAKES_BACK), ""):
        to_do = "run it by hand if a release has to be taken back"
        return _no_step(command, f"{back} takes the schema back", to_do, Severity.WARNING)
    if asked := asked_for(argv, image):
        to_do = (
            "run it once with ECS Exec or a one-off task, or give it the answers in release.commands of replatform.yaml"
        )
        return _no_step(command, f"it asks a person for {asked}", to_do, Severity.WARNING)
    if left_open := next((p.text for p in of_type(image.facts, Placeholder) if any(p.text in w for w in argv)), ""):
        to_do = "run it once with ECS Exec or a one-off task, with what is meant there"
        return _no_step(command, f"{left_open[:60]} in it is an example", to_do, Severity.WARNING)
    if reader := _handed_to(command, argv):
        to_do = "run both by hand, once, where the client of the database is"
        return _no_step(command, f"it only prints input for {reader[:60]}", to_do, Severity.WARNING)
    if asks_this_host(argv, image):
        to_do = "run it by hand, once, with the address that the server has now"
        return _no_step(command, "its script asks a server on its own host", to_do, Severity.WARNING)
    if absent := _absent_settings(argv, image):
        to_do = "put the file into the source, or name another one in release.commands of replatform.yaml"
        return _no_step(command, f"the source has no {absent}, which it names", to_do, Severity.WARNING)
    return None


def _when_they_run(unsure: Sequence[Command]) -> Iterator[Finding]:
    """RP055, for commands that may be steps of a release, workers or timed tasks."""
    if unsure:
        named = in_words((f"`{command.text[:60]}`" for command in unsure), 6)
        yield Finding(
            "RP055",
            Severity.WARNING,
            f"{named}: commands of the application; no file says when they run",
            evidence_of(unsure),
            "in replatform.yaml, add those that keep running as services of kind worker, and those on a schedule as kind scheduled",
        )


def _at_each_release(seeds: Sequence[Command]) -> Iterator[Finding]:
    """RP054, for commands that fill tables."""
    if seeds:
        yield Finding(
            "RP054",
            Severity.WARNING,
            f"`{seeds[0].text[:120]}` loads data into tables, and would do so at each release",
            evidence_of(seeds),
            "unless it is safe to repeat, remove it from release.commands and run it once by hand",
        )


def _done_otherwise(command: Command, argv: tuple[str, ...], image: Processes) -> str:
    """Why a command that operators are told is none of a release's; empty for one that is."""
    if any(image.servers.installs(words) or _fetches(words, image) for words in scripts_of(argv, image)):
        return "its script installs or fetches the application, and the image's build does that"
    applies = (*command.argv[:-1], "upgrade") if command.argv[-1:] == ("migrate",) else ()  # both as Flask-Migrate's
    writes = makes_migrations(argv) or any(c.argv == applies for c in of_type(image.facts, Command) if applies)
    if writes and has_migrations(image):
        return "it generates migrations, which are already in the source"
    if works_from_outside(argv, image):
        return "its script manages containers from outside"
    if _FOR_TESTS.search(command.text):
        return "it concerns the test database"
    by_hand = (
        word
        for word in image.servers.among(argv, image.servers.hand_tasks)
        if not image.servers.among((word,), image.servers.schema_tasks)
    )
    if single := next(by_hand, ""):
        return f"{single} is for single records or files"
    asks = not _INTERACTIVE.isdisjoint(argv) or command.mode is Mode.DEVELOPMENT
    return "it is interactive or for development" if asks else ""


def _handed_to(command: Command, argv: tuple[str, ...]) -> str:
    """The program that a command is piped into, `shop schema | psql`, where that does the work; empty for a logger."""
    pipelines = (part.pipeline for part in parse(command.text) if part.program == posixpath.basename(argv[0]))
    readers = (posixpath.basename(stage[0]) for pipeline in pipelines for stage in pipeline if stage)
    return next((name for name in readers if name not in _LOGGERS), "")


def _absent_settings(argv: tuple[str, ...], image: Processes) -> str:
    """A file of settings that a command is given, and that neither the source has nor operators are told to write."""
    written = [posixpath.basename(fact.path) for fact in of_type(image.facts, ConfigFile)]
    given = (word for option, word in pairwise(argv) if option.startswith("-") and _SETTINGS.fullmatch(word))
    absent = (word for word in given if image.files.place(word) not in image.tree and word not in image.tree)
    return next((word for word in absent if posixpath.basename(word) not in written), "")


def _schema_first(steps: dict[tuple[str, ...], Command], image: Processes) -> dict[tuple[str, ...], Command]:
    """Commands that other documents tell before the one which brings the database up to date, behind it, and those that fill
    tables: between documents there is no order, and they may need its tables."""
    first = next((command for argv, command in steps.items() if image.servers.changes_schema(argv)), None)
    if first is None:
        return steps
    fills = {*image.servers.seed_words, "superuser"}
    path, place = first.evidence.path, list(steps.values()).index(first)
    early = {
        argv: command
        for n, (argv, command) in enumerate(steps.items())
        if n < place and (command.evidence.path != path or not _words(argv, command).isdisjoint(fills))
    }
    rest = {argv: command for argv, command in steps.items() if argv not in early}
    return rest | early


def _fetches(argv: tuple[str, ...], image: Processes) -> bool:
    """Whether a command runs a script of Node that installs, as setups of what one begins from do."""
    script = argv[1] if argv[:1] == ("node",) and len(argv) > 1 else ""
    file = image.tree.read(posixpath.normpath(posixpath.join(image.image.directory, script)))
    return file is not None and _FETCHES.search(file.text) is not None


def _program(argv: tuple[str, ...]) -> tuple[str, ...]:
    """What runs, without its options and wherever its script lies: `manage.py migrate`, `status.cron.php`."""
    return tuple(posixpath.basename(word) for word in argv if not word.startswith("-"))


def _where_it_lies(argv: tuple[str, ...], image: Processes) -> tuple[str, ...]:
    """A script that prose says to run in a folder below: from there, as it may name files beside it."""
    script = argv[1] if len(argv) > 1 and _SCRIPT.fullmatch(argv[1]) else ""
    below = paths_in(image.tree.paths, image.files.start)
    places = [path for path in below if path.endswith(f"/{script}")]
    if not script or script in below or len(places) != 1:
        return argv
    folder = shlex.quote(posixpath.dirname(places[0]))
    return ("sh", "-c", f"cd {folder} && exec {shlex.join(argv)}")


def _whole(argv: tuple[str, ...]) -> tuple[str, ...]:
    """Django's migrate of one application of the project, `migrate shop`, as that of all: each release needs the tables of
    all, and READMEs of parts tell of their own alone."""
    named = [n for n, word in enumerate(argv) if n > 2 and not word.startswith("-") and argv[n - 1] not in _WITH_VALUE]
    return (
        tuple(word for n, word in enumerate(argv) if n not in named)
        if argv[:3] == _MIGRATE and len(named) == 1
        else argv
    )


def _with_tables(argv: tuple[str, ...], image: Processes) -> tuple[str, ...]:
    """Django's migrate with the tables of applications without migrations, which Django 1.8 and older made by itself.
    https://docs.djangoproject.com/en/stable/ref/django-admin/#cmdoption-migrate-run-syncdb (2026-11-21)"""
    is_whole = argv[:3] == _MIGRATE and all(word.startswith("-") for word in argv[3:])
    if not is_whole or _RUN_SYNCDB in argv or "django_unmigrated" not in image.entry_points:
        return argv
    known = (d for d in of_type(image.facts, Dependency) if d.name == "django" and image.belongs(d))
    old = any(is_within(d.version, d.constraint, "<1.9") for d in known)
    return argv if old else (*argv, _RUN_SYNCDB)


def _after_made_migrations(steps: tuple[tuple[str, ...], ...], image: Processes) -> tuple[tuple[str, ...], ...]:
    """The steps, with the migrations that the source has not made before Django's migrate, where others depend on them.
    https://docs.djangoproject.com/en/stable/topics/auth/customizing/#substituting-a-custom-user-model (2026-11-22)"""
    names = image.entry_points.get("django_unmigrated_users", "").split()
    place = next((number for number, argv in enumerate(steps) if argv[:3] == _MIGRATE), None)
    if not names or place is None:
        return steps
    migrate = tuple(word for word in steps[place] if word != _RUN_SYNCDB)
    return (*steps[:place], ("python", "manage.py", "makemigrations", *names), migrate, *steps[place + 1 :])


def _before_start(image: Processes) -> Iterator[Command]:
    """The steps that operators put in front of a server on its own line; building the files is the image's part."""
    for command in of_type(image.facts, Command):
        if command.role is Role.START and command.mode is Mode.PRODUCTION and image.belongs(command):
            for argv in image.steps_before(command):
                if image.servers.changes_schema(argv):
                    yield replace(command, argv=argv, text=shlex.join(argv), role=Role.RELEASE, service="")


def _words(argv: tuple[str, ...], command: Command) -> set[str]:
    return set(re.split(r"[^a-z]+", f"{shlex.join(argv)} {command.text}".lower()))


def _essence(argv: tuple[str, ...], image: Processes) -> tuple[str, ...]:
    """`manage.py migrate` and `manage.py migrate --noinput` are one step, and a library's program is the same behind the
    package manager that finds it, `yarn sequelize db:migrate`, and as the one command of a script."""
    run = [simple.words for simple in parse(image.texts_of_scripts.get(script_called(argv), ""))]
    script, given = run_script(argv)
    if len(run) == 1 and (command := image.in_container(run[0])):
        argv = command.argv
    elif given and script not in image.texts_of_scripts:
        argv = (script, *given)
    program, *words = image.servers.task(argv)
    return (program, *(word for word in words if not word.startswith("-")))


def _text(commands: tuple[tuple[str, ...], ...]) -> str:
    return "; ".join(map(shlex.join, commands))
