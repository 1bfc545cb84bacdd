"""Which version of the language an image gets: pins first, then the README, then what the pinned libraries run on, then
the default."""

import re
import shlex
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial
from operator import itemgetter

from toolkit.catalog.stacks import Release, Stack
from toolkit.facts.manifests import npm_locks
from toolkit.facts.model import Dependency, Fact, LastChange, Origin, Runtime
from toolkit.findings import Evidence, Finding, Severity
from toolkit.inventory.source_tree import SourceFile
from toolkit.plan.model import Decision, Question
from toolkit.plan.ranking import ranked, strength_of
from toolkit.plan.reported import Reported
from toolkit.plan.versions.bounds import DROPPED
from toolkit.plan.versions.era import era as era_of
from toolkit.plan.versions.versions import admits, is_open, is_within, numbers

_MOST_PLACES = 3
_MONIKER = re.compile(r"net\d{2,3}")  # of the .NET Framework, 4.7.2 as net472: no range


@dataclass
class ChosenRelease(Reported):
    """The release, why, and what is worth telling about it."""

    release: Release
    decision: Decision


@dataclass(frozen=True)
class _Statement:
    """One reason to prefer some releases over others."""

    allows: Callable[[Release], bool]
    what: str
    evidence: Evidence
    fact: Fact | None = None


def choose_release(
    image: str,
    stack: Stack,
    runtimes: Sequence[Runtime],
    dependencies: Sequence[Dependency],
    tools: Sequence[Dependency] = (),
    lock: SourceFile | None = None,
    change: LastChange | None = None,
) -> ChosenRelease:
    """The release of a stack for one image, from the statements about its language and its pinned dependencies; `tools` are
    dependencies of development, `change` is the application's last one where that is long ago."""
    key = f"images.{image}.version"
    stated = [fact for fact in ranked(runtimes) if fact.name == stack.language and (fact.version or fact.constraint)]
    candidates = _without_forerunners(stack, stated)
    used: list[_Statement] = []
    findings: list[Finding] = []
    for fact in stated:
        statement = _Statement(_allows(fact, stack), _written(fact), fact.evidence, fact)
        narrowed = [release for release in candidates if statement.allows(release)]
        if narrowed:
            candidates = narrowed
            used.append(statement)
        elif used:
            findings.append(_contradiction(stack, statement, used[0], key))
        elif not any(statement.allows(release) for release in stack.releases):
            nearest = _nearest(fact, stack)
            findings.append(_no_image(stack, statement, nearest, key))
            candidates, used = [nearest], [statement]
    evidence_of_use = list(used)
    limits = [*_lock_limits(stack, lock), *_limits(stack, [*dependencies, *tools])]
    for limit in limits:
        narrowed = [release for release in candidates if limit.allows(release)]
        if narrowed and len(narrowed) < len(candidates):
            candidates = narrowed
            evidence_of_use.append(limit)
        elif not narrowed and used:
            findings.append(_contradiction(stack, limit, used[0], key))
    # Of what runs on every later version, the last change tells nothing.
    last = _era_of_change(None if stack.versions_are_minimums else change)
    # Of what others bring along, one release may be years older than the rest.
    asked = {dependency.name for dependency in (*dependencies, *tools) if dependency.evidence.rule != npm_locks.RULE}
    telling = [dependency for dependency in (*dependencies, *tools) if dependency.name in asked]
    if stack.language == "node" and lock is None:
        # What no lock file holds is resolved as on the day of the last change: the lower end of a range, which generators
        # of new applications write for years, tells less than that.
        pins = [dependency for dependency in telling if dependency.version]
        era = _told(stack, pins) or last or _told(stack, telling)
    else:
        told = _told(stack, telling, ends=False)
        # A commit may be of the README alone, years later; what the files tell is a day on which somebody worked on the code.
        # And what its code uses is of any time before a release.
        of_files = stack.language == "python" and change is not None and change.origin is not Origin.RUNNING
        of_files = of_files and change is not None and change.evidence.rule != DROPPED
        era = max(told, last, key=itemgetter(0)) if told and last and of_files else told or last
        era = era or _told(stack, telling)  # what a library has to be older than is of any time before
    candidates = _with_day(stack, candidates, dependencies, None if lock else change)
    release, because, guessed = _pick(stack, candidates, used, evidence_of_use[len(used) :], dependencies, era, change)
    places = tuple(dict.fromkeys(s.evidence for s in evidence_of_use))[:_MOST_PLACES]
    chosen = ChosenRelease(release, Decision(key, release.version, because, places, guessed), findings=findings)
    if release.end_of_life < stack.reviewed:
        chosen.findings.append(_dead(stack, release, places, key))
    if guessed and not places and not stack.last_resort:
        chosen.questions.append(
            Question(key, f"No file names the version of {stack.title}'s language ({stack.language}). Which one is it?", release.version,
                     choices=tuple(r.version for r in stack.releases))
        )  # fmt: skip
    return chosen


