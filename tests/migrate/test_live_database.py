"""A database that runs, without one: addresses, passwords, and what is made of a catalog's rows."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from tests.migrate.test_assess_command import PLAN
from toolkit.catalog.catalog import Catalog
from toolkit.cli.main import app
from toolkit.errors import BadInputError, TemporaryError
from toolkit.live_database import Address, Refused, Server, address_of, answer, connected, measure, read_schema
from toolkit.migrate.schema import Column, ForeignKey, Index, Table

ENGINES = ("mysql", "oracle", "postgres", "sqlserver")


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("postgresql://reader@db/shop", Address("postgres", "db", 5432, "reader", "shop")),
        ("mariadb://a%40b@10.0.0.5:3307/shop", Address("mysql", "10.0.0.5", 3307, "a@b", "shop")),
        ("sqlserver://sa@[::1]/My%20Shop", Address("sqlserver", "::1", 1433, "sa", "My Shop")),
        ("oracle://scott@ora.example.com/ORCLPDB1", Address("oracle", "ora.example.com", 1521, "scott", "ORCLPDB1")),
    ],
)
def test_an_address_is_read(url: str, address: Address) -> None:
    assert address_of(url) == address


@pytest.mark.parametrize(
    "url",
    [
        "postgres://db/shop",
        "postgres://a@db",
        "sqlite:///shop.db",
        "shop",
        "postgres://a@db:x/shop",
        "mysql://a@[::1/shop",
    ],
)
def test_half_an_address_is_refused(url: str) -> None:
    with pytest.raises(BadInputError, match="--database"):
        address_of(url)


def test_a_password_in_the_address_is_refused_and_not_repeated() -> None:
    outcome = CliRunner().invoke(app, ["migrate", "assess", "--database", "postgres://a:s3cret@db/shop"])
    assert isinstance(outcome.exception, BadInputError)
    assert "REPLATFORM_DATABASE_PASSWORD" in str(outcome.exception) and "s3cret" not in str(outcome.exception)


@pytest.mark.parametrize("arguments", [[], ["--dump", "a.sql", "--database", "postgres://a@db/shop"]])
def test_one_source_is_needed(arguments: list[str]) -> None:
    outcome = CliRunner().invoke(app, ["migrate", "assess", *arguments])
    assert isinstance(outcome.exception, BadInputError) and "one of --dump and --database" in str(outcome.exception)


def test_another_engine_than_the_plan_migrates_is_refused(tmp_path: Path) -> None:
    (tmp_path / "replatform.yaml").write_text(PLAN)
    outcome = CliRunner().invoke(app, ["migrate", "assess", str(tmp_path), "--database", "mysql://a@db/shop"])
    assert isinstance(outcome.exception, BadInputError) and "the plan migrates postgres" in str(outcome.exception)


def test_a_server_that_is_not_there_may_be_there_later() -> None:
    nowhere = Address("postgres", "127.0.0.1", 1, "reader", "shop")
    with (
        pytest.raises(TemporaryError, match="lets nobody in"),
        connected(nowhere, "pw", Catalog().live_queries("postgres")),
    ):
        pass


class Answers(Server):
    """A server that answers by the section of the blueprint that a query stands in, and refuses the rest."""

    def __init__(self, engine: str, **sections: Sequence[tuple[Any, ...]]) -> None:
        super().__init__(None, encrypted=True)
        queries = Catalog().live_queries(engine)
        schemas = ", ".join(f"'{one}'" for one in queries.system_schemas)
        self.asked: list[str] = []
        self._rows = {
            getattr(queries, section).replace("{system_schemas}", schemas): rows for section, rows in sections.items()
        }

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        self.asked.append(query)
        if query not in self._rows:
            raise Refused("no such thing")
        return list(self._rows[query])


@pytest.mark.parametrize("engine", ENGINES)
def test_rows_of_a_catalog_make_a_schema(engine: str) -> None:
    more = {"row_id_views": [("APP.V",)]} if engine == "oracle" else {}
    server = Answers(
        engine, version=[("12.1",)], tables=[("app", "Orders", 7, "check partitioned", None, None, None)],
        columns=[
            ("app", "Orders", "Id", "INT", None, None, 0, "identity"),
            ("app", "Orders", "Net", "Decimal", 12, 2, True, None),
            ("app", "a view", "Net", "int", None, None, 1, ""),
        ],
        indexes=[
            ("app", "Orders", "pk", 1, 1, "", "Id"), ("app", "Orders", "ix", 0, True, None, "Net"), ("app", "Orders", "ix", 0, True, None, "Id"),
            ("app", "Orders", "fx", 0, 0, "", None), ("sys", "t", "pk", 1, 1, "", "a"),
        ],
        foreign_keys=[("app", "Orders", "fk", "Id", "app", "Customers", 1)], triggers=[("app", "Orders", "tr"), ("sys", "t", "tr")],
        **more,
    )  # fmt: skip
    schema = read_schema(server, engine, Catalog().live_queries(engine))
    (table,) = schema
    assert table.columns == {
        "id": Column("Id", "int", nullable=False, marks={"identity"}), "net": Column("Net", "decimal", 12, 2),
    }  # fmt: skip
    assert (table.rows, table.longest_value, table.marks) == (7, None, {"check", "partitioned"})
    assert table.primary_key == ("Id",) and table.triggers == ["tr"]
    assert table.indexes == [Index("ix", ("Net", "Id"), unique=True), Index("fx", expression=True)]
    assert table.foreign_keys == [ForeignKey("fk", ("Id",), ("app", "Customers"), cascades=True)]
    assert any("not read: no such thing" in note for note in schema.notes), "a refusal is said"
    assert any("no server of it was there" in note for note in schema.notes) is (engine in ("oracle", "sqlserver"))


@pytest.mark.parametrize("engine", ENGINES)
def test_names_stay_names(engine: str) -> None:
    queries = Catalog().live_queries(engine)
    server = Answers(engine)
    with pytest.raises(Refused):
        measure(server, queries, Table("app", 'a"`]; DROP TABLE x --'), [Column("b", "text")])
    opens, closes = queries.quotes[0], queries.quotes[1]
    name = 'a"`]; DROP TABLE x --'.replace(closes, closes * 2)
    assert server.asked[0].endswith(f"FROM {opens}app{closes}.{opens}{name}{closes}")


def test_only_questions_about_the_source_are_asked() -> None:
    server = Answers("mysql")
    assert answer(server, "SHOW GLOBAL VARIABLES LIKE 'log_bin';") == "refused: no such thing"
    for query in (
        "GRANT SELECT ON x TO y;",
        "SHOW GLOBAL VARIABLES; -- at the target",
        "SELECT {login};",
        "",
        "EXEC sp_x;",
    ):
        assert answer(server, query) == ""
    assert len(server.asked) == 1
