"""Environment variables: from tables, lists, `.env` blocks, export lines and sentences."""

import re
from collections import Counter
from collections.abc import Iterator
from functools import cached_property

from toolkit.catalog.readme_rules import Cue
from toolkit.documents.model import Block, Kind, Row
from toolkit.facts.model import EnvironmentVariable
from toolkit.facts.readme import variables_of_commands
from toolkit.facts.readme.code_kind import CodeKind
from toolkit.facts.readme.commands import Found
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.page import METHODS, Page, Passage, code_marks, sentence_around
from toolkit.facts.readme.variable_words import ENV_FILE, VARIABLE, Vocabulary, unquoted, vocabulary
from toolkit.facts.secrets import masked
from toolkit.facts.shell import parse

ASSIGNMENT = re.compile(
    r"[ \t]{0,20}(?:[-*+][ \t]{1,3})?(?:export[ \t]{1,4}|set[ \t]{1,4}|ENV[ \t]{1,4})?([A-Z][A-Z0-9_]{1,80})[ \t]{0,3}=(?!=|>)[ \t]{0,3}([^\n]{0,500})"
)
COMMENTED = re.compile(r"[ \t]{0,20}#[ \t]{0,2}([A-Z][A-Z0-9_]{2,80})=([^\n]{0,500})")
ITEM = re.compile(
    r"([A-Z][A-Z0-9_]{1,80})(?:[`*]{0,3})(?:[ \t]{0,3}\([^()\n]{1,60}\))?[ \t]{0,3}(?::|=|-{1,2}|–|—|→|=>)[ \t]{0,4}([^\n]{0,500})"
)
FAMILY = 3  # variables that begin alike
_NAME = re.compile(r"(?<![\w/.$<-])[A-Z][A-Z0-9]{1,30}_[A-Z0-9_]{1,60}(?![\w/>-]|\.\w)")
MAY_NAME = re.compile(r"[A-Z][A-Z0-9_]{2}|env|ENV")


def read(page: Page, draft: Draft, found: list[Found]) -> Iterator[EnvironmentVariable]:
    """Every environment variable that the page states."""
    stated = list(_stated(page, draft, found))
    yield from stated
    yield from _of_families(page, draft, {fact.name for fact in stated})


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
        for match in _NAME.finditer(text) if any(prefix in text for prefix in families) else ():
            if match[0] not in known and match[0].split("_", 1)[0] in families and words.good(match[0]):
                yield draft.variable(match[0], None, draft.here(passage, "variable:of-family", match.start()))


def _stated(page: Page, draft: Draft, found: list[Found]) -> Iterator[EnvironmentVariable]:
    sections = _Sections(page)
    for passage in page.passages:
        if passage.aside:
            continue
        if passage.block.kind == Kind.CODE:
            yield from _in_code(page, passage, draft)
        elif passage.block.kind == Kind.TABLE:
            yield from _in_table(page, passage, draft)
        elif passage.block.kind == Kind.PARAGRAPH:
            yield from _in_text(page, passage, draft, sections)
        elif passage.block.kind == Kind.HEADING:
            yield from _heading(page, passage, draft)
    yield from variables_of_commands.read(found, draft)


class _Sections:
    """The sections whose text speaks of environment variables, or of a file of them, and of no file of a program's
    settings; looked for when first asked."""

    def __init__(self, page: Page) -> None:
        self._page = page

    @cached_property
    def _numbers(self) -> frozenset[int]:
        words = vocabulary(self._page.rules)
        texts = [(one.section, one.block.text) for one in self._page.texts]
        named = {section for section, text in texts if _NAMED_BEFORE.search(text) or words.named.search(text)}
        return frozenset(named - {section for section, text in texts if words.program_file.search(text)})

    def __contains__(self, passage: Passage) -> bool:
        return passage.section in self._numbers


def _heading(page: Page, passage: Passage, draft: Draft) -> Iterator[EnvironmentVariable]:
    """The variable that a heading is the name of, below one about environment variables."""
    name = passage.block.text.strip("`*$ :")
    if (
        name.isupper()
        and vocabulary(page.rules).good(name)
        and any(page.rules.cue(Cue.ENVIRONMENT_VARIABLE, heading) for heading in passage.headings[-3:-1])
    ):
        yield draft.variable(name, None, draft.here(passage, "variable:heading"))


def _about_environment(page: Page, passage: Passage) -> bool:
    """Whether the section is about environment variables."""
    return any(page.rules.cue(Cue.ENVIRONMENT_VARIABLE, heading) for heading in passage.headings[-2:])


def _about_constants(page: Page, passage: Passage, column: str = "") -> bool:
    """Whether names in capitals are roles, states or errors here: the heading, lead-in or head of their column says so."""
    return any(
        page.rules.cue(Cue.CONSTANT, text) for text in (*passage.headings[-1:], passage.lead[-120:], column) if text
    )


