"""Commands of uWSGI and the configuration files that they name."""

from pathlib import Path

import pytest

from toolkit.facts.model import Command, ConfigFile, EnvironmentVariable, Facts, Origin, Port, Role
from toolkit.facts.uwsgi import named_applications
from toolkit.findings import Evidence
from toolkit.inventory.source_tree import SourceTree

SITE = """[uwsgi]
project = shop
base = /opt
chdir = %(base)/%(project)
module = %(project).wsgi:application
master = true
cache2 = name=hash,items=1024
enable-threads = false
processes = 4
env = SITE=$(SITE)
socket = /run/uwsgi/%(project).sock
uid = www-data
"""
OPTIONS = ("--module", "shop.wsgi:application", "--master", "--cache2", "name=hash,items=1024", "--processes", "4")


@pytest.mark.parametrize(
    ("files", "command", "words"),
    [
        ({"uwsgi.ini": SITE, "shop/wsgi.py": ""}, "uwsgi --ini uwsgi.ini --lazy", ("uwsgi", "--lazy", *OPTIONS)),
        ({"etc/shop.ini": SITE, "shop/wsgi.py": ""}, "/usr/bin/uwsgi --ini=/etc/uwsgi/shop.ini", ("/usr/bin/uwsgi", *OPTIONS)),
        ({"etc/shop.ini": SITE, "shop/wsgi.py": ""}, "uwsgi --emperor /etc/uwsgi/sites", ("uwsgi", *OPTIONS)),
        ({"uwsgi.ini": "[uwsgi]\nwsgi-file = /opt/shop/shop/web.py\n", "shop/web.py": ""}, "uwsgi uwsgi.ini",
         ("uwsgi", "--wsgi-file", "shop/web.py")),
        ({"uwsgi.ini": SITE, "ansible/uwsgi.ini": "[uwsgi]\nmodule = other\n", "shop/wsgi.py": "", "other.py": ""},
         "uwsgi /path/to/uwsgi.ini", ("uwsgi", *OPTIONS)),
        # Not of Python: uWSGI itself understands it.
        ({"uwsgi.ini": "[uwsgi]\npsgi = shop.psgi\n"}, "uwsgi --ini uwsgi.ini", ("uwsgi", "--ini", "uwsgi.ini")),
        ({}, "uwsgi --module shop.wsgi", ("uwsgi", "--module", "shop.wsgi")),
        # Operators write it.
        ({}, "uwsgi --ini config/written.ini", ("uwsgi", "--ini", "config/written.ini")),
        # What the host alone has, and an application that was taken out of the source since.
        ({"shop/wsgi.py": ""}, "uwsgi --ini /etc/uwsgi/shop.ini", None),
        ({"app.ini": "[app:main]\n"}, "uwsgi_python --ini-paste /home/shop/shop.ini", None),
        ({"app.ini": "[app:main]\n"}, "uwsgi --paste config:app.ini", ("uwsgi", "--paste", "config:app.ini")),
        ({"etc/shop.ini": SITE, "shop/asgi.py": ""}, "uwsgi --emperor /etc/uwsgi/sites", None),
    ],
)  # fmt: skip
def test_the_application_of_the_file_is_named(
    tmp_path: Path, files: dict[str, str], command: str, words: tuple[str, ...] | None
) -> None:
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    start = Command(
        text=command,
        argv=tuple(command.split()),
        role=Role.START,
        evidence=Evidence("README.md", 1, 1, "readme"),
        origin=Origin.README,
    )
    written = ConfigFile(
        path="config/written.ini", evidence=Evidence("README.md", 2, 2, "readme"), origin=Origin.README
    )
    found = named_applications(SourceTree.open(tmp_path), Facts((start, written))).facts[0]
    assert isinstance(found, Command)
    assert (found.argv if found.role is Role.START else None) == words


@pytest.mark.parametrize(
    ("files", "words", "others"),
    [
        ({"uwsgi.ini": SITE.replace("$(SITE)", "%d") + "http = :9191\nenv = MODE=live\n", "shop/wsgi.py": ""},
         ("uwsgi", *OPTIONS, "--env", "MODE=live"), {"MODE", 9191}),
        ({"web/conf.ini": "[uwsgi]\nmodule = app\n", "web/app.py": ""}, ("uwsgi", "--module", "app"), set()),
        ({"uwsgi.ini": "[uwsgi]\nfile = app.py\n", "app.py": ""}, ("uwsgi", "--file", "app.py"), set()),
        # An example, and what lies elsewhere.
        ({"contrib/uwsgi.ini": SITE, "shop/wsgi.py": ""}, None, set()),
        ({"uwsgi.ini": "[uwsgi]\nmodule = shop.wsgi\n"}, None, set()),
    ],
)  # fmt: skip
def test_a_file_beside_the_application_starts_it(
    tmp_path: Path, files: dict[str, str], words: tuple[str, ...] | None, others: set[str | int]
) -> None:
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_text(text)
    found = named_applications(SourceTree.open(tmp_path), Facts()).facts
    assert [fact.argv for fact in found if isinstance(fact, Command)] == ([words] if words else [])
    named = {fact.number for fact in found if isinstance(fact, Port)} | {
        fact.name for fact in found if isinstance(fact, EnvironmentVariable)
    }
    assert named == others
