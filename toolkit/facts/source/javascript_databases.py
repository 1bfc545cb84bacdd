"""Which variables the code of a Node application tells its database's client, whatever their names."""

import re
from collections.abc import Iterator
from itertools import islice

from toolkit.facts.model import EntryPoint, Fact, Origin
from toolkit.facts.source.javascript_settings import ENDINGS, LOOKUP, MOST
from toolkit.facts.source.project import Project

RULE = "javascript-databases"
_PART = r"(?:\$\{[^{}\n]{1,200}\}|[^`$:@/\s]){0,20}"
# `mysql://${process.env.SHOP_USER}:${process.env.SHOP_PW}@${process.env.SHOP_STORE || "localhost"}/shop`
ADDRESS = re.compile(
    rf"`(?:mariadb|mssql|mysql|postgres|postgresql)://(?P<username>{_PART})(?::(?P<password>{_PART}))?@(?P<host>{_PART})"
    rf"(?::(?P<port>{_PART}))?(?:/(?P<name>{_PART}))?"
)
# { host: process.env.SHOP_STORE, user: process.env.SHOP_USER, password: …, database: "shop" }, the settings of node-postgres,
# mysql, Knex, Sequelize and TypeORM: https://node-postgres.com/apis/client, https://github.com/mysqljs/mysql#connection-options
OBJECT = re.compile(r"\{[^{}]{20,1500}\}")
KEYS = {
    "host": re.compile(r"\bhost['\"]?\s{0,3}:\s{0,3}"),
    "port": re.compile(r"\bport['\"]?\s{0,3}:\s{0,3}(?:Number\(|parseInt\(|\+)?\s{0,3}"),
    "username": re.compile(r"\b(?:user|username)['\"]?\s{0,3}:\s{0,3}"),
    "password": re.compile(r"\bpassword['\"]?\s{0,3}:\s{0,3}"),
    "name": re.compile(r"\bdatabase['\"]?\s{0,3}:\s{0,3}"),
}
_OF_A_DATABASE = ("host", "username", "name")


def read(project: Project) -> Iterator[Fact]:
    for file in project.code(*ENDINGS):
        if "process.env" not in file.text:
            continue
        for piece, name, offset in (*_in_addresses(file.text), *_in_settings(file.text)):
            place = file.at(file.line_of(offset), rule=RULE)
            yield EntryPoint(
                kind="database_variable",
                value=name,
                detail=piece,
                evidence=place,
                origin=Origin.RUNNING,
                confidence=0.9,
            )


def _in_addresses(text: str) -> Iterator[tuple[str, str, int]]:
    for match in islice(ADDRESS.finditer(text), MOST):
        for piece, part in match.groupdict().items():
            if found := LOOKUP.search(part or ""):
                yield piece, found[1] or found[2], match.start()


def _in_settings(text: str) -> Iterator[tuple[str, str, int]]:
    for match in islice(OBJECT.finditer(text), MOST):
        keys = {piece: found for piece, pattern in KEYS.items() if (found := pattern.search(match[0]))}
        if not keys.keys() >= set(_OF_A_DATABASE):
            continue
        for piece, key in keys.items():
            if found := LOOKUP.match(match[0], key.end()):
                yield piece, found[1] or found[2], match.start() + key.start()
