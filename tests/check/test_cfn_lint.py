"""cfn-lint as we call it: the same text once, results that are kept, and no configuration of a stranger's."""

import os
from pathlib import Path

import pytest

from tests.conftest import ROOT
from toolkit.check import cfn_lint

BROKEN = "Resources:\n  Queue:\n    Type: AWS::SQS::Queue\n    Properties: {VisibilityTimeoutt: 3}\n"


@pytest.fixture(autouse=True)
def forgetful(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cfn_lint, "_found", {})


@pytest.fixture
def linted(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The texts that cfn-lint itself was given."""
    texts: list[str] = []
    lint = cfn_lint._lint
    monkeypatch.setattr(cfn_lint, "_lint", lambda text: texts.append(text) or lint(text))
    return texts


def test_the_same_text_is_linted_once_and_found_in_each_file(linted: list[str]) -> None:
    findings = list(cfn_lint.check({"a.yaml": BROKEN, "b.yaml": BROKEN}))
    assert [str(finding.evidence[0]) for finding in findings] == ["a.yaml:4", "b.yaml:4"]
    assert "E3002" in findings[0].message
    assert linted == [BROKEN]


@pytest.mark.parametrize("template", sorted((ROOT / "cloudformation").glob("*.yaml")), ids=lambda path: path.stem)
def test_faults_are_found_in_every_template(template: Path) -> None:
    text = template.read_text()
    for sound, broken in (
        ("\n    Type: AWS::", "\n    Typo: 1\n    Type: AWS::"),
        ("\n    Properties:\n", "\n    Properties:\n      Misspelt: 1\n"),
        ("\nParameters:\n", "\nParameters:\n  Unused: {Type: Text}\n"),
        ("${Application}", "${Aplication}"),
    ):
        assert sound in text
        text = text.replace(sound, broken)
    found = {finding.message.split(":")[0] for finding in cfn_lint.check({template.name: text})}
    assert {"E3001", "E3002", "E2002", "W2001", "E1019"} <= found


def test_rules_that_are_off_are_left_out_and_nothing_else() -> None:
    from cfnlint.config import ConfigMixIn
    from cfnlint.decode.decode import decode_str
    from cfnlint.runner import Runner

    runner = Runner(ConfigMixIn(regions=[cfn_lint.REGION], config_file=os.devnull))
    text = (ROOT / "cloudformation/secrets.yaml").read_text().replace("!Ref Application", "!Ref Aplication")
    wordy = text.replace("\nParameters:", "\nMetadata: {cfn-lint: {config: {include_checks: [I]}}}\nParameters:")
    counts = []
    for template in (text, wordy, text):
        matches = runner.validate_template(decode_str(template)[0])
        expected = [(m.rule.id, m.rule.severity, m.message, m.linenumber) for m in matches]
        assert [tuple(match) for match in cfn_lint._lint(template)] == expected
        counts.append(len(expected))
    assert 0 < counts[0] == counts[2] < counts[1]


def test_results_are_kept_by_the_text(tmp_path: Path, linted: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    first = list(cfn_lint.check({"a.yaml": BROKEN}, tmp_path))
    monkeypatch.setattr(cfn_lint, "_found", {})
    assert list(cfn_lint.check({"a.yaml": BROKEN}, tmp_path)) == first and linted == [BROKEN]
    assert list(cfn_lint.check({"a.yaml": BROKEN.replace("Timeoutt", "Timeout")}, tmp_path)) == []
    for file in tmp_path.rglob("*.json"):
        file.write_text("[[1]]")
    monkeypatch.setattr(cfn_lint, "_found", {})
    assert list(cfn_lint.check({"a.yaml": BROKEN}, tmp_path)) == first, "a broken result was believed"


def test_a_folder_that_takes_no_results_is_no_matter(tmp_path: Path) -> None:
    (tmp_path / "results").write_text("a file where a folder should be")
    assert list(cfn_lint.check({"a.yaml": BROKEN}, tmp_path / "results"))


def test_configuration_of_the_current_directory_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A repository may be hostile, and cfn-lint imports the rules that a .cfnlintrc names."""
    (tmp_path / ".cfnlintrc").write_text("append_rules: [rules]\nignore_checks: [E]\n")
    (tmp_path / "rules").mkdir()
    (tmp_path / "rules/hostile.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    monkeypatch.chdir(tmp_path)
    cfn_lint._loaded.cache_clear()
    assert list(cfn_lint.check({"a.yaml": BROKEN}))
    assert not (tmp_path / "ran").exists()


def test_garbage_collection_is_as_it_was() -> None:
    import gc

    list(cfn_lint.check({"a.yaml": BROKEN}))
    assert gc.isenabled()
