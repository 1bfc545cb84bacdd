"""Background work in Python code: Celery applications, rq workers and schedulers that are scripts of their own."""

import ast
import re
from collections.abc import Iterator

from toolkit.facts.model import EntryPoint, Fact, Origin, Process, Role, ServiceKind
from toolkit.facts.source.convention import conventional
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_modules import Module, assigned, is_main_guard

RULE = "python-worker"
BEAT = re.compile(
    r"\b(?:CELERY_)?BEAT_SCHEDULE\b|\bbeat_schedule\b|\bCELERYBEAT_SCHEDULE\b|add_periodic_task|django_celery_beat"
)
# Classes whose objects run until they are stopped, when a script makes one and lets it run.
LOOPS = {
    "rq.Worker": ServiceKind.WORKER,
    "rq.worker.Worker": ServiceKind.WORKER,
    "rq.SimpleWorker": ServiceKind.WORKER,
    "apscheduler.schedulers.blocking.BlockingScheduler": ServiceKind.SCHEDULER,
    "rq_scheduler.Scheduler": ServiceKind.SCHEDULER,
    "rq_scheduler.scheduler.Scheduler": ServiceKind.SCHEDULER,
}


def read(project: Project) -> Iterator[Fact]:
    modules = list(project.python)
    beat = any(BEAT.search(module.file.text) for module in modules)
    for module in modules:
        yield from _celery(project, module, modules, beat=beat)
        if not project.has_command(Role.START, module.file.name):
            yield from _script(module)


def _celery(project: Project, module: Module, modules: list[Module], *, beat: bool) -> Iterator[Fact]:
    for statement in module.top_level():
        for name, value in assigned(statement):
            if isinstance(value, ast.Call) and module.qualified(value.func) in ("celery.Celery", "celery.app.Celery"):
                application = _application_name(module, name, modules)
                place = module.file.at(statement.lineno, rule=RULE)
                yield EntryPoint(
                    kind="celery",
                    value=application,
                    detail=module.working_folder,
                    evidence=place,
                    origin=Origin.CONVENTION,
                    confidence=0.9,
                )
                if project.has_command(Role.START, "celery"):
                    return
                worker = ("celery", "-A", application, "worker", "--loglevel=info")
                yield from _process(module, statement.lineno, "worker", ServiceKind.WORKER, worker)
                if beat:
                    scheduler = ("celery", "-A", application, "beat", "--loglevel=info")
                    yield from _process(module, statement.lineno, "scheduler", ServiceKind.SCHEDULER, scheduler)
                return


def _application_name(module: Module, name: str, modules: list[Module]) -> str:
    """What `celery -A` takes: the package when it imports the application, else the module."""
    package, _, last = module.name.rpartition(".")
    if last == "celery" and package:
        above = next(
            (other for other in modules if other.is_package and other.name == package and other.root == module.root),
            None,
        )
        if above and f"{module.name}.{name}" in above.imports.values():
            return package
    return module.name if name in ("app", "celery") else f"{module.name}:{name}"


def _script(module: Module) -> Iterator[Fact]:
    guards = [statement for statement in module.tree.body if is_main_guard(statement)]
    body = guards or ([] if module.is_package else list(module.tree.body))
    if (
        not guards
        and "worker" not in module.file.name
        and "scheduler" not in module.file.name
        and "clock" not in module.file.name
    ):
        return
    for statement in body:
        for node in ast.walk(statement):
            kind = LOOPS.get(module.qualified(node.func)) if isinstance(node, ast.Call) else None
            if kind:
                path = module.name.replace(".", "/") + ".py"
                yield from _process(module, statement.lineno, kind.value, kind, ("python", path), confidence=0.85)
                return


def _process(
    module: Module, line: int, name: str, kind: ServiceKind, argv: tuple[str, ...], *, confidence: float = 0.75
) -> Iterator[Fact]:
    place = module.file.at(line, rule=RULE)
    yield Process(name=name, kind=kind, evidence=place, origin=Origin.CONVENTION, confidence=confidence)
    yield conventional(Role.START, argv, place, "", confidence, name)
