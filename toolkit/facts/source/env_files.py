"""Files of variables, `.env`, without which a program stops, in some releases at least, whatever its environment says.

node --env-file: https://nodejs.org/api/cli.html#--env-fileconfig; env-cmd: https://github.com/toddbluhm/env-cmd#-env-file-usage;
AdonisJS 4: https://legacy.adonisjs.com/docs/4.1/configuration-and-env; Starlette 0.36 and 0.37:
https://github.com/encode/starlette/blob/master/docs/release-notes.md; phpdotenv: https://github.com/vlucas/phpdotenv#usage;
godotenv: https://github.com/joho/godotenv#usage; viper: https://github.com/spf13/viper#reading-config-files
(reviewed 2026-11-22)
"""

import posixpath
import re
from collections.abc import Iterator

from toolkit.facts.model import Dependency, EntryPoint, Fact, Origin
from toolkit.facts.source.project import Project
from toolkit.facts.source.python_values import path_of
from toolkit.findings import Evidence

RULE = "needed-env-file"
KIND = "needed_env_file"
FILE = re.compile(r"(?:[\w-][\w.-]{0,60}/){0,6}\.env(?:\.[\w-]{1,40}){0,3}")
STARTS = re.compile(r"start\b|prod|serve")
OF_NODE = re.compile(r"\bnode\s[^;&|]{0,200}?--env-file[= ](\S{1,200})")
OF_ENV_CMD = re.compile(
    r"\benv-cmd\s{1,9}(?:(?:-f|--file)\s{1,9})?(?![^\s.]{0,60}\.(?:js|json)\b)(\S{0,100}\.env\S{0,60})?"
)
# Dotenv::createImmutable(__DIR__ . '/..')->load(), or the object's load() further down; safeLoad() does without the file.
OF_PHP = re.compile(
    r"\bDotenv::create\w{0,20}\(\s{0,9}(dirname\(\s{0,9})?(?:__DIR__|dirname\(\s{0,9}__FILE__\s{0,9}\))\s{0,9}\)?(?:\s{0,9}\.\s{0,9}['\"](/[./]{0,20})['\"])?"
)
LOADS = re.compile(r"->load\(")
# godotenv.Load(), or viper's ReadInConfig() of such a file, whose error ends the program.
OF_GO = re.compile(
    r"\b(?:godotenv\.(?:Load|Overload)\(\s{0,9}(?:\"(?P<file>[^\"\s]{1,100})\")?\s{0,9}\)"
    r"|viper\.SetConfigFile\(\s{0,9}\"(?P<settings>[^\"\s]{0,90}\.env)\"\s{0,9}\)[^{}]{0,200}?\bviper\.ReadInConfig\(\))"
    r"[^{}]{0,120}?\{[^{}]{0,200}?\b(?:\w{1,30}\.(?:Fatal|Panic)\w{0,9}|panic|os\.Exit)\("
)


def read(project: Project) -> Iterator[Fact]:
    for directory, path, place in _needed(project):
        path = posixpath.normpath(path)
        if FILE.fullmatch(path):
            yield EntryPoint(kind=KIND, value=path, evidence=place, origin=Origin.CONVENTION, directory=directory)


def _needed(project: Project) -> Iterator[tuple[str, str, Evidence]]:
    """The application's folder, the file below it, and what needs it."""
    for fact in project.facts.facts:
        if isinstance(fact, Dependency) and fact.name == "@adonisjs/framework" and not fact.development:
            yield fact.directory, ".env", fact.evidence
        if isinstance(fact, EntryPoint) and fact.kind == "npm_script" and STARTS.match(fact.value):
            for told in filter(None, (pattern.search(fact.detail) for pattern in (OF_NODE, OF_ENV_CMD))):
                yield fact.directory, told[1] or ".env", fact.evidence
    for module in project.python:
        for call in module.calls:
            if call.args and module.qualified(call.func) == "starlette.config.Config":
                path = path_of(module, call.args[0])
                yield module.home, path or "", module.file.at(call.lineno, rule=RULE)
    for file in project.code(".go"):
        for told in OF_GO.finditer(file.text) if "env" in file.text else ():
            path = told["file"] or told["settings"] or ".env"
            yield project.places.home(file.path), path, file.at(file.line_of(told.start()), rule=RULE)
    for file in project.code(".php"):
        if (match := OF_PHP.search(file.text)) and LOADS.search(file.text, match.end()):
            home = project.places.home(file.path)
            above = f"{'..' if match[1] else '.'}{match[2] or ''}"
            path = posixpath.relpath(posixpath.join("/", file.directory, above, ".env"), f"/{home}")
            yield home, path, file.at(file.line_of(match.start()), rule=RULE)
