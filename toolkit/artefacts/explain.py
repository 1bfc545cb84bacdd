"""Answers to "why": from a generated line to the key of the plan that it carries, and to that key's decision."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from toolkit.artefacts.text import Artefact
from toolkit.errors import UnknownItemError
from toolkit.plan.model import Decision, Planned


@dataclass(frozen=True, slots=True)
class Explanation:
    """One answer: the `subject` asked about, and the decision behind it, if the plan and not a template decided."""

    subject: str
    because: str
    decision: Decision | None = None

    def __str__(self) -> str:
        if self.decision is None:
            return f"{self.subject}\n  {self.because}"
        lines = [self.subject, f"  {self.decision.key} = {self.decision.value}", f"  because {self.decision.because}"]
        lines += [f"  at {place}" for place in self.decision.evidence if place.path]
        if self.decision.guessed:
            lines.append(f"  guessed: no file says so; to change it, set {self.decision.key} in replatform.yaml")
        if self.decision.instead_of:
            lines.append(f"  instead of {', '.join(self.decision.instead_of)}")
        return "\n".join(lines)

    def as_object(self) -> dict[str, object]:
        decision = self.decision
        return {
            "subject": self.subject,
            "because": decision.because if decision else self.because,
            "key": decision.key if decision else None,
            "value": decision.value if decision else None,
            "guessed": bool(decision and decision.guessed),
            "evidence": [str(place) for place in decision.evidence] if decision else [],
        }


def explain_item(item: str, planned: Planned, artefacts: Iterable[Artefact]) -> tuple[Explanation, ...]:
    """Answers about FILE:LINE, FILE or a plan key. Raises UnknownItemError when there is no such thing."""
    by_path = {artefact.path: artefact for artefact in artefacts}
    path, _, number = item.rpartition(":")
    if path in by_path and number.isdigit():
        return (_line(by_path[path], int(number), planned),)
    if item in by_path:
        artefact = by_path[item]
        keys = dict.fromkeys(line.key for line in artefact.lines if line.key)
        found = tuple(Explanation(item, "", decision) for key in keys if (decision := decision_of(key, planned.by_key)))
        return found or (Explanation(item, f"from {artefact.source}, as it stands"),)
    decisions = [d for d in planned.decisions if d.key == item or d.key.startswith(item + ".")]
    if decisions:
        return tuple(Explanation(d.key, "", d) for d in decisions)
    value: object = planned.plan.model_dump(mode="json")
    for part in item.split("."):
        value = value.get(part) if isinstance(value, dict) else None
    if value is not None:
        return (Explanation(f"{item} = {value}", "the schema's default, or it follows from the stack's blueprint"),)
    raise UnknownItemError(
        f"nothing is called {item}", to_do="name FILE:LINE, a generated file, or a key of replatform.yaml"
    )


def _line(artefact: Artefact, number: int, planned: Planned) -> Explanation:
    if not 1 <= number <= len(artefact.lines):
        raise UnknownItemError(
            f"{artefact.path} has {len(artefact.lines)} lines, not {number}", to_do="count lines from 1"
        )
    line = artefact.lines[number - 1]
    subject = f"{artefact.path}:{number}: {line.text.strip()}"
    decision = decision_of(line.key, planned.by_key) if line.key else None
    return Explanation(
        subject, f"from {artefact.source}, as it stands" + (f"; carries {line.key}" if line.key else ""), decision
    )


def decision_of(key: str, by_key: Mapping[str, Decision]) -> Decision | None:
    """The decision for a key, or for the nearest key above it."""
    while key:
        if key in by_key:
            return by_key[key]
        key = key.rpartition(".")[0]
    return None
