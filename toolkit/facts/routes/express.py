"""Express: applications and routers, mounted with `use` across files.

Source: https://expressjs.com/en/guide/routing.html
"""

import posixpath
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from toolkit.facts.model import Fact
from toolkit.facts.routes import paths
from toolkit.facts.routes.found import route, undecided
from toolkit.facts.routes.graph import Entry, Router, expand
from toolkit.facts.routes.tokens import Token, arguments, tokens, walk, written
from toolkit.facts.source.project import Project
from toolkit.findings import Finding
from toolkit.inventory.source_tree import SourceFile

RULE = "express-routes"
ENDINGS = (".js", ".mjs", ".cjs", ".ts")
WORTH = re.compile(r"express|\brouter\b|\bRouter\b|\.(?:get|post|put|patch|delete|all|use|route)\(\s{0,20}['\"`/]")
VERBS = {
    "get": ("GET",),
    "post": ("POST",),
    "put": ("PUT",),
    "patch": ("PATCH",),
    "delete": ("DELETE",),
    "all": (),
    "options": ("OPTIONS",),
}


@dataclass(slots=True)
class Script:
    """One file: its tokens, the names it imports and from where, the names of its routers, and what it exports."""

    file: SourceFile
    tokens: list[Token]
    imports: dict[str, tuple[str, str]] = field(default_factory=dict)  # local name: path of the file, name in it
    routers: dict[str, str] = field(default_factory=dict)  # local name: "application" or "router"
    exports: dict[str, str] = field(default_factory=dict)  # exported name ("default" too): local name
    texts: dict[str, str] = field(default_factory=dict)  # constants, and fields of objects as `name.field`
    tables: dict[str, list[Token]] = field(default_factory=dict)  # arrays of objects


def read(project: Project) -> Iterator[Fact | Finding]:
    if project.depends_on("npm", "express"):
        yield from _Reader(project).read()


