"""Whether the image can do without what a manifest calls development dependencies."""

import re
from collections.abc import Iterator, Sequence

from toolkit.catalog.stacks import Stack
from toolkit.facts.javascript_imports import loaded, package_of
from toolkit.facts.model import Command, Datastore, Dependency, Fact, Mode, Role
from toolkit.facts.npm_scripts import scripts_in
from toolkit.facts.source import javascript_settings
from toolkit.findings import Evidence
from toolkit.inventory.paths import relative
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.folders import Folder, below, find
from toolkit.plan.applications.source_code import run_time_sources
from toolkit.plan.images.image_inputs import ImageInputs
from toolkit.plan.model import Decision

_START_SCRIPTS = ("prestart", "start")
_START_SCRIPTS_OF_PRODUCTION = ("prestart:prod", "start:prod")
_IN_CONTAINER = (Role.START, Role.RELEASE)
_SCRIPT_CALL = re.compile(r"\b(?:npm run|yarn run|yarn|pnpm run|pnpm)(?:\s+--?[\w-]+)*\s+([\w:.-]+)")
_BUILD_SCRIPT = re.compile(r"(?:pre|post)?build")
_DEEPEST_SCRIPT = 3


def needed_at_run_time(image: ImageInputs) -> Decision | None:
    """Why development dependencies have to stay, or None."""
    folder, stack = image.folder, image.stack
    listed = folder.of_type(Dependency)
    production = {d.name for d in folder.listed("package.json") if not d.development}
    development = {d.name for d in listed if d.development} - production
    for name, evidence in (
        *_started(development, folder, stack),
        *_told(development, folder, stack, image.about),
        *_imported(development, folder, stack, image.tree),
        *_silent(production, folder, stack),
        *_only_driver(production, listed, stack),
        *_of_settings(production, development, stack, image.about),
        *_of_release(development, folder),
    ):
        return Decision(
            f"{image.key}.prune", "", f"development dependencies stay: {name} is needed at run time", (evidence,)
        )
    return None


def _started(development: set[str], folder: Folder, stack: Stack) -> Iterator[tuple[str, Evidence]]:
    """Those that a start script runs; where there is one for production, the usual one is the developers'."""
    scripts = {point.value: point for point in folder.points("npm_script")}
    for script in _START_SCRIPTS_OF_PRODUCTION if "start:prod" in scripts else _START_SCRIPTS:
        if script in scripts:
            yield from (
                (name, scripts[script].evidence) for name in _called(development, scripts[script].detail, stack)
            )


def _told(development: set[str], folder: Folder, stack: Stack, about: Sequence[Fact]) -> Iterator[tuple[str, Evidence]]:
    """Those that the steps of a release call, or a start that operators are told, also in scripts of the manifest."""
    scripts = scripts_in(folder.facts)
    if "start:prod" in scripts:
        scripts = {name: text for name, text in scripts.items() if name not in _START_SCRIPTS}
    for command in about:
        if not isinstance(command, Command) or command.role not in _IN_CONTAINER or command.mode is not Mode.PRODUCTION:
            continue
        text = command.text
        for _ in range(_DEEPEST_SCRIPT):
            called = [scripts[name] for name in _SCRIPT_CALL.findall(text) if name in scripts]
            yield from ((name, command.evidence) for name in _called(development, _SCRIPT_CALL.sub("", text), stack))
            text = "\n".join(called)


def _called(development: set[str], text: str, stack: Stack) -> list[str]:
    """Packages that a command line names as a word of its own, or whose program it names."""
    return [
        name
        for name in sorted(development)
        if any(
            re.search(rf"(?<![\w@/-]){re.escape(word)}(?![\w-])", text)
            for word in {name, stack.programs_of.get(name, name)}
        )
    ]


def _imported(development: set[str], folder: Folder, stack: Stack, tree: SourceTree) -> Iterator[tuple[str, Evidence]]:
    """Those that code imports which runs in the container. Of TypeScript `import type` and packages of types are gone once
    it is compiled; whether another import is, depends on what the code does with it."""
    wanted = {name for name in development if not name.startswith("@types/")}
    tools = _tools_of_build(folder)
    read_at_start = (tree.read(below(folder, name)) for name in stack.read_at_start if name in folder.paths)
    for file in (*filter(None, read_at_start), *run_time_sources(stack.language, folder, tree)):
        if relative(file.path, folder.directory) in tools:
            continue
        for name, start in loaded(file.text):
            if (package := package_of(name)) in wanted:
                yield package, file.at(file.line_of(start), rule="import")


def _only_driver(production: set[str], listed: Sequence[Dependency], stack: Stack) -> Iterator[tuple[str, Evidence]]:
    """The driver of a database that stands among what is for development, where production has none."""
    if stack.drivers.keys().isdisjoint(production):
        yield from (
            (wanted.name, wanted.evidence) for wanted in listed if wanted.development and wanted.name in stack.drivers
        )


def _of_settings(
    production: set[str], development: set[str], stack: Stack, about: Sequence[Fact]
) -> Iterator[tuple[str, Evidence]]:
    """The driver of the database that the application's settings have, `dialect: 'sqlite'`, where production has but others."""
    engines = {stack.drivers[name] for name in production & stack.drivers.keys()}
    for store in about:
        if isinstance(store, Datastore) and store.evidence.rule == javascript_settings.RULE and not store.alternative:
            drivers = sorted(name for name in development & stack.drivers.keys() if stack.drivers[name] == store.engine)
            yield from ((name, store.evidence) for name in drivers if store.engine not in engines)


def _of_release(development: set[str], folder: Folder) -> Iterator[tuple[str, Evidence]]:
    """Prisma's program, which applies the migrations of the schema."""
    databases = folder.points("prisma_database")
    yield from (("prisma", point.evidence) for point in databases if "prisma" in development)


def _tools_of_build(folder: Folder) -> set[str]:
    """Files of the source that the build's scripts name, as `ts-node copyAssets.ts`, also in the scripts that they run."""
    scripts = scripts_in(folder.facts)
    called, found = [name for name in scripts if _BUILD_SCRIPT.match(name)], set()
    for _ in range(_DEEPEST_SCRIPT):
        texts = [scripts.get(name, "") for name in called]
        found |= {word.removeprefix("./") for text in texts for word in text.split()}
        called = [name for text in texts for name in _SCRIPT_CALL.findall(text)]
    return found


def _silent(production: set[str], folder: Folder, stack: Stack) -> Iterator[tuple[str, Evidence]]:
    """Libraries that load another one when they find a kind of file, and do not ask for it in their manifest."""
    for companion in stack.history.companions if stack.history else ():
        missing = companion.name in production and companion.needs not in production
        if missing and (file := find(folder, *companion.with_files)):
            yield companion.needs, Evidence(below(folder, file), rule="companion")
