"""`blueprints/rehearsal.yaml`: the emulator of a rehearsal, and stand-ins for what only an account has."""

from pydantic import Field

from toolkit.catalog.load import BlueprintFolder, Entry


class Emulator(Entry):
    version: str = Field(description="The one release of ministack that the program knows how to mend.")
    requirements: tuple[str, ...] = Field(description="What pip installs into its environment.")


class Rehearsal(Entry):
    sources: tuple[str, ...]
    reviewed: str
    emulator: Emulator
    region: str = Field(description="AWS region that the emulator plays where no other is asked for.")
    engines: tuple[str, ...] = Field(
        description="Of RDS and ElastiCache, as their API names them, that run as containers."
    )
    parameters: dict[str, str] = Field(description="Parameter to value; {region} and {account} are filled in.")


def load_rehearsal(folder: BlueprintFolder) -> Rehearsal:
    return folder.entry("rehearsal.yaml", Rehearsal)
