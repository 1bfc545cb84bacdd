"""Text that others wrote (READMEs, file names, plans) as one harmless line of a comment or a table."""

from collections.abc import Mapping

from toolkit.plan.model import Decision


def one_line(text: str, limit: int = 200) -> str:
    """The text without line breaks and control characters, at most `limit` characters long.

    It never ends in a backslash: systemd and shells would read the next line as part of it.
    """
    words = " ".join("".join(character if character.isprintable() else " " for character in text).split())
    return (words if len(words) <= limit else words[: limit - 1] + "…").rstrip("\\ ")


def places(decision: Decision | None, limit: int = 2) -> str:
    """Where a decision was read: `README.md:57, .env.example:3`; empty when no file says so."""
    if decision is None:
        return ""
    return ", ".join(one_line(str(place), 120) for place in decision.evidence[:limit] if place.path)


def why(key: str, decisions: Mapping[str, Decision]) -> str:
    """The places of the decision for a key or, where no file says so, its reason. Empty when nothing was decided."""
    decision = decisions.get(key)
    if decision is None:
        return ""
    found = places(decision)
    if decision.guessed or not found:
        return one_line(("guessed: " if decision.guessed else "") + decision.because)
    return found
