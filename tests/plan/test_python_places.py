"""Applications in Python whose lists, code and set-up lie in different folders, and what starts them there."""

from pathlib import Path

from tests.plan.from_files import DJANGO_MANAGE, DJANGO_WSGI, FLASK_APP, converted
from toolkit.catalog.catalog import Catalog

_DJANGO = {"manage.py": DJANGO_MANAGE, "shop/__init__.py": "", "shop/wsgi.py": DJANGO_WSGI, "shop/settings.py": ""}
_PINNED = "Django==3.2.9\ngunicorn==20.1.0\n"


def test_a_list_in_a_folder_of_its_own_is_the_applications(tmp_path: Path, catalog: Catalog) -> None:
    files = _DJANGO | {
        "deploy/requirements.txt": _PINNED,
        "deploy/check.py": "if __name__ == '__main__':\n    print()\n",
    }
    image = converted(tmp_path / "alone", files, catalog).image
    assert (image.stack, image.manifest) == ("python-django", "deploy/requirements.txt")
    beside = converted(tmp_path / "beside", files | {"requirements.txt": _PINNED}, catalog)
    assert beside.image.manifest == "requirements.txt"


def test_a_list_above_the_framework_belongs_to_it(tmp_path: Path, catalog: Catalog) -> None:
    files = {f"shop/{path}": text for path, text in _DJANGO.items()}
    files |= {
        "shop/requirements.txt": _PINNED,
        "requirements.txt": _PINNED,
        "setup.py": 'from setuptools import setup\nsetup(name="shop")\n',
    }
    files["clean.py"] = "if __name__ == '__main__':\n    print()\n"
    found = converted(tmp_path, files, catalog)
    assert (found.image.stack, found.image.workdir, found.image.manifest) == (
        "python-django",
        "shop",
        "requirements.txt",
    )
    assert found.plan.services["web"].command[:2] == ("gunicorn", "shop.wsgi:application")


def test_a_package_that_lists_what_its_pages_need_is_part_of_the_application_around_it(
    tmp_path: Path, catalog: Catalog
) -> None:
    pages = '{"name": "pages", "dependencies": {"jquery": "3.7.1"}}'
    found = converted(tmp_path, _DJANGO | {"requirements.txt": _PINNED, "shop/package.json": pages}, catalog)
    assert list(found.plan.services) == ["web"]
    assert found.plan.services["web"].command[:2] == ("gunicorn", "shop.wsgi:application")


def test_what_lies_in_src_beside_manage_py_is_installed(tmp_path: Path, catalog: Catalog) -> None:
    files = {path if path == "manage.py" else f"src/{path}": text for path, text in _DJANGO.items()}
    setup = 'from setuptools import setup\nsetup(name="shop", package_dir={"": "src"}, packages=["shop"])\n'
    found = converted(tmp_path, files | {"requirements.txt": _PINNED, "setup.py": setup}, catalog)
    assert found.plan.services["web"].command[:2] == ("gunicorn", "shop.wsgi:application")
    assert found.image.workdir == ""
    assert found.image.install_after_source == (("pip", "install", "--no-cache-dir", "--no-deps", "--editable", "."),)


def test_a_program_in_a_folder_of_its_own_finds_the_modules_above_it(tmp_path: Path, catalog: Catalog) -> None:
    program = "#!/usr/bin/env python\n\ndef main():\n    from shop.queue import work\n    work()\n\nmain()\n"
    files = {
        "requirements.txt": "flask==2.0.1\ngunicorn==20.1.0\n",
        "shop/__init__.py": FLASK_APP,
        "shop/queue.py": "",
        "Procfile": "web: gunicorn shop:app\nworker: bin/migrate && bin/worker -n 4\n",
        "bin/migrate": "#!/bin/sh\nflask db upgrade\n",
    }
    made = converted(tmp_path / "above", files | {"bin/worker": program}, catalog)
    assert made.image.environment == {"PYTHONPATH": "/app"}
    itself = "import sys\nsys.path.insert(0, '.')\n"
    for name, text in {"itself": program.replace("def main", itself + "def main"), "json": "import json\n"}.items():
        assert not converted(tmp_path / name, files | {"bin/worker": text}, catalog).image.environment


def test_a_module_told_by_its_path_is_imported_by_its_name(tmp_path: Path, catalog: Catalog) -> None:
    files = {f"src/{path}": text for path, text in _DJANGO.items()} | {
        "requirements.txt": _PINNED,
        "scripts/shop.service": "[Service]\nExecStart=/home/shop/project/venv/bin/gunicorn /home/shop/project/src/shop.wsgi -w 2\n",
    }
    found = converted(tmp_path, files, catalog)
    assert found.image.workdir == "src"
    assert found.plan.services["shop"].command == ("gunicorn", "--bind", "0.0.0.0:{port}", "shop.wsgi", "-w", "2")


