"""Scripts of a manifest that build the application, in a workspace after the packages that it needs."""

import re
import shlex
from collections.abc import Mapping, Sequence

from toolkit.catalog.load import Arguments
from toolkit.catalog.stacks import PackageManagerSteps
from toolkit.facts.model import Command, Dependency, Mode, Role
from toolkit.facts.npm_scripts import SETS, file_anywhere, run_script, script_called, scripts_in
from toolkit.plan.applications.entry_points import kind_of_script
from toolkit.plan.applications.folders import below
from toolkit.plan.applications.recognition import Recognised
from toolkit.plan.applications.workspaces import builds_before, is_orchestrated
from toolkit.plan.builds.before_start import (
    OF_PRODUCTION,
    only_builds,
    only_checks,
    only_deletes,
    starts_server,
    steps_before,
)
from toolkit.plan.images.image_inputs import ImageInputs
from toolkit.plan.model import Decision
from toolkit.plan.ranking import commands_of, evidence_of, ranked

# A compiler as the last program of a script takes what stands behind the script's name; with --build it takes less.
# https://www.typescriptlang.org/tsconfig/#skipLibCheck
_COMPILES = re.compile(
    r"(?:^|&&|;)\s{0,5}(?:npx )?(?:[\w./]{1,40}/)?tsc(?![^&;|]{0,200}(?:\s-b\b|\s--build\b))(?:\s[^&;|]{0,200})?$"
)
_SKIP = "--skipLibCheck"
_SETTINGS, _UNCHECKED = re.compile(r"tsconfig[\w.-]{0,40}\.json"), re.compile(r"\"skipLibCheck\"\s{0,9}:\s{0,9}true")
_STARTS = re.compile(r"start$|(?:start|serve)[:_-]?prod")
_MADE = re.compile(r"(?:build|compiled|dist|lib|out|output|release|prod(?:uction)?(?:-server)?)/")
_COMPILER = re.compile(r"(?:^|\s|/)(?:babel|esbuild|ncc|nest build|rollup|swc|tsc|tsup|webpack)(?:\s|$)")
_OF_DEVELOPERS = re.compile(
    r"(?:^|[\s:_-])(?:dev|debug|docs?|hmr|lint|test|type-?check|watch|w)(?:$|[\s:=])|--noEmit|nodemon|webpack-dev-server|webpack serve"
)
_GOES_ON = re.compile(r"\s(?:-w|--watch)(?=\s|$)")  # a build that builds again whatever changes would never end
_PRODUCTION, _BUILDS = re.compile(r"prod"), re.compile(r"build|compile")
# What a README builds beside the server.
_OF_PAGES = re.compile(r"build[:_-](?:assets?|client|css|front-?end|js|public|static|ui|web(?:app)?)")
# `build:stage`: the same build for an environment that is not production.
_OF_ANOTHER_ENVIRONMENT = re.compile(r"[:_-](?:dev|development|stag(?:e|ing)|test|testing|uat|qa|preview|debug)\b")


