"""Ports where the application listens: in addresses, in sentences, in configuration."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

from toolkit.catalog.cues import Cue, Phrase
from toolkit.catalog.readme_rules import ReadmeRules, alternatives
from toolkit.documents.model import Kind
from toolkit.facts.model import EnvironmentVariable, Fact, Port
from toolkit.facts.readme.code_kind import CodeKind
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.installation_ways import SYSTEMS
from toolkit.facts.readme.page import Page, Passage, sentence_around

PROXY = re.compile(
    r"(?:proxy_pass|uwsgi_pass|ProxyPass(?:Reverse)?\s{1,4}\S{1,60})\s{1,8}[\"']?(?:(?:https?|ajp|uwsgi|ws)://)?(?:localhost|127\.0\.0\.1|0\.0\.0\.0):(?P<port>\d{2,5})\b|\bserver\s{1,4}(?:localhost|127\.0\.0\.1|0\.0\.0\.0):(?P<upstream>\d{2,5})"
)
_NUMBER, _PORT_OF_ADDRESS = re.compile(r"\d\d"), re.compile(r":\d\d")
_LEAST_UNPRIVILEGED = 1024
_LOCAL = re.compile(r"localhost|127\.0\.0\.1|0\.0\.0\.0", re.IGNORECASE)
# docker run -p 8888:8080; and in a compose file: - "127.0.0.1:8888:8080"
PUBLISHED = re.compile(
    r"(?:(?<![\w-])(?:-p|--publish)[ =]{1,3}|^[ \t]{0,20}-[ \t]{1,4})[\"']?(?:[\d.]{7,15}:)?(?P<host>\d{2,5}):(?P<port>\d{2,5})(?![\w:.])",
    re.MULTILINE,
)
BINDING = re.compile(r"https?/\*?:(?P<port>\d{2,5}):")  # IIS: http/*:80:


class Vocabulary:
    """The words beside ports, and the settings that hold them, as patterns."""

    def __init__(self, rules: ReadmeRules) -> None:
        port, ports = rules.any_of(Phrase.PORT), rules.ports
        # Looks before all others, without regard to case only where it matters: most passages name no port.
        spelt = alternatives(
            spelling for word in rules.phrases[Phrase.PORT] for spelling in (word, word.capitalize(), word.upper())
        )
        self.may_be_named = re.compile(rf":\d\d|{spelt}\w{{0,5}}\W|\d\d {spelt}|URLS|socket|listen|bind|addr")
        self.address = re.compile(
            r"(?P<scheme>[a-z][a-z0-9+.:-]{1,20}://)?(?:[\w%.-]{1,60}(?::[^\s@/]{0,60})?@)?"
            r"(?P<host>localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|\*|<[^<>\s]{1,40}>|[\w-]{1,40}\.(?:test|local|localhost|dev|lvh\.me)"
            rf"|{rules.any_of(Phrase.YOUR)}[\w.-]{{0,40}}|{rules.any_of(Phrase.HOST)})(?<![\w]::):(?P<port>\d{{2,5}})(?!\w|[.:]\d)",
            re.IGNORECASE,
        )
        self.sentence = re.compile(
            rf"(?<![\w.-]){port}(?:\s{{1,3}}{rules.any_of(Phrase.NUMBER)})?"
            rf"(?:[\s:=`'\"(]{{1,4}}|\s{{1,3}}{rules.any_of(Phrase.IS)}\s{{1,3}}[`'\"]?)(?P<port>\d{{2,5}})(?![\d.]\d|\w)"
            rf"|(?<![\w.:/-])(?P<before>\d{{4,5}})\s{{1,2}}(?:(?:tcp|http)\s{{1,2}})?{port}\b",
            re.IGNORECASE,
        )
        self.item = re.compile(
            rf"{port}\b[^\n]{{0,100}}?\b{rules.any_of(Phrase.DEFAULTS_TO)}\s{{1,3}}[`'\"]?(?P<port>\d{{2,5}})\b(?![.:]\d)",
            re.IGNORECASE,
        )
        self.heading = re.compile(port, re.IGNORECASE)
        self.more = re.compile(rf"\s{{0,3}}(?:,|&|{rules.any_of(Phrase.AND)})\s{{1,3}}(?P<port>\d{{4,5}})\b")
        self.setting = re.compile(
            rf"(?:^|[\s\"'.{{,<]){alternatives(ports.settings)}[\"']?\s{{0,4}}[=:]\s{{0,4}}[\"']?(?P<port>\d{{2,5}})\b"
        )
        self.bound = re.compile(
            rf"(?:^|[\s\"'=]){alternatives(ports.addresses)}[\"']?\s{{0,3}}[=:]\s{{0,3}}[\"']?"
            r"(?:https?://)?[\w.*\[\]:-]{0,40}:(?P<port>\d{2,5})\b"
        )
        self.others_setting = re.compile(alternatives(ports.others_settings), re.IGNORECASE)
        self.other_scheme = re.compile(
            rf"{alternatives((*rules.schemes, *ports.other_schemes))}[\w+:]{{0,20}}://$", re.IGNORECASE
        )
        listeners = (*ports.other_listeners, *rules.phrases[Phrase.DATABASE])
        self.others = re.compile(rf"\b{alternatives(listeners)}\b", re.IGNORECASE)

    def states_port(self, text: str) -> bool:
        """Whether a text may state a port at all."""
        return bool(_NUMBER.search(text) and self.may_be_named.search(text))

    def addresses(self, text: str) -> Iterable[re.Match[str]]:
        """Addresses with ports in a text."""
        return self.address.finditer(text) if _PORT_OF_ADDRESS.search(text) else ()


@lru_cache(maxsize=4)
def vocabulary(rules: ReadmeRules) -> Vocabulary:
    return Vocabulary(rules)


def read(page: Page, draft: Draft) -> Iterator[Fact]:
    """Every port that the page states. An application listens on the same one whatever system it runs on, and in a container
    not on the one of the host that is passed on to it."""
    published = _published(page)
    for port in _read(page, draft):
        alternative = "" if port.alternative in (*SYSTEMS, "reference") else port.alternative
        yield replace(port, number=published.get(port.number, port.number), alternative=alternative)


def _published(page: Page) -> dict[int, int]:
    """Ports of the host by which a page has containers reached, with those of the containers, where these need no root."""
    texts = (passage.block.text for passage in page.passages if len(passage.block.text) <= 60_000)
    matches = [match for text in texts if _PORT_OF_ADDRESS.search(text) for match in PUBLISHED.finditer(text)]
    inner = {int(match["port"]) for match in matches}
    return {
        host: port
        for match in matches
        if (port := int(match["port"])) >= _LEAST_UNPRIVILEGED and (host := int(match["host"])) not in inner
    }


def _read(page: Page, draft: Draft) -> Iterator[Port]:
    for passage in page.passages:
        if passage.aside and passage.scope != "reference":
            continue
        if passage.block.kind == Kind.CODE:
            yield from _in_code(passage, draft)
        elif passage.block.kind == Kind.TABLE:
            yield from _in_table(passage, draft)
            yield from _in_text(page, passage, draft)
        elif len(passage.block.text) < 20_000:
            yield from _in_text(page, passage, draft)


def of_variables(variables: Iterable[EnvironmentVariable], draft: Draft) -> Iterator[Port]:
    """The ports that are examples of variables for them, as tables and lists of variables have it."""
    words = vocabulary(draft.rules)
    for fact in variables:
        setting = f"{fact.name}={fact.example}"
        match = words.setting.match(setting) or words.bound.match(setting)
        if match and _counts(draft, match["port"]):
            place = draft.fields("port:variable", fact.evidence.first_line, fact.evidence.last_line, fact.alternative)
            yield Port(number=int(match["port"]), **place)


def in_comment(text: str, draft: Draft) -> int | None:
    """The port that the comment beside a command names."""
    words = vocabulary(draft.rules)
    match = words.sentence.search(text) if words.states_port(text) else None
    number = match and (match["port"] or match["before"])
    return int(number) if number and _counts(draft, number) else None


def _in_text(page: Page, passage: Passage, draft: Draft) -> Iterator[Port]:
    text, words = passage.block.text, vocabulary(page.rules)
    if not words.states_port(text):
        return
    for match in words.addresses(text):
        if words.other_scheme.search(match["scheme"] or ""):
            continue
        if passage.scope == "reference" and not (match["scheme"] and _LOCAL.match(match["host"])):
            continue
        if _counts(draft, match["port"]) and not _about_another(words, text, match.start(), match["scheme"]):
            own = match["scheme"] or match["host"].lower() in ("0.0.0.0", "localhost")
            rule = "port:address" if own else "port:host-in-text"
            yield Port(number=int(match["port"]), **draft.here(passage, rule, match.start("port")))
    item = passage.block.item and passage.scope != "reference" and words.item.match(text)
    if item and _counts(draft, item["port"]) and not words.others.search(text):
        yield Port(number=int(item["port"]), **draft.here(passage, "port:list", item.start("port")))
    for match in PROXY.finditer(text):
        number = match["port"] or match["upstream"]
        if _counts(draft, number):
            yield Port(number=int(number), **draft.here(passage, "port:proxied", match.start()))
    for match in BINDING.finditer(text):
        yield Port(number=int(match["port"]), **draft.here(passage, "port:binding", match.start()))
    for match in words.sentence.finditer(text):
        number = match["port"] or match["before"]
        if passage.scope == "reference" or not _counts(draft, number):
            continue
        sentence = sentence_around(text, match.start())
        if words.others.search(sentence) or (
            page.rules.cue(Cue.EXCLUDE, sentence) and not page.rules.cue(Cue.PORT, sentence)
        ):
            continue
        # -p 8000:8152, "on port 8000": that one is the host's.
        published = re.search(rf"(?<![\w:]){number}:(?P<port>\d{{2,5}})(?![\w:])", sentence)
        number = published["port"] if published else number
        yield Port(number=int(number), **draft.here(passage, "port:sentence", match.start()))
        position = match.end()
        while more := words.more.match(text, position):
            if _counts(draft, more["port"]):
                yield Port(number=int(more["port"]), **draft.here(passage, "port:sentence", more.start()))
            position = more.end()


def _in_table(passage: Passage, draft: Draft) -> Iterator[Port]:
    """The numbers of a column of ports, but for rows about other listeners."""
    words, rows = vocabulary(draft.rules), passage.block.rows
    head = rows[0].cells if rows else ()
    columns = [number for number, cell in enumerate(head) if words.heading.fullmatch(cell.strip(" *`:"))]
    for row in rows[1:]:
        for cell in (row.cells[number] for number in columns if number < len(row.cells)):
            if (
                passage.scope != "reference"
                and re.fullmatch(r"[`*]{0,3}\d{2,5}[`*]{0,3}", cell.strip())
                and _counts(draft, cell.strip("`* "))
                and not words.others.search(" ".join(row.cells))
            ):
                yield Port(
                    number=int(cell.strip("`* ")), **draft.fields("port:table", row.line, row.line, passage.scope)
                )


def _about_another(words: Vocabulary, text: str, position: int, scheme: str | None) -> bool:
    """Whether the words right before name another program that listens there."""
    before = text[max(0, position - 60) : position].rsplit("\n", 1)[-1]
    return not scheme and bool(words.others.search(before))


def _counts(draft: Draft, text: str) -> bool:
    number = int(text)
    return (
        80 <= number < 65_536
        and number not in draft.rules.other_ports
        and number != 443
        and not (1900 <= number <= 2030 and number != 2000)
    )


def _in_code(passage: Passage, draft: Draft) -> Iterator[Port]:
    text, words = passage.block.text, vocabulary(draft.rules)
    if passage.kind == CodeKind.SQL or len(text) > 60_000 or not words.states_port(text):
        return
    if passage.kind in (CodeKind.NGINX, CodeKind.APACHE):
        for match in PROXY.finditer(text):
            number = match["port"] or match["upstream"]
            if _counts(draft, number):
                yield Port(number=int(number), **draft.here(passage, "port:proxied", match.start()))
        return
    if passage.kind == CodeKind.PROGRAM:
        return
    for match in words.addresses(text):
        line_start = text.rfind("\n", 0, match.start()) + 1
        line = text[line_start : match.end()]
        if words.other_scheme.search(match["scheme"] or "") or words.others.search(line) or "proxy" in line.lower():
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
        for pattern, rule in ((words.setting, "port:setting"), (words.bound, "port:bound")):
            for match in pattern.finditer(text):
                line = text[text.rfind("\n", 0, match.start() + 1) + 1 : match.end()]
                if (
                    _counts(draft, match["port"])
                    and not words.others.search(line)
                    and not words.others_setting.search(line)
                ):
                    yield Port(number=int(match["port"]), **draft.here(passage, rule, match.start("port")))
    if passage.kind == CodeKind.XML:
        for match in re.finditer(r"<Connector\b[^<>]{0,200}?\bport=\"(\d{2,5})\"", text):
            if _counts(draft, match[1]):
                yield Port(number=int(match[1]), **draft.here(passage, "port:setting", match.start()))
