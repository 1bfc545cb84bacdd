"""An image for which no manifest speaks: its packages and its build are what the README's commands say."""

from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from toolkit.catalog.load import Arguments
from toolkit.catalog.packages import ReadmePackages
from toolkit.facts.model import Command, Mode, Role, SystemPackage
from toolkit.findings import Evidence
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.images.image_inputs import ImageInputs
from toolkit.plan.images.native_packages import PACKAGE, Packages
from toolkit.plan.model import Decision
from toolkit.plan.starts.commands import without_version


def plan_from_readme(image: ImageInputs, table: ReadmePackages) -> tuple[tuple[Arguments, ...], Packages]:
    """The commands of the build stage in the README's order, and the packages of both stages."""
    told = [
        fact
        for fact in image.about
        if isinstance(fact, Command) and fact.argv and fact.mode is Mode.PRODUCTION and not fact.alternative
    ]
    told.sort(key=lambda command: (command.evidence.path, command.evidence.first_line))
    steps: dict[Arguments, Command] = {}
    for command in told:
        if command.role in (Role.INSTALL, Role.BUILD) and (step := _step(command, image.tree)):
            steps.setdefault(step, command)
    build: dict[str, list[Evidence]] = {}
    runtime: dict[str, list[Evidence]] = {}
    for fact in image.about:
        if not isinstance(fact, SystemPackage) or fact.family != "debian" or fact.alternative:
            continue
        if not any(fnmatchcase(fact.name, pattern) for pattern in table.of_the_host):
            _add(fact.name, fact.evidence, table, build, runtime)
    for command in told:
        if command.role in (Role.INSTALL, Role.BUILD, Role.START):
            program = without_version(PurePosixPath(command.argv[0]).name)
            for name in table.by_program.get(program, ()):
                if command.role is Role.START:
                    _add(name, command.evidence, table, build, runtime)
                else:
                    build.setdefault(name, []).append(command.evidence)
    packages = Packages(tuple(sorted(build)), tuple(sorted(runtime)))
    for part, places in (("build_packages", build), ("runtime_packages", runtime)):
        if places:
            evidence = tuple(dict.fromkeys(place for name in sorted(places) for place in places[name]))[:3]
            packages.decisions.append(
                Decision(f"{image.key}.{part}", " ".join(sorted(places)), "the README installs or calls them", evidence)
            )
    if steps:
        text = "; ".join(" ".join(step) for step in steps)
        evidence = tuple(command.evidence for command in steps.values())[:3]
        packages.decisions.append(Decision(f"{image.key}.build", text, "the README builds it this way", evidence))
    return tuple(steps), packages


def _add(
    name: str,
    evidence: Evidence,
    table: ReadmePackages,
    build: dict[str, list[Evidence]],
    runtime: dict[str, list[Evidence]],
) -> None:
    """A package of the build stage, and of the run-time stage unless only compilers need it."""
    if not PACKAGE.fullmatch(name):
        return
    build.setdefault(name, []).append(evidence)
    if not any(fnmatchcase(name, pattern) for pattern in table.build_only):
        runtime.setdefault(name, []).append(evidence)


def _step(command: Command, tree: SourceTree) -> Arguments:
    """A command of the README as the build stage runs it, in the folder where `cd` had led; () for what it cannot run."""
    words = command.argv
    if not all(word.isprintable() for word in words):
        return ()
    folder = command.directory.strip("/")
    if command.directory.startswith("/") or not folder:
        return words
    inside = ".." not in folder.split("/") and any(path.startswith(folder + "/") for path in tree.paths)
    return ("env", f"--chdir={folder}", *words) if inside else words
