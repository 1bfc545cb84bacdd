"""A server read through its catalog is what a dump of it reads as: PostgreSQL and MariaDB, with all that assessments look at."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from uuid import uuid4

import docker
import pytest

from tests.engine.conftest import replatform, require
from toolkit.catalog.catalog import Catalog
from toolkit.live_database import Address, connected, measure, read_schema
from toolkit.migrate.dump import read_dump
from toolkit.migrate.schema import Schema

pytestmark = pytest.mark.engine

POSTGRES = """
CREATE SCHEMA "odd ""name s";
CREATE TABLE customers (
  id serial PRIMARY KEY, email varchar(120) NOT NULL UNIQUE, notes text, balance numeric(12,2) DEFAULT 0 CHECK (balance >= 0),
  tags varchar(20)[], photo bytea, made timestamptz, flags bit(8)
);
CREATE TABLE orders (
  id bigint GENERATED ALWAYS AS IDENTITY, customer int NOT NULL REFERENCES customers ON DELETE CASCADE,
  parent bigint, part bigint, net numeric, gross numeric GENERATED ALWAYS AS (net * 1.19) STORED, PRIMARY KEY (id, customer)
);
CREATE UNIQUE INDEX lower_notes ON customers (lower(notes));
CREATE INDEX by_parts ON orders (part DESC, parent) INCLUDE (net);
CREATE TABLE "odd ""name s"."It's" (a int REFERENCES customers ON UPDATE SET NULL, b json);
ALTER TABLE "odd ""name s"."It's" REPLICA IDENTITY FULL;
CREATE TABLE readings (at date NOT NULL, value real) PARTITION BY RANGE (at);
CREATE TABLE readings_2020 PARTITION OF readings FOR VALUES FROM ('2020-01-01') TO ('2021-01-01');
CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END';
CREATE TRIGGER stamped BEFORE UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION stamp();
INSERT INTO customers (email, notes) VALUES ('a@example.com', repeat('x', 70000));
"""
MARIADB = """
CREATE TABLE customers (
  id int unsigned NOT NULL AUTO_INCREMENT PRIMARY KEY, email varchar(120) NOT NULL UNIQUE, notes mediumtext,
  balance decimal(12,2) DEFAULT 0 CHECK (balance >= 0), hidden int INVISIBLE, FULLTEXT KEY words (notes)
);
CREATE TABLE `odd ``names``` (
  a int unsigned NOT NULL, b int unsigned NOT NULL, net double, gross double AS (net * 1.19) STORED, kind enum('x','y'),
  PRIMARY KEY (a, b), KEY by_b (b, a), CONSTRAINT fk FOREIGN KEY (a) REFERENCES customers (id) ON DELETE CASCADE
) ENGINE=InnoDB;
CREATE TABLE readings (at date NOT NULL, value double) ENGINE=MyISAM PARTITION BY HASH (YEAR(at)) PARTITIONS 4;
CREATE TRIGGER stamped BEFORE UPDATE ON customers FOR EACH ROW SET NEW.email = LOWER(NEW.email);
INSERT INTO customers (email, notes) VALUES ('a@example.com', REPEAT('x', 70000));
"""


@dataclass(frozen=True, slots=True)
class Engine:
    """`load` reads statements from $STATEMENTS; `dump` writes the database's script."""

    name: str
    image: str
    environment: dict[str, str]
    user: str
    statements: str
    load: str
    dump: str


