"""The scripts of blueprints/datastores/users on real servers: a service's user may do what it was given, and nothing else."""

import time
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

import docker
import pytest
from docker.models.containers import Container

from tests.artefacts.plans import COLLECTIONS, DATASTORES
from tests.engine.conftest import require
from toolkit.artefacts.database_users import password_variable, told
from toolkit.plan.model import Plan

pytestmark = pytest.mark.engine
PASSWORD = 'it\'s "50" $HOME\\`x`'  # what breaks out of shells and of SQL where it is not held
TABLES = """
CREATE TABLE accounts (id int); CREATE TABLE {payments} (id int); CREATE TABLE letters (id int);
CREATE VIEW ageing AS SELECT id FROM accounts; INSERT INTO accounts VALUES (7);
"""


@dataclass(frozen=True, slots=True)
class Server:
    """`client` is the command line of the engine's client for a user; it reads a password from `password`."""

    engine: str
    image: str
    environment: dict[str, str]
    administrator: str
    client: str
    password: str
    more: dict[str, str]


POSTGRES = Server(
    "postgres", "postgres:15", {"POSTGRES_PASSWORD": "pw", "POSTGRES_USER": "root", "POSTGRES_DB": "shop"}, "root",
    "psql -h {host} -U {user} -d shop -v ON_ERROR_STOP=1 -qtA", "PGPASSWORD", {"PGSSLMODE": "disable"},
)  # fmt: skip
MARIADB = Server(
    "mariadb", "mariadb:10.11", {"MARIADB_ROOT_PASSWORD": "pw", "MARIADB_DATABASE": "shop"}, "root",
    "mariadb -h {host} -u {user} -N shop", "MYSQL_PWD", {"DATABASE_TLS": "off"},
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Database:
    client: docker.DockerClient
    server: Server
    container: Container
    host: str

    def run(self, command: list[str], environment: dict[str, str]) -> tuple[int, str]:
        """In the image that the task has, as the task does: nobody, with nothing to write to but memory."""
        one = self.client.containers.run(
            self.server.image, command, entrypoint=[], environment=environment | {"TMPDIR": "/dev/shm", "HOME": "/dev/shm"},
            user="65534", read_only=True, detach=True,
        )  # fmt: skip
        try:
            return int(one.wait(timeout=60)["StatusCode"]), one.logs().decode()
        finally:
            one.remove(force=True)

    def ask(self, user: str, statement: str, password: str = PASSWORD) -> tuple[int, str]:
        command = self.server.client.format(host=self.host, user=user)
        return self.run(
            ["sh", "-c", f'printf "%s" "$STATEMENT" | {command}'],
            {"STATEMENT": statement, self.server.password: password},
        )

    def make_users(self, plan: Plan) -> str:
        environment = {name: value for name, (value, _) in told(plan).items()}
        environment |= {password_variable(service): PASSWORD for service in plan.database_users} | self.server.more
        environment |= {
            "DATABASE_ENGINE": self.server.engine, "DATABASE_HOST": self.host, "DATABASE_NAME": "shop",
            "DATABASE_PORT": str(DATASTORES[self.server.engine].port),
            "MASTER_USERNAME": self.server.administrator, "MASTER_PASSWORD": "pw",
        }  # fmt: skip
        code, output = self.run(["sh", "-euc", DATASTORES[self.server.engine].users], environment)
        assert code == 0, output
        assert PASSWORD not in output
        return output


@pytest.fixture(scope="module", params=[POSTGRES, MARIADB], ids=lambda one: one.engine)
def database(request: pytest.FixtureRequest, client: docker.DockerClient) -> Iterator[Database]:
    server: Server = request.param
    require(client, server.image)
    container = client.containers.run(
        server.image, name=f"replatform-test-{uuid4().hex[:8]}", environment=server.environment, detach=True
    )
    try:
        container.reload()
        networks = container.attrs["NetworkSettings"]["Networks"]
        one = Database(client, server, container, next(iter(networks.values()))["IPAddress"])
        deadline = time.monotonic() + 120
        while one.ask("root", "SELECT 1", "pw")[0]:
            assert time.monotonic() < deadline, container.logs().decode()[-2000:]
            time.sleep(1)
        tables = TABLES.format(payments='"Payments"' if server.engine == "postgres" else "Payments")
        code, output = one.ask("root", tables, "pw")
        assert code == 0, output
        yield one
    finally:
        container.remove(force=True, v=True)


def with_users(**users: dict[str, list[str]]) -> Plan:
    """An application whose services are these."""
    service = {"kind": "worker", "image": "app", "command": ["run"]}
    services = {name: service | {"database_user": user} for name, user in users.items()}
    tree = COLLECTIONS.model_dump(exclude_none=True) | {
        "application": "shop",
        "services": services,
        "release": None,
        "migration": None,
    }
    return Plan.model_validate(tree)


def test_a_service_may_use_its_tables_and_no_others(database: Database) -> None:
    plan = with_users(
        pay={"writes": ["payments"], "reads": ["accounts"]}, reports={"reads": ["ageing"]}, web={"writes": ["*"]}
    )
    for _ in range(2):  # running it twice does no harm
        database.make_users(plan)
    payments = '"Payments"' if database.server.engine == "postgres" else "Payments"
    allowed = [
        ("shop__pay", f"INSERT INTO {payments} VALUES (1); UPDATE {payments} SET id = 2; DELETE FROM {payments}"),
        ("shop__pay", "SELECT id FROM accounts"), ("shop__reports", "SELECT id FROM ageing"),
        ("shop__web", "INSERT INTO letters VALUES (1)"), ("shop__web", "SELECT id FROM accounts"),
    ]  # fmt: skip
    for user, statement in allowed:
        code, output = database.ask(user, statement)
        assert code == 0, f"{user}: {statement}: {output}"
    forbidden = [
        ("shop__pay", "INSERT INTO accounts VALUES (1)"), ("shop__pay", "SELECT id FROM letters"),
        ("shop__reports", "SELECT id FROM accounts"), ("shop__reports", f"SELECT id FROM {payments}"),
        ("shop__web", "DROP TABLE letters"), ("shop__web", "ALTER TABLE letters ADD note int"),
    ]  # fmt: skip
    for user, statement in forbidden:
        code, output = database.ask(user, statement)
        assert code and ("denied" in output or "must be owner" in output), f"{user}: {statement}: {output}"


def test_what_the_plan_no_longer_gives_is_taken_away(database: Database) -> None:
    database.make_users(with_users(web={"writes": ["*"]}))
    assert database.ask("shop__web", "SELECT id FROM letters")[0] == 0
    database.make_users(with_users(web={"reads": ["accounts"]}))
    assert database.ask("shop__web", "SELECT id FROM accounts")[0] == 0
    for statement in ("SELECT id FROM letters", "INSERT INTO accounts VALUES (8)"):
        code, output = database.ask("shop__web", statement)
        assert code and "denied" in output


def test_a_table_that_is_not_there_yet_is_told_and_no_failure(database: Database) -> None:
    output = database.make_users(with_users(web={"reads": ["accounts", "orders"]}))
    assert "shop__web: there is no table orders yet" in output and "table accounts" not in output
