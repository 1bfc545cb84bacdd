"""References of images as they are pulled: by the registry, the replacements and the digests of the plan."""

import re

from toolkit.errors import BadInputError
from toolkit.plan.model import BaseImages

DOCKER_HUB = "docker.io"
_OFFICIAL_ALONE = "/library"
# Docker's own grammar of image references, without digests in ARG or variables.
_IMAGE = re.compile(r"[a-z0-9]+(?:[._/:-]+[a-z0-9]+)*(?::[\w][\w.-]{0,127})?(?:@sha256:[0-9a-f]{64})?", re.IGNORECASE)


def reference(settings: BaseImages, image: str, key: str) -> str:
    """The reference that stands for an image of a stack or a datastore. `key` is where the image stands in the plan.

    Raises BadInputError for what is no reference with a tag.
    """
    found = settings.replace.get(image) or _mirrored(settings.registry.rstrip("/"), image)
    digest = settings.digests.get(found)
    if digest and "@" not in found:
        found = f"{found}@{digest}"
    if not _IMAGE.fullmatch(found) or ":" not in found.partition("@")[0].rpartition("/")[2]:
        raise BadInputError(
            f"not an image with a tag: {found!r}",
            where=key,
            to_do="give it as name:tag, with its registry if it has one",
        )
    return found


def _mirrored(registry: str, image: str) -> str:
    """An image of Docker Hub from the registry that is set; others as they are."""
    host, slash, rest = image.partition("/")
    if slash and host == DOCKER_HUB:
        image = rest
    elif slash and ("." in host or ":" in host or host == "localhost"):
        return image
    image = image.removeprefix("library/")
    if registry == DOCKER_HUB:
        return image
    if registry.endswith(_OFFICIAL_ALONE):
        return f"{registry}/{image}" if "/" not in image else image
    return f"{registry}/{image}" if "/" in image else f"{registry}{_OFFICIAL_ALONE}/{image}"
