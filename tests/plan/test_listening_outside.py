"""Servers whose settings have them listen on the loopback address alone."""

import subprocess
from pathlib import Path

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
