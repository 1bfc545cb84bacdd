"""Go: net/http, chi, gin, echo, fiber and gorilla/mux, with groups and mounted routers of the same function.

Sources: https://pkg.go.dev/net/http#hdr-Patterns-ServeMux, https://go-chi.io, https://gin-gonic.com/docs, https://echo.labstack.com/docs/routing
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from toolkit.facts.model import Fact
from toolkit.facts.routes import paths
from toolkit.facts.routes.found import route, undecided, under
from toolkit.facts.routes.tokens import Token, arguments, tokens, walk, written
from toolkit.facts.source.project import Project
from toolkit.findings import Finding
from toolkit.inventory.source_tree import SourceFile

RULE = "go-routes"
WORTH = re.compile(r"net/http|go-chi/chi|gin-gonic/gin|labstack/echo|gofiber/fiber|gorilla/mux")
# Methods of routers whose first argument is a path: chi and fiber write `Get`, gin and echo `GET`.
VERBS = {
    verb: (verb.upper(),)
    for name in ("get", "post", "put", "patch", "delete", "head", "options")
    for verb in (name.upper(), name.title())
}
EVERY = ("Any", "All", "Handle", "HandleFunc", "Add", "Match", "Method", "MethodFunc")
GROUPS = ("Group", "Route", "PathPrefix", "Mount", "Party")
STATIC = ("Static", "StaticFS", "StaticFile", "File", "ServeFiles")
_METHOD_FIRST = ("Add", "Handle", "Method", "MethodFunc", "Match")
_FRAMEWORKS = {
    "gin": "gin-gonic/gin", "echo": "labstack/echo", "fiber": "gofiber/fiber", "chi": "go-chi/chi", "mux": "gorilla/mux",
}  # fmt: skip
_BRACES = ("chi", "mux", "net/http")
_CONSTANT = re.compile(r"\b(\w{1,60})\s{0,9}:?=\s{0,9}\"([^\"\n]{0,200})\"")
MAXIMUM_DEPTH = 40  # of blocks and calls
_METHOD = re.compile(r"(?:http\.Method)?(GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS)", re.IGNORECASE)


# What makes a router, and the types of parameters that take one.
_MAKERS = ("Default", "New", "NewRouter", "NewMux", "NewServeMux")
_ROUTER_TYPES = re.compile(r"RouterGroup|Engine|IRouter|IRoutes|Echo|Group|Router|Mux|ServeMux|App")


@dataclass(slots=True)
class Function:
    """A function that is given a router: the name of that parameter, its place, and the body."""

    file: "_File"
    parameter: str
    place: int
    body: Token
    called: bool = False


def read(project: Project) -> Iterator[Fact | Finding]:
    functions: dict[str, Function] = {}
    code = list(project.code(".go"))
    files = [_File(file, functions) for file in code if WORTH.search(file.text)]
    for file in files:
        file.declare()
    # A file that imports no framework may still give a router to a function of one that does.
    called = re.compile(rf"\b({'|'.join(map(re.escape, functions))})\(") if functions else WORTH
    for caller in code:
        if not WORTH.search(caller.text) and (match := called.search(caller.text)):
            files.append(_File(caller, functions, functions[match[1]].file.framework))
    mounted = {name for file in files for name in file.mounted()}
    for file in files:
        file.declare_makers(mounted)
    for file in files:
        yield from file.read()
    for name, function in functions.items():
        if not function.called:
            yield undecided(f"{name} is given a router", function.file.file.at(function.body.line, rule=RULE))


def _maker(given: list[list[Token]]) -> str:
    """The function in `orders()`, and with its type in `Orders{}.Routes()`; empty for a handler that is a value."""
    part = given[0] if given else []
    if len(part) < 2 or not part[-1].is_group("(") or not part[-2].is_name():
        return ""
    typed = len(part) > 4 and part[-3].is_mark(".") and part[-4].is_group("{") and part[-5].is_name()
    return f"{part[-5].value}.{part[-2].value}" if typed else part[-2].value


def _condition(one: list[Token], place: int) -> str:
    """The condition of the block at a place, `if` on the same line before it; empty for other groups."""
    start = place
    while start and one[place].is_group("{") and one[start - 1].line == one[place].line:
        start -= 1
        if one[start].is_name("if"):
            return written(one[start + 1 : place])
    return ""


class _File:
    def __init__(self, file: SourceFile, functions: dict[str, Function], framework: str = "net/http") -> None:
        self.file, self.functions = file, functions
        text = file.text
        self.framework = next((name for name in _FRAMEWORKS if _FRAMEWORKS[name] in text), framework)
        self.texts = {match[1]: match[2] for match in _CONSTANT.finditer(text)}
        self.tokens = tokens(text, "go")
        self.own: set[int] = set()  # bodies that are read where they are called

    def declare(self) -> None:
        """Keeps the functions of this file that take a router."""
        for place, token in enumerate(self.tokens):
            if not token.is_name("func"):
                continue
            at = place + 2 if place + 1 < len(self.tokens) and self.tokens[place + 1].is_group("(") else place + 1
            if at + 1 >= len(self.tokens) or not self.tokens[at].is_name() or not self.tokens[at + 1].is_group("("):
                continue
            body = next((one for one in self.tokens[at + 2 : at + 8] if one.is_group("{")), None)
            for number, part in enumerate(arguments(self.tokens[at + 1])):
                typed = len(part) > 1 and part[-1].is_name() and _ROUTER_TYPES.fullmatch(part[-1].value)
                if body and typed and part[0].is_name():
                    self.functions.setdefault(self.tokens[at].value, Function(self, part[0].value, number, body))
                    self.own.add(id(body))
                    break

    def mounted(self) -> Iterator[str]:
        """The functions whose router is mounted: `orders` in `r.Mount("/orders", orders())`."""
        for part in walk(self.tokens):
            for place, token in enumerate(part[:-1]):
                if token.is_name("Mount") and part[place + 1].is_group("("):
                    yield _maker(arguments(part[place + 1])[-1:])

    def declare_makers(self, mounted: set[str]) -> None:
        """Keeps the functions whose router is mounted elsewhere: their routes are read there, below its path."""
        for place, token in enumerate(self.tokens):
            if not token.is_name("func"):
                continue
            following = self.tokens[place + 1 : place + 10]
            name = next((one.value for one in following if one.is_name()), "")
            body = next((one for one in following if one.is_group("{")), None)
            receiver = [one.value for one in following[0].inner if one.is_name()] if following[0].is_group("(") else []
            name = f"{receiver[-1]}.{name}" if receiver and f"{receiver[-1]}.{name}" in mounted else name
            if name not in mounted or body is None:
                continue
            returned = [body.inner[at + 1].value for at, one in enumerate(body.inner[:-1]) if one.is_name("return")]
            # Which of several it is cannot be told, so that the address alone is known.
            only = name not in self.functions and returned
            self.functions[name] = Function(self, returned[-1] if only else "", -1, body, called=not only)
            self.own.add(id(body))

    def read(self) -> Iterator[Fact | Finding]:
        yield from self._block(self.tokens, {}, 0)

    def _block(self, one: list[Token], known: dict[str, str], depth: int) -> Iterator[Fact | Finding]:
        """One list of tokens; `known` are the prefixes of routers by their names."""
        prefixes = dict(known)
        taken: set[int] = set()
        if depth > MAXIMUM_DEPTH:
            return
        for place, token in enumerate(one):
            if token.kind == "group":
                if place not in taken and id(token) not in self.own:
                    yield from under(_condition(one, place), self._block(token.inner, prefixes, depth + 1))
                continue
            if (
                token.is_name()
                and token.value in self.functions
                and place + 1 < len(one)
                and one[place + 1].is_group("(")
            ):
                if not (place and one[place - 1].is_name("func")) and not (
                    place > 1 and one[place - 2].is_name("func")
                ):
                    yield from self._called(self.functions[token.value], arguments(one[place + 1]), prefixes, depth)
                continue
            call = one[place + 1 : place + 4]
            if not (
                token.is_name()
                and len(call) == 3
                and call[0].is_mark(".")
                and call[1].is_name()
                and call[2].is_group("(")
            ):
                continue
            if place and one[place - 1].is_mark("."):
                continue
            verb, given = call[1].value, arguments(call[2])
            if verb in _MAKERS and (target := self._target(one, place)):
                prefixes.setdefault(target, "")
            elif verb in GROUPS:
                prefix = self._group(token.value, given, prefixes)
                if prefix is None:
                    yield undecided(f"{token.value}.{verb}", self.file.at(call[2].line, rule=RULE))
                    continue
                if target := self._target(one, place):
                    prefixes[target] = prefix
                inner = given[-1] if given else []
                if inner and inner[0].is_name("func"):
                    taken.add(place + 3)
                    names = [t.value for g in inner if g.is_group("(") for t in g.inner if t.is_name()][:1]
                    body = next((g for g in inner if g.is_group("{")), None)
                    if body:
                        yield from self._block(body.inner, prefixes | dict.fromkeys(names, prefix), depth + 1)
                elif verb == "Mount" and given:
                    made = self.functions.get(_maker(given[-1:]))
                    if made and made.parameter:
                        made.called = True
                        taken.add(place + 3)
                        yield from made.file._block(made.body.inner, {made.parameter: prefix}, depth + 1)
                        continue
                    evidence = self.file.at(call[2].line, rule=RULE)
                    for below in paths.braces(prefix):
                        yield route(
                            paths.join(paths.below(below)), self.framework, evidence, handler=written(given[-1]), confidence=0.7
                        )  # fmt: skip
            elif verb in VERBS or verb in EVERY or verb in STATIC:
                after = one[place + 4 : place + 7]
                yield from self._route(token.value, verb, given, prefixes.get(token.value), call[2].line, after)

    def _called(
        self, function: Function, given: list[list[Token]], prefixes: dict[str, str], depth: int
    ) -> Iterator[Fact | Finding]:
        """The body of a function that is given a router, a group of one, or what `http` itself has."""
        if function.place >= len(given):
            return
        part = given[function.place]
        prefix = prefixes.get(part[0].value) if len(part) == 1 else None
        if len(part) == 4 and part[2].value in GROUPS and part[3].is_group("("):
            prefix = self._group(part[0].value, arguments(part[3]), prefixes)
        if prefix is None:
            return
        function.called = True
        yield from function.file._block(function.body.inner, {function.parameter: prefix}, depth + 1)

    def _group(self, owner: str, given: list[list[Token]], prefixes: dict[str, str]) -> str | None:
        text = self._text(given[0]) if given else ""
        if text is None and given[0][0].is_name("func"):
            text = ""  # chi's Group without a path
        return None if text is None else prefixes.get(owner, "") + text.rstrip("/")

    @staticmethod
    def _target(one: list[Token], place: int) -> str:
        """`v1` in `v1 := router.Group("/v1")`."""
        if place > 2 and one[place - 1].is_mark("=") and one[place - 2].is_mark(":"):
            return one[place - 3].value
        return one[place - 2].value if place > 1 and one[place - 1].is_mark("=", ":=") else ""

    def _text(self, part: list[Token]) -> str | None:
        if len(part) == 1 and part[0].kind == "text":
            return part[0].value
        if len(part) == 1 and part[0].is_name():
            return self.texts.get(part[0].value)
        if len(part) < 2:
            return None
        pieces = [self._text([token]) for token in part if not token.is_mark("+")]
        return "".join(piece or "" for piece in pieces) if pieces and None not in pieces else None

    def _route(
        self, owner: str, verb: str, given: list[list[Token]], prefix: str | None, line: int, after: list[Token]
    ) -> Iterator[Fact | Finding]:
        methods: tuple[str, ...] = VERBS.get(verb, ())
        evidence = self.file.at(line, rule=RULE)
        first = written(given[0]) if given else ""
        several = next((one for one in given[0] if one.is_group("{")), None) if verb == "Match" and given else None
        if several:  # `Match([]string{"GET", http.MethodPost}, path, handler)`
            named = [_METHOD.fullmatch(written(part)) for part in arguments(several)]
            methods, given = tuple(one[1].upper() for one in named if one), given[1:]
        elif verb in _METHOD_FIRST and _METHOD.fullmatch(first) and len(given) > 2:
            methods, given = (first.removeprefix("http.Method").upper(),), given[1:]
        if len(given) < 2 or (prefix is None and verb in VERBS and owner == "http"):
            return  # `client.Get(url)`, `header.Get("X")`, `http.Post(url, ...)`
        prefix = prefix or ""
        path = self._text(given[0])
        handler = written(given[-1])
        if path is None:
            if verb not in VERBS and (prefix or owner == "http"):
                yield undecided(f"{owner}.{verb}({first})", evidence)
            return
        method, _, rest = path.partition(" ")  # net/http since Go 1.22: "GET /items/{id}"
        if rest and method.isupper():
            methods, path = (method,), rest.strip()
        if not path.startswith("/") and not (prefix or path == ""):
            if "/" not in path:
                return
            path = "/" + path.partition("/")[2]  # net/http: a host stands before the path
        if after and after[0].is_mark(".") and len(after) > 2 and after[1].is_name("Methods"):
            methods = tuple(part[0].value.removeprefix("http.Method").upper() for part in arguments(after[2]) if part)
        try:
            exact = path.removesuffix("{$}")
            whole = paths.join(prefix + (exact if exact.startswith("/") or not exact else "/" + exact))
            found = paths.braces(whole) if self.framework in _BRACES else paths.colons(whole)
        except paths.Undecided:
            yield undecided(handler, evidence)
            return
        whole_tree = (
            self.framework == "net/http"
            and verb.startswith("Handle")
            and path.endswith("/")
            and not path.endswith("{$}")
        )
        static = verb in STATIC or "FileServer" in handler
        for one in found:
            if static and verb in ("Static", "StaticFS"):
                one = paths.below(one)
            elif whole_tree:
                one = one.removesuffix("/") + "/{path...}"  # a tree of addresses: net/http's rule for the last `/`
            one = one.replace("{any}", "{any...}") if one.endswith("/{any}") and self.framework == "chi" else one
            yield route(
                one,
                self.framework,
                evidence,
                methods=methods,
                handler=handler,
                static=static,
            )
