"""Names of languages, package managers, datastores and programs in prose, with the versions beside them."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from toolkit.catalog.cues import Cue
from toolkit.catalog.readme_rules import ReadmeRules
from toolkit.documents.model import Kind, MarkKind
from toolkit.facts.model import ConfigFile, Datastore, Fact, PackageManager, Runtime, SystemPackage
from toolkit.facts.readme.code_kind import CodeKind
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.installation_ways import METHODS, SYSTEMS, of_systems, scopes_in
from toolkit.facts.readme.page import MAXIMUM_TEXT, Page, Passage, sentence_around
from toolkit.facts.readme.versions import clean

# What may stand between a name and its version: "PostgreSQL, version >= 9.4", "Java JDK 8", "node(6.9.2)".
BETWEEN = (
    r"(?![ \t)\]]{0,3}\n[ \t]{0,4}\d{1,2}[.)]\s)[\s\])]{0,3}(?:\((?=[^)\d]{0,16}\d))?"
    r"(?:(?:%version%|%edition%|%at_least%|>=|=>|≥|>|~>|\^|~|==?|:|-|,|\()[\s]{0,3}){0,5}"
    r"v?(?P<version>\d{1,4}(?:\.(?:\d{1,5}|x|X|\*)){0,4}[a-z]?)(?![\w%]|\.\d|/\d|:\d| ?%amount%\b)"
)
OR_LATER = r"\s{0,2}(?:\+|(?:\((?=or|and))?%or_later%\b)"
RANGE = re.compile(r"\s?(?:-|–|—|to)\s?v?(?P<newest>\d{1,3}\.\d{1,4}(?:\.\d{1,4})?)(?![\w.]\d|\w)")  # PHP 7.2 - 8.1
# Further on in the item of a list that the name begins: "Node.js to run it (tested on v0.10.x)".
TESTED = (
    r"\b%tested%\s{1,3}(?:[a-z]{1,3}\s{1,3})?(?:%version%\s{1,3})?(?:[<>=~^≥]{1,2}\s{0,2}|v)?"
    r"(?P<version>\d{1,3}(?:\.(?:\d{1,5}|x)){1,3})(?![\w%]|\.\d| ?%amount%\b)"
)
BEFORE = r"%version%\s{1,3}(?P<version>\d{1,3}(?:\.\d{1,4}){0,3})\s{1,3}%of%\s{1,3}$"
BELOW = r"%version%\s{1,3}(?:%at_least%\s{1,3})?(?P<version>\d{1,3}(?:\.\d{1,4}){0,3})(?!\w|\.\d)"  # what the name is a heading of
INSTALL_BESIDE = r"%install%\s{1,3}(?:the\s{1,3})?$"
INSTALLED_AFTER = r"\s{1,3}(?:is\s{1,3})?%installed%\b"
# "2.7, 3.5+", ">= 2.6, >= 3.2", "2.7/3.4": Python 2 is another language, and of both the application runs on Python 3.
_PYTHON_3 = re.compile(
    r"2(?:\.\d)?\+?(?:(?:[\s,/&|>=+x]|and|or|2\.\d){1,12})(?P<version>3(?:\.\d{1,2})?)(?![\w.]\d|\w)"
)
_GLUED = re.compile(r"\d\.\d{1,2}$")  # php8.1
_NEXT_CELL = re.compile(r"[ \t*`)\]]{0,40}\|[ \t*`]{0,4}")  # where a table has the version of what a cell names
_CLAUSE_END = re.compile(r"[.,;\n]")

# "12.x, 14.x and 16.x": each of them will do
_MORE = (
    r"\s{0,3}(?:,\s{0,3}(?:%and%|or)?|/|&|\||%and%|\bor\b)\s{0,3}(?:%version%\s{0,3})?"
    r"v?(?P<version>\d{1,3}(?:\.(?:\d{1,4}|x|X|\*)){0,2})(?![\w%]|\.\d| ?%amount%\b)"
)
_MOST_VERSIONS = 9
# `>= 8, <= 12.x`
_AND_BELOW = re.compile(r"\s{0,3}(?:,|and\b|&&)?\s{0,3}(<=?\s{0,3}\d{1,4}(?:\.(?:\d{1,4}|x)){0,2})")


@dataclass(frozen=True, slots=True)
class Mention:
    """A name in a passage: what it stands for, where, the version beside it, and how much speaks for it."""

    name: str
    passage: Passage
    start: int
    end: int
    version: str
    written: str
    required: bool
    in_list: bool


def mentions(page: Page, kind: str) -> Iterator[Mention]:
    """Every counted mention of one kind of name (runtime, datastore, manager, program, implied) in the prose of a page."""
    wanted, names, plain = page.rules.vocabulary[kind]
    for passage in page.naming:
        text = passage.block.text
        if not wanted.may_be_in(text):
            continue
        for match in wanted.pattern.finditer(text):
            written = match[0].lower()
            # Of "MySQL/MariaDB" each.
            for name in dict.fromkeys(names.get(part, names[written]) for part in (written, *written.split("/"))):
                mention = _mention(page, passage, match, name, plain)
                if mention is not None and _counts(page, mention):
                    yield mention


def _counts(page: Page, mention: Mention) -> bool:
    """Whether a name says something where it stands: in a comment among commands with a version, and in a section about
    something else behind words that it is needed, too ("only needs Perl 5.8")."""
    passage = mention.passage
    if not passage.aside:
        return bool(mention.version) or passage.kind != CodeKind.SHELL
    before = passage.block.text[max(0, mention.start - 30) : mention.start]
    return bool(mention.version) and bool(page.rules.pattern(INSTALL_BESIDE).search(before))


def _mention(page: Page, passage: Passage, match: re.Match[str], name: str, plain: frozenset[str]) -> Mention | None:
    text, rules = passage.block.text, page.rules
    start, end = match.span()
    if _is_part(text, match, rules.not_after.get(name, frozenset())) or _in_longer_code(passage, match):
        return None
    version, written = _version(page, passage, match, name)
    sentence = sentence_around(text, start)
    clause = sentence[max(0, sentence.find(match[0]) - 45) : sentence.find(match[0])]
    if rules.cue(Cue.EXCLUDE, clause) or rules.cue(
        Cue.EXCLUDED, _CLAUSE_END.split(text[end : end + 45], maxsplit=1)[0]
    ):
        return None
    heading = " ".join(passage.headings[-2:])
    required = rules.cue(Cue.REQUIRE, sentence) or rules.cue(Cue.REQUIRE, heading)
    in_list = bool(passage.block.item) and start - (text.rfind("\n", 0, start) + 1) < 60
    if match[0].lower() in plain:
        proper = match[0][0].isupper()
        beside_install = rules.pattern(INSTALL_BESIDE).search(text[max(0, start - 30) : start]) or rules.pattern(
            INSTALLED_AFTER
        ).match(text, end)
        alone = text.strip(" *:.") == match[0]
        if not (proper and (version or beside_install or (alone and in_list))):
            return None
    return Mention(name, passage, start, end, version, written, bool(required), in_list)


def _is_part(text: str, match: re.Match[str], not_after: frozenset[str]) -> bool:
    """Whether a name is a part of another one: of a path, a variable, or with the word in front of it."""
    start, end = match.span()
    if text[end : end + 1] in ("/", "_") or text[end : end + 2] == "::":
        return True
    if text[max(0, start - 1) : start] in ("/", "_", "$", "-"):
        return True
    return bool(not_after) and not not_after.isdisjoint(text[max(0, start - 20) : start].lower().split()[-1:])


def _in_longer_code(passage: Passage, match: re.Match[str]) -> bool:
    """Whether a name stands in a command or a path."""
    start, end = match.span()
    return any(
        mark.kind == MarkKind.CODE
        and mark.start <= start
        and end <= mark.end
        and mark.end - mark.start > end - start + 12
        for mark in passage.block.marks
    )


def _version(page: Page, passage: Passage, match: re.Match[str], name: str) -> tuple[str, str]:
    """The version that is told for a name, and as it is written; empty for none."""
    text, rules = passage.block.text, page.rules
    start, end = match.span()
    version = written = ""
    cell = _NEXT_CELL.match(text, end, end + 80) if passage.block.kind == Kind.TABLE else None
    beside_from = cell.end() if cell else end
    if beside := rules.pattern(BETWEEN).match(text, beside_from, beside_from + 120):
        version = beside["version"]
        written = text[beside_from : beside.end()].strip(" :,()-\t\n")
        if set(written[: -len(version)]).isdisjoint("<>=≥^~"):
            written = version  # "PHP version 8.1" says no more than "PHP 8.1"
        up_to = RANGE.match(text, beside.end(), beside.end() + 30) if "." in version else None
        if rules.pattern(OR_LATER).match(text, beside.end(), beside.end() + 30):
            written = f">={version}"
        elif up_to and _numbers(up_to["newest"]) > _numbers(version):
            written = f"{version} - {up_to['newest']}"
        elif written[:1] == ">" and (below := _AND_BELOW.match(text, beside.end(), beside.end() + 30)):
            written = f"{written}, {below[1]}"
        elif written == version and (others := _enumerated(page, text, beside.end(), version)):
            written = " || ".join((version, *others))
        if name == "python" and (three := _PYTHON_3.match(text, beside.start("version"), beside.start("version") + 60)):
            version = written = three["version"]
            if rules.pattern(OR_LATER).match(text, three.end(), three.end() + 30):
                written = f">={version}"
    elif ahead := rules.pattern(BEFORE).search(text[max(0, start - 40) : start]):
        version = written = ahead["version"]
    elif glued := _GLUED.search(match[0]):
        version = written = glued[0]
    elif (
        passage.block.item
        and start - (text.rfind("\n", 0, start) + 1) < 3
        and (tested := rules.pattern(TESTED).search(text, end, end + 160))
    ):
        version = written = tested["version"]
    elif passage.block.kind == Kind.HEADING and (below := rules.pattern(BELOW).match(page.below(passage))):
        version = written = below["version"]
    return version, written


def _enumerated(page: Page, text: str, position: int, version: str) -> list[str]:
    """The versions that an enumeration goes on with, each newer than the one before it and written like the first."""
    found = [version]
    while len(found) < _MOST_VERSIONS and (more := page.rules.pattern(_MORE).match(text, position, position + 40)):
        alike = more["version"].count(".") == version.count(".")
        if not alike or _numbers(more["version"]) <= _numbers(found[-1]):
            break
        found.append(more["version"])
        position = more.end()
    return found[1:]


def _numbers(version: str) -> list[int]:
    return [int(part) for part in version.split(".") if part.isdigit()]


def _alternative(page: Page, mention: Mention) -> str:
    if mention.passage.scope:
        return "" if mention.passage.aside else mention.passage.scope
    sentence = sentence_around(mention.passage.block.text, mention.start)
    if len(sentence) > 160:
        return ""
    found = of_systems(scopes_in(sentence, page.rules, (*SYSTEMS, *METHODS)))
    return found if found in ("macos", "windows") and found is not None else ""


def runtimes(page: Page, draft: Draft) -> Iterator[Fact]:
    """Languages that the prose names."""
    one_dot = {runtime.name for runtime in page.rules.runtimes if runtime.one_dot}
    for mention in mentions(page, "runtime"):
        version = clean(mention.version, mention.name in one_dot)
        if version and not _plausible(mention.name, version):
            version = ""
        if version:
            rule = "runtime:version-required" if mention.required or mention.in_list else "runtime:version-in-text"
        elif mention.required and (mention.in_list or _short(mention)):
            rule = "runtime:named-as-required"
        elif mention.required:
            rule = "runtime:named-near-requirement"
        else:
            continue
        yield Runtime(
            name=mention.name,
            version=version or None,
            constraint=mention.written if version else "",
            **_with_alternative(page, draft, mention, rule),
        )


def printed(page: Page, draft: Draft) -> Iterator[Fact]:
    """Versions that languages print about themselves: what a README's author ran the application on, and no minimum."""
    wanted = [
        (runtime.name, re.compile(runtime.printed, re.MULTILINE)) for runtime in page.rules.runtimes if runtime.printed
    ]
    for passage in page.codes:
        if passage.aside or len(passage.block.text) > MAXIMUM_TEXT:
            continue
        for name, pattern in wanted:
            if match := pattern.search(passage.block.text):
                place = draft.here(passage, "runtime:printed", match.start())
                yield Runtime(name=name, version=match[1], constraint=f"{match[1]}.*", **place)


