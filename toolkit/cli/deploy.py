"""`replatform deploy`: an environment's stacks, by change sets that a person has seen."""

import sys
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.cli.console import result, result_json, say
from toolkit.cli.options import JsonOption
from toolkit.errors import BadInputError, UnknownItemError

if TYPE_CHECKING:
    from toolkit.deploy.change_sets import ChangeSet
    from toolkit.stacks.environment import Stack


def deploy(
    environment: Annotated[str, typer.Argument(metavar="ENVIRONMENT", help="development, test or production.")],
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that replatform wrote to.")] = Path(),
    account: Annotated[
        str | None,
        typer.Option(
            "--account", metavar="ID", help="Default: environments.ENVIRONMENT.account of the plan; --yes needs it."
        ),
    ] = None,
    region: Annotated[
        str | None, typer.Option("--region", metavar="NAME", help="Default: the plan's, or your AWS profile's.")
    ] = None,
    only: Annotated[
        list[str] | None, typer.Option("--only", metavar="STACK", help="This stack alone. Can be repeated.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option("--without", metavar="STACK", help="Not this stack. Can be repeated.")
    ] = None,
    values: Annotated[
        list[str] | None,
        typer.Option(
            "--set",
            metavar="STACK.PARAMETER=VALUE",
            help="A parameter that no file gives: web.ImageUri, cluster.CertificateArn. A stack keeps it from then on.",
        ),
    ] = None,
    replace: Annotated[
        list[str] | None,
        typer.Option(
            "--replace", metavar="STACK.RESOURCE", help="Let this database or replication resource be replaced."
        ),
    ] = None,
    bucket: Annotated[
        str, typer.Option("--bucket", metavar="NAME", help="For large templates; default: pipeline-foundation's.")
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Show what would change, and change nothing.")] = False,
    yes: Annotated[
        bool, typer.Option("--yes", "-y", help="Do not ask. Replacements of data still need --replace.")
    ] = False,
    as_json: JsonOption = False,
) -> None:
    """Deploy an environment's stacks: show what is added, changed, replaced and removed, ask, then follow each to its end.

    Credentials come from the AWS SDK's own chain. It may be run again at any time: what is done stays, the rest goes on.
    A service whose first image is not given waits for it. Ends with 1 when a stack fails, 75 when trying again may help.

    Examples:

      replatform deploy development out/collections --dry-run

      replatform deploy test out/collections --account 111122223333 --yes --set web.ImageUri=IMAGE
    """
    from toolkit.aws.clients import Clients
    from toolkit.cli.home import agreed, home_of
    from toolkit.deploy import change_sets, run
    from toolkit.stacks.environment import read_environment

    home = home_of(folder, environment)
    account = agreed("account", account or "", home.account, environment)
    region = agreed("region", region or "", home.region, environment) or None
    if yes and not account and not dry_run:
        raise BadInputError(
            "--yes without an account would deploy wherever the credentials lead",
            to_do=f"write environments.{environment}.account in replatform.yaml, or give --account ID",
        )
    if not (yes or dry_run or sys.stdin.isatty()):
        raise BadInputError("there is no terminal to ask on", to_do="give --yes and --account, or --dry-run")
    stacks = _chosen(read_environment(folder, environment, _values(values)), only or (), without or ())
    clients = Clients(region=region)
    owner = run.account_of(clients, account)
    say(f"{environment}: account {owner}, region {clients.region}")
    deployment = run.Deployment(clients, bucket or run.template_bucket(clients, stacks), say)
    stacks, waiting = run.without_images(clients, stacks)
    for part in waiting:
        say(f"{part}: waits for its first image: --set {part}.ImageUri=IMAGE")
    planned: list[ChangeSet] = []
    asked_for = frozenset(replace or ())
    started: set[str] = set()
    done: dict[str, str] = {}
    try:
        for change_set in run.plan(deployment, stacks):
            planned.append(change_set)
            say(_shown(change_set))
        run.refuse(planned, asked_for)
        if not dry_run and (yes or _agreed(planned)):
            for change_set in planned:
                started.add(change_set.stack.part)
                done[change_set.stack.part] = run.apply(deployment, change_set, asked_for)
                say(f"{change_set.stack.part}: {done[change_set.stack.part]}")
    finally:
        # Dry, refused, or stopped half-way: no change set stays behind that somebody could execute later. One that was
        # started is CloudFormation's, and a second run's: removing it would hide why it failed.
        for change_set in planned:
            if change_set.stack.part not in started:
                change_sets.discard(clients, change_set)
    if as_json:
        result_json(
            {
                "environment": environment,
                "account": owner,
                "region": clients.region,
                "waiting": list(waiting),
                "stacks": [_object(change_set, done) for change_set in planned],
            }
        )
    else:
        result("\n".join(f"{one.stack.name}  {done.get(one.stack.part, 'not deployed')}" for one in planned))


def _values(given: list[str] | None) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for text in given or ():
        key, equals, value = text.partition("=")
        part, dot, parameter = key.rpartition(".")
        if not (equals and dot and part and parameter):
            raise BadInputError(f"not STACK.PARAMETER=VALUE: {key}", where="--set")
        found.setdefault(part, {})[parameter] = value
    return found


def _chosen(
    stacks: "tuple[Stack, ...]", only: list[str] | tuple[()], without: list[str] | tuple[()]
) -> "tuple[Stack, ...]":
    parts = [stack.part for stack in stacks]
    if unknown := (set(only) | set(without)) - set(parts):
        raise UnknownItemError(f"no stack {', '.join(sorted(unknown))}", to_do=f"choose from: {', '.join(parts)}")
    return tuple(stack for stack in stacks if (not only or stack.part in only) and stack.part not in without)


def _shown(change_set: "ChangeSet") -> str:
    """A stack's changes, a line each; what could lose data is said in words."""
    head = f"{change_set.stack.part}: " + ("no changes" if change_set.kind == "none" else change_set.kind)
    lines = [head + (" (read from the template, as what it needs is not there yet)" if change_set.predicted else "")]
    for change in change_set.changes:
        because = f" by {', '.join(change.properties)}" if change.properties else ""
        perhaps = "may be " if change.maybe and change.loses else ""
        danger = "  DATA IS LOST unless the resource's policy keeps it" if change.loses and change.holds_data else ""
        lines.append(f"  {perhaps}{change.action:<8} {change.logical_id} ({change.type}){because}{danger}")
    return "\n".join(lines)


def _agreed(planned: "list[ChangeSet]") -> bool:
    return all(one.kind == "none" for one in planned) or typer.confirm("Deploy this?", err=True)


def _object(change_set: "ChangeSet", done: Mapping[str, str]) -> dict[str, Any]:
    changes = [
        {
            "logical_id": change.logical_id,
            "type": change.type,
            "action": change.action,
            "conditional": change.maybe,
            "properties": list(change.properties),
            "holds_data": change.holds_data,
        }
        for change in change_set.changes
    ]
    return {
        "stack": change_set.stack.name,
        "kind": change_set.kind,
        "predicted": change_set.predicted,
        "changes": changes,
        "status": done.get(change_set.stack.part, ""),
    }
