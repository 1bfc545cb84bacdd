"""How an image is filled: the package manager, the dependency layer, the build."""

import re
import shlex
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from toolkit.catalog.load import Arguments
from toolkit.catalog.stacks import PackageManagerSteps, Release, Stack
from toolkit.facts.model import (
    Command,
    Datastore,
    Dependency,
    EntryPoint,
    EnvironmentVariable,
    Fact,
    LastChange,
    Mode,
    Origin,
    Role,
)
from toolkit.facts.source.kept_folders import KEEPERS
from toolkit.findings import Evidence, Finding, Severity
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.bounds import library_bounds, long_unchanged, of_day
from toolkit.plan.build_scripts import script_builds
from toolkit.plan.folders import Folder
from toolkit.plan.git_sources import by_https, of_git, remark
from toolkit.plan.go_programs import build_tags
from toolkit.plan.model import Decision
from toolkit.plan.package_managers import PLAIN_PATH, ChosenManager, below, find, program_of
from toolkit.plan.pruning import needed_at_run_time
from toolkit.plan.ranking import evidence_of, ranked
from toolkit.plan.recognition import Recognised, holds
from toolkit.plan.setup_script import SETUP, imports_requirement, with_asked_first
from toolkit.plan.versions import satisfies
from toolkit.plan.workspaces import members

_FROM_SOURCE = re.compile(r"^\s*(?:-e\s|--editable[\s=]|\.{1,2}/|\.\s*$|\.\[|file:)")
# Scripts that npm and its like run during an install; those that only serve the developers leave nothing to wait for.
_LIFECYCLE = ("preinstall", "install", "postinstall", "prepare")
_HARMLESS = re.compile(
    r"husky|opencollective|is-ci|only-allow|npx -y|simple-git-hooks|lefthook|^(?:exit 0|true|echo\b.*)$"
)
_FOR_PRODUCTION = re.compile(r"\s--(?:prod(?:uction)?(?=\s|$)|omit[= ]dev\b|only[= ]prod)")
_LIFECYCLE_SCRIPT = re.compile(rf'"({"|".join(_LIFECYCLE)})"\s{{0,20}}:\s{{0,20}}"([^"\n]{{1,1000}})"')
_PACKAGE_OF_SOURCE = re.compile(r'"(?:file|link|patch|portal):|"patchedDependencies"')
_SKIPS_TESTS = ("-DskipTests", "-Dmaven.test.skip")
_VARIABLE = re.compile(r"[A-Za-z_]\w{0,127}")
# Rules that find a variable where code reads it.
_READ_BY_CODE = ("environment", "python-entry-point", "ruby-application")
_ADAPTERS = {"mariadb": "mysql2", "mysql": "mysql2", "postgres": "postgresql"}
_ASSETS = ("app/assets", "app/frontend", "app/javascript")  # of Rails: sprockets and propshaft, Vite, webpacker
_VERSION = re.compile(r"\d[\w.]{0,40}")
_MANAGER_VERSION = "{manager_version}"
_LISTS = frozenset({"{gems}", "{go_mains}", "{go_pins}"})
_EACH_PROJECT = "{dotnet_projects}"
# A Gemfile is a program: it may name gems of the source, or load code of the source to say which gems there are.
_GEM_OF_SOURCE = re.compile(
    r"^[^#\n]{0,200}?(?:\bpath:|:path\s{0,5}=>|\bpath\s[^\n]{0,80}\bdo\b|\b(?:instance_)?eval(?:_gemfile\b|[\s(])|^\s*gemspec\b"
    r"|\brequire_relative\b|\brequire\b[^\n]{0,80}__(?:FILE|dir)__|\bDir(?:\.glob\b|\[))",
    re.MULTILINE,
)
_SETUPS = ("pyproject.toml", "setup.cfg", "setup.py")
_SETUP = re.compile(r"(?:^|\s)(?:pyproject\.toml|setup\.(?:cfg|py))(?:\s|$)")
_LOCAL_MODULE = re.compile(r"=>\s{1,20}\.{1,2}/")


