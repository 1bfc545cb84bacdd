"""How an application is built once its dependencies are there, and what the build has to be told."""

import re
import shlex
from collections.abc import Sequence
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import PurePosixPath

from toolkit.catalog.load import Arguments
from toolkit.catalog.stacks import PackageManagerSteps, Stack
from toolkit.facts.manifests.variables import NAME
from toolkit.facts.model import (
    Command,
    Datastore,
    Dependency,
    EnvironmentVariable,
    Fact,
    Mode,
    Origin,
    Role,
)
from toolkit.facts.npm_scripts import scripts_in
from toolkit.facts.source.kept_folders import KEEPERS
from toolkit.findings import Evidence
from toolkit.plan.app_folder import APP_FOLDER, in_image
from toolkit.plan.applications.folders import Folder, below
from toolkit.plan.builds.build_scripts import script_builds
from toolkit.plan.dependencies.package_managers import program_of
from toolkit.plan.dependencies.source_first import LIFECYCLE
from toolkit.plan.dependencies.step_templates import of_application
from toolkit.plan.images.image_inputs import ImageInputs
from toolkit.plan.model import Decision
from toolkit.plan.ranking import commands_of, evidence_of, ranked
from toolkit.plan.reported import Reported
from toolkit.plan.starts.go_programs import build_tags

_PLACEHOLDER = re.compile(r"\{\w+\}")
_BUILDING = ("prebuild", "build")
_ESLINT = re.compile(r"\.eslintrc(?:\.(?:c?js|json|ya?ml))?")
_SKIPS_TESTS = ("-DskipTests", "-Dmaven.test.skip")
# Rules that find a variable where code reads it.
_READ_BY_CODE = ("environment", "python-entry-point", "ruby-application")
_MADE_FROM = {
    "prisma": ("prisma_schema", "the client is made from the schema"),
    "pybabel": ("babel_catalogues", "the source has translations, but not their compiled catalogues"),
}
_ADAPTERS = {"mariadb": "mysql2", "mysql": "mysql2", "postgres": "postgresql"}
_ASSETS = ("app/assets", "app/frontend", "app/javascript")  # of Rails: sprockets and propshaft, Vite, webpacker


@dataclass
class Build(Reported):
    """The commands, and variables that are there while they run."""

    commands: list[Arguments] = field(default_factory=list)
    environment: dict[str, str] = field(default_factory=dict)


def plan_build(image: ImageInputs, manager: PackageManagerSteps | None) -> Build:
    """The build of the README where the image has its tool, else the stack's, else the manifest's build script."""
    key, folder, stack, entry_points = image.key, image.folder, image.stack, image.entry_points
    builds = ranked(commands_of(image.about, Role.BUILD), operators_first=True)
    told = [c for c in builds if c.argv and c.mode is Mode.PRODUCTION]
    planned = Build()
    if manager is not None and manager.build:
        command = next((c for c in told if program_of(c) in {PurePosixPath(p).name for p in manager.programs}), None)
        usual = of_application(manager.build, entry_points)[0]
        planned.commands = [_as_operators_build(usual, command, image.application.module)]
        planned.decisions.append(
            Decision(
                f"{key}.build",
                shlex.join(planned.commands[0]),
                "how the operators build it" if command else "the build tool's own command",
                evidence_of([command] if command else []),
                command is None,
            )
        )
        return planned
    for argv in of_application(stack.build, entry_points):
        command = next((c for c in told if _is_task(c, argv)), None)
        if (command and not _PLACEHOLDER.search(argv[-1])) or _applies(argv, folder):
            if "collectstatic" in argv:
                _make_static_sources(key, folder, planned)
            planned.commands.append(argv)
            kind, asked = next(
                (why for tool, why in _MADE_FROM.items() if tool in " ".join(argv).split()),
                ("", "the framework's settings require it"),
            )
            sources = folder.points(kind)
            planned.decisions.append(
                Decision(
                    f"{key}.build",
                    shlex.join(argv),
                    "the README builds it this way" if command else asked,
                    evidence_of([command] if command else sources[:1]),
                )
            )
            if stack.build_reads_settings:
                planned.environment |= _build_variables(image.about, stack)
    _build_as_told(image, told, planned)
    if manager is not None and manager.run_script and stack.build_scripts:
        scripts, reasons = script_builds(image, manager, told)
        planned.commands += scripts
        planned.decisions += reasons
    _build_for_root(key, folder, stack, planned)
    _build_unchecked(key, folder, stack, planned)
    if stack.artifact == "{static_output}" and entry_points.get("static_output") == ".":
        planned.commands.append(("rm", "-rf", "node_modules"))  # the pages lie beside it
    return planned


