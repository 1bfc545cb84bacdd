"""Commands in prose: inline code, table cells, quotation marks, and lines that stand by themselves."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from toolkit.catalog.cues import Cue
from toolkit.catalog.readme_rules import ReadmeRules
from toolkit.documents.model import Kind
from toolkit.facts.model import Role
from toolkit.facts.readme.command_roles import ENDS_PROSE, Found, classified
from toolkit.facts.readme.installation_ways import METHODS, SYSTEMS, of_systems, scopes_in
from toolkit.facts.readme.page import Passage, code_marks, sentence_around, sentence_before
from toolkit.facts.shell import parse
from toolkit.facts.shell_lines import Dialect, is_file

MAXIMUM_BARE_LINES = 1_000  # of one paragraph
MAXIMUM_IN_TABLE = 500  # commands
BARE_LINE = re.compile(r"[\w./~$#>*(-]")
ENUMERATED = re.compile(r"\d{1,2}[ ]?[-.)][ ]{1,3}(?=\S)")  # by hand: "1 - composer install"
_REMARK = re.compile(r"\w\s\(")  # no shell takes an opening bracket behind a word
_DATA = re.compile(  # nothing that runs
    r"\.(?:cfg|conf|crt|css|csv|db|gz|html?|ini|json|key|lock|log|md|pem|png|rst|sql|sqlite3?|svg|toml|txt|xml|ya?ml|zip)$",
    re.IGNORECASE,
)
_ONE_WORD = re.compile(r"[^\s'\"=;&|<>(){}`$\\!#*]+")  # and nothing that a shell would take apart
_FOLDER_OR_ROUTE = re.compile(r"(?:/|~/)[\w-]*/?")
PURPOSE = r"^[\s`.)]{0,4}%purpose%\s{1,3}(?P<what>[^.\n]{3,80})"
_CODE_IN_CELL = re.compile(r"`{1,2}([^`\n]{3,600})`")
_QUOTED = re.compile(r'(?<![\w="])"([a-z./][^"\n]{4,200})"')
_NAMED_THING = r"\s{0,3}%thing%\b"
_IN_IMAGE = frozenset({Role.SYSTEM_PACKAGE, Role.INSTALL, Role.BUILD, Role.RELEASE, Role.START})


def read(rules: ReadmeRules, passage: Passage) -> Iterator[Found]:
    """The commands of a paragraph, heading or table."""
    block = passage.block
    marked_lines: set[int] = set()
    marks = list(code_marks(block)) if block.kind != Kind.TABLE else []
    for mark, text in marks:
        if len(text) < 2 or len(text) > 3_000:
            continue
        at = block.line_of(mark.start)
        if (one := _inline(rules, passage, text, mark.start, at)) is not None:
            marked_lines.add(at)
            yield from one
    if block.kind == Kind.TABLE:
        yield from _of_table(rules, passage)
        return
    if '"' in block.text and not marks:
        yield from _quoted(rules, passage)
    lines = block.text.split("\n", MAXIMUM_BARE_LINES)[:MAXIMUM_BARE_LINES]
    number = 0
    while number < len(lines):
        line = lines[number]
        start = number
        number += 1
        if block.first_line + start in marked_lines or not line.strip() or len(line) > 600:
            continue
        while line.rstrip().endswith("\\") and number < len(lines):
            line = line.rstrip()[:-1] + " " + lines[number].strip()
            number += 1
        begin = line.lstrip()[:1]  # nothing where a lone backslash went on to a blank line
        if begin and (": " in line or not begin.isupper()):  # a sentence, as most lines are
            yield from _bare_line(rules, passage, line, block.first_line + start)


def _quoted(rules: ReadmeRules, passage: Passage) -> Iterator[Found]:
    """Commands that a text without markup has between quotation marks, which the rules know well."""
    block = passage.block
    for match in _QUOTED.finditer(block.text):
        words = match[1].split()
        if len(words) > 1 and rules.reads_as_command(words):
            found = _inline(rules, passage, match[1], match.start(1), block.line_of(match.start()))
            yield from (one for one in found or () if one.classified and one.classified.specific)


def _of_table(rules: ReadmeRules, passage: Passage) -> Iterator[Found]:
    """Commands in a table's cells that the rules know well, each for the system that its row names."""
    block = passage.block
    if "`" not in block.text:
        return
    lines = block.text.split("\n")
    left = MAXIMUM_IN_TABLE
    for row in block.rows[1:]:
        text = lines[row.line - block.first_line] if row.line - block.first_line < len(lines) else ""
        codes = _CODE_IN_CELL.findall(text)
        typed = [code for code in codes if len(words := code.split()) > 1 and rules.reads_as_command(words)]
        if not typed or left <= 0:
            continue
        said = _CODE_IN_CELL.sub(" ", text)
        way = of_systems(scopes_in(said, rules, (*SYSTEMS, *METHODS))) or ""
        for command in (command for code in typed[:left] for command in parse(code, row.line, rules.reads_as_command)):
            left -= 1
            one = classified(rules, command, passage, said) if command.words else None
            known = one.classified if one and command.dialect == Dialect.POSIX else None
            if one and known and known.specific and not known.rule.weak:
                yield replace(one, alternative=one.alternative or ("" if way == "linux" else way))


