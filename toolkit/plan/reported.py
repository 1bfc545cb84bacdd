"""What a part of planning reports beside its result."""

from dataclasses import dataclass, field

from toolkit.findings import Finding
from toolkit.plan.model import Decision, Question


@dataclass(kw_only=True)
class Reported:
    """Decisions with their reasons, questions that are left open, and findings, each in the order in which they were made."""

    decisions: list[Decision] = field(default_factory=list)
    questions: list[Question] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)

    def take(self, *parts: "Reported") -> None:
        """Adds what parts of this part report."""
        for part in parts:
            self.decisions += part.decisions
            self.questions += part.questions
            self.findings += part.findings