def script_builds(
    image: ImageInputs, manager: PackageManagerSteps, told: Sequence[Command]
) -> tuple[list[Arguments], list[Decision]]:
    """The steps, and why. `told` are the build commands of operators: a script that they run comes before the stack's.
    Types of libraries are not checked: nothing that runs depends on them, while those of unpinned libraries, and of libraries
    that a robot updated, may be of another time than the compiler."""
    application, entry_points = image.application, image.entry_points
    texts = scripts_in(application.folder.facts)
    script = next(
        (
            name
            for name in (*_scripts_of(told), *application.stack.build_scripts, *_compiling(application))
            if kind_of_script(name) in entry_points
            and not _GOES_ON.search(texts.get(name, ""))
            and not starts_server(name, texts.get(name, ""), entry_points.get("node_script"))
        ),
        "",
    )
    module = application.module
    before = (
        builds_before(module, application.serves, application.folder, (script or "build",), image.tree)
        if module
        else []
    )
    found = [_run_in(manager, one.directory, one.script) for one in before]
    if script and not any(map(is_orchestrated, before)):
        found.append((*manager.run_script, script))
    steps = [] if module else _steps_before_start(script, application)
    if (instead := _for_production(script, steps, texts)) and found == [(*manager.run_script, script)]:
        script, found, steps = instead, [(*manager.run_script, instead)], []
    checks = _checks_libraries(image)
    if found and found[-1] == (*manager.run_script, script) and checks and _compiles(script, application):
        found[-1] += (*manager.script_options, _SKIP)
    if steps:
        compiled = (f"{step} {_SKIP}" if checks and _COMPILES.search(step) else step for step in steps)
        found.append(("sh", "-c", f'PATH="$PWD/node_modules/.bin:$PATH" && {" && ".join(compiled)}'))
    if found and not image.stack.artifact:
        pages = dict.fromkeys(name for name in _scripts_of(told) if _OF_PAGES.fullmatch(name) and name in texts)
        found += [(*manager.run_script, name) for name in pages if name not in f"{script} {texts.get(script, '')}"]
    if not found:
        return _compiler(image) or _program(image, told) or _task(image, told)
    commands = [command for command in told if script in command.argv] if script else []
    why = "how the operators build it" if commands else f"the manifest has the script `{script}`"
    if not script:
        why = "what `npm start` does before it starts the server"
    if before:
        why = "the workspace packages that it depends on are built first"
    evidence = (*evidence_of(commands[:1]), *(one.evidence for one in before))
    text = "; ".join(map(shlex.join, found))
    return found, [Decision(f"{image.key}.build", text, why, evidence, not evidence)]


def _steps_before_start(script: str, application: Recognised) -> list[str]:
    """What `npm start`, or the script for production, does before it starts the server, and the build script does not."""
    scripts = scripts_in(application.folder.facts, application.folder.directory)
    named = (
        name
        for name in sorted(scripts)
        if OF_PRODUCTION.fullmatch(name) and not only_builds(f"npm run {name}", scripts)
    )
    start = next(named, "start")
    steps = steps_before(start, scripts)
    if not all(only_builds(step, scripts) for step in steps):
        return []
    done = {
        scripts.get(script),
        *map(str.strip, scripts.get(script, "").split("&&")),
        *(step for step in steps if script and script_called(step.split()) == script),
    }
    steps = [step for step in steps if step not in done and not only_deletes(step) and not SETS.fullmatch(step)]
    return [step for step in steps if not only_checks(step, scripts)]


def _for_production(script: str, steps: Sequence[str], scripts: Mapping[str, str]) -> str:
    """The script that is all there is to do before the start for production, where it does what the build script does."""
    name = script_called(steps[0].split()) if len(steps) == 1 else ""
    does = scripts.get(script, "")
    return name if does and does in scripts.get(name, "") else ""


def _task(image: ImageInputs, told: Sequence[Command]) -> tuple[list[Arguments], list[Decision]]:
    """The task of gulp or Grunt that writes the pages, or what pages load, where no script of the manifest does: as operators
    say, else by its name."""
    task = shlex.split(image.entry_points.get("build_task", ""))
    if not task or not (image.stack.artifact or image.stack.stage_of):
        return [], []
    alike = (next((c for c in told if c.argv[: len(words)] == words), None) for words in (tuple(task), (task[0],)))
    command = next(filter(None, alike), None)
    argv = ("npx", *(command.argv if command else task))
    points = image.folder.points("build_task")
    why = "how the operators build it" if command else "the task runner's build task"
    return [argv], [
        Decision(f"{image.key}.build", shlex.join(argv), why, evidence_of([command] if command else points[:1]))
    ]