def _inline(rules: ReadmeRules, passage: Passage, text: str, start: int, line: int) -> list[Found] | None:
    """Commands of inline code: what the rules know well, and what the sentence says to run."""
    flat = " ".join(text.split())
    if not BARE_LINE.match(flat) or flat.startswith(("-", "http://", "https://")):
        return None
    one_word = bool(_ONE_WORD.fullmatch(flat))
    if one_word and (
        _FOLDER_OR_ROUTE.fullmatch(flat)
        or _DATA.search(flat)
        or (not is_file(flat) and not rules.commands.may_stand_alone(flat))
    ):
        return None  # the name of something
    before = sentence_before(passage.block.text, start)
    near = before[-60:]
    if rules.cue(Cue.NEGATED, near):
        return None
    after = passage.block.text[start + len(text) : start + len(text) + 200]
    whole = not before.rsplit("\n", 1)[-1].strip() and not after.split("\n", 1)[0].strip(" .`:")  # of its line
    asked = whole or rules.cue(Cue.RUN, near) or not before.strip() or near.rstrip().endswith(":")
    told = whole or rules.cue(Cue.EXECUTE, near[-30:]) or near.rstrip().endswith(":")
    if one_word and not told and not (asked and flat.startswith("./")):
        return None
    commands = [command for command in parse(flat, line, rules.reads_as_command) if command.words]
    if any(command.dialect != Dialect.POSIX for command in commands):
        return None
    found = []
    purpose = rules.pattern(PURPOSE).match(passage.block.text[start + len(text) : start + len(text) + 120])
    for command in commands:
        one = classified(rules, command, passage, purpose["what"] if purpose else before)
        known = one.classified
        if known is not None and not known.rule.weak:
            alone = len(command.words) == 1
            if not (known.specific and not alone) and not (
                (told if alone else asked) and not _is_name(rules, passage.block.text, start, flat)
            ):
                continue
        elif not (
            (told or (asked and command.words[0].startswith("./")))
            and one.role != Role.UNKNOWN
            and (is_file(command.words[0]) or (known is not None and len(command.words) > 1))
            and not _is_name(rules, passage.block.text, start, flat)
        ) or (known is None and one.role == Role.INSTALL and len(command.words) == 1):
            continue
        found.append(one)
    alternative = found and of_systems(
        scopes_in(sentence_around(passage.block.text, start), rules, (*SYSTEMS, *METHODS))
    )
    if alternative and alternative != "linux":
        found = [one if one.alternative else replace(one, alternative=alternative) for one in found]
    return found or None


def _is_name(rules: ReadmeRules, text: str, start: int, code: str) -> bool:
    """Whether inline code of one word names a thing ("the `postgres` user") and is not typed."""
    return " " not in code and bool(rules.pattern(_NAMED_THING).match(text[start + len(code) : start + len(code) + 30]))


def _bare_line(rules: ReadmeRules, passage: Passage, line: str, number: int) -> Iterator[Found]:
    """Commands of a line of text without markup: only what cannot be a sentence."""
    stripped = line.strip()
    if stripped[0].isdigit():
        stripped = ENUMERATED.sub("", stripped, count=1)
    if ": " in stripped:
        said, _, typed = stripped.rpartition(": ")
        words = typed.split()
        if len(words) > 1 and not ENDS_PROSE.search(typed) and rules.reads_as_command(words):
            for command in parse(typed, number, rules.reads_as_command):
                one = classified(rules, command, passage, said) if command.words else None
                if one and one.role in _IN_IMAGE and one.classified and one.classified.specific:
                    yield replace(one, rule="command:bare-line", inline=False)
            return
    first = stripped.split(None, 1)[0]
    prompted = stripped[:2] in ("$ ", "# ") and len(stripped) > 2
    if first[0] == "$" and rules.is_program(first[1:]):  # a prompt without a blank
        stripped, first, prompted = f"$ {stripped[1:]}", "$", True
    if not prompted and not BARE_LINE.match(first):
        return
    if not prompted and not (rules.is_program(first) or first.startswith("./") or first == "sudo"):
        return
    words = stripped.split()
    if not prompted:
        if (ENDS_PROSE.search(stripped) and not stripped.endswith(";")) or len(words) > 40 or first[0].isupper():
            return
        if _REMARK.search(stripped):
            return
        if any(word.endswith((":", ",")) or word == "..." for word in words[:-1]) or words[0].endswith(":"):
            return
        if first.startswith("./"):
            # A path alone in its paragraph, under words that say to run something.
            if len(words) > 3 or passage.block.kind == Kind.HEADING or _DATA.search(first):
                return
            context = passage.lead if passage.lead.endswith(":") else "".join(passage.headings[-1:])
            commands = [command for command in parse(stripped, number) if command.words]
            for command in commands:
                one = classified(rules, command, passage, context)
                if one.role == Role.UNKNOWN:
                    one = replace(one, role=Role.START, rule="command:path-alone", service="web")
                yield replace(one, inline=False)
            return
    for command in parse(stripped, number, rules.reads_as_command):
        if not command.words or command.dialect != Dialect.POSIX:
            continue
        one = replace(
            classified(rules, command, passage, passage.headings[-1] if passage.headings else ""), inline=False
        )
        known = one.classified
        if known is None:
            continue
        if not prompted and (len(command.words) < 2 or _sentence_like(rules, words)):
            continue
        if not prompted and not (
            known.specific
            or first == "sudo"
            or _runs_script(rules, command.words)
            or any(word.startswith("-") for word in words)
            or stripped.endswith(";")
        ):
            continue
        yield replace(one, rule="command:bare-line" if not prompted else one.rule)


def _runs_script(rules: ReadmeRules, words: Sequence[str]) -> bool:
    """Whether an interpreter is given a script of a kind that is known: php artisan, python manage.py."""
    return len(words) > 2 and words[0] in rules.commands.interpreters and rules.is_program(words[1])


def _sentence_like(rules: ReadmeRules, words: list[str]) -> bool:
    return sum(word.lower().strip(",.") in rules.little_words for word in words[1:]) >= max(1, len(words) // 6)
