"""Applications whose settings NODE_ENV chooses, and which have none for production."""

import json
from pathlib import Path

import pytest

from tests.plan.from_files import converted
from toolkit.catalog.catalog import Catalog

TWO = "module.exports = {development: {client: 'pg'}, test: {client: 'pg'}};\n"
THREE = "module.exports = {development: {client: 'pg'}, test: {client: 'pg'}, production: {client: 'pg'}};\n"
CONNECTIONS = [{"name": "development", "type": "postgres"}, {"name": "test", "type": "postgres"}]


@pytest.mark.parametrize(
    ("code", "others", "mode"),
    [
        ("const env = process.env.NODE_ENV || 'development';\nconst db = require('./db')[env];", {"db.js": TWO}, "development"),
        ("const env = process.env.NODE_ENV || 'development';\nconst db = require('./db')[env];", {"db.js": THREE}, "production"),
        ("const env = process.env.NODE_ENV;\nconst db = require('./db.js')[env];", {"db.js": TWO}, "development"),
        ("const db = require('./db')[process.env.NODE_ENV || 'test'];", {"db.js": TWO}, "test"),
        ("const db = require('./db')[process.env.NODE_ENV];", {"db.js": THREE}, "production"),
        ("require('./env/' + process.env.NODE_ENV);", {"env/development.js": "", "env/test.js": ""}, "development"),
        ("require('./env/' + process.env.NODE_ENV);", {"env/development.js": "", "env/production.js": ""}, "production"),
        ("const mode = process.env.NODE_ENV;\nrequire(`./env.${mode}.js`);", {"env.development.js": ""}, "development"),
        ("getConnectionOptions(process.env.NODE_ENV).then(createConnection);", {"ormconfig.json": json.dumps(CONNECTIONS)}, "development"),
        ("getConnectionOptions(process.env.NODE_ENV).then(createConnection);", {"ormconfig.json": "[}"}, "production"),
        ("if (process.env.NODE_ENV === 'development') { require('./db'); }", {"db.js": TWO}, "production"),
    ],
)  # fmt: skip
def test_settings_without_production_are_started_as_their_operators_do(
    tmp_path: Path, catalog: Catalog, code: str, others: dict[str, str], mode: str
) -> None:
    manifest = json.dumps({"scripts": {"start": "node app.js"}, "dependencies": {"express": "^4.18.0"}})
    server = {"app.js": f"{code}\nrequire('express')().listen(8000);\n", "package.json": manifest}
    made = converted(tmp_path, server | others, catalog)
    settled = made.image.environment.get("NODE_ENV")
    assert (settled or made.plan.environment["NODE_ENV"].value) == mode
    assert settled is None or "NODE_ENV" not in made.plan.environment
    assert f"NODE_ENV={mode}" in made.dockerfile
