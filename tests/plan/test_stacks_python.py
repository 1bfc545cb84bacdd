"""Python applications, from their files to their Dockerfiles: what they are, their settings, and the folders they write to."""

from pathlib import Path

from tests.plan.from_files import DJANGO_MANAGE, DJANGO_WSGI, FLASK_APP, MONITOR, converted
from toolkit.catalog.catalog import Catalog


def test_the_build_has_the_settings_module_that_the_code_leaves_open(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "manage.py": "from django.core.management import execute_from_command_line\n",
        "requirements.txt": "Django==2.2\n",
        "shop/wsgi.py": DJANGO_WSGI,
        "shop/settings/base.py": "INSTALLED_APPS = []\nSTATIC_ROOT = 'collected'\n",
        # The operators write shop/settings/production.py themselves, so the image's build cannot rely on it.
        "README.md": "# Shop\n\n## Deployment\n\n    export DJANGO_SETTINGS_MODULE=shop.settings.production\n",
    }
    found = converted(tmp_path, files, catalog)
    assert found.image.build_environment["DJANGO_SETTINGS_MODULE"] == "shop.settings.base"
    assert found.plan.environment["DJANGO_SETTINGS_MODULE"].values["production"] == "shop.settings.production"


def test_a_task_runner_s_task_of_the_same_name_does_not_collect_static_files_again(
    tmp_path: Path, catalog: Catalog
) -> None:
    files = {
        "manage.py": "",
        "requirements.txt": "Django==2.2\n",
        "shop/settings.py": "INSTALLED_APPS = []\nSTATIC_ROOT = 'static'\n",
        "shop/wsgi.py": DJANGO_WSGI,
        "static/staticfiles.json": "{}",
        "README.md": "# Shop\n\n## Deployment\n\nBuild the assets:\n\n    gulp collectstatic\n",
    }
    assert converted(tmp_path / "gulp", files, catalog).image.build == ()
    files["README.md"] = files["README.md"].replace("gulp", "./manage.py")
    collected = ("python", "manage.py", "collectstatic", "--noinput")
    assert converted(tmp_path / "django", files, catalog).image.build == (collected,)


def test_its_own_folder_of_state_belongs_to_the_application(tmp_path: Path, catalog: Catalog) -> None:
    code = 'STORE = "/var/lib/monitor/events"\nPACKAGES = "/var/lib/dpkg/status"\nINDEX = {"index": "/srv/monitor/index"}\n'
    found = converted(tmp_path, MONITOR | {"monitor/config.py": code}, catalog)
    assert found.image.writable == ("/var/lib/monitor", "/srv/monitor")


SPLIT = {
    "requirements/base.txt": "Django==4.1\n",
    "requirements/production.txt": "-r base.txt\ngunicorn==20.1.0\n",
    "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings.local')\n",
    "shop/wsgi.py": (
        "import os\nfrom django.core.wsgi import get_wsgi_application\n"
        "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings.production')\n"
        "application = get_wsgi_application()\n"
    ),
    "shop/settings/production.py": "INSTALLED_APPS = []\nSTATIC_ROOT = 'static-files'\n",
}


def test_release_steps_and_build_have_the_settings_of_the_server(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path / "split", SPLIT, catalog)
    assert made.image.environment == {"DJANGO_SETTINGS_MODULE": "shop.settings.production"}
    assert "RUN DJANGO_SETTINGS_MODULE=shop.settings.production python manage.py collectstatic" in made.dockerfile
    assert "    DJANGO_SETTINGS_MODULE=shop.settings.production\n" in made.dockerfile
    same = SPLIT | {"manage.py": SPLIT["manage.py"].replace("local", "production")}
    assert converted(tmp_path / "same", same, catalog).image.environment == {}
    told = "# Shop\n\n## Deployment\n\n```\nexport DJANGO_SETTINGS_MODULE=shop.settings.site\n```\n"
    assert converted(tmp_path / "told", SPLIT | {"README.md": told}, catalog).image.environment == {}
    of_developers = {"README.md": told.replace("Deployment", "Development").replace("site", "local")}
    made = converted(tmp_path / "developers", SPLIT | of_developers, catalog)
    assert made.image.environment == {"DJANGO_SETTINGS_MODULE": "shop.settings.production"}


def test_an_empty_package_is_not_the_settings(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "Django==2.2.14\n",
        "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings.development')\n",
        "shop/wsgi.py": "import os\nfrom django.core.wsgi import get_wsgi_application\n"
        "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\napplication = get_wsgi_application()\n",
        "shop/settings/__init__.py": "",
        "shop/settings/development.py": "INSTALLED_APPS = []\nALLOWED_HOSTS = ['*']\n",
    }
    made = converted(tmp_path, files, catalog)
    assert made.image.environment["DJANGO_SETTINGS_MODULE"] == "shop.settings.development"


