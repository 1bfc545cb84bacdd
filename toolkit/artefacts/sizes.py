"""What is paid by the hour, stack by stack and environment by environment, from the parameters that were rendered."""

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from toolkit.artefacts.text import Artefact
from toolkit.plan.model import ENVIRONMENTS

_PARAMETER = re.compile(r"\{(\w+)\}")


@dataclass(frozen=True, slots=True)
class Sizes:
    """A stack and what it is in each of ENVIRONMENTS, in words; empty where it has nothing that is paid by the hour."""

    stack: str
    told: tuple[str, ...]


def stack_sizes(artefacts: Iterable[Artefact], phrases: Sequence[str]) -> tuple[Sizes, ...]:
    """The stacks in the order of deployment; `phrases` are those of `blueprints/effects.yaml`."""
    texts = {artefact.path: artefact.text for artefact in artefacts if artefact.path.endswith(".json")}
    stacks = [json.loads(texts[f"cloudformation/{environment}.json"]) for environment in ENVIRONMENTS]
    names = dict.fromkeys(name for each in stacks for name in each)
    rows = (
        Sizes(name, tuple(_told(_parameters(each.get(name, {}), texts), phrases) for each in stacks)) for name in names
    )
    return tuple(row for row in rows if any(row.told))


def _parameters(stack: dict[str, Any], texts: dict[str, str]) -> dict[str, str]:
    """A stack's parameters, its own and those of its template configuration."""
    configuration = texts.get(str(stack.get("TemplateConfiguration")))
    own: dict[str, Any] = json.loads(configuration) if configuration else stack
    found: dict[str, str] = own.get("Parameters", {})
    return found


def _told(parameters: dict[str, str], phrases: Sequence[str]) -> str:
    return "; ".join(
        phrase.format_map(parameters) for phrase in phrases if set(_PARAMETER.findall(phrase)) <= parameters.keys()
    )
