"""ASP.NET: attributes of controllers, conventional routes, minimal APIs with their groups, Razor Pages.

Source: https://learn.microsoft.com/aspnet/core/mvc/controllers/routing and https://learn.microsoft.com/aspnet/core/fundamentals/minimal-apis
"""

import re
from collections.abc import Iterator
from itertools import product

from toolkit.facts.model import Fact
from toolkit.facts.routes import paths
from toolkit.facts.routes.found import route, undecided
from toolkit.facts.routes.tokens import Token, arguments, tokens, walk, written
from toolkit.facts.source.project import Project
from toolkit.findings import Evidence, Finding
from toolkit.inventory.source_tree import SourceFile

RULE = "aspnet-routes"
WORTH = re.compile(
    r"Controller\b|\.Map(?:Get|Post|Put|Patch|Delete|Group|Methods|Controller|Razor|Hub|Health|Fallback|Route)|MapHttpRoute"
)
VERBS: dict[str, tuple[str, ...]] = {
    f"Http{name.title()}": (name,) for name in ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
}
MAPS: dict[str, tuple[str, ...]] = {f"Map{name.title()}": (name,) for name in ("GET", "POST", "PUT", "PATCH", "DELETE")}
NOT_ACTIONS = ("Dispose", "OnActionExecuting", "OnActionExecuted", "ToString")


def read(project: Project) -> Iterator[Fact | Finding]:
    files = [file for file in project.code(".cs") if WORTH.search(file.text)]
    parsed = [(file, tokens(file.text, "csharp")) for file in files]
    conventions: list[str] = []
    for file, found in parsed:
        yield from _mapped(file, found, conventions)
    for file, found in parsed:
        for one in walk(found):
            for place, token in enumerate(one):
                if token.is_name("class") and place + 1 < len(one) and one[place + 1].value.endswith("Controller"):
                    yield from _controller(file, one, place, conventions)
    yield from _pages(project)


def _controller(file: SourceFile, one: list[Token], place: int, conventions: list[str]) -> Iterator[Fact | Finding]:
    name = one[place + 1].value
    body = next((token for token in one[place:] if token.is_group("{")), None)
    before = _before(one, place)
    if body is None or any(token.is_name("abstract") for token in before):
        return
    own = _attributes(before)
    prefixes = [text for key, text, _ in own if key in ("Route", "RoutePrefix")]
    area = next((text for key, text, _ in own if key == "Area" and text), "")
    api = any(key == "ApiController" for key, _, _ in own) or any(
        token.is_name("ApiController") for token in one[place : place + 8]
    )
    for at, token in enumerate(body.inner):
        if not (token.is_group("(") and at and body.inner[at - 1].is_name()):
            continue
        declared = _before(body.inner, at)
        if not any(part.is_name("public") for part in declared) or any(
            part.is_name("static", "override") for part in declared
        ):
            continue
        action = body.inner[at - 1].value
        if action == name or action in NOT_ACTIONS or any(part.is_mark("=", "=>") for part in declared):
            continue
        found = _attributes(declared)
        if any(key in ("NonAction", "ChildActionOnly") for key, _, _ in found):
            continue
        yield from _action(file, name, action, body.inner[at - 1].line, found, prefixes, area, api, conventions)


def _action(
    file: SourceFile, name: str, action: str, line: int, found: list[tuple[str, str | None, int]],
    prefixes: list[str | None], area: str, api: bool, conventions: list[str],
) -> Iterator[Fact | Finding]:  # fmt: skip
    verbs = [(VERBS[key], text, at) for key, text, at in found if key in VERBS]
    given = [text for key, text, _ in found if key == "Route"]
    handler = f"{name}.{action}"
    line = found[0][2] if found else line
    evidence = file.at(line, rule=RULE)
    templates: list[tuple[tuple[str, ...], str | None]] = []
    for methods, text, _ in verbs:
        templates += [(methods, one) for one in ([text] if text != "" else given or [""])]
    if not verbs:
        templates = [((), one) for one in given] or [((), "")]
    attributed = bool(prefixes) or any(text != "" for _, text in templates)
    if not attributed:
        methods = tuple(method for verb, _, _ in verbs for method in verb)
        for convention in conventions:
            yield from _conventional(convention, name, action, area, methods, handler, evidence, api)
        return
    for prefix, (methods, text) in product(prefixes or [""], templates):
        if prefix is None or text is None:
            yield undecided(handler, evidence)
            continue
        whole = text.lstrip("~") if text.startswith(("/", "~/")) else f"{prefix}/{text}"
        try:
            for path in paths.braces(_filled(whole, name, action, area), optional=True):
                yield route(
                    re.sub(r"//+", "/", f"/{path}").rstrip("/") or "/",
                    "aspnet",
                    evidence,
                    methods=methods,
                    handler=handler,
                )
        except paths.Undecided:
            yield undecided(handler, evidence)


