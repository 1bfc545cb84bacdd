"""What files and libraries state about the version of a language, and which of a stack's releases they admit."""

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import partial

from toolkit.catalog.stacks import Release, Stack
from toolkit.facts.model import Dependency, Fact, Origin, Runtime
from toolkit.findings import Evidence
from toolkit.inventory.source_tree import SourceFile
from toolkit.plan.versions.versions import admits, is_within, numbers

_MONIKER = re.compile(r"net\d{2,3}")  # of the .NET Framework, 4.7.2 as net472: no range


@dataclass(frozen=True)
class Statement:
    """One reason to prefer some releases over others."""

    allows: Callable[[Release], bool]
    what: str
    evidence: Evidence
    fact: Fact | None = None


def stated_by(fact: Runtime, stack: Stack) -> Statement:
    """What a file or a document says itself about the language."""
    return Statement(_allows(fact, stack), _written(fact), fact.evidence, fact)


def without_forerunners(stack: Stack, stated: Sequence[Runtime]) -> list[Release]:
    """Python 2 is another language: it is left out where any statement admits Python 3 too, because enumerations such as
    "2.7, 3.4, 3.5" begin with it; not where the running system refuses Python 3. One that is older than all there are counts
    beside documents, not beside a pin or code of Python 2."""
    if stack.language != "python":
        return list(stack.releases)
    modern = [release for release in stack.releases if not is_forerunner(stack, release)]
    admitted = [any(map(_allows(fact, stack), modern)) for fact in stated]
    refused = any(
        fact.origin is Origin.RUNNING and "<3" in fact.constraint and not admits_modern
        for fact, admits_modern in zip(stated, admitted, strict=True)
    )
    pinned = any(fact.origin is Origin.RUNNING or "<3" in fact.constraint for fact in stated)
    eldest = numbers(oldest(modern).version)[:1]
    older = not pinned and any(numbers(fact.version or "")[:1] == eldest for fact in stated)
    return modern if (any(admitted) or older) and not refused else list(stack.releases)


def is_forerunner(stack: Stack, release: Release) -> bool:
    """Whether a release is of Python 2, where Python 3 is another language."""
    return stack.language == "python" and release.version.startswith("2")


def nearest(fact: Runtime, stack: Stack) -> Release:
    """The oldest release that is not older than the wish, or the newest of all."""
    wish = numbers(fact.version or fact.constraint)
    later = [release for release in stack.releases if numbers(release.version) >= wish]
    return min(later, key=lambda release: numbers(release.version), default=newest(stack.releases))


def newest(releases: Iterable[Release]) -> Release:
    """The newest of some releases."""
    return max(releases, key=lambda release: numbers(release.version))


def oldest(releases: Iterable[Release]) -> Release:
    """The oldest of some releases."""
    return min(releases, key=lambda release: numbers(release.version))


def lock_limits(stack: Stack, lock: SourceFile | None) -> list[Statement]:
    """What the lock file's format says about the tool that wrote it, and so about the language's version."""
    if stack.history is None or lock is None:
        return []
    return [
        Statement(
            partial(_admitted, limit.runs_on),
            f"{lock.name} has the format of {stack.language} {limit.runs_on}",
            lock.at(1, rule="lock-format"),
        )
        for limit in stack.history.lock_files
        if lock.name == limit.file and limit.containing in lock.text[:500]
    ]


EVERY = "*"  # of a library that has no later releases


def library_limits(stack: Stack, dependencies: Sequence[Dependency]) -> list[Statement]:
    """What pinned dependencies say, the tightest first: the lock file's own record, and what is known of libraries."""
    limits = stack.history.limits if stack.history else ()
    by_name = {name.lower(): limit for limit in limits for name in (limit.name, *limit.also)}
    found = []
    for dependency in dependencies:
        if dependency.runs_on and not dependency.development:
            named = " ".join(filter(None, (dependency.name, dependency.version)))
            what = f"{named} runs on {stack.language} {dependency.runs_on}"
            found.append(Statement(partial(_admitted, dependency.runs_on), what, dependency.evidence, dependency))
        limit = by_name.get(dependency.name.lower().replace("_", "-"))
        for versions, runs_on in limit.runs_on.items() if limit else ():
            if versions == EVERY or is_within(dependency.version, dependency.constraint, versions):
                what = f"{dependency.name} {dependency.version or dependency.constraint} runs on {stack.language} {runs_on}"
                found.append(Statement(partial(_admitted, runs_on), what, dependency.evidence, dependency))
    return sorted(found, key=lambda s: (sum(s.allows(r) for r in stack.releases), s.what))


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


def _admitted(runs_on: str, release: Release) -> bool:
    return admits(runs_on, release.version)
