"""The picture of an application on AWS, laid out in three columns: who asks, what runs, what keeps the data."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from toolkit.artefacts.diagram import uses
from toolkit.artefacts.remarks import one_line
from toolkit.plan.model import Datastore, Plan, Service

# Units of the drawing, about a pixel each.
WIDTH, HEIGHT, GAP = 230, 56, 18  # of a box, and between boxes
LEFT, MIDDLE, RIGHT = 4, 312, 620  # where the columns begin
TOP = 44  # below the title of the frame
MARGIN = 16  # of the frame around the services
_CHARACTERS = 28  # that fit into a box


@dataclass(frozen=True, slots=True)
class Box:
    """A node with two lines of text; `kind` chooses its colours, `service` is empty for what services share."""

    title: str
    text: str
    kind: str
    service: str = ""
    x: int = 0
    y: int = 0


@dataclass(frozen=True, slots=True)
class Arrow:
    """A line of SVG path data; `service` is empty where it does not belong to one alone."""

    path: str
    service: str = ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """All boxes and arrows, the frame around the services as x, y, width and height, and the size of the whole."""

    boxes: tuple[Box, ...]
    arrows: tuple[Arrow, ...]
    frame: tuple[int, int, int, int]
    width: int
    height: int
    box_size: tuple[int, int] = (WIDTH, HEIGHT)


def draw(plan: Plan) -> Drawing:
    """The same plan gives the same drawing, to the unit."""
    services = _column(MIDDLE, [_service(*entry) for entry in plan.services.items()])
    stores = _column(RIGHT, [_store(*entry) for entry in plan.datastores.items()])
    left = _column(LEFT, _askers(plan), 2)
    by_title = {box.title: box for box in left}
    arrows = [_down(by_title["Users"], by_title["Load balancer"])] if "Users" in by_title else []
    for box, (name, service) in zip(services, plan.services.items(), strict=True):
        asker = "Load balancer" if service.kind == "web" else "Timetable" if service.schedule else ""
        if asker:
            arrows.append(_across(by_title[asker], box, name))
        arrows += [
            _across(box, store, name)
            for store, key in zip(stores, plan.datastores, strict=True)
            if uses(plan, name, key)
        ]
    frame = (MIDDLE - MARGIN, 2, WIDTH + 2 * MARGIN, services[-1].y + HEIGHT + MARGIN - 2)
    # The pipeline's arrow leads to all services: to the frame, beside its title.
    arrows.append(Arrow(f"M{LEFT + WIDTH},{_middle(left[0])} H{MIDDLE - MARGIN - 5}"))
    migration = plan.migration
    if migration and migration.datastore in plan.datastores:
        target = stores[list(plan.datastores).index(migration.datastore)]
        present = Box("Present database", _cut(f"{migration.source_engine}, by AWS DMS"), "outside")
        stores = [*stores, replace(present, x=RIGHT, y=stores[-1].y + HEIGHT + 2 * GAP)]
        arrows.append(_up_beside(stores[-1], target))
    boxes = (*left, *services, *stores)
    height = max(frame[3], max(box.y for box in boxes) + HEIGHT) + 4
    return Drawing(boxes, tuple(arrows), frame, RIGHT + WIDTH + 34, height)


def _askers(plan: Plan) -> list[Box]:
    kinds = {service.kind for service in plan.services.values()}
    boxes = [Box("CodePipeline", _cut(f"{plan.source.provider}: build, approve"), "outside")]
    if "web" in kinds:
        boxes += [Box("Users", "by HTTPS", "outside"), Box("Load balancer", "Application Load Balancer", "entry")]
    if "scheduled" in kinds:
        boxes.append(Box("Timetable", "EventBridge Scheduler", "entry"))
    return boxes


def _service(name: str, service: Service) -> Box:
    reached = f"{' '.join(service.paths)}  port {service.port}" if service.kind == "web" else service.schedule
    return Box(_cut(name), _cut(reached or service.kind), service.kind, name)


def _store(name: str, store: Datastore) -> Box:
    return Box(_cut(name), _cut(f"{store.engine} {store.version}"), "store")


def _cut(text: str) -> str:
    return one_line(text, _CHARACTERS)


def _column(x: int, boxes: Iterable[Box], top: int = TOP) -> list[Box]:
    return [replace(box, x=x, y=top + place * (HEIGHT + GAP)) for place, box in enumerate(boxes)]


def _middle(box: Box) -> int:
    return box.y + HEIGHT // 2


def _across(start: Box, end: Box, service: str) -> Arrow:
    """From the right side of a box to the left side of one in a later column; the tip of the arrow takes 5 units."""
    first, last = start.x + WIDTH, end.x - 5
    half = (first + last) // 2
    return Arrow(
        f"M{first},{_middle(start)} C{half},{_middle(start)} {half},{_middle(end)} {last},{_middle(end)}", service
    )


def _down(start: Box, end: Box) -> Arrow:
    return Arrow(f"M{start.x + WIDTH // 2},{start.y + HEIGHT} V{end.y - 5}")


def _up_beside(start: Box, end: Box) -> Arrow:
    """Along the right side of the column, past what stands between."""
    side = start.x + WIDTH
    return Arrow(f"M{side},{_middle(start)} h18 V{_middle(end)} H{side + 5}")
