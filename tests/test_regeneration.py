"""What a change in the sources changes in the output: its own lines, and no others."""

import difflib
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.conftest import ROOT, SAMPLES
from toolkit.artefacts.state import DECISIONS
from toolkit.catalog.catalog import Catalog
from toolkit.cli import pipeline
from toolkit.cli.check import check_stale
from toolkit.cli.main import app
from toolkit.errors import BadInputError

# Samples whose README alone says where they listen.
PORTS = {"conflict-check": "5060", "identity-api": "8900"}


def convert(source: Path, out: Path, catalog: Catalog) -> dict[str, str]:
    """The files of a conversion, but for those of `.replatform`."""
    drafted = pipeline.draft(source, out, catalog)
    pipeline.write(out, drafted, pipeline.artefacts(drafted, catalog))
    files = (path for path in out.rglob("*") if path.is_file() and ".replatform" not in path.parts)
    return {path.relative_to(out).as_posix(): path.read_text(encoding="utf-8") for path in files}


def changed_lines(before: dict[str, str], after: dict[str, str]) -> tuple[list[str], list[str]]:
    """Lines that went and lines that came, of all files."""
    gone, come = [], []
    for path in sorted(before.keys() | after.keys()):
        for line in difflib.ndiff(before.get(path, "").splitlines(), after.get(path, "").splitlines()):
            gone += [line[2:]] if line.startswith("- ") else []
            come += [line[2:]] if line.startswith("+ ") else []
    return gone, come


