"""`replatform wizard`: at a terminal, asked only what the sources leave open."""

import contextlib
import shlex
from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.console import EXIT_FINDINGS, result, say, say_findings
from toolkit.cli.options import AnswersOption, BlueprintsOption, SetOption, SourceArgument
from toolkit.cli.prompts import BACK, Prompts, has_terminal, prompts, show
from toolkit.errors import BadInputError
from toolkit.findings import Evidence, Severity

if TYPE_CHECKING:
    from toolkit.cli.pipeline import Draft
    from toolkit.plan.model import Question

Answers = dict[str, object]


def wizard(
    source: SourceArgument,
    out: Annotated[
        Path | None, typer.Option("--out", "-o", metavar="DIR", help="Folder to write to; SRC if not given.")
    ] = None,
    answers_file: AnswersOption = None,
    answers: SetOption = None,
    plain: Annotated[
        bool, typer.Option("--plain", help="Line by line, for screen readers; TERM=dumb does the same.")
    ] = False,
    blueprints: BlueprintsOption = None,
) -> None:
    """Convert an application step by step: see what was understood, answer what is open, look at the plan, write.

    Ctrl-C keeps the answers; the same command goes on. Without a terminal nothing is asked and defaults are taken.

    Examples:

      replatform wizard ./shop

      replatform wizard ./shop --out out/shop --answers answers.yaml
    """
    from toolkit.catalog.catalog import Catalog
    from toolkit.cli import answers as given
    from toolkit.cli import pipeline
    from toolkit.cli.convert import summary

    catalog = Catalog(*(blueprints or ()))
    folder = out or (source if source.is_dir() else source.parent)
    kept = folder / given.KEPT
    known = given.read_answers(kept if kept.is_file() else None) | given.all_answers(answers_file, answers)
    drafted = pipeline.draft(source, folder, catalog, known)
    if has_terminal():
        asking = prompts(plain)
        try:
            _understood(drafted)
            questions = [question for question in drafted.planned.questions if question.key not in known]
            place, write = 0, BACK
            while write == BACK:
                _interview(drafted, questions, place, source, known, asking)
                drafted = pipeline.draft(source, folder, catalog, known)
                write = _confirm(drafted, folder, asking)
                place = max(0, len(questions) - 1)
        except KeyboardInterrupt:
            given.keep_answers(kept, known)
            show()
            show(f"Nothing was written but your answers ({kept}). To go on: {_command(source, out)}")
            raise
        given.keep_answers(kept, known)
        if write == "no":
            show(f"Nothing was written but your answers ({kept}). To go on: {_command(source, out)}")
            return
    elif drafted.planned.questions:
        say(f"no terminal: {len(drafted.planned.questions)} question(s) are not asked; --answers and --set answer them")
    written = pipeline.write(folder, drafted, pipeline.artefacts(drafted, catalog))
    findings = [*drafted.planned.findings, *written.findings]
    say_findings(findings, least=Severity.WARNING)
    result(summary(drafted.planned.plan.application, drafted.planned.plan.services, written))
    say(f"read next: {folder / 'REPLATFORM.md'}")
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise typer.Exit(EXIT_FINDINGS)


def _understood(drafted: "Draft") -> None:
    """What was read, each with the line that says so."""
    planned = drafted.planned
    plan = planned.plan
    show(f"{plan.application}: what was understood")
    keys = [f"images.{name}.stack" for name in plan.images] + [f"images.{name}.version" for name in plan.images]
    for name, service in plan.services.items():
        keys += [f"services.{name}.command"] + [
            f"services.{name}.{key}" for key in ("port", "schedule") if getattr(service, key)
        ]
    keys += [f"datastores.{name}.{key}" for name in plan.datastores for key in ("engine", "version")]
    for key in keys:
        if decision := planned.by_key.get(key):
            where = ", ".join(str(place) for place in decision.evidence[:2] if place.path)
            show(
                f"{key}: {decision.value} ({'guessed: ' + decision.because if decision.guessed else where or decision.because})",
                2,
            )
    errors = [finding for finding in planned.findings if finding.severity is not Severity.NOTE]
    show(f"{len(plan.environment)} variables, {len(errors)} finding(s) to look at afterwards", 2)


