"""Runs the assessments of a source engine over its schema and the task's settings."""

from dataclasses import dataclass
from enum import StrEnum

from toolkit.catalog.migration import Assessment
from toolkit.migrate.checks import CHECKS, Skip
from toolkit.migrate.subject import Subject


class Outcome(StrEnum):
    """The results that DMS gives an assessment, and two that only a dump has."""

    FAILED = "failed"
    WARNING = "warning"
    UNDECIDED = "undecidable"
    PASSED = "passed"
    SKIPPED = "not applicable"


@dataclass(frozen=True, slots=True)
class Result:
    """One assessment: `places` break the rule, `note` says why it was not applied, or what a server answered."""

    assessment: Assessment
    outcome: Outcome
    places: tuple[str, ...] = ()
    note: str = ""


def assess(subject: Subject) -> tuple[Result, ...]:
    """Every assessment of the source engine, the worst first, then in the order of the blueprint."""
    rank = {outcome: number for number, outcome in enumerate(Outcome)}
    results = [_result(assessment, subject) for assessment in subject.blueprint.assessments]
    return tuple(sorted(results, key=lambda result: rank[result.outcome]))


def _result(assessment: Assessment, subject: Subject) -> Result:
    if assessment.cdc_only and not subject.captures_changes:
        return Result(assessment, Outcome.SKIPPED, note="the task captures no changes")
    if not assessment.check:
        return Result(assessment, Outcome.UNDECIDED)
    try:
        places = CHECKS[assessment.check](subject)
    except Skip as reason:
        return Result(assessment, Outcome.SKIPPED, note=str(reason))
    if places is None:
        return Result(assessment, Outcome.UNDECIDED)
    found = tuple(dict.fromkeys(places))
    return Result(assessment, Outcome(assessment.outcome) if found else Outcome.PASSED, found)
