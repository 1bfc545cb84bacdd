"""Python applications, from their files to their Dockerfiles."""

from pathlib import Path

import pytest

from tests.plan.from_files import DJANGO_MANAGE, DJANGO_WSGI, FLASK_APP, converted
from toolkit.catalog.catalog import Catalog
from toolkit.plan.starts.programs import _plain


def test_an_application_that_nothing_tells_how_to_start_is_a_finding(tmp_path: Path, catalog: Catalog) -> None:
    found = converted(tmp_path, {"requirements.txt": "requests==2.32.3\n", "jobs.py": "print()\n"}, catalog)
    assert "RP053" in found.codes
    assert found.plan.services["web"].command == ()


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


MONITOR = {
    "monitor/__main__.py": "def main():\n    serve()\n",
    "setup.py": 'from setuptools import setup\nsetup(entry_points={"console_scripts": ["monitor=monitor.__main__:main"]})\n',
}


def test_a_program_that_only_its_installation_makes_starts_it(tmp_path: Path, catalog: Catalog) -> None:
    alone = converted(tmp_path / "alone", MONITOR, catalog)
    assert alone.plan.services["web"].command == ("monitor",)
    assert alone.image.install_after_source == (("pip", "install", "--no-cache-dir", "."),)
    pinned = converted(tmp_path / "pinned", MONITOR | {"requirements.txt": "tornado==6.1\n"}, catalog)
    assert pinned.image.install == (("pip", "install", "--no-cache-dir", "--requirement", "requirements.txt"),)
    assert pinned.image.install_after_source == (("pip", "install", "--no-cache-dir", "--no-deps", "."),)
    setup = MONITOR["setup.py"].replace("setup(", 'setup(install_requires=["Tornado>=5", "js.deform"], ', 1)
    beside = MONITOR | {"setup.py": setup, "requirements.txt": "tornado==6.1\n"}
    more = converted(tmp_path / "more", beside, catalog)
    assert more.image.install_after_source == (("pip", "install", "--no-cache-dir", "."),)
    listed = converted(tmp_path / "listed", MONITOR | {"requirements.txt": "tornado==6.1\n-e .[all]  # it\n"}, catalog)
    assert listed.image.install_after_source == pinned.image.install


def test_a_script_of_pipenv_is_no_program_on_the_path(tmp_path: Path, catalog: Catalog) -> None:
    files = {"Pipfile": '[packages]\ntornado = "*"\n[scripts]\nlint = "flake8 shop"\n', "jobs.py": ""}
    assert converted(tmp_path, files, catalog).plan.services["web"].command == ()