@pytest.fixture
def source(tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    copy = tmp_path / request.param
    shutil.copytree(SAMPLES[request.param], copy)
    return copy


def readme_of(source: Path) -> Path:
    return next(path for path in source.iterdir() if path.name.startswith("README"))


@pytest.mark.parametrize("source", PORTS, indirect=True)
def test_another_port_changes_the_lines_that_carry_it(source: Path, tmp_path: Path, catalog: Catalog) -> None:
    before = convert(source, tmp_path / "out", catalog)
    readme, port = readme_of(source), PORTS[source.name]
    readme.write_text(readme.read_text(encoding="utf-8").replace(port, "7123"), encoding="utf-8")
    gone, come = changed_lines(before, convert(source, tmp_path / "out", catalog))
    assert any("EXPOSE 7123" in line for line in come)
    assert [line.replace(port, "7123") for line in gone] == come


@pytest.mark.parametrize("source", ["collaboration"], indirect=True)
def test_a_new_route_moves_no_other(source: Path, tmp_path: Path, catalog: Catalog) -> None:
    out = tmp_path / "out"
    before = convert(source, out, catalog)
    plan = out / "replatform.yaml"
    added = "services:\n  rooms:\n    kind: web\n    image: app\n    command: [node, src/server.js]\n    port: 8701\n    paths: [/rooms/*]\n"
    plan.write_text(plan.read_text(encoding="utf-8").replace("services:\n", added), encoding="utf-8")
    after = convert(source, out, catalog)
    assert '"PathPatterns": "/rooms/*"' in after["services/rooms/ecs-service-config.json"]
    for path in before:
        if path.startswith("services/web/") or path == "cloudformation/service-web.yaml":
            assert after[path] == before[path], path
    known = {path: text for path, text in after.items() if path in before and path != "REPLATFORM.md"}
    assert changed_lines({path: before[path] for path in known}, known)[0] == []


@pytest.mark.parametrize("source", ["conflict-check"], indirect=True)
def test_edits_of_yaml_keep_comments_order_and_quotes(source: Path, tmp_path: Path, catalog: Catalog) -> None:
    out = tmp_path / "out"
    convert(source, out, catalog)
    plan = out / "replatform.yaml"
    text = plan.read_text(encoding="utf-8")
    health = "    health:\n"
    edited = text.replace(
        health,
        "    size: 'high'  # asked for by finance\n    environment: {\"ZONE\": {value: 'b'}}\n    # checked in May\n"
        + health,
    )
    assert edited != text
    plan.write_text(edited, encoding="utf-8")
    readme = readme_of(source)
    readme.write_text(readme.read_text(encoding="utf-8").replace("5060", "7123"), encoding="utf-8")
    convert(source, out, catalog)
    assert plan.read_text(encoding="utf-8") == edited.replace("5060", "7123")


@pytest.mark.parametrize("source", ["conflict-check"], indirect=True)
def test_a_conflict_in_the_plan_is_shown_as_a_diff(source: Path, tmp_path: Path, catalog: Catalog) -> None:
    out = tmp_path / "out"
    convert(source, out, catalog)
    plan, readme = out / "replatform.yaml", readme_of(source)
    edited = plan.read_text(encoding="utf-8").replace("port: 5060", "port: 6000")
    plan.write_text(edited, encoding="utf-8")
    readme.write_text(readme.read_text(encoding="utf-8").replace("5060", "7123"), encoding="utf-8")
    with pytest.raises(BadInputError, match="1 of your edits") as raised:
        convert(source, out, catalog)
    head, *lines = raised.value.diff.partition("@@\n")
    assert head == "--- your edit\n+++ generated\n"
    assert [line.split("#")[0].split() for line in lines[1].splitlines()] == [
        ["-", "port:", "6000"],
        ["+", "port:", "7123"],
    ]
    assert raised.value.diff in str(raised.value)
    assert plan.read_text(encoding="utf-8") == edited


@pytest.mark.parametrize("source", ["case-tracking"], indirect=True)
def test_an_answer_equal_to_the_default_is_remembered(source: Path, tmp_path: Path, catalog: Catalog) -> None:
    out = tmp_path / "out"
    asked = pipeline.draft(source, out, catalog).planned.questions
    answers = {question.key: question.default for question in asked}
    assert answers
    for given in (answers, answers, {}):
        drafted = pipeline.draft(source, out, catalog, given)
        assert drafted.planned.questions == ()
        pipeline.write(out, drafted, pipeline.artefacts(drafted, catalog))
    assert pipeline.draft_of_plan(out / "replatform.yaml").planned.questions == ()
    assert (
        drafted.planned.plan.model_copy(update={"answered": ()})
        == pipeline.draft(source, tmp_path / "other", catalog).planned.plan
    )
    assert (out / "replatform.yaml").read_text(encoding="utf-8").count("environment.SMTP_URL.value") == 1


@pytest.mark.parametrize("source", ["conflict-check"], indirect=True)
def test_stale_files_are_found_with_the_blueprints_of_the_conversion(source: Path, tmp_path: Path) -> None:
    overlay = tmp_path / "ours"
    (overlay / "sizes").mkdir(parents=True)
    size = (ROOT / "blueprints/sizes/medium.yaml").read_text(encoding="utf-8")
    (overlay / "sizes/medium.yaml").write_text(size.replace("maximum_count: 6", "maximum_count: 8"), encoding="utf-8")

    def replatform(*arguments: object) -> subprocess.CompletedProcess[str]:
        return subprocess.run([sys.executable, "-c", "from toolkit.cli.main import run; run()", *map(str, arguments)], capture_output=True, text=True, check=False)  # fmt: skip

    replatform("convert", source, "--out", tmp_path / "out", "--blueprints", overlay)
    assert replatform("check", "--stale", tmp_path / "out", "--blueprints", overlay).returncode == 0
    run = replatform("check", "--stale", tmp_path / "out")
    assert run.returncode == 1 and "RP073" in run.stdout and "ecs-service-config.json" in run.stdout


@pytest.mark.parametrize(
    "source", ["case-tracking", "collections", "document-signing", "court-calendar", "conflict-check"], indirect=True
)
def test_line_numbers_of_evidence_alone_make_nothing_stale(source: Path, tmp_path: Path) -> None:
    """Code that moves is the same code; what it says is another matter."""
    out, catalog = tmp_path / "out", Catalog()
    drafted = pipeline.draft(source, out, catalog)
    pipeline.write(out, drafted, pipeline.artefacts(drafted, catalog))
    places = {place.path for decision in drafted.planned.decisions for place in decision.evidence if place.first_line}
    places |= {route.evidence.path for route in drafted.planned.routes}
    for path in (source / name for name in sorted(places)):
        if path.suffix in ("", ".py", ".js", ".rb", ".md", ".java", ".pm") and path.is_file():
            path.write_text("\n\n\n" + path.read_text(encoding="utf-8"), encoding="utf-8")
    regeneration, _ = pipeline.preview(out, source, catalog)
    assert {"replatform.yaml", DECISIONS} <= set(regeneration.before_and_after(out))
    assert check_stale(out, source) == ()
    run = CliRunner().invoke(app, ["diff", str(out), "--source", str(source)])
    assert "not shown: " in run.output and "nothing would change" in run.output
    readme = readme_of(source)
    text = readme.read_text(encoding="utf-8") + "\n# Packages\n\n    sudo apt-get install -y graphviz\n"
    readme.write_text(text, encoding="utf-8")
    assert {finding.code for finding in check_stale(out, source)} == {"RP073"}
