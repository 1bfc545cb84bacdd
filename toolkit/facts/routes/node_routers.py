"""Express, and Koa with its router: applications and routers, mounted with `use` across files.

Sources: https://expressjs.com/en/guide/routing.html and https://github.com/koajs/router/blob/master/API.md
"""

import re
from collections.abc import Iterator
from dataclasses import replace

from toolkit.facts.model import Fact
from toolkit.facts.routes import paths
from toolkit.facts.routes.found import both, route, undecided
from toolkit.facts.routes.graph import Entry, Mount, Router, expand
from toolkit.facts.routes.scripts import ENDINGS, Script, required, script_of
from toolkit.facts.routes.tokens import Token, arguments, walk, written
from toolkit.facts.source.project import LONGEST_CODE, Project
from toolkit.findings import Finding

RULE = "express-routes"
KOA_ROUTERS = ("@koa/router", "koa-router")
_DEEPEST = 6
# Holds in a container: what asks for production, or whether this is the program that was started.
_HOLDS = re.compile(r"NODE_ENV|production|development|require\.main|module\.parent|\bcluster\b", re.IGNORECASE)
_TEXTS = ("text", "template")
WORTH = re.compile(
    r"express|[kK]oa\b|\brouter\b|\bRouter\b|\.(?:get|post|put|patch|delete|all|use|route)\(\s{0,20}['\"`/]"
)
VERBS = {
    "get": ("GET",),
    "post": ("POST",),
    "put": ("PUT",),
    "patch": ("PATCH",),
    "delete": ("DELETE",),
    "del": ("DELETE",),
    "all": (),
    "options": ("OPTIONS",),
}
# After these, a chain of calls is still about the application.
_PASSED_ON = ("set", "enable", "disable", "engine", "param", "prefix")
_OF_A_ROUTER = ("routes", "middleware")  # `router.routes()` is what Koa mounts

_Call = tuple[str, list[list[Token]], int]  # name, arguments, line


def read(project: Project) -> Iterator[Fact | Finding]:
    if project.depends_on("npm", "express", *KOA_ROUTERS):
        yield from _Reader(project).read()


