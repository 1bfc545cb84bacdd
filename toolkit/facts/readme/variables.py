"""Environment variables: from tables, lists, `.env` blocks, export lines and sentences."""

from collections import Counter
from collections.abc import Iterator

from toolkit.catalog.cues import Cue
from toolkit.documents.model import Kind
from toolkit.facts.model import EnvironmentVariable
from toolkit.facts.readme import variables_in_code, variables_in_tables, variables_in_text, variables_of_commands
from toolkit.facts.readme.command_roles import Found
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.page import Page, Passage, code_marks
from toolkit.facts.readme.variable_context import way
from toolkit.facts.readme.variable_words import NAME, vocabulary

FAMILY = 3  # variables that begin alike


def read(page: Page, draft: Draft, found: list[Found]) -> Iterator[EnvironmentVariable]:
    """Every environment variable that the page states."""
    stated = list(_stated(page, draft, found))
    yield from stated
    known = {fact.name for fact in stated}
    yield from _of_families(page, draft, known)
    yield from _beside_others(page, draft, known)


def _of_families(page: Page, draft: Draft, known: set[str]) -> Iterator[EnvironmentVariable]:
    """Names that begin like several variables of the page: beside SHOP_HOST, SHOP_KEY, SHOP_URL also SHOP_THEME."""
    sizes = Counter(name.split("_", 1)[0] for name in known if "_" in name)
    families = {prefix for prefix, size in sizes.items() if size >= FAMILY}
    if not families:
        return
    words = vocabulary(page.rules)
    for passage in page.texts:
        if passage.aside:
            continue
        text = passage.block.text
        for match in NAME.finditer(text) if any(prefix in text for prefix in families) else ():
            if match[0] not in known and match[0].split("_", 1)[0] in families and words.good(match[0]):
                yield draft.variable(match[0], None, draft.here(passage, "variable:of-family", match.start()))


def _beside_others(page: Page, draft: Draft, known: set[str]) -> Iterator[EnvironmentVariable]:
    """Names of one word at the head of a list's items, most of which are variables: HOST beside SMTP_HOST, SMTP_USER."""
    if len(known) < FAMILY:
        return
    words = vocabulary(page.rules)
    named: dict[int, list[tuple[str, Passage]]] = {}
    for passage in page.texts:
        if passage.block.item and not passage.aside:
            mark, code = next(code_marks(passage.block), (None, ""))
            if mark and mark.start < 2 and words.good(code):
                named.setdefault(passage.section, []).append((code, passage))
    for items in named.values():
        stated = sum(name in known for name, _ in items)
        if stated >= max(FAMILY, len(items) / 2):
            for name, passage in items:
                if name not in known:
                    place = {**draft.here(passage, "variable:beside-others"), "alternative": way(passage)}
                    yield draft.variable(name, variables_in_text.default_in(passage.block.text, words), place)


def _stated(page: Page, draft: Draft, found: list[Found]) -> Iterator[EnvironmentVariable]:
    sections = variables_in_text.Sections(page)
    for passage in page.passages:
        if passage.aside:
            continue
        if passage.block.kind == Kind.CODE:
            yield from variables_in_code.read(page, passage, draft)
        elif passage.block.kind == Kind.TABLE:
            yield from variables_in_tables.read(page, passage, draft)
        elif passage.block.kind == Kind.PARAGRAPH:
            yield from variables_in_text.read(page, passage, draft, sections)
        elif passage.block.kind == Kind.HEADING:
            yield from _heading(page, passage, draft)
    yield from variables_of_commands.read(found, draft)


def _heading(page: Page, passage: Passage, draft: Draft) -> Iterator[EnvironmentVariable]:
    """The variable that a heading is the name of, below one about environment variables."""
    name = passage.block.text.strip("`*$ :")
    if (
        name.isupper()
        and vocabulary(page.rules).good(name)
        and any(page.rules.cue(Cue.ENVIRONMENT_VARIABLE, heading) for heading in passage.headings[-3:-1])
    ):
        yield draft.variable(name, None, draft.here(passage, "variable:heading"))
