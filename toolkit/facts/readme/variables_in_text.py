"""Environment variables in sentences and lists."""

import re
from collections.abc import Iterator
from functools import cached_property

from toolkit.catalog.cues import Cue
from toolkit.documents.model import Block
from toolkit.facts.model import EnvironmentVariable
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.page import Page, Passage, code_marks, sentence_around
from toolkit.facts.readme.variable_context import NAMED_BEFORE, about_constants, about_environment, description, way
from toolkit.facts.readme.variable_words import ENV_FILE, OF_AUTHORS_IMAGE, Vocabulary, unquoted, vocabulary
from toolkit.facts.readme.variables_in_code import asked_for
from toolkit.facts.readme.variables_in_tables import names_in_cell

ITEM = re.compile(
    r"([A-Z][A-Z0-9_]{1,80})(?:[`*]{0,3})(?:[ \t]{0,3}\([^()\n]{1,60}\))?[ \t]{0,3}(?::|=|-{1,2}|–|—|→|=>)[ \t]{0,4}([^\n]{0,500})"
)
MAY_NAME = re.compile(r"[A-Z][A-Z0-9_]{2}|env|ENV")


class Sections:
    """The sections whose text speaks of environment variables, or of a file of them, and of no file of a program's
    settings; looked for when first asked."""

    def __init__(self, page: Page) -> None:
        self._page = page

    @cached_property
    def _numbers(self) -> frozenset[int]:
        words = vocabulary(self._page.rules)
        texts = [(one.section, one.block.text) for one in self._page.texts]
        named = {section for section, text in texts if NAMED_BEFORE.search(text) or words.named.search(text)}
        return frozenset(
            named - {section for section, text in texts if section in named and words.program_file.search(text)}
        )

    def __contains__(self, passage: Passage) -> bool:
        return passage.section in self._numbers


def _first_word(text: str) -> str:
    """A value in a sentence: what is quoted, or up to the next blank."""
    text = text.strip()
    return unquoted(text) if text[:1] in ("'", '"') else text.split(" ", 1)[0].rstrip(".,;")


def read(page: Page, passage: Passage, draft: Draft, sections: Sections) -> Iterator[EnvironmentVariable]:
    """The variables of a paragraph or of an item of a list."""
    text = passage.block.text
    if len(text) > 20_000 or not MAY_NAME.search(text):
        return
    words = vocabulary(page.rules)
    about = (
        about_environment(page, passage)
        or (
            bool(passage.block.item)
            and passage.lead.rstrip().endswith(":")
            and not (words.program_file.search(passage.lead[-160:]) and ".env" not in passage.lead)  # its settings
            and page.rules.cue(Cue.ENVIRONMENT_VARIABLE, passage.lead[-120:])
        )
    )
    yield from _called_so(passage, draft, words)
    yield from _listed(page, passage, draft, about=about)
    yield from asked_for(passage, draft, words)
    if "=" in text:
        yield from _assigned(passage, draft, words, sections)
    yield from _marked(page, passage, draft, sections, about=about)


def _called_so(passage: Passage, draft: Draft, words: Vocabulary) -> Iterator[EnvironmentVariable]:
    """Names that a sentence calls variables: "the environment variable SHOP_KEY"."""
    text = passage.block.text
    for pattern in (words.beside, words.before) if words.name_kind.may_be_in(text) else ():
        for match in pattern.finditer(text):
            name = match[1]
            if not words.good(name) and not (pattern is words.before and name in words.lower_case):
                continue
            yield draft.variable(
                name,
                _value_nearby(passage.block, words, match.end(1)),
                draft.here(passage, "variable:named-as-one", match.start(1)),
            )


def _listed(page: Page, passage: Passage, draft: Draft, *, about: bool) -> Iterator[EnvironmentVariable]:
    """Names at the beginning of lines, with a value or what they are for behind them."""
    block, words = passage.block, vocabulary(page.rules)
    offset = 0
    for number, line in enumerate(block.text.split("\n")):
        stripped = line.strip()
        if (
            (block.item or number or about or "_" in stripped[:80])
            and (item := ITEM.match(stripped))
            and words.good(item[1])
            and ("_" in item[1] or about)
        ):
            assigned = stripped[len(item[1]) :].lstrip("`* ")[:1] == "="
            value = _first_word(item[2]) if assigned else default_in(item[2], words)
            if about or assigned or (block.item and not about_constants(page, passage)):
                yield draft.variable(
                    item[1],
                    value.strip("`") if value else None,
                    {
                        **draft.here(passage, "variable:list" if about else "variable:list-unclear", offset),
                        "alternative": way(passage),
                    },
                    required=not words.optional.search(item[2]),
                    description=description(item[2]) if not assigned else "",
                )
        elif not number and (about or (block.item and ":" in stripped)):
            head = names_in_cell(stripped.split(":")[0], words)
            if (about and stripped.find(":") in (-1, len(stripped) - 1)) or (
                len(head) > 1 and all("_" in name for name in head) and not about_constants(page, passage)
            ):
                for name in filter(words.good, head):
                    yield draft.variable(name, None, draft.here(passage, "variable:list-unclear", offset))
        offset += len(line) + 1


