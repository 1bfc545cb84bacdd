"""Which of its ways to start a Node application is taken for production."""

import json
from pathlib import Path

import pytest

from tests.plan.from_files import converted
from toolkit.catalog.catalog import Catalog

LISTENS = "require('express')().listen(8000);\n"


def _files(scripts: dict[str, str], **others: str) -> dict[str, str]:
    manifest = {"scripts": scripts, "dependencies": {"express": "^4.18.0"}}
    return {"package.json": json.dumps(manifest), **others}


@pytest.mark.parametrize(
    ("scripts", "command"),
    [
        # Process managers take a program, as well as a file of Node, and another interpreter.
        ({"start": "pm2 start --name shop node -- -r ./paths.js build/index.js"}, ["node", "-r", "./paths.js", "build/index.js"]),
        ({"start": "pm2 start 'npm run serve'", "serve": "node build/index.js"}, ["node", "build/index.js"]),
        # Of what developers start side by side, the server.
        ({"start": 'concurrently -k "npm run client" "npm run server"', "client": "react-scripts start", "server": "nodemon build/index.js"}, ["node", "build/index.js"]),
        ({"start": 'concurrently "cd client && npm start" "node build/index.js"'}, ["node", "build/index.js"]),
        ({"start": "run-p watch serve", "watch": "webpack serve", "serve": "node build/index.js"}, ["node", "build/index.js"]),
        # A script for production, where npm start is the developers' server or compiles the source.
        ({"start": "webpack serve", "start:prod": "node build/index.js"}, ["node", "build/index.js"]),
        ({"start": "nodemon --exec ts-node --files src/index.ts", "start:production": "node build/index.js"}, ["node", "build/index.js"]),
        ({"start": "babel-node src/index.ts", "start:prod": "node build/index.js"}, ["node", "build/index.js"]),
        ({"start": "nodemon --exec ts-node --files src/index.ts"}, ["ts-node", "--files", "src/index.ts"]),
        ({"start": "nodemon", "start:prod": "node build/index.js --prod"}, ["node", "build/index.js", "--prod"]),
        ({"start": "nodemon src/index.ts"}, ["ts-node", "src/index.ts"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("readme", ["", "# Shop\n\n## Start\n\n    npm start\n"])
def test_what_production_starts(
    tmp_path: Path, catalog: Catalog, scripts: dict[str, str], command: list[str], readme: str
) -> None:
    files = _files(scripts, **{"build/index.js": LISTENS, "src/index.ts": LISTENS, "README.md": readme})
    assert list(converted(tmp_path, files, catalog).plan.services["web"].command) == command


def test_a_script_for_production_comes_before_a_file_that_looks_like_a_server(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {"main": "app/starter.js", "scripts": {"start:prod": "cross-env NODE_ENV=production node index"}}
    files = {
        "package.json": json.dumps(manifest | {"dependencies": {"koa": "^2.7.0"}}),
        "index.js": "require('@babel/register');\nrequire('./app/starter');\n",
        "app/starter.js": "app.listen(config.getItem('port'));\n",
        "app/config/setting.js": "module.exports = {\n  port: 5000,\n  countDefault: 10\n};\n",
    }
    service = converted(tmp_path, files, catalog).plan.services["web"]
    assert (service.command, service.port) == (("node", "index"), 5000)


def test_what_pm2_keeps_running_serves_whatever_framework_it_has(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {
        "scripts": {"start": "node development.js", "compile": "babel src --out-dir app"},
        "dependencies": {"thinkjs": "^3.0.0"},
        "devDependencies": {"babel-cli": "^6.0.0"},
    }
    runs = "const Application = require('thinkjs');\nnew Application({env: 'shop'}).run();\n"
    files = {
        "package.json": json.dumps(manifest),
        "development.js": runs,
        "production.js": runs,
        "pm2.json": '{\n  "apps": [{\n    "name": "shop",\n    "script": "production.js"\n  }]\n}\n',
        "README.md": "# Shop\n\n## Start\n\n    npm start\n\nOpen http://127.0.0.1:8360/\n",
    }
    made = converted(tmp_path, files, catalog)
    (service,) = made.plan.services.values()
    assert (service.kind, service.command, service.port) == ("web", ("node", "production.js"), 8360)
    assert made.image.build == (("npm", "run", "compile"),)


@pytest.mark.parametrize(("scripts", "build"), [({}, ("node", "bin/build.js", "dist")), ({"build": "webpack"}, ("npm", "run", "build"))])  # fmt: skip
def test_a_program_that_operators_build_with(
    tmp_path: Path, catalog: Catalog, scripts: dict[str, str], build: tuple[str, ...]
) -> None:
    readme = "# Shop\n\n## Installation\n\n    npm install\n    node bin/build.js dev\n    node bin/build.js dist\n    node lib/main.js\n"
    files = _files(scripts, **{"bin/build.js": "copy();\n", "lib/main.js": LISTENS, "README.md": readme})
    assert converted(tmp_path, files, catalog).image.build == (build,)


def test_a_build_that_never_ends_is_none(tmp_path: Path, catalog: Catalog) -> None:
    scripts = {"start": "node app.js", "build": "webpack --watch", "compile": "babel src -d app"}
    assert converted(tmp_path, _files(scripts, **{"app.js": LISTENS}), catalog).image.build == (
        ("npm", "run", "compile"),
    )


def test_a_reader_of_procfiles_leaves_its_processes_to_services(tmp_path: Path, catalog: Catalog) -> None:
    files = _files({"start": "nf start"}, **{"server.js": LISTENS, "worker.js": ""}) | {
        "Procfile": "web: node server.js\nworker: node worker.js\n",
        "README.md": "# Shop\n\n## Start\n\n    npm start\n",
    }
    services = converted(tmp_path, files, catalog).plan.services
    assert services["web"].command == ("node", "server.js")
    assert services["worker"].command == ("node", "worker.js")


def test_what_the_start_needs_is_compiled_by_whatever_script_compiles(tmp_path: Path, catalog: Catalog) -> None:
    scripts = {"start": "ts-node src/main.ts", "start:prod": "node dist/main.js", "watch": "tsc -w", "build:prod": "tsc -p tsconfig.build.json"}  # fmt: skip
    image = converted(tmp_path, _files(scripts, **{"src/main.ts": LISTENS}), catalog).image
    assert image.build[0][:3] == ("npm", "run", "build:prod")


def test_what_the_build_makes_is_the_program_that_the_manifest_names(tmp_path: Path, catalog: Catalog) -> None:
    files = _files({"dev": "run-p dev:*", "dev:server": "nodemon", "build": "tsc"}, **{"src/server.ts": LISTENS})
    files["package.json"] = json.dumps(json.loads(files["package.json"]) | {"main": "build/server.js"})
    files["README.md"] = "# Shop\n\n## Development\n\n    npm run dev\n"
    assert converted(tmp_path, files, catalog).plan.services["web"].command == ("node", "build/server.js")


def test_the_port_of_something_else_in_the_settings_is_not_the_applications(tmp_path: Path, catalog: Catalog) -> None:
    settings = '{\n  "indexers": [\n    {\n      "host": "127.0.0.1",\n      "port": 6381\n    }\n  ]\n}\n'
    server = "const port = options.port || 4567;\nrequire('express')().listen(port);\n"
    files = _files({"start": "node server.js"}, **{"server.js": server, "config/index.json": settings})
    files["README.md"] = "# Shop\n\n## Run\n\n    npm start\n\nOpen http://localhost:4567.\n"
    assert converted(tmp_path, files, catalog).plan.services["web"].port == 4567


@pytest.mark.parametrize(("sample", "port"), [("PORT=3333\n", 3333), ("APP_PORT=\n", 3000), ("PORT=80\n", 3000), ("DB_PORT=3306\n", 3000)])  # fmt: skip
def test_a_sample_of_settings_tells_the_port_where_nothing_else_does(
    tmp_path: Path, catalog: Catalog, sample: str, port: int
) -> None:
    files = _files({"start": "node server.js"}, **{"server.js": "new Ignitor().fire();\n", ".env.example": sample})
    assert converted(tmp_path, files, catalog).plan.services["web"].port == port


def test_what_only_the_image_of_a_database_reads_is_no_variable(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Install\n\n```\nexport SHOP_NAME=shop\nexport MYSQL_RANDOM_ROOT_PASSWORD=yes\nnpm install\nnpm start\n```\n"
    files = _files({"start": "node server.js"}, **{"server.js": LISTENS, "README.md": readme})
    made = converted(tmp_path, files, catalog)
    assert "SHOP_NAME" in made.plan.environment and "MYSQL_RANDOM_ROOT_PASSWORD" not in made.plan.environment


def test_the_address_beside_the_port_is_where_the_service_listens(tmp_path: Path, catalog: Catalog) -> None:
    server = "const port = process.env.SHOP_PORT || 4567;\nconst host = process.env.SHOP_HOST || '127.0.0.1';\napp.listen(port, host);\n"
    files = _files({"start": "node bin/www"}, **{"bin/www": server, "README.md": "# Shop\n\n    npm start\n"})
    assert converted(tmp_path, files, catalog).image.environment["SHOP_HOST"] == "0.0.0.0"


def test_a_release_leaves_the_database_of_the_tests_and_files_of_the_source(tmp_path: Path, catalog: Catalog) -> None:
    readme = (
        "# Shop\n\n## Deployment\n\nRun `npm run setup` once.\n\n## Migrations\n\n```\nyarn sequelize migration:generate --name orders\n"
        "yarn sequelize db:migrate\nyarn sequelize db:migrate --env test\n```\n\n## Start\n\n    npm start\n"
    )
    files = _files(
        {"start": "node server.js", "setup": "node tools/setup.js"},
        **{"server.js": LISTENS, "tools/setup.js": "exec('npm install');\n", "yarn.lock": "", "README.md": readme},
    )
    release = converted(tmp_path, files, catalog).plan.release
    assert release and release.commands == (("yarn", "sequelize", "db:migrate"),)


def test_a_release_migrates_and_neither_makes_migrations_nor_installs(tmp_path: Path, catalog: Catalog) -> None:
    scripts = {
        "start": "node server.js",
        "migration:run": "npm run typeorm -- migration:run",
        "typeorm": "typeorm",
        "setup": "npm run deps && mkdirp data",
        "deps": "cd client && npm install",
    }
    readme = "# Shop\n\n## Deployment\n\n```\nnpm run setup\nnpm run migration:generate -- AddOrders\nnpm run migration:run\nnpm run schema:drop\nnpm start\n```\n"
    files = _files(scripts, **{"server.js": LISTENS, "README.md": readme})
    release = converted(tmp_path, files, catalog).plan.release
    assert release and release.commands == (("npm", "run", "typeorm", "--", "migration:run"),)


def test_a_tool_of_the_source_is_not_what_starts(tmp_path: Path, catalog: Catalog) -> None:
    files = _files(
        {"build": "browserify app.js"}, **{"lib/shop.js": LISTENS, "bin/shop.js": "require('../lib/shop');\n"}
    )
    manifest = json.loads(files["package.json"]) | {"bin": {"shop": "./bin/shop.js"}}
    files |= {
        "package.json": json.dumps(manifest),
        "bin/hash-password.js": "console.log(require('bcryptjs').hashSync(process.argv[2]));\n",
        "README.md": "# Shop\n\n```\n$ npm install -g shop\n$ shop\n```\n\n## Passwords\n\nTo hash a password for the configuration:\n\n```\ngit clone https://example.com/shop.git\ncd shop/bin\nnode hash-password.js secret\n```\n",
    }
    made = converted(tmp_path, files, catalog)
    assert made.plan.services["web"].command == ("node", "bin/shop.js")
    assert not made.image.workdir


def test_pages_beside_a_server_of_sockets_are_a_service_of_their_own(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "README.md": "# Shop\n",
        "client/index.html": "<html></html>",
        "server/package.json": json.dumps({"main": "index.js", "dependencies": {"ws": "^7.0.0"}}),
        "server/index.js": "const WebSocket = require('ws');\nnew WebSocket.Server({port: process.env.PORT || 3000});\n",
    }
    services = converted(tmp_path, files, catalog).plan.services
    assert services["server"].command == ("node", "index.js")
    assert services["client"].paths == ("/*",)


BUILT = 'PATH="$PWD/node_modules/.bin:$PATH" && '


@pytest.mark.parametrize(
    ("scripts", "build", "command"),
    [
        ({"start": "tsc && node dist/index.js"}, [["sh", "-c", BUILT + "tsc --skipLibCheck"]], ["node", "dist/index.js"]),
        ({"start": "npm run build && node dist/index.js", "build": "tsc"}, [["npm", "run", "build", "--", "--skipLibCheck"]], ["node", "dist/index.js"]),
        (
            {"start": "apidoc -i src/ -o dist/apidoc && node dist/index.js", "build": "webpack"},
            [["npm", "run", "build"], ["sh", "-c", BUILT + "apidoc -i src/ -o dist/apidoc"]],
            ["node", "dist/index.js"],
        ),
        ({"prestart": "gulp styles", "start": "node dist/index.js"}, [["sh", "-c", BUILT + "gulp styles"]], ["node", "dist/index.js"]),
        ({"prestart": "rimraf dist && npm run -s build", "start": "node dist/index.js", "build": "tsc"}, [["npm", "run", "build", "--", "--skipLibCheck"]], ["node", "dist/index.js"]),
        (
            {"start:prod": "npm run build && npm run start", "start": "gulp && node dist/index.js", "build": "webpack"},
            [["npm", "run", "build"], ["sh", "-c", BUILT + "gulp"]],
            ["node", "dist/index.js"],
        ),
        # A build for production stands for the plain one that it has in it.
        (
            {"start:prod": "npm run build:prod && node dist/index.js", "start": "nodemon src/index.ts", "build": "tsc", "build:prod": "tsc --removeComments"},
            [["npm", "run", "build:prod", "--", "--skipLibCheck"]],
            ["node", "dist/index.js"],
        ),
        # What only tells developers of their source's faults builds nothing.
        (
            {"prestart": "npm run lint && npm run build", "start": "node dist/index.js", "build": "tsc", "lint": "eslint --ext .ts ."},
            [["npm", "run", "build", "--", "--skipLibCheck"]],
            ["node", "dist/index.js"],
        ),
        ({"prestart": "tslint -p . && prettier --check src", "start": "node dist/index.js"}, [], ["node", "dist/index.js"]),
        # What needs a database stays where it is.
        ({"start": "knex migrate:latest && node dist/index.js"}, [], ["npm", "start"]),
        ({"start": "npm run seed && node dist/index.js", "seed": "node seed.js"}, [], ["npm", "start"]),
        ({"prestart": "knex migrate:latest", "start": "node dist/index.js"}, [], ["npm", "start"]),
    ],
)  # fmt: skip
@pytest.mark.parametrize("readme", ["", "# Shop\n\n## Start\n\n    npm start\n"])
def test_what_is_built_before_the_start_is_built_in_the_image(
    tmp_path: Path, catalog: Catalog, scripts: dict[str, str], build: list[list[str]], command: list[str], readme: str
) -> None:
    made = converted(
        tmp_path, _files(scripts, **{"dist/index.js": LISTENS, "README.md": readme, "package-lock.json": "{}"}), catalog
    )
    assert [list(step) for step in made.image.build] == build
    assert list(made.plan.services["web"].command) == command


def test_a_bundle_of_a_server_is_no_site(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {"scripts": {"build": "ncc build server.ts -o dist", "start": "node dist/index.js"}, "devDependencies": {"webpack": "^5.0.0", "express": "^4.18.0"}}  # fmt: skip
    found = converted(tmp_path, {"package.json": json.dumps(manifest), "server.ts": LISTENS}, catalog)
    assert found.plan.services["web"].command == ("node", "dist/index.js")


def test_what_opens_windows_on_a_desktop_is_not_the_server(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {"main": "electron.js", "bin": {"shop": "./src/www"}, "dependencies": {"express": "^4.18.0"}}
    files = {
        "package.json": json.dumps(manifest),
        "electron.js": "const {app} = require('electron');\n",
        "src/www": LISTENS,
    }
    assert converted(tmp_path, files, catalog).plan.services["web"].command == ("node", "src/www")


def test_of_several_ports_in_a_readme_the_one_of_the_code_is_the_applications(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Sign-in\n\nMake an OAuth application for `http://localhost:3000`.\n\n## Production\n\n    npm start\n\nOpen `http://localhost:8000`.\n"
    files = _files({"start": "node server.js"}, **{"server.js": LISTENS, "README.md": readme})
    assert converted(tmp_path, files, catalog).plan.services["web"].port == 8000


def test_a_start_that_is_called_like_a_build_and_a_step_with_its_options(tmp_path: Path, catalog: Catalog) -> None:
    scripts = {"start": "node app.js", "production": "node app.js --prod"}
    readme = (
        "# Shop\n\n## Production\n\nMigrate the database by calling `node ./bin/shop.js prepare`.\n\nFor example:\n\n"
        "    node ./bin/shop.js prepare --adapter postgres\n\nFinally:\n\n    npm run production\n"
    )
    files = _files(scripts, **{"app.js": LISTENS, "bin/shop.js": "require('express');\n", "README.md": readme})
    made = converted(tmp_path, files, catalog)
    assert made.plan.services["web"].command == ("node", "app.js", "--prod")
    assert not made.image.build
    assert made.plan.release and made.plan.release.commands == (("node", "./bin/shop.js", "prepare"),)


def test_a_script_of_production_that_serves_is_no_build(tmp_path: Path, catalog: Catalog) -> None:
    scripts = {
        "start": "nodemon --exec npm run dev",
        "dev": "node api/api.js",
        "production": "cross-env NODE_ENV=production node ./api/api.js",
    }
    readme = "# Shop\n\n## Scripts\n\nTo run it in production:\n\n    npm run production\n"
    made = converted(tmp_path, _files(scripts, **{"api/api.js": LISTENS, "README.md": readme}), catalog)
    assert not made.image.build
    assert made.plan.services["web"].command == ("node", "./api/api.js")


def test_a_server_below_the_pages_that_call_it_is_an_application_of_its_own(tmp_path: Path, catalog: Catalog) -> None:
    pages = {"scripts": {"build": "ng build", "postbuild": "npm install --prefix backend"}, "dependencies": {"@angular/core": "^12.0.0"}}  # fmt: skip
    server = {"scripts": {"start": "nodemon app.js"}, "dependencies": {"express": "^4.18.0"}}
    plugin = {"main": "index.js", "dependencies": {"express": "^4.18.0"}}
    files = {
        "README.md": "# Shop\n",
        "package.json": json.dumps(pages),
        "angular.json": '{"projects": {"shop": {"architect": {"build": {"options": {"outputPath": "dist"}}}}}}',
        "backend/package.json": json.dumps(server),
        "backend/app.js": LISTENS,
        "backend/plugins/lamps/package.json": json.dumps(plugin),
        "backend/plugins/lamps/index.js": LISTENS,
    }
    services = converted(tmp_path, files, catalog).plan.services
    assert services.keys() == {"app", "backend"} and services["backend"].command == ("node", "app.js")


def test_what_a_platform_runs_comes_before_a_script_that_builds_first(tmp_path: Path, catalog: Catalog) -> None:
    scripts = {"build": "webpack", "start": 'export PORT=${PORT-3000}; if [ "$NODE_ENV" = production ]; then npm run build; fi; node dist/main.js'}  # fmt: skip
    files = _files(scripts, **{"src/main.ts": LISTENS, "README.md": "# Shop\n\n## Run\n\n    npm run start\n"})
    files["manifest.yml"] = "applications:\n- name: shop\n  command: node dist/main.js\n"
    assert converted(tmp_path, files, catalog).plan.services["web"].command == ("node", "dist/main.js")


def test_what_developers_restart_is_what_the_build_writes(tmp_path: Path, catalog: Catalog) -> None:
    files = _files({"build": "rollup -c", "serve": "nodemon -w server.js server.js"}, **{"modules/server.js": LISTENS})
    assert converted(tmp_path, files, catalog).plan.services["web"].command == ("node", "server.js")


def test_a_script_that_installs_from_above_is_the_install_of_the_image(tmp_path: Path, catalog: Catalog) -> None:
    """The library of the application's own name lies above its folder, where the script links it."""
    install = "#!/bin/sh\ncd $(dirname $0)/..\nmkdir -p node_modules\n(\n  cd node_modules\n  [ -e shop ] || ln -s ../src shop\n  cd shop\n  npm install\n)\n"
    files = {
        "README.md": "# Shop\n\n## Installation\n\nRun `bin/run.sh` and open http://localhost:8000.\n",
        "bin/run.sh": '#!/bin/sh\nbin/install.sh "$@" || exit 1\nROOT=`pwd -P`\nexec node "$ROOT/node_modules/shop/server.js" "$@"\n',
        "bin/install.sh": install,
        "src/package.json": json.dumps({"dependencies": {"express": "^4.18.0"}}),
        "src/server.js": LISTENS,
    }
    made = converted(tmp_path, files, catalog)
    assert made.image.install_after_source == (("sh", "bin/install.sh"),)
    assert (made.image.directory, made.image.workdir, made.image.owned) == ("", "", ("/app/src",))
    assert made.plan.services["web"].command == ("node", "node_modules/shop/server.js")


def test_pages_alone_have_no_release(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {"scripts": {"build": "react-scripts build"}, "dependencies": {"react-scripts": "4.0.3"}}
    readme = "# Shop\n\n## Setup\n\nTo set the database up:\n\n```\nnode setup.js\n```\n"
    files = {"package.json": json.dumps(manifest), "setup.js": "console.log('done');\n", "README.md": readme}
    assert converted(tmp_path, files, catalog).plan.release is None


def test_a_script_that_the_manifest_has_not_starts_nothing(tmp_path: Path, catalog: Catalog) -> None:
    """As a README names it that was not changed along with the manifest."""
    scripts = {"start": "nodemon app.js", "start:prod": "node app.js --prod"}
    readme = "# Shop\n\n## Start\n\n- `yarn start:watch` - Start the shop\n- `yarn start:prod` - Start it for good\n"
    made = converted(tmp_path, _files(scripts, **{"app.js": LISTENS, "README.md": readme}), catalog)
    assert made.plan.services["web"].command == ("node", "app.js", "--prod")


def test_what_no_script_compiles_is_compiled_by_the_compiler_itself(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {
        "scripts": {"start": "nest start", "start:prod": "node dist/main"},
        "dependencies": {"@nestjs/core": "^8.4.6"},
        "devDependencies": {"@nestjs/cli": "^8.2.6", "typescript": "4.7.4"},
    }
    made = converted(tmp_path, {"package.json": json.dumps(manifest), "src/main.ts": LISTENS}, catalog)
    assert made.plan.services["web"].command == ("node", "dist/main")
    assert made.image.build == (("npx", "nest", "build"),)


def test_a_build_that_is_called_after_production_starts_nothing(tmp_path: Path, catalog: Catalog) -> None:
    scripts = {"build": "webpack && babel -d dist server", "production": "rimraf dist && npm run build", "start": "node dist/index.js"}  # fmt: skip
    readme = "# Shop\n\n## Build\n\n    npm run production\n"
    made = converted(tmp_path, _files(scripts, **{"server/index.js": LISTENS, "README.md": readme}), catalog)
    assert made.image.build == (("npm", "run", "production"),)
    assert made.plan.services["web"].command == ("node", "dist/index.js")


def test_pnpm_stays_in_the_build_stage(tmp_path: Path, catalog: Catalog) -> None:
    """Its scripts are npm's, and programs of libraries are on the path."""
    manifest = {
        "scripts": {"start": "node app.js", "migrate": "node migrate.js | cat"},
        "dependencies": {"express": "^4.18.0", "@mikro-orm/cli": "^5.6.2"},
    }
    readme = "# Shop\n\n## Database\n\nRun the migrations:\n\n```\npnpm mikro-orm migration:up\npnpm run migrate\n```\n"
    files = {"package.json": json.dumps(manifest), "pnpm-lock.yaml": "lockfileVersion: 5.4\n", "app.js": LISTENS, "README.md": readme}  # fmt: skip
    release = converted(tmp_path, files, catalog).plan.release
    assert release is not None
    assert release.commands == (("mikro-orm", "migration:up"), ("npm", "run", "migrate"))


def test_a_framework_that_is_told_no_port_has_its_own(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {"scripts": {"start": "node app.js"}, "dependencies": {"sails": "^1.2.3"}}
    files = {"package.json": json.dumps(manifest), "app.js": "require('sails').lift();\n"}
    assert converted(tmp_path, files, catalog).plan.services["web"].port == 1337


def test_what_names_the_logs_to_show_is_for_developers(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Start\n\n    DEBUG=shop:* SHOP_DAYS=30 npm start\n"
    made = converted(tmp_path, _files({"start": "node app.js"}, **{"app.js": LISTENS, "README.md": readme}), catalog)
    assert "DEBUG" not in made.plan.environment
    assert made.plan.environment["SHOP_DAYS"].value == "30"


def test_types_of_libraries_are_not_checked_before_the_start(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, _files({"start": "tsc && node dist/index.js"}, **{"src/index.ts": LISTENS}), catalog)
    assert made.image.build == (("sh", "-c", BUILT + "tsc --skipLibCheck"),)
    scripts = {
        "start": "ts-node src/index.ts",
        "prestart:prod": "rm -rf dist && tsc",
        "start:prod": "node dist/index.js",
    }
    made = converted(tmp_path / "once", _files(scripts, **{"src/index.ts": LISTENS}), catalog)
    assert made.image.build == (("npm", "run", "prestart:prod", "--", "--skipLibCheck"),)


def test_a_script_that_no_kernel_starts_is_given_to_its_interpreter(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Start\n\nStart the server:\n\n    ./lib/start.js\n"
    made = converted(tmp_path, _files({}, **{"lib/start.js": LISTENS, "README.md": readme}), catalog)
    assert made.plan.services["web"].command == ("node", "lib/start.js")
