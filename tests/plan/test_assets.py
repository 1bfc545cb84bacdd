"""Style sheets and scripts that Node builds for applications in other languages or other folders."""

import json
from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog

from .from_files import DJANGO_MANAGE, DJANGO_WSGI, FLASK_APP, converted

DJANGO = {
    "manage.py": DJANGO_MANAGE,
    "requirements.txt": "Django==4.2.16\n",
    "shop/settings.py": "STATIC_ROOT = BASE_DIR / 'collected'\nSTATICFILES_DIRS = [BASE_DIR / 'frontend' / 'dist']\n",
    "shop/wsgi.py": DJANGO_WSGI,
}
FLASK = {"requirements.txt": "Flask==3.0.3\n", "app.py": FLASK_APP}
LARAVEL = {
    "artisan": "<?php\n",
    "composer.json": json.dumps({"require": {"php": "^8.2", "laravel/framework": "^11.0"}}),
    "composer.lock": "{}",
    "public/index.php": "<?php\n",
}
SYMFONY = {
    "bin/console": "#!/usr/bin/env php\n",
    "composer.json": json.dumps({"require": {"php": ">=8.2", "symfony/framework-bundle": "^7.0"}}),
    "composer.lock": "{}",
    "public/index.php": "<?php\n",
}
GO = {"go.mod": "module example.com/shop\n\ngo 1.22\n", "main.go": "package main\n\nfunc main() {}\n"}
EXPRESS = {
    "package.json": json.dumps({"scripts": {"start": "node app.js"}, "dependencies": {"express": "^4.18.0"}}),
    "app.js": "const express = require('express');\nexpress().use(express.static('public')).listen(3000);\n",
    "public/app/.gitignore": "*\n!.gitignore\n",
}
SPRING = {
    "pom.xml": "<project><modelVersion>4.0.0</modelVersion><artifactId>shop</artifactId><version>1</version><parent>"
    "<groupId>org.springframework.boot</groupId><artifactId>spring-boot-starter-parent</artifactId><version>3.3.4</version>"
    "</parent><properties><java.version>17</java.version></properties><dependencies><dependency><groupId>"
    "org.springframework.boot</groupId><artifactId>spring-boot-starter-web</artifactId></dependency></dependencies></project>",
    "src/main/java/Shop.java": "@SpringBootApplication public class Shop { public static void main(String[] a) {} }\n",
}


def package(script: str, *tools: str, **more: object) -> str:
    return json.dumps(
        {"scripts": {"build": script}, "devDependencies": dict.fromkeys(tools, "^1.0.0"), **more}, indent=1
    )


