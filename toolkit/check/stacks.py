"""Do the stacks fit each other: parameters without a value or unknown, imports without an export, equal priorities."""

import json
import re
from collections.abc import Iterator, Mapping

from toolkit.artefacts.ecs_service_config import FROM_THE_BUILD
from toolkit.artefacts.templates import declared_parameters
from toolkit.findings import Evidence, Finding, Severity


def check(texts: Mapping[str, str]) -> Iterator[Finding]:
    """Findings RP110 (no value for a parameter), RP111 (unknown parameter), RP112 (equal priorities), RP113 (not JSON)."""
    parameters = {
        path: declared_parameters(text)
        for path, text in texts.items()
        if path.startswith("cloudformation/") and path.endswith(".yaml")
    }
    for path in sorted(texts):
        if re.fullmatch(r"cloudformation/(development|test|production)\.json", path):
            yield from _environment(path, texts, parameters)
    yield from _priorities(texts)


def _environment(
    path: str, texts: Mapping[str, str], parameters: Mapping[str, Mapping[str, bool]]
) -> Iterator[Finding]:
    try:
        stacks = json.loads(texts[path])
    except ValueError as error:
        yield Finding("RP113", Severity.ERROR, f"not JSON: {error}", (Evidence(path),))
        return
    if not isinstance(stacks, dict) or not all(isinstance(stack, dict) for stack in stacks.values()):
        yield Finding("RP113", Severity.ERROR, "not an object of stacks by their part", (Evidence(path),))
        return
    for part, stack in stacks.items():
        template, configuration = stack.get("Template", ""), stack.get("TemplateConfiguration", "")
        declared = parameters.get(template)
        if declared is None:
            yield Finding("RP110", Severity.ERROR, f"{part}: no template {template!r}", (Evidence(path),))
            continue
        given = set(stack.get("Parameters", {})) | _configured(texts.get(configuration, ""))
        places = (Evidence(configuration or path), Evidence(template))
        for name in sorted(set(declared) - given - FROM_THE_BUILD):
            if not declared[name]:
                yield Finding("RP110", Severity.ERROR, f"{part}: parameter {name} has no value", places)
        for name in sorted(given - set(declared)):
            yield Finding("RP111", Severity.ERROR, f"{part}: the template has no parameter {name}", places)


def _configured(text: str) -> set[str]:
    """Names of the parameters that a template configuration gives; none when it cannot be read, which RP113 says."""
    try:
        return set(json.loads(text)["Parameters"])
    except (ValueError, KeyError, TypeError):
        return set()


_RULE_PRIORITIES = ("ListenerRulePriority", "ListenerRulePriority2", "ListenerRulePriority3", "RootRedirectPriority")


def _priorities(texts: Mapping[str, str]) -> Iterator[Finding]:
    taken: dict[tuple[str, str], str] = {}
    for path in sorted(texts):
        if match := re.fullmatch(r"services/[^/]+/(?:ecs-service|release-task)-config(?:\.(\w+))?\.json", path):
            try:
                given = json.loads(texts[path])["Parameters"]
                found = [given[name] for name in _RULE_PRIORITIES if name in given]
            except (ValueError, KeyError, TypeError):
                yield Finding(
                    "RP113",
                    Severity.ERROR,
                    "not a template configuration",
                    (Evidence(path),),
                    "it has the keys Parameters, Tags and StackPolicy",
                )
                continue
            for priority in found:
                place = (match[1] or "production", priority)
                if place in taken:
                    yield Finding(
                        "RP112",
                        Severity.ERROR,
                        f"listener rule priority {priority} is used twice",
                        (Evidence(path), Evidence(taken[place])),
                    )
                taken.setdefault(place, path)
