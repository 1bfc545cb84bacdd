"""Users, grants and selection rules of services, and what prevents images of their own."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.conftest import ROOT
from toolkit.cli.main import app
from toolkit.plan.names import database_username
from toolkit.split.data import grants, selection_rules
from toolkit.split.proposal import Candidate

SAMPLE = ROOT / "samples/collections"


def candidate(reads: tuple[str, ...], writes: tuple[str, ...]) -> Candidate:
    return Candidate("pay-ments", "web", ("/payments",), (), (), reads, writes, ())


@pytest.mark.parametrize(
    ("engine", "expected"),
    [
        ("postgres", "GRANT SELECT, INSERT, UPDATE, DELETE ON public.payments TO shop__pay_ments;"),
        ("sqlserver", "GRANT SELECT ON dbo.[odd]] name] TO shop__pay_ments;"),
        ("mysql", "GRANT SELECT ON `odd] name` TO 'shop__pay_ments'@'%';"),
        ("mariadb", "GRANT SELECT, INSERT, UPDATE, DELETE ON payments TO 'shop__pay_ments'@'%';"),
        ("oracle", 'GRANT SELECT ON "odd] name" TO shop__pay_ments;'),
    ],
)
def test_what_is_written_may_be_written_and_what_is_read_may_be_read(engine: str, expected: str) -> None:
    assert expected in grants("shop", candidate(("payments", "odd] name"), ("payments",)), engine).splitlines()


def test_nothing_is_granted_to_everyone_and_no_password_is_made_up() -> None:
    for engine in ("postgres", "mysql", "mariadb", "sqlserver", "oracle"):
        text = grants("shop", candidate(("a",), ("b",)), engine)
        assert "ALL PRIVILEGES" not in text and "PUBLIC" not in text.replace("public", "") and "IDENTIFIED" not in text
    assert grants("shop", candidate(("a",), ()), "mongodb") == ""


def test_a_name_from_the_source_does_not_break_out_of_its_quotes() -> None:
    text = grants("shop", candidate(('x"; DROP TABLE y;\n--', "a`b"), ()), "postgres")
    assert 'ON public."x""; DROP TABLE y;--" TO' in text
    assert "`a``b`" in grants("shop", candidate(("a`b",), ()), "mysql")


def test_names_of_users_fit_every_engine() -> None:
    names = {database_username("application-with-a-name", f"service-with-a-long-nam{one}") for one in "abc"}
    assert {len(name) for name in names} == {32} and len(names) == 3
    # On one server, the service `web` of `shop` and the application `shop-web` are two.
    assert database_username("shop", "web") == "shop__web"


def test_selection_rules_name_each_table_once() -> None:
    rules = selection_rules(("accounts", "debtors"), "oracle", "APP")["rules"]
    assert isinstance(rules, list)
    assert [rule["object-locator"] for rule in rules] == [
        {"schema-name": "APP", "table-name": "ACCOUNTS"}, {"schema-name": "APP", "table-name": "DEBTORS"},
    ]  # fmt: skip
    assert [rule["rule-id"] for rule in rules] == ["1", "2"]


def test_the_sample_gets_a_folder_for_each_service(tmp_path: Path) -> None:
    outcome = CliRunner().invoke(app, ["-q", "split", str(SAMPLE), "--data", str(tmp_path), "--json"])
    assert outcome.exit_code == 0
    assert "ON dbo.payments TO collections__payments;" in (tmp_path / "payments/grants.sql").read_text(encoding="utf-8")
    assert "INSERT" not in (tmp_path / "reports/grants.sql").read_text(encoding="utf-8")
    rules = json.loads((tmp_path / "accounts/table-mappings.json").read_text(encoding="utf-8"))["rules"]
    assert [rule["object-locator"]["table-name"] for rule in rules] == ["accounts", "debtors"]
    # Reports has no table of its own.
    assert not (tmp_path / "reports/table-mappings.json").exists()
    assert (tmp_path / "nightly-interest/grants.sql").is_file()
