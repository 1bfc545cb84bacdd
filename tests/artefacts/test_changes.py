"""What `replatform diff` says about edits of a plan, and how small the diffs of regeneration are."""

import json
from pathlib import Path

import pytest

from tests.conftest import ROOT, SAMPLES
from toolkit.artefacts import plan_file
from toolkit.artefacts.change_report import MAXIMUM_CHARACTERS, render_markdown, render_text
from toolkit.artefacts.changes import Change, by_effect, find_changes, unified_diff
from toolkit.artefacts.template_tree import parse_template, used_by
from toolkit.catalog.catalog import Catalog
from toolkit.catalog.effects import Effect
from toolkit.cli import pipeline
from toolkit.files import Regeneration


@pytest.fixture
def out(tmp_path: Path, catalog: Catalog) -> Path:
    drafted = pipeline.draft(SAMPLES["collections"], tmp_path, catalog)
    pipeline.write(tmp_path, drafted, pipeline.artefacts(drafted, catalog))
    return tmp_path


def edited(folder: Path, catalog: Catalog, *edits: tuple[str, str]) -> tuple[Regeneration, tuple[Change, ...]]:
    path = folder / plan_file.PATH
    text = path.read_text()
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    path.write_text(text)
    regeneration, current = pipeline.preview(folder, None, catalog)
    return regeneration, find_changes(regeneration.before_and_after(folder), current, catalog.effects)


def test_nothing_changes_after_a_conversion(out: Path, catalog: Catalog) -> None:
    regeneration, changes = edited(out, catalog)
    assert (regeneration.texts, changes) == ({}, ())
    assert render_text(changes) == "nothing would change"


@pytest.mark.parametrize(
    ("old", "new", "effect", "place"),
    [
        ("    database: Collections", "    database: Claims", Effect.REPLACEMENT, "database.Parameters.DatabaseName"),
        ("    size: low", "    size: high", Effect.COST, "Parameters.CpuUnits"),
        ("port: 8080 ", "port: 8090 ", Effect.NETWORK, "Parameters.ContainerPort"),
        ("paths: [/*] ", "paths: [/claims/*] ", Effect.NETWORK, "Parameters.PathPatterns"),
        ("runtime_image: eclipse-temurin:17-jre-jammy", "runtime_image: eclipse-temurin:17-jre-noble", Effect.IMAGE, ""),
        ("value: '0.0725'", "value: '0.08'", Effect.CONFIGURATION, "TaskDefinition (AWS::ECS::TaskDefinition) ContainerDefinitions.[!Ref Service].Environment.[INTEREST_ANNUAL_RATE].Value"),
        ("schedule: cron(30 1 * * ? *)", "schedule: cron(30 2 * * ? *)", Effect.CONFIGURATION, "Parameters.ScheduleExpression"),
    ],
)  # fmt: skip
def test_an_edit_stands_under_what_it_does(
    old: str, new: str, effect: Effect, place: str, out: Path, catalog: Catalog
) -> None:
    _, changes = edited(out, catalog, (old, new))
    assert place in {group.change.place for group in by_effect(changes)[effect]}


def test_a_service_that_goes_is_grave(out: Path, catalog: Catalog) -> None:
    plan = (out / plan_file.PATH).read_text()
    start = plan.index("  payment-reminders:")
    _, changes = edited(out, catalog, (plan[start : plan.index("environment:\n", start)], ""))
    gone = [change for change in changes if change.path == "cloudformation/service-payment-reminders.yaml"]
    assert [change.effects[0] for change in gone] == [Effect.REPLACEMENT]
    assert Effect.IAM in gone[0].effects and not gone[0].after


