"""Pyramid and other applications of Paste Deployment: a file of settings names the application, the server and its port.

https://docs.pylonsproject.org/projects/pyramid/en/latest/narr/paste.html and
https://docs.pylonsproject.org/projects/pastedeploy/en/latest/ (reviewed 2026-11-21)
"""

import posixpath
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from toolkit.facts.file_names import is_for_developers
from toolkit.facts.manifests.formats import Malformed, ini_entries
from toolkit.facts.model import Datastore, Fact, Origin, Port, Role, WritableFolder
from toolkit.facts.source.convention import conventional
from toolkit.facts.source.project import Project
from toolkit.inventory.source_tree import SourceFile

RULE = "paste-settings"
_SERVER = re.compile(r"^\[server:main\]", re.MULTILINE)
_APPLICATION = re.compile(r"^\[(?:app|composite|pipeline):\w{1,60}\]", re.MULTILINE)
_PRODUCTION = re.compile(r"(?i)prod")
_SQLITE = re.compile(
    r"^[\w.]{1,40}\s{0,9}=\s{0,9}sqlite:///%\(here\)s/((?:[\w.-]{1,60}/){0,4}[\w.-]{1,60})\s*$", re.MULTILINE
)
# What Pyramid's scaffolds call the script that makes the tables.
_MAKES_TABLES = re.compile(r"init(?:ialize)?_\w{1,60}_db|initialize_db")


def read(project: Project) -> Iterator[Fact]:
    files = [file for file in project.tree.read_all("*.ini") if project.is_code(file.path) and _is_paste(file)]
    for home in dict.fromkeys(project.places.home(file.path) for file in files):
        own = [file for file in files if project.places.home(file.path) == home]
        file = min(own, key=_distance)
        place = file.at(file.line_of(_start(file)), rule=RULE)
        name = file.path.removeprefix(f"{home}/") if home else file.path
        if not project.has_command(Role.START, "pserve", "paster"):
            yield conventional(Role.START, ("pserve", name), place, home, 0.9, "web")
        if port := _port(file):
            yield port
        yield from _databases(file)
        for script in project.points("console_script") if not project.has_command(Role.RELEASE, "") else ():
            if _MAKES_TABLES.fullmatch(script.value):
                yield conventional(Role.RELEASE, (script.value, name), script.evidence, home, 0.85)


def _databases(file: SourceFile) -> Iterator[Fact]:
    """SQLite's files, which lie beside the settings or below: `sqlalchemy.url = sqlite:///%(here)s/shop.sqlite`."""
    for match in _SQLITE.finditer(file.text):
        place = file.at(file.line_of(match.start()), rule=RULE)
        folder = posixpath.normpath(posixpath.join(".", *match[1].split("/")[:-1]))
        yield Datastore(engine="sqlite", evidence=place, origin=Origin.CONVENTION, confidence=0.8)
        yield WritableFolder(path=folder, evidence=place, origin=Origin.CONVENTION, confidence=0.8)


def _is_paste(file: SourceFile) -> bool:
    return bool(_SERVER.search(file.text) and _APPLICATION.search(file.text))


def _start(file: SourceFile) -> int:
    match = _SERVER.search(file.text)
    return match.start() if match else 0


def _distance(file: SourceFile) -> tuple[bool, bool, int, str]:
    """The file of production first, one of developers or tests last."""
    name = PurePosixPath(file.path).name
    return not _PRODUCTION.search(name), is_for_developers(name), file.path.count("/"), file.path


def _port(file: SourceFile) -> Port | None:
    try:
        entries = [entry for entry in ini_entries(file) if entry.section == "server:main"]
    except Malformed:
        return None
    for entry in entries:
        words = re.findall(r"(?:^|:)(\d{2,5})\b", entry.value) if entry.key in ("port", "listen") else []
        if words and 0 < int(words[0]) < 65536:
            return Port(
                number=int(words[0]), evidence=file.at(entry.line, rule=RULE), origin=Origin.CONVENTION, confidence=0.9
            )
    return None
