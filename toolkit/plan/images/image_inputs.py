"""What an image is planned from."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from toolkit.catalog.stacks import Release, Stack
from toolkit.facts.model import Dependency, EntryPoint, Fact, LastChange
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.folders import Folder
from toolkit.plan.applications.recognition import Recognised
from toolkit.plan.dependencies.package_managers import ChosenManager


@dataclass(frozen=True)
class ImageInputs:
    """What is known of an image before its parts are planned.

    `key` is where the image stands in the plan, `about` are the facts about the application, `dependencies` those of
    production, `entry_points` are values by kind, `points` what tells them. `change` is the application's last one where
    that is long ago, `of_source` are bounds on libraries that the code tells, `workdir` is where processes start, below
    the folder.
    """

    key: str
    application: Recognised
    release: Release
    manager: ChosenManager
    about: Sequence[Fact]
    dependencies: Sequence[Dependency]
    entry_points: Mapping[str, str]
    tree: SourceTree
    change: LastChange | None = None
    of_source: Sequence[Dependency] = ()
    points: Mapping[str, EntryPoint] = field(default_factory=dict)
    workdir: str = ""

    def with_added(
        self, libraries: Sequence[Dependency], entry_points: Mapping[str, str] | None = None
    ) -> "ImageInputs":
        """The same with libraries and entry points that planning a part added."""
        added = {**self.entry_points, **(entry_points or {})}
        return replace(self, dependencies=[*self.dependencies, *libraries], entry_points=added)

    @property
    def folder(self) -> Folder:
        """The application's folder."""
        return self.application.folder

    @property
    def stack(self) -> Stack:
        """The application's stack."""
        return self.application.stack
