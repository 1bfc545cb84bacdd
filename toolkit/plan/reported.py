"""What a part of planning reports beside its result."""

from dataclasses import dataclass, field
from typing import TypeVar

from toolkit.findings import Finding
from toolkit.plan.model import Decision, Question

Part = TypeVar("Part", bound="Reported")


@dataclass(kw_only=True)
class Reported:
    """Decisions with their reasons, questions that are left open, and findings, each in the order in which they were made."""

    decisions: list[Decision] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def take(self, part: Part) -> Part:
        """The part, whose reports are added to these."""
        self.decisions += part.decisions
        self.questions += part.questions
        self.findings += part.findings
        return part