class _Reader:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.scripts: dict[str, Script] = {}
        for file in project.code(*ENDINGS):
            if WORTH.search(file.text) or file.name.startswith("index."):
                self.scripts[file.path] = script_of(file, project)
        self.routers: dict[str, Router] = {}
        self.findings: list[Finding] = []

    def read(self) -> Iterator[Fact | Finding]:
        for script in self.scripts.values():
            for name in script.routers:
                self.routers.setdefault(self._key(script, name), Router())
        for script in self.scripts.values():
            for one in walk(script.tokens):
                self._calls(script, one)
        mounted = {child for router in self.routers.values() for _, child, _ in router.mounts}
        roots = [
            self._key(script, name)
            for script in self.scripts.values()
            for name, kind in script.routers.items()
            if kind == "application" and self._key(script, name) not in mounted
        ]
        for path, entry in expand(self.routers, roots):
            yield route(
                path, "express", entry.evidence, methods=entry.methods, handler=entry.handler, static=entry.static
            )
        yield from self.findings

    @staticmethod
    def _key(script: Script, name: str) -> str:
        return f"{script.file.path}|{name}"

    def _router(self, script: Script, name: str, depth: int = 0) -> str:
        """The key of the router that a name of this file stands for, across imports and exports."""
        if name in script.routers:
            return self._key(script, name)
        if name in script.imports:
            return self._exported_router(*script.imports[name], depth)
        # A function that is given the application: module.exports = (app) => { app.get(...) }
        if name in ("app", "server", "application"):
            found = [
                self._key(one, local)
                for one in self.scripts.values()
                for local, kind in one.routers.items()
                if kind == "application" and self._home(one) == self._home(script)
            ]
            return found[0] if len(found) == 1 else ""
        return ""

    def _exported_router(self, path: str, name: str, depth: int = 0) -> str:
        """The key of the router that a file exports by a name; `module.exports = require("./routes")` passes on."""
        other = self.scripts.get(path)
        if other is None or depth > 6:
            return ""
        local = other.exports.get(name, name if name in other.routers else "")
        if local:
            return self._router(other, local, depth + 1)
        again = other.imports.get(other.exports.get("default", ""))
        return self._exported_router(again[0], name, depth + 1) if again else ""

    def _home(self, script: Script) -> str:
        return self.project.places.home(script.file.path)

    def _calls(self, script: Script, one: list[Token]) -> None:
        """`name.verb(...)`, and what is chained to it: `router.route("/x").get(a).post(b)`."""
        for place, token in enumerate(one):
            if not (
                token.is_name()
                and place + 3 < len(one)
                and one[place + 1].is_mark(".")
                and one[place + 3].is_group("(")
                and not (place and one[place - 1].is_mark("."))
            ):
                continue
            verb, group = one[place + 2].value, one[place + 3]
            if verb not in VERBS and verb not in ("use", "route"):
                continue
            key = self._router(script, token.value)
            if not key:
                continue
            given = arguments(group)
            if verb == "use":
                self._use(script, key, given, group.line)
            elif verb == "route":
                for name, part in _chained(one, place + 4):
                    if name in VERBS:
                        self._add(script, key, given[:1], VERBS[name], written(part[-1]) if part else "", group.line)
            elif len(given) > 1:  # with one argument, `app.get` reads a setting
                self._add(script, key, given[:1], VERBS[verb], written(given[-1]), token.line)

    def _add(
        self, script: Script, key: str, given: list[list[Token]], methods: tuple[str, ...], handler: str, line: int
    ) -> None:
        evidence = script.file.at(line, rule=RULE)
        try:
            for path in self._paths(script, given[0] if given else []):
                self.routers[key].entries.append(Entry(methods, path, handler, evidence))
        except paths.Undecided:
            self.findings.append(undecided(f"{handler or 'a handler'} has a computed path", evidence))

    def _paths(self, script: Script, part: list[Token]) -> list[str]:
        """Our spellings of a path argument: a text, a list of texts, a constant, a regular expression."""
        if len(part) == 1 and part[0].is_group("["):
            return [path for one in arguments(part[0]) for path in self._paths(script, one)]
        if len(part) == 1 and part[0].kind == "regex":
            body = part[0].value.rpartition("/")[0][1:]
            if not body.startswith("^"):
                raise paths.Undecided
            return list(paths.regex(body.replace("\\/", "/")))
        return list(paths.colons(_text(script, part)))

    def _use(self, script: Script, key: str, given: list[list[Token]], line: int) -> None:
        evidence = script.file.at(line, rule=RULE)
        if (
            len(given) == 2
            and all(len(part) == 3 and part[1].is_mark(".") for part in given)
            and self._of_tables(script, key, given[0][2].value, given[1][2].value)
        ):
            return
        prefixes: list[str] = [""]
        children = given
        first = given[0] if given else []
        if first and (first[0].kind in ("text", "template", "regex") or (first[0].is_group("[") and len(given) > 1)):
            children = given[1:]
            try:
                prefixes = self._paths(script, first)
            except paths.Undecided:
                self.findings.append(undecided(f"what is mounted at {written(first)}", evidence))
                return
        elif len(given) > 1 and len(first) == 1 and first[0].is_name() and first[0].value in script.texts:
            children, prefixes = given[1:], [script.texts[first[0].value]]
        handled = False
        computed = [c for c in children if len(c) == 1 and c[0].is_name() and self._has_routers(script, c[0].value)]
        for prefix in prefixes:
            prefix = prefix.rstrip("/")
            for child in children:
                child_key = self._child(script, child)
                text = written(child)
                if child_key:
                    self.routers[key].mounts.append((prefix, child_key, evidence))
                    handled = True
                elif re.search(r"\b(?:static|serveStatic)\.\.\.", text) or re.search(
                    r"(?:express|serve)\.?[sS]tatic", text
                ):
                    entry = Entry(("GET",), paths.below(prefix or "/"), text, evidence, static=True)
                    self.routers[key].entries.append(entry)
                    handled = True
        if not handled and computed:
            self.findings.append(undecided(f"what {written(computed[0])} mounts", evidence))
        elif not handled and any(prefixes) and children:
            # A middleware below a prefix may answer or pass on; Swagger's pages, proxies and GraphQL answer.
            for prefix in prefixes:
                entry = Entry((), paths.below(prefix), written(children[-1]), evidence)
                if re.search(r"(?i)swagger|proxy|graphql|parse|admin|docs|serve|bull|agenda", entry.handler):
                    self.routers[key].entries.append(entry)

    def _has_routers(self, script: Script, name: str) -> bool:
        other = self.scripts.get(script.imports.get(name, ("", ""))[0])
        return other is not None and bool(other.routers)

    def _of_tables(self, script: Script, key: str, path: str, router: str) -> bool:
        """`table.forEach((one) => app.use(one.path, one.router))`: whether a table of this file has such entries."""
        found = False
        for name, entries in script.tables.items():
            if name.lower().startswith("dev") or (
                f"{name}.forEach" not in script.file.text and f"of {name}" not in script.file.text
            ):
                continue
            for entry in entries:
                fields = {
                    part[0].value: part[2:] for part in arguments(entry) if len(part) > 2 and part[1].is_mark(":")
                }
                if path in fields and router in fields and (child := self._child(script, fields[router])):
                    evidence = script.file.at(entry.line, rule=RULE)
                    self.routers[key].mounts.append((_text(script, fields[path]).rstrip("/"), child, evidence))
                    found = True
        return found

    def _child(self, script: Script, child: list[Token]) -> str:
        """The router in `router`, `routes.users`, `require("./users")`, `require("./users")(app)`."""
        if not child or not child[0].is_name():
            return ""
        if child[0].value == "require" and len(child) > 1 and child[1].is_group("("):
            member = child[3].value if len(child) > 3 and child[2].is_mark(".") else "default"
            return self._exported_router(_required(child[1], script.file, self.project), member)
        if len(child) == 1:
            return self._router(script, child[0].value)
        if len(child) == 3 and child[1].is_mark(".") and child[0].value in script.imports:
            return self._exported_router(script.imports[child[0].value][0], child[2].value)
        return ""


