""".env files: names and examples from the samples that a team shares; from one that is in use the names, and values that plainly
are no secret."""

import re
from collections.abc import Iterator
from dataclasses import replace

from toolkit.facts.engines import SERVERS
from toolkit.facts.manifests.addresses import engine_of_name, engine_of_url
from toolkit.facts.manifests.variables import variable
from toolkit.facts.model import ConfigFile, Datastore, Fact, Origin
from toolkit.facts.places import Places
from toolkit.facts.secrets import masked
from toolkit.inventory.paths import joined
from toolkit.inventory.source_tree import SourceFile

FILES = (
    ".env", ".env.*", "*.env", "env.example", "env.sample", "env.dist", "env.template", "example.env", "sample.env",
    "*.env.example", "*.env.sample", "*.env.dist", "*.env.template", ".flaskenv", "env-example", "env_example",
    "dotenv.example", "environment.example",
)  # fmt: skip

RULE = "env-file"
SAMPLE = re.compile(r"(?i)example|sample|dist|template|default|tmpl")
DEVELOPMENT = re.compile(r"(?i)(?:^|\.)(?:dev|development|local|test|testing|ci)(?:\.|$)")
# Laravel's DB_CONNECTION, and what others call the kind of their database. SQLite is what a sample has for developers.
DRIVER = re.compile(r"(?:DB|DATABASE|TYPEORM)_(?:ADAPTER|CLIENT|CONNECTION|DIALECT|DRIVER|ENGINE|TYPE)")
# A number, a version, a switch, a language, how tokens are signed, and words that settings of many frameworks are told: any
# other word may be somebody's password, whatever the variable is called.
PLAIN = re.compile(
    r"\d{1,6}|v?\d{1,4}(?:\.\d{1,4}){1,2}|(?i:true|false|yes|no|on|off)|[a-z]{2}|(?:HS|RS|ES|PS)(?:256|384|512)"
    r"|debug|info|warning|error|smtp|sqlite|mysql|postgres|postgresql|redis|memory|file|database|production|development|local"
)
PUBLIC_HOST = re.compile(r"[a-z\d-]{1,40}(?:\.[a-z\d-]{1,40}){0,4}\.[a-z]{2,12}")
NAMES_HOST = re.compile(r"(?i)(?:host|domain|server|endpoint)$")
# What says who somebody is, or opens something, may be in use with the secret that belongs to it.
PERSONAL = re.compile(
    r"(?i)user|login|account|owner|mail|name$|code|pin$|_id$|auth|pass|key|psk|otp|seed|master|hash|sign(?!up)|licen|access|private|hmac|encr"
)
ASSIGNMENT = re.compile(r"(#?)[ \t]{0,20}(?:export[ \t]{1,20})?([A-Za-z_][A-Za-z0-9_]{0,127})[ \t]{0,20}=(.*)")


def read(file: SourceFile) -> Iterator[Fact]:
    sample = bool(SAMPLE.search(file.name))
    alternative = "development" if DEVELOPMENT.search(file.name) else ""
    alternative = "docker" if Places.of_images(file.path) else alternative
    if sample:
        target = re.sub(r"(?i)[.-]?(?:example|sample|dist|template|tmpl)[.-]?", "", file.name) or ".env"
        path = joined(file.directory, target)
        yield ConfigFile(path=path, template=file.path, evidence=file.at(rule=RULE), origin=Origin.RUNNING)
    comment: list[str] = []
    for number, line in enumerate(file.lines, start=1):
        match = ASSIGNMENT.match(line.strip()[:2000])
        if not match or (match[1] and not match[2].isupper()):
            text = line.strip()
            comment = [*comment, text.lstrip("# ")] if text.startswith("#") else []
            continue
        value = _unquoted(match[3])
        place = file.at(number, rule=RULE)
        fact = variable(
            match[2],
            value,
            place,
            required=not match[1],
            description=masked(" ".join(comment))[:200] if sample else "",
            alternative=alternative,
            confidence=0.7 if match[1] else 1.0,
        )
        if fact:
            shared = sample or file.name == ".flaskenv" or _is_plain(match[2], value)
            yield fact if shared else replace(fact, example=None)
        engine = engine_of_url(value)
        if DRIVER.fullmatch(match[2]) and (named := engine_of_name(value)) in SERVERS:
            engine = named
        if engine and not match[1]:
            yield Datastore(
                engine=engine,
                evidence=place,
                origin=Origin.RUNNING,
                alternative=alternative,
                confidence=0.8 if sample else 0.95,
            )
        comment = []


def _is_plain(name: str, value: str) -> bool:
    """Whether a value that is in use can be no secret, by itself and by what it is called."""
    host = NAMES_HOST.search(name) and PUBLIC_HOST.fullmatch(value)
    return bool(PLAIN.fullmatch(value) or host) and not PERSONAL.search(name)


def _unquoted(text: str) -> str:
    text = text.strip()
    if text.startswith("# "):
        return ""
    if len(text) > 1 and text[0] in "'\"" and (end := text.find(text[0], 1)) > 0:
        return text[1:end]
    return re.split(r"\s{1,20}#", text, maxsplit=1)[0].strip()
