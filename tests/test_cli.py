"""The commands as people and scripts use them: results, talk, exit statuses, edits that stay."""

import json
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest

from tests.conftest import SAMPLES
from toolkit.cli.console import finding_text
from toolkit.findings import Evidence, Finding, Severity

SOURCE = str(SAMPLES["case-tracking"])


def replatform(*arguments: object) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from toolkit.cli.main import run; run()", *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL)


@pytest.fixture(scope="module")
def out(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    assert replatform("convert", SOURCE, "--out", folder).returncode == 0
    return folder


def test_convert_as_json_lists_files_and_findings(tmp_path: Path) -> None:
    run = replatform("-q", "convert", SOURCE, "--out", tmp_path, "--json")
    result = json.loads(run.stdout)
    assert run.stderr == "" and result["application"] == "case-tracking"
    assert "services/web/Dockerfile" in result["files"]["created"]
    assert {"code", "severity", "message", "places"} <= set(result["findings"][0])


def test_an_edit_of_the_plan_stays_and_is_explained(out: Path) -> None:
    plan = out / "replatform.yaml"
    plan.write_text(plan.read_text().replace("port: 3000 ", "port: 4000 "))
    assert replatform("convert", SOURCE, "--out", out).returncode == 0
    assert "EXPOSE 4000" in (out / "services/web/Dockerfile").read_text()
    assert '"ContainerPort": "4000"' in (out / "services/web/ecs-service-config.json").read_text()
    explained = replatform("explain", out, "services.web.port").stdout
    assert "a person wrote it" in explained and "replatform.yaml:" in explained


def test_an_edit_of_a_generated_file_stays(out: Path) -> None:
    dockerfile = out / "services/web/Dockerfile"
    dockerfile.write_text(
        dockerfile.read_text().replace("USER 10001:10001", "# reviewed by security\nUSER 10001:10001")
    )
    assert replatform("generate", out / "replatform.yaml").returncode == 0
    assert "# reviewed by security" in dockerfile.read_text()


def test_answers_land_in_the_plan(tmp_path: Path) -> None:
    assert replatform("convert", SOURCE, "--out", tmp_path, "--set", "services.web.size=high").returncode == 0
    assert "size: high" in (tmp_path / "replatform.yaml").read_text()
    assert replatform("convert", SOURCE, "--out", tmp_path).returncode == 0
    assert "size: high" in (tmp_path / "replatform.yaml").read_text()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--set", "services.web.port=no"], "services.web.port"),
        (["--set", "services.web.colour=red"], "colour"),
        (["--set", "nonsense"], "KEY=VALUE"),
        (["--set", "services.web.image=other"], "other"),
    ],
)
def test_bad_answers_are_bad_input_and_write_nothing(tmp_path: Path, arguments: list[str], words: str) -> None:
    run = replatform("convert", SOURCE, "--out", tmp_path / "out", *arguments)
    assert run.returncode == 2 and words in run.stderr and "to do:" in run.stderr
    assert not (tmp_path / "out").exists()


def test_a_plan_with_a_mistake_names_its_line(out: Path, tmp_path: Path) -> None:
    broken = tmp_path / "replatform.yaml"
    text = (out / "replatform.yaml").read_text().replace("    kind: web", "    kind: wob")
    broken.write_text(text)
    line = text.splitlines().index("    kind: wob") + 1
    run = replatform("generate", broken)
    assert run.returncode == 2 and f"replatform.yaml:{line}" in run.stderr


def test_questions_have_keys_defaults_and_evidence() -> None:
    questions = json.loads(replatform("plan", SOURCE, "--questions", "--json").stdout)["questions"]
    assert {"environment.SMTP_URL.value", "migration.source_cidr"} <= {question["key"] for question in questions}
    assert all({"text", "default", "evidence"} <= set(question) for question in questions)


def test_plan_writes_the_plan_and_nothing_else(tmp_path: Path) -> None:
    run = replatform("plan", SOURCE, "--out", tmp_path)
    assert run.returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == [".replatform", "replatform.yaml"]
    first, *_ = (tmp_path / "replatform.yaml").read_text().splitlines()
    assert first == "# yaml-language-server: $schema=.replatform/schema.json"
    assert (tmp_path / ".replatform/schema.json").is_file()


