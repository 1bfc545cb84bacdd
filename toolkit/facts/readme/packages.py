"""System packages that the prose names: "called `libpq-dev` in Debian", "install the `libxml2-dev` package"."""

import re
from collections.abc import Iterator

from toolkit.documents.model import Kind
from toolkit.facts.model import Fact, SystemPackage
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.page import Page, Passage, code_marks, sentence_around

PACKAGE = re.compile(r"[a-z][a-z0-9]{0,30}(?:[-+.][a-z0-9+.]{1,30}){1,6}$|lib[a-z0-9]{2,30}$|[a-z0-9]{2,20}-dev$")
ABOUT_PACKAGES = r"\b(?:%package%|apt|apt-get)\b"
DISTRIBUTION = re.compile(r"\b(?:debian|ubuntu|apt|apt-get|distribution|distro|system|linux)\b", re.IGNORECASE)
OTHER = re.compile(
    r"\b(?:red ?hat|fedora|centos|rhel|opensuse|arch|homebrew|brew|npm|pip|composer|gem|nuget)\b", re.IGNORECASE
)
MAXIMUM_TEXT = 20_000
NOT_PACKAGES = frozenset({"apt-get", "add-apt-repository", "docker-compose", "apt-cache", "pre-commit"})
FILE = re.compile(r"\.(?:py|js|rb|php|conf|ya?ml|json|txt|md|sh|ini|xml|env|cfg|io|org|com|net)$")


def read(page: Page, draft: Draft) -> Iterator[Fact]:
    """Packages of a Debian-like system that sentences name."""
    for passage in page.texts:
        if passage.aside or passage.block.kind != Kind.PARAGRAPH:
            continue
        text = passage.block.text
        yield from _listed(passage, draft)
        for mark, code in code_marks(passage.block):
            if not PACKAGE.match(code) or FILE.search(code):
                continue
            sentence = sentence_around(text, mark.start)
            library = code.startswith("lib") or code.endswith("-dev")
            if (
                not (DISTRIBUTION.search(sentence) and (page.rules.pattern(ABOUT_PACKAGES).search(sentence) or library))
                or code in NOT_PACKAGES
            ):
                continue
            after = text[mark.end : mark.end + 24].split("`")[0]
            if OTHER.search(after):
                continue
            yield SystemPackage(name=code, **draft.here(passage, "system-package:named-in-text", mark.start))


_LIBRARY = re.compile(
    r"(?<![\w`/.-])(?:lib)?[a-z][a-z0-9.+]{0,30}(?:-[a-z0-9.+]{1,30}){0,4}-dev(?:el)?(?![\w-])|(?<![\w`/.-])build-essential\b"
)


def _listed(passage: Passage, draft: Draft) -> Iterator[Fact]:
    """Libraries that a sentence about a distribution names in plain words: "libjpeg-dev and zlib1g-dev on Debian"."""
    text = passage.block.text
    if "-dev" not in text or len(text) > MAXIMUM_TEXT:
        return
    for match in _LIBRARY.finditer(text):
        if DISTRIBUTION.search(sentence_around(text, match.start())):
            yield SystemPackage(name=match[0], **draft.here(passage, "system-package:named-in-text", match.start()))
