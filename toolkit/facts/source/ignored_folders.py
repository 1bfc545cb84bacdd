"""Folders that git ignores, or that a page alone keeps, and a Node application names in its code or configuration: what comes
there comes at run time."""

import re
from collections.abc import Iterator
from itertools import islice

from toolkit.facts.model import Origin, WritableFolder
from toolkit.facts.source.node_application import TOOLS
from toolkit.facts.source.project import Project
from toolkit.inventory.paths import inside, relative
from toolkit.inventory.source_tree import SourceFile

RULE = "ignored-folder"
FOLDER = re.compile(r"/?(?P<path>[\w.@-]{1,60}(?:/[\w.@-]{1,60}){0,5})/?")
# What tools write while the application is installed, built, tested or worked on; a dot in front makes no difference.
OF_TOOLS = frozenset(
    {
        ".tmp", "bower_components", "build", "cache", "compiled", "coverage", "css", "dist", "git", "idea", "js", "jspm_packages", "lib",
        "next", "node_modules", "nuxt", "nyc_output", "out", "output", "parcel-cache", "sass-cache", "target", "typings",
        "vendor", "vscode",
    }
)  # fmt: skip
CODE = (".js", ".mjs", ".cjs", ".ts", ".json", ".yml", ".yaml")
CONFIGURATION = re.compile(r"(?:^|/)(?:conf|config|settings)(?:[.-][\w.-]{1,40})?(?:/[\w.-]{1,60})?\.(?:json|ya?ml)$")
TESTS = re.compile(r"(?i)test")
MOST_FOLDERS = 40
README = re.compile(r"(?i)readme(?:\.\w{1,10})?")
NOTHING = r"(?!)"
NO_MODULE = r"(?<!static\()(?<!require\()(?<!resolve\()(?<!import\()(?<!import )(?<!from )"


def read(project: Project) -> Iterator[WritableFolder]:
    homes: dict[str, re.Pattern[str] | None] = {}
    seen: set[tuple[str, str]] = set()
    for file in project.code(*CODE):
        is_own = file.path.endswith(CODE[:4]) or CONFIGURATION.search(file.path)
        if not is_own or TOOLS.search(file.path) or TESTS.search(file.path):
            continue
        home = project.places.home(file.path)
        if home not in homes:
            homes[home] = _named(project, home)
        named = homes[home]
        for match in named.finditer(file.text) if named else ():
            path = match[1] or match[2] or match[3]
            if (home, path) not in seen:
                seen.add((home, path))
                place = file.at(file.line_of(match.start()), rule=RULE)
                yield WritableFolder(
                    path=path, evidence=place, origin=Origin.CONVENTION, confidence=0.6, directory=home
                )


def _named(project: Project, home: str) -> re.Pattern[str] | None:
    """The folders that a Node application's .gitignore names, in quotation marks, alone or with what comes into them behind:
    "data", './data/shop.sqlite'."""
    ignored = project.tree.read(f"{home}/.gitignore".lstrip("/"))
    if ignored is None or f"{home}/package.json".lstrip("/") not in project.tree:
        return None
    folders = dict(islice(_folders(ignored), MOST_FOLDERS)) | dict.fromkeys(_explained(project, home), True)
    if not folders:
        return None
    end = r"(?=/|['\"`])"
    told = "|".join(re.escape(path) for path, is_folder in folders.items() if is_folder) or NOTHING
    either = "|".join(map(re.escape, folders))
    return re.compile(
        rf"(?<!static\()['\"`](?:\.{{0,2}}/){{0,4}}({told}){end}|(?<!static\(path\.join\()\b__dirname\s{{0,3}}[,+]\s{{0,3}}['\"`](?:\.{{0,2}}/)?({either}){end}"
        rf"|{NO_MODULE}['\"`]\./({either}){end}"
    )


def _explained(project: Project, home: str) -> Iterator[str]:
    """Folders below others with nothing but a page that says what they are for: save/db/README.md."""
    held: dict[str, list[str]] = {}
    for path in project.tree.paths:
        if inside(path, home):
            folder, _, name = relative(path, home).rpartition("/")
            held.setdefault(folder, []).append(name)
    for folder, names in held.items():
        if "/" in folder and FOLDER.fullmatch(folder) and all(map(README.fullmatch, names)):
            yield folder


def _folders(ignored: SourceFile) -> Iterator[tuple[str, bool]]:
    """Names that git ignores, and whether a slash tells that it is a folder; where none does, `data`, code may show it:
    path.resolve(__dirname + '/data'), "./data"."""
    for line in ignored.lines:
        line = line.strip()
        match = FOLDER.fullmatch(line) if not TESTS.search(line) else None
        is_file = not line.endswith("/") and "." in line.rpartition("/")[2][1:]
        if match and not is_file and not is_of_tools(match["path"]):
            yield match["path"], "/" in line


def is_of_tools(path: str) -> bool:
    """Whether a folder lies where tools write."""
    return any(not OF_TOOLS.isdisjoint((part, part.lstrip("."))) for part in path.split("/"))
