"""The images of a rehearsal under the names that the templates accept, on the engine alone: nothing is pushed."""

import io
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from toolkit.errors import TemporaryError
from toolkit.rehearse.emulator import LABEL

if TYPE_CHECKING:
    from docker import DockerClient

# Debian's and every other base image that we write has it: it ends with 1, whatever its arguments are.
_CRASHING = """FROM {image}
ENTRYPOINT ["/bin/false"]
"""


@dataclass
class Images:
    """Tags of one rehearsal. `built` has the engine's image for each service."""

    client: "DockerClient"
    registry: str
    built: Mapping[str, str]
    label: str
    _tags: list[str] = field(default_factory=list)

    def release(self, repository: str, service: str, version: str) -> str:
        """The service's image as one more release of it."""
        return self._tagged(self.built[service], repository, version)

    def crashing(self, repository: str, service: str) -> str:
        """An image whose container ends at once."""
        dockerfile = _CRASHING.format(image=self.built[service]).encode()
        name, _, value = self.label.partition("=")
        image, _ = self.client.images.build(fileobj=io.BytesIO(dockerfile), rm=True, forcerm=True, labels={name: value})
        return self._tagged(str(image.id), repository, "crashing")

    def _tagged(self, image: str, repository: str, version: str) -> str:
        name = f"{self.registry}/{repository}"
        self.client.images.get(image).tag(name, tag=version)
        self._tags.append(f"{name}:{version}")
        return self._tags[-1]

    def remove(self) -> None:
        """All tags, and with its last tag the crashing image."""
        import docker

        for tag in self._tags:
            with suppress(docker.errors.APIError):
                self.client.images.remove(tag, noprune=True)
        self._tags.clear()


@contextmanager
def images(client: "DockerClient", account: str, region: str, built: Mapping[str, str]) -> Iterator[Images]:
    """`built`: service to the name of its image on the engine."""
    one = Images(client, f"{account}.dkr.ecr.{region}.amazonaws.com", built, f"{LABEL}={account}")
    try:
        yield one
    finally:
        one.remove()


def present(client: "DockerClient", image: str, say: Callable[[str], None]) -> None:
    """Pulls an image that the engine does not have. Raises TemporaryError when it cannot be had."""
    import docker

    try:
        client.images.get(image)
    except docker.errors.ImageNotFound:
        say(f"pulls {image}")
        try:
            client.images.pull(image)
        except docker.errors.APIError as error:
            raise TemporaryError(
                f"the image {image} cannot be had",
                where=str(error.explanation or error)[:300],
                to_do=f"check the engine's network and registry, or name another: --image {image}=OTHER",
            ) from None
