"""`.replatform/`: what the program needs to explain and regenerate, and what editors need to complete the plan."""

import json
import re
from collections.abc import Mapping
from dataclasses import asdict
from functools import cache
from typing import Any

from toolkit.artefacts.text import Artefact, lines
from toolkit.errors import BadInputError
from toolkit.facts.model import Origin, Route, RouteKind
from toolkit.findings import Evidence, Finding, Severity
from toolkit.plan.model import Decision, Plan, Planned, Question

# A place as `render_state` writes it.
_EVIDENCE_PATH = re.compile(r'"path": ("(?:[^"\\]|\\.)+"),\s*"first_line": [1-9]')
_LINE_NUMBER = re.compile(r'((?:first|last)_line\\?":) \d+')  # also within what `.replatform/` keeps of the file
DECISIONS = ".replatform/decisions.json"
SCHEMA = ".replatform/schema.json"


@cache
def schema_text() -> str:
    """The JSON Schema of `replatform.yaml`."""
    schema = {"$schema": "https://json-schema.org/draft/2020-12/schema", **Plan.model_json_schema()}
    schema["title"] = "replatform.yaml"
    return json.dumps(schema, indent=2) + "\n"


def render_state(planned: Planned) -> tuple[Artefact, ...]:
    """Decisions, questions, findings and routes as they were read (before a person's edits), and the plan's schema."""
    state = {
        "decisions": [asdict(decision) for decision in planned.decisions],
        "questions": [asdict(question) for question in planned.questions],
        "findings": [asdict(finding) for finding in planned.findings],
        "routes": [asdict(route) for route in planned.routes],
    }
    return (
        Artefact(DECISIONS, lines(json.dumps(state, indent=1, ensure_ascii=False)), __name__),
        Artefact(SCHEMA, lines(schema_text()), __name__),
        Artefact(".replatform/.gitattributes", lines("* linguist-generated=true"), __name__),
    )


def read_state(text: str, plan: Plan) -> Planned:
    """What `render_state` wrote, about the plan that was generated with it. Raises BadInputError when it was damaged."""
    try:
        state: dict[str, Any] = json.loads(text)
        return Planned(
            plan,
            tuple(
                Decision(**item | {"evidence": _places(item), "instead_of": tuple(item["instead_of"])})
                for item in state["decisions"]
            ),
            tuple(
                Question(**item | {"evidence": _places(item), "choices": tuple(item["choices"])})
                for item in state["questions"]
            ),
            tuple(
                Finding(**item | {"evidence": _places(item), "severity": Severity(item["severity"])})
                for item in state["findings"]
            ),
            tuple(map(_route, state.get("routes", ()))),  # earlier versions kept none
        )
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise BadInputError(
            f"damaged: {error}",
            where=DECISIONS,
            to_do="restore it from version control, or run replatform convert again",
        ) from None


def beyond_lines(changed: Mapping[str, tuple[str, str]]) -> dict[str, tuple[str, str]]:
    """Of the files that a regeneration changes, those that change in more than the line numbers of evidence.

    These move with every line that is put in above them, and nothing that is built or deployed depends on them.
    """
    states = changed.get(DECISIONS, ())
    paths = {json.loads(path) for state in states for path in _EVIDENCE_PATH.findall(state)}
    places = "|".join(re.escape(path) for path in sorted(paths, key=len, reverse=True))
    place = re.compile(rf"(?<![\w./-])({places}):\d+(?:-\d+)?(?![\w.])" if places else r"(?!)()")

    def without_lines(text: str) -> str:
        return place.sub(r"\1", _LINE_NUMBER.sub(r"\1 0", text))

    return {path: pair for path, pair in changed.items() if without_lines(pair[0]) != without_lines(pair[1])}


def _route(item: dict[str, Any]) -> Route:
    read = {"evidence": Evidence(**item["evidence"]), "origin": Origin(item["origin"]), "kind": RouteKind(item["kind"])}
    return Route(**item | read | {"methods": tuple(item["methods"])})


def _places(item: dict[str, Any]) -> tuple[Evidence, ...]:
    return tuple(Evidence(**place) for place in item["evidence"])
