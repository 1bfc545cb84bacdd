"""Servers of Python that listen by constants of their own."""

from pathlib import Path

from tests.plan.from_files import FLASK_APP, converted
from toolkit.catalog.catalog import Catalog

_TABLE = "_SETTINGS = {\n    'HTTP_HOST': (str, 'General', 'localhost'),\n    'HTTP_PORT': (int, 'General', 8181),\n}\n"
_SERVER = "import cherrypy\nfrom pvr import config\nif __name__ == '__main__':\n    cherrypy.engine.start()\n"


def test_an_address_in_a_table_of_settings(tmp_path: Path, catalog: Catalog) -> None:
    files = {"Pvr.py": _SERVER, "pvr/__init__.py": "", "pvr/config.py": _TABLE, "lib/cherrypy/__init__.py": ""}
    files["README.md"] = "# PVR\n\nIt needs Python 3.8.\n\n## Running\n\n    python Pvr.py\n"
    found = converted(tmp_path, files, catalog)
    assert found.plan.services["web"].port == 8181
    assert ("sed", "-i", r"/^\W*HTTP_HOST\b/s/localhost/0.0.0.0/", "pvr/config.py") in (
        found.image.install_after_source
    )


def test_constants_beside_each_other(tmp_path: Path, catalog: Catalog) -> None:
    constants = 'DEF_HOST = "127.0.0.1"\nDEF_PORT = 8090\nMAIL_HOST = "localhost"\nMAIL_PORT = 2500\n'
    files = {"requirements.txt": "CherryPy==18.8.0\n", "Pvr.py": _SERVER, "pvr/constants.py": constants}
    found = converted(tmp_path / "own", files, catalog)
    assert found.plan.services["web"].port == 8090
    assert [step[-1] for step in found.image.install_after_source if step[0] == "sed"] == ["pvr/constants.py"]
    given = converted(tmp_path / "given", files | {"wsgi.py": FLASK_APP}, catalog)
    assert not any(step[0] == "sed" for step in given.image.install_after_source)


def test_an_address_with_its_port_in_settings(tmp_path: Path, catalog: Catalog) -> None:
    table = 'ITEMS = [\n    ("bind", str, "0.0.0.0:9090"),\n    ("datadir", str, "~/_clock"),\n]\n'
    readme = "# Clock\n\n## Run\n\nStart it:\n\n    python -m clock\n"
    main = "import asgineer\nif __name__ == '__main__':\n    asgineer.run(handler, 'uvicorn')\n"
    files = {"requirements.txt": "asgineer==0.8\n", "clock/__init__.py": "", "clock/__main__.py": main}
    files |= {"clock/_config.py": table, "README.md": readme}
    assert converted(tmp_path / "table", files, catalog).plan.services["web"].port == 9090
    files |= {"clock/_config.py": 'bind = "0.0.0.0:9091"\nworkers = 2\n'}
    assert converted(tmp_path / "gunicorn", files, catalog).plan.services["web"].port == 9091
