"""Where every image of a conversion comes from."""

import pytest

from toolkit.artefacts.base_images import reference
from toolkit.errors import BadInputError
from toolkit.plan.model import BaseImages

CACHE = "111122223333.dkr.ecr.eu-west-1.amazonaws.com/docker-hub"
PUBLIC = "public.ecr.aws/docker/library"
DIGEST = "sha256:" + "0a" * 32
OTHER = "sha256:" + "0b" * 32


@pytest.mark.parametrize(
    ("registry", "image", "pulled"),
    [
        ("docker.io", "python:3.12-slim", "python:3.12-slim"),
        ("docker.io", "docker.io/library/python:3.12", "python:3.12"),
        (PUBLIC, "python:3.12-slim", f"{PUBLIC}/python:3.12-slim"),
        (PUBLIC, "valkey/valkey:8", "valkey/valkey:8"),
        (CACHE, "python:3.12-slim", f"{CACHE}/library/python:3.12-slim"),
        (CACHE, "valkey/valkey:8", f"{CACHE}/valkey/valkey:8"),
        (CACHE, "mcr.microsoft.com/dotnet/sdk:10.0-noble", "mcr.microsoft.com/dotnet/sdk:10.0-noble"),
        ("localhost:5000", "nginx:stable", "localhost:5000/library/nginx:stable"),
    ],
)
def test_images_of_docker_hub_come_from_the_registry(registry: str, image: str, pulled: str) -> None:
    assert reference(BaseImages(registry=registry), image, "") == pulled


def test_a_replacement_is_pinned_by_its_own_digest() -> None:
    own = "registry.example.com/hardened/node:24"
    settings = BaseImages(registry=CACHE, replace={"node:24": own}, digests={own: DIGEST, "node:24": OTHER})
    assert reference(settings, "node:24", "") == f"{own}@{DIGEST}"
    assert reference(settings, "node:22", "") == f"{CACHE}/library/node:22"


@pytest.mark.parametrize("image", ["node", "node:24 AS x", "registry.example.com:5000/node"])
def test_what_is_no_image_with_a_tag_is_refused(image: str) -> None:
    with pytest.raises(BadInputError, match="not an image with a tag"):
        reference(BaseImages(replace={"a:1": image}), "a:1", "images.app.runtime_image")
