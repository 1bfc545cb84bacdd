"""`replatform up`: the whole application on this machine."""

import os
import signal
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.build import FolderArgument, SourceOption, build_services, built_object
from toolkit.cli.console import EXIT_FINDINGS, result, result_json, say, table
from toolkit.cli.options import BlueprintsOption, JsonOption, RequestsOption

if TYPE_CHECKING:
    from docker import DockerClient

    from toolkit.catalog.catalog import Catalog
    from toolkit.cli.pipeline import Draft
    from toolkit.engine.application import Application, StartFailedError
    from toolkit.engine.compose_file import ComposeFile
    from toolkit.engine.probe import Answer
    from toolkit.plan.model import Plan
    from toolkit.split.requests import Request


def up(
    folder: FolderArgument = Path(),
    source: SourceOption = None,
    down: Annotated[
        bool, typer.Option("--down", help="Remove its containers, network and volumes, with the data in them.")
    ] = False,
    local_secrets: Annotated[
        bool, typer.Option("--local-secrets", help="Give secrets that are not in the environment a local value.")
    ] = False,
    env: Annotated[
        list[str] | None,
        typer.Option("--env", metavar="NAME=VALUE", help="A variable of every service, over its own. Can be repeated."),
    ] = None,
    without: Annotated[
        list[str] | None,
        typer.Option(
            "--without",
            metavar="NAME",
            help="Leave out a datastore, and the variables that are built from it. Can be repeated.",
        ),
    ] = None,
    port: Annotated[
        int | None, typer.Option("--port", min=0, max=65535, help="Of the proxy on 127.0.0.1; 0 takes a free one.")
    ] = None,
    timeout: Annotated[
        int, typer.Option("--timeout", min=1, metavar="SECONDS", help="For all to become healthy.")
    ] = 300,
    keep: Annotated[
        bool, typer.Option("--keep", help="Leave everything as it is after a failure, to look at it.")
    ] = False,
    compare: Annotated[
        bool,
        typer.Option(
            "--compare", help="Ask the same as one service and as the services of the plan, and compare the answers."
        ),
    ] = False,
    requests: RequestsOption = None,
    blueprints: BlueprintsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Bring the application up on this machine: build its images, start datastores, database setup, release steps, services
    and a proxy with the load balancer's path routing; wait until all is healthy, and ask every route once.

    Secrets come from environment variables of the same name. It runs what compose.yaml says, and needs no compose.
    Ends with 1 when something does not come up or answer, or answers differ, and leaves nothing behind then.

    Examples:

      replatform up out/case-tracking --source samples/legaltech/case-tracking --local-secrets

      replatform up out/case-tracking --down

      replatform up out/collections --source samples/collections --compare --requests session.har
    """
    from toolkit.artefacts import plan_file
    from toolkit.catalog.catalog import Catalog
    from toolkit.cli import pipeline
    from toolkit.cli.compare import requests_of
    from toolkit.cli.local_compose import local_compose
    from toolkit.engine.application import remove
    from toolkit.engine.connection import engine
    from toolkit.engine.labels import UNDIVIDED
    from toolkit.errors import BadInputError

    catalog = Catalog(*(blueprints or ()))
    drafted = pipeline.draft_of_plan(folder / plan_file.PATH)
    plan = drafted.planned.plan
    if down:
        with engine() as client:
            # What is compared, too, where a comparison was killed.
            removed = [*remove(client, plan.application), *remove(client, f"{plan.application}{UNDIVIDED}")]
        if as_json:
            result_json({"application": plan.application, "removed": removed})
        else:
            result("\n".join(removed) or "nothing to remove")
        return
    overrides = _pairs(env)
    compose = local_compose(folder, plan, without or (), {**os.environ, **overrides}, local_secrets)
    if requests and not compare:
        raise BadInputError("--requests goes with --compare")
    asked = requests_of(source or folder, folder, catalog, plan, requests) if compare else ()
    with engine() as client:
        _up(client, folder, source or folder, drafted, catalog, compose, overrides, port, timeout, keep, as_json, asked)


def _up(
    client: "DockerClient",
    folder: Path,
    source: Path,
    drafted: "Draft",
    catalog: "Catalog",
    compose: "ComposeFile",
    overrides: dict[str, str],
    port: int | None,
    timeout: int,
    keep: bool,
    as_json: bool,
    requests: "Sequence[Request]",
) -> None:
    from toolkit.artefacts.routing import routes
    from toolkit.cli.compare import compared
    from toolkit.engine.application import Application, StartFailedError, remove
    from toolkit.engine.probe import ask, probes
    from toolkit.split.whole import undivided

    plan = drafted.planned.plan
    # Scheduled tasks wait for `docker compose run`, but a release step may run in the image of one.
    started = [name for name, service in plan.services.items() if name in compose.services or service.schedule]
    besides = undivided(plan) if requests else []
    built, failures = build_services(client, folder, source, drafted, catalog, started, besides)
    if failures:
        if as_json:
            result_json(
                {
                    "application": plan.application,
                    "ok": False,
                    "failed": [{"service": one.failed.service} | one.as_object() for one in failures],
                }
            )
        else:
            result("\n\n".join(map(str, failures)))
        raise typer.Exit(EXIT_FINDINGS)

    def application_of(compose: "ComposeFile") -> Application:
        return Application(
            client, compose, folder, overrides, port, timeout, lambda service, text: say(f"{service}: {text}"),
            images_of=plan.application,
        )  # fmt: skip

    if requests:
        compared(client, application_of, compose, drafted, catalog, requests, keep, as_json)
        return
    application = application_of(compose)
    answers: list[Answer] = []
    failure: StartFailedError | None = None
    complete = False
    # A job that is cancelled leaves nothing behind either.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        try:
            application.start()
            host, listening = application.address or ("127.0.0.1", 0)
            answers = [ask(host, listening, one, patience_seconds=10) for one in probes(plan, routes(plan))]
            failure = application.failed()
        except StartFailedError as error:
            failure = error
        states = application.states()
        complete = failure is None and all(answer.ok for answer in answers)
    finally:
        if not complete and not keep:
            remove(client, plan.application)
    if as_json:
        result_json(
            _object(plan, application, states, answers, failure) | {"images": [built_object(one) for one in built]}
        )
    else:
        result(table(_rows(plan, states, answers), _COLUMNS))
        if failure:
            result("\n".join([f"{failure.service} {failure.message}", *(f"    {line}" for line in failure.output)]))
        elif complete and application.address:
            say(f"http://{application.address[0]}:{application.address[1]} until: replatform up {folder} --down")
    if not complete:
        raise typer.Exit(EXIT_FINDINGS)


_COLUMNS = {
    "service": "SERVICE",
    "state": "STATE",
    "route": "ROUTE",
    "path": "ASKED",
    "status": "STATUS",
    "milliseconds": "MS",
}


def _rows(plan: "Plan", states: dict[str, str], answers: "list[Answer]") -> list[dict[str, object]]:
    """A row for each route, and one for each service without any."""
    rows: list[dict[str, object]] = []
    for service, state in states.items():
        own = [answer for answer in answers if answer.probe.service == service]
        rows += [
            {
                "service": service,
                "state": state,
                "route": answer.probe.pattern,
                "path": answer.probe.path,
                "status": f"{answer.status or 'no answer'}{'' if answer.ok else ' (unexpected)'}",
                "milliseconds": answer.milliseconds,
            }
            for answer in own
        ] or [{"service": service, "state": state}]
    return rows + [
        {"service": name, "state": "not started: scheduled"}
        for name, one in plan.services.items()
        if one.kind == "scheduled"
    ]


def _object(
    plan: "Plan",
    application: "Application",
    states: dict[str, str],
    answers: "list[Answer]",
    failure: "StartFailedError | None",
) -> dict[str, object]:
    return {
        "application": plan.application,
        "ok": failure is None and all(answer.ok for answer in answers),
        "address": "http://{}:{}".format(*application.address) if application.address else None,
        "services": [{"service": service, "state": state} for service, state in states.items()],
        "routes": [
            {
                "service": answer.probe.service,
                "route": answer.probe.pattern,
                "path": answer.probe.path,
                "status": answer.status,
                "milliseconds": answer.milliseconds,
                "ok": answer.ok,
            }
            for answer in answers
        ],
        "failure": {"service": failure.service, "message": failure.message, "output": list(failure.output)}
        if failure
        else None,
    }


def _pairs(given: list[str] | None) -> dict[str, str]:
    from toolkit.errors import BadInputError

    pairs: dict[str, str] = {}
    for text in given or ():
        name, equals, value = text.partition("=")
        if not equals or not name.isidentifier():
            raise BadInputError(f"--env {text.partition('=')[0]!r} is not NAME=VALUE")
        pairs[name] = value
    return pairs
