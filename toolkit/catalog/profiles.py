"""`blueprints/profiles/` (environments), `blueprints/sizes/` (service sizes) and `blueprints/datastores/`."""

from typing import Literal

from pydantic import Field

from toolkit.catalog.load import BlueprintFolder, Entry


class Profile(Entry):
    """How one environment is built: production differs from the others on purpose, and here is where."""

    name: Literal["development", "test", "production"]
    description: str
    sources: tuple[str, ...]
    reviewed: str
    parameters: dict[str, dict[str, str]] = Field(description="Template name to parameter to value.")
    service_parameters: dict[str, str] = Field({}, description="Parameters of every service template.")
    count_factor: float = Field(1.0, description="Minimum and maximum counts of a size are multiplied by this, and rounded up.")


class Size(Entry):
    """A service size: CPU in ECS units (1024 to one vCPU), memory in MiB, task counts in production."""

    name: Literal["low", "medium", "high"]
    description: str
    sources: tuple[str, ...]
    reviewed: str
    cpu_units: int
    memory_mib: int
    minimum_count: int
    maximum_count: int


class EngineVersion(Entry):
    """One major version of an engine as RDS or ElastiCache offers it."""

    version: str = Field(description="As a README would say it: 2019, 15, 8.0, 19c.")
    aws_version: str = Field(description="What the EngineVersion property takes; a major version where AWS accepts one.")
    parameter_group_family: str
    end_of_life: str = ""


class DatastoreBlueprint(Entry):
    """A datastore: how it runs in compose, and which template provides it on AWS (none: an address to be given)."""

    engine: str
    title: str
    sources: tuple[str, ...]
    reviewed: str
    role: Literal["database", "cache", "broker", "search", "file", "documents"]
    template: str | None
    aws_engine: str = ""
    port: int
    jdbc: str = ""
    default_version: str = ""
    versions: tuple[EngineVersion, ...] = ()
    compose_image: str = ""
    compose_environment: dict[str, str] = {}
    compose_command: tuple[str, ...] = ()
    compose_health: tuple[str, ...] = ()
    compose_volume: str = ""
    username: str = ""
    client_image: str = ""

    def version_for(self, wanted: str | None) -> EngineVersion | None:
        """The offered version that a README's wording means: equal, or one a dotted prefix of the other."""
        asked = (wanted or "").lower().rstrip("cg").split(".")
        for version in self.versions:
            offered = version.version.lower().rstrip("cg").split(".")
            shared = min(len(asked), len(offered))
            if wanted and asked[:shared] == offered[:shared]:
                return version
        return None


def load_profiles(folder: BlueprintFolder) -> dict[str, Profile]:
    """Environment profiles by name, in the order of promotion."""
    return {name: folder.entry(f"profiles/{name}.yaml", Profile) for name in ("development", "test", "production")}


def load_sizes(folder: BlueprintFolder) -> dict[str, Size]:
    return {name: folder.entry(f"sizes/{name}.yaml", Size) for name in ("low", "medium", "high")}


def load_datastores(folder: BlueprintFolder) -> dict[str, DatastoreBlueprint]:
    entries = (folder.entry(name, DatastoreBlueprint) for name in folder.files("datastores/*.yaml"))
    return {entry.engine: entry for entry in entries}
