"""READMEs that nobody wrote for a reader: nothing raises, nothing takes long, nothing secret gets out."""

import json
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.facts.readme.fuzz import NAMES, read_mutations
from toolkit import documents
from toolkit.catalog.catalog import Catalog
from toolkit.catalog.readme_rules import ReadmeRules
from toolkit.facts import readme
from toolkit.facts.model import Facts
from toolkit.facts.report import facts_object
from toolkit.inventory.source_tree import SourceFile

SIZE = 1 << 20
# On a quiet core each takes less than a second; a busy machine gets some grace.
SECONDS = 3.0
RUNS = {
    "spaces": " ", "lines": "\n", "backticks": "`", "fences": "``` \n", "brackets": "[", "links": "[a](", "images": "![a](b", "pipes": "|",
    "tables": "a|b\n-|-\n", "quotes": ">", "lists in lists": "- - - - - a\n", "items": "- npm install\n", "stars": "**a", "underscores": "a_",
    "comments": "<!-- ", "tags": "<a ", "addresses": "a://b:c@", "ports": "localhost:80 ", "versions": "python version version ", "assignments": "A=",
    "commands": "$ npm i && npm start\n", "inline code": "run `npm i`, ", "paths": "/a", "placeholders": "<your-domain> ", "cron": "* * * * * a\n",
    "here-documents": "cat <<EOF\n", "underlines": "a\n=\n", "directives": ".. a::\n", "definitions": "[a]: b\n", "units": "[Service]\nExecStart=/x\n",
    "old headings": "##A b\n", "commands in tables": "a|b\n-|-\n`npm i`|`npm start`\n", "colons": "- a: npm install\n",
    "tested versions": "- python to run it, tested on v0.10.x\n", "lone backslashes": "a\n\\\n\u00a0\n", "blanks in cells": "a|b\n-|-\n`    `|`npm start`\n",
}  # fmt: skip


def read(file: SourceFile, rules: ReadmeRules) -> Facts:
    return readme.read_document(documents.parse(file, rules.little_words), rules)


@pytest.mark.parametrize("name", ["README.md", "README.txt", "README.rst", "README.adoc"])
@pytest.mark.parametrize("run", RUNS)
def test_time(name: str, run: str, catalog: Catalog) -> None:
    text = (RUNS[run] * (SIZE // len(RUNS[run]) + 1))[:SIZE]
    start = time.process_time()
    read(SourceFile(name, text), catalog.readme_rules)
    assert time.process_time() - start < SECONDS


@pytest.mark.parametrize(
    "line",
    ["npm install " + "$(" * 900, "npm install " + "{" * 900, 'npm "$x" ' * 200, "'\n", "a \\\n", "for x in y\n"],
)
def test_time_of_shell_text(line: str, catalog: Catalog) -> None:
    text = "```sh\n" + (line.rstrip("\n") + "\n") * (SIZE // (len(line) + 1))
    start = time.process_time()
    read(SourceFile("README.md", text), catalog.readme_rules)
    assert time.process_time() - start < SECONDS


@given(name=st.sampled_from(NAMES), text=st.text(max_size=2_000))
@settings(max_examples=200, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_text_is_read(name: str, text: str, catalog: Catalog) -> None:
    # As a tree hands it over: whatever ends a line there is a newline here.
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    document = documents.parse(SourceFile(name, text), catalog.readme_rules.little_words)
    lines = text.count("\n") + 1
    for block in document.blocks:
        assert 1 <= block.first_line <= lines
        for mark in block.marks:
            assert 0 <= mark.start <= mark.end <= len(block.text)
    json.dumps(facts_object(readme.read_document(document, catalog.readme_rules)))


def test_mutations_are_read(catalog: Catalog) -> None:
    for file, found in read_mutations(400, 7, catalog.readme_rules):
        lines = file.text.count("\n") + 1
        for places in found["evidence"].values():  # type: ignore[attr-defined]
            assert all(1 <= place["first_line"] <= place["last_line"] <= lines for place in places)


@pytest.mark.parametrize(
    "text",
    [
        "```\nexport DB_PASSWORD=hunter2secret\n```",
        "```\nmysql -u root -phunter2secret shop < x.sql\n```",
        "Run `rails db:migrate DATABASE_URL=postgres://a:hunter2secret@h/d`.",
        "| Variable | Default |\n|---|---|\n| API_TOKEN | hunter2secret |",
        "- `API_SECRET=hunter2secret`: the key",
        "```\n* * * * * curl -u admin:hunter2secret http://x/\n```",
        '```ini\n[program:x]\ncommand=/x --password=hunter2secret\nenvironment=SECRET_KEY="hunter2secret"\n```',
        "```\n[Service]\nEnvironment=APP_SECRET=hunter2secret\nExecStart=/x --token hunter2secret\n```",
        "```\nspring.datasource.password=hunter2secret\nspring.datasource.url=jdbc:mysql://h/d\n```",
        "Set `APP_PASSWORD` to `hunter2secret`.",
        "```\ndocker run --env=APP_PASSWORD=hunter2secret -e APP_TOKEN=hunter2secret shop\n```",
        "```yaml\nservices:\n  app:\n    image: shop\n    environment:\n      APP_PASSWORD: hunter2secret\n```",
        "```\n# In .env: APP_SECRET=hunter2secret\nheroku config:set APP_SECRET=hunter2secret\n```",
        "```yaml\nspring.datasource.password: ${APP_PASSWORD:hunter2secret}\n```",
        "```\nfrobnicate --password hunter2secret\n$ unknown-tool --api-key=hunter2secret\n```",
    ],
)
@pytest.mark.parametrize("name", ["README.md", "README.txt"])
def test_secrets_stay_in(name: str, text: str, catalog: Catalog) -> None:
    facts = read(SourceFile(name, "# A\n\n" + text + "\n"), catalog.readme_rules)
    assert "hunter2secret" not in repr(facts)
    assert "hunter2secret" not in json.dumps(facts_object(facts))
