"""`replatform check`: is an output folder right and safe."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import Annotated

import typer

from toolkit.cli.console import EXIT_FINDINGS, finding_object, finding_text, result, result_json, say, talk
from toolkit.cli.options import BlueprintsOption, JsonOption, SourceOption
from toolkit.findings import Evidence, Finding, Severity, in_order


def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that replatform wrote to.", show_default=False)],
    stale: Annotated[
        bool, typer.Option("--stale", help="Check one thing only: are the files what the plan gives now.")
    ] = False,
    source: SourceOption = None,
    blueprints: BlueprintsOption = None,
    as_json: JsonOption = False,
    as_sarif: Annotated[
        bool,
        typer.Option("--sarif", help="Print SARIF 2.1.0 instead of text, for a code host to show beside the lines."),
    ] = False,
    fresh: Annotated[
        bool, typer.Option("--fresh", help="Lint every template again, also one whose result is kept from before.")
    ] = False,
) -> None:
    """Check what was written: cfn-lint on every template, hadolint on every Dockerfile, and rules of our own: do the
    stacks fit each other, do Dockerfile, template and configuration agree, are secrets and permissions kept tight.

    Ends with 1 when there is an error or a warning. What cfn-lint found in a text is kept in the user's cache folder, by
    the text's hash and cfn-lint's version.

    Examples:

      replatform check out/collections

      replatform check . --sarif > replatform.sarif

      replatform check --stale . --source . --blueprints ../our-blueprints
    """
    from toolkit.check.run import check_folder
    from toolkit.rehearse.environment import cache_folder

    if stale:
        findings = check_stale(folder, source, blueprints or ())
    else:
        with _progress() as report:
            findings = check_folder(folder, None if fresh else cache_folder(), report)
    if as_sarif:
        from toolkit.check.sarif import sarif

        result_json(sarif(findings, _in_repository(folder)))
    elif as_json:
        result_json([finding_object(finding) for finding in findings])
    else:
        colour = talk.colour and sys.stdout.isatty()
        told = (finding_text(finding, colour, sys.stdout) for finding in _told_once(findings))
        result("\n".join(told) or "no findings")
    if any(finding.severity is not Severity.NOTE for finding in findings):
        raise typer.Exit(EXIT_FINDINGS)


def _told_once(findings: Sequence[Finding]) -> list[Finding]:
    """Findings to be read one below the other: what to do stands below the last of those that want the same."""
    return [
        replace(one, hint="") if after and (after.code, after.hint) == (one.code, one.hint) else one
        for one, after in zip(findings, (*findings[1:], None), strict=False)
    ]


def check_stale(folder: Path, source: Path | None, blueprints: Sequence[Path] = ()) -> tuple[Finding, ...]:
    """Generates again, in memory: RP073 for each file that would be written or removed, and the conflicts of doing so.

    A file in which evidence has other line numbers, and nothing else, is what the plan gives.
    """
    from toolkit.artefacts.state import beyond_lines
    from toolkit.catalog.catalog import Catalog
    from toolkit.cli import pipeline

    regeneration, _ = pipeline.preview(folder, source, Catalog(*blueprints))
    to_do = f"replatform convert {source} --out {folder}" if source else f"replatform generate {folder}"
    to_do += "".join(f" --blueprints {overlay}" for overlay in blueprints)
    message = "not what the plan gives now"
    stale = [
        Finding("RP073", Severity.ERROR, message, (Evidence(path),), to_do)
        for path in beyond_lines(regeneration.before_and_after(folder))
    ]
    return in_order([*stale, *regeneration.written.findings])


def _in_repository(folder: Path) -> PurePosixPath:
    """The folder below the current directory, which in CI is the repository; elsewhere the folder is the repository."""
    here, there = Path.cwd(), folder.resolve()
    return PurePosixPath(there.relative_to(here).as_posix() if there.is_relative_to(here) else ".")


@contextmanager
def _progress() -> Iterator[Callable[[int, int, str], None]]:
    """A bar of the files on a terminal, else one line at the start."""
    if talk.quiet:
        yield lambda *_: None
    elif not sys.stderr.isatty():

        def first(done: int, total: int, path: str) -> None:
            if not done:
                say(f"checking {total} templates and Dockerfiles")

        yield first
    else:
        from rich.console import Console
        from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

        columns = (TextColumn("{task.description}", markup=False), BarColumn(20), MofNCompleteColumn())
        with Progress(*columns, console=Console(stderr=True, no_color=not talk.colour), transient=True) as bars:
            bar = bars.add_task("reading")
            yield lambda done, total, path: bars.update(bar, description=path, completed=done, total=total)
