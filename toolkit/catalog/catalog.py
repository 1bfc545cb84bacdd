"""`Catalog`: everything of `blueprints/` and `cloudformation/` that planning and rendering need, read once."""

import json
from functools import cached_property
from pathlib import Path

from toolkit.catalog import dependencies, readme_rules
from toolkit.catalog.base_images import BaseImages, load_base_images
from toolkit.catalog.effects import Effects, load_effects
from toolkit.catalog.load import BlueprintFolder, data_folder
from toolkit.catalog.load_stacks import load_stacks
from toolkit.catalog.migration import LiveQueries, MigrationBlueprint, load_migration
from toolkit.catalog.profiles import DatastoreBlueprint, Profile, Size, load_datastores, load_profiles, load_sizes
from toolkit.catalog.servers import Servers, load_servers
from toolkit.catalog.split import SplitWords, load_split_words
from toolkit.catalog.stacks import Stack
from toolkit.catalog.variables import VariableNames, load_variable_names


class Catalog:
    """Each part is read when it is first asked for, and is frozen from then on."""

    def __init__(self, *overlays: Path) -> None:
        self.folder = BlueprintFolder(*overlays)

    @cached_property
    def stacks(self) -> tuple[Stack, ...]:
        return load_stacks(self.folder)

    @cached_property
    def stack(self) -> dict[str, Stack]:
        return {stack.name: stack for stack in self.stacks}

    def dockerfile(self, stack: Stack) -> str:
        """The Dockerfile template of a stack."""
        return self.folder.text(f"stacks/{stack.dockerfile}/Dockerfile")

    @cached_property
    def readme_rules(self) -> readme_rules.ReadmeRules:
        return readme_rules.load(self.folder)

    @cached_property
    def dependencies(self) -> dependencies.DependencyTables:
        return dependencies.load(self.folder)

    @cached_property
    def servers(self) -> Servers:
        return load_servers(self.folder)

    @cached_property
    def variables(self) -> VariableNames:
        return load_variable_names(self.folder)

    @cached_property
    def effects(self) -> Effects:
        return load_effects(self.folder)

    @cached_property
    def split_words(self) -> SplitWords:
        return load_split_words(self.folder)

    @cached_property
    def profiles(self) -> dict[str, Profile]:
        return load_profiles(self.folder)

    @cached_property
    def base_images(self) -> BaseImages:
        return load_base_images(self.folder)

    @cached_property
    def sizes(self) -> dict[str, Size]:
        return load_sizes(self.folder)

    @cached_property
    def datastores(self) -> dict[str, DatastoreBlueprint]:
        return load_datastores(self.folder)

    @cached_property
    def migration(self) -> dict[str, MigrationBlueprint]:
        return load_migration(self.folder)

    def live_queries(self, engine: str) -> LiveQueries:
        """What a server of this source engine is asked: `blueprints/migration/live/`."""
        return self.folder.entry(f"migration/live/{engine}.yaml", LiveQueries)

    def migration_script(self, name: str) -> str:
        """A file of `blueprints/migration/scripts/`; empty for an engine that has none."""
        path = f"migration/scripts/{name}"
        return self.folder.text(path) if self.folder.files(path) else ""

    @cached_property
    def templates(self) -> dict[str, str]:
        """CloudFormation templates by name (`service`), as they stand."""
        return {
            path.stem: path.read_text(encoding="utf-8") for path in sorted(data_folder("cloudformation").glob("*.yaml"))
        }

    @cached_property
    def released_logical_ids(self) -> dict[str, dict[str, str]]:
        """Name of a template to the logical IDs and types of its resources, as they were released."""
        text = (data_folder("cloudformation") / "released-logical-ids.json").read_text(encoding="utf-8")
        found: dict[str, dict[str, str]] = json.loads(text)
        return found
