"""The applications of a legal-services company: one command converts them all, and together they share one listener."""

import json
import re
import shutil
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.conftest import LEGALTECH
from toolkit.artefacts import plan_file
from toolkit.batch.results import read_results
from toolkit.catalog.catalog import Catalog
from toolkit.check.run import check_folder, own_rules, read_output
from toolkit.cli import pipeline
from toolkit.cli.main import app
from toolkit.facts.readme.sources import read_documents
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.plan_file import read_plan
from toolkit.plan.platforms import read_fleet
from toolkit.plan.routing.listener_rules import band_of

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


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of them on one platform, whose server has the databases of the PostgreSQL applications."""
    folder = tmp_path_factory.mktemp("fleet")
    sources = sorted(path for path in LEGALTECH.iterdir() if path.is_dir())
    (folder / "fleet.yaml").write_text(manifest(sources), encoding="utf-8")
    run = CliRunner().invoke(
        app, ["batch", str(folder / "fleet.yaml"), "--out", str(folder / "out"), "--processes", "2"]
    )
    assert run.exit_code == 0, run.output
    return folder


def manifest(sources: Iterable[Path]) -> str:
    platform = "platform: {name: legaltech, domain: legal.example.com, database: {engine: postgres}}"
    return "\n".join([platform, "repositories:", *(f"  - path: {source}" for source in sources)])


def test_one_command_puts_them_on_one_platform(fleet: Path) -> None:
    out = fleet / "out"
    results = read_results(out)
    assert len(results) == 13 and {result.status for result in results.values()} == {"converted"}
    for once in ("network", "cluster", "dashboard"):
        assert [path.parent.parent.name for path in out.glob(f"*/cloudformation/{once}.yaml")] == ["legaltech"]
    on_server = {path.parent.parent.name for path in out.glob("*/cloudformation/platform-database.yaml")}
    assert on_server == {"court-calendar", "doc-conversion", "document-signing", "reporting"}
    own = {path.parent.parent.name for path in out.glob("*/cloudformation/database.yaml")}
    assert own == {"legaltech", "administration", "case-tracking", "client-portal"}


def test_their_rules_on_the_listener_are_disjoint(fleet: Path) -> None:
    for environment in ("", ".development", ".test"):
        priorities: dict[str, str] = {}
        hosts: dict[str, str] = {}
        for path in sorted((fleet / "out").glob(f"*/services/*/ecs-service-config{environment}.json")):
            given, name = json.loads(path.read_text(encoding="utf-8"))["Parameters"], path.parts[-4]
            if "ListenerRulePriority" in given:
                assert priorities.setdefault(given["ListenerRulePriority"], name) == name
                assert given["HostHeaders"] == f"{name}.{environment[1:]}{'.' if environment else ''}legal.example.com"
                assert hosts.setdefault(given["HostHeaders"], name) == name
        assert len(priorities) == len(hosts) == 11


def test_every_import_has_an_export_and_no_check_finds_anything(fleet: Path) -> None:
    out = fleet / "out"
    assert check_folder(out / "legaltech") == ()
    # One with a worker, a schedule, a release, a cache and a database on the platform's server, and one with its own.
    assert check_folder(out / "document-signing") == check_folder(out / "administration") == ()
    for name in read_results(out):
        assert [finding for finding in own_rules(read_output(out / name)) if finding.code == "RP114"] == [], name


def test_a_tenth_application_moves_no_other(fleet: Path, tmp_path: Path) -> None:
    def tree(out: Path, *names: str) -> dict[str, bytes]:
        return {
            str(path.relative_to(out)): path.read_bytes()
            for name in names
            for path in (out / name).rglob("*")
            if path.is_file()
        }

    nine = [LEGALTECH / name for name in sorted(NAMED)]
    (tmp_path / "fleet.yaml").write_text(manifest(nine), encoding="utf-8")
    arguments = ["batch", str(tmp_path / "fleet.yaml"), "--out", str(tmp_path / "out"), "--processes", "2"]
    assert CliRunner().invoke(app, arguments).exit_code == 0
    before = tree(tmp_path / "out", *NAMED)
    # By its name it would have the band of another.
    tenth = tmp_path / "app-9"
    assert band_of(tenth.name) == band_of("administration") == band_of("document-signing")
    shutil.copytree(LEGALTECH / "identity-api", tenth)
    (tmp_path / "fleet.yaml").write_text(manifest([tenth, *nine]), encoding="utf-8")
    assert CliRunner().invoke(app, arguments).exit_code == 0
    assert tree(tmp_path / "out", *NAMED) == before
    assert check_folder(tmp_path / "out/legaltech") == ()
    platform = read_fleet((tmp_path / "out/legaltech/platform.yaml").read_text(encoding="utf-8"), "")
    assert len({member.band for member in platform.applications.values()}) == 10


@pytest.mark.parametrize(
    ("path", "old", "new", "code"),
    [
        ("reporting/replatform.yaml", None, None, ""),
        ("administration/services/web/ecs-service-config.json", "36400", "24900", "RP151"),
        ("administration/services/web/ecs-service-config.json", "administration.legal", "*.legal", "RP152"),
        ("reporting/cloudformation/test.json", '"reporting",', '"doc_conversion",', "RP153"),
        ("reporting/cloudformation/platform.yaml", '${Environment}-VpcCidr"}', '${Environment}-Vpc"}', "RP154"),
    ],
)
def test_applications_that_collide_are_found(
    fleet: Path, tmp_path: Path, path: str, old: str, new: str, code: str
) -> None:
    shutil.copytree(fleet / "out", tmp_path / "out")
    if code:
        text = (tmp_path / "out" / path).read_text(encoding="utf-8")
        assert old in text
        (tmp_path / "out" / path).write_text(text.replace(old, new), encoding="utf-8")
    assert {finding.code for finding in check_folder(tmp_path / "out/legaltech")} == ({code} if code else set())


def test_a_plan_that_would_take_other_applications_requests_is_an_error(fleet: Path, tmp_path: Path) -> None:
    shutil.copytree(fleet / "out/public-portal", tmp_path / "portal")
    plan = tmp_path / "portal/replatform.yaml"
    text = plan.read_text(encoding="utf-8")
    edited = re.sub(r"    hosts: .*\n", "", text).replace("    priority: 17900", "    priority: 40000")
    assert edited.count("\n") == text.count("\n") - 1
    plan.write_text(edited, encoding="utf-8")
    run = CliRunner().invoke(app, ["generate", str(plan)])
    assert run.exit_code == 1 and run.output.count("RP150") == 2
    # Converted again, the edits are still what the person wants.
    plan.write_text(text, encoding="utf-8")
    assert CliRunner().invoke(app, ["generate", str(plan)]).exit_code == 0
