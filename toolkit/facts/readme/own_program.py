"""The application's own program, which is called like it: what its subcommands do."""

import re
from dataclasses import replace

from toolkit.catalog.readme_rules import ReadmeRules
from toolkit.facts.model import Role
from toolkit.facts.readme.command_roles import Found
from toolkit.facts.readme.facts_of_commands import PORT_OPTION
from toolkit.facts.readme.page import Page

_WORD = re.compile(r"[a-z0-9]+")
_CLONED = re.compile(r"\bclone\s[^\n]{0,200}?/([\w.-]{2,60}?)(?:\.git)?/?(?=\s|$)")
# transfer() { ..., function transfer { ...: what people put into their shell's profile to call a service by
_FUNCTION = re.compile(r"^[ \t]*(?:function[ \t]+([\w.-]{2,60})|([\w.-]{2,60})[ \t]*\(\))", re.MULTILINE)
MAXIMUM_TEXT = 20_000  # of a block, in which the repository is looked for
LONGEST_NAME = 4  # words of a title that a program's name may be put together from


def classified(page: Page, found: list[Found]) -> list[Found]:
    """The commands, with a role for those of the application's own program that no other rule knows."""
    if not any(_is_open(one) for one in found):
        return found
    names = own_names(page)
    return [_classified(page.rules, one, names) if _is_open(one) else one for one in found]


def own_names(page: Page) -> frozenset[str]:
    """What the application may be called: by the title, or by the repositories that are cloned; as `plain` writes it."""
    named = [passage.headings[0] for passage in page.passages[:1] if passage.headings]
    for one in page.codes:
        if "clone" in one.block.text and (match := _CLONED.search(one.block.text[:MAXIMUM_TEXT])):
            named.append(match[1])
    names: set[str] = set()
    for words in (_WORD.findall(name.lower()) for name in named):
        for length in range(1, LONGEST_NAME + 1):
            names.update("".join(words[start : start + length]) for start in range(len(words)))
    names -= {plain(a or b) for one in page.codes for a, b in _FUNCTION.findall(one.block.text[:MAXIMUM_TEXT])}
    return frozenset(name for name in names if len(name) > 2 and not page.rules.scopes_in(name))


def plain(name: str) -> str:
    """A name in small letters, without what stands between its words."""
    return "".join(_WORD.findall(name.lower()))


def _is_open(found: Found) -> bool:
    """Whether no rule knows the command."""
    return found.role == Role.UNKNOWN or (found.rule == "command:by-lead-in" and found.classified is None)


def _classified(rules: ReadmeRules, one: Found, names: frozenset[str]) -> Found:
    command = one.command
    if command.words[1:2] == ("-m",) and len(command.words) > 2:
        command = replace(command, words=(*command.words[2].split("."), *command.words[3:]))  # python -m shop.worker
    # What is done says a word, not a value: `shop --show cpu,load`.
    command = replace(command, words=(command.words[0], *(word for word in command.words[1:] if "," not in word)))
    if plain(command.program) not in names:
        return one
    known = rules.classify(command, own=True)
    if known is None and PORT_OPTION.search(command.text):
        return replace(one, role=Role.START, rule="command:own-program", service="web")  # what is told a port serves
    if known is None:
        return one
    rule = known.rule
    return replace(
        one, classified=known, role=rule.role, rule="command:own-program", service=rule.service, mode=rule.mode
    )
