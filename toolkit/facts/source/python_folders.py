"""Folders that Python code writes to: log files, folders that it makes, SQLite files, settings that name a folder."""

import ast
import posixpath
import re
from collections.abc import Iterator

from toolkit.facts.model import Dependency, Origin, WritableFolder
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_environment import alternative
from toolkit.facts.source.python_modules import Module, assigned, text
from toolkit.facts.source.python_values import default_of, path_of

RULE = "python-folders"
LOG_FILES = frozenset({"FileHandler", "RotatingFileHandler", "TimedRotatingFileHandler", "WatchedFileHandler"})
MAKES = frozenset({"os.makedirs", "os.mkdir", "pathlib.Path.mkdir"})
SQLITE_FILE = re.compile(r"sqlite(?:\+\w{1,20})?:/{2,4}")
RELATIVE_SQLITE = re.compile(r"sqlite:///((?:[\w-]+/)*)[\w.-]+")
# UPLOAD_FOLDER, AVATARS_SAVE_PATH, LOG_DIR; a database's own folder is read from its address.
SETTING = re.compile(
    r"(?:\w{1,40}_)?(?:AVATARS?|BACKUPS?|CACHE|DATA|DOWNLOADS?|FILES?|IMAGES?|LOGS?|MEDIA|PHOTOS?|SESSIONS?|STORAGE|UPLOADS?|UPLOADED)"
    r"(?:_\w{1,40})?_(?:DEST|DIR|DIRECTORY|FOLDER|LOCATION|PATH|ROOT)"
)

# The same as a variable of a function; any name may hold a path to a file there.
VARIABLE = re.compile(
    r"(?:\w{1,40}_)?(?:backups?|cache|data|datastore|downloads?|logs?|sessions?|storage|store|uploads?)_(?:dir|directory|folder|path|root)"
)
# What Django keeps in a folder of files: a cache, or an index for searches. By the setting that names the folder, words of
# the class that uses it. https://docs.djangoproject.com/en/stable/topics/cache/#filesystem-caching,
# https://django-haystack.readthedocs.io/en/latest/settings.html#haystack-connections, reviewed 2026-11-21.
OF_FILES = {"LOCATION": re.compile(r"(?i)file_?based"), "PATH": re.compile(r"(?i)whoosh|xapian|simple")}

# Where scripts lie that only those who work on the application run.
OF_TOOLS = frozenset({"devscripts", "packer", "tools"})
OF_DJANGO = frozenset({"MEDIA_ROOT", "STATIC_ROOT"})  # read with its other settings


def read(project: Project) -> Iterator[WritableFolder]:
    yield from _beside_flask(project)
    yield from _made_by_setting(project)
    seen: set[tuple[str, str]] = set()
    for module in (module for module in project.python if not OF_TOOLS.intersection(module.file.path.split("/")[:-1])):
        for folder, node in _folders(module):
            path = posixpath.normpath(folder)
            key = (module.home, path)
            if key not in seen and re.fullmatch(r"[\w./@+ -]{1,200}", path):
                seen.add(key)
                yield WritableFolder(
                    path=path,
                    evidence=module.file.at(getattr(node, "lineno", 0), rule=RULE),
                    origin=Origin.CONVENTION,
                    confidence=0.7,
                    alternative=alternative(module),
                )


def _made_by_setting(project: Project) -> Iterator[WritableFolder]:
    """Folders of the source that the code would make by a setting's name, `os.mkdir(settings.pages)`, where some module has
    `self.pages = os.getenv("PAGES") or "pages"`: what is to be made is to be written to."""
    made = {
        name: module.home
        for module in project.python
        for call in module.calls
        if module.qualified(call.func) in MAKES and call.args and (name := getattr(call.args[0], "attr", ""))
    }
    for module in project.python if made else ():
        for node in (node for node in module.nodes if isinstance(node, ast.Assign)):
            if not any(made.get(getattr(target, "attr", "")) == module.home for target in node.targets):
                continue
            path = posixpath.normpath(default_of(module, node.value) or ".")
            if posixpath.join(module.home, path) in project.folders:
                yield WritableFolder(
                    path=path,
                    evidence=module.file.at(node.lineno, rule=RULE),
                    origin=Origin.CONVENTION,
                    confidence=0.7,
                    alternative=alternative(module),
                )