class _Reader:
    def __init__(self, project: Project) -> None:
        self.project = project
        self.framework = "express" if project.depends_on("npm", "express") else "koa"
        self.scripts: dict[str, Script] = {}
        for file in project.code(*ENDINGS):
            if WORTH.search(file.text) or file.name.startswith("index."):
                self.scripts[file.path] = script_of(file, project)
        self.routers: dict[str, Router] = {}
        self.answering: list[str] = []  # that Koa's applications use
        self.condition = ""  # of the tokens that are being read
        self.given: dict[tuple[str, str], set[str]] = {}  # texts that other files give to what a file exports
        self.findings: list[Finding] = []

    def read(self) -> Iterator[Fact | Finding]:
        for script in self.scripts.values():
            for name in script.routers:
                self.routers.setdefault(self._key(script, name), Router())
            for name, member, text in script.given:
                path, exported = script.imports.get(name, ("", ""))
                if exported in ("default", "*"):
                    self.given.setdefault((path, member), set()).add(text)
        for script in tuple(self.scripts.values()):
            left_out = {id(group.inner) for one in walk(script.tokens) for group in _of_development(one)}
            conditions = _conditions(script.tokens)
            for one in walk(script.tokens, left_out):
                self.condition = conditions.get(id(one), "")
                self._calls(script, one)
        self._prefix()
        mounted = {mount.key for router in self.routers.values() for mount in router.mounts}
        roots = [
            self._key(script, name)
            for script in self.scripts.values()
            for name, kind in script.routers.items()
            if kind == "application" and self._key(script, name) not in mounted
        ]
        roots += [key for key in dict.fromkeys(self.answering) if key not in mounted]
        for path, entry in expand(self.routers, roots):
            yield route(
                path, self.framework, entry.evidence,
                methods=entry.methods, handler=entry.handler, static=entry.static, condition=entry.condition,
            )  # fmt: skip
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
        """`name.verb(...)`, and what is chained to it: `app.use(a).get("/x", b)`, `router.route("/x").get(a).post(b)`."""
        for place, token in enumerate(one):
            if token.is_name("use") and place + 1 < len(one) and one[place + 1].is_group("("):
                # Koa's application may have no name: `new Koa().use(router.routes())`, `this.use(router.routes())`.
                given = [part for part in arguments(one[place + 1]) if _is_mounted(part)]
                self.answering += [key for part in given if (key := self._child(script, part))]
            if not token.is_name() or (place and one[place - 1].is_mark(".")):
                continue
            chain = list(_chained(one, place + 1))
            if not chain or (chain[0][0] not in VERBS and chain[0][0] not in ("use", "route", *_PASSED_ON)):
                continue
            if key := self._router(script, token.value):
                self._chain(script, key, chain)

    def _chain(self, script: Script, key: str, chain: list[_Call]) -> None:
        for number, (verb, given, line) in enumerate(chain):
            if verb == "use":
                self._use(script, key, given, line)
            elif verb == "route":
                for name, part, _ in chain[number + 1 :]:
                    if name in VERBS:
                        self._add(script, key, given[:1], VERBS[name], written(part[-1]) if part else "", line)
                return
            elif verb in VERBS:
                if len(given) > 2 and all(len(part) == 1 and part[0].kind in _TEXTS for part in given[:2]):
                    given = given[1:]  # the name of the route stands first: `router.get("order", "/orders/:id", ...)`
                if len(given) > 1:  # with one argument, `app.get` reads a setting
                    self._add(script, key, given[:1], VERBS[verb], written(given[-1]), line)
            elif verb == "prefix" and given:
                script.prefixes[key.rpartition("|")[2]] = given[0]
            elif verb not in _PASSED_ON:
                return

    def _prefix(self) -> None:
        """Puts the prefixes of Koa's routers in front of what they have: `new Router({prefix: "/orders"})`."""
        for script in self.scripts.values():
            for name, part in script.prefixes.items():
                router = self.routers.get(self._key(script, name))
                if router is None:
                    continue
                try:
                    (prefix,) = self._paths(script, part)
                except (paths.Undecided, ValueError):
                    self.findings.append(undecided(f"the prefix of {name}", script.file.at(part[0].line, rule=RULE)))
                    router.entries, router.mounts = [], []
                    continue
                router.entries = [replace(one, path=paths.join(prefix, one.path)) for one in router.entries]
                router.mounts = [replace(one, prefix=prefix + one.prefix) for one in router.mounts]

    def _add(
        self, script: Script, key: str, given: list[list[Token]], methods: tuple[str, ...], handler: str, line: int
    ) -> None:
        evidence = script.file.at(line, rule=RULE)
        try:
            for path in self._paths(script, given[0] if given else []):
                self.routers[key].entries.append(Entry(methods, path, handler, evidence, condition=self.condition))
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
        return list(paths.colons(self._text(script, part)))

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
                    self.routers[key].mounts.append(Mount(prefix, child_key, self.condition))
                    handled = True
                elif re.search(r"\b(?:static|serveStatic)\.\.\.", text) or re.search(
                    r"(?:express|serve)\.?[sS]tatic", text
                ):
                    below = paths.below(prefix or "/")
                    entry = Entry(("GET",), below, text, evidence, static=True, condition=self.condition)
                    self.routers[key].entries.append(entry)
                    handled = True
        if not handled and computed:
            self.findings.append(undecided(f"what {written(computed[0])} mounts", evidence))
        elif not handled and any(prefixes) and children:
            # A middleware below a prefix may answer or pass on; Swagger's pages, proxies and GraphQL answer.
            for prefix in prefixes:
                entry = Entry((), paths.below(prefix), written(children[-1]), evidence, condition=self.condition)
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
                    self.routers[key].mounts.append(Mount(self._text(script, fields[path]).rstrip("/"), child))
                    found = True
        return found

    def _child(self, script: Script, child: list[Token]) -> str:
        """The router in `router`, `router.routes()`, `routes.users`, `require("./users")`, `require("./users")(app)`."""
        if not child or not child[0].is_name():
            return ""
        if _is_mounted(child):
            child = child[:-3]
        if child[0].value == "require" and len(child) > 1 and child[1].is_group("("):
            member = child[3].value if len(child) > 3 and child[2].is_mark(".") else "default"
            return self._exported_router(required(child[1], script.file, self.project), member)
        if len(child) == 1:
            return self._router(script, child[0].value)
        if len(child) == 3 and child[1].is_mark(".") and child[0].value in script.imports:
            return self._exported_router(script.imports[child[0].value][0], child[2].value)
        return ""

    def _script(self, path: str) -> Script | None:
        """A file that is imported, also one that has nothing but texts."""
        if path not in self.scripts and path.endswith(ENDINGS) and self.project.is_code(path):
            file = self.project.tree.read(path)
            if file and len(file.text) <= LONGEST_CODE:
                self.scripts[path] = script_of(file, self.project)
        return self.scripts.get(path)

    def _text(self, script: Script, part: list[Token]) -> str:
        """The text that an argument computes. Raises Undecided."""
        if not part:
            raise paths.Undecided
        text, position = "", 0
        while position < len(part):
            token = part[position]
            position += 1
            if token.kind == "text":
                text += token.value
            elif token.kind == "template":
                text += re.sub(r"\$\{([\w.]+)\}", lambda match: self._named(script, match[1]), token.value)
            elif token.is_name():
                dotted = token.value
                while position + 1 < len(part) and part[position].is_mark(".") and part[position + 1].is_name():
                    dotted += f".{part[position + 1].value}"
                    position += 2
                text += self._named(script, dotted)
            elif not token.is_mark("+"):
                raise paths.Undecided
        return text

    def _named(self, script: Script, dotted: str, depth: int = 0) -> str:
        """The text of a constant or of a field of an object, here or where it is imported from. Raises Undecided."""
        dotted = re.sub(r"^(?:module\.)?exports\.", "", dotted)
        given = self.given.get((script.file.path, dotted), set())
        if len(given) > 1:
            raise paths.Undecided
        if given or dotted in script.texts:
            return next(iter(given)) if given else script.texts[dotted]
        head, _, rest = dotted.partition(".")
        path, member = script.imports.get(head, ("", ""))
        other = self._script(path) if depth < _DEEPEST else None
        if other is None:
            raise paths.Undecided
        if member == "*":
            member, _, rest = rest.partition(".")
        local = other.exports.get(member, member)
        return self._named(other, f"{local}.{rest}" if rest else local, depth + 1)


