"""Workspaces of Node: one lock file at the root, applications and their libraries as members."""

import json
from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog

from .from_files import converted

API = {
    "name": "@shop/api",
    "scripts": {"start": "node dist/server.js", "build": "tsc"},
    "dependencies": {"express": "^4.19.0", "@shop/orders": "*"},
    "devDependencies": {"typescript": "^5.4.0"},
}
WEB = {
    "name": "@shop/web",
    "scripts": {"build": "vite build"},
    "dependencies": {"@shop/format": "workspace:*"},
    "devDependencies": {"vite": "^5.0.0"},
}
ORDERS = {"name": "@shop/orders", "scripts": {"build": "tsc"}, "dependencies": {"@shop/format": "*"}}
FORMAT = {"name": "@shop/format", "scripts": {"build": "tsc"}}
MEMBERS = {
    "apps/api/package.json": json.dumps(API),
    "apps/api/src/server.ts": "app.listen(3000);\n",
    "apps/web/package.json": json.dumps(WEB),
    "packages/orders/package.json": json.dumps(ORDERS),
    "packages/format/package.json": json.dumps(FORMAT),
    "packages/tools/package.json": json.dumps({"name": "@shop/tools", "scripts": {"build": "tsc"}}),
}
MANIFESTS = (
    "apps/api/package.json",
    "apps/web/package.json",
    "packages/format/package.json",
    "packages/orders/package.json",
    "packages/tools/package.json",
)
ROOT = {"private": True, "workspaces": ["apps/*", "packages/*"]}
NPM = {
    "package.json": json.dumps(ROOT),
    "package-lock.json": json.dumps(
        {"lockfileVersion": 3, "packages": {"node_modules/express": {"version": "4.19.2"}}}
    ),
}
YARN = {"package.json": json.dumps(ROOT), "yarn.lock": ""}
BERRY = YARN | {
    "package.json": json.dumps(ROOT | {"packageManager": "yarn@3.8.7"}),
    ".yarnrc.yml": "nodeLinker: node-modules\nplugins:\n  - path: .yarn/plugins/@yarnpkg/plugin-workspace-tools.cjs\nyarnPath: .yarn/releases/yarn-3.8.7.cjs\n",
    ".yarn/releases/yarn-3.8.7.cjs": "",
}
PNPM = {
    "package.json": json.dumps({"private": True}),
    "pnpm-lock.yaml": "lockfileVersion: '9.0'\n",
    "pnpm-workspace.yaml": "packages:\n  - 'apps/*'\n  - packages/*\n  - '!**/test/**'\n",
}


@pytest.mark.parametrize(
    ("root", "install", "run", "last"),
    [
        pytest.param(NPM, "npm ci", "npm --prefix {} run build", "npm run build", id="npm"),
        pytest.param(YARN, "yarn install --frozen-lockfile", "yarn --cwd {} run build", "yarn run build", id="Yarn 1"),
        pytest.param(BERRY, "yarn install --immutable", "yarn --cwd {} run build", "yarn run build", id="Yarn 3"),
        pytest.param(PNPM, "pnpm install --frozen-lockfile", "pnpm --dir {} run build", "pnpm run build", id="pnpm"),
    ],
)
def test_members_are_services_installed_at_the_root(
    tmp_path: Path, catalog: Catalog, root: dict[str, str], install: str, run: str, last: str
) -> None:
    made = converted(tmp_path, root | MEMBERS, catalog)
    assert {name: image.stack for name, image in made.plan.images.items()} == {
        "api": "node-express",
        "web": "node-static",
    }
    api, web = made.plan.images["api"], made.plan.images["web"]
    assert (api.directory, api.workdir, web.artifact) == ("", "apps/api", "apps/web/dist")
    assert {*MANIFESTS, "package.json", *(name for name in root if "lock" in name)} <= set(api.copy_first)
    assert [" ".join(step) for step in api.install] == [install]
    assert [" ".join(step) for step in api.build] == [
        run.format("/app/packages/format"),
        run.format("/app/packages/orders"),
        f"{last}{' --' if last.startswith('npm') else ''} --skipLibCheck",  # it compiles
    ]
    assert [" ".join(step) for step in web.build] == [run.format("/app/packages/format"), last]
    text = made.dockerfiles["api"]
    assert text.index("COPY apps/api/package.json ./apps/api/") < text.index(install) < text.index("COPY . .")
    assert text.index("COPY . .") < text.index("WORKDIR /app/apps/api") < text.index(last)
    assert made.plan.services["api"].argv == ("node", "dist/server.js")


