"""What the application's own code tells about the version of its language, and about libraries that nothing pins."""

from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog

from .from_files import converted

FLASK = {"requirements.txt": "flask\n", "app.py": "from flask import Flask\napp = Flask(__name__)\n"}


@pytest.mark.parametrize(
    ("code", "version"),
    [
        ("", "3.13"),
        ("import os, imp\n", "3.11"),
        ("from distutils.util import strtobool\n", "3.11"),
        ("from collections import (\n    Counter,\n    Mapping,\n)\n", "3.9"),
        ("import asyncio\n\n\n@asyncio.coroutine\ndef ask():\n    pass\n", "3.10"),
        ("connect(host, async=True)\n", "3.6"),
    ],
)
def test_what_later_versions_dropped_ends_the_choice(tmp_path: Path, catalog: Catalog, code: str, version: str) -> None:
    assert converted(tmp_path, FLASK | {"more.py": code}, catalog).image.version == version


@pytest.mark.parametrize(
    ("code", "version"),
    [
        ("", "3.6"),
        ("from dataclasses import dataclass\n", "3.7"),
        ("try:\n    from importlib.metadata import version\nexcept ImportError:\n    version = None\n", "3.6"),
        ("def f(text):\n    if (found := text.find('a')) > 0:\n        return found\n", "3.8"),
        ("def f(names: list[str]) -> None:\n    pass\n", "3.9"),
        ("from __future__ import annotations\n\n\ndef f(names: list[str]) -> str | None:\n    pass\n", "3.7"),
        ("def f(kind):\n    match kind:\n        case 'a':\n            return 1\n", "3.10"),
    ],
)
def test_what_only_later_versions_have_begins_it(tmp_path: Path, catalog: Catalog, code: str, version: str) -> None:
    """The dependencies are of 2018."""
    files = FLASK | {"requirements.txt": "flask==1.0.2\njinja2==2.10\nwerkzeug==0.14.1\n", "more.py": code}
    assert converted(tmp_path, files, catalog).image.version == version


def test_a_module_of_its_own_is_not_the_languages(tmp_path: Path, catalog: Catalog) -> None:
    files = FLASK | {"pipes.py": "", "more.py": "import pipes\n"}
    assert converted(tmp_path, files, catalog).image.version == "3.13"


@pytest.mark.parametrize(
    ("listed", "code", "bound", "day"),
    [
        ("flask\n", "@app.before_first_request\ndef tables():\n    pass\n", "Flask<2.3", "2023-04-24"),
        ("flask\nflask-sqlalchemy\n", "db.create_all()\n", "Flask-SQLAlchemy<3", "2022-10-03"),
        ("flask\nflask-sqlalchemy\n", "with app.app_context():\n    db.create_all()\n", "", ""),
        ("flask\nflask-sqlalchemy\n", "db.session.execute('SELECT 1')\n", "SQLAlchemy<2", "2023-01-25"),
        ("flask\n", "db.session.execute('SELECT 1')\n", "", ""),
        ("flask\npyjwt\n", "token = jwt.encode({'a': time()}, key).decode('utf-8')\n", "PyJWT<2", "2020-12-20"),
        ("flask\npandas\n", "column.astype(np.float)\ncolumn.astype(np.float64)\n", "numpy<1.24", "2022-12-17"),
        ("flask\npandas\n", "column.astype(np.bool_)\n", "", ""),
        ("flask\nmarshmallow\n", "name = fields.Str(required=False, missing='')\n", "marshmallow<4", "2025-04-15"),
        ("flask\n", "if request.is_xhr:\n    pass\n", "Flask<2", "2020-02-05"),
        ("flask\nwhitenoise\n", "from whitenoise.django import DjangoWhiteNoise\n", "whitenoise<4", "2018-08-09"),
        ("django\ndjango-allauth\n", "APPS = [\n    'allauth.account',\n]\n", "django-allauth<0.56", "2023-09-06"),
        ("django\ndjango-allauth\n", "APPS = [\n    'allauth.account',\n]\nM = ['AccountMiddleware']\n", "", ""),
    ],
)
def test_what_later_releases_of_a_library_dropped_bounds_it(
    tmp_path: Path, catalog: Catalog, listed: str, code: str, bound: str, day: str
) -> None:
    made = converted(tmp_path, FLASK | {"requirements.txt": listed, "more.py": code}, catalog)
    assert (bound in made.image.constraints) is bool(bound)
    assert made.image.resolved_before == day


def test_the_strictest_of_the_bounds_holds(tmp_path: Path, catalog: Catalog) -> None:
    files = FLASK | {
        "requirements.txt": "flask\nflask-sqlalchemy==2.4.4\nsqlalchemy\n",
        "more.py": "engine.execute(all)\n",
    }
    assert "SQLAlchemy<1.4" in converted(tmp_path, files, catalog).image.constraints


@pytest.mark.parametrize(
    ("listed", "bound"),
    [
        ("flask\nsqlalchemy\npsycopg2-binary\n", ("SQLAlchemy<2.1",)),
        ("flask\nflask-sqlalchemy\npsycopg2\n", ("SQLAlchemy<2.1",)),  # brings it along
        ("flask\nsqlalchemy>=2.1\npsycopg2\n", ()),
        ("flask\nsqlalchemy\npsycopg\n", ()),
        ("flask\npsycopg2\n", ()),
        ("flask\ngunicorn\neventlet\n", ("gunicorn<26",)),
        ("flask\neventlet\n", ()),
        ("flask\nflask-babelex\n", ("Babel<2.12", "Flask<3")),
    ],
)
def test_a_bound_for_two_libraries_needs_both(
    tmp_path: Path, catalog: Catalog, listed: str, bound: tuple[str, ...]
) -> None:
    assert converted(tmp_path, FLASK | {"requirements.txt": listed}, catalog).image.constraints == bound


def test_a_bound_that_the_list_has_already_tells_no_day(tmp_path: Path, catalog: Catalog) -> None:
    files = FLASK | {"requirements.txt": "flask\nsqlalchemy>=1.3,<1.5\n", "more.py": "engine.execute(all)\n"}
    assert converted(tmp_path, files, catalog).image.resolved_before == ""


def test_the_last_change_tells_more_of_the_language_than_what_a_library_has_to_be_older_than(
    tmp_path: Path, catalog: Catalog
) -> None:
    files = FLASK | {"CHANGELOG.md": "# Changes\n\n## 1.2 - 2020-03-04\n", "requirements.txt": "flask\ntzlocal\n"}
    made = converted(tmp_path, files | {"more.py": "zone = get_localzone().zone\n"}, catalog)
    assert made.image.version == "3.7" and "tzlocal<5" in made.image.constraints


def test_a_library_that_has_no_later_releases_ends_the_choice(tmp_path: Path, catalog: Catalog) -> None:
    files = FLASK | {"requirements.txt": "flask\ncheetah3>=3.0.0\n"}
    assert converted(tmp_path, files, catalog).image.version == "3.11"
