"""A package manager's steps, which are data, as they are for one application: its variant, its placeholders."""

import re
from collections.abc import Mapping, Sequence

from toolkit.catalog.load import Arguments
from toolkit.catalog.stacks import PackageManagerSteps, Release
from toolkit.plan.applications.conditions import holds
from toolkit.plan.applications.folders import Folder, find
from toolkit.plan.dependencies.package_managers import ChosenManager
from toolkit.plan.versions.versions import satisfies

_VERSION = re.compile(r"\d[\w.]{0,40}")
_MANAGER_VERSION = "{manager_version}"
_LISTS = frozenset({"{gems}", "{go_mains}", "{go_typed}", "{go_pins}"})
_EACH_PROJECT = "{dotnet_projects}"


def with_variants(
    manager: PackageManagerSteps, folder: Folder, release: Release, chosen: ChosenManager
) -> PackageManagerSteps:
    """The steps of a package manager as the version of the language, or its own, needs them."""
    for variant in manager.variants:
        if variant.versions and release.version not in variant.versions:
            continue
        if variant.of_manager and not (chosen.version and satisfies(variant.of_manager, chosen.version)):
            continue
        if variant.when and holds(variant.when, folder) is None:
            continue
        if variant.having and not find(folder, *variant.having):
            continue
        if find(folder, *variant.without) or any(pattern in chosen.files for pattern in variant.without):
            continue
        given = {
            name: value
            for name in (
                "prepare",
                "install",
                "install_out_of_date",
                "install_of_day",
                "install_frozen",
                "install_after_source",
                "build",
                "prune",
                "production",
                "own_scripts",
                "build_image",
            )
            if (value := getattr(variant, name)) is not None
        }
        manager = manager.model_copy(update=given)
    return manager


def filled(steps: Sequence[Arguments], manifest: str, release: Release) -> tuple[Arguments, ...]:
    """The steps with the manifest and the version of the language in their places."""
    return tuple(
        tuple(word.replace("{manifest}", manifest).replace("{version}", release.version) for word in step)
        for step in steps
    )


def of_version(steps: Sequence[Arguments], version: str) -> tuple[Arguments, ...]:
    """Steps that install the version of the tool which wrote the lock file; without those where none is known."""
    known = [
        step for step in steps if _VERSION.fullmatch(version) or not any(_MANAGER_VERSION in word for word in step)
    ]
    return tuple(tuple(word.replace(_MANAGER_VERSION, version) for word in step) for step in known)


def of_application(steps: Sequence[Arguments], entry_points: Mapping[str, str]) -> tuple[Arguments, ...]:
    """Steps with the entry points that they name, `{go_main}` say, in their places; one for each project of .NET where a
    step names them all."""
    projects = entry_points.get("dotnet_projects", "").split("\n")
    steps = [
        tuple(project if word == _EACH_PROJECT else word for word in step)
        for step in steps
        for project in (projects if _EACH_PROJECT in step else [""])
        if all(entry_points.get(word.strip("{}")) for word in step if word in _LISTS)
    ]
    return tuple(tuple(filled for word in step for filled in _in_place(word, entry_points)) for step in steps)


def _in_place(word: str, entry_points: Mapping[str, str]) -> Sequence[str]:
    """A word with its entry points; one that is nothing but a list of them, `{go_mains}`, becomes a word for each."""
    if word in _LISTS:
        return entry_points.get(word.strip("{}"), "").split()
    return (re.sub(r"\{(\w+)\}", lambda match: entry_points.get(match[1], match[0]), word),)
