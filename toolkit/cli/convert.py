"""`replatform convert`: everything in one step."""

from typing import TYPE_CHECKING, Annotated

import typer

from toolkit.cli.console import EXIT_FINDINGS, finding_object, result, result_json, say, say_findings
from toolkit.cli.options import AnswersOption, BlueprintsOption, JsonOption, OutOption, SetOption, SourceArgument
from toolkit.findings import Severity

if TYPE_CHECKING:
    from toolkit.files import Written


def convert(
    source: SourceArgument,
    out: OutOption,
    answers_file: AnswersOption = None,
    answers: SetOption = None,
    blueprints: BlueprintsOption = None,
    lint: Annotated[bool, typer.Option(help="Lint what was written, as replatform check does.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Read an application and write everything that it needs to run as containers on ECS Fargate.

    What you edited in an earlier output is kept: your edits are merged with what is generated now.

    Examples:

      replatform convert ./shop --out ./shop

      replatform convert ./shop --out ./shop --set services.web.size=high
    """
    from toolkit.catalog.catalog import Catalog
    from toolkit.cli import pipeline
    from toolkit.cli.answers import all_answers

    catalog = Catalog(*(blueprints or ()))
    drafted = pipeline.draft(source, out, catalog, all_answers(answers_file, answers))
    written = pipeline.write(out, drafted, pipeline.artefacts(drafted, catalog))
    planned = drafted.planned
    findings = [*planned.findings, *written.findings]
    if lint:
        from toolkit.check.run import check_folder
        from toolkit.rehearse.environment import cache_folder

        findings += check_folder(out, cache_folder())
    if as_json:
        result_json(
            {
                "application": planned.plan.application,
                "services": list(planned.plan.services),
                "files": files_object(written),
                "questions": [question.key for question in planned.questions],
                "findings": [finding_object(finding) for finding in findings],
            }
        )
    else:
        say_findings(findings, least=Severity.WARNING)
        result(summary(drafted.planned.plan.application, planned.plan.services, written))
        if planned.questions:
            say(
                f"{len(planned.questions)} question(s) are open or answered by a default: replatform plan {source} --questions"
            )
        say(f"read next: {out / 'REPLATFORM.md'}")
    if any(finding.severity is Severity.ERROR for finding in findings):
        raise typer.Exit(EXIT_FINDINGS)


def files_object(written: "Written") -> dict[str, list[str]]:
    return {name: getattr(written, name) for name in ("created", "updated", "merged", "unchanged", "removed")}


def summary(application: str, services: object, written: "Written") -> str:
    counts = ", ".join(f"{len(paths)} {name}" for name, paths in files_object(written).items() if paths)
    names = ", ".join(services) if isinstance(services, dict) else ""
    return f"{application}: {names}\n{counts or 'nothing to write'}"
