"""Routes that are read from the source beside those that the framework itself lists at run time.

The applications in `frameworks/` are installed from the registries and asked by a few lines of their own language.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.engine.conftest import promised
from toolkit.catalog.dependencies import DependencyTables
from toolkit.facts import manifests, routes
from toolkit.facts.model import Route
from toolkit.inventory.source_tree import SourceTree

# Not for every run: they ask registries. CI runs what is marked so.
pytestmark = [pytest.mark.engine, pytest.mark.slow]

FOLDER = Path(__file__).parent / "frameworks"
EVERY = "any"  # method

DJANGO = """
import django, os
os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"
django.setup()
from django.urls import get_resolver
def walk(patterns, before):
    for one in patterns:
        here = before + str(one.pattern)
        if hasattr(one, "url_patterns"):
            walk(one.url_patterns, here)
        else:
            actions = getattr(one.callback, "actions", None)
            for method in actions or ["any"]:
                if method != "head":
                    print(method.upper() if actions else method, "/" + here)
walk(get_resolver().url_patterns, "")
"""
FLASK = """
from app import app
for rule in app.url_map.iter_rules():
    for method in rule.methods - {"HEAD", "OPTIONS"}:
        print(method, rule.rule)
"""
FASTAPI = """
from main import app
for route in app.routes:
    for method in route.methods:
        print(method, route.path)
"""
# The expression of a layer is all that Express 4 keeps of a mounted path.
EXPRESS = r"""
const walk = (stack, before) => stack.forEach((layer) => {
  if (layer.route) {
    for (const method of Object.keys(layer.route.methods)) console.log(method.toUpperCase(), before + layer.route.path);
  } else if (layer.handle.stack) {
    const text = layer.regexp.source.replace("^", "").replace("\\/?(?=\\/|$)", "").replace(/\\\//g, "/");
    walk(layer.handle.stack, before + text.replace(/\(\?:\/?\(\[\^\/\]\+\?\)\)|\(\?:\(\[\^\/\]\+\?\)\)/g, "/:x"));
  }
});
walk(require("./app")._router.stack, "");
"""
NEST = """
require("./dist/main").started.then((app) => {
  for (const layer of app.getHttpAdapter().getInstance().router.stack) {
    for (const method of Object.keys(layer.route ? layer.route.methods : {})) {
      console.log(method.toUpperCase(), layer.route.path);
    }
  }
  app.close();
});
"""
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


def run(folder: Path, *command: str, **environment: str) -> str:
    done = subprocess.run(
        command, cwd=folder, capture_output=True, text=True, timeout=300, check=False, env={**os.environ, **environment}
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def python(folder: Path, script: str) -> str:
    run(folder, sys.executable, "-m", "venv", ".venv")
    run(folder, ".venv/bin/pip", "install", "-q", "--disable-pip-version-check", "-r", "requirements.txt")
    return run(folder, ".venv/bin/python", "-c", script)


def node(folder: Path, script: str) -> str:
    run(folder, "npm", "install", "--silent", "--no-audit", "--no-fund")
    if "build" in json.loads((folder / "package.json").read_text(encoding="utf-8")).get("scripts", {}):
        run(folder, "npm", "run", "--silent", "build")
    return run(folder, "node", "-e", script, "--", "--list")


def go(folder: Path, script: str) -> str:
    (folder / "list_test.go").write_text(script, encoding="utf-8")
    return run(folder, "go", "test", "-mod=mod", "-v", "-count=1", ".", GOTOOLCHAIN="local", GOFLAGS="")


LISTED: dict[str, tuple[str, Callable[[Path, str], str], str]] = {
    "django": ("python3", python, DJANGO),
    "flask": ("python3", python, FLASK),
    "fastapi": ("python3", python, FASTAPI),
    "express": ("npm", node, EXPRESS),
    "nest": ("npm", node, NEST),
    "chi": ("go", go, CHI),
    "gin": ("go", go, GIN),
    "echo": ("go", go, ECHO),
}


@pytest.mark.parametrize("name", LISTED)
def test_the_source_tells_what_the_framework_lists(name: str, tables: DependencyTables, tmp_path: Path) -> None:
    tool, list_of, script = LISTED[name]
    if shutil.which(tool) is None:
        promised(f"{tool} is not installed")
    folder = tmp_path / name
    shutil.copytree(FOLDER / name, folder)
    tree = SourceTree.open(folder, {})
    facts = routes.read(tree, manifests.read(tree, tables), tables)
    read = {
        (method, plain(fact.path))
        for fact in facts.facts
        if isinstance(fact, Route)
        for method in fact.methods or (EVERY,)
    }
    assert read == set(lines(list_of(folder, script)))
    assert facts.findings == ()


def lines(listing: str) -> Iterator[tuple[str, str]]:
    for line in listing.splitlines():
        if match := re.fullmatch(rf"([A-Z]{{3,}}|{EVERY}) (/.*)", line):
            yield match[1], plain(match[2])


def plain(path: str) -> str:
    """A path with `{}` for each parameter, however a framework writes it; those of express and chi end without `/`."""
    path = re.sub(r"\(\?P<\w+>(?:\[[^\]]*\]|[^()])*\)", "{}", path).replace("^", "").replace("$", "").replace("\\Z", "")
    path = re.sub(r"<[^>]*>|\{[^}]*\}|:\w+|\*\w+", "{}", path)
    return path.rstrip("/") or "/"
