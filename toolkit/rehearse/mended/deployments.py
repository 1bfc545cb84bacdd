"""ECS and the load balancer: deployments that are watched, and health checks that count."""

import threading
import time
from collections.abc import Callable
from http.client import HTTPConnection, HTTPException
from typing import Any

from ministack.services import alb, ecs

from .resource_types import Properties

# A rehearsal does not wait for a check's own interval; how many may fail is what the template says.
HEALTH_CHECK_SECONDS = 0.25


def mend_deployments() -> None:
    """A first deployment is in progress until its tasks run, so that its circuit breaker watches it."""
    make = ecs._make_deployment

    def deployment(*arguments: Any, **options: Any) -> Properties:
        made: Properties = make(*arguments, **options)
        made["_image_resolution_disabled"] = True
        if made["desiredCount"] > 0 and made["status"] == "PRIMARY":
            made["rolloutState"], made["rolloutStateReason"] = "IN_PROGRESS", "ECS deployment in progress."
        return made

    ecs._make_deployment = deployment


def mend_health_checks() -> None:
    """A task gets requests, and counts as started, only once its target group's check has passed: the emulator takes every
    container for healthy."""
    address, schedule = ecs._task_ip, ecs._schedule_service_deployment_completion
    refresh = ecs._refresh_service_state

    def healthy_address(task: Properties) -> Any:
        return address(task) if task.get("_passed") else None

    def after_check(cluster: str, key: str, account: str, region: str, healthy_task: Any = None) -> None:
        service = ecs._services.get(key) or {}
        checks = [(alb._tgs[one["targetGroupArn"]], one["containerPort"]) for one in service.get("loadBalancers") or ()]
        if healthy_task is None or not checks:
            schedule(cluster, key, account, region, healthy_task=healthy_task)
            return

        def check() -> None:
            from ministack.core.responses import request_scope

            with request_scope(account, region):
                if passes_all(healthy_task, checks, address, int(service.get("healthCheckGracePeriodSeconds") or 0)):
                    healthy_task["_passed"] = True
                    refresh(cluster, healthy_task["group"])
                    schedule(cluster, key, account, region, healthy_task=healthy_task)
                elif healthy_task.get("lastStatus") == "RUNNING":
                    reason = "Task failed ELB health checks in target-group"
                    ecs._mark_task_stopped(healthy_task["taskArn"], healthy_task, reason, "ServiceSchedulerInitiated")
                    ecs._cleanup_task_resources(healthy_task, None)
                    ecs._record_service_task_failure(healthy_task)

        threading.Thread(target=check, daemon=True).start()

    ecs._task_ip = healthy_address
    ecs._schedule_service_deployment_completion = after_check


def passes_all(task: Properties, checks: list[Any], address: Callable[..., Any], grace_seconds: int) -> bool:
    """Whether every target group's check passes: within the grace period and as many intervals as may fail after it."""
    for group, port in checks:
        allowed = int(group.get("UnhealthyThresholdCount") or 2) * int(group.get("HealthCheckIntervalSeconds") or 30)
        deadline = time.monotonic() + grace_seconds + allowed
        while not passes(address(task), port, group):
            if task.get("lastStatus") != "RUNNING" or time.monotonic() > deadline:
                return False
            time.sleep(HEALTH_CHECK_SECONDS)
    return True


def passes(host: Any, port: int, group: Properties) -> bool:
    connection = HTTPConnection(str(host), int(port), timeout=float(group.get("HealthCheckTimeoutSeconds") or 5))
    try:
        connection.request("GET", group.get("HealthCheckPath") or "/", headers={"User-Agent": "ELB-HealthChecker/2.0"})
        status = connection.getresponse().status
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
    for part in str((group.get("Matcher") or {}).get("HttpCode") or "200").split(","):
        first, _, last = part.partition("-")
        if int(first) <= status <= int(last or first):
            return True
    return False