def _of_development(one: list[Token]) -> Iterator[Token]:
    """The blocks that production passes by: `if (process.env.NODE_ENV === "production") {...} else {...}` has one."""
    for place, token in enumerate(one[:-2]):
        condition, block = one[place + 1 : place + 3]
        if not (token.is_name("if") and condition.is_group("(") and block.is_group("{")):
            continue
        named = {part.value for part in condition.inner if part.kind == "text"} & {"production", "development"}
        marks = {part.value for part in condition.inner if part.kind == "mark"} - {".", "="}
        otherwise = one[place + 4] if len(one) > place + 4 and one[place + 3].is_name("else") else None
        if len(named) == 1 and marks in ({"=="}, {"!="}):
            runs = ("production" in named) == (marks == {"=="})
            if left_out := otherwise if runs else block:
                yield left_out


def _conditions(found: list[Token]) -> dict[int, str]:
    """The conditions that the lists of tokens below an `if` or its `else` stand under, by their `id`s."""
    under: dict[int, str] = {}
    for one in walk(found):
        around = under.get(id(one), "")
        for place, token in enumerate(one):
            if token.kind == "group" and (condition := both(around, _condition(one, place))):
                under[id(token.inner)] = condition
    return under


def _condition(one: list[Token], place: int) -> str:
    """The condition of the block at a place: `if (condition) {...}`, `if (condition) {...} else {...}`."""
    otherwise = place > 3 and one[place - 1].is_name("else")
    start = place - 4 if otherwise else place - 2
    if start < 0 or not (one[start].is_name("if") and one[start + 1].is_group("(") and one[place].is_group("{")):
        return ""
    words = written(one[start + 1].inner)
    if _HOLDS.search(words):
        return ""
    return f"not ({words})" if otherwise else words


def _is_mounted(part: list[Token]) -> bool:
    return len(part) > 3 and part[-1].is_group("(") and part[-2].is_name(*_OF_A_ROUTER) and part[-3].is_mark(".")


def _chained(one: list[Token], place: int) -> Iterator[_Call]:
    """The calls `.name(...)` that follow a place."""
    while place + 2 < len(one) and one[place].is_mark(".") and one[place + 2].is_group("("):
        yield one[place + 1].value, arguments(one[place + 2]), one[place + 2].line
        place += 3
