"""Shared by all tests: the catalog, read once, and `--update-golden`."""

from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from toolkit.catalog.catalog import Catalog

# How long an example takes says more of the machine than of the program; where time matters, a test measures it.
settings.register_profile("replatform", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("replatform")

ROOT = Path(__file__).parents[1]
LEGALTECH = ROOT / "samples/legaltech"
SAMPLES = {
    "collections": ROOT / "samples/collections",
    **{folder.name: folder for folder in sorted(LEGALTECH.iterdir()) if folder.is_dir()},
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--update-golden", action="store_true", help="rewrite tests/golden from what the program writes now"
    )


@pytest.fixture(scope="session")
def catalog() -> Catalog:
    return Catalog()