def _chained(one: list[Token], place: int) -> Iterator[tuple[str, list[list[Token]]]]:
    while place + 2 < len(one) and one[place].is_mark(".") and one[place + 2].is_group("("):
        yield one[place + 1].value, arguments(one[place + 2])
        place += 3


def _text(script: Script, part: list[Token]) -> str:
    """The text that an argument computes. Raises Undecided."""
    text = ""
    if len(part) == 3 and part[1].is_mark(".") and f"{part[0].value}.{part[2].value}" in script.texts:
        return script.texts[f"{part[0].value}.{part[2].value}"]
    for token in part:
        if token.kind == "text":
            text += token.value
        elif token.kind == "template":
            text += re.sub(r"\$\{(\w+)\}", lambda match: script.texts.get(match[1], match[0]), token.value)
        elif token.is_name() and token.value in script.texts:
            text += script.texts[token.value]
        elif not token.is_mark("+"):
            raise paths.Undecided
    if not part:
        raise paths.Undecided
    return text


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
    elif value[0].kind == "text" and target.is_name() and (len(value) < 2 or not value[1].is_mark("+")):
        script.texts[target.value] = value[0].value
    elif value[0].is_group("[") and target.is_name():
        script.tables[target.value] = [token for token in value[0].inner if token.is_group("{")]
    elif value[0].is_group("{") and target.is_name():
        for part in arguments(value[0]):
            if len(part) == 3 and part[1].is_mark(":") and part[2].kind == "text":
                script.texts[f"{target.value}.{part[0].value}"] = part[2].value
    elif value[0].is_name("require") and len(value) > 1 and value[1].is_group("("):
        path = _required(value[1], script.file, project)
        if path and target.is_name():
            member = value[3].value if len(value) > 3 and value[2].is_mark(".") else "default"
            script.imports[target.value] = (path, member)
        elif path and target.is_group("{"):
            for part in arguments(target):
                script.imports[part[-1].value] = (path, part[0].value)


def _created(value: list[Token]) -> str:
    """What an expression creates: `express()`, `express.Router()`, `new Router()`, `Router({...})`."""
    text = written([token for token in value if not token.is_mark(";")][:5])
    if re.match(r"(?:require\.\.\.|express)\.\.\.|(?:\w+\.)?createServer\b.*express", text):
        return "application"
    if re.match(
        r"new(?:\w+\.)?Router\b|(?:\w+\.)?Router\.\.\.|(?:require\.\.\.\.)Router\.\.\.|(?:\w+\.)?PromiseRouter\.\.\.",
        text,
    ):
        return "router"
    return ""


def _exported(script: Script, name: str, value: list[Token], project: Project) -> None:
    if value[0].is_name("require"):
        path = _required(value[1], script.file, project) if len(value) > 1 else ""
        script.imports[f"<{name}>"] = (path, "default")
        script.exports[name] = f"<{name}>"
    elif value[0].is_group("{"):
        for part in arguments(value[0]):
            if part and part[0].is_name():
                script.exports[part[0].value] = part[-1].value
    elif value[0].is_name():
        script.exports[name] = value[0].value


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


def _required(group: Token, file: SourceFile, project: Project) -> str:
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
