"""How the application learns where its datastores are, and that somebody is told where it does not."""

from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog
from toolkit.plan.planning import settled

from .from_files import DJANGO_WSGI, FLASK_APP, converted

POM = """<project><modelVersion>4.0.0</modelVersion><artifactId>shop</artifactId><version>1</version>
<parent><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.3.0</version></parent>
<dependencies>
<dependency><groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency>
<dependency><groupId>com.mysql</groupId><artifactId>mysql-connector-j</artifactId></dependency>
</dependencies></project>
"""
MYSQL = (
    "spring.datasource.url=${MYSQL_URL:jdbc:mysql://localhost/shop}\nspring.datasource.password=${MYSQL_PASS:shop}\n"
)
CODE = {
    "src/main/java/shop/Shop.java": "package shop;\n@SpringBootApplication\npublic class Shop {\n  public static void main(String[] a) {}\n}\n"
}


@pytest.mark.parametrize(
    ("active", "expected"),
    [("", "mysql"), ("spring.profiles.active=h2, spring-data-jpa\n", "spring-data-jpa,mysql")],
)
def test_the_profile_of_the_chosen_database_is_switched_on(
    active: str, expected: str, tmp_path: Path, catalog: Catalog
) -> None:
    files = {
        "pom.xml": POM,
        "src/main/resources/application.properties": "database=h2\n" + active,
        "src/main/resources/application-mysql.properties": MYSQL,
        "src/main/resources/application-postgres.properties": MYSQL.replace("mysql", "postgresql").replace(
            "MYSQL", "PG"
        ),
    }
    made = converted(tmp_path, CODE | files, catalog)
    variables = made.plan.environment
    assert variables["SPRING_PROFILES_ACTIVE"].value == expected
    assert variables["MYSQL_URL"].reference == "jdbc:mysql://{database.host}:{database.port}/{database.name}"
    assert variables["MYSQL_PASS"].reference == "{database.password}"
    assert not any(name.startswith(("PG", "SPRING_DATASOURCE")) for name in variables) and "RP044" not in made.codes


def test_settings_of_the_base_file_need_no_profile(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, CODE | {"pom.xml": POM, "src/main/resources/application.properties": MYSQL}, catalog)
    assert "SPRING_PROFILES_ACTIVE" not in made.plan.environment and "MYSQL_URL" in made.plan.environment


def test_what_the_framework_reads_by_itself_is_set_where_no_variable_is_named(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, CODE | {"pom.xml": POM}, catalog)
    assert made.plan.environment["SPRING_DATASOURCE_URL"].reference == (
        "jdbc:mysql://{database.host}:{database.port}/{database.name}"
    )
    assert made.plan.environment["SPRING_DATASOURCE_PASSWORD"].reference == "{database.password}"
    (decision,) = (made.planned.by_key["environment.SPRING_DATASOURCE_URL"],)
    assert decision.guessed and decision.because == "Spring Boot reads it"


def test_a_datastore_that_no_variable_leads_to_is_said(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "composer.json": '{"require": {"php": "^8.2", "ext-pdo_mysql": "*"}}',
        "index.php": "<?php require 'user/config.php';",
        "README.md": "# Links\n\n## Setup\n\nCopy `user/config-sample.php` to `user/config.php` and edit it. Create a MySQL database.\n",
    }
    made = converted(tmp_path, files, catalog)
    assert "database" in made.plan.datastores
    (finding,) = (finding for finding in made.planned.findings if finding.code == "RP044")
    assert "user/config.php" in finding.message and 'reference: "{database.host}"' in finding.hint


