"""Reads the stacks of `blueprints/stacks/`, each with what it inherits and with the tables of its language."""

from collections.abc import Mapping

from toolkit.catalog.library_history import LibraryHistory, LibraryReleases
from toolkit.catalog.load import BlueprintFolder, validated
from toolkit.catalog.packages import PackageNames
from toolkit.catalog.stacks import Stack
from toolkit.errors import BlueprintError


def load_stacks(folder: BlueprintFolder) -> tuple[Stack, ...]:
    """Every stack, inheritance resolved, those to try first in front. Raises BlueprintError with file and line."""
    texts = {name.split("/")[1]: folder.text(name) for name in folder.files("stacks/*/stack.yaml")}
    templates = {name.split("/")[1] for name in folder.files("stacks/*/Dockerfile")}
    files = folder.files("dependencies/*-history.yaml")
    histories = {history.language: history for history in (folder.entry(name, LibraryHistory) for name in files)}
    files = folder.files("dependencies/*-releases.yaml")
    releases = {found.language: found.released for found in (folder.entry(name, LibraryReleases) for name in files)}
    own = {name: _own(name, text, folder.where(f"stacks/{name}/stack.yaml")) for name, text in texts.items()}
    resolved = [_resolved(stack, own, templates, folder, {stack.name}) for stack in own.values()]
    names = folder.entry("dependencies/debian-names.yaml", PackageNames)
    stacks = [
        stack.model_copy(
            update={
                "history": histories.get(stack.language),
                "library_releases": releases.get(stack.language, {}),
                "package_names": names,
            }
        )
        for stack in resolved
    ]
    return tuple(sorted(stacks, key=lambda stack: (-stack.priority, stack.name)))


def _own(name: str, text: str, where: str) -> Stack:
    stack = validated(text, Stack, where)
    if stack.name != name:
        raise BlueprintError(f"the stack is named {stack.name}, its folder {name}", where=where)
    return stack


def _resolved(
    stack: Stack, own: Mapping[str, Stack], templates: set[str], folder: BlueprintFolder, seen: set[str]
) -> Stack:
    dockerfile = stack.dockerfile or (stack.name if stack.name in templates else "")
    if stack.extends:
        if stack.extends in seen:
            where = folder.where(f"stacks/{stack.extends}/stack.yaml")
            raise BlueprintError(f"stack {stack.extends} extends itself", where=where)
        if stack.extends not in own:
            to_do = f"write blueprints/stacks/{stack.extends}/stack.yaml"
            raise BlueprintError(f"no stack named {stack.extends} to extend", to_do=to_do)
        parent = _resolved(own[stack.extends], own, templates, folder, seen | {stack.extends})
        # What recognises the parent does not recognise the child: each is tried on its own terms.
        taken = set(Stack.model_fields) - stack.model_fields_set - {"recognise", "priority"}
        stack = stack.model_copy(update={field: getattr(parent, field) for field in taken})
        dockerfile = dockerfile or parent.dockerfile
    return stack.model_copy(update={"dockerfile": dockerfile})
