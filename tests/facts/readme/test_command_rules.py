"""The rule table: every pattern decides the commands it was written for, and known commands get their role."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog
from toolkit.catalog.command_patterns import Pattern
from toolkit.facts.model import Role
from toolkit.facts.shell import parse

COMMANDS = Path(__file__).parent / "commands.txt"
INTERPRETERS = {"python": "python", "node": "node", "php": "php", "ruby": "ruby", "perl": "perl"}


def examples(pattern: Pattern) -> Iterator[str]:
    """A command for each alternative of each word, with `x` for a `*`."""
    for place, alternatives in enumerate(pattern.words):
        for alternative in alternatives:
            words = [choice[0] for choice in pattern.words]
            words[place] = alternative
            words = [word.replace("*", "x") for word in words]
            if pattern.rule.program:
                words.insert(0, pattern.rule.program)
            elif pattern.rule.script and "/" not in words[0]:
                words[0] = "./" + words[0]
            words += [options[0].replace("*", "x") for options in pattern.options]
            text = " ".join(words)
            if pattern.piped:
                text += f" | {pattern.piped} x"
            for operator in pattern.redirections:
                text += " <<END\nx\nEND" if operator == "<<" else f" {operator} x.sql"
            yield text


def test_no_pattern_is_lost(catalog: Catalog) -> None:
    """A more specific pattern may decide for one alternative, but not for all of a pattern's commands."""
    rules = catalog.readme_rules
    lost = []
    for pattern in rules.commands.patterns:
        roles = []
        for text in examples(pattern):
            commands = [command for command in parse(text, reads_as_command=rules.reads_as_command) if command.words]
            known = rules.classify(commands[0], own=pattern.rule.own) if commands else None
            roles.append(known.rule.role if known else None)
        if pattern.rule.role not in roles:
            lost.append((" ".join("|".join(word) for word in pattern.words), str(pattern.rule.role), roles[0]))
    assert not lost


def lines() -> Iterator[tuple[str, str]]:
    for line in COMMANDS.read_text(encoding="utf-8").splitlines():
        if line and not line.startswith("#"):
            wanted, _, command = line.partition(":")
            yield wanted.strip(), command.strip()


@pytest.mark.parametrize(("wanted", "command"), list(lines()), ids=[command for _, command in lines()])
def test_role(wanted: str, command: str, catalog: Catalog) -> None:
    rules = catalog.readme_rules
    parsed = [one for one in parse(command, reads_as_command=rules.reads_as_command) if one.words]
    known = rules.classify(parsed[-1])
    assert known is not None
    said = known.rule.role.name.lower()
    if known.rule.role == Role.START:
        said = f"start {known.rule.mode} {known.rule.service}"
    assert said == wanted
