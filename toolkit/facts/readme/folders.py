"""Folders and files that the web server or the application is to be allowed to write to, as operators are told."""

import re
from collections.abc import Iterator

from toolkit.catalog.cues import Cue
from toolkit.documents.model import Kind
from toolkit.facts.model import Fact, WritableFolder
from toolkit.facts.readme.command_roles import Found
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.page import Page, Passage, code_marks, sentence_around
from toolkit.inventory.paths import joined

# A path below the application, with or without a slash in front or at the end.
PATH = re.compile(r"(?:\./|/)?([\w@-][\w.@-]{0,60}(?:/[\w.@-]{1,60}){0,6})/?")
IN_TEXT = re.compile(r"(?<![\w/.:@~-])(?:\./|/)?[\w@-][\w.@-]{0,60}(?:/[\w.@-]{1,60}){0,6}/(?![\w/])")
# chmod 777, chmod -R g+w: the server is another user than the one who unpacked the files.
GIVES = re.compile(
    r"[0-7]{1,2}(?:[2367][0-7]|[0-7][2367])|(?:[ugoa]{0,3}[goa][ugoa]{0,3})?[+=][rxXst]{0,5}w[rxXst]{0,5}"
)
OF_NO_SERVER = ("root", "$")  # users: $USER and $(whoami) are the operator
MAXIMUM_TEXT = 20_000


def read(page: Page, draft: Draft, found: list[Found]) -> Iterator[Fact]:
    """What commands hand over to the web server's user, then what sentences say that it writes to."""
    for one in found:
        for path in _handed_over(one):
            place = draft.of(one)("written-folder:command")
            yield WritableFolder(path=joined(draft.directory(one.command.directory), path), **place)
    for passage in page.texts:
        if not passage.aside and passage.block.kind != Kind.CODE and len(passage.block.text) <= MAXIMUM_TEXT:
            yield from _told(page, passage, draft)


def _handed_over(found: Found) -> Iterator[str]:
    words = [word for word in found.command.words if not word.startswith("-")]
    if len(words) < 3 or words[0] not in ("chmod", "chown"):
        return
    given = GIVES.fullmatch(words[1]) if words[0] == "chmod" else not words[1].startswith(OF_NO_SERVER)
    for word in words[2:] if given else ():
        if match := PATH.fullmatch(word.removesuffix("*")):
            yield match[1]


def _told(page: Page, passage: Passage, draft: Draft) -> Iterator[Fact]:
    text = passage.block.text
    if not page.rules.cue(Cue.WRITABLE, text):
        return
    marked = [(mark.start, code.strip()) for mark, code in code_marks(passage.block)]
    for start, path in (*marked, *((match.start(), match[0]) for match in IN_TEXT.finditer(text))):
        if (match := PATH.fullmatch(path)) and page.rules.cue(Cue.WRITABLE, sentence_around(text, start)):
            yield WritableFolder(path=match[1], **draft.here(passage, "written-folder:in-text", start))