def is_told_build(stack: Stack, argv: Arguments) -> bool:
    """Whether a command is one of the application's own by which operators build it."""
    return any(fnmatchcase(" ".join(argv), pattern) for pattern in stack.told_builds)


def _build_as_told(image: ImageInputs, told: Sequence[Command], planned: Build) -> None:
    """What operators build by a program of the application, with the variable by which that finds it, `QUART_APP`."""
    for command in told:
        name, *words = (word.removeprefix("./") for word in command.argv)
        program = re.sub(r"^python[\d.]+$", "python", PurePosixPath(name).name)
        argv = (*(("python",) if program.endswith(".py") else ()), program, *words)
        if argv in planned.commands or not is_told_build(image.stack, argv):
            continue
        planned.commands.append(argv)
        planned.environment |= _build_variables(image.about, image.stack)
        variables = (fact for fact in image.about if isinstance(fact, EnvironmentVariable) and fact.example)
        planned.environment |= {
            v.name: v.example for v in variables if v.example and v.name == f"{program.upper()}_APP"
        }
        because = "the README builds it this way"
        planned.decisions.append(Decision(f"{image.key}.build", shlex.join(argv), because, evidence_of([command])))


def _make_static_sources(key: str, folder: Folder, planned: Build) -> None:
    """Folders that collectstatic looks through and git does not keep, empty or for what other tools write."""
    points = folder.points("static_source")
    missing = [p for p in points if not any(path.startswith(f"{p.value}/") for path in folder.paths)]
    if within := sorted({in_image(p.value) for p in missing if in_image(p.value).startswith(f"{APP_FOLDER}/")}):
        planned.commands.append(("mkdir", "-p", *within))
        because = "the settings take static files from there, the source has no such folder, and Django before 4.0 asks for it"
        planned.decisions.append(
            Decision(f"{key}.build", shlex.join(planned.commands[-1]), because, evidence_of(missing))
        )


def _build_for_root(key: str, folder: Folder, stack: Stack, planned: Build) -> None:
    """Pages lie at the root of their service, not below the path that they have on another host, as on GitHub's."""
    path = folder.points("homepage_path")
    told = {variable.name for variable in folder.of_type(EnvironmentVariable)}
    for dependency in folder.of_type(Dependency) if path else ():
        for name, value in stack.at_the_root_with.get(dependency.name, {}).items():
            if name not in told:
                planned.environment[name] = value
                because = f"the service serves its pages at the root, not below {path[0].value}"
                planned.decisions.append(Decision(f"{key}.build_environment.{name}", value, because, evidence_of(path)))


def _build_unchecked(key: str, folder: Folder, stack: Stack, planned: Build) -> None:
    """What breaks a rule of the developers for the look of their code is built all the same."""
    rules = next((path for path in folder.paths if _ESLINT.fullmatch(path)), "")
    for dependency in folder.of_type(Dependency) if rules else ():
        for name, value in stack.unchecked_with.get(dependency.name, {}).items():
            planned.environment[name] = value
            because = "linting belongs to the checks of the source, not to the build of the image"
            place = Evidence(below(folder, rules), rule="eslint")
            planned.decisions.append(Decision(f"{key}.build_environment.{name}", value, because, (place,)))


