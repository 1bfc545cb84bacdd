"""Bounds on what an application leaves open: by the day of its last change, and where later releases of a library broke
those that use it."""

from collections.abc import Mapping, Sequence
from typing import Any

from toolkit.catalog.stacks import Bound, Stack
from toolkit.facts.model import Dependency, Fact, Facts, LastChange, Origin
from toolkit.findings import Evidence
from toolkit.plan.model import Decision
from toolkit.plan.ranking import evidence_of, ranked
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


def long_unchanged(stack: Stack, about: Sequence[Fact], dependencies: Sequence[Dependency]) -> LastChange | None:
    """The last change of an application, where it is so old that what its dependencies leave open has drifted since."""
    change = next(iter(ranked(fact for fact in about if isinstance(fact, LastChange))), None)
    is_open = any(not dependency.version for dependency in dependencies)
    if change is None or not is_open or change.day >= f"{int(stack.reviewed[:4]) - 1}{stack.reviewed[4:]}":
        return None
    return change


def with_kept_day(facts: Facts, before: Mapping[str, Any]) -> Facts:
    """The facts with the day that a plan of before has: our own commit is not the application's last change."""
    images = before.get("images")
    found = [image.get("resolved_before") for image in images.values()] if isinstance(images, dict) else []
    days = [day for day in found if isinstance(day, str) and day]
    if not days:
        return facts
    evidence = Evidence("replatform.yaml", rule="kept")
    others = tuple(fact for fact in facts.facts if not isinstance(fact, LastChange))
    kept = LastChange(day=min(days), evidence=evidence, origin=Origin.RUNNING)
    return Facts((*others, kept), facts.unread, facts.findings)


def of_day(key: str, change: LastChange) -> Decision:
    because = "the application was last changed then: what its dependencies leave open is resolved as on that day"
    return Decision(f"{key}.resolved_before", change.day, because, (change.evidence,))


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
