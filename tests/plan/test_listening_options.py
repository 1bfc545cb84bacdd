"""Programs whose options have them listen on the loopback address are started with the address that is reached."""

from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog

from .from_files import converted

SETUP = "from setuptools import setup\nsetup(name='polls', install_requires=['aiohttp'], entry_points={'console_scripts': ['polls=polls.cli:main']})\n"
OPTIONS = "{0}.add_argument('-l', '--listen-address', default='localhost')\n{0}.add_argument('--port', type=int, default=8090)\n"
ARGPARSE = "import argparse\nfrom aiohttp import web\n\ndef main():\n    parser = argparse.ArgumentParser()\n"
SERVES = "    web.run_app(app, host=given.listen_address, port=given.port)\n"
DIRECT = ARGPARSE + "".join(f"    {line}\n" for line in OPTIONS.format("parser").splitlines()) + SERVES
GROUPED = DIRECT.replace("parser.add_argument", "group.add_argument").replace(
    "ArgumentParser()\n", "ArgumentParser()\n    group = parser.add_argument_group('Access')\n"
)
CLICK = """import click
from aiohttp import web

@click.command()
@click.option('--bind', default='127.0.0.1')
@click.option('-p', '--port', default=8090)
def main(bind, port):
    web.run_app(app, host=bind, port=port)
"""
COMMANDS = (
    ARGPARSE
    + "    commands = parser.add_subparsers()\n    serve = commands.add_parser('serve')\n"
    + "".join(f"    {line}\n" for line in OPTIONS.format("serve").splitlines())
    + SERVES
)
TORNADO = "from tornado.options import define\ndefine('host', default='localhost')\ndefine('port', default=8090)\n\ndef main():\n    app.listen(options.port, options.host)\n"


@pytest.mark.parametrize(
    ("code", "told", "command"),
    [
        (DIRECT, "polls", ("polls", "--listen-address", "0.0.0.0")),
        (GROUPED, "polls", ("polls", "--listen-address", "0.0.0.0")),
        (DIRECT, "polls -l 127.0.0.1", ("polls", "-l", "0.0.0.0")),
        (DIRECT, "polls --listen-address localhost", ("polls", "--listen-address", "0.0.0.0")),
        (CLICK, "polls", ("polls", "--bind", "0.0.0.0")),
        (COMMANDS, "polls serve", ("polls", "serve", "--listen-address", "0.0.0.0")),
        (TORNADO, "polls", ("polls", "--host", "0.0.0.0")),
        (DIRECT.replace("'localhost'", "'0.0.0.0'"), "polls", ("polls",)),
    ],
)
def test_an_installed_program(code: str, told: str, command: tuple[str, ...], tmp_path: Path, catalog: Catalog) -> None:
    files = {"setup.py": SETUP, "polls/__init__.py": "", "polls/cli.py": code}
    made = converted(tmp_path, files | {"README.md": f"# Polls\n\nStart the server:\n\n```\n{told}\n```\n"}, catalog)
    web = made.plan.services["web"]
    assert (web.command, web.port) == (command, 8090)


def test_a_script_and_the_module_that_it_loads(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "aiohttp==3.9.5\n",
        "polls/__init__.py": "",
        "polls/cli.py": DIRECT,
        "run.py": "from polls.cli import main\n\nif __name__ == '__main__':\n    main()\n",
        "README.md": "# Polls\n\nStart the server:\n\n```\npython run.py\n```\n",
    }
    command = converted(tmp_path, files, catalog).plan.services["web"].command
    assert command == ("python", "run.py", "--listen-address", "0.0.0.0")


def test_settings_that_options_override_and_sites_of_web_servers(tmp_path: Path, catalog: Catalog) -> None:
    """ConfigArgParse is imported by another module than the one that serves; of two sites one has its port."""
    config = "import configargparse\n\ndef options():\n    parser = configargparse.ArgumentParser()\n" + "".join(
        f"    parser.add('--{name}', default='{value}')\n"
        for name, value in (("server-host", "127.0.0.1"), ("server-port", 8070))
    )
    files = {
        "setup.py": SETUP,
        "polls/__init__.py": "",
        "polls/config.py": config,
        "polls/cli.py": "import cherrypy\nfrom polls.config import options\n\ndef main():\n    cherrypy.quickstart(App(options()))\n",
    }
    for name, port in (("a", 18070), ("b", 8070)):
        files[f"extras/nginx/{name}.conf"] = f"server {{ location / {{ proxy_pass http://127.0.0.1:{port}/; }} }}\n"
    web = converted(tmp_path, files, catalog).plan.services["web"]
    assert (web.command, web.port) == (("polls", "--server-host", "0.0.0.0"), 8070)
