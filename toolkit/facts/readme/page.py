"""`Page`: a document whose blocks know their surroundings: headings, lead-in, the way of installing they belong to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

from toolkit.catalog.cues import Cue
from toolkit.catalog.phrases import parts
from toolkit.catalog.readme_rules import ReadmeRules
from toolkit.documents.model import Block, Document, Kind, Mark, MarkKind
from toolkit.facts.readme.code_kind import CodeKind, code_kind
from toolkit.facts.readme.installation_ways import (
    ASIDES,
    SENTENCE_END,
    LeadIn,
    Told,
    guides_contributors_alone,
    heading_scope,
    mode_of,
    narrowed,
)
from toolkit.facts.shell import parse
from toolkit.facts.shell_command import SimpleCommand
from toolkit.facts.shell_lines import without_wrappers
from toolkit.findings import Evidence

# Ways of installing that stand beside each other. A README is read for Linux; these are then other ways.
MAXIMUM_COMMANDS = 3_000  # of one document
MAXIMUM_TEXTS = 3_000  # paragraphs, items and headings in which commands are looked for
MAXIMUM_TEXT = 20_000  # characters of a paragraph in which names are looked for
_DIGIT = re.compile(r"\d")
MAXIMUM_TYPED = 20  # lines of a paragraph
# What may be typed as well, `[--port 8000]`, as manuals write it; not the test of a shell, `if [ -f shop.db ]`.
_OPTIONAL = re.compile(
    r"(?<=[^\s;&|!])(?<!\bif)(?<!while)(?<!until)[ \t]+\[[ \t]?(?:--?\w|\.\.\.)[^\[\]\n]{0,1000}\](?=[ \t]|$)",
    re.MULTILINE,
)
_COMMENT = re.compile(r"^[ \t]{0,20}# ([^\W_][^\n]{3,160})$", re.MULTILINE)


@dataclass(slots=True)
class Passage:
    """A block in its surroundings. `scope` is "" or the way of installing, or the aside, that it belongs to."""

    block: Block
    headings: tuple[str, ...]
    scope: str
    lead: str
    development: bool
    production: bool
    kind: CodeKind | None = None
    commands: tuple[SimpleCommand, ...] = ()
    section: int = 0

    @property
    def aside(self) -> bool:
        """Whether it is about something else than getting the application to run."""
        return self.scope in ASIDES and self.scope not in {"troubleshooting", "upgrade"}


@dataclass
class Page:
    """A document with its passages."""

    document: Document
    rules: ReadmeRules
    passages: list[Passage] = field(default_factory=list)

    @classmethod
    def of(cls, document: Document, rules: ReadmeRules) -> "Page":
        """A document cut into passages."""
        page = cls(document, rules)
        page.passages = list(_passages(document, rules))
        return page

    def below(self, heading: Passage) -> str:
        """The first text of the section that a heading begins, or empty."""
        blocks = self.document.sections[heading.section].blocks
        return blocks[0].text if blocks and blocks[0].kind == Kind.PARAGRAPH else ""

    def at(self, first_line: int, last_line: int, rule: str) -> Evidence:
        """Lines of the page as evidence."""
        return Evidence(self.document.path, first_line, last_line, rule)

    @cached_property
    def texts(self) -> tuple[Passage, ...]:
        """Passages of prose: paragraphs, list items, headings, tables."""
        return tuple(passage for passage in self.passages if self._is_text(passage))

    def _is_text(self, passage: Passage) -> bool:
        """Whether a passage is prose, or a list of what is required that is set as code."""
        if passage.block.kind != Kind.CODE:
            return True
        return passage.kind == CodeKind.OTHER and (
            not passage.block.fenced
            or (
                not passage.block.language
                and passage.lead.rstrip().endswith(":")
                and self.rules.cue(Cue.REQUIRE, passage.lead[-120:])
            )
        )

    @cached_property
    def remarks(self) -> tuple[Passage, ...]:
        """Comments among commands, each a paragraph: "# Install Node.js 18+", "# edit shop.ini"."""
        return tuple(
            replace(
                passage,
                block=Block(Kind.PARAGRAPH, match[1], line := passage.block.line_of(match.start()), line),
            )
            for passage in self.codes
            if passage.kind == CodeKind.SHELL and "# " in passage.block.text
            for match in _COMMENT.finditer(passage.block.text)
            if "." in match[1] or _DIGIT.search(match[1])  # a file, or a version
        )

    @cached_property
    def naming(self) -> list[Passage]:
        """The passages that may hold names of the vocabulary: prose, comments among commands, and features with a number."""
        words = self.rules.vocabulary_words
        return [
            passage
            for passage in (*self.texts, *self.remarks)
            if (not passage.aside or (passage.scope == "reference" and _DIGIT.search(passage.block.text)))
            and len(passage.block.text) <= MAXIMUM_TEXT
            and not words.isdisjoint(parts(passage.block.text))
        ]

    @cached_property
    def codes(self) -> tuple[Passage, ...]:
        """The passages that are blocks of code."""
        return tuple(passage for passage in self.passages if passage.block.kind == Kind.CODE)


def _passages(document: Document, rules: ReadmeRules) -> Iterator[Passage]:
    left = MAXIMUM_COMMANDS

    @cache
    def told(heading: str, title: bool) -> Told:
        return Told(heading_scope(heading, rules, title), mode_of(heading, rules))

    for_contributors = guides_contributors_alone(document.sections, told, rules)
    first = next((section.headings[0] for section in document.sections if section.headings), "")
    for number, section in enumerate(document.sections):
        scope, development = "", None
        for depth, heading in enumerate(section.headings):
            title = depth == 0 and heading == first
            said = told(heading, title)
            scope = narrowed(scope, said.scope)
            if not title and said.development is not None:
                development = said.development
        if for_contributors and scope == "contributing":
            scope, development = "", True
        if section.headings:
            block = Block(Kind.HEADING, section.title, section.first_line, section.first_line)
            yield Passage(
                block, section.headings, _plain(scope), "", development is True, development is False, section=number
            )
        lead = LeadIn(rules)
        for block in section.blocks:
            if block.kind == Kind.PARAGRAPH and (_is_code_alone(block, lead.text) or _is_typed(block, rules)):
                block = replace(block, kind=Kind.CODE, text=_REMARK.sub("", block.text))
            parent = lead.read(block) if block.kind == Kind.PARAGRAPH else ""
            here = development if lead.development is None else lead.development
            passage = Passage(
                block,
                section.headings,
                _plain(narrowed(scope, lead.scope)),
                lead.before_code if block.kind == Kind.CODE else parent,
                development=here is True,
                production=here is False,
                section=number,
            )
            if block.kind == Kind.CODE:
                passage.kind = code_kind(block, rules)
                if passage.kind == CodeKind.OTHER and _is_told_to_run(block, lead.text, rules):
                    passage.kind = CodeKind.SHELL
                if passage.kind in (CodeKind.SHELL, CodeKind.WINDOWS) and left > 0:
                    typed = _without_descriptions(_OPTIONAL.sub("", block.text) if "[" in block.text else block.text)
                    passage.commands = parse(typed, block.first_line, rules.reads_as_command)
                    left -= len(passage.commands)
                if passage.kind == CodeKind.WINDOWS:
                    passage.scope = passage.scope or "windows"
            yield passage
            yield from _shown_files(passage, rules)


def _shown_files(passage: Passage, rules: ReadmeRules) -> Iterator[Passage]:
    """Files that a passage shows inside itself: here-documents, and units pasted without code markup."""
    block = passage.block
    if block.kind == Kind.PARAGRAPH:
        if UNIT_LINE.search(block.text):
            yield replace(passage, block=replace(block, kind=Kind.CODE, marks=()), kind=CodeKind.UNIT, commands=())
        return
    for command in passage.commands:
        for redirection in command.redirections:
            if redirection.operator != "<<" or not redirection.target.strip():
                continue
            target = next(
                (one.target for one in command.redirections if one.operator in (">", ">>")),
                command.words[-1] if command.words else "",
            )
            inner = Block(
                Kind.CODE,
                redirection.target,
                command.first_line + 1,
                command.last_line - 1,
                language=_language(target),
                fenced=True,
            )
            yield replace(passage, block=inner, kind=code_kind(inner, rules), commands=(), lead=target)


def _language(path: str) -> str:
    """The kind of file, as a code block would name it, by a file's name."""
    name = path.rsplit("/", 1)[-1]
    if "nginx" in path:
        return "nginx"
    if name.endswith((".service", ".socket", ".timer")):
        return "systemd"
    if name.startswith(".env") or name.endswith(".env"):
        return "env"
    return {"conf": "ini", "yml": "yaml"}.get(name.rsplit(".", 1)[-1], name.rsplit(".", 1)[-1]) if "." in name else ""


