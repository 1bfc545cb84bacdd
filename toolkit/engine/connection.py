"""The way to the engine that DOCKER_HOST names, or this machine's own."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from toolkit.errors import BadInputError, TemporaryError

if TYPE_CHECKING:
    from docker import DockerClient

# A build step or a container's start may be silent for long: compiling, a database's first start.
_TIMEOUT_SECONDS = 900


@contextmanager
def engine() -> Iterator["DockerClient"]:
    """A client, closed at the end. Raises TemporaryError when no engine answers, or stops to answer in between."""
    try:
        import docker
        import requests
    except ImportError:
        raise BadInputError("the Docker SDK is not installed", to_do="pip install 'replatform[engine]'") from None
    try:
        client = docker.from_env(timeout=_TIMEOUT_SECONDS)
    except docker.errors.DockerException as error:
        raise TemporaryError(
            "no Docker engine answers",
            where=_first_line(error),
            to_do="start Docker, or set DOCKER_HOST to an engine that you may use",
        ) from None
    try:
        client.ping()
        yield client
    except (requests.exceptions.ConnectionError, requests.exceptions.ReadTimeout) as error:
        raise TemporaryError(
            "the Docker engine stopped to answer",
            where=_first_line(error),
            to_do="look at its log, then run this again",
        ) from None
    finally:
        client.close()


def _first_line(error: Exception) -> str:
    return (str(error).splitlines() or [type(error).__name__])[0][:300]
