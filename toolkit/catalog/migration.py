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
