"""Release steps of Node: the same step told in several ways, and scripts that take away what the database has."""

import json
from pathlib import Path

import pytest

from tests.plan.from_files import converted
from toolkit.catalog.catalog import Catalog

SERVER = {"app.js": "require('express')().listen(8000);\n"}
DEPENDENCIES = {"express": "^4.18.0", "sequelize": "^6.0.0", "sequelize-cli": "^6.0.0", "knex": "^2.0.0"}


def _release(
    tmp_path: Path, catalog: Catalog, scripts: dict[str, str], readme: str
) -> tuple[list[tuple[str, ...]], set[str]]:
    manifest = {"scripts": {"start": "node app.js", **scripts}, "dependencies": DEPENDENCIES}
    files = SERVER | {"package.json": json.dumps(manifest), "README.md": f"# Shop\n\n## Database\n\n{readme}\n"}
    made = converted(tmp_path, files, catalog)
    return list(made.plan.release.commands) if made.plan.release else [], set(made.codes)


@pytest.mark.parametrize(
    "again", ["yarn sequelize db:migrate", "npx sequelize db:migrate", "npm run db:migrate", "yarn db:migrate"]
)
def test_a_step_is_the_same_however_its_program_is_found(tmp_path: Path, catalog: Catalog, again: str) -> None:
    readme = f"Migrate:\n\n```\nsequelize db:migrate\n```\n\nor, later:\n\n```\n{again}\n```\n"
    steps, _ = _release(tmp_path, catalog, {"db:migrate": "sequelize db:migrate"}, readme)
    assert steps == [("sequelize", "db:migrate")]


def test_two_scripts_are_two_steps(tmp_path: Path, catalog: Catalog) -> None:
    scripts = {"migrate": "knex migrate:latest", "fill": "knex seed:run"}
    steps, _ = _release(tmp_path, catalog, scripts, "```\nnpm run migrate\nknex seed:run\n```\n")
    assert steps == [("knex", "migrate:latest"), ("knex", "seed:run")]


@pytest.mark.parametrize(
    ("scripts", "steps"),
    [
        ({"db:fresh": "sequelize db:migrate:undo:all && sequelize db:migrate"}, [("sequelize", "db:migrate")]),
        ({"db:fresh": "npm run drop && npm run up", "drop": "sequelize db:drop", "up": "npx sequelize db:migrate"}, [("sequelize", "db:migrate")]),
        ({"db:fresh": "sequelize db:drop && node fill.js"}, []),
    ],
)  # fmt: skip
def test_a_release_keeps_what_the_tables_have(
    tmp_path: Path, catalog: Catalog, scripts: dict[str, str], steps: list[tuple[str, ...]]
) -> None:
    found, codes = _release(tmp_path, catalog, scripts, "```\nyarn db:fresh\n```\n")
    assert found == steps
    assert "RP052" in codes


def test_descriptions_in_a_column_are_no_words_of_the_commands(tmp_path: Path, catalog: Catalog) -> None:
    readme = (
        "```\n$ sequelize  db:migrate             Run pending migrations.\n$ sequelize  db:migrate:undo        Revert the last migration run.\n"
        "$ sequelize  db:migrate:old_schema  Update the old table\n```\n"
    )
    steps, _ = _release(tmp_path, catalog, {}, readme)
    assert steps == [("sequelize", "db:migrate")]