def _in_code(page: Page, passage: Passage, draft: Draft) -> Iterator[EnvironmentVariable]:
    words = vocabulary(page.rules)
    yield from _asked_for(passage, draft, words)
    if (
        passage.kind in (CodeKind.PROPERTIES, CodeKind.YAML)
        and "${" in passage.block.text
        and "services:" not in passage.block.text
    ):
        yield from _put_in(passage, draft, words)
    program = passage.kind == CodeKind.PROGRAM and words.named.search(passage.lead[-300:])
    if not program and passage.kind not in (
        CodeKind.ENV,
        CodeKind.SHELL,
        CodeKind.WINDOWS,
        CodeKind.INI,
        CodeKind.PROPERTIES,
        CodeKind.OTHER,
    ):
        return
    sure = passage.kind == CodeKind.ENV
    settings_file = words.program_file.search(passage.lead[-160:]) and ".env" not in passage.lead
    about = (
        _about_environment(page, passage)
        or page.rules.cue(Cue.ENVIRONMENT_VARIABLE, passage.lead[-200:])
        or ".env" in passage.lead
    )
    if about and (named := _COLUMNS.match(passage.block.text)) and named.end() == len(passage.block.text):
        for column in _COLUMN.finditer(passage.block.text):
            if words.good(column[1]):
                yield draft.variable(column[1], column[2], draft.here(passage, "variable:column", column.start()))
    if _MAPPING.fullmatch(passage.block.text):
        for pair in _PAIR.finditer(passage.block.text):
            if words.good(pair[1]):
                place = draft.here(passage, "variable:mapping", pair.start())
                yield draft.variable(pair[1], unquoted(pair[2]), {**place, "alternative": _way(passage)})
    offset, noted = 0, False
    for line in passage.block.text.split("\n"):
        if line.lstrip().startswith("#") or not line.strip():
            noted = bool(line.strip()) and page.rules.cue(Cue.ENVIRONMENT_VARIABLE, line)
            if passage.kind == CodeKind.SHELL and _NAMED_BEFORE.search(line):
                for named in _NAME.finditer(line):
                    if words.good(named[0]):
                        place = draft.here(passage, "variable:in-comment", offset)
                        yield draft.variable(named[0], None, place)
        match = ASSIGNMENT.match(line)
        exported = line.lstrip().startswith(("export", "set ", "ENV"))
        if match and not (words.good(match[1], exported=exported) and _is_value(match[2])):
            match = None
        if match is None and sure and (commented := COMMENTED.match(line)) and words.good(commented[1]):
            match = commented
        if match is not None:
            value = unquoted(match[2])
            if exported and re.search(r"\s[A-Z][A-Z0-9_]{1,80}=", value):
                offset += len(line) + 1
                continue  # several on one line: the shell reader takes them apart
            spaced = bool(re.match(r"[ \t]{0,20}[A-Z0-9_]{2,80}[ \t]{1,3}=[ \t]", line))
            if (sure or about or noted or exported) and not (settings_file and spaced and not about):
                rule = "variable:env-block" if sure else "variable:assignment"
                place = draft.here(passage, rule, offset)
                if sure:
                    place["alternative"] = _way(passage)
                for name, given in _before_command(line) or [(match[1], value)]:
                    yield draft.variable(name, given, place, required=not line.lstrip().startswith("#"))
            elif passage.kind in (CodeKind.OTHER, CodeKind.INI) and not spaced and not settings_file:
                yield draft.variable(match[1], value, draft.here(passage, "variable:assignment-unclear", offset))
        offset += len(line) + 1


# As under `environment:` of a Compose file: every key in capitals, of several words.
_PAIR = re.compile(r"^[ \t]{0,20}([A-Z][A-Z0-9]{0,40}_[A-Z0-9_]{1,80}):[ \t]{1,4}([^\s\[{][^\n]{0,300})", re.MULTILINE)
_MAPPING = re.compile(
    r"(?:[ \t]{0,20}environment:[ \t]{0,4}\n)?(?:\s{0,20}[A-Z][A-Z0-9]{0,40}_[A-Z0-9_]{1,80}:[ \t]{1,4}[^\s\[{][^\n]{0,300}(?:\n|$)){1,100}\s{0,20}"
)
# Names above each other, their values in a second column.
_COLUMN = re.compile(r"^[ \t]{0,20}([A-Z][A-Z0-9_]{1,80})[ \t]{1,60}(\S[^\n]{0,300})", re.MULTILINE)
_COLUMNS = re.compile(r"(?:[ \t]{0,20}[A-Z][A-Z0-9_]{1,80}[ \t]{1,60}[^\s=:][^\n]{0,300}(?:\n|$)){2,100}")
# How programs ask for a variable, which people write in sentences too: ENV["KEY"], process.env.KEY, getenv('KEY').
_ASKED_FOR = re.compile(
    r"\b(?:ENV(?:\.fetch\(|\[)|environ(?:\.get\(|\[)|getenv\(|GetEnvironmentVariable\(|process\.env(?:\.|\[))[\"']?([A-Z][A-Z0-9_]{1,80})\b"
)


