"""The applications of a legal-services company: one command converts them all, and together they share one listener."""

import json
from collections import Counter
from pathlib import Path

from typer.testing import CliRunner

from tests.conftest import LEGALTECH
from toolkit.artefacts import plan_file
from toolkit.catalog.catalog import Catalog
from toolkit.cli import pipeline
from toolkit.cli.main import app
from toolkit.facts.readme.sources import read_documents
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.plan_file import read_plan

NAMED = {
    "document-signing": "python", "case-tracking": "node", "certification-search": "python", "collaboration": "node",
    "notifications-worker": "python", "public-portal": "node", "reporting": "python", "identity-api": "go", "administration": "php",
}  # fmt: skip


def test_one_command_converts_them_all(tmp_path: Path, catalog: Catalog) -> None:
    run = CliRunner().invoke(app, ["batch", str(LEGALTECH), "--out", str(tmp_path), "--processes", "2"])
    assert run.exit_code == 0, run.output
    results = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    assert {result["name"] for result in results} >= set(NAMED)
    assert [result for result in results if result["status"] != "converted"] == []
    assert [finding for result in results for finding in result["findings"] if finding["severity"] == "error"] == []
    for result in results:
        if result["name"] in NAMED:
            languages = {catalog.stack[stack].language for stack in result["stacks"]}
            assert languages == {NAMED[result["name"]]}, result["name"]
    kinds = Counter(kind for result in results if result["name"] in NAMED for kind in result["services"].values())
    assert kinds["web"] == 7 and kinds["worker"] >= 2 and kinds["scheduled"] >= 3


def test_no_listener_has_two_rules_of_one_priority(tmp_path: Path, catalog: Catalog) -> None:
    """Converted together, as one application, they have one cluster, one database and one listener."""
    drafted = pipeline.draft(LEGALTECH, tmp_path, catalog)
    pipeline.write(tmp_path, drafted, pipeline.artefacts(drafted, catalog))
    plan = read_plan((tmp_path / plan_file.PATH).read_text(encoding="utf-8"), plan_file.PATH)
    priorities = [service.priority for service in plan.services.values() if service.kind == "web"]
    assert len(priorities) >= 9 and None not in priorities and len(set(priorities)) == len(priorities)
    stacks = json.loads((tmp_path / "cloudformation/production.json").read_text(encoding="utf-8"))
    assert {"cluster", "database", *plan.services} <= set(stacks)
    written = [
        json.loads((tmp_path / f"services/{name}/ecs-service-config.json").read_text()) for name in plan.services
    ]
    given = [
        one["Parameters"]["ListenerRulePriority"] for one in written if "ListenerRulePriority" in one["Parameters"]
    ]
    assert sorted(given) == sorted(map(str, priorities))


def test_their_readmes_are_of_several_formats(catalog: Catalog) -> None:
    rules = catalog.readme_rules
    first = [next(read_documents(SourceTree.open(LEGALTECH / name), rules)) for name in NAMED]
    assert {document.format for document in first} == {"md", "rst", "txt"}
