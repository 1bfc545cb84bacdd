"""Prisma: a client that is made from the schema, and migrations of a release."""

import json
from pathlib import Path

from toolkit.catalog.catalog import Catalog

from .from_files import converted

SCHEMA = 'datasource db {\n  provider = "postgresql"\n  url = env("DATABASE_URL")\n}\n'
MANIFEST = {
    "scripts": {"start": "node server.js"},
    "dependencies": {"express": "^4.18.0", "@prisma/client": "^5.0.0"},
    "devDependencies": {"prisma": "^5.0.0"},
}
FILES = {
    "package.json": json.dumps(MANIFEST),
    "server.js": "require('express')().listen(process.env.PORT || 3000);\n",
    "prisma/schema.prisma": SCHEMA,
    "prisma/migrations/1_init/migration.sql": "CREATE TABLE items (id int);\n",
}
GENERATE = ("npx", "prisma", "generate", "--schema=prisma/schema.prisma")


def test_the_client_is_made_in_the_build_and_migrations_are_applied_at_release(
    tmp_path: Path, catalog: Catalog
) -> None:
    made = converted(tmp_path, FILES, catalog)
    assert made.image.build == (GENERATE,) and made.image.prune == ()
    assert made.plan.release and made.plan.release.commands == (
        ("prisma", "migrate", "deploy", "--schema=prisma/schema.prisma"),
    )
    assert made.plan.datastores["database"].engine == "postgres"
    assert made.plan.environment["DATABASE_URL"].reference.startswith("postgresql://")
    assert "openssl" in made.image.runtime_packages


def test_a_script_that_makes_the_client_is_enough(tmp_path: Path, catalog: Catalog) -> None:
    manifest = MANIFEST | {"scripts": MANIFEST["scripts"] | {"build": "prisma generate && tsc"}}
    made = converted(tmp_path, FILES | {"package.json": json.dumps(manifest)}, catalog)
    assert GENERATE not in made.image.build


def test_without_migrations_or_a_server_nothing_is_applied(tmp_path: Path, catalog: Catalog) -> None:
    none = {name: text for name, text in FILES.items() if "migrations" not in name}
    assert converted(tmp_path / "none", none, catalog).plan.release is None
    file = FILES | {"prisma/schema.prisma": SCHEMA.replace("postgresql", "sqlite")}
    assert converted(tmp_path / "file", file, catalog).plan.release is None


def test_programs_of_libraries_are_steps_of_a_release(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {
        "scripts": {"start": "node server.js"},
        "dependencies": {"express": "^4.18.0", "pg": "^8.0.0", "sequelize": "^6.0.0"},
        "devDependencies": {"sequelize-cli": "^6.0.0"},
    }
    readme = "# Shop\n\n## Deployment\n\n```\nnpm install\nnpx sequelize db:migrate\nnpm start\n```\n"
    files = {"package.json": json.dumps(manifest), "server.js": FILES["server.js"], "README.md": readme}
    made = converted(tmp_path, files, catalog)
    assert made.plan.release and made.plan.release.commands == (("sequelize", "db:migrate"),)