@dataclass
class Steps:
    package_manager: str = ""
    manifest: str = ""
    build_image: str = ""
    copy_first: tuple[str, ...] = ()
    prepare: tuple[Arguments, ...] = ()
    install: tuple[Arguments, ...] = ()
    install_after_source: tuple[Arguments, ...] = ()
    build: tuple[Arguments, ...] = ()
    prune: tuple[Arguments, ...] = ()
    environment: dict[str, str] = field(default_factory=dict)
    constraints: tuple[str, ...] = ()
    resolved_before: str = ""
    artifact: str = ""
    decisions: list[Decision] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def plan_steps(
    key: str,
    application: Recognised,
    release: Release,
    chosen: ChosenManager,
    about: Sequence[Fact],
    dependencies: Sequence[Dependency],
    entry_points: Mapping[str, str],
    tree: SourceTree,
    of_source: Sequence[Dependency] = (),
) -> Steps:
    """The steps of one image. `key` is where the image stands in the plan; `of_source` are bounds that the code tells."""
    folder, stack = application.folder, application.stack
    steps = Steps(build_image=release.build_image, environment=dict(stack.build_environment))
    manager = stack.package_managers.get(chosen.name)
    steps.prepare = release.prepare
    if manager is None:
        if stack.extensions:
            steps.build_image = release.runtime_image  # nothing to install: no other image is worth its download
        steps.build = _of_application(
            _builds(key, None, application, about, entry_points, steps, tree, pinned=True), entry_points
        )
        return steps
    manager = _with_variants(manager, folder, release, chosen)
    because = f"{chosen.manifest} lists the dependencies"
    imported: tuple[Evidence, ...] = ()
    if chosen.manifest == SETUP and (found := imports_requirement(folder, tree)):
        imported, asked = found[:1], found[1]
        of_lists = _with_variants(stack.package_managers["pip"], folder, release, chosen)
        manager = with_asked_first(manager, of_lists, asked)
        because += ", and imports one of them itself: they come first"
    steps.package_manager = chosen.name
    steps.artifact = manager.artifact
    steps.manifest, steps.copy_first = chosen.manifest, chosen.files
    if manager.build_image:
        steps.build_image = manager.build_image.format(version=release.version)
    install = manager.install if chosen.in_time or not manager.install_out_of_date else manager.install_out_of_date
    change = long_unchanged(stack, about) if PLAIN_PATH.fullmatch(chosen.manifest) else None
    # What a list for npm pins brings others along, which it does not pin; a list for pip often has them all.
    used = {below(folder, path) for path in chosen.files}
    own = [dependency for dependency in dependencies if dependency.evidence.path in used]
    # Where the application's own set-up installs what it needs, there is no list.
    of_setup = manager.install_after_source and not manager.install
    is_open = stack.language == "node" or _leaves_open(stack, dependencies if of_setup else own)
    install_after_source = manager.install_after_source
    if manager.install_of_day and change and is_open:
        steps.resolved_before = change.day
        if of_setup:
            install_after_source = manager.install_of_day
        else:
            install = manager.install_of_day
        steps.decisions.append(of_day(key, change))
    elif not chosen.lock and is_open and (manager.locks or change) and manager.to_lock:
        steps.findings += _floating(manager, chosen, own, change)
    from_git = of_git([d for d in folder.of_type(Dependency) if not used or d.evidence.path in used])
    steps.findings += remark(from_git)
    steps.prepare = (
        *release.prepare,
        *by_https(sorted(from_git)),
        *_filled(_of_version(manager.prepare, chosen.version), steps.manifest, release),
    )
    if _own_script(folder):
        install = tuple(_with_options(step, manager.own_scripts, manager) for step in install)
    steps.install = _filled(install, steps.manifest, release)
    steps.install_after_source = _filled(install_after_source, steps.manifest, release)
    places = imported or chosen.told or (Evidence(below(folder, steps.manifest), rule="manifest"),)
    if why := _needs_source(folder, steps, tree, stack):
        # What the install runs or reads is in the source, so there is no layer before it.
        steps.install_after_source = (*steps.install, *steps.install_after_source)
        steps.install, steps.copy_first = (), ()
        because += f"; after the source, because {why}"
    if stack.install_itself and not manager.install_after_source and _starts_itself(folder, stack, about, entry_points):
        itself = stack.install_itself
        if missing := _asked_beside(folder, used):
            itself = tuple(word for word in itself if word != "--no-deps")
            because += f"; {', '.join(sorted(missing)[:3])} by the application's own set-up alone"
        steps.install_after_source = (*steps.install_after_source, itself)
        because += "; the application itself is installed for the script that starts it"
    steps.install_after_source = _versioned(steps.install_after_source, folder, stack, tree)
    decisions, steps.decisions = steps.decisions, []
    pinned = bool(chosen.lock) and chosen.in_time
    steps.build = _builds(key, manager, application, about, entry_points, steps, tree, pinned=pinned)
    steps.prune = _filled(manager.prune, steps.manifest, release)
    if stack.runtime_image or stack.artifact:
        steps.prune = ()  # nothing of what is installed leaves the build stage
    elif (
        steps.prune
        and not _operators_leave_out(about)
        and (kept := needed_at_run_time(key, folder, stack, tree, about))
    ):
        steps.prune = ()
        steps.decisions.append(kept)
    elif stack.language == "node" and not any(wanted.development for wanted in folder.of_type(Dependency)):
        steps.prune = ()  # nothing to take away, and npm 6 takes away what is wanted as `latest`
    if steps.prune and manager.production and not steps.build and not _runs_scripts(folder):
        steps.prune = ()
        steps.install = tuple(_with_options(step, manager.production, manager) for step in steps.install)
        because += "; without those for development, because nothing is built"
    installed = "; ".join(map(shlex.join, steps.install or steps.install_after_source))
    steps.decisions = [*decisions, Decision(f"{key}.install", installed, because, places), *steps.decisions]
    steps.install, steps.install_after_source, steps.build = (
        _of_application(part, entry_points) for part in (steps.install, steps.install_after_source, steps.build)
    )
    bounds, reasons = library_bounds(key, stack, release.version, dependencies, of_source)
    steps.decisions += reasons
    steps.prepare, steps.constraints = _bounded_tools(steps.prepare, bounds)
    return steps