def _without_forerunners(stack: Stack, stated: Sequence[Runtime]) -> list[Release]:
    """Python 2 is another language: it is left out where any statement admits Python 3 too, because enumerations such as
    "2.7, 3.4, 3.5" begin with it."""
    if stack.language != "python":
        return list(stack.releases)
    modern = [release for release in stack.releases if not _is_forerunner(stack, release)]
    admitted = any(_allows(fact, stack)(release) for fact in stated for release in modern)
    return modern if admitted else list(stack.releases)


def _is_forerunner(stack: Stack, release: Release) -> bool:
    return stack.language == "python" and release.version.startswith("2")


def _admitted(runs_on: str, release: Release) -> bool:
    return admits(runs_on, release.version)


def _allows(fact: Runtime, stack: Stack) -> Callable[[Release], bool]:
    """What a statement admits: its constraint, or the release that its version belongs to."""
    plain = not fact.constraint or fact.constraint == fact.version or bool(_MONIKER.fullmatch(fact.constraint))
    if stack.versions_are_minimums and fact.version and plain:
        return partial(_admitted, f">={fact.version}")
    if fact.constraint:
        return lambda release: admits(fact.constraint, release.version)
    exact = stack.release_for(fact.version)
    if (
        exact is not None
        and numbers(exact.version)[: len(exact.version.split("."))]
        != numbers(fact.version or "")[: len(exact.version.split("."))]
    ):
        exact = None
    return lambda release: release == exact


def _written(fact: Runtime) -> str:
    if fact.version and fact.constraint.startswith(f"{fact.version}-"):
        return fact.version  # of an image's tag, which goes on with a distribution
    return fact.constraint or fact.version or ""


def _least(statement: _Statement) -> str:
    return statement.what.removeprefix(">=").removesuffix("+")


def _of_range(least: str) -> str:
    return f"of {least}" if " - " in least else f"from {least} on"


def _nearest(fact: Runtime, stack: Stack) -> Release:
    """The oldest release that is not older than the wish, or the newest of all."""
    wish = numbers(fact.version or fact.constraint)
    later = [release for release in stack.releases if numbers(release.version) >= wish]
    return min(later, key=lambda release: numbers(release.version), default=_newest(stack.releases))


def _newest(releases: Iterable[Release]) -> Release:
    return max(releases, key=lambda release: numbers(release.version))


def _oldest(releases: Iterable[Release]) -> Release:
    return min(releases, key=lambda release: numbers(release.version))


def _lock_limits(stack: Stack, lock: SourceFile | None) -> list[_Statement]:
    """What the lock file's format says about the tool that wrote it, and so about the language's version."""
    if stack.history is None or lock is None:
        return []
    return [
        _Statement(
            partial(_admitted, limit.runs_on),
            f"{lock.name} has the format of {stack.language} {limit.runs_on}",
            lock.at(1, rule="lock-format"),
        )
        for limit in stack.history.lock_files
        if lock.name == limit.file and limit.containing in lock.text[:500]
    ]


def _limits(stack: Stack, dependencies: Sequence[Dependency]) -> list[_Statement]:
    """What pinned dependencies say, the tightest first: the lock file's own record, and what is known of libraries."""
    limits = stack.history.limits if stack.history else ()
    by_name = {name.lower(): limit for limit in limits for name in (limit.name, *limit.also)}
    found = []
    for dependency in dependencies:
        if dependency.runs_on and not dependency.development:
            named = " ".join(filter(None, (dependency.name, dependency.version)))
            what = f"{named} runs on {stack.language} {dependency.runs_on}"
            found.append(_Statement(partial(_admitted, dependency.runs_on), what, dependency.evidence, dependency))
        limit = by_name.get(dependency.name.lower().replace("_", "-"))
        for versions, runs_on in limit.runs_on.items() if limit else ():
            if is_within(dependency.version, dependency.constraint, versions):
                what = f"{dependency.name} {dependency.version or dependency.constraint} runs on {stack.language} {runs_on}"
                found.append(_Statement(partial(_admitted, runs_on), what, dependency.evidence, dependency))
    return sorted(found, key=lambda s: (sum(s.allows(r) for r in stack.releases), s.what))


