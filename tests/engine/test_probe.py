"""Which questions a route is asked. Without an engine."""

import pytest

from toolkit.artefacts.routing import Route
from toolkit.engine.probe import probes
from toolkit.plan.model import Health, Image, Plan, Service


def asked(paths: tuple[str, ...], health: str = "/health", status: str = "200-399") -> list[tuple[str, str]]:
    image = Image(stack="x", version="1", build_image="x:1", runtime_image="x:1")
    service = Service(
        kind="web",
        image="app",
        command=("x",),
        port=80,
        paths=paths,
        priority=1,
        health=Health(path=health, status=status),
    )
    plan = Plan(application="app", images={"app": image}, services={"web": service})
    routes = tuple(Route(path, "web", 80, 1, "services.web.paths") for path in paths)
    return [(probe.pattern, probe.path) for probe in probes(plan, routes)]


@pytest.mark.parametrize(
    ("paths", "expected"),
    [
        (("/*",), [("/*", "/health")]),
        (("/health", "/*"), [("/health", "/health"), ("/*", "/")]),
        (("/api/*",), [("/api/*", "/api/")]),
        (("/api/*", "/*"), [("/api/*", "/api/"), ("/*", "/health")]),
        (("/v?/x",), [("/v?/x", "/vx/x")]),
        (("/a*", "/ab"), [("/a*", "/a")]),
    ],
)
def test_each_route_is_asked_once(paths: tuple[str, ...], expected: list[tuple[str, str]]) -> None:
    assert asked(paths) == expected


def test_a_health_path_must_answer_what_the_load_balancer_expects() -> None:
    image = Image(stack="x", version="1", build_image="x:1", runtime_image="x:1")
    service = Service(
        kind="web", image="app", command=("x",), port=80, paths=("/*",), health=Health(path="/up", status="200,301-302")
    )
    plan = Plan(application="app", images={"app": image}, services={"web": service})
    (probe,) = probes(plan, (Route("/*", "web", 80, 1, ""),))
    assert probe.expected == (range(200, 201), range(301, 303))
