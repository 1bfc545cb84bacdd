"""`web: make run` of a process file, as the command that the Makefile has for it: images have no make."""

from collections.abc import Iterator
from dataclasses import replace

from toolkit.facts.makefile import PROGRAMS, Makefiles, makefiles_of
from toolkit.facts.model import Command, Fact, Facts, Origin, Role
from toolkit.findings import Evidence
from toolkit.inventory.source_tree import SourceTree

_PROCESSES = frozenset({Role.START, Role.RELEASE})


def opened(tree: SourceTree, facts: Facts) -> Facts:
    """The facts, with the commands of process files that run a target replaced by its recipe, where that can be told."""
    makefiles = makefiles_of(tree)
    return replace(facts, facts=tuple(one for fact in facts.facts for one in _opened(fact, makefiles)))


def _opened(fact: Fact, makefiles: Makefiles) -> Iterator[Fact]:
    recipe = tuple(_recipe(fact, makefiles)) if isinstance(fact, Command) else ()
    yield from recipe or (fact,)


def _recipe(told: Command, makefiles: Makefiles) -> Iterator[Command]:
    """The commands of a target; of one that starts a process the last, which does not end."""
    if (
        told.origin is not Origin.RUNNING
        or told.role not in _PROCESSES
        or told.argv[:1] == ()
        or told.argv[0] not in PROGRAMS
    ):
        return
    file = makefiles(told.directory.strip("/"))
    commands = list(file.commands(told.argv[1:])) if file else []
    if file is None or any("$(" in command.text for command in commands):
        return
    for command in commands[-1:] if told.role is Role.START else commands:
        place = Evidence(file.file.path, command.first_line, command.last_line, "makefile")
        yield replace(told, text=command.text, argv=tuple(command.words), also=(*told.also, place))
