"""`make TARGET` of a document, as the commands that the application's Makefile has for it."""

import posixpath
from dataclasses import replace

from toolkit.facts import makefile
from toolkit.facts.makefile import Makefiles
from toolkit.facts.model import Role
from toolkit.facts.readme.command_roles import Found, classified
from toolkit.facts.readme.draft import Draft
from toolkit.facts.shell_command import SimpleCommand, joined

MAXIMUM_OPENED = 100  # commands of one document
# What a target is called tells these; they are not for the image, whatever the Makefile has for them.
_LEFT = frozenset({Role.HOST, Role.VERIFY})


def opened(found: list[Found], draft: Draft, makefiles: Makefiles) -> list[Found]:
    """The commands, with those that run a target of a Makefile replaced by its recipe, where that can be told without make."""
    result: list[Found] = []
    left = MAXIMUM_OPENED
    for one in found:
        recipe = []
        if left > 0 and one.command.program in makefile.PROGRAMS and one.role not in _LEFT:
            left -= 1
            recipe = _recipe(one, draft, makefiles)
        result += recipe or [one]
    return result


def _recipe(one: Found, draft: Draft, makefiles: Makefiles) -> list[Found]:
    """The commands of the targets that one names, in its place; empty where they cannot be told, or do nothing known."""
    folder = draft.directory(one.command.directory)
    beside = posixpath.normpath(posixpath.join(posixpath.dirname(draft.page.document.path), folder)).lstrip("./")
    file = makefiles(beside) or makefiles(folder)
    if file is None:
        return []
    commands = file.commands(one.command.words[1:])
    recipe = [
        replace(
            _classified(one, _in_place_of(one.command, command), command is commands[-1], draft),
            also=(file.place_of(command),),
        )
        for command in commands
    ]
    return recipe if any(command.role is not Role.UNKNOWN for command in recipe) else []


def _in_place_of(told: SimpleCommand, command: SimpleCommand) -> SimpleCommand:
    """A command of a recipe where a document tells to run the target."""
    return replace(
        command,
        first_line=told.first_line,
        last_line=told.last_line,
        environment=(*told.environment, *command.environment),
        directory=joined(told.directory, command.directory) if command.directory is not None else None,
        comment=told.comment,
    )


def _classified(one: Found, command: SimpleCommand, last: bool, draft: Draft) -> Found:
    """The command with its role: by the rules, else what the target's name tells. What starts is a recipe's last command."""
    known = classified(draft.rules, command, one.passage)
    by_rule = known.classified is not None and not known.classified.rule.weak
    if by_rule or (one.role is Role.START and not last):
        return known
    return replace(known, role=one.role, rule=one.rule, service=one.service, mode=one.mode)