ENGINES = (
    Engine(
        "postgres", "postgres:15", {"POSTGRES_PASSWORD": "pw", "POSTGRES_DB": "shop"}, "postgres", POSTGRES,
        'printf "%s" "$STATEMENTS" | psql -U postgres -d shop -v ON_ERROR_STOP=1 -q', "pg_dump -U postgres -s shop",
    ),
    Engine(
        "mysql", "mariadb:10.11", {"MARIADB_ROOT_PASSWORD": "pw", "MARIADB_DATABASE": "shop"}, "root",
        MARIADB,
        'printf "%s" "$STATEMENTS" | mariadb -uroot -ppw shop', "mariadb-dump -uroot -ppw --no-data shop",
    ),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Running:
    engine: Engine
    address: Address
    dump: bytes


@pytest.fixture(scope="module", params=ENGINES, ids=lambda engine: engine.name)
def running(request: pytest.FixtureRequest, client: docker.DockerClient) -> Iterator[Running]:
    engine: Engine = request.param
    require(client, engine.image)
    container = client.containers.run(
        engine.image, name=f"replatform-test-{uuid4().hex[:8]}", environment=engine.environment, detach=True
    )
    try:
        container.reload()
        host = next(iter(container.attrs["NetworkSettings"]["Networks"].values()))["IPAddress"]
        address = Address(engine.name, host, 5432 if engine.name == "postgres" else 3306, engine.user, "shop")
        deadline = time.monotonic() + 120
        while container.exec_run(["sh", "-c", engine.load.replace("$STATEMENTS", "SELECT 1;")])[0]:
            assert time.monotonic() < deadline, container.logs().decode()[-2000:]
            time.sleep(1)
        time.sleep(2)  # the first start restarts the server once its database is made
        code, output = container.exec_run(["sh", "-c", engine.load], environment={"STATEMENTS": engine.statements})
        assert code == 0, output.decode()
        code, dump = container.exec_run(["sh", "-c", engine.dump])
        assert code == 0, dump.decode()
        yield Running(engine, address, dump)
    finally:
        container.remove(force=True, v=True)


def shown(schema: Schema) -> dict[str, object]:
    """What assessments look at; the order of indexes and of keys, and lengths of types that have no length that matters, are free."""
    return {
        f"{table.schema}|{table.name}": {
            "columns": [
                (
                    c.name,
                    c.type,
                    c.length if c.scale is not None or "char" in c.type else None,
                    c.nullable,
                    sorted(c.marks),
                )
                for c in table.columns.values()
            ],
            "key": table.primary_key,
            "indexes": sorted((i.name, i.columns, i.unique, i.kind, i.expression) for i in table.indexes),
            "foreign keys": sorted((f.columns, f.references, f.cascades) for f in table.foreign_keys),
            "triggers": sorted(table.triggers),
            "marks": sorted(table.marks),
            "engine": table.engine,
        }
        for table in sorted(schema, key=str)
    }


def test_the_catalog_says_what_a_dump_says(running: Running) -> None:
    queries = Catalog().live_queries(running.engine.name)
    with connected(running.address, "pw", queries) as server:
        live = read_schema(server, running.engine.name, queries)
        customers = next(table for table in live if table.name == "customers")
        measure(server, queries, customers, [customers.columns["notes"]])
    dumped = read_dump(BytesIO(running.dump), engine=running.engine.name)
    assert shown(live) == shown(dumped) and len(live.tables) >= 3
    assert customers.longest_value == 70_000
    assert live.version and live.settings and not [note for note in live.notes if "encryption" not in note]


def test_assessments_of_a_server_decide_what_a_dump_leaves_open(running: Running) -> None:
    url = f"{running.engine.name}://{running.engine.user}@{running.address.host}/shop"
    outcome = replatform(
        "migrate", "assess", "--database", url, "--longest-values", environment={"REPLATFORM_DATABASE_PASSWORD": "pw"}
    )
    assert outcome.returncode == 1, outcome.stderr
    setting = {"postgres": "wal_level = replica", "mysql": "log_bin = off"}[running.engine.name]
    assert f"at {setting}" in outcome.stdout and "it says: " in outcome.stdout
    assert "undecidable postgres-check-limited-lob-size" not in outcome.stdout


def test_nothing_is_written(running: Running) -> None:
    queries = Catalog().live_queries(running.engine.name)
    with pytest.raises(Exception, match=r"read-only|READ ONLY"), connected(running.address, "pw", queries) as server:
        server.run("CREATE TABLE written (id int)")


def test_a_wrong_password_is_said(running: Running) -> None:
    outcome = replatform(
        "migrate", "assess", "--database", f"{running.engine.name}://{running.engine.user}@{running.address.host}/shop",
        environment={"REPLATFORM_DATABASE_PASSWORD": "wrong"},
    )  # fmt: skip
    assert outcome.returncode == 75 and "lets nobody in" in outcome.stderr and "wrong" not in outcome.stderr
