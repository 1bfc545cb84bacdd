"""JavaScript and TypeScript files: the routers that they make, texts, and what is imported and exported."""

import posixpath
import re
from dataclasses import dataclass, field

from toolkit.facts.routes.tokens import Token, arguments, tokens, walk, written
from toolkit.facts.source.project import Project
from toolkit.inventory.source_tree import SourceFile

ENDINGS = (".js", ".mjs", ".cjs", ".ts")
# What packages make when they are called where they are required.
_REQUIRED = {
    "express": "application", "koa": "application", "express-promise-router": "router", "koa-router": "router",
    "@koa/router": "router",
}  # fmt: skip


@dataclass(slots=True)
class Script:
    """One file: its tokens, the names it imports and from where, the names of its routers, and what it exports."""

    file: SourceFile
    tokens: list[Token]
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)  # local name: path of the file, name in it
    routers: dict[str, str] = field(default_factory=dict)  # local name: "application" or "router"
    exports: dict[str, str] = field(default_factory=dict)  # exported name ("default" too): local name
    texts: dict[str, str] = field(
        default_factory=dict
    )  # constants, and fields of objects as `name.field` (`default.field` of what is exported)
    prefixes: dict[str, list[Token]] = field(default_factory=dict)  # of Koa's routers, as written
    tables: dict[str, list[Token]] = field(default_factory=dict)  # arrays of objects
    given: list[tuple[str, str, str]] = field(default_factory=list)  # texts given to fields: `api.prefix = "/api"`


def script_of(file: SourceFile, project: Project) -> Script:
    """A file with the names that it imports, makes and exports."""
    script = Script(file, tokens(file.text, "javascript"))
    for one in walk(script.tokens):
        for place, token in enumerate(one):
            after = one[place + 1 : place + 8]
            if token.is_name("import"):
                _import(script, one[place + 1 : place + 10], project)
            elif token.is_name("export"):
                _export(script, after, project)
            elif token.is_mark("=") and place:
                _assignment(script, one, place, project)
    return script


def _assignment(script: Script, one: list[Token], place: int, project: Project) -> None:
    target, value = one[place - 1], one[place + 1 : place + 8]
    if not value:
        return
    if place > 1 and one[place - 2].is_mark(":"):  # const app: Express = express()
        target = one[place - 3] if place > 2 else target
    elif place > 3 and one[place - 1].is_name() and one[place - 2].is_mark(".") and one[place - 4].is_mark(":"):
        target = one[place - 5] if place > 4 else target  # const app: express.Application = express()
    dotted = place > 2 and one[place - 2].is_mark(".")
    exported = dotted and one[place - 3].is_name("module", "exports")
    if exported:
        name = "default" if target.value == "exports" else target.value
        _exported(script, name, value, project)
        if not (value[0].is_name() and len(value) > 1 and value[1].is_mark("=")):
            return
    kind = _created(value)
    if kind and target.is_name():
        script.routers[target.value] = kind
        given = next((token for token in value if token.is_group("(") and token.inner), None)
        options = _fields(given.inner[0]) if given and given.inner[0].is_group("{") else {}
        if kind == "router" and "prefix" in options:
            script.prefixes[target.value] = options["prefix"]
    elif value[0].kind == "text" and target.is_name() and (len(value) < 2 or not value[1].is_mark("+")):
        script.texts[target.value] = value[0].value
        if dotted and one[place - 3].is_name():
            script.given.append((one[place - 3].value, target.value, value[0].value))
    elif value[0].is_group("[") and target.is_name():
        script.tables[target.value] = [token for token in value[0].inner if token.is_group("{")]
    elif value[0].is_group("{") and target.is_name():
        _keep_texts(script, target.value, value[0])
    elif value[0].is_name("require") and len(value) > 1 and value[1].is_group("("):
        path = required(value[1], script.file, project)
        if path and target.is_name():
            member = value[3].value if len(value) > 3 and value[2].is_mark(".") else "default"
            script.imports[target.value] = (path, member)
        elif path and target.is_group("{"):
            for part in arguments(target):
                script.imports[part[-1].value] = (path, part[0].value)


def _fields(group: Token) -> dict[str, list[Token]]:
    """The fields of an object, with the tokens of their values."""
    return {part[0].value: part[2:] for part in arguments(group) if len(part) > 2 and part[1].is_mark(":")}


