"""An output folder as rules see it: its texts, its templates as trees, and the stacks of each environment."""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from toolkit.findings import Evidence
from toolkit.stacks.environment import Stack
from toolkit.stacks.template import Template

ENVIRONMENT_FILE = re.compile(r"cloudformation/(development|test|production)\.json")
CONFIGURATION = re.compile(r"services/([^/]+)/ecs-service-config(?:\.(\w+))?\.json")


@dataclass(frozen=True)
class Output:
    """`texts`: path to text. What cannot be read is left out here: cfn-lint and RP113 tell of it."""

    texts: Mapping[str, str]

    @cached_property
    def templates(self) -> dict[str, Template]:
        """Templates by path. Their mappings and strings know their line, see `line_of`."""
        from cfnlint.decode.decode import decode_str

        found = {}
        for path, text in sorted(self.texts.items()):
            if path.startswith("cloudformation/") and path.endswith(".yaml"):
                tree, errors = decode_str(text)
                if not errors and isinstance(tree, dict):
                    found[path] = Template(path, text, tree)
        return found

    @cached_property
    def environments(self) -> dict[str, tuple[Stack, ...]]:
        """Environment to its stacks, in the order of the file."""
        return {
            match[1]: tuple(self._stacks(path))
            for path in sorted(self.texts)
            if (match := ENVIRONMENT_FILE.fullmatch(path))
        }

    @cached_property
    def configurations(self) -> dict[str, dict[str, str]]:
        """Path of a service's template configuration to its parameters."""
        return {path: self.parameters(path) for path in sorted(self.texts) if CONFIGURATION.fullmatch(path)}

    def parameters(self, path: str) -> dict[str, str]:
        """The parameters of a template configuration."""
        return _strings(_object(self.texts.get(path, "")).get("Parameters"))

    def _stacks(self, path: str) -> Iterator[Stack]:
        for part, body in _object(self.texts[path]).items():
            template = self.templates.get(body.get("Template", "")) if isinstance(body, dict) else None
            if template:
                configuration = body.get("TemplateConfiguration")
                parameters = self.parameters(configuration) if configuration else _strings(body.get("Parameters"))
                yield Stack(part, str(body.get("StackName", "")), template, parameters, {})


def properties(resource: Mapping[str, Any]) -> Mapping[str, Any]:
    """A resource's properties; none where they are no mapping, which cfn-lint tells."""
    found = resource.get("Properties")
    return found if isinstance(found, Mapping) else {}


def line_of(node: object) -> int:
    """The line, from 1, of a mapping or string of a template; 0 for what has none."""
    mark = getattr(node, "start_mark", None)
    return mark.line + 1 if mark else 0


def place(path: str, node: object) -> Evidence:
    line = line_of(node)
    return Evidence(path, line, line)


def _object(text: str) -> dict[str, Any]:
    try:
        found = json.loads(text)
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


def _strings(found: object) -> dict[str, str]:
    return {key: value for key, value in found.items() if isinstance(value, str)} if isinstance(found, dict) else {}