def _operators_leave_out(about: Sequence[Fact]) -> bool:
    """Whether operators install without what is for development, `npm install --production`: it runs without."""
    return any(
        isinstance(fact, Command)
        and fact.role is Role.INSTALL
        and not fact.alternative
        and _FOR_PRODUCTION.search(fact.text) is not None
        and not {"-g", "--global"}.intersection(fact.text.split())
        for fact in about
    )


def _runs_scripts(folder: Folder) -> bool:
    """Whether an install runs scripts of the application's own, which may call what is for development alone."""
    scripts = (point.value for point in folder.of_type(EntryPoint) if point.kind == "npm_script")
    return bool(members(folder)) or not set(_LIFECYCLE).isdisjoint(scripts)


def _own_script(folder: Folder) -> str:
    """The first script of the application's own that an install runs, and that does something for it."""
    scripts = (p for p in folder.of_type(EntryPoint) if p.kind == "npm_script" and p.value in _LIFECYCLE)
    return next((point.value for point in scripts if not _HARMLESS.search(point.detail)), "")


def _with_options(step: Arguments, options: Arguments, manager: PackageManagerSteps) -> Arguments:
    """An install with options, also where a shell runs it."""
    if step[0] in manager.programs:
        return (*step, *options)
    installs = rf"\b(?:{'|'.join(map(re.escape, manager.programs))}) install\b"
    with_options = " ".join((r"\g<0>", *options))
    return tuple(re.sub(installs, with_options, word) for word in step)


def _leaves_open(stack: Stack, listed: Sequence[Dependency]) -> bool:
    """Whether a list pins less than what it installs: a library, or what one of its libraries brings along."""
    names = {dependency.name.lower() for dependency in listed}
    brought = stack.history.brings if stack.history else {}
    return any(not dependency.version for dependency in listed) or any(
        not names.issuperset(others) for library, others in brought.items() if library in names
    )


def _versioned(steps: tuple[Arguments, ...], folder: Folder, stack: Stack, tree: SourceTree) -> tuple[Arguments, ...]:
    """The steps with a version for the application where its set-up would ask git for one, which no build stage can."""
    manifests = [tree.read(below(folder, name)) for name in _SETUPS if name in folder.paths]
    variables = {
        variable
        for tool, variable in stack.versions_from_git.items()
        if any(file and re.search(rf"\b{re.escape(tool)}\b", file.text) for file in manifests)
    }
    if not variables:
        return steps
    given = ("env", *(f"{name}=0.0.0" for name in sorted(variables)))
    return tuple(
        (*given, *step) if any(word == "." or _SETUP.search(word) for word in step) else step for step in steps
    )


def _floating(
    manager: PackageManagerSteps, chosen: ChosenManager, own: Sequence[Dependency], change: LastChange | None
) -> list[Finding]:
    """Finding RP039: no lock file, and no index that tells what there was on the day of the last change."""
    floating = [d for d in own if not d.version and not d.development and not d.name.startswith("ext-")]
    if not floating:
        return []
    named = ", ".join(dependency.name for dependency in floating[:3]) + (" and others" if len(floating) > 3 else "")
    since = f", the newest today, not of {change.day} when the application was last changed" if change else ""
    severity = Severity.WARNING if change else Severity.NOTE
    text = f"nothing pins {named}: each build installs the newest that {chosen.manifest} admits{since}"
    advice = f"run `{manager.to_lock}` where the application works, and commit what it writes"
    return [Finding("RP039", severity, text, evidence_of(floating), advice)]


