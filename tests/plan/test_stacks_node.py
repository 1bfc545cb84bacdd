"""Node applications, from their files to their Dockerfiles."""

import json
from pathlib import Path

import pytest

from tests.plan.from_files import converted
from toolkit.catalog.catalog import Catalog

SERVER = {
    "package.json": '{"scripts": {"start": "node app.js"}, "dependencies": {"express": "^4.18.0"}}',
    "app.js": "const app = require('express')();\napp.listen(process.env.PORT || 8000, process.env.HOST || '127.0.0.1');\n",
}


def test_the_image_listens_where_it_says_that_it_does(tmp_path: Path, catalog: Catalog) -> None:
    dockerfile = converted(tmp_path / "default", SERVER, catalog).dockerfile
    assert "    HOST=0.0.0.0" in dockerfile
    assert "EXPOSE 8000" in dockerfile
    readme = (
        "# Shop\n\n## Production\n\nOn the server it listens on port 9000:\n\n    PORT=9000 HOST=127.0.0.1 npm start\n"
    )
    found = converted(tmp_path / "told", SERVER | {"README.md": readme}, catalog)
    assert "EXPOSE 9000" in found.dockerfile
    assert "ENV NODE_ENV=production \\\n    PORT=9000 \\\n    HOST=0.0.0.0\n" in found.dockerfile


def test_a_health_address_has_what_its_router_is_mounted_at_in_front(tmp_path: Path, catalog: Catalog) -> None:
    files = SERVER | {
        "app.js": "const app = require('express')();\napp.use('/api', require('./routes'));\napp.listen(8000);\n",
        "routes.js": "const router = require('express').Router();\nrouter.get('/health', (req, res) => res.send('ok'));\nmodule.exports = router;\n",
    }
    assert converted(tmp_path, files, catalog).plan.services["web"].health.path == "/api/health"


@pytest.mark.parametrize(
    ("start", "command", "port"),
    [
        ("node app.js --port 8090", '["node", "app.js", "--port", "8090"]', 8090),
        ("node app.js --port 80", '["node", "app.js", "--port", "8000"]', 8000),
        ("node app.js --server:port=80", '["node", "app.js", "--server:port=8000"]', 8000),
        ("node app.js --listen=0.0.0.0:80", '["node", "app.js", "--listen=0.0.0.0:8000"]', 8000),
    ],
)
def test_a_port_in_the_start_command_is_the_one_that_is_exposed(
    tmp_path: Path, catalog: Catalog, start: str, command: str, port: int
) -> None:
    readme = f"# Shop\n\n## Production\n\n    {start}\n"
    dockerfile = converted(tmp_path, SERVER | {"README.md": readme}, catalog).dockerfile
    assert f"EXPOSE {port}\n" in dockerfile
    assert dockerfile.endswith(f"CMD {command}\n")


def test_a_host_that_is_another_machine_is_left_alone(tmp_path: Path, catalog: Catalog) -> None:
    code = SERVER["app.js"].replace("'127.0.0.1'", "'mail.example.com'")
    assert "HOST" not in converted(tmp_path, SERVER | {"app.js": code}, catalog).dockerfile


NEST = {
    "package.json": (
        '{"scripts": {"build": "nest build", "start": "nest start", "start:prod": "node dist/main"}, '
        '"dependencies": {"@nestjs/core": "^11.0.0"}, "devDependencies": {"@nestjs/cli": "^11.0.0"}}'
    ),
    "README.md": "# Shop\n\n## Running\n\n```\nnpm run start\nnpm run start:prod\n```\n",
    "src/main.ts": "const app = await NestFactory.create(AppModule);\nawait app.listen(3000);\n",
}


def test_a_start_that_compiles_first_is_the_developers(tmp_path: Path, catalog: Catalog) -> None:
    dockerfile = converted(tmp_path, NEST, catalog).dockerfile
    assert 'CMD ["node", "dist/main"]' in dockerfile
    assert "npm prune --omit=dev" in dockerfile


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


PAGES = {
    "package.json": '{"scripts": {"build": "vite build"}, "devDependencies": {"vite": "^5.2.0"}}',
    ".env.example": (
        "VITE_TITLE=Shop\nVITE_API_URL=https://api.example.com\nVITE_SOCKET=ws://localhost:3000\nVITE_API_KEY=abc\nNODE_ENV=production\n"
    ),
    "README.md": "# Shop\n\n## Deployment\n\n```\ncp .env.example .env\nnpm run build\n```\n",
}


