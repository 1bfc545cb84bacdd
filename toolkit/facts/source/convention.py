"""Commands that nobody wrote down, because every application of a framework has them."""

from collections.abc import Sequence

from toolkit.facts.model import Command, Origin, Role
from toolkit.findings import Evidence


def conventional(
    role: Role, argv: Sequence[str], evidence: Evidence, directory: str, confidence: float, service: str = ""
) -> Command:
    """A command that the files at `evidence` imply, run from a directory of the source."""
    return Command(
        text=" ".join(argv),
        role=role,
        argv=tuple(argv),
        service=service,
        evidence=evidence,
        origin=Origin.CONVENTION,
        confidence=confidence,
        directory=directory,
    )
