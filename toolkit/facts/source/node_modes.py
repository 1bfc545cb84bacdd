"""Settings that Node code chooses by NODE_ENV, of which none is called production: `require('./knexfile')[environment]`."""

import posixpath
import re
from collections.abc import Iterator
from itertools import islice

from toolkit.facts.file_names import is_production
from toolkit.facts.manifests.formats import Malformed, json_tree
from toolkit.facts.model import EntryPoint, Origin
from toolkit.facts.source.project import Project
from toolkit.inventory.paths import resolved
from toolkit.inventory.source_tree import SourceFile

RULE = "node-mode"
ENDINGS = (".js", ".cjs", ".ts")
MOST_CHARACTERS, MOST_MODES = 100_000, 3  # of one file
# process.env.NODE_ENV || 'development', with the word that stands for unset; and the variable that it is kept in.
_MODE = r"process\.env\.NODE_ENV(?:\s{0,9}(?:\|\||\?\?)\s{0,9}['\"](\w{1,40})['\"])?"
KEPT_IN = re.compile(rf"\b(?:const|let|var)\s{{1,9}}(\w{{1,40}})\s{{0,9}}=\s{{0,9}}{_MODE}(?=\s{{0,9}}(?:[;,\n]|$))")
AT_ONCE = re.compile(rf"[\[(,+{{]\s{{0,9}}{_MODE}\s{{0,9}}[\])}},]")
PATH = r"\(\s{0,9}(?:__dirname\s{0,9}\+\s{0,9})?['\"`](/?\.{1,2}/[\w./-]{1,100})['\"`]\s{0,9}\)"
# A module, or the name that one is kept under, of which the part is taken that a variable names.
CHOSEN = rf"(?:\brequire{PATH}|\b(\w{{1,40}}))\s{{0,9}}\[\s{{0,9}}{{mode}}\s{{0,9}}\]"
KEPT = re.compile(
    rf"(?:\b(?:const|let|var)\s{{1,9}}(\w{{1,40}})\s{{0,9}}=\s{{0,9}}require{PATH}|^import\s{{1,9}}(\w{{1,40}})\s{{1,9}}from\s{{1,9}}['\"](\.{{1,2}}/[\w./-]{{1,100}})['\"])",
    re.MULTILINE,
)
# A module whose own name the variable ends: require('./env/' + env), require(`./env/${env}`).
NAMED = r"\brequire\(\s{0,9}(?:['\"](\.{1,2}/[\w./-]{0,100})['\"]\s{0,9}\+\s{0,9}{mode}|`(\.{1,2}/[\w./-]{0,100})\$\{\s{0,9}{mode}\s{0,9}\})"
# https://github.com/typeorm/typeorm/blob/0.2.45/docs/connection-api.md (reviewed 2026-11-22)
CONNECTION = r"\b(?:createConnection|getConnectionOptions)\(\s{0,9}{mode}\s{0,9}\)"
OF_CONNECTIONS = "ormconfig.json"
EXPORTED = re.compile(r"(?:\bmodule\.exports\s{0,9}=|\bexport\s{1,9}default)\s{0,9}\{")
KEY = re.compile(r"\s{0,400}(?://[^\n]{0,200}\n\s{0,400})?['\"]?(\w{1,40})['\"]?\s{0,9}:\s{0,9}\{")
_OF_DEVELOPERS = "development"


def read(project: Project) -> Iterator[EntryPoint]:
    """The name that the settings have for a process without NODE_ENV, as operators start it who are not told of any, or else
    for developers."""
    for file in project.code(*ENDINGS):
        text = file.text[:MOST_CHARACTERS]
        for mode, unset, position in islice(_modes(text), MOST_MODES) if "NODE_ENV" in text else ():
            for names in _choices(mode, text, file, project):
                word = next((one for one in (unset, _OF_DEVELOPERS) if one in names), "")
                if word and not any(map(is_production, names)):
                    place = file.at(file.line_of(position), rule=RULE)
                    yield EntryPoint(kind="mode", value=word, detail="NODE_ENV", evidence=place, origin=Origin.RUNNING)


def _modes(text: str) -> Iterator[tuple[str, str, int]]:
    """Expressions that stand for the mode, as patterns, with the word that each has for unset, and where they stand."""
    for match in KEPT_IN.finditer(text):
        yield re.escape(match[1]), match[2] or "", match.start()
    for match in AT_ONCE.finditer(text):
        yield re.sub(r"\((?!\?)", "(?:", _MODE), match[1] or "", match.start()


def _choices(mode: str, text: str, file: SourceFile, project: Project) -> Iterator[frozenset[str]]:
    """The names between which a mode chooses: parts of a module, modules, connections."""
    for path in _chosen_by(mode, text):
        yield _names(project, resolved(file.directory, path.lstrip("/")))
    for match in re.finditer(NAMED.replace("{mode}", mode), text):
        start = resolved(file.directory, (match[1] or match[2]) + "x")[:-1]
        below = (path[len(start) :] for path in project.tree.paths if path.startswith(start))
        yield frozenset(path.removesuffix("/index.js").partition(".")[0] for path in below)
    settings = project.tree.read(posixpath.join(project.places.home(file.path), OF_CONNECTIONS))
    if settings is not None and re.search(CONNECTION.replace("{mode}", mode), text):
        connections = _json(settings)
        listed = connections if isinstance(connections, list) else []
        yield frozenset(str(one.get("name")) for one in listed if isinstance(one, dict))


def _chosen_by(mode: str, text: str) -> Iterator[str]:
    """Modules of which the part is taken that a variable names."""
    chosen = list(re.finditer(CHOSEN.replace("{mode}", mode), text))
    yield from (match[1] for match in chosen if match[1])
    names = {match[2] for match in chosen}
    yield from (match[2] or match[4] for match in KEPT.finditer(text) if (match[1] or match[3]) in names)


def _names(project: Project, path: str) -> frozenset[str]:
    """The parts of a module's settings by name; none where more may come from elsewhere."""
    found = (project.tree.read(path + end) for end in ("", ".json", *ENDINGS, "/index.js") if path)
    file = next((one for one in found if one is not None), None)
    if file is None:
        return frozenset()
    if file.path.endswith(".json"):
        settings = _json(file)
        return frozenset(settings if isinstance(settings, dict) else ())
    return frozenset(_exported(file))


def _json(file: SourceFile) -> object:
    try:
        return json_tree(file).value
    except Malformed:
        return None


def _exported(file: SourceFile) -> list[str]:
    """Keys of the object that a file exports as it is written, where all of them are names with objects behind."""
    text = file.text[:MOST_CHARACTERS]
    start = EXPORTED.search(text)
    found: list[str] = []
    position = start.end() if start else 0
    while start and (key := KEY.match(text, position)):
        found.append(key[1])
        position = _behind(text, key.end())
        if text[position : position + 1] == ",":
            position += 1
    return found if start and text[position:].lstrip().startswith("}") else []


def _behind(text: str, position: int) -> int:
    """Where the block ends whose brace stands before a position; braces in strings count as well, as few have any."""
    depth = 1
    for match in re.compile(r"[{}]").finditer(text, position):
        depth += 1 if match[0] == "{" else -1
        if not depth:
            return match.end()
    return len(text)