def _interview(
    drafted: "Draft", questions: "Sequence[Question]", place: int, source: Path, answers: Answers, asking: Prompts
) -> None:
    """Asks the questions from one place on, and puts what is answered among `answers`."""
    from toolkit.plan.overrides import with_answers
    from toolkit.plan.plan_file import read_plan

    show()
    if questions:
        show(
            f"{len(questions)} question(s) are open. Enter takes the answer shown; {BACK} goes back; Ctrl-C keeps the answers."
        )
    else:
        show("Nothing is open.")

    def parsed(question: "Question", answer: str) -> object:
        """The first reading of an answer that the plan takes: as YAML, as text, as the words of a command."""
        error = BadInputError("an answer is needed")
        for value in _readings(answer) if answer or question.default is not None else ():
            try:
                read_plan(with_answers(drafted.text, answers | {question.key: value}, question.key), question.key)
            except BadInputError as wrong:
                error = wrong
            else:
                return value
        raise error

    def wrong(question: "Question", answer: str) -> str:
        try:
            parsed(question, answer)
        except BadInputError as error:
            return error.what
        return ""

    while place < len(questions):
        question = questions[place]
        _ask(question, source, f"{place + 1} of {len(questions)}")
        default = str(answers.get(question.key, question.default or ""))
        if question.choices:
            answer = asking.choice(question.choices, default if default in question.choices else "")
        else:
            answer = asking.text(default, partial(wrong, question))
        if answer == BACK:
            place = max(0, place - 1)
        else:
            answers[question.key] = parsed(question, answer)
            place += 1


def _readings(answer: str) -> Iterator[object]:
    """An answer as YAML, as text, and as the words of a command."""
    from toolkit.cli.answers import parse_answers

    with contextlib.suppress(BadInputError):
        if (value := parse_answers([f"answer={answer}"])["answer"]) is not None:
            yield value
    yield answer
    with contextlib.suppress(ValueError):
        yield shlex.split(answer)


def _ask(question: "Question", source: Path, number: str) -> None:
    """The question, and the lines that it is about."""
    show()
    show(f"Question {number}: {question.text}")
    show(f"key: {question.key}", 2)
    for evidence in question.evidence[:3]:
        show(f"{evidence}: {_line(source, evidence)}".rstrip(": "), 2)
    if question.default is not None:
        show(f"default: {question.default or '(empty)'}", 2)


def _line(source: Path, evidence: Evidence) -> str:
    """The text of a place in the sources, without control characters; empty where it cannot be read."""
    from toolkit.inventory.source_tree import SourceTree

    file = SourceTree.open(source).read(evidence.path) if evidence.path and evidence.first_line else None
    if file is None or evidence.first_line > len(file.lines):
        return ""
    return "".join(character for character in file.lines[evidence.first_line - 1].strip() if character.isprintable())[
        :200
    ]


def _confirm(drafted: "Draft", folder: Path, asking: Prompts) -> str:
    """Shows what the answers change of the plan, and asks whether to write: yes, no, or BACK."""
    from toolkit.artefacts import plan_file
    from toolkit.artefacts.changes import unified_diff

    path = folder / plan_file.PATH
    before = path.read_text("utf-8", "replace") if path.is_file() else drafted.generated_text
    show()
    show("The plan, with your answers:" if before != drafted.text else "The plan stays as it is.")
    for line in unified_diff(plan_file.PATH, before, drafted.text).splitlines():
        show(line, 2)
    show()
    show(f"Write {plan_file.PATH} and all files to {folder}?")
    return asking.choice(("yes", "no"), "yes")


def _command(source: Path, out: Path | None) -> str:
    words: Sequence[str] = ["replatform", "wizard", str(source), *(["--out", str(out)] if out else [])]
    return shlex.join(words)
