"""Dependencies that nothing pins, of an application that is long unchanged."""

import json
from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog
from toolkit.facts.gather import gather
from toolkit.facts.model import LastChange
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.bounds import with_kept_day
from toolkit.plan.ranking import of_type

from .from_files import converted

CHANGES = "# Changes\n\n## [1.2.0] - 2020-03-04\n\nFaster.\n\n## [1.1.0] - 2019-12-24\n"
FLASK = {"requirements.txt": "flask\nrequests>=2.20\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}
EXPRESS = {
    "package.json": json.dumps({"scripts": {"start": "node app.js"}, "dependencies": {"express": "^4.17.0"}}),
    "app.js": "app.listen(3000);\n",
}


def test_python_resolves_as_on_that_day(tmp_path: Path, catalog: Catalog) -> None:
    files = FLASK | {"CHANGELOG.md": CHANGES, "runtime.txt": "python-3.9.19\n"}
    made = converted(tmp_path, files, catalog)
    assert made.image.resolved_before == "2020-03-04"
    assert "for day in 2020-03-04 2020-09-02 2021-03-04 2022-03-04 2023-03-04; do" in made.dockerfile
    assert "--exclude-newer $day --output-file /opt/of-day.txt requirements.txt" in made.dockerfile
    assert "--constraint /opt/of-day.txt --requirement requirements.txt" in made.dockerfile.replace(" \\\n   ", "")
    decision = made.planned.by_key["images.app.resolved_before"]
    assert decision.evidence[0].path == "CHANGELOG.md" and decision.evidence[0].first_line == 3 and not decision.guessed


def test_npm_resolves_as_on_that_day(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, EXPRESS | {"CHANGELOG.md": CHANGES}, catalog)
    assert "npm install --no-audit --no-fund --before=2020-03-04 || npm install" in made.dockerfile


@pytest.mark.parametrize(
    "files",
    [
        pytest.param(FLASK | {"CHANGELOG.md": CHANGES.replace("2020", "2026")}, id="changed lately"),
        pytest.param(FLASK | {"CHANGELOG.md": "# Changes\n\n1.2.0\n"}, id="no day"),
        pytest.param(FLASK | {"docs/CHANGELOG.md": CHANGES}, id="another's list of changes"),
        pytest.param(FLASK | {"CHANGELOG.md": CHANGES, "requirements.txt": "bottle==0.12.18\n"}, id="pinned"),
        pytest.param(FLASK | {"CHANGELOG.md": CHANGES, "runtime.txt": "python-2.7.18\n"}, id="no uv for this Python"),
        pytest.param(EXPRESS | {"CHANGELOG.md": CHANGES, "package-lock.json": '{"lockfileVersion": 3}'}, id="locked"),
    ],
)
def test_no_day_where_none_is_known_or_needed(tmp_path: Path, catalog: Catalog, files: dict[str, str]) -> None:
    made = converted(tmp_path, files, catalog)
    assert made.image.resolved_before == "" and "{day}" not in made.dockerfile


def test_bounds_of_the_table_hold_for_the_resolution(tmp_path: Path, catalog: Catalog) -> None:
    files = {"CHANGELOG.md": CHANGES, "requirements.txt": "flask==1.1.1\nrequests\n", "runtime.txt": "python-3.8.19\n"}
    made = converted(tmp_path, FLASK | files, catalog)
    assert made.image.constraints and made.image.resolved_before
    assert "UV_CONSTRAINT=/opt/constraints.txt" in made.dockerfile


def test_the_day_of_a_plan_stays_when_our_own_commit_is_the_last(tmp_path: Path, catalog: Catalog) -> None:
    (tmp_path / "CHANGELOG.md").write_text(CHANGES.replace("2020", "2026"))
    facts = gather(SourceTree.open(tmp_path), catalog)
    kept = with_kept_day(facts, {"images": {"app": {"resolved_before": "2020-03-04"}, "web": {}}})
    assert [change.day for change in of_type(kept, LastChange)] == ["2020-03-04"]
    assert with_kept_day(facts, {"images": {"app": {}}}) == facts


@pytest.mark.parametrize(
    ("listed", "version"),
    [
        pytest.param("flask==1.1.1\nclick==7.0\n", "3.7", id="pinned: the version of the pins' time"),
        pytest.param("bottle==0.12.18\n", "3.7", id="pinned, of a time that only the change tells"),
        pytest.param("django==1.11.20\ndjangorestframework\n", "3.7", id="open: one that is resolved as on a day"),
    ],
)
def test_the_language_is_of_the_time_of_the_last_change(
    tmp_path: Path, catalog: Catalog, listed: str, version: str
) -> None:
    made = converted(tmp_path, FLASK | {"CHANGELOG.md": CHANGES, "requirements.txt": listed}, catalog)
    assert made.image.version == version


def test_npm_resolves_what_pinned_packages_bring(tmp_path: Path, catalog: Catalog) -> None:
    pinned = EXPRESS["package.json"].replace("^", "")
    made = converted(tmp_path, EXPRESS | {"package.json": pinned, "CHANGELOG.md": CHANGES}, catalog)
    assert made.image.resolved_before == "2020-03-04" and made.image.version == "12"


def test_what_has_no_upper_end_tells_no_time(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, FLASK | {"requirements.txt": "flask>=0.12\n"}, catalog)
    assert made.image.version == "3.13"


def test_a_language_that_runs_older_code_is_not_of_that_time(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Requirements\n\n- PHP 7.0+\n"
    files = {"index.php": "<?php echo 1;\n", "CHANGELOG.md": CHANGES, "README.md": readme}
    assert converted(tmp_path, files, catalog).image.version == "8.2"


def test_php_of_long_ago_gets_the_oldest_supported_version(tmp_path: Path, catalog: Catalog) -> None:
    page = {"index.php": "<?php echo 'shop';\n"}
    old = converted(tmp_path / "old", page | {"CHANGELOG.md": CHANGES}, catalog)
    new = converted(tmp_path / "new", page, catalog)
    assert (old.image.version, new.image.version) == ("8.2", "8.4")


@pytest.mark.parametrize(
    ("constraint", "lock", "version"),
    [
        pytest.param("~4.16.1", {}, "12", id="a range of a generator: the change tells"),
        pytest.param("4.16.1", {}, "8", id="a pin is of its time"),
        pytest.param(
            "~4.16.1",
            {
                "package-lock.json": '{\n  "dependencies": {\n    "express": {\n      "version": "4.16.1"\n    }\n  }\n}\n'
            },
            "8",
            id="locked",
        ),
    ],
)
def test_node_is_of_the_time_when_its_packages_are_resolved(
    tmp_path: Path, catalog: Catalog, constraint: str, lock: dict[str, str], version: str
) -> None:
    manifest = EXPRESS["package.json"].replace("^4.17.0", constraint)
    made = converted(tmp_path, EXPRESS | {"CHANGELOG.md": CHANGES, "package.json": manifest} | lock, catalog)
    assert made.image.version == version


@pytest.mark.parametrize(
    ("listed", "resolved"),
    [
        pytest.param("flask==1.0.2\n", True, id="what Flask brings along is open"),
        pytest.param("paramiko==2.7.2\n", True, id="what Paramiko brings along is open"),
        pytest.param("flask==1.0.2\njinja2==2.10\nwerkzeug==0.14.1\n", False, id="pins all"),
    ],
)
@pytest.mark.parametrize("version", ["3.6", "3.7"])
def test_a_list_that_pins_the_top_alone_is_open(
    tmp_path: Path, catalog: Catalog, listed: str, resolved: bool, version: str
) -> None:
    files = FLASK | {"CHANGELOG.md": CHANGES, "requirements.txt": listed, "runtime.txt": f"python-{version}.1\n"}
    made = converted(tmp_path, files, catalog)
    assert bool(made.image.resolved_before) is resolved
    assert ("--exclude-newer" in made.dockerfile) is resolved
    assert ("--python-version 3.7" in made.dockerfile) is (resolved and version == "3.6")
