"""Does a secret stand in clear where tasks read their settings?"""

import re
from collections.abc import Iterator, Mapping

from toolkit.check.output import Output, place
from toolkit.facts.secrets import looks_secret
from toolkit.findings import Evidence, Finding, Severity

_ASSIGNMENT = re.compile(r"(?:export\s+)?([A-Za-z_][\w.-]*)\s*=\s*(.*)")


def check(output: Output) -> Iterator[Finding]:
    """Findings RP118; they name the variable and never its value."""
    for path in sorted(output.texts):
        if path.startswith("env/"):
            for number, line in enumerate(output.texts[path].splitlines(), start=1):
                if match := _ASSIGNMENT.fullmatch(line.strip()):
                    yield from _judged(match[1], match[2].strip("'\""), Evidence(path, number, number))
    for path, parameters in output.configurations.items():
        for name, value in parameters.items():
            yield from _judged(name, value, Evidence(path))
    for path, template in output.templates.items():
        for variable in _variables(template.tree.get("Resources")):
            yield from _judged(str(variable["Name"]), variable["Value"], place(path, variable))


def _judged(name: str, value: object, where: Evidence) -> Iterator[Finding]:
    # A reference, resolved at deployment, is not the secret: a function, `{{resolve:...}}`, an ARN.
    if isinstance(value, str) and value and not value.startswith(("{{resolve:", "arn:")) and looks_secret(name, value):
        yield Finding(
            "RP118",
            Severity.ERROR,
            f"{name} looks like a plain-text secret",
            (where,),
            "make it a secret in replatform.yaml; tasks then read it from AWS Secrets Manager",
        )


def _variables(node: object) -> Iterator[Mapping[str, object]]:
    """Entries of lists called Environment or EnvironmentVariables."""
    if isinstance(node, Mapping):
        for key, value in node.items():
            if key in ("Environment", "EnvironmentVariables") and isinstance(value, list):
                yield from (one for one in value if isinstance(one, Mapping) and {"Name", "Value"} <= set(one))
            else:
                yield from _variables(value)
    elif isinstance(node, list):
        for item in node:
            yield from _variables(item)
