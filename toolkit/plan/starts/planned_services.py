"""What planning the services returns."""

import re
from dataclasses import dataclass, field

from toolkit.catalog.prefixes import Prefix
from toolkit.facts.model import Command, EntryPoint, Fact, Route
from toolkit.plan.model import Decision, Release, Service
from toolkit.plan.ranking import evidence_of
from toolkit.plan.reported import Reported


@dataclass(frozen=True, slots=True)
class Addresses:
    """What a web service answers, as far as its source says: the path below which alone it does, `/shop`, and what says so;
    its routes; and how it learns of a prefix that is not its own."""

    context_path: str
    facts: tuple[EntryPoint, ...]
    routes: tuple[Route, ...]
    prefix: Prefix


@dataclass
class PlannedServices(Reported):
    """Services by name, and the release steps that go before them."""

    services: dict[str, Service] = field(default_factory=dict)
    release: Release | None = None
    addresses: dict[str, "Addresses"] = field(default_factory=dict)
    context_paths: dict[str, str] = field(default_factory=dict)  # of images, where these follow from their services

    def decide(
        self, key: str, value: object, because: str, facts: tuple[Fact, ...] = (), *, guessed: bool = False
    ) -> None:
        """Notes why a key of the plan has its value."""
        self.decisions.append(Decision(key, str(value), because, evidence_of(facts), guessed))


def size_for(argv: tuple[str, ...], usual: str) -> str:
    """By the heap that a JVM is given, which needs about half as much again besides; else the usual size."""
    for word in argv:
        if match := re.fullmatch(r"-Xmx(\d{1,6})([mMgG])", word):
            mebibytes = int(match[1]) * (1024 if match[2] in "gG" else 1)
            return "low" if mebibytes <= 512 else "medium" if mebibytes <= 1536 else "high"
    return usual


def why_of(fact: Command) -> str:
    """Why a service has this command, by who says so."""
    return {
        "readme": "how operators start it in production",
        "running system": "how the running system starts it",
    }.get(fact.origin, "how the framework starts it")
