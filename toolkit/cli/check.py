"""`replatform check`: is an output folder right and safe."""

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.console import EXIT_FINDINGS, finding_object, result, result_json
from toolkit.cli.options import JsonOption, SourceOption
from toolkit.findings import Evidence, Finding, Severity, in_order


def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that replatform wrote to.", show_default=False)],
    stale: Annotated[
        bool, typer.Option("--stale", help="Check one thing only: are the files what the plan gives now.")
    ] = False,
    source: SourceOption = None,
    as_json: JsonOption = False,
) -> None:
    """Check what was written: cfn-lint on every template, hadolint on every Dockerfile, and whether the stacks fit.

    Ends with 1 when there is an error or a warning.

    Examples:

      replatform check out/collections

      replatform check --stale . --source .
    """
    from toolkit.check.run import check_folder

    findings = check_stale(folder, source) if stale else check_folder(folder)
    if as_json:
        result_json([finding_object(finding) for finding in findings])
    else:
        result("\n".join(map(str, findings)) or "no findings")
    if any(finding.severity is not Severity.NOTE for finding in findings):
        raise typer.Exit(EXIT_FINDINGS)


def check_stale(folder: Path, source: Path | None) -> tuple[Finding, ...]:
    """Generates again, in memory: RP073 for each file that would be written or removed, and the conflicts of doing so."""
    from toolkit.catalog.catalog import Catalog
    from toolkit.cli import pipeline

    regeneration, _ = pipeline.preview(folder, source, Catalog())
    to_do = f"replatform convert {source} --out {folder}" if source else f"replatform generate {folder}"
    message = "not what the plan gives now"
    stale = [
        Finding("RP073", Severity.ERROR, message, (Evidence(path),), to_do)
        for path in regeneration.before_and_after(folder)
    ]
    return in_order([*stale, *regeneration.written.findings])
