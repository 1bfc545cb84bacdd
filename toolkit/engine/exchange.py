"""Asks one running application as one browser would: with the cookies that it sets and the tokens that its forms carry."""

import http.client
import re
from collections.abc import Iterable
from http.cookies import CookieError, SimpleCookie
from urllib.parse import parse_qsl, quote_plus, urlencode, urlsplit

from toolkit.split.answers import Answer
from toolkit.split.requests import PARAMETER, Request

_TIMEOUT_SECONDS = 60
_LONGEST_BODY = 64 << 20
# What applications on this machine are asked by, and let in.
_ANY_HOST = "127.0.0.1"
# Forms' tokens against forgery: Django, Rails, Spring, Laravel, Express (csurf), Symfony, ASP.NET.
_TOKENS = ("csrfmiddlewaretoken", "authenticity_token", "_csrf", "_token", "_csrf_token", "__RequestVerificationToken")
_FIELD = re.compile(rb"<(?:input|meta)\b[^>]{0,2000}>", re.IGNORECASE)
_NAME = re.compile(rb"""\bname\s*=\s*["']([^"']{1,200})["']""", re.IGNORECASE)
_VALUE = re.compile(rb"""\b(?:value|content)\s*=\s*["']([^"']{0,2000})["']""", re.IGNORECASE)
# Headers in which scripts send the token of a cookie or of a <meta>: Django, Angular and Axios, Rails and Laravel.
_TOKEN_HEADERS = {"x-csrftoken": "csrftoken", "x-xsrf-token": "XSRF-TOKEN", "x-csrf-token": "csrf-token"}
_LINK = re.compile(rb"""(?:href|action|src)\s*=\s*["']([^"']{1,500})["']""", re.IGNORECASE)


class Browser:
    """Redirects are not followed: where they lead is part of the answer.

    `folder` and `listener` are for a load balancer that is emulated, of which there are several at an address: what goes before
    each path, and the port that the Host header names.
    """

    def __init__(self, host: str, port: int, folder: str = "", listener: int | None = None) -> None:
        self.host = host
        self.port = port
        self.folder = folder
        self.listener = listener
        self._cookies: dict[str, tuple[str, str]] = {}  # name to value and path
        self._tokens: dict[str, str] = {}

    def ask(self, request: Request) -> Answer:
        """The answer; that with status 0 when none came."""
        body = self._with_tokens(request)
        headers = {"User-Agent": "replatform", "Accept": "*/*", "Connection": "close"}
        headers |= {name: self._token_header(name, value) for name, value in request.headers}
        if self.listener:
            headers = {name: value for name, value in headers.items() if name.lower() != "host"}
            headers["Host"] = f"{request.host or _ANY_HOST}:{self.listener}"
        path = urlsplit(request.path).path
        cookies = [f"{name}={value}" for name, (value, below) in self._cookies.items() if _is_below(path, below)]
        if cookies:
            headers["Cookie"] = "; ".join(cookies)
        connection = http.client.HTTPConnection(self.host, self.port, timeout=_TIMEOUT_SECONDS)
        try:
            connection.request(request.method, self.folder + request.path, body or None, headers)
            response = connection.getresponse()
            content = response.read(_LONGEST_BODY)
            answer = Answer(
                response.status, tuple((name.lower(), value) for name, value in response.getheaders()), content
            )
        except (OSError, http.client.HTTPException):
            return Answer(0)
        finally:
            connection.close()
        self._keep(answer)
        return answer

    def _keep(self, answer: Answer) -> None:
        for name, value in answer.headers:
            if name == "set-cookie":
                self._cookie(value)
        for field in _FIELD.findall(answer.body):
            title, given = _NAME.search(field), _VALUE.search(field)
            if title and given and title[1].decode("latin-1") in (*_TOKENS, "csrf-token"):
                self._tokens[title[1].decode("latin-1")] = given[1].decode("utf-8", errors="replace")

    def _cookie(self, text: str) -> None:
        try:
            cookies = SimpleCookie(text)
        except CookieError:
            return
        for name, morsel in cookies.items():
            if morsel["max-age"] == "0" or not morsel.value or "1970" in morsel["expires"]:
                self._cookies.pop(name, None)
            else:
                self._cookies[name] = (morsel.coded_value, morsel["path"] or "/")

    def _token_header(self, name: str, value: str) -> str:
        source = _TOKEN_HEADERS.get(name.lower(), "")
        if source in self._cookies:
            return self._cookies[source][0]
        return self._tokens.get(source, value)

    def _with_tokens(self, request: Request) -> bytes:
        """The body with this application's own tokens in place of those that were recorded."""
        kind = next((value for name, value in request.headers if name.lower() == "content-type"), "")
        if kind.startswith("application/x-www-form-urlencoded") and self._tokens:
            pairs = parse_qsl(request.body.decode("utf-8", errors="replace"), keep_blank_values=True)
            if any(name in self._tokens for name, _ in pairs):
                return urlencode(
                    [(name, self._tokens.get(name, value)) for name, value in pairs], quote_via=quote_plus
                ).encode()
        if kind.startswith("multipart/form-data"):
            body = request.body
            for name, value in self._tokens.items():
                part = re.compile(rb'(name="' + re.escape(name.encode()) + rb'"\r\n\r\n)[^\r]*')
                body = part.sub(lambda match, value=value: match[1] + value.encode(), body)  # type: ignore[misc]
            return body
        return request.body


def shown(request: Request, earlier: Iterable[tuple[Request, Answer]]) -> dict[str, str]:
    """Values for the parameters of a request: from links of earlier answers that lead to its route, else from fields `id` (or
    that of the parameter) of what its path's beginning answered."""
    wanted = [match[0] for match in PARAMETER.finditer(request.path)]
    if not wanted:
        return {}
    pieces = PARAMETER.split(request.path)
    pattern = re.compile("([^/?#]+)".join(re.escape(piece) for piece in pieces[::3]))
    for asked, answer in earlier:
        for link in _LINK.findall(answer.body):
            if match := pattern.fullmatch(urlsplit(link.decode("utf-8", errors="replace")).path):
                return dict(zip(wanted, match.groups(), strict=True))
        name = wanted[0].strip("{}.")
        beginning = pieces[0].rstrip("/")
        if asked.method == "GET" and urlsplit(asked.path).path.rstrip("/") == beginning and answer.status == 200:
            field = re.compile(rb'"(?:' + re.escape(name.encode()) + rb'|id|_id)"\s*:\s*"?([\w.-]{1,80})')
            if found := field.search(answer.body):
                return {wanted[0]: found[1].decode()}
    return {}


def _is_below(path: str, folder: str) -> bool:
    return folder == "/" or path == folder or path.startswith(folder.rstrip("/") + "/")
