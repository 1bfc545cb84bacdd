"""What users upload does not last on the disk of a task: somebody is told which folders."""

from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog

from .from_files import FLASK_APP, converted

RAILS = {
    "Gemfile": 'gem "rails", "~> 7.1"\ngem "puma"\n',
    "config/application.rb": "module Shop; end\n",
    "config/environments/production.rb": "Rails.application.configure do\n  config.active_storage.service = :local\nend\n",
}
LARAVEL = {
    "artisan": "",
    "composer.json": '{"require": {"php": "^8.2", "laravel/framework": "^11.0"}}',
    "public/index.php": "<?php\n",
}
HERE = "import os\nbasedir = os.path.abspath(os.path.dirname(os.path.dirname(__file__)))\n"
FLASK = {"requirements.txt": "flask==3.0\n", "app.py": FLASK_APP}


@pytest.mark.parametrize(
    ("files", "place"),
    [
        (RAILS, "/app/storage: config/environments/production.rb:2"),
        (RAILS | {"app/uploaders/bill_uploader.rb": "class A\n  storage :file\nend\n", "config/environments/production.rb": ""},
         "/app/public/uploads: app/uploaders/bill_uploader.rb:2"),
        (LARAVEL, "/app/storage: artisan"),
        (FLASK | {"shop/__init__.py": "", "shop/config.py": HERE + 'UPLOAD_FOLDER = os.path.join(basedir, "uploads")\nLOG_DIR = os.path.join(basedir, "logs")\n'},
         "/app/uploads: shop/config.py:3"),
        (RAILS | {"config/environments/production.rb": "config.active_storage.service = :amazon\n"}, ""),
        (LARAVEL | {".env.example": "FILESYSTEM_DISK=s3\n"}, ""),
        (FLASK | {"shop/__init__.py": "", "shop/config.py": HERE + 'CACHE_DIR = os.path.join(basedir, "data/cache")\n'}, ""),
    ],
)  # fmt: skip
def test_folders_that_have_to_last_are_told(
    files: dict[str, str], place: str, tmp_path: Path, catalog: Catalog
) -> None:
    found = [one for one in converted(tmp_path, files, catalog).planned.findings if one.code == "RP057"]
    assert [f"{one.message.split(':')[0]}: {one.evidence[0]}" for one in found] == ([place] if place else [])


def test_a_library_that_keeps_its_data_in_files_is_told(tmp_path: Path, catalog: Catalog) -> None:
    package = '{"dependencies": {"express": "^4.18.0", "nedb": "^1.8.0"}, "scripts": {"start": "node server.js"}}'
    found = converted(tmp_path, {"package.json": package, "server.js": ""}, catalog).planned.findings
    assert [str(one.evidence[0]) for one in found if one.code == "RP057"] == ["package.json:1"]


def test_a_database_that_the_source_has_beside_the_code_can_be_written(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "requirements.txt": "flask==1.1.4\nflask-sqlalchemy==2.5.1\n",
        "shop/__init__.py": "from flask import Flask\napp = Flask(__name__)\napp.config['SQLALCHEMY_DATABASE_URI'] = 'sqlite:///shop.db'\n",
        "shop/shop.db": "SQLite format 3",
        "shop/notes.txt": "",
    }
    assert converted(tmp_path, files, catalog).image.owned == ("/app", "/app/shop", "/app/shop/shop.db")


def test_a_sample_of_settings_is_read_as_the_module_that_each_host_has(tmp_path: Path, catalog: Catalog) -> None:
    sample = (
        "import os\nbasedir = os.path.dirname(__file__)\nTOKEN = '{{ token }}'\n"
        "SQLALCHEMY_DATABASE_URI = 'sqlite:///' + os.path.join(basedir, 'shop.db')\n"
        "UPLOAD_FOLDER = basedir + '/static/uploads/'\n"
    )
    files = {
        "app.py": "from flask import Flask\napp = Flask(__name__)\napp.config.from_object('config')\n",
        "requirements.txt": "flask==3.0.0\nflask-sqlalchemy==3.1.1\n",
        "config.py.example": sample,
    }
    image = converted(tmp_path, files, catalog).image
    assert "/app/static/uploads" in image.writable and "/app" in image.owned
    of_host = files | {"config.py": "TOKEN = ''\n"}
    assert "/app/static/uploads" not in converted(tmp_path / "own", of_host, catalog).image.writable
