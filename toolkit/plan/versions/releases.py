"""Which version of the language an image gets: pins first, then the README, then what the pinned libraries run on, then
the default."""

import shlex
from collections.abc import Sequence
from dataclasses import dataclass
from operator import itemgetter

from toolkit.catalog.stacks import Release, Stack
from toolkit.facts.manifests import npm_locks
from toolkit.facts.model import Dependency, LastChange, Origin, Runtime
from toolkit.findings import Evidence, Finding, Severity
from toolkit.inventory.source_tree import SourceFile
from toolkit.plan.model import Decision, Question
from toolkit.plan.ranking import disagreement, ranked
from toolkit.plan.reported import Reported
from toolkit.plan.versions.bounds import DROPPED
from toolkit.plan.versions.era import era as era_of
from toolkit.plan.versions.release_pick import Left, pick
from toolkit.plan.versions.release_statements import (
    Statement,
    library_limits,
    lock_limits,
    nearest,
    oldest,
    stated_by,
    without_forerunners,
)
from toolkit.plan.versions.versions import numbers

_MOST_PLACES = 3


@dataclass
class ChosenRelease(Reported):
    """The release, why, and what is worth telling about it."""

    release: Release
    decision: Decision


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
    candidates = without_forerunners(stack, stated)
    used: list[Statement] = []
    findings: list[Finding] = []
    # What else runs on a newer Java than its makers say is the operators' knowledge.
    pins = [p for p in library_limits(stack, dependencies) if _is_pin(p)] if stack.language == "python" else []
    for fact in stated:
        statement = stated_by(fact, stack)
        narrowed = [release for release in candidates if statement.allows(release)]
        refuse = _all_refused(narrowed, candidates, pins) if fact.origin is not Origin.RUNNING else None
        if narrowed and refuse:
            findings.append(_contradiction(stack, statement, refuse, key))
            continue
        if narrowed:
            candidates = narrowed
            used.append(statement)
        elif used:
            findings.append(_contradiction(stack, statement, used[0], key))
        elif not any(statement.allows(release) for release in stack.releases):
            candidates, used = [nearest(fact, stack)], [statement]
            findings.append(_no_image(stack, statement, candidates[0], key))
    evidence_of_use = list(used)
    limits = [*lock_limits(stack, lock), *library_limits(stack, [*dependencies, *tools])]
    for limit in limits:
        narrowed = [release for release in candidates if limit.allows(release)]
        if narrowed and len(narrowed) < len(candidates):
            candidates = narrowed
            evidence_of_use.append(limit)
        elif not narrowed and used:
            findings.append(_contradiction(stack, limit, used[0], key))
    candidates = _with_day(stack, candidates, dependencies, None if lock else change)
    left = Left(
        stack=stack,
        candidates=candidates,
        used=used,
        limits=evidence_of_use[len(used) :],
        pinned=any(dependency.version and not dependency.development for dependency in dependencies),
        era=_era(stack, [*dependencies, *tools], lock, change),
        change=change,
    )
    release, because, guessed = pick(left)
    places = tuple(dict.fromkeys(s.evidence for s in evidence_of_use))[:_MOST_PLACES]
    chosen = ChosenRelease(release, Decision(key, release.version, because, places, guessed), findings=findings)
    if release.end_of_life < stack.reviewed:
        chosen.findings.append(_dead(stack, release, places, key))
    if guessed and not places and not stack.last_resort:
        chosen.questions.append(
            Question(key, f"No file names the version of {stack.language} for {stack.title}. Which one is it?", release.version,
                     choices=tuple(r.version for r in stack.releases))
        )  # fmt: skip
    return chosen


def _is_pin(limit: Statement) -> bool:
    return isinstance(limit.fact, Dependency) and bool(limit.fact.version)


def _all_refused(
    narrowed: Sequence[Release], candidates: Sequence[Release], pins: Sequence[Statement]
) -> Statement | None:
    """The pin by which none of the narrowed releases runs what is installed, where another of the candidates does: what a
    README or a classifier says is older than the list then."""
    runs = [release for release in candidates if all(pin.allows(release) for pin in pins)]
    if not runs or any(release in runs for release in narrowed):
        return None
    return next((pin for pin in pins if not any(map(pin.allows, narrowed))), None)


def _era(
    stack: Stack, dependencies: Sequence[Dependency], lock: SourceFile | None, change: LastChange | None
) -> tuple[str, str] | None:
    """The month that the dependencies are of, and what tells it."""
    # Of what runs on every later version, the last change tells nothing.
    last = _era_of_change(None if stack.versions_are_minimums else change)
    # Of what others bring along, one release may be years older than the rest.
    asked = {dependency.name for dependency in dependencies if dependency.evidence.rule != npm_locks.RULE}
    telling = [dependency for dependency in dependencies if dependency.name in asked]
    if stack.language == "node" and lock is None:
        # What no lock file holds is resolved as on the day of the last change: the lower end of a range, which generators
        # of new applications write for years, tells less than that.
        pins = [dependency for dependency in telling if dependency.version]
        return _told(stack, pins) or last or _told(stack, telling)
    told = _told(stack, telling, ends=False)
    # A commit may be of the README alone, years later; what the files tell is a day on which somebody worked on the code.
    # And what its code uses is of any time before a release.
    of_files = stack.language == "python" and change is not None and change.origin is not Origin.RUNNING
    of_files = of_files and change is not None and change.evidence.rule != DROPPED
    era = max(told, last, key=itemgetter(0)) if told and last and of_files else told or last
    return era or _told(stack, telling)  # what a library has to be older than is of any time before


def _told(stack: Stack, dependencies: Sequence[Dependency], *, ends: bool = True) -> tuple[str, str] | None:
    found = era_of(stack, dependencies, ends=ends)
    return (found[0], f"{found[1].name} {found[1].version or found[1].constraint}") if found else None


def _era_of_change(change: LastChange | None) -> tuple[str, str] | None:
    return (change.day[:7], f"last change on {change.day}") if change else None


def _with_day(
    stack: Stack, candidates: list[Release], dependencies: Sequence[Dependency], change: LastChange | None
) -> list[Release]:
    """Where dependencies are open, and so resolved as on a day, the releases for which that can be done."""
    first = stack.history.resolves_by_day_from if stack.history else ""
    if not first or change is None or all(dependency.version for dependency in dependencies):
        return candidates
    return [release for release in candidates if numbers(release.version) >= numbers(first)] or candidates


def _contradiction(stack: Stack, other: Statement, used: Statement, key: str) -> Finding:
    origin = used.fact.origin if used.fact else Origin.DEFAULT
    return disagreement(
        stack.language, (other.what, other.evidence), (used.what, used.evidence), origin, shlex.quote(key)
    )


def _no_image(stack: Stack, statement: Statement, nearest: Release, key: str) -> Finding:
    return Finding(
        "RP024", Severity.WARNING, f"there is no base image with {stack.language} {statement.what}; {nearest.version} is used",
        (statement.evidence,), f"test the application on it, or set {key} to one of: {', '.join(r.version for r in stack.releases)}",
    )  # fmt: skip


def _dead(stack: Stack, release: Release, places: tuple[Evidence, ...], key: str) -> Finding:
    alive = [
        r for r in stack.releases if r.end_of_life >= stack.reviewed and numbers(r.version) > numbers(release.version)
    ]
    advice = (
        f"the next supported version is {oldest(alive).version}: set {key} once the application has been tested on it"
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
