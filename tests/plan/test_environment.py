"""Which variables the application gets, and with which values."""

from pathlib import Path

from toolkit.catalog.catalog import Catalog

from .from_files import FLASK_APP, converted


def test_only_developers_look_into_a_running_application(tmp_path: Path, catalog: Catalog) -> None:
    files = {"app.py": FLASK_APP, "requirements.txt": "Flask==3.0.0\n"}
    files[".env.example"] = "SHOP_DEBUG=True\nDEBUG_LEVEL=1\nMAIL_DEBUG=maybe\nSHOP_ENV=local\nMAIL_ENV=dev\n"
    made = converted(tmp_path, files, catalog)
    variables = made.plan.environment
    assert variables["SHOP_DEBUG"].values == {"development": "True", "test": "False", "production": "False"}
    assert (variables["DEBUG_LEVEL"].value, variables["MAIL_DEBUG"].value) == ("1", "maybe")
    assert variables["SHOP_ENV"].values == {"development": "local", "test": "production", "production": "production"}
    assert variables["MAIL_ENV"].value == "dev"
    assert "RP040" not in made.codes  # which tells of values that should differ


def test_the_database_of_tests_is_not_the_applications(tmp_path: Path, catalog: Catalog) -> None:
    config = (
        "import os\nclass Production:\n    SQLALCHEMY_DATABASE_URI = os.environ['DATABASE_URL']\n"
        "class Testing:\n    SQLALCHEMY_DATABASE_URI = os.environ.get('TEST_DATABASE_URL') or 'sqlite://'\n"
        "PAY_TEST_KEY = os.environ['PAY_TEST_KEY']\n"
    )
    files = {"app.py": FLASK_APP, "config.py": config, "requirements.txt": "Flask==3.0.0\npsycopg2-binary==2.9.9\n"}
    variables = converted(tmp_path, files, catalog).plan.environment
    assert (variables["DATABASE_URL"].reference or "").startswith("postgresql://")
    assert "TEST_DATABASE_URL" not in variables and variables["PAY_TEST_KEY"].secret


def test_what_builders_are_told_is_no_variable_of_the_application(tmp_path: Path, catalog: Catalog) -> None:
    files = {"app.py": FLASK_APP, "requirements.txt": "Flask==3.0.0\n"}
    files[".env.example"] = "DOCKER_DB_MAPPED_PORT=13306\nDISABLE_COLLECTSTATIC=1\nTITLE=Shop\n"
    variables = converted(tmp_path, files, catalog).plan.environment
    assert variables["TITLE"].value == "Shop"
    assert not {"DOCKER_DB_MAPPED_PORT", "DISABLE_COLLECTSTATIC"} & set(variables)


def test_a_variable_that_names_another_engine_is_not_the_datastores(tmp_path: Path, catalog: Catalog) -> None:
    files = {"app.py": FLASK_APP, "requirements.txt": "Flask==3.0.0\npika==1.3.2\nredis==5.0.0\n"}
    files[".env.example"] = (
        "RABBITMQ_URL=amqp://guest@localhost\nBROKER_REDIS_DATABASE=1\nREDIS_URL=redis://localhost\n"
    )
    made = converted(tmp_path, files, catalog)
    assert made.plan.datastores["broker"].engine == "rabbitmq"
    assert made.plan.environment["BROKER_REDIS_DATABASE"].value == "1"


def test_a_sample_fits_what_was_chosen(tmp_path: Path, catalog: Catalog) -> None:
    files = {"app.py": FLASK_APP, "requirements.txt": "Flask==3.0.0\npsycopg2-binary==2.9.9\n"}
    files[".env.example"] = "SHOP_DATABASE_DRIVER=sqlite3\nSHOP_SERVER_ADDR=:9100\nSHOP_USER=username\n"
    made = converted(tmp_path, files | {"Procfile": "web: gunicorn app:app --bind :8000\n"}, catalog)
    variables = made.plan.environment
    assert variables["SHOP_DATABASE_DRIVER"].value == "postgres"
    assert variables["SHOP_SERVER_ADDR"].value == f":{made.plan.services['web'].port}"
    assert not variables["SHOP_USER"].value


