"""Every sample's output, byte for byte. `pytest --update-golden` rewrites it; read that diff as code."""

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import ROOT, SAMPLES
from toolkit.catalog.catalog import Catalog
from toolkit.cli import pipeline
from toolkit.facts.report import facts_object

GOLDEN = ROOT / "tests/golden"
FACTS, FINDINGS = "facts.json", "findings.txt"


def output(source: Path, folder: Path, catalog: Catalog) -> dict[str, str]:
    """What a conversion writes, with the facts and findings beside it."""
    drafted = pipeline.draft(source, folder, catalog)
    artefacts = pipeline.artefacts(drafted, catalog)
    _, facts = pipeline.read_source(source, catalog)
    texts = {artefact.path: artefact.text for artefact in artefacts if not artefact.path.startswith(".replatform/")}
    return texts | {
        "replatform.yaml": drafted.text,
        FACTS: json.dumps(facts_object(facts), indent=1, ensure_ascii=False) + "\n",
        FINDINGS: "".join(f"{finding}\n" for finding in drafted.planned.findings),
    }


@pytest.mark.parametrize("name", SAMPLES)
def test_output_is_golden(name: str, tmp_path: Path, catalog: Catalog, request: pytest.FixtureRequest) -> None:
    texts = output(SAMPLES[name], tmp_path, catalog)
    folder = GOLDEN / name
    if request.config.getoption("--update-golden"):
        shutil.rmtree(folder, ignore_errors=True)
        for path, text in texts.items():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_text(text, encoding="utf-8", newline="\n")
    expected = {
        p.relative_to(folder).as_posix(): p.read_text(encoding="utf-8") for p in folder.rglob("*") if p.is_file()
    }
    assert sorted(texts) == sorted(expected)
    for path, text in texts.items():
        assert text == expected[path], f"{path} differs from tests/golden/{name}; pytest --update-golden rewrites it"
