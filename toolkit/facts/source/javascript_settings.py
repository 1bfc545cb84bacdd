"""Environment variables and ports in JavaScript and TypeScript, read as text; and node-config's files."""

import re
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from typing import Any

from toolkit.facts.manifests.addresses import SCHEMES, engine_of_url
from toolkit.facts.manifests.formats import Malformed, json_tree, yaml_tree
from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import Datastore, EnvironmentVariable, Fact, Origin, Port
from toolkit.facts.source.ports import is_own
from toolkit.facts.source.project import Project
from toolkit.facts.source.system_variables import is_of_the_system
from toolkit.inventory.source_tree import SourceFile

RULE = "javascript-settings"
# With the file that Express' generator starts a server from: https://expressjs.com/en/starter/generator.html
ENDINGS = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts", ".jsx", ".tsx", ".vue", "bin/www")
_WORDS = ("process.env", "convict(", "import.meta.env", ".listen(", "configservice", "config.get")
_WORD_PORT = re.compile(r"\bport\b")
NAME = r"([A-Za-z_][A-Za-z0-9_]{0,100})"
DEFAULT = r"(?:\s{0,3}\)?\s{0,3}(?:\|\||\?\?)\s{0,3}(?:'([^'\n]{0,200})'|\"([^\"\n]{0,200})\"|`([^`$\n]{0,200})`|([0-9]{1,9}|true|false)\b))?"
LOOKUP = re.compile(
    rf"(?:process\.env|import\.meta\.env)(?:\.{NAME}|\[\s{{0,20}}['\"]{NAME}['\"]\s{{0,20}}\]){DEFAULT}"
)
MOST = 300  # matches of one kind in one file; more come from programs
ASSIGNED = re.compile(r"\s{0,3}=(?!=)")
# A variable that is asked for, or has something else to fall back on, need not be set.
TESTED_AFTER = re.compile(r"\s{0,3}\)?\s{0,3}(?:\|\||\?\?|&&|\?|[!=]==?)")
TESTED_BEFORE = re.compile(r"(?:\bif\s{0,3}\(|&&|\|\||!|\?\?)\s{0,3}$")
ALIAS = re.compile(r"\b([A-Za-z_]\w{0,40})\s{0,3}(?::\s{0,2}[\w.]{1,40}\s{0,2})?=\s{0,3}process\.env\b(?!\s{0,3}[.\[])")
DESTRUCTURED = re.compile(r"\{([^{}]{1,2000})\}\s{0,3}=\s{0,3}(?:process\.env|import\.meta\.env)\b(?!\s{0,3}[.\[])")
DESTRUCTURED_NAME = re.compile(
    r"([A-Z][A-Z0-9_]{0,100})\s{0,20}(?::\s{0,20}\w+\s{0,20})?(?:=\s{0,20}(?:'([^'\n]{0,200})'|\"([^\"\n]{0,200})\"|([0-9]{1,9}|true|false)\b))?"
)
# Nest's ConfigService, convict and Strapi's env(): names of variables, by their look.
SERVICE = re.compile(
    r"(?:[cC]onfig(?:Service)?\.(?:get|getOrThrow)(?:<[^<>\n]{1,60}>)?|\benv(?:\.(?:int|bool|float|array|json|str))?)"
    r"\(?\s{0,3}:?\s{0,3}['\"]([A-Z][A-Z0-9]{0,40}(?:_[A-Z0-9]{1,40}){1,8}|PORT)['\"](?:\s{0,3},\s{0,3}(?:'([^'\n]{0,200})'|\"([^\"\n]{0,200})\"|([0-9]{1,9}|true|false)\b))?"
)
CONVICT_DEFAULT = re.compile(
    r"\bdefault\s{0,3}:\s{0,3}(?:'([^'\n]{0,200})'|\"([^\"\n]{0,200})\"|([0-9]{1,9}|true|false)\b|\S)"
)
PORT_DEFAULT = re.compile(
    r"\b(?:process\.env|env|argv)\.([A-Z_]{0,30}(?:PORT|port))\b\s{0,3}\)?\s{0,3}(?:\|\||\?\?)\s{0,3}['\"]?(\d{2,5})\b"
)
LISTEN = re.compile(r"\.listen\(\s{0,3}(?:\{\s{0,3}port\s{0,3}:\s{0,3})?['\"]?(\d{2,5})\b")
PORT_CONSTANT = re.compile(
    r"\b(?:const|let|var)\s{1,3}(?:port|PORT|httpPort|serverPort)\s{0,3}(?::\s{0,3}number\s{0,3})?=\s{0,3}['\"]?(\d{2,5})\b"
)
SET_PORT = re.compile(r"\.set\(\s{0,3}['\"]port['\"]\s{0,3},\s{0,3}['\"]?(\d{2,5})\b")
CONFIG_PORT = re.compile(r"^( {0,12}|\t{0,3})['\"]?port['\"]?\s{0,3}[:=]\s{0,3}['\"]?(\d{2,5})\b")
BLOCK = re.compile(r"\s{0,100}['\"]?([\w-]{1,60})['\"]?\s{0,3}[:=]\s{0,3}(?:[{\[]\s{0,9})?$")
# Blocks whose port is the application's own; that of any other may be where it asks something else.
OWN_BLOCK = re.compile(
    r"(?i)[\w-]{0,50}(?:conf|config|environment|https?|options|server|settings)"
    r"|(?:[\w-]{0,50}[_-])?(?:all|api|app|application|backend|base|common|core|defaults?|dev|development|env|express|fastify|general|global|hapi"
    r"|koa|listen(?:er)?|local|main|node|prod|production|service|shared|site|staging|test|web|webapp|www)"
)
CONFIG_FILE = re.compile(
    r"(?:^|/)(?:config|settings|conf)(?:\.default|\.example|\.sample|\.dist)?\.(?:js|json|ts|cjs|mjs)(?:\.(?:example|sample|template|dist))?$"
    r"|(?:^|/)config/(?:app|config|default|index|production|server|settings?)\.(?:js|json|ts|ya?ml)$"
)
# What tells webpack and the server that developers see the pages by: https://vuejs-templates.github.io/webpack/backend.html
OF_BUNDLER = "assetsPublicPath"
# The name of a variable as a value: https://feathersjs.com/api/configuration#environment-variables
NAMED_PORT = re.compile(r"['\"]port['\"]\s{0,3}:\s{0,3}['\"]([A-Z_]{0,30}PORT)['\"]")
BLOCK_COMMENT = re.compile(r"/\*.*?\*/", re.DOTALL)
STORE = re.compile(
    r"['\"]?\b(?:dialect|client|type|adapter|driver|engine|provider)['\"]?\s{0,3}[:=]\s{0,3}['\"]([a-z][a-z0-9-]{1,20})['\"]"
)


