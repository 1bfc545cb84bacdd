"""`replatform rehearse`: the emitted stacks, deployed on this machine."""

import os
import signal
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.cli.build import FolderArgument, SourceOption, build_services
from toolkit.cli.console import EXIT_FINDINGS, result, result_json, say, say_findings, table
from toolkit.cli.options import BlueprintsOption, JsonOption, RequestsOption
from toolkit.errors import BadInputError

if TYPE_CHECKING:
    from docker import DockerClient

    from toolkit.catalog.catalog import Catalog
    from toolkit.catalog.rehearsal import Rehearsal as Settings
    from toolkit.cli.pipeline import Draft
    from toolkit.engine.comparison import Recorded
    from toolkit.engine.compose_file import ComposeFile
    from toolkit.plan.model import Plan
    from toolkit.plan.routing.listener_rules import Rule
    from toolkit.rehearse.rehearsal import Rehearsal, Step
    from toolkit.split.requests import Request
    from toolkit.stacks.environment import Stack


def rehearse(
    folder: FolderArgument = Path(),
    source: SourceOption = None,
    environment: Annotated[
        str, typer.Option("--environment", metavar="NAME", help="The environment to rehearse.")
    ] = "development",
    parameter: Annotated[
        list[str] | None,
        typer.Option(
            "--parameter",
            metavar="STACK.NAME=VALUE",
            help="A parameter over the one of the emitted files, as deploy takes it. Can be repeated.",
        ),
    ] = None,
    env: Annotated[
        list[str] | None,
        typer.Option("--env", metavar="NAME=VALUE", help="A variable of every task, over its own. Can be repeated."),
    ] = None,
    image: Annotated[
        list[str] | None,
        typer.Option(
            "--image",
            metavar="NAME=OTHER",
            help="An image to run where NAME is asked for: a mirror's, or a stand-in. Can be repeated.",
        ),
    ] = None,
    timeout: Annotated[
        int, typer.Option("--timeout", min=1, metavar="SECONDS", help="For each task and each deployment.")
    ] = 300,
    compare: Annotated[
        bool,
        typer.Option(
            "--compare",
            help="Ask the same as one service, from compose.yaml, and of the stacks, and compare the answers.",
        ),
    ] = False,
    requests: RequestsOption = None,
    blueprints: BlueprintsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Rehearse a deployment on this machine: the emitted stacks, unmodified, in an emulator of AWS, with every task a real
    container, the load balancer routing by path, and the database real where its engine is free.

    After the check, the stacks are deployed by change sets in import order with the emitted parameters, database setup and
    release task run, services are followed until they are steady, and each listener rule is asked. Then a second pass must
    change nothing, a new image roll out without a failed request, and a crashing one roll back. The report says of each
    resource whether it ran, answered as an API only, or was merely recorded. Everything is taken down at the end.

    Needs Linux, a Docker engine, and pip to install the emulator once. Ends with 1 when a step fails or answers differ.

    Examples:

      replatform rehearse out/case-tracking --source samples/legaltech/case-tracking

      replatform rehearse out/collections --source samples/collections --env SPRING_PROFILES_ACTIVE=standin --json

      replatform rehearse out/case-tracking --source samples/legaltech/case-tracking --compare --requests session.har
    """
    from toolkit.artefacts import plan_file
    from toolkit.catalog.catalog import Catalog
    from toolkit.catalog.rehearsal import load_rehearsal
    from toolkit.check.run import check_folder
    from toolkit.cli import pipeline
    from toolkit.cli.compare import requests_of, tell_comparison
    from toolkit.engine.connection import engine
    from toolkit.findings import Severity
    from toolkit.plan.routing.listener_rules import of_environment, rules
    from toolkit.rehearse.environment import cache_folder
    from toolkit.rehearse.options import by_stack, pairs
    from toolkit.split.whole import undivided
    from toolkit.stacks.environment import read_environment

    catalog = Catalog(*(blueprints or ()))
    drafted = pipeline.draft_of_plan(folder / plan_file.PATH)
    if drafted.planned.plan.platform:
        raise BadInputError(
            "an application on a platform is not rehearsed: its network and cluster are other stacks'",
            to_do="convert it into another folder without `platform:`, and rehearse that",
        )
    if requests and not compare:
        raise BadInputError("--requests goes with --compare")
    if compare and environment != "development":
        raise BadInputError(
            f"--compare does not go with the environment {environment}",
            to_do="compare in development: compose.yaml, which runs the one service, has its values",
        )
    settings = load_rehearsal(catalog.folder)
    stacks = read_environment(folder, environment, by_stack(parameter or ()))
    variables, images = pairs(env or (), "--env"), pairs(image or (), "--image")
    errors = [finding for finding in check_folder(folder, cache_folder()) if finding.severity is Severity.ERROR]
    if errors:
        say_findings(errors)
        if as_json:
            result_json({"ok": False, "findings": [str(finding) for finding in errors]})
        raise typer.Exit(EXIT_FINDINGS)
    plan = drafted.planned.plan
    here = of_environment(plan, environment)
    record = None
    if compare:
        asked = _at_hosts(requests_of(source or folder, folder, catalog, here, requests), rules(here))
        record = _recording(folder, catalog, settings, plan, variables, images, timeout, asked)
    # A job that is cancelled leaves nothing behind either.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with engine() as client:
        built, failures = build_services(
            client, folder, source or folder, drafted, catalog, list(plan.services), undivided(plan) if compare else ()
        )
        if failures:
            result("\n\n".join(map(str, failures)))
            raise typer.Exit(EXIT_FINDINGS)
        tags = {one.service: one.tag for one in built}
        rehearsal = _rehearse(
            client, folder, drafted, here, catalog, settings, stacks,
            {name: tags[plan.builder_of(name)] for name in plan.services}, variables, images, timeout, record,
        )  # fmt: skip
    if as_json:
        result_json(_object(plan, environment, rehearsal))
    else:
        result(table((_row(step) for step in rehearsal.steps), _STEPS))
        result("")
        result(table(_resource_rows(rehearsal), _RESOURCES))
        if rehearsal.compared:
            result("")
            tell_comparison(rehearsal.compared, plan)
    if not rehearsal.ok:
        raise typer.Exit(EXIT_FINDINGS)


def _at_hosts(requests: "Sequence[Request]", known: "tuple[Rule, ...]") -> "tuple[Request, ...]":
    """The requests with the host name that all rules ask for, where they have none; those to hosts that no rule takes are left
    out."""
    from toolkit.plan.routing.listener_rules import common_host

    host = common_host(known)
    named = [replace(one, headers=(("Host", host), *one.headers)) if host and not one.host else one for one in requests]
    return tuple(one for one in named if not one.host or any(rule.takes_host(one.host) for rule in known))


def _rehearse(
    client: "DockerClient",
    folder: Path,
    drafted: "Draft",
    here: "Plan",
    catalog: "Catalog",
    settings: "Settings",
    stacks: "tuple[Stack, ...]",
    built: Mapping[str, str],
    variables: dict[str, str],
    stand_in_images: dict[str, str],
    timeout: int,
    record: "Callable[[DockerClient], Recorded] | None",
) -> "Rehearsal":
    from toolkit.artefacts.routing import routes
    from toolkit.aws.clients import Clients
    from toolkit.check.schemas import resource_schemas
    from toolkit.engine.probe import probes
    from toolkit.plan.routing.listener_rules import common_host, rules
    from toolkit.rehearse.datastores import datastore_images, recorded_databases, unset_variables
    from toolkit.rehearse.emulator import emulator, new_account
    from toolkit.rehearse.environment import cache_folder, emulator_python
    from toolkit.rehearse.images import images, present
    from toolkit.rehearse.rehearsal import Rehearsal

    plan: Plan = drafted.planned.plan
    region, account = settings.region, new_account()
    missing = recorded_databases(plan, catalog.datastores, settings.engines)
    containers = datastore_images(folder, plan, catalog.datastores, settings.engines, stand_in_images)
    for name in missing:
        say(f"{name}: no container plays {plan.datastores[name].engine}; it is recorded, and tasks do not hear of it")
    needed = list(containers.values())
    if not missing:  # the database setup runs
        wanted = [stack.parameters["ClientImage"] for stack in stacks if "ClientImage" in stack.parameters]
        needed += [stand_in_images.get(name, name) for name in wanted]
    for name in dict.fromkeys(needed):
        present(client, name, say)
    kinds = {str(one.get("Type")) for stack in stacks for one in stack.template.resources.values()}
    told: dict[str, Any] = {
        "schemas": resource_schemas(kinds, region),
        "images": stand_in_images,
        "datastores": containers,
        "variables": variables,
        "unset": sorted(unset_variables(plan, missing)),
    }
    python = emulator_python(settings.emulator, cache_folder(), say)
    stand_ins = {name: value.format(region=region, account=account) for name, value in settings.parameters.items()}
    host = common_host(rules(here))
    questions = tuple(replace(one, host=one.host or host) for one in probes(here, routes(here)))
    with images(client, account, region, built) as own, emulator(client, python, account, region, told) as one:
        say(f"emulator on {one.url}, account {account}, {os.fspath(folder)} in {len(stacks)} stacks")
        rehearsal = Rehearsal(
            client, Clients(_session(account, region), one.url, region), one, own, stacks,
            questions, stand_ins, bool(missing), timeout, _say_step,
            partial(record, client) if record else None,
        )  # fmt: skip
        rehearsal.run()
    return rehearsal


def _recording(
    folder: Path,
    catalog: "Catalog",
    settings: "Settings",
    plan: "Plan",
    variables: dict[str, str],
    stand_in_images: dict[str, str],
    timeout: int,
    asked: "Sequence[Request]",
) -> "Callable[[DockerClient], Recorded]":
    """Asks the application as one service, on any free port, with the datastores that the rehearsal has."""
    from toolkit.cli.local_compose import local_compose
    from toolkit.engine.application import Application
    from toolkit.engine.comparison import record
    from toolkit.rehearse.datastores import recorded_databases, with_stand_ins

    missing = recorded_databases(plan, catalog.datastores, settings.engines)
    compose = with_stand_ins(local_compose(folder, plan, missing, variables, local_secrets=True), stand_in_images)
    local = catalog.profiles["development"].local
    assert local  # the compose file was made with it

    def recorded(client: "DockerClient") -> "Recorded":
        def start(one: "ComposeFile") -> Application:
            return Application(
                client, one, folder, variables, 0, timeout, lambda service, text: say(f"{service}: {text}"),
                images_of=plan.application,
            )  # fmt: skip

        return record(start, compose, plan, local.proxy_port, asked)

    return recorded


def _session(account: str, region: str) -> Any:
    """The emulator takes an access key of twelve digits for the account. No credentials of the user's are looked at."""
    import boto3

    return boto3.Session(aws_access_key_id=account, aws_secret_access_key="rehearsal", region_name=region)


_STEPS = {"step": "STEP", "outcome": "OUTCOME", "seconds": "SECONDS", "note": "NOTE"}
_RESOURCES = {"grade": "GRADE", "count": "RESOURCES", "types": "TYPES"}


def _say_step(step: "Step") -> None:
    say(f"{'ok' if step.ok else 'failed'} {step.seconds:6.1f} s  {step.name}{': ' if step.note else ''}{step.note}")
    for line in step.output:
        say(f"    {line}")


def _row(step: "Step") -> dict[str, object]:
    return {
        "step": step.name,
        "outcome": "ok" if step.ok else "failed",
        "seconds": f"{step.seconds:.1f}",
        "note": step.note,
    }


def _resource_rows(rehearsal: "Rehearsal") -> list[dict[str, object]]:
    """A row for each grade and type, the most trustworthy first."""
    from toolkit.rehearse.grades import Grade

    rows: list[dict[str, object]] = []
    for grade in Grade:
        counts = Counter(one.type for one in rehearsal.resources if one.grade is grade)
        rows += [{"grade": grade, "count": count, "types": kind} for kind, count in sorted(counts.items())]
    return rows


def _object(plan: "Plan", environment: str, rehearsal: "Rehearsal") -> dict[str, object]:
    from toolkit.cli.compare import comparison_object

    return {
        "application": plan.application,
        "environment": environment,
        "ok": rehearsal.ok,
        "steps": [
            {
                "name": step.name,
                "ok": step.ok,
                "seconds": round(step.seconds, 2),
                "note": step.note,
                "output": list(step.output),
            }
            for step in rehearsal.steps
        ],
        "routes": [
            {
                "service": one.probe.service,
                "route": one.probe.pattern,
                "path": one.probe.path,
                "status": one.status,
                "ok": one.ok,
            }
            for one in rehearsal.answers
        ],
        "resources": [
            {"stack": one.stack, "logical_id": one.logical_id, "type": one.type, "grade": one.grade}
            for one in rehearsal.resources
        ],
        **comparison_object(rehearsal.compared, plan),
    }
