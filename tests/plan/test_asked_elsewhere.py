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
    install = converted(tmp_path, FILES, catalog).plan.images["app"].install_after_source
    assert install == (("pip", "install", "--no-cache-dir", "gspread>=5"),)


def test_a_list_that_has_everything_is_installed_alone(tmp_path: Path, catalog: Catalog) -> None:
    complete = LOCK.replace('"gunicorn"', '"gspread": {"version": "==5.12.0"}, "gunicorn"')
    assert not converted(tmp_path, FILES | {"Pipfile.lock": complete}, catalog).plan.images["app"].install_after_source


def test_what_only_developers_install_is_there_where_the_application_imports_it(
    tmp_path: Path, catalog: Catalog
) -> None:
    files = {
        "requirements.txt": "flask==2.0.3\ngunicorn==20.1.0\n",
        "requirements-dev.txt": "slugify==0.0.1\npytest==7.0.1\n",
        "Procfile": "web: gunicorn shop:app\n",
        "shop.py": "import slugify\nfrom flask import Flask\napp = Flask(__name__)\n",
        "tests/test_shop.py": "import pytest\n",
    }
    assert converted(tmp_path, files, catalog).plan.images["app"].install_after_source == (
        ("pip", "install", "--no-cache-dir", "slugify==0.0.1"),
    )


def test_a_list_for_developers_alone_leaves_the_application_s_to_be_installed(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "-r requirements/development.txt\n",
        "requirements/development.txt": "pylint\n",
        "requirements/base.txt": "falcon==2.0.0\ngunicorn==19.9.0\npsycopg2==2.8.2\n",
        "Procfile": "web: gunicorn shop:application\n",
        "shop.py": "import falcon\napplication = falcon.API()\n",
    }
    image = converted(tmp_path, files, catalog).plan.images["app"]
    assert image.install_after_source[0] == (
        "pip",
        "install",
        "--no-cache-dir",
        "--requirement",
        "requirements/base.txt",
    )
    assert "libpq5" in image.runtime_packages


def test_a_folder_whose_modules_import_it_by_its_name_is_found_by_it(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "backend/requirements.txt": "fastapi==0.110.0\nuvicorn==0.29.0\ngunicorn==22.0.0\n",
        "backend/__init__.py": "",
        "backend/core/__init__.py": "",
        "backend/core/registrar.py": "from fastapi import FastAPI\n\ndef register_app():\n    return FastAPI()\n",
        "backend/main.py": "from backend.core.registrar import register_app\n\napp = register_app()\n",
    }
    made = converted(tmp_path / "usual", files, catalog)
    assert ("ln", "-s", ".", "backend") in made.plan.images["app"].install_after_source
    assert made.plan.services["web"].argv[:2] == ("uvicorn", "main:app")
    unit = {"deploy/web.conf": "[program:web]\ncommand=gunicorn -c /srv/shop/deploy/gunicorn.conf.py main:app\n"}
    argv = converted(tmp_path / "kept", files | unit, catalog).plan.services["web"].argv
    assert "uvicorn.workers.UvicornWorker" in argv and "-c" not in argv
    plain = {path: text.replace("backend.core", "core") for path, text in files.items()}
    assert not converted(tmp_path / "plain", plain, catalog).plan.images["app"].install_after_source
