"""A whole application on one engine: its network, datastores, release steps, services and proxy; and all of it gone again."""

import io
import posixpath
import re
import tarfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING, Any

from toolkit.engine.build import printable
from toolkit.engine.compose_file import PATH, ComposeFile, Service, memory_bytes, seconds
from toolkit.engine.labels import APPLICATION, ROLE, image_tag, labels
from toolkit.errors import BadInputError, TemporaryError

if TYPE_CHECKING:
    from docker import DockerClient
    from docker.models.containers import Container

_BUILT = re.compile(r"(?:^|/)services/([a-z][a-z0-9-]*)/Dockerfile$")
_PORT = re.compile(r"(?:(\d{1,3}(?:\.\d{1,3}){3}):)?(\d{1,5}):(\d{1,5})")
# A process without a health check counts as up when it has lived this long.
_SETTLED_SECONDS = 5
_ASK_EVERY_SECONDS = 0.5
# The image's own interval suits production; a person who waits is answered sooner.
_HEALTH_INTERVAL_SECONDS = 2
_SHOWN_LINES = 25
_NANOSECONDS = 1_000_000_000


class StartFailedError(Exception):
    """A container that ended, or did not become healthy: which, why, and the last lines that it printed."""

    def __init__(self, service: str, message: str, output: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.service, self.message, self.output = service, message, output


@dataclass
class Application:
    """An application as its compose file has it. `report` is told what happens, service by service.

    `environment` is laid over what every built service is told. `port` is where the proxy is reached, 0 for any free one;
    None for what the file says. `timeout_seconds` bounds the whole start. `images_of` is the application whose images are run,
    where the compose file has another name.
    """

    client: "DockerClient"
    compose: ComposeFile
    folder: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    port: int | None = None
    timeout_seconds: int = 300
    report: Callable[[str, str], None] = lambda _service, _text: None
    images_of: str = ""
    address: tuple[str, int] | None = None
    _containers: dict[str, "Container"] = field(default_factory=dict)
    _began: dict[str, float] = field(default_factory=dict)
    _said: dict[str, str] = field(default_factory=dict)
    _deadline: float = 0

    @property
    def name(self) -> str:
        return self.compose.name

    def start(self) -> None:
        """Starts everything in order and waits until all is healthy. Raises StartFailedError for what does not come up,
        TemporaryError for an image that cannot be had, BadInputError for a port that is taken."""
        self._deadline = monotonic() + self.timeout_seconds
        remove(self.client, self.name, volumes=False)
        network = self.client.networks.create(self._named("network"), labels=labels(self.name))
        for service in self.compose.order():
            for other, dependency in self.compose.services[service].depends_on.items():
                if dependency.condition == "service_healthy":
                    self._wait_until_healthy(other)
                elif dependency.condition == "service_completed_successfully":
                    self._wait_until_done(other)
            self._start(service, str(network.name))
        for service in self._containers:
            (self._wait_until_healthy if self._stays(service) else self._wait_until_done)(service)

    def states(self) -> dict[str, str]:
        """How each service is now: healthy, running, done, or how it ended."""
        return {service: self._state(service) for service in self._containers}

    def failed(self) -> StartFailedError | None:
        """The first service that ended since it came up."""
        for service in filter(self._stays, self._containers):
            if self._state(service) not in ("healthy", "running"):
                return self._failure(service, f"did not stay up: {self._state(service)}")
        return None

    def _stays(self, service: str) -> bool:
        """Release steps and set-ups run once and are not started again."""
        return self.compose.services[service].restart != "no"

    def _named(self, what: str) -> str:
        return f"replatform-{self.name}-{what}"

    def _start(self, name: str, network: str) -> None:
        import docker

        service = self.compose.services[name]
        image = self._image(name, service)
        self.report(name, f"starts {image}")
        volumes = self._volumes(name, service)
        health = self._health(service, image)
        try:
            container = self.client.containers.create(
                image,
                list(service.command) or None,
                name=self._named(name),
                labels=labels(self.name, name, "container"),
                environment=self._environment(service),
                network=network,
                networking_config={network: self.client.api.create_endpoint_config(aliases=[name])},
                ports=self._ports(service),
                volumes=volumes,
                init=service.init,
                read_only=service.read_only,
                tmpfs={path: options for path, _, options in (one.partition(":") for one in service.tmpfs)},
                cap_drop=list(service.cap_drop),
                cap_add=list(service.cap_add),
                security_opt=list(service.security_opt),
                mem_limit=memory_bytes(service.mem_limit) if service.mem_limit else None,
                platform=service.platform or None,
                healthcheck=health,
            )
            self._containers[name] = container
            for config in service.configs:
                container.put_archive(posixpath.dirname(config.target), self._config(config.source, config.target))
            container.start()
            self._began[name] = monotonic()
        except docker.errors.APIError as error:
            reason = printable((error.explanation or str(error)).strip().replace("\n", " "))
            if "port is already allocated" in reason or "address already in use" in reason:
                raise BadInputError(
                    f"the port of {name} is taken on this machine",
                    where=reason[-200:],
                    to_do="choose another with --port",
                ) from None
            raise StartFailedError(name, f"the engine does not start it: {reason}") from None
        if service.ports and self.address is None:
            self.address = self._published(container)

    def _image(self, name: str, service: Service) -> str:
        import docker

        if service.build:
            match = _BUILT.search(service.build.dockerfile)
            if not match:
                raise BadInputError(f"services.{name}.build.dockerfile: not one of replatform's", where=PATH)
            return image_tag(self.images_of or self.name, match[1])
        try:
            self.client.images.get(service.image)
        except docker.errors.ImageNotFound:
            self.report(name, f"pulls {service.image}")
            try:
                self.client.images.pull(service.image, platform=service.platform or None)
            except docker.errors.APIError as error:
                raise TemporaryError(
                    f"the image {service.image} of {name} cannot be had",
                    where=printable(str(error.explanation or error).splitlines()[0])[:300],
                    to_do=f"check the engine's network and registry; a datastore can be left out: --without {name}",
                ) from None
        return service.image

    def _environment(self, service: Service) -> dict[str, str]:
        from dotenv import dotenv_values

        values: dict[str, str] = {}
        for path in service.env_file:
            file = self.folder / path
            if not file.is_file():
                raise BadInputError(f"no {path} in {self.folder}", to_do="replatform generate writes it")
            read = dotenv_values(file, interpolate=False, encoding="utf-8")
            values |= {name: value for name, value in read.items() if value is not None}
        values |= service.environment
        return values | dict(self.environment) if service.build else values

    def _ports(self, service: Service) -> dict[str, tuple[str, int | None]]:
        ports: dict[str, tuple[str, int | None]] = {}
        for text in service.ports:
            match = _PORT.fullmatch(text)
            if not match:
                raise BadInputError(f"not a port that can be published: {text!r}", where=PATH)
            wanted = int(match[2]) if self.port is None else self.port
            ports[f"{match[3]}/tcp"] = (match[1] or "127.0.0.1", wanted or None)
        return ports

    def _published(self, container: "Container") -> tuple[str, int] | None:
        container.reload()
        bindings: dict[str, Any] = container.attrs["NetworkSettings"]["Ports"] or {}
        for published in bindings.values():
            for binding in published or ():
                return str(binding["HostIp"]), int(binding["HostPort"])
        return None

    def _volumes(self, name: str, service: Service) -> list[str]:
        """Named volumes; and one for each folder of configuration, as nothing can be put into a read-only container."""
        mounts = []
        for text in service.volumes:
            source, _, target = text.partition(":")
            if not re.fullmatch(r"[a-z0-9][a-z0-9_-]*", source) or not target.startswith("/"):
                raise BadInputError(f"services.{name}.volumes: not a named volume: {text!r}", where=PATH)
            mounts.append((source, target))
        folders = dict.fromkeys(posixpath.dirname(config.target) for config in service.configs)
        mounts += [(f"{name}-config-{number}", folder) for number, folder in enumerate(folders)]
        for source, _ in mounts:
            self.client.volumes.create(self._named(source), labels=labels(self.name, name))
        return [f"{self._named(source)}:{target}" for source, target in mounts]

    def _config(self, source: str, target: str) -> bytes:
        if source not in self.compose.configs:
            raise BadInputError(f"configs.{source} is missing", where=PATH)
        data = self.compose.configs[source].content.encode()
        buffer = io.BytesIO()
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            info = tarfile.TarInfo(posixpath.basename(target))
            info.size, info.mode = len(data), 0o644
            archive.addfile(info, io.BytesIO(data))
        return buffer.getvalue()

    def _health(self, service: Service, image: str) -> dict[str, Any] | None:
        if check := service.healthcheck:
            return {
                "test": list(check.test),
                "interval": min(seconds(check.interval), _HEALTH_INTERVAL_SECONDS) * _NANOSECONDS,
                "timeout": seconds(check.timeout) * _NANOSECONDS,
                "retries": check.retries,
                "start_period": seconds(check.start_period) * _NANOSECONDS,
            }
        if service.build and self.client.images.get(image).attrs["Config"].get("Healthcheck"):
            return {"interval": _HEALTH_INTERVAL_SECONDS * _NANOSECONDS}  # the rest stays the image's
        return None

    def _state(self, service: str) -> str:
        import docker

        container = self._containers[service]
        try:
            container.reload()
        except docker.errors.NotFound:
            return "removed"
        state: dict[str, Any] = container.attrs["State"]
        if state.get("OOMKilled"):
            return "out of memory"
        if state["Status"] == "exited":
            return "done" if state["ExitCode"] == 0 else f"ended with {state['ExitCode']}"
        return str(state.get("Health", {}).get("Status") or state["Status"])

    def _wait_until_healthy(self, service: str) -> None:
        while (state := self._state(service)) != "healthy":
            if state == "running" and monotonic() - self._began[service] >= _SETTLED_SECONDS:
                break
            if state not in ("created", "starting", "running"):
                raise self._failure(service, f"did not come up: {state}")
            self._pause(service)
        self._say(service, f"is {state}")

    def _wait_until_done(self, service: str) -> None:
        while (state := self._state(service)) != "done":
            if state not in ("created", "running", "starting"):
                raise self._failure(service, f"failed: {state}")
            self._pause(service)
        self._say(service, "is done")

    def _say(self, service: str, text: str) -> None:
        """Once, however many wait for it."""
        if self._said.get(service) != text:
            self._said[service] = text
            self.report(service, text)

    def _pause(self, service: str) -> None:
        if monotonic() > self._deadline:
            raise self._failure(service, f"was not ready within {self.timeout_seconds} s")
        sleep(_ASK_EVERY_SECONDS)

    def _failure(self, service: str, message: str) -> StartFailedError:
        """With what the container printed last, and what its health check said."""
        container = self._containers[service]
        log = container.logs(tail=_SHOWN_LINES).decode("utf-8", errors="replace").splitlines()
        checks = container.attrs["State"].get("Health", {}).get("Log") or []
        if checks and (said := printable(str(checks[-1].get("Output", "")).strip().replace("\n", " "))):
            message += f"; its health check says: {said[:300]}"
        return StartFailedError(service, message, tuple(map(printable, log)))


def remove(client: "DockerClient", application: str, *, volumes: bool = True) -> list[str]:
    """Removes the containers, networks and, unless told otherwise, volumes that carry our label; returns their names.

    Images stay: they are what makes the next build fast.
    """
    import docker

    wanted = {"label": f"{APPLICATION}={application}"}
    removed = []
    for container in client.containers.list(all=True, filters=wanted, ignore_removed=True):
        if container.labels.get(ROLE) != "container":
            continue  # of a build that runs now, or started by a person from one of our images
        with suppress(docker.errors.NotFound):
            container.remove(force=True, v=True)
            removed.append(str(container.name))
    for network in client.networks.list(filters=wanted):
        with suppress(docker.errors.NotFound):
            network.remove()
            removed.append(str(network.name))
    for volume in client.volumes.list(filters=wanted) if volumes else ():
        with suppress(docker.errors.NotFound):
            volume.remove(force=True)
            removed.append(str(volume.name))
    return sorted(removed)
