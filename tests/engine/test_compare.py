"""One application as a whole and split: asked the same, with sessions, logins and uploads. No Docker: applications are HTTP
servers in threads."""

import secrets
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs

import pytest

from toolkit.engine import comparison
from toolkit.engine.application import Application, StartFailedError
from toolkit.engine.comparison import Compared, as_whole, compare, record
from toolkit.engine.compose_file import ComposeFile, Config
from toolkit.engine.compose_file import Service as Container
from toolkit.engine.exchange import Browser, shown
from toolkit.plan.image_model import Image
from toolkit.plan.model import Health, Plan, Service
from toolkit.split.answers import Answer
from toolkit.split.requests import Request, recorded

SESSION = """
- {path: /login}
- {path: /login, form: {user: ines, csrfmiddlewaretoken: recorded}}
- {path: /orders}
- path: /upload
  form: {csrfmiddlewaretoken: recorded}
  files: {file: {name: a.txt, content: hello}}
- {path: /uploaded}
- {method: POST, path: /logout, headers: {X-CSRFToken: recorded}}
- {path: /orders}
"""
IMAGE = Image(stack="python-django", version="3.12", build_image="a", runtime_image="b")


class Shop:
    """A shop with a login: sessions, a token in its forms, and an upload, all kept by one process. `forgets` are paths that are
    answered by a process of their own, which knows of no session."""

    def __init__(self, *forgets: str) -> None:
        self.forgets = forgets
        self.sessions: dict[str, str] = {}
        self.file = b""

    def answer(
        self, method: str, path: str, cookie: str, headers: dict[str, str], body: bytes
    ) -> tuple[int, list[tuple[str, str]], bytes]:
        number = cookie.removeprefix("sessionid=")
        token = self.sessions.get(number, "")
        if any(path.startswith(one) for one in self.forgets):
            token = ""
        html = [("Content-Type", "text/html")]
        if (method, path) == ("GET", "/login"):
            number, token = secrets.token_hex(16), secrets.token_urlsafe(48)
            self.sessions[number] = token
            field = f"<input type='hidden' name='csrfmiddlewaretoken' value='{token}'>"
            cookies = [
                ("Set-Cookie", f"sessionid={number}; HttpOnly; Path=/"),
                ("Set-Cookie", f"csrftoken={token}; Path=/"),
            ]
            return 200, [*html, *cookies], field.encode()
        if method == "POST":
            sent = body.decode()
            given = parse_qs(sent).get("csrfmiddlewaretoken", [headers.get("x-csrftoken", "")])[0]
            if not token or (given != token and f'name="csrfmiddlewaretoken"\r\n\r\n{token}\r\n' not in sent):
                return 403, html, b"forbidden"
            if path == "/upload":
                self.file = sent.partition('filename="a.txt"')[2].partition("\r\n\r\n")[2].partition("\r\n")[0].encode()
            if path == "/logout":
                self.sessions.clear()
            return 303, [("Location", "/orders")], b""
        if path == "/uploaded":
            return 200, [("Content-Type", "application/octet-stream")], self.file
        return (200, html, b"your orders") if token else (302, [("Location", "/login")], b"")


