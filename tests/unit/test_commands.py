import shlex

import pytest

from toolkit.catalog.catalog import Catalog
from toolkit.plan.starts.commands import container_command

CASES = [
    (
        "/srv/app/venv/bin/gunicorn config.wsgi -b 127.0.0.1:8000 -w 3 --daemon --pid /run/x",
        "gunicorn --bind 0.0.0.0:{port} config.wsgi -w 3",
        "web",
    ),
    ("python3 -m uvicorn main:app --reload --port=80", "uvicorn --host 0.0.0.0 --port {port} main:app", "web"),
    (
        "waitress-serve --host=127.0.0.1 --port=5000 --call app:create",
        "waitress-serve --listen=0.0.0.0:{port} --call app:create",
        "web",
    ),
    (
        "uwsgi --socket 127.0.0.1:3031 --module app --uid www-data",
        "uwsgi --module app --http-socket 0.0.0.0:{port} --die-on-term --need-app",
        "web",
    ),
    ("bin/pserve production.ini http_port=6543", "gunicorn --bind 0.0.0.0:{port} --paste production.ini", "web"),
    ("/usr/bin/java -Xmx1g -jar /opt/shop/shop.jar", "java -Xmx1g -jar /app/shop.jar", "web"),
    ("celery -A shop worker -l info --logfile=/var/log/w.log", "celery -A shop worker -l info", "worker"),
    ("celery -A shop beat", "celery -A shop beat --schedule=/tmp/celerybeat-schedule", "scheduler"),
    ("celery -A shop worker -B", "celery -A shop worker -B", "worker"),
    ("pm2 start app.js -i max --name shop", "node app.js", "web"),
    ("nodemon --watch src --exec babel-node src/index.js", "babel-node src/index.js", "web"),
    ("forever start -l /tmp/x.log server.js", "node server.js", "web"),
    ("npm start", "node src/server.js", "web"),
    ("pm2 start app.js --name shop //keeps the shop running", "node app.js", "web"),
    ("pm2 start npm -- start", "node src/server.js", "web"),
    ("./manage.py smtpd --port 2525", "python manage.py smtpd --port 2525", "worker"),
    ("flask run-imports", "flask run-imports", "worker"),
    ("nohup node workers/mail.js", "node workers/mail.js", "worker"),
    ("LANG=C pipenv run rq worker high", "rq worker high", "worker"),
    ("datasette serve . -h 127.0.0.1 -p 8001", "datasette serve . -h 0.0.0.0 -p 8001", "web"),
    ("shop --listen=localhost:8080 --database localhost", "shop --listen=0.0.0.0:8080 --database localhost", "web"),
    ("node workers/mail.js --host localhost", "node workers/mail.js --host localhost", "worker"),
]


@pytest.mark.parametrize(("typed", "expected", "kind"), CASES)
def test_command_of_a_host_in_a_container(typed: str, expected: str, kind: str, catalog: Catalog) -> None:
    contained = container_command(
        tuple(shlex.split(typed)), catalog.servers, "/opt/shop", {"start": ("node", "src/server.js")}
    )
    assert contained is not None
    assert (shlex.join(contained.argv).replace("'", ""), contained.kind) == (expected, kind)


def test_servers_for_developers_are_known(catalog: Catalog) -> None:
    contained = container_command(("python3", "manage.py", "runserver"), catalog.servers)
    assert contained is not None and contained.development


def test_a_process_file_is_not_a_program(catalog: Catalog) -> None:
    assert container_command(("pm2", "start", "ecosystem.config.js"), catalog.servers) is None


def test_a_script_that_only_calls_a_process_manager_is_no_program(catalog: Catalog) -> None:
    scripts = {"start": ("pm2", "start", "ecosystem.config.json", "--no-daemon")}
    assert container_command(("yarn", "start"), catalog.servers, "", scripts) is None


def test_options_before_the_command_do_not_hide_a_server_for_developers(catalog: Catalog) -> None:
    contained = container_command(("flask", "--app", "shop", "run", "--port", "5000"), catalog.servers)
    assert contained is not None and contained.development


def test_a_script_in_front_of_a_server_for_developers_hides_it_not(catalog: Catalog) -> None:
    typed = ("./wait.sh", "./manage.py", "runserver", "0.0.0.0:8000")
    contained = container_command(typed, catalog.servers)
    assert contained is not None and contained.development