def _conventional(
    convention: str,
    name: str,
    action: str,
    area: str,
    methods: tuple[str, ...],
    handler: str,
    evidence: Evidence,
    api: bool,
) -> Iterator[Fact]:
    """`{controller=Home}/{action=Index}/{id?}` for one action: with its defaults left out, too."""
    if ("{area" in convention) != bool(area) or api != ("{action" not in convention):
        return
    text = convention
    for key, value in (("controller", name.removesuffix("Controller")), ("action", action), ("area", area)):
        default = re.search(rf"\{{{key}=(\w+)\}}", text)
        same = default and default[1] == value
        text = re.sub(rf"\{{{key}(?:=\w+|:\w+)?\}}", f"<{value}>" if same else value, text)
    variants = [re.sub(r"[<>]", "", text)]
    bare = re.sub(r"/?\{\w+\?\}$", "", text)
    while bare.endswith(">"):
        bare = bare.rpartition("/")[0] if "/" in bare else ""
        variants.append(re.sub(r"[<>]", "", bare))
    try:
        spelled = {path for variant in variants for path in paths.braces("/" + variant.strip("/"), optional=True)}
    except paths.Undecided:
        return
    for path in sorted(spelled):
        yield route(path, "aspnet", evidence, methods=methods, handler=handler, confidence=0.85)


def _filled(text: str, name: str, action: str, area: str) -> str:
    values = {"controller": name.removesuffix("Controller"), "action": action, "area": area}
    return re.sub(r"\[(controller|action|area)\]", lambda match: values[match[1].lower()], text, flags=re.IGNORECASE)


def _before(one: list[Token], place: int) -> list[Token]:
    start = place
    while start and not (one[start - 1].is_mark(";") or one[start - 1].is_group("{")):
        start -= 1
    return one[start:place]


def _attributes(part: list[Token]) -> list[tuple[str, str | None, int]]:
    """Name, first text and line of `[HttpGet("x"), Route("y")]`; the text is "" where there is none, None if computed."""
    found: list[tuple[str, str | None, int]] = []
    for group in part:
        if not group.is_group("["):
            continue
        for one in arguments(group):
            name = one[0].value if one else ""
            text: str | None = ""
            if len(one) > 1 and one[-1].is_group("("):
                name = one[-2].value
                first = next(iter(arguments(one[-1])), [])
                if first and not (len(first) > 1 and first[1].is_mark("=")):
                    text = first[0].value if len(first) == 1 and first[0].kind == "text" else None
            found.append((name.removesuffix("Attribute"), text, group.line))
    return found


def _mapped(file: SourceFile, found: list[Token], conventions: list[str]) -> Iterator[Fact | Finding]:
    """Minimal APIs, and the conventional routes that controllers follow."""
    prefixes: dict[str, str] = {}
    for one in walk(found):
        for place, token in enumerate(one):
            if not (
                token.is_name()
                and place > 1
                and one[place - 1].is_mark(".")
                and place + 1 < len(one)
                and one[place + 1].is_group("(")
            ):
                continue
            name, owner, given = token.value, one[place - 2].value, arguments(one[place + 1])
            evidence = file.at(token.line, rule=RULE)
            first = given[0] if given else []
            text = first[0].value if len(first) == 1 and first[0].kind == "text" else None
            prefix = prefixes.get(owner, "")
            if name == "MapGroup" and text is not None:
                if place > 4 and one[place - 3].is_mark("="):
                    prefixes[one[place - 4].value] = f"{prefix}/{text.strip('/')}"
            elif name in ("MapControllerRoute", "MapAreaControllerRoute", "MapRoute", "MapHttpRoute"):
                texts = [t.value for part in given for t in part if t.kind == "text"]
                conventions += [one for one in texts if "{controller" in one][:1]
            elif name == "MapDefaultControllerRoute":
                conventions.append("{controller=Home}/{action=Index}/{id?}")
            elif name in MAPS or name in (
                "MapMethods",
                "MapHub",
                "MapHealthChecks",
                "MapFallbackToFile",
                "MapFallbackToPage",
            ):
                if name.startswith("MapFallback"):
                    yield route("/{path...}", "aspnet", evidence, methods=("GET",), handler=name)
                elif text is None:
                    yield undecided(f"{owner}.{name}({written(first)})", evidence)
                else:
                    try:
                        for path in paths.braces(f"{prefix}/{text.strip('/')}".rstrip("/") or "/", optional=True):
                            whole = paths.below(path) if name == "MapHub" else path
                            yield route(
                                whole, "aspnet", evidence, methods=MAPS.get(name, ()), handler=written(given[-1])
                            )
                    except paths.Undecided:
                        yield undecided(f"{owner}.{name}", evidence)


def _pages(project: Project) -> Iterator[Fact | Finding]:
    """Pages/Orders/Edit.cshtml with `@page "{id}"` is /Orders/Edit/{id}."""
    for file in project.tree.read_all("*.cshtml"):
        match = re.match(r"\s{0,20}@page(?:\s+\"([^\"\n]{0,200})\")?", file.text)
        folders = f"/{file.path}".rpartition("/Pages/")
        if not match or not folders[1] or not project.is_code(file.path):
            continue
        base = "/" + folders[2].removesuffix(".cshtml")
        template = match[1] or ""
        whole = template if template.startswith("/") else f"{base}/{template}".rstrip("/")
        try:
            spelled = set(paths.braces(whole, optional=True))
        except paths.Undecided:
            yield undecided(file.path, file.at(1, rule=RULE))
            continue
        spelled |= {re.sub(r"/Index(?=/|$)", "", path) or "/" for path in spelled}
        for path in sorted(spelled):
            yield route(path, "aspnet", file.at(1, rule=RULE), methods=("GET", "POST"), handler=file.path)
