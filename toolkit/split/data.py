"""Data of a service: the database user that it needs, and the DMS selection rules for those who give it its own database.

A proposal for review, by hand: nothing of it is written into what is deployed. What is deployed where the plan asks for it comes
from database_users.py.
Sources: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.SelectionTransformation.Selections.html
and the engines' GRANT (https://www.postgresql.org/docs/current/sql-grant.html,
https://dev.mysql.com/doc/refman/8.4/en/grant.html, https://learn.microsoft.com/en-us/sql/t-sql/statements/grant-object-permissions-transact-sql,
https://docs.oracle.com/en/database/oracle/oracle-database/19/sqlrf/GRANT.html), reviewed 2026-11-21.
"""

import json
import re
from collections.abc import Sequence

from toolkit.plan.model import Plan
from toolkit.plan.names import database_username
from toolkit.split.proposal import Candidate, Proposal

_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")
_READ, _WRITE = "SELECT", "SELECT, INSERT, UPDATE, DELETE"
_WITH_HOSTS = ("mysql", "mariadb")  # where a user is a name and a host
_SCHEMAS = {"sqlserver": "dbo", "postgres": "public"}


def grants(application: str, service: Candidate, engine: str, schema: str = "") -> str:
    """SQL that gives a service's user what its code needs, and no more; empty for an engine that is no relational one."""
    if engine not in _USERS:
        return ""
    user = database_username(application, service.name)
    lines = [
        f"-- {service.name}: what its code reads and writes. Its password is set, and a locked account unlocked, by who keeps the secrets.",
        _USERS[engine].format(user=user),
    ]
    written = set(service.writes)
    grantee = f"'{user}'@'%'" if engine in _WITH_HOSTS else user
    for table in (*service.writes, *(table for table in service.reads if table not in written)):
        rights = _WRITE if table in written else _READ
        lines.append(f"GRANT {rights} ON {_qualified(table, engine, schema)} TO {grantee};")
    if engine == "postgres" and service.writes:
        lines.append(f"GRANT USAGE ON ALL SEQUENCES IN SCHEMA {_quoted(schema or 'public', engine)} TO {user};")
    return "\n".join(lines) + "\n"


_USERS = {
    "postgres": "CREATE ROLE {user} LOGIN;",
    "mysql": "CREATE USER '{user}'@'%' ACCOUNT LOCK;",
    "mariadb": "CREATE USER '{user}'@'%' ACCOUNT LOCK;",
    "sqlserver": "CREATE USER {user} FOR LOGIN {user};",
    "oracle": "GRANT CREATE SESSION TO {user};",
}


def selection_rules(tables: Sequence[str], engine: str, schema: str = "%") -> dict[str, object]:
    """DMS table mappings that take these tables over; names as the engine keeps them."""
    return {
        "rules": [
            {
                "rule-type": "selection",
                "rule-id": str(number),
                "rule-name": f"table-{number}",
                "object-locator": {
                    "schema-name": schema or "%",
                    "table-name": table.upper() if engine == "oracle" else table,
                },
                "rule-action": "include",
            }
            for number, table in enumerate(tables, start=1)
        ]
    }


def _qualified(table: str, engine: str, schema: str) -> str:
    where = schema or _SCHEMAS.get(engine, "")
    return f"{_quoted(where, engine)}.{_quoted(table, engine)}" if where else _quoted(table, engine)


def _quoted(name: str, engine: str) -> str:
    """An identifier: as it is where it needs no quotes, so that each engine folds it as it does for the application."""
    if _PLAIN.fullmatch(name):
        return name
    name = re.sub(r"[\x00-\x1f\x7f]", "", name)
    if engine == "sqlserver":
        return "[" + name.replace("]", "]]") + "]"
    mark = "`" if engine in _WITH_HOSTS else '"'
    return mark + name.replace(mark, mark * 2) + mark


def data_files(plan: Plan, proposal: Proposal) -> dict[str, str]:
    """Files by path: for each service and process its grants, and DMS rules for the tables that are its own."""
    found: dict[str, str] = {}
    engines = [(store.engine, store.database) for store in plan.datastores.values() if store.engine in _USERS]
    engine, database = engines[0] if engines else ("", "")
    schema = database if engine in _WITH_HOSTS else ""
    for one in proposal.candidates:
        if not one.kind or not one.reads:
            continue
        if text := grants(plan.application, one, engine, schema):
            found[f"{one.name}/grants.sql"] = text
        if own := proposal.own_tables.get(one.name):
            source = plan.migration.source_schema if plan.migration else "%"
            found[f"{one.name}/table-mappings.json"] = json.dumps(selection_rules(own, engine, source), indent=2) + "\n"
    return found