def _is_worth(lowered: str) -> bool:
    return any(word in lowered for word in _WORDS) or _WORD_PORT.search(lowered) is not None


def read(project: Project) -> Iterator[Fact]:
    variables: dict[tuple[str, str], EnvironmentVariable] = {}
    has_manifest = any(project.tree.matching("package.json"))  # without one, code in JavaScript is for browsers
    for file in project.code(*ENDINGS, ".json", ".yml", ".yaml", ".template", ".example"):
        home = project.places.home(file.path)
        if has_manifest and file.path.endswith(ENDINGS) and _is_worth(file.text.lower()):
            for fact in _variables(file):
                key = (home, fact.name)
                known = variables.get(key)
                if known is None or (known.example is None and fact.example is not None and not known.secret):
                    variables[key] = fact
                elif known.required and not fact.required:
                    variables[key] = replace(known, required=False)
            yield from _addresses(file)
            yield from _ports(file)
        if CONFIG_FILE.search(file.path) and OF_BUNDLER not in file.text:
            yield from _configuration(file)
        if file.name.startswith("custom-environment-variables."):
            yield from _node_config(file)
    yield from variables.values()


def _variables(file: SourceFile) -> Iterator[EnvironmentVariable]:
    text = file.text
    for match in islice(LOOKUP.finditer(text), MOST):
        after = text[match.end() : match.end() + 40]
        if ASSIGNED.match(after):
            continue  # set here, for somebody else
        if "import.meta" in match[0] and (match[1] or match[2]) in ("MODE", "DEV", "PROD", "BASE_URL", "SSR"):
            continue  # Vite's own
        optional = bool(
            TESTED_AFTER.match(after) or TESTED_BEFORE.search(text[max(0, match.start() - 40) : match.start()])
        )
        yield from _variable(file, match.start(), match[1] or match[2], _first(match, 3, 6), optional=optional)
    for match in islice(SERVICE.finditer(text), MOST):
        beside = _convict_default(text, match) if match[0].startswith("env:") else None
        default = _first(beside, 1, 3) if beside else _first(match, 2, 4)
        yield from _variable(file, match.start(), match[1], default, optional=beside is not None)
    for match in islice(DESTRUCTURED.finditer(text), 20):
        for inner in DESTRUCTURED_NAME.finditer(match[1]):
            yield from _variable(file, match.start() + inner.start(), inner[1], _first(inner, 2, 4))
    for alias in sorted({match[1] for match in islice(ALIAS.finditer(text), 5)}):
        for match in islice(re.finditer(rf"\b{re.escape(alias)}\.([A-Z][A-Z0-9_]{{0,100}}){DEFAULT}", text), MOST):
            yield from _variable(file, match.start(), match[1], _first(match, 2, 5))


def _convict_default(text: str, match: re.Match[str]) -> re.Match[str] | None:
    """What a setting of convict is without its variable, which it always says: {default: 3000, env: 'SHOP_PORT'}.
    https://github.com/mozilla/node-convict/tree/master/packages/convict#readme"""
    start, end = text.rfind("{", 0, match.start()), text.find("}", match.end())
    return CONVICT_DEFAULT.search(text, start + 1, end) if start >= 0 and end >= 0 else None


