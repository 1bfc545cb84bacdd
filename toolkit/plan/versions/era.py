"""The time that an application's dependencies are of, as their versions tell it."""

import re
from collections.abc import Callable, Iterator, Sequence

from toolkit.catalog.stacks import Stack
from toolkit.facts.model import Dependency, Runtime
from toolkit.plan.versions.versions import Numbers, intervals, is_open, numbers

# A month, `2019-04`, and what tells it.
Dated = tuple[str, Dependency | Runtime]


def era(stack: Stack, dependencies: Sequence[Dependency], *, ends: bool = True) -> tuple[str, Dependency] | None:
    """The month in which the dependencies were last resolved, and what tells it: the newest pin of a library that is
    versioned by date, or the newest version of a library whose releases are dated; else, with `ends`, the newest that one has
    to be older than, `Flask<2`."""
    closed = [dependency for dependency in dependencies if dependency.version or not is_open(dependency.constraint)]
    found = [*_by_version(stack, dependencies), *_by_release(stack, closed)]
    # npm writes `^1.4.0` itself, whatever has come out since.
    bounded = [dependency for dependency in closed if not dependency.version and stack.language != "node"]
    if ends and not found:
        found = [*_by_release(stack, bounded, _end)]
    return max(found, key=lambda pair: (pair[0], pair[1].name), default=None)


def oldest_possible(stack: Stack, dependencies: Sequence[Dependency], runtimes: Sequence[Runtime]) -> Dated | None:
    """The month before which the application cannot be as it is, since a version of a library or of its language that it
    asks for at least came out then. That may be long before its last change: `Flask>=0.10`."""
    found: list[Dated] = list(_by_release(stack, dependencies))
    for runtime in runtimes:
        told = runtime.version.split(".") if runtime.name == stack.language and runtime.version else []
        # "Python 3" is of no time.
        came = (r.released for r in stack.releases if r.version.split(".") == told[: r.version.count(".") + 1])
        found += [(month, runtime) for month in came if month]
    return max(found, key=lambda pair: (pair[0], pair[1].name), default=None)


def _by_version(stack: Stack, dependencies: Sequence[Dependency]) -> Iterator[tuple[str, Dependency]]:
    dated = {name.lower() for name in stack.history.dated} if stack.history else set()
    for dependency in dependencies:
        if dependency.name.lower() in dated and (
            match := re.match(r"(20\d\d)\.(\d{1,2})(?:\.|$)", dependency.version or "")
        ):
            yield f"{match[1]}-{min(max(int(match[2]), 1), 12):02}", dependency


def _least(dependency: Dependency) -> Numbers:
    if dependency.version:
        return numbers(dependency.version)
    # `>1.26` admits 1.26.1, and says no more about its time than `>=1.26`.
    return min(interval.low for interval in intervals(re.sub(r">(?!=)", ">=", dependency.constraint)))


def _end(dependency: Dependency) -> Numbers:
    return max(interval.high for interval in intervals(dependency.constraint))


def _by_release(
    stack: Stack, dependencies: Sequence[Dependency], of: Callable[[Dependency], Numbers] = _least
) -> Iterator[tuple[str, Dependency]]:
    """The month of each pin, or of the oldest version that a constraint admits."""
    for dependency in dependencies:
        asked = of(dependency)
        months = stack.library_releases.get(re.sub(r"[._]", "-", dependency.name.lower()), "") if any(asked) else ""
        known = [pair.split() for pair in months.split(", ")] if months else []
        before = [(numbers(version), month) for version, month in known if numbers(version) <= asked]
        if before:
            yield max(before)[1], dependency
