"""Which commands a release runs, in which order, and what they are told."""

from pathlib import Path

import pytest

from tests.plan.from_files import DJANGO_WSGI, FLASK_APP, converted
from toolkit.catalog.catalog import Catalog

FLASK = {
    "requirements.txt": "Flask==1.1.4\nFlask-Migrate==2.7.0\n",
    "shop.py": FLASK_APP,
    "migrations/alembic.ini": "[alembic]\n",
}
DJANGO = {
    "manage.py": "from django.core.management import execute_from_command_line\n",
    "requirements.txt": "Django==4.2\n",
    "shop/settings.py": "INSTALLED_APPS = []\n",
    "shop/wsgi.py": DJANGO_WSGI,
    "shop/management/commands/sync_prices.py": "",
}


def test_flask_is_told_which_application_where_it_finds_none_itself(tmp_path: Path, catalog: Catalog) -> None:
    asked = converted(tmp_path / "asked", FLASK, catalog)
    assert asked.plan.release and asked.plan.release.commands == (("flask", "db", "upgrade"),)
    assert asked.image.environment["FLASK_APP"] == "shop.py"
    found = converted(tmp_path / "found", FLASK | {"wsgi.py": "from shop import app\n"}, catalog)
    assert "FLASK_APP" not in found.image.environment
    told = converted(tmp_path / "told", FLASK | {".env.example": "FLASK_APP=shop.py\n"}, catalog)
    assert "FLASK_APP" not in told.image.environment


def test_what_another_document_tells_first_comes_behind_the_migrations(tmp_path: Path, catalog: Catalog) -> None:
    fetch, migrate = ("python", "manage.py", "sync_prices"), ("python", "manage.py", "migrate")
    files = DJANGO | {
        "docs/deployment.md": "# Deployment\n\nThen, once:\n\n    python manage.py sync_prices\n",
        "docs/setup.md": "# Installation\n\nSet up the database:\n\n    python manage.py migrate\n",
        "README.md": "# Shop\n\nSee [deployment](docs/deployment.md) and [installation](docs/setup.md).\n",
    }
    found = converted(tmp_path / "two", files, catalog)
    assert found.plan.release and found.plan.release.commands == (migrate, fetch)
    one = "# Shop\n\n## Deployment\n\nInitialize the database:\n\n    python manage.py sync_prices\n    python manage.py migrate\n"
    told = converted(tmp_path / "one", DJANGO | {"README.md": one}, catalog)
    assert told.plan.release and told.plan.release.commands == (fetch, migrate)


def test_a_script_that_fetches_the_application_is_no_release_step(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "package.json": '{"scripts": {"start": "node server.js", "setup": "git checkout 1.2.0 && npm ci --production",'
        ' "db:migrate": "node migrate.js"}, "dependencies": {"express": "4.17.1", "knex": "0.95.0"}}',
        "migrate.js": "",
        "server.js": "require('express')().listen(3000)\n",
        "README.md": "# Shop\n\n## Production\n\n    npm run setup\n    npm run db:migrate\n    node server.js\n",
    }
    found = converted(tmp_path, files, catalog)
    assert found.plan.release and found.plan.release.commands == (("node", "migrate.js"),)


def test_a_path_to_fill_in_is_no_release_step(tmp_path: Path, catalog: Catalog) -> None:
    one = "# Shop\n\n## Deployment\n\n    python manage.py migrate --settings /path/to/settings.py\n    python manage.py migrate\n"
    found = converted(tmp_path, DJANGO | {"README.md": one}, catalog)
    assert found.plan.release and found.plan.release.commands == (("python", "manage.py", "migrate"),)


def test_django_without_a_database_has_nothing_to_migrate(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "django==3.2.1\n",
        "manage.py": "",
        "shop/settings.py": "INSTALLED_APPS = []\nALLOWED_HOSTS = ['*']\n",
    }
    assert converted(tmp_path / "none", files, catalog).plan.release is None
    files["shop/settings.py"] += "DATABASES = {}\n"
    assert converted(tmp_path / "some", files, catalog).plan.release is not None


def test_migrations_that_others_depend_on_are_made_before(tmp_path: Path, catalog: Catalog) -> None:
    """Of the application with the model of users, and of those beside it that have none either."""
    model = "from django.db import models\nclass {0}(models.Model):\n    pass\n"
    files = {
        "requirements.txt": "django==3.2.1\n",
        "manage.py": "",
        "shop/settings.py": "INSTALLED_APPS = []\nDATABASES = {}\nAUTH_USER_MODEL = 'people.Person'\n",
        "people/models.py": model.format("Person"),
        "orders/models.py": model.format("Order"),
    }
    made = converted(tmp_path, files, catalog)
    assert made.plan.release is not None and made.plan.release.commands == (
        ("python", "manage.py", "makemigrations", "orders", "people"),
        ("python", "manage.py", "migrate", "--noinput"),
    )
    assert "/app/people/migrations" in made.image.writable


