"""Requests that are made from routes, and those that were recorded."""

import base64
import json

import pytest

from toolkit.errors import BadInputError
from toolkit.facts.model import Origin, Route, RouteKind
from toolkit.findings import Evidence
from toolkit.plan.routing.routing import Routed
from toolkit.split.requests import NOBODY, filled, made, recorded


def routed(path: str, *methods: str, kind: RouteKind = RouteKind.EXACT) -> Routed:
    route = Route(
        path=path, kind=kind, framework="x", methods=methods, evidence=Evidence("urls.py", 1), origin=Origin.CONVENTION
    )
    return Routed(route, path, "app", {})


def test_every_route_and_method_is_asked_and_what_reads_comes_first() -> None:
    routes = [routed("/a/{id}", "POST", "GET"), routed("/a"), routed("/{rest...}", kind=RouteKind.CATCH_ALL)]
    assert list(map(str, made(routes))) == ["GET /a", "GET /a/{id}", "POST /a/{id}", f"GET {NOBODY}"]


def test_parameters_are_filled_with_what_was_shown_else_with_one() -> None:
    asked = made([routed("/a/{id}/b/{name}", "GET")])[0]
    assert filled(asked, {"{id}": "1000"}).path == "/a/1000/b/1"


def test_a_har_file_is_read_with_bodies_but_without_what_belongs_to_the_connection() -> None:
    entries = [
        {
            "request": {
                "method": "POST",
                "url": "https://shop.example.org/login?next=/a",
                "headers": [
                    {"name": ":authority", "value": "x"},
                    {"name": "Cookie", "value": "old=1"},
                    {"name": "Accept", "value": "text/html"},
                ],
                "postData": {"mimeType": "application/x-www-form-urlencoded", "text": "user=ines"},
            }
        },
        {"request": {"method": "GET", "url": "wss://shop.example.org/live"}},
    ]
    (request,) = recorded(json.dumps({"log": {"entries": entries}}), "session.har")
    assert (request.method, request.path, request.body) == ("POST", "/login?next=/a", b"user=ines")
    assert dict(request.headers) == {"Accept": "text/html", "Content-Type": "application/x-www-form-urlencoded"}


def test_a_list_has_forms_json_and_files() -> None:
    text = f"""
- {{path: /}}
- {{path: /login, form: {{user: ines, password: a b}}}}
- {{method: PUT, path: /a/1, json: {{open: true}}, headers: {{X-Api-Key: k}}}}
- path: /upload
  form: {{title: letter}}
  files: {{file: {{name: a.bin, type: application/pdf, base64: {base64.b64encode(b"%PDF").decode()}}}}}
"""
    home, login, change, upload = recorded(text, "requests.yaml")
    assert (home.method, login.method, change.method) == ("GET", "POST", "PUT")
    assert login.body == b"user=ines&password=a+b"
    assert change.body == b'{"open": true}'
    assert dict(change.headers) == {"X-Api-Key": "k", "Content-Type": "application/json"}
    assert b'name="file"; filename="a.bin"\r\nContent-Type: application/pdf\r\n\r\n%PDF\r\n--' in upload.body
    assert b'name="title"\r\n\r\nletter\r\n' in upload.body


@pytest.mark.parametrize(
    "text",
    [
        "a: [", "text", "- {path: no-slash}", "- {method: GET}", "- {path: /, header: {}}", "- 7",
        '- {path: "/a b"}', '- {path: /, headers: {X: "a\\r\\nY: b"}}', '{"log": {"entries": [{"request": {"url": 7}}]}}',
        "- {path: /, files: {a: {base64: '%'}}}", "&a [*a]",
    ],
)  # fmt: skip
def test_what_is_no_request_is_bad_input(text: str) -> None:
    with pytest.raises(BadInputError):
        recorded(text, "requests")
