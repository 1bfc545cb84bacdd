"""Readers of manifests and code on input that wants to hurt: never an exception, never a long time, never a secret."""

import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toolkit.catalog.dependencies import DependencyTables
from toolkit.facts import manifests, source
from toolkit.facts.model import Fact
from toolkit.findings import Finding
from toolkit.inventory.source_tree import SourceTree

# One name for each reader, and code of every language.
NAMES = [
    "pom.xml", "gradlew", "gradle-wrapper.properties", "build.gradle", "settings.gradle", "application.properties",
    "application.yml", "requirements.txt", "pyproject.toml", "Pipfile", "setup.py", "setup.cfg", "Pipfile.lock",
    "poetry.lock", "runtime.txt", ".tool-versions", "package.json", "package-lock.json", "yarn.lock", "pnpm-lock.yaml",
    "Procfile", ".env.example", "app.service", "supervisord.conf", "crontab", "ecosystem.config.js", "nginx.conf",
    "apache.conf", "Dockerfile", "docker-compose.yml", "composer.json", "composer.lock", "Gemfile", "Gemfile.lock",
    "Web.csproj", "packages.config", "Shop.sln", "global.json", "appsettings.json", "Web.config", "go.mod", "app.py",
    "settings.py", "server.js", "config.json", "config/default.yml", "custom-environment-variables.json",
    "Application.java", "index.php", "config/database.yml", "app.rb", "Program.cs", "main.go", "launchSettings.json",
    "angular.json", "gulpfile.js", "artisan",
]  # fmt: skip


def facts_of(folder: Path, tables: DependencyTables) -> tuple[list[Fact], list[Finding]]:
    tree = SourceTree.open(folder)
    declared = manifests.read(tree, tables)
    shown = source.read(tree, declared, tables)
    return [*declared.facts, *shown.facts], [*declared.findings, *shown.findings]


def write(folder: Path, name: str, text: str) -> None:
    (folder / name).parent.mkdir(parents=True, exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8", errors="replace")


# Text that often gets past the first check of a format.
pieces = st.sampled_from(
    ["{", "}", "[", "]", '"', "'", ":", "=", ",", "\n", "  ", "- ", "#", "<a>", "</a>", "&x", "*x", "<<: *x", "name", "version", "1.0",
     "dependencies", "services", "scripts", "project", "command", "web: x", "import os\n", "os.environ[", "def f(", "class A", "$", "\\", "\x00",
     "é", "\u2028", "FROM x\n", "[program:x]\n", "[Service]\n", "ExecStart=", "(", ")", "true", "null", "port", "8080", "{{", "${A:${B}}"]
)  # fmt: skip
texts = st.one_of(st.text(max_size=200), st.lists(pieces, max_size=40).map("".join))


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=texts)
def test_arbitrary_text_never_raises(
    text: str, tmp_path_factory: pytest.TempPathFactory, tables: DependencyTables
) -> None:
    folder = tmp_path_factory.mktemp("tree")
    for name in NAMES:
        write(folder, name, text)
    facts, findings = facts_of(folder, tables)
    assert (facts, findings) == facts_of(folder, tables)
    for fact in facts:
        assert fact.evidence.path and 0 <= fact.confidence <= 1


BOMBS = {
    "brackets": "[" * 100_000,
    "braces": '{"a":' * 100_000,
    "yaml sequence": "- " * 50_000,
    "yaml keys": "? " * 50_000,
    "yaml indentation": "".join(" " * depth + "a:\n" for depth in range(600)),
    "yaml aliases": "a: &a [x]\n" + "b: *a\n" * 5_000,
    "yaml merge keys": "a: &a {x: 1}\n" + "".join(f"k{n}: &k{n} {{<<: [*a, *a]}}\n" for n in range(1, 90)),
    "xml depth": "<a>" * 100_000,
    "xml attributes": "<project " + "".join(f'a{n}="1" ' for n in range(20_000)) + "/>",
    "billion laughs": "<!DOCTYPE a [" + "".join(f'<!ENTITY e{n} "&e{n - 1};&e{n - 1};">' for n in range(1, 60)) + "]><a>&e59;</a>",
    "python parentheses": "(" * 5_000,
    "python operators": "x = " + "-" * 50_000 + "1",
    "python not": "x = " + "not " * 50_000 + "1",
    "python attributes": "x = a" + ".b" * 50_000,
    "python calls": "x = a" + "()" * 50_000,
    "python sum": "x = " + "1+" * 50_000 + "1",
    "toml keys": "a" + ".a" * 50_000 + " = 1",
    "toml tables": "[" + "a." * 20_000 + "a]\n",
    "one long line": "a=" * 300_000,
    "quotes": "'" * 300_000,
    "double quotes": '"a": ' * 100_000,
    "spaces": " " * 500_000 + "x",
    "tabs after a word": "name" + "\t" * 300_000 + ":",
    "backslashes": "\\\n" * 100_000,
    "process.env": "process.env." * 40_000,
    "getenv": 'System.getenv("' * 40_000,
    "listen": ".listen( " * 40_000,
    "location": "location / { proxy_pass " * 10_000,
    "upstream": "upstream a {" * 30_000,
    "placeholders": "a=${A:" * 40_000,
    "comments": "/* " * 200_000,
    "javadoc": "/*" * 200_000,
    "words and spaces": ("implementation" + " " * 900 + "x\n") * 300,
    "unfinished strings": '"a\n' * 100_000,
    "cron": "* " * 200_000,
    "assignments": "A=1 " * 100_000,
    "underscores": "x = " + "a_" * 100_000 + "(1)",
    "routes": "app.get('/a/a/a/" * 30_000,
    "here document": "RUN <<A\n" * 50_000,
    "dollars": "$" * 300_000,
}  # fmt: skip


