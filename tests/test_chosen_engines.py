"""An edit of a datastore's engine is followed by the variables, profile and version that were planned for another."""

from pathlib import Path

import pytest
from ruamel.yaml import YAML
from typer.testing import CliRunner

from tests.plan.test_connections import CODE, MYSQL, POM
from toolkit.cli.main import app


@pytest.fixture
def source(tmp_path: Path) -> Path:
    resources = "src/main/resources/application"
    postgres = MYSQL.replace("jdbc:mysql", "jdbc:postgresql").replace("MYSQL", "PG")
    files = CODE | {
        "pom.xml": POM,
        f"{resources}-mysql.properties": MYSQL,
        f"{resources}-postgres.properties": postgres,
    }
    for name, text in files.items():
        path = tmp_path / "shop" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path / "shop"


def convert(source: Path, out: Path, *more: str) -> dict[str, dict[str, dict[str, str]]]:
    done = CliRunner().invoke(app, ["convert", str(source), "--out", str(out), *more])
    assert done.exit_code == 0, done.output
    plan: dict[str, dict[str, dict[str, str]]] = YAML(typ="safe", pure=True).load((out / "replatform.yaml").read_text())
    return plan


def test_an_edit_and_its_way_back(source: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    first = convert(source, out)
    path = out / "replatform.yaml"
    path.write_text(path.read_text().replace("engine: mysql", "engine: postgres", 1))
    plan = convert(source, out)
    assert plan["environment"]["PG_URL"]["reference"].startswith("jdbc:postgresql://")
    assert plan["environment"]["SPRING_PROFILES_ACTIVE"]["value"] == "postgres"
    store = plan["datastores"]["database"]
    assert (store["engine"], store["version"] != first["datastores"]["database"]["version"]) == ("postgres", True)
    assert convert(source, out) == plan
    path.write_text(path.read_text().replace("engine: postgres", "engine: mysql", 1))
    assert convert(source, out) == first


def test_an_answer(source: Path, tmp_path: Path) -> None:
    plan = convert(source, tmp_path / "out", "--set", "datastores.database.engine=sqlserver")
    reference = plan["environment"]["SPRING_DATASOURCE_URL"]["reference"]
    assert reference.startswith("jdbc:sqlserver://{database.host}")
    # No file names SQL Server: the data is where the files say, and changes its engine on the way.
    assert plan["migration"]["source_engine"] == "mysql"
