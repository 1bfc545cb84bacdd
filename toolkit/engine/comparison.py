"""The same requests to an application as one service and as several, one after the other, each with data of its own."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from time import monotonic

from toolkit.artefacts.routing import nginx_server, routes
from toolkit.engine.application import Application, remove
from toolkit.engine.compose_file import Build, ComposeFile, Config
from toolkit.engine.exchange import Browser, shown
from toolkit.engine.labels import UNDIVIDED
from toolkit.engine.probe import ask, probes
from toolkit.plan.model import Plan
from toolkit.plan.names import database_username
from toolkit.split.answers import Answer, differences
from toolkit.split.requests import Request, filled
from toolkit.split.whole import whole

_PROXY = "proxy"
_PATIENCE_SECONDS = 60
# Requests as they were sent to one service, with what it answered.
Recorded = tuple[tuple[Request, Answer], ...]


@dataclass(frozen=True, slots=True)
class Compared:
    """A request with both answers; `differences` in words, none where a client notices nothing."""

    request: Request
    whole: Answer
    split: Answer
    differences: tuple[str, ...]


def as_whole(compose: ComposeFile, plan: Plan, proxy_port: int) -> ComposeFile:
    """The compose file with one service for each image, with all of its code, and a proxy that knows of no others. It has a name
    of its own, so that an application that somebody has up is left alone, and connects to the database as who gives services their users."""
    kept = whole(plan).services
    left_out = set(plan.services) - set(kept)
    text = "\n".join(line.text for line in nginx_server(routes(whole(plan)), {name: name for name in kept}, proxy_port))
    services = {
        name: service.model_copy(
            update={"depends_on": {other: how for other, how in service.depends_on.items() if other not in left_out}}
        )
        for name, service in compose.services.items()
        if name not in left_out
    }
    told = (one.environment for one in compose.services.values() if "DATABASE_USERS" in one.environment)
    login = next(told, {}).get("MASTER_USERNAME", "")
    for name in services:
        if name in plan.database_users and not kept[name].database_user:
            own = database_username(plan.application, name)
            environment = {key: value.replace(own, login) for key, value in services[name].environment.items()}
            services[name] = services[name].model_copy(update={"environment": environment})
        if name in plan.services and plan.services[name].leave_out:
            build = Build(context=".", dockerfile=f"services/{name}{UNDIVIDED}/Dockerfile")
            services[name] = services[name].model_copy(update={"build": build})
    changed = {"services": services, "configs": compose.configs | {_PROXY: Config(content=text)}}
    return compose.model_copy(update=changed | {"name": f"{compose.name}{UNDIVIDED}"})


def record(
    start: Callable[[ComposeFile], Application],
    compose: ComposeFile,
    plan: Plan,
    proxy_port: int,
    requests: Sequence[Request],
) -> Recorded:
    """What the application answers as one service; it is taken down with its data, whatever happens. `start` makes an
    application that is not yet started. Raises what Application.start does."""
    application = start(as_whole(compose, plan, proxy_port))
    asked: list[tuple[Request, Answer]] = []
    try:
        browser = _started(application, whole(plan))
        for request in requests:
            one = filled(request, shown(request, asked))
            asked.append((one, browser.ask(one)))
    finally:
        remove(application.client, application.name)
    return tuple(asked)


def compared(recorded: Recorded, browser: Browser) -> Iterator[Compared]:
    """The same requests once more, in the same order."""
    for request, before in recorded:
        after = browser.ask(request)
        yield Compared(request, before, after, tuple(differences(before, after)))


def compare(
    start: Callable[[ComposeFile], Application],
    compose: ComposeFile,
    plan: Plan,
    proxy_port: int,
    requests: Sequence[Request],
) -> Iterator[Compared]:
    """Records, and asks the services of the plan, which stay. Raises what Application.start does."""
    recorded = record(start, compose, plan, proxy_port, requests)
    yield from compared(recorded, _started(start(compose), plan))


def _started(application: Application, plan: Plan) -> Browser:
    """A browser for the application, once each of its routes answers: behind the proxy some need longer than their process.
    The patience is one for all, as some may never answer."""
    application.start()
    host, port = application.address or ("127.0.0.1", 0)
    deadline = monotonic() + _PATIENCE_SECONDS
    for probe in probes(plan, routes(plan)):
        ask(host, port, probe, patience_seconds=deadline - monotonic())
    return Browser(host, port)
