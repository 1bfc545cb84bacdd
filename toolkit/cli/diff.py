"""`replatform diff`: what a regeneration would change."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.console import EXIT_FINDINGS, finding_object, result, result_json, say, say_findings
from toolkit.cli.options import BlueprintsOption, JsonOption, SourceOption
from toolkit.findings import Severity


def diff(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that replatform wrote to.", show_default=False)],
    source: SourceOption = None,
    patch: Annotated[bool, typer.Option("--patch", "-p", help="Print the changes of files, as a patch.")] = False,
    markdown: Annotated[bool, typer.Option("--markdown", help="Print Markdown for a review comment.")] = False,
    blueprints: BlueprintsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what generating again would change, by what it does: replaced resources, data, permissions, network, cost.

    Nothing is written. Ends with 1 when your edits conflict with what is generated now.

    Examples:

      replatform diff out/shop

      replatform diff out/shop --source ./shop --markdown > comment.md
    """
    from toolkit.artefacts import change_report
    from toolkit.artefacts.changes import find_changes, unified_diff
    from toolkit.artefacts.state import beyond_lines
    from toolkit.catalog.catalog import Catalog
    from toolkit.cli import pipeline

    catalog = Catalog(*(blueprints or ()))
    regeneration, current = pipeline.preview(folder, source, catalog)
    everything = regeneration.before_and_after(folder)
    texts = beyond_lines(everything)
    if (moved := len(everything) - len(texts)) and not patch:
        say(f"not shown: {moved} file(s) in which only the line numbers of evidence change")
    changes = find_changes(texts, current, catalog.effects)
    if as_json:
        result_json(
            {
                "changes": [asdict(change) for change in changes],
                "files": sorted(texts),
                "findings": [finding_object(finding) for finding in regeneration.written.findings],
            }
        )
    elif patch:
        result("\n".join(unified_diff(path, *pair) for path, pair in everything.items()))
    elif markdown:
        result(change_report.render_markdown(changes, texts))
    else:
        say_findings(regeneration.written.findings)
        result(change_report.render_text(changes))
    if any(finding.severity is Severity.ERROR for finding in regeneration.written.findings):
        raise typer.Exit(EXIT_FINDINGS)
