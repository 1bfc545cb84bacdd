"""Where a load balancer asks a web service whether it is well."""

import re

from toolkit.facts.model import Command, EntryPoint, Fact, Role, Route
from toolkit.plan.model import Health
from toolkit.plan.ranking import of_type, ranked
from toolkit.plan.starts.processes import Processes

# `/orders/status` tells about orders; below one of these words it may tell about the application.
_STATUS_OF_SOMETHING = re.compile(
    r"(?:/[^/]+)*/(?!(?:api|v\d+|_\w*|internal|system|service|server|app|public|rest|health|monitor(?:ing)?|management)/)[^/]+"
    r"/(?:heartbeat|ping|status)/?"
)


def plan_health(image: Processes, context_path: str) -> tuple[Health, tuple[Fact, ...]]:
    """The health check and what tells it. Elsewhere than below its context path an application never answers."""
    health, told = _told_health(image)
    if f"{health.path}/".startswith(f"{context_path}/"):
        return health, told
    return health.model_copy(update={"path": f"{context_path}{health.path}"}), told


def _told_health(image: Processes) -> tuple[Health, tuple[Fact, ...]]:
    usual, codes = image.stack.health, image.stack.healthy_status
    entries = [e for e in image.points("health_path") if not _STATUS_OF_SOMETHING.fullmatch(e.value)]
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
