"""Which list of requirements a Python image installs, where there are several manifests."""

from pathlib import Path

from toolkit.catalog.catalog import Catalog

from .from_files import FLASK_APP, converted

APP = {"app.py": FLASK_APP}


def test_a_list_that_pins_all_is_taken_rather_than_a_pipfile_without_a_lock(tmp_path: Path, catalog: Catalog) -> None:
    files = APP | {
        "Pipfile": '[packages]\nflask = "*"\n',
        "requirements.txt": "flask==1.0\njinja2==2.10\nwerkzeug==0.14\n",
    }
    assert converted(tmp_path / "pinned", files, catalog).image.manifest == "requirements.txt"
    open_list = files | {"requirements.txt": "flask\n"}
    assert converted(tmp_path / "open", open_list, catalog).image.manifest == "Pipfile"


def test_pipenv_has_an_environment_of_its_own_in_python_2_too(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(
        tmp_path, APP | {"Pipfile": '[packages]\nflask = "*"\n', "runtime.txt": "python-2.7.18\n"}, catalog
    )
    assert ("virtualenv", "--no-download", "/opt/pipenv") in made.image.prepare


def test_the_list_that_has_the_program_of_the_running_system(tmp_path: Path, catalog: Catalog) -> None:
    """A README for developers names another list than the platform installs, which starts uWSGI."""
    files = APP | {
        "README.md": "# Shop\n\n## Development\n\n```\npip install -r requirements/base.txt\nflask run\n```\n",
        "requirements.txt": "-r requirements/production.txt\n",
        "requirements/base.txt": "flask==1.0\n",
        "requirements/production.txt": "-r base.txt\nuwsgi==2.0.20\n",
        "Procfile": "web: uwsgi --http-socket=:$PORT --wsgi-file=app.py --callable=app\n",
    }
    made = converted(tmp_path / "uwsgi", files, catalog)
    assert made.image.manifest == "requirements.txt"
    assert made.image.copy_first == ("requirements.txt", "requirements/production.txt", "requirements/base.txt")
    of_readme = files | {"Procfile": "web: flask run --host 0.0.0.0\n"}
    assert converted(tmp_path / "flask", of_readme, catalog).image.manifest == "requirements/base.txt"


def test_psycopg2_of_before_2_7_is_told_a_version_that_it_understands(tmp_path: Path, catalog: Catalog) -> None:
    old = converted(tmp_path / "old", APP | {"requirements.txt": "flask==0.11\npsycopg2==2.6.2\n"}, catalog)
    assert "PostgreSQL 9.6.24" in old.dockerfile.split("COPY requirements.txt")[0]
    new = converted(tmp_path / "new", APP | {"requirements.txt": "flask==0.11\npsycopg2==2.7.3\n"}, catalog)
    assert "pg_config" not in new.dockerfile


SETUP = {
    "setup.py": "from setuptools import setup\nsetup(name='shop', install_requires=['bottle'],"
    " extras_require={'pg': ['psycopg2']}, entry_points={'console_scripts': ['shop=shop:main']})\n",
    "shop/__init__.py": "",
}


def test_what_operators_install_along_with_the_application(tmp_path: Path, catalog: Catalog) -> None:
    """Extras that every command asks for, and libraries that no list has."""
    readme = "# Shop\n\n## Installation\n\n```\npip install {0}\n```\n\n## Running\n\n```\nshop --port 80\n```\n"
    beside = converted(tmp_path / "beside", SETUP | {"README.md": readme.format("shop cheroot==8.1")}, catalog)
    assert ("pip", "install", "--no-cache-dir", "cheroot==8.1") in beside.image.install_after_source
    named = SETUP | {"setup.py": SETUP["setup.py"].replace("'shop', i", "'shop-server', i")}
    itself = converted(tmp_path / "itself", named | {"README.md": readme.format("shop-server shop")}, catalog)
    assert "shop-server" not in itself.dockerfile
    extra = converted(tmp_path / "extra", SETUP | {"README.md": readme.format("'shop[pg]'")}, catalog)
    assert 'printf "%s\\n" ".[pg]" > /opt/itself.txt' in extra.dockerfile
    either = readme.format("shop\npip install shop[pg]")
    plain = converted(tmp_path / "either", SETUP | {"README.md": either}, catalog)
    assert ("pip", "install", "--no-cache-dir", ".") in plain.image.install_after_source


def test_extras_that_operators_install_beside_a_list(tmp_path: Path, catalog: Catalog) -> None:
    """With the version that git would tell, and what pbr reads in setup.cfg in place of setup.py."""
    files = APP | {
        "setup.py": "import setuptools\nsetuptools.setup(setup_requires=['pbr'], pbr=True)\n",
        "setup.cfg": "[metadata]\nname = shop\n\n[files]\npackages =\n    shop\n\n[extras]\nserver =\n    waitress>=1.0\n",
        "shop/__init__.py": "",
        "requirements.txt": "flask==2.0.1\nitsdangerous==2.0.1\n",
        "README.md": "# Shop\n\n## Installation\n\n    pip install 'shop[server]'\n",
    }
    image = converted(tmp_path / "told", files, catalog).image
    install = ("env", "PBR_VERSION=0.0.0", "pip", "install", "--no-cache-dir", "--requirement", "/opt/itself.txt")
    assert install in image.install_after_source
    assert any('".[server]" > /opt/itself.txt' in step[-1] for step in image.install_after_source)
    untold = files | {"README.md": "# Shop\n\n    pip install -r requirements.txt\n"}
    assert not any(
        "itself" in step[-1] for step in converted(tmp_path / "not", untold, catalog).image.install_after_source
    )


def test_the_application_stays_where_it_lies_where_operators_leave_it_there(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Installation\n\n    {}\n\n## Running\n\n    shop --port 80\n"
    for name, told, left in (
        ("develop", "python setup.py develop\n    pip install -e '.[dev]'", True),
        ("both", "pip install -e .\n\n    pip install .", False),
        ("copy", "python setup.py install", False),
    ):
        image = converted(tmp_path / name, SETUP | {"README.md": readme.format(told)}, catalog).image
        step = next(step for step in image.install_after_source if step[-1] == ".")
        assert step == ("pip", "install", "--no-cache-dir", *(("--editable",) if left else ()), ".")


def test_a_library_that_is_compiled_in_its_older_releases(tmp_path: Path, catalog: Catalog) -> None:
    old = converted(tmp_path / "old", APP | {"requirements.txt": "flask==1.0\npycurl<7.44\n"}, catalog)
    assert old.image.runtime_packages == ("libcurl4",)
    assert not converted(
        tmp_path / "new", APP | {"requirements.txt": "flask==3.1.0\npycurl\n"}, catalog
    ).image.runtime_packages


def test_a_package_of_poetry_that_is_not_there_is_made(tmp_path: Path, catalog: Catalog) -> None:
    """Poetry installs the libraries alone then; pip says that the package does not contain any element."""
    poetry = (
        '[tool.poetry]\nname = "shop-service"\nversion = "1.0"\n{}\n[tool.poetry.dependencies]\npython = "^3.11"\nfastapi = "^0.110"\n'
        '[build-system]\nrequires = ["poetry-core"]\nbuild-backend = "poetry.core.masonry.api"\n'
    )
    code = "from fastapi import FastAPI\napp = FastAPI()\n"
    absent = converted(tmp_path / "absent", {"pyproject.toml": poetry.format(""), "app/main.py": code}, catalog)
    assert absent.image.install_after_source[:2] == (
        ("mkdir", "-p", "shop_service"),
        ("touch", "shop_service/__init__.py"),
    )
    named = poetry.format('packages = [{include = "app"}]')
    there = converted(tmp_path / "there", {"pyproject.toml": named, "app/main.py": code}, catalog)
    assert "mkdir" not in {step[0] for step in there.image.install_after_source}


def test_a_server_that_the_readme_has_installed_by_itself(tmp_path: Path, catalog: Catalog) -> None:
    """Where the code imports it; other libraries of that kind are somebody's choice."""
    files = SETUP | {
        "requirements.txt": "psutil\n",
        "shop/web.py": "try:\n    from cheroot import wsgi\nexcept ImportError:\n    wsgi = None\n",
        "README.md": "# Shop\n\n```\npip install cheroot\npip install matplotlib\npip install shop\nshop\n```\n",
    }
    made = converted(tmp_path, files, catalog)
    assert any("cheroot" in word for step in made.image.install_after_source for word in step)
    assert "matplotlib" not in made.dockerfile


def test_libraries_of_node_ask_nothing_of_an_image_without_it(tmp_path: Path, catalog: Catalog) -> None:
    files = APP | {"requirements.txt": "flask==2.3.3\n", "package.json": '{"dependencies": {"puppeteer": "19.0.0"}}'}
    assert converted(tmp_path, files, catalog).image.runtime_packages == ()


def test_a_list_of_the_application_itself_is_left_to_its_own_set_up(tmp_path: Path, catalog: Catalog) -> None:
    """Whatever index it names, which may be gone."""
    files = {
        "setup.py": "from setuptools import setup\nsetup(name='talks', packages=['talks'], install_requires=['flask==2.0.1'])\n",
        "requirements.txt": "# for pip install -e .[develop]\n-i https://index.example.org/simple\n.\n",
        "talks/__init__.py": "from flask import Flask\napp = Flask(__name__)\n",
    }
    assert converted(tmp_path / "alone", files, catalog).image.manifest == "setup.py"
    more = files | {"requirements.txt": ".\nredis==3.5.3\n"}
    assert converted(tmp_path / "more", more, catalog).image.manifest == "requirements.txt"


def test_binaries_of_a_driver_that_no_newer_system_loads_are_not_taken(tmp_path: Path, catalog: Catalog) -> None:
    step = ("pip", "config", "--site", "set", "install.no-binary", "psycopg2")
    old = converted(tmp_path / "old", APP | {"requirements.txt": "flask==1.0\npsycopg2==2.7.1\n"}, catalog)
    assert step in old.image.prepare and "libpq5" in old.image.runtime_packages
    new = converted(tmp_path / "new", APP | {"requirements.txt": "flask==1.0\npsycopg2==2.7.4\n"}, catalog)
    assert step not in new.image.prepare


def test_a_driver_that_is_compiled_against_the_databases_library_finds_it(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, APP | {"requirements.txt": "flask==1.0\npsycopg2cffi==2.8.1\n"}, catalog)
    assert "libpq5" in made.image.runtime_packages


def test_pins_that_do_not_fit_together_are_installed_as_pip_once_did(tmp_path: Path, catalog: Catalog) -> None:
    pins = "click==8.0.1\nFlask==2.0.1\nitsdangerous==2.0.1\nJinja2==3.1.6\nMarkupSafe==2.0.1\nWerkzeug==2.2.3\n"
    made = converted(tmp_path / "many", {"requirements.txt": pins, "app.py": FLASK_APP}, catalog)
    first, _, second = made.image.install[0][-1].partition(" || ")
    assert first == "pip install --no-cache-dir --requirement requirements.txt"
    assert second == "pip install --no-cache-dir --use-deprecated=legacy-resolver --requirement requirements.txt"
    raised = "Django==2.1.2\nFaker==0.8.8\nmixer==6.1.3\npytz==2018.4\nsix==1.11.0\n"
    others = converted(tmp_path / "others", {"requirements.txt": raised, "manage.py": ""}, catalog)
    assert "legacy-resolver" in others.image.install[0][-1]
    few = converted(tmp_path / "few", {"requirements.txt": "Django==4.2\n", "manage.py": ""}, catalog)
    assert few.image.install[0] == ("pip", "install", "--no-cache-dir", "--requirement", "requirements.txt")


def test_the_package_index_is_not_asked_at_its_former_address(tmp_path: Path, catalog: Catalog) -> None:
    former, own = "-i https://index.python.org/simple\n", "-i https://packages.example.org/simple\n"
    made = converted(tmp_path / "former", APP | {"requirements.txt": former + "flask==2.3.3\n"}, catalog)
    assert made.image.install[0][:2] == ("sed", "-i") and made.image.install[0][-1] == "requirements.txt"
    others = converted(tmp_path / "own", APP | {"requirements.txt": own + "flask==2.3.3\n"}, catalog)
    assert not any("sed" in step for step in others.image.install)


def test_a_package_has_the_list_of_what_starts_beside_it(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "backend/requirements.txt": "flask==2.3.3\ngunicorn==21.2.0\n",
        "backend/__init__.py": FLASK_APP,
        "run.py": "from backend import app\n\nif __name__ == '__main__':\n    app.run()\n",
        "README.md": "# Shop\n\n```\npip install -r backend/requirements.txt\npython run.py\n```\n",
    }
    made = converted(tmp_path, files, catalog)
    assert (made.image.directory, made.image.manifest) == ("", "backend/requirements.txt")
    assert made.plan.services["web"].command[1] in ("backend:app", "run:app")


def test_a_part_with_a_list_of_its_own_stays_one(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "flask==2.3.3\n",
        "app.py": FLASK_APP,
        "tools/requirements.txt": "requests==2.31.0\n",
        "tools/__init__.py": "",
    }
    assert converted(tmp_path, files, catalog).image.manifest == "requirements.txt"
