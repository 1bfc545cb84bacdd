"""Ports where the application listens: in addresses, in sentences, in configuration."""

import re
from collections.abc import Iterator

from toolkit.catalog.readme_rules import Cue
from toolkit.documents.model import Kind
from toolkit.facts.model import Fact, Port
from toolkit.facts.readme.code_kind import CodeKind
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.page import Page, Passage, sentence_around

ADDRESS = re.compile(
    r"(?P<scheme>[a-z][a-z0-9+.:-]{1,20}://)?(?:[\w%.-]{1,60}(?::[^\s@/]{0,60})?@)?(?P<host>localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|\*|"
    r"(?:your|my|tu|seu|su)[\w.-]{0,40}|<[^<>\s]{1,40}>|[\w-]{1,40}\.(?:test|local|localhost|dev|lvh\.me)|(?:host|server|hostname|servername|ip|ip-address|servidor|dominio))(?<![\w]::):(?P<port>\d{2,5})(?!\w|[.:]\d)",
    re.IGNORECASE,
)
SENTENCE = re.compile(
    r"(?<![\w.-])(?:ports?|puertos?|portas?)(?:\s{1,3}(?:number|número|n[uú]mero))?(?:[\s:=`'\"(]{1,4}|\s{1,3}(?:is|to|of|es|é|defaults? to|on|at|por defecto|padr[aã]o)\s{1,3}[`'\"]?)(?P<port>\d{2,5})(?![\d.]\d|\w)"
    r"|(?<![\w.:/-])(?P<before>\d{4,5})\s{1,2}(?:port\b|(?:tcp|http)\s{1,2}port)",
    re.IGNORECASE,
)
MORE_PORTS = re.compile(r"\s{0,3}(?:,|and|y|e|or|o|ou|&)\s{1,3}(?P<port>\d{4,5})\b")
SETTING = re.compile(
    r"(?:^|[\s\"'.{,<])(?:server\.port|quarkus\.http\.port|http\.port|port|PORT|APP_PORT|SERVER_PORT|HTTP_PORT|WEB_PORT|LISTEN_PORT|listen_port|http_port|server_port|app_port)[\"']?\s{0,4}[=:]\s{0,4}[\"']?(?P<port>\d{2,5})\b"
)
BOUND = re.compile(
    r"(?:^|[\s\"'=])(?:socket|http-socket|http|bind|listen|address|LISTEN|BIND_ADDR|BIND|bind_addr|addr|ASPNETCORE_URLS|urls)[\"']?\s{0,3}[=:]\s{0,3}[\"']?(?:https?://)?[\w.*\[\]:-]{0,40}:(?P<port>\d{2,5})\b"
)
PROXY = re.compile(
    r"(?:proxy_pass|uwsgi_pass|ProxyPass(?:Reverse)?\s{1,4}\S{1,60})\s{1,8}[\"']?(?:(?:https?|ajp|uwsgi|ws)://)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0):(?P<port>\d{2,5})\b|\bserver\s{1,4}(?:localhost|127\.0\.0\.1|0\.0\.0\.0):(?P<upstream>\d{2,5})"
)
MAY_NAME = re.compile(r":\d\d|(?:[pP]ort|PORT|[pP]uert|PUERT)\w{0,5}\W|\d\d [pP]ort|URLS|(?:socket|listen|bind|addr)")
BINDING = re.compile(r"https?/\*?:(?P<port>\d{2,5}):")  # IIS: http/*:80:
STORE_SCHEMES = re.compile(
    r"(?:postgres|postgresql|mysql|mariadb|mongodb|redis|rediss|amqps?|jdbc|sqlserver|memcached|smtp|ldaps?|ftp|ssh|kafka|elasticsearch|tcp|socks5?|bolt|nats)[\w+:]{0,20}://$",
    re.IGNORECASE,
)
OTHERS = re.compile(
    r"\b(?:ssh|smtp|ldap|database port|mail ?hog|mailcatcher|mailtrap|mail server|phpmyadmin|pgadmin|adminer|kibana|grafana|prometheus|jaeger|flower|debugger|selenium|webdriver|proxy server|behind a proxy|elastic ?search|solr|rabbitmq management|management console|"
    r"postgres(?:ql)?|mysql|mariadb|mongo(?:db)?|redis|memcached|oracle|sql server|banco de dados|base de datos|minio|storybook|bugsnag)\b",
    re.IGNORECASE,
)


