"""Databases that a README names and that nothing which the application installs can speak to."""

import re
from collections.abc import Collection, Mapping

from toolkit.catalog.dependencies import Driver
from toolkit.facts.engines import dialect
from toolkit.facts.model import Command, Datastore, Dependency, EnvironmentVariable, Facts, Origin, Role
from toolkit.plan.ranking import of_type

# Where a program speaks to no server without a library of its own: PHP's extensions come with PHP, a JVM's with its server.
_ECOSYSTEMS = {"go": "go", "node": "npm", "python": "pypi"}
# Libraries for tasks, which speak to whatever broker or store of results they are told.
_QUEUES = frozenset({"celery", "dramatiq", "huey", "kombu"})
# Libraries that speak to whatever database has its driver installed beside them.
_MAPPERS = frozenset({
    "@mikro-orm/core", "bookshelf", "django", "gorm.io/gorm", "knex", "objection", "peewee", "prisma", "sequelize", "sqlalchemy",
    "tortoise-orm", "typeorm", "waterline", "xorm.io/xorm",
})  # fmt: skip
_NAME = re.compile(r".[^=<>~!@\[]*")  # of psycopg2>=2.8, mysql2@3, @mikro-orm/mysql


def engines_without_driver(
    facts: Facts, languages: Collection[str], drivers: Mapping[tuple[str, str], Driver]
) -> frozenset[str]:
    """Engines that documents alone name ("MySQL users: ..."), while no list, not even an extra, has a driver of theirs and no
    command installs one. `languages` are those of the images."""
    listed = {(fact.ecosystem, fact.name.lower()) for fact in facts.facts if isinstance(fact, Dependency)}
    known = set(_ECOSYSTEMS) if any(ecosystem == "go" for ecosystem, _ in listed) else {"node", "python"}
    if not languages or not set(languages) <= known:
        return frozenset()  # a module of Go without go.mod lists nothing
    installs = [c for c in of_type(facts, Command) if c.role is Role.INSTALL]
    told = {name[0].lower() for command in installs for word in command.argv if (name := _NAME.match(word))}
    named = {(ecosystem, name) for ecosystem in _ECOSYSTEMS.values() for name in told}
    spoken = {dialect(driver.engine) for key, driver in drivers.items() if key in listed | named}
    if "python" in languages:
        spoken.add("sqlite")  # https://docs.python.org/3/library/sqlite3.html
    stores = of_type(facts, Datastore)
    shown = {store.engine for store in stores if store.origin is not Origin.README}
    return frozenset(s.engine for s in stores if s.engine not in shown and dialect(s.engine) not in spoken)


def of_another_application(found: Collection[Datastore], without_driver: Collection[str], facts: Facts) -> bool:
    """Whether the databases are but words of sentences: "an example with PostgreSQL is at ...", of an application that has
    nothing to speak to one with."""
    words = all(store.evidence.rule.endswith("datastore:named") for store in found)
    libraries = {fact.name.lower() for fact in facts.facts if isinstance(fact, Dependency)}
    return words and libraries.isdisjoint(_MAPPERS) and only_mentioned(found, without_driver, facts)


def only_mentioned(found: Collection[Datastore], without_driver: Collection[str], facts: Facts) -> bool:
    """Whether all that names the stores of one role is prose, and no library or variable of the application is called after
    one of them: "one could add a Redis caching layer"."""
    if any(store.origin is not Origin.README or store.engine not in without_driver for store in found):
        return False
    libraries = {fact.name.lower() for fact in facts.facts if isinstance(fact, Dependency)}
    variables = {fact.name.lower() for fact in of_type(facts, EnvironmentVariable)}
    named = any(store.engine in name for store in found for name in libraries | variables)
    return not named and libraries.isdisjoint(_QUEUES)
