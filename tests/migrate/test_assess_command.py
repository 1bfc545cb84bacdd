"""`replatform migrate assess` as people and pipelines call it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from toolkit.cli.main import app

ROOT = Path(__file__).parents[2]
DUMPS = Path(__file__).parent / "dumps"


def run(*arguments: str) -> tuple[int, str]:
    outcome = CliRunner().invoke(app, ["--quiet", "migrate", "assess", *arguments])
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.exception
    return outcome.exit_code, outcome.stdout


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("out")
    outcome = CliRunner().invoke(app, ["--quiet", "convert", str(ROOT / "samples/collections"), "--out", str(out)])
    assert outcome.exit_code in (0, 1), outcome.output
    return out


def test_the_sample_passes_with_warnings(converted: Path) -> None:
    status, text = run(str(converted), "--dump", str(ROOT / "samples/collections/db/schema.sql"), "--json")
    results = {one["key"]: one for one in json.loads(text)["results"]}
    assert status == 0
    assert results["sqlserver-check-for-identity-columns"]["result"] == "warning"
    assert "dms_source" in results["sqlserver-check-user-permission-on-view-definition"]["query"]


def test_failed_assessments_end_with_1() -> None:
    status, text = run("--dump", str(DUMPS / "postgres.sql"))
    assert status == 1
    assert "failed postgres-check-pk: " in text and "  at public.tags\n" in text
    status, text = run("--dump", str(DUMPS / "postgres.sql"), "--markdown")
    assert status == 1 and "| `postgres-check-pk` |" in text


def test_an_edited_file_counts(converted: Path) -> None:
    path = converted / "migration/task-settings.json"
    before = path.read_text()
    settings = json.loads(before)
    settings["TargetMetadata"]["BatchApplyEnabled"] = True
    path.write_text(json.dumps(settings))
    try:
        _, text = run(str(converted), "--dump", str(ROOT / "samples/collections/db/schema.sql"), "--json")
    finally:
        path.write_text(before)
    results = {one["key"]: one["result"] for one in json.loads(text)["results"]}
    assert results["sqlserver-check-batch-apply-target-pk-ui-absence"] == "passed"
