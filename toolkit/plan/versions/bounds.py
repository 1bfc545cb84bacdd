"""Bounds on what an application leaves open: by the day of its last change, and where later releases of a library broke
those that use it."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from toolkit.catalog.library_history import Bound
from toolkit.catalog.stacks import PackageManagerSteps, Stack
from toolkit.facts.model import Dependency, EntryPoint, Fact, Facts, LastChange, Origin, Runtime
from toolkit.findings import Evidence, Finding, Severity, in_words
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.folders import Folder
from toolkit.plan.applications.source_code import imported_at, run_time_sources, written_at
from toolkit.plan.dependencies.package_managers import ChosenManager
from toolkit.plan.images.image_inputs import ImageInputs
from toolkit.plan.model import Decision
from toolkit.plan.ranking import evidence_of, ranked
from toolkit.plan.versions.era import Dated, era, oldest_possible
from toolkit.plan.versions.versions import Numbers, is_within, numbers, overlap, satisfies

DROPPED = "dropped-name"
KEPT = "kept"
_MANY_PINS = 5  # fewer rarely conflict
_MANY_FLOORS, _OF_ONE_TIME = 8, 3


def library_bounds(image: ImageInputs) -> tuple[tuple[str, ...], list[Decision]]:
    """Lines of a constraints file, one for each library, and why: the strictest of what the source says (`used_before`) and
    of the table's bounds that apply."""
    stack = image.stack
    if stack.history is None:
        return (), []
    listed = {_name(dependency.name): dependency for dependency in image.dependencies}
    known = {(bound.name, bound.bound): bound for bound in stack.history.bounds if bound.of_source}
    there = _with_brought(stack, listed)
    found: dict[str, tuple[Bound, Dependency | None]] = {
        _name(used.name): (known[used.name, used.constraint], used) for used in image.of_source
    }
    for bound in stack.history.bounds:
        if bound.of_source or (bound.on and not satisfies(bound.on, image.release.version)):
            continue
        if bound.where_listed and _name(bound.name) not in there:
            continue
        other = found.get(_name(bound.name))
        if (other is None or _end(bound) < _end(other[0])) and _applies(bound, listed):
            found[_name(bound.name)] = (bound, listed.get(_name(bound.with_name)))
    lines = tuple(sorted(f"{bound.name}{bound.bound}" for bound, _ in found.values()))
    if not lines:
        return (), []
    because = "; ".join(dict.fromkeys(bound.because for bound, _ in found.values()))
    evidence = evidence_of(other for _, other in found.values() if other)
    return lines, [Decision(f"{image.key}.constraints", ", ".join(lines), because, evidence)]


def long_unchanged(stack: Stack, about: Sequence[Fact], of_source: Sequence[Dependency]) -> LastChange | None:
    """The last change of an application, where it is so old that the packages which it leaves open have drifted since.

    Where no file tells the day, what it pins does: the application has worked with that version, and so after its release;
    else the patch release of its language, `python-3.8.6`, or lower ends of one time; else what its code uses (`of_source`): it has worked before the release that dropped that. A day of the plan of before
    stands where none of this gives it again.
    """
    told = [fact for fact in about if isinstance(fact, LastChange)]
    kept = {change.day: change for change in told if change.evidence.rule == KEPT}
    change = next(iter(ranked(fact for fact in told if fact.evidence.rule != KEPT)), None)
    if change is None or change.origin is not Origin.RUNNING:
        # A list of changes, or the last migration, may be older than the application's last change; so may its pins, and
        # the framework that it was begun with.
        told = [found for found in (change, _of_pins(stack, about)) if found]
        told = told or [found for found in (_of_patch_release(stack, about), _of_floors(stack, about)) if found]
        of_code = None if told else _of_code(stack, of_source)
        begun = None if of_code else _of_beginning(stack, about)
        change = max([*told, *([begun] if begun else [])], key=lambda found: found.day[:7], default=of_code)
        change = _not_before(stack, about, change) if change else None
    if kept and (change is None or change.day not in kept):
        change = kept[min(kept)]
    return change if change and _is_past(stack, change.day) else None


def _of_pins(stack: Stack, about: Sequence[Fact]) -> LastChange | None:
    if stack.language != "python":
        return None  # what npm pins are a generator's ranges, as a rule
    listed = [f for f in about if isinstance(f, Dependency) and f.ecosystem == "pypi" and not f.development]
    # A range with an upper end pins, too: `flask~=2.0`, and Poetry's `^2.0`, are no older than 2.0.
    pins = [f for f in listed if f.version or f.constraint.startswith(("~", "^"))]
    return _pinned(stack, pins)


