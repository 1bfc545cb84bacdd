"""`replatform routes` on a sample, as one service and split by its routes in the plan."""

import json
import shutil
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.conftest import ROOT
from toolkit.cli.main import app

SAMPLE = ROOT / "samples/collections"
SPLIT = """\
services:
  payments:
    kind: web
    image: app
    command: [java, -jar, app.jar]
    port: 8080
    paths: [/payments, /payments/*]
"""


def run(*arguments: str) -> tuple[int, str]:
    outcome = CliRunner().invoke(app, ["--quiet", "routes", *arguments])
    return outcome.exit_code, outcome.stdout


@pytest.fixture
def split(tmp_path: Path) -> Path:
    """The plan of the sample with a second service of the same image."""
    assert CliRunner().invoke(app, ["--quiet", "plan", str(SAMPLE), "--out", str(tmp_path)]).exit_code == 0
    plan = tmp_path / "replatform.yaml"
    text = plan.read_text(encoding="utf-8")
    plan.write_text(text.replace("services:\n", SPLIT, 1), encoding="utf-8")
    return tmp_path


def test_a_request_that_is_redirected_is_told_so(tmp_path: Path) -> None:
    source = tmp_path / "shop"
    shutil.copytree(SAMPLE, source)
    settings = source / "src/main/resources/application.properties"
    settings.write_text(settings.read_text(encoding="utf-8") + "\nserver.servlet.context-path=/collections\n")
    status, text = run(str(source), "--check", "/", "--check", "/collections/accounts")
    assert status == 0
    first, second, *_ = text.splitlines()
    assert first == "/: redirected to /collections/ (302), service web, by rule 39999, pattern /"
    assert second == "/collections/accounts: service web, by rule 40000, pattern /*"
    (root,) = json.loads(run(str(source), "--check", "/", "--json")[1])["checks"]
    assert (root["service"], root["redirect"]) == ("web", "/collections/")


def test_every_route_of_the_sample_goes_to_its_one_service() -> None:
    status, text = run(str(SAMPLE), "--json")
    found = json.loads(text)
    assert status == 0
    assert [f"{','.join(route['methods'])} {route['path']}" for route in found["routes"]] == [
        "GET /accounts", "GET /accounts/{id}", "POST /accounts", "GET /communications", "POST /communications",
        "GET /payments", "POST /payments", "POST /payments/notifications", "GET /reports/ageing", "GET /reports/collected",
        "GET /reports/payments.csv",
    ]  # fmt: skip
    assert {one["service"] for route in found["routes"] for one in route["services"]} == {"web"}


def test_a_plan_with_two_services_splits_the_routes(split: Path) -> None:
    status, text = run(str(SAMPLE), "--out", str(split), "--json")
    found = json.loads(text)
    assert status == 0
    services = {route["path"]: [one["service"] for one in route["services"]] for route in found["routes"]}
    assert services["/payments/notifications"] == ["payments"]
    assert services["/accounts"] == ["web"]
    assert [rule["service"] for rule in found["rules"]] == ["payments", "web"]


def test_check_names_the_rule_and_the_line(split: Path) -> None:
    status, text = run(str(SAMPLE), "--out", str(split), "--check", "https://example.org/payments/notifications?id=1")
    assert status == 0
    assert "/payments/notifications: service payments, by rule" in text
    assert "PaymentController.java:65" in text


def test_a_route_without_a_service_ends_with_one(split: Path) -> None:
    plan = split / "replatform.yaml"
    plan.write_text(plan.read_text(encoding="utf-8").replace("paths: [/*] ", "paths: [/accounts*] "), encoding="utf-8")
    status, text = run(str(SAMPLE), "--out", str(split), "--json")
    assert status == 1
    assert "RP120" in text


def test_the_split_runs_behind_the_same_rules_on_one_machine(split: Path) -> None:
    outcome = CliRunner().invoke(app, ["--quiet", "generate", str(split / "replatform.yaml")])
    assert outcome.exit_code == 0, outcome.output
    compose = (split / "compose.yaml").read_text(encoding="utf-8")
    assert compose.index(" payments:8080;") < compose.index(" web:8080;")
    config = json.loads((split / "services/payments/ecs-service-config.json").read_text(encoding="utf-8"))
    assert config["Parameters"]["PathPatterns"] == "/payments,/payments/*"
    assert 1 <= int(config["Parameters"]["ListenerRulePriority"]) < 40_000


def test_more_patterns_than_a_rule_takes_go_to_the_next_rule(split: Path) -> None:
    plan = split / "replatform.yaml"
    many = ", ".join(f"/payments/{number}" for number in range(7))
    plan.write_text(plan.read_text(encoding="utf-8").replace("/payments/*]", f"{many}]"), encoding="utf-8")
    assert CliRunner().invoke(app, ["--quiet", "generate", str(plan)]).exit_code == 0
    given = json.loads((split / "services/payments/ecs-service-config.json").read_text(encoding="utf-8"))["Parameters"]
    assert given["PathPatterns"].count(",") == 4
    assert given["PathPatterns2"] == "/payments/4,/payments/5,/payments/6"
    assert int(given["ListenerRulePriority2"]) == int(given["ListenerRulePriority"]) + 1
    assert "PathPatterns3" not in given
    web = json.loads((split / "services/web/ecs-service-config.json").read_text(encoding="utf-8"))["Parameters"]
    assert "PathPatterns2" not in web


def test_a_condition_stands_beside_the_routes_that_hang_on_it(tmp_path: Path) -> None:
    (tmp_path / "package.json").write_text('{"name": "shop", "dependencies": {"express": "^4.18.0"}}')
    (tmp_path / "app.js").write_text(
        'const app = require("express")()\napp.get("/", home)\nif (config.login) {\n  app.get("/login", login)\n}\n'
    )
    heading, root, login = run(str(tmp_path))[1].splitlines()
    assert (heading.split()[-2:], root.split()[-1], login.split()[-1]) == (["ONLY", "IF"], "/*", "config.login")
    always, sometimes = json.loads(run(str(tmp_path), "--json")[1])["routes"]
    assert (always["condition"], sometimes["condition"]) == (None, "config.login")
