"""What Node applications are installed and built with: package managers, pruning, build scripts, versions."""

import json
from pathlib import Path

import pytest

from tests.plan.from_files import EXPRESS_SERVER, converted
from toolkit.catalog.catalog import Catalog


def test_programs_of_packages_are_found(tmp_path: Path, catalog: Catalog) -> None:
    manifest = '{"scripts": {"build": "next build", "start": "next start"}, "dependencies": {"next": "15.1.0"}}'
    readme = "# Shop\n\n## Production\n\n```\nnpm run build\nnpm run start\n```\n"
    dockerfile = converted(tmp_path, {"package.json": manifest, "README.md": readme}, catalog).dockerfile
    assert "ENV PATH=/app/node_modules/.bin:$PATH" in dockerfile
    assert 'CMD ["next", "start", "--port", "3000"]' in dockerfile


def test_of_several_build_scripts_the_one_for_production_is_run(tmp_path: Path, catalog: Catalog) -> None:
    manifest = (
        '{"scripts": {"build:prod": "vue-cli-service build", "build:stage": "vue-cli-service build --mode staging"}, '
        '"devDependencies": {"@vue/cli-service": "4.4.4"}}'
    )
    readme = "# Shop\n\n## Build\n\n```\n# for the test environment\nnpm run build:stage\n\n# for production\nnpm run build:prod\n```\n"
    dockerfile = converted(tmp_path, {"package.json": manifest, "README.md": readme}, catalog).dockerfile
    assert "npm run build:prod" in dockerfile
    assert "npm run build:stage" not in dockerfile


@pytest.mark.parametrize(("manager", "wanted"), [(', "packageManager": "pnpm@9.1.1"', "9.1.1"), ("", "9")])
def test_pnpm_has_the_version_of_the_manifest_or_of_the_lock_file(
    tmp_path: Path, catalog: Catalog, manager: str, wanted: str
) -> None:
    files = {
        "package.json": '{"scripts": {"build": "vite build"}, "devDependencies": {"vite": "^5.2.0"}' + manager + "}",
        "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
        "index.html": "<html></html>",
    }
    assert f"npm install --global pnpm@{wanted}\n" in converted(tmp_path, files, catalog).dockerfile