def read(page: Page, draft: Draft) -> Iterator[Fact]:
    """Every port that the page states."""
    for passage in page.passages:
        if passage.aside and passage.scope != "reference":
            continue
        if passage.block.kind == Kind.CODE:
            yield from _in_code(passage, draft)
        elif len(passage.block.text) < 20_000:
            yield from _in_text(page, passage, draft)


def _in_text(page: Page, passage: Passage, draft: Draft) -> Iterator[Fact]:
    text = passage.block.text
    if not MAY_NAME.search(text):
        return
    for match in ADDRESS.finditer(text):
        if STORE_SCHEMES.search(match["scheme"] or ""):
            continue
        if passage.scope == "reference":
            continue
        if _counts(draft, match["port"]) and not _about_another(text, match.start(), match["scheme"]):
            rule = "port:address" if match["scheme"] or match["host"].lower() == "localhost" else "port:host-in-text"
            yield Port(number=int(match["port"]), **draft.here(passage, rule, match.start("port")))
    for match in PROXY.finditer(text):
        number = match["port"] or match["upstream"]
        if _counts(draft, number):
            yield Port(number=int(number), **draft.here(passage, "port:proxied", match.start()))
    for match in BINDING.finditer(text):
        yield Port(number=int(match["port"]), **draft.here(passage, "port:binding", match.start()))
    for match in SENTENCE.finditer(text):
        number = match["port"] or match["before"]
        if passage.scope == "reference" or not _counts(draft, number):
            continue
        sentence = sentence_around(text, match.start())
        if OTHERS.search(sentence) or (
            page.rules.cue(Cue.EXCLUDE, sentence) and not page.rules.cue(Cue.PORT, sentence)
        ):
            continue
        yield Port(number=int(number), **draft.here(passage, "port:sentence", match.start()))
        position = match.end()
        while more := MORE_PORTS.match(text, position):
            if _counts(draft, more["port"]):
                yield Port(number=int(more["port"]), **draft.here(passage, "port:sentence", more.start()))
            position = more.end()


def _about_another(text: str, position: int, scheme: str | None) -> bool:
    """Whether the words right before name another program that listens there."""
    before = text[max(0, position - 60) : position].rsplit("\n", 1)[-1]
    return not scheme and bool(OTHERS.search(before))


def _counts(draft: Draft, text: str) -> bool:
    number = int(text)
    return (
        80 <= number < 65_536
        and number not in draft.rules.other_ports
        and number not in (443,)
        and not (1900 <= number <= 2030 and number != 2000)
    )


def _in_code(passage: Passage, draft: Draft) -> Iterator[Fact]:
    text = passage.block.text
    if passage.kind == CodeKind.SQL or len(text) > 60_000 or not MAY_NAME.search(text):
        return
    if passage.kind in (CodeKind.NGINX, CodeKind.APACHE):
        for match in PROXY.finditer(text):
            number = match["port"] or match["upstream"]
            if _counts(draft, number):
                yield Port(number=int(number), **draft.here(passage, "port:proxied", match.start()))
        return
    if passage.kind == CodeKind.PROGRAM:
        return
    for match in ADDRESS.finditer(text):
        line_start = text.rfind("\n", 0, match.start()) + 1
        line = text[line_start : match.end()]
        if STORE_SCHEMES.search(match["scheme"] or "") or OTHERS.search(line) or "proxy" in line.lower():
            continue
        if _counts(draft, match["port"]):
            yield Port(number=int(match["port"]), **draft.here(passage, "port:address-in-code", match.start()))
    if passage.kind in (
        CodeKind.ENV,
        CodeKind.PROPERTIES,
        CodeKind.YAML,
        CodeKind.JSON,
        CodeKind.INI,
        CodeKind.UNIT,
        CodeKind.XML,
        CodeKind.SHELL,
    ):
        for pattern, rule in ((SETTING, "port:setting"), (BOUND, "port:bound")):
            for match in pattern.finditer(text):
                line = text[text.rfind("\n", 0, match.start() + 1) + 1 : match.end()]
                if (
                    _counts(draft, match["port"])
                    and not OTHERS.search(line)
                    and not re.search(r"(?i)(?:db|database|smtp|mail|redirect|shutdown|redis|pg|debug|ajp)", line)
                ):
                    yield Port(number=int(match["port"]), **draft.here(passage, rule, match.start("port")))
    if passage.kind == CodeKind.XML:
        for match in re.finditer(r"<Connector\b[^<>]{0,200}?\bport=\"(\d{2,5})\"", text):
            if _counts(draft, match[1]):
                yield Port(number=int(match[1]), **draft.here(passage, "port:setting", match.start()))
