"""Laravel: the files of routes/, groups, prefixes and resources.

Sources: https://laravel.com/docs/routing and https://laravel.com/docs/controllers#resource-controllers
"""

import re
from collections.abc import Iterator

from toolkit.facts.model import Fact
from toolkit.facts.routes import paths
from toolkit.facts.routes.found import route, undecided
from toolkit.facts.routes.tokens import Token, arguments, tokens, written
from toolkit.facts.source.project import Project
from toolkit.findings import Finding
from toolkit.inventory.source_tree import SourceFile

RULE = "laravel-routes"
VERBS = {
    "get": ("GET",), "post": ("POST",), "put": ("PUT",), "patch": ("PATCH",), "delete": ("DELETE",), "any": (),
    "options": ("OPTIONS",), "view": ("GET",), "redirect": (), "permanentRedirect": (), "livewire": ("GET",),
}  # fmt: skip
# Action, method, and what follows the resource's path.
RESOURCE = (
    ("index", ("GET",), ""), ("create", ("GET",), "/create"), ("store", ("POST",), ""), ("show", ("GET",), "/{}"),
    ("edit", ("GET",), "/{}/edit"), ("update", ("PUT", "PATCH"), "/{}"), ("destroy", ("DELETE",), "/{}"),
)  # fmt: skip
_API_LEFT_OUT = ("create", "edit")
_MOUNTED = re.compile(r"(?:base_path|__DIR__)[^;]{0,60}?routes/(\w{1,60})\.php")
Chain = list[tuple[str, list[list[Token]], int]]


def read(project: Project) -> Iterator[Fact | Finding]:
    for file in project.code(".php"):
        folder, _, name = file.path.rpartition("/")
        if (
            folder.rpartition("/")[2] == "routes"
            and name not in ("console.php", "channels.php")
            and "Route::" in file.text
        ):
            reader = _File(project, file)
            yield from reader.statements(tokens(file.text, "php"), reader.prefix(), 0)