ASYNCHRONOUS = """import os
from fastapi import FastAPI
from sqlalchemy.ext.asyncio import create_async_engine
WRITER = os.getenv("WRITER_DB_URL", "mysql+aiomysql://shop:pass@localhost:3306/shop")
RESULTS = os.getenv("RESULTS_KEPT_IN", "redis://:pass@localhost:6379/2")
PREFIX = os.getenv("DB_PREFIX", "mysql+aiomysql://")
engine = create_async_engine(WRITER)
app = FastAPI()
"""


def test_an_address_of_a_datastore_is_bound_to_it_whatever_its_name(tmp_path: Path, catalog: Catalog) -> None:
    """And with the scheme of the driver that the code asks for, of those that are there."""
    lists = "fastapi\nsqlalchemy\npymysql\naiomysql\nredis\n"
    plan = converted(tmp_path, {"requirements.txt": lists, "app.py": ASYNCHRONOUS}, catalog).plan
    assert (plan.environment["WRITER_DB_URL"].reference or "").startswith("mysql+aiomysql://{database.username}:")
    assert "DB_PREFIX" not in plan.environment  # no address, but what one begins with
    assert plan.environment["RESULTS_KEPT_IN"].reference == "{cache.scheme}://{cache.host}:{cache.port}/2"
    alone = converted(
        tmp_path / "alone", {"requirements.txt": lists.replace("aiomysql\n", ""), "app.py": ASYNCHRONOUS}, catalog
    ).plan
    assert (alone.environment["WRITER_DB_URL"].reference or "").startswith("mysql+pymysql://")


def test_what_a_sample_has_for_developers_is_theirs(tmp_path: Path, catalog: Catalog) -> None:
    sample = """ALLOWED_HOSTS=localhost,127.0.0.1
SHOP_LOG_LEVEL=DEBUG
JWT_EXPIRATION_TIME=3600
BUCKET=bucket_name_here
DB_CLIENT=sqlite3
DB_CONNECTION=postgres://me:pass@localhost/shop
DATABASE_URL_TEST=postgres://me:pass@localhost/test
TEST_USER=robot
NPM_CONFIG_PRODUCTION=false
"""
    files = {"app.py": FLASK_APP, "requirements.txt": "flask==3.0.0\npsycopg2==2.9.9\n", ".env.example": sample}
    made = converted(tmp_path, files, catalog).plan.environment
    assert made["ALLOWED_HOSTS"].values == {"development": "localhost,127.0.0.1", "test": "*", "production": "*"}
    assert made["SHOP_LOG_LEVEL"].values == {"development": "DEBUG", "test": "INFO", "production": "INFO"}
    assert made["JWT_EXPIRATION_TIME"].value == "3600" and made["DB_CLIENT"].value == "pg"
    assert made["BUCKET"].value == ""
    assert not {"DATABASE_URL_TEST", "TEST_USER", "NPM_CONFIG_PRODUCTION"} & set(made)


def test_an_address_of_this_host_with_a_port_is_for_all_in_a_container(tmp_path: Path, catalog: Catalog) -> None:
    code = (
        'package main\nimport "net/http"\nfunc main() {\n\tfor range os.Environ() {\n\t\tswitch key {\n'
        '\t\tcase "LISTEN_ADDR":\n\t\t\taddr = parse(value, "127.0.0.1:8585")\n\t\t}\n\t}\n\thttp.ListenAndServe(addr, nil)\n}\n'
    )
    made = converted(tmp_path, {"go.mod": "module example.com/shop\ngo 1.21\n", "main.go": code}, catalog)
    assert made.plan.environment["LISTEN_ADDR"].value == f"0.0.0.0:{made.plan.services['web'].port}"
    assert made.image.environment["LISTEN_ADDR"] == "0.0.0.0:{port}"
