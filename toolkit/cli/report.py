"""`replatform report`: what was read and what was written from it, to look at."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.console import result, say
from toolkit.cli.options import BlueprintsOption

if TYPE_CHECKING:
    from collections.abc import Iterable

    from toolkit.artefacts.text import Artefact
    from toolkit.catalog.catalog import Catalog
    from toolkit.cli.pipeline import Draft


def report(
    folder: Annotated[Path, typer.Argument(metavar="[DIR]", help="Folder that replatform wrote to.")] = Path(),
    source: Annotated[
        Path | None,
        typer.Option("--source", metavar="SRC", help="The application's source, if it does not lie in DIR."),
    ] = None,
    html: Annotated[
        bool, typer.Option("--html", help="Write one page for a browser, with the README beside the generated files.")
    ] = False,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="FILE", help="File to write to; standard output if not given.")
    ] = None,
    blueprints: BlueprintsOption = None,
) -> None:
    """Print the report on an application: Markdown, or a page in which each generated line leads to the line it comes from.

    The page is one file without a script and with nothing from elsewhere: mail it, or keep it as a build's artifact.

    Examples:

      replatform report out/shop

      replatform report out/shop --source ./shop --html --out report.html
    """
    from toolkit.artefacts import report as markdown
    from toolkit.catalog.catalog import Catalog
    from toolkit.cli import pipeline

    catalog = Catalog(*(blueprints or ()))
    drafted = pipeline.draft(source or folder, folder, catalog)
    artefacts = pipeline.artefacts(drafted, catalog)
    text = (
        _page(drafted, artefacts, catalog, folder)
        if html
        else next(one.text for one in artefacts if one.path == markdown.PATH)
    )
    if out is None:
        result(text)
    else:
        out.write_text(text, encoding="utf-8", newline="\n")
        say(f"written: {out}")


def _page(drafted: "Draft", artefacts: "Iterable[Artefact]", catalog: "Catalog", folder: Path) -> str:
    from toolkit import files
    from toolkit.artefacts import plan_file
    from toolkit.artefacts import report as markdown
    from toolkit.artefacts.sizes import stack_sizes
    from toolkit.facts.readme.sources import read_documents
    from toolkit.pages.report import render_html

    planned, tree = drafted.planned, drafted.tree
    assert tree is not None  # the source was read
    plan = plan_file.render_plan(planned.plan, {})  # the page itself says where values come from
    written = [one for one in artefacts if one.path != markdown.PATH and not one.path.startswith(".")]
    sizes = stack_sizes(written, catalog.effects.sizes)
    documents = read_documents(tree, catalog.readme_rules)
    return render_html(planned, [plan, *written], sizes, tree, documents, drafted.facts, files.edited(folder))
