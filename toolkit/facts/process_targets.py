"""`web: make run` of a process file, as the command that the Makefile has for it: images have no make."""

from collections.abc import Iterator
from dataclasses import replace

from toolkit.facts.makefile import PROGRAMS, Makefiles, makefiles_of
from toolkit.facts.model import Command, Fact, Facts, Origin, Role
from toolkit.inventory.paths import joined
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
    file = makefiles(told.directory.strip("/")) if _runs_target(told) else None
    if file is None:
        return
    commands = file.commands(told.argv[1:])
    for command in commands[-1:] if told.role is Role.START else commands:
        yield replace(
            told,
            text=command.text,
            argv=command.argv,
            environment=(*told.environment, *command.environment),
            directory=joined(told.directory, command.directory or ""),
            also=(*told.also, file.place_of(command)),
        )


def _runs_target(told: Command) -> bool:
    return (
        told.origin is Origin.RUNNING and told.role in _PROCESSES and told.argv[:1] != () and told.argv[0] in PROGRAMS
    )