def implied_runtimes(page: Page, draft: Draft) -> Iterator[Fact]:
    """Languages given away by a framework or server that the prose names."""
    for mention in mentions(page, "implied"):
        rule = "runtime:implied-by-requirement" if mention.required else "runtime:implied"
        yield Runtime(name=mention.name, **_with_alternative(page, draft, mention, rule))


def implied_by_sources(facts: Iterable[Fact], draft: Draft) -> Iterator[Fact]:
    """Languages given away by the endings of the configuration files that somebody edits."""
    for fact in facts:
        if isinstance(fact, ConfigFile) and not fact.alternative:
            for runtime in draft.rules.runtimes:
                if fact.path.endswith(runtime.sources):
                    place = draft.fields("runtime:implied", fact.evidence.first_line, fact.evidence.last_line)
                    yield Runtime(name=runtime.name, **place)


def _plausible(name: str, version: str) -> bool:
    """Whether a number can be a version of a language: no year, no count, and no version of Node between 0.12 and 4."""
    first = int(version.split(".")[0])
    if name == "node" and first in (1, 2, 3):
        return False
    return first <= {"java": 30, "node": 40, "php": 9, "python": 4, "ruby": 4, "go": 2, "perl": 7, "dotnet": 12}.get(
        name, 60
    )


