"""What applications in Python are installed with: lists, locks, and what the code imports."""

from pathlib import Path

import pytest

from tests.plan.from_files import DJANGO_WSGI, FLASK_APP, MONITOR, converted
from toolkit.catalog.catalog import Catalog


def test_lists_that_a_setup_script_reads_are_dependencies(tmp_path: Path, catalog: Catalog) -> None:
    setup = MONITOR["setup.py"].replace(
        "setup(", 'setup(install_requires=open("requirements/default.txt").readlines(), '
    )
    setup = setup.replace("setup(", 'setup(classifiers=["Programming Language :: Python :: 3.7"], ', 1)
    files = MONITOR | {"setup.py": setup, "requirements/default.txt": "celery>=4.3\n", "requirements/dev.txt": "mock\n"}
    found = converted(tmp_path, files, catalog)
    # Celery's last release for Python 3.7 does not run with what importlib-metadata is today.
    assert found.image.constraints == ("importlib-metadata<5",)


OLD_FLASK = "from werkzeug.contrib.fixers import ProxyFix\nfrom flask import Flask\napp = Flask(__name__)\n"


def test_what_the_code_imports_tells_how_old_its_libraries_are(tmp_path: Path, catalog: Catalog) -> None:
    found = converted(tmp_path, {"requirements.txt": "Flask\n", "app.py": OLD_FLASK}, catalog)
    # The rest follows from Flask 1, and so does the version of Python.
    assert {"Flask<2", "Werkzeug<1", "Jinja2<3.1", "MarkupSafe<2.1"} <= set(found.image.constraints)
    assert found.image.version == "3.7"
    decision = found.planned.by_key["images.app.constraints"]
    assert "app.py" in {place.path for place in decision.evidence}


def test_a_pin_and_a_second_way_to_import_it_are_left_alone(tmp_path: Path, catalog: Catalog) -> None:
    pinned = {"requirements.txt": "Flask==2.0.3\nWerkzeug==2.0.3\n", "app.py": OLD_FLASK}
    assert not converted(tmp_path / "pinned", pinned, catalog).image.constraints
    either = "try:\n    from flask import Markup\nexcept ImportError:\n    from markupsafe import Markup\n"
    files = {"requirements.txt": "Flask\n", "app.py": either + OLD_FLASK.split("\n", 1)[1]}
    assert not converted(tmp_path / "either", files, catalog).image.constraints


def test_names_in_brackets_over_several_lines_are_found(tmp_path: Path, catalog: Catalog) -> None:
    code = "from flask import (\n    Flask,\n    escape,\n)\napp = Flask(__name__)\n"
    found = converted(tmp_path, {"requirements.txt": "Flask>=2\n", "app.py": code}, catalog)
    assert "Flask<3" in found.image.constraints


@pytest.mark.parametrize(
    ("code", "bounded"),
    [
        ("pages.TemplateResponse('list.html', {'request': request})", True),
        ("pages.TemplateResponse(page, {'request': request})", True),
        ("pages.TemplateResponse(\n        request, 'list.html')", False),
        ("pages.TemplateResponse(request=request, name='list.html')", False),
    ],
)
def test_starlette_1_wants_the_request_before_the_name_of_a_template(
    tmp_path: Path, catalog: Catalog, code: str, bounded: bool
) -> None:
    app = f"from fastapi import FastAPI\napp = FastAPI()\n@app.get('/')\ndef all(request):\n    return {code}\n"
    found = converted(tmp_path, {"requirements.txt": "fastapi\nuvicorn\n", "app.py": app}, catalog)
    assert ("starlette<1" in found.image.constraints) == bounded


def test_an_object_of_the_application_that_is_called_like_a_library_is_none(tmp_path: Path, catalog: Catalog) -> None:
    code = "from celery import Celery\ncelery = Celery('jobs')\n@celery.task\ndef run(): pass\n"
    found = converted(tmp_path, {"requirements.txt": "celery\nFlask\n", "app.py": code}, catalog)
    assert not any(bound.startswith("celery") for bound in found.image.constraints)