@pytest.mark.parametrize(
    ("files", "outputs"),
    [
        pytest.param(
            DJANGO
            | {
                "package.json": package("webpack --config webpack.prod.js", "webpack"),
                "webpack.prod.js": "const base = require('./webpack.base');\nmodule.exports = {...base};\n",
                "webpack.base.js": "module.exports = {output: {path: path.resolve(__dirname, 'shop', 'static/bundles')}};\n",
            },
            ("shop/static/bundles",),
            id="webpack",
        ),
        pytest.param(
            DJANGO | {"package.json": package("webpack --mode production ./src/index.js --output ./shop/static/main.js", "webpack")},
            ("shop/static",),
            id="webpack 4 on its command line",
        ),
        pytest.param(
            DJANGO | {"package.json": package("rollup -c", "rollup"), "rollup.config.js": "export default {output: {file: 'build/bundle.js'}};\n"},
            ("build",),
            id="rollup",
        ),
        pytest.param(
            DJANGO
            | {
                "frontend/package.json": package("tsc -b && vite build", "vite"),
                "frontend/vite.config.ts": "export default defineConfig({plugins: [vue()]});\n",
            },
            ("frontend/dist",),
            id="vite below the application, where its settings look",
        ),
        pytest.param(
            FLASK
            | {
                "client/package.json": package("vite build", "vite"),
                "client/vite.config.js": "export default {build: {outDir: '../static/app'}};\n",
            },
            ("static/app",),
            id="vite, into the application's folder",
        ),
        pytest.param(
            FLASK
            | {
                "package.json": json.dumps(
                    {
                        "scripts": {
                            "build": "npm-run-all build:*",
                            "build:css": "sass --style=compressed scss/main.scss:static/css/main.css",
                            "build:js": "cross-env NODE_ENV=production esbuild js/main.js --bundle --outdir=static/js",
                        },
                        "devDependencies": {"sass": "1.77.0", "esbuild": "0.21.0", "npm-run-all": "4.1.5"},
                    }
                )
            },
            ("static/css", "static/js"),
            id="programs that are told where on their command line",
        ),
        pytest.param(
            FLASK | {"package.json": package("rimraf dist && parcel build src/index.html --dist-dir static/dist", "parcel")},
            ("static/dist",),
            id="parcel",
        ),
        pytest.param(
            LARAVEL
            | {
                "package.json": package("vite build", "vite", "laravel-vite-plugin"),
                "vite.config.js": "import laravel from 'laravel-vite-plugin';\nexport default {plugins: [laravel({input: ['resources/js/app.js']})]};\n",
            },
            ("public/build",),
            id="Laravel with Vite",
        ),
        pytest.param(
            LARAVEL
            | {
                "package.json": json.dumps(
                    {"scripts": {"prod": "npm run production", "production": "mix --production"}, "devDependencies": {"laravel-mix": "^6"}}
                ),
                "webpack.mix.js": "mix.js('resources/js/app.js', 'public/js')\n  .sass('resources/sass/app.scss', 'public/css');\n",
            },
            ("public/js", "public/css", "public/mix-manifest.json"),
            id="Laravel Mix",
        ),
        pytest.param(
            SYMFONY
            | {
                "package.json": package("encore production --progress", "@symfony/webpack-encore"),
                "webpack.config.js": "Encore\n    .setOutputPath('public/build/')\n    .setPublicPath('/build');\n",
            },
            ("public/build",),
            id="Symfony Encore",
        ),
        pytest.param(
            GO | {"web/package.json": package("vite build", "vite"), "assets.go": "package main\n\n//go:embed web/dist\nvar files embed.FS\n"},
            ("web/dist",),
            id="embedded in Go",
        ),
        pytest.param(
            EXPRESS
            | {
                "app/package.json": package("webpack", "webpack", dependencies={"vue": "^2.6.0"}),
                "app/webpack.config.js": "module.exports = {output: {path: path.resolve(__dirname, '../public/app')}};\n",
            },
            ("public/app",),
            id="into the folder of a server in Node",
        ),
        pytest.param(
            EXPRESS
            | {
                "app.js": "app.use(express.static(path.join(__dirname, 'client', 'build')));\napp.listen(3000);\n",
                "client/package.json": package("react-scripts build", "react-scripts", dependencies={"react": "^17.0.0"}),
            },
            ("client/build",),
            id="where a server in Node hands it out",
        ),
        pytest.param(
            SPRING
            | {
                "package.json": package("webpack", "webpack"),
                "webpack.config.js": "module.exports = {output: {path: __dirname + '/src/main/resources/static/js'}};\n",
            },
            ("src/main/resources/static/js",),
            id="in the jar of Spring Boot",
        ),
    ],
)  # fmt: skip
def test_what_the_tools_write_is_copied(
    tmp_path: Path, catalog: Catalog, files: dict[str, str], outputs: tuple[str, ...]
) -> None:
    made = converted(tmp_path, files, catalog)
    assert made.image.assets is not None, "one image, with a stage of Node"
    assert made.image.assets.outputs == outputs
    assert "AS assets\n" in made.dockerfile and "RP036" not in made.codes
    copies = [f"COPY --from=assets /app/{output} /app/{output}\n" for output in outputs]
    assert "".join(copies) in made.dockerfile
    if made.image.stack.startswith("php"):
        assert made.dockerfile.index(copies[0]) > made.dockerfile.index("COPY --from=build /app /app")
        assert "COPY --from=build /app/vendor /app/vendor\n" in made.dockerfile
    else:
        steps = [" ".join(step[:2]) for step in made.image.build]
        assert all(made.dockerfile.index(copies[0]) < made.dockerfile.rindex(step) for step in steps)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(json.dumps({"scripts": {"lint": "eslint ."}, "devDependencies": {"eslint": "8.0.0", "webpack": "5.0.0"}}), id="no build script"),
        pytest.param(json.dumps({"scripts": {"build": "eslint ."}, "devDependencies": {"eslint": "8.0.0"}}), id="no tool that builds"),
    ],
)  # fmt: skip
def test_no_stage_for_the_tools_of_developers(tmp_path: Path, catalog: Catalog, text: str) -> None:
    made = converted(tmp_path, DJANGO | {"package.json": text}, catalog)
    assert made.image.assets is None and "node" not in made.dockerfile


