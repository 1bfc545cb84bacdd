"""From what documents say to facts: once each, and the way of installing that is followed chosen from several."""

from collections.abc import Iterable, Sequence
from dataclasses import fields, replace

from toolkit.facts.model import (
    Command,
    ConfigFile,
    CronJob,
    Datastore,
    EnvironmentVariable,
    Fact,
    PackageManager,
    Placeholder,
    Port,
    Process,
    Role,
    Runtime,
    SystemPackage,
    Unread,
)
from toolkit.facts.readme.reader import PageFacts
from toolkit.findings import Evidence

# Which way stands in for the Linux one where a README has only others. Asides never do.
INSTEAD = ("redhat", "suse", "arch", "alpine", "bsd", "gentoo", "macos", "windows", "vagrant", "hosting", "docker")
PACKAGED = ("redhat", "suse", "arch", "alpine", "bsd", "gentoo")
WORKING = (Role.SYSTEM_PACKAGE, Role.INSTALL, Role.BUILD, Role.RELEASE, Role.START)


def merged(pages: Sequence[PageFacts]) -> tuple[tuple[Fact, ...], tuple[Unread, ...]]:
    """The facts of all documents, and the lines that nothing was made of."""
    facts: list[Fact] = []
    implied: list[Fact] = []
    unread: list[Unread] = []
    for page in pages:
        facts += page.facts
        implied += page.implied
        unread += page.unread
    facts = _promoted(facts)
    known = {fact.name for fact in facts if isinstance(fact, Runtime) and not fact.alternative}
    if not known:
        facts += [fact for fact in implied if not fact.alternative][:1]
    return tuple(_once(_best_versions(facts))), tuple(unread)


CHOSEN: tuple[type[Fact] | Role, ...] = (
    Command, Role.START, SystemPackage, Runtime, Port, Datastore, ConfigFile, EnvironmentVariable, PackageManager,
)  # fmt: skip
# Of these, what containers and hosts are told is not what a person at a terminal would do.
NOT_OF_METHODS = (Command, Role.START, EnvironmentVariable, ConfigFile, PackageManager)
IN_PASSING = (
    "readme:system-package:named-in-text",
    "readme:system-package:program-in-text",
    "readme:system-package:php-extension",
)


def _promoted(facts: list[Fact]) -> list[Fact]:
    """Facts with the best other way chosen, kind by kind, where nothing is said for Linux."""
    kinds = [_kind(fact) for fact in facts]
    present: dict[object, set[str]] = {}
    for fact, kind in zip(facts, kinds, strict=True):
        if _chooses(fact):
            present.setdefault(kind, set()).add(fact.alternative)
    chosen = {kind: way for kind in CHOSEN if (way := _stands_in(kind, present.get(kind, set())))}
    return [
        replace(fact, alternative="") if fact.alternative and chosen.get(kind) == fact.alternative else fact
        for fact, kind in zip(facts, kinds, strict=True)
    ]


def _stands_in(kind: type[Fact] | Role, present: set[str]) -> str:
    """The way whose facts of a kind stand in for those of Linux, or empty where these are present or none can."""
    if "" in present:
        return ""
    way = next((way for way in (PACKAGED if kind is SystemPackage else INSTEAD) if way in present), "")
    return "" if way in ("docker", "hosting") and kind in NOT_OF_METHODS else way


def _chooses(fact: Fact) -> bool:
    """Whether a fact makes its way one that can be followed: an idle command or a package in passing does not."""
    if isinstance(fact, Command):
        return fact.role in WORKING
    return not (isinstance(fact, SystemPackage) and fact.evidence.rule in IN_PASSING)


def _kind(fact: Fact) -> type[Fact] | Role:
    """What a fact is chosen with: a command that installs packages, with these; one that starts a process, with its like,
    since many a README says for one way alone how that is done."""
    if isinstance(fact, Command) and fact.role == Role.SYSTEM_PACKAGE:
        return SystemPackage
    return Role.START if isinstance(fact, Command) and fact.role == Role.START else type(fact)


def _best_versions(facts: list[Fact]) -> list[Fact]:
    """One runtime, package manager and datastore of each name: the one with the best founded version."""
    best: dict[tuple[type, str, str], Fact] = {}
    for fact in facts:
        if isinstance(fact, Runtime | Datastore | PackageManager):
            key = (type(fact), _name(fact), fact.alternative)
            known = best.get(key)
            if known is None or _weight(fact) > _weight(known):
                best[key] = fact
    kept = []
    also: dict[int, list[Evidence]] = {}
    for fact in facts:
        if isinstance(fact, Runtime | Datastore | PackageManager):
            chosen = best[(type(fact), _name(fact), fact.alternative)]
            if fact.alternative:
                chosen = best.get((type(fact), _name(fact), ""), chosen)
            if chosen is not fact:
                if fact.version in (None, getattr(chosen, "version", None)):
                    also.setdefault(id(chosen), []).append(fact.evidence)
                continue
        kept.append(fact)
    return [_said_again(_with_version(fact, best), also.get(id(fact), ())) for fact in kept]


