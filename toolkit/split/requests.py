"""Requests to ask an application with: one or more for each route, or those that somebody recorded.

Recorded are HAR files, which every browser's developer tools save (http://www.softwareishard.com/blog/har-12-spec/), and lists
written by hand, in YAML or JSON: `- {method: POST, path: /login, form: {user: ines}}`.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode, urlsplit

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from toolkit.errors import BadInputError
from toolkit.facts.model import RouteKind
from toolkit.plan.routing.routing import Routed

MAXIMUM_CHARACTERS = 64 << 20
NOBODY = "/replatform-asks-for-nothing"
PARAMETER = re.compile(r"\{(\w+)(\.\.\.)?\}")
_KEYS = frozenset({"method", "path", "headers", "form", "json", "body", "files"})
_BOUNDARY = "replatform-boundary-7f3a1c"
# What belongs to a connection or is the browser's own business; cookies are kept by whoever sends.
_NOT_SENT = frozenset(
    {"accept-encoding", "connection", "content-length", "cookie", "if-modified-since", "if-none-match",
     "origin", "referer", "te", "transfer-encoding", "upgrade-insecure-requests"}
)  # fmt: skip
_METHOD = re.compile(r"[A-Z]{1,16}")
_PATH = re.compile(r"/[^\x00-\x20\x7f#]*")
_HEADER = re.compile(r"[A-Za-z0-9!#$%&'*+.^_`|~-]+")


@dataclass(frozen=True, slots=True)
class Request:
    """`path` has the query. `route` says which route it was made for, where it was. In a `path` that was made, `{name}` is to be
    filled with what earlier answers show."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    route: str = ""

    @property
    def host(self) -> str:
        """The host name that is asked for, without a port; empty where any will do."""
        return next((value.partition(":")[0] for name, value in self.headers if name.lower() == "host"), "")

    def __str__(self) -> str:
        return f"{self.method} {self.host}{self.path}"


def made(routes: Iterable[Routed], *, root: bool = False) -> tuple[Request, ...]:
    """A request for each route and method, those that only read first; and one that no route takes. Bodies are empty objects:
    what an application says of them, it says in both places. `root` asks for `/`, too, where it is no route but redirected."""
    reading: dict[Request, None] = {Request("GET", "/"): None} if root else {}
    writing: dict[Request, None] = {}
    for one in routes:
        if one.route.kind is RouteKind.CATCH_ALL:
            continue
        path = re.sub(r"\{\w+\.\.\.\}", "", one.path) or "/"
        hosts = tuple(dict.fromkeys((("Host", reach.host),) if reach.host else () for reach in one.reaches))
        for method in one.route.methods or ("GET",):
            for host in hosts or ((),):
                if method in ("GET", "HEAD", "OPTIONS"):
                    reading[Request(method, path, host, route=one.path)] = None
                elif _METHOD.fullmatch(method):
                    headers = (*host, ("Content-Type", "application/json"), ("Accept", "application/json"))
                    writing[Request(method, path, headers, b"{}", one.path)] = None
    nobody = Request("GET", NOBODY)
    # Addresses without parameters show what parameters of others may be.
    return tuple(sorted(reading, key=lambda one: one.path.count("{"))) + tuple(writing) + (nobody,)


def filled(request: Request, shown: Mapping[str, str]) -> Request:
    """The request with its parameters filled: as earlier answers showed, else with 1."""
    return replace(request, path=PARAMETER.sub(lambda match: shown.get(match[0], "1"), request.path))


def recorded(text: str, where: str) -> tuple[Request, ...]:
    """The requests of a HAR file or of a list. Raises BadInputError with the number of the entry."""
    if len(text) > MAXIMUM_CHARACTERS:
        raise BadInputError("more than 64 MiB of requests", where=where)
    try:
        tree = json.loads(text) if text.lstrip()[:1] in "{[" else YAML(typ="safe", pure=True).load(text)
    except (ValueError, YAMLError, RecursionError) as error:
        raise BadInputError(f"neither JSON nor YAML: {str(error).splitlines()[0]}", where=where) from None
    if isinstance(tree, dict) and isinstance(tree.get("log"), dict):
        entries = tree["log"].get("entries")
        read = _of_har
    else:
        entries, read = tree, _of_list
    if not isinstance(entries, list):
        raise BadInputError("neither a HAR file nor a list of requests", where=where)
    found: list[Request] = []
    for number, entry in enumerate(entries, start=1):
        try:
            found += read(entry)
        except (TypeError, KeyError, AttributeError, ValueError, binascii.Error) as error:
            raise BadInputError(
                f"request {number} cannot be read: {error}", where=where,
                to_do="a request has a method, a path, and headers, form, json, body or files",
            ) from None  # fmt: skip
    return tuple(found)