def test_code_that_a_variable_names_by_its_path_on_the_host(tmp_path: Path, catalog: Catalog) -> None:
    unit = (
        "[Service]\nEnvironment=FLASK_APP=/srv/shop/run.py\nEnvironment=SHOP_LIST=/var/list.txt\nExecStart=flask run\n"
    )
    files = {"requirements.txt": "flask==2.0.1\n", "run.py": FLASK_APP, "list.txt": "", "deploy/shop.service": unit}
    variables = converted(tmp_path, files, catalog).plan.environment
    assert (variables["FLASK_APP"].value, variables["SHOP_LIST"].value) == ("/app/run.py", "/var/list.txt")


def test_folders_that_static_files_are_taken_from_are_there(tmp_path: Path, catalog: Catalog) -> None:
    settings = (
        "import os\nBASE_DIR = os.path.dirname(os.path.dirname(__file__))\nINSTALLED_APPS = []\nSTATIC_URL = '/static/'\n"
        "STATIC_ROOT = os.path.join(BASE_DIR, 'collected')\n"
        "STATICFILES_DIRS = [os.path.join(BASE_DIR, 'assets'), ('built', os.path.join(BASE_DIR, 'front/dist'))]\n"
    )
    files = _DJANGO | {"requirements.txt": _PINNED, "shop/settings.py": settings, "assets/site.css": "a {}\n"}
    found = converted(tmp_path, files, catalog).image.build
    assert found == (("mkdir", "-p", "/app/front/dist"), ("python", "manage.py", "collectstatic", "--noinput"))


def test_pins_outweigh_what_a_classifier_says_of_python(tmp_path: Path, catalog: Catalog) -> None:
    setup = (
        'from setuptools import setup\nsetup(install_requires=["Django", "Flask-Script"],'
        ' classifiers=["Programming Language :: Python :: 3.5", "Programming Language :: Python :: 3.6"])\n'
    )
    pins = "Django==4.0.6\nFlask==2.1.2\n"
    found = converted(tmp_path, _DJANGO | {"requirements.txt": pins, "setup.py": setup}, catalog)
    assert found.image.version == "3.10"
    assert "RP012" in found.codes
    assert not any(line.lower().startswith("flask<") for line in found.image.constraints)