def test_variables_of_pages_are_told_to_the_build(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, PAGES, catalog)
    assert made.image.build_environment == {"VITE_API_URL": "https://api.example.com", "VITE_TITLE": "Shop"}
    assert "VITE_TITLE=Shop npm run build" in made.dockerfile
    assert not made.plan.environment
    (finding,) = (finding for finding in made.planned.findings if finding.code == "RP047")
    assert "VITE_SOCKET" in finding.message and "images.app.build_environment" in finding.hint


def test_what_a_container_of_another_image_is_given_is_no_variable_of_the_pages(
    tmp_path: Path, catalog: Catalog
) -> None:
    docker = "## Docker\n\n```\ndocker run -e PGID=1000 -e TZ=Europe/Paris -p 80:80 editor/editor\n```\n"
    readme = PAGES["README.md"].replace("npm run build", "API_URL=/api npm run build") + docker
    assert "RUN API_URL=/api VITE" in converted(tmp_path, PAGES | {"README.md": readme}, catalog).dockerfile


def test_variables_of_a_server_are_its_own(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, SERVER | {".env.example": "API_URL=https://api.example.com\n"}, catalog)
    assert "API_URL" in made.plan.environment and "RP047" not in made.codes


def test_pages_that_own_scripts_build_are_served_as_files(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "package.json": (
            '{"scripts": {"build": "node scripts/build.js", "start": "npm run build && node scripts/start.js"}, '
            '"dependencies": {"bootstrap": "5.2.3"}, "devDependencies": {"browser-sync": "2.29.1"}}'
        ),
        "scripts/start.js": "const path = resolve('../node_modules/.bin/browser-sync');\nconcurrently([{command: path}]);\n",
        "dist/index.html": "<html></html>",
    }
    dockerfile = converted(tmp_path, files, catalog).dockerfile
    assert "COPY --from=build /app/dist /usr/share/nginx/html" in dockerfile


def test_a_server_of_files_that_nothing_installs_is_no_process(tmp_path: Path, catalog: Catalog) -> None:
    manifest = '{"scripts": {"build": "next build", "start": "next start"}, "dependencies": {"next": "15.1.0"%s}}'
    readme = "# Shop\n\n## Static hosting\n\nServe the pages:\n\n```\nnpx serve out\n```\n"
    files = {"package.json": manifest % "", "README.md": readme}
    assert '"serve"' not in converted(tmp_path / "fetched", files, catalog).dockerfile
    files["package.json"] = manifest % ', "serve": "14.2.0"'
    assert '"serve", "out"' in converted(tmp_path / "listed", files, catalog).dockerfile


def test_a_database_in_a_file_gets_its_folder(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "package.json": '{"scripts": {"start": "node app.js"}, "dependencies": {"express": "4", "sqlite3": "4"}}',
        "app.js": "app.listen(3000);\n",
        "config/connection.js": "module.exports = {dialect: 'sqlite', storage: './db/shop.sqlite'};\n",
    }
    assert set(converted(tmp_path, files, catalog).image.writable) == {"/app/db", "/app"}


@pytest.mark.parametrize(
    ("script", "command"),
    [
        ("npm run build && node dist/app.js", ("node", "dist/app.js")),
        ("tsc -p . && npm run serve", ("node", "dist/app.js")),
        ("set NODE_ENV=production&& node app.js", ("node", "app.js")),
        ("npm run migrate && node app.js", ("npm", "start")),
        ("forever app.js", ("node", "app.js")),
        ("pm2-runtime app.js", ("node", "app.js")),
        ("supervisor -w lib app.js", ("node", "app.js")),
        ("pm2-runtime start pm2.config.js", ("npm", "start")),
    ],
)
def test_a_start_script_is_what_lasts_of_it(
    tmp_path: Path, catalog: Catalog, script: str, command: tuple[str, ...]
) -> None:
    scripts = {"start": script, "build": "tsc -p .", "serve": "node dist/app.js", "migrate": "knex migrate:latest"}
    package = {"scripts": scripts, "dependencies": {"express": "4"}, "devDependencies": {"typescript": "4"}}
    files = {"package.json": json.dumps(package), "app.js": "app.listen(3000);\n"}
    assert converted(tmp_path, files, catalog).plan.services["web"].command == command