def test_a_command_that_deletes_all_tables_is_no_step(tmp_path: Path, catalog: Catalog) -> None:
    command = "import click\n\n\n@app.cli.command()\ndef {0}(drop=False):\n    '''Tables.'''\n{1}    db.create_all()\n"
    readme = "# Shop\n\n## Deployment\n\nCreate the database:\n\n    flask init-db\n\nThen run `gunicorn shop:app`.\n"
    told = {}
    bodies = {
        "always": "    db.drop_all()\n",
        "by another": "    empty()\n",
        "asked": "    if drop:\n        db.drop_all()\n",
    }
    for name, body in bodies.items():
        files = FLASK | {"commands.py": command.format("init_db", body), "README.md": readme}
        files["tables.py"] = "def empty():\n    db.drop_all()\n"
        files.pop("migrations/alembic.ini")
        made = converted(tmp_path / name, files, catalog)
        told[name] = made.plan.release.commands if made.plan.release else ()
        assert ("RP052" in made.codes) is (name != "asked")
    assert told == {"always": (), "by another": (), "asked": (("flask", "init-db"),)}


def test_migrations_are_not_made_where_the_source_has_them(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Deployment\n\nPrepare the database:\n\n    flask db init\n    flask db migrate\n    flask db upgrade\n"
    made = converted(tmp_path / "with", FLASK | {"README.md": readme}, catalog)
    assert made.plan.release and made.plan.release.commands == (("flask", "db", "upgrade"),)
    assert "RP093" not in made.codes
    without = {path: text for path, text in FLASK.items() if not path.startswith("migrations/")}
    made = converted(tmp_path / "without", without | {"README.md": readme}, catalog)
    steps = tuple(("flask", "db", step) for step in ("init", "migrate", "upgrade"))
    assert made.plan.release and made.plan.release.commands == steps
    assert "RP093" in made.codes


def test_a_single_account_is_made_by_hand(tmp_path: Path, catalog: Catalog) -> None:
    readme = (
        "# Shop\n\n## Deployment\n\nPrepare the database:\n\n    flask db upgrade\n    flask user create ann secret\n"
    )
    made = converted(tmp_path, FLASK | {"README.md": readme}, catalog)
    assert made.plan.release and made.plan.release.commands == (("flask", "db", "upgrade"),)


def test_tables_of_knex_come_before_what_a_readme_fills_them_with(tmp_path: Path, catalog: Catalog) -> None:
    scripts = '{"start": "node app.js", "db:load": "knex seed:run", "db:migrate": "knex migrate:latest"}'
    files = {
        "package.json": f'{{"scripts": {scripts}, "dependencies": {{"express": "4.17.0", "knex": "0.19.5"}}}}',
        "app.js": "require('express')().listen(3000);\n",
        "README.md": "# Shop\n\n```\nnpm install\nnpm run db:load\nnpm start\n```\n",
    }
    release = converted(tmp_path, files, catalog).plan.release
    assert release is not None and release.commands == (("knex", "migrate:latest"), ("knex", "seed:run"))


def test_tables_of_one_application_come_with_those_of_all(tmp_path: Path, catalog: Catalog) -> None:
    told = "# Shop\n\n## Deployment\n\n    python manage.py migrate prices\n    python manage.py migrate\n"
    found = converted(tmp_path / "one", DJANGO | {"README.md": told}, catalog)
    assert found.plan.release and found.plan.release.commands == (("python", "manage.py", "migrate"),)
    told = "# Shop\n\n## Deployment\n\n    python manage.py migrate --database shop prices\n"
    found = converted(tmp_path / "other", DJANGO | {"README.md": told}, catalog)
    assert found.plan.release
    assert found.plan.release.commands == (("python", "manage.py", "migrate", "--database", "shop"),)


def test_what_asks_a_person_is_no_release_step(tmp_path: Path, catalog: Catalog) -> None:
    commands = (
        "import click\n@app.cli.command('init-shop')\n@click.option('--owner', prompt=True)\n"
        "@click.option('--title', default='Shop')\ndef init_shop(owner, title): pass\n\n"
        "@app.cli.command()\ndef init_staff():\n    name = input('Who? ')\n"
    )
    readme = "# Shop\n\n## Deployment\n\nInitialize the application:\n\n    flask db upgrade\n    flask {}\n"
    for name, told, asked in (
        ("option", "init-shop", "--owner"),
        ("given", "init-shop --owner ann", ""),
        ("body", "init-staff", "its questions"),
    ):
        files = FLASK | {"commands.py": commands, "README.md": readme.format(told)}
        made = converted(tmp_path / name, files, catalog)
        steps = [("flask", *told.split())] if not asked else []
        assert made.plan.release and list(made.plan.release.commands[1:]) == steps
        assert any(f"asks a person for {asked}" in found.message for found in made.planned.findings) == bool(asked)


def test_settings_that_the_source_has_not_are_named_by_no_release_step(tmp_path: Path, catalog: Catalog) -> None:
    files = FLASK | {
        "alembic.ini": "[alembic]\n",
        "README.md": "# Shop\n\n## Deployment\n\n    alembic -c live.ini upgrade head\n    alembic -c alembic.ini upgrade head\n",
    }
    made = converted(tmp_path / "absent", files, catalog)
    assert made.plan.release and made.plan.release.commands == (("alembic", "-c", "alembic.ini", "upgrade", "head"),)
    assert "RP052" in made.codes


def test_what_fills_tables_comes_behind_what_makes_them(tmp_path: Path, catalog: Catalog) -> None:
    one = (
        "# Shop\n\n## Deployment\n\nInitialize the database:\n\n    python seed_demo.py\n    python manage.py migrate\n"
    )
    told = converted(tmp_path, DJANGO | {"README.md": one, "seed_demo.py": ""}, catalog)
    assert told.plan.release
    assert told.plan.release.commands == (("python", "manage.py", "migrate"), ("python", "seed_demo.py"))


def test_examples_of_a_manual_are_no_commands_of_the_application(tmp_path: Path, catalog: Catalog) -> None:
    manual = "# Manual\n\n## Deployment\n\n    python manage.py sync_prices MyShop\n    celery -A my_module worker\n"
    found = converted(tmp_path / "example", DJANGO | {"README.md": manual}, catalog)
    assert found.plan.release is None
    assert list(found.plan.services) == ["web"]
    own = converted(tmp_path / "own", DJANGO | {"README.md": manual, "MyShop/__init__.py": ""}, catalog)
    assert own.plan.release and ("python", "manage.py", "sync_prices", "MyShop") in own.plan.release.commands


@pytest.mark.parametrize(
    ("program", "writes"),
    [("python db_migrate.py", "migrate -m 'Describe it'"), ("./manage.sh --migration", "migrate")],
)
def test_a_script_of_the_applications_own_takes_back_and_writes_no_migrations(
    program: str, writes: str, tmp_path: Path, catalog: Catalog
) -> None:
    lines = "".join(f"{program} {words}\n" for words in ("upgrade", writes, "downgrade"))
    files = {
        "requirements.txt": "flask==3.0.0\nflask-migrate==4.0.0\n",
        "app.py": FLASK_APP,
        "db_migrate.py": "manager.run()\n",
        "manage.sh": "#!/bin/bash\nflask db $2\n",
        "migrations/env.py": "",
        "README.md": f"# Shop\n\n## Migrations\n\n```\n{lines}```\n",
    }
    made = converted(tmp_path, files, catalog)
    assert made.plan.release and made.plan.release.commands == ((*program.split(), "upgrade"),)


def test_a_script_that_asks_a_server_on_its_host_is_no_release_step(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Deployment\n\nCreate the database:\n\n    ./create_db.sh\n    flask db upgrade\n"
    script = "#!/bin/sh\ncurl -XPUT 'localhost:9200/shop' --data-binary @mapping.yml\n"
    made = converted(tmp_path, FLASK | {"create_db.sh": script, "README.md": readme}, catalog)
    assert made.plan.release and made.plan.release.commands == (("flask", "db", "upgrade"),)
    assert "RP052" in made.codes


def test_what_an_administrator_fills_in_or_hands_on_is_no_release_step(tmp_path: Path, catalog: Catalog) -> None:
    lines = "python manage.py add_site shop.example.com\npython manage.py load_rates --print | psql shop\npython manage.py load_prices | tee out\n"
    readme = f"# Shop\n\nThe data lies in `./db/shop.sqlite3`.\n\n## Migrations\n\n```\n{lines}```\n"
    made = converted(tmp_path, DJANGO | {"README.md": readme}, catalog)
    assert made.plan.release and made.plan.release.commands == (("python", "manage.py", "load_prices"),)
    told = [finding.message for finding in made.planned.findings if finding.code == "RP052"]
    assert ["shop.example.com" in told[0], "input for psql" in told[1]] == [True, True]
