"""Release steps: migrations and seeds, run once by a task of their own before traffic shifts."""

import shlex
from collections.abc import Sequence

from toolkit.facts.model import Command, Mode, Origin, Role
from toolkit.findings import Finding, Severity
from toolkit.plan.model import Release
from toolkit.plan.processes import PlannedServices, Processes
from toolkit.plan.ranking import evidence_of, of_type

# Subcommands that ask a person.
_INTERACTIVE = frozenset({"createsuperuser", "shell", "dbshell", "changepassword", "console"})


def plan_release(images: Sequence[Processes], planned: PlannedServices) -> Release | None:
    """The steps of the first image that has any: what operators run, else what its stack needs."""
    for image in images:
        steps = _told(image, planned)
        if steps:
            return Release(image=image.name, commands=steps)
        usual = tuple(filled for argv in image.stack.release if (filled := image.filled(argv)))
        if usual:
            planned.decide("release.commands", _text(usual), f"{image.stack.title} applies its schema so", guessed=True)
            return Release(image=image.name, commands=usual)
    return None


def _told(image: Processes, planned: PlannedServices) -> tuple[tuple[str, ...], ...]:
    steps: dict[tuple[str, ...], Command] = {}
    told = [c for c in of_type(image.facts, Command) if c.role is Role.RELEASE and image.belongs(c)]
    for command in sorted(told, key=lambda c: c.origin is not Origin.README):
        contained = image.contained(command)
        if contained is None or not image.is_own(contained):
            continue
        if _INTERACTIVE & set(contained.argv) or command.mode is Mode.DEVELOPMENT:
            planned.findings.append(
                Finding(
                    "RP052",
                    Severity.NOTE,
                    f"`{command.text[:120]}` is not part of a release: it asks a person or is for development",
                    evidence_of([command]),
                    "run it once by ECS Exec or a one-off task where it is needed",
                )
            )
        elif not any(_same(contained.argv, other) for other in steps):
            steps[contained.argv] = command
    if steps:
        why = "once for each release, before traffic shifts; never at container start"
        planned.decide("release.commands", _text(tuple(steps)), why, tuple(steps.values()))
    return tuple(steps)


def _same(one: tuple[str, ...], other: tuple[str, ...]) -> bool:
    """`manage.py migrate` and `manage.py migrate --noinput` are one step."""
    first, second = (tuple(word for word in argv if not word.startswith("-")) for argv in (one, other))
    return first == second


def _text(commands: tuple[tuple[str, ...], ...]) -> str:
    return "; ".join(map(shlex.join, commands))