def _bounded_tools(
    prepare: tuple[Arguments, ...], bounds: tuple[str, ...]
) -> tuple[tuple[Arguments, ...], tuple[str, ...]]:
    """A bound on a tool that is installed first, such as setuptools, is met there: as a constraint it would also hold for
    packages that bring their own."""
    for bound in bounds:
        name = re.split(r"[<>=!~]", bound)[0].lower()
        if any(word.startswith(f"{name}==") for step in prepare for word in step):
            prepare = tuple(tuple(bound if word.startswith(f"{name}==") else word for word in step) for step in prepare)
            bounds = tuple(other for other in bounds if other != bound)
    return prepare, bounds


def _with_variants(
    manager: PackageManagerSteps, folder: Folder, release: Release, chosen: ChosenManager
) -> PackageManagerSteps:
    for variant in manager.variants:
        if variant.versions and release.version not in variant.versions:
            continue
        if variant.of_manager and not (chosen.version and satisfies(variant.of_manager, chosen.version)):
            continue
        if variant.when and holds(variant.when, folder) is None:
            continue
        if variant.having and not any(find(folder, pattern) for pattern in variant.having):
            continue
        if any(find(folder, pattern) or pattern in chosen.files for pattern in variant.without):
            continue
        given = {
            name: value
            for name in (
                "prepare",
                "install",
                "install_out_of_date",
                "install_of_day",
                "install_after_source",
                "build",
                "prune",
                "production",
                "own_scripts",
                "build_image",
            )
            if (value := getattr(variant, name)) is not None
        }
        manager = manager.model_copy(update=given)
    return manager


def _filled(steps: Sequence[Arguments], manifest: str, release: Release) -> tuple[Arguments, ...]:
    return tuple(
        tuple(word.replace("{manifest}", manifest).replace("{version}", release.version) for word in step)
        for step in steps
    )


def _of_version(steps: Sequence[Arguments], version: str) -> tuple[Arguments, ...]:
    """Steps that install the version of the tool which wrote the lock file; without those where none is known."""
    known = [
        step for step in steps if _VERSION.fullmatch(version) or not any(_MANAGER_VERSION in word for word in step)
    ]
    return tuple(tuple(word.replace(_MANAGER_VERSION, version) for word in step) for step in known)


def _of_application(steps: Sequence[Arguments], entry_points: Mapping[str, str]) -> tuple[Arguments, ...]:
    """Steps with the entry points that they name, `{go_main}` say, in their places; one for each project of .NET where a
    step names them all."""
    projects = entry_points.get("dotnet_projects", "").split("\n")
    steps = [
        tuple(project if word == _EACH_PROJECT else word for word in step)
        for step in steps
        for project in (projects if _EACH_PROJECT in step else [""])
        if all(entry_points.get(word.strip("{}")) for word in step if word in _LISTS)
    ]
    return tuple(tuple(filled for word in step for filled in _in_place(word, entry_points)) for step in steps)


def _in_place(word: str, entry_points: Mapping[str, str]) -> Sequence[str]:
    """A word with its entry points; one that is nothing but a list of them, `{go_mains}`, becomes a word for each."""
    if word in _LISTS:
        return entry_points.get(word.strip("{}"), "").split()
    return (re.sub(r"\{(\w+)\}", lambda match: entry_points.get(match[1], match[0]), word),)


def _needs_source(folder: Folder, steps: Steps, tree: SourceTree, stack: Stack) -> str:
    """Why the dependencies cannot be installed before the source is there, or nothing."""
    if not steps.install:
        return ""
    if stack.language == "python":
        for path in steps.copy_first:
            file = tree.read(below(folder, path))
            if file and path.endswith((".txt", ".in")) and any(_FROM_SOURCE.match(line) for line in file.lines):
                return f"{path} installs from the source tree"
    if stack.language == "node":
        if script := _own_script(folder):
            return f"the install runs the script {script}"
        for directory in ("", *members(folder)):
            manifest = tree.read(below(folder, f"{directory}/package.json".lstrip("/")))
            if manifest and _PACKAGE_OF_SOURCE.search(manifest.text):
                return "packages of the source tree are dependencies"
            for match in _LIFECYCLE_SCRIPT.finditer(manifest.text) if manifest and directory else ():
                if not _HARMLESS.search(match[2]):
                    return f"the install runs the script {match[1]} of {directory}"
    if stack.language == "ruby":
        manifest = tree.read(below(folder, steps.copy_first[0])) if steps.copy_first else None
        if manifest and _GEM_OF_SOURCE.search(manifest.text):
            return "the list of gems is read from the source tree, or gems are"
    if stack.language == "go":
        manifest = tree.read(below(folder, steps.manifest))
        if find(folder, "go.work") or (manifest and _LOCAL_MODULE.search(manifest.text)):
            return "modules of the source tree are dependencies"
    return ""