def datastores(page: Page, draft: Draft) -> Iterator[Fact]:
    """Datastores that the prose names."""
    for mention in mentions(page, "datastore"):
        version = clean(mention.version)
        if version and int(version.split(".")[0]) > (2100 if mention.name == "sqlserver" else 30):
            version = ""
        if _is_optional(page, mention):
            rule = "datastore:optional"
        elif version:
            rule = "datastore:version-in-text"
        elif mention.passage.block.kind == Kind.HEADING:
            rule = "datastore:heading"
        elif mention.required and (mention.in_list or _short(mention)):
            rule = "datastore:named-as-required"
        elif mention.required:
            rule = "datastore:named-near-requirement"
        else:
            rule = "datastore:named"
        fields = _with_alternative(page, draft, mention, rule)
        if rule == "datastore:optional":
            fields["alternative"] = fields["alternative"] or "optional"
        yield Datastore(engine=mention.name, version=version or None, **fields)


def _is_optional(page: Page, mention: Mention) -> bool:
    """Whether the sentence says that one can do without. Brackets behind the name of another datastore are about that."""
    sentence = sentence_around(mention.passage.block.text, mention.start)
    if not page.rules.cue(Cue.OPTIONAL, sentence):
        return False
    own = mention.passage.block.text[mention.start : mention.end]
    said = _noted(page.rules).sub(lambda noted: noted[0] if noted["name"] == own else noted["name"], sentence)
    return page.rules.cue(Cue.OPTIONAL, said)