def _of_har(entry: Mapping[str, Any]) -> Iterator[Request]:
    request = entry["request"]
    parts = urlsplit(request["url"])
    if parts.scheme not in ("http", "https", ""):
        return
    posted = request.get("postData") or {}
    body = posted.get("text") or ""
    if posted.get("encoding") == "base64":
        content = base64.b64decode(body, validate=True)
    elif not body and posted.get("params"):
        content = urlencode([(one["name"], one.get("value", "")) for one in posted["params"]]).encode()
    else:
        content = body.encode()
    headers = [
        (one["name"], one["value"])
        for one in request.get("headers", ())
        if not one["name"].startswith(":") and one["name"].lower() != "host"  # that of another place
    ]
    if posted.get("mimeType") and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", posted["mimeType"]))
    path = parts.path or "/"
    yield _checked(request["method"], f"{path}?{parts.query}" if parts.query else path, headers, content)


def _of_list(entry: Mapping[str, Any]) -> Iterator[Request]:
    if unknown := sorted(set(entry) - _KEYS):
        raise ValueError(f"no such key: {unknown[0]}")
    headers = [(str(name), str(value)) for name, value in (entry.get("headers") or {}).items()]
    content = b""
    kind = ""
    if "files" in entry:
        content, kind = (
            _multipart(entry.get("form") or {}, entry["files"]),
            f"multipart/form-data; boundary={_BOUNDARY}",
        )
    elif "form" in entry:
        content, kind = urlencode(entry["form"], doseq=True).encode(), "application/x-www-form-urlencoded"
    elif "json" in entry:
        content, kind = json.dumps(entry["json"]).encode(), "application/json"
    elif "body" in entry:
        content = str(entry["body"]).encode()
    if kind and not any(name.lower() == "content-type" for name, _ in headers):
        headers.append(("Content-Type", kind))
    yield _checked(str(entry.get("method", "POST" if content else "GET")), str(entry["path"]), headers, content)


def _multipart(form: Mapping[str, object], files: Mapping[str, Mapping[str, str]]) -> bytes:
    """https://www.rfc-editor.org/rfc/rfc7578 (reviewed 2026-11-21)"""
    parts = [(f'name="{_quoted(name)}"', "", str(value).encode()) for name, value in form.items()]
    for name, file in files.items():
        content = base64.b64decode(file["base64"], validate=True) if "base64" in file else str(file["content"]).encode()
        title = f'name="{_quoted(name)}"; filename="{_quoted(file.get("name", name))}"'
        parts.append((title, file.get("type", "application/octet-stream"), content))
    body = b""
    for title, kind, content in parts:
        head = f"--{_BOUNDARY}\r\nContent-Disposition: form-data; {title}\r\n" + (
            f"Content-Type: {kind}\r\n" if kind else ""
        )
        body += head.encode() + b"\r\n" + content + b"\r\n"
    return body + f"--{_BOUNDARY}--\r\n".encode()


def _quoted(name: str) -> str:
    return name.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22")


def _checked(method: str, path: str, headers: Iterable[tuple[str, str]], content: bytes) -> Request:
    kept = tuple((name, value) for name, value in headers if name.lower() not in _NOT_SENT)
    if not _METHOD.fullmatch(method) or not _PATH.fullmatch(path):
        raise ValueError(f"not a request: {method} {path[:80]}")
    for name, value in kept:
        if not _HEADER.fullmatch(name) or re.search(r"[\r\n\x00]", value):
            raise ValueError(f"not a header: {name[:80]}")
    return Request(method, path, kept, content)
