"""Applications that are started from their source and carry the Python libraries that they use."""

from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog
from toolkit.facts.places import carried_folders

from .from_files import FLASK_APP, converted

LIBRARIES = ("lib/cherrypy/__init__.py", "lib/requests/__init__.py", "lib/six.py")
MUSIC = {
    "Music.py": (
        "import os, sys\nsys.path.insert(0, os.path.join(os.path.dirname(__file__), 'lib'))\nimport cherrypy\n"
        "def main(folder):\n    os.makedirs(folder)\n    cherrypy.engine.start()\nmain(sys.argv[1])\n"
    ),
    "README.md": "# Music\n\nNeeds Python 3.8.\n",
    "init/music.service": "[Service]\nExecStart=/opt/music/Music.py --daemon --nolaunch --host 127.0.0.1\nType=forking\n",
    "package/requirements-windows.txt": "pywin32==228\n",
    "lib/pytz/README.txt": "pytz runs on Python 2.4 and newer.\n\n    pip install pytz\n",
    **dict.fromkeys(LIBRARIES, "print 'carried'\n"),
}


def test_carried_libraries_tell_nothing_of_the_application(tmp_path: Path, catalog: Catalog) -> None:
    """Nor do lists for other systems; and what is started goes on in the foreground."""
    made = converted(tmp_path, MUSIC, catalog)
    assert made.image.version == "3.8" and not made.image.install
    (service,) = made.plan.services.values()
    assert service.command == ("python", "Music.py", "--nolaunch", "--host", "0.0.0.0")
    assert "/app" in made.image.writable


@pytest.mark.parametrize(
    ("paths", "folders"),
    [
        (LIBRARIES, {"lib"}),
        (LIBRARIES[:2], set()),
        (("shop/django/__init__.py", "shop/flask/__init__.py", "shop/six/README.md"), set()),
    ],
)
def test_several_well_known_libraries_in_one_folder(paths: tuple[str, ...], folders: set[str]) -> None:
    assert carried_folders(paths) == folders


def test_python_3_is_no_wish_for_the_newest(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "README.md": "# Shop\n\nNeeds Python 3.\n",
        "requirements.txt": "flask\n",
        "app.py": FLASK_APP,
    }
    newest = catalog.stack["python-flask"].releases[0].version
    assert converted(tmp_path, files, catalog).image.version != newest