def _assigned(passage: Passage, draft: Draft, words: Vocabulary, sections: Sections) -> Iterator[EnvironmentVariable]:
    """Values given in a sentence, `NAME=value`, and in a unit that was pasted into the text."""
    text = passage.block.text
    for match in _OF_UNIT.finditer(text):
        if words.good(match[1]):
            yield draft.variable(match[1], match[2], draft.here(passage, "variable:unit-line", match.start()))
    for match in _IN_SENTENCE.finditer(text):
        if words.good(match[1]) and (
            words.environment.search(sentence_around(text, match.start()))
            or (
                "_" in match[1]
                and words.set.search(text[max(0, match.start() - 24) : match.start()])
                and passage in sections
            )
        ):
            yield draft.variable(
                match[1], match[2].rstrip("."), draft.here(passage, "variable:assigned-in-text", match.start())
            )


def _marked(
    page: Page, passage: Passage, draft: Draft, sections: Sections, *, about: bool
) -> Iterator[EnvironmentVariable]:
    """Names set as code, where the words around them or their section speak of variables."""
    block, text, words = passage.block, passage.block.text, vocabulary(page.rules)
    beside = -1  # where the last name ended that was a variable
    for mark, code in code_marks(block):
        name, _, value = code.partition("=")
        name = name.strip().removeprefix("export ").removeprefix("$").strip("{}")
        if not words.good(name):
            continue
        sentence = sentence_around(text, mark.start)
        said = page.rules.cue(Cue.ENVIRONMENT_VARIABLE, sentence)
        if value and re.match(r"[^=\s]", value) and ("_" in name or said or about):
            yield draft.variable(
                name, _first_word(value), draft.here(passage, "variable:inline-assignment", mark.start)
            )
        elif (
            ("_" in name and (said or about))
            or (
                about
                and block.item
                and mark.start < 3
                and re.match(r"\s{0,3}(?:[:=–—-]|$|is\b)", text[mark.end : mark.end + 6])
            )
            or (said and re.match(r"\s{0,3}(?:env|variable|environment)", text[mark.end : mark.end + 20]))
        ):
            if words.program_file.search(sentence) and ".env" not in sentence and not said:
                continue
            yield draft.variable(
                name,
                _value_nearby(block, words, mark.end),
                draft.here(passage, "variable:inline", mark.start),
                required=not words.optional.search(sentence),
            )
        elif (
            "_" in name
            and words.set.search(text[max(0, mark.start - 24) : mark.start])
            and words.to_value.match(text, mark.end)
            and not words.program_file.search(sentence)
        ):
            yield draft.variable(
                name, _value_nearby(block, words, mark.end), draft.here(passage, "variable:set-to", mark.start)
            )
        elif beside >= 0 and words.among.fullmatch(text, beside, mark.start):
            yield draft.variable(
                name, _value_nearby(block, words, mark.end), draft.here(passage, "variable:enumerated", mark.start)
            )
        elif "_" in name and (
            ".env" in sentence
            or NAMED_BEFORE.search(text, 0, mark.start)
            or (ENV_FILE.search(passage.lead) and page.rules.cue(Cue.EDIT, sentence))
            or (
                (words.set.search(text[max(0, mark.start - 24) : mark.start]) or (block.item and mark.start < 3))
                and passage in sections
                and not about_constants(page, passage)
            )
        ):
            yield draft.variable(
                name, _value_nearby(block, words, mark.end), draft.here(passage, "variable:inline", mark.start)
            )
        else:
            continue
        beside = mark.end


# Of a systemd unit that was pasted into the text, where its comments have become headings.
_OF_UNIT = re.compile(r"^[ \t]{0,20}Environment=[\"']?([A-Z][A-Z0-9_]{1,80})=([^\"'\n]{0,300})", re.MULTILINE)
_IN_SENTENCE = re.compile(r"(?<![\w/$&?.-])([A-Z][A-Z0-9_]{2,60})=([^\s,;]{1,120})")


def _value_nearby(block: Block, words: Vocabulary, position: int) -> str | None:
    """The value in "NAME to `value`", marked as code or quoted, or on the next line after "value:"."""
    text = block.text
    if match := words.to.match(text, position, position + 160):
        if match["quote"] and (end := text.find(match["quote"], match.end(), match.end() + 100)) > 0:
            return text[match.end() : end]
        for mark, code in code_marks(block):
            if mark.start == match.end() and "\n" not in code:
                return code[:100]
    end = text.find("\n", position)
    if end >= 0 and (shown := words.value_line.match(text, end + 1)):
        return shown[1].strip()
    return None


def default_in(text: str, words: Vocabulary) -> str | None:
    """The value after "default" and its like, unless that is a word with which the sentence goes on, or the value that the
    authors' own image has."""
    match = words.default.search(text)
    if match is None or (match[1].lower() in words.little and _GOES_ON.match(text, match.end())):
        return None
    if OF_AUTHORS_IMAGE.match(text, match.end()):
        return None
    return match[1].rstrip(".")


_GOES_ON = re.compile(r"[ \t]{1,4}\w|\n[ \t]{1,8}[^\W\dA-Z_]")
