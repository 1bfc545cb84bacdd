"""`migration/`: what AWS DMS is told to take over and how, as files to review and as the template carries them."""

import json
from collections.abc import Mapping
from typing import Any

from toolkit.artefacts.text import Artefact, Line, lines
from toolkit.catalog.profiles import DatastoreBlueprint
from toolkit.plan.model import Migration, Plan


def table_mappings(migration: Migration) -> dict[str, Any]:
    """Which tables are taken over: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TableMapping.html"""
    return {
        "rules": [
            {
                "rule-type": "selection",
                "rule-id": "1",
                "rule-name": "all-tables",
                "object-locator": {"schema-name": migration.source_schema, "table-name": "%"},
                "rule-action": "include",
            }
        ]
    }


def task_settings() -> dict[str, Any]:
    """How: https://docs.aws.amazon.com/dms/latest/userguide/CHAP_Tasks.CustomizingTasks.TaskSettings.html

    Tables stay as the schema script made them (keys, indexes, identity columns: DMS would not carry those over), and every
    row is compared after its load.
    """
    return {
        "TargetMetadata": {"SupportLobs": True, "FullLobMode": False, "LimitedSizeLobMode": True, "LobMaxSize": 32768},
        "FullLoadSettings": {"TargetTablePrepMode": "DO_NOTHING", "MaxFullLoadSubTasks": 8, "CommitRate": 10000},
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


def task_setting_lines() -> list[Line]:
    return _item(task_settings())


def _item(value: object) -> list[Line]:
    """JSON as a list item of literal text: the template takes the first item of its list."""
    return [Line("- |-", "migration"), *(Line("  " + text, "migration") for text in _json(value))]


def parameters(plan: Plan, datastores: Mapping[str, DatastoreBlueprint]) -> dict[str, str]:
    """Of the migration template, as far as the plan knows them; the source's address and secret are the operators'."""
    assert plan.migration
    target = plan.datastores[plan.migration.datastore]
    source = datastores.get(plan.migration.source_engine)
    return {
        "SourceEngine": dms_engine(plan.migration.source_engine),
        "TargetEngine": dms_engine(target.engine),
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


def dms_engine(engine: str) -> str:
    """An engine as DMS endpoints name it."""
    return {
        "postgres": "postgres",
        "mysql": "mysql",
        "mariadb": "mariadb",
        "sqlserver": "sqlserver",
        "oracle": "oracle",
    }.get(engine, engine)


def render_migration(plan: Plan) -> tuple[Artefact, ...]:
    if plan.migration is None:
        return ()
    return (
        Artefact(
            "migration/table-mappings.json",
            lines("\n".join(_json(table_mappings(plan.migration))), "migration"),
            __name__,
        ),
        Artefact("migration/task-settings.json", lines("\n".join(_json(task_settings())), "migration"), __name__),
    )


def _json(value: object) -> list[str]:
    return json.dumps(value, indent=2).splitlines()