def test_the_files_of_yarn_itself_come_before_its_install(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, BERRY | MEMBERS, catalog)
    plugin = ".yarn/plugins/@yarnpkg/plugin-workspace-tools.cjs"
    assert {".yarnrc.yml", ".yarn/releases/yarn-3.8.7.cjs", plugin} <= set(made.plan.images["api"].copy_first)
    assert "COPY .yarn/releases/yarn-3.8.7.cjs ./.yarn/releases/" in made.dockerfiles["api"]


@pytest.mark.parametrize("tool", ["turbo", "nx", "lerna"])
def test_a_program_that_knows_the_order_is_left_to_build_all(tmp_path: Path, catalog: Catalog, tool: str) -> None:
    root = ROOT | {"scripts": {"build": f"{tool} run build"}, "devDependencies": {tool: "^2.0.0"}}
    made = converted(tmp_path, NPM | MEMBERS | {"package.json": json.dumps(root)}, catalog)
    assert made.plan.images["api"].build == (("npm", "--prefix", "/app", "run", "build"),)


def test_members_that_only_a_pattern_with_an_exclamation_mark_leaves_out(tmp_path: Path, catalog: Catalog) -> None:
    root = ROOT | {"workspaces": {"packages": ["apps/**", "packages/*", "!apps/web"]}}
    made = converted(tmp_path, NPM | MEMBERS | {"package.json": json.dumps(root)}, catalog)
    assert (made.plan.images["web"].directory, made.plan.images["api"].directory) == ("apps/web", "")
    assert "apps/web/package.json" not in made.plan.images["api"].copy_first


def test_a_member_whose_install_runs_its_source_comes_after_it(tmp_path: Path, catalog: Catalog) -> None:
    format_ = FORMAT | {"scripts": {"build": "tsc", "prepare": "npm run build"}}
    made = converted(tmp_path, NPM | MEMBERS | {"packages/format/package.json": json.dumps(format_)}, catalog)
    api = made.plan.images["api"]
    assert api.install == () and api.install_after_source == (("npm", "ci"),)


def test_routes_and_ports_belong_to_their_members(tmp_path: Path, catalog: Catalog) -> None:
    admin = API | {"name": "@shop/admin", "scripts": {"start": "node server.js"}}
    files = {
        "apps/api/server.js": "app.get('/orders', all);\napp.listen(process.env.PORT || 4000);\n",
        "apps/admin/package.json": json.dumps(admin),
        "apps/admin/server.js": "app.get('/users', all);\napp.listen(process.env.PORT || 5000);\n",
    }
    made = converted(tmp_path, NPM | MEMBERS | files, catalog)
    assert {name: service.port for name, service in made.plan.services.items()} == {
        "admin": 5000,
        "api": 4000,
        "web": 8080,
    }


def test_a_circle_of_members_ends(tmp_path: Path, catalog: Catalog) -> None:
    format_ = FORMAT | {"dependencies": {"@shop/orders": "*"}}
    made = converted(tmp_path, NPM | MEMBERS | {"packages/format/package.json": json.dumps(format_)}, catalog)
    assert len(made.plan.images["api"].build) == 3


