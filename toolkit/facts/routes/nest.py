"""NestJS: controllers by their decorators, the global prefix, versions in the path.

Source: https://docs.nestjs.com/controllers and https://docs.nestjs.com/faq/global-prefix
"""

import re
from collections.abc import Iterator
from itertools import product

from toolkit.facts.model import Fact
from toolkit.facts.routes import paths
from toolkit.facts.routes.found import route, undecided
from toolkit.facts.routes.tokens import Token, arguments, tokens, walk
from toolkit.facts.source.project import Project
from toolkit.findings import Finding
from toolkit.inventory.source_tree import SourceFile

RULE = "nest-routes"
VERBS = {
    "@Get": ("GET",), "@Post": ("POST",), "@Put": ("PUT",), "@Patch": ("PATCH",), "@Delete": ("DELETE",), "@All": (),
    "@Head": ("HEAD",), "@Options": ("OPTIONS",), "@Sse": ("GET",),
}  # fmt: skip
# Swagger's pages and its description: https://docs.nestjs.com/openapi/introduction
_SWAGGER = re.compile(r"\bSwaggerModule\.setup\(\s{0,20}(?:(['\"`])([^'\"`$\n]{0,100})\1|\w)")
_PREFIX = re.compile(r"\.setGlobalPrefix\(\s{0,20}(?:['\"`]([^'\"`$\n]{0,100})['\"`]|(\w))")


def read(project: Project) -> Iterator[Fact | Finding]:
    if not project.depends_on("npm", "@nestjs/common", "@nestjs/core"):
        return
    files = list(project.code(".ts", ".js"))
    prefixes: dict[str, str] = {}
    for file in files:
        for match in _PREFIX.finditer(file.text):
            home = project.places.home(file.path)
            if match[2]:
                yield undecided("the global prefix", file.at(file.line_of(match.start()), rule=RULE))
            prefixes.setdefault(home, match[1] or "")
    for file in files:
        for match in _SWAGGER.finditer(file.text):
            place = file.at(file.line_of(match.start()), rule=RULE)
            if not match[1]:
                yield undecided("Swagger's pages", place)
                continue
            path = paths.join("/", match[2].strip("/"))
            yield route(paths.below(path), "nest", place, methods=("GET",), handler="SwaggerModule", static=True)
            yield route(f"{path.rstrip('/')}-json", "nest", place, methods=("GET",), handler="SwaggerModule")
        if "@Controller" in file.text:
            yield from _controllers(file, prefixes.get(project.places.home(file.path), ""))


def _controllers(file: SourceFile, prefix: str) -> Iterator[Fact | Finding]:
    for one in walk(tokens(file.text, "javascript")):
        for place, token in enumerate(one):
            if not token.is_name("@Controller"):
                continue
            given = one[place + 1] if place + 1 < len(one) and one[place + 1].is_group("(") else None
            name = next((place for place in range(place, len(one)) if one[place].is_name("class")), None)
            body = next((t for t in one[name or place :] if t.is_group("{")), None)
            if name is None or body is None or name + 1 >= len(one):
                continue
            try:
                bases = _paths(arguments(given)[0] if given and given.inner else [])
            except paths.Undecided:
                yield undecided(f"the path of {one[name + 1].value}", file.at(token.line, rule=RULE))
                continue
            yield from _methods(file, prefix, one[name + 1].value, bases, body.inner)


def _methods(
    file: SourceFile, prefix: str, owner: str, bases: list[str], body: list[Token]
) -> Iterator[Fact | Finding]:
    for place, token in enumerate(body):
        if (
            token.kind != "name"
            or token.value not in VERBS
            or place + 1 >= len(body)
            or not body[place + 1].is_group("(")
        ):
            continue
        handler = f"{owner}.{_method(body[place:])}"
        evidence = file.at(token.line, rule=RULE)
        given = arguments(body[place + 1])
        try:
            for base, own in product(bases, _paths(given[0] if given else [])):
                for path in paths.colons(paths.join(prefix, base, own).rstrip("/") or "/"):
                    yield route(path, "nest", evidence, methods=VERBS[token.value], handler=handler)
        except paths.Undecided:
            yield undecided(handler, evidence)


def _method(body: list[Token]) -> str:
    """The name of the method that decorators stand before: the first name followed by brackets and a block."""
    for place, token in enumerate(body[:60]):
        plain = token.is_name() and not token.value.startswith("@")
        if plain and place + 1 < len(body) and body[place + 1].is_group("(") and not body[place - 1].is_mark("."):
            return token.value
    return ""


def _paths(part: list[Token]) -> list[str]:
    """`"users"`, `["users", "people"]`, `{path: "users", version: "1"}`; [""] for none. Raises Undecided."""
    if not part:
        return [""]
    if len(part) == 1 and part[0].kind == "text":
        return [part[0].value]
    if len(part) == 1 and part[0].is_group("["):
        return [path for one in arguments(part[0]) for path in _paths(one)]
    if len(part) == 1 and part[0].is_group("{"):
        fields = {one[0].value: one[2:] for one in arguments(part[0]) if len(one) > 2}
        found = _paths(fields.get("path", []))
        version = fields.get("version", [])
        if len(version) == 1 and version[0].kind == "text":
            return [f"v{version[0].value}/{path}" for path in found]
        return found
    raise paths.Undecided