def _of_patch_release(stack: Stack, about: Sequence[Fact]) -> LastChange | None:
    """When the patch release of the language came out that a file pins, `python-3.8.6`: the newest of its day, as a rule."""
    pins = [
        Dependency(name=stack.language, version=f.version, ecosystem="pypi", evidence=f.evidence, origin=f.origin)
        for f in about
        if isinstance(f, Runtime) and f.name == stack.language and f.origin is Origin.RUNNING
        if f.version and f.version.count(".") == 2
    ]
    return _pinned(stack, pins)


def _of_floors(stack: Stack, about: Sequence[Fact]) -> LastChange | None:
    """When the newest of many lower ends came out, `lxml>=4.6.1`, where others are of the same quarter: whoever wrote or
    raised them took the releases of the day. A single one may be far older than the application's last change."""
    listed = [f for f in about if isinstance(f, Dependency) and f.ecosystem == "pypi" and not f.development]
    floors = [f for f in listed if not f.version and f.constraint.startswith(">=")]
    found = sorted((came for f in floors if (came := oldest_possible(stack, [f], ()))), key=lambda pair: pair[0])
    if (
        len(floors) < _MANY_FLOORS
        or len(found) < _OF_ONE_TIME
        or _months(found[-1]) - _months(found[-_OF_ONE_TIME]) > 3
    ):
        return None
    month, newest = found[-1]
    return LastChange(day=f"{month}-28", evidence=newest.evidence, origin=Origin.DEFAULT, confidence=0.5)


def _months(dated: Dated) -> int:
    year, month = dated[0].split("-")
    return 12 * int(year) + int(month)


def of_ranges(stack: Stack, about: Sequence[Fact]) -> LastChange | None:
    """When the newest of what a manifest of Node asks for at least came out: npm writes the newest release of its day there, as
    the lower end of a range. Where no lock file holds the rest, it is no older than that."""
    if stack.language != "node":
        return None
    listed = [f for f in about if isinstance(f, Dependency) and f.ecosystem == "npm"]
    oldest = oldest_possible(stack, listed, ())
    if oldest is None:
        return None
    change = LastChange(day=f"{oldest[0]}-28", evidence=oldest[1].evidence, origin=Origin.DEFAULT, confidence=0.5)
    return change if _is_past(stack, change.day) else None


def _of_beginning(stack: Stack, about: Sequence[Fact]) -> LastChange | None:
    """When the framework came out that the project was begun with."""
    points = (point for point in about if isinstance(point, EntryPoint) and point.kind == "django_begun")
    return _pinned(
        stack,
        [
            Dependency(name="django", version=p.value, ecosystem="pypi", evidence=p.evidence, origin=p.origin)
            for p in points
        ],
    )


def _pinned(stack: Stack, pins: Sequence[Dependency]) -> LastChange | None:
    found = era(stack, pins)
    if found is None:
        return None
    month, pin = found
    return LastChange(day=f"{month}-28", evidence=pin.evidence, origin=Origin.DEFAULT, confidence=0.5)


def _not_before(stack: Stack, about: Sequence[Fact], change: LastChange) -> LastChange:
    """The change, or the day that the application cannot be older than."""
    if not stack.library_releases:
        return change
    asked = [f for f in about if isinstance(f, Dependency) and f.ecosystem in ("pypi", "npm") and not f.development]
    oldest = oldest_possible(stack, asked, [f for f in about if isinstance(f, Runtime)])
    if oldest is None or oldest[0] <= change.day[:7]:
        return change
    return LastChange(day=f"{oldest[0]}-28", evidence=oldest[1].evidence, origin=Origin.DEFAULT, confidence=0.5)


def _is_past(stack: Stack, day: str) -> bool:
    """Whether packages have drifted since then."""
    return day < f"{int(stack.reviewed[:4]) - 1}{stack.reviewed[4:]}"


def _of_code(stack: Stack, of_source: Sequence[Dependency]) -> LastChange | None:
    ended = stack.history.ended if stack.history else {}
    days = [(day, used) for used in of_source if (day := ended.get(used.name, {}).get(used.constraint))]
    day, used = min(days, key=lambda found: found[0], default=("", None))
    return LastChange(day=day, evidence=used.evidence, origin=Origin.DEFAULT, confidence=0.4) if used else None


def with_kept_day(facts: Facts, before: Mapping[str, Any]) -> Facts:
    """The facts with the days that a plan of before has: our own commit is not the application's last change."""
    images = before.get("images")
    found = [image.get("resolved_before") for image in images.values()] if isinstance(images, dict) else []
    days = sorted({day for day in found if isinstance(day, str) and day})
    evidence = Evidence("replatform.yaml", rule=KEPT)
    kept = tuple(LastChange(day=day, evidence=evidence, origin=Origin.RUNNING) for day in days)
    return Facts((*facts.facts, *kept), facts.unread, facts.findings)


