"""System packages that the prose names: "called `libpq-dev` in Debian", "install the `libxml2-dev` package"."""

import re
from collections.abc import Iterator

from toolkit.catalog.cues import Cue
from toolkit.catalog.globs import any_of
from toolkit.documents.model import Kind
from toolkit.facts.model import Fact, Runtime, SystemPackage
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.page import Page, Passage, code_marks, sentence_around
from toolkit.facts.readme.versions import clean, version_in_package

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
        yield from _listed(page, passage, draft)
        for mark, code in code_marks(passage.block):
            if _is_list(code):
                place = draft.here(passage, "system-package:named-in-text", mark.start)
                yield from (SystemPackage(name=name, **place) for name in code.split())
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


def _is_list(code: str) -> bool:
    """Whether `libcurl4-openssl-dev pandoc libevent-dev` is packages, and can be nothing else."""
    names = code.split()
    return len(names) > 1 and all(_NAME.fullmatch(n) for n in names) and sum(n.endswith("-dev") for n in names) > 1


_NAME = re.compile(r"[a-z][a-z0-9+.-]{1,60}")
_LIBRARY = re.compile(
    r"(?<![\w`/.-])(?:lib)?[a-z][a-z0-9.+]{0,30}(?:-[a-z0-9.+]{1,30}){0,4}-dev(?:el)?(?![\w-])|(?<![\w`/.-])build-essential\b"
)


def _of_a_version(page: Page, passage: Passage, draft: Draft) -> Iterator[Fact]:
    """A language's packages with a version in their name, which can be nothing else: "install aspnetcore-runtime-5.0"."""
    text = passage.block.text
    for match in _VERSIONED.finditer(text):
        name = match[0].rstrip(".")
        known = next((one for one in page.rules.runtimes if any_of(one.packages).fullmatch(name)), None)
        if known and page.rules.cue(Cue.INSTALL, sentence_around(text, match.start())):
            yield SystemPackage(name=name, **draft.here(passage, "system-package:named-in-text", match.start()))
            version = clean(version_in_package(name) or "", known.one_dot)
            place = draft.here(passage, "runtime:package", match.start())
            yield Runtime(name=known.name, version=version or None, constraint=version, **place)


_VERSIONED = re.compile(
    r"(?<![\w`/.-])[a-z]{3,20}(?:-[a-z]{2,20}){0,3}-\d{1,2}(?:\.\d{1,2}){0,2}(?:-[a-z]{2,12}){0,2}(?![\w/-]|\.\w)"
)


def _listed(page: Page, passage: Passage, draft: Draft) -> Iterator[Fact]:
    """Libraries that a sentence about a distribution names in plain words: "libjpeg-dev and zlib1g-dev on Debian"."""
    text = passage.block.text
    if "-" not in text or len(text) > MAXIMUM_TEXT:
        return
    yield from _of_a_version(page, passage, draft)
    if "-dev" not in text:
        return
    for match in _LIBRARY.finditer(text):
        if DISTRIBUTION.search(sentence_around(text, match.start())):
            yield SystemPackage(name=match[0], **draft.here(passage, "system-package:named-in-text", match.start()))
