"""Node applications, from their files to their Dockerfiles."""

from pathlib import Path

import pytest

from tests.plan.from_files import EXPRESS_SERVER, converted
from toolkit.catalog.catalog import Catalog


def test_the_image_listens_where_it_says_that_it_does(tmp_path: Path, catalog: Catalog) -> None:
    dockerfile = converted(tmp_path / "default", EXPRESS_SERVER, catalog).dockerfile
    assert "    HOST=0.0.0.0" in dockerfile
    assert "EXPOSE 8000" in dockerfile
    readme = (
        "# Shop\n\n## Production\n\nOn the server it listens on port 9000:\n\n    PORT=9000 HOST=127.0.0.1 npm start\n"
    )
    found = converted(tmp_path / "told", EXPRESS_SERVER | {"README.md": readme}, catalog)
    assert "EXPOSE 9000" in found.dockerfile
    assert "ENV NODE_ENV=production \\\n    PORT=9000 \\\n    HOST=0.0.0.0\n" in found.dockerfile


def test_a_health_address_has_what_its_router_is_mounted_at_in_front(tmp_path: Path, catalog: Catalog) -> None:
    files = EXPRESS_SERVER | {
        "app.js": "const app = require('express')();\napp.use('/api', require('./routes'));\napp.listen(8000);\n",
        "routes.js": "const router = require('express').Router();\nrouter.get('/health', (req, res) => res.send('ok'));\nmodule.exports = router;\n",
    }
    assert converted(tmp_path, files, catalog).plan.services["web"].health.path == "/api/health"


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
    made = converted(tmp_path, EXPRESS_SERVER | {".env.example": "API_URL=https://api.example.com\n"}, catalog)
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


def test_a_database_in_a_file_gets_its_folder(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "package.json": '{"scripts": {"start": "node app.js"}, "dependencies": {"express": "4", "sqlite3": "4"}}',
        "app.js": "app.listen(3000);\n",
        "config/connection.js": "module.exports = {dialect: 'sqlite', storage: './db/shop.sqlite'};\n",
    }
    image = converted(tmp_path, files, catalog).image
    assert (image.writable, image.owned) == (("/app/db",), ("/app",))


def test_a_health_check_of_before_tells_the_path(tmp_path: Path, catalog: Catalog) -> None:
    dockerfile = "FROM node:20\nHEALTHCHECK CMD curl -f http://localhost:8000/api/up || exit 1\n"
    service = converted(tmp_path, EXPRESS_SERVER | {"Dockerfile": dockerfile}, catalog).plan.services["web"]
    assert service.health and service.health.path == "/api/up"


def test_variables_of_image_names_are_not_the_applications(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "docker-compose.yml": "services:\n  app:\n    build: .\n    image: shop:${TAG}\n    env_file: .env\n",
        ".env.example": "TAG=1.4\nMODE=production\n",
    }
    plan = converted(tmp_path / "compose", EXPRESS_SERVER | files, catalog).plan
    assert "MODE" in plan.environment and "TAG" not in plan.environment
    code = EXPRESS_SERVER["app.js"] + "console.log(process.env.TAG);\n"
    assert "TAG" in converted(tmp_path / "code", EXPRESS_SERVER | files | {"app.js": code}, catalog).plan.environment


@pytest.mark.parametrize(
    ("code", "more"),
    [("fs.promises.writeFile(this.file, text);\n", ""), ("", ', "nedb": "1"')],
)
def test_files_in_places_that_are_put_together_lie_beside_the_application(
    tmp_path: Path, catalog: Catalog, code: str, more: str
) -> None:
    manifest = EXPRESS_SERVER["package.json"].replace('"^4.18.0"', '"^4.18.0"' + more)
    files = EXPRESS_SERVER | {"package.json": manifest, "lib/boards.js": code}
    assert "COPY --from=build --chown=10001:10001 /app /app\n" in converted(tmp_path, files, catalog).dockerfile


def test_a_server_with_pages_beside_it_is_a_server(tmp_path: Path, catalog: Catalog) -> None:
    manifest = '{"scripts": {"start": "moleculer-runner services"}, "dependencies": {"moleculer": "^0.11.0"}}'
    files = {
        "package.json": manifest,
        "public/index.html": "<html></html>",
        "services/api.service.js": "module.exports = {};\n",
    }
    assert 'CMD ["npm", "start"]' in converted(tmp_path, files, catalog).dockerfile


