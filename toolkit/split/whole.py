"""The plan as it was before its services were split by paths: what the split is compared with."""

from toolkit.plan.model import Plan, Service


def whole(plan: Plan) -> Plan:
    """One web service for each image, by the name of the first, with the paths, hosts, methods, code and tables of all."""
    first: dict[str, str] = {}
    services: dict[str, Service] = {}
    for name, service in plan.services.items():
        if service.kind != "web" or not service.paths:
            services[name] = service
        elif service.image not in first:
            first[service.image] = name
            services[name] = service.model_copy(
                update={"leave_out": (), "hosts": (), "methods": (), "database_user": None}
            )
        else:
            one = services[first[service.image]]
            # Asked last, as the service that takes the rest is.
            priority = max(one.priority or 1, service.priority or 1)
            paths = tuple(dict.fromkeys((*one.paths, *service.paths)))
            services[first[service.image]] = one.model_copy(
                update={
                    "paths": paths,
                    "priority": priority,
                    "root_redirect": one.root_redirect or service.root_redirect,
                }
            )
    return plan.model_copy(update={"services": services})


def undivided(plan: Plan) -> list[str]:
    """Services whose image has to be made with the code of all, too, for the whole to run."""
    return [name for name in whole(plan).services if plan.services[name].leave_out]
