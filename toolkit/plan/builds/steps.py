"""The steps of an image's build stage, while they are planned."""

from dataclasses import dataclass, field
from typing import Any

from toolkit.catalog.load import Arguments
from toolkit.facts.model import Dependency
from toolkit.plan.images.image_inputs import ImageInputs
from toolkit.plan.reported import Reported


@dataclass
class Steps(Reported):
    """The steps of an image's build stage, as `Stage` of the plan has them."""

    package_manager: str = ""
    manifest: str = ""
    build_image: str = ""
    copy_first: tuple[str, ...] = ()
    prepare: tuple[Arguments, ...] = ()
    install: tuple[Arguments, ...] = ()
    install_after_source: tuple[Arguments, ...] = ()
    build: tuple[Arguments, ...] = ()
    prune: tuple[Arguments, ...] = ()
    build_environment: dict[str, str] = field(default_factory=dict)
    constraints: tuple[str, ...] = ()
    resolved_before: str = ""
    artifact: str = ""
    beside: tuple[Dependency, ...] = ()  # what is installed beside the manifest's list
    install_environment: dict[str, str] = field(default_factory=dict)
    entry_points: dict[str, str] = field(default_factory=dict)  # what the build adds to those of the source, by kind

    def install_also(self, argv: Arguments) -> None:
        """Adds an install behind those of the dependencies."""
        if self.install_after_source:
            self.install_after_source += (argv,)
        else:
            self.install += (argv,)

    def stage(self, image: ImageInputs) -> dict[str, Any]:
        """The fields of the plan's `Stage`."""
        return {
            "stack": image.stack.name,
            "directory": image.folder.directory,
            "version": image.release.version,
            "build_image": self.build_image,
            "package_manager": self.package_manager,
            "manifest": self.manifest,
            "copy_first": self.copy_first,
            "prepare": self.prepare,
            "resolved_before": self.resolved_before,
            "install": self.install,
            "install_environment": self.install_environment,
            "install_after_source": self.install_after_source,
            "build": self.build,
            "prune": self.prune,
            "build_environment": self.build_environment,
        }
