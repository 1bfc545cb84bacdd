"""The Docker engine: whose containers they are, and on which addresses they publish ports."""

from typing import Any

from ministack.core import container_reaper


def label_containers(label: str) -> None:
    own = container_reaper.own_labels
    name, _, value = label.partition("=")
    container_reaper.own_labels = lambda *kind, **extra: own(*kind, **extra) | {name: value}


def publish_ports_here_alone(host: str) -> None:
    """On the addresses that tasks and the emulator ask, where other machines do not reach databases."""
    from docker.models.containers import ContainerCollection

    own = ContainerCollection.create

    def create(
        self: ContainerCollection, image: Any, *rest: Any, ports: dict[str, Any] | None = None, **more: Any
    ) -> Any:
        here = {
            name: [(address, port) for address in (host, "127.0.0.1")] if isinstance(port, int) else port
            for name, port in (ports or {}).items()
        }
        return own(self, image, *rest, ports=here, **more)

    ContainerCollection.create = create
