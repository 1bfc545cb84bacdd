"""Which of the commands that a README shows starts the application."""

from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog
from toolkit.plan.starts.expansions import assigned

from .from_files import DJANGO_WSGI, MONITOR, converted

UNIT = """[Service]
ExecStart=/var/talks/.local/bin/{0}
"""
FILES = {
    "setup.py": "from setuptools import setup\nsetup(name='talks', install_requires=['django==2.2', 'celery==4.3'])\n",
    "manage.py": "",
    "talks/__main__.py": "from django.core.management import execute_from_command_line\nexecute_from_command_line()\n",
    "talks/wsgi.py": DJANGO_WSGI,
}


def _readme(*units: str) -> dict[str, str]:
    shown = "".join(f"\n```\n{UNIT.format(unit)}```\n" for unit in units)
    init = "Now, create the first user by running:\n\n```\n$ python -m talks init\n```\n"
    return FILES | {"README.md": f"# Talks\n\n## Installation\n\n{init}{shown}"}


def test_a_unit_that_a_readme_shows_counts_more_than_what_a_sentence_has_run(tmp_path: Path, catalog: Catalog) -> None:
    """Programs of `pip install --user` included."""
    gunicorn = "gunicorn talks.wsgi --workers 4 --bind 127.0.0.1:8345"
    made = converted(tmp_path, _readme(gunicorn, "celery -A talks worker"), catalog)
    services = made.plan.services
    assert services["web"].command == ("gunicorn", "--bind", "0.0.0.0:{port}", "talks.wsgi", "--workers", "4")
    assert services["worker"].command == ("celery", "-A", "talks", "worker")


def test_what_a_module_does_is_no_server_where_the_framework_has_one(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, _readme(), catalog)
    assert made.plan.services["web"].command[:2] == ("gunicorn", "talks.wsgi:application")


def test_the_function_that_makes_the_application_gets_what_flask_app_gives_it(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "flask==2.0.1\n",
        "shop/__init__.py": "from flask import Flask\n\n\ndef create_app(settings):\n    app = Flask(__name__)\n    return app\n",
        ".flaskenv": "FLASK_APP=\"shop:create_app('shop.settings.Live')\"\n",
    }
    made = converted(tmp_path, files, catalog)
    assert made.plan.services["web"].command[1] == "shop:create_app('shop.settings.Live')"


PASTE = {
    "setup.py": "from setuptools import setup\nsetup(name='talks', install_requires=['pyramid'])\n",
    "demo.ini": "[app:main]\nuse = egg:talks\n\n[server:main]\nuse = egg:waitress#main\nport = 6543\n",
}


def test_a_program_of_the_environment_that_a_variable_names(tmp_path: Path, catalog: Catalog) -> None:
    """With the server in its place, which the image has to install."""
    readme = "# Talks\n\n```\n$VENV/bin/pip install -e .\n$VENV/bin/pserve demo.ini\n```\n"
    made = converted(tmp_path, PASTE | {"README.md": readme}, catalog)
    assert made.plan.services["web"].command == ("gunicorn", "--bind", "0.0.0.0:{port}", "--paste", "demo.ini")
    assert "gunicorn==" in made.dockerfile


def test_plugins_of_twisted_stay_in_the_foreground(tmp_path: Path, catalog: Catalog) -> None:
    files = {"setup.py": "from setuptools import setup\nsetup(name='talks', install_requires=['twisted'])\n"}
    readme = "# Talks\n\n## Running\n\n```\n{0} talks --port=tcp:4000\n```\n"
    twist = converted(tmp_path / "twist", files | {"README.md": readme.format("twist")}, catalog)
    assert twist.plan.services["web"].command == ("twist", "talks", "--port=tcp:4000")
    twistd = converted(tmp_path / "twistd", files | {"README.md": readme.format("twistd -l talks.log")}, catalog)
    assert twistd.plan.services["web"].command == ("twistd", "--pidfile=", "--nodaemon", "talks", "--port=tcp:4000")


OWN = {
    "setup.py": "from setuptools import setup\nsetup(name='talks', install_requires=['tornado'],"
    " entry_points={'console_scripts': ['talks=talks.server:main']})\n"
}