def test_the_operators_options_of_its_own_program_are_kept(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Monitor\n\n## Production\n\nStart it on the server:\n\n    monitor --max-tasks 5000\n"
    found = converted(tmp_path, MONITOR | {"requirements.txt": "tornado==6.1\n", "README.md": readme}, catalog)
    assert found.plan.services["web"].command == ("monitor", "--max-tasks", "5000")
    assert found.image.install_after_source


def test_a_wsgi_function_needs_no_library(tmp_path: Path, catalog: Catalog) -> None:
    files = MONITOR | {"monitor/__init__.py": "def application(environ, start_response):\n    return []\n"}
    found = converted(tmp_path, files, catalog)
    assert found.plan.services["web"].command == ("gunicorn", "monitor:application", "--bind", "0.0.0.0:{port}")
    assert ("pip", "install", "--no-cache-dir", "gunicorn==23.0.0") in found.image.install_after_source


def test_lists_that_a_setup_script_reads_are_dependencies(tmp_path: Path, catalog: Catalog) -> None:
    setup = MONITOR["setup.py"].replace(
        "setup(", 'setup(install_requires=open("requirements/default.txt").readlines(), '
    )
    setup = setup.replace("setup(", 'setup(classifiers=["Programming Language :: Python :: 3.7"], ', 1)
    files = MONITOR | {"setup.py": setup, "requirements/default.txt": "celery>=4.3\n", "requirements/dev.txt": "mock\n"}
    found = converted(tmp_path, files, catalog)
    # Celery's last release for Python 3.7 does not run with what importlib-metadata is today.
    assert found.image.constraints == ("importlib-metadata<5",)


def test_its_own_folder_of_state_belongs_to_the_application(tmp_path: Path, catalog: Catalog) -> None:
    code = 'STORE = "/var/lib/monitor/events"\nPACKAGES = "/var/lib/dpkg/status"\n'
    found = converted(tmp_path, MONITOR | {"monitor/config.py": code}, catalog)
    assert found.image.writable == ("/var/lib/monitor",)


OLD_FLASK = "from werkzeug.contrib.fixers import ProxyFix\nfrom flask import Flask\napp = Flask(__name__)\n"


def test_what_the_code_imports_tells_how_old_its_libraries_are(tmp_path: Path, catalog: Catalog) -> None:
    found = converted(tmp_path, {"requirements.txt": "Flask\n", "app.py": OLD_FLASK}, catalog)
    # The rest follows from Flask 1, and so does the version of Python.
    assert {"Flask<2", "Werkzeug<1", "Jinja2<3.1", "MarkupSafe<2.1"} <= set(found.image.constraints)
    assert found.image.version == "3.7"
    decision = found.planned.by_key["images.app.constraints"]
    assert "app.py" in {place.path for place in decision.evidence}


def test_a_pin_and_a_second_way_to_import_it_are_left_alone(tmp_path: Path, catalog: Catalog) -> None:
    pinned = {"requirements.txt": "Flask==2.0.3\nWerkzeug==2.0.3\n", "app.py": OLD_FLASK}
    assert not converted(tmp_path / "pinned", pinned, catalog).image.constraints
    either = "try:\n    from flask import Markup\nexcept ImportError:\n    from markupsafe import Markup\n"
    files = {"requirements.txt": "Flask\n", "app.py": either + OLD_FLASK.split("\n", 1)[1]}
    assert not converted(tmp_path / "either", files, catalog).image.constraints


def test_names_in_brackets_over_several_lines_are_found(tmp_path: Path, catalog: Catalog) -> None:
    code = "from flask import (\n    Flask,\n    escape,\n)\napp = Flask(__name__)\n"
    found = converted(tmp_path, {"requirements.txt": "Flask>=2\n", "app.py": code}, catalog)
    assert "Flask<3" in found.image.constraints


def test_an_object_of_the_application_that_is_called_like_a_library_is_none(tmp_path: Path, catalog: Catalog) -> None:
    code = "from celery import Celery\ncelery = Celery('jobs')\n@celery.task\ndef run(): pass\n"
    found = converted(tmp_path, {"requirements.txt": "celery\nFlask\n", "app.py": code}, catalog)
    assert not any(bound.startswith("celery") for bound in found.image.constraints)


def test_the_name_of_a_server_is_no_command(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Board\n\n## Deployment\n\nRun it with this command:\n\n    {}\n"
    files = {"requirements.txt": "Flask==3.0.0\n", "wsgi.py": "from flask import Flask\nboard = Flask(__name__)\n"}
    bare = converted(tmp_path / "bare", files | {"README.md": readme.format("gunicorn")}, catalog)
    assert bare.plan.services["web"].command == ("gunicorn", "wsgi:board", "--bind", "0.0.0.0:{port}")
    told = converted(tmp_path / "told", files | {"README.md": readme.format("gunicorn -c conf.py")}, catalog)
    assert told.plan.services["web"].command[-2:] == ("-c", "conf.py")


def test_a_lock_file_of_uv_is_installed_from_the_configured_index(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "board"\nversion = "1"\ndependencies = ["flask"]\n',
        "uv.lock": 'version = 1\nrequires-python = ">=3.13"\n[[package]]\nname = "flask"\nversion = "3.1.0"\n',
        "wsgi.py": "from flask import Flask\nboard = Flask(__name__)\n",
    }
    exported, installed, *_ = converted(tmp_path, files, catalog).image.install
    assert exported[:2] == ("uv", "export")
    assert installed == ("pip", "install", "--no-cache-dir", "--requirement", exported[-1])


def test_production_does_not_install_the_developers_list(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "-r requirements/production.txt\n",
        "requirements/development.txt": "Flask==3.0.0\nruff\n",
        "requirements/production.txt": "Flask==3.0.0\npsycopg2\n",
        "README.md": "# Board\n\n## Installation\n\n    pip install -r requirements/development.txt\n",
        "wsgi.py": "from flask import Flask\nboard = Flask(__name__)\n",
    }
    image = converted(tmp_path, files, catalog).image
    assert image.manifest == "requirements.txt"
    assert image.copy_first == ("requirements.txt", "requirements/production.txt")


def test_python_2_is_built_on_a_distribution_that_only_the_archive_has(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Old\n\n## Install\n\n```sh\nsudo apt-get install python2.7 libmysqlclient-dev libjpeg8 libicu57 libssl1.0.0\n```\n"
    files = {"manage.py": "", "requirements.txt": "Django==1.8.1\nMySQL-python==1.2.5\n", "README.md": readme}
    made = converted(tmp_path, files, catalog)
    assert made.image.version == "2.7" and "FROM python:2.7-slim-buster" in made.dockerfile
    # Every list of packages is fetched from there, in both stages.
    updates = made.dockerfile.count("apt-get update")
    assert (
        updates
        == made.dockerfile.count(
            "//archive.debian.org#' -e '/\\(stretch\\|buster\\)-updates/d' /etc/apt/sources.list \\\n    && apt-get update"
        )
        == 1
    )
    # What the README names is Ubuntu's, or another Debian's.
    assert made.image.build_packages == () and made.image.runtime_packages == (
        "libicu63",
        "libjpeg62-turbo",
        "libmariadb3",
    )
    # The check has to run there too.
    assert "http.client" not in made.dockerfile


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


def test_a_command_typed_before_the_server_is_no_process(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "Flask==1.1.2\n",
        "shop.py": FLASK_APP,
        "README.md": "# Shop\n\nGenerate fake data, then run:\n\n```\n$ flask forge\n$ flask run\n```\n",
    }
    assert set(converted(tmp_path, files, catalog).plan.services) == {"web"}


def test_a_driver_that_brings_its_library_needs_no_package(tmp_path: Path, catalog: Catalog) -> None:
    files = {"app.py": FLASK_APP}
    plain = converted(tmp_path / "a", files | {"requirements.txt": "flask==3.0.0\npsycopg==3.2.3\n"}, catalog)
    assert plain.image.runtime_packages == ("libpq5",)
    listed = "flask==3.0.0\npsycopg==3.2.3\npsycopg-binary==3.2.3\n"
    assert converted(tmp_path / "b", files | {"requirements.txt": listed}, catalog).image.runtime_packages == ()


def test_a_server_of_sockets_has_many_threads_or_its_own_worker(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "chat.py": FLASK_APP,
        "requirements.txt": "flask-socketio==5.3.6\n",
    }
    plain = converted(tmp_path / "a", files, catalog).dockerfile
    assert 'CMD ["gunicorn", "--threads", "100", "chat:app", "--bind", "0.0.0.0:8000"]' in plain
    eventlet = files | {"requirements.txt": "flask-socketio==5.3.6\neventlet==0.36.1\n"}
    assert '"--worker-class", "eventlet", "chat:app"' in converted(tmp_path / "b", eventlet, catalog).dockerfile


def test_a_minimum_is_no_exact_version(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "Django==4.2.1\n",
        "manage.py": "",
        "shop/wsgi.py": DJANGO_WSGI,
        "README.md": "# Shop\n\n## Requirements\n\n- Python 3.6 or higher\n",
    }
    assert converted(tmp_path / "a", files, catalog).image.version == "3.11"
    newest = files | {"requirements.txt": "Django>=6.0,<6.1\n"}
    assert converted(tmp_path / "b", newest, catalog).image.version == "3.13"


def test_a_manager_that_reads_a_procfile_is_no_process_beside_its_processes(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "flask==3.0.0\ngunicorn==22.0.0\n",
        "shop.py": FLASK_APP,
        "Procfile": "web: gunicorn shop:app\nworker: python -u shop.py work\n",
        "README.md": "# Shop\n\n## Running the app\n\n```\n$ honcho start -e config.env -f Procfile\n```\n",
    }
    assert set(converted(tmp_path, files, catalog).plan.services) == {"web", "worker"}


def test_a_module_that_is_run_inside_its_package_starts_there(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "fastapi==0.62.0\n",
        "app/__init__.py": "",
        "app/main.py": "from routers import users\nfrom fastapi import FastAPI\napp = FastAPI()\n",
        "app/routers/__init__.py": "",
        "app/routers/users.py": "URL = 'sqlite:///./users.db'\n",
    }
    made = converted(tmp_path, files, catalog)
    assert (made.image.workdir, made.image.writable) == ("app", ("/app/app",))
    assert made.plan.services["web"].command[:2] == ("uvicorn", "main:app")


def test_a_start_that_is_typed_above_the_package_stays_there(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "fastapi==0.62.0\n",
        "Procfile": "web: PYTHONPATH=app uvicorn app.main:app\n",
        "app/__init__.py": "",
        "app/main.py": "from routers import users\nfrom fastapi import FastAPI\napp = FastAPI()\n",
        "app/routers/__init__.py": "",
    }
    made = converted(tmp_path, files, catalog)
    assert made.image.workdir == "" and "app.main:app" in made.plan.services["web"].command


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


def test_a_version_that_git_would_tell_is_given(tmp_path: Path, catalog: Catalog) -> None:
    setup = MONITOR["setup.py"].replace("setup(", "setup(use_scm_version=True, setup_requires=['setuptools_scm'], ", 1)
    made = converted(tmp_path, MONITOR | {"setup.py": setup}, catalog)
    given = ("env", "SETUPTOOLS_SCM_PRETEND_VERSION=0.0.0", "pip", "install", "--no-cache-dir", ".")
    assert made.image.install_after_source[0] == given


def test_what_only_a_setup_script_lists_is_of_the_day_of_the_last_change(tmp_path: Path, catalog: Catalog) -> None:
    setup = MONITOR["setup.py"].replace("setup(", 'setup(install_requires=["tornado"], ', 1)
    files = MONITOR | {"setup.py": setup, "CHANGELOG.md": "## 1.0 - 2021-03-04\n", "runtime.txt": "python-3.9.19\n"}
    made = converted(tmp_path, files, catalog)
    assert made.image.resolved_before == "2021-03-04"
    assert made.image.install_after_source[-1] == (
        "pip",
        "install",
        "--no-cache-dir",
        "--constraint",
        "/opt/of-day.txt",
        ".",
    )


def test_an_object_that_is_called_as_an_application_is_one(tmp_path: Path, catalog: Catalog) -> None:
    code = "class Comments:\n    def __call__(self, environ, start_response):\n        return []\n\n"
    files = {
        "requirements.txt": "werkzeug==1.0.1\n",
        "comments/__init__.py": code + "def make_app(conf):\n    app = Comments(conf)\n    return app\n",
        "comments/run.py": "from comments import make_app\napplication = make_app('x')\n",
        "deploy/nginx.conf": "server { listen 80; root /var/www/comments; }\n",
    }
    made = converted(tmp_path, files, catalog)
    assert made.plan.services["web"].command[:2] == ("gunicorn", "comments.run:application")


TORNADO = {
    "requirements.txt": "tornado==5.1\n",
    "server.py": "import tornado.ioloop\n\nif __name__ == '__main__':\n    app.listen(8888)\n    tornado.ioloop.IOLoop.current().start()\n",
}


def test_what_is_told_for_developers_starts_it_where_nothing_else_does(tmp_path: Path, catalog: Catalog) -> None:
    readme = {"README.md": "# Events\n\n## Run\n\n    python server.py --quiet\n"}
    made = converted(tmp_path, TORNADO | readme, catalog)
    assert made.plan.services["web"].command == ("python", "server.py", "--quiet")
    assert "RP050" in made.codes and "RP053" not in made.codes


def test_a_script_that_serves_starts_it_where_nothing_is_told(tmp_path: Path, catalog: Catalog) -> None:
    assert converted(tmp_path, TORNADO, catalog).plan.services["web"].command == ("python", "server.py")


def test_a_package_that_serves_is_run_as_a_module(tmp_path: Path, catalog: Catalog) -> None:
    main = "from aiohttp import web\n\nfrom shop import app\n\nweb.run_app(app, port=8081)\n"
    files = {"requirements.txt": "aiohttp==3.6.2\n", "shop/__init__.py": "app = object()\n", "shop/__main__.py": main}
    assert converted(tmp_path, files, catalog).plan.services["web"].command == ("python", "-m", "shop")


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
    assert converted(tmp_path / "plain", plain, catalog).image.writable == ("/app/data",)
    kept = plain | {"data/products.json": "", "dev/data/backups/.gitkeep": ""}
    assert "/app/dev/data" in converted(tmp_path / "kept", kept, catalog).image.writable


def test_a_list_that_operators_install_and_that_pins_all_is_as_good_as_a_lock_file(
    tmp_path: Path, catalog: Catalog
) -> None:
    files = {
        "app.py": FLASK_APP,
        "requirements.txt": "flask==1.0.2\nforms==1.2\n",
        "Pipfile": '[packages]\nflask = "*"\nforms = {git = "https://github.com/team/forms.git"}\n',
        "Pipfile.lock": '{"default": {"flask": {"version": "==1.0.2"}}}',
        "README.md": "# Shop\n\n## Installation\n\n```\npip install -r requirements.txt\n```\n",
    }
    made = converted(tmp_path / "pinned", files, catalog)
    assert made.image.package_manager == "pip" and "RP085" not in made.codes
    made = converted(tmp_path / "open", files | {"requirements.txt": "flask\nforms==1.2\n"}, catalog)
    assert made.image.package_manager == "pipenv" and "RP085" in made.codes


def test_pages_that_webpack_builds_for_a_python_application(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "setup.py": "from setuptools import setup\nsetup(name='shop', install_requires=['werkzeug>=1'], "
        "entry_points={'console_scripts': ['shop = shop:main']})\n",
        "shop/__init__.py": "",
        "package.json": '{"scripts": {"build": "webpack"}, "devDependencies": {"webpack": "^5.89.0"}}',
    }
    made = converted(tmp_path, files, catalog)
    assert made.image.stack == "python-wsgi" and 'CMD ["shop"]' in made.dockerfile


TASKS = {
    "requirements.txt": "fastapi==0.63.0\narq==0.19\n",
    "pyproject.toml": '[tool.taskipy.tasks]\nweb = "uvicorn shop.main:app --reload"\n'
    'worker = "arq shop.worker.Settings --watch ./"\nup = "docker-compose up"\n',
    "shop/__init__.py": "",
    "shop/core.py": "from fastapi import FastAPI\napp = FastAPI()\n",
    "shop/main.py": "from shop.core import app\nfrom shop import routes\n",
}


def test_tasks_of_a_task_runner_tell_processes(tmp_path: Path, catalog: Catalog) -> None:
    services = converted(tmp_path, TASKS, catalog).plan.services
    assert services["web"].command == ("uvicorn", "--host", "0.0.0.0", "--port", "{port}", "shop.main:app")
    assert (services["worker"].kind, services["worker"].command) == ("worker", ("arq", "shop.worker.Settings"))
    assert len(services) == 2


def test_a_readme_that_calls_tasks_means_what_they_run(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Development\n\nStart the background worker:\n\n    poetry run task worker\n"
    services = converted(tmp_path, TASKS | {"README.md": readme}, catalog).plan.services
    assert services["worker"].command == ("arq", "shop.worker.Settings")
    assert len(services) == 2


def test_the_command_of_its_program_that_serves_starts_it(tmp_path: Path, catalog: Catalog) -> None:
    serving = (
        "import click\n@click.group()\ndef main(): pass\n@main.command()\ndef http():\n    make_app().listen(8000)\n"
    )
    made = converted(tmp_path, MONITOR | {"monitor/__init__.py": "", "monitor/__main__.py": serving}, catalog)
    assert made.plan.services["web"].command == ("monitor", "http")
    assert made.image.install_after_source == (("pip", "install", "--no-cache-dir", "."),)


def test_a_server_is_told_that_it_is_to_call_a_factory(tmp_path: Path, catalog: Catalog) -> None:
    code = "from fastapi import FastAPI\ndef create_app() -> FastAPI:\n    app = FastAPI()\n    return app\n"
    made = converted(
        tmp_path, {"shop/__init__.py": "", "shop/main.py": code, "requirements.txt": "fastapi\nuvicorn\n"}, catalog
    )
    expected = ("uvicorn", "shop.main:create_app", "--host", "0.0.0.0", "--port", "{port}", "--factory")
    assert made.plan.services["web"].command == expected


def test_an_example_of_another_application_is_no_process(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Monitor\n\n## Usage\n\n    $ monitor --port=5555\n\nOr launch it from celery:\n\n    $ celery monitor -A proj --port=5555\n"
    made = converted(tmp_path, MONITOR | {"README.md": readme}, catalog)
    assert list(made.plan.services) == ["web"] and made.plan.services["web"].port == 5555


def test_the_server_is_of_the_time_of_what_its_workers_use(tmp_path: Path, catalog: Catalog) -> None:
    files = {"app.py": FLASK_APP}
    old = files | {"requirements.txt": "flask==1.0.2\nflask-socketio==3.0.1\neventlet==0.23.0\n"}
    assert ("pip", "install", "--no-cache-dir", "gunicorn==19.9.0") in converted(
        tmp_path / "old", old, catalog
    ).image.install
    new = files | {"requirements.txt": "flask==1.0.2\nflask-socketio==3.0.1\neventlet==0.25.0\n"}
    assert "gunicorn==19.9.0" not in str(converted(tmp_path / "new", new, catalog).image.install)


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


def test_what_migrates_the_database_does_not_serve(tmp_path: Path, catalog: Catalog) -> None:
    code = "from flask import Flask\ndef create_app():\n    return Flask(__name__)\n"
    migrates = "from alembic import context\nfrom shop.app import create_app\napp = create_app()\n"
    files = {
        "requirements.txt": "flask==3.0\nalembic\n",
        "shop/__init__.py": "",
        "shop/app.py": code,
        "db/env.py": migrates,
    }
    assert "shop.app:create_app()" in converted(tmp_path, files, catalog).plan.services["web"].command


def test_a_sentence_about_any_script_starts_nothing(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Start a new project\n\nRun the script to start:\n\n    bin/rename-project shop Shop\n"
    files = {"requirements.txt": "flask==3.0\n", "app.py": FLASK_APP}
    made = converted(tmp_path, files | {"README.md": readme, "bin/rename-project": "#!/bin/sh\n"}, catalog)
    assert made.plan.services["web"].command[0] == "gunicorn"


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


def test_a_server_that_is_added_brings_its_native_libraries(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Production\n\nStart it:\n\n    uwsgi --http :8080 --module app:app\n"
    files = {"requirements.txt": "flask==3.0.3\n", "app.py": FLASK_APP}
    made = converted(tmp_path, files | {"README.md": readme}, catalog)
    assert made.plan.services["web"].command[0] == "uwsgi"
    assert {"libpcre3", "libxml2"} <= set(made.image.runtime_packages)


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
    migrated = converted(tmp_path / "with", files | {"blog/migrations/0001_initial.py": ""}, catalog)
    assert migrated.plan.release is not None
    assert migrated.plan.release.commands == (("python", "manage.py", "migrate"),)
    assert "RP090" not in migrated.codes


def test_geodjango_brings_its_libraries_to_both_stages(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "manage.py": "",
        "requirements.txt": "Django==4.2\npsycopg2==2.9.9\n",
        "shop/settings.py": "ROOT_URLCONF = 'shop.urls'\nINSTALLED_APPS = [\n    'django.contrib.gis',\n]\n",
    }
    image = converted(tmp_path, files, catalog).image
    assert "libgdal-dev" in image.build_packages
    assert "gdal-bin" in image.runtime_packages


def test_a_lock_file_without_what_the_code_imports_gives_way_to_a_pinned_list_with_it(
    tmp_path: Path, catalog: Catalog
) -> None:
    files = {
        "Pipfile": '[packages]\nflask = "*"\n',
        "Pipfile.lock": '{"_meta": {}, "default": {"flask": {"version": "==1.1.2"}}, "develop": {}}',
        "requirements.txt": "flask==1.1.2\necdsa==0.16.0\n",
        "app.py": "from flask import Flask\nfrom ecdsa import VerifyingKey\napp = Flask(__name__)\n",
    }
    assert converted(tmp_path / "forgotten", files, catalog).image.package_manager == "pip"
    unused = files | {"app.py": FLASK_APP}
    assert converted(tmp_path / "unused", unused, catalog).image.package_manager == "pipenv"


def test_the_folder_of_a_file_based_cache_belongs_to_the_application(tmp_path: Path, catalog: Catalog) -> None:
    cache = "{'BACKEND': 'django.core.cache.backends.filebased.FileBasedCache', 'LOCATION': os.path.join(os.path.dirname(BASE_DIR), 'cache')}"
    files = {
        "manage.py": DJANGO_MANAGE,
        "requirements.txt": "Django==2.1.5\n",
        "shop/settings.py": "import os\nBASE_DIR = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))\n"
        f"INSTALLED_APPS = []\nSTATIC_URL = '/static/'\nCACHES = {{'default': {cache}}}\n",
    }
    assert "/cache" in converted(tmp_path, files, catalog).image.writable


def test_a_command_is_the_same_with_and_without_the_folder_where_it_starts() -> None:
    assert _plain(("python", "/app/src/manage.py", "consume"), "src") == ("python", "manage.py", "consume")
    assert _plain(("python", "/app/manage.py", "consume"), "") == _plain(("python", "./manage.py", "consume"), "")


def test_what_other_programs_keep_in_a_home_is_not_made(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "flask==3.0.3\n",
        "app.py": "import os\nfrom flask import Flask\napp = Flask(__name__)\nRPC, DATA = os.environ['RPC'], os.environ['DATA']\n",
        ".env.example": "RPC=/home/bob/.lightning/rpc\nDATA=/home/shop/data\n",
    }
    assert converted(tmp_path, files, catalog).image.writable == ("/home/shop/data",)


def test_a_list_of_requirements_below_is_installed(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "app/requirements/base.txt": "fastapi==0.88.0\nuvicorn==0.20.0\n",
        "app/requirements/development.txt": "-r base.txt\nblack\n",
        "app/server.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        "README.md": "# Shop\n\n## Installation\n\n    cd app/\n    pip install -r requirements/development.txt\n",
    }
    image = converted(tmp_path, files, catalog).image
    assert (image.package_manager, image.manifest) == ("pip", "app/requirements/base.txt")
    assert image.install and image.copy_first == ("app/requirements/base.txt",)


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


SHOP = {
    "requirements.txt": "flask==2.0.3\ngevent==21.12.0\n",
    "shop/__init__.py": "from flask import Flask\n\ndef create_app():\n    return Flask(__name__)\n",
}


def test_a_module_that_is_called_setup_begins_no_application(tmp_path: Path, catalog: Catalog) -> None:
    files = {"requirements.txt": "fastapi==0.109.1\nuvicorn==0.27.0\n"}
    files["shop/core/setup.py"] = "from fastapi import FastAPI\n\ndef create_application():\n    return FastAPI()\n"
    files["shop/main.py"] = "from shop.core.setup import create_application\n\napp = create_application()\n"
    assert list(converted(tmp_path, files, catalog).plan.services) == ["web"]


def test_a_server_that_only_its_host_reaches_is_replaced(tmp_path: Path, catalog: Catalog) -> None:
    serve = "from gevent.pywsgi import WSGIServer\nfrom shop import create_app\n\napp = create_app()\n\n"
    serve += 'if __name__ == "__main__":\n    WSGIServer(("{}", 5000), app).serve_forever()\n'
    here = converted(tmp_path / "here", SHOP | {"WSGI.py": serve.format("localhost")}, catalog)
    assert here.plan.services["web"].command == ("gunicorn", "WSGI:app", "--bind", "0.0.0.0:{port}")
    everywhere = converted(tmp_path / "everywhere", SHOP | {"WSGI.py": serve.format("0.0.0.0")}, catalog)
    assert everywhere.plan.services["web"].command == ("python", "WSGI.py")


def test_one_application_under_two_servers_is_one_service(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "fastapi==0.68.0\nuvicorn==0.13.4\n",
        "app/main.py": "from fastapi import FastAPI\n\napp = FastAPI()\n",
        "Procfile": "web: uvicorn app.main:app --host 0.0.0.0 --port $PORT\n",
        "gunicorn.service": "[Service]\nExecStart=/srv/venv/bin/gunicorn -k uvicorn.workers.UvicornWorker app.main:app\n",
    }
    assert list(converted(tmp_path, files, catalog).plan.services) == ["web"]


def test_a_program_that_imports_no_server_is_a_worker(tmp_path: Path, catalog: Catalog) -> None:
    files = SHOP | {
        "wsgi.py": "from shop import create_app\n\napp = create_app()\n",
        "watcher/__init__.py": "from .files import watch\n",
        "watcher/files.py": "import time\n\ndef watch():\n    time.sleep(1)\n",
        "watcher/__main__.py": "from . import watch\n\nwatch()\n",
        "shop-watcher.service": "[Service]\nExecStart=/usr/bin/env python -m watcher\n",
    }
    services = converted(tmp_path / "watcher", files, catalog).plan.services
    assert {name: service.kind for name, service in services.items()} == {"web": "web", "shop-watcher": "worker"}
    assert services["shop-watcher"].command == ("python", "-m", "watcher")
    # What it imports by another module may serve.
    files["watcher/files.py"] = "from http.server import HTTPServer\n\ndef watch():\n    HTTPServer(('', 80)).run()\n"
    assert converted(tmp_path / "server", files, catalog).plan.services["shop-watcher"].kind == "web"


def test_what_marks_a_schema_as_current_is_no_release_step(tmp_path: Path, catalog: Catalog) -> None:
    files = SHOP | {"wsgi.py": "from shop import create_app\n\napp = create_app()\n"}
    files["README.md"] = (
        "# Shop\n\n## Deployment\n\n    python db_create.py\n    flask db stamp head\n    flask db upgrade\n"
    )
    found = converted(tmp_path, files | {"db_create.py": "import shop\n"}, catalog)
    assert found.plan.release and found.plan.release.commands == (
        ("python", "db_create.py"),
        ("flask", "db", "upgrade"),
    )
    assert "RP052" in found.codes


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("import os\nimport cherrypy\n", True),
        ("from music import server\n", True),
        ("try:\n    import cherrypy\nexcept ImportError:\n    cherrypy = None\n", False),
        ("def start():\n    import cherrypy\n", False),
    ],
)
def test_what_a_setup_script_imports_itself_is_installed_before_it_is_run(
    tmp_path: Path, catalog: Catalog, module: str, imported: bool
) -> None:
    files = {
        "setup.py": "import music\nfrom setuptools import setup\nsetup(install_requires=['CherryPy >= 3.2', 'x ; \"$(id)\"'])\n",
        "music/__init__.py": module,
        "music/server.py": "from cherrypy import quickstart\n",
        "CHANGES": "2017-06-01\n",
    }
    steps = converted(tmp_path, files, catalog).image.install_after_source
    asked = ("sh", "-c", 'printf "%s\\n" "cherrypy>=3.2" "x" > /opt/asked.txt')
    assert (steps[0] == asked) is imported
    assert any("/opt/asked.txt" in word for word in steps[-2]) is imported
    assert (steps[-1][-2:] == ("--no-build-isolation", ".")) is imported


SITE = {
    "requirements.txt": "Django==3.2.25\n",
    "site/manage.py": DJANGO_MANAGE,
    "site/shop/wsgi.py": DJANGO_WSGI,
    "site/gunicorn.conf.py": "workers = 3\n",
}


def test_a_client_that_is_called_like_the_application_does_not_start_it(tmp_path: Path, catalog: Catalog) -> None:
    readme = (
        "# Notify\n\n## Usage\n\nSend a message:\n\n    notify --body=hello --config=http://localhost:8000/get/key\n"
    )
    programs = "[program:gunicorn]\ncommand=gunicorn -c /opt/notify/web/gunicorn.conf.py shop.wsgi\ndirectory=/opt/notify/web\n"
    found = converted(tmp_path, SITE | {"README.md": readme, "etc/supervisord.conf": programs}, catalog)
    (service,) = found.plan.services.values()
    # The configuration lies where the host started it, which is a folder of the application.
    assert service.command[:3] == ("gunicorn", "--bind", "0.0.0.0:{port}")
    assert service.command[3:] == ("-c", "/app/site/gunicorn.conf.py", "shop.wsgi")


def test_a_worker_that_two_files_tell_of_is_one(tmp_path: Path, catalog: Catalog) -> None:
    supervisor = "[program:shop-worker]\ncommand=celery worker -A shop\n[program:shop-mail]\ncommand=celery worker -A shop -Q mail\n"
    procfile = "web: gunicorn shop.wsgi\nworker: celery worker --app=shop --loglevel=INFO\n"
    files = SITE | {
        "requirements.txt": "Django==3.2.25\ncelery==5.2.7\n",
        "Procfile": procfile,
        "etc/supervisord.conf": supervisor,
    }
    services = converted(tmp_path, files, catalog).plan.services
    workers = [service.command for service in services.values() if service.kind == "worker"]
    assert workers == [
        ("celery", "worker", "--app=shop", "--loglevel=INFO"),
        ("celery", "worker", "-A", "shop", "-Q", "mail"),
    ]


def test_what_pserve_is_told_is_served_on_all_interfaces(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Production\n\nStart it:\n\n    bin/pserve production.ini\n"
    files = {"requirements.txt": "pyramid==1.10.8\n", "setup.py": "", "shop/__init__.py": "", "README.md": readme}
    made = converted(tmp_path, files | {"production.ini": "[app:main]\nuse = egg:shop\n"}, catalog)
    assert made.plan.services["web"].command == ("gunicorn", "--bind", "0.0.0.0:{port}", "--paste", "production.ini")
    assert "gunicorn" in str(made.image.install + made.image.install_after_source)


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


def test_what_a_script_does_before_its_worker_is_no_worker(tmp_path: Path, catalog: Catalog) -> None:
    script = "#!/bin/sh\npython manage.py clean_jobs\nexec python manage.py process_jobs\n"
    supervisor = "[program:jobs]\ncommand=sh jobs.sh\n"
    files = {"jobs.sh": script, "supervisord.conf": supervisor}
    found = converted(tmp_path, SITE | files, catalog)
    workers = [service.command[2] for service in found.plan.services.values() if service.kind == "worker"]
    assert workers == ["process_jobs"]


def test_a_script_without_an_ending_is_what_it_starts(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "starlette==0.20.4\nuvicorn==0.18.3\n",
        "app.py": "from starlette.applications import Starlette\nimport uvicorn\napp = Starlette()\n"
        "if __name__ == '__main__':\n    uvicorn.run(app, host='0.0.0.0', port=8000)\n",
        "scripts/run": "venv/bin/python app.py\n",
        "README.md": "# Shop\n\n## Running\n\nStart the server:\n\n    scripts/run\n",
    }
    assert converted(tmp_path / "plain", files, catalog).plan.services["web"].command[:2] == ("uvicorn", "app:app")
    files["scripts/run"] = "#!/usr/bin/env python\nimport app\n"
    assert converted(tmp_path / "own", files, catalog).plan.services["web"].command == ("scripts/run",)


def test_what_no_file_lists_is_what_the_readme_installs_and_the_code_imports(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "shop/app.py": "import os\nfrom flask import Flask\nimport yaml, prices, unheard_of\napp = Flask(__name__)\n",
        "shop/prices.py": "import psycopg2\n",
        "README.md": "# Shop\n\n## Installation\n\n    sudo pip install virtualenv\n    pip install flask==1.1.4 requests -i https://example.org/simple\n",
    }
    found = converted(tmp_path / "none", files, catalog)
    assert found.image.stack == "python-flask"
    assert " flask==1.1.4 requests pyyaml psycopg2 > /opt/requirements.txt" in found.image.install[0][-1]
    assert ("--requirement", "/opt/requirements.txt") in [step[-2:] for step in found.image.install]
    assert "libpq5" in found.image.runtime_packages
    assert "Werkzeug<2.1" in found.image.constraints
    assert found.plan.datastores["database"].engine == "postgres"
    assert "RP092" in found.codes
    listed = converted(tmp_path / "listed", files | {"requirements.txt": "flask==1.1.4\n"}, catalog)
    assert "RP092" not in listed.codes
    assert not any("pyyaml" in word for step in listed.image.install for word in step)


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