def test_folders_that_libraries_and_names_say_are_written_to(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "flask==2.0.1\nflask-assets==2.0\nflask-session==0.4.0\n",
        "shop/__init__.py": FLASK_APP,
        "shop/static/src/page.less": "",
        "data/products.json": "[]",
    }
    assert converted(tmp_path / "libraries", files, catalog).image.writable == (
        "/app/shop/static",
        "/app/flask_session",
    )
    writes = "\n\ndef keep(name, text):\n    with open(name, 'w') as kept:\n        kept.write(text)\n"
    plain = files | {"requirements.txt": "flask==2.0.1\n", "shop/keep.py": writes}
    assert converted(tmp_path / "plain", plain, catalog).image.writable == ("/app/data", "/app")
    tested = files | {"requirements.txt": "flask==2.0.1\n", "shop/tests.py": writes}
    assert converted(tmp_path / "tested", tested, catalog).image.writable == ()
    kept = plain | {"data/products.json": "", "dev/data/backups/.gitkeep": ""}
    assert "/app/dev/data" in converted(tmp_path / "kept", kept, catalog).image.writable


def test_pages_that_webpack_builds_for_a_python_application(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "setup.py": "from setuptools import setup\nsetup(name='shop', install_requires=['werkzeug>=1'], "
        "entry_points={'console_scripts': ['shop = shop:main']})\n",
        "shop/__init__.py": "",
        "package.json": '{"scripts": {"build": "webpack"}, "devDependencies": {"webpack": "^5.89.0"}}',
    }
    made = converted(tmp_path, files, catalog)
    assert made.image.stack == "python-wsgi" and 'CMD ["shop"]' in made.dockerfile


def test_pages_inside_a_package_of_python_are_no_application(tmp_path: Path, catalog: Catalog) -> None:
    pages = (
        '{"scripts": {"build": "react-scripts build"}, "dependencies": {"react": "^16.4.0", "react-scripts": "1.1.5"}}'
    )
    files = MONITOR | {"monitor/admin/__init__.py": "", "monitor/admin/package.json": pages}
    found = converted(tmp_path, files, catalog)
    assert [image.stack for image in found.plan.images.values()] == ["python-wsgi"]


def test_pages_below_a_package_in_another_folder_are_no_application(tmp_path: Path, catalog: Catalog) -> None:
    pages = '{"scripts": {"build": "vite build"}, "devDependencies": {"vite": "^5.0.0"}}'
    files = {
        "requirements.txt": "flask==3.0\n",
        "src/shop/__init__.py": FLASK_APP,
    }
    found = converted(tmp_path, files | {"src/shop/pages/package.json": pages}, catalog)
    assert [image.stack for image in found.plan.images.values()] == ["python-flask"]


def test_the_start_s_folder_is_the_application_s_and_what_lies_in_it_is_not(tmp_path: Path, catalog: Catalog) -> None:
    settings = "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3', 'NAME': 'db.sqlite3'}}\n"
    files = {
        "requirements.txt": "django==4.2\n",
        "src/manage.py": DJANGO_MANAGE,
        "src/shop/__init__.py": "",
        "src/shop/settings.py": settings,
        "src/shop/wsgi.py": DJANGO_WSGI,
    }
    dockerfile = converted(tmp_path / "sqlite", files, catalog).dockerfile
    assert "chown 10001:10001 /app/src " in dockerfile and "chown -R" not in dockerfile
    remark = {"src/shop/settings.py": "DATABASES = {'default': {'ENGINE': ''}}  # or 'sqlite3'\n"}
    assert "/app/src " not in converted(tmp_path / "remark", files | remark, catalog).dockerfile


def test_tables_of_django_applications_without_migrations_are_made(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "manage.py": DJANGO_MANAGE,
        "requirements.txt": "Django==2.2.28\n",
        "shop/settings.py": "INSTALLED_APPS = ['blog']\nSTATIC_URL = '/static/'\n",
        "shop/wsgi.py": DJANGO_WSGI,
        "blog/models.py": "from django.db import models\nclass Article(models.Model):\n    pass\n",
        "README.md": "# Shop\n\n## Installation\n\n    python manage.py makemigrations blog\n    python manage.py migrate\n",
    }
    made = converted(tmp_path / "without", files, catalog)
    assert made.plan.release is not None
    assert made.plan.release.commands == (("python", "manage.py", "migrate", "--run-syncdb"),)
    assert "/app/blog/migrations" in made.image.writable  # for those who run makemigrations as the README says
    assert "RP090" in made.codes
    abstract = files["blog/models.py"] + "    class Meta:\n        abstract = True\n"
    base = converted(tmp_path / "abstract", files | {"blog/models.py": abstract}, catalog)
    assert "RP090" not in base.codes and base.plan.release
    assert base.plan.release.commands == (("python", "manage.py", "migrate"),)
    migrated = converted(tmp_path / "with", files | {"blog/migrations/0001_initial.py": ""}, catalog)
    assert migrated.plan.release is not None
    assert migrated.plan.release.commands == (("python", "manage.py", "migrate"),)
    assert "RP090" not in migrated.codes


