"""Files whose one purpose is to pin a language: runtime.txt, .python-version, .nvmrc, .tool-versions and their like."""

import re
from collections.abc import Iterator

from toolkit.facts.manifests import versions
from toolkit.facts.model import Fact, Origin, PackageManager, Runtime
from toolkit.inventory.source_tree import SourceFile

LANGUAGES = {
    ".python-version": "python", ".nvmrc": "node", ".node-version": "node", ".ruby-version": "ruby",
    ".php-version": "php", ".java-version": "java", ".go-version": "go", "runtime.txt": "", ".tool-versions": "",
}  # fmt: skip
FILES = tuple(LANGUAGES)

RULE = "version-file"
# The names that asdf, mise and Heroku's runtime.txt use.
NAMES = {
    "python": "python", "nodejs": "node", "node": "node", "ruby": "ruby", "php": "php", "java": "java",
    "golang": "go", "go": "go", "dotnet": "dotnet", "dotnet-core": "dotnet", "elixir": "elixir", "perl": "perl",
}  # fmt: skip
MANAGERS = {
    "poetry": "poetry",
    "yarn": "yarn",
    "pnpm": "pnpm",
    "maven": "maven",
    "gradle": "gradle",
    "uv": "uv",
    "pdm": "pdm",
}
LINE = re.compile(r"\s{0,200}([a-z-]{1,20})[\s-]+(\S{1,60})")


def read(file: SourceFile) -> Iterator[Fact]:
    for number, line in enumerate(file.lines[:200], start=1):
        text = line.partition("#")[0].strip()
        if not text:
            continue
        language, version = LANGUAGES[file.name], text.split()[0]
        if not language:
            match = LINE.match(text)
            if not match:
                continue
            language, version = NAMES.get(match[1], ""), match[2]
            if manager := MANAGERS.get(match[1]):
                place = file.at(number, rule=RULE)
                yield PackageManager(name=manager, version=version, evidence=place, origin=Origin.RUNNING)
        if fact := _runtime(file, number, language, version):
            yield fact
            if file.name != ".tool-versions":
                return


def _runtime(file: SourceFile, line: int, language: str, written: str) -> Runtime | None:
    if language == "java":
        bare = re.sub(r"^[a-z-]+", "", written)  # temurin-17.0.2+8
        version = versions.java(bare)
    else:
        version = versions.lowest(re.sub(r"^(?:python|ruby|node|nodejs|php|go)-?(?=\d)", "", written))
    if not language or not version:
        return None
    # A code name, lts/iron, says no number that could be compared.
    constraint = version if written.lower().startswith("lts/") else written
    return Runtime(
        name=language, version=version, constraint=constraint, evidence=file.at(line, rule=RULE), origin=Origin.RUNNING
    )
