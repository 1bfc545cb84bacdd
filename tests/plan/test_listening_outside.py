"""Servers whose settings have them listen on the loopback address alone."""

import subprocess
from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog

from .from_files import converted

FILES = {
    "setup.py": "from setuptools import setup\nsetup(name='polls', install_requires=['aiohttp'])\n",
    "polls/__main__.py": "from aiohttp import web\nconfig = load('config/polls.yaml')\nweb.run_app(app, host=config['host'])\n",
    "config/polls.yaml": "store:\n  host: localhost\n\nweb:\n  host: localhost\n  port: 8080\n",
    "README.md": "# Polls\n\nRun `python -m polls`.\n",
}


def test_the_image_has_the_address_that_is_reached_from_outside(tmp_path: Path, catalog: Catalog) -> None:
    """Changed before the application is installed, so that the installed copy has it too."""
    image = converted(tmp_path, FILES, catalog).image
    sed, install = image.install_after_source
    assert sed[:2] == ("sed", "-i") and sed[3] == "config/polls.yaml" and install[:2] == ("pip", "install")
    subprocess.run(sed, cwd=tmp_path, check=True)
    assert (tmp_path / "config/polls.yaml").read_text() == FILES["config/polls.yaml"].replace(
        "web:\n  host: localhost", "web:\n  host: 0.0.0.0"
    )


@pytest.mark.parametrize(
    ("files", "path", "changed"),
    [
        (
            {"server.js": "app.listen(3000, 'localhost', ready);\n"},
            "server.js",
            "app.listen(3000, '0.0.0.0', ready);\n",
        ),
        (
            {"server.js": "const hostname = '127.0.0.1';\napp.listen(3000, hostname);\n"},
            "server.js",
            "const hostname = '0.0.0.0';\napp.listen(3000, hostname);\n",
        ),
        (
            {
                "server.js": "app.listen(3000, config.bindingHost);\nadmin.listen(3001, config.bindingHost);\n",
                "config/index.js": "module.exports = {\n  dbHost: 'localhost',\n  bindingHost: '127.0.0.1', // here\n};\n",
            },
            "config/index.js",
            "module.exports = {\n  dbHost: 'localhost',\n  bindingHost: '0.0.0.0', // here\n};\n",
        ),
    ],
)
def test_a_script_gets_it_too(tmp_path: Path, catalog: Catalog, files: dict[str, str], path: str, changed: str) -> None:
    manifest = {"package.json": '{"scripts": {"start": "node server.js"}, "dependencies": {"express": "^4.18.0"}}'}
    (sed,) = converted(tmp_path, manifest | files, catalog).image.install_after_source
    subprocess.run(sed, cwd=tmp_path, check=True)
    assert sed[3] == path and (tmp_path / path).read_text() == changed


def test_a_second_server_may_be_for_this_host_alone(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "package.json": '{"scripts": {"start": "node server.js"}, "dependencies": {"express": "^4.18.0"}}',
        "server.js": "app.listen(3000);\ndebug.listen(9229, '127.0.0.1');\n",
    }
    made = converted(tmp_path, files, catalog)
    assert not made.image.install_after_source and "RP083" in made.codes


GO = 'package main\n\nimport "net/http"\n\nfunc main() {\n\tc := load("config.json", "shop.toml")\n\thttp.ListenAndServe(c.Listen, nil)\n}\n'


@pytest.mark.parametrize(
    ("path", "text", "own", "port"),
    [
        (
            "config.json",
            '{\n\t"cache": {\n\t\t"address": "127.0.0.1:6379"\n\t},\n\t"admin": {\n\t\t"listen_url": "127.0.0.1:3333"\n\t}\n}\n',
            "127.0.0.1:3333",
            3333,
        ),
        ("shop.toml", 'http_addr = "localhost:9100"\n', "localhost:9100", 9100),
        ("shop.toml", '[redis]\naddr = "localhost:9100"\n', "", 8080),
    ],
    ids=["json", "toml", "another"],
)
def test_an_address_with_its_port_in_the_settings_of_a_program(
    tmp_path: Path, catalog: Catalog, path: str, text: str, own: str, port: int
) -> None:
    files = {"go.mod": "module example.com/shop\n\ngo 1.21\n", "go.sum": "", "main.go": GO, path: text}
    made = converted(tmp_path, files, catalog)
    for step in made.image.install_after_source:
        subprocess.run(step, cwd=tmp_path, check=True)
    changed = text.replace(own, f"0.0.0.0:{port}") if own else text
    assert (tmp_path / path).read_text() == changed
    assert made.plan.services["web"].port == port


def test_a_server_that_listens_everywhere_but_for_an_option_is_told_nothing(tmp_path: Path, catalog: Catalog) -> None:
    listens = "if (process.argv.includes('--local')) {\n  server.listen(port, '127.0.0.1');\n} else {\n  server.listen(port);\n}\n"
    files = {
        "package.json": '{"scripts": {"start": "node app.js"}, "dependencies": {"express": "^4.18.0"}}',
        "app.js": f"const server = require('http').createServer();\nconst port = 3000;\n{listens}",
    }
    made = converted(tmp_path, files, catalog)
    assert not made.image.install_after_source and "RP083" not in made.codes