def _pick(
    stack: Stack,
    candidates: list[Release],
    used: list[_Statement],
    limits: list[_Statement],
    dependencies: Sequence[Dependency],
    era: tuple[str, str] | None,
    change: LastChange | None,
) -> tuple[Release, str, bool]:
    """One of the candidates, why, and whether that is a guess."""
    why_limits = "; ".join(s.what for s in limits[:2])
    if len(candidates) == 1:
        because = f"{used[0].evidence.path} says {used[0].what}" if used else why_limits
        return candidates[0], because if not (used and limits) else f"{because}; {why_limits}", False
    # A range is left. The dependencies' own time decides where they tell it; else the version nearest to what was tried.
    if era:
        month, told_by = era
        candidates = [release for release in candidates if not _is_forerunner(stack, release)] or candidates
        settles = stack.history.settles_in_months if stack.history else 0
        settled = [
            release
            for release in candidates
            if release.released and _months(release.released) + settles <= _months(month)
        ]
        if settled:
            because = f"the newest that had settled when the dependencies were last resolved ({told_by})"
            return _newest(settled), "; ".join(filter(None, (because, why_limits))), False
        return (
            _oldest(candidates),
            f"the dependencies are of {month} ({told_by})",
            False,
        )
    default = stack.release_for(None)
    pinned = any(dependency.version and not dependency.development for dependency in dependencies)
    stated_low = next((s for s in used if isinstance(s.fact, Runtime) and s.fact.version), None)
    supported = [release for release in candidates if release.end_of_life >= stack.reviewed]
    if stack.versions_are_minimums and used and supported:
        oldest, least = _oldest(supported), _least(used[0])
        itself = stack.release_for(least) == oldest
        because = (
            f"{used[0].evidence.path} says {used[0].what}"
            if itself
            else f"the oldest supported version {_of_range(least)} ({used[0].evidence.path})"
        )
        return oldest, "; ".join(filter(None, (because, why_limits))), not itself
    if limits:
        return default if default in candidates and default else _newest(candidates), why_limits, False
    if stack.versions_are_minimums and used:
        because = f"the newest {_of_range(_least(used[0]))} ({used[0].evidence.path}); none of them is supported"
        return _newest(candidates), because, True
    if stated_low is not None:
        # "Python 3" admits the newest of all: it bounds nothing.
        bounded = _newest(candidates) != _newest(stack.releases) and any(
            isinstance(s.fact, Runtime) and not is_open(s.fact.constraint)
            for s in used
            if isinstance(s.fact, Runtime) and s.fact.constraint
        )
        alive = [release for release in candidates if release.end_of_life >= stack.reviewed]
        if bounded:
            return _newest(candidates), f"the newest that {stated_low.evidence.path} admits ({stated_low.what})", False
        if pinned and alive:
            return (
                _oldest(alive),
                f"the oldest supported version that {stated_low.evidence.path} admits ({stated_low.what}): the dependencies are pinned",
                True,
            )
    if stack.versions_are_minimums and change and supported:
        return (
            _oldest(supported),
            f"the oldest supported version: the application was last changed on {change.day}",
            True,
        )
    if default in candidates and default is not None:
        return (
            default,
            f"the default, which is admitted: {used[0].what}"
            if used
            else "no file names a version: the default of the stack",
            True,
        )
    return _newest(candidates), f"the newest that is admitted: {used[0].what}" if used else "the newest", True


def _told(stack: Stack, dependencies: Sequence[Dependency], *, ends: bool = True) -> tuple[str, str] | None:
    found = era_of(stack, dependencies, ends=ends)
    return (found[0], f"{found[1].name} {found[1].version or found[1].constraint}") if found else None


def _era_of_change(change: LastChange | None) -> tuple[str, str] | None:
    return (change.day[:7], f"last change on {change.day}") if change else None


def _with_day(
    stack: Stack, candidates: list[Release], dependencies: Sequence[Dependency], change: LastChange | None
) -> list[Release]:
    """Where dependencies are open, and so resolved as on a day, the releases for which that can be done."""
    oldest = stack.history.resolves_by_day_from if stack.history else ""
    if not oldest or change is None or all(dependency.version for dependency in dependencies):
        return candidates
    return [release for release in candidates if numbers(release.version) >= numbers(oldest)] or candidates


def _months(month: str) -> int:
    year, _, number = month.partition("-")
    return int(year) * 12 + int(number[:2] or 1)


def _contradiction(stack: Stack, other: _Statement, used: _Statement, key: str) -> Finding:
    where = other.evidence.path or "a convention"
    return Finding(
        "RP012", Severity.WARNING,
        f"{stack.language} {other.what} in {where}, but {used.what} in {used.evidence.path or 'a convention'}",
        (used.evidence, other.evidence),
        f"{used.what} is used, because {_strength(used)} counts more; to choose the other, set {shlex.quote(key)} in replatform.yaml",
    )  # fmt: skip


def _strength(statement: _Statement) -> str:
    return strength_of(statement.fact.origin if statement.fact else Origin.DEFAULT)


def _no_image(stack: Stack, statement: _Statement, nearest: Release, key: str) -> Finding:
    return Finding(
        "RP024", Severity.WARNING, f"there is no image with {stack.language} {statement.what}; {nearest.version} is used",
        (statement.evidence,), f"test the application on it, or set {key} to another of: {', '.join(r.version for r in stack.releases)}",
    )  # fmt: skip


def _dead(stack: Stack, release: Release, places: tuple[Evidence, ...], key: str) -> Finding:
    alive = [
        r for r in stack.releases if r.end_of_life >= stack.reviewed and numbers(r.version) > numbers(release.version)
    ]
    advice = (
        f"the next supported version is {_oldest(alive).version}: set {key} once the application was tested on it"
        if alive
        else ""
    )
    return Finding(
        "RP025",
        Severity.WARNING,
        f"support for {stack.language} {release.version} ended on {release.end_of_life}; it gets no security fixes",
        places,
        advice,
    )