UNIT_LINE = re.compile(r"^[ \t]{0,20}(?:\[(?:Unit|Service)\]|ExecStart=)", re.MULTILINE)
_TYPED = re.compile(r"[a-z][\w.+-]{1,40}(?:\s{1,4}[\w./:@=,~+-]{1,80}){0,6}$")


def _is_told_to_run(block: Block, lead: str, rules: ReadmeRules) -> bool:
    """Whether a lead-in says to run what a short block holds, and that reads like something to type."""
    lines = [line.strip() for line in block.text.split("\n", 4) if line.strip()]
    last = SENTENCE_END.split(lead.strip())[-1]
    return (
        0 < len(lines) <= 3
        and lead.rstrip().endswith(":")
        and rules.cue(Cue.EXECUTE, last)
        and all(_TYPED.match(line) for line in lines)
    )


def _is_code_alone(block: Block, lead: str) -> bool:
    """Whether a paragraph outside lists is one piece of inline code that the one above announces, as it would a block."""
    return (
        len(block.marks) == 1
        and lead.endswith(":")
        and block.marks[0].kind == MarkKind.CODE
        and block.marks[0].start == 0
        and block.marks[0].end == len(block.text)
        and "\n" not in block.text
        and not block.item
    )


_REMARK = re.compile(r"[ \t]{2,40}\([^()\n]{3,200}\)$", re.MULTILINE)  # behind a command, as in a table


