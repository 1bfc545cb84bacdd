"""Environment variables in code blocks: `.env` files, export lines, mappings, columns, and what programs ask for."""

import re
from collections.abc import Iterator

from toolkit.catalog.cues import Cue
from toolkit.facts.model import EnvironmentVariable
from toolkit.facts.readme.code_kind import CodeKind
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.own_program import own_names, plain
from toolkit.facts.readme.page import Page, Passage
from toolkit.facts.readme.variable_context import NAMED_BEFORE, about_environment, way
from toolkit.facts.readme.variable_words import NAME, Vocabulary, unquoted, vocabulary
from toolkit.facts.shell import parse

ASSIGNMENT = re.compile(
    r"[ \t]{0,20}(?:[-*+][ \t]{1,3})?(?:export[ \t]{1,4}|set[ \t]{1,4}|ENV[ \t]{1,4})?([A-Z][A-Z0-9_]{1,80})[ \t]{0,3}=(?!=|>)[ \t]{0,3}([^\n]{0,500})"
)
# https://httpd.apache.org/docs/2.4/mod/mod_env.html#setenv
_SET_BY_APACHE = re.compile(r"^[ \t]{0,40}SetEnv[ \t]{1,8}([A-Z][A-Z0-9_]{1,80})[ \t]{1,8}([^\n]{1,300})", re.MULTILINE)
COMMENTED = re.compile(r"[ \t]{0,20}#[ \t]{0,2}([A-Z][A-Z0-9_]{2,80})=([^\n]{0,500})")


def read(page: Page, passage: Passage, draft: Draft) -> Iterator[EnvironmentVariable]:
    words = vocabulary(page.rules)
    yield from asked_for(passage, draft, words)
    for told in _SET_BY_APACHE.finditer(passage.block.text) if "SetEnv" in passage.block.text else ():
        if words.good(told[1]):
            place = draft.here(passage, "variable:set-by-apache", told.start(1))
            yield draft.variable(told[1], unquoted(told[2]), place)
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
    about = bool(
        about_environment(page, passage)
        or page.rules.cue(Cue.ENVIRONMENT_VARIABLE, passage.lead[-200:])
        or ".env" in passage.lead
    )
    yield from _in_columns(passage, draft, words) if about else ()
    yield from _in_mapping(passage, draft, words)
    yield from _in_lines(page, passage, draft, words, about=about)


def _in_columns(passage: Passage, draft: Draft, words: Vocabulary) -> Iterator[EnvironmentVariable]:
    if (named := _COLUMNS.match(passage.block.text)) and named.end() == len(passage.block.text):
        for column in _COLUMN.finditer(passage.block.text):
            if words.good(column[1]):
                yield draft.variable(column[1], column[2], draft.here(passage, "variable:column", column.start()))


def _in_mapping(passage: Passage, draft: Draft, words: Vocabulary) -> Iterator[EnvironmentVariable]:
    if _MAPPING.fullmatch(passage.block.text):
        for pair in _PAIR.finditer(passage.block.text):
            if words.good(pair[1]):
                place = draft.here(passage, "variable:mapping", pair.start())
                yield draft.variable(pair[1], unquoted(pair[2]), {**place, "alternative": way(passage)})


def _in_lines(
    page: Page, passage: Passage, draft: Draft, words: Vocabulary, *, about: bool
) -> Iterator[EnvironmentVariable]:
    """NAME=value, each on a line of its own; `about` tells that the words around speak of variables."""
    sure = passage.kind == CodeKind.ENV
    settings_file = words.program_file.search(passage.lead[-160:]) and ".env" not in passage.lead
    offset, noted = 0, False
    for line in passage.block.text.split("\n"):
        if line.lstrip().startswith("#") or not line.strip():
            noted = bool(line.strip()) and page.rules.cue(Cue.ENVIRONMENT_VARIABLE, line)
            if passage.kind == CodeKind.SHELL and NAMED_BEFORE.search(line):
                for named in NAME.finditer(line):
                    if words.good(named[0]):
                        place = draft.here(passage, "variable:in-comment", offset)
                        yield draft.variable(named[0], None, place)
        match = ASSIGNMENT.match(line)
        exported = line.lstrip().startswith(("export", "set ", "ENV"))
        written = sure and ".env" in passage.lead
        if match and not (words.good(match[1], exported=exported, written=written) and _is_value(match[2])):
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
                    place["alternative"] = way(passage)
                for name, given in _before_command(line, page, passage) or [(match[1], value)]:
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


def asked_for(passage: Passage, draft: Draft, words: Vocabulary) -> Iterator[EnvironmentVariable]:
    """Variables that a block of code looks up in its environment."""
    text = passage.block.text
    for match in _ASKED_FOR.finditer(text) if "env" in text or "ENV" in text or "Env" in text else ():
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


_BEFORE_ONE = re.compile(
    r"[ \t]{0,20}[A-Z][A-Z0-9_]{1,80}=[^\s'\"]{1,200}[ \t]{1,4}([a-z][\w.-]{1,40})(?:[ \t]{1,4}-[^\n]{0,300})?"
)
_SEVERAL = re.compile(r"[ \t]{0,20}[A-Z][A-Z0-9_]{1,80}=\S{1,200}[ \t]{1,20}[A-Z][A-Z0-9_]{1,80}=")


def _before_command(line: str, page: Page, passage: Passage) -> list[tuple[str, str]]:
    """Each of the variables that a shell sets on the line of a command: of several, `HOST=0.0.0.0 PORT=9000 crontab`, or in
    front of the application's own program, which has the block for itself."""
    own = _BEFORE_ONE.fullmatch(line.rstrip()) if passage.block.text.strip() == line.strip() else None
    if not _SEVERAL.match(line) and not (own and plain(own[1]) in own_names(page)):
        return []
    return [(name, unquoted(value)) for command in parse(line)[:1] for name, value in command.environment]


_FILL_IN = re.compile(r"\[[^\[\]\"',{}]{1,80}\]\s*$")


def _is_value(text: str) -> bool:
    """Whether what follows `NAME =` can be a variable's value: no comparison, no list or table of a program."""
    return not text.lstrip().startswith(("=", "{", "[", "(")) or bool(_FILL_IN.match(text.lstrip()))