@contextmanager
def serving(shop: Shop) -> Iterator[tuple[str, int]]:
    class Handler(BaseHTTPRequestHandler):
        def _answer(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            cookies = [one for one in self.headers.get("Cookie", "").split("; ") if one.startswith("sessionid=")]
            headers = {name.lower(): value for name, value in self.headers.items()}
            status, sent, content = shop.answer(self.command, self.path, "".join(cookies), headers, body)
            self.send_response(status)
            for name, value in sent:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = _answer  # noqa: N815

        def log_message(self, *_: object) -> None:
            """Silent."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield "127.0.0.1", server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()


class Started:
    """As far as a comparison looks at an Application."""

    client = None
    name = "shop"

    def __init__(self, address: tuple[str, int]) -> None:
        self.address = address

    def start(self) -> None:
        """It runs already."""


def plan() -> Plan:
    web = Service(kind="web", image="app", command=("serve",), port=80, health=Health(path="/login"))
    services = {
        "orders": web.model_copy(update={"paths": ("/orders", "/orders/*"), "priority": 10}),
        "web": web.model_copy(update={"paths": ("/*",), "priority": 40_000}),
        "mail": Service(kind="worker", image="app", command=("work",)),
    }
    return Plan(application="shop", images={"app": IMAGE}, services=services)


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., list[Compared]]]:
    removed: list[str] = []
    monkeypatch.setattr(comparison, "remove", lambda _client, name: removed.append(name))
    monkeypatch.setattr(comparison, "_PATIENCE_SECONDS", 1)
    with ExitStack() as stack:

        def run(whole: Shop, split: Shop, requests: tuple[Request, ...]) -> list[Compared]:
            waiting = [stack.enter_context(serving(one)) for one in (whole, split)]

            def start(_: ComposeFile) -> Application:
                return Started(waiting.pop(0))  # type: ignore[return-value]

            found = list(compare(start, ComposeFile(name="shop", services={}), plan(), 8080, requests))
            assert removed == ["shop"]
            return found

        yield run


def test_a_session_with_login_token_and_upload_is_answered_alike(compared: Callable[..., list[Compared]]) -> None:
    found = compared(Shop(), Shop(), recorded(SESSION, "session"))
    assert [one.differences for one in found] == [()] * 7
    assert [one.split.status for one in found] == [200, 303, 200, 303, 200, 303, 302]
    assert found[4].split.body == b"hello"


def test_a_service_that_does_not_know_the_session_is_found(compared: Callable[..., list[Compared]]) -> None:
    found = compared(Shop(), Shop("/orders"), recorded(SESSION, "session"))
    assert [one.differences for one in found if one.differences] == [("status 200 became 302",)]


def test_an_application_that_does_not_answer_is_a_difference(compared: Callable[..., list[Compared]]) -> None:
    class Broken(Shop):
        def answer(self, *_: object) -> tuple[int, list[tuple[str, str]], bytes]:
            raise ConnectionError

    (one,) = compared(Shop(), Broken(), (Request("GET", "/orders"),))
    assert one.differences == ("status 302 became (no answer)",)


@pytest.mark.parametrize("end", [KeyboardInterrupt, StartFailedError("web", "did not come up")])
def test_the_whole_is_taken_down_whatever_happens(end: BaseException, monkeypatch: pytest.MonkeyPatch) -> None:
    class Ended(Started):
        def start(self) -> None:
            raise end

    removed: list[str] = []
    monkeypatch.setattr(comparison, "remove", lambda _client, name: removed.append(name))
    with pytest.raises((KeyboardInterrupt, StartFailedError)):
        record(
            lambda compose: Ended(("127.0.0.1", 1)),  # type: ignore[arg-type, return-value]
            ComposeFile(name="shop", services={}), plan(), 8080, (),
        )  # fmt: skip
    assert removed == ["shop"]


def test_cookies_go_where_their_path_says_and_end_when_they_are_taken_back() -> None:
    browser = Browser("127.0.0.1", 1)
    browser._keep(Answer(200, (("set-cookie", "a=1; Path=/admin"), ("set-cookie", "b=2"))))
    assert browser._cookies == {"a": ("1", "/admin"), "b": ("2", "/")}
    browser._keep(Answer(200, (("set-cookie", "b=; Max-Age=0"),)))
    assert list(browser._cookies) == ["a"]


def test_parameters_come_from_links_and_from_lists() -> None:
    listed = Request("GET", "/accounts"), Answer(200, (), b'[{"id": 1000, "name": "x"}]')
    linked = Request("GET", "/"), Answer(200, (), b'<a href="/orders/17/lines/3?x=1">')
    assert shown(Request("GET", "/accounts/{id}"), [linked, listed]) == {"{id}": "1000"}
    assert shown(Request("GET", "/orders/{a}/lines/{b}"), [linked]) == {"{a}": "17", "{b}": "3"}
    assert shown(Request("GET", "/orders/{a}"), [linked, listed]) == {}


def test_the_whole_is_one_service_that_gets_every_path() -> None:
    containers = {
        "proxy": Container(image="nginx", depends_on={"orders": {"condition": "service_started"}, "web": {"condition": "service_started"}}),
        "orders": Container(image="a"), "web": Container(image="a"), "mail": Container(image="a"),
    }  # fmt: skip
    compose = ComposeFile(name="shop", services=containers, configs={"proxy": Config(content="old")})
    found = as_whole(compose, plan(), 8080)
    assert found.name == "shop-whole"
    assert list(found.services) == ["proxy", "orders", "mail"]
    assert list(found.services["proxy"].depends_on) == ["orders"]
    text = found.configs["proxy"].content
    assert " orders:80;" in text and " web:80;" not in text and r"/.*\z" in text
