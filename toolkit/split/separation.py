"""Level (c), an image for each service with only the code that it needs: what prevents it, place by place."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from toolkit.findings import Evidence
from toolkit.split.code import Code


@dataclass(frozen=True, slots=True)
class Blocker:
    """A unit of a service names a unit of another: `service` is that other."""

    unit: str
    other: str
    service: str
    evidence: Evidence


def blockers(code: Code, partition: Mapping[str, str], services: Iterable[str]) -> dict[str, tuple[Blocker, ...]]:
    """What each service's code uses of another service's code, by place. A service with nothing is separable: what it uses
    besides is code that no routes lead to, which several images can hold."""
    found: dict[str, list[Blocker]] = {name: [] for name in services}
    for (source, target), evidence in code.references.items():
        own, other = partition.get(source, ""), partition.get(target, "")
        if own in found and other in found and own != other:
            found[own].append(Blocker(source, target, other, evidence))
    return {
        name: tuple(sorted(own, key=lambda one: (one.evidence.path, one.evidence.first_line, one.other)))
        for name, own in found.items()
    }