@pytest.mark.parametrize(
    ("script", "more"),
    [
        ("gulp", {"gulpfile.js": "gulp.dest(paths.out)\n"}),
        ("webpack", {"webpack.config.js": "module.exports = {output: {path: outputFolder()}};\n"}),
        ("vite build && node copy.js", {"vite.config.js": "export default {};\n"}),
        ("vite build", {"vite.config.js": "export default {root: folders.source};\n"}),
        ("webpack -o ../../elsewhere", {}),
    ],
)
def test_all_is_taken_where_no_file_says_plainly_what_is_written(
    tmp_path: Path, catalog: Catalog, script: str, more: dict[str, str]
) -> None:
    made = converted(tmp_path, FLASK | more | {"package.json": package(script, "gulp", "webpack", "vite")}, catalog)
    assert made.image.assets and made.image.assets.outputs == () and "RP036" in made.codes
    assert "rm -rf node_modules" in made.dockerfile and "COPY --from=assets /app /app\n" in made.dockerfile


def test_the_stage_is_planned_as_any_application_of_node(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Install\n\n```\nyarn install\nyarn build:prod\n```\n"
    manifest = {
        "scripts": {"build": "vite build --mode staging", "build:prod": "vite build --outDir public/app"},
        "devDependencies": {"vite": "^4.0.0"},
        "engines": {"node": "18.x"},
    }
    files = {"README.md": readme, "package.json": json.dumps(manifest), "yarn.lock": "", ".nvmrc": "18\n"}
    made = converted(tmp_path, FLASK | files, catalog)
    assets = made.image.assets
    assert assets and (assets.build_image, assets.package_manager) == ("node:18-bookworm", "yarn")
    assert assets.copy_first == ("package.json", "yarn.lock")
    assert assets.install == (("yarn", "install", "--frozen-lockfile"),)
    assert assets.build == (("yarn", "run", "build:prod"),) and assets.outputs == ("public/app",)
    stage = made.dockerfile.partition("\n\n")[0]
    assert stage.index("COPY package.json yarn.lock ./") < stage.index("yarn install") < stage.index("COPY . .")


def test_what_is_worth_telling_of_its_node_is_told(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(
        tmp_path, DJANGO | {"package.json": package("sass a:shop/static", "sass", engines={"node": "12.x"})}, catalog
    )
    assert made.image.assets and made.image.assets.version == "12"
    (dead,) = (finding for finding in made.planned.findings if finding.code == "RP025")
    assert "node 12" in dead.message and "images.app.assets.version" in dead.hint


def test_a_front_end_that_the_application_does_not_serve_stays_a_service(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, FLASK | {"frontend/package.json": package("vite build", "vite")}, catalog)
    assert {image.stack for image in made.plan.images.values()} == {"python-flask", "node-static"}
    assert all(image.assets is None for image in made.plan.images.values())


def test_the_port_of_a_front_end_is_not_the_applications(tmp_path: Path, catalog: Catalog) -> None:
    settings = "module.exports = {\n  host: 'localhost',\n  port: process.env.PORT || 8080,\n}\n"
    files = {
        "mini/package.json": json.dumps({"scripts": {"dev": "node build/dev-server.js"}}),
        "mini/config/index.js": settings,
    }
    made = converted(tmp_path, FLASK | files | {".flaskenv": "FLASK_RUN_PORT=5000\n"}, catalog)
    (service,) = made.plan.services.values()
    assert service.port == 8000
    assert made.image.environment["FLASK_RUN_PORT"] == "{port}"


def test_a_second_package_is_told(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "package.json": package("sass a.scss static/a.css", "sass"),
        "admin/package.json": package("vite build --outDir ../static/admin", "vite"),
    }
    made = converted(tmp_path, FLASK | files, catalog)
    assert made.image.assets and made.image.assets.outputs == ("static",) and "RP037" in made.codes


def test_packages_that_come_with_libraries_of_php(tmp_path: Path, catalog: Catalog) -> None:
    """`file:vendor/...` is there before the install that reads it."""
    manifest = package(
        "encore production",
        "@symfony/webpack-encore",
        dependencies={"@symfony/ux-turbo": "file:vendor/symfony/ux-turbo/assets"},
    )
    made = converted(tmp_path, SYMFONY | {"package.json": manifest}, catalog)
    assert made.image.assets and made.image.assets.install == ()
    stage = made.dockerfile[made.dockerfile.index("AS assets") :]
    assert stage.index("/app/vendor /app/vendor") < stage.index("npm install") < stage.index("npm run build")


BUILT = {
    "package.json": package("webpack", "webpack"),
    "dist/site.min.js": "x",
    "README.md": "# Shop\n\n## Install\n\n    pip install -r requirements.txt\n    flask run\n",
}


def test_what_the_source_holds_built_and_the_readme_does_not_build_is_left(tmp_path: Path, catalog: Catalog) -> None:
    made = converted(tmp_path, FLASK | BUILT, catalog)
    assert made.image.assets is None and "RP084" in made.codes


def test_what_the_source_holds_built_is_built_again_by_those_who_change_it(tmp_path: Path, catalog: Catalog) -> None:
    told = "\nIf the scripts have been modified, you need to:\n\n    npm install\n    npm run build\n"
    made = converted(tmp_path, FLASK | BUILT | {"README.md": BUILT["README.md"] + told}, catalog)
    assert made.image.assets is None and "RP084" in made.codes


@pytest.mark.parametrize(
    "files",
    [
        pytest.param({"README.md": BUILT["README.md"] + "    npm run build\n"}, id="the README builds it"),
        pytest.param({"README.md": "# Shop\n"}, id="no README says how"),
    ],
)  # fmt: skip
def test_what_has_to_be_built_is_built(tmp_path: Path, catalog: Catalog, files: dict[str, str]) -> None:
    made = converted(tmp_path, FLASK | BUILT | files, catalog)
    assert made.image.assets is not None and "RP084" not in made.codes


def test_what_comes_built_with_php_is_left_to_those_who_change_it(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "index.php": "<?php echo 1;\n",
        "README.md": "# Shop\n\n## Installation\n\nUnpack it below the folder that is served.\n",
        "DEVELOPERS.md": "# Rebuilding\n\n    npm install\n    npm run build\n",
        "package.json": package("sass scss/site.scss css/site.css", "sass"),
        "scss/site.scss": "a {}\n",
    }
    assert converted(tmp_path, files, catalog).image.assets is not None
    assert converted(tmp_path, files | {"css/site.css": "a {}\n"}, catalog).image.assets is None


LIBRARIES = {
    "package.json": json.dumps({"dependencies": {"jquery": "^3.4.1"}, "devDependencies": {"prettier": "^1.0.0"}}),
    "yarn.lock": "# yarn lockfile v1\n",
}


def test_libraries_of_node_that_the_code_hands_out_need_no_build(tmp_path: Path, catalog: Catalog) -> None:
    code = FLASK["app.py"] + "js = Bundle('node_modules/jquery/dist/jquery.js')\n"
    readme = (
        "# Shop\n\n## Installation\n\nFetch the libraries:\n\n    yarn install --modules-folder ./static/node_modules\n"
    )
    made = converted(tmp_path / "yarn", FLASK | LIBRARIES | {"app.py": code, "README.md": readme}, catalog)
    assert made.image.assets is not None
    assert made.image.assets.outputs == ("static/node_modules",)
    assert made.image.assets.install[-1][-2:] == ("--modules-folder", "./static/node_modules")
    assert not made.image.assets.build
    assert "COPY --from=assets /app/static/node_modules" in made.dockerfile
    settings = {".yarnrc": '--*.modules-folder "./static/node_modules"\n'}
    set_so = converted(tmp_path / "settings", FLASK | LIBRARIES | {"app.py": code} | settings, catalog)
    assert set_so.image.assets == made.image.assets.model_copy(
        update={
            "copy_first": (*made.image.assets.copy_first, ".yarnrc"),
            "install": ((*made.image.assets.install[-1][:-1], "static/node_modules"),),
        }
    )


def test_libraries_of_node_that_no_code_names_stay_out(tmp_path: Path, catalog: Catalog) -> None:
    assert converted(tmp_path, FLASK | LIBRARIES, catalog).image.assets is None


def test_the_libraries_are_there_when_django_collects_them(tmp_path: Path, catalog: Catalog) -> None:
    settings = "INSTALLED_APPS = []\nSTATIC_ROOT = 'collected'\nSTATICFILES_DIRS = ['node_modules']\n"
    made = converted(tmp_path, DJANGO | LIBRARIES | {"shop/settings.py": settings}, catalog)
    assert 0 < made.dockerfile.index("COPY --from=assets /app/node_modules") < made.dockerfile.index("collectstatic")


FRONT_END = {
    "package.json": json.dumps(
        {
            "scripts": {"start": "node app.js", "client": "npm start --prefix client"},
            "dependencies": {"express": "^4.18.0"},
        }
    ),
    "client/package.json": package("react-scripts build", "react-scripts"),
    "client/public/index.html": "<html></html>",
}


@pytest.mark.parametrize(
    ("page", "outputs", "build"),
    [
        ("'client', 'build', 'index.html'", ("client/build",), (("npm", "run", "build"),)),
        (
            "'public/index.html'",
            ("public",),
            (("npm", "run", "build"), ("sh", "-c", "mkdir -p ../public && cp -R build/. ../public/")),
        ),
    ],
)
def test_pages_that_operators_build_and_move_to_where_the_server_looks(
    tmp_path: Path, catalog: Catalog, page: str, outputs: tuple[str, ...], build: tuple[tuple[str, ...], ...]
) -> None:
    app = f"const app = require('express')();\napp.get('*', (req, res) => res.sendFile(path.join(__dirname, {page})));\napp.listen(3000);\n"
    assets = converted(tmp_path, FRONT_END | {"app.js": app}, catalog).image.assets
    assert assets and (assets.directory, assets.outputs, assets.build) == ("client", outputs, build)


def test_pages_that_a_script_of_the_server_builds_have_no_stage(tmp_path: Path, catalog: Catalog) -> None:
    scripts = {"start": "node app.js", "build": "npm run pages", "pages": "cd client && npm install && npm run build"}
    manifest = json.dumps({"scripts": scripts, "dependencies": {"express": "^4.18.0"}})
    app = "const app = require('express')();\napp.get('*', (req, res) => res.sendFile(path.join(__dirname, 'client/build/index.html')));\napp.listen(3000);\n"
    assert converted(tmp_path, FRONT_END | {"package.json": manifest, "app.js": app}, catalog).image.assets is None


@pytest.mark.parametrize(
    "code",
    [
        'package web\n\nimport "embed"\n\n//go:embed all:dist\nvar Pages embed.FS\n',
        'package web\n\nvar pages = packr.New("web", "../web/dist")\n',
    ],
    ids=["embed", "packr"],
)
def test_pages_that_a_program_takes_in_from_beside_them_are_built_first(
    tmp_path: Path, catalog: Catalog, code: str
) -> None:
    package = {"scripts": {"build": "vite build"}, "devDependencies": {"vite": "^4.0.0"}}
    main = 'package main\n\nimport "net/http"\n\nfunc main() { http.ListenAndServe(":8080", nil) }\n'
    files = {
        "go.mod": "module example.com/shop\n\ngo 1.20\n",
        "main.go": main,
        "web/embed.go": code,
        "web/package.json": json.dumps(package),
        "web/index.html": "<p>shop</p>",
    }
    made = converted(tmp_path, files, catalog)
    assert list(made.plan.services) == ["web"]
    assert made.image.assets is not None and made.image.assets.outputs == ("web/dist",)


def test_tools_of_developers_below_an_application_are_no_site(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {"devDependencies": {"gulp": "^3.9.0"}, "scripts": {"test": "echo none"}}
    files = FLASK | {
        "js/package.json": json.dumps(manifest),
        "js/src/viewer.js": "",
        "js/gulpfile.js": "gulp.task('watch', see)\n",
    }
    assert set(converted(tmp_path / "tools", files, catalog).plan.images) == {"app"}
    page = converted(tmp_path / "page", files | {"js/index.html": "<html></html>\n"}, catalog)
    assert set(page.plan.images) == {"app", "js"}


@pytest.mark.parametrize(
    ("body", "built"),
    [("gulp.src('scss/*').pipe(gulp.dest('build'))", True), ("gulp.src('**/*.js').pipe(eslint())", False)],
)
def test_a_task_that_writes_builds_where_no_script_does(
    tmp_path: Path, catalog: Catalog, body: str, built: bool
) -> None:
    task = f"gulp.task('default', function () {{\n  return {body}\n}})\n"
    files = GO | {"package.json": json.dumps({"devDependencies": {"gulp": "^4.0.0"}}), "gulpfile.js": task}
    stage = converted(tmp_path, files, catalog).image.assets
    assert (stage.build if stage else ()) == ((("npx", "gulp", "default"),) if built else ())


def test_a_task_whose_files_the_source_has_is_not_run(tmp_path: Path, catalog: Catalog) -> None:
    task = "gulp.task('build', () => gulp.src('scss/*').pipe(gulp.dest('./static/css/')));\n"
    files = GO | {"package.json": json.dumps({"devDependencies": {"gulp": "^4.0.0"}}), "gulpfile.js": task}
    readme = {"README.md": "# Shop\n\n## Build\n\n    gulp migrate\n    gulp build\n"}
    stage = converted(tmp_path / "absent", files | readme, catalog).image.assets
    assert stage and stage.build == (("npx", "gulp", "build"),)
    held = {"static/css/shop.css": "a {}\n"}
    assert converted(tmp_path / "held", files | readme | held, catalog).image.assets is None


@pytest.mark.parametrize(
    ("code", "outputs", "copied"),
    [
        pytest.param(
            "app.use(express.static(path.join(__dirname, '../client/build')));",
            ("../client/build",),
            "COPY --from=assets /app/client/build /client/build",
            id="beside-the-server",
        ),
        pytest.param(
            "app.get('*', (request, answer) => answer.sendFile(path.join(__dirname, 'public/index.html')));",
            ("public",),
            "COPY --from=assets /app/server/public /app/public",
            id="moved-into-the-server",
        ),
    ],
)
def test_pages_beside_a_server_that_hands_them_out_are_built_for_it(
    tmp_path: Path, catalog: Catalog, code: str, outputs: tuple[str, ...], copied: str
) -> None:
    files = {
        "client/package.json": package("react-scripts build", "react-scripts"),
        "client/public/index.html": "<html></html>",
        "server/package.json": EXPRESS["package.json"],
        "server/app.js": f"const app = require('express')();\n{code}\napp.listen(3000);\n",
    }
    made = converted(tmp_path, files, catalog)
    assert list(made.plan.services) == ["web"] and made.image.directory == "server"
    assert made.image.assets is not None and made.image.assets.outputs == outputs
    assert "WORKDIR /app/client" in made.dockerfile and copied in made.dockerfile


def test_pages_beside_a_server_that_knows_nothing_of_them_are_a_service_of_their_own(
    tmp_path: Path, catalog: Catalog
) -> None:
    files = {
        "client/package.json": package("react-scripts build", "react-scripts"),
        "server/package.json": EXPRESS["package.json"],
        "server/app.js": "require('express')().listen(3000);\n",
    }
    assert set(converted(tmp_path, files, catalog).plan.services) == {"client", "server"}
