"""Shared by the tests of readers: the tables of blueprints/dependencies."""

import pytest

from toolkit.catalog import dependencies
from toolkit.catalog.dependencies import DependencyTables
from toolkit.catalog.load import BlueprintFolder


@pytest.fixture(scope="session")
def tables() -> DependencyTables:
    return dependencies.load(BlueprintFolder())
