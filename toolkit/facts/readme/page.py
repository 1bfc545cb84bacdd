"""`Page`: a document whose blocks know their surroundings: headings, lead-in, the way of installing they belong to."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from functools import cache, cached_property

from toolkit.catalog.readme_rules import Cue, ReadmeRules
from toolkit.documents.model import Block, Document, Kind, Mark, MarkKind
from toolkit.facts.readme.code_kind import CodeKind, code_kind
from toolkit.facts.shell import SimpleCommand, parse
from toolkit.findings import Evidence

# Ways of installing that stand beside each other. A README is read for Linux; these are then other ways.
SYSTEMS = ("linux", "redhat", "suse", "arch", "alpine", "bsd", "gentoo", "nix", "macos", "windows")
METHODS = ("docker", "vagrant", "kubernetes", "hosting")
ASIDES = ("upgrade", "test", "contributing", "reference", "troubleshooting")
# Of a heading, an aside must be the subject, not a word in passing.
SHARE_OF_HEADING = 0.5
LONGEST_LEAD_WORDS = 14
MAXIMUM_COMMANDS = 3_000  # of one document
SENTENCE_END = re.compile(r"[.!?;](?=\s|$)|\n\s*\n")
CODE_OR_ADDRESS = re.compile(r"https?://\S+")


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
    number: int = 0
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
        page = cls(document, rules)
        page.passages = list(_passages(document, rules))
        return page

    def at(self, first_line: int, last_line: int, rule: str) -> Evidence:
        return Evidence(self.document.path, first_line, last_line, rule)

    @cached_property
    def texts(self) -> tuple[Passage, ...]:
        """Passages of prose: paragraphs, list items, headings, tables."""
        return tuple(
            passage
            for passage in self.passages
            if passage.block.kind != Kind.CODE or (passage.kind == CodeKind.OTHER and not passage.block.fenced)
        )

    @cached_property
    def codes(self) -> tuple[Passage, ...]:
        return tuple(passage for passage in self.passages if passage.block.kind == Kind.CODE)


def scopes_in(text: str, rules: ReadmeRules, names: tuple[str, ...]) -> list[str]:
    """Which of some ways a text names, in the order of `names`."""
    found = rules.scopes_in(CODE_OR_ADDRESS.sub(" ", text) if "://" in text else text)
    return [name for name in names if name in found] if found else []


def of_systems(found: list[str]) -> str | None:
    """The one way that a text with these names is about: None when it says nothing."""
    methods = [name for name in found if name in METHODS]
    if methods:
        return methods[0]
    systems = [name for name in found if name in SYSTEMS]
    if not systems:
        return None
    return "linux" if "linux" in systems else systems[0]


def heading_scope(text: str, rules: ReadmeRules, title: bool) -> str | None:
    """The way or aside that a heading announces. A document's title announces no aside: it names the application."""
    if not title:
        length = max(1, sum(character.isalnum() for character in text))
        named = rules.scopes_in(text)
        for name in ASIDES:
            if name not in named:
                continue
            found = sum(sum(c.isalnum() for c in match[0]) for match in rules.scopes[name].pattern.finditer(text[:200]))
            if found / length >= SHARE_OF_HEADING or (name == "test" and _begins_or_ends_with_test(text, rules)):
                return name
    found_ways = scopes_in(text[:200], rules, (*SYSTEMS, *METHODS))
    if title:
        found_ways = [name for name in found_ways if name in SYSTEMS]
    return of_systems(found_ways)


def _begins_or_ends_with_test(text: str, rules: ReadmeRules) -> bool:
    """Whether "test" is the first or last word of a short heading: Test automation, Run the integration tests."""
    words = text.lower().strip(" :.").split()
    return 0 < len(words) <= 6 and not rules.scopes["test"].single.isdisjoint((words[0], words[-1]))


