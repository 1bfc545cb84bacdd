"""Commands of a page with their roles: from code blocks, inline code and lines that stand by themselves."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from toolkit.catalog.command_rules import Classified
from toolkit.catalog.readme_rules import Cue, ReadmeRules
from toolkit.documents.model import Kind
from toolkit.facts.model import Mode, Role
from toolkit.facts.readme.code_kind import CRON_LINE, SQL_START, CodeKind
from toolkit.facts.readme.page import (
    MAXIMUM_COMMANDS,
    METHODS,
    SYSTEMS,
    Page,
    Passage,
    code_marks,
    of_systems,
    scopes_in,
    sentence_around,
    sentence_before,
)
from toolkit.facts.shell import parse
from toolkit.facts.shell_command import SimpleCommand
from toolkit.facts.shell_lines import FILE_LIKE, SOURCE_FILE, Dialect, is_file

MAXIMUM_BARE_LINES = 1_000  # of one paragraph
MAXIMUM_IN_TABLE = 500  # commands
BARE_LINE = re.compile(r"[\w./~$#>*(-]")
ENUMERATED = re.compile(r"\d{1,2}[ ]?[-.)][ ]{1,3}(?=\S)")  # by hand: "1 - composer install"
_ONE_WORD = re.compile(r"[^\s'\"=;&|<>(){}`$\\!#*]+")  # and nothing that a shell would take apart
ENDS_PROSE = re.compile(r"[.:,!?;]$")
FOR_PRODUCTION = r"\b%for_production%\b"
DOES = (
    (Cue.TEST, Role.VERIFY),
    (Cue.SETUP, Role.RELEASE),
    (Cue.BUILD, Role.BUILD),
    (Cue.INSTALL, Role.INSTALL),
    (Cue.START, Role.START),
)


@dataclass(frozen=True, slots=True)
class Found:
    """A command, what the rules and the words around it say about it, and where it stands."""

    command: SimpleCommand
    role: Role
    rule: str
    passage: Passage
    classified: Classified | None = None
    mode: Mode = Mode.PRODUCTION
    service: str = ""
    alternative: str = ""
    inline: bool = False


def find(page: Page) -> list[Found]:
    """Every command of the page, in order of its lines."""
    found: list[Found] = []
    for passage in page.passages:
        if len(found) > MAXIMUM_COMMANDS:
            break
        if passage.block.kind == Kind.CODE:
            found += _of_block(page.rules, passage)
        else:
            found += _of_text(page.rules, passage)
    return found


def _of_block(rules: ReadmeRules, passage: Passage) -> list[Found]:
    if passage.kind not in (CodeKind.SHELL, CodeKind.WINDOWS):
        return []
    found = []
    text_line = 0
    built: dict[str, int] = {}
    for command in passage.commands:
        if not command.words or CRON_LINE.match(command.text) or SQL_START.match(command.text):
            continue
        if command.first_line == text_line:
            continue
        if command.dialect == Dialect.POSIX and _is_comment_or_text(rules, command):
            text_line = command.first_line  # and so is what the grammar made of the rest of it
            continue
        found.append(_classified(rules, command, passage))
        if output := _builds(found[-1]):
            built[output] = len(found)
    return _before_the_server(_with_built_programs(rules, found, built))


def _before_the_server(found: list[Found]) -> list[Found]:
    """Of commands typed one after the other, those before one that is known to go on end by themselves, whatever the
    sentence above them announces: `flask forge` before `flask run`."""
    last = max((number for number, one in enumerate(found) if one.role == Role.START and one.classified), default=0)
    guessed = (Role.START, "command:by-lead-in", None)
    return [
        replace(one, role=Role.UNKNOWN, rule="command:unknown", service="")
        if number < last and (one.role, one.rule, one.classified) == guessed
        else one
        for number, one in enumerate(found)
    ]


def _is_comment_or_text(rules: ReadmeRules, command: SimpleCommand) -> bool:
    """A line of a shell block that nobody can type: prose, output, a path alone."""
    if command.prompted:
        return False
    first = command.words[0]
    if command.words[1:2] == ("=",):
        return True  # an assignment in another language
    if rules.is_program(first) or FILE_LIKE.match(first):
        return False
    if first.startswith(("//", "--", "<", "[", "(", "{", "*", "=", "-", "|", "+", "•", "…", "...", "@", '"', "'")):
        return True
    if not re.fullmatch(r"[\w.+@/$~-]{1,120}", first):
        return True
    # A capital letter begins a sentence, not a program; so does a word with three more that end in a full stop.
    return first[0].isupper() or (len(command.words) > 3 and bool(ENDS_PROSE.search(command.text)))


def _builds(found: Found) -> str:
    """The name of the program that a build command writes (`go build -o NAME`, `gcc -o NAME`)."""
    words = found.command.words
    if found.role == Role.BUILD and "-o" in words[:-1]:
        return words[words.index("-o") + 1].rsplit("/", 1)[-1]
    return ""


_INSTALLS_PROGRAM = re.compile(
    r"(?:npm (?:install|i|add)|yarn global add|pnpm (?:add|install)|pip3? install|gem install|cargo install|go install)\s"
)


def _with_installed_programs(rules: ReadmeRules, found: list[Found]) -> list[Found]:
    """A program of the name of a package that was installed above is what the package is for: it starts the application."""
    installed: set[str] = set()
    result = []
    for one in found:
        if one.role == Role.UNKNOWN and one.command.program in installed and one.classified is None:
            one = replace(one, role=Role.START, rule="command:just-installed", service="web")
        elif one.role == Role.INSTALL and (match := _INSTALLS_PROGRAM.search(one.command.text)):
            words = one.command.text[match.end() :].split()
            installed.update(word for word in words if word[0] != "-" and not rules.is_program(word))
        result.append(one)
    return result


def _with_built_programs(rules: ReadmeRules, found: list[Found], built: dict[str, int]) -> list[Found]:
    """A program built a few lines above is part of the build while building goes on, and the application after that."""
    found = _with_installed_programs(rules, found)
    if not built:
        return found
    last_build = max(
        (number for number, one in enumerate(found) if one.role == Role.BUILD and one.classified), default=-1
    )
    result = []
    for number, one in enumerate(found):
        if (
            one.command.program in built
            and (one.classified is None or one.classified.rule.weak)
            and len(one.command.words) == 1
        ):
            if number < last_build and one.role != Role.RELEASE:
                one = replace(one, role=Role.BUILD, rule="command:just-built")
            elif one.role in (Role.UNKNOWN, Role.INSTALL, Role.BUILD):
                one = replace(one, role=Role.START, rule="command:just-built", service="web")
        result.append(one)
    return result


def _classified(rules: ReadmeRules, command: SimpleCommand, passage: Passage, inline: str | None = None) -> Found:
    """A command with its role: by the rules, and by the words around it where they leave it open.

    `inline` is the text before a command that stands in a sentence.
    """
    known = rules.classify(command)
    lead = inline if inline is not None else command.comment or passage.lead[-300:]
    role, rule, service = Role.UNKNOWN, "command:unknown", ""
    mode = Mode.PRODUCTION
    alternative = passage.scope
    if known is not None:
        role, rule, service, mode = known.rule.role, known.name, known.rule.service, known.rule.mode
        alternative = alternative or known.alternative
        if known.rule.weak:
            rule = "command:by-file-name"
            if (said := _by_cue(rules, lead)) is not None:
                if said != role:
                    rule, service = "command:by-lead-in", service if said == Role.START else ""
                role = said
    elif _runs_file(rules, command) or command.prompted or inline is None:
        said = (
            _by_cue(rules, lead)
            or _if_told_to_run(rules, command.comment)
            or _by_heading(rules, passage)
            or _if_told_to_run(rules, lead)
        )
        typed = inline is None and lead.rstrip().endswith(":") and rules.cue(Cue.EXECUTE, lead[-100:])
        if said is not None and (_runs_file(rules, command) or command.prompted or typed):
            role, rule = said, "command:by-lead-in"
    if ASKS_FOR_HELP.intersection(command.words[1:]) or (
        len(command.words) == 2 and command.words[1] in ASKS_FOR_VERSION
    ):
        role, rule = Role.VERIFY, "command:help"
    if command.dialect != Dialect.POSIX:
        alternative = alternative or "windows"
        if role not in (Role.HOST, Role.VERIFY, Role.UNKNOWN) and command.dialect == Dialect.POWERSHELL:
            role = Role.HOST
    if role == Role.START:
        for_production = bool(rules.pattern(FOR_PRODUCTION).search(command.text))
        if (known is None or known.rule.weak or rule == "command:generic") and service in ("", "web"):
            service = _background(rules, command.comment) or service
        if known is None or known.rule.weak or not service:
            service = service or ("worker" if rules.names_worker(command.text) else "web")
        said_beside = _said_beside(rules, command.comment)
        if (passage.development if said_beside is None else said_beside) and not (
            known and known.specific and for_production
        ):
            mode = Mode.DEVELOPMENT
        elif mode == Mode.DEVELOPMENT and known is not None and known.rule.weak and for_production:
            mode = Mode.PRODUCTION
    return Found(command, role, rule, passage, known, mode, service, alternative, inline is not None)


def _said_beside(rules: ReadmeRules, comment: str) -> bool | None:
    """Whether a command's comment says that it is for development (True), for production (False), or neither or both."""
    development = rules.cue(Cue.DEVELOPMENT, comment)
    return None if development == rules.cue(Cue.PRODUCTION, comment) else development


