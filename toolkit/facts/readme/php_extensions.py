"""Extensions of PHP that a README lists: "PHP 8 with the extensions gd, intl and mbstring", or items below such words."""

import re
from collections.abc import Iterator

from toolkit.catalog.cues import Cue
from toolkit.documents.model import Kind
from toolkit.facts.model import Fact, SystemPackage
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.page import Page, Passage, sentence_around

# Those of PHP's own source that are not in every build of it. https://www.php.net/manual/en/extensions.membership.php
NAMES = "bcmath|bz2|calendar|exif|gd|gettext|gmp|imap|intl|ldap|mysqli|pcntl|pdo[_-]mysql|pdo[_-]pgsql|pgsql|soap|sockets|tidy|xsl|zip"
NAME = re.compile(rf"(?i)(?<![\w/.$-])(?:php[\d.]{{0,4}}[_-]|ext-)?({NAMES})2?(?![\w/-]|\.\w)")
ASKED = re.compile(r"(?i)\b(?:extensions?|modules?|libraries)\b")
PHP = re.compile(r"(?i)\bphp")
MAXIMUM_TEXT = 5000


def read(page: Page, draft: Draft) -> Iterator[Fact]:
    """SystemPackage as Debian calls them, php-gd, once each."""
    seen: set[str] = set()
    for passage in page.texts:
        # "Extensions" in a heading is about those of the application, "PHP extensions" is not.
        aside = passage.aside and not (passage.headings and PHP.search(passage.headings[-1]))
        if aside or passage.block.kind not in (Kind.PARAGRAPH, Kind.HEADING):
            continue
        for start, name in _asked(page, passage):
            if name not in seen:
                seen.add(name)
                here = draft.here(passage, "system-package:php-extension", start)
                yield SystemPackage(name=f"php-{name}", **here | ({"alternative": ""} if passage.aside else {}))


def _asked(page: Page, passage: Passage) -> Iterator[tuple[int, str]]:
    text = passage.block.text[:MAXIMUM_TEXT]
    above = " ".join((*passage.headings[-1:], passage.lead[-200:]))
    for match in NAME.finditer(text):
        sentence = sentence_around(text, match.start())
        told = ASKED.search(sentence) and (PHP.search(sentence) or PHP.search(above))
        item = not text[: match.start()].strip(" `*_-") and ASKED.search(above) and PHP.search(above)
        if (told or item) and not page.rules.cue(Cue.OPTIONAL, sentence):
            yield match.start(), match[1].lower().replace("-", "_")
