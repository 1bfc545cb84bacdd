"""`Catalog`: everything of `blueprints/` and `cloudformation/` that planning and rendering need, read once."""

from functools import cached_property
from pathlib import Path

from toolkit.catalog import dependencies, profiles, readme_rules, servers, stacks, variables
from toolkit.catalog.load import BlueprintFolder, data_folder


class Catalog:
    """Each part is read when it is first asked for, and is frozen from then on."""

    def __init__(self, *overlays: Path) -> None:
        self.folder = BlueprintFolder(*overlays)

    @cached_property
    def stacks(self) -> tuple[stacks.Stack, ...]:
        return stacks.load_stacks(self.folder)

    @cached_property
    def stack(self) -> dict[str, stacks.Stack]:
        return {stack.name: stack for stack in self.stacks}

    def dockerfile(self, stack: stacks.Stack) -> str:
        return self.folder.text(f"stacks/{stack.dockerfile}/Dockerfile")

    @cached_property
    def readme_rules(self) -> readme_rules.ReadmeRules:
        return readme_rules.load(self.folder)

    @cached_property
    def dependencies(self) -> dependencies.DependencyTables:
        return dependencies.load(self.folder)

    @cached_property
    def servers(self) -> servers.Servers:
        return servers.load_servers(self.folder)

    @cached_property
    def variables(self) -> variables.VariableNames:
        return variables.load_variable_names(self.folder)

    @cached_property
    def profiles(self) -> dict[str, profiles.Profile]:
        return profiles.load_profiles(self.folder)

    @cached_property
    def sizes(self) -> dict[str, profiles.Size]:
        return profiles.load_sizes(self.folder)

    @cached_property
    def datastores(self) -> dict[str, profiles.DatastoreBlueprint]:
        return profiles.load_datastores(self.folder)

    @cached_property
    def templates(self) -> dict[str, str]:
        """CloudFormation templates by name (`service`), as they stand."""
        return {path.stem: path.read_text(encoding="utf-8") for path in sorted(data_folder("cloudformation").glob("*.yaml"))}
