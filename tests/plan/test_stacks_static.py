"""Pages that nothing builds, from their files to their Dockerfiles."""

import json
from pathlib import Path

import pytest

from tests.plan.from_files import FLASK_APP, converted
from toolkit.catalog.catalog import Catalog
from toolkit.errors import BadInputError

PAGE = "<!doctype html><title>Shop</title>\n"


@pytest.mark.parametrize(
    ("page", "copied"), [("index.html", "COPY . .\n"), ("public/index.html", "COPY public .\n")], ids=["top", "below"]
)
def test_pages_are_served_as_they_are(tmp_path: Path, catalog: Catalog, page: str, copied: str) -> None:
    made = converted(tmp_path, {page: PAGE, "README.md": "# Shop\n\nOpen index.html in a browser.\n"}, catalog)
    assert made.image.stack == "static-files"
    assert "FROM nginx:stable\n" in made.dockerfile and copied in made.dockerfile
    assert "USER 10001:10001" in made.dockerfile and "EXPOSE 8080" in made.dockerfile
    assert made.codes.isdisjoint({"RP027", "RP053"})


def test_a_page_beside_an_application_is_none(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "index.html": PAGE,
        "requirements.txt": "flask==3.0.0\n",
        "app.py": FLASK_APP,
    }
    assert converted(tmp_path, files, catalog).image.stack == "python-flask"