def _first(match: re.Match[str], start: int, end: int) -> str | None:
    return next((match[index] for index in range(start, end + 1) if match[index] is not None), None)


def _variable(
    file: SourceFile, offset: int, name: str, default: str | None, *, optional: bool = False
) -> Iterator[EnvironmentVariable]:
    line = file.line_of(offset)
    if is_of_the_system(name):
        return
    if file.lines[line - 1].lstrip().startswith(("//", "*", "/*")):
        return
    required = default is None and not optional and name not in ("NODE_ENV", "PORT")
    place = file.at(line, rule=RULE)
    fact = variable(name, default, place, origin=Origin.RUNNING, required=required, confidence=0.95)
    if fact:
        yield fact


def _addresses(file: SourceFile) -> Iterator[Fact]:
    for match in islice(LOOKUP.finditer(file.text), MOST):
        default = _first(match, 3, 6)
        engine = engine_of_url(default) if default and "://" in default else None
        if engine:
            place = file.at(file.line_of(match.start()), rule=RULE)
            yield Datastore(engine=engine, evidence=place, origin=Origin.RUNNING, confidence=0.85)


def _ports(file: SourceFile) -> Iterator[Fact]:
    for match in islice(DESTRUCTURED.finditer(file.text), 20):
        for inner in DESTRUCTURED_NAME.finditer(match[1]):
            default = _first(inner, 2, 4) or ""
            if inner[1].endswith("PORT") and default.isdecimal() and is_own(int(default[:6]), inner[1]):
                place = file.at(file.line_of(match.start() + inner.start()), rule=RULE)
                yield Port(number=int(default), evidence=place, origin=Origin.CONVENTION, confidence=0.9)
                return
    for pattern, confidence in ((PORT_DEFAULT, 0.9), (SET_PORT, 0.85), (LISTEN, 0.85), (PORT_CONSTANT, 0.7)):
        for match in islice(pattern.finditer(file.text), MOST):
            if pattern is PORT_CONSTANT and "listen" not in file.text:
                continue
            named = pattern is PORT_DEFAULT
            number = int(match[2] if named else match[1])
            if is_own(number, match[1] if named else "PORT"):
                place = file.at(file.line_of(match.start()), rule=RULE)
                yield Port(number=number, evidence=place, origin=Origin.CONVENTION, confidence=confidence)
                return


def _configuration(file: SourceFile) -> Iterator[Fact]:
    """A server's own configuration file: the port that is least indented is its own, unless it stands in a block about
    something else; and which store it is set to."""
    candidates = []
    blocks: list[tuple[int, str]] = []  # around a line: where they begin, and their names
    text = (
        BLOCK_COMMENT.sub(lambda match: "\n" * match[0].count("\n"), file.text)
        if file.path.endswith(ENDINGS)
        else file.text
    )
    for number, line in enumerate(text.split("\n")[:3000], start=1):
        while blocks and line.strip() and _indentation(line) <= blocks[-1][0]:
            blocks.pop()
        if match := BLOCK.match(line[:200]):
            blocks.append((_indentation(line), match[1]))
        around = "_".join(name for _, name in blocks) + "_PORT"
        if (match := CONFIG_PORT.match(line[:200])) and is_own(int(match[2]), around):
            foreign = bool(blocks) and OWN_BLOCK.fullmatch(blocks[-1][1]) is None
            candidates.append((foreign, _indentation(line), number, int(match[2])))
        if match := NAMED_PORT.search(line[:300]):
            place = file.at(number, rule=RULE)
            if fact := variable(match[1], None, place, origin=Origin.RUNNING, required=False):
                yield fact
        if match := STORE.search(line[:300]):
            engine = SCHEMES.get(match[1])
            if engine and not line.lstrip().startswith(("//", "#", "*")):
                place = file.at(number, rule=RULE)
                yield Datastore(engine=engine, evidence=place, origin=Origin.RUNNING, confidence=0.9)
    if candidates:
        foreign, _, number, port = min(candidates)
        origin, confidence = (Origin.CONVENTION, 0.4) if foreign else (Origin.RUNNING, 0.85)
        yield Port(number=port, evidence=file.at(number, rule=RULE), origin=origin, confidence=confidence)


def _indentation(line: str) -> int:
    return len(re.match(r"[ \t]{0,200}", line)[0].expandtabs(2))  # type: ignore[index]


def _node_config(file: SourceFile) -> Iterator[Fact]:
    """node-config's map from settings to variables (https://github.com/node-config/node-config/wiki)."""
    try:
        tree = json_tree(file) if file.name.endswith(".json") else yaml_tree(file)
    except Malformed:
        return
    waiting: list[tuple[tuple[Any, ...], Any]] = [((), tree.value)]
    while waiting:
        path, value = waiting.pop(0)
        if isinstance(value, dict):
            waiting[:0] = [((*path, key), item) for key, item in value.items()]
        elif isinstance(value, str) and not is_of_the_system(value):
            fact = variable(value, None, file.at(tree.line(*path), rule=RULE), required=False)
            if fact:
                yield fact
