"""What came of each repository: one line of JSON each, the same whatever converted it when; and as JUnit XML."""

import json
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, Literal
from xml.etree import ElementTree

from pydantic import BaseModel, ConfigDict, ValidationError

from toolkit.errors import BadInputError

RESULTS = "results.jsonl"


class FindingRow(BaseModel):
    model_config = ConfigDict(frozen=True)

    code: str
    severity: str
    message: str
    places: tuple[str, ...] = ()


class Result(BaseModel):
    """One repository. `fingerprint` stands for everything that the result depends on; `confidence` is the share of
    decisions that a file's line stands behind, from 0 to 1."""

    model_config = ConfigDict(frozen=True)

    name: str
    source: str
    status: Literal["converted", "failed", "timeout", "out of memory", "crashed"]
    error: str = ""
    fingerprint: str = ""
    application: str = ""
    services: dict[str, str] = {}
    stacks: tuple[str, ...] = ()
    datastores: tuple[str, ...] = ()
    confidence: float = 0.0
    questions: tuple[str, ...] = ()
    findings: tuple[FindingRow, ...] = ()

    @property
    def errors(self) -> tuple[FindingRow, ...]:
        return tuple(finding for finding in self.findings if finding.severity == "error")


def line(result: Result) -> str:
    return json.dumps(result.model_dump(mode="json"), ensure_ascii=False, separators=(",", ":")) + "\n"


def read_results(folder: Path) -> dict[str, Result]:
    """Results by name; the last one of a name counts. A last line that was cut off, as by a kill, is passed over.

    Raises BadInputError for another line that is none.
    """
    path = folder / RESULTS
    found: dict[str, Result] = {}
    lines = path.read_text(encoding="utf-8", errors="replace").splitlines(keepends=True) if path.is_file() else []
    for number, text in enumerate(lines, start=1):
        try:
            result = Result.model_validate_json(text)
        except ValidationError:
            if number == len(lines) and not text.endswith("\n"):
                break
            raise BadInputError(
                "not a result", where=f"{path}:{number}", to_do="delete the line, or run without --resume"
            ) from None
        found[result.name] = result
    return found


def in_order(results: Mapping[str, Result]) -> tuple[Result, ...]:
    return tuple(results[name] for name in sorted(results))


def junit(results: Iterable[Result]) -> str:
    """JUnit XML, a test case for each repository: one that was not converted is an error, error findings are a failure.

    CodeBuild reads it as a report group: https://docs.aws.amazon.com/codebuild/latest/userguide/test-reporting.html
    """
    suite = ElementTree.Element("testsuite", name="replatform batch")
    counts = {"tests": 0, "errors": 0, "failures": 0}
    for result in results:
        case = ElementTree.SubElement(suite, "testcase", classname="replatform", name=result.name)
        counts["tests"] += 1
        if result.status != "converted":
            counts["errors"] += 1
            _child(case, "error", result.status, result.error)
        elif result.errors:
            counts["failures"] += 1
            text = "\n".join(f"{f.code}: {f.message} ({', '.join(f.places)})" for f in result.errors)
            _child(case, "failure", f"{len(result.errors)} error(s)", text)
    for key, count in counts.items():
        suite.set(key, str(count))
    root = ElementTree.Element("testsuites")
    root.append(suite)
    ElementTree.indent(root)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + ElementTree.tostring(root, encoding="unicode") + "\n"


def _child(case: Any, tag: str, message: str, text: str) -> None:
    ElementTree.SubElement(case, tag, message=_xml(message)).text = _xml(text)


def _xml(text: str) -> str:
    """Without the characters that XML 1.0 has no way to write."""
    return "".join(c for c in text if c in "\t\n" or " " <= c <= "\ud7ff" or "\ue000" <= c <= "\ufffd" or c > "\uffff")
