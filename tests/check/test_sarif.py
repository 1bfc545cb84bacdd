"""SARIF: valid by the standard's schema (as models of it from the package index), and with what code hosts ask for."""

from pathlib import PurePosixPath

from pydantic_sarif.model import StaticAnalysisResultsFormatSarifVersion210JsonSchema as Sarif

from toolkit.check.sarif import sarif
from toolkit.findings import Evidence, Finding, Severity

FINDINGS = (
    Finding("RP100", Severity.ERROR, "E3002: bad", (Evidence("cloudformation/a b.yaml", 4, 6), Evidence("env/x.env"))),
    Finding("RP101", Severity.WARNING, "DL3008", (Evidence("services/web/Dockerfile", 7, 7),), "pin it"),
    Finding("RP101", Severity.WARNING, "DL3008", (Evidence("services/web/Dockerfile", 9, 9),), "pin it"),
    Finding("RP110", Severity.NOTE, "no place"),
)


def test_findings_become_results() -> None:
    log = sarif(FINDINGS, PurePosixPath("out"))
    Sarif.model_validate(log)
    (run,) = log["runs"]
    assert [result["level"] for result in run["results"]] == ["error", "warning", "warning", "note"]
    rules = run["tool"]["driver"]["rules"]
    assert [rules[result["ruleIndex"]]["id"] for result in run["results"]] == [f.code for f in FINDINGS]
    assert all(rule["shortDescription"]["text"] for rule in rules)
    first = run["results"][0]
    assert first["locations"][0]["physicalLocation"] == {
        "artifactLocation": {"uri": "out/cloudformation/a%20b.yaml", "uriBaseId": "%SRCROOT%"},
        "region": {"startLine": 4, "endLine": 6},
    }
    assert first["relatedLocations"][0]["physicalLocation"]["artifactLocation"]["uri"] == "out/env/x.env"
    assert "To do: pin it" in run["results"][1]["message"]["text"]


def test_fingerprints_differ_and_survive_a_move() -> None:
    def prints(findings: tuple[Finding, ...]) -> list[str]:
        results = sarif(findings, PurePosixPath())["runs"][0]["results"]
        return [result["partialFingerprints"]["primaryLocationLineHash"] for result in results]

    moved = tuple(
        Finding(
            f.code,
            f.severity,
            f.message,
            tuple(Evidence(e.path, e.first_line + 9, e.last_line + 9) for e in f.evidence),
        )
        for f in FINDINGS
    )
    assert len(set(prints(FINDINGS))) == len(FINDINGS)
    assert prints(moved) == prints(FINDINGS)


def test_no_findings_are_a_log_too() -> None:
    assert Sarif.model_validate(sarif((), PurePosixPath())).runs[0].results == []
