"""`replatform check`: is an output folder right and safe."""

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.console import EXIT_FINDINGS, finding_object, result, result_json
from toolkit.cli.options import JsonOption
from toolkit.findings import Severity


def check(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that replatform wrote to.", show_default=False)],
    as_json: JsonOption = False,
) -> None:
    """Check what was written: cfn-lint on every template, hadolint on every Dockerfile, and whether the stacks fit.

    Ends with 1 when there is an error or a warning.

    Example:

      replatform check out/collections
    """
    from toolkit.check.run import check_folder

    findings = check_folder(folder)
    if as_json:
        result_json([finding_object(finding) for finding in findings])
    else:
        result("\n".join(map(str, findings)) or "no findings")
    if any(finding.severity is not Severity.NOTE for finding in findings):
        raise typer.Exit(EXIT_FINDINGS)
