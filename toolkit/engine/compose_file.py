"""`compose.yaml`, as far as replatform writes it: what `up` runs, with no need for the compose plugin.

Whoever adds what is not known here is told so, and runs it with `docker compose up` instead.
https://github.com/compose-spec/compose-spec/blob/main/spec.md (reviewed 2026-11-21)
"""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from toolkit.errors import BadInputError

PATH = "compose.yaml"
_REFERENCE = re.compile(r"\$(?:(\$)|\{(\w+)(?::([-?])([^}]*))?\}|(\w+))")
_DURATION = re.compile(r"(?:(\d+)m)?(?:(\d+)s)?")
_MEMORY = re.compile(r"(\d+)([bkmg]?)b?", re.IGNORECASE)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Build(_Part):
    context: str
    dockerfile: str


class HealthCheck(_Part):
    test: tuple[str, ...]
    interval: str = "5s"
    timeout: str = "5s"
    retries: int = 12
    start_period: str = "0s"


class Dependency(_Part):
    condition: Literal["service_started", "service_healthy", "service_completed_successfully"]


class Mount(_Part):
    source: str
    target: str


class Service(_Part):
    """One container. Exactly one of `image` and `build`."""

    image: str = ""
    build: Build | None = None
    platform: str = ""
    command: tuple[str, ...] = ()
    env_file: tuple[str, ...] = ()
    environment: dict[str, str] = {}
    volumes: tuple[str, ...] = ()
    configs: tuple[Mount, ...] = ()
    ports: tuple[str, ...] = ()
    depends_on: dict[str, Dependency] = {}
    healthcheck: HealthCheck | None = None
    profiles: tuple[str, ...] = ()
    restart: str = "no"
    init: bool = False
    stop_grace_period: str = "10s"
    mem_limit: str = ""
    read_only: bool = False
    tmpfs: tuple[str, ...] = ()
    cap_drop: tuple[str, ...] = ()
    cap_add: tuple[str, ...] = ()
    security_opt: tuple[str, ...] = ()


class Config(_Part):
    content: str


class ComposeFile(_Part):
    name: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,62}$")
    services: dict[str, Service]
    configs: dict[str, Config] = {}
    volumes: dict[str, dict[str, Any] | None] = {}

    def order(self) -> tuple[str, ...]:
        """All services, each after those it depends on."""
        ordered: list[str] = []

        def visit(name: str, above: tuple[str, ...]) -> None:
            if name in above:
                raise BadInputError(f"services depend on each other: {' -> '.join((*above, name))}", where=PATH)
            if name not in self.services:
                raise BadInputError(f"{above[-1]} depends on {name}, which does not exist", where=PATH)
            for other in self.services[name].depends_on:
                visit(other, (*above, name))
            if name not in ordered:
                ordered.append(name)

        for name in self.services:
            visit(name, ())
        return tuple(ordered)


def read_compose(
    text: str,
    value_of: Callable[[str, str | None], str],
    without: Collection[str] = (),
    unset: Collection[str] = (),
) -> ComposeFile:
    """The services that start by themselves, but for those of `without`, and no variable named in `unset`.

    References are filled: `value_of` gives a variable's value by its name and the file's default. Raises BadInputError for
    what is not YAML, and for what this reader does not know.
    """
    try:
        tree = YAML(typ="safe", pure=True).load(text)
    except (YAMLError, RecursionError) as error:
        raise BadInputError(f"not YAML: {str(error).splitlines()[0]}", where=PATH) from None
    if isinstance(tree, dict) and isinstance(tree.get("services"), dict):
        tree["services"] = {
            name: _kept(entry, without, unset)
            for name, entry in tree["services"].items()
            if isinstance(entry, dict) and name not in without and not entry.get("profiles")
        }
    try:
        return ComposeFile.model_validate(_filled(tree, value_of))
    except ValidationError as error:
        first = error.errors()[0]
        raise BadInputError(
            f"{'.'.join(map(str, first['loc']))}: {first['msg']}",
            where=PATH,
            to_do="run `docker compose up --build`, which knows all of compose; replatform up runs what replatform writes",
        ) from None


def _kept(entry: dict[str, Any], without: Collection[str], unset: Collection[str]) -> dict[str, Any]:
    """A service's entry without its waiting for services that are left out, and without some variables."""
    changed = dict(entry)
    for key, names in (("depends_on", without), ("environment", unset)):
        if isinstance(entry.get(key), dict):
            changed[key] = {name: value for name, value in entry[key].items() if name not in names}
    return changed


def _filled(value: Any, value_of: Callable[[str, str | None], str]) -> Any:
    if isinstance(value, str):
        return _REFERENCE.sub(lambda match: _value(match, value_of), value)
    if isinstance(value, Mapping):
        return {str(name): _filled(inner, value_of) for name, inner in value.items()}
    if isinstance(value, list):
        return [_filled(inner, value_of) for inner in value]
    return value


def _value(match: re.Match[str], value_of: Callable[[str, str | None], str]) -> str:
    if match[1]:
        return "$"
    return value_of(match[2] or match[5], match[4] if match[3] == "-" else None)


def seconds(duration: str) -> int:
    """`1m30s` as seconds. Raises BadInputError for what is no such duration."""
    match = _DURATION.fullmatch(duration)
    if not match or not duration:
        raise BadInputError(f"not a duration: {duration!r}", where=PATH, to_do="write it like 90s or 1m30s")
    return 60 * int(match[1] or 0) + int(match[2] or 0)


def memory_bytes(size: str) -> int:
    """`2048m` as bytes. Raises BadInputError for what is no size."""
    match = _MEMORY.fullmatch(size)
    if not match:
        raise BadInputError(f"not a size: {size!r}", where=PATH, to_do="write it like 512m or 2g")
    return int(match[1]) << {"": 0, "b": 0, "k": 10, "m": 20, "g": 30}[match[2].lower()]