def test_a_database_named_like_a_placeholder_is_none(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\nSet `DB_ENGINE=mysql` and `DB_SCHEMA=myschema`.\n"
    made = converted(tmp_path, CODE | {"pom.xml": POM, "README.md": readme}, catalog)
    assert made.plan.environment["DB_ENGINE"].value == "mysql"


def test_an_address_of_another_engine_is_an_error(tmp_path: Path, catalog: Catalog) -> None:
    planned = converted(tmp_path, CODE | {"pom.xml": POM}, catalog).planned
    store = planned.plan.datastores["database"].model_copy(update={"engine": "postgres"})
    edited = planned.plan.model_copy(update={"datastores": {"database": store}})
    codes = [finding.code for finding in settled(planned, edited, {}).findings]
    assert "RP045" in codes and "RP045" not in {finding.code for finding in settled(planned, planned.plan, {}).findings}


def test_a_list_that_no_image_installs_chooses_no_database(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "manage.py": "",
        "requirements/requirements.txt": "django==4.2\npsycopg2-binary==2.9\ngunicorn==22\n",
        "requirements/import-requirements.txt": "-r requirements.txt\nmysqlclient==2.2\n",
        "shop/wsgi.py": "application = 1\n",
        "shop/settings.py": "DATABASES = {'default': config('DATABASE_URL', default='sqlite://:memory:', cast=db_url)}\n",
        "README.md": "# Import of the base mysql 2.5\n\n# Install\n\n    pip install -r requirements/requirements.txt\n",
    }
    plan = converted(tmp_path, files, catalog).plan
    assert plan.datastores["database"].engine == "postgres"
    assert plan.migration and plan.migration.source_engine == "postgres"


@pytest.mark.parametrize("engine", ["postgresql", "sqlite"])
def test_the_developers_file_in_an_address_is_no_address_of_production(
    engine: str, tmp_path: Path, catalog: Catalog
) -> None:
    files = {
        "requirements.txt": "flask==3.0\npsycopg2==2.9\n",
        "app.py": FLASK_APP,
        ".env.example": f"DATABASE_URL={engine}:///shop\n",
    }
    (url,) = (v for n, v in converted(tmp_path, files, catalog).plan.environment.items() if n == "DATABASE_URL")
    assert url.reference and url.reference.startswith("postgresql://{database.username}")


def test_a_file_that_operators_write_from_a_sample_is_told(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "flask==3.0\n",
        "app.py": FLASK_APP,
        "shop/local_settings.py.sample": "DEBUG = False\n",
        "shop/other.ini.sample": "",
        "shop/other.ini": "",
        ".env.example": "DEBUG=0\n",
        "README.md": "# Install\n\n    cp shop/local_settings.py.sample shop/local_settings.py\n    cp shop/other.ini.sample shop/other.ini\n    cp .env.example .env\n",
    }
    found = [f for f in converted(tmp_path, files, catalog).planned.findings if f.code == "RP058"]
    assert [(f.message.split(":")[0], str(f.evidence[0])) for f in found] == [("shop/local_settings.py", "README.md:3")]


def test_a_file_that_version_control_leaves_out_has_its_sample(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "flask==3.0\n",
        "app.py": FLASK_APP,
        "shop/settings.example.py": "DEBUG = False\n",
        "shop/database-sample.php": "<?php\n",
        "shop/other.ini.dist": "",
        "shop/photo.sample.png": "",
        ".gitignore": "*.pyc\n/shop/settings.py\nphoto.png\n",
        "shop/.gitignore": "database.php\n",
    }
    (found,) = [f for f in converted(tmp_path, files, catalog).planned.findings if f.code == "RP058"]
    assert found.message.split(":")[0] == "shop/database.php, shop/settings.py"
    assert [str(one) for one in found.evidence] == ["shop/.gitignore:1", ".gitignore:2"]


@pytest.mark.parametrize(
    ("drivers", "told", "scheme"),
    [
        ("PyMySQL==1.1.0", 'os.environ["DATABASE_URL"]', "mysql+pymysql"),
        ("PyMySQL==1.1.0\nmysqlclient==2.2.0", 'os.environ["DATABASE_URL"]', "mysql"),
        ("aiomysql==0.2.0", 'os.getenv("DATABASE_URL", f"mysql+aiomysql://a:b@localhost/shop")', "mysql+aiomysql"),
        ("psycopg==3.1.0", 'os.getenv("DATABASE_URL", "postgresql://localhost/shop")', "postgresql+psycopg"),
    ],
)
def test_sqlalchemy_is_told_the_driver_that_is_there(
    drivers: str, told: str, scheme: str, tmp_path: Path, catalog: Catalog
) -> None:
    files = {
        "requirements.txt": f"flask==3.0.3\nsqlalchemy==2.0.30\ngunicorn==23.0.0\n{drivers}\n",
        "app.py": f"import os\nfrom flask import Flask\napp = Flask(__name__)\nurl = {told}\n",
    }
    reference = converted(tmp_path, files, catalog).plan.environment["DATABASE_URL"].reference
    assert reference and reference.split("://")[0] == scheme


def test_the_port_of_the_platform_under_another_name(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "streamlit==1.30.0\n",
        "app.py": "import streamlit\n",
        "Procfile": "web: STREAMLIT_SERVER_PORT=$PORT streamlit run app.py\n",
    }
    plan = converted(tmp_path, files, catalog).plan
    assert plan.environment["STREAMLIT_SERVER_PORT"].value == "8000"


def test_what_a_sample_leaves_to_fill_in_is_no_value(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "flask==3.0.3\nredis==5.0.0\npsycopg2-binary==2.9.9\ngunicorn==23.0.0\n",
        "app.py": FLASK_APP,
        ".env.example": "DB_NAME=fill\nREDIS_IP=fill\nREDIS_URL=redis_url\nSHOP_TITLE=fill in\n",
    }
    plan = converted(tmp_path, files, catalog).plan
    assert plan.environment["REDIS_IP"].reference == "{cache.host}"
    assert plan.environment["REDIS_URL"].reference == "{cache.scheme}://{cache.host}:{cache.port}/0"
    assert plan.datastores["database"].database != "fill" and plan.environment["SHOP_TITLE"].value == ""


@pytest.mark.parametrize("name", ["DBHOST", "DB_HOST", "DATABASE_HOST"])
def test_a_host_in_one_word_is_the_databases(tmp_path: Path, catalog: Catalog, name: str) -> None:
    code = f"import os\nimport psycopg2\nfrom flask import Flask\napp = Flask(__name__)\nhost = os.environ['{name}']\n"
    made = converted(tmp_path, {"requirements.txt": "flask\npsycopg2\n", "app.py": code}, catalog)
    assert made.plan.environment[name].reference == "{database.host}"


def test_a_name_of_another_engine_is_not_this_datastores(tmp_path: Path, catalog: Catalog) -> None:
    settings = (
        "import os\nfrom flask import Flask\nimport psycopg2\nimport redis\napp = Flask(__name__)\n"
        "memory = os.environ.get('MEMCACHED_HOST', 'memcached')\ncache = os.environ.get('REDIS_HOST', 'redis')\n"
        "one = os.environ.get('MYSQL_USER', 'shop')\nother = os.environ.get('POSTGRES_USER', 'shop')\n"
    )
    made = converted(tmp_path, {"requirements.txt": "flask\npsycopg2\nredis\n", "app.py": settings}, catalog)
    assert {name for name, variable in made.plan.environment.items() if variable.reference} == {
        "REDIS_HOST",
        "POSTGRES_USER",
    }
    assert not {"MEMCACHED_HOST", "MYSQL_USER"} & set(made.plan.environment)


def test_a_comment_behind_no_value_is_no_value(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\nCreate a `.env` file:\n\n```\nALGORITHM= # pick one, default HS256\nSHOP_TITLE=Shop\n```\n"
    files = {"requirements.txt": "flask\n", "app.py": FLASK_APP, "README.md": readme}
    environment = converted(tmp_path, files, catalog).plan.environment
    assert "ALGORITHM" not in environment and environment["SHOP_TITLE"].value == "Shop"


@pytest.mark.parametrize(
    ("told", "mode"), [("prod", "prod"), ("production", "production"), ("development", "production")]
)
def test_production_has_the_name_that_the_application_gives_it(
    tmp_path: Path, catalog: Catalog, told: str, mode: str
) -> None:
    files = {"requirements.txt": "flask\n", "app.py": FLASK_APP, "app.json": f'{{"env": {{"FLASK_ENV": "{told}"}}}}\n'}
    assert converted(tmp_path, files, catalog).plan.environment["FLASK_ENV"].value == mode


def test_the_settings_of_production_are_chosen(tmp_path: Path, catalog: Catalog) -> None:
    code = (
        "import os\nfrom flask import Flask\n\n\nclass Development:\n    pass\n\n\nclass Production(Development):\n    pass\n\n\n"
        "config = {'dev': Development, 'prod': Production}\napp = Flask(__name__)\n"
        "app.config.from_object(config[os.getenv('SHOP_CONFIG', 'dev')])\n"
    )
    readme = "# Shop\n\n    export SHOP_CONFIG=dev\n    flask run\n"
    files = {"requirements.txt": "flask\n", "app.py": code}
    for told in ({}, {"README.md": readme}):
        assert (
            converted(tmp_path / str(len(told)), files | told, catalog).plan.environment["SHOP_CONFIG"].value == "prod"
        )


def test_what_a_sample_shows_behind_a_comment_sign_is_not_set(tmp_path: Path, catalog: Catalog) -> None:
    """Though the README lists it; where the code cannot do without it, the example is better than nothing."""
    readme = "# Shop\n\n## Environment variables\n\n| Variable | Meaning |\n|---|---|\n| SHOP_TOR | use Tor |\n| SHOP_LANG | language |\n"
    code = f"{FLASK_APP}import os\nLANGUAGE = os.environ['SHOP_LANG']\n"
    files = {"requirements.txt": "flask==3.0.3\n", "app.py": code, "README.md": readme}
    files[".env.example"] = "#SHOP_TOR=1\n#SHOP_LANG=en\n"
    environment = converted(tmp_path, files, catalog).plan.environment
    assert "SHOP_TOR" not in environment and environment["SHOP_LANG"].value == "en"


def test_what_names_a_class_of_the_framework_is_no_address(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "flask==3.0.3\nredis==5.0.1\n",
        "app.py": "import os\nfrom flask import Flask\napp = Flask(__name__)\n"
        "kind = os.getenv('CACHE_BACKEND', False)\nurl = os.getenv('REDIS_URL')\nresults = os.getenv('CELERY_RESULT_BACKEND')\n",
    }
    environment = converted(tmp_path, files, catalog).plan.environment
    assert "CACHE_BACKEND" not in environment
    assert all("{cache.host}" in (environment[name].reference or "") for name in ("REDIS_URL", "CELERY_RESULT_BACKEND"))


def test_the_engine_is_told_by_the_word_of_the_library(tmp_path: Path, catalog: Catalog) -> None:
    """A sample with MySQL beside the driver of PostgreSQL; what is about a cache is left alone."""
    files = {
        "package.json": '{"dependencies": {"express": "4", "pg": "8", "sequelize": "6"}, "scripts": {"start": "node app.js"}}',
        "app.js": "connect(process.env.SHOP_DB_DIALECT, process.env.SHOP_CACHE_TYPE, process.env.KNEX_CLIENT);\napp.listen(3000);\n",
        ".env.example": "SHOP_DB_DIALECT=mysql\nSHOP_CACHE_TYPE=memcached\nKNEX_CLIENT=mysql2\n",
    }
    environment = converted(tmp_path, files, catalog).plan.environment
    assert [environment[name].value for name in ("SHOP_DB_DIALECT", "KNEX_CLIENT")] == ["postgres", "pg"]
    assert environment["SHOP_CACHE_TYPE"].value != "postgres"


def test_what_djangos_settings_take_for_the_database_is_its_piece_whatever_its_name(
    tmp_path: Path, catalog: Catalog
) -> None:
    files = {
        "requirements.txt": "django==4.2\npsycopg2==2.9.9\n",
        "manage.py": "",
        "shop/wsgi.py": DJANGO_WSGI,
        "shop/settings.py": "import os\nINSTALLED_APPS = []\nDATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql',"
        " 'HOST': os.getenv('SHOP_STORE', 'localhost'), 'USER': os.getenv('SHOP_AS', 'shop')}}\n",
    }
    environment = converted(tmp_path, files, catalog).plan.environment
    assert environment["SHOP_STORE"].reference == "{database.host}"
    assert environment["SHOP_AS"].reference == "{database.username}"


def test_the_name_of_a_class_is_no_host_that_differs_between_environments(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "flask==3.0.3\n",
        "app.py": "import os\nfrom flask import Flask\napp = Flask(__name__)\napp.config.from_object(os.environ['SHOP_MODE'])\n",
        ".env.example": "SHOP_MODE=config.Live\n",
    }
    assert converted(tmp_path, files, catalog).plan.environment["SHOP_MODE"].value == "config.Live"


def test_the_driver_that_only_an_extra_lists_is_installed_for_the_database_that_is_told(
    tmp_path: Path, catalog: Catalog
) -> None:
    files = {
        "setup.cfg": "[metadata]\nname = shop\n[options]\ninstall_requires =\n    flask==2.0.1\n"
        "[options.extras_require]\nproduction =\n    psycopg2-binary==2.8.4\n",
        "setup.py": "from setuptools import setup\nsetup()\n",
        "shop.py": "import os\nfrom flask import Flask\napp = Flask(__name__)\nstore = os.environ['DATABASE_URL']\n",
    }
    told = files | {"README.md": "# Shop\n\n## Configuration\n\n    DATABASE_URL=postgres://shop@db/shop\n"}
    step = ("pip", "install", "--no-cache-dir", "psycopg2-binary==2.8.4")
    assert step in converted(tmp_path / "told", told, catalog).image.install_after_source
    assert step not in converted(tmp_path / "untold", files, catalog).image.install_after_source


def test_a_name_and_a_password_alone_lead_to_no_datastore(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "package.json": '{"dependencies": {"express": "4", "pg": "8"}, "scripts": {"start": "node app.js"}}',
        "app.js": "connect(process.env.DATABASE, process.env.DATABASE_USER);\napp.listen(3000);\n",
    }
    made = converted(tmp_path, files, catalog)
    assert made.plan.environment["DATABASE_USER"].reference == "{database.username}"
    assert "RP044" in made.codes
