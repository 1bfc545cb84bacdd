"""Text that the reader must replace: <your-domain>, /path/to/app, YOUR_IP."""

import re
from collections.abc import Iterator
from itertools import chain

from toolkit.documents.model import Kind
from toolkit.facts.model import Fact, Placeholder
from toolkit.facts.readme.code_kind import CodeKind
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.page import Page

PLACEHOLDER = (
    r"<(?=[A-Za-z])[A-Za-z][\w .@/-]{1,50}>|(?:/[\w.-]{1,40}){0,4}/%path%[/_-][\w./-]{0,80}|\b%your%[_-][\w-]{2,40}\b"
    r"|\b(?:example|yourdomain|mydomain)\.(?:com|org|net)\b|\{\{[ \w.-]{1,40}\}\}|\[%your%[ \w-]{1,40}\]"
)
TAGS = re.compile(
    r"</?(?:a|b|br|div|p|span|img|code|pre|table|tr|td|th|ul|li|ol|h[1-6]|head|body|html|script|style|version|dependency|dependencies|plugin|artifactId|groupId|property|bean|server|id|username|name|value|url|driver|datasource|resource|security|pool|module|modules|resources|project|parent|configuration|Context|Resource|Connector|Service|Directory|VirtualHost|IfModule|add|connectionStrings|appSettings)>",
    re.IGNORECASE,
)


def read(page: Page, draft: Draft) -> Iterator[Fact]:
    """Every placeholder in commands, configuration and inline code, once each."""
    seen: set[str] = set()
    pattern = page.rules.pattern(PLACEHOLDER)
    for passage in page.passages:
        if passage.aside:
            continue
        block = passage.block
        if block.kind == Kind.CODE and passage.kind in (CodeKind.XML, CodeKind.PROGRAM):
            continue
        if (block.kind != Kind.CODE and not block.marks) or len(block.text) > 60_000:
            continue
        marked = ((mark.start, mark.end) for mark in block.marks)
        places = ((0, len(block.text)),) if block.kind == Kind.CODE else marked
        for match in chain.from_iterable(pattern.finditer(block.text, *place) for place in places):
            if match[0] in seen or TAGS.fullmatch(match[0]):
                continue
            seen.add(match[0])
            yield Placeholder(text=match[0], **draft.here(passage, "placeholder", match.start()))
