"""The database refuses connections without encryption exactly where the application's drivers make none."""

from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog

from .from_files import FLASK_APP, converted

PSYCOPG = {
    "requirements.txt": "flask==3.0.0\npsycopg2==2.9.9\n",
    "app.py": FLASK_APP,
}
MYSQL2 = {
    "package.json": '{"name": "shop", "scripts": {"start": "node app.js"}, "dependencies": {"express": "^4.0.0", "mysql2": "^3.0.0"}}',
    "app.js": "require('express')().listen(3000)\n",
}
PHP = {
    "index.php": "<?php new PDO('mysql:host=' . getenv('DB_HOST'));",
    "README.md": "# Shop\n\nNeeds MySQL 8 and PHP 8.2.\n",
}
UNKNOWN = {
    "requirements.txt": "flask==3.0.0\n",
    "app.py": PSYCOPG["app.py"],
    "README.md": "# Shop\n\nRequires PostgreSQL 15.\n",
}


@pytest.mark.parametrize(
    ("files", "required", "told", "because"),
    [
        (PSYCOPG, True, False, "psycopg2 encrypts by default"),
        (MYSQL2, False, True, "mysql2 connects without encryption unless the application asks for it"),
        (PHP, False, True, "ext-mysqli, ext-pdo_mysql connect without encryption unless the application asks for it"),
        (UNKNOWN, False, False, "no driver in use is known to encrypt by default"),
    ],
)
def test_the_driver_decides(
    files: dict[str, str], required: bool, told: bool, because: str, tmp_path: Path, catalog: Catalog
) -> None:
    made = converted(tmp_path, files, catalog)
    assert made.plan.datastores["database"].require_tls is required
    assert ("RP046" in made.codes) is told
    assert made.planned.by_key["datastores.database.require_tls"].because == because
