"""`ecs-service-config[.<environment>].json`: a service's CodePipeline template configuration.

Keys `Parameters`, `Tags` and `StackPolicy`, parameter values as strings:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-cfn-artifacts.html (2026-11-21).
"""

import json
import math
from collections.abc import Iterable, Mapping

from toolkit.artefacts.bindings import bind
from toolkit.artefacts.templates import declared_parameters
from toolkit.artefacts.text import Artefact, Line
from toolkit.artefacts.values import Setting, release_settings, releasing, settings
from toolkit.catalog.profiles import Profile, Size
from toolkit.errors import BadInputError
from toolkit.plan.model import ENVIRONMENTS, EnvironmentName, Plan, Service
from toolkit.plan.routing.listener_rules import parted

# What the pipeline gives by ParameterOverrides, and so must not stand in the configuration.
FROM_THE_BUILD = frozenset({"ImageUri"})
# The smallest Windows task, in CPU units and MiB; neither Spot nor a read-only root file system goes with Windows:
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html (2026-11-21).
_LEAST_OF_WINDOWS = (1024, 2048)
_NOT_ON_WINDOWS = frozenset({"FargateSpotWeight", "ReadonlyRootFilesystem"})
# CloudFormation may not replace or delete what clients see, without someone changing this policy first.
_STACK_POLICY = {
    "Statement": [
        {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
        {
            "Effect": "Deny",
            "Action": ["Update:Replace", "Update:Delete"],
            "Principal": "*",
            "Resource": "LogicalResourceId/EcsService",
        },
    ]
}


def config_path(service: str, environment: EnvironmentName, name: str = "ecs-service-config") -> str:
    """Production has the plain name."""
    infix = "" if environment == "production" else f".{environment}"
    return f"services/{service}/{name}{infix}.json"


def release_config_path(plan: Plan, environment: EnvironmentName) -> str:
    """The release task's configuration lies beside that of the service whose pipeline runs it."""
    return config_path(releasing_service(plan), environment, "release-task-config")


def releasing_service(plan: Plan) -> str:
    """The service whose pipeline runs the release step: the first web service of the image, or the first of all."""
    same = releasing(plan)
    return next((name for name in same if plan.services[name].kind == "web"), same[0])


def render_configs(
    plan: Plan, templates: Mapping[str, str], profiles: Mapping[str, Profile], sizes: Mapping[str, Size]
) -> tuple[Artefact, ...]:
    """The configuration of every service, and of the release task, in every environment."""
    artefacts = []
    for environment in ENVIRONMENTS:
        profile = profiles[environment]
        for name, service in plan.services.items():
            values = _service_values(name, service, profile, sizes[service.size])
            values |= _hosts(name, plan, environment)
            values |= _windows_values(name, plan, sizes[service.size])
            template = templates[template_of(service)]
            policy = None if service.kind == "scheduled" else _STACK_POLICY
            path = config_path(name, environment)
            artefacts.append(
                _config(path, plan, environment, name, values, template, profile, settings(plan, name), policy)
            )
        if plan.release:
            path, name = release_config_path(plan, environment), releasing_service(plan)
            template = templates["release-task"]
            artefacts.append(
                _config(path, plan, environment, name, {}, template, profile, release_settings(plan), None)
            )
    return tuple(artefacts)


def template_of(service: Service) -> str:
    """Which template of `cloudformation/` a service is made from."""
    return {"web": "service", "scheduled": "scheduled-task"}.get(service.kind, "worker")


def _service_values(name: str, service: Service, profile: Profile, size: Size) -> dict[str, tuple[str, str]]:
    """Parameters of a service's template with the plan keys that they come from."""
    key = f"services.{name}"
    low, high = (max(1, math.ceil(count * profile.count_factor)) for count in (size.minimum_count, size.maximum_count))
    if service.kind == "scheduler":
        low = high = 1  # two schedulers would start everything twice
    health = service.health
    return {
        **_rules(service, key),
        **_redirect(service, key),
        "StripPrefix": (service.prefix if service.strip_prefix else "", f"{key}.prefix"),
        "HttpMethods": (",".join(service.methods), f"{key}.methods"),
        "StickySessions": ("true" if service.sticky_sessions else "", f"{key}.sticky_sessions"),
        "ContainerPort": (str(service.port or ""), f"{key}.port"),
        "HealthCheckPath": (health.path if health else "", f"{key}.health.path"),
        "HealthCheckStatusCodes": (health.status if health else "", f"{key}.health.path"),
        "HealthCheckGraceSeconds": (str(health.grace_seconds) if health else "", f"{key}.health"),
        "ScheduleExpression": (service.schedule or "", f"{key}.schedule"),
        "ScheduleTimezone": (service.timezone if service.schedule else "", f"{key}.schedule"),
        "CpuUnits": (str(size.cpu_units), f"{key}.size"),
        "MemoryMib": (str(size.memory_mib), f"{key}.size"),
        "MinimumCount": (str(low), f"{key}.size"),
        "MaximumCount": (str(high), f"{key}.size"),
        # The old scheduler stops before the new one starts.
        "SingleInstance": ("true" if service.kind == "scheduler" else "", f"services.{name}"),
    }


def _rules(service: Service, key: str) -> dict[str, tuple[str, str]]:
    """Patterns and priority of each listener rule; the second and third are numbered."""
    found: dict[str, tuple[str, str]] = {}
    for number, patterns in enumerate(parted(service.paths, len(service.hosts) + len(service.methods))):
        end = str(number + 1) if number else ""
        found[f"PathPatterns{end}"] = (",".join(patterns), f"{key}.paths")
        found[f"ListenerRulePriority{end}"] = (
            str(service.priority + number if service.priority else ""),
            f"{key}.priority",
        )
    return found


def _redirect(service: Service, key: str) -> dict[str, tuple[str, str]]:
    """The rule that redirects requests for `/`, asked right before the service's own."""
    if not service.root_redirect:
        return {}
    return {
        "RootRedirectPath": (service.root_redirect, f"{key}.root_redirect"),
        "RootRedirectPriority": (str(service.priority - 1 if service.priority else ""), f"{key}.priority"),
    }


def _hosts(name: str, plan: Plan, environment: EnvironmentName) -> dict[str, tuple[str, str]]:
    """The host names of a service's listener rules. Raises BadInputError where one needs a domain that nobody gave."""
    hosts = plan.services[name].hosts
    domain = plan.domain(environment)
    if not domain and any("{domain}" in host for host in hosts):
        raise BadInputError(
            f"services.{name}.hosts: no domain in {environment}",
            where="replatform.yaml",
            to_do=f"set environments.{environment}.domain",
        )
    values = ",".join(host.replace("{domain}", domain) for host in hosts)
    return {"HostHeaders": (values, f"services.{name}.hosts")}


def _windows_values(name: str, plan: Plan, size: Size) -> dict[str, tuple[str, str]]:
    """Parameters of a service whose image is a Windows image, over the others; nothing for Linux."""
    image = plan.services[name].image
    system = plan.images[image].operating_system
    if system == "LINUX":
        return {}
    cpu_units, memory_mib = max((size.cpu_units, size.memory_mib), _LEAST_OF_WINDOWS)
    return {
        "OperatingSystemFamily": (system, f"images.{image}.operating_system"),
        "CpuUnits": (str(cpu_units), f"services.{name}.size"),
        "MemoryMib": (str(memory_mib), f"services.{name}.size"),
    }


def _config(
    path: str,
    plan: Plan,
    environment: EnvironmentName,
    service: str,
    values: Mapping[str, tuple[str, str]],
    template: str,
    profile: Profile,
    variables: Iterable[Setting],
    policy: Mapping[str, object] | None,
) -> Artefact:
    """A configuration with what the template declares and the build does not give."""
    declared = declared_parameters(template)
    identity = {
        "Application": (plan.application, "application"),
        "Environment": (environment, ""),
        "Service": (service, ""),
    }
    profiled = {
        parameter: (value, "")
        for parameter, value in profile.service_parameters.items()
        if not (parameter in _NOT_ON_WINDOWS and "OperatingSystemFamily" in values)
    }
    chosen = {
        parameter: value
        for parameter, value in {**identity, **values, **profiled}.items()
        if parameter in declared and parameter not in FROM_THE_BUILD and value[0]
    }
    for parameter, (key, by_environment) in bind(variables).values.items():
        if by_environment:
            chosen[parameter] = (by_environment[environment], key)
    rows = [
        Line(
            f"    {json.dumps(name)}: {json.dumps(value, ensure_ascii=False)}{'' if number == len(chosen) else ','}",
            key,
        )
        for number, (name, (value, key)) in enumerate(chosen.items(), start=1)
    ]
    tags = {"Application": plan.application, "Environment": environment, "Service": service}
    rest = json.dumps({"Tags": tags} | ({"StackPolicy": policy} if policy else {}), indent=2).splitlines()[1:]
    lines = (Line("{"), Line('  "Parameters": {'), *rows, Line("  },"), *(Line(text) for text in rest))
    return Artefact(path, lines, "toolkit/artefacts/ecs_service_config.py")
