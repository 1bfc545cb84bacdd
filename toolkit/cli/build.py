"""`replatform build`: the images of an application, on a Docker engine."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.console import EXIT_FINDINGS, result, result_json, say, table, talk
from toolkit.cli.options import BlueprintsOption, JsonOption

if TYPE_CHECKING:
    from docker import DockerClient

    from toolkit.artefacts.text import Artefact
    from toolkit.catalog.catalog import Catalog
    from toolkit.cli.pipeline import Draft
    from toolkit.engine.blame import Blame
    from toolkit.engine.build import Built, Order, Progress

FolderArgument = Annotated[Path, typer.Argument(metavar="[DIR]", help="Folder that replatform wrote to.")]
SourceOption = Annotated[
    Path | None, typer.Option("--source", metavar="SRC", help="The application's source, if it does not lie in DIR.")
]


def build(
    folder: FolderArgument = Path(),
    source: SourceOption = None,
    service: Annotated[
        list[str] | None, typer.Option("--service", metavar="S", help="Only this service. Can be repeated.")
    ] = None,
    blueprints: BlueprintsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Build the image of each service. When a build fails, say which line of the Dockerfile it was, which line of the
    README that comes from, and what usually helps.

    Ends with 1 when a build failed, with 75 when no engine answers.

    Examples:

      replatform build out/collections --source samples/collections

      replatform build --service web --json
    """
    from toolkit.artefacts import plan_file
    from toolkit.catalog.catalog import Catalog
    from toolkit.cli import pipeline
    from toolkit.engine.connection import engine
    from toolkit.errors import UnknownItemError

    catalog = Catalog(*(blueprints or ()))
    drafted = pipeline.draft_of_plan(folder / plan_file.PATH)
    services = drafted.planned.plan.services
    if unknown := [name for name in service or () if name not in services]:
        raise UnknownItemError(f"no service is called {unknown[0]}", to_do=f"name one of {', '.join(services)}")
    with engine() as client:
        built, failures = build_services(client, folder, source or folder, drafted, catalog, service or list(services))
    if as_json:
        result_json(
            {
                "application": drafted.planned.plan.application,
                "built": [built_object(one) for one in built],
                "failed": [{"service": one.failed.service} | one.as_object() for one in failures],
            }
        )
    else:
        if built:
            result(table([built_object(one) for one in built], _COLUMNS))
        for failure in failures:
            result(str(failure))
    if failures:
        raise typer.Exit(EXIT_FINDINGS)


_COLUMNS = {"service": "SERVICE", "tag": "IMAGE", "megabytes": "MB", "seconds": "SECONDS", "cached": "CACHED STEPS"}


def built_object(one: "Built") -> dict[str, object]:
    return {
        "service": one.service,
        "tag": one.tag,
        "id": one.image_id,
        "size_bytes": one.size_bytes,
        "megabytes": round(one.size_bytes / 1e6),
        "seconds": round(one.seconds, 1),
        "cached": f"{one.cached_steps}/{one.steps}",
        "steps": one.steps,
        "cached_steps": one.cached_steps,
        "left_out": list(one.left_out),
    }


def build_services(
    client: "DockerClient",
    folder: Path,
    source: Path,
    drafted: "Draft",
    catalog: "Catalog",
    services: Sequence[str],
    undivided: Sequence[str] = (),
) -> tuple[list["Built"], list["Blame"]]:
    """The images that were made, one for each Dockerfile, and why others were not. After a failure, services of the same
    image are not tried. `undivided` are services whose image is made with nothing left out besides."""
    from toolkit.artefacts.dockerfile import left_out
    from toolkit.catalog.build_failures import load_build_failures
    from toolkit.engine.blame import blame
    from toolkit.engine.build import Built, order
    from toolkit.engine.build import build as build_image

    plan = drafted.planned.plan
    builders = list(dict.fromkeys(plan.builder_of(name) for name in services))
    orders = [order(folder, plan.application, name) for name in builders]
    orders += [_undivided(order(folder, plan.application, name), left_out(plan, name)) for name in undivided]
    rendered: Sequence[Artefact] | None = None
    built: list[Built] = []
    failures: list[Blame] = []
    with _progress(builders) as report:
        for wanted in orders:
            image = plan.services[wanted.service].image
            if any(plan.services[one.failed.service].image == image for one in failures):
                continue
            outcome = build_image(client, wanted, source, report)
            if isinstance(outcome, Built):
                built.append(outcome)
                for what in outcome.left_out:
                    say(f"{outcome.service}: left out of the build context: {what}")
            else:
                from toolkit.cli import pipeline

                rendered = pipeline.artefacts(drafted, catalog) if rendered is None else rendered
                known = load_build_failures(catalog.folder)
                failures.append(blame(outcome, wanted.dockerfile, drafted.planned, rendered, known))
    return built, failures


def _undivided(wanted: "Order", left_out: Sequence[str]) -> "Order":
    ignore = "\n".join(line for line in wanted.ignore.splitlines() if line not in left_out)
    return replace(wanted, ignore=ignore, undivided=True)


@contextmanager
def _progress(services: Sequence[str]) -> Iterator[Callable[["Progress"], None]]:
    """A bar per service on a terminal, else a line for each step."""
    if talk.quiet:
        yield lambda _: None
    elif not sys.stderr.isatty():
        yield _plain
    else:
        with _bars(services) as report:
            yield report


def _plain(progress: "Progress") -> None:
    say(f"{progress.service}: {progress.text}")


@contextmanager
def _bars(services: Sequence[str]) -> Iterator[Callable[["Progress"], None]]:
    from rich.console import Console
    from rich.markup import escape
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars
    from rich.table import Column

    # The bars keep their width; what is printed gets the rest of the line.
    printed = TextColumn("{task.fields[line]}", table_column=Column(ratio=1, no_wrap=True, overflow="ellipsis"))
    fixed = [
        one(table_column=Column(no_wrap=True))
        for one in (
            partial(TextColumn, "{task.description}"),
            partial(BarColumn, 20),
            MofNCompleteColumn,
            TimeElapsedColumn,
        )
    ]
    with Bars(*fixed, printed, expand=True, console=Console(stderr=True, no_color=not talk.colour)) as bars:
        tasks = {name: bars.add_task(name, start=False, total=None, line="") for name in services}

        def report(progress: "Progress") -> None:
            task = tasks[progress.service]
            bars.start_task(task)
            line = escape(progress.text.strip()[:200])
            bars.update(task, total=progress.steps or None, completed=progress.step, line=line)

        yield report


__all__ = ["FolderArgument", "SourceOption", "build", "build_services", "built_object"]