def test_the_server_of_the_command_is_installed(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Deployment\n\nRun it with uWSGI:\n\n    uwsgi -w wsgi --env SHOP_DATA=/path/to/data\n"
    files = {"requirements.txt": "Flask==3.0.0\n", "wsgi.py": FLASK_APP, "README.md": readme}
    found = converted(tmp_path, files, catalog)
    assert found.plan.services["web"].command[0] == "gunicorn"
    assert [step[-1] for step in found.image.install if "uwsgi" in step[-1].lower() or "gunicorn" in step[-1]] == [
        "gunicorn==23.0.0"
    ]


def test_a_script_that_runs_uwsgi_by_its_file_names_the_application(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Deployment\n\nStart it with `./run-uwsgi.sh`.\n"
    settings = "[uwsgi]\nhttp-socket = :8080\nmaster = true\nwsgi = shop.web\n"
    files = {"requirements.txt": "Flask==3.0.0\n", "shop/web.py": FLASK_APP, "README.md": readme}
    script = {"run-uwsgi.sh": "#!/bin/sh\nuwsgi uwsgi.ini\n", "uwsgi.ini": settings}
    command = converted(tmp_path, files | script, catalog).plan.services["web"].command
    assert "uwsgi.ini" not in command and command[command.index("--wsgi") + 1] == "shop.web"


def test_of_several_programs_the_one_with_the_packages_name_is_started(tmp_path: Path, catalog: Catalog) -> None:
    programs = "['shop-export = shop_server.data:export', 'shop-server = shop_server.main:main']"
    setup = f"from setuptools import setup\nsetup(name='shop', entry_points={{'console_scripts': {programs}}}, install_requires=['waitress'])\n"
    made = converted(tmp_path, {"setup.py": setup, "shop_server/__init__.py": ""}, catalog)
    assert made.plan.services["web"].command == ("shop-server",)


def test_the_folder_of_a_database_beside_the_application_is_written_to(tmp_path: Path, catalog: Catalog) -> None:
    code = f"import os\n{FLASK_APP}URI = 'sqlite:///' + os.path.join(app.root_path, 'database/shop.db')\n"
    files = {"requirements.txt": "Flask==3.0.0\n", "app.py": code, "database/.keep": ""}
    assert "/app/database" in converted(tmp_path, files, catalog).image.writable


def test_flasks_own_commands_by_another_name(tmp_path: Path, catalog: Catalog) -> None:
    code = (
        "import click\nfrom flask import Flask\nfrom flask.cli import FlaskGroup\n\n\ndef create_app():\n"
        "    app = Flask(__name__)\n    return app\n\n\n@click.group(cls=FlaskGroup, create_app=create_app)\ndef cli():\n    pass\n"
    )
    setup = 'from setuptools import setup\nsetup(entry_points={"console_scripts": ["board=board:cli"]})\n'
    readme = (
        "# Board\n\n## Usage\n\nFetch, then start the server:\n\n    board fetch\n\nRun the server:\n\n    board run\n"
    )
    files = {"requirements.txt": "Flask==3.0.0\n", "board/__init__.py": code, "setup.py": setup, "README.md": readme}
    found = converted(tmp_path, files, catalog)
    assert found.plan.services["web"].command == ("gunicorn", "board:create_app()", "--bind", "0.0.0.0:{port}")


def test_lines_that_only_print_and_files_that_are_not_there_start_nothing(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Run it\n\nStart it with:\n\n    python shop.pyz\n\nStart with a key:\n\n    python -c 'print(1)'\n"
    files = {"requirements.txt": "Flask==3.0.0\n", "wsgi.py": FLASK_APP, "README.md": readme}
    assert converted(tmp_path, files, catalog).plan.services["web"].command[0] == "gunicorn"


def test_programs_that_the_code_calls_are_in_the_image(tmp_path: Path, catalog: Catalog) -> None:
    call = 'import subprocess\nVERSION = subprocess.run(\n    ["git", "describe"], stdout=subprocess.PIPE)\n'
    files = {
        "requirements.txt": "Flask==3.0.0\n",
        "app.py": FLASK_APP + call,
        "scripts/load.py": call.replace("git", "curl"),
    }
    assert converted(tmp_path / "calls", files, catalog).image.runtime_packages == ("git",)
    tried = "import subprocess\ntry:\n    V = subprocess.run(['git', 'describe'])\nexcept OSError:\n    V = ''\n"
    files = files | {"app.py": FLASK_APP + tried}
    assert converted(tmp_path / "tries", files, catalog).image.runtime_packages == ()


def test_migrations_of_flask_in_another_folder_than_the_usual(tmp_path: Path, catalog: Catalog) -> None:
    files = {"requirements.txt": "Flask==3.0.0\nFlask-Migrate==4.0.0\n", "board/__init__.py": FLASK_APP}
    first = "from alembic import op\ndown_revision = None\n\n\ndef upgrade():\n    op.{}('posts')\n"
    files |= {
        "board/migrations/alembic.ini": "[alembic]\n",
        "board/migrations/versions/1.py": first.format("create_table"),
    }
    made = converted(tmp_path / "made", files, catalog)
    assert made.plan.release and made.plan.release.commands == (
        ("flask", "db", "upgrade", "--directory", "board/migrations"),
    )
    changed = files | {"board/migrations/versions/1.py": first.format("add_column")}
    assert converted(tmp_path / "changed", changed, catalog).plan.release is None


def test_a_program_that_completes_its_application_starts_it(tmp_path: Path, catalog: Catalog) -> None:
    main = "from board import create_app\n\n\ndef main():\n    app = create_app()\n{}    app.run(host='0.0.0.0', port=5000)\n"
    files = {
        "board/__init__.py": "from flask import Flask\n\n\ndef create_app():\n    app = Flask(__name__)\n    return app\n",
        "board/vars.py": "import os\nDATA_PATH = os.path.join(os.path.dirname(__file__), 'data', 'jobs')\nos.makedirs(DATA_PATH)\n",
        "requirements.txt": "Flask==3.0.0\n",
        "setup.py": 'from setuptools import setup\nsetup(entry_points={"console_scripts": ["board=board.run:main"]})\n',
    }
    whole = converted(tmp_path / "whole", files | {"board/run.py": main.format("")}, catalog)
    assert whole.plan.services["web"].command[0] == "gunicorn"
    completes = main.format("    @app.before_request\n    def ask():\n        pass\n")
    found = converted(tmp_path / "completes", files | {"board/run.py": completes}, catalog)
    assert found.plan.services["web"].command == ("board",)
    assert found.image.install_after_source == (("pip", "install", "--no-cache-dir", "--no-deps", "--editable", "."),)


def test_an_application_with_an_instance_folder_is_left_where_it_lies(tmp_path: Path, catalog: Catalog) -> None:
    code = "from flask import Flask\n\n\ndef create_app():\n    app = Flask(__name__, instance_relative_config=True)\n    return app\n"
    project = (
        '[project]\nname = "board"\n[project.scripts]\nboard = "board:main"\n[build-system]\nbuild-backend = "{}"\n'
    )
    readme = "# Board\n\n## Usage\n\nStart it on the server:\n\n    board serve\n"
    files = {"requirements.txt": "Flask==3.0.0\n", "board/__init__.py": code, "README.md": readme}
    left = converted(tmp_path / "left", files | {"pyproject.toml": project.format("setuptools.build_meta")}, catalog)
    assert "--editable" in left.image.install_after_source[-1] or "--editable" in left.image.install_after_source[0]
    other = converted(tmp_path / "other", files | {"pyproject.toml": project.format("poetry.masonry.api")}, catalog)
    assert not any("--editable" in step for step in other.image.install_after_source)


def test_what_a_variable_plugs_in_is_installed(tmp_path: Path, catalog: Catalog) -> None:
    settings = "import os\nINSTALLED_APPS = tuple(os.environ['SHOP_PLUGINS'].split(','))\n"
    files = _DJANGO | {"shop/settings.py": settings, "requirements.txt": _PINNED}
    files |= {
        "requirements-plugins.txt": "shop_mail==1.4\nshop_chat==0.8\n",
        ".env.example": "SHOP_PLUGINS=shop_mail,shop_chat\n",
    }
    image = converted(tmp_path, files, catalog).image
    assert (
        "pip",
        "install",
        "--no-cache-dir",
        "--requirement",
        "requirements-plugins.txt",
    ) in image.install_after_source


def test_an_example_with_data_of_the_reader_is_no_start(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Board\n\n## Usage\n\nStart the server with your data:\n\n    board serve posts.db\n\nOn a server start it so:\n\n    board serve . -p 8000\n"
    setup = 'from setuptools import setup\nsetup(entry_points={"console_scripts": ["board=board.cli:main"]})\n'
    files = {"setup.py": setup, "board/__init__.py": "", "board/cli.py": "def main():\n    pass\n", "README.md": readme}
    told = converted(tmp_path / "none", files, catalog)
    assert told.plan.services["web"].command[:3] == ("board", "serve", ".")
    there = converted(tmp_path / "there", files | {"posts.db": "x"}, catalog)
    assert there.plan.services["web"].command[:3] == ("board", "serve", "posts.db")


def test_what_a_readme_has_the_application_build_is_built_in_the_image(tmp_path: Path, catalog: Catalog) -> None:
    """By one of its own programs, which finds it through a variable and reads its settings."""
    files = {
        "requirements.txt": "flask==2.0.3\nflask-assets==2.0\ngunicorn==20.1.0\n",
        "shop/__init__.py": "import os\nfrom flask import Flask\napp = Flask(__name__)\napp.secret_key = os.environ['SHOP_KEY']\n",
        "README.md": "# Shop\n\n## Install\n\n    pip install -r requirements.txt\n    ./venv/bin/flask assets build\n    gunicorn shop:app\n",
    }
    made = converted(tmp_path / "flask", files, catalog)
    assert made.image.build[-1] == ("flask", "assets", "build")
    assert made.image.build_environment == {"FLASK_APP": "shop/__init__.py", "SHOP_KEY": "unused-in-build"}
    assert made.dockerfile.index("flask assets build") > made.dockerfile.index("COPY . .")
    told = {
        "requirements.txt": "quart==0.18.3\nhypercorn==0.14.3\n",
        "README.md": files["README.md"].replace("flask", "quart").replace("assets build", "assets"),
        ".env.example": "QUART_APP=shop:app\n",
    }
    made = converted(tmp_path / "quart", files | told, catalog)
    assert made.image.build_environment["QUART_APP"] == "shop:app" and made.image.build[-1] == ("quart", "assets")


def test_a_program_of_the_language_lies_anywhere_on_the_host(tmp_path: Path, catalog: Catalog) -> None:
    """And one that refuses Python 3 runs on Python 2, whatever else a README's range admits."""
    unit = "[Service]\nExecStart=/path-to/python2 /path-to/shop/shop.py --quiet\n"
    program = "import sys\n\nif sys.version_info >= (3, 0):\n    sys.exit(1)\n\n" + FLASK_APP
    files = {
        "requirements.txt": "flask==1.1.4\n",
        "shop.py": program,
        "shop.service": unit,
        "README.md": "# Shop\n\nRun with Python 2.7.9+.\n",
    }
    found = converted(tmp_path, files, catalog)
    assert found.plan.services["shop"].command == ("python", "/app/shop.py", "--quiet")
    assert found.image.version == "2.7"
