"""The users of the database that services of a proposal get: what their code needs where all of it was read, every table where it
was not, and none where services change tables themselves."""

import re
from collections.abc import Collection, Iterator
from typing import get_args

from toolkit.catalog.split import SplitWords
from toolkit.errors import BadInputError
from toolkit.facts.model import Dependency, Facts
from toolkit.findings import Evidence, Finding, Severity
from toolkit.plan.field_types import TableName
from toolkit.plan.model import DatabaseUser, Plan
from toolkit.plan.ranking import evidence_of, of_type
from toolkit.split.code import Code
from toolkit.split.proposal import Candidate, Proposal

UNDECIDED, NOT_MADE = "RP131", "RP132"
_TABLE = re.compile(get_args(TableName)[1].pattern)
_FOLLOWED = ".java"  # where models of tables tell which others are read with them
_EVERYTHING = DatabaseUser(writes=("*",))


def database_users(
    plan: Plan, proposal: Proposal, facts: Facts, words: SplitWords, engines: Collection[str]
) -> tuple[dict[str, DatabaseUser], tuple[Finding, ...]]:
    """By service, and findings RP131 (a user that may use every table) and RP132 (tables that the plan does not make).
    `engines` are those in which users can be made. Raises BadInputError where the plan's database is none of them."""
    store = plan.datastores.get("database")
    if store is None or store.engine not in engines:
        raise BadInputError(
            f"no users can be made: the database is {store.engine}" if store else "the plan has no database",
            to_do=f"leave out --database-users; it is for {', '.join(sorted(engines))}",
        )
    libraries = {one.name.rpartition(":")[2]: one for one in of_type(facts, Dependency) if not one.development}
    if changing := sorted(set(libraries) & set(words.changes_tables_at_start)):
        places = evidence_of([libraries[name] for name in changing])
        return {}, (
            _not_made(f"{', '.join(changing)} may change tables when a service starts, so all keep it", places),
        )
    keeping = sorted(set(libraries) & set(words.tables_of_their_own))
    libraries_why = f"{', '.join(keeping)} has tables that no code here names" if keeping else ""
    users, findings = {}, []
    for one in _of_image(plan, proposal):
        tables = _with_associated(one.reads, proposal.code)
        if why := libraries_why or next(_undecided(one, tables, proposal), ""):
            users[one.name] = _EVERYTHING
            findings.append(_finding(one.name, why, evidence_of([libraries[name] for name in keeping])))
        else:
            only_read = tuple(table for table in tables if table not in one.writes)
            users[one.name] = DatabaseUser(writes=one.writes, reads=only_read)
    if not plan.release:
        findings.append(
            _not_made("no release step makes tables: a service that makes its own when it starts has to keep it", ())
        )
    return users, tuple(findings)


def _of_image(plan: Plan, proposal: Proposal) -> Iterator[Candidate]:
    """The services of the image that is split, and the processes that run in it."""
    for one in proposal.candidates:
        planned = plan.services.get(one.name)
        if one.paths or (one.kind and planned and planned.image == proposal.image):
            yield one


def _with_associated(tables: tuple[str, ...], code: Code) -> tuple[str, ...]:
    """The tables, and those whose rows come with theirs."""
    found = list(tables)
    for table in found:  # grows meanwhile
        found += sorted(other for one, other in code.associations if one == table and other not in found)
    return tuple(found)


def _undecided(one: Candidate, tables: tuple[str, ...], proposal: Proposal) -> Iterator[str]:
    """What of a service was not read; nothing where its tables are known."""
    separation, code = proposal.separations.get(one.name), proposal.code
    if separation and separation.unread:
        yield f"what answers {separation.unread[0].path} was not found"
    if not one.entered:
        yield "what answers it was not read" if one.paths else "what its command starts was not found"
    if not tables:
        yield "its code names no table"
    yield from (code.doubtful[table] for table in tables if table in code.doubtful)
    for table in tables:
        unit = code.units.get(code.owners.get(table, ""))
        if unit and not unit.evidence.path.endswith(_FOLLOWED):
            yield f"what is read with a row of {table} is not followed in {unit.evidence.path}"
        if not _TABLE.fullmatch(table):
            yield f"no plan can name the table {table!r}"


def _finding(service: str, why: str, places: tuple[Evidence, ...]) -> Finding:
    return Finding(
        UNDECIDED, Severity.WARNING, f"the database user of {service} may read and write every table: {why}", places,
        f"name the tables in services.{service}.database_user of replatform.yaml, and try them with replatform up --compare",
    )  # fmt: skip


def _not_made(why: str, places: tuple[Evidence, ...]) -> Finding:
    return Finding(
        NOT_MADE, Severity.WARNING, f"the application's user of the database owns the tables, and {why}", places,
        "let a release step make and change the tables: users of services can do neither",
    )  # fmt: skip
