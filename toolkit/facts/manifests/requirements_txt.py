"""requirements*.txt: what pip installs, with the files that it includes."""

import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from toolkit.facts.manifests.python_requirements import is_development, requirement
from toolkit.facts.model import Fact, Origin, PackageManager
from toolkit.facts.secrets import masked
from toolkit.inventory.source_tree import SourceFile

FILES = (
    "requirements*.txt",
    "*requirements.txt",
    "requirements*.in",
    "requirements/*.txt",
    "*/requirements/*.txt",
    "requirements.pip",
)

RULE = "requirements-txt"
INCLUDE = re.compile(r"\s{0,200}(?:-r|--requirement)[\s=]+([^\s#]{1,300})")
EGG = re.compile(r"[#&]egg=([A-Za-z0-9._-]{1,100})")
# git+https://git.example.org/team/forms.git@v1#egg=forms, as pip takes it, also behind -e.
OF_GIT = re.compile(
    r"(?:(?:-e|--editable)[\s=]{1,5})?(?P<address>git\+\S{1,200}?/(?P<name>[A-Za-z0-9](?:[\w-]{0,98}[A-Za-z0-9])?)(?:\.git)?(?:[@#]\S{0,200})?)$"
)
WHEEL = re.compile(r"(?:.*/)?([A-Za-z0-9_.]{1,100})-[0-9][^-/]*-[^/]*\.whl")


def includes(file: SourceFile) -> Iterator[str]:
    """Paths of the files that this one includes."""
    for line in file.lines:
        if match := INCLUDE.match(line):
            parts: list[str] = list(PurePosixPath(file.directory).parts)
            for part in PurePosixPath(match[1]).parts:
                parts = parts[:-1] if part == ".." else [*parts, part]
            yield "/".join(parts)


def read(file: SourceFile) -> Iterator[Fact]:
    development = is_development(file.path.removesuffix(".txt"))
    yield PackageManager(
        name="pip", evidence=file.at(rule=RULE), origin=Origin.RUNNING, confidence=0.5 if development else 1.0
    )
    text, first = "", 0
    for number, line in enumerate(file.lines, start=1):
        stripped = re.sub(r"(?:^|\s)#.*", "", line[:2000]).strip()
        first = first or number
        if stripped.endswith("\\") and number - first < 200:  # hashes follow on lines of their own
            text += stripped[:-1] + " "
            continue
        text += stripped
        # Options after the specifier: hashes, and per-requirement settings.
        specifier = re.split(r"\s--[a-z]", text, maxsplit=1)[0].strip()
        place = file.at(first, number, rule=RULE)
        if of_git := OF_GIT.match(specifier):
            egg = EGG.search(of_git["address"])
            specifier = f"{egg[1] if egg else of_git['name']} @ {masked(of_git['address'])}"
        elif specifier.startswith("-"):
            editable = EGG.search(specifier)
            specifier = f"{editable[1]}" if editable and specifier.startswith(("-e", "--editable")) else ""
        elif "://" in specifier.split("@")[0] or specifier.endswith(".whl"):
            named = EGG.search(specifier) or WHEEL.match(specifier)
            specifier = named[1] if named else ""
        elif specifier.startswith((".", "/")):
            specifier = ""
        if specifier and (fact := requirement(specifier, place, development=development)):
            yield fact
        text, first = "", 0
