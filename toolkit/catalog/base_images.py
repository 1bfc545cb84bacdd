"""`blueprints/base-images.yaml`: where images come from, which are replaced, and which are pinned by digest."""

from toolkit.catalog.load import BlueprintFolder, Entry


class BaseImages(Entry):
    """The same keys as `base_images` of the plan, with the places where they were read."""

    sources: tuple[str, ...] = ()
    reviewed: str = ""
    registry: str = "docker.io"
    replace: dict[str, str] = {}
    digests: dict[str, str] = {}


def load_base_images(folder: BlueprintFolder) -> BaseImages:
    return folder.entry("base-images.yaml", BaseImages)
