"""`replatform generate`: from a plan file to files."""

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.console import EXIT_FINDINGS, finding_object, result, result_json, say_findings
from toolkit.cli.convert import files_object, summary
from toolkit.cli.options import BlueprintsOption, JsonOption
from toolkit.findings import Severity


def generate(
    plan: Annotated[Path, typer.Argument(metavar="PLAN", help="A replatform.yaml.", show_default=False)],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="DIR", help="Folder to write to; the plan's own if not given.")
    ] = None,
    blueprints: BlueprintsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Write all files from a plan, after you edited it. The sources are not read again.

    Example:

      replatform generate shop/replatform.yaml
    """
    from toolkit.catalog.catalog import Catalog
    from toolkit.cli import pipeline

    catalog = Catalog(*(blueprints or ()))
    path = plan / "replatform.yaml" if plan.is_dir() else plan
    drafted = pipeline.draft_of_plan(path)
    written = pipeline.write(out or path.parent, drafted, pipeline.artefacts(drafted, catalog))
    findings = [*drafted.planned.findings, *written.findings]
    if as_json:
        result_json({"files": files_object(written), "findings": [finding_object(finding) for finding in findings]})
    else:
        say_findings(findings, least=Severity.WARNING)
        result(summary(drafted.planned.plan.application, drafted.planned.plan.services, written))
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise typer.Exit(EXIT_FINDINGS)
