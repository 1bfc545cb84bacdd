"""The plan as it was before its services were split by paths: what the split is compared with."""

from toolkit.plan.model import Plan, Service
from toolkit.plan.routing.listener_rules import MAXIMUM_VALUES


def whole(plan: Plan) -> Plan:
    """One web service for each image, by the name of the first, with the paths, hosts, methods, code and tables of all. Several
    images are still told apart by host names, where services of each have some."""
    first: dict[str, str] = {}
    services: dict[str, Service] = {}
    for name, service in plan.services.items():
        if service.kind != "web" or not service.paths:
            services[name] = service
        elif service.image not in first:
            first[service.image] = name
            services[name] = service.model_copy(update={"leave_out": (), "database_user": None})
        else:
            one = services[first[service.image]]
            # Asked last, as the service that takes the rest is.
            priority = max(one.priority or 1, service.priority or 1)
            paths = tuple(dict.fromkeys((*one.paths, *service.paths)))
            hosts = tuple(dict.fromkeys((*one.hosts, *service.hosts))) if one.hosts and service.hosts else ()
            services[first[service.image]] = one.model_copy(
                update={
                    "paths": paths,
                    # A rule has five values, and one is a path.
                    "hosts": hosts if len(hosts) < MAXIMUM_VALUES else (),
                    "methods": (),
                    "priority": priority,
                    "root_redirect": one.root_redirect or service.root_redirect,
                }
            )
    return plan.model_copy(update={"services": services})


def undivided(plan: Plan) -> list[str]:
    """Services whose image has to be made with the code of all, too, for the whole to run."""
    return [name for name in whole(plan).services if plan.services[name].leave_out]
