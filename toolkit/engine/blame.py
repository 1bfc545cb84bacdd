"""What a failed build was about: its lines of the Dockerfile, the lines of the README behind them, and a suggestion."""

from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.artefacts.explain import Explanation, explain_item
from toolkit.artefacts.text import Artefact
from toolkit.catalog.build_failures import BuildFailures, Diagnosis
from toolkit.engine.build import Failed
from toolkit.plan.model import Planned

_SHOWN = 12


@dataclass(frozen=True, slots=True)
class Blame:
    """`lines` are the failing instruction's in the Dockerfile, `reasons` the decisions that they come from."""

    failed: Failed
    dockerfile: str
    lines: tuple[tuple[int, str], ...]
    reasons: tuple[Explanation, ...]
    output: tuple[str, ...]
    diagnosis: Diagnosis | None

    @property
    def places(self) -> tuple[str, ...]:
        """Lines of the user's files behind the failing line, READMEs first."""
        found = [str(place) for one in self.reasons if one.decision for place in one.decision.evidence if place.path]
        return tuple(sorted(dict.fromkeys(found), key=lambda place: not place.lower().startswith("readme")))

    def __str__(self) -> str:
        head = f"{self.failed.service}: the build failed after {self.failed.seconds:.0f} s: {self.failed.message}"
        parts = [head]
        if self.lines:
            parts += [f"  at {self.dockerfile}:{self.lines[0][0]}"]
            parts += [f"    {number:>3}  {text}" for number, text in self.lines]
        for reason in self.reasons:
            if reason.decision:
                places = ", ".join(str(place) for place in reason.decision.evidence if place.path)
                parts.append(f"  from {places or 'no file'}: {reason.decision.key} = {reason.decision.value}")
        if self.output:
            parts += ["  last output:", *(f"    {line}" for line in self.output)]
        if self.diagnosis:
            parts += [f"  {self.diagnosis.explanation}", f"  to do: {self.diagnosis.suggestion}"]
        else:
            parts.append("  to do: the output above says why; replatform explain says where the line comes from")
        return "\n".join(parts)

    def as_object(self) -> dict[str, object]:
        return {
            "message": self.failed.message,
            "dockerfile": self.dockerfile,
            "line": self.lines[0][0] if self.lines else None,
            "lines": [text for _, text in self.lines],
            "from": list(self.places),
            "reasons": [reason.as_object() for reason in self.reasons],
            "output": list(self.output),
            "failure": self.diagnosis.name if self.diagnosis else None,
            "explanation": self.diagnosis.explanation if self.diagnosis else None,
            "suggestion": self.diagnosis.suggestion if self.diagnosis else None,
        }


def blame(
    failed: Failed, dockerfile: str, planned: Planned, artefacts: Sequence[Artefact], known: BuildFailures
) -> Blame:
    """`dockerfile` is the text that was built: a person may have edited what is generated, `artefacts`."""
    path = f"services/{failed.service}/Dockerfile"
    instruction = failed.instruction
    numbers = range(instruction.first_line, instruction.last_line + 1) if instruction else ()
    texts = dockerfile.splitlines()
    lines = tuple((number, texts[number - 1]) for number in numbers)
    generated = next((artefact for artefact in artefacts if artefact.path == path), None)
    reasons: dict[str, Explanation] = {}
    for number, text in lines:
        line = _generated_line(generated, number, text)
        if generated and line:
            explanation = explain_item(f"{path}:{line}", planned, (generated,))[0]
            if explanation.decision:
                reasons.setdefault(explanation.decision.key, explanation)
    diagnosis = known.diagnose([*failed.output, failed.message], planned.plan.services[failed.service].image)
    output = failed.output[-_SHOWN:]
    if diagnosis and not any(diagnosis.line in line for line in (*output, failed.message)):
        output = (diagnosis.line, "...", *output)  # what tells most stands further up
    return Blame(failed, path, lines, tuple(reasons.values()), output, diagnosis)


def _generated_line(generated: Artefact | None, number: int, text: str) -> int | None:
    """The number of the same line in what is generated, where it may have moved; None for a person's own line."""
    if generated is None:
        return None
    found = [place for place, line in enumerate(generated.lines, start=1) if line.text == text]
    return min(found, key=lambda place: abs(place - number), default=None)
