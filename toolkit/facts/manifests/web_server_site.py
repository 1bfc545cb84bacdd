"""nginx and Apache sites: the port that the application answers on, the paths it gets, the folder that is served."""

import re
from collections.abc import Iterator
from itertools import islice

from toolkit.facts.model import EntryPoint, Fact, Origin, Port
from toolkit.findings import Evidence
from toolkit.inventory.source_tree import SourceFile

FILES = (
    "*nginx*.conf", "nginx*", "nginx/*", "*/nginx/*", "*/sites-available/*", "*/sites-enabled/*", "*[Aa]pache*.conf",
    "*httpd*.conf", "*vhost*.conf", "*.vhost", "*/apache2/*", "apache/*", "*/apache/*",
)  # fmt: skip

RULE = "web-server-site"
MARKS = re.compile(
    r"(?im)^[ \t]{0,200}(?:server\s{0,20}\{|upstream\s{1,20}\S+\s{0,20}\{|location\s|proxy_pass\s|<VirtualHost|<Location|ProxyPass|DocumentRoot\s)"
)
UPSTREAM = re.compile(r"upstream\s{1,20}([\w.-]{1,80})\s{0,20}\{([^{}]{0,3000})\}")
SERVER = re.compile(r"^[ \t]{0,200}server\s{1,20}(?:[\w.-]{1,100}|\[[0-9a-f:]{2,40}\]):(\d{2,5})\b", re.MULTILINE)
LOCATION = re.compile(r"location\s{1,20}(=|\^~|~\*?|)\s{0,20}([^\s{]{1,200})\s{0,20}\{")
PASS = re.compile(r"(?:proxy_pass|uwsgi_pass|fastcgi_pass|grpc_pass)\s{1,20}(?:https?://|uwsgi://)?([^\s;]{1,200})")
ROOT = re.compile(r"^[ \t]{0,200}root\s{1,20}['\"]?([^\s;'\"]{1,300})", re.MULTILINE)
FALLBACK = re.compile(
    r"^[ \t]{0,200}try_files\s[^;\n]{0,200}\s/([\w-]{1,40}\.php)(?:\?[^;\s]{0,60})?\s{0,20};", re.MULTILINE
)
PROXY = re.compile(
    r"^[ \t]{0,200}ProxyPass(?:Match)?\s{1,20}['\"]?(/[^\s'\"]{0,200})['\"]?\s{1,20}['\"]?(?:https?|ajp|wss?|fcgi)://[\w.-]{1,100}(?::(\d{2,5}))?",
    re.MULTILINE,
)
DOCUMENT_ROOT = re.compile(r"^[ \t]{0,200}DocumentRoot\s{1,20}['\"]?([^\s'\"]{1,300})", re.MULTILINE | re.IGNORECASE)
PLAIN_PATH = re.compile(r"/[A-Za-z0-9._~/-]{0,120}")
# Addresses that are not the application's: FPM speaks no HTTP, and these are usual ports of other programs.
NO_PORTS = frozenset({80, 443, 9000, 9200, 5601, 15672})


def read(file: SourceFile) -> Iterator[Fact]:
    text = file.text[:200_000]
    if not MARKS.search(text):
        return
    upstreams = {match[1]: match for match in UPSTREAM.finditer(text)}
    seen: set[tuple[str, object]] = set()
    for fact in (*_nginx(file, text, upstreams), *_apache(file, text)):
        key = (type(fact).__name__, fact.number if isinstance(fact, Port) else (fact.kind, fact.value))
        if key not in seen:
            seen.add(key)
            yield fact


def _nginx(file: SourceFile, text: str, upstreams: dict[str, re.Match[str]]) -> Iterator[Port | EntryPoint]:
    locations = list(LOCATION.finditer(text))[:300]
    for match in list(PASS.finditer(text))[:300]:
        target = match[1].partition("/")[0]
        place = file.at(file.line_of(match.start()), rule=RULE)
        if upstream := upstreams.get(target):
            for server in SERVER.finditer(upstream[2]):
                at = file.at(file.line_of(upstream.start(2) + server.start(1)), rule=RULE)
                yield from _port(int(server[1]), at)
        elif number := re.search(r":(\d{2,5})$", target):
            yield from _port(int(number[1]), place)
        before = [location for location in locations if location.end() <= match.start()]
        if before and before[-1][1] in ("", "^~", "=") and PLAIN_PATH.fullmatch(before[-1][2]) and before[-1][2] != "/":
            at = file.at(file.line_of(before[-1].start()), rule=RULE)
            yield EntryPoint(kind="path_prefix", value=before[-1][2], evidence=at, origin=Origin.RUNNING)
    yield from _document_roots(file, ROOT.finditer(text))
    if fallback := FALLBACK.search(text):
        place = file.at(file.line_of(fallback.start(1)), rule=RULE)
        yield EntryPoint(kind="front_controller", value=fallback[1], evidence=place, origin=Origin.RUNNING)


def _apache(file: SourceFile, text: str) -> Iterator[Port | EntryPoint]:
    for match in list(PROXY.finditer(text))[:300]:
        place = file.at(file.line_of(match.start(1)), rule=RULE)
        if match[2]:
            yield from _port(int(match[2]), place)
        if PLAIN_PATH.fullmatch(match[1]) and match[1] != "/":
            yield EntryPoint(kind="path_prefix", value=match[1].rstrip("/"), evidence=place, origin=Origin.RUNNING)
    yield from _document_roots(file, DOCUMENT_ROOT.finditer(text))


def _document_roots(file: SourceFile, matches: Iterator[re.Match[str]]) -> Iterator[EntryPoint]:
    for match in islice(matches, 50):
        if "$" not in match[1] and "." not in match[1].rpartition("/")[2]:
            place = file.at(file.line_of(match.start(1)), rule=RULE)
            yield EntryPoint(
                kind="document_root", value=match[1].rstrip("/"), evidence=place, origin=Origin.RUNNING, confidence=0.8
            )


def _port(number: int, place: Evidence) -> Iterator[Port]:
    if 0 < number < 65536 and number not in NO_PORTS:
        yield Port(number=number, evidence=place, origin=Origin.RUNNING, confidence=0.8)
