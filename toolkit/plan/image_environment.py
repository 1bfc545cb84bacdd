"""Variables that an image carries itself, because what it was built from holds with their value alone."""

from collections.abc import Mapping, Sequence

from toolkit.catalog.stacks import Stack
from toolkit.facts.model import EntryPoint, EnvironmentVariable, Fact, Origin
from toolkit.plan.folders import Folder
from toolkit.plan.model import Decision


def settled_variables(
    key: str, stack: Stack, folder: Folder, about: Sequence[Fact], points: Mapping[str, EntryPoint]
) -> tuple[dict[str, str], list[Decision]]:
    """Variables that settle in what the application's own programs differ, as the strongest of them says; operators' values
    come from the environment's file."""
    told = {v.name for v in about if isinstance(v, EnvironmentVariable) and v.origin is Origin.README}
    found: dict[str, str] = {}
    reasons = []
    for name, kind in stack.environment_from.items():
        given = {point.value for point in folder.of_type(EntryPoint) if point.kind == kind}
        if len(given) > 1 and name not in told:
            found[name] = points[kind].value
            others = ", ".join(sorted(given - {points[kind].value}))
            because = f"what serves names it, where other programs of the application name {others}"
            reasons.append(Decision(f"{key}.environment.{name}", found[name], because, (points[kind].evidence,)))
    return found, reasons
