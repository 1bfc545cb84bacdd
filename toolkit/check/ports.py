"""Do a service's Dockerfile, template and configurations mean the same port and health path?"""

import re
import shlex
from collections.abc import Iterator, Mapping

from toolkit.check.output import CONFIGURATION, Output, properties
from toolkit.findings import Evidence, Finding, Severity
from toolkit.stacks.template import values_of

_INSTRUCTION = re.compile(r"^(EXPOSE|HEALTHCHECK)\s+((?:.*\\\n)*.*)$", re.MULTILINE)
_PORT = re.compile(r"(?<![\d.])(\d{2,5})(?![\d.])")


def check(output: Output) -> Iterator[Finding]:
    """Findings RP117: each configuration against its Dockerfile, and against the PORT that the template gives."""
    for path, parameters in output.configurations.items():
        if "ContainerPort" not in parameters or not (match := CONFIGURATION.fullmatch(path)):
            continue
        port, health = parameters["ContainerPort"], parameters.get("HealthCheckPath", "")
        dockerfile = f"services/{match[1]}/Dockerfile"
        yield from _dockerfile(dockerfile, output.texts.get(dockerfile, ""), path, port, health)
        template = f"cloudformation/service-{match[1]}.yaml"
        for value in _told_ports(output, template):
            if value != port:
                yield _differ(
                    f"the container is told PORT={value}, but ContainerPort is {port}", path, Evidence(template)
                )


def _dockerfile(dockerfile: str, text: str, path: str, port: str, health: str) -> Iterator[Finding]:
    for match in _INSTRUCTION.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        where = Evidence(dockerfile, line, line)
        if match[1] == "EXPOSE":
            exposed = {word.partition("/")[0] for word in match[2].split()}
            if port not in exposed and not any("$" in word for word in exposed):
                yield _differ(f"EXPOSE {match[2].strip()}, but ContainerPort is {port}", path, where)
            continue
        asked = match[2].partition("CMD")[2]
        ports = set(_PORT.findall(_without_options(asked)))
        if ports and port not in ports:
            yield _differ(
                f"the health check asks port {', '.join(sorted(ports))}, but ContainerPort is {port}", path, where
            )
        if asked and health and not _names(asked, health):
            yield _differ(f"the health check does not ask {health}, which HealthCheckPath is", path, where)


def _names(asked: str, health: str) -> bool:
    """Whether a command asks a path: followed by what cannot go on with it."""
    return bool(re.search(rf"(?<![\w/-]){re.escape(health)}(?![\w/-])", re.sub(r"https?://[^/\s\"']+", " ", asked)))


def _without_options(asked: str) -> str:
    """Words that are a port or hold one in an address; not time limits, codes and programs."""
    try:
        words = re.findall(r'"((?:[^"\\]|\\.)*)"', asked) if asked.lstrip().startswith("[") else shlex.split(asked)
    except ValueError:
        return ""
    addresses = re.findall(r"https?://[^/\s\"']*?:(\d{2,5})", asked)
    return " ".join([*(word for word in words if re.fullmatch(r"\d{2,5}", word)), *addresses])


def _told_ports(output: Output, template: str) -> Iterator[str]:
    """Values of the variable PORT that a template gives its containers as they stand."""
    resources = output.templates[template].resources.values() if template in output.templates else ()
    for resource in resources:
        if resource.get("Type") != "AWS::ECS::TaskDefinition":
            continue
        for environment in values_of("Environment", properties(resource)):
            for variable in environment if isinstance(environment, list) else ():
                if isinstance(variable, Mapping) and variable.get("Name") == "PORT":
                    value = variable.get("Value")
                    if isinstance(value, str | int):
                        yield str(value)


def _differ(message: str, path: str, where: Evidence) -> Finding:
    return Finding(
        "RP117", Severity.ERROR, message, (where, Evidence(path)), "set the port or health path in replatform.yaml"
    )