def _with_version(fact: Fact, best: dict[tuple[type, str, str], Fact]) -> Fact:
    """A datastore with the version that another way of installing has for it, where its own says none."""
    if not isinstance(fact, Datastore) or fact.version:
        return fact
    told = (one for (kind, name, _), one in best.items() if kind is Datastore and name == fact.engine)
    version = next((one.version for one in told if isinstance(one, Datastore) and one.version), None)
    return replace(fact, version=version) if version else fact


def _name(fact: Runtime | Datastore | PackageManager) -> str:
    return fact.engine if isinstance(fact, Datastore) else fact.name


def _said_again(fact: Fact, places: Iterable[Evidence]) -> Fact:
    """The fact with more places that say the same, each line once, in order."""
    lines = {(one.path, one.first_line): one for one in (*fact.also, *places)}
    lines.pop((fact.evidence.path, fact.evidence.first_line), None)
    return replace(fact, also=tuple(sorted(lines.values()))) if lines else fact


def _weight(fact: Fact) -> tuple[bool, bool, float]:
    version = getattr(fact, "version", None)
    told = not fact.evidence.rule.endswith((":package", ":command"))
    return version is not None, told, fact.confidence


def _identity(fact: Fact) -> tuple[object, ...]:
    """What makes two facts the same statement, whatever their place and confidence."""
    if isinstance(fact, Command):
        return (Command, fact.text, fact.role, fact.directory, fact.service, fact.alternative)
    if isinstance(fact, EnvironmentVariable):
        return (EnvironmentVariable, fact.name, fact.alternative)
    if isinstance(fact, Port):
        return (Port, fact.number, fact.alternative)
    if isinstance(fact, ConfigFile):
        return (ConfigFile, fact.path.replace("\\", "/").removeprefix("./"), fact.alternative)
    if isinstance(fact, CronJob):
        return (CronJob, fact.schedule, fact.command, fact.alternative)
    if isinstance(fact, Process):
        return (Process, fact.name)
    if isinstance(fact, SystemPackage):
        return (SystemPackage, fact.name, fact.family, fact.alternative)
    if isinstance(fact, Placeholder):
        return (Placeholder, fact.text)
    return (
        type(fact),
        *(
            getattr(fact, field.name)
            for field in fields(fact)
            if field.name not in ("evidence", "confidence", "origin", "also", "alternative")
        ),
        fact.alternative,
    )


def _once(facts: Iterable[Fact]) -> list[Fact]:
    """Each statement once: the surest one, in the place of the first. Variables and ports gather what any of their places says."""
    kept: dict[tuple[object, ...], Fact] = {}
    places: dict[tuple[object, ...], list[Evidence]] = {}
    for fact in facts:
        key = _identity(fact)
        places.setdefault(key, []).extend((fact.evidence, *fact.also))
        known = kept.get(key)
        if known is None:
            kept[key] = fact
        elif isinstance(known, EnvironmentVariable) and isinstance(fact, EnvironmentVariable):
            kept[key] = _joined(known, fact)
        elif _sureness(fact) > _sureness(known):
            kept[key] = _with_service(fact, known)
        else:
            kept[key] = _with_service(known, fact)
    for key, fact in list(kept.items()):
        chosen = (*key[:-1], "")
        if fact.alternative and chosen in kept and not isinstance(fact, Command):
            del kept[key]
            places[chosen] += places[key]
    return [_said_again(fact, places[key]) for key, fact in kept.items()]


def _sureness(fact: Fact) -> tuple[bool, float]:
    """What is told is surer than what is assumed, however often that is right."""
    return not fact.evidence.rule.endswith(":assumed"), fact.confidence


def _with_service(fact: Fact, other: Fact) -> Fact:
    """A port with the service that another place gives it."""
    if isinstance(fact, Port) and isinstance(other, Port) and not fact.service:
        return replace(fact, service=other.service)
    return fact


def _joined(one: EnvironmentVariable, other: EnvironmentVariable) -> EnvironmentVariable:
    surest = one if one.confidence >= other.confidence else other
    secret = one.secret or other.secret
    return replace(
        surest,
        secret=secret,
        example=None if secret else one.example or other.example,
        address=one.address or other.address,
        description=one.description or other.description,
        required=one.required and other.required,
    )
