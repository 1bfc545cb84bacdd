"""Which of the commands that a README shows starts the application."""

from pathlib import Path

from toolkit.catalog.catalog import Catalog

from .from_files import DJANGO_WSGI, converted

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
