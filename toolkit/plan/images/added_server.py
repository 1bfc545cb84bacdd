"""The server that an application is started by and does not list: the image installs it."""

import re
from collections.abc import Sequence
from pathlib import PurePosixPath

from toolkit.facts.model import Command, Dependency, Fact, Mode, Origin, Role
from toolkit.facts.shell import parse
from toolkit.findings import Evidence
from toolkit.plan.images.added_library import AddedLibrary
from toolkit.plan.images.image_inputs import ImageInputs
from toolkit.plan.model import Decision
from toolkit.plan.ranking import commands_of, evidence_of, ranked
from toolkit.plan.starts.expansions import of_environment, of_sentence, to_fill_in
from toolkit.plan.versions.versions import is_within

_ATTRIBUTE = re.compile(r"[\w.]+:\w+\.\w+")


def names_attribute(application: str) -> bool:
    """Whether `shop.board:app.server` is no name of its module, which is all that gunicorn takes, but what one has.
    https://github.com/benoitc/gunicorn/blob/23.0.0/gunicorn/util.py (import_app)"""
    return _ATTRIBUTE.fullmatch(application) is not None


def plan_server(image: ImageInputs) -> AddedLibrary | None:
    """The server of the operators' command, else of the stack's usual start; None where a manifest lists it."""
    stack, entry_points = image.stack, image.entry_points
    if not stack.servers:
        return None
    starts = [c for c in commands_of(image.about, Role.START) if c.mode is Mode.PRODUCTION and not to_fill_in(c.argv)]
    runs = {other: name for name, server in stack.servers.items() for other in (name, *server.instead_of)}
    programs = [
        (runs[word], c)
        for c in ranked(starts, operators_first=True)
        if not of_sentence(_words(c))
        for word in map(_program, _words(c)[:4])
        if word in runs
    ]
    usual = next((argv for kind, argv in stack.start_from.items() if kind in entry_points), stack.start)
    program = programs[0][0] if programs else (usual[0] if usual else "")
    if not programs and program == "gunicorn" and names_attribute(entry_points.get("wsgi", "")):
        program = "waitress-serve"
    return _added(image, program, [c for _, c in programs[:1]])


def server_of_command(image: ImageInputs, argv: Sequence[str]) -> AddedLibrary | None:
    """The server that a command begins with, where the image has not got it: one that only another way to start was told
    with, or that the stack's own way needs."""
    return _added(image, argv[0], []) if argv else None


def _added(image: ImageInputs, program: str, told: list[Command]) -> AddedLibrary | None:
    package = image.stack.servers.get(program)
    if package is None or package.package.lower() in {d.name.lower() for d in image.dependencies}:
        return None
    version = package.versions.get(image.release.version, package.version)
    because = f"{program} starts the application, and no manifest lists it"
    places: list[Fact] = [*told]
    for old in package.versions_with:
        of_old = [
            d for d in image.dependencies if d.name == old.library and is_within(d.version, d.constraint, old.versions)
        ]
        if of_old:
            version = old.version
            because += f"; later versions do not work with this {old.library}"
            places += of_old[:1]
    name = package.package.lower()
    optional = next((d for d in image.folder.of_type(Dependency) if d.name == name and d.version), None)
    if optional and optional.version:
        version = optional.version
        because = f"{program} starts the application, and only a manifest that is not installed lists it"
        places.append(optional)
    argv = tuple(word.format(package=package.package, version=version) for word in package.install)
    decision = Decision(f"{image.key}.server", f"{package.package} {version}", because, evidence_of(places), not told)
    nowhere = Evidence("", rule="server")
    library = Dependency(name=name, ecosystem="pypi", version=version, evidence=nowhere, origin=Origin.DEFAULT)
    return AddedLibrary(argv, decision, library)


def _words(command: Command) -> tuple[str, ...]:
    """A command's words, of one that needs a shell those in front, where its program is in an environment."""
    return command.argv or next((of_environment(simple.words) for simple in parse(command.text)), ())


def _program(word: str) -> str:
    return PurePosixPath(word).name
