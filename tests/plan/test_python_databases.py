"""Which database settings of Python are for."""

import json
from pathlib import Path

from tests.plan.from_files import DJANGO_MANAGE, DJANGO_WSGI, FLASK_APP, converted
from toolkit.catalog.catalog import Catalog


def test_an_address_in_the_settings_tells_which_of_several_drivers_is_used(tmp_path: Path, catalog: Catalog) -> None:
    config = (
        "class Config:\n    SQLALCHEMY_DATABASE_URI = 'mysql://{}:{}@{}/shop'.format('shop', 'x', 'db')\n"
        "\n\nclass TestConfig(Config):\n    SQLALCHEMY_DATABASE_URI = 'sqlite://'\n"
    )
    lists = "Flask==3.0.0\nFlask-SQLAlchemy==3.1.0\npsycopg2==2.9.9\nmysqlclient==2.2.0\n"
    files = {"requirements.txt": lists, "app.py": FLASK_APP, "settings.py": config}
    assert converted(tmp_path, files, catalog).plan.datastores["database"].engine == "mysql"


def test_a_program_that_is_called_like_a_worker_is_one(tmp_path: Path, catalog: Catalog) -> None:
    scripts = '["shop=shop.app:main", "shop_worker=shop.work:main"]'
    setup = f'from setuptools import setup\nsetup(entry_points={{"console_scripts": {scripts}}})\n'
    readme = "# Shop\n\n## Deployment\n\nStart the server:\n\n    gunicorn app:app\n\nStart the workers:\n\n    shop_worker --processes 2\n"
    files = {"requirements.txt": "Flask==3.0.0\n", "app.py": FLASK_APP, "setup.py": setup, "README.md": readme}
    kinds = [service.kind for service in converted(tmp_path, files, catalog).plan.services.values()]
    assert kinds == ["web", "worker"]


def test_work_beside_the_server_in_words_that_no_rule_knows(tmp_path: Path, catalog: Catalog) -> None:
    readme = (
        "# Pool\n\n#### 启动项目:\n\n```bash\n# 调度\npython pool.py schedule\n\n# api\npython pool.py server\n```\n"
    )
    files = {"requirements.txt": "Flask==3.0.0\n", "api.py": FLASK_APP, "pool.py": "import api\n", "README.md": readme}
    services = converted(tmp_path, files, catalog).plan.services
    assert [(one.kind, one.command[-1]) for one in services.values()] == [
        ("web", "0.0.0.0:{port}"),
        ("worker", "schedule"),
    ]


def test_the_usual_driver_of_the_database_that_the_sample_names(tmp_path: Path, catalog: Catalog) -> None:
    code = f"import os\n{FLASK_APP}URI = '{{}}://{{}}@{{}}/shop'.format(os.getenv('DB_ENGINE'), 'shop', os.getenv('DB_HOST'))\n"
    sample = "DB_ENGINE=mysql\nDB_HOST=localhost\nDB_NAME=shop\n"
    files = {"app.py": code, "env.sample": sample, "requirements.txt": "Flask==3.0.0\nFlask-SQLAlchemy==3.1.0\n"}
    found = converted(tmp_path / "none", files, catalog)
    assert ("pip", "install", "--no-cache-dir", "mysqlclient>=1.4,<3") in found.image.install
    assert "libmariadb3" in found.image.runtime_packages
    listed = files | {"requirements.txt": files["requirements.txt"] + "PyMySQL==1.1.0\n"}
    assert not any("mysqlclient" in step[-1] for step in converted(tmp_path / "listed", listed, catalog).image.install)


def test_a_driver_is_listed_whichever_list_tells_of_the_database(tmp_path: Path, catalog: Catalog) -> None:
    lock = {"_meta": {}, "default": {"flask": {"version": "==3.0.0"}, "psycopg2": {"version": "==2.9.9"}}}
    lock["default"]["flask-sqlalchemy"] = {"version": "==3.1.1"}
    files = {"Pipfile": '[packages]\nflask = "*"\nflask-sqlalchemy = "*"\npsycopg2 = "*"\n', "app.py": FLASK_APP}
    files |= {"Pipfile.lock": json.dumps(lock), "requirements/prod.txt": "flask\nflask-sqlalchemy\npsycopg2\n"}
    files["settings.py"] = "SQLALCHEMY_DATABASE_URI = 'postgresql://localhost/shop'\n"
    assert "psycopg2-binary" not in converted(tmp_path, files, catalog).dockerfile


def test_of_lists_for_one_database_each_the_driver_of_the_settings(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "manage.py": DJANGO_MANAGE,
        "shop/__init__.py": "",
        "shop/wsgi.py": DJANGO_WSGI,
        "shop/settings.py": "DATABASES = {'default': {'ENGINE': 'django.db.backends.mysql', 'NAME': 'shop'}}\n",
        "requirements/base.txt": "Django==3.2.9\ngunicorn==20.1.0\n",
        "requirements/mariadb.txt": "-r base.txt\nmysqlclient==2.0.3\n",
        "requirements/postgres.txt": "-r base.txt\npsycopg2==2.9.1\n",
    }
    found = converted(tmp_path, files, catalog)
    assert found.image.manifest == "requirements/base.txt"
    assert ("pip", "install", "--no-cache-dir", "mysqlclient==2.0.3") in found.image.install
    assert "psycopg2" not in found.dockerfile
