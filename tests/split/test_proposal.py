"""Candidate services of samples and small applications."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.conftest import ROOT
from tests.split.from_files import proposal_of
from toolkit.cli.main import app
from toolkit.split.proposal import Proposal

SAMPLE = ROOT / "samples/collections"


@pytest.fixture(scope="module")
def collections() -> Proposal:
    return proposal_of(SAMPLE)


def run(*arguments: str) -> tuple[int, str]:
    outcome = CliRunner().invoke(app, ["--quiet", *arguments])
    return outcome.exit_code, outcome.stdout


def test_the_sample_has_the_services_that_its_readme_calls_modules(collections: Proposal) -> None:
    assert {one.name: one.paths for one in collections.services} == {
        "accounts": ("/accounts", "/accounts/*", "/*"),
        "communications": ("/communications",),
        "payments": ("/payments", "/payments/*"),
        "reports": ("/reports/*",),
    }


def test_every_service_and_process_has_the_tables_that_its_code_can_reach(collections: Proposal) -> None:
    tables = {
        one.name: (set(one.writes), set(one.reads) - set(one.writes)) for one in collections.candidates if one.kind
    }
    assert tables == {
        "accounts": ({"accounts", "debtors"}, set()),
        "communications": ({"communications"}, {"accounts"}),
        "payments": ({"payments", "accounts"}, set()),
        "reports": (set(), {"payments", "accounts", "account_ageing"}),
        "nightly-interest": ({"accounts", "interest_runs"}, set()),
        "payment-reminders": ({"communications"}, {"accounts"}),
    }


def test_what_speaks_against_databases_of_their_own_is_told_with_its_place(collections: Proposal) -> None:
    told = {(finding.code, finding.message): str(finding.evidence[0]) for finding in collections.findings}
    source = "src/main/java/com/example/collections"
    assert told["RP126", "accounts, payments, nightly-interest write table accounts"]
    key = "RP127", "table payments of payments has a foreign key to accounts of accounts"
    assert told[key] == f"{source}/payments/Payment.java:29"
    spanning = "the transaction of PaymentController.register writes accounts of accounts, payments of payments"
    assert told["RP128", spanning] == f"{source}/payments/PaymentController.java:60"


def test_the_same_tree_gives_the_same_proposal(collections: Proposal) -> None:
    assert proposal_of(SAMPLE) == collections


def test_written_into_the_plan_every_route_reaches_its_one_service(tmp_path: Path) -> None:
    assert run("split", str(SAMPLE), "--out", str(tmp_path), "--write")[0] == 0
    status, text = run("routes", str(SAMPLE), "--out", str(tmp_path), "--json")
    found = json.loads(text)
    assert (status, found["findings"]) == (0, [])
    reached = {route["path"]: [one["service"] for one in route["services"]] for route in found["routes"]}
    assert all(services == [path.split("/")[1]] for path, services in reached.items())
    assert run("generate", str(tmp_path / "replatform.yaml"))[0] == 0
    assert run("generate", str(tmp_path / "replatform.yaml"))[0] == 0
    for service in ("accounts", "communications", "payments", "reports"):
        assert (tmp_path / f"services/{service}/ecs-service-config.json").is_file()
    assert not (tmp_path / "services/web").exists()


def test_one_feature_alone_leaves_the_rest_where_it_was(tmp_path: Path) -> None:
    assert run("split", str(SAMPLE), "--out", str(tmp_path), "--only", "payments", "--write")[0] == 0
    found = json.loads(run("routes", str(SAMPLE), "--out", str(tmp_path), "--json")[1])
    assert [rule["service"] for rule in found["rules"]] == ["payments", "web"]
    assert not found["findings"]


def test_a_name_that_is_no_candidate_is_refused() -> None:
    assert CliRunner().invoke(app, ["split", str(SAMPLE), "--only", "nobody"]).exit_code != 0


def test_an_application_without_routes_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "requirements.txt").write_text("requests\n")
    (tmp_path / "README.md").write_text("Run `python report.py`.\n")
    outcome = CliRunner().invoke(app, ["split", str(tmp_path)])
    assert "no routes were found" in str(outcome.exception)
