"""`migration/`: what AWS DMS is told to take over and how, as files to review and as the template carries them."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from toolkit.artefacts.text import Artefact, Line, lines
from toolkit.catalog.profiles import DatastoreBlueprint
from toolkit.facts.engines import dialect
from toolkit.plan.model import EnvironmentName, Migration, Plan

# A file of blueprints/migration/scripts/ by its name, empty where there is none.
MigrationScripts = Callable[[str], str]


def table_mappings(migration: Migration) -> dict[str, Any]:
    """Which tables are taken over, in which order: tables with a higher load-order come first.

    https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.html
    """
    rules = [_rule("selection", "all-tables", migration.source_schema, "%", {"rule-action": "include"})]
    for place, table in enumerate(migration.load_first):
        order = {"rule-action": "include", "load-order": len(migration.load_first) - place}
        rules.append(_rule("selection", f"load-{place + 1}", *_parts(migration, table), order))
    for place, table in enumerate(migration.exclude):
        rules.append(_rule("selection", f"exclude-{place + 1}", *_parts(migration, table), {"rule-action": "exclude"}))
    if migration.target_schema:
        rename = {"rule-target": "schema", "rule-action": "rename", "value": migration.target_schema}
        rule = _rule("transformation", "rename-schema", migration.source_schema, "", rename)
        del rule["object-locator"]["table-name"]
        rules.append(rule)
    for place, table in enumerate(migration.partitioned):
        parallel = {"parallel-load": {"type": "partitions-auto"}}
        rules.append(_rule("table-settings", f"partitions-{place + 1}", *_parts(migration, table), parallel))
    return {"rules": [rule | {"rule-id": str(number)} for number, rule in enumerate(rules, start=1)]}


def _rule(kind: str, name: str, schema: str, table: str, more: dict[str, Any]) -> dict[str, Any]:
    locator = {"schema-name": schema, "table-name": table}
    return {"rule-type": kind, "rule-id": "", "rule-name": name, "object-locator": locator, **more}


def _parts(migration: Migration, table: str) -> tuple[str, str]:
    schema, dot, name = table.partition(".")
    return (schema, name) if dot else (migration.source_schema, table)


def task_settings(migration: Migration) -> dict[str, Any]:
    """How: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.html

    Tables stay as the schema script made them (keys, indexes, identity columns: DMS would not carry those over), and every
    row is compared after its load.
    """
    full = migration.lob_mode == "full"
    lobs: dict[str, Any] = {"SupportLobs": True, "FullLobMode": full, "LimitedSizeLobMode": not full}
    lobs |= {"LobChunkSize": 64, "InlineLobMaxSize": 32} if full else {"LobMaxSize": migration.lob_max_kib}
    return {
        "TargetMetadata": lobs,
        "FullLoadSettings": {
            "TargetTablePrepMode": "DO_NOTHING",
            "MaxFullLoadSubTasks": migration.parallel_tables,
            "CommitRate": 10000,
        },
        "ValidationSettings": {"EnableValidation": True, "ValidationMode": "ROW_LEVEL", "ThreadCount": 5},
        "Logging": {
            "EnableLogging": True,
            "LogComponents": [
                {"Id": component, "Severity": "LOGGER_SEVERITY_DEFAULT"}
                for component in (
                    "SOURCE_UNLOAD",
                    "SOURCE_CAPTURE",
                    "TARGET_LOAD",
                    "TARGET_APPLY",
                    "TASK_MANAGER",
                    "VALIDATOR_EXT",
                )
            ],
        },
        "ErrorBehavior": {
            "DataErrorPolicy": "LOG_ERROR",
            "TableErrorPolicy": "SUSPEND_TABLE",
            "RecoverableErrorCount": -1,
            "ApplyErrorDeletePolicy": "IGNORE_RECORD",
            "ApplyErrorInsertPolicy": "LOG_ERROR",
            "ApplyErrorUpdatePolicy": "LOG_ERROR",
            "FullLoadIgnoreConflicts": False,
        },
    }


def table_mapping_lines(migration: Migration) -> list[Line]:
    return _item(table_mappings(migration))


def task_setting_lines(migration: Migration) -> list[Line]:
    return _item(task_settings(migration))


def _item(value: object) -> list[Line]:
    """JSON as a list item of literal text: the template takes the first item of its list."""
    return [Line("- |-", "migration"), *(Line("  " + text, "migration") for text in _json(value))]


def parameters(
    plan: Plan, environment: EnvironmentName, datastores: Mapping[str, DatastoreBlueprint]
) -> dict[str, str]:
    """Of the migration template, as far as the plan knows them; the source's address and secret are the operators'."""
    assert plan.migration
    target = plan.datastores[plan.migration.datastore]
    source = datastores.get(plan.migration.source_engine)
    return {
        "SourceEngine": dms_engine(plan.migration.source_engine),
        "TargetEngine": dms_engine(target.engine, aurora=environment in target.aurora_serverless),
        "SourceHost": plan.migration.source_host,
        "SourcePort": str(plan.migration.source_port or (source.port if source else "")),
        "SourceCidr": plan.migration.source_cidr,
        "SourceDatabaseName": target.database,
        "SourceSslMode": _ssl_mode(plan.migration.source_engine),
        "TargetSslMode": _ssl_mode(target.engine),
    }


def _ssl_mode(engine: str) -> str:
    """What DMS offers: these engines have no encryption without a certificate to verify (the certificate's ARN is the
    operators'). https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Security.SSL.html (2026-11-21)"""
    return "verify-ca" if engine in ("mysql", "mariadb", "oracle") else "require"


def dms_engine(engine: str, *, aurora: bool = False) -> str:
    """An engine as DMS endpoints name it.

    https://docs.aws.amazon.com/dms/latest/APIReference/API_CreateEndpoint.html (reviewed: "2026-11-21")
    """
    return {"postgres": "aurora-postgresql", "mysql": "aurora"}[engine] if aurora else engine


def render_migration(plan: Plan, scripts: MigrationScripts) -> tuple[Artefact, ...]:
    if plan.migration is None:
        return ()
    return (
        Artefact(
            "migration/table-mappings.json",
            lines("\n".join(_json(table_mappings(plan.migration))), "migration"),
            __name__,
        ),
        *_scripts(plan, plan.migration, scripts),
        Artefact(
            "migration/task-settings.json",
            lines("\n".join(_json(task_settings(plan.migration))), "migration"),
            __name__,
        ),
    )


def _scripts(plan: Plan, migration: Migration, scripts: MigrationScripts) -> Iterator[Artefact]:
    """What a DBA runs on both sides, and the runbook around it."""
    target = plan.datastores[migration.datastore].engine
    for name, engine in (("source", migration.source_engine), ("target-before", target), ("target-after", target)):
        if text := scripts(f"{dialect(engine)}/{name}.sql"):
            yield Artefact(
                f"migration/{name}.sql", lines(text, "migration"), f"blueprints/migration/scripts/{dialect(engine)}"
            )
    yield Artefact("migration/runbook.md", lines(scripts("runbook.md"), "migration"), "blueprints/migration/scripts")


def _json(value: object) -> list[str]:
    return json.dumps(value, indent=2).splitlines()
