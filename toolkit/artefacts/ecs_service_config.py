"""`ecs-service-config[.<environment>].json`: a service's CodePipeline template configuration.

Keys `Parameters`, `Tags` and `StackPolicy`, parameter values as strings:
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/continuous-delivery-codepipeline-cfn-artifacts.html (2026-11-21).
"""

import json
import math
from collections.abc import Mapping

from toolkit.artefacts.bindings import bind
from toolkit.artefacts.templates import declared_parameters
from toolkit.artefacts.text import Artefact, Line
from toolkit.artefacts.values import settings
from toolkit.catalog.profiles import Profile, Size
from toolkit.plan.model import ENVIRONMENTS, EnvironmentName, Plan, Service

# What the pipeline gives by ParameterOverrides, and so must not stand in the configuration.
FROM_THE_BUILD = frozenset({"ImageUri"})
# CloudFormation may not replace or delete what clients see, without someone changing this policy first.
_STACK_POLICY = {
    "Statement": [
        {"Effect": "Allow", "Action": "Update:*", "Principal": "*", "Resource": "*"},
        {
            "Effect": "Deny",
            "Action": ["Update:Replace", "Update:Delete"],
            "Principal": "*",
            "Resource": "LogicalResourceId/Service",
        },
    ]
}


def config_path(service: str, environment: EnvironmentName) -> str:
    """Production has the plain name."""
    infix = "" if environment == "production" else f".{environment}"
    return f"services/{service}/ecs-service-config{infix}.json"


def render_configs(
    plan: Plan, templates: Mapping[str, str], profiles: Mapping[str, Profile], sizes: Mapping[str, Size]
) -> tuple[Artefact, ...]:
    """The configuration of every service in every environment."""
    return tuple(
        _config(
            name,
            service,
            environment,
            plan,
            templates[template_of(service)],
            profiles[environment],
            sizes[service.size],
        )
        for name, service in plan.services.items()
        for environment in ENVIRONMENTS
    )


def template_of(service: Service) -> str:
    """Which template of `cloudformation/` a service is made from."""
    return {"web": "service", "scheduled": "scheduled-task"}.get(service.kind, "worker")


def _config(
    name: str, service: Service, environment: EnvironmentName, plan: Plan, template: str, profile: Profile, size: Size
) -> Artefact:
    key = f"services.{name}"
    low, high = (max(1, math.ceil(count * profile.count_factor)) for count in (size.minimum_count, size.maximum_count))
    if service.kind == "scheduler":
        low = high = 1  # two schedulers would start everything twice
    health = service.health
    values: dict[str, tuple[str, str]] = {
        "Application": (plan.application, "application"),
        "Environment": (environment, ""),
        "Service": (name, key),
        "PathPatterns": (",".join(service.paths), f"{key}.paths"),
        "ListenerRulePriority": (str(service.priority or ""), f"{key}.priority"),
        "ContainerPort": (str(service.port or ""), f"{key}.port"),
        "HealthCheckPath": (health.path if health else "", f"{key}.health.path"),
        "HealthCheckStatusCodes": (health.status if health else "", f"{key}.health.path"),
        "HealthCheckGraceSeconds": (str(health.grace_seconds) if health else "", f"{key}.health"),
        "ScheduleExpression": (service.schedule or "", f"{key}.schedule"),
        "ScheduleTimezone": (service.timezone if service.schedule else "", f"{key}.schedule"),
        "CpuUnits": (str(size.cpu_units), f"{key}.size"),
        "MemoryMib": (str(size.memory_mib), f"{key}.size"),
        "DesiredCount": (str(low), f"{key}.size"),
        "MinimumCount": (str(low), f"{key}.size"),
        "MaximumCount": (str(high), f"{key}.size"),
    }
    values |= {parameter: (value, "") for parameter, value in profile.service_parameters.items()}
    declared = declared_parameters(template)
    chosen = {p: v for p, v in values.items() if p in declared and p not in FROM_THE_BUILD and v[0]}
    for parameter, (where, by_environment) in bind(settings(plan, name)).values.items():
        if by_environment:
            chosen[parameter] = (by_environment[environment], where)
    rows = [
        Line(f"    {json.dumps(p)}: {json.dumps(v, ensure_ascii=False)}{'' if number == len(chosen) else ','}", k)
        for number, (p, (v, k)) in enumerate(chosen.items(), 1)
    ]
    tags = {"Application": plan.application, "Environment": environment, "Service": name}
    tail = {"Tags": tags} | ({"StackPolicy": _STACK_POLICY} if service.kind != "scheduled" else {})
    rest = json.dumps(tail, indent=2).splitlines()[1:]
    lines = (Line("{"), Line('  "Parameters": {'), *rows, Line("  },"), *(Line(text) for text in rest))
    return Artefact(config_path(name, environment), lines, "toolkit/artefacts/ecs_service_config.py")
