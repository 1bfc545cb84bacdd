"""The plan's file and what is kept beside it say the same as the plan, whatever is in it."""

import json

from hypothesis import given, settings
from hypothesis import strategies as st

from tests.artefacts.plans import COLLECTIONS, DECISIONS, NASTY, hostile_plans
from toolkit.artefacts.migration import render_migration
from toolkit.artefacts.plan_file import render_plan
from toolkit.artefacts.state import read_state, render_state
from toolkit.catalog.catalog import Catalog
from toolkit.findings import Evidence, Finding, Severity
from toolkit.plan.model import Decision, Plan, Planned, Question
from toolkit.plan.overrides import edits, with_answers
from toolkit.plan.plan_file import read_plan, read_values

nasty = st.sampled_from(NASTY)
places = st.tuples(st.builds(Evidence, nasty, st.integers(0, 9), st.integers(0, 9), nasty))


@settings(max_examples=80)
@given(hostile_plans(), st.dictionaries(st.sampled_from(sorted(DECISIONS)), nasty))
def test_a_plan_survives_its_file_and_hostile_comments(plan: Plan, reasons: dict[str, str]) -> None:
    decisions = {
        key: Decision(key, why, why, (Evidence(why, 1, 1),), guessed=bool(why)) for key, why in reasons.items()
    }
    assert read_plan(render_plan(plan, decisions).text, "replatform.yaml") == plan


@settings(max_examples=50)
@given(
    st.lists(st.builds(Decision, nasty, nasty, nasty, places, st.booleans(), st.tuples(nasty)), max_size=3),
    st.lists(st.builds(Question, nasty, nasty, nasty, places, st.tuples(nasty), st.integers(1, 3)), max_size=3),
    st.lists(st.builds(Finding, nasty, st.sampled_from(Severity), nasty, places, nasty), max_size=3),
)
def test_decisions_survive_their_file(
    decisions: list[Decision], questions: list[Question], findings: list[Finding]
) -> None:
    planned = Planned(COLLECTIONS, tuple(decisions), tuple(questions), tuple(findings))
    assert read_state(render_state(planned)[0].text, COLLECTIONS) == planned


def test_lines_of_the_plan_carry_their_keys() -> None:
    keys = {line.key: line.text.strip() for line in render_plan(COLLECTIONS, {}).lines}
    assert keys["services.web.port"] == "port: 8080"
    assert keys["datastores.database.engine"] == "engine: sqlserver"


def test_edits_are_named_by_key_and_line() -> None:
    generated = render_plan(COLLECTIONS, DECISIONS).text
    current = (
        generated.replace("port: 8080", "port: 9090")
        .replace("  mailer:\n", "  mailer:\n    size: high\n", 1)
        .replace("    size: low\n", "", 1)
    )
    changed = edits(read_values(generated, "p"), current, read_values(current, "p"), "p")
    assert set(changed) == {"services.web.port", "services.mailer.size"}
    line = changed["services.web.port"].first_line
    assert current.splitlines()[line - 1].strip().startswith("port: 9090")


def test_answers_keep_comments_and_order() -> None:
    text = render_plan(COLLECTIONS, DECISIONS).text
    answered = with_answers(text, {"services.web.size": "high", "source.branch": "develop"}, "p")
    plan = read_plan(answered, "p")
    assert (plan.services["web"].size, plan.source.branch) == ("high", "develop")
    assert [line for line in text.splitlines() if "#" in line] == [
        line for line in answered.splitlines() if "#" in line
    ]


@settings(max_examples=40)
@given(hostile_plans())
def test_migration_files_are_json(plan: Plan) -> None:
    for artefact in render_migration(plan, Catalog().migration_script):
        assert not artefact.path.endswith(".json") or json.loads(artefact.text)