PM2 = "module.exports = {apps: [{name: 'shop-api', script: './app.js'}]};\n"


@pytest.mark.parametrize(
    ("files", "commands"),
    [
        # The same program by another wrapper, by its absolute path, without its ending, or behind more than one command.
        ({"Procfile": "web: node app.js\n", "ecosystem.config.js": PM2}, 1),
        ({"Procfile": "web: npm start\n", "supervisor.conf": "[program:shop]\ncommand=/usr/bin/node ./app.js\n"}, 1),
        (
            {
                "package.json": SERVER["package.json"].replace("node app.js", "node app || exit 1"),
                "Procfile": "web: npm start\n",
                "supervisor.conf": "[program:shop]\ncommand=node /srv/shop/app.js\ndirectory=/srv/shop\n",
            },
            1,
        ),
        # Another argument makes another process.
        ({"Procfile": "web: node app.js\n", "supervisor.conf": "[program:admin]\ncommand=node app.js --admin\n"}, 2),
    ],
)
def test_the_same_program_is_one_service(
    tmp_path: Path, catalog: Catalog, files: dict[str, str], commands: int
) -> None:
    services = converted(tmp_path, SERVER | files, catalog).plan.services
    assert len(services) == commands


def test_a_health_check_of_before_tells_the_path(tmp_path: Path, catalog: Catalog) -> None:
    dockerfile = "FROM node:20\nHEALTHCHECK CMD curl -f http://localhost:8000/api/up || exit 1\n"
    service = converted(tmp_path, SERVER | {"Dockerfile": dockerfile}, catalog).plan.services["web"]
    assert service.health and service.health.path == "/api/up"


def test_variables_of_image_names_are_not_the_applications(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "docker-compose.yml": "services:\n  app:\n    build: .\n    image: shop:${TAG}\n    env_file: .env\n",
        ".env.example": "TAG=1.4\nMODE=production\n",
    }
    plan = converted(tmp_path / "compose", SERVER | files, catalog).plan
    assert "MODE" in plan.environment and "TAG" not in plan.environment
    code = SERVER["app.js"] + "console.log(process.env.TAG);\n"
    assert "TAG" in converted(tmp_path / "code", SERVER | files | {"app.js": code}, catalog).plan.environment


START = """#!/bin/sh
cd "$(dirname "$0")/.." || exit 1
if [ "$(id -u)" -eq 0 ]; then
  cat <<EOF >&2
You shouldn't start it as root
EOF
fi
exec node src/app.js "$@"
"""


@pytest.mark.parametrize("script", ["bin/run.sh", "src/bin/run.sh"])
def test_a_start_script_above_the_manifest(tmp_path: Path, catalog: Catalog, script: str) -> None:
    files = {f"src/{name}": text for name, text in SERVER.items()} | {
        script: START,
        "README.md": f"# Shop\n\n## Production\n\nStart it with `{script}`.\n",
    }
    found = converted(tmp_path, files, catalog)
    assert found.image.directory == "src"
    assert 'CMD ["node", "app.js"]' in found.dockerfile


def test_a_command_typed_above_the_manifest(tmp_path: Path, catalog: Catalog) -> None:
    manifest = '{"dependencies": {"express": "^4.18.0"}}'
    files = {
        "src/package.json": manifest,
        "src/serve.js": SERVER["app.js"],
        "README.md": "# Shop\n\n## Production\n\n```\nnode src/serve.js --all\n```\n",
    }
    assert 'CMD ["node", "serve.js", "--all"]' in converted(tmp_path, files, catalog).dockerfile


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
    files = SERVER | {"package.json": json.dumps(manifest), "README.md": readme, "package-lock.json": "{}"}
    assert converted(tmp_path / "calls", files, catalog).image.prune == ()
    manifest["scripts"] |= {"migrate": "node migrate.js", "build": "webpack"}
    files |= {"package.json": json.dumps(manifest)}
    assert converted(tmp_path / "none", files, catalog).image.prune != ()


