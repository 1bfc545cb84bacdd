"""What starts Node applications: of scripts and commands that documents tell, what is left in a container."""

import json
from pathlib import Path

import pytest

from tests.plan.from_files import EXPRESS_SERVER, converted
from toolkit.catalog.catalog import Catalog


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
    dockerfile = converted(tmp_path, EXPRESS_SERVER | {"README.md": readme}, catalog).dockerfile
    assert f"EXPOSE {port}\n" in dockerfile
    assert dockerfile.endswith(f"CMD {command}\n")


def test_a_host_that_is_another_machine_is_left_alone(tmp_path: Path, catalog: Catalog) -> None:
    code = EXPRESS_SERVER["app.js"].replace("'127.0.0.1'", "'mail.example.com'")
    assert "HOST" not in converted(tmp_path, EXPRESS_SERVER | {"app.js": code}, catalog).dockerfile


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


def test_a_server_of_files_that_nothing_installs_is_no_process(tmp_path: Path, catalog: Catalog) -> None:
    manifest = '{"scripts": {"build": "next build", "start": "next start"}, "dependencies": {"next": "15.1.0"%s}}'
    readme = "# Shop\n\n## Static hosting\n\nServe the pages:\n\n```\nnpx serve out\n```\n"
    files = {"package.json": manifest % "", "README.md": readme}
    assert '"serve"' not in converted(tmp_path / "fetched", files, catalog).dockerfile
    files["package.json"] = manifest % ', "serve": "14.2.0"'
    assert '"serve", "out"' in converted(tmp_path / "listed", files, catalog).dockerfile


@pytest.mark.parametrize(
    ("script", "command"),
    [
        ("npm run build && node dist/app.js", ("node", "dist/app.js")),
        ("tsc -p . && npm run serve", ("node", "dist/app.js")),
        ("set NODE_ENV=production&& node app.js", ("node", "app.js")),
        ("npm run migrate && node app.js", ("npm", "start")),
        ("forever app.js", ("node", "app.js")),
        ("forever start -a -l shop.log -o out.log app.js", ("node", "app.js")),
        (
            "start-stop-daemon --start --background --pidfile shop.pid --exec /usr/bin/node -- app.js",
            ("node", "app.js"),
        ),
        ("pm2-runtime app.js", ("node", "app.js")),
        # What a script leaves in the background is what the container runs.
        ("./bin/control.sh start", ("node", "app.js")),
        ("./bin/control.sh restart", ("npm", "start")),
        ("./bin/nodectl start && cp NEWS docs", ("node", "app.js")),
        ("sh start.sh", ("node", "app.js")),
        ("supervisor -w lib app.js", ("node", "app.js")),
        ("pm2-runtime start pm2.config.js", ("npm", "start")),
    ],
)
def test_a_start_script_is_what_lasts_of_it(
    tmp_path: Path, catalog: Catalog, script: str, command: tuple[str, ...]
) -> None:
    scripts = {"start": script, "build": "tsc -p .", "serve": "node dist/app.js", "migrate": "knex migrate:latest"}
    package = {"scripts": scripts, "dependencies": {"express": "4"}, "devDependencies": {"typescript": "4"}}
    files = {
        "package.json": json.dumps(package),
        "app.js": "app.listen(3000);\n",
        "start.sh": "#!/bin/sh\ncd $(dirname $0)\nnode app.js > app.log 2>&1 &\n",
        "bin/nodectl": "#!/bin/bash\ncd `dirname $0`/..\nNODE='node'\nHERE=`pwd`\nMAIN=${HERE}/app.js\n#starts it\nstart()\n{\n"
        '  if [ -z $PID ]; then\n    nohup $NODE $MAIN > app.log 2>&1 &\n    sleep 2\n  fi\n}\ncase "$1" in\n  start)\n    start\n  ;;\nesac\n',
        "bin/control.sh": '#!/bin/sh\ncase "$1" in\n  start)\n    echo starting\n    nohup node app.js > /dev/null 2>&1 &\n'
        "    echo $! > /tmp/shop.pid\n    ;;\n  stop)\n    node stop.js\n    ;;\nesac\n",
    }
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
                "package.json": EXPRESS_SERVER["package.json"].replace("node app.js", "node app || exit 1"),
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
    services = converted(tmp_path, EXPRESS_SERVER | files, catalog).plan.services
    assert len(services) == commands


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
    files = {f"src/{name}": text for name, text in EXPRESS_SERVER.items()} | {
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
        "src/serve.js": EXPRESS_SERVER["app.js"],
        "README.md": "# Shop\n\n## Production\n\n```\nnode src/serve.js --all\n```\n",
    }
    assert 'CMD ["node", "serve.js", "--all"]' in converted(tmp_path, files, catalog).dockerfile