def test_what_no_service_runs_is_told_and_what_others_are_built_from_is_no_service(
    tmp_path: Path, catalog: Catalog
) -> None:
    library = ORDERS | {"dependencies": {"express": "^4.19.0"}}
    jobs = {"name": "@shop/jobs", "scripts": {"start": "node dist/jobs.js", "build": "tsc"}}
    tools = ROOT | {"devDependencies": {"vite": "^5.0.0"}, "scripts": {"lint": "eslint ."}}
    files = MEMBERS | NPM | {
        "package.json": json.dumps(tools),
        "packages/orders/package.json": json.dumps(library),
        "apps/jobs/package.json": json.dumps(jobs),
    }  # fmt: skip
    made = converted(tmp_path, files, catalog)
    assert set(made.plan.images) == {"api", "web"}
    (told,) = (finding for finding in made.planned.findings if finding.code == "RP059")
    assert told.message.startswith("apps/jobs: ") and [place.path for place in told.evidence] == [
        "apps/jobs/package.json"
    ]


def test_a_command_for_one_member_starts_no_other(tmp_path: Path, catalog: Catalog) -> None:
    portal = {"name": "@shop/portal", "scripts": {"start": "next start"}, "dependencies": {"next": "^14.2.0"}}
    readme = "# Shop\n\n## Deploy\n\n```sh\nnpm start -w apps/api\n```\n"
    files = MEMBERS | NPM | {"apps/portal/package.json": json.dumps(portal), "README.md": readme}
    services = converted(tmp_path, files, catalog).plan.services
    assert "apps/api" not in [word for service in services.values() for word in service.argv]
    assert services["api"].argv in (("npm", "start"), ("node", "dist/server.js"))


@pytest.mark.parametrize("serves", ["static('../web/dist')", "static(path.join(__dirname, '..', '..', 'web', 'dist'))"])
def test_pages_that_another_member_serves_are_built_in_its_image(tmp_path: Path, catalog: Catalog, serves: str) -> None:
    api = API | {"scripts": {"start": "node src/server.js"}, "dependencies": {"express": "^4.19.0"}}
    files = NPM | {
        "apps/api/package.json": json.dumps(api),
        "apps/api/src/server.js": f"app.use(express.{serves});\napp.listen(3000);\n",
        "apps/web/package.json": json.dumps(WEB | {"dependencies": {}}),
        "apps/web/index.html": "",
    }
    made = converted(tmp_path, files, catalog)
    assert list(made.plan.services) == ["web"]
    assert made.image.member == "apps/api"
    assert made.image.build == (("npm", "--prefix", "/app/apps/web", "run", "build"),)


def test_members_with_lock_files_of_their_own_are_installed_alone(tmp_path: Path, catalog: Catalog) -> None:
    """As npm did before workspaces: the root's lock file has the tools of the developers. What create-react-app left behind
    builds the pages."""
    lock = '{\n  "lockfileVersion": 1,\n  "dependencies": {\n    "%s": {\n      "version": "4.18.0"\n    }\n  }\n}\n'
    client = {
        "scripts": {"start": "node scripts/start.js", "build": "node scripts/build.js"},
        "dependencies": {"react": "^17.0.0", "webpack": "^4.0.0", "webpack-dev-server": "^3.0.0"},
    }
    starts = "const Server = require('webpack-dev-server');\nconst server = new Server();\nserver.listen(3000);\n"
    files = {
        "package.json": json.dumps({"workspaces": ["client", "server"], "devDependencies": {"husky": "^4.0.0"}}),
        "package-lock.json": lock % "husky",
        "client/package.json": json.dumps(client),
        "client/package-lock.json": lock % "react",
        "client/scripts/start.js": starts,
        "client/config/paths.js": "module.exports = {appBuild: resolveApp('pages')};\n",
        "server/package.json": json.dumps({"scripts": {"start": "node index.js"}, "dependencies": {"express": "^4.18.0"}}),
        "server/package-lock.json": lock % "express",
        "server/index.js": "require('express')().listen(8000);\n",
    }  # fmt: skip
    plan = converted(tmp_path / "alone", files, catalog).plan
    assert {name: (image.directory, image.stack) for name, image in plan.images.items()} == {
        "client": ("client", "node-static"),
        "server": ("server", "node-express"),
    }
    assert plan.images["client"].artifact == "pages"
    files["package-lock.json"] = lock % "express"
    assert converted(tmp_path / "members", files, catalog).plan.images["server"].member == "server"
