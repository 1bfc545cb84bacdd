"""Text that the reader must replace: <your-domain>, /path/to/app, YOUR_IP."""

import re
from collections.abc import Iterator

from toolkit.documents.model import Kind
from toolkit.facts.model import Fact, Placeholder
from toolkit.facts.readme.code_kind import CodeKind
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.page import Page

PLACEHOLDER = re.compile(
    r"<(?=[A-Za-z])[A-Za-z][\w .@/-]{1,50}>|(?:/[\w.-]{1,40}){0,4}/(?:path|ruta|caminho)[/_-](?:to|a|al|para|o|do)?[/_-]?[\w./-]{0,80}"
    r"|\b(?:YOUR|MY|TU|SU|SEU|SUA)[_-][A-Z0-9_-]{2,40}\b|\b(?:your|tu|seu)[_-](?:domain|server|host|password|user|username|email|ip|key|secret|token|app|project|database)[\w.-]{0,40}\b|\b(?:example|yourdomain|mydomain)\.(?:com|org|net)\b|\{\{[ \w.-]{1,40}\}\}|\[(?:your|tu|su|seu)[ \w-]{1,40}\]",
    re.IGNORECASE,
)
TAGS = re.compile(
    r"</?(?:a|b|br|div|p|span|img|code|pre|table|tr|td|th|ul|li|ol|h[1-6]|head|body|html|script|style|version|dependency|dependencies|plugin|artifactId|groupId|property|bean|server|id|username|name|value|url|driver|datasource|resource|security|pool|module|modules|resources|project|parent|configuration|Context|Resource|Connector|Service|Directory|VirtualHost|IfModule|add|connectionStrings|appSettings)>",
    re.IGNORECASE,
)


def read(page: Page, draft: Draft) -> Iterator[Fact]:
    """Every placeholder in commands, configuration and inline code, once each."""
    seen: set[str] = set()
    for passage in page.passages:
        if passage.aside:
            continue
        block = passage.block
        if block.kind == Kind.CODE and passage.kind in (CodeKind.XML, CodeKind.PROGRAM):
            continue
        if (block.kind != Kind.CODE and not block.marks) or len(block.text) > 60_000:
            continue
        for match in PLACEHOLDER.finditer(block.text):
            if block.kind != Kind.CODE and not any(mark.start <= match.start() < mark.end for mark in block.marks):
                continue
            if match[0] in seen or TAGS.fullmatch(match[0]):
                continue
            seen.add(match[0])
            yield Placeholder(text=match[0], **draft.here(passage, "placeholder", match.start()))
