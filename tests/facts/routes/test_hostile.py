"""Source of strangers: readers of routes never raise, and are done soon, whatever the files hold."""

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolkit.catalog.dependencies import DependencyTables
from toolkit.facts import manifests, routes
from toolkit.facts.routes import paths
from toolkit.facts.routes.tokens import MAXIMUM_DEPTH, Language, tokens
from toolkit.inventory.source_tree import SourceTree

MANIFESTS = {
    "requirements.txt": "Django\nFlask\nfastapi\n",
    "package.json": '{"dependencies": {"express": "4", "@nestjs/core": "10", "next": "14"}}',
    "composer.json": '{"require": {"laravel/framework": "11", "symfony/routing": "7"}}',
    "Gemfile": "gem 'rails'\n",
    "go.mod": "module shop\n",
}
FILES = (
    "urls.py", "A.java", "app.js", "src/a.controller.ts", "pages/a.tsx", "routes/web.php", "src/Controller/C.php", "config/routes.rb",
    "Controllers/HomeController.cs", "main.go", "WEB-INF/web.xml",
)  # fmt: skip
# What makes a reader look at a file at all.
LURES = (
    "urlpatterns = [path('a', v)]\nROOT_URLCONF = 'urls'\napp = Flask(__name__)\n@app.route('/x')\n",
    "@RestController @RequestMapping(\"/a\") class A { @GetMapping(\"/b\") ",
    "const app = require('express')(); app.get('/a', x); @Controller('x') class X { @Get(",
    "<?php Route::get('/a', 'X@y'); #[Route('/b')] class C { ",
    "Rails.application.routes.draw do\nresources :a do\n",
    "[Route(\"x\")] class HomeController { [HttpGet(\"a\")] public X Y() ; app.MapGet(\"/a\", x)",
    "import \"net/http\"\nfunc main() { mux.HandleFunc(\"/a\", x)",
)  # fmt: skip
FLOODS = (
    "(",
    "[",
    "{",
    "a<",
    "@A(",
    '"',
    "'",
    "`",
    "/*",
    "${",
    "<a>",
    "r.Group(",
    "do\n",
    "x.y.",
    "/(",
    "\\",
    "{a:",
    "  ",
    "=>",
)


def read(folder: Path, text: str, tables: DependencyTables) -> None:
    for name, content in {**MANIFESTS, **dict.fromkeys(FILES, text)}.items():
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(content, encoding="utf-8", errors="replace")
    tree = SourceTree.open(folder)
    routes.read(tree, manifests.read(tree, tables), tables)


@pytest.mark.parametrize("flood", FLOODS)
def test_floods_are_read_within_seconds(flood: str, tmp_path: Path, tables: DependencyTables) -> None:
    text = "\n".join(LURES) + flood * (10_000 // len(flood))
    started = time.monotonic()
    read(tmp_path, text, tables)
    assert time.monotonic() - started < 10


@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    parts=st.lists(
        st.sampled_from([*LURES, *FLOODS, "\n", "class", " = ", ";", "}", ")", "]", "do |x|", "end", "*", ":id", "?"]),
        max_size=40,
    )
)
def test_shuffled_fragments_never_raise(parts: list[str], tmp_path: Path, tables: DependencyTables) -> None:
    read(tmp_path, "".join(parts), tables)


@given(st.text(max_size=200), st.sampled_from(["java", "javascript", "php", "go", "csharp", "ruby"]))
def test_any_text_has_tokens(text: str, language: Language) -> None:
    tokens(text, language)


def test_brackets_do_not_nest_beyond_the_bound() -> None:
    found, depth = tokens("(" * 10_000, "java"), 0
    while found:
        found, depth = found[0].inner, depth + 1
    assert depth == MAXIMUM_DEPTH + 1  # the brackets of the last group stand flat


@given(st.text(alphabet="/{}:*?()[]|\\^$.+<>,abc019= \n", max_size=60))
def test_any_pattern_is_spelled_or_undecided(pattern: str) -> None:
    for spell in (paths.braces, paths.colons, paths.regex):
        try:
            found = spell(pattern)
        except paths.Undecided:
            continue
        assert all(isinstance(path, str) for path in found)
    paths.angles(pattern)
