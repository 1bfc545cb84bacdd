"""The picture in REPLATFORM.md: who reaches what, as a Mermaid flowchart."""

from collections.abc import Iterator

from toolkit.artefacts.markdown import mermaid
from toolkit.artefacts.values import settings
from toolkit.plan.model import Plan, Service


def render_diagram(plan: Plan) -> Iterator[str]:
    """Users, load balancer, services, datastores, migration and pipeline, line by line."""
    services = {name: f"service{number}" for number, name in enumerate(plan.services, 1)}
    stores = {name: f"store{number}" for number, name in enumerate(plan.datastores, 1)}
    kinds = {service.kind for service in plan.services.values()}
    yield "flowchart LR"
    if "web" in kinds:
        yield '  users(["Users"]) --> balancer["Application Load Balancer"]'
    if "scheduled" in kinds:
        yield '  clock(["EventBridge Scheduler"])'
    yield '  subgraph cluster["ECS on Fargate"]'
    for name, service in plan.services.items():
        yield f'    {services[name]}["{mermaid(name)}<br/>{_second_line(service)}"]'
    yield "  end"
    for name, service in plan.services.items():
        if service.kind == "web":
            yield f'  balancer -- "{mermaid(", ".join(service.paths))}" --> {services[name]}'
        elif service.schedule:
            yield f'  clock -- "{mermaid(service.schedule)}" --> {services[name]}'
    for name, store in plan.datastores.items():
        yield f'  {stores[name]}[("{mermaid(name)}<br/>{mermaid(f"{store.engine} {store.version}".strip())}")]'
    for store_name, node in stores.items():
        users = [services[name] for name in plan.services if uses(plan, name, store_name)]
        if users:
            yield f"  {' & '.join(users)} --> {node}"
    if plan.migration and plan.migration.datastore in stores:
        yield f'  present[("Present database<br/>{mermaid(plan.migration.source_engine)}")] -- "AWS DMS" --> {stores[plan.migration.datastore]}'
    yield f'  source["Source<br/>{mermaid(plan.source.provider)}"] --> pipeline["CodePipeline<br/>build, approve, deploy"] --> cluster'


def _second_line(service: Service) -> str:
    return f"web, port {service.port}" if service.kind == "web" else service.kind


def uses(plan: Plan, service: str, datastore: str) -> bool:
    """Whether a variable of a service is built from what a datastore tells."""
    return any(place.datastore == datastore for setting in settings(plan, service) for place in setting.placeholders)