def _runs_file(rules: ReadmeRules, command: SimpleCommand) -> bool:
    """Whether a command is a program of the application by its path, or a script that an interpreter is given."""
    words = command.words
    return is_file(words[0]) or (
        len(words) > 1 and words[0] in rules.commands.interpreters and bool(SOURCE_FILE.search(words[1]))
    )


def _runs_script(rules: ReadmeRules, words: Sequence[str]) -> bool:
    """Whether an interpreter is given a script of a kind that is known: php artisan, python manage.py."""
    return len(words) > 2 and words[0] in rules.commands.interpreters and rules.is_program(words[1])


ASKS_FOR_VERSION = frozenset({"-v", "-V", "-version", "-h", "-i", "-m"})
ASKS_FOR_HELP = frozenset({"--help", "--version", "help"})


def _background(rules: ReadmeRules, text: str) -> str:
    """scheduler or worker, where a comment beside the command says so."""
    if rules.cue(Cue.SCHEDULER, text):
        return "scheduler"
    return "worker" if rules.cue(Cue.WORKER, text) else ""


PURPOSE = r"^[\s`.)]{0,4}%purpose%\s{1,3}(?P<what>[^.\n]{3,80})"


WHEN_DONE = r"\b%when_done%\b[^,:;\n]{0,80}[,:;]"


