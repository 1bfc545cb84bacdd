"""Servers of Node that a build writes, told by their source."""

import json
from pathlib import Path

import pytest

from tests.plan.from_files import converted
from toolkit.catalog.catalog import Catalog
from toolkit.errors import BadInputError

SERVER = "import * as http from 'http';\nimport './words.json';\nhttp.createServer((_, answer) => answer.end()).listen(8000);\n"
CHECK = "import * as fs from 'fs';\nimport * as words from './words.json';\nconsole.log(fs.readdirSync('.'), words);\n"


def test_what_start_runs_is_a_server_where_its_source_listens(tmp_path: Path, catalog: Catalog) -> None:
    """A library for pages, and no framework; a tool that a README tells is compiled as well."""
    manifest = {
        "scripts": {"build": "tsc --build src && webpack", "start": "node build/src/server.js"},
        "dependencies": {"typescript": "^4.1.2", "webpack": "^5.25.0"},
    }
    files = {"package.json": json.dumps(manifest), "src/server.ts": SERVER, "src/tools/check.ts": CHECK}
    files["README.md"] = "# Shop\n\n## Check\n\nRun\n\n    node build/src/tools/check.js\n"
    made = converted(tmp_path, files, catalog)
    assert made.image.stack == "node-express"
    assert made.plan.services["web"].command == ("node", "build/src/server.js")


