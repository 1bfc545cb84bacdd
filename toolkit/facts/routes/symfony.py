"""Symfony: attributes and annotations of controllers; what YAML files declare is read beside this.

Source: https://symfony.com/doc/current/routing.html
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise, product

from toolkit.facts.model import Fact
from toolkit.facts.routes import paths, symfony_yaml
from toolkit.facts.routes.found import route, undecided
from toolkit.facts.routes.tokens import Token, arguments, tokens
from toolkit.facts.source.project import Project
from toolkit.findings import Finding
from toolkit.inventory.source_tree import SourceFile

RULE = "symfony-routes"
WORTH = re.compile(r"#\[[^\]\n]{0,200}Route\(|@Route\(")
_ANNOTATION = re.compile(r"@Route\(((?:[^()\"]|\"[^\"]*\"|\([^()]*\))*+)\)")
_DEFAULT = re.compile(r"[\"'](\w+)[\"']\s*[:=]")


@dataclass(frozen=True, slots=True)
class Values:
    """What one attribute or annotation says; `defaults` are the parameters that may be missing at the end."""

    paths: list[str]
    methods: tuple[str, ...] = ()
    defaults: frozenset[str] = frozenset()


def read(project: Project) -> Iterator[Fact | Finding]:
    if not project.depends_on(
        "composer", "symfony/framework-bundle", "symfony/routing", "symfony/symfony", "sensio/framework-extra-bundle"
    ):
        return
    declared = symfony_yaml.read(project)
    yield from declared.found
    for file in project.code(".php"):
        if WORTH.search(file.text):
            yield from _controllers(file, declared.prefix_of(file.path))


def _controllers(file: SourceFile, prefix: str) -> Iterator[Fact | Finding]:
    """`#[Route]` before a class is a prefix for those before its methods, below that of its folder."""
    waiting = [tokens(file.text, "php")]
    while waiting:
        one = waiting.pop()
        for place, token in enumerate(one):
            if token.is_name("class") and place + 1 < len(one) and one[place + 1].is_name():
                body = next((t for t in one[place:] if t.is_group("{")), None)
                if body:
                    yield from _class(
                        file, one[place + 1].value, list(_routes(_before(one, place))), body.inner, prefix
                    )
            elif token.is_group("{") and not (place and one[place - 1].is_name()):
                waiting.append(token.inner)


def _class(
    file: SourceFile, name: str, own: list[tuple[Values | None, int]], body: list[Token], folder: str
) -> Iterator[Fact | Finding]:
    prefixes = [path for values, _ in own if values for path in values.paths] or [""]
    prefixes = [f"{folder}/{path}" if folder else path for path in prefixes]
    for place, token in enumerate(body):
        if not token.is_name("function") or place + 1 >= len(body):
            continue
        handler = f"{name}::{body[place + 1].value}"
        given = _given(body[place + 2]) if place + 2 < len(body) else frozenset()
        for values, line in _routes(_before(body, place)):
            evidence = file.at(line, rule=RULE)
            if values is None or any(one[0] is None for one in own):
                yield undecided(handler, evidence)
                continue
            for prefix, path in product(prefixes, values.paths or [""]):
                try:
                    whole = re.sub(
                        r"//+", "/", f"/{prefix}/{path.lstrip('/')}" if path.strip("/") else f"/{prefix}{path}"
                    )
                    for spelled in symfony_yaml.spellings(whole, values.defaults | given):
                        yield route(spelled, "symfony", evidence, methods=values.methods, handler=handler)
                except paths.Undecided:
                    yield undecided(handler, evidence)


def _given(parameters: Token) -> frozenset[str]:
    """The parameters of a method that have a value of their own: `$page` of `int $page = 1`."""
    parts = arguments(parameters) if parameters.is_group("(") else []
    found = [token for part in parts for token, after in pairwise(part) if after.is_mark("=")]
    return frozenset(token.value.removeprefix("$") for token in found)


def _before(one: list[Token], place: int) -> list[Token]:
    """What stands before a declaration, from the end of the one before it."""
    start = place
    while start and not (one[start - 1].is_mark(";") or one[start - 1].is_group("{")):
        start -= 1
    return one[start:place]


def _routes(part: list[Token]) -> Iterator[tuple[Values | None, int]]:
    """The routes of attributes and annotations: paths and methods, None where they are computed; and the line."""
    for place, token in enumerate(part):
        if token.is_group("[") and place and part[place - 1].is_mark("#"):
            for at, name in enumerate(token.inner):
                if name.is_name("Route") and at + 1 < len(token.inner) and token.inner[at + 1].is_group("("):
                    yield _values(token.inner[at + 1]), name.line
        elif token.kind == "comment":
            for match in _ANNOTATION.finditer(token.value):
                line = token.line + token.value.count("\n", 0, match.start())
                yield _annotation(match[1]), line


def _values(group: Token) -> Values | None:
    found: list[str] = []
    methods: tuple[str, ...] = ()
    defaults: frozenset[str] = frozenset()
    for number, part in enumerate(arguments(group)):
        named = len(part) > 2 and part[0].is_name() and part[1].is_mark(":")
        key, value = (part[0].value, part[2:]) if named else ("path" if not number else "", part)
        texts = [token for token in value if token.kind == "text"]
        if value and value[0].is_group("["):
            texts = [token for token in value[0].inner if token.kind == "text"]
        if key == "path":
            if not texts:
                return None
            if value[0].is_group("[") and any(token.is_mark("=>") for token in value[0].inner):
                texts = texts[1::2]  # a path per language
            found = [token.value for token in texts]
        elif key == "methods":
            methods = tuple(token.value.upper() for token in texts)
        elif key == "defaults" and value[0].is_group("["):
            defaults = frozenset(token.value for token, after in pairwise(value[0].inner) if after.is_mark("=>"))
    return Values(found, methods, defaults)


def _annotation(text: str) -> Values | None:
    path = re.match(r"\s*(?:\*\s*)?(?:(?:path|value)\s*=\s*)?\"([^\"]*)\"", text)
    methods = re.search(r"methods\s*=\s*\{?([^})]*)", text)
    named = tuple(word.upper() for word in re.findall(r"\"(\w+)\"", methods[1])) if methods else ()
    defaults = re.search(r"defaults\s*=\s*\{([^}]*)", text)
    return Values([path[1]] if path else [], named, frozenset(_DEFAULT.findall(defaults[1]) if defaults else ()))