@pytest.mark.parametrize(
    ("code", "more"),
    [("fs.promises.writeFile(this.file, text);\n", ""), ("", ', "nedb": "1"')],
)
def test_files_in_places_that_are_put_together_lie_beside_the_application(
    tmp_path: Path, catalog: Catalog, code: str, more: str
) -> None:
    manifest = SERVER["package.json"].replace('"^4.18.0"', '"^4.18.0"' + more)
    files = SERVER | {"package.json": manifest, "lib/boards.js": code}
    assert "chown 10001:10001 /app \\" in converted(tmp_path, files, catalog).dockerfile


def test_what_operators_install_is_enough(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {
        "scripts": {"start": "node app.js"},
        "dependencies": {"express": "^5.1.0"},
        "devDependencies": {"chai": "1"},
    }
    files = SERVER | {"package.json": json.dumps(manifest), "check.js": "require('chai');\n"}
    assert "--omit=dev" not in converted(tmp_path / "unknown", files, catalog).image.install[0]
    files["README.md"] = "# Shop\n\n## Production\n\n```\nnpm install --production\nnpm start\n```\n"
    assert "--omit=dev" in converted(tmp_path / "told", files, catalog).image.install[0]


def test_a_driver_that_stands_among_what_is_for_development_stays(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {
        "scripts": {"start": "node app.js"},
        "dependencies": {"express": "^5.1.0"},
        "devDependencies": {"sqlite3": "^4.0.1"},
    }
    files = SERVER | {"package.json": json.dumps(manifest), "nightwatch.conf.js": "require('sqlite3');\n"}
    assert "--omit=dev" not in converted(tmp_path / "alone", files, catalog).image.install[0]
    manifest["dependencies"] |= {"pg": "^8.0.0"}
    files |= {"package.json": json.dumps(manifest)}
    assert "--omit=dev" in converted(tmp_path / "beside", files, catalog).image.install[0]


def test_a_server_with_pages_beside_it_is_a_server(tmp_path: Path, catalog: Catalog) -> None:
    manifest = '{"scripts": {"start": "moleculer-runner services"}, "dependencies": {"moleculer": "^0.11.0"}}'
    files = {
        "package.json": manifest,
        "public/index.html": "<html></html>",
        "services/api.service.js": "module.exports = {};\n",
    }
    assert 'CMD ["npm", "start"]' in converted(tmp_path, files, catalog).dockerfile


def test_what_only_the_build_runs_needs_nothing_at_run_time(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {
        "scripts": {"start": "node dist/app.js", "build": "tsc && npm run copy", "copy": "ts-node copy.ts"},
        "dependencies": {"express": "^4.18.0"},
        "devDependencies": {"shelljs": "^0.8.4", "typescript": "^4.2.3"},
    }
    files = {
        "package.json": json.dumps(manifest),
        "src/app.ts": SERVER["app.js"],
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
    files = SERVER | {"package.json": json.dumps(manifest), "package-lock.json": "{}"}
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
    files = SERVER | {"package.json": json.dumps(manifest), "package-lock.json": "{}", ".nvmrc": version}
    image = converted(tmp_path, files, catalog).image
    assert install in (*image.install, *image.install_after_source)


def test_a_port_that_needs_root_is_another_one_and_told(tmp_path: Path, catalog: Catalog) -> None:
    code = "const express = require('express');\nexpress().listen(process.env.NODE_ENV === 'production' ? (process.env.PORT || 80) : 4000);\n"
    dockerfile = converted(tmp_path, SERVER | {"app.js": code}, catalog).dockerfile
    assert "PORT=3000" in dockerfile and "EXPOSE 3000" in dockerfile


@pytest.mark.parametrize(
    "told",
    [
        "npm run start-elm",  # which the manifest does not have
        "node server (_not another one_);",  # the end of a sentence
    ],
)
def test_what_starts_nothing_is_no_start(tmp_path: Path, catalog: Catalog, told: str) -> None:
    readme = (
        f"# Shop\n\n## Production\n\nIt is received by the\n{told}\n\n```\n{told if 'run' in told else 'npm i'}\n```\n"
    )
    assert 'CMD ["node", "app.js"]' in converted(tmp_path, SERVER | {"README.md": readme}, catalog).dockerfile


def test_a_script_with_words_of_the_operators_builds_nothing(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {
        "scripts": {"start": "node app.js", "generatePassword": "node generate.js", "build": "webpack"},
        "dependencies": {"express": "^4.18.0"},
    }
    readme = "# Shop\n\nTo generate a password:\n\n```\nnpm run generatePassword [password]\n```\n"
    files = SERVER | {"package.json": json.dumps(manifest), "README.md": readme}
    assert converted(tmp_path, files, catalog).image.build == (("npm", "run", "build"),)


def test_the_comment_beside_a_command_says_for_whom_it_is(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "package.json": json.dumps(
            {
                "scripts": {"start": "ts-node src/app.ts", "start:prod": "node dist/app.js"},
                "dependencies": {"express": "^4.18.0"},
            }
        ),
        "src/app.ts": SERVER["app.js"],
        "README.md": "# Shop\n\n## Running\n\n```\n# development\nnpm run start\n\n# production mode\nnpm run start:prod\n```\n",
    }
    assert 'CMD ["node", "dist/app.js"]' in converted(tmp_path, files, catalog).dockerfile


@pytest.mark.parametrize(
    ("told", "command", "folder"),
    [
        ("cd server\nnode app.js", '["node", "app.js"]', "WORKDIR /app/server\n"),
        ("node server/app.js", '["node", "server/app.js"]', "WORKDIR /app\n"),
        # A file that is not there is no start of this source.
        ("pm2 start vendors/server/app.js --name shop", '["node", "server/app.js"]', "WORKDIR /app\n"),
    ],
)
def test_a_script_in_a_folder(tmp_path: Path, catalog: Catalog, told: str, command: str, folder: str) -> None:
    files = {
        "package.json": '{"main": "server/app.js", "dependencies": {"express": "^4.18.0"}}',
        "server/app.js": SERVER["app.js"],
        "README.md": f"# Shop\n\n## Production\n\n```\nnpm install\n{told}\n```\n",
    }
    dockerfile = converted(tmp_path, files, catalog).dockerfile
    assert f"CMD {command}" in dockerfile
    assert dockerfile[dockerfile.rindex("WORKDIR") :].startswith(folder)


def test_a_program_of_the_package_itself_is_its_script(tmp_path: Path, catalog: Catalog) -> None:
    manifest = json.loads(SERVER["package.json"]) | {"bin": {"shop": "./bin/shop.js"}}
    files = SERVER | {
        "package.json": json.dumps(manifest),
        "bin/shop.js": "require('../app');\n",
        "README.md": "# Shop\n\n## Production\n\n```\nnpm install -g shop\nshop\n```\n",
    }
    assert 'CMD ["node", "bin/shop.js"]' in converted(tmp_path / "alone", files, catalog).dockerfile
    files |= {"supervisord.conf": "[program:shopui]\ncommand=node app.js\n"}
    found = converted(tmp_path / "beside", files, catalog)
    assert list(found.plan.services) == ["web"] and "RP051" in found.codes


def test_a_script_that_reaches_into_containers_starts_nothing(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Production\n\nStart it with `tools/run.sh`.\n"
    start = SERVER | {"README.md": readme, "tools/run.sh": "#!/bin/sh\ncd /srv/shop\n./serve --all\n"}
    assert 'CMD ["tools/run.sh"]' in converted(tmp_path / "starts", start, catalog).dockerfile
    tool = start | {"tools/run.sh": '#!/bin/sh\noc exec "$POD" -- bash -c "$@"\n'}
    assert 'CMD ["node", "app.js"]' in converted(tmp_path / "reaches", tool, catalog).dockerfile

    no_ending = start | {
        "README.md": readme.replace(".sh", ""),
        "tools/run": "#!/usr/bin/env bash\ndocker compose up\n",
    }
    assert 'CMD ["node", "app.js"]' in converted(tmp_path / "no-ending", no_ending, catalog).dockerfile


def test_a_script_of_a_platform_is_what_it_ends_with(tmp_path: Path, catalog: Catalog) -> None:
    script = '#!/bin/bash\nset -eu\nSHOP_DB="$DATABASE_URL" SHOP_PORT="$PORT" npm run start\n'
    files = SERVER | {"Procfile": "web: ./bin/platform.sh\n", "bin/platform.sh": script}
    assert 'CMD ["node", "app.js"]' in converted(tmp_path, files, catalog).dockerfile


def test_a_file_of_variables_that_the_start_insists_on_is_there_and_empty(tmp_path: Path, catalog: Catalog) -> None:
    manifest = (
        '{"dependencies": {"express": "^4.18.0", "env-cmd": "^10.0.0"}, "scripts": {"start": "env-cmd node app.js"}}'
    )
    found = converted(tmp_path / "here", SERVER | {"package.json": manifest, ".env": "PASSWORD=hunter2\n"}, catalog)
    assert "RUN touch .env" in found.dockerfile and found.image.install_after_source == (("touch", ".env"),)
    elsewhere = {"package.json": manifest.replace("env-cmd node", "env-cmd -f config/.env node")}
    made = converted(tmp_path / "elsewhere", SERVER | elsewhere, catalog)
    assert made.image.install_after_source == (("mkdir", "-p", "config"), ("touch", "config/.env"))


def test_a_script_beside_the_image_is_no_start(tmp_path: Path, catalog: Catalog) -> None:
    """The image holds src: a tool of the developers beside it, told in a README of its own, cannot run there."""
    files = {
        "src/package.json": '{"name": "shop", "bin": {"shop": "./app.js"}, "dependencies": {"express": "^4.18.0"}}',
        "src/app.js": SERVER["app.js"],
        "bin/doc/generate.js": "require('fs')\n",
        "bin/doc/README.md": "# Doc tool\n\n## Usage\n\nRun it:\n\n```\nnode bin/doc/generate doc/index.md\n```\n",
        "README.md": "# Shop\n\nNode 18.\n",
    }
    assert 'CMD ["node", "app.js"]' in converted(tmp_path, files, catalog).dockerfile


def test_folders_of_a_host_in_a_start_command_are_writable(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Production\n\n```\nnode app.js -c /srv/shop/config --files=/srv/shop/files/all.db --tmp /tmp/shop.log\n```\n"
    made = converted(tmp_path, SERVER | {"README.md": readme}, catalog)
    assert made.image.writable == ("/srv/shop/config", "/srv/shop/files")


def test_variables_of_every_name_for_the_address_are_told(tmp_path: Path, catalog: Catalog) -> None:
    code = 'const { SERVER_HOST = "localhost", SERVER_PORT = "8100" } = process.env;\nfastify().listen({ host: SERVER_HOST, port: SERVER_PORT });\n'
    manifest = '{"scripts": {"start": "node app.js"}, "dependencies": {"fastify": "^4.0.0"}}'
    dockerfile = converted(tmp_path, {"app.js": code, "package.json": manifest}, catalog).dockerfile
    assert "SERVER_HOST=0.0.0.0" in dockerfile
    assert "EXPOSE 8100" in dockerfile


def test_what_gulp_restarts_for_developers_is_what_serves(tmp_path: Path, catalog: Catalog) -> None:
    manifest = (
        '{"scripts": {"start": "gulp run", "build": "gulp build"}, "dependencies": {"express": "4", "gulp": "3"}}'
    )
    gulpfile = "gulp.task('run', ['build'], function () {\n  nodemon({\n    delay: 10,\n    script: './server/server.js',\n    cwd: './bin/',\n  });\n});\n"
    files = {"package.json": manifest, "gulpfile.js": gulpfile, "src/server/server.js": SERVER["app.js"]}
    readme = {"README.md": "# Game\n\n## Running the Server\n\n```\nnpm start\n```\n"}
    for name, told in {"told": readme, "untold": {}}.items():
        assert 'CMD ["node", "bin/server/server.js"]' in converted(tmp_path / name, files | told, catalog).dockerfile


def test_a_start_that_nothing_tells_is_asked_for(tmp_path: Path, catalog: Catalog) -> None:
    manifest = '{"scripts": {"test": "mocha"}, "dependencies": {"express": "^4.18.0"}}'
    files = {"package.json": manifest, "lib/web.js": "exports.app = require('express')();\n"}
    made = converted(tmp_path, files, catalog)
    assert made.plan.services["web"].command == () and "RP053" in made.codes


def test_what_a_tool_brings_along_makes_no_server(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {
        "scripts": {"build": "react-scripts build", "start": "react-scripts start"},
        "dependencies": {"react": "17.0.2", "react-scripts": "4.0.3"},
    }
    lock = {"lockfileVersion": 1, "dependencies": {"express": {"version": "4.17.1"}, "react": {"version": "17.0.2"}}}
    files = {"package.json": json.dumps(manifest), "package-lock.json": json.dumps(lock, indent=2)}
    assert converted(tmp_path / "tool", files, catalog).image.stack == "node-static"
    manifest["dependencies"] |= {"express": "^4.17.0"}
    served = files | {"package.json": json.dumps(manifest)}
    assert converted(tmp_path / "server", served, catalog).image.stack == "node-express"


@pytest.mark.parametrize(
    ("first", "command"),
    [
        ("#!/usr/bin/env node -r esm", '["node", "-r", "esm", "bin/server", "--port", "8000"]'),
        ("#!/usr/bin/env node", '["bin/server", "--port", "8000"]'),
    ],
)
def test_a_first_line_with_options_is_a_command_with_them(
    tmp_path: Path, catalog: Catalog, first: str, command: str
) -> None:
    files = SERVER | {
        "bin/server": f"{first}\nrequire('../app');\n",
        "README.md": "# Shop\n\n## Production\n\n    npm install\n    bin/server --port 8000\n",
    }
    assert converted(tmp_path, files, catalog).dockerfile.endswith(f"CMD {command}\n")


@pytest.mark.parametrize(
    ("script", "locked", "build"),
    [
        ("rimraf dist && tsc -p tsconfig.build.json", None, ("npm", "run", "build", "--", "--skipLibCheck")),
        ("tsc", "4.17.0", ("yarn", "run", "build", "--skipLibCheck")),
        ("tsc", "4.18.0", ("yarn", "run", "build")),
        ("tsc --build", None, ("npm", "run", "build")),
        ("tsc && cp -r views dist", None, ("npm", "run", "build")),
    ],
)
def test_types_of_libraries_are_not_checked_where_nothing_pins_them(
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
    files = SERVER | {
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
    files = SERVER | {"package.json": json.dumps(manifest), "README.md": readme}
    assert converted(tmp_path, files, catalog).image.build == (("npm", "run", tool),)


def test_an_example_beside_a_build_starts_nothing(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "package.json": '{"scripts": {"start": "node lib/cli.js", "build": "babel src -d lib"},'
        ' "dependencies": {"express": "4.17.1"}, "devDependencies": {"@babel/cli": "7.8.4"}}',
        "src/cli.js": "require('express')().listen(3000)\n",
        "README.md": "# Shop\n\n## Usage as a module\n\n    node server.js\n",
    }
    assert converted(tmp_path / "example", files, catalog).plan.services["web"].command != ("node", "server.js")
    compiled = converted(tmp_path / "compiled", files | {"server.ts": "listen()\n"}, catalog)
    assert compiled.plan.services["web"].command == ("node", "server.js")


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
    assert "--legacy-peer-deps" in converted(tmp_path / "unfit", files, catalog).image.install[0]
    files["package-lock.json"] = json.dumps(lock, indent=4).replace(">= 2.8.0 < 3", ">= 2.8.0 < 4")
    assert "--legacy-peer-deps" not in converted(tmp_path / "fit", files, catalog).image.install[0]


def test_a_list_in_json_is_a_value_and_no_placeholder(tmp_path: Path, catalog: Catalog) -> None:
    files = SERVER | {".env.example": 'AUDIENCE=[]\nALLOWED=["a"]\nTITLE=[your title]\n'}
    environment = converted(tmp_path, files, catalog).plan.environment
    assert (environment["AUDIENCE"].value, environment["ALLOWED"].value) == ("[]", '["a"]')
    assert environment["TITLE"].value != "[your title]"


@pytest.mark.parametrize("prefix", ["DB", "TYPEORM"])
def test_a_connection_that_is_the_name_of_a_driver_is_no_address(tmp_path: Path, catalog: Catalog, prefix: str) -> None:
    files = SERVER | {".env.example": f"{prefix}_CONNECTION=postgres\n{prefix}_HOST=localhost\n{prefix}_PASSWORD=\n"}
    made = converted(tmp_path, files, catalog)
    assert made.plan.datastores["database"].engine == "postgres"
    environment = made.plan.environment
    assert environment[f"{prefix}_CONNECTION"].value == "postgres"
    assert environment[f"{prefix}_HOST"].reference == "{database.host}"
    assert environment[f"{prefix}_PASSWORD"].reference == "{database.password}"


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