def test_pages_stay_pages_where_what_start_runs_shows_them_to_developers(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {
        "scripts": {"build": "webpack", "start": "node dist/show.js"},
        "devDependencies": {"webpack": "^5.25.0"},
    }
    files = {"package.json": json.dumps(manifest), "src/show.js": "console.log('pages');\n"}
    files["webpack.config.js"] = "module.exports = {output: {path: __dirname + '/dist'}};\n"
    assert converted(tmp_path, files, catalog).image.stack == "node-static"


@pytest.mark.parametrize(
    ("start", "library", "command"),
    [
        ("shopkit serve", "@shopkit/shopkit-cli", ("npm", "start")),
        ("npx shopkit serve", "shopkit", ("npm", "start")),
        ("strapi develop", "strapi-lib", ("strapi", "start")),
    ],
)
def test_a_program_of_a_library_for_production_serves(
    tmp_path: Path, catalog: Catalog, start: str, library: str, command: tuple[str, ...]
) -> None:
    manifest = {"scripts": {"start": start}, "dependencies": {library: "^1.0.0"}}
    made = converted(tmp_path, {"package.json": json.dumps(manifest)}, catalog)
    assert made.image.stack == "node-express"
    assert made.plan.services["web"].command == command


@pytest.mark.parametrize(
    "manifest",
    [
        {"scripts": {"start": "electron ."}, "dependencies": {"electron": "^1.0.0"}},
        {"scripts": {"start": "shopkit"}, "devDependencies": {"shopkit": "^1.0.0"}},
        {"scripts": {"start": "shopkit"}},
    ],
)
def test_other_programs_say_nothing_of_a_server(tmp_path: Path, catalog: Catalog, manifest: dict[str, object]) -> None:
    with pytest.raises(BadInputError):
        converted(tmp_path, {"package.json": json.dumps(manifest)}, catalog)


@pytest.mark.parametrize(
    ("others", "command"),
    [
        ({}, ["node", "dist/main"]),
        ({"test/app.e2e-spec.ts": CHECK}, ["node", "dist/main"]),
        ({"tests/setup.ts": CHECK}, ["node", "dist/src/main.js"]),
        ({"tests/setup.ts": CHECK, "nest-cli.json": '{"compilerOptions": {"webpack": true}}'}, ["node", "dist/main"]),
    ],
)
@pytest.mark.parametrize("readme", ["", "# Shop\n\n## Production\n\n    npm run start:prod\n"])
def test_what_nest_compiles_lies_below_the_folder_above_all_of_it(
    tmp_path: Path, catalog: Catalog, others: dict[str, str], command: list[str], readme: str
) -> None:
    manifest = {
        "scripts": {"build": "nest build", "start:prod": "node dist/main"},
        "dependencies": {"@nestjs/core": "^8.0.0"},
    }
    files = {
        "package.json": json.dumps(manifest),
        "src/main.ts": SERVER,
        "tsconfig.json": '{\n  "compilerOptions": {\n    "outDir": "./dist"\n  }\n}\n',
        "tsconfig.build.json": '{\n  "extends": "./tsconfig.json",\n  "exclude": ["node_modules", "test", "dist"]\n}\n',
        "README.md": readme,
    }
    assert list(converted(tmp_path, files | others, catalog).plan.services["web"].command) == command


def test_the_schema_that_a_server_writes_as_it_starts_is_its_users(tmp_path: Path, catalog: Catalog) -> None:
    code = "GraphQLModule.forRoot({autoSchemaFile: join(process.cwd(), 'src/schema.gql')});\n"
    manifest = {"scripts": {"start": "node src/main.js"}, "dependencies": {"@nestjs/core": "^8.0.0"}}
    files = {"package.json": json.dumps(manifest), "src/main.js": SERVER, "src/app.module.js": code}
    made = converted(tmp_path / "absent", files, catalog)
    assert "chown 10001:10001 /app/src\n" in made.dockerfile
    made = converted(tmp_path / "there", files | {"src/schema.gql": "type Query\n"}, catalog)
    assert "chown 10001:10001 /app/src/schema.gql /app/src\n" in made.dockerfile


def test_the_default_project_of_a_workspace_of_nx_is_started_from_what_its_build_writes(
    tmp_path: Path, catalog: Catalog
) -> None:
    manifest = {"scripts": {"start": "nx serve", "build": "nx build"}, "dependencies": {"@nestjs/core": "^9.0.0"}}
    build = {"executor": "@nrwl/node:webpack", "options": {"outputPath": "dist/apps/api"}}
    readme = "# Shop\n\n## Start\n\nStart the pages with `npm run start --project pages`.\n"
    files = {
        "package.json": json.dumps(manifest),
        "nx.json": '{"defaultProject": "api"}',
        "apps/api/project.json": json.dumps({"targets": {"build": build}}),
        "apps/api/src/main.ts": SERVER,
        "README.md": readme,
    }
    made = converted(tmp_path, files, catalog)
    assert made.image.build == (("npm", "run", "build"),)
    assert made.plan.services["web"].command == ("node", "dist/apps/api/main.js")


def test_a_readme_builds_the_pages_apart_from_the_server_that_developers_run_from_its_source(
    tmp_path: Path, catalog: Catalog
) -> None:
    manifest = {
        "scripts": {
            "start-backend": "cross-env NODE_ENV=development npx nodemon ./src/bin/server.ts",
            "compile": "tsc",
            "build-frontend": "webpack --mode=production",
            "build-frontend:dev": "webpack --mode=development --watch",
        },
        "dependencies": {"express": "^4.17.1"},
        "devDependencies": {"typescript": "^4.1.2", "webpack": "^5.25.0"},
    }
    told = ("start-backend  # in development mode", "compile", "build-frontend", "build-frontend:dev")
    shown = "".join(f"\n### {name}\n\n```\nyarn {name}\n```\n" for name in told)
    files = {
        "package.json": json.dumps(manifest),
        "yarn.lock": "",
        "tsconfig.json": '{"compilerOptions": {"outDir": "./dist/"}}',
        "src/bin/server.ts": "import * as http from 'http';\nhttp.createServer().listen(8000);\n",
        "src/shop/index.ts": "export const name = 'shop';\n",
        "README.md": f"# Shop\n\n## Scripts\n{shown}",
    }
    made = converted(tmp_path, files, catalog)
    assert made.image.build[-2:] == (("yarn", "run", "compile", "--skipLibCheck"), ("yarn", "run", "build-frontend"))
    assert made.plan.services["web"].command == ("node", "dist/bin/server.js")