def _by_cue(rules: ReadmeRules, text: str) -> Role | None:
    """The role that the last sentence of a lead-in, or a heading, announces."""
    text = text.strip()[-300:]
    if not text:
        return None
    last = re.split(r"(?<=[.!?;])\s", text)[-1]
    for said in (rules.pattern(WHEN_DONE).sub(" ", last), last):
        for cue, role in DOES:
            if rules.cue(cue, said):
                return role
    return None


def _by_heading(rules: ReadmeRules, passage: Passage) -> Role | None:
    """The role that the heading announces. "Installation" is about everything that follows, so it announces none."""
    if not passage.headings:
        return None
    said = _by_cue(rules, passage.headings[-1])
    if said == Role.INSTALL:
        return None
    return said or _if_told_to_run(rules, passage.headings[-1])


def _if_told_to_run(rules: ReadmeRules, text: str) -> Role | None:
    """A program of the application that one is merely told to run is what runs it."""
    last = re.split(r"(?<=[.!?;])\s", text.strip()[-300:])[-1]
    return Role.START if rules.cue(Cue.EXECUTE, last) else None


def _of_text(rules: ReadmeRules, passage: Passage) -> Iterator[Found]:
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
        yield from _bare_line(rules, passage, line, block.first_line + start)


_QUOTED = re.compile(r'(?<![\w="])"([a-z./][^"\n]{4,200})"')


def _quoted(rules: ReadmeRules, passage: Passage) -> Iterator[Found]:
    """Commands that a text without markup has between quotation marks, which the rules know well."""
    block = passage.block
    for match in _QUOTED.finditer(block.text):
        words = match[1].split()
        if len(words) > 1 and rules.reads_as_command(words):
            found = _inline(rules, passage, match[1], match.start(1), block.line_of(match.start()))
            yield from (one for one in found or () if one.classified and one.classified.specific)


_CODE_IN_CELL = re.compile(r"`{1,2}([^`\n]{3,600})`")


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
            one = _classified(rules, command, passage, said) if command.words else None
            known = one.classified if one and command.dialect == Dialect.POSIX else None
            if one and known and known.specific and not known.rule.weak:
                yield replace(one, alternative=one.alternative or ("" if way == "linux" else way))


