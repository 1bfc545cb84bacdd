"""How applications in Python start: the README, the manifests and the code, put together."""

import json
from pathlib import Path

from tests.plan.from_files import DJANGO_MANAGE, DJANGO_WSGI, FLASK_APP, MONITOR, converted
from toolkit.catalog.catalog import Catalog
from toolkit.plan.starts.programs import _plain

PROCFILE = "web: envdir settings django-admin.py runserver 0.0.0.0:8000\nworker: envdir settings django-admin.py rqworker high\n"
THEME = '{"scripts": {"build": "vue-cli-service build"}, "dependencies": {"vue": "^2.6"}, "devDependencies": {"@vue/cli-service": "^4.5"}}'


def test_an_application_that_nothing_tells_how_to_start_is_a_finding(tmp_path: Path, catalog: Catalog) -> None:
    found = converted(tmp_path, {"requirements.txt": "requests==2.32.3\n", "jobs.py": "print()\n"}, catalog)
    assert "RP053" in found.codes
    assert found.plan.services["web"].command == ()


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


def test_the_name_of_a_server_is_no_command(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Board\n\n## Deployment\n\nRun it with this command:\n\n    {}\n"
    files = {"requirements.txt": "Flask==3.0.0\n", "wsgi.py": "from flask import Flask\nboard = Flask(__name__)\n"}
    bare = converted(tmp_path / "bare", files | {"README.md": readme.format("gunicorn")}, catalog)
    assert bare.plan.services["web"].command == ("gunicorn", "wsgi:board", "--bind", "0.0.0.0:{port}")
    told = converted(tmp_path / "told", files | {"README.md": readme.format("gunicorn -c conf.py")}, catalog)
    assert told.plan.services["web"].command[-2:] == ("-c", "conf.py")


def test_a_command_typed_before_the_server_is_no_process(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "Flask==1.1.2\n",
        "shop.py": FLASK_APP,
        "README.md": "# Shop\n\nGenerate fake data, then run:\n\n```\n$ flask forge\n$ flask run\n```\n",
    }
    assert set(converted(tmp_path, files, catalog).plan.services) == {"web"}


def test_a_server_of_sockets_has_many_threads_or_its_own_worker(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "chat.py": FLASK_APP,
        "requirements.txt": "flask-socketio==5.3.6\n",
    }
    plain = converted(tmp_path / "a", files, catalog).dockerfile
    assert 'CMD ["gunicorn", "--threads", "100", "chat:app", "--bind", "0.0.0.0:8000"]' in plain
    eventlet = files | {"requirements.txt": "flask-socketio==5.3.6\neventlet==0.36.1\n"}
    assert '"--worker-class", "eventlet", "chat:app"' in converted(tmp_path / "b", eventlet, catalog).dockerfile


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
    assert (made.image.workdir, made.image.owned) == ("app", ("/app/app",))
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


def test_a_command_is_the_same_with_and_without_the_folder_where_it_starts() -> None:
    assert _plain(("python", "/app/src/manage.py", "consume"), "src") == ("python", "manage.py", "consume")
    assert _plain(("python", "/app/manage.py", "consume"), "") == _plain(("python", "./manage.py", "consume"), "")


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
    files["scripts/run"] = "#!/usr/bin/python3 -OO\nimport app\n"  # which is where hosts have it
    made = converted(tmp_path / "host", files, catalog)
    assert made.plan.services["web"].command == ("python", "-OO", "scripts/run")


def test_folders_that_the_start_names_are_there_and_the_applications(tmp_path: Path, catalog: Catalog) -> None:
    files = {"requirements.txt": "Flask==3.0.0\ngunicorn==22.0.0\n", "shop.py": FLASK_APP}
    for name, told, folder in (
        ("call", "gunicorn 'shop:app(root=\"/home/ann/goods\")'", "/home/ann/goods"),
        ("option", "gunicorn shop:app --worker-tmp-dir /srv/shop/.data", "/srv/shop/.data"),
    ):
        readme = f"# Shop\n\n## Deployment\n\n    {told}\n"
        assert folder in converted(tmp_path / name, files | {"README.md": readme}, catalog).image.writable


def test_where_the_readme_says_that_it_listens_beside_what_a_client_asks(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Running\n\nBy default, it will listen on ``0.0.0.0:8090``.\n\n## Usage\n\n    curl http://localhost:8091/internal/goods\n"
    files = {"requirements.txt": "Flask==3.0.0\n", "shop.py": FLASK_APP, "README.md": readme}
    assert converted(tmp_path, files, catalog).plan.services["web"].port == 8090


def test_the_developers_server_as_the_last_resort_is_reached_from_outside(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "flask==2.3.3\n",
        "src/shop/views.py": "import shop.parts\nserver = shop.parts.make()\n",
        "README.md": "# Shop\n\n```\nexport FLASK_APP=src/shop/views.py\nflask run -p 5001 --reload\n```\n",
    }
    command = converted(tmp_path, files, catalog).plan.services["web"].command
    assert command == ("flask", "run", "--host", "0.0.0.0", "--port", "{port}")


def test_what_reads_variables_from_files_of_the_host_is_taken_off(tmp_path: Path, catalog: Catalog) -> None:
    files = {"manage.py": DJANGO_MANAGE, "shop/settings.py": "", "shop/wsgi.py": DJANGO_WSGI}
    files |= {"requirements.txt": "django==4.2\n", "Procfile": PROCFILE}
    services = converted(tmp_path, files, catalog).plan.services
    assert services["web"].command[:2] == ("gunicorn", "shop.wsgi:application")
    assert services["worker"].command == ("django-admin.py", "rqworker", "high")


def test_pages_below_a_script_that_operators_start_are_its_own(tmp_path: Path, catalog: Catalog) -> None:
    unit = "[Service]\nExecStart=/usr/bin/python3 /opt/shop/start.py --quiet\n"
    files = {"start.py": "import shop\nshop.run()\n", "requirements.txt": "cherrypy==18.6.0\n"}
    files |= {"theme/package.json": THEME, "theme/src/App.vue": "<template/>\n", "theme/index.html": "<html></html>\n"}
    assert converted(tmp_path / "untold", files, catalog).image.stack == "node-static"
    made = converted(tmp_path / "told", files | {"init/shop.service": unit}, catalog)
    assert made.image.stack == "python-wsgi"
    assert next(iter(made.plan.services.values())).command[:2] == ("python", "/app/start.py")


def test_a_value_that_is_left_to_whoever_types_it_is_none(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Monitor\n\n## Running\n\n    monitor -c CONFIGURATION_FILE --verbose --log=LOG_FILE\n"
    made = converted(tmp_path, MONITOR | {"README.md": readme}, catalog)
    assert made.plan.services["web"].command == ("monitor", "--verbose")


def test_a_script_in_a_folder_that_hands_out_pages_from_beside_it(tmp_path: Path, catalog: Catalog) -> None:
    angular = {
        "projects": {"shop": {"architect": {"build": {"builder": "a:browser", "options": {"outputPath": "dist/shop"}}}}}
    }
    package = {
        "scripts": {"build": "ng build"},
        "dependencies": {"@angular/core": "^13"},
        "devDependencies": {"@angular/cli": "^13"},
    }
    script = "from aiohttp import web\napp = web.Application()\napp.router.add_static('/', 'ui/dist/shop')\nif __name__ == '__main__':\n    web.run_app(app, port=8081)\n"
    files = {"requirements.txt": "aiohttp==3.8.1\n", "app/main.py": script, "app/views.py": ""}
    files |= {
        "ui/package.json": json.dumps(package),
        "ui/angular.json": json.dumps(angular),
        "ui/src/index.html": "<html></html>\n",
    }
    readme = "# Shop\n\n## Running locally\n\n```\ncd ui\nnpm install\nnode_modules/.bin/ng build\ncd ..\npython3 app/main.py\n```\n"
    made = converted(tmp_path, files | {"README.md": readme}, catalog)
    assert made.image.assets and made.image.assets.outputs == ("ui/dist/shop",)
    web = made.plan.services["web"]
    assert (web.command, web.port) == (("python", "app/main.py"), 8081)