def _asked_for(passage: Passage, draft: Draft, words: Vocabulary) -> Iterator[EnvironmentVariable]:
    for match in _ASKED_FOR.finditer(passage.block.text):
        if words.good(match[1]):
            yield draft.variable(match[1], None, draft.here(passage, "variable:asked-for", match.start()))


# Where Spring Boot puts a variable into its settings:
# https://docs.spring.io/spring-boot/reference/features/external-config.html#features.external-config.files.property-placeholders
_PUT_IN = re.compile(
    r"^[ \t]{0,40}[\w.-]{1,120}[=:][ \t]{0,4}[^\n$#]{0,200}?\$\{([A-Z][A-Z0-9_]{1,80})(?::([^{}\n]{0,200}))?\}",
    re.MULTILINE,
)


def _put_in(passage: Passage, draft: Draft, words: Vocabulary) -> Iterator[EnvironmentVariable]:
    for match in _PUT_IN.finditer(passage.block.text):
        if words.good(match[1]):
            yield draft.variable(match[1], match[2], draft.here(passage, "variable:put-in", match.start(1)))


_SEVERAL = re.compile(r"[ \t]{0,20}[A-Z][A-Z0-9_]{1,80}=\S{1,200}[ \t]{1,20}[A-Z][A-Z0-9_]{1,80}=")


def _before_command(line: str) -> list[tuple[str, str]]:
    """Each of several variables that a shell sets on one line: `HOST=0.0.0.0 PORT=9000 crontab`."""
    if not _SEVERAL.match(line):
        return []
    return [(name, unquoted(value)) for command in parse(line)[:1] for name, value in command.environment]


_FILL_IN = re.compile(r"\[[^\[\]\"',{}]{1,80}\]\s*$")


def _is_value(text: str) -> bool:
    """Whether what follows `NAME =` can be a variable's value: no comparison, no list or table of a program."""
    return not text.lstrip().startswith(("=", "{", "[", "(")) or bool(_FILL_IN.match(text.lstrip()))


def _first_word(text: str) -> str:
    """A value in a sentence: what is quoted, or up to the next blank."""
    text = text.strip()
    return unquoted(text) if text[:1] in ("'", '"') else text.split(" ", 1)[0].rstrip(".,;")


def _in_table(page: Page, passage: Passage, draft: Draft) -> Iterator[EnvironmentVariable]:
    rows = passage.block.rows
    if len(rows) < 2:
        return
    words = vocabulary(page.rules)
    columns = {kind: _column(rows[0].cells, headers) for kind, headers in page.rules.table_headers.items()}
    said = next((number for number, cell in enumerate(rows[0].cells) if words.named.search(cell)), None)
    if said is not None:
        columns["name"] = said
    first_cells = [_names_in_cell(_cell(row, columns["name"] or 0), words) for row in rows[1:]]
    proper = sum(bool(names) for names in first_cells)
    if not proper or (said is None and proper < len(first_cells) * 0.5):
        return
    about = said is not None or (
        _about_environment(page, passage)
        or "env" in " ".join(rows[0].cells).lower()
        or (
            any("_" in name for names in first_cells for name in names)
            and not _about_constants(page, passage, _cell(rows[0], columns["name"] or 0))
        )
    )
    if not about:
        return
    for row, names in zip(rows[1:], first_cells, strict=True):
        value = _value_in_cell(_cell(row, columns["default"])) if len(names) == 1 else None
        wanted = _cell(row, columns["required"]).lower().strip("`* ")
        described = _cell(row, columns["description"])
        for name in filter(words.good, names):
            yield draft.variable(
                name,
                value,
                draft.fields("variable:table", row.line, row.line, _way(passage)),
                required=not (wanted in page.rules.no_words or bool(words.optional.search(described))),
                description=_description(described),
            )


def _cell(row: Row, column: int | None) -> str:
    return row.cells[column].strip() if column is not None and column < len(row.cells) else ""


def _way(passage: Passage) -> str:
    """The way of installing that listed variables belong to. What containers and hosts give an application is its own."""
    return "" if passage.scope in METHODS else passage.scope


def _description(text: str) -> str:
    return masked(" ".join(text.split()))[:200]


def _column(header: tuple[str, ...], words: frozenset[str]) -> int | None:
    for number, cell in enumerate(header):
        if cell.lower().strip(" *`:?") in words:
            return number
    return None