def test_a_lock_file_of_uv_is_installed_from_the_configured_index(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "pyproject.toml": '[project]\nname = "board"\nversion = "1"\ndependencies = ["flask"]\n',
        "uv.lock": 'version = 1\nrequires-python = ">=3.13"\n[[package]]\nname = "flask"\nversion = "3.1.0"\n',
        "wsgi.py": "from flask import Flask\nboard = Flask(__name__)\n",
    }
    exported, installed, *_ = converted(tmp_path, files, catalog).image.install
    assert exported[:2] == ("uv", "export")
    # The list is whole: pip need not look for what an extra adds.
    assert installed == ("pip", "install", "--no-cache-dir", "--no-deps", "--requirement", exported[-1])


def test_production_does_not_install_the_developers_list(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "-r requirements/production.txt\n",
        "requirements/development.txt": "Flask==3.0.0\nruff\n",
        "requirements/production.txt": "Flask==3.0.0\npsycopg2\n",
        "README.md": "# Board\n\n## Installation\n\n    pip install -r requirements/development.txt\n",
        "wsgi.py": "from flask import Flask\nboard = Flask(__name__)\n",
    }
    image = converted(tmp_path, files, catalog).image
    assert image.manifest == "requirements.txt"
    assert image.copy_first == ("requirements.txt", "requirements/production.txt")


