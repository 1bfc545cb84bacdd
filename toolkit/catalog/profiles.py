"""`blueprints/profiles/` (environments), `blueprints/sizes/` (service sizes) and `blueprints/datastores/`."""

from collections.abc import Mapping
from typing import Literal

from pydantic import Field

from toolkit.catalog.load import BlueprintFolder, Entry

ENVIRONMENTS = ("development", "test", "production")
SIZES = ("low", "medium", "high")


class Local(Entry):
    """What compose.yaml adds to the services and datastores on one machine."""

    proxy_image: str = Field(description="An nginx image with its tag; it stands for the load balancer.")
    proxy_port: int = Field(description="Where the proxy is reached, on 127.0.0.1 alone.")
    password: str = Field(
        description="Of every local datastore. Letters, digits and hyphens, and what SQL Server asks for."
    )


class Profile(Entry):
    """How one environment is built: production differs from the others on purpose, and here is where."""

    name: Literal["development", "test", "production"]
    description: str
    sources: tuple[str, ...]
    reviewed: str
    parameters: dict[str, dict[str, str]] = Field(description="Template name to parameter to value.")
    service_parameters: dict[str, str] = Field(
        {}, description="Of every template that runs the application; each takes those it has."
    )
    count_factor: float = Field(
        1.0, description="Minimum and maximum counts of a size are multiplied by this, and rounded up."
    )
    local: Local | None = Field(None, description="Of the environment that developers also run on one machine.")


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


class FargateSize(Entry):
    """One CPU value of Fargate and the memory that goes with it: from `minimum_mib` to `maximum_mib` in steps."""

    cpu_units: int
    minimum_mib: int
    maximum_mib: int
    step_mib: int
    also_mib: tuple[int, ...] = Field((), description="Sizes outside the steps.")

    @property
    def memory_mib(self) -> tuple[int, ...]:
        """Every memory size in MiB that Fargate offers at this CPU, ascending."""
        return (*self.also_mib, *range(self.minimum_mib, self.maximum_mib + 1, self.step_mib))


class FargateSizes(Entry):
    """CPU and memory combinations that Fargate accepts for Linux tasks."""

    sources: tuple[str, ...]
    reviewed: str
    combinations: tuple[FargateSize, ...]

    def memory_mib(self, cpu_units: int, wanted_mib: int) -> int | None:
        """The smallest memory in MiB at this CPU that is not below the wish; None where there is no such size."""
        for combination in self.combinations:
            if combination.cpu_units == cpu_units:
                return next((size for size in combination.memory_mib if size >= wanted_mib), None)
        return None


class EngineVersion(Entry):
    """One major version of an engine."""

    version: str = Field(description="As a README would say it: 2019, 15, 8.0, 19c.")
    aws_version: str = Field(
        "", description="What the EngineVersion property takes; a major version where AWS accepts one."
    )
    parameter_group_family: str = Field(
        "", description="`{engine}` stands for the RDS engine, where it depends on the edition."
    )
    aurora: bool = Field(False, description="Whether Aurora Serverless v2 has it, under the same name.")
    end_of_life: str = Field("", description="Last day of standard support on AWS, or of the vendor's support.")
    image: str = Field("", description="Container image for compose, where it is not the container's own.")
    data_folder: str = Field("", description="Where this version's image keeps its data, if not where the others do.")
    database: str = Field("", description="The name that this version's image gives its database.")