# What a list of commands says of each in a column of its own: `shop db:migrate     Run pending migrations.`
_DESCRIPTION = re.compile(r"(?<=\S)[ \t]{2,80}(?=[A-Z][a-z]{1,20} [a-z(])[^\n#|]{3,200}$", re.MULTILINE)


def _without_descriptions(text: str) -> str:
    """A block's text without the column that describes its commands, where at least two of them have one."""
    shorter, described = _DESCRIPTION.subn("", text) if "  " in text else (text, 0)
    return shorter if described > 1 else text


def _is_typed(block: Block, rules: ReadmeRules) -> bool:
    """Whether a paragraph of several lines is commands without markup, each on its line."""
    text = block.text
    if block.marks or text[:1].isupper() or not 0 < text.count("\n") < MAXIMUM_TYPED:
        return False
    lines = (without_wrappers(line.split(None, 8)) for line in text.split("\n"))
    return all(words and (rules.reads_as_command(words) or words[0].startswith("./")) for words in lines)


def _plain(scope: str) -> str:
    return "" if scope == "linux" else scope


def sentence_before(text: str, position: int) -> str:
    """What stands before a position in its sentence, at most 200 characters."""
    start = max(0, position - 200)
    before = text[start:position]
    ends = [match.end() for match in SENTENCE_END.finditer(before)]
    return before[ends[-1] :] if ends else before


def sentence_around(text: str, position: int) -> str:
    """The sentence that a position stands in, at most 400 characters."""
    after = text[position : position + 200]
    match = SENTENCE_END.search(after)
    return sentence_before(text, position) + (after[: match.start()] if match else after)


def code_marks(block: Block) -> Iterator[tuple[Mark, str]]:
    """Inline code of a block."""
    yield from block.marked(MarkKind.CODE)
