"""Which images are built."""

import posixpath
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from toolkit.catalog.stacks import Stack
from toolkit.facts.model import (
    EntryPoint,
    Facts,
)
from toolkit.findings import Finding, Severity
from toolkit.inventory.paths import inside
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.folders import BESIDE_THE_POINT
from toolkit.plan.applications.installed_from_above import installed_from_above
from toolkit.plan.applications.recognition import Recognised, recognise
from toolkit.plan.applications.served_members import with_served_members
from toolkit.plan.image_model import Image
from toolkit.plan.images.added_server import server_of_command
from toolkit.plan.images.asset_packages import find_packages
from toolkit.plan.images.image import Sources, plan_image
from toolkit.plan.images.image_inputs import ImageInputs
from toolkit.plan.images.native_packages import NativeLibraries
from toolkit.plan.model import Service
from toolkit.plan.names import own_parts, unique_name, valid_name
from toolkit.plan.ranking import evidence_of, of_type
from toolkit.plan.reported import Reported


@dataclass
class PlannedImages(Reported):
    """What planning the images returns; `stacks`, `entry_points` (kind to value) and what each is planned from are by
    image name."""

    images: dict[str, Image] = field(default_factory=dict)
    stacks: dict[str, Stack] = field(default_factory=dict)
    entry_points: dict[str, dict[str, str]] = field(default_factory=dict)
    inputs: dict[str, ImageInputs] = field(default_factory=dict)

    def with_servers_of(self, services: Iterable[Service]) -> None:
        """Installs the servers that commands of services begin with, where nothing else does."""
        for service in services:
            image = self.images[service.image]
            added = server_of_command(self.inputs[service.image], service.command)
            if added is None or any(
                added.install[-1] in step for step in (*image.install, *image.install_after_source)
            ):
                continue
            last = "install_after_source" if image.install_after_source else "install"
            self.images[service.image] = image.model_copy(update={last: (*getattr(image, last), added.install)})
            self.decisions.append(added.decision)


def plan_images(
    tree: SourceTree, facts: Facts, stacks: tuple[Stack, ...], native_libraries: NativeLibraries
) -> PlannedImages:
    """One image for each folder that is an application of its own; none where nothing is recognised."""
    planned = PlannedImages()
    sources = Sources(tree, facts, stacks, native_libraries)
    recognised = with_served_members(recognise(tree, facts, stacks), tree)
    recognised = installed_from_above(recognised, facts, tree)
    packages = {id(one): find_packages(one, recognised, facts, stacks, tree) for one in recognised}
    # What an application serves itself is none of its own.
    served = {
        package.folder.directory
        for one in recognised
        for package in packages[id(one)]
        if package.folder.directory != one.folder.directory
    }
    applications = [one for one in recognised if one.folder.directory not in served]
    planned.findings += _left_out(applications, facts)
    folders = [PurePosixPath(one.module or one.folder.directory).name for one in applications]
    for application, folder in zip(applications, own_parts(folders), strict=True):
        name = unique_name(valid_name(folder) or "app", planned.images) if len(applications) > 1 else "app"
        image, inputs = plan_image(name, application, packages[id(application)], sources, planned)
        planned.images[name] = image
        planned.stacks[name] = application.stack
        planned.entry_points[name] = dict(inputs.entry_points)
        planned.inputs[name] = inputs
    return planned


def _left_out(applications: Sequence[Recognised], facts: Facts) -> Iterator[Finding]:
    """RP059: members of a workspace that have a script to start them, and no image."""
    homes = {posixpath.join(one.folder.directory, one.module) for one in applications}
    workspaces = {one.folder.directory for one in applications if one.module and one.stack.language == "node"}
    left = {
        place: point
        for point in of_type(facts, EntryPoint)
        if (point.kind, point.value) == ("npm_script", "start")
        and (place := point.directory.strip("/")) not in homes | workspaces
        and any(inside(place, root) for root in workspaces)
        and BESIDE_THE_POINT.isdisjoint(place.split("/"))
    }
    if left:
        yield Finding(
            "RP059",
            Severity.WARNING,
            f"{', '.join(sorted(left))}: these packages have a start script, but no service of the plan runs them",
            evidence_of(left.values()),
            "those that run in production: add an image (a copy of another member's, with its folder as workdir and member) and a"
            " service of kind worker or web under replatform.yaml",
        )