def test_a_new_variable_touches_only_its_own_lines(out: Path, catalog: Catalog) -> None:
    regeneration, _ = edited(
        out, catalog, ("  MAIL_PORT:\n", "  CLAIMS_LIMIT:\n    value: '250'\n  # README.md:67\n  MAIL_PORT:\n")
    )
    for path, (before, after) in regeneration.before_and_after(out).items():
        if path.startswith(".replatform/") or path == "REPLATFORM.md":
            continue
        changed = [line for line in unified_diff(path, before, after).splitlines()[2:] if line[:1] in "+-"]
        assert not [line for line in changed if line.startswith("-")], path
        assert all(
            line == "+" or "CLAIMS_LIMIT" in line or "250" in line or "a person wrote" in line or plan_file.PATH in line
            for line in changed
        ), (path, changed)


def test_a_new_service_touches_only_its_own_lines(out: Path, catalog: Catalog) -> None:
    service = "  interest-report:\n    kind: scheduled\n    image: app\n    command: [java, -jar, /app/app.jar, --job=interest-report]\n    size: low\n    schedule: rate(1 day)\n"
    regeneration, _ = edited(
        out, catalog, ("environment:\n  # README.md:61", service + "environment:\n  # README.md:61")
    )
    for path, (before, after) in regeneration.before_and_after(out).items():
        if not before or path.startswith(".replatform/") or path == "REPLATFORM.md":
            continue
        removed = [line for line in unified_diff(path, before, after).splitlines()[2:] if line.startswith("-")]
        assert not removed, (path, removed)


def test_a_port_changes_the_lines_that_carry_it(out: Path, catalog: Catalog) -> None:
    regeneration, _ = edited(out, catalog, ("port: 8080 ", "port: 8090 "))
    for path, (before, after) in regeneration.before_and_after(out).items():
        if not path.startswith(".replatform/") and path != "REPLATFORM.md":
            changed = [line for line in unified_diff(path, before, after).splitlines()[2:] if line[:1] in "+-"]
            assert all("8080" in line or "8090" in line for line in changed), (path, changed)


def test_markdown_is_short_first_and_fits_a_comment(out: Path, catalog: Catalog) -> None:
    regeneration, changes = edited(out, catalog, ("    edition: standard", "    edition: enterprise"))
    texts = regeneration.before_and_after(out) | {"big": ("", "`" * 5 + "\n" + "x" * MAXIMUM_CHARACTERS)}
    markdown = render_markdown(changes, texts)
    assert len(markdown) <= MAXIMUM_CHARACTERS + 200
    assert markdown.index("Replaces or removes") < markdown.index("<details>")
    assert "Diffs of 1 file(s) are left out" in markdown
    assert "`cloudformation/*.json` database.Parameters.Engine: `sqlserver-se` → `sqlserver-ee`" in markdown


@pytest.mark.parametrize("text", ["a: &x [1]\nb: *x\n", "[" * 5000, "a: [", "just text", "a: " + "[" * 100 + "]" * 100])
def test_what_is_no_template_is_none(text: str) -> None:
    assert parse_template(text) is None


def test_a_parameter_is_followed_through_conditions() -> None:
    template = parse_template((ROOT / "cloudformation/cluster.yaml").read_text())
    assert ("Listener", "Properties") in {path[:2] for path in used_by(template, "CertificateArn")}


def test_replacing_properties_are_those_of_cloudformation(catalog: Catalog) -> None:
    from cfnlint.schema.manager import PROVIDER_SCHEMA_MANAGER

    released = json.loads((ROOT / "cloudformation/released-logical-ids.json").read_text())
    kinds = {kind for resources in released.values() for kind in resources.values()} - {"AWS::ECS::TaskDefinition"}
    for kind in kinds | set(catalog.effects.replacement):
        schema = PROVIDER_SCHEMA_MANAGER.get_resource_schema("us-east-1", kind).schema
        always, sometimes = (
            {pointer.removeprefix("/properties/").replace("/", ".") for pointer in schema.get(key, ())}
            for key in ("createOnlyProperties", "conditionalCreateOnlyProperties")
        )
        assert always <= set(catalog.effects.replacement.get(kind, ())) <= always | sometimes, kind
