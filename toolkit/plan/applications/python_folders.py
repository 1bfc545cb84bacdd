"""Applications of Python whose lists and code lie in different folders of the tree."""

from collections.abc import Iterable, Mapping, Sequence

from toolkit.facts.model import EntryPoint, Facts
from toolkit.inventory.paths import inside
from toolkit.plan.ranking import of_type

# What a server is given to run, and what Django's own script names.
_SERVED = frozenset({"asgi", "django_settings", "wsgi"})


def lists_of_above(holders: Mapping[str, Sequence[str]], facts: Facts) -> set[str]:
    """Folders that hold nothing but a list of requirements, `deploy/requirements.txt`, of an application above that has
    nothing of the kind beside its code."""
    served = {point.directory.strip("/") for point in of_type(facts, EntryPoint) if point.kind in _SERVED}
    found = set()
    for place, names in holders.items():
        if not place or not all(name.endswith(".txt") for name in names) or any(inside(at, place) for at in served):
            continue
        above = _innermost(place, holders, but=place)
        if not holders[above] and any(_innermost(at, holders) == above for at in served):
            found.add(place)
    return found


def _innermost(place: str, folders: Iterable[str], but: str | None = None) -> str:
    return max((folder for folder in folders if folder != but and inside(place, folder)), key=len)
