"""`blueprints/effects.yaml`: what a change of a generated file does when it is deployed."""

from collections.abc import Iterable
from enum import StrEnum
from fnmatch import fnmatchcase

from toolkit.catalog.load import BlueprintFolder, Entry


class Effect(StrEnum):
    """What a change touches, the gravest first."""

    REPLACEMENT = "replacement"
    DATA = "data"
    IAM = "iam"
    NETWORK = "network"
    COST = "cost"
    IMAGE = "image"
    CONFIGURATION = "configuration"
    OTHER = "other"


class Effects(Entry):
    """Patterns by effect; `replacement` is by resource type."""

    sources: tuple[str, ...]
    reviewed: str
    resources: dict[Effect, tuple[str, ...]]
    properties: dict[Effect, tuple[str, ...]]
    paid: tuple[str, ...]
    sizes: tuple[str, ...]
    files: dict[str, Effect]
    replacement: dict[str, tuple[str, ...]]

    def of_file(self, path: str) -> Effect:
        """The effect of a file that is neither a template nor parameters."""
        return next((effect for pattern, effect in self.files.items() if fnmatchcase(path, pattern)), Effect.OTHER)

    def of_property(self, kind: str, path: tuple[str, ...]) -> set[Effect]:
        """Effects of a changed property, by the resource's type and the property's path below `Properties`."""
        found = {effect for effect, names in self.properties.items() if set(names) & set(path)}
        if not found:
            found = self._of_kind(kind)
        if any(tuple(name.split(".")) == path[: name.count(".") + 1] for name in self.replacement.get(kind, ())):
            found |= {Effect.REPLACEMENT}
        return found or {Effect.OTHER}

    def of_resource(self, kind: str, *, gone: bool) -> set[Effect]:
        """Effects of a resource that is new, or gone."""
        found = self._of_kind(kind) | ({Effect.COST} if kind in self.paid else set())
        return found | ({Effect.REPLACEMENT} if gone else set()) or {Effect.OTHER}

    def _of_kind(self, kind: str) -> set[Effect]:
        return {effect for effect, patterns in self.resources.items() if _fits(kind, patterns)}


def _fits(kind: str, patterns: Iterable[str]) -> bool:
    return any(fnmatchcase(kind, pattern) for pattern in patterns)


def load_effects(folder: BlueprintFolder) -> Effects:
    return folder.entry("effects.yaml", Effects)