def _beside_flask(project: Project) -> Iterator[WritableFolder]:
    """Where Flask-SQLAlchemy up to 2 looks for `sqlite:///shop.db`: beside the module that makes the application.
    https://flask-sqlalchemy.palletsprojects.com/en/stable/changes/#version-3-0-0, reviewed 2026-11-21."""
    listed = [fact for fact in project.facts.facts if isinstance(fact, Dependency) and fact.name == "flask-sqlalchemy"]
    if not listed or any((fact.version or "").startswith("3") for fact in listed):
        return
    made = next((m for m in project.python if any(m.qualified(call.func) == "flask.Flask" for call in m.calls)), None)
    for module in project.python if made else ():
        for node in module.nodes:
            match = RELATIVE_SQLITE.fullmatch(text(node) or "") if isinstance(node, ast.Constant) else None
            if match and made and made.home == module.home:
                folder = posixpath.relpath(made.file.directory or ".", made.home or ".")
                yield WritableFolder(
                    path=posixpath.normpath(posixpath.join(folder, match[1] or "")),
                    alone=True,
                    evidence=module.file.at(getattr(node, "lineno", 0), rule=RULE),
                    origin=Origin.CONVENTION,
                    confidence=0.6,
                    alternative=alternative(module),
                )


def _folders(module: Module) -> Iterator[tuple[str, ast.AST]]:
    for node in module.nodes:
        if isinstance(node, ast.expr) and (database := _sqlite_file(module, node)):
            yield posixpath.dirname(database), node
        elif isinstance(node, ast.Call):
            name = module.qualified(node.func)
            path = path_of(module, node.args[0]) if node.args else None
            if name.rpartition(".")[2] in LOG_FILES and path:
                yield posixpath.dirname(path), node
            elif name in MAKES and path:
                yield path, node
            elif any(k.arg == "instance_relative_config" for k in node.keywords):
                yield "instance", node
        elif isinstance(node, ast.Dict):
            entries = {text(key): value for key, value in zip(node.keys, node.values, strict=True) if key}
            handler = (text(entries.get("class")) or "").rpartition(".")[2]
            if handler in LOG_FILES and (path := path_of(module, entries.get("filename"))):
                yield posixpath.dirname(path), node
            kept_by = text(entries.get("BACKEND")) or text(entries.get("ENGINE")) or ""
            for setting, words in OF_FILES.items():
                if words.search(kept_by) and (path := path_of(module, entries.get(setting))):
                    yield path, node
        elif isinstance(node, ast.Assign):
            for setting, value in (*assigned(node), *_entries(node)):
                named = SETTING.fullmatch(setting) and setting not in OF_DJANGO and not setting.startswith("TEST")
                path = path_of(module, value) if named or VARIABLE.fullmatch(setting) else None
                if path and (named or _is_folder(path)):
                    is_file = setting.endswith("_PATH") and posixpath.splitext(path)[1]  # LOG_PATH = "var/shop.log"
                    yield posixpath.dirname(path) if is_file else path, node


def _is_folder(path: str) -> bool:
    """Whether a path reads like a folder's: without an ending, and not the application itself."""
    return posixpath.normpath(path) != "." and not posixpath.splitext(path)[1]


def _sqlite_file(module: Module, node: ast.expr) -> str | None:
    """The file of an address that is put together: "sqlite:///" + path, "sqlite:///{}/shop.db".format(folder), an f-string."""
    path: ast.expr | None = None
    start = rest = ""
    if isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add) and isinstance(node.left, ast.Constant | ast.Name):
        start, path = default_of(module, node.left) or "", node.right
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Mod):
        start, _, rest = (text(node.left) or "").partition("%s")
        path = node.right
    elif (
        isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and node.func.attr == "format" and node.args
    ):
        start, _, rest = (text(node.func.value) or "").partition("{}")
        path = node.args[0]
    elif isinstance(node, ast.JoinedStr) and len(node.values) > 1 and isinstance(node.values[1], ast.FormattedValue):
        start, path = text(node.values[0]) or "", node.values[1].value
        rest = text(node.values[2]) or "" if len(node.values) > 2 else ""
    if path is None or not SQLITE_FILE.fullmatch(start):
        return None
    found = path_of(module, path)
    return None if found is None else found + rest


def _entries(node: ast.Assign) -> Iterator[tuple[str, ast.expr]]:
    """`app.config["UPLOAD_FOLDER"] = ...`"""
    for target in node.targets:
        if isinstance(target, ast.Subscript) and (key := text(target.slice)):
            yield key, node.value
