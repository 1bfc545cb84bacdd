"""Commands of a page with their roles: from code blocks, inline code and lines that stand by themselves."""

import re
from dataclasses import replace

from toolkit.catalog.readme_rules import ReadmeRules
from toolkit.documents.model import Kind
from toolkit.facts.model import Role
from toolkit.facts.readme import commands_in_text
from toolkit.facts.readme.code_kind import CRON_LINE, SQL_START, CodeKind
from toolkit.facts.readme.command_roles import ENDS_PROSE, Found, classified
from toolkit.facts.readme.page import MAXIMUM_COMMANDS, MAXIMUM_TEXTS, Page, Passage
from toolkit.facts.shell_command import SimpleCommand
from toolkit.facts.shell_lines import FILE_LIKE, Dialect

_INSTALLS_PROGRAM = re.compile(
    r"(?:npm (?:install|i|add)|yarn global add|pnpm (?:add|install)|pip3? install|gem install|cargo install|go install)\s"
)
_FILE_NAME = re.compile(r"[\w-]{1,80}\.\w{1,8}")


def find(page: Page) -> list[Found]:
    """Every command of the page, in order of its lines."""
    found: list[Found] = []
    texts = 0
    for passage in page.passages:
        if len(found) > MAXIMUM_COMMANDS:
            break
        if passage.block.kind == Kind.CODE:
            found += _of_block(page.rules, passage)
        elif (texts := texts + 1) <= MAXIMUM_TEXTS:
            found += commands_in_text.read(page.rules, passage)
    return _without_names(found)


def _without_names(found: list[Found]) -> list[Found]:
    """Commands without those that merely name the script which another command runs: "the `install.sh` script" above
    `bash ./install.sh`."""
    named = [
        one.inline and len(one.command.words) == 1 and bool(_FILE_NAME.fullmatch(one.command.text)) for one in found
    ]
    if not any(named):
        return found
    words = (word for one, name in zip(found, named, strict=True) if not name for word in one.command.words[:2])
    run = {word.rsplit("/", 1)[-1] for word in words}
    return [one for one, name in zip(found, named, strict=True) if not name or one.command.text not in run]


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
        found.append(classified(rules, command, passage))
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
    if not re.fullmatch(r"[\w.+@/$~-]{1,120}", first) or first.lower() in rules.little_words:
        return True
    # A capital letter begins a sentence, not a program; so does a word with three more that end in a full stop.
    return first[0].isupper() or (len(command.words) > 3 and bool(ENDS_PROSE.search(command.text)))


def _builds(found: Found) -> str:
    """The name of the program that a build command writes (`go build -o NAME`, `gcc -o NAME`)."""
    words = found.command.words
    if found.role == Role.BUILD and "-o" in words[:-1]:
        return words[words.index("-o") + 1].rsplit("/", 1)[-1]
    return ""


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
