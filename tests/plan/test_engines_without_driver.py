"""A database that only sentences name, and that nothing which is installed can speak to, is not provided."""

from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog

from .from_files import EXPRESS_SERVER, FLASK_APP, converted

TOLD = "# Shop\n\nThe data is kept in SQLite.\n\n**MySQL users:** make sure that you create the database with utf8.\n"


def _flask(listed: str = "", told: str = "") -> dict[str, str]:
    return {"requirements.txt": f"flask==3.0.0\n{listed}", "app.py": FLASK_APP, "README.md": TOLD + told}


def _engine(files: dict[str, str], folder: Path, catalog: Catalog) -> str:
    database = converted(folder, files, catalog).plan.datastores.get("database")
    return database.engine if database else ""


@pytest.mark.parametrize(
    "files",
    [
        _flask("pymysql==1.1.0\n"),
        _flask(told="\n```\npip install 'mysqlclient>=2'\n```\n"),
    ],
    ids=["listed", "an install command's"],
)
def test_with_a_driver_the_server_is_provided(files: dict[str, str], tmp_path: Path, catalog: Catalog) -> None:
    assert _engine(files, tmp_path, catalog) == "mysql"


def test_without_a_driver_what_it_can_speak_to_stands(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, _flask(), catalog)
    assert "database" not in made.plan.datastores
    (left_out,) = [finding for finding in made.planned.findings if finding.code == "RP034"]
    assert left_out.message == "MySQL is mentioned, but no manifest lists a driver for it: it is left out"
    assert {"RP031"} <= made.codes


def test_of_two_servers_the_one_with_a_driver_is_provided(tmp_path: Path, catalog: Catalog) -> None:
    package = EXPRESS_SERVER["package.json"].replace('"express"', '"pg": "^8.0.0", "express"')
    told = "# Shop\n\nRuns on MySQL or PostgreSQL.\n"
    assert _engine(EXPRESS_SERVER | {"package.json": package, "README.md": told}, tmp_path, catalog) == "postgres"


def test_the_only_one_that_is_required_is_provided(tmp_path: Path, catalog: Catalog) -> None:
    told = {"README.md": "# Shop\n\nRequires PostgreSQL 15.\n"}
    assert _engine(_flask() | told, tmp_path, catalog) == "postgres"


@pytest.mark.parametrize(("listed", "engine"), [("", ""), ('"knex": "^3.0.0", ', "postgres")])
def test_a_database_that_sentences_alone_name_is_another_applications(
    listed: str, engine: str, tmp_path: Path, catalog: Catalog
) -> None:
    package = EXPRESS_SERVER["package.json"].replace('"express"', f'{listed}"express"')
    told = {"README.md": "# Shop\n\n## Others\n\n* A shop with PostgreSQL: [code](https://example.com/shop)\n"}
    assert _engine(EXPRESS_SERVER | {"package.json": package} | told, tmp_path, catalog) == engine


def test_a_datastore_that_has_no_blueprint_is_one_finding(tmp_path: Path, catalog: Catalog) -> None:
    files = _flask("neo4j==5.0.0\n") | {
        "README.md": "# Shop\n\nThe graph is in Neo4j.\n",
        ".env.example": "NEO4J_URI=\n",
    }
    (unknown,) = [
        finding for finding in converted(tmp_path, files, catalog).planned.findings if finding.code == "RP030"
    ]
    assert len(unknown.evidence) >= 2


@pytest.mark.parametrize(
    ("listed", "code", "provided"),
    [
        ("", "", False),
        ('"ioredis": "^5.0.0", ', "", True),
        ('"shop-redis-store": "^1.0.0", ', "", True),
        ("", "const cache = process.env.REDIS_URL;\n", True),
    ],
)
def test_a_cache_that_prose_alone_mentions_is_left_out(
    tmp_path: Path, catalog: Catalog, listed: str, code: str, provided: bool
) -> None:
    package = EXPRESS_SERVER["package.json"].replace('"express"', f'{listed}"express"')
    told = {"README.md": "# Shop\n\nOne could add a Redis cache, and RabbitMQ.\n", "settings.js": code}
    made = converted(tmp_path, EXPRESS_SERVER | {"package.json": package} | told, catalog)
    assert ("cache" in made.plan.datastores) is provided
    assert "broker" not in made.plan.datastores and "RP034" in made.codes
