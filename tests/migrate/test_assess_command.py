"""`replatform migrate assess` as people and pipelines call it."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from toolkit.cli.main import app
from toolkit.errors import BadInputError
from toolkit.plan.plan_file import read_plan

PLAN = """\
application: shop
images:
  app: {stack: python-flask, version: "3.12", build_image: "python:3.12", runtime_image: "python:3.12-slim"}
services:
  worker: {kind: worker, image: app, command: [python, worker.py]}
datastores:
  database: {engine: postgres}
migration:
  datastore: database
  source_engine: postgres
"""
ROOT = Path(__file__).parents[2]
DUMPS = Path(__file__).parent / "dumps"


def run(*arguments: str) -> tuple[int, str]:
    outcome = CliRunner().invoke(app, ["--quiet", "migrate", "assess", *arguments])
    assert outcome.exception is None or isinstance(outcome.exception, SystemExit), outcome.exception
    return outcome.exit_code, outcome.stdout


def test_a_plan_without_services_is_bad_input(tmp_path: Path) -> None:
    plan, _, _ = PLAN.partition("services:")
    (tmp_path / "replatform.yaml").write_text(plan + "services: {}\n" + PLAN[PLAN.index("datastores:") :])
    outcome = CliRunner().invoke(app, ["migrate", "assess", str(tmp_path), "--dump", str(DUMPS / "postgres.sql")])
    assert isinstance(outcome.exception, BadInputError) and "the plan has no services" in str(outcome.exception)


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


DUMP = """-- PostgreSQL database dump
CREATE TABLE public.letters (id integer PRIMARY KEY, body text, {columns});
COPY public.letters (id, body) FROM stdin;
1\t{body}
\\.
"""


def proposed(out: Path, dump: Path) -> dict[str, object]:
    status, _ = run(str(out), "--dump", str(dump), "--write")
    assert status in (0, 1) and (out / "migration/assessment.md").read_text().startswith("# Pre-migration assessment")
    found: dict[str, object] = read_plan((out / "replatform.yaml").read_text(), "plan").migration.model_dump()  # type: ignore[union-attr]
    return found


@pytest.mark.parametrize(
    ("characters", "mode", "kib"),
    [(10, "limited", 32), (50_000, "limited", 512), (14_000_000, "full", 32768)],
)
def test_the_longest_value_decides_the_lob_mode(tmp_path: Path, characters: int, mode: str, kib: int) -> None:
    (tmp_path / "replatform.yaml").write_text(PLAN)
    dump = tmp_path / "dump.sql"
    dump.write_text(DUMP.format(columns="note text", body="x" * characters))
    found = proposed(tmp_path, dump)
    assert (found["lob_mode"], found["lob_max_kib"]) == (mode, kib)


def test_what_a_person_wrote_stays(tmp_path: Path) -> None:
    written = PLAN + "  lob_max_kib: 64 # enough, says the DBA\n"
    (tmp_path / "replatform.yaml").write_text(written)
    dump = tmp_path / "dump.sql"
    dump.write_text(DUMP.format(columns="note text", body="x" * 50_000))
    assert proposed(tmp_path, dump)["lob_max_kib"] == 64
    assert (tmp_path / "replatform.yaml").read_text() == written


def test_types_decide_where_a_dump_has_no_rows(tmp_path: Path) -> None:
    (tmp_path / "replatform.yaml").write_text(PLAN.replace("postgres", "mysql"))
    dump = tmp_path / "dump.sql"
    dump.write_text(
        "-- MySQL dump 10.13\nCREATE TABLE `t` (`id` int NOT NULL, `body` text, PRIMARY KEY (`id`)) ENGINE=InnoDB;\n"
    )
    assert proposed(tmp_path, dump)["lob_max_kib"] == 64
    dump.write_text(dump.read_text().replace("` text", "` longtext"))
    (tmp_path / "replatform.yaml").write_text(PLAN.replace("postgres", "mysql"))
    assert proposed(tmp_path, dump)["lob_max_kib"] == 32768


def test_large_tables_go_first_where_not_all_are_loaded_at_once(tmp_path: Path) -> None:
    (tmp_path / "replatform.yaml").write_text(PLAN + "  parallel_tables: 1\n")
    dump = tmp_path / "dump.sql"
    rows = "".join(f"{number}\n" for number in range(40))
    tables = "".join(f"CREATE TABLE public.{name} (id integer PRIMARY KEY);\n" for name in ("small", "big"))
    dump.write_text(
        f"-- PostgreSQL database dump\n{tables}COPY public.small (id) FROM stdin;\n1\n\\.\n"
        f"COPY public.big (id) FROM stdin;\n{rows}\\.\n"
    )
    assert proposed(tmp_path, dump)["load_first"] == ("public.big",)


def test_nothing_is_written_without_a_plan(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(
        app, ["migrate", "assess", str(tmp_path), "--dump", str(DUMPS / "postgres.sql"), "--write"]
    )
    assert "--write needs a folder with a plan" in str(outcome.exception)
    assert list(tmp_path.iterdir()) == []
