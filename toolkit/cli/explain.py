"""`replatform explain`: why a line or a value is as it is."""

from pathlib import Path
from typing import Annotated

import typer

from toolkit.cli.console import result, result_json
from toolkit.cli.options import BlueprintsOption, JsonOption


def explain(
    folder: Annotated[Path, typer.Argument(metavar="DIR", help="Folder that replatform wrote to.", show_default=False)],
    item: Annotated[
        str, typer.Argument(metavar="ITEM", help="FILE:LINE, FILE, or a key of the plan.", show_default=False)
    ],
    blueprints: BlueprintsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Say why a generated line, or a value of the plan, is as it is, and which line of your files decided it.

    Examples:

      replatform explain out/collections services/web/Dockerfile:12

      replatform explain out/collections services.web.port
    """
    from toolkit.artefacts import plan_file
    from toolkit.artefacts.explain import explain_item
    from toolkit.catalog.catalog import Catalog
    from toolkit.cli import pipeline

    catalog = Catalog(*(blueprints or ()))
    drafted = pipeline.draft_of_plan(folder / plan_file.PATH)
    explanations = explain_item(item, drafted.planned, pipeline.artefacts(drafted, catalog))
    if as_json:
        result_json([explanation.as_object() for explanation in explanations])
    else:
        result("\n\n".join(map(str, explanations)))
