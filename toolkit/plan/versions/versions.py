"""Version numbers and ranges, as every ecosystem writes them: pip, npm, Maven, Composer, prose."""

import re
from dataclasses import dataclass

Numbers = tuple[int, int, int]
_END: Numbers = (10**9, 0, 0)
_START: Numbers = (0, 0, 0)
_PART = re.compile(
    r"(?P<operator>===|==|>=|<=|!=|~=|~>|\^|~|>|<|=)?\s*v?(?P<version>\d{1,9}(?:\.(?:\d{1,9}|[xX*]))*)(?P<rest>[\w.+*-]*)"
)


@dataclass(frozen=True, slots=True)
class Interval:
    """Versions from `low` up to but without `high`."""

    low: Numbers = _START
    high: Numbers = _END

    def overlap(self, other: "Interval") -> "Interval | None":
        """The versions that both have; None where there are none."""
        low, high = max(self.low, other.low), min(self.high, other.high)
        return Interval(low, high) if low < high else None


def numbers(version: str) -> Numbers:
    """The first three numbers of a version; missing ones are 0."""
    found = [int(part) for part in re.findall(r"\d{1,9}", version.split("-")[0].split("+")[0])[:3]]
    return (*found, 0, 0, 0)[:3]  # type: ignore[return-value]


def release_interval(version: str) -> Interval:
    """What a release of that name holds: `3.8` is 3.8.0 up to 3.9."""
    return Interval(numbers(version), _next(version, len(_written(version)) - 1))


def intervals(constraint: str) -> tuple[Interval, ...]:
    """What a constraint admits; everything for one that says nothing or cannot be read. `!=` is passed over."""
    text = constraint.strip()
    if not text or text in ("*", "latest", "node", "lts/*", "stable"):
        return (Interval(),)
    found: list[Interval] = []
    if re.fullmatch(r"[\d.]+(?:\s*,\s*[\d.]+)+", text):
        text = text.replace(",", "||")  # a list of versions, as classifiers have them
    for alternative in re.split(r"\|\|?", text):
        if match := re.fullmatch(r"\s*v?(\d[\d.]*)\s+-\s+v?(\d[\d.]*)\s*", alternative):
            found.append(Interval(numbers(match[1]), _next(match[2], len(_written(match[2])) - 1)))
            continue
        interval: Interval | None = Interval()
        named = False
        for match in _PART.finditer(alternative):
            if match["operator"] == "!=":
                continue
            named = True
            interval = interval and interval.overlap(
                _interval(match["operator"] or "", match["version"], alternative[match.end() :], match["rest"])
            )
        if named and interval:
            found.append(interval)
        elif not named and alternative.strip() in ("*", "x", ""):
            found.append(Interval())
    return tuple(found) or (Interval(),)


def admits(constraint: str, release: str) -> bool:
    """Whether some version of a release satisfies a constraint."""
    own = release_interval(release)
    return any(own.overlap(interval) for interval in intervals(constraint))


def satisfies(constraint: str, version: str) -> bool:
    """Whether one version satisfies a constraint."""
    value = numbers(version)
    return any(interval.low <= value < interval.high for interval in intervals(constraint))


def overlap(one: str, other: str) -> bool:
    """Whether some version satisfies both constraints."""
    return any(a.overlap(b) for a in intervals(one) for b in intervals(other))


def is_within(version: str | None, constraint: str, versions: str) -> bool:
    """Whether a dependency will be within `versions`: by its pin, or by the upper end of its constraint, because the newest
    that is allowed is what gets installed."""
    if version:
        return satisfies(versions, version)
    if not constraint or is_open(constraint):
        return False
    newest = max(interval.high for interval in intervals(constraint))
    return any(interval.low < newest <= interval.high for interval in intervals(versions))


def is_open(constraint: str) -> bool:
    """Whether a constraint has no upper end: `>=3.8`, `3.8+`, or nothing at all."""
    return any(interval.high == _END for interval in intervals(constraint))


def _interval(operator: str, version: str, after: str, rest: str) -> Interval:
    written = _written(version)
    low = numbers(version)
    if not operator and (
        rest.startswith("+") or re.match(r"\s*(?:or|and)\s+(?:later|newer|higher|above|up|greater)", after)
    ):
        return Interval(low)
    if operator in ("", "=", "==", "==="):
        return Interval(low, _next(version, len(written) - 1))
    if operator == ">=":
        return Interval(low)
    if operator == ">":
        return Interval(_next(version, len(written) - 1))
    if operator == "<=":
        return Interval(_START, _next(version, len(written) - 1))
    if operator == "<":
        return Interval(_START, low)
    if operator == "^":
        first = next((place for place, number in enumerate(written) if number), len(written) - 1)
        return Interval(low, _next(version, first))
    if operator in ("~=", "~>"):
        return Interval(low, _next(version, max(len(written) - 2, 0)))
    return Interval(low, _next(version, min(len(written) - 1, 1)))


def _written(version: str) -> list[int]:
    """The numbers that are written out: one for `3.x`, two for `3.8`."""
    found = []
    for part in version.split(".")[:3]:
        if not part.isdigit():
            break
        found.append(int(part))
    return found or [0]


def _next(version: str, place: int) -> Numbers:
    """The version after all that share the numbers up to a place."""
    written = [*_written(version), 0, 0, 0][:3]
    place = min(place, 2)
    return (*written[:place], written[place] + 1, 0, 0)[:3]  # type: ignore[return-value]
