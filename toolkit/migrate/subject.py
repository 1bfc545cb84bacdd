"""What assessments look at: the schema of a dump, and the task as our own files configure it."""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from functools import cached_property
from typing import Any

from toolkit.catalog.migration import MigrationBlueprint
from toolkit.migrate.schema import Column, Schema, Table


@dataclass(frozen=True)
class Subject:
    """`mappings` and `settings` are the task's two JSON documents, `source` and `target` the endpoints' settings."""

    schema: Schema
    blueprint: MigrationBlueprint
    target_engine: str
    mappings: Mapping[str, Any]
    settings: Mapping[str, Any]
    source: Mapping[str, str] = field(default_factory=dict)
    target: Mapping[str, str] = field(default_factory=dict)
    migration_type: str = "full-load-and-cdc"

    @cached_property
    def tables(self) -> tuple[Table, ...]:
        """The tables that the selection rules take over."""
        return tuple(table for table in self.schema if self._selected(table))

    def _selected(self, table: Table) -> bool:
        included = excluded = False
        for rule in self.mappings.get("rules", ()):
            if rule.get("rule-type") == "selection" and matches(rule.get("object-locator", {}), table):
                included = included or rule.get("rule-action") in ("include", "explicit")
                excluded = excluded or rule.get("rule-action") == "exclude"
        return included and not excluded

    def setting(self, section: str, name: str, default: Any = None) -> Any:
        return self.settings.get(section, {}).get(name, default)

    @property
    def captures_changes(self) -> bool:
        return self.migration_type != "full-load"

    @property
    def batch_apply(self) -> bool:
        return bool(self.setting("TargetMetadata", "BatchApplyEnabled", False))

    @property
    def validates(self) -> bool:
        return bool(self.setting("ValidationSettings", "EnableValidation", False))

    @property
    def lob_mode(self) -> str:
        """none, limited, inline or full; all but limited fill a LOB by an update of its row."""
        if not self.setting("TargetMetadata", "SupportLobs", True):
            return "none"
        if not self.setting("TargetMetadata", "FullLobMode", False):
            return "limited"
        return "inline" if self.setting("TargetMetadata", "InlineLobMaxSize", 0) else "full"

    def is_lob(self, column: Column) -> bool:
        if column.type in self.blueprint.lob_types or "array" in column.marks:
            return True
        if column.length == -1:
            return True
        limit = self.blueprint.lob_above.get(column.type)
        # PostgreSQL: a string without a length is a LOB.
        unbounded = self.blueprint.engine == "postgres" and column.type in ("character varying", "varchar")
        return (limit is not None and (column.length or 0) > limit) or (unbounded and column.length is None)

    def lob_columns(self, table: Table) -> list[Column]:
        return [column for column in table.columns.values() if self.is_lob(column) and "computed" not in column.marks]

    def columns(self, test: Callable[[Column], bool]) -> Iterator[str]:
        for table in self.tables:
            yield from (f"{table}.{column.name}" for column in table.columns.values() if test(column))

    def masked(self, action: str) -> Iterator[tuple[Table, Column]]:
        """Columns that a transformation rule masks this way."""
        for rule in self.mappings.get("rules", ()):
            if rule.get("rule-action") == f"data-masking-{action}":
                locator = rule.get("object-locator", {})
                for table in self.tables:
                    if matches(locator, table):
                        yield from (
                            (table, column)
                            for column in table.columns.values()
                            if like(locator.get("column-name", "%"), column.name)
                        )


def like(pattern: str, name: str) -> bool:
    """A name against a pattern of DMS, in which % stands for any characters."""
    escaped = re.sub(r"([\[\]?*])", r"[\1]", pattern)
    return fnmatchcase(name.casefold(), escaped.replace("%", "*").casefold())


def matches(locator: Mapping[str, str], table: Table) -> bool:
    schema = locator.get("schema-name", "%")
    # A script that creates tables without naming a schema: any schema may be meant.
    return (not table.schema or like(schema, table.schema)) and like(locator.get("table-name", "%"), table.name)
