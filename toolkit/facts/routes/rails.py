"""Ruby on Rails: config/routes.rb, read line by line as the small language that it is.

Source: https://guides.rubyonrails.org/routing.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from toolkit.facts.model import Fact
from toolkit.facts.routes import paths
from toolkit.facts.routes.found import both, route, undecided, under
from toolkit.facts.source.project import Project
from toolkit.findings import Evidence, Finding
from toolkit.inventory.source_tree import SourceFile

RULE = "rails-routes"
MAXIMUM_LINES = 20_000
COLLECTION = (("index", ("GET",), ""), ("create", ("POST",), ""), ("new", ("GET",), "/new"))
MEMBER = (
    ("edit", ("GET",), "/edit"),
    ("show", ("GET",), ""),
    ("update", ("PATCH", "PUT"), ""),
    ("destroy", ("DELETE",), ""),
)
VERBS = {"get": ("GET",), "post": ("POST",), "put": ("PUT",), "patch": ("PATCH",), "delete": ("DELETE",), "match": ()}
_CALL = re.compile(r"(?:\w+\.)?(?P<name>[a-z_]\w*)[ (]\s*(?P<rest>.*)$|(?P<alone>[a-z_]\w*)\s*$")
_WORDS = re.compile(r"""%[iwIW]\[([^\]]*)\]|:(\w+)|["']([\w/-]+)["']""")
_OPTION = re.compile(
    r"(?:\b(\w+):(?!:)|:(\w+)\s*=>)\s*(\[[^\]]*\]|%[iw]\[[^\]]*\]|:\"[^\"]*\"|:?[\w/#.-]+|\"[^\"]*\"|'[^']*')"
)
_ONE_LINE = re.compile(
    r"(?P<head>(?:member|collection|namespace|scope|shallow|concern|resources?)\b[^{}]{0,300}?(?<![:>,(\s]))"
    r"\s*(?:\{(?P<braces>[^{}|]+)\}|\bdo\b(?P<words>.+)\bend)$"
)
_IF = re.compile(r"(if|unless)\b\s*(.{1,300}?)(?:\s+then)?$")
_MODIFIER = re.compile(r"^(.*\S)\s(if|unless)\s+([^\"']{1,300})$")
_MODE = re.compile(r"^(!?)\s*Rails\.env\.(production|development|test|local)\?$")
_NEVER = "not in production"
# Devise's addresses below /users: https://github.com/heartcombo/devise#configuring-routes
DEVISE = (
    "sign_in", "sign_out", "password/new", "password/edit", "password", "cancel", "sign_up", "edit", "",
    "confirmation/new", "confirmation",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Scope:
    """An open block: the path before what stands in it, and the condition; `member` is the path of one object of a resource.

    `top` is the path before the outermost resource: where `shallow`, single objects of inner ones are addressed below it."""

    path: str = ""
    member: str = ""
    collection: str = ""
    kind: str = ""
    concern: str = ""
    top: str = ""
    shallow: bool = False
    condition: str = ""
    otherwise: str = ""  # the condition after `else`


def read(project: Project) -> Iterator[Fact | Finding]:
    for file in project.code(".rb"):
        # Files of config/routes/ are read where `draw` names them.
        if f"/{file.path}".endswith("/config/routes.rb"):
            yield from _Reader(project, file).read()


class _Reader:
    def __init__(self, project: Project, file: SourceFile) -> None:
        self.project, self.file = project, file
        self.concerns: dict[str, list[tuple[int, str]]] = {}

    def read(self) -> Iterator[Fact | Finding]:
        yield from self._lines(_statements(self.file), Scope(), 0)

    def _at(self, line: int) -> Evidence:
        return self.file.at(line, rule=RULE)

    def _lines(self, lines: list[tuple[int, str]], outer: Scope, depth: int) -> Iterator[Fact | Finding]:
        stack = [outer]
        for number, text in lines:
            opens = bool(re.search(r"\bdo\b(?:\s*\|[^|]*\|)?\s*$", text)) or bool(
                re.match(r"(?:if|unless|case|begin|def)\b", text)
            )
            here = stack[-1]
            if re.match(r"end\b", text):
                if len(stack) > 1:
                    stack.pop()
                continue
            recording = next((scope for scope in stack if scope.concern), None)
            if recording is not None:
                self.concerns.setdefault(recording.concern, []).append((number, text))
                if opens:
                    stack.append(Scope(kind="recorded"))
                continue
            if test := _IF.match(text):
                holds, otherwise = (both(here.condition, one) for one in _conditions(*test.groups()))
                stack.append(replace(here, condition=holds, otherwise=otherwise))
                continue
            if text == "else":
                stack[-1] = replace(here, condition=here.otherwise)
                continue
            body = re.sub(r"\s*\bdo\b(?:\s*\|[^|]*\|)?\s*$", "", text)
            condition = here.condition
            if modified := _MODIFIER.match(body):
                body = modified[1]
                condition = both(condition, _conditions(modified[2], modified[3])[0])
            inner = here
            match = _CALL.match(body)
            if re.search(r"\.each\b", text):
                yield undecided(text[:60], self._at(number))
            elif match:
                name, rest = match["name"] or match["alone"], match["rest"] or ""
                for item in self._call(name, rest.rstrip(") "), here, number, depth):
                    if isinstance(item, Scope):
                        inner = item
                    elif _NEVER not in condition:
                        yield from under(condition, (item,))
            if opens:
                stack.append(inner)

    def _call(self, name: str, rest: str, here: Scope, line: int, depth: int) -> Iterator[Scope | Fact | Finding]:
        options = {(one[1] or one[2]): one[3].strip("\"'") for one in _OPTION.finditer(rest)}
        head = re.split(r",?\s*(?:\b\w+:(?!:)|:\w+\s*=>)", rest)[0]
        words = [w for one in _WORDS.finditer(head) for w in (one[1].split() if one[1] else [one[2] or one[3]])]
        if name in ("resources", "resource"):
            for word in words:
                yield from self._resource(name, word, options, here, line, depth)
            if not words:
                yield undecided(f"{name} {rest[:60]}", self._at(line))
        elif name == "namespace" and words:
            path = options.get("path", words[0]).strip("/")
            yield replace(here, path=f"{here.path}/{path}".rstrip("/"), member="", kind="")
        elif name == "scope":
            path = options.get(
                "path",
                head.strip(" \"'") if head.startswith(("'", '"')) else (words[0] if head.startswith(":") else ""),
            )
            if path == (words[0] if words else "") and head.startswith(":"):
                path = f":{path}"  # scope ":locale" written as a symbol
            yield replace(here, path=f"{here.path}/{path.strip('/')}".rstrip("/"), member="", kind="")
        elif name == "member" and here.member:
            yield replace(here, path=here.member, member="", kind="")
        elif name == "collection":
            yield replace(here, path=here.collection or here.path, member="", kind="")
        elif name == "shallow":
            yield replace(here, shallow=True)
        elif name == "concern" and words:
            yield Scope(concern=words[0])
        elif name == "concerns":
            for word in words:
                if depth < 6:
                    yield from self._lines(self.concerns.get(word, []), here, depth + 1)
        elif name == "root":
            yield from self._route("", ("GET",), options.get("to", head.strip("\"' ")), here, line)
        elif name in VERBS:
            yield from self._verb(name, rest, head, words, options, here, line)
        elif name == "mount":
            yield from self._mount(rest, here, line)
        elif name == "devise_for":
            for word in words:
                base = options.get("path", word)
                for path in DEVISE:
                    yield from self._route(f"{base}/{path}".rstrip("/"), (), "devise", here, line)
        elif name == "draw" and words:
            folder = self.file.path.rpartition("/")[0]
            file = self.project.tree.read(f"{folder}/routes/{words[0]}.rb")
            if file and depth < 4:
                other = _Reader(self.project, file)
                other.concerns = self.concerns
                yield from other._lines(_statements(file), here, depth + 1)
            elif "routes" not in words[0]:
                yield undecided(f"draw {words[0]}", self._at(line))
        elif name.startswith("use_"):
            yield undecided(f"{name} {rest[:60]}", self._at(line))

    def _resource(
        self, kind: str, word: str, options: dict[str, str], here: Scope, line: int, depth: int
    ) -> Iterator[Scope | Fact | Finding]:
        above = here.path
        if here.kind == "resources":  # nested: below one object of the outer resource
            above = _below_one(here)
        elif here.kind == "resource":
            above = here.collection
        own = options.get("path", word).strip("/")
        base = f"{above}/{own}".rstrip("/")
        top = here.top if here.kind in ("resources", "resource") else here.path
        shallow = options.get("shallow", str(here.shallow)).lower() == "true"
        parameter = paths.plain(options.get("param", "id").strip(":"))
        member = base if kind == "resource" else f"{f'{top}/{own}' if shallow else base}/{{{parameter}}}"
        only, left_out = _listed(options.get("only")), _listed(options.get("except"))
        for action, methods, after in (*COLLECTION, *MEMBER):
            if (
                (kind == "resource" and action == "index")
                or (only is not None and action not in only)
                or action in (left_out or ())
            ):
                continue
            start = member if (action, methods, after) in MEMBER else base
            yield from self._spelled(start + after, methods, f"{word}#{action}", line)
        if options.get("concerns"):
            inner = Scope(base, member, base, kind, top=top, shallow=shallow)
            for concern in _listed(options["concerns"]) or ():
                if depth < 6:
                    yield from self._lines(self.concerns.get(concern, []), inner, depth + 1)
        yield Scope(base, member, base, kind, top=top, shallow=shallow)

    def _verb(
        self, name: str, rest: str, head: str, words: list[str], options: dict[str, str], here: Scope, line: int
    ) -> Iterator[Fact | Finding]:
        methods = VERBS[name]
        if name == "match":
            methods = tuple(word.upper() for word in _listed(options.get("via")) or () if word != "all")
        texts = re.findall(r"^\(?\s*[\"']([^\"']*)[\"']", rest)
        listed = texts or (words if head.strip().startswith((":", "%")) else [])
        handler = options.get("to", "")
        if match := re.match(r"\(?\s*[\"']([^\"']*)[\"']\s*=>\s*[\"']?([\w/#]*)", rest):
            listed, handler = [match[1]], match[2]
        if not listed:
            yield undecided(f"{name} {rest[:60]}", self._at(line))
            return
        scope = here
        if here.kind in ("resources", "resource"):
            on = options.get("on", "").strip(":")
            above = here.collection if on == "collection" or here.kind == "resource" else _below_one(here)
            scope = replace(here, path=here.member if on == "member" else above)
        for one in listed:
            yield from self._route(one, methods, handler or one, scope, line)

    def _mount(self, rest: str, here: Scope, line: int) -> Iterator[Fact | Finding]:
        match = re.search(r"=>\s*[\"']([^\"']+)[\"']|\bat:?\s*(?:=>)?\s*[\"']([^\"']+)[\"']", rest)
        if not match:
            yield undecided(f"mount {rest[:60]}", self._at(line))
            return
        path = paths.below(f"{here.path}/{(match[1] or match[2]).strip('/')}")
        yield route(path, "rails", self._at(line), handler=re.split(r"\s*(?:=>|,)", rest)[0].strip("( "))

    def _route(
        self, text: str, methods: tuple[str, ...], handler: str, here: Scope, line: int
    ) -> Iterator[Fact | Finding]:
        yield from self._spelled(f"{here.path}/{text.lstrip('/')}".rstrip("/") or "/", methods, handler, line)

    def _spelled(self, path: str, methods: tuple[str, ...], handler: str, line: int) -> Iterator[Fact | Finding]:
        try:
            for spelled in paths.colons(re.sub(r"\{(\w+)\}", r":\1", path)):
                yield route(paths.join(spelled), "rails", self._at(line), methods=methods, handler=handler)
        except paths.Undecided:
            yield undecided(path[:80], self._at(line))


def _statements(file: SourceFile) -> list[tuple[int, str]]:
    """Lines without comments; one that ends with a comma goes on in the next."""
    found: list[tuple[int, str]] = []
    going_on = False
    for number, line in enumerate(file.lines[:MAXIMUM_LINES], start=1):
        text = re.sub(r"(?:^|\s)#(?!\{).*$", "", line[:2000]).strip()
        if not text or text.startswith("Rails.application.routes.draw"):
            continue
        if going_on and found and len(found[-1][1]) < 4000:
            found[-1] = (found[-1][0], f"{found[-1][1]} {text}")
        elif block := _ONE_LINE.match(text):  # `member { post :ship }`
            inside = (block["braces"] or block["words"]).split(";")
            found += [(number, one.strip()) for one in (f"{block['head']} do", *inside, "end") if one.strip()]
        else:
            found.append((number, text))
        going_on = text.endswith((",", "=>", "\\"))
    return found


def _conditions(word: str, test: str) -> tuple[str, str]:
    """The conditions of what follows `if` or `unless`, and of what follows its `else`; empty for what production runs."""
    if mode := _MODE.match(test):
        runs = ((mode[2] == "production") != (word == "unless")) != bool(mode[1])
        return ("", _NEVER) if runs else (_NEVER, "")
    both_ways = (test, f"not ({test})")
    return both_ways if word == "if" else (both_ways[1], both_ways[0])


def _below_one(here: Scope) -> str:
    """Below one object of a resource: /orders/{order_id}."""
    owner = _singular(here.collection.rpartition("/")[2])
    return re.sub(r"\{id\}$", f"{{{owner}_id}}", here.member)


def _listed(text: str | None) -> list[str] | None:
    if text is None:
        return None
    return re.findall(r"\w+", re.sub(r"^%[iw]", "", text))


def _singular(name: str) -> str:
    """As Rails names the parameter; names of parameters alone follow from this."""
    name = paths.plain(name.replace("-", "_"))
    return re.sub(r"(?:(?<=ss)es|(?<=x)es|(?<!s)s)$", "", re.sub(r"ies$", "y", name))
