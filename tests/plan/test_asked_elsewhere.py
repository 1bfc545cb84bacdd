"""Libraries that the application imports and that only another list than the one that is installed asks for."""

from pathlib import Path

from toolkit.catalog.catalog import Catalog

from .from_files import converted

LOCK = '{"_meta": {"requires": {"python_version": "3.11"}}, "default": {"flask": {"version": "==3.0.3"}, "gunicorn": {"version": "==23.0.0"}}}'
FILES = {
    "Pipfile": '[packages]\nflask = "*"\ngunicorn = "*"\n[requires]\npython_version = "3.11"\n',
    "Pipfile.lock": LOCK,
    "setup.py": (
        "from setuptools import setup\n"
        'setup(name="shop", install_requires=["flask", "gspread>=5", "black", "selenium", "oauth2client"])\n'
    ),
    "Procfile": "web: gunicorn shop.web:app\n",
    "shop/__init__.py": "",
    "shop/web.py": "from flask import Flask\nfrom shop.sheets import rows\napp = Flask(__name__)\n",
    "shop/sheets.py": "import json\nimport gspread\ntry:\n    import selenium\nexcept ImportError:\n    selenium = None\n",
    "tools/report.py": "import oauth2client\n",
}


def test_what_the_application_imports_is_installed_though_only_its_set_up_asks_for_it(
    tmp_path: Path, catalog: Catalog
) -> None:
    install = converted(tmp_path, FILES, catalog).plan.images["app"].install
    assert install[1:] == (("pip", "install", "--no-cache-dir", "gspread>=5"),)


def test_a_list_that_has_everything_is_installed_alone(tmp_path: Path, catalog: Catalog) -> None:
    complete = LOCK.replace('"gunicorn"', '"gspread": {"version": "==5.12.0"}, "gunicorn"')
    install = converted(tmp_path, FILES | {"Pipfile.lock": complete}, catalog).plan.images["app"].install
    assert len(install) == 1
