"""Engines of datastores that people chose: variables, profiles and versions follow such an edit of the plan."""

import re
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

from toolkit.artefacts import plan_file
from toolkit.catalog.catalog import Catalog
from toolkit.catalog.load import line_of
from toolkit.plan.model import Plan, Planned
from toolkit.plan.plan_file import read_values

_KEY = re.compile(r"datastores\.(\w+)\.engine")


def chosen_engines(
    before: str, current: str, answers: Mapping[str, object], automatic: Plan, catalog: Catalog
) -> dict[str, str]:
    """By role: what the plan file says now and did not when it was generated, and what answers say."""
    engines: dict[str, str] = {}
    if current != before:
        generated = _engines(read_values(before, plan_file.PATH))
        written = _engines(read_values(current, plan_file.PATH))
        engines = {role: engine for role, engine in written.items() if engine != generated.get(role)}
    engines |= {match[1]: str(value) for key, value in answers.items() if (match := _KEY.fullmatch(key))}
    known = catalog.datastores
    return {
        role: engine
        for role, engine in engines.items()
        if engine in known
        and known[engine].role == role
        and (role not in automatic.datastores or automatic.datastores[role].engine != engine)
    }


def _engines(values: Mapping[str, Any]) -> dict[str, str]:
    stores = values.get("datastores")
    return {
        str(role): str(store.get("engine"))
        for role, store in (stores.items() if isinstance(stores, Mapping) else ())
        if isinstance(store, Mapping)
    }


def following(chosen: Planned, automatic: Planned) -> Planned:
    """What was planned for chosen engines, with the engines themselves as the sources alone suggest them: the choice is
    the person's edit, and stays one."""
    engines = [decision for decision in automatic.decisions if _KEY.fullmatch(decision.key)]
    others = [decision for decision in chosen.decisions if not _KEY.fullmatch(decision.key)]
    stores = {
        role: chosen.plan.datastores[role].model_copy(update={"engine": store.engine})
        for role, store in automatic.plan.datastores.items()
    }
    return replace(chosen, plan=chosen.plan.model_copy(update={"datastores": stores}), decisions=(*engines, *others))


def as_written(text: str, current: str, chosen: Collection[str]) -> str:
    """A generated plan with the person's lines for the engines that they chose or that are the same, so that a merge has
    nothing to decide about these: the lines beside them follow the choice."""
    lines, theirs = text.splitlines(keepends=True), current.splitlines(keepends=True)
    engines, written = _engines(read_values(text, plan_file.PATH)), _engines(read_values(current, plan_file.PATH))
    for role in engines.keys() & written.keys():
        if role in chosen or engines[role] == written[role]:
            key = ("datastores", role, "engine")
            lines[line_of(text, key) - 1] = theirs[line_of(current, key) - 1]
    return "".join(lines)
