"""One of the releases that the statements about a language leave."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from toolkit.catalog.stacks import Release, Stack
from toolkit.facts.model import LastChange, Runtime
from toolkit.plan.versions.release_statements import Statement, is_forerunner, newest, oldest
from toolkit.plan.versions.versions import is_open

Pick = tuple[Release, str, bool]  # why, and whether that is a guess


@dataclass(frozen=True)
class Left:
    """The releases that are left, never none; `used` are the statements that left them, `limits` what libraries add. `era` is
    the month that dependencies are of and what tells it, `change` the last one, where that is long ago."""

    stack: Stack
    candidates: Sequence[Release]
    used: Sequence[Statement]
    limits: Sequence[Statement]
    pinned: bool
    era: tuple[str, str] | None
    change: LastChange | None

    @cached_property
    def supported(self) -> list[Release]:
        """Those that get security fixes."""
        return [release for release in self.candidates if release.end_of_life >= self.stack.reviewed]

    @cached_property
    def why_limits(self) -> str:
        """What the limits are."""
        return "; ".join(statement.what for statement in self.limits[:2])

    @cached_property
    def default(self) -> Release | None:
        """The stack's default, where that is left."""
        default = self.stack.release_for(None)
        return default if default in self.candidates else None


def pick(left: Left) -> Pick:
    """The only one; else the dependencies' own time decides where they tell it; else the version nearest to what was tried."""
    return (
        _the_only(left)
        or _of_the_era(left)
        or _oldest_supported_from_minimum(left)
        or _within_limits(left)
        or _newest_from_minimum(left)
        or _admitted_by_range(left)
        or _oldest_supported_of_old(left)
        or _default(left)
    )


def _the_only(left: Left) -> Pick | None:
    if len(left.candidates) != 1:
        return None
    said = f"{left.used[0].evidence.path} says {left.used[0].what}" if left.used else ""
    return left.candidates[0], _joined(said, left.why_limits), False


def _of_the_era(left: Left) -> Pick | None:
    """The newest release that had settled in the month that the dependencies are of."""
    if not left.era:
        return None
    month, told_by = left.era
    candidates = [one for one in left.candidates if not is_forerunner(left.stack, one)] or left.candidates
    settles = left.stack.history.settles_in_months if left.stack.history else 0
    settled = [one for one in candidates if one.released and _months(one.released) + settles <= _months(month)]
    if settled:
        because = f"the newest established version when the dependencies were last resolved ({told_by})"
        return newest(settled), _joined(because, left.why_limits), False
    return oldest(candidates), f"the dependencies are of {month} ({told_by})", False


def _oldest_supported_from_minimum(left: Left) -> Pick | None:
    if not (left.stack.versions_are_minimums and left.used and left.supported):
        return None
    release, least, path = oldest(left.supported), _least(left.used[0]), left.used[0].evidence.path
    itself = left.stack.release_for(least) == release
    because = (
        f"{path} says {left.used[0].what}" if itself else f"the oldest supported version {_of_range(least)} ({path})"
    )
    return release, _joined(because, left.why_limits), not itself


def _within_limits(left: Left) -> Pick | None:
    return (left.default or newest(left.candidates), left.why_limits, False) if left.limits else None


def _newest_from_minimum(left: Left) -> Pick | None:
    if not (left.stack.versions_are_minimums and left.used):
        return None
    minimum, *others = left.used
    because = f"the newest {_of_range(_least(minimum))} ({minimum.evidence.path})"
    bounds = [f"{other.evidence.path} works with {other.what}" for other in others[:1]]
    return newest(left.candidates), _joined(because, *bounds, "none of these versions is supported"), True


def _admitted_by_range(left: Left) -> Pick | None:
    """The newest of a range with an end, the oldest supported one of a range without, where the dependencies are pinned."""
    low = next((s for s in left.used if isinstance(s.fact, Runtime) and s.fact.version), None)
    if low is None:
        return None
    ranges = [s.fact.constraint for s in left.used if isinstance(s.fact, Runtime) and s.fact.constraint]
    # "Python 3" admits the newest of all: it bounds nothing.
    if newest(left.candidates) != newest(left.stack.releases) and not all(map(is_open, ranges)):
        return newest(left.candidates), f"the newest version that {low.evidence.path} allows ({low.what})", False
    if left.pinned and left.supported:
        because = f"the oldest supported version that {low.evidence.path} allows ({low.what}), because the dependencies are pinned"
        return oldest(left.supported), because, True
    return None


def _oldest_supported_of_old(left: Left) -> Pick | None:
    if not (left.stack.versions_are_minimums and left.change and left.supported):
        return None
    because = f"the oldest supported version, because the application was last changed on {left.change.day}"
    return oldest(left.supported), because, True


def _default(left: Left) -> Pick:
    said = left.used[0].what if left.used else ""
    if left.default:
        because = (
            f"the stack's default, which is allowed: {said}"
            if left.used
            else "no file names a version; the stack's default is used"
        )
        return left.default, because, True
    return newest(left.candidates), f"the newest version that is allowed: {said}" if left.used else "the newest", True


def _least(statement: Statement) -> str:
    return statement.what.removeprefix(">=").removesuffix("+")


def _of_range(least: str) -> str:
    return f"of {least}" if " - " in least else f"from {least} on"


def _months(month: str) -> int:
    year, _, number = month.partition("-")
    return int(year) * 12 + int(number[:2] or 1)


def _joined(*reasons: str) -> str:
    return "; ".join(filter(None, reasons))