def test_settings_in_a_persons_own_folder_are_an_example(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Talks\n\n## Running\n\nRun it:\n\n```\n$ {0}\n```\n"
    for number, told in enumerate(
        ('talks --port=8888 --conf="~/my.conf"', "talks --config /home/anna/my.ini --port=8888")
    ):
        made = converted(tmp_path / str(number), OWN | {"README.md": readme.format(told)}, catalog)
        assert made.plan.services["web"].command == ("talks", "--port=8888")


def test_the_one_process_of_a_unit_comes_before_scripts_of_a_readme(tmp_path: Path, catalog: Catalog) -> None:
    run = "\n\n```\npython3 {0}\n```\n"
    files = {
        "requirements.txt": "cherrypy==18.6.0\n",
        "Talks.py": "#!/usr/bin/env python3\nimport talks\n",
        "tools/languages.py": "",
        "README.md": f"# Talks\n\nFor languages, run:{run.format('tools/languages.py')}Run it:{run.format('-OO Talks.py')}",
        "linux/talks@.service": "[Service]\nExecStart=/opt/talks/Talks.py --browser 0\n",
    }
    assert converted(tmp_path, files, catalog).plan.services["talks"].command == ("/app/Talks.py", "--browser", "0")


def test_a_program_that_runs_a_server_for_developers_gives_way_to_the_servers_own(
    tmp_path: Path, catalog: Catalog
) -> None:
    code = "from flask import Flask\n\napp = Flask(__name__)\n\n\ndef main():\n    app.run(host='127.0.0.1')\n"
    setup = "from setuptools import setup\nsetup(name='shop', install_requires=['flask'], entry_points={'console_scripts': ['shop=shop.web:main']})\n"
    files = {
        "setup.py": setup,
        "shop/__init__.py": "",
        "shop/web.py": code,
        "README.md": "# Shop\n\n## Running\n\n    pip install .\n    shop\n",
    }
    made = converted(tmp_path, files, catalog)
    assert made.plan.services["web"].command[:2] == ("gunicorn", "shop.web:app")


def test_an_agent_stays_in_front_of_the_server_that_is_told_where_to_listen(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "flask==2.0.1\ngunicorn==20.1.0\nnewrelic==8.0.0\n",
        "app.py": "from flask import Flask\napp = Flask(__name__)\n",
        "Procfile": "web: newrelic-admin run-program gunicorn app:app\n",
    }
    command = converted(tmp_path, files, catalog).plan.services["web"].command
    assert command[:3] == ("newrelic-admin", "run-program", "gunicorn") and "0.0.0.0:{port}" in command


def test_of_the_uses_of_a_program_the_one_that_an_address_is_told_with(tmp_path: Path, catalog: Catalog) -> None:
    readme = (
        "# Talks\n\n## Running\n\n```\n$ talks\n```\n\nTo look at it from elsewhere:\n\n```\n$ talks -w\n```\n\n"
        "and enter the URL http://<ip>:6120 in your browser.\n\n```\n$ talks --client\n```\n"
    )
    made = converted(tmp_path, OWN | {"README.md": readme}, catalog)
    assert made.plan.services["web"].command == ("talks", "-w") and made.plan.services["web"].port == 6120


def test_settings_of_production_beside_those_of_developers(tmp_path: Path, catalog: Catalog) -> None:
    """And the database that lies beside them can be written."""
    settings = PASTE["demo.ini"] + "[app:talks]\nsqlalchemy.url = sqlite:///%(here)s/talks.sqlite\n"
    readme = "# Talks\n\n```\nenv/bin/pip install -e .\nenv/bin/pserve development.ini\n```\n"
    files = {"setup.py": PASTE["setup.py"], "development.ini": settings, "README.md": readme}
    alone = converted(tmp_path / "alone", files, catalog)
    assert alone.plan.services["web"].command[-1] == "development.ini"
    made = converted(tmp_path / "both", files | {"production.ini": settings}, catalog)
    assert made.plan.services["web"].command[-1] == "production.ini"
    assert made.image.owned == ("/app",)


def test_what_keeps_a_process_running_in_a_container_is_no_second_service(tmp_path: Path, catalog: Catalog) -> None:
    """Its file lies in a folder that is called so; where it alone tells of a worker, it counts."""
    program = "[program:{0}]\ncommand=/venv/bin/{1}\n"
    files = FILES | {
        "deploy/talks.service": "[Service]\nExecStart=/srv/talks/venv/bin/uwsgi --ini /srv/talks/deploy/uwsgi.ini\n",
        "deploy/uwsgi.ini": "[uwsgi]\nmodule = talks.wsgi\n",
        "deploy/docker/uwsgi.ini": "[uwsgi]\nmodule = talks.wsgi\n",
        "deploy/docker/supervisord/web.conf": program.format("uwsgi", "uwsgi --ini /srv/talks/deploy/docker/uwsgi.ini"),
        "deploy/docker/supervisord/celery.conf": program.format(
            "celery", "celery multi start w1 w2 -A talks --pidfile=/run/%n.pid"
        ),
    }
    services = converted(tmp_path, files, catalog).plan.services
    assert [name for name, service in services.items() if service.kind == "web"] == ["talks"]
    (worker,) = (service for service in services.values() if service.kind == "worker")
    assert worker.command == ("celery", "-A", "talks", "worker")


def test_a_module_is_named_as_from_the_folder_of_manage_py(tmp_path: Path, catalog: Catalog) -> None:
    """Also where that folder is a package itself."""
    files = {"requirements.txt": "django==2.2\n", "talks/__init__.py": "", "talks/talks/__init__.py": ""}
    files |= {"talks/manage.py": "", "talks/talks/wsgi.py": FILES["talks/wsgi.py"]}
    made = converted(tmp_path, files, catalog)
    assert made.image.workdir == "talks"
    assert made.plan.services["web"].command[:2] == ("gunicorn", "talks.wsgi:application")


def test_what_a_module_does_not_have_is_not_served(tmp_path: Path, catalog: Catalog) -> None:
    """The Procfile is older than the code."""
    files = {"requirements.txt": "flask==1.1.4\ngunicorn==20.1.0\n", "shop/__init__.py": ""}
    files |= {"shop/app.py": "from flask import Flask\n\nserved = Flask(__name__)\n"}
    stale = converted(tmp_path / "stale", files | {"Procfile": "web: gunicorn -w 3 shop.app:heroku\n"}, catalog)
    assert stale.plan.services["web"].command == ("gunicorn", "shop.app:served", "--bind", "0.0.0.0:{port}")
    told = converted(tmp_path / "told", files | {"Procfile": "web: gunicorn -w 3 shop.app:served\n"}, catalog)
    assert told.plan.services["web"].command == ("gunicorn", "--bind", "0.0.0.0:{port}", "-w", "3", "shop.app:served")


def test_what_a_file_of_settings_says_of_the_hosts_folders_gives_way(tmp_path: Path, catalog: Catalog) -> None:
    settings = 'bind = "unix:/tmp/shop.sock"\nerrorlog = "/var/log/shop/error.log"\naccesslog = "-"\npidfile = None\n'
    files = FILES | {"conf/gunicorn.py": settings, "Procfile": "web: gunicorn talks.wsgi -c conf/gunicorn.py\n"}
    command = converted(tmp_path, files, catalog).plan.services["web"].command
    assert command[:5] == ("gunicorn", "--error-logfile", "-", "--bind", "0.0.0.0:{port}")
    assert "--access-logfile" not in command and "--pid" not in command


def test_a_worker_of_a_part_that_is_not_installed_is_none(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "manage.py": "",
        "requirements.txt": "django==2.2\n",
        "talks/wsgi.py": DJANGO_WSGI,
        "talks_mail/requirements.txt": "celery\n",
        "talks_mail/README.md": "# Mail\n\n## Usage\n\nStart a worker:\n\n    celery -A talks_mail.tasks worker\n",
        "talks_mail/tasks.py": "from celery import Celery\napp = Celery('talks')\n",
    }
    assert set(converted(tmp_path / "part", files, catalog).plan.services) == {"web"}
    installed = files | {"requirements.txt": "django==2.2\ncelery==4.3\n"}
    assert "worker" in converted(tmp_path / "installed", installed, catalog).plan.services


def test_an_application_in_a_folder_of_the_hosts_files_starts_above_it(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "flask==1.1.4\n",
        "shop/__init__.py": "from flask import Flask\n\n\ndef create_app(mode):\n    app = Flask(__name__)\n    return app\n",
        "deploy/nginx/served.py": "from shop import create_app\n\napplication = create_app('production')\n",
    }
    made = converted(tmp_path, files, catalog)
    assert made.image.workdir == ""
    assert made.plan.services["web"].command[1] == "deploy.nginx.served:application"


def test_the_command_that_is_told_with_an_address_for_all_is_the_one(tmp_path: Path, catalog: Catalog) -> None:
    told = (
        "# Talks\n\n## Running\n\nRun it:\n\n    talks serve\n\nTo run it in public:\n\n    talks serve 0.0.0.0:8700\n"
    )
    service = converted(tmp_path, OWN | {"talks/server.py": "", "README.md": told}, catalog).plan.services["web"]
    assert (service.command, service.port) == (("talks", "serve", "0.0.0.0:8700"), 8700)


def test_targets_of_a_makefile_that_a_procfile_runs_are_what_they_do(tmp_path: Path, catalog: Catalog) -> None:
    makefile = "WORKERS = 3\nserve: checked\n\tgunicorn talks.wsgi -w $(WORKERS)\nchecked:\n\techo ok\nstyles:\n\twatchmedo shell-command scss\n"
    files = FILES | {"Makefile": makefile, "Procfile": "web: make serve\nstyles: make styles\n"}
    services = converted(tmp_path, files, catalog).plan.services
    assert {name: service.command for name, service in services.items()} == {
        "web": ("gunicorn", "--bind", "0.0.0.0:{port}", "talks.wsgi", "-w", "3")
    }


@pytest.mark.parametrize(
    ("told", "word", "folder"),
    [
        ("monitor serve -p 8080 ~/packages", "/home/app/packages", "/home/app/packages"),
        ("monitor serve -p 8080 --store=~/store/", "--store=/home/app/store/", "/home/app/store"),
        ("monitor serve /srv/packages", "/srv/packages", "/srv/packages"),
        ("gunicorn 'monitor:app(root=\"/home/jo/packages\")'", 'monitor:app(root="/home/jo/packages")', "/home/jo/packages"),
    ],
)  # fmt: skip
def test_folders_of_whoever_typed_a_start_are_made(
    told: str, word: str, folder: str, tmp_path: Path, catalog: Catalog
) -> None:
    files = MONITOR | {
        "monitor/__init__.py": "def app(environ, start_response):\n    start_response('200 OK', [])\n",
        "README.md": f"# Monitor\n\n## Deployment\n\nStart the server:\n\n```\n{told}\n```\n",
    }
    made = converted(tmp_path, files, catalog)
    assert word in made.plan.services["web"].command
    assert folder in made.image.writable


def test_the_home_folder_by_its_variable(tmp_path: Path, catalog: Catalog) -> None:
    files = MONITOR | {"monitor/__init__.py": "", "Procfile": "web: monitor serve --store=$HOME/store\n"}
    made = converted(tmp_path, files, catalog)
    assert made.plan.services["web"].command == ("monitor", "serve", "--store=/home/app/store")
    assert "/home/app/store" in made.image.writable


def test_the_file_of_an_option_is_no_folder(tmp_path: Path, catalog: Catalog) -> None:
    files = MONITOR | {
        "monitor/__init__.py": "",
        "Procfile": "web: monitor serve --pidfile /srv/run/monitor /srv/store\n",
    }
    assert converted(tmp_path, files, catalog).image.writable == ("/srv/store",)


def test_variables_of_a_script_that_multiply_are_left() -> None:
    script = "".join(f"V{n}={f'$V{n + 1}' * 40}\n" for n in range(9)) + "# \n" * 100_000 + "PORT=80\nWEB=$PORT\n"
    assert assigned(("shop", "$V0", "--port=${WEB}"), script)[2] == "--port=80"
    assert all(len(word) <= 2_000 for word in assigned(("shop", "$V0") * 500, script))


def test_the_settings_of_developers_and_those_to_fill_in_are_not_what_runs(tmp_path: Path, catalog: Catalog) -> None:
    commands = (
        "cd server\nnode server.js --config config.dev.env",
        "node server.js --config path/to/.env",
        "node server.js",
    )
    shown = "".join(f"\n```sh\n{command}\n```\n" for command in commands)
    files = {
        "README.md": f"# Shop\n\n## Start\n{shown}",
        "server/package.json": '{"dependencies": {"express": "^4.18.0"}}',
        "server/server.js": "require('express')().listen(3000);\n",
    }
    services = converted(tmp_path, files, catalog).plan.services
    assert [service.command for service in services.values()] == [("node", "server.js")]
