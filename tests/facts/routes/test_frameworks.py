"""Routes that are read from the source beside those that the framework itself lists at run time.

The applications in `frameworks/` are installed from the registries and asked by a few lines of their own language.
"""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.engine.conftest import promised, require
from tests.facts.routes.comparison import compare
from toolkit.catalog.dependencies import DependencyTables
from toolkit.engine.connection import engine
from toolkit.errors import TemporaryError
from toolkit.facts import manifests, routes
from toolkit.facts.model import Route
from toolkit.inventory.source_tree import SourceTree

# Not for every run: they ask registries. CI runs what is marked so.
pytestmark = [pytest.mark.engine, pytest.mark.slow]

FOLDER = Path(__file__).parent / "frameworks"
IMAGES = Path(__file__).parent / "images"
LISTERS = Path(__file__).parent / "listers"
CHI = """
package main
import ("fmt"; "net/http"; "testing"; "github.com/go-chi/chi/v5")
func TestList(t *testing.T) {
	chi.Walk(router(), func(method, path string, _ http.Handler, _ ...func(http.Handler) http.Handler) error {
		fmt.Println(method, path)
		return nil
	})
}
"""
GIN = """
package main
import ("fmt"; "testing")
func TestList(t *testing.T) { for _, one := range router().Routes() { fmt.Println(one.Method, one.Path) } }
"""
ECHO = """
package main
import ("fmt"; "testing")
func TestList(t *testing.T) { for _, one := range router().Routes() { fmt.Println(one.Method, one.Path) } }
"""

SPRING = """
jars=$(printf ':%s' /usr/share/java/{spring,servlet-api,commons-logging}*.jar)
javac --release 8 -nowarn -d /tmp -cp "$jars" /listers/SpringRoutes.java $(find src -name '*.java') 2> /dev/null
java -cp "/tmp$jars" SpringRoutes shop 2> /dev/null
"""

SERVLETS = """
jars=$(printf ':%s' /usr/share/java/tomcat9-*.jar)
cp -r src/main/webapp /tmp/war
mkdir /tmp/war/WEB-INF/classes
javac -nowarn -d /tmp/war/WEB-INF/classes -cp "$jars" $(find src -name '*.java')
javac -nowarn -d /tmp -cp "$jars" /listers/ServletRoutes.java
java -cp "/tmp$jars" ServletRoutes /tmp/war 2> /dev/null
"""

JAX_RS = """
jars=$(printf ':%s' /usr/share/java/{resteasy,jaxrs-api,jboss-logging,commons,geronimo-annotation,tomcat9-servlet}*.jar)
javac -nowarn -d /tmp -cp "$jars" /listers/JaxRsRoutes.java $(find src -name '*.java')
java -cp "/tmp$jars" JaxRsRoutes shop.Shop shop.OrderResource shop.ReportResource 2> /dev/null
"""


def run(folder: Path, *command: str, **environment: str) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, check=False, env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def python(folder: Path, lister: str, named: str) -> str:
    run(folder, sys.executable, "-m", "venv", ".venv")
    run(folder, ".venv/bin/pip", "install", "-q", "--disable-pip-version-check", "-r", "requirements.txt")
    return run(folder, ".venv/bin/python", str(LISTERS / lister), named)


def node(folder: Path, lister: str, script: str) -> str:
    installed(folder)
    return run(folder, "node", "-r", str(LISTERS / lister), script)


def next_js(folder: Path) -> str:
    installed(folder)
    return run(folder, "node", str(LISTERS / "next_routes.js"), str(folder))


def installed(folder: Path) -> None:
    run(folder, "npm", "install", "--silent", "--no-audit", "--no-fund")
    if "build" in json.loads((folder / "package.json").read_text(encoding="utf-8")).get("scripts", {}):
        run(folder, "npm", "run", "--silent", "build", NEXT_TELEMETRY_DISABLED="1")


def go(folder: Path, script: str) -> str:
    (folder / "list_test.go").write_text(script, encoding="utf-8")
    return run(folder, "go", "test", "-mod=mod", "-v", "-count=1", ".", GOTOOLCHAIN="local", GOFLAGS="")


LISTED: dict[str, tuple[str, Callable[[Path], str]]] = {
    "django": ("python3", lambda folder: python(folder, "django_routes.py", "shop.settings")),
    "flask": ("python3", lambda folder: python(folder, "flask_routes.py", "app:app")),
    "fastapi": ("python3", lambda folder: python(folder, "fastapi_routes.py", "main:app")),
    "express": ("npm", lambda folder: node(folder, "express_routes.js", "app.js")),
    "express5": ("npm", lambda folder: node(folder, "express_routes.js", "app.js")),
    "koa": ("npm", lambda folder: node(folder, "koa_routes.js", "app.js")),
    "nest": ("npm", lambda folder: node(folder, "express_routes.js", "dist/main.js")),
    "next": ("npm", next_js),
    "chi": ("go", lambda folder: go(folder, CHI)),
    "gin": ("go", lambda folder: go(folder, GIN)),
    "echo": ("go", lambda folder: go(folder, ECHO)),
}


# Where the framework is in an image: its name, or its file in `images/`, and what runs there beside the program in /app.
IN_IMAGES = {
    "rails": ("ruby:3.1-bookworm", ["ruby", "/listers/rails_routes.rb"]),
    "laravel": ("php.Dockerfile", ["php", "/listers/laravel_routes.php"]),
    "symfony": ("php.Dockerfile", ["php", "/listers/symfony_routes.php"]),
    "spring": ("spring.Dockerfile", ["bash", "-ec", SPRING]),
    "servlet": ("jakarta.Dockerfile", ["bash", "-ec", SERVLETS]),
    "jax-rs": ("jakarta.Dockerfile", ["bash", "-ec", JAX_RS]),
}


@pytest.mark.parametrize("name", LISTED)
def test_the_source_tells_what_the_framework_lists(name: str, tables: DependencyTables, tmp_path: Path) -> None:
    tool, list_of = LISTED[name]
    if shutil.which(tool) is None:
        promised(f"{tool} is not installed")
    folder = tmp_path / name  # what is installed and built is none of the program's
    shutil.copytree(FOLDER / name, folder)
    agree(FOLDER / name, list_of(folder), tables)


@pytest.mark.parametrize("name", IN_IMAGES)
def test_the_source_tells_what_the_framework_lists_in_its_image(name: str, tables: DependencyTables) -> None:
    image, command = IN_IMAGES[name]
    volumes = {str(FOLDER / name): {"bind": "/app", "mode": "ro"}, str(LISTERS): {"bind": "/listers", "mode": "ro"}}
    try:
        with engine() as client:
            if image.endswith(".Dockerfile"):
                image = client.images.build(path=str(IMAGES), dockerfile=image, rm=True)[0].id
            else:
                require(client, image)
            listing = client.containers.run(
                image, command, working_dir="/app", volumes=volumes, network_mode="none", remove=True
            )
    except TemporaryError as error:
        promised(error.what)
    agree(FOLDER / name, listing.decode(), tables)


def agree(folder: Path, listing: str, tables: DependencyTables) -> None:
    tree = SourceTree.open(folder, {})
    facts = routes.read(tree, manifests.read(tree, tables), tables)
    compared = compare((fact for fact in facts.facts if isinstance(fact, Route)), listing.splitlines())
    assert compared.found
    assert (compared.below, compared.missed, compared.invented) == (frozenset(),) * 3
    assert facts.findings == ()