def test_a_start_command_says_more_than_a_page(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Deployment\n\n```\nstarman --port 5000 bin/shop.pl\n```\n"
    made = converted(tmp_path, {"index.html": PAGE, "bin/shop.pl": "1;\n", "README.md": readme}, catalog)
    assert made.image.stack == "generic"


def test_a_server_for_a_look_at_the_pages_is_no_application(tmp_path: Path, catalog: Catalog) -> None:
    readme = "# Shop\n\n## Running locally\n\n```\npython -m http.server 8000\n```\n"
    assert converted(tmp_path, {"index.html": PAGE, "README.md": readme}, catalog).image.stack == "static-files"


def test_the_build_script_names_a_tool_that_another_package_brings(tmp_path: Path, catalog: Catalog) -> None:
    package = {"scripts": {"build": "react-scripts build"}, "devDependencies": {"custom-react-scripts": "0.2.0"}}
    files = {"package.json": json.dumps(package), "public/index.html": "<p>shop</p>\n", "src/index.js": "render();\n"}
    made = converted(tmp_path, files, catalog)
    assert (made.image.stack, made.image.artifact) == ("node-static", "build")


def test_pages_have_no_datastore(tmp_path: Path, catalog: Catalog) -> None:
    manifest = (
        '{"scripts": {"build": "react-scripts build"}, "dependencies": {"react": "^18", "react-scripts": "5.0.1"}}'
    )
    readme = "# Shop\n\n## Back end\n\nIt keeps its data in a SQLite database.\n"
    found = converted(tmp_path, {"package.json": manifest, "README.md": readme, "public/index.html": ""}, catalog)
    assert not found.plan.datastores
    assert not {"RP010", "RP031"} & found.codes


def test_a_site_generator_is_known_by_its_tool(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "package.json": '{"scripts": {"build": "hexo generate"}, "dependencies": {"hexo": "5.4.0"}}',
        "README.md": "# Guide\n\nRun server:\n\n    hexo server\n",
    }
    made = converted(tmp_path, files, catalog)
    assert (made.image.stack, made.image.artifact) == ("node-static", "public")


GULP = "const gulp = require('gulp');\n"
PAGES = {"package.json": json.dumps({"devDependencies": {"gulp": "^4.0.2"}}), "index.html": "<h1>Shop</h1>\n"}


def test_pages_beside_what_gulp_writes_and_the_source_holds(tmp_path: Path, catalog: Catalog) -> None:
    tasks = "gulp.task('css', () => gulp.src('scss/*').pipe(gulp.dest('./css')));\ngulp.watch('./*.html', reload);\n"
    made = converted(tmp_path, PAGES | {"gulpfile.js": GULP + tasks, "css/shop.css": "a {}\n"}, catalog)
    assert (made.image.stack, made.image.build) == ("static-files", ())


def test_pages_beside_what_gulp_writes_and_the_source_has_not(tmp_path: Path, catalog: Catalog) -> None:
    tasks = "gulp.task('build', () => gulp.src('scss/*').pipe(gulp.dest('./css')));\n"
    made = converted(tmp_path, PAGES | {"gulpfile.js": GULP + tasks, "scss/shop.scss": "a {}\n"}, catalog)
    assert made.image.build == (("npx", "gulp", "build"), ("rm", "-rf", "node_modules"))
    assert made.image.artifact == "." and "COPY --from=build /app/. /usr/share/nginx/html" in made.dockerfile


@pytest.mark.parametrize(
    ("tool", "name", "tasks", "command"),
    [
        ("gulp", "gulpfile.babel.js", "gulp.task('default', ['clean'], cb => run('html', cb));\n", ("npx", "gulp")),
        ("gulp", "gulpfile.js", "exports.dist = series(html);\nexports.default = watch;\n", ("npx", "gulp", "dist")),
        ("grunt", "Gruntfile.js", "grunt.registerTask('build', ['copy']);\n", ("npx", "grunt", "build")),
    ],
)
def test_a_task_builds_where_no_script_does(
    tmp_path: Path, catalog: Catalog, tool: str, name: str, tasks: str, command: tuple[str, ...]
) -> None:
    writes = "copy: {dest: 'dist/'}\n" if tool == "grunt" else "gulp.src('app/*.html').pipe(gulp.dest('dist'));\n"
    package = json.dumps({"devDependencies": {tool: "*"}})
    files = {"package.json": package, name: writes + tasks, "app/index.html": "<h1>Shop</h1>\n"}
    readme = {"README.md": "# Shop\n\n## Build\n\n```\n$ gulp\n```\n"} if command == ("npx", "gulp") else {}
    made = converted(tmp_path, files | readme, catalog)
    assert made.image.stack == "node-static" and made.image.artifact == "dist"
    assert made.image.build == (command,)


def test_browsers_of_tests_are_not_fetched(tmp_path: Path, catalog: Catalog) -> None:
    manifest = {"scripts": {"build": "vite build"}, "devDependencies": {"vite": "4.0.0", "cypress": "12.0.0"}}
    made = converted(tmp_path, {"package.json": json.dumps(manifest), "index.html": PAGE}, catalog)
    assert "RUN CYPRESS_INSTALL_BINARY=0 " in made.dockerfile


def test_a_server_below_the_pages_that_a_script_starts_for_developers(tmp_path: Path, catalog: Catalog) -> None:
    scripts = {"build": "vite build", "start-api": "cd api && venv/bin/flask run"}
    files = {
        "package.json": json.dumps({"scripts": scripts, "devDependencies": {"vite": "4.0.0"}}),
        "index.html": PAGE,
        "api/requirements.txt": "flask==2.3.0\n",
        "api/api.py": FLASK_APP,
    }
    stacks = {image.directory: image.stack for image in converted(tmp_path, files, catalog).plan.images.values()}
    assert stacks == {"": "node-static", "api": "python-flask"}


def test_what_gulp_writes_above_its_folder_is_no_site_of_its_own(tmp_path: Path, catalog: Catalog) -> None:
    gulpfile = (
        "gulp.task('styles', () => gulp.src('a.css').pipe(gulp.dest('../dist/')));\ngulp.task('default', ['styles']);\n"
    )
    package = {"scripts": {"compile": "gulp"}, "dependencies": {"gulp": "^3.9.1"}}
    files = {"index.php": "<?php echo 1;\n", "src/package.json": json.dumps(package), "src/gulpfile.js": gulpfile}
    made = converted(tmp_path, files | {"dist/main.css": "a {}\n"}, catalog)
    assert made.image.stack == "php-apache"


@pytest.mark.parametrize(
    ("homepage", "line"),
    [("https://firm.example/shop", "PUBLIC_URL=/ npm run build"), ("https://firm.example/", "npm run build"), (".", "npm run build")],
)  # fmt: skip
def test_pages_of_another_hosts_folder_are_built_for_the_root(
    tmp_path: Path, catalog: Catalog, homepage: str, line: str
) -> None:
    package = {
        "homepage": homepage,
        "scripts": {"build": "react-scripts build"},
        "devDependencies": {"react-scripts": "3.4.1"},
    }
    files = {"package.json": json.dumps(package), "package-lock.json": "{}", "public/index.html": "<p>shop</p>\n"}
    assert f"RUN {line}\n" in converted(tmp_path, files, catalog).dockerfile


def test_the_only_pages_of_a_tree_are_served_wherever_they_lie(tmp_path: Path, catalog: Catalog) -> None:
    files = {
        "src/main/webapp/index.html": PAGE,
        "src/main/webapp/js/shop.js": "",
        "docs/index.html": PAGE,
        "etc/resize/package.json": "{}",
        "etc/resize/README.md": "# Resize\n\n## Usage\n\n    node resize.js --width=200\n",
    }
    made = converted(tmp_path / "below", files, catalog)
    assert (made.image.stack, made.image.directory) == ("static-files", "src/main/webapp")
    templates = {"src/main/webapp/index.html": "<html>{{ title }}</html>", "README.md": "# Shop\n"}
    with pytest.raises(BadInputError):
        converted(tmp_path / "templates", templates, catalog)


def test_what_builds_and_tests_pages_asks_nothing_of_their_image(tmp_path: Path, catalog: Catalog) -> None:
    package = {"scripts": {"build": "node build.js"}, "dependencies": {"puppeteer": "19.0.0"}}
    files = {
        "index.html": PAGE,
        "package.json": json.dumps(package),
        "build.js": "require('fs').writeFileSync('js/shop.js', '')\n",
        "README.md": "# Shop\n\nRequires libpq-dev on Ubuntu.\n\nOpen index.html in a browser.\n",
    }
    image = converted(tmp_path, files, catalog).image
    assert (image.stack, image.build_packages, image.runtime_packages, image.writable) == ("static-files", (), (), ())


def test_pages_are_built_though_they_break_a_rule_of_the_developers(tmp_path: Path, catalog: Catalog) -> None:
    package = {"scripts": {"build": "react-scripts build"}, "dependencies": {"react-scripts": "4.0.3"}}
    files = {"package.json": json.dumps(package), "public/index.html": "<p>shop</p>\n", "src/index.js": "render();\n"}
    assert "ESLINT" not in converted(tmp_path / "usual", files, catalog).dockerfile
    own = converted(tmp_path / "own", files | {".eslintrc.json": "{}\n"}, catalog)
    assert own.image.build_environment == {"DISABLE_ESLINT_PLUGIN": "true"}