def test_a_port_that_needs_root_is_another_one_and_told(tmp_path: Path, catalog: Catalog) -> None:
    code = "const express = require('express');\nexpress().listen(process.env.NODE_ENV === 'production' ? (process.env.PORT || 80) : 4000);\n"
    dockerfile = converted(tmp_path, EXPRESS_SERVER | {"app.js": code}, catalog).dockerfile
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
    assert 'CMD ["node", "app.js"]' in converted(tmp_path, EXPRESS_SERVER | {"README.md": readme}, catalog).dockerfile


def test_a_script_with_words_of_the_operators_builds_nothing(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {
        "scripts": {"start": "node app.js", "generatePassword": "node generate.js", "build": "webpack"},
        "dependencies": {"express": "^4.18.0"},
    }
    readme = "# Shop\n\nTo generate a password:\n\n```\nnpm run generatePassword [password]\n```\n"
    files = EXPRESS_SERVER | {"package.json": json.dumps(manifest), "README.md": readme}
    assert converted(tmp_path, files, catalog).image.build == (("npm", "run", "build"),)


def test_the_comment_beside_a_command_says_for_whom_it_is(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "package.json": json.dumps(
            {
                "scripts": {"start": "ts-node src/app.ts", "start:prod": "node dist/app.js"},
                "dependencies": {"express": "^4.18.0"},
            }
        ),
        "src/app.ts": EXPRESS_SERVER["app.js"],
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
        "server/app.js": EXPRESS_SERVER["app.js"],
        "README.md": f"# Shop\n\n## Production\n\n```\nnpm install\n{told}\n```\n",
    }
    dockerfile = converted(tmp_path, files, catalog).dockerfile
    assert f"CMD {command}" in dockerfile
    assert dockerfile[dockerfile.rindex("WORKDIR") :].startswith(folder)


def test_a_program_of_the_package_itself_is_its_script(tmp_path: Path, catalog: Catalog) -> None:
    manifest = json.loads(EXPRESS_SERVER["package.json"]) | {"bin": {"shop": "./bin/shop.js"}}
    files = EXPRESS_SERVER | {
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
    start = EXPRESS_SERVER | {"README.md": readme, "tools/run.sh": "#!/bin/sh\ncd /srv/shop\n./serve --all\n"}
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
    files = EXPRESS_SERVER | {"Procfile": "web: ./bin/platform.sh\n", "bin/platform.sh": script}
    assert 'CMD ["node", "app.js"]' in converted(tmp_path, files, catalog).dockerfile


def test_a_script_beside_the_image_is_no_start(tmp_path: Path, catalog: Catalog) -> None:
    """The image holds src: a tool of the developers beside it, told in a README of its own, cannot run there."""
    files = {
        "src/package.json": '{"name": "shop", "bin": {"shop": "./app.js"}, "dependencies": {"express": "^4.18.0"}}',
        "src/app.js": EXPRESS_SERVER["app.js"],
        "bin/doc/generate.js": "require('fs')\n",
        "bin/doc/README.md": "# Doc tool\n\n## Usage\n\nRun it:\n\n```\nnode bin/doc/generate doc/index.md\n```\n",
        "README.md": "# Shop\n\nNode 18.\n",
    }
    assert 'CMD ["node", "app.js"]' in converted(tmp_path, files, catalog).dockerfile


def test_what_gulp_restarts_for_developers_is_what_serves(tmp_path: Path, catalog: Catalog) -> None:
    manifest = (
        '{"scripts": {"start": "gulp run", "build": "gulp build"}, "dependencies": {"express": "4", "gulp": "3"}}'
    )
    gulpfile = "gulp.task('run', ['build'], function () {\n  nodemon({\n    delay: 10,\n    script: './server/server.js',\n    cwd: './bin/',\n  });\n});\n"
    files = {"package.json": manifest, "gulpfile.js": gulpfile, "src/server/server.js": EXPRESS_SERVER["app.js"]}
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
    files = EXPRESS_SERVER | {
        "bin/server": f"{first}\nrequire('../app');\n",
        "README.md": "# Shop\n\n## Production\n\n    npm install\n    bin/server --port 8000\n",
    }
    assert converted(tmp_path, files, catalog).dockerfile.endswith(f"CMD {command}\n")


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


@pytest.mark.parametrize("option", ["--harmony-async-await", "--harmony_destructuring"])
def test_an_option_that_node_has_no_more_is_left_out(tmp_path: Path, catalog: Catalog, option: str) -> None:
    manifest = json.dumps({"scripts": {"start": f"node {option} app.js"}, "engines": {"node": ">=7"}})
    files = EXPRESS_SERVER | {"package.json": manifest.replace("{", '{"dependencies": {"express": "4.14.0"}, ', 1)}
    assert converted(tmp_path / "script", files, catalog).dockerfile.endswith('CMD ["node", "app.js"]\n')
    files["README.md"] = f"# Shop\n\n## Production\n\n    node {option} app.js\n"
    assert converted(tmp_path / "told", files, catalog).dockerfile.endswith('CMD ["node", "app.js"]\n')
