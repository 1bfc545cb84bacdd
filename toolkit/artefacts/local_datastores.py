"""Datastores of the plan as containers on one machine."""

import re
from dataclasses import dataclass

from toolkit.artefacts.base_images import reference
from toolkit.artefacts.yaml import Node, Value
from toolkit.catalog.profiles import DatastoreBlueprint, EngineVersion, LocalContainer
from toolkit.plan.model import BaseImages, Datastore

_FIELD = re.compile(r"\{(host|port|name|name_in_sql|username|password)\}")


@dataclass(frozen=True, slots=True)
class LocalDatastore:
    """A datastore of the plan as it runs here: `host` is its name on the local network, `password` what it asks for."""

    name: str
    host: str
    planned: Datastore
    blueprint: DatastoreBlueprint
    container: LocalContainer
    version: EngineVersion | None
    base_images: BaseImages
    password: str

    @property
    def image(self) -> str:
        """The reference by which the image is pulled."""
        image = (self.version.image if self.version else "") or self.container.image
        return reference(self.base_images, image, f"datastores.{self.name}")

    @property
    def data_folder(self) -> str:
        """Where the container keeps the data; empty where it keeps none."""
        return (self.version.data_folder if self.version else "") or self.container.data_folder

    @property
    def volume(self) -> str:
        """The volume that holds this folder."""
        return f"{self.host}-data"

    @property
    def database(self) -> str:
        """The name of the database."""
        return (self.version.database if self.version else "") or self.planned.database or "app"

    @property
    def fields(self) -> dict[str, str]:
        """What clients have to know, by the names that templates use."""
        return {
            "host": self.host,
            "port": str(self.blueprint.port),
            "name": self.database,
            "name_in_sql": self.database.replace("'", "''"),
            "username": self.container.username,
            "password": self.password,
        }

    def filled(self, text: str) -> str:
        """A template of the blueprint with these fields."""
        fields = self.fields
        return _FIELD.sub(lambda match: fields[match[1]], text)

    def pulled(self, key: str = "") -> dict[str, Value]:
        """The image of a container, and its platform where it has to be told; `key` of the plan decided the image."""
        entry: dict[str, Value] = {"image": Node(self.image, key) if key else self.image}
        return entry | ({"platform": self.container.platform} if self.container.platform else {})

    def service(self, *, presents_password: bool) -> dict[str, Value]:
        """The entry of its container; one that is not presented with a password by any process asks for none."""
        container = self.container
        entry = self.pulled(f"datastores.{self.name}.version")
        if command := container.command + (container.password_options if presents_password else ()):
            entry["command"] = [self.filled(word) for word in command]
        if container.environment:
            entry["environment"] = {name: self.filled(value) for name, value in container.environment.items()}
        if self.data_folder:
            entry["volumes"] = [f"{self.volume}:{self.data_folder}"]
        entry["healthcheck"] = {
            "test": [self.filled(word) for word in container.health],
            "interval": "5s",
            "timeout": "5s",
            "retries": 12,
            "start_period": f"{container.start_seconds}s",
        }
        return entry | {"restart": "unless-stopped"}

    def setup(self) -> dict[str, Value]:
        """The entry of what sets the datastore up, and ends."""
        container = self.container
        entry = self.pulled() | {"command": [self.filled(word) for word in container.setup]}
        if container.setup_environment:
            entry["environment"] = {name: self.filled(value) for name, value in container.setup_environment.items()}
        return entry | {"depends_on": {self.host: once("healthy")}, "restart": "no"}


def once(state: str) -> Node:
    """The condition under which a container starts that depends on another one."""
    return Node({"condition": f"service_{state}"}, flow=True)
