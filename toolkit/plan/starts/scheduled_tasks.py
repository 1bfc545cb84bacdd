"""Cron jobs of the application as scheduled tasks; those that look after the host are findings."""

import re
import shlex
from collections.abc import Sequence
from pathlib import PurePosixPath

from toolkit.facts.model import CronJob, Dependency
from toolkit.findings import Finding, Severity
from toolkit.plan.model import Service
from toolkit.plan.names import unique_name, valid_name
from toolkit.plan.ranking import of_type, ranked
from toolkit.plan.starts.commands import ContainerCommand
from toolkit.plan.starts.planned_services import PlannedServices, size_for
from toolkit.plan.starts.processes import Processes
from toolkit.plan.starts.schedule import eventbridge_schedule
from toolkit.plan.versions.versions import is_within

_NAMES_A_JOB = re.compile(r" --?(?:job|task|command|cmd|batch|action|name)[=: ]")
_ASSIGNED = re.compile(r"[A-Z_]{1,40}=")
# What an option is told, which names no job, and which readers of YAML take for a boolean.
_SWITCHES = frozenset({"false", "no", "off", "on", "true", "yes"})
_NAMED = re.compile(r"--?(?:job|task|command|cmd|batch|action|name)[=:](.{1,80})")


def plan_scheduled_tasks(images: Sequence[Processes], timezone: str, planned: PlannedServices) -> None:
    """Adds a service of kind `scheduled` for each cron job that runs a program of the application."""
    seen: dict[tuple[str, ...], CronJob] = {}
    for job in ranked(of_type(images[0].facts, CronJob), operators_first=True):
        image, contained = _owner(job, images)
        if image is None or contained is None:
            planned.findings.append(
                Finding(
                    "RP060",
                    Severity.NOTE,
                    f"cron line is not a task of the application: {job.command[:120]}",
                    (job.evidence,),
                    "if it is, add a service of kind scheduled to replatform.yaml; if it maintains the host, there is nothing to do",
                )
            )
            continue
        # The same program under another option is the same job, told twice; the same command of one file runs at each time.
        plain = tuple(word for word in contained.argv if not word.startswith("-"))
        same = seen.get(contained.argv)
        again = same and same.evidence.path == job.evidence.path and same.schedule != job.schedule
        if not again and (same or (plain in seen and not _NAMES_A_JOB.search(" ".join(contained.argv)))):
            continue
        seen |= {plain: job, contained.argv: job}
        if process := _of_timetable(job, contained, image):
            name = unique_name("scheduler", planned.services)
            planned.services[name] = Service(kind="scheduler", image=image.name, command=process, size="low")
            planned.decide(f"services.{name}", "scheduler", "in place of a task that starts every minute", (job,))
            planned.decide(f"services.{name}.command", shlex.join(process), "the framework's own timetable", (job,))
            continue
        schedule = eventbridge_schedule(job.schedule)
        if schedule is None:
            planned.findings.append(
                Finding(
                    "RP061",
                    Severity.WARNING,
                    f"EventBridge Scheduler has no expression for the crontab schedule {job.schedule!r}",
                    (job.evidence,),
                    "split it into several schedules in replatform.yaml",
                )
            )
            continue
        name = unique_name(_name(contained.argv), planned.services)
        planned.services[name] = Service(
            kind="scheduled",
            image=image.name,
            command=contained.argv,
            size=size_for(contained.argv, "low"),
            schedule=schedule,
            timezone=timezone,
        )
        planned.decide(f"services.{name}.schedule", schedule, f"crontab {job.schedule}", (job,))
        planned.decide(
            f"services.{name}.command", shlex.join(contained.argv), "the crontab's command, without its shell", (job,)
        )


def _of_timetable(job: CronJob, contained: ContainerCommand, image: Processes) -> tuple[str, ...]:
    """The process that does what cron asks for every minute, where the framework has one; else ()."""
    if job.schedule.split() != ["*"] * 5:
        return ()
    libraries = [fact for fact in of_type(image.facts, Dependency) if image.belongs(fact)]
    for timetable in image.servers.timetables:
        if contained.argv[: len(timetable.run)] == timetable.run and any(
            library.name == timetable.library and is_within(library.version, library.constraint, timetable.versions)
            for library in libraries
        ):
            return timetable.process
    return ()


def _owner(job: CronJob, images: Sequence[Processes]) -> tuple[Processes | None, ContainerCommand | None]:
    for image in images:
        if image.belongs(job) and (contained := image.contained(job)):
            return image, contained
    return None, None


def _name(argv: tuple[str, ...]) -> str:
    """What the command calls the job, `--job=nightly-interest`, or its last word that is a name: `manage.py send_reminders`."""
    words = [match[1] for word in argv if (match := _NAMED.fullmatch(word))]
    words += [
        word.rpartition("=")[2] if _ASSIGNED.match(word) else word
        for word in reversed(argv[1:])
        if not word.startswith(("-", "/var/", "/tmp/", "/etc/"))
    ]
    names = [name for word in words if (name := valid_name(PurePosixPath(word).stem))]
    if names[1:] and names[0] in _SWITCHES:
        return f"{names[-1]}-{names[0]}"
    return next(iter(names), "scheduled")
