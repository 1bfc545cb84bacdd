"""A failed build, explained: steps to lines, lines to the README, output to a suggestion; without an engine."""

from pathlib import Path

import pytest

from tests.conftest import SAMPLES
from toolkit.catalog.build_failures import load_build_failures
from toolkit.catalog.catalog import Catalog
from toolkit.cli import pipeline
from toolkit.engine.blame import Blame, blame
from toolkit.engine.build import Failed, Order, _failed, printable
from toolkit.engine.instructions import instructions

SECRET = "Kx7#vT2p-mQ94zLw"


def test_instructions_are_counted_as_the_builder_counts_steps() -> None:
    text = '# comment\nARG A=1\nFROM x AS build\n\nRUN a \\\n  # why\n  && b\nENV A=1 \\\n    B=2\nRUN <<END\none\ntwo\nEND\nCMD ["x"]\n'
    found = [(one.name, one.first_line, one.last_line) for one in instructions(text)]
    assert found == [("ARG", 2, 2), ("FROM", 3, 3), ("RUN", 5, 7), ("ENV", 8, 9), ("RUN", 10, 13), ("CMD", 14, 14)]


@pytest.mark.parametrize("text", ["", "\\", "RUN a \\", "# escape=`\nRUN a `\n b", "RUN <<X", "\n\n#\n"])
def test_unfinished_dockerfiles_are_read_to_their_end(text: str) -> None:
    assert all(one.last_line <= len(text.splitlines()) for one in instructions(text))


def _blame(tmp_path: Path, service: str, edit: str, output: list[str], needle: str) -> Blame:
    catalog = Catalog()
    drafted = pipeline.draft(SAMPLES["document-signing"], tmp_path, catalog)
    artefacts = pipeline.artefacts(drafted, catalog)
    text = edit + next(one.text for one in artefacts if one.path == f"services/{service}/Dockerfile")
    step = next(number for number, one in enumerate(instructions(text), start=1) if needle in one.text)
    failed = _failed(Order("app", service, text, ""), "the command failed", step, output, 1.0)
    return blame(failed, text, drafted.planned, artefacts, load_build_failures(catalog.folder))


def test_the_readme_line_behind_a_failing_step(tmp_path: Path) -> None:
    found = _blame(tmp_path, "firmas-web", "", ["Error: pg_config executable not found."], "--requirement")
    assert any(place.startswith("README.md:") for place in found.places)
    assert "requirements.txt" in found.lines[0][1]
    assert found.diagnosis is not None and "libpq-dev" in found.diagnosis.suggestion
    shown = str(found)
    assert "services/firmas-web/Dockerfile:" in shown and "from README.md:" in shown and "to do:" in shown


def test_lines_that_a_person_moved_are_still_explained(tmp_path: Path) -> None:
    as_generated = _blame(tmp_path, "firmas-web", "", [], "collectstatic")
    moved = _blame(tmp_path, "firmas-web", "# reviewed\n# twice\n", [], "collectstatic")
    assert moved.lines[0][0] == as_generated.lines[0][0] + 2
    assert moved.places == as_generated.places != ()


def test_a_parse_error_names_its_line() -> None:
    failed = _failed(
        Order("app", "web", "FROM x\n\nFRUM y\n", ""),
        "dockerfile parse error line 3: unknown instruction: FRUM",
        0,
        [],
        0.1,
    )
    assert failed.instruction is not None and failed.instruction.first_line == 3


def test_a_step_that_the_engine_added_has_no_line() -> None:
    assert _failed(Order("app", "web", "FROM x\n", ""), "no", 5, [], 0.1) == Failed("web", "no", None, (), 0.1)


@pytest.mark.parametrize(
    ("line", "shown"),
    [
        (f"connecting with password={SECRET}", "connecting with password=********"),
        (
            "fetching https://bob:hunter22@index.example.com/simple",
            "fetching https://bob:********@index.example.com/simple",
        ),
        ("\x1b[31mred\x1b[0m\x07", "red"),
        ("10%\r50%\r100%", "100%"),
    ],
)
def test_output_is_shown_without_secrets_and_control_characters(line: str, shown: str) -> None:
    assert printable(line) == shown
