"""Bounds on what an application leaves open, where later releases of a library broke those that use it."""

from collections.abc import Sequence

from toolkit.catalog.stacks import Bound, Stack
from toolkit.facts.model import Dependency
from toolkit.plan.model import Decision
from toolkit.plan.ranking import evidence_of
from toolkit.plan.versions import is_within, overlap, satisfies


def library_bounds(
    key: str, stack: Stack, version: str, dependencies: Sequence[Dependency]
) -> tuple[tuple[str, ...], list[Decision]]:
    """Lines of a constraints file, one for each library, and why. The table's first bound that applies is the one; `version`
    is the language's."""
    if stack.history is None:
        return (), []
    listed = {_name(dependency.name): dependency for dependency in dependencies}
    found: dict[str, tuple[Bound, Dependency | None]] = {}
    for bound in stack.history.bounds:
        if bound.on and not satisfies(bound.on, version):
            continue
        if _name(bound.name) not in found and _applies(bound, listed):
            found[_name(bound.name)] = (bound, listed.get(_name(bound.with_name)))
    lines = tuple(sorted(f"{bound.name}{bound.bound}" for bound, _ in found.values()))
    if not lines:
        return (), []
    because = "; ".join(dict.fromkeys(bound.because for bound, _ in found.values()))
    evidence = evidence_of(other for _, other in found.values() if other)
    return lines, [Decision(f"{key}.constraints", ", ".join(lines), because, evidence)]


def _applies(bound: Bound, listed: dict[str, Dependency]) -> bool:
    own = listed.get(_name(bound.name))
    if own is not None and (own.version or not overlap(own.constraint, bound.bound)):
        return False  # pinned, or newer ones are asked for on purpose
    if not bound.with_name:
        return True
    other = listed.get(_name(bound.with_name))
    if other is None:
        return False
    return not bound.with_versions or is_within(other.version, other.constraint, bound.with_versions)


def _name(name: str) -> str:
    return name.lower().replace("_", "-")
