"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

SourceArgument = Annotated[
    Path, typer.Argument(metavar="SRC", help="Folder of the application, or a single README file.", show_default=False)
]
OutOption = Annotated[
    Path,
    typer.Option(
        "--out",
        "-o",
        metavar="DIR",
        help="Folder to write to; usually the application's own repository.",
        show_default=False,
    ),
]
BlueprintsOption = Annotated[
    list[Path] | None,
    typer.Option(
        "--blueprints",
        metavar="DIR",
        help="Blueprints laid over ours: hardened base images, sizes, profiles, stacks. Can be repeated.",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON object instead of text.")]
SetOption = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="KEY=VALUE",
        help="An answer, by its key in replatform.yaml; the value is read as YAML. Can be repeated.",
    ),
]
SourceOption = Annotated[
    Path | None,
    typer.Option("--source", metavar="SRC", help="Read the application again, too; without it the plan alone counts."),
]
AnswersOption = Annotated[
    Path | None,
    typer.Option("--answers", metavar="FILE", help="Answers as YAML, a line KEY: VALUE for each; --set wins over it."),
]
RequestsOption = Annotated[
    Path | None,
    typer.Option(
        "--requests",
        metavar="FILE",
        help="With --compare: recorded requests (HAR, or a list in YAML or JSON) besides those of the routes.",
    ),
]
