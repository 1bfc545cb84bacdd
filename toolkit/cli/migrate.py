"""`replatform migrate`: the database's way to AWS: assess it, then drive the replication task."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli import assess
from toolkit.cli.console import EXIT_FINDINGS, result, result_json, say, table
from toolkit.cli.options import JsonOption

if TYPE_CHECKING:
    from toolkit.aws.clients import Clients
    from toolkit.aws.replication_task import Task

app = typer.Typer(
    help="Take a database over with AWS DMS: assess a schema dump or the database itself, then start, watch and stop the replication task.",
    no_args_is_help=True,
)
app.command("assess")(assess.assess)

EnvironmentArgument = Annotated[
    str, typer.Argument(metavar="ENVIRONMENT", help="development, test or production.", show_default=False)
]
FolderOption = Annotated[Path, typer.Option("--dir", metavar="DIR", help="Folder that replatform wrote to.")]
RegionOption = Annotated[str, typer.Option("--region", help="Default: the plan's, or your AWS profile's.")]


def _named(folder: Path, environment: str) -> str:
    """The task's identifier, as cloudformation/migration.yaml gives it."""
    from toolkit.artefacts import plan_file
    from toolkit.cli import pipeline
    from toolkit.errors import BadInputError, UnknownItemError
    from toolkit.plan.model import ENVIRONMENTS

    if environment not in ENVIRONMENTS:
        raise UnknownItemError(
            f"no environment is called {environment!r}", to_do=f"name one of {', '.join(ENVIRONMENTS)}"
        )
    plan = pipeline.draft_of_plan(folder / plan_file.PATH).planned.plan
    if plan.migration is None:
        raise BadInputError("the plan has no migration", where=str(folder / plan_file.PATH))
    return f"{plan.application}-{environment}"


def _clients(folder: Path, environment: str, region: str) -> "Clients":
    """Clients of the environment's region, with credentials of its account where the plan names one."""
    from toolkit.aws.clients import Clients
    from toolkit.cli.home import agreed, home_of
    from toolkit.deploy.run import account_of

    home = home_of(folder, environment)
    clients = Clients(region=agreed("region", region, home.region, environment) or None)
    if home.account:
        account_of(clients, home.account)
    return clients


@app.command("start")
def start(
    environment: EnvironmentArgument,
    folder: FolderOption = Path(),
    reload: Annotated[
        str, typer.Option("--reload", metavar="TASK", help="Load every table anew; needs the task's name.")
    ] = "",
    wait: Annotated[bool, typer.Option("--wait/--no-wait", help="Follow the full load to its end.")] = True,
    region: RegionOption = "",
) -> None:
    """Test both connections, then start the replication task, or let it go on from where it stopped.

    Safe to run again: a task that runs is followed only. Ends with 1 when the task or a table failed.

    Example:

      replatform migrate start test --dir out/collections
    """
    from toolkit.aws import replication_task
    from toolkit.errors import BadInputError

    name = _named(folder, environment)
    if reload and reload != name:
        raise BadInputError(
            f"--reload names {reload!r}, the task is {name}", to_do=f"--reload {name} loads all tables anew"
        )
    clients = _clients(folder, environment, region)
    found = replication_task.start(clients, name, reload=bool(reload), say=say)
    if wait:
        found = replication_task.follow(clients, name, lambda one: say(_line(one)))
    result(_line(found))
    if found.failed:
        raise typer.Exit(EXIT_FINDINGS)


@app.command("status")
def status(
    environment: EnvironmentArgument,
    folder: FolderOption = Path(),
    region: RegionOption = "",
    as_json: JsonOption = False,
) -> None:
    """Show how far the replication task is, table by table. Ends with 1 when the task or a table failed.

    Example:

      replatform migrate status test --dir out/collections
    """
    from dataclasses import asdict

    from toolkit.aws import replication_task

    clients = _clients(folder, environment, region)
    found = replication_task.task(clients, _named(folder, environment))
    tables = list(replication_task.tables(clients, found.arn))
    if as_json:
        result_json({"task": asdict(found), "tables": [asdict(one) for one in tables]})
    else:
        columns = {
            name: name.upper().replace("_", " ")
            for name in ("table", "state", "rows", "changes", "failed_rows", "validation")
        }
        result("\n".join([_line(found), "", table([asdict(one) for one in tables], columns)]))
    if found.failed or any(one.failed for one in tables):
        raise typer.Exit(EXIT_FINDINGS)


@app.command("stop")
def stop(environment: EnvironmentArgument, folder: FolderOption = Path(), region: RegionOption = "") -> None:
    """Stop the replication task where it stands; a start goes on from there.

    Example:

      replatform migrate stop test --dir out/collections
    """
    from toolkit.aws import replication_task

    result(_line(replication_task.stop(_clients(folder, environment, region), _named(folder, environment))))


def _line(task: "Task") -> str:
    counts = f"{task.loaded} tables loaded, {task.loading} loading, {task.queued} waiting, {task.errored} failed"
    reason = f": {task.reason}" if task.reason and task.status in ("failed", "stopped") else ""
    return f"{task.name} {task.status}, {task.progress} % of the load, {counts}{reason}"
