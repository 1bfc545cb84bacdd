"""Does a pipeline acknowledge what the templates that it deploys ask for?

Without the capability CloudFormation refuses the change set:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/using-iam-template.html (reviewed 2026-11-21).
"""

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from typing import Any

from toolkit.check.output import Output, place
from toolkit.findings import Finding, Severity

# The stronger one includes the other.
_GIVES = {"CAPABILITY_NAMED_IAM": {"CAPABILITY_NAMED_IAM", "CAPABILITY_IAM"}}


def check(output: Output) -> Iterator[Finding]:
    """Findings RP115: for each deploy action and each template that it may deploy."""
    for path, pipeline in output.templates.items():
        for action in _deploy_actions(pipeline.tree):
            given = {name.strip() for name in str(action.get("Capabilities", "")).split(",")}
            acknowledged = given.union(*(_GIVES.get(name, {name}) for name in given))
            for template in output.templates.values():
                missing = set(template.capabilities) - acknowledged
                if missing and fnmatchcase(template.path, _pattern(action["TemplatePath"])):
                    yield Finding(
                        "RP115",
                        Severity.ERROR,
                        f"{template.path} needs {', '.join(sorted(missing))}, which the pipeline does not give",
                        (place(path, action),),
                    )


def _deploy_actions(node: object) -> Iterator[Mapping[str, Any]]:
    """Configurations of actions that create or update a stack or its change set."""
    if isinstance(node, Mapping):
        if "TemplatePath" in node and "ActionMode" in node:
            yield node
        for value in node.values():
            yield from _deploy_actions(value)
    elif isinstance(node, list):
        for item in node:
            yield from _deploy_actions(item)


def _pattern(template_path: object) -> str:
    """`Templates::cloudformation/service-${Service}.yaml`, or an Fn::Sub of it, as a pattern of paths."""
    text = template_path.get("Fn::Sub", "") if isinstance(template_path, Mapping) else template_path
    return re.sub(r"\$\{\w+\}", "*", str(text).partition("::")[2])