def _compiler(image: ImageInputs) -> tuple[list[Arguments], list[Decision]] | None:
    """The compiler itself, where no script of the manifest runs it and the application starts from what it writes."""
    if image.application.module or not _starts_from_output(image.application):
        return None
    for library, compiler in image.stack.compilers.items():
        skip = (_SKIP,) if _COMPILES.search(shlex.join(compiler)) and _checks_libraries(image) else ()
        if listed := [fact for fact in image.folder.of_type(Dependency) if fact.name == library]:
            why = "the file that it starts from is compiled, and no script of the manifest compiles it"
            argv = (*compiler, *skip)
            return [argv], [Decision(f"{image.key}.build", shlex.join(argv), why, evidence_of(listed[:1]))]
    return None


def _checks_libraries(image: ImageInputs) -> bool:
    """Whether the compiler's settings do not say already that types of libraries are not checked."""
    settings = (image.tree.read(below(image.folder, path)) for path in image.folder.paths if _SETTINGS.fullmatch(path))
    return not any(_UNCHECKED.search(file.text) for file in settings if file)


def _program(image: ImageInputs, told: Sequence[Command]) -> tuple[list[Arguments], list[Decision]] | None:
    """A program of the source that operators build the application with once its dependencies are installed, where no script
    of the manifest does: `node bin/build.js dist`."""
    if image.stack.artifact:
        return None
    with_install = [c for c in commands_of(image.about, Role.INSTALL) if c.mode is Mode.PRODUCTION]
    for command in ranked([*told, *with_install], operators_first=True):
        program, *words = command.argv or ("",)
        path, text = words[0].removeprefix("./") if words else "", shlex.join(command.argv)
        builds = _BUILDS.search(path) is not None and not _OF_DEVELOPERS.search(text)
        if program == "node" and path in image.folder.paths and builds:
            why = "how the operators build it"
            return [command.argv], [Decision(f"{image.key}.build", text, why, evidence_of([command]))]
    return None


def _starts_from_output(application: Recognised) -> bool:
    """Whether `npm start` or the script for production runs a file that the source has not, as a compiler writes it."""
    scripts = scripts_in(application.folder.facts)
    starts = (file for name, text in scripts.items() if _STARTS.match(name) and (file := file_anywhere(text)))
    return any(
        _MADE.match(path) and path.removesuffix(".js") + ".js" not in application.folder.paths for path in starts
    )


def _compiling(application: Recognised) -> list[str]:
    """Scripts that compile, of an application that starts from what they write: those called after production first."""
    if not _starts_from_output(application):
        return []
    scripts = scripts_in(application.folder.facts)
    found = [
        name
        for name, text in scripts.items()
        if _COMPILER.search(text)
        and not _OF_DEVELOPERS.search(f"{name} {text}")
        and not _OF_ANOTHER_ENVIRONMENT.search(name)
    ]
    return sorted(found, key=lambda name: (not _PRODUCTION.search(name), not _BUILDS.search(name), len(name)))


def _compiles(script: str, application: Recognised) -> bool:
    """Whether a script ends with TypeScript's compiler."""
    points = (p for p in application.folder.points("npm_script") if p.value == script)
    return any(_COMPILES.search(point.detail.strip()) for point in points)


def _run_in(manager: PackageManagerSteps, member: str, script: str) -> Arguments:
    """A script of another folder of the workspace."""
    folder = f"/app/{member}".rstrip("/")
    return (*(word.replace("{member}", folder) for word in manager.run_script_in), script)


def _scripts_of(commands: Sequence[Command]) -> list[str]:
    """Scripts of the manifest that build commands run, those for production first: `npm run build:prod`, `yarn build`."""
    found = []
    for command in commands:
        script, given = run_script(command.argv)
        if script and all(
            word.startswith("-") for word in given
        ):  # with a word of the operators' own it builds nothing
            found.append(script)
    return sorted(found, key=lambda name: bool(_OF_ANOTHER_ENVIRONMENT.search(name)))