def _is_task(command: Command, argv: Arguments) -> bool:
    """Whether a command runs the last task of `argv` by one of its programs: `gulp collectstatic` does more than Django's."""
    *programs, task = (word for word in argv if not word.startswith("-"))
    return task in command.argv and any(PurePosixPath(word).name in programs for word in command.argv)


def _as_operators_build(usual: Arguments, command: Command | None, module: str) -> Arguments:
    """The usual build with the profiles, properties and tags that operators give, of one module and what it needs alone."""
    if usual[0] in ("dotnet", "msbuild"):
        return usual
    if usual[0] == "go":
        return (*usual[:2], *(build_tags(command) if command else ()), *usual[2:])
    extra: list[str] = []
    words = list(command.argv[1:]) if command else []
    while words:
        word = words.pop(0)
        if word in ("-P", "-x") and words:
            extra += [word, words.pop(0)]
        elif word.startswith(("-P", "-D")) and word not in usual and not word.startswith(_SKIPS_TESTS):
            extra.append(word)
    if "mvn" in usual:
        return (*usual[:-1], *extra, *(("-pl", module, "-am") if module else ()), usual[-1])
    return (*usual[:-1], *extra, f":{module.replace('/', ':')}:{usual[-1]}" if module else usual[-1])


def _applies(argv: Arguments, folder: Folder) -> bool:
    """Whether a stack's build step has something to do: assets where there are some, unless the source brings what is built
    from them, often with what other tools made; collectstatic where the settings name a folder for it; what needs an entry
    point where there is one, unless a script that is run anyway does it."""
    if _PLACEHOLDER.search(argv[-1]):
        return False
    if "prisma" in argv:
        texts = (text for name, text in scripts_in(folder.facts).items() if name in (*LIFECYCLE, *_BUILDING))
        return not any("prisma generate" in text for text in texts)
    if "assets:precompile" in argv:
        return _any_below(folder, *_ASSETS) and not _any_below(folder, "public/assets", "public/packs")
    if "collectstatic" not in argv:
        return True
    roots = [point.value.strip("/") for point in folder.points("static_root")]
    return bool(roots) and not _any_below(folder, *filter(None, roots))


def _any_below(folder: Folder, *directories: str) -> bool:
    """Whether these folders hold more than what keeps them in git."""
    inside = tuple(f"{directory}/" for directory in directories)
    return any(path.startswith(inside) and path.rpartition("/")[2] not in KEEPERS for path in folder.paths)


def _build_variables(about: Sequence[Fact], stack: Stack) -> dict[str, str]:
    """Values that let settings be read during the build, for the variables that code reads without a default; for those
    that the README requires, where the code was not understood. None is a secret, and none leaves the build stage."""
    variables = [fact for fact in about if isinstance(fact, EnvironmentVariable) and NAME.fullmatch(fact.name)]
    read = [
        variable
        for variable in variables
        if variable.origin is not Origin.README and variable.evidence.rule.endswith(_READ_BY_CODE)
    ]
    found: dict[str, str] = {}
    for variable in read or variables:
        if not variable.required or variable.name in stack.environment:
            continue
        name = variable.name.upper()
        same = [variable, *(v for v in variables if v.name == variable.name)]
        example = next((v.example for v in same if v.example and v.example.isprintable()), "")
        if name.endswith(("DATABASE_URL", "DB_URL")):
            found[variable.name] = _unused_database(about, stack)
        elif variable.secret:
            found[variable.name] = "unused-in-build"
        elif not example:
            found[variable.name] = "1"  # text, number, truth and JSON at once
        else:
            found[variable.name] = example
    return dict(sorted(found.items()))


def _unused_database(about: Sequence[Fact], stack: Stack) -> str:
    """An address that nothing connects to during a build. Rails loads the adapter that it names; Python has SQLite's."""
    if stack.language == "ruby":
        engines = (fact.engine for fact in about if isinstance(fact, Datastore))
        adapter = next((_ADAPTERS[engine] for engine in engines if engine in _ADAPTERS), "")
        if adapter:
            return f"{adapter}://unused@127.0.0.1/unused"
    return "sqlite:////tmp/build.sqlite3"