def _keep_texts(script: Script, name: str, group: Token) -> None:
    for key, part in _fields(group).items():
        if len(part) == 1 and part[0].kind == "text":
            script.texts[f"{name}.{key}"] = part[0].value


def _created(value: list[Token]) -> str:
    """What an expression creates: `express()`, `require("express")()`, `new Koa()`, `express.Router()`, `new Router()`."""
    called = len(value) > 2 and value[0].is_name("require") and value[1].is_group("(") and value[2].is_group("(")
    if called:
        return _REQUIRED.get(value[1].inner[0].value if value[1].inner else "", "")
    text = written([token for token in value if not token.is_mark(";")][:5])
    if re.match(r"express\.\.\.|new(?:Koa|Application)\b|(?:\w+\.)?createServer\b.*express", text):
        return "application"
    if re.match(
        r"new(?:\w+\.)?\w*Router\b|(?:\w+\.)?Router\.\.\.|(?:require\.\.\.\.)Router\.\.\.|(?:\w+\.)?PromiseRouter\.\.\.",
        text,
    ):
        return "router"
    return ""


def _exported(script: Script, name: str, value: list[Token], project: Project) -> None:
    if value[0].is_name("require"):
        path = required(value[1], script.file, project) if len(value) > 1 else ""
        script.imports[f"<{name}>"] = (path, "default")
        script.exports[name] = f"<{name}>"
    elif value[0].is_group("{"):
        _keep_texts(script, name, value[0])
        if name == "default":
            _export_fields(script, value[0])
    elif value[0].is_name():
        script.exports[name] = value[0].value
    elif value[0].kind == "text":
        script.texts[name] = value[0].value


def _export_fields(script: Script, group: Token) -> None:
    """`{a, b: c}`"""
    for part in arguments(group):
        if part and part[0].is_name():
            script.exports[part[0].value] = part[-1].value


def _import(script: Script, after: list[Token], project: Project) -> None:
    """`import a, {b as c} from "./x"`, `import * as a from "./x"`, `import a = require("./x")`."""
    end = next((place for place, token in enumerate(after) if token.kind == "text"), None)
    if end is None:
        return
    path = _resolved(after[end].value, script.file, project)
    if not path:
        return
    for token in after[:end]:
        if token.is_group("{"):
            for part in arguments(token):
                if part and part[0].is_name():
                    script.imports[part[-1].value] = (path, part[0].value)
        elif token.is_name() and token.value not in ("from", "as", "type"):
            script.imports[token.value] = (path, "*" if after[0].is_mark("*") else "default")


def _export(script: Script, after: list[Token], project: Project) -> None:
    if len(after) > 1 and after[0].is_name("default") and after[1].is_name():
        script.exports["default"] = after[1].value
    elif len(after) > 1 and after[0].is_name("default") and after[1].is_group("{"):
        _keep_texts(script, "default", after[1])
        _export_fields(script, after[1])
    elif len(after) > 1 and after[0].is_name("const", "let", "var") and after[1].is_name():
        script.exports[after[1].value] = after[1].value
    elif after and after[0].is_group("{"):
        again = len(after) > 2 and after[1].is_name("from") and after[2].kind == "text"
        path = _resolved(after[2].value, script.file, project) if again else ""
        for part in arguments(after[0]):
            if part and part[0].is_name():
                script.exports[part[-1].value] = part[-1].value if path else part[0].value
                if path:
                    script.imports[part[-1].value] = (path, part[0].value)


def required(group: Token, file: SourceFile, project: Project) -> str:
    """The file that `require(...)` loads, by what stands in its brackets; empty for a library."""
    return _resolved(group.inner[0].value, file, project) if group.inner and group.inner[0].kind == "text" else ""


def _resolved(name: str, file: SourceFile, project: Project) -> str:
    """The file of the tree that a relative import names; empty for packages."""
    if not name.startswith(".") and not name.startswith(("@/", "~/", "src/")):
        return ""
    if name.startswith("."):
        base = posixpath.normpath(posixpath.join(file.directory, name))
    else:
        base = posixpath.join(project.places.home(file.path), "src", name.partition("/")[2])
    base = re.sub(r"\.(?:js|mjs|cjs)$", "", base) if base not in project.tree else base
    for ending in ("", *ENDINGS, *(f"/index{ending}" for ending in ENDINGS)):
        if base + ending in project.tree:
            return base + ending
    return ""
