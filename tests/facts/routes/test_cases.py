"""Every reader of routes against its case file."""

from pathlib import Path

import pytest

from tests.facts.cases import Case, found, read_cases, write_cases
from toolkit.catalog.dependencies import DependencyTables
from toolkit.facts import manifests, routes
from toolkit.facts.model import Fact
from toolkit.findings import Finding
from toolkit.inventory.source_tree import SourceTree

FOLDER = Path(__file__).parent / "cases"
FILES = sorted(FOLDER.glob("*.txt"))
CASES = [(file, case) for file in FILES for case in read_cases(file)]


@pytest.mark.parametrize(("file", "case"), CASES, ids=[f"{file.stem}: {case.title}" for file, case in CASES])
def test_case(file: Path, case: Case, tmp_path: Path, tables: DependencyTables, request: pytest.FixtureRequest) -> None:
    facts = found(case, tmp_path, lambda tree: _read(tree, tables))
    if request.config.getoption("--update-golden"):
        cases = [Case(c.title, c.files, facts if c.title == case.title else c.expected) for c in read_cases(file)]
        write_cases(file, cases)
        return
    assert facts == case.expected


def _read(tree: SourceTree, tables: DependencyTables) -> tuple[tuple[Fact, ...], tuple[Finding, ...]]:
    facts = routes.read(tree, manifests.read(tree, tables), tables)
    return facts.facts, facts.findings
