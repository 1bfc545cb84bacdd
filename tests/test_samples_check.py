"""Everything emitted for every sample passes cfn-lint with no ignore list, hadolint, and our own checks."""

from pathlib import Path

import pytest

from tests.conftest import SAMPLES
from toolkit.catalog.catalog import Catalog
from toolkit.check.run import check_folder
from toolkit.cli import pipeline


@pytest.mark.parametrize("name", SAMPLES)
def test_output_has_no_findings(name: str, tmp_path: Path, catalog: Catalog) -> None:
    drafted = pipeline.draft(SAMPLES[name], tmp_path, catalog)
    pipeline.write(tmp_path, drafted, pipeline.artefacts(drafted, catalog))
    assert list(map(str, check_folder(tmp_path))) == []


@pytest.mark.parametrize("name", SAMPLES)
def test_converting_twice_changes_nothing(name: str, tmp_path: Path, catalog: Catalog) -> None:
    def convert() -> dict[str, bytes]:
        drafted = pipeline.draft(SAMPLES[name], tmp_path, Catalog())
        pipeline.write(tmp_path, drafted, pipeline.artefacts(drafted, catalog))
        return {str(path): path.read_bytes() for path in sorted(tmp_path.rglob("*")) if path.is_file()}

    assert convert() == convert()