@lru_cache(maxsize=4)
def _noted(rules: ReadmeRules) -> re.Pattern[str]:
    """The name of a datastore with brackets behind it."""
    names = rules.vocabulary["datastore"][0].pattern.pattern
    return re.compile(rf"(?P<name>{names})\s{{0,3}}\([^()\n]{{1,60}}\)", re.IGNORECASE)


def managers(page: Page, draft: Draft) -> Iterator[Fact]:
    """Package managers that the prose asks for."""
    for mention in mentions(page, "manager"):
        if not mention.required:
            continue
        rule = "package-manager:named-as-required" if mention.in_list or _short(mention) else "package-manager:named"
        yield PackageManager(
            name=mention.name, version=clean(mention.version) or None, **_with_alternative(page, draft, mention, rule)
        )


def programs(page: Page, draft: Draft) -> Iterator[Fact]:
    """Packages of the programs that the prose asks for."""
    for mention in mentions(page, "program"):
        if mention.required and mention.in_list and not _is_optional(page, mention):
            fields = _with_alternative(page, draft, mention, "system-package:program-in-text")
            yield SystemPackage(name=mention.name, **fields)


def _short(mention: Mention) -> bool:
    return len(mention.passage.block.text) < 120


def _with_alternative(page: Page, draft: Draft, mention: Mention, rule: str) -> dict[str, Any]:
    fields = draft.here(mention.passage, rule, mention.start)
    fields["alternative"] = _alternative(page, mention)
    return fields
