"""A library that the application needs and no list has."""

from dataclasses import dataclass

from toolkit.catalog.load import Arguments
from toolkit.facts.model import Dependency
from toolkit.plan.model import Decision


@dataclass(frozen=True)
class AddedLibrary:
    """How it is installed, why, and what it is."""

    install: Arguments
    decision: Decision
    library: Dependency