def _inline(rules: ReadmeRules, passage: Passage, text: str, start: int, line: int) -> list[Found] | None:
    """Commands of inline code: what the rules know well, and what the sentence says to run."""
    flat = " ".join(text.split())
    if not BARE_LINE.match(flat) or flat.startswith(("-", "http://", "https://")):
        return None
    if _ONE_WORD.fullmatch(flat) and not is_file(flat) and not rules.commands.may_stand_alone(flat):
        return None  # the name of something
    commands = [command for command in parse(flat, line, rules.reads_as_command) if command.words]
    if not commands or any(command.dialect != Dialect.POSIX for command in commands):
        return None
    before = sentence_before(passage.block.text, start)
    near = before[-60:]
    if rules.cue(Cue.NEGATED, near):
        return None
    after = passage.block.text[start + len(text) :]
    whole = not before.rsplit("\n", 1)[-1].strip() and not after.split("\n", 1)[0].strip(" .`:")  # of its line
    asked = whole or rules.cue(Cue.RUN, near) or not before.strip() or near.rstrip().endswith(":")
    told = whole or rules.cue(Cue.EXECUTE, near[-30:]) or near.rstrip().endswith(":")
    found = []
    purpose = rules.pattern(PURPOSE).match(passage.block.text[start + len(text) : start + len(text) + 120])
    for command in commands:
        one = _classified(rules, command, passage, purpose["what"] if purpose else before)
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


_NAMED_THING = r"\s{0,3}%thing%\b"


def _is_name(rules: ReadmeRules, text: str, start: int, code: str) -> bool:
    """Whether inline code of one word names a thing ("the `postgres` user") and is not typed."""
    return " " not in code and bool(rules.pattern(_NAMED_THING).match(text[start + len(code) : start + len(code) + 30]))


_IN_IMAGE = frozenset({Role.SYSTEM_PACKAGE, Role.INSTALL, Role.BUILD, Role.RELEASE, Role.START})


def _bare_line(rules: ReadmeRules, passage: Passage, line: str, number: int) -> Iterator[Found]:
    """Commands of a line of text without markup: only what cannot be a sentence."""
    stripped = ENUMERATED.sub("", line.strip(), count=1)
    if ": " in stripped:
        said, _, typed = stripped.rpartition(": ")
        words = typed.split()
        if len(words) > 1 and not ENDS_PROSE.search(typed) and rules.reads_as_command(words):
            for command in parse(typed, number, rules.reads_as_command):
                one = _classified(rules, command, passage, said) if command.words else None
                if one and one.role in _IN_IMAGE and one.classified and one.classified.specific:
                    yield replace(one, rule="command:bare-line", inline=False)
            return
    first = stripped.split(None, 1)[0]
    prompted = stripped[:2] in ("$ ", "# ") and len(stripped) > 2
    if first[0] == "$" and rules.is_program(first[1:]):  # a prompt without a blank
        stripped, first, prompted = f"$ {stripped[1:]}", "$", True
    if not prompted and not BARE_LINE.match(first):
        return
    if not prompted and not (rules.is_program(first) or first.startswith("./") or first in ("sudo",)):
        return
    words = stripped.split()
    if not prompted:
        if (ENDS_PROSE.search(stripped) and not stripped.endswith(";")) or len(words) > 40 or first[0].isupper():
            return
        if any(word.endswith((":", ",")) or word == "..." for word in words[:-1]) or words[0].endswith(":"):
            return
        if first.startswith("./"):
            # A path alone in its paragraph, under words that say to run something.
            if len(words) > 3 or passage.block.kind == Kind.HEADING:
                return
            context = passage.lead if passage.lead.endswith(":") else "".join(passage.headings[-1:])
            commands = [command for command in parse(stripped, number) if command.words]
            for command in commands:
                one = _classified(rules, command, passage, context)
                if one.role == Role.UNKNOWN:
                    one = replace(one, role=Role.START, rule="command:path-alone", service="web")
                yield replace(one, inline=False)
            return
    for command in parse(stripped, number, rules.reads_as_command):
        if not command.words or command.dialect != Dialect.POSIX:
            continue
        one = replace(
            _classified(rules, command, passage, passage.headings[-1] if passage.headings else ""), inline=False
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


def _sentence_like(rules: ReadmeRules, words: list[str]) -> bool:
    return sum(word.lower().strip(",.") in rules.little_words for word in words[1:]) >= max(1, len(words) // 6)