_AFTER_NAMES = re.compile(r"[=(\[:†✱]|\s[-–—]\s|<(?!br)")  # a value, a note, a mark


def _names_in_cell(cell: str, words: Vocabulary) -> list[str]:
    """The variables that a cell names: one, or several between commas; none where it says anything else."""
    names = [name.strip("`*$ {}") for name in words.between_names.split(_AFTER_NAMES.split(cell, maxsplit=1)[0])]
    return names if all(VARIABLE.match(name) and len(name) > 2 for name in names) else []


NO_VALUE = frozenset({"", "-", "—", "–", "none", "n/a", "null", "nil", "undefined", "empty"})
_QUOTED = re.compile(r"([`\"'])([^`\"'\n]{1,300})\1")
_WITH_NOTE = re.compile(r"(\S{1,300})\s{1,4}\([^()]{1,80}\)$")


def _value_in_cell(cell: str) -> str | None:
    """The value that a cell of defaults or examples holds: what is quoted first, without a note in brackets behind it."""
    cell = cell.strip()
    if cell.lower().strip("`\"' ") in NO_VALUE or (cell.startswith("(") and cell.endswith(")")):
        return None
    if match := _QUOTED.match(cell):
        return match[2].strip() or None
    if match := _WITH_NOTE.match(cell):
        cell = match[1]
    return cell.strip("`\"' ") or None


def _in_text(page: Page, passage: Passage, draft: Draft, sections: _Sections) -> Iterator[EnvironmentVariable]:
    block, text = passage.block, passage.block.text
    if len(text) > 20_000 or not MAY_NAME.search(text):
        return
    about = _about_environment(page, passage) or (
        bool(block.item)
        and passage.lead.rstrip().endswith(":")
        and page.rules.cue(Cue.ENVIRONMENT_VARIABLE, passage.lead[-120:])
    )
    words = vocabulary(page.rules)
    for pattern in (words.beside, words.before) if words.name_kind.may_be_in(text) else ():
        for match in pattern.finditer(text):
            name = match[1]
            if not words.good(name) and not (pattern is words.before and name in words.lower_case):
                continue
            yield draft.variable(
                name,
                _value_nearby(block, words, match.end(1)),
                draft.here(passage, "variable:named-as-one", match.start(1)),
            )
    offset = 0
    for number, line in enumerate(text.split("\n")):
        stripped = line.strip()
        if (
            (block.item or number or about or "_" in stripped[:80])
            and (item := ITEM.match(stripped))
            and words.good(item[1])
            and ("_" in item[1] or about)
        ):
            assigned = stripped[len(item[1]) :].lstrip("`* ")[:1] == "="
            value = _first_word(item[2]) if assigned else _default_in(item[2], words)
            if about or assigned or (block.item and not _about_constants(page, passage)):
                yield draft.variable(
                    item[1],
                    value.strip("`") if value else None,
                    {
                        **draft.here(passage, "variable:list" if about else "variable:list-unclear", offset),
                        "alternative": _way(passage),
                    },
                    required=not words.optional.search(item[2]),
                    description=_description(item[2]) if not assigned else "",
                )
        elif not number and (about or (block.item and ":" in stripped)):
            head = _names_in_cell(stripped.split(":")[0], words)
            if (about and stripped.find(":") in (-1, len(stripped) - 1)) or (
                len(head) > 1 and all("_" in name for name in head) and not _about_constants(page, passage)
            ):
                for name in filter(words.good, head):
                    yield draft.variable(name, None, draft.here(passage, "variable:list-unclear", offset))
        offset += len(line) + 1
    yield from _asked_for(passage, draft, words)
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
        elif "_" in name and (
            ".env" in sentence
            or _NAMED_BEFORE.search(text, 0, mark.start)
            or (ENV_FILE.search(passage.lead) and page.rules.cue(Cue.EDIT, sentence))
            or (
                (words.set.search(text[max(0, mark.start - 24) : mark.start]) or (block.item and mark.start < 3))
                and passage in sections
                and not _about_constants(page, passage)
            )
        ):
            yield draft.variable(
                name, _value_nearby(block, words, mark.end), draft.here(passage, "variable:inline", mark.start)
            )


_NAMED_BEFORE = re.compile(r"\.env(?!\.?\w)")  # in the paragraph; a sample is only a list
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


def _default_in(text: str, words: Vocabulary) -> str | None:
    """The value after "default" and its like, unless that is a word with which the sentence goes on."""
    match = words.default.search(text)
    if match is None or (match[1].lower() in words.little and _GOES_ON.match(text, match.end())):
        return None
    return match[1].rstrip(".")


_GOES_ON = re.compile(r"[ \t]{1,4}\w|\n[ \t]{1,8}[^\W\dA-Z_]")
