"""`blueprints/stacks/<name>/`: how a kind of application is recognised, which images it uses, how it is built and started."""

from __future__ import annotations

from fnmatch import fnmatchcase
from pathlib import PurePosixPath
from typing import Literal

from pydantic import Field

from toolkit.catalog.load import BlueprintFolder, Entry, plain_yaml, validated
from toolkit.errors import BlueprintError

Arguments = tuple[str, ...]


class Condition(Entry):
    """True when everything it names holds: a file (glob below the application's folder), a dependency (glob on the name),
    an entry point of a kind, a runtime; `all` and `any` nest."""

    file: str | None = None
    dependency: str | None = None
    entry_point: str | None = None
    runtime: str | None = None
    all: tuple[Condition, ...] = ()
    any: tuple[Condition, ...] = ()
    none: tuple[Condition, ...] = ()


class Release(Entry):
    """A version of the language: the images that carry it and the month (or day) its support ends."""

    version: str
    end_of_life: str
    build_image: str
    runtime_image: str


class PackageManagerSteps(Entry):
    """How one package manager fills the dependency layer.

    `recognise` are files of which one must be present; `copy_first` globs what is copied before the source, so that the
    layer is reused while they do not change. `prepare` installs the tool itself, `install` the dependencies, `build`
    compiles. Steps are argument lists; `{manifest}` is the file that was recognised, `{version}` the language version.
    """

    recognise: tuple[str, ...]
    copy_first: tuple[str, ...]
    prepare: tuple[Arguments, ...] = ()
    install: tuple[Arguments, ...] = ()
    install_after_source: tuple[Arguments, ...] = ()
    build: tuple[Arguments, ...] = ()
    prune: tuple[Arguments, ...] = ()
    script_runner: Arguments = ()
    build_image: str | None = None  # instead of the release's, when the tool comes with an image of its own
    cache: str | None = None


class HealthCheck(Entry):
    """How the load balancer asks; `command` is what the image itself can run (`{port}`, `{health_path}`)."""

    path: str = "/"
    interval_seconds: int = 30
    timeout_seconds: int = 5
    grace_seconds: int = 60
    command: Arguments = ()


class ExtraPackage(Entry):
    """A library that production needs and the application may not list: the server in front of it."""

    name: str
    version: str
    unless: tuple[str, ...] = ()  # dependencies that make it unnecessary
    install: Arguments = ()


class Stack(Entry):
    """One stack. `extends` takes everything that is not set here from another stack."""

    name: str
    title: str
    language: str
    sources: tuple[str, ...]
    reviewed: str
    extends: str | None = None
    priority: int = Field(0, description="Stacks are tried from the highest to the lowest.")
    recognise: Condition = Condition()
    default_version: str = ""
    releases: tuple[Release, ...] = ()
    package_managers: dict[str, PackageManagerSteps] = {}
    start: Arguments = ()
    start_from: dict[str, Arguments] = Field({}, description="Start commands by the kind of entry point, first match wins.")
    server: ExtraPackage | None = None
    build: tuple[Arguments, ...] = ()
    release: tuple[Arguments, ...] = ()
    port: int = 8080
    port_variable: str | None = None
    health: HealthCheck = HealthCheck()
    environment: dict[str, str] = {}
    artifact: str = Field("", description="What the run-time stage takes from the build stage; `{entry point kind}` is filled in.")
    ignore: tuple[str, ...] = Field((), description="Lines of Dockerfile.dockerignore besides the common ones.")
    writable: tuple[str, ...] = ()
    cpu: Literal["X86_64", "ARM64"] = "X86_64"
    dockerfile: str = Field("", description="Folder below blueprints/stacks whose Dockerfile is used; empty for the own or inherited.")

    def release_for(self, wanted: str | None) -> Release | None:
        """The release whose version equals the wish or its first parts; None where no image carries it."""
        if not wanted:
            wanted = self.default_version
        parts = wanted.split(".")
        for length in range(len(parts), 0, -1):
            for release in self.releases:
                if release.version.split(".") == parts[:length]:
                    return release
        prefixed = [release for release in self.releases if release.version.split(".")[: len(parts)] == parts]
        return prefixed[0] if prefixed else None


def load_stacks(folder: BlueprintFolder) -> tuple[Stack, ...]:
    """Every stack, inheritance resolved, those to try first in front. Raises BlueprintError with file and line."""
    texts = {name.split("/")[1]: folder.text(name) for name in folder.files("stacks/*/stack.yaml")}
    stacks = [_resolved(name, texts, set()) for name in texts]
    return tuple(sorted(stacks, key=lambda stack: (-stack.priority, stack.name)))


def _resolved(name: str, texts: dict[str, str], seen: set[str]) -> Stack:
    where = f"blueprints/stacks/{name}/stack.yaml"
    if name in seen:
        raise BlueprintError(f"stack {name} extends itself", where=where)
    if name not in texts:
        raise BlueprintError(f"no stack named {name} to extend", to_do=f"write {where}")
    own = validated(texts[name], Stack, where)
    if not own.extends:
        return own.model_copy(update={"dockerfile": own.dockerfile or name})
    parent = _resolved(own.extends, texts, seen | {name})
    written = plain_yaml(texts[name])
    inherited = {field: getattr(parent, field) for field in Stack.model_fields if field not in written}
    return own.model_copy(update=inherited | {"dockerfile": own.dockerfile or parent.dockerfile})


def matches(pattern: str, path: str) -> bool:
    """Whether a path below an application's folder matches a stack's file pattern (`*` does not cross folders)."""
    if "/" not in pattern:
        return "/" not in path and fnmatchcase(path, pattern)
    return PurePosixPath(path).match(pattern) and path.count("/") == pattern.count("/")
