"""What `replatform rehearse --compare` finds. No emulator: its load balancer is an HTTP server that follows the plan's rules."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from typer.testing import CliRunner

from toolkit.cli import rehearse as command
from toolkit.cli.main import app
from toolkit.engine import connection
from toolkit.engine.comparison import Recorded
from toolkit.engine.compose_file import ComposeFile
from toolkit.engine.compose_file import Service as Container
from toolkit.engine.probe import Probe
from toolkit.errors import BadInputError
from toolkit.plan.image_model import Image
from toolkit.plan.model import Health, Plan, Service
from toolkit.plan.routing.listener_rules import choose, rules
from toolkit.rehearse.datastores import with_stand_ins
from toolkit.rehearse.rehearsal import Rehearsal
from toolkit.rehearse.traffic import LoadBalancer
from toolkit.split.answers import Answer
from toolkit.split.requests import Request

GOLDEN = Path(__file__).parents[1] / "golden"
TEXT = (("content-type", "text/plain"),)
IMAGE = Image(stack="python-django", version="3.12", build_image="a", runtime_image="b")
# What each service's own code answers; one image knows nothing of the other's paths.
SERVICES = {"orders": {"/orders": "your orders"}, "web": {"/": "welcome", "/login": "who are you?"}}
WHOLE: Recorded = tuple(
    (Request("GET", path), Answer(200, TEXT, text.encode()))
    for answers in SERVICES.values()
    for path, text in answers.items()
)


def plan(orders: str = "/orders", **edits: Any) -> Plan:
    web = Service(kind="web", image="app", command=("serve",), port=80, health=Health(path="/login"))
    services = {
        "orders": web.model_copy(update={"paths": (orders,), "priority": 10} | edits),
        "web": web.model_copy(update={"paths": ("/*",), "priority": 40_000}),
    }
    return Plan(application="shop", images={"app": IMAGE}, services=services)


@contextmanager
def balancing(one: Plan, services: dict[str, dict[str, str]]) -> Iterator[LoadBalancer]:
    """Listens as the emulator does: below the load balancer's name, with the listener's port in the Host header."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            path = self.path.removeprefix("/_alb/shop-development")
            host, _, listener = self.headers["Host"].partition(":")
            chosen = choose(rules(one), path, "GET", host)
            text = services[chosen[0].service].get(path) if chosen and listener == "443" and path != self.path else None
            self.send_response(200 if text else 404)
            self.send_header("Content-Type", "text/plain")
            self.end_headers()
            self.wfile.write((text or "Not found").encode())

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield LoadBalancer("127.0.0.1", server.server_address[1], "shop-development", "shop.elb.example", 443)
    finally:
        server.shutdown()
        server.server_close()


@pytest.fixture
def compared() -> Iterator[Callable[..., Rehearsal]]:
    with ExitStack() as stack:

        def run(one: Plan, services: dict[str, dict[str, str]]) -> Rehearsal:
            """As far as the step that compares."""
            nothing: Any = None
            rehearsal = Rehearsal(nothing, nothing, nothing, nothing, (), (), {}, False, 1, record=lambda: WHOLE)
            rehearsal._balancer = stack.enter_context(balancing(one, services))
            rehearsal._compare_with(WHOLE)
            return rehearsal

        yield run


def test_services_behind_their_rules_answer_as_the_whole(compared: Callable[..., Rehearsal]) -> None:
    rehearsal = compared(plan(), SERVICES)
    assert rehearsal.ok and [one.differences for one in rehearsal.compared] == [(), (), ()]
    assert rehearsal.steps[-1].note == "3 of 3 requests are answered alike"


def test_a_rule_of_the_wrong_service_is_found(compared: Callable[..., Rehearsal]) -> None:
    rehearsal = compared(plan(orders="/login"), SERVICES)
    assert not rehearsal.ok
    assert {one.request.path: one.differences for one in rehearsal.compared} == {
        "/orders": ("status 200 became 404",),
        "/": (),
        "/login": ("status 200 became 404",),
    }
    assert rehearsal.steps[-1].note == "2 of 3 requests are answered differently"


def test_a_changed_answer_is_found(compared: Callable[..., Rehearsal]) -> None:
    changed = SERVICES | {"web": SERVICES["web"] | {"/": "Welcome!"}}
    rehearsal = compared(plan(), changed)
    assert [one.differences for one in rehearsal.compared if one.differences] == [
        ("line 1 of the body: 'welcome' became 'Welcome!'",)
    ]


def test_a_rule_of_a_host_name_is_asked_by_it() -> None:
    one = plan(hosts=("shop.example",))
    with balancing(one, SERVICES) as balancer:
        named = Probe("orders", "/orders", "/orders", (range(200, 201),), host="shop.example")
        answer = balancer.ask(named)
        assert answer.ok and answer.probe == named
        browser = balancer.browser()
        assert browser.ask(Request("GET", "/orders", (("Host", "shop.example"),))).status == 200
        assert browser.ask(Request("GET", "/orders")).status == 404


def test_stand_ins_are_in_the_compose_file_too() -> None:
    compose = ComposeFile(name="shop", services={"database": Container(image="mysql:8.0"), "web": Container(image="a")})
    found = with_stand_ins(compose, {"mysql:8.0": "mirror/mysql:8.0"})
    assert {name: one.image for name, one in found.services.items()} == {"database": "mirror/mysql:8.0", "web": "a"}


def test_differences_are_told_as_up_tells_them(
    compared: Callable[..., Rehearsal], monkeypatch: pytest.MonkeyPatch
) -> None:
    rehearsal = compared(plan(orders="/login"), SERVICES)

    @contextmanager
    def engine() -> Iterator[object]:
        yield object()

    monkeypatch.setattr(connection, "engine", engine)
    monkeypatch.setattr(command, "build_services", lambda *_: ([SimpleNamespace(service="web", tag="web")], []))
    monkeypatch.setattr(command, "_rehearse", lambda *_: rehearsal)
    folder = str(GOLDEN / "conflict-check")
    arguments = ["--quiet", "rehearse", folder, "--source", folder, "--compare", "--json"]
    outcome = CliRunner().invoke(app, arguments)
    found = json.loads(outcome.stdout)
    assert outcome.exit_code == 1 and not found["ok"]
    assert {finding["code"] for finding in found["findings"]} == {"RP130"}
    assert len(found["findings"]) == 2 and len(found["requests"]) == 3


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (["--requests", "session.har"], "--requests goes with --compare"),
        (["--compare", "--environment", "production"], "--compare does not go with the environment production"),
    ],
)
def test_what_cannot_be_compared_is_refused(more: list[str], message: str) -> None:
    outcome = CliRunner().invoke(app, ["--quiet", "rehearse", str(GOLDEN / "conflict-check"), *more])
    assert isinstance(outcome.exception, BadInputError)
    assert message in str(outcome.exception)
