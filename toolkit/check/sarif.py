"""Findings as SARIF 2.1.0, which code hosts show beside the line.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html, and what GitHub reads of it:
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
(reviewed 2026-11-21).
"""

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from toolkit import __version__
from toolkit.check.codes import meanings
from toolkit.findings import Evidence, Finding

SCHEMA = "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
# Where a finding names no file: the plan stands for the whole folder.
_WHOLE = Evidence("replatform.yaml")


def sarif(findings: Iterable[Finding], folder: PurePosixPath) -> dict[str, Any]:
    """A log of one run. `folder`: the checked folder, relative to the repository, which URIs are relative to."""
    findings = list(findings)
    codes = sorted({finding.code for finding in findings})
    meaning = meanings()
    rules = [{"id": code, "shortDescription": {"text": meaning[code]}} for code in codes]
    seen: Counter[str] = Counter()
    driver = {"name": "replatform", "semanticVersion": __version__, "rules": rules}
    results = [_result(finding, codes.index(finding.code), folder, seen) for finding in findings]
    return {
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}],
    }


def _result(finding: Finding, rule: int, folder: PurePosixPath, seen: Counter[str]) -> dict[str, Any]:
    first, *others = finding.evidence or (_WHOLE,)
    # Lines move when something is put above them, and the finding stays the same one: no line number in its fingerprint.
    content = "\0".join((finding.code, (folder / first.path).as_posix(), finding.message))
    digest = hashlib.sha256(content.encode()).hexdigest()[:32]
    seen[digest] += 1
    result: dict[str, Any] = {
        "ruleId": finding.code,
        "ruleIndex": rule,
        "level": finding.severity.value,
        "message": {"text": "\n".join(filter(None, (finding.message, finding.hint and f"To do: {finding.hint}")))},
        "locations": [_location(first, folder)],
        "partialFingerprints": {"primaryLocationLineHash": f"{digest}:{seen[digest]}"},
    }
    if others:
        result["relatedLocations"] = [
            _location(place, folder) | {"id": number} for number, place in enumerate(others, 1)
        ]
    return result


def _location(place: Evidence, folder: PurePosixPath) -> dict[str, Any]:
    uri = quote((folder / (place.path or _WHOLE.path)).as_posix())
    region = {"startLine": max(1, place.first_line)}
    if place.last_line > place.first_line:
        region["endLine"] = place.last_line
    return {"physicalLocation": {"artifactLocation": {"uri": uri, "uriBaseId": "%SRCROOT%"}, "region": region}}