class LocalContainer(Entry):
    """How compose runs a datastore on one machine.

    Words of `environment`, `command`, `health` and `setup` may have {host}, {port}, {name}, {username} and {password} in
    them, and {name_in_sql} for the name inside a quoted SQL string.
    """

    image: str
    platform: str = Field("", description="Where the image exists for one processor only.")
    username: str = Field("app", description="The login that the application uses.")
    environment: dict[str, str] = Field({}, description="Of the container.")
    command: tuple[str, ...] = ()
    password_options: tuple[str, ...] = Field(
        (), description="Added to the command when the application presents a password."
    )
    health: tuple[str, ...] = Field(description="The test of a compose health check, beginning with CMD.")
    start_seconds: int = Field(30, description="Time in which a failed check does not count.")
    data_folder: str = Field("", description="Where it keeps its data; empty when it keeps none.")
    setup: tuple[str, ...] = Field(
        (), description="Run once in the same image to create the database, where the image cannot."
    )
    client_environment: dict[str, str] = Field(
        {}, description="Of the services: what they need to know because this server has no certificate."
    )
    setup_environment: dict[str, str] = Field({}, description="Of the container that runs `setup`.")
    users_environment: dict[str, str] = Field(
        {}, description="Of the container that runs `users`, where the login of the application may not make users."
    )


class DatastoreBlueprint(Entry):
    """A datastore: which template provides it on AWS (none: an address to be given), and how it runs in compose."""

    engine: str
    title: str
    sources: tuple[str, ...]
    reviewed: str
    role: Literal["database", "cache", "broker", "queue", "search", "file", "documents"]
    template: str | None
    aws_engine: str = Field("", description="The Engine property, where it does not depend on the edition.")
    aurora_engine: str = Field("", description="The Engine property on Aurora; empty where Aurora has no such engine.")
    editions: dict[Literal["express", "web", "standard", "enterprise"], str] = Field(
        {}, description="Edition to Engine property."
    )
    port: int
    jdbc: str = ""
    ado_net: str = ""
    default_version: str = ""
    versions: tuple[EngineVersion, ...] = ()
    parameters: dict[Literal["development", "test", "production"], dict[str, str]] = Field(
        {}, description="Parameters of its template by environment, over those of the profile."
    )
    client_image: str = Field(
        "", description="Image with the engine's own client, from a registry that tasks on AWS can reach."
    )
    users: str = Field(
        "",
        description="Script that gives services their own users; the file names one of datastores/users/, and this is its text.",
    )
    host_options: tuple[str, ...] = Field(
        (), description="Options of the engine's command-line clients that name the server."
    )
    container: LocalContainer | None = None

    def version_for(self, wanted: str | None) -> EngineVersion | None:
        """The offered version that a README's wording means: equal, or one a dotted prefix of the other."""
        asked = (wanted or "").lower().rstrip("cg").split(".")
        for version in self.versions:
            offered = version.version.lower().rstrip("cg").split(".")
            shared = min(len(asked), len(offered))
            if wanted and asked[:shared] == offered[:shared]:
                return version
        return None

    def engine_for(self, edition: str) -> str:
        """The Engine property for an edition; the standard edition where the plan names none."""
        by_name: Mapping[str, str] = {str(name): engine for name, engine in self.editions.items()}
        return by_name.get(edition) or by_name.get("standard") or self.aws_engine

    def family_for(self, version: EngineVersion, edition: str) -> str:
        """The parameter group family of a version in an edition."""
        return version.parameter_group_family.replace("{engine}", self.engine_for(edition))


def load_profiles(folder: BlueprintFolder) -> dict[str, Profile]:
    """Environment profiles by name, in the order of promotion."""
    return {name: folder.entry(f"profiles/{name}.yaml", Profile) for name in ENVIRONMENTS}


def load_sizes(folder: BlueprintFolder) -> dict[str, Size]:
    """Service sizes by name, ascending."""
    return {name: folder.entry(f"sizes/{name}.yaml", Size) for name in SIZES}


def load_fargate_sizes(folder: BlueprintFolder) -> FargateSizes:
    return folder.entry("sizes/fargate.yaml", FargateSizes)


def load_datastores(folder: BlueprintFolder) -> dict[str, DatastoreBlueprint]:
    """Datastores by engine."""
    entries = (folder.entry(name, DatastoreBlueprint) for name in folder.files("datastores/*.yaml"))
    return {
        entry.engine: entry.model_copy(update={"users": folder.text(f"datastores/users/{entry.users}")})
        if entry.users
        else entry
        for entry in entries
    }