class _File:
    def __init__(self, project: Project, file: SourceFile) -> None:
        self.project, self.file = project, file

    def prefix(self) -> str:
        """Laravel puts /api before routes/api.php; other prefixes stand where the file is mounted."""
        name = self.file.name.removesuffix(".php")
        home = self.file.directory.removesuffix("routes").rstrip("/")
        below = f"{home}/" if home else ""
        for path in (f"{below}bootstrap/app.php", f"{below}app/Providers/RouteServiceProvider.php"):
            file = self.project.tree.read(path)
            for statement in file.text.split(";") if file else ():
                mounted = [match[1] for match in _MOUNTED.finditer(statement)]
                if name in mounted and (
                    given := re.search(r"(?:prefix\(|apiPrefix:)\s{0,9}['\"]([\w/{}-]{0,80})['\"]", statement)
                ):
                    return given[1] if len(mounted) == 1 or name == "api" else ""
        return "api" if name == "api" else ""

    def statements(self, found: list[Token], prefix: str, depth: int) -> Iterator[Fact | Finding]:
        place = 0
        while place < len(found):
            if found[place].is_name("Route") and place + 1 < len(found) and found[place + 1].is_mark("::"):
                chain: Chain = []
                place += 1
                while place + 2 < len(found) and found[place].is_mark("::", "->") and found[place + 2].is_group("("):
                    chain.append((found[place + 1].value, arguments(found[place + 2]), found[place + 1].line))
                    place += 3
                yield from self._chain(chain, prefix, depth)
                continue
            token = found[place]
            if token.is_group("{"):
                yield from self.statements(token.inner, prefix, depth)
            place += 1

    def _chain(self, chain: Chain, prefix: str, depth: int) -> Iterator[Fact | Finding]:
        """`Route::prefix("admin")->middleware("auth")->group(function () {...})`, `Route::get("/x", ...)->name("x")`."""
        options = {name: given for name, given, _ in chain}
        for name, given, line in chain:
            evidence = self.file.at(line, rule=RULE)
            try:
                if (name == "prefix" and chain[-1][0] != "prefix") or (name == "prefix" and "group" in options):
                    prefix = f"{prefix}/{_text(given[0]).strip('/')}"
                elif name == "group":
                    yield from self._group(given, prefix, depth)
                elif name in VERBS and given:
                    after = _text(options["prefix"][0]) if "prefix" in options and chain[0][0] != "prefix" else ""
                    yield from self._routes(f"{after}/{_text(given[0])}", prefix, VERBS[name], written(given[-1]), line)
                elif name == "match" and len(given) > 2:
                    methods = tuple(t.value.upper() for t in given[0][0].inner if t.kind == "text")
                    yield from self._routes(_text(given[1]), prefix, methods, written(given[-1]), line)
                elif name == "fallback":
                    yield route("/{path...}", "laravel", evidence, methods=("GET",), handler="fallback")
                elif name in ("resource", "apiResource", "singleton") and given:
                    yield from self._resource(_text(given[0]), prefix, name, options, given, line)
                elif name in ("resources", "apiResources") and given and given[0]:
                    for part in arguments(given[0][0]):
                        yield from self._resource(
                            _text(part[:1]), prefix, name[:-1], options, [part[:1], part[2:]], line
                        )
            except paths.Undecided:
                yield undecided(f"Route::{chain[0][0]}({written(given[0]) if given else ''})", evidence)

    def _group(self, given: list[list[Token]], prefix: str, depth: int) -> Iterator[Fact | Finding]:
        if len(given) == 2 and given[0] and given[0][0].is_group("["):
            for part in arguments(given[0][0]):
                if len(part) > 2 and part[0].value == "prefix":
                    prefix = f"{prefix}/{_text(part[2:]).strip('/')}"
        body = next((token for token in reversed(given[-1] if given else []) if token.is_group("{")), None)
        if body and depth < 20:
            yield from self.statements(body.inner, prefix, depth + 1)

    def _routes(self, text: str, prefix: str, methods: tuple[str, ...], handler: str, line: int) -> Iterator[Fact]:
        whole = re.sub(r"//+", "/", f"/{prefix}/{text}").rstrip("/") or "/"
        for path in paths.braces(whole, optional=True):
            yield route(path, "laravel", self.file.at(line, rule=RULE), methods=methods, handler=handler)

    def _resource(
        self, name: str, prefix: str, kind: str, options: dict[str, list[list[Token]]],
        given: list[list[Token]], line: int,
    ) -> Iterator[Fact]:  # fmt: skip
        handler = written(given[1]).removesuffix("::class") if len(given) > 1 else name
        *parents, last = name.split(".")
        base = "".join(f"/{parent}/{{{_singular(parent)}}}" for parent in parents) + f"/{last.strip('/')}"
        only, left_out = _words(options.get("only")), _words(options.get("except"))
        for part in arguments(given[2][0]) if len(given) > 2 and given[2] and given[2][0].is_group("[") else ():
            if part[0].value in ("only", "except"):
                (only if part[0].value == "only" else left_out).update(_words([part[2:]]))
        for action, methods, after in RESOURCE:
            if kind == "apiResource" and action in _API_LEFT_OUT:
                continue
            if (only and action not in only) or action in left_out:
                continue
            parameter = _singular(last.rpartition("/")[2].replace("-", "_"))
            yield from self._routes(
                base + after.replace("{}", f"{{{parameter}}}"), prefix, methods, f"{handler}@{action}", line
            )


def _singular(name: str) -> str:
    """Names of parameters alone follow from this."""
    return re.sub(r"(?:(?<=s)es|(?<!s)s)$", "", re.sub(r"ies$", "y", name))


def _words(given: list[list[Token]] | None) -> set[str]:
    if not given:
        return set()
    texts = [token for part in given for token in part]
    return {t.value for token in texts for t in ([token] if token.kind == "text" else token.inner) if t.kind == "text"}


def _text(part: list[Token]) -> str:
    if len(part) != 1 or part[0].kind != "text":
        raise paths.Undecided
    return part[0].value
