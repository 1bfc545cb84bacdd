"""READMEs in small, one habit of writing each, against the facts that are read from them."""

from pathlib import Path

import pytest

from tests.facts.cases import Case, found, read_cases, write_cases
from toolkit.catalog.catalog import Catalog
from toolkit.facts import readme
from toolkit.inventory.source_tree import SourceTree

FOLDER = Path(__file__).parent / "cases"
CASES = [(file, case) for file in sorted(FOLDER.glob("*.txt")) for case in read_cases(file)]


@pytest.mark.parametrize(("file", "case"), CASES, ids=[f"{file.stem}: {case.title}" for file, case in CASES])
def test_case(file: Path, case: Case, tmp_path: Path, catalog: Catalog, request: pytest.FixtureRequest) -> None:
    def read(tree: SourceTree) -> tuple[object, object]:
        facts = readme.read(tree, catalog.readme_rules)
        return facts.facts, facts.findings

    # Confidence is calibrated anew with every change of a rule; what is read is what these cases hold.
    facts = [_without_confidence(line) for line in found(case, tmp_path, read)]  # type: ignore[arg-type]
    if request.config.getoption("--update-golden"):
        cases = [Case(c.title, c.files, facts if c.title == case.title else c.expected) for c in read_cases(file)]
        write_cases(file, cases)
        return
    assert facts == case.expected


def _without_confidence(line: str) -> str:
    return " ".join(word for word in line.split(" ") if not word.startswith(("confidence=", "origin=")))
