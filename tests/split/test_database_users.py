"""`replatform split --database-users`: whose tables are known, who may use all, and what is left as it is."""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from tests.conftest import ROOT, SAMPLES
from tests.split.from_files import code_of
from toolkit.cli.main import app
from toolkit.errors import BadInputError

SAMPLE = ROOT / "samples/collections"
ALL = {"writes": ["*"], "reads": []}


def split(source: Path, out: Path, *options: str) -> Any:
    """The report; the plan with the services is in `out`."""
    arguments = ["-q", "split", str(source), "--out", str(out), "--database-users", "--json", *options]
    outcome = CliRunner().invoke(app, arguments)
    assert outcome.exit_code == 0, outcome.output
    return json.loads(outcome.stdout)


def users(report: Any) -> dict[str, Any]:
    return {one["name"]: one["database_user"] for one in report["services"] if one["database_user"]}


def codes(report: Any) -> list[str]:
    return [one["code"] for one in report["findings"] if one["code"] in ("RP131", "RP132")]


def test_each_service_and_process_gets_its_tables_and_those_whose_rows_come_with_theirs(tmp_path: Path) -> None:
    report = split(SAMPLE, tmp_path, "--write")
    found = users(report)
    assert set(found) == {"accounts", "communications", "payments", "reports", "nightly-interest", "payment-reminders"}
    # An account is read with its debtor, which no code of payments names.
    assert found["payments"] == {"writes": ["accounts", "payments"], "reads": ["debtors"]}
    assert found["reports"] == {"writes": [], "reads": ["account_ageing", "accounts", "payments", "debtors"]}
    assert codes(report) == ["RP132"]  # nothing in the plan makes the tables
    services = YAML(typ="safe", pure=True).load(tmp_path / "replatform.yaml")["services"]
    assert services["payments"]["database_user"] == {"writes": ["accounts", "payments"], "reads": ["debtors"]}
    assert services["nightly-interest"]["database_user"]["writes"] == ["accounts", "interest_runs"]


def test_services_that_are_there_already_get_users_and_what_a_person_wrote_stays(tmp_path: Path) -> None:
    plain = CliRunner().invoke(app, ["-q", "split", str(SAMPLE), "--out", str(tmp_path), "--write"])
    assert plain.exit_code == 0
    path = tmp_path / "replatform.yaml"
    before = path.read_text(encoding="utf-8")
    assert "database_user" not in before
    path.write_text(
        before.replace("  reports:\n", "  reports:\n    database_user: {reads: [mine]}\n"), encoding="utf-8"
    )
    split(SAMPLE, tmp_path, "--write")
    services = YAML(typ="safe", pure=True).load(path)["services"]
    assert services["reports"]["database_user"] == {"reads": ["mine"]}
    assert services["accounts"]["database_user"] == {"writes": ["accounts", "debtors"]}
    before_paths = {
        name: one["paths"]
        for name, one in YAML(typ="safe", pure=True).load(before)["services"].items()
        if "paths" in one
    }
    assert {name: one["paths"] for name, one in services.items() if "paths" in one} == before_paths


def test_a_framework_with_tables_of_its_own_gives_every_table_and_says_so(tmp_path: Path) -> None:
    report = split(SAMPLES["document-signing"], tmp_path)
    found = users(report)
    assert len(found) > 2 and all(user == ALL for user in found.values())
    assert codes(report) == ["RP131"] * len(found)  # its release steps make the tables
    (message,) = {one["message"].partition(": ")[2] for one in report["findings"] if one["code"] == "RP131"}
    assert message == "django has tables that no code here names"


def with_dependency(tmp_path: Path, artifact: str) -> Path:
    folder = tmp_path / "source"
    shutil.copytree(SAMPLE, folder)
    pom = folder / "pom.xml"
    added = (
        f"<dependencies>\n<dependency><groupId>org.example</groupId><artifactId>{artifact}</artifactId></dependency>"
    )
    pom.write_text(pom.read_text(encoding="utf-8").replace("<dependencies>", added, 1), encoding="utf-8")
    return folder


def test_where_services_change_tables_when_they_start_all_keep_the_applications_user(tmp_path: Path) -> None:
    report = split(with_dependency(tmp_path, "flyway-core"), tmp_path / "out", "--write")
    assert (users(report), codes(report)) == ({}, ["RP132"])
    assert "database_user" not in (tmp_path / "out/replatform.yaml").read_text(encoding="utf-8")


def test_a_library_with_tables_of_its_own_counts_as_such(tmp_path: Path) -> None:
    report = split(with_dependency(tmp_path, "spring-session-jdbc"), tmp_path / "out")
    assert set(map(str, users(report).values())) == {str(ALL)}


def test_an_engine_without_such_users_is_refused(tmp_path: Path) -> None:
    options = ["--out", str(tmp_path), "--database-users", "--write", "--set", "datastores.database.engine=oracle"]
    outcome = CliRunner().invoke(app, ["-q", "split", str(SAMPLE), *options])
    assert isinstance(outcome.exception, BadInputError) and "oracle" in outcome.exception.what
    assert not (tmp_path / "replatform.yaml").exists()


@pytest.mark.parametrize(
    ("entity", "why"),
    [
        ('@Entity class Order { @ManyToMany List<Item> items; }', "ManyToMany of Order uses other tables with it"),
        ('@Entity class Order { @OneToMany(cascade = CascadeType.ALL) List<Item> items; }', "a cascade of Order uses other tables with it"),
        ('@Entity class OrderLine { long id; }', "OrderLine leaves the name of its table to a convention"),
        ('@Entity @Table(name = "lines") class OrderLine { @OneToMany List<Item> items; }', ""),
    ],
)  # fmt: skip
def test_entities_whose_tables_are_not_all_named_are_doubtful(tmp_path: Path, entity: str, why: str) -> None:
    code = code_of(
        tmp_path, {"Order.java": f"package a;\n{entity}", "Item.java": "package a;\n@Entity class Item { long id; }"}
    )
    assert list(code.doubtful.values()) == ([why] if why else [])
    assert bool(code.associations) == ("OneToMany" in entity)
