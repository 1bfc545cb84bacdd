"""Findings have one order, whatever hash their process gives them."""

from toolkit.findings import Finding, Severity, in_order


def test_findings_that_differ_in_what_to_do_alone_have_an_order():
    findings = [Finding("RP025", Severity.WARNING, "support ended", (), f"set images.{n}.version") for n in range(20)]
    assert in_order(findings) == in_order(reversed(findings)) == tuple(sorted(findings, key=lambda f: f.hint))