def test_python_2_is_built_on_a_distribution_that_only_the_archive_has(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Old\n\n## Install\n\n```sh\nsudo apt-get install python2.7 libmysqlclient-dev libjpeg8 libicu57 libssl1.0.0\n```\n"
    files = {"manage.py": "", "requirements.txt": "Django==1.8.1\nMySQL-python==1.2.5\n", "README.md": readme}
    made = converted(tmp_path, files, catalog)
    assert made.image.version == "2.7" and "FROM python:2.7-slim-buster" in made.dockerfile
    # Every list of packages is fetched from there, in both stages.
    updates = made.dockerfile.count("apt-get update")
    assert (
        updates
        == made.dockerfile.count(
            "//archive.debian.org#' -e '/\\(stretch\\|buster\\)-updates/d' /etc/apt/sources.list \\\n    && apt-get update"
        )
        == 1
    )
    # What the README names is Ubuntu's, or another Debian's.
    assert made.image.build_packages == () and made.image.runtime_packages == (
        "libicu63",
        "libjpeg62-turbo",
        "libmariadb3",
    )
    # The check has to run there too.
    assert "http.client" not in made.dockerfile


def test_packages_that_no_distribution_has_any_more_are_left_out(tmp_path: Path, catalog: Catalog) -> None:
    readme = (
        "# Pictures\n\n## Install\n\n```sh\nsudo apt-get install libjasper-dev libgdal1-dev libqtwebkit4 ffmpeg\n```\n"
    )
    files = {
        "wsgi.py": "import flask\napp = flask.Flask(__name__)\n",
        "requirements.txt": "Flask==3.0.0\n",
        "README.md": readme,
    }
    image = converted(tmp_path, files, catalog).image
    assert (image.build_packages, image.runtime_packages) == (("libgdal-dev",), ("ffmpeg",))


def test_a_driver_that_brings_its_library_needs_no_package(tmp_path: Path, catalog: Catalog) -> None:
    files = {"app.py": FLASK_APP}
    plain = converted(tmp_path / "a", files | {"requirements.txt": "flask==3.0.0\npsycopg==3.2.3\n"}, catalog)
    assert plain.image.runtime_packages == ("libpq5",)
    listed = "flask==3.0.0\npsycopg==3.2.3\npsycopg-binary==3.2.3\n"
    assert converted(tmp_path / "b", files | {"requirements.txt": listed}, catalog).image.runtime_packages == ()


def test_a_minimum_is_no_exact_version(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "Django==4.2.1\n",
        "manage.py": "",
        "shop/wsgi.py": DJANGO_WSGI,
        "README.md": "# Shop\n\n## Requirements\n\n- Python 3.6 or higher\n",
    }
    assert converted(tmp_path / "a", files, catalog).image.version == "3.11"
    newest = files | {"requirements.txt": "Django>=6.0,<6.1\n"}
    assert converted(tmp_path / "b", newest, catalog).image.version == "3.13"


def test_a_version_that_git_would_tell_is_given(tmp_path: Path, catalog: Catalog) -> None:
    setup = MONITOR["setup.py"].replace("setup(", "setup(use_scm_version=True, setup_requires=['setuptools_scm'], ", 1)
    made = converted(tmp_path, MONITOR | {"setup.py": setup}, catalog)
    given = ("env", "SETUPTOOLS_SCM_PRETEND_VERSION=0.0.0", "pip", "install", "--no-cache-dir", ".")
    assert made.image.install_after_source[0] == given
    setup = setup.replace("setup(", 'setup(install_requires=["tornado"], ', 1)
    old = {"setup.py": setup, "CHANGELOG.md": "## 1.0 - 2019-03-04\n", "runtime.txt": "python-3.6.15\n"}
    installs = converted(tmp_path / "old", MONITOR | old, catalog).image.install_after_source
    assert [argv[-1].count(f"{given[1]} ") for argv in installs[-2:]] == [1, 2]


def test_what_only_a_setup_script_lists_is_of_the_day_of_the_last_change(tmp_path: Path, catalog: Catalog) -> None:
    setup = MONITOR["setup.py"].replace("setup(", 'setup(install_requires=["tornado"], ', 1)
    files = MONITOR | {"setup.py": setup, "CHANGELOG.md": "## 1.0 - 2021-03-04\n", "runtime.txt": "python-3.9.19\n"}
    made = converted(tmp_path, files, catalog)
    assert made.image.resolved_before == "2021-03-04"
    assert made.image.install_after_source[-1] == (
        "pip",
        "install",
        "--no-cache-dir",
        "--constraint",
        "/opt/of-day.txt",
        ".",
    )


def test_a_list_that_operators_install_and_that_pins_all_is_as_good_as_a_lock_file(
    tmp_path: Path, catalog: Catalog
) -> None:
    files = {
        "app.py": FLASK_APP,
        "requirements.txt": "flask==1.0.2\nforms==1.2\n",
        "Pipfile": '[packages]\nflask = "*"\nforms = {git = "https://github.com/team/forms.git"}\n',
        "Pipfile.lock": '{"default": {"flask": {"version": "==1.0.2"}}}',
        "README.md": "# Shop\n\n## Installation\n\n```\npip install -r requirements.txt\n```\n",
    }
    made = converted(tmp_path / "pinned", files, catalog)
    assert made.image.package_manager == "pip" and "RP085" not in made.codes
    made = converted(tmp_path / "open", files | {"requirements.txt": "flask\nforms==1.2\n"}, catalog)
    assert made.image.package_manager == "pipenv" and "RP085" in made.codes


def test_the_server_is_of_the_time_of_what_its_workers_use(tmp_path: Path, catalog: Catalog) -> None:
    files = {"app.py": FLASK_APP}
    old = files | {"requirements.txt": "flask==1.0.2\nflask-socketio==3.0.1\neventlet==0.23.0\n"}
    assert ("pip", "install", "--no-cache-dir", "gunicorn==19.9.0") in converted(
        tmp_path / "old", old, catalog
    ).image.install
    new = files | {"requirements.txt": "flask==1.0.2\nflask-socketio==3.0.1\neventlet==0.25.0\n"}
    assert "gunicorn==19.9.0" not in str(converted(tmp_path / "new", new, catalog).image.install)


def test_a_server_that_is_added_brings_its_native_libraries(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Production\n\nStart it:\n\n    uwsgi --http :8080 --module app:app\n"
    files = {"requirements.txt": "flask==3.0.3\n", "app.py": FLASK_APP}
    made = converted(tmp_path, files | {"README.md": readme}, catalog)
    assert made.plan.services["web"].command[0] == "uwsgi"
    assert {"libpcre3", "libxml2"} <= set(made.image.runtime_packages)


def test_a_server_that_a_drawing_names_is_not_installed(tmp_path: Path, catalog: Catalog) -> None:
    files = {"requirements.txt": "Flask==2.0.3\n", "app.py": FLASK_APP}
    readme = "# Shop\n\n## Deployment\n\nWhere files are:\n\n    uwsgi ini files  -->  /etc/uwsgi/shop.ini\n"
    made = converted(tmp_path, files | {"README.md": readme}, catalog)
    installed = [step[-1] for step in (*made.image.install, *made.image.install_after_source)]
    assert not any("uwsgi" in word.lower() for word in installed) and any("gunicorn" in word for word in installed)


def test_geodjango_brings_its_libraries_to_both_stages(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "manage.py": "",
        "requirements.txt": "Django==4.2\npsycopg2==2.9.9\n",
        "shop/settings.py": "ROOT_URLCONF = 'shop.urls'\nINSTALLED_APPS = [\n    'django.contrib.gis',\n]\n",
    }
    image = converted(tmp_path, files, catalog).image
    assert "libgdal-dev" in image.build_packages
    assert "gdal-bin" in image.runtime_packages


def test_a_lock_file_without_what_the_code_imports_gives_way_to_a_pinned_list_with_it(
    tmp_path: Path, catalog: Catalog
) -> None:
    files = {
        "Pipfile": '[packages]\nflask = "*"\n',
        "Pipfile.lock": '{"_meta": {}, "default": {"flask": {"version": "==1.1.2"}}, "develop": {}}',
        "requirements.txt": "flask==1.1.2\necdsa==0.16.0\n",
        "app.py": "from flask import Flask\nfrom ecdsa import VerifyingKey\napp = Flask(__name__)\n",
    }
    assert converted(tmp_path / "forgotten", files, catalog).image.package_manager == "pip"
    unused = files | {"app.py": FLASK_APP}
    assert converted(tmp_path / "unused", unused, catalog).image.package_manager == "pipenv"


def test_a_list_of_requirements_below_is_installed(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "app/requirements/base.txt": "fastapi==0.88.0\nuvicorn==0.20.0\n",
        "app/requirements/development.txt": "-r base.txt\nblack\n",
        "app/server.py": "from fastapi import FastAPI\napp = FastAPI()\n",
        "README.md": "# Shop\n\n## Installation\n\n    cd app/\n    pip install -r requirements/development.txt\n",
    }
    image = converted(tmp_path, files, catalog).image
    assert (image.package_manager, image.manifest) == ("pip", "app/requirements/base.txt")
    assert image.install and image.copy_first == ("app/requirements/base.txt",)


@pytest.mark.parametrize(
    ("module", "imported"),
    [
        ("import os\nimport cherrypy\n", True),
        ("from music import server\n", True),
        ("try:\n    import cherrypy\nexcept ImportError:\n    cherrypy = None\n", False),
        ("def start():\n    import cherrypy\n", False),
    ],
)
def test_what_a_setup_script_imports_itself_is_installed_before_it_is_run(
    tmp_path: Path, catalog: Catalog, module: str, imported: bool
) -> None:
    files = {
        "setup.py": "import music\nfrom setuptools import setup\nsetup(install_requires=['CherryPy >= 3.2', 'x ; \"$(id)\"'])\n",
        "music/__init__.py": module,
        "music/server.py": "from cherrypy import quickstart\n",
        "CHANGES": "2017-06-01\n",
    }
    steps = converted(tmp_path, files, catalog).image.install_after_source
    asked = ("sh", "-c", 'printf "%s\\n" "cherrypy>=3.2" "x" > /opt/asked.txt')
    assert (steps[0] == asked) is imported
    assert any("/opt/asked.txt" in word for word in steps[-2]) is imported
    assert (steps[-1][-2:] == ("--no-build-isolation", ".")) is imported


def test_what_no_file_lists_is_what_the_readme_installs_and_the_code_imports(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "shop/app.py": "import os\nfrom flask import Flask\nimport yaml, prices, unheard_of\napp = Flask(__name__)\n",
        "shop/prices.py": "import psycopg2\n",
        "README.md": "# Shop\n\n## Installation\n\n    sudo pip install virtualenv\n    pip install flask==1.1.4 requests -i https://example.org/simple\n",
    }
    found = converted(tmp_path / "none", files, catalog)
    assert found.image.stack == "python-flask"
    assert " flask==1.1.4 requests pyyaml psycopg2 > /opt/requirements.txt" in found.image.install[0][-1]
    assert any(step[-1].endswith(" --requirement /opt/requirements.txt") for step in found.image.install)
    assert "libpq5" in found.image.runtime_packages
    assert "Werkzeug<2.1" in found.image.constraints
    assert found.plan.datastores["database"].engine == "postgres"
    assert "RP092" in found.codes
    listed = converted(tmp_path / "listed", files | {"requirements.txt": "flask==1.1.4\n"}, catalog)
    assert "RP092" not in listed.codes
    assert not any("pyyaml" in word for step in listed.image.install for word in step)


def test_what_operators_installed_the_headers_of_is_linked(tmp_path: Path, catalog: Catalog) -> None:
    told = "# Shop\n\n## Installation\n\n```\nsudo apt-get install libmemcached-dev\npip install -r requirements.txt\n```\n"
    files = {"requirements.txt": "flask==2.3.3\npylibmc\n", "app.py": FLASK_APP}
    assert "libmemcached11" not in converted(tmp_path / "untold", files, catalog).image.runtime_packages
    assert "libmemcached11" in converted(tmp_path / "told", files | {"README.md": told}, catalog).image.runtime_packages


def test_translations_are_compiled_where_the_source_has_not_done_so(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "flask==2.3.3\nflask-babel==4.0.0\n",
        "shop/__init__.py": FLASK_APP,
        "shop/translations/de/LC_MESSAGES/messages.po": "",
        "README.md": "# Shop\n\n## Deployment\n\n```\nflask translate compile\n```\n",
    }
    made = converted(tmp_path, files, catalog)
    assert made.image.build == (("sh", "-c", "pybabel compile --directory shop/translations || true"),)
    assert made.plan.release is None


@pytest.mark.parametrize(
    ("listed", "version", "packages"),
    [
        pytest.param("Django==1.8.1\nlxml==3.4.4\n", "2.7.18", ("libxml2", "libxslt1.1"), id="pinned before"),
        pytest.param("Django==1.11.1\nlxml==4.0.0\n", "2.7.18", (), id="pinned since"),
        pytest.param("Django==2.1.5\npython3-saml\n", "3.6.15", ("libxml2", "libxmlsec1", "libxmlsec1-openssl"), id="of a day"),
    ],
)  # fmt: skip
def test_what_came_out_before_the_index_had_binaries_is_compiled(
    tmp_path: Path, catalog: Catalog, listed: str, version: str, packages: tuple[str, ...]
) -> None:
    files = {"manage.py": "", "requirements.txt": listed, "runtime.txt": f"python-{version}\n"}
    assert converted(tmp_path, files, catalog).image.runtime_packages == packages


@pytest.mark.parametrize(
    ("code", "packages"),
    [
        pytest.param("import git\n", ("git",), id="carried by the source"),
        pytest.param("from git import Repo\n", ("git",), id="a name of it"),
        pytest.param("from sh import rsync\n", ("rsync",), id="as a function"),
        pytest.param("try:\n    import git\nexcept ImportError:\n    git = None\n", (), id="tried"),
        pytest.param("import gitlab\nfrom sh import own_tool\n", (), id="another"),
    ],
)
def test_a_program_that_an_imported_library_stands_for_is_there(
    tmp_path: Path, catalog: Catalog, code: str, packages: tuple[str, ...]
) -> None:
    files = {"app.py": code + FLASK_APP, "requirements.txt": "flask==3.0.0\n"}
    assert converted(tmp_path, files, catalog).image.runtime_packages == packages
