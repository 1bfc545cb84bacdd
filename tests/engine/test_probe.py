"""Which questions a route is asked. Without an engine."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from toolkit.artefacts.routing import Route, routes
from toolkit.engine.probe import ask, probes
from toolkit.plan.image_model import Image
from toolkit.plan.model import Health, Plan, Service


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


def test_a_redirect_has_to_lead_where_the_plan_says() -> None:
    image = Image(stack="x", version="1", build_image="x:1", runtime_image="x:1")
    service = Service(
        kind="web", image="app", command=("x",), port=80, paths=("/*",), priority=9, root_redirect="/shop/"
    )
    plan = Plan(application="app", images={"app": image}, services={"web": service})
    root, rest = probes(plan, routes(plan))
    assert [(one.path, one.redirect) for one in (root, rest)] == [("/", "/shop/"), ("/shop/", "")]
    answered = {}
    for location in ("/shop/", "/other/"):
        with serving(302, location) as port:
            answered[location] = ask("127.0.0.1", port, root).ok
    assert answered == {"/shop/": True, "/other/": False}


@contextmanager
def serving(status: int, location: str) -> Iterator[int]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status)
            self.send_header("Location", f"http://{self.headers['Host']}{location}")
            self.end_headers()

        def log_message(self, *_: object) -> None:
            pass

    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        threading.Thread(target=server.handle_request, daemon=True).start()
        yield server.server_port


def test_a_health_path_must_answer_what_the_load_balancer_expects() -> None:
    image = Image(stack="x", version="1", build_image="x:1", runtime_image="x:1")
    service = Service(
        kind="web", image="app", command=("x",), port=80, paths=("/*",), health=Health(path="/up", status="200,301-302")
    )
    plan = Plan(application="app", images={"app": image}, services={"web": service})
    (probe,) = probes(plan, (Route("/*", "web", 80, 1, ""),))
    assert probe.expected == (range(200, 201), range(301, 303))