def of_day(key: str, change: LastChange) -> Decision:
    """Why what is left open is resolved as on the day of the last change."""
    guessed = change.origin is Origin.DEFAULT
    because = (
        "the newest dependency that it asks for was published then"
        if guessed
        else "the application was last changed then"
    )
    if change.evidence.rule == DROPPED:
        because = "the code uses what a release on the next day removed"
    because += ": unpinned dependencies are resolved as of that day"
    return Decision(f"{key}.resolved_before", change.day, because, (change.evidence,), guessed)


def used_before(
    stack: Stack, dependencies: Sequence[Dependency], folder: Folder, tree: SourceTree
) -> tuple[Dependency, ...]:
    """Libraries of whose later releases the application's own code uses what they dropped, each with its bound as
    constraint and the line that uses it as evidence. Those that are pinned, or wanted newer, are left out."""
    bounds = [bound for bound in stack.history.bounds if bound.of_source] if stack.history else []
    listed = {_name(dependency.name): dependency for dependency in dependencies}
    there = _with_brought(stack, listed)
    # A library that nothing lists comes with another one: only its own name in the code tells that it is there.
    bounds = [bound for bound in bounds if _name(bound.name) not in listed or _tells(bound, listed)]
    found: dict[str, Dependency] = {}
    for file in run_time_sources(stack.language, folder, tree) if bounds else ():
        for bound in bounds:
            if _name(bound.name) in found:
                continue
            place = imported_at(file, bound.names)
            if place is None and _name(bound.name) in there and not (bound.unless and bound.unless in file.text):
                place = written_at(file, bound.uses)
            if place:
                place = replace(place, rule=DROPPED)
                found[_name(bound.name)] = Dependency(
                    name=bound.name, ecosystem="pypi", constraint=bound.bound, evidence=place, origin=Origin.RUNNING
                )
    return tuple(found.values())


def _with_brought(stack: Stack, listed: Iterable[str]) -> set[str]:
    """The names of what is listed, and of what that brings along."""
    brought = stack.history.brings if stack.history else {}
    return {*listed, *(name for library in listed for name in brought.get(library, ()))}


def narrowed(dependencies: Sequence[Dependency], of_source: Sequence[Dependency]) -> list[Dependency]:
    """The dependencies as the bounds of the source leave them, and those that only it tells."""
    bounds = {_name(used.name): used for used in of_source}
    kept = []
    for dependency in dependencies:
        used = bounds.pop(_name(dependency.name), None)
        constraint = ",".join(part for part in (dependency.constraint, used.constraint if used else "") if part)
        kept.append(replace(dependency, constraint=constraint))
    return [*kept, *bounds.values()]


def _tells(bound: Bound, listed: dict[str, Dependency]) -> bool:
    """Whether the bound says more of a library than its own list does; a name that was dropped tells a day in any case."""
    known = not bound.names and is_within(None, listed[_name(bound.name)].constraint, bound.bound)
    return not known and _applies(bound, listed)


def _end(bound: Bound) -> Numbers:
    return numbers(bound.bound)


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


def leaves_open(stack: Stack, listed: Sequence[Dependency]) -> bool:
    """Whether a list pins less than what it installs: a library, or what one of its libraries brings along."""
    names = {dependency.name.lower() for dependency in listed}
    brought = stack.history.brings if stack.history else {}
    return any(not dependency.version for dependency in listed) or any(
        not names.issuperset(others) for library, others in brought.items() if library in names
    )


def is_frozen(stack: Stack, listed: Sequence[Dependency]) -> bool:
    """Whether a list pins all that it installs, with what its libraries bring along: `pip freeze` wrote it, or a person
    raises single pins of it, which no resolver has put together."""
    return len(listed) >= _MANY_PINS and not leaves_open(stack, listed)


def unpinned(
    manager: PackageManagerSteps, chosen: ChosenManager, own: Sequence[Dependency], change: LastChange | None
) -> list[Finding]:
    """Finding RP039: no lock file, and no index that tells what there was on the day of the last change."""
    floating = [d for d in own if not d.version and not d.development and not d.name.startswith("ext-")]
    if not floating:
        return []
    named = in_words((dependency.name for dependency in floating), 3)
    since = f", which is today's and not that of {change.day}, when the application was last changed" if change else ""
    severity = Severity.WARNING if change else Severity.NOTE
    text = f"nothing pins {named}: each build installs the newest version that {chosen.manifest} allows{since}"
    advice = f"run `{manager.to_lock}` where the application runs now, and commit the result"
    return [Finding("RP039", severity, text, evidence_of(floating), advice)]
