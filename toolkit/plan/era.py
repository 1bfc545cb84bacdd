"""The time that an application's dependencies are of, as their versions tell it."""

import re
from collections.abc import Mapping, Sequence

from toolkit.catalog.stacks import Stack
from toolkit.facts.model import Dependency
from toolkit.plan.versions import is_open, numbers


def era(stack: Stack, dependencies: Sequence[Dependency]) -> tuple[str, Dependency] | None:
    """The month in which the dependencies were last resolved, and what tells it: the newest pin of a library that is
    versioned by date, or the newest version of a library whose releases are dated."""
    if stack.history is None:
        return None
    dated = {name.lower() for name in stack.history.dated}
    found = []
    for dependency in dependencies:
        if dependency.name.lower() in dated and (
            match := re.match(r"(20\d\d)\.(\d{1,2})(?:\.|$)", dependency.version or "")
        ):
            found.append((f"{match[1]}-{min(max(int(match[2]), 1), 12):02}", dependency))
    for dependency in dependencies:
        month = _released(stack.history.released.get(dependency.name.lower(), {}), dependency)
        found += [(month, dependency)] if month else []
    if not found:
        return None
    return max(found, key=lambda pair: (pair[0], pair[1].name))


def _released(months: Mapping[str, str], dependency: Dependency) -> str:
    """The month of a pin, or of the oldest version that a constraint with an upper end admits."""
    if not dependency.version and is_open(dependency.constraint):
        return ""
    written = re.search(r"\d+(?:\.\d+)*", dependency.version or dependency.constraint)
    if not written:
        return ""
    known = [version for version in months if numbers(version) <= numbers(written[0])]
    return months[max(known, key=numbers)] if known else ""