def test_what_a_release_calls_is_not_pruned(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {
        "scripts": {
            "start": "node app.js",
            "migrate": "npm run ts node_modules/.bin/sequelize db:migrate",
            "ts": "ts-node",
        },
        "dependencies": {"express": "^4.18.0"},
        "devDependencies": {"ts-node": "^8.0.0"},
    }
    readme = "# Shop\n\n## Production\n\nBring the database up to date:\n\n```\nnpm run migrate\n```\n"
    files = EXPRESS_SERVER | {"package.json": json.dumps(manifest), "README.md": readme, "package-lock.json": "{}"}
    assert converted(tmp_path / "calls", files, catalog).image.prune == ()
    manifest["scripts"] |= {"migrate": "node migrate.js", "build": "webpack"}
    files |= {"package.json": json.dumps(manifest)}
    assert converted(tmp_path / "none", files, catalog).image.prune != ()


def test_what_operators_install_is_enough(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {
        "scripts": {"start": "node app.js"},
        "dependencies": {"express": "^5.1.0"},
        "devDependencies": {"chai": "1"},
    }
    files = EXPRESS_SERVER | {"package.json": json.dumps(manifest), "check.js": "require('chai');\n"}
    assert "--omit=dev" not in converted(tmp_path / "unknown", files, catalog).dockerfile
    files["README.md"] = "# Shop\n\n## Production\n\n```\nnpm install --production\nnpm start\n```\n"
    assert "--omit=dev" in converted(tmp_path / "told", files, catalog).dockerfile


@pytest.mark.parametrize(("dialect", "stays"), [("sqlite", True), ("mysql", False)])
def test_the_driver_that_the_settings_name_stays(tmp_path: Path, catalog: Catalog, dialect: str, stays: bool) -> None:
    manifest = {
        "scripts": {"start": "node app.js"},
        "dependencies": {"express": "4", "sequelize": "4", "mysql": "^2.14.1"},
        "devDependencies": {"sqlite3": "4.2.0", "mocha": "5"},
    }
    settings = f"module.exports = {{\n  database: {{\n    dialect: '{dialect}',\n  }}\n}};\n"
    files = EXPRESS_SERVER | {"package.json": json.dumps(manifest), "config/index.js": settings}
    dockerfile = converted(tmp_path, files, catalog).dockerfile
    assert ("--omit=dev" in dockerfile or "--production" in dockerfile) != stays


def test_a_driver_that_stands_among_what_is_for_development_stays(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {
        "scripts": {"start": "node app.js"},
        "dependencies": {"express": "^5.1.0"},
        "devDependencies": {"sqlite3": "^4.0.1"},
    }
    files = EXPRESS_SERVER | {"package.json": json.dumps(manifest), "nightwatch.conf.js": "require('sqlite3');\n"}
    assert "--omit=dev" not in converted(tmp_path / "alone", files, catalog).dockerfile
    manifest["dependencies"] |= {"pg": "^8.0.0"}
    files |= {"package.json": json.dumps(manifest)}
    assert "--omit=dev" in converted(tmp_path / "beside", files, catalog).dockerfile


def test_what_only_the_build_runs_needs_nothing_at_run_time(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {
        "scripts": {"start": "node dist/app.js", "build": "tsc && npm run copy", "copy": "ts-node copy.ts"},
        "dependencies": {"express": "^4.18.0"},
        "devDependencies": {"shelljs": "^0.8.4", "typescript": "^4.2.3"},
    }
    files = {
        "package.json": json.dumps(manifest),
        "src/app.ts": EXPRESS_SERVER["app.js"],
        "copy.ts": 'import * as shell from "shelljs";\n',
    }
    assert converted(tmp_path / "tool", files, catalog).image.prune != ()
    files |= {"src/shell.ts": files["copy.ts"]}
    assert converted(tmp_path / "own", files, catalog).image.prune == ()


def test_where_nothing_is_built_nothing_for_development_is_installed(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {
        "scripts": {"start": "node app.js"},
        "dependencies": {"express": "^5.1.0"},
        "devDependencies": {"mocha": "^11.0.0"},
    }
    files = EXPRESS_SERVER | {"package.json": json.dumps(manifest), "package-lock.json": "{}"}
    locked = converted(tmp_path / "locked", files, catalog).image
    assert (locked.install, locked.prune) == ((("npm", "ci", "--omit=dev"),), ())
    del files["package-lock.json"]
    old = files | {"CHANGELOG.md": "# Changes\n\n## 1.1 - 2019-03-02\n\n- a fix\n", ".nvmrc": "10\n"}
    ((_, _, shell),) = converted(tmp_path / "old", old, catalog).image.install
    assert shell.count("npm install --production --no-audit") == 2
    manifest["scripts"]["postinstall"] = "node tools/after.js"
    scripts = files | {"package.json": json.dumps(manifest)}
    assert converted(tmp_path / "scripts", scripts, catalog).image.prune == (("npm", "prune", "--omit=dev"),)


def test_what_the_configuration_of_next_asks_for_stays(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {
        "scripts": {"build": "next build", "start": "next start"},
        "dependencies": {"next": "^12.0.0"},
        "devDependencies": {"@next/bundle-analyzer": "^12.0.0", "postcss": "^8.0.0"},
    }
    files = {
        "package.json": json.dumps(manifest),
        "next.config.js": "module.exports = require('@next/bundle-analyzer')({enabled: false})({});\n",
        "postcss.config.js": "module.exports = require('postcss')();\n",
    }
    assert converted(tmp_path / "asked", files, catalog).image.prune == ()
    del files["next.config.js"]
    assert converted(tmp_path / "else", files, catalog).image.prune == (("npm", "prune", "--omit=dev"),)


@pytest.mark.parametrize(
    ("version", "script", "install"),
    [
        ("12", "gulp libraries", ("npm", "ci", "--unsafe-perm")),
        ("12", "husky install", ("npm", "ci")),
        ("20", "gulp libraries", ("npm", "ci")),
    ],
)
def test_old_npm_is_told_to_run_scripts_of_the_application_as_root(
    tmp_path: Path, catalog: Catalog, version: str, script: str, install: tuple[str, ...]
) -> None:
    manifest = {
        "scripts": {"start": "node app.js", "postinstall": script, "build": "gulp"},
        "dependencies": {"express": "^4.18.0"},
    }
    files = EXPRESS_SERVER | {"package.json": json.dumps(manifest), "package-lock.json": "{}", ".nvmrc": version}
    image = converted(tmp_path, files, catalog).image
    assert install in (*image.install, *image.install_after_source)


@pytest.mark.parametrize(
    ("script", "locked", "build"),
    [
        ("rimraf dist && tsc -p tsconfig.build.json", None, ("npm", "run", "build", "--", "--skipLibCheck")),
        ("tsc", "4.17.0", ("yarn", "run", "build", "--skipLibCheck")),
        ("tsc", "4.18.0", ("yarn", "run", "build", "--skipLibCheck")),
        ("tsc --build", None, ("npm", "run", "build")),
        ("tsc && cp -r views dist", None, ("npm", "run", "build")),
    ],
)
def test_types_of_libraries_are_not_checked(
    tmp_path: Path, catalog: Catalog, script: str, locked: str | None, build: tuple[str, ...]
) -> None:
    manifest = {
        "scripts": {"build": script, "start": "node dist/app.js"},
        "dependencies": {"express": "4.18.0"},
        "devDependencies": {"typescript": "4.0.0"},
    }
    files = {"package.json": json.dumps(manifest), "src/app.ts": "express().listen(3000);\n"}
    if locked:
        entries = (
            f'{name}@{version}:\n  version "{version}"\n'
            for name, version in (("express", locked), ("typescript", "4.0.0"))
        )
        files["yarn.lock"] = "# yarn lockfile v1\n\n" + "\n".join(entries)
    image = converted(tmp_path, files, catalog).image
    assert image.build == (build,)
    said = files | {"tsconfig.json": '{"compilerOptions": {"skipLibCheck": true}}\n'}
    assert "--skipLibCheck" not in converted(tmp_path / "said", said, catalog).image.build[0]
    assert "--frozen-lockfile" not in [word for step in image.prune for word in step]


@pytest.mark.parametrize(
    ("version", "plugin", "pruned"),
    [
        ("3.2.1", "", False),
        ("3.2.1", ".yarn/plugins/@yarnpkg/plugin-workspace-tools.cjs", True),
        ("4.1.0", "", True),
    ],
)
def test_new_yarn_writes_node_modules_and_prunes_where_it_can(
    tmp_path: Path, catalog: Catalog, version: str, plugin: str, pruned: bool
) -> None:
    manifest = {
        "packageManager": f"yarn@{version}",
        "scripts": {"build": "webpack", "start": "node app.js"},
        "dependencies": {"express": "4.18.0"},
        "devDependencies": {"webpack": "5.0.0"},
    }
    lock = '"express@npm:4.18.0":\n  version: 4.18.0\n"webpack@npm:5.0.0":\n  version: 5.0.0\n'
    files = EXPRESS_SERVER | {
        "package.json": json.dumps(manifest),
        "yarn.lock": lock,
        ".yarnrc.yml": f"plugins:\n  - path: {plugin}\n",
    }
    image = converted(tmp_path, files, catalog).image
    assert image.prepare[-1] == ("yarn", "config", "set", "--home", "nodeLinker", "node-modules")
    assert image.prune == ((("yarn", "workspaces", "focus", "--all", "--production"),) if pruned else ())


@pytest.mark.parametrize("tool", ["gulp", "grunt"])
def test_a_script_named_for_its_tool_builds_where_operators_run_it(tmp_path: Path, catalog: Catalog, tool: str) -> None:
    manifest = {
        "scripts": {tool: tool, "start": "node app.js"},
        "dependencies": {"express": "^4.18.0"},
        "devDependencies": {tool: "^4.0.0"},
    }
    readme = f"# Shop\n\n## Installation\n\n`npm install && npm run {tool} && npm start`\n"
    files = EXPRESS_SERVER | {"package.json": json.dumps(manifest), "README.md": readme}
    assert converted(tmp_path, files, catalog).image.build == (("npm", "run", tool),)


def test_a_lock_file_whose_peers_do_not_fit_is_installed_as_npm_6_does(tmp_path: Path, catalog: Catalog) -> None:
    lock = {
        "lockfileVersion": 2,
        "packages": {
            "": {"dependencies": {"chart-dates": "~1.0.0", "charts": "~3.6.0", "express": "4.17.1"}},
            "node_modules/chart-dates": {"version": "1.0.0", "peerDependencies": {"charts": ">= 2.8.0 < 3"}},
            "node_modules/charts": {"version": "3.6.0"},
            "node_modules/express": {"version": "4.17.1"},
        },
    }
    files = {
        "package.json": '{"scripts": {"start": "node server.js"}, "dependencies": {"chart-dates": "~1.0.0", "charts": "~3.6.0",'
        ' "express": "4.17.1"}}',
        "server.js": "require('express')().listen(3000)\n",
        "package-lock.json": json.dumps(lock, indent=4),
    }
    assert "--legacy-peer-deps" in converted(tmp_path / "unfit", files, catalog).dockerfile
    files["package-lock.json"] = json.dumps(lock, indent=4).replace(">= 2.8.0 < 3", ">= 2.8.0 < 4")
    assert "--legacy-peer-deps" not in converted(tmp_path / "fit", files, catalog).dockerfile


def test_a_module_of_the_language_that_only_later_versions_have_bounds_the_version(
    tmp_path: Path, catalog: Catalog
) -> None:
    files = {
        "package.json": '{"scripts": {"start": "node server.js"}, "dependencies": {"express": "4.17.1"}}',
        "package-lock.json": '{\n  "lockfileVersion": 1,\n  "dependencies": {}\n}\n',
        "server.js": "const { readFile } = require('fs');\nrequire('express')().listen(3000)\n",
        "test/server.test.js": "const test = require('node:test');\n",
    }
    assert converted(tmp_path / "any", files, catalog).image.version == "12"
    files["server.js"] = files["server.js"].replace("'fs'", "'fs/promises'")
    assert converted(tmp_path / "later", files, catalog).image.version == "14"


def test_what_another_package_brings_along_bounds_the_version_and_tells_no_time(
    tmp_path: Path, catalog: Catalog
) -> None:
    files = {
        "package.json": '{"scripts": {"start": "nuxt start"}, "dependencies": {"nuxt": "^2.15.0"}}',
        "yarn.lock": 'nuxt@^2.15.0:\n  version "2.17.0"\n\nwebpack@^4.46.0:\n  version "4.46.0"\n',
    }
    assert converted(tmp_path, files, catalog).image.version == "16"


def test_the_newest_of_what_a_manifest_asks_for_tells_the_time(tmp_path: Path, catalog: Catalog) -> None:
    """Generators go on to write the versions of their own time: `express ~4.16.1`."""
    manifest = '{"scripts": {"start": "node app.js"}, "dependencies": {"express": "~4.16.1", "passport": "^0.6.0"}}'
    files = {"package.json": manifest, "app.js": "require('express')().listen(3000);\n"}
    assert converted(tmp_path, files, catalog).image.version == "18"


def test_yarn_installs_where_the_manifest_names_a_patch_of_the_release(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {
        "engines": {"node": "~10.15.1"},
        "scripts": {"start": "node app.js"},
        "dependencies": {"express": "^4.16.0"},
    }
    files = {"package.json": json.dumps(manifest), "yarn.lock": "", "app.js": "require('express')().listen(3000);\n"}
    image = converted(tmp_path, files, catalog).image
    assert image.version == "10" and image.prepare[-1] == ("yarn", "config", "set", "ignore-engines", "true")
    files["package.json"] = json.dumps(manifest | {"engines": {"node": "10.x"}})
    assert "ignore-engines" not in converted(tmp_path, files, catalog).dockerfile


def test_what_npm_bounds_by_itself_tells_no_time(tmp_path: Path, catalog: Catalog) -> None:
    manifest = '{"scripts": {"start": "node app.js"}, "dependencies": {"express": "*", "webpack": "^1.4.13"}}'
    files = {"package.json": manifest, "package-lock.json": '{\n  "lockfileVersion": 1,\n  "dependencies": {}\n}\n'}
    files["app.js"] = "require('express')().listen(3000);\n"
    assert converted(tmp_path, files, catalog).image.version == "14"


def test_what_no_lock_file_holds_is_no_older_than_what_the_manifest_asks_for(tmp_path: Path, catalog: Catalog) -> None:
    """npm writes the newest release of its day as the lower end of a range."""
    manifest = {"scripts": {"start": "node app.js"}, "dependencies": {"express": "^4.16.3", "axios": "^0.18.0"}}
    files = {"package.json": json.dumps(manifest), "app.js": "require('express')().listen(8000);\n"}
    made = converted(tmp_path / "open", files, catalog)
    assert made.image.resolved_before.startswith("2018-")
    assert "--before=" in made.dockerfile
    lock = (
        '{\n  "lockfileVersion": 1,\n  "dependencies": {\n    "express": {\n      "version": "4.18.0"\n    }\n  }\n}\n'
    )
    assert "--before=" not in converted(tmp_path / "locked", files | {"package-lock.json": lock}, catalog).dockerfile


def test_of_very_many_files_those_in_crowds_are_read_last(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {"scripts": {"start": "node server.js"}, "dependencies": {"express": "^4.18.0"}}
    files = {f"cards/card{number}.js": "module.exports = {};\n" for number in range(420)}
    files |= {"package.json": json.dumps(manifest), "server.js": "require('express')().listen(8000);\n"}
    files["store/shelf.js"] = "const fs = require('fs');\nfs.mkdirSync('shelf');\nfs.writeFileSync('shelf/a', '');\n"
    assert converted(tmp_path, files, catalog).image.writable == ("/app/shelf",)


def test_what_reads_the_settings_of_migrations_in_typescript_stays(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {
        "scripts": {"build": "tsc", "start": "npm run migrate && node dist/app.js", "migrate": "knex migrate:latest"},
        "dependencies": {"express": "4", "knex": "0.21.1", "pg": "8"},
        "devDependencies": {"ts-node": "9", "typescript": "4"},
    }
    files = {
        "package.json": json.dumps(manifest),
        "knexfile.ts": "import env from './env';\nmodule.exports = {};\n",
        "app.ts": "import * as http from 'http';\nhttp.createServer().listen(3000);\n",
    }
    assert converted(tmp_path, files, catalog).image.prune == ()
    del files["knexfile.ts"]
    assert converted(tmp_path / "other", files, catalog).image.prune != ()


def test_programs_that_the_code_calls_are_in_the_image(tmp_path: Path, catalog: Catalog) -> None:
    calls = "const { exec, spawn } = require('child_process');\nspawn('ffmpeg', ['-i', film]);\nexec(`convert ${picture}`);\n"
    itself = "const version = require('child_process').execSync('git rev-parse HEAD');\n"
    files = EXPRESS_SERVER | {
        "films.js": calls,
        "version.js": itself,
        "scripts/load.js": calls.replace("ffmpeg", "curl"),
    }
    assert converted(tmp_path, files, catalog).image.runtime_packages == ("ffmpeg", "imagemagick")