def test_a_file_of_variables_that_the_start_insists_on_is_there_and_empty(tmp_path: Path, catalog: Catalog) -> None:
    manifest = (
        '{"dependencies": {"express": "^4.18.0", "env-cmd": "^10.0.0"}, "scripts": {"start": "env-cmd node app.js"}}'
    )
    found = converted(
        tmp_path / "here", EXPRESS_SERVER | {"package.json": manifest, ".env": "PASSWORD=hunter2\n"}, catalog
    )
    assert "RUN touch .env" in found.dockerfile and found.image.install_after_source == (("touch", ".env"),)
    elsewhere = {"package.json": manifest.replace("env-cmd node", "env-cmd -f config/.env node")}
    made = converted(tmp_path / "elsewhere", EXPRESS_SERVER | elsewhere, catalog)
    assert made.image.install_after_source == (("mkdir", "-p", "config"), ("touch", "config/.env"))


def test_folders_of_a_host_in_a_start_command_are_writable(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Production\n\n```\nnode app.js -c /srv/shop/config --files=/srv/shop/files/all.db --tmp /tmp/shop.log\n```\n"
    made = converted(tmp_path, EXPRESS_SERVER | {"README.md": readme}, catalog)
    assert made.image.writable == ("/srv/shop/config", "/srv/shop/files")


def test_variables_of_every_name_for_the_address_are_told(tmp_path: Path, catalog: Catalog) -> None:
    code = 'const { SERVER_HOST = "localhost", SERVER_PORT = "8100" } = process.env;\nfastify().listen({ host: SERVER_HOST, port: SERVER_PORT });\n'
    manifest = '{"scripts": {"start": "node app.js"}, "dependencies": {"fastify": "^4.0.0"}}'
    dockerfile = converted(tmp_path, {"app.js": code, "package.json": manifest}, catalog).dockerfile
    assert "SERVER_HOST=0.0.0.0" in dockerfile
    assert "EXPOSE 8100" in dockerfile


def test_a_list_in_json_is_a_value_and_no_placeholder(tmp_path: Path, catalog: Catalog) -> None:
    files = EXPRESS_SERVER | {".env.example": 'AUDIENCE=[]\nALLOWED=["a"]\nTITLE=[your title]\n'}
    environment = converted(tmp_path, files, catalog).plan.environment
    assert (environment["AUDIENCE"].value, environment["ALLOWED"].value) == ("[]", '["a"]')
    assert environment["TITLE"].value != "[your title]"


@pytest.mark.parametrize("prefix", ["DB", "TYPEORM"])
def test_a_connection_that_is_the_name_of_a_driver_is_no_address(tmp_path: Path, catalog: Catalog, prefix: str) -> None:
    files = EXPRESS_SERVER | {
        ".env.example": f"{prefix}_CONNECTION=postgres\n{prefix}_HOST=localhost\n{prefix}_PASSWORD=\n"
    }
    made = converted(tmp_path, files, catalog)
    assert made.plan.datastores["database"].engine == "postgres"
    environment = made.plan.environment
    assert environment[f"{prefix}_CONNECTION"].value == "postgres"
    assert environment[f"{prefix}_HOST"].reference == "{database.host}"
    assert environment[f"{prefix}_PASSWORD"].reference == "{database.password}"


@pytest.mark.parametrize(
    ("programs", "command"),
    [
        ('{"shop-server": "bin/serve.js", "shop-send": "./bin/send.js"}', ("node", "bin/serve.js")),
        ('{"shop": "bin/send.js"}', ("node", "bin/send.js")),
        ('{"shop-get": "bin/serve.js", "shop-send": "./bin/send.js"}', ()),
    ],
)
def test_a_package_s_own_server_starts_it(
    programs: str, command: tuple[str, ...], tmp_path: Path, catalog: Catalog
) -> None:
    package = '{"dependencies": {"express": "^4.18.0"}, "bin": ' + programs + "}"
    program = "#!/usr/bin/env node\nrequire('../lib/server')();\n"
    served = "const express = require('express');\nmodule.exports = () => express().listen(28778);\n"
    files = {"package.json": package, "bin/serve.js": program, "bin/send.js": program, "lib/server.js": served}
    assert converted(tmp_path, files, catalog).plan.services["web"].command == command