def test_the_folder_of_a_file_based_cache_belongs_to_the_application(tmp_path: Path, catalog: Catalog) -> None:
    cache = "{'BACKEND': 'django.core.cache.backends.filebased.FileBasedCache', 'LOCATION': os.path.join(os.path.dirname(BASE_DIR), 'cache')}"
    files = {
        "manage.py": DJANGO_MANAGE,
        "requirements.txt": "Django==2.1.5\n",
        "shop/settings.py": "import os\nBASE_DIR = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))\n"
        f"INSTALLED_APPS = []\nSTATIC_URL = '/static/'\nCACHES = {{'default': {cache}}}\n",
    }
    assert "/cache" in converted(tmp_path, files, catalog).image.writable


def test_what_other_programs_keep_in_a_home_is_not_made(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "flask==3.0.3\n",
        "app.py": "import os\nfrom flask import Flask\napp = Flask(__name__)\nRPC, DATA = os.environ['RPC'], os.environ['DATA']\n",
        ".env.example": "RPC=/home/bob/.lightning/rpc\nDATA=/home/shop/data\n",
    }
    assert converted(tmp_path, files, catalog).image.writable == ("/home/shop/data",)


def test_settings_of_production_are_used_where_the_code_names_those_of_developers(
    tmp_path: Path, catalog: Catalog
) -> None:
    files = {
        "requirements.txt": "Django==2.1.5\n",
        "manage.py": "import os\nos.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings.dev')\n",
        "shop/settings/__init__.py": "",
        "shop/settings/base.py": "INSTALLED_APPS = []\nSTATIC_URL = '/static/'\n",
        "shop/settings/dev.py": "from .base import *\nINSTALLED_APPS += ['debug_toolbar']\n",
        "shop/wsgi.py": "import os\nfrom django.core.wsgi import get_wsgi_application\n"
        "os.environ.setdefault('DJANGO_SETTINGS_MODULE', 'shop.settings')\napplication = get_wsgi_application()\n",
    }
    of_developers = converted(tmp_path / "dev", files, catalog)
    assert of_developers.image.environment["DJANGO_SETTINGS_MODULE"] == "shop.settings.dev"
    of_production = converted(tmp_path / "prod", files | {"shop/settings/prod.py": "from .base import *\n"}, catalog)
    assert of_production.image.environment["DJANGO_SETTINGS_MODULE"] == "shop.settings.prod"


def test_what_marks_a_schema_as_current_is_no_release_step(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "flask==2.0.3\n",
        "shop/__init__.py": "from flask import Flask\n\ndef create_app():\n    return Flask(__name__)\n",
        "wsgi.py": "from shop import create_app\n\napp = create_app()\n",
    }
    files["README.md"] = (
        "# Shop\n\n## Deployment\n\n    python db_create.py\n    flask db stamp head\n    flask db upgrade\n"
    )
    found = converted(tmp_path, files | {"db_create.py": "import shop\n"}, catalog)
    assert found.plan.release and found.plan.release.commands == (
        ("python", "db_create.py"),
        ("flask", "db", "upgrade"),
    )
    assert "RP052" in found.codes


def test_a_manifest_around_the_folder_that_runs_is_no_second_application(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "shop"\ndependencies = ["fastapi==0.88.0", "uvicorn==0.20.0"]\n',
        "backend/requirements.txt": "fastapi==0.88.0\nuvicorn==0.20.0\n",
        "backend/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
    }
    assert list(converted(tmp_path / "one", files, catalog).plan.services) == ["web"]
    files |= {path.replace("backend", "worker"): text for path, text in files.items() if path.startswith("backend")}
    services = converted(tmp_path / "two", files, catalog).plan.services
    assert [service.command[:2] for service in services.values()] == [("uvicorn", "main:app")] * 2


def test_settings_whose_driver_no_list_installs_are_a_template(tmp_path: Path, catalog: Catalog) -> None:
    """What developers run is what the source can run then."""
    engine = (
        "DATABASES = {'default': {'ENGINE': 'django.db.backends.postgresql_psycopg2'}}\nSTATIC_ROOT = 'static-files'\n"
    )
    files = SPLIT | {
        "shop/settings/__init__.py": "",
        "shop/settings/production.py": engine,
        "shop/settings/local.py": "DATABASES = {'default': {'ENGINE': 'django.db.backends.sqlite3'}}\n",
        "shop/wsgi.py": SPLIT["shop/wsgi.py"].replace("shop.settings.production", "shop.settings"),
    }
    without = converted(tmp_path / "without", files, catalog).image.environment
    assert without == {"DJANGO_SETTINGS_MODULE": "shop.settings.local"}
    listed = files | {"requirements/base.txt": "Django==4.1\npsycopg2==2.9.5\n"}
    having = converted(tmp_path / "having", listed, catalog).image.environment
    assert having == {"DJANGO_SETTINGS_MODULE": "shop.settings.production"}