def _passages(document: Document, rules: ReadmeRules) -> Iterator[Passage]:
    left = MAXIMUM_COMMANDS

    @cache
    def told(heading: str, title: bool) -> tuple[str | None, bool, bool]:
        """The way or aside that a heading announces, and whether it speaks of development and of production."""
        scope = heading_scope(heading, rules, title)
        return scope, rules.cue(Cue.DEVELOPMENT, heading), rules.cue(Cue.PRODUCTION, heading)

    for number, section in enumerate(document.sections):
        scope = ""
        development = production = False
        for depth, heading in enumerate(section.headings):
            title = depth == 0 and number <= 1
            announced, says_development, says_production = told(heading, title)
            if announced is not None and not (announced == "linux" and scope in (*METHODS, *ASIDES)):
                scope = announced
            if not title and says_development != says_production:
                development, production = says_development, says_production
        lead, lead_scope, lead_depth = "", None, 0
        above: list[str] = []  # the last paragraph at each depth of lists
        lead_development: bool | None = None
        heading_block = (
            Block(Kind.HEADING, section.title, section.first_line, section.first_line) if section.headings else None
        )
        if heading_block is not None:
            yield Passage(heading_block, section.headings, _plain(scope), "", development, production, section=number)
        for block in section.blocks:
            depth = len(block.item)
            parent = ""
            if block.kind == Kind.PARAGRAPH:
                announced, is_lead = _announced(block, rules)
                if is_lead and announced is not None:
                    lead_scope, lead_depth = announced, depth
                elif (lead_scope is not None and (depth < lead_depth or (depth == lead_depth and not block.item))) or (
                    lead_scope is not None and depth == lead_depth
                ):
                    lead_scope = None
                lead = block.text
                del above[depth:]
                parent = above[-1] if depth and above else ""
                above += [parent] * (depth - len(above))
                above.append(lead[-400:])
                lead_development = rules.cue(Cue.DEVELOPMENT, lead) if len(lead) < 400 else None
                if lead_development and rules.cue(Cue.PRODUCTION, lead):
                    lead_development = None
                elif not lead_development:
                    lead_development = False if len(lead) < 400 and rules.cue(Cue.PRODUCTION, lead) else None
            here = (
                lead_scope
                if lead_scope is not None and not (lead_scope == "linux" and scope in (*METHODS, *ASIDES))
                else scope
            )
            passage = Passage(
                block,
                section.headings,
                _plain(here),
                (above[-2] + "\n" if len(above) > 1 else "") + lead if block.kind == Kind.CODE else parent,
                development if lead_development is None else lead_development,
                production if lead_development is None else not lead_development,
                section=number,
            )
            if block.kind == Kind.CODE:
                passage.kind = code_kind(block, rules)
                if passage.kind == CodeKind.OTHER and _is_told_to_run(block, lead, rules):
                    passage.kind = CodeKind.SHELL
                if passage.kind in (CodeKind.SHELL, CodeKind.WINDOWS) and left > 0:
                    passage.commands = parse(block.text, block.first_line, rules.reads_as_command)
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


def _plain(scope: str | None) -> str:
    return "" if scope in (None, "linux") else scope


def _announced(block: Block, rules: ReadmeRules) -> tuple[str | None, bool]:
    """The way that a lead-in announces ("On macOS:"), and whether the paragraph is a lead-in at all."""
    text = block.text.strip()
    strong = any(mark.end - mark.start >= len(text.rstrip(":")) for mark in block.marks if mark.kind == MarkKind.STRONG)
    if not (text.endswith(":") or strong or len(text.split()) <= 4):
        return None, False
    last = SENTENCE_END.split(text)[-1] if text.endswith(":") else text
    if len(last.split()) > LONGEST_LEAD_WORDS:
        last = " ".join(last.split()[-LONGEST_LEAD_WORDS:])
    return of_systems(scopes_in(last, rules, (*SYSTEMS, *METHODS))), True


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
