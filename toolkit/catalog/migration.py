"""`blueprints/migration/`: per source engine what AWS DMS can take over, its pre-migration assessments, and scripts."""

from typing import Literal

from pydantic import Field

from toolkit.catalog.load import BlueprintFolder, Entry


class Assessment(Entry):
    """One individual pre-migration assessment, by the API key that DMS has for it."""

    key: str
    title: str = Field(description="What must hold.")
    check: str = Field("", description="Name of our check (toolkit/migrate/checks); empty where a dump cannot tell.")
    outcome: Literal["failed", "warning"] = Field(
        "warning", description="Failed: data would be lost or the task stops. Warning: a person has to do something."
    )
    cdc_only: bool = Field(False, description="Asked only of a task with change data capture.")
    advice: str = Field("", description="What to do.")
    query: str = Field("", description="Query or GRANT to run where the dump cannot tell.")


class LiveQueries(Entry):
    """What is asked of a server's catalog; columns of a query count by their place.

    `{system_schemas}` stands for the schemas that are the engine's own. A server that refuses one of `settings` or `marks` is
    too old for it, or its login may not see it: that is noted. All others must be answered.
    """

    sources: tuple[str, ...]
    reviewed: str
    tried_on: str = Field(
        "", description="Server that the tests run them on; empty: they were written by the reference alone."
    )
    system_schemas: tuple[str, ...]
    quotes: str = Field(
        min_length=2, max_length=2, description="What opens and closes a name; inside, the second is doubled."
    )
    read_only: str = Field(description="Statement that keeps the session from writing, or at least from locking.")
    version: str
    settings: tuple[str, ...] = Field(description="Name, value.")
    tables: str = Field(
        description="Schema, table, estimated rows, marks with blanks between, engine, collation, compression."
    )
    columns: str = Field(
        description="Schema, table, column, type, length, scale, nullable, marks; in the table's order."
    )
    indexes: str = Field(
        description="Schema, table, index, primary, unique, kind, column or NULL for an expression; in order."
    )
    foreign_keys: str = Field(
        description="Schema, table, key, column, schema and table it refers to, cascades; in order."
    )
    triggers: str = Field(description="Schema, table, trigger.")
    row_id_views: str = Field("", description="Materialized views that find rows by ROWID.")
    marks: tuple[str, ...] = Field((), description="Schema, table, column or NULL for the table, mark.")
    longest: str = Field(description="The longest value of `{column}` in `{table}`, in characters or bytes.")


class MigrationBlueprint(Entry):
    """A source engine."""

    engine: str
    sources: tuple[str, ...]
    reviewed: str
    lob_types: dict[str, int] = Field(
        {}, description="Type to the most KiB a value can have; 0: no limit that matters."
    )
    lob_above: dict[str, int] = Field(
        {}, description="Type to the length above which DMS treats it as a LOB; `max` always is one."
    )
    unsupported_types: tuple[str, ...] = ()
    spatial_types: tuple[str, ...] = ()
    partitions: bool = Field(True, description="Whether DMS loads the partitions of this source in parallel.")
    assessments: tuple[Assessment, ...]


def load_migration(folder: BlueprintFolder) -> dict[str, MigrationBlueprint]:
    """Source engines by name; the assessments of all engines stand before their own."""
    entries = {
        entry.engine: entry
        for entry in (folder.entry(name, MigrationBlueprint) for name in folder.files("migration/*.yaml"))
    }
    shared = entries.pop("all").assessments
    return {
        engine: entry.model_copy(update={"assessments": (*shared, *entry.assessments)})
        for engine, entry in entries.items()
    }