@pytest.mark.parametrize("bomb", BOMBS)
def test_bombs_end_soon(bomb: str, tmp_path: Path, tables: DependencyTables) -> None:
    def seconds(folder: Path) -> float:
        started = time.process_time()  # other processes of the machine do not count
        facts_of(folder, tables)
        return time.process_time() - started

    slowest: dict[str, float] = {}
    for name in NAMES:
        folder = tmp_path / name.replace("/", "_")
        write(folder, name, BOMBS[bomb])
        slowest[name] = seconds(folder)
        if slowest[name] >= 2:  # a neighbour on the same core makes even this clock slow: once more
            slowest[name] = min(slowest[name], seconds(folder))
    worst = max(slowest, key=lambda name: slowest[name])
    assert slowest[worst] < 2, f"{worst} takes {slowest[worst]:.1f} s"


SECRET = "Xq7-hunter2-Zw9"
LEAKS = {
    ".env.example": f"DB_PASSWORD={SECRET}\nDATABASE_URL=postgres://app:{SECRET}@db/app\n",
    ".env": f"ANYTHING={SECRET}\n",
    "application.yml": f"spring:\n  datasource:\n    password: {SECRET}\n    url: jdbc:postgresql://db/x?user=a&password={SECRET}\n",
    "application.properties": f"x.api-key=${{GATEWAY:{SECRET}}}\n",
    "Procfile": f"web: API_TOKEN={SECRET} node x.js --password {SECRET}\n",
    "app.service": f"[Service]\nEnvironment=API_KEY={SECRET}\nExecStart=/bin/app --token={SECRET}\n",
    "supervisord.conf": f'[program:x]\ncommand=app\nenvironment=SECRET="{SECRET}"\n',
    "crontab": f"0 1 * * * mysqldump -u root -p{SECRET} x\n",
    "package.json": f'{{"scripts": {{"start": "TOKEN={SECRET} node x.js"}}, "dependencies": {{"a": "git+https://u:{SECRET}@h/r"}}}}',
    "ecosystem.config.js": f"module.exports = {{ apps: [\n{{\nscript: 'a.js',\nenv: {{\nDB_PASSWORD: '{SECRET}',\n}}\n}}\n] }}",
    "Dockerfile": f"FROM x\nENV SECRET_KEY={SECRET}\nCMD app --password {SECRET}\n",
    "docker-compose.yml": f"services:\n  web:\n    build: .\n    command: app --password {SECRET}\n    environment:\n      TOKEN: {SECRET}\n",
    "appsettings.json": f'{{"ConnectionStrings": {{"A": "Server=x;Password={SECRET}"}}, "Jwt": {{"Key": "{SECRET}"}}}}',
    "Web.config": f'<configuration><connectionStrings><add name="A" connectionString="Data Source=x;Password={SECRET}"/></connectionStrings></configuration>',
    "settings.py": f"import os\nA = os.environ.get('DB_PASSWORD', '{SECRET}')\nB = os.getenv('DATABASE_URL', 'mysql://a:{SECRET}@b/c')\n",
    "server.js": f"const a = process.env.JWT_SECRET || '{SECRET}';\n",
    "config/app.php": f"<?php return ['key' => env('APP_KEY', '{SECRET}')];\n",
    "app.rb": f"x = ENV.fetch('API_TOKEN', '{SECRET}')\n",
    "main.go": f'package main\nvar a = getEnv("API_TOKEN", "{SECRET}")\n',
    "Application.java": f'class A {{ @Value("${{API_TOKEN:{SECRET}}}") String a; }}\n',
}  # fmt: skip


@pytest.mark.parametrize("name", LEAKS)
def test_secrets_never_become_facts(name: str, tmp_path: Path, tables: DependencyTables) -> None:
    if name == "server.js":  # code of browsers has no variables
        write(tmp_path, "package.json", "{}")
    write(tmp_path, name, LEAKS[name])
    facts, findings = facts_of(tmp_path, tables)
    assert facts, "the case reads nothing"
    assert SECRET not in repr(facts) + repr(findings)


def test_names_of_variables_are_checked(tmp_path: Path, tables: DependencyTables) -> None:
    write(tmp_path, "package.json", "{}")
    write(
        tmp_path, "app.py", 'import os\na = os.environ["A\\nB"]\nb = os.environ["$(reboot)"]\nc = os.environ["GOOD"]\n'
    )
    write(
        tmp_path,
        "docker-compose.yml",
        "services:\n  web:\n    build: .\n    environment:\n      'A B': 1\n      $(X): 2\n",
    )
    facts, _ = facts_of(tmp_path, tables)
    assert {fact.name for fact in facts if type(fact).__name__ == "EnvironmentVariable"} == {"GOOD"}
