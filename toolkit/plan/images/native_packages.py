"""Packages of the distribution that an image needs, beside what its base image carries."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from toolkit.catalog.dependencies import NativeLibrary
from toolkit.catalog.load import Arguments
from toolkit.facts.model import Dependency, SystemPackage
from toolkit.findings import Evidence
from toolkit.plan.dependencies.git_sources import of_git
from toolkit.plan.images.called_programs import called_programs
from toolkit.plan.images.image_inputs import ImageInputs
from toolkit.plan.model import Decision
from toolkit.plan.reported import Reported
from toolkit.plan.versions.era import oldest_possible
from toolkit.plan.versions.versions import is_within, satisfies

NativeLibraries = Mapping[tuple[str, str], tuple[NativeLibrary, ...]]  # by ecosystem and name

# What Debian and Ubuntu call a package: nothing else may come near apt-get.
PACKAGE = re.compile(r"[a-z0-9][a-z0-9+.-]{1,80}")


@dataclass
class Packages(Reported):
    """Packages of the distribution for the build stage and the run-time stage, and steps that have to come before."""

    build: tuple[str, ...] = ()
    runtime: tuple[str, ...] = ()
    prepare: tuple[Arguments, ...] = ()


def plan_packages(image: ImageInputs, native_libraries: NativeLibraries) -> Packages:
    """From the table of native libraries, and from the README where it names libraries and tools that code calls."""
    stack, release, dependencies = image.stack, image.release, image.dependencies
    if stack.is_pages_alone:
        return Packages()  # libraries that lie beside them are their developers'
    # Releases of the distribution rename their libraries; the table has the names of one, and the README those of its time.
    in_build = partial(stack.package_names.name_in, release.build_image)
    at_run_time = partial(stack.package_names.name_in, release.runtime_image)
    build: dict[str, list[Evidence]] = {name: [] for name in stack.build_packages}
    runtime: dict[str, list[Evidence]] = {}
    if stack.runtime_image:
        at_run_time, runtime = in_build, build  # the application's libraries run in the build stage alone
    for of_host in of_git(dependencies).values():
        build.setdefault("git", []).extend(dependency.evidence for dependency in of_host)
    prepare: dict[Arguments, None] = {}
    told = [fact for fact in image.about if isinstance(fact, SystemPackage) and fact.family == "debian"]
    headers = {fact.name for fact in told if fact.name.endswith("-dev")}
    for dependency, entry in _entries(image, native_libraries):
        # The version of the language is one that the package index has binaries for, where it has any.
        compiled = entry.prebuilt == "never" or (
            entry.prebuilt == "current" and _is_before_binaries(image, dependency, entry)
        )
        prepare |= dict.fromkeys(entry.prepare if compiled else ())
        for package in entry.build if compiled else ():
            build.setdefault(in_build(package), []).append(dependency.evidence)
        # Operators installed what it is compiled with: of what nothing pins, the index may have no binary for the language.
        linked = compiled or (not dependency.version and not headers.isdisjoint(entry.build))
        for package in entry.runtime if linked else entry.prebuilt_runtime:
            runtime.setdefault(at_run_time(package), []).append(dependency.evidence)
    for fact in told:
        if not PACKAGE.fullmatch(fact.name):
            continue
        if fact.name.endswith("-dev") and fact.name.startswith("lib"):
            build.setdefault(in_build(fact.name), []).append(fact.evidence)
            # What dependencies link of it, the program loads: https://pkg.go.dev/cmd/cgo
            for package in _loaded(native_libraries, in_build(fact.name)) if stack.language == "go" else ():
                runtime.setdefault(at_run_time(package), []).append(fact.evidence)
        elif stack.package_names.is_called(fact.name):
            runtime.setdefault(at_run_time(fact.name), []).append(fact.evidence)
    for name, place in called_programs(stack, image.folder, image.tree):
        runtime.setdefault(at_run_time(name), []).append(place)
    packages = Packages(
        tuple(sorted(name for name in build if PACKAGE.fullmatch(name) and name not in stack.build_image_has)),
        tuple(sorted(name for name in runtime if PACKAGE.fullmatch(name) and name not in stack.runtime_image_has))
        if runtime is not build
        else (),
        tuple(prepare),
    )
    packages.decisions += _decisions(image.key, packages, build, runtime)
    return packages


def _entries(image: ImageInputs, native_libraries: NativeLibraries) -> Iterator[tuple[Dependency, NativeLibrary]]:
    """The dependencies that the table of native libraries has, with what it says of their versions."""
    listed = {dependency.name.lower() for dependency in image.dependencies}
    for dependency in image.dependencies:
        if dependency.ecosystem == "npm" and image.stack.language in _WITHOUT_NODE:
            continue
        entry = _entry(native_libraries.get((dependency.ecosystem, dependency.name.lower()), ()), dependency)
        if entry is not None and listed.isdisjoint(entry.unless):
            yield dependency, entry


def _is_before_binaries(image: ImageInputs, dependency: Dependency, entry: NativeLibrary) -> bool:
    """Whether what is installed of a library of Python came out before the index had binaries of it."""
    if dependency.ecosystem != "pypi":
        return False
    of_pin = oldest_possible(image.stack, [dependency], ()) if dependency.version else None
    of_day = image.change.day if image.change else ""
    return "" < (of_pin[0] if of_pin else of_day) < entry.binaries_since


def _decisions(
    key: str, packages: Packages, build: Mapping[str, list[Evidence]], runtime: Mapping[str, list[Evidence]]
) -> Iterator[Decision]:
    parts = (("build_packages", packages.build, build), ("runtime_packages", packages.runtime, runtime))
    for part, names, places in parts:
        if names:
            evidence = tuple(dict.fromkeys(place for name in names for place in places[name]))[:3]
            because = "the dependencies, the code or the README need them"
            yield Decision(f"{key}.{part}", " ".join(names), because, evidence)


def _loaded(native_libraries: NativeLibraries, headers: str) -> tuple[str, ...]:
    entries = (entry for (ecosystem, _), found in native_libraries.items() if ecosystem == "c" for entry in found)
    return next((entry.runtime for entry in entries if headers in entry.build), ())


def _entry(entries: Sequence[NativeLibrary], dependency: Dependency) -> NativeLibrary | None:
    """The entry for the pinned version; without a pin, the one for the newest that is allowed, which is what would be
    installed."""
    if not entries:
        return None
    if dependency.version:
        return next((entry for entry in entries if satisfies(entry.versions, dependency.version)), None)
    bounded = (e for e in entries if e.versions and is_within(None, dependency.constraint, e.versions))
    return next(bounded, None) or next((entry for entry in entries if not entry.versions), entries[-1])


# Languages whose images have no Node: what it builds for them is built in a stage of its own.
_WITHOUT_NODE = frozenset({"php", "python"})