@pytest.mark.parametrize(
    "item", ["services/web/Dockerfile:99999", "services/none/Dockerfile:1", "services.none.port", ""]
)
def test_explaining_what_is_not_there(out: Path, item: str) -> None:
    run = replatform("explain", out, item)
    assert run.returncode == 2 and "to do:" in run.stderr


def test_every_generated_line_can_be_explained(out: Path) -> None:
    for path in sorted(out.rglob("*")):
        if path.is_file() and ".replatform" not in path.parts:
            name = path.relative_to(out).as_posix()
            if name != "replatform.yaml":
                assert replatform("explain", out, f"{name}:1").returncode == 0, name


def test_facts_of_a_single_file() -> None:
    facts = json.loads(replatform("facts", SAMPLES["collections"] / "README.md", "--json").stdout)
    keys = {"runtimes", "package_managers", "system_packages", "install_commands", "build_commands", "setup_commands"}
    keys |= {"start_commands", "ports", "env_vars", "config_files", "datastores", "services", "cron", "evidence"}
    assert keys <= set(facts)
    assert {"name": "java", "version": "17"} in facts["runtimes"]
    assert all(len(facts[key]) == len(facts["evidence"][key]) for key in keys - {"evidence"})


def test_the_schema_validates_the_plan(out: Path) -> None:
    import jsonschema
    from ruamel.yaml import YAML

    schema = json.loads(replatform("schema").stdout)
    jsonschema.validate(YAML(typ="safe").load((out / "replatform.yaml").read_text()), schema)


def test_stale_files_are_found_and_explained(tmp_path: Path) -> None:
    assert replatform("convert", SOURCE, "--out", tmp_path).returncode == 0
    assert replatform("check", "--stale", tmp_path, "--source", SOURCE).stdout == "no findings\n"
    plan = tmp_path / "replatform.yaml"
    plan.write_text(plan.read_text().replace("port: 3000 ", "port: 4000 "))
    run = replatform("check", "--stale", tmp_path)
    assert run.returncode == 1 and "RP073" in run.stdout and "services/web/Dockerfile" in run.stdout
    changes = json.loads(replatform("diff", tmp_path, "--json").stdout)["changes"]
    assert {"path", "place", "before", "after", "effects"} == set(changes[0])
    assert replatform("diff", tmp_path, "--markdown").stdout.startswith("### replatform: ")
    assert "EXPOSE 3000" in (tmp_path / "services/web/Dockerfile").read_text()


def test_findings_are_broken_between_words_on_a_terminal_and_left_alone_in_a_pipe(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    finding = Finding(
        "RP001", Severity.WARNING, "word " * 30 + "x" * 90, (Evidence("README.md", 7),), "set it anew " * 9
    )
    terminal = StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setenv("COLUMNS", "60")
    lines = finding_text(finding, False, terminal).splitlines()
    assert all(len(line) < 60 for line in lines if "x" * 90 not in line)
    assert [line[:9] for line in lines if not line.startswith("  ")] == ["warning R"]
    assert " ".join(" ".join(lines).split()) == " ".join(str(finding).split())
    assert finding_text(finding, False, StringIO()) == str(finding)


def test_what_to_do_for_several_files_is_told_once(tmp_path: Path) -> None:
    assert replatform("convert", SOURCE, "--out", tmp_path).returncode == 0
    (tmp_path / "replatform.yaml").write_text(
        (tmp_path / "replatform.yaml").read_text().replace("port: 3000 ", "port: 4000 ")
    )
    text = replatform("check", "--stale", tmp_path).stdout
    assert text.count("RP073") > 3 and text.count("to do: ") == 1 and text.splitlines()[-1].startswith("  to do: ")
    each = json.loads(replatform("check", "--stale", tmp_path, "--json").stdout)
    assert all(finding["hint"] for finding in each)
