"""Shared by all tests: the catalog, read once, and `--update-golden`."""

from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog

ROOT = Path(__file__).parents[1]
SAMPLES = {
    "collections": ROOT / "samples/collections",
    "document-signing": ROOT / "samples/legaltech/document-signing",
    "case-tracking": ROOT / "samples/legaltech/case-tracking",
    "conflict-check": ROOT / "samples/legaltech/conflict-check",
    "client-portal": ROOT / "samples/legaltech/client-portal",
    "court-calendar": ROOT / "samples/legaltech/court-calendar",
    "doc-conversion": ROOT / "samples/legaltech/doc-conversion",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite tests/golden from what the program writes now"
    )


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return Catalog()