def _asked_beside(folder: Folder, lists: Collection[str]) -> set[str]:
    """What the application's own set-up asks for and none of the lists that are installed has."""
    needed = [dependency for dependency in folder.of_type(Dependency) if not dependency.development]
    setups = {below(folder, name) for name in _SETUPS}
    asked = {dependency.name for dependency in needed if dependency.evidence.path in setups}
    return asked - {dependency.name for dependency in needed if dependency.evidence.path in lists}


def _starts_itself(folder: Folder, stack: Stack, about: Sequence[Fact], entry_points: Mapping[str, str]) -> bool:
    """Whether a script that only an installation of the application makes is what starts it."""
    if next((kind for kind in stack.start_from if kind in entry_points), "") in ("console_script", "serving_command"):
        return True
    scripts = {point.value for point in folder.of_type(EntryPoint) if point.kind == "console_script"}
    starts = (fact for fact in about if isinstance(fact, Command) and fact.role is Role.START and fact.argv)
    return any(PurePosixPath(command.argv[0]).name in scripts for command in starts)


def _builds(
    key: str,
    manager: PackageManagerSteps | None,
    application: Recognised,
    about: Sequence[Fact],
    entry_points: Mapping[str, str],
    steps: Steps,
    tree: SourceTree,
    *,
    pinned: bool,
) -> tuple[Arguments, ...]:
    """The build of the README where the image has its tool, else the stack's, else the manifest's build script."""
    folder, stack = application.folder, application.stack
    told = [
        c
        for c in ranked([f for f in about if isinstance(f, Command) and f.role is Role.BUILD], operators_first=True)
        if c.argv and c.mode is Mode.PRODUCTION
    ]
    found: list[Arguments] = []
    if manager is not None and manager.build:
        command = next((c for c in told if program_of(c) in {PurePosixPath(p).name for p in manager.programs}), None)
        usual = _of_application(manager.build, entry_points)[0]
        found = [_as_operators_build(usual, command, application.module)]
        steps.decisions.append(
            Decision(
                f"{key}.build",
                shlex.join(found[0]),
                "how the operators build it" if command else "how the tool builds",
                evidence_of([command] if command else []),
                command is None,
            )
        )
        return tuple(found)
    for argv in stack.build:
        command = next((c for c in told if _is_task(c, argv)), None)
        if command or _applies(argv, folder):
            found.append(argv)
            steps.decisions.append(
                Decision(
                    f"{key}.build",
                    shlex.join(argv),
                    "the README builds so" if command else "the settings ask for it",
                    evidence_of([command] if command else []),
                )
            )
            if stack.build_reads_settings:
                steps.environment |= _build_variables(about, stack)
    if manager is not None and manager.run_script and stack.build_scripts:
        scripts, reasons = script_builds(key, manager, application, told, entry_points, tree, pinned=pinned)
        found += scripts
        steps.decisions += reasons
    return tuple(found)


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
    from them, often with what other tools made; collectstatic where the settings name a folder for it."""
    if "assets:precompile" in argv:
        return _any_below(folder, *_ASSETS) and not _any_below(folder, "public/assets", "public/packs")
    if "collectstatic" not in argv:
        return True
    roots = [point.value.strip("/") for point in folder.of_type(EntryPoint) if point.kind == "static_root"]
    return bool(roots) and not _any_below(folder, *filter(None, roots))


def _any_below(folder: Folder, *directories: str) -> bool:
    """Whether these folders hold more than what keeps them in git."""
    inside = tuple(f"{directory}/" for directory in directories)
    return any(path.startswith(inside) and path.rpartition("/")[2] not in KEEPERS for path in folder.paths)


def _build_variables(about: Sequence[Fact], stack: Stack) -> dict[str, str]:
    """Values that let settings be read during the build, for the variables that code reads without a default; for those
    that the README requires, where the code was not understood. None is a secret, and none leaves the build stage."""
    variables = [fact for fact in about if isinstance(fact, EnvironmentVariable) and _VARIABLE.fullmatch(fact.name)]
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
