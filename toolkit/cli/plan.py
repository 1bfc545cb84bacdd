"""`replatform plan`: the decisions, and what is left open."""

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.console import finding_object, result, result_json, say_findings
from toolkit.cli.options import AnswersOption, BlueprintsOption, JsonOption, SetOption, SourceArgument
from toolkit.findings import Severity

if TYPE_CHECKING:
    from toolkit.plan.model import Question


def plan(
    source: SourceArgument,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="DIR", help="Where replatform.yaml is written; SRC if not given."),
    ] = None,
    questions: Annotated[
        bool,
        typer.Option("--questions", help="Write nothing: list every open question with its key, default and evidence."),
    ] = False,
    answers_file: AnswersOption = None,
    answers: SetOption = None,
    blueprints: BlueprintsOption = None,
    as_json: JsonOption = False,
) -> None:
    """Decide how the application will run, and write it to replatform.yaml for people to read and change.

    Examples:

      replatform plan ./shop --questions

      replatform plan ./shop && $EDITOR shop/replatform.yaml && replatform generate shop/replatform.yaml
    """
    from toolkit.artefacts import state
    from toolkit.catalog.catalog import Catalog
    from toolkit.cli import pipeline
    from toolkit.cli.answers import all_answers

    catalog = Catalog(*(blueprints or ()))
    folder = out or (source if source.is_dir() else source.parent)
    drafted = pipeline.draft(source, folder, catalog, all_answers(answers_file, answers))
    planned = drafted.planned
    if not questions:
        written = pipeline.write(folder, drafted, state.render_state(drafted.fresh), partly=True)
        say_findings([*planned.findings, *written.findings], least=Severity.WARNING)
    if as_json:
        result_json(
            {
                "plan": planned.plan.model_dump(mode="json", exclude_defaults=True),
                "questions": [_question_object(question) for question in planned.questions],
                "findings": [finding_object(finding) for finding in planned.findings],
            }
        )
    elif questions:
        result("\n\n".join(map(_question_text, planned.questions)) or "no open questions")
    else:
        result(str(folder / "replatform.yaml"))


def _question_object(question: "Question") -> dict[str, object]:
    return asdict(question) | {"evidence": [str(place) for place in question.evidence]}


def _question_text(question: "Question") -> str:
    lines = [
        question.text,
        f"  key: {question.key}",
        f"  default: {'none, an answer is needed' if question.default is None else question.default or '(empty)'}",
    ]
    if question.choices:
        lines.append(f"  choices: {', '.join(question.choices)}")
    if question.evidence:
        lines.append(f"  because of: {', '.join(map(str, question.evidence))}")
    return "\n".join(lines)
