"""Environment variables that JavaScript and TypeScript check by a schema: joi.object({SHOP_URL: joi.string().required()})."""

import re
from collections.abc import Iterator

from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import Fact, Origin, Port
from toolkit.facts.source.ports import is_own
from toolkit.facts.source.project import Project
from toolkit.facts.source.system_variables import is_of_the_system
from toolkit.inventory.source_tree import SourceFile

RULE = "javascript-schema"
ENDINGS = (".js", ".mjs", ".cjs", ".ts", ".mts", ".cts")
# https://joi.dev/api, https://github.com/af/envalid, https://zod.dev/api, https://docs.nestjs.com/techniques/configuration#schema-validation
LIBRARY = re.compile(r"['\"](?:@hapi/joi|joi|envalid|zod)['\"]")
CHECKED = re.compile(r"\bprocess\.env\b(?!\s{0,3}[.\[])|\bvalidationSchema\b")
KEY = re.compile(
    r"^[ \t]{0,40}['\"]?([A-Z][A-Z0-9]{0,40}(?:_[A-Z0-9]{1,40}){0,8})['\"]?\s{0,3}:\s{0,3}"
    r"(?:[jJ]oi\b|z\s{0,20}\.|(?:envalid\.)?(?:bool|email|host|json|num|port|str|url)\()",
    re.MULTILINE,
)
DEFAULT = re.compile(
    r"(?:\.default\(|\bdefault\s{0,3}:)\s{0,3}(?:'([^'\n]{0,200})'|\"([^\"\n]{0,200})\"|([0-9]{1,9}|true|false)\b)?"
)
OPTIONAL = re.compile(r"\.(?:optional|nullish)\(|\b(?:devDefault|default)\b|\.when\(")
LONGEST = 1000  # characters of what is told of one variable
MOST = 200


def read(project: Project) -> Iterator[Fact]:
    for file in project.code(*ENDINGS):
        if CHECKED.search(file.text) and LIBRARY.search(file.text):
            yield from _variables(file)


def _variables(file: SourceFile) -> Iterator[Fact]:
    keys = list(KEY.finditer(file.text))[:MOST]
    for key, following in zip(keys, [*keys[1:], None], strict=False):
        told = file.text[key.end() - 1 : following.start() if following else key.end() + LONGEST][:LONGEST]
        if following is None:
            told = re.split(r"\n[ \t]{0,40}\}", told, maxsplit=1)[0]
        found = DEFAULT.search(told.partition(".when(")[0])  # what stands behind holds under a condition
        default = next((one for one in found.groups() if one is not None), None) if found else None
        by_joi = key[0].rstrip().lower().endswith("joi")
        required = ".required(" in told if by_joi else not OPTIONAL.search(told)
        if is_of_the_system(key[1]):
            continue
        place = file.at(file.line_of(key.start(1)), rule=RULE)
        required = required and default is None and key[1] not in ("NODE_ENV", "PORT")
        fact = variable(key[1], default, place, origin=Origin.RUNNING, required=required, confidence=0.95)
        if fact and (
            required or default or not fact.secret
        ):  # a secret that may be left out is one of a service to choose
            yield fact
        if default and key[1].endswith("PORT") and default.isdecimal() and is_own(int(default[:6]), key[1]):
            yield Port(number=int(default), evidence=place, origin=Origin.CONVENTION, confidence=0.9)
