"""How an image is filled: the package manager, the dependency layer, the build."""

import re
import shlex
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from toolkit.catalog.load import Arguments
from toolkit.catalog.stacks import PackageManagerSteps, Release, Stack
from toolkit.facts.model import (
    Command,
    Dependency,
    EntryPoint,
    Fact,
    LastChange,
    Role,
    Runtime,
)
from toolkit.findings import Evidence, Finding, Severity
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.absent_package import with_absent_package
from toolkit.plan.asked_elsewhere import asked_elsewhere, installed_beside
from toolkit.plan.bounds import library_bounds, long_unchanged, of_day
from toolkit.plan.build_commands import Build, plan_build
from toolkit.plan.folders import Folder, below
from toolkit.plan.git_sources import by_https, of_git, remark
from toolkit.plan.model import Decision
from toolkit.plan.package_managers import PLAIN_PATH, ChosenManager
from toolkit.plan.peer_dependencies import OPTION as LEGACY_PEERS
from toolkit.plan.peer_dependencies import peer_conflict
from toolkit.plan.pruning import needed_at_run_time
from toolkit.plan.ranking import evidence_of
from toolkit.plan.recognition import Recognised
from toolkit.plan.setup_script import SETUP, imports_requirement, with_asked_first
from toolkit.plan.source_first import needs_source, own_script, runs_scripts
from toolkit.plan.step_templates import filled, of_application, of_version, with_variants
from toolkit.plan.told_libraries import told_beside, told_extras, with_extras
from toolkit.plan.versions import satisfies

_FOR_PRODUCTION = re.compile(r"\s--(?:prod(?:uction)?(?=\s|$)|omit[= ]dev\b|only[= ]prod)")
_PLAIN_CONSTRAINT = re.compile(r"[\w.,<>=!~ *+-]{0,100}")
# https://classic.yarnpkg.com/lang/en/docs/cli/install/#toc-yarn-install-ignore-engines
_IGNORE_ENGINES = "--ignore-engines"
_LIST = "/opt/requirements.txt"
_SETUPS = ("pyproject.toml", "setup.cfg", "setup.py")
_SETUP = re.compile(r"(?:^|\s)(?:pyproject\.toml|setup\.(?:cfg|py))(?:\s|$)")


@dataclass
class Steps:
    """The steps of an image's build stage, as `Stage` of the plan has them."""

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
    beside: tuple[Dependency, ...] = ()  # what is installed beside the manifest's list
    install_environment: dict[str, str] = field(default_factory=dict)
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
    if manager is not None:
        steps.install_environment = _without_downloads(stack, folder)
    if manager is None:
        if stack.extensions:
            steps.build_image = release.runtime_image  # nothing to install: no other image is worth its download
        if application.installer:
            steps.install_after_source = (application.installer,)
            script = application.installer[-1]
            why = "by it operators install the application, which needs what it puts around its folder"
            steps.decisions.append(
                Decision(f"{key}.install_after_source", script, why, (Evidence(script, rule="install-script"),))
            )
        if stack.unlisted and dependencies:
            _install_unlisted(key, application, release, about, dependencies, of_source, steps)
        build = plan_build(key, None, application, about, entry_points, tree, pinned=True)
        _add(build, steps)
        steps.build = of_application(steps.build, entry_points)
        return steps
    manager = with_variants(manager, folder, release, chosen)
    because = f"{chosen.manifest} lists the dependencies"
    imported: tuple[Evidence, ...] = ()
    if chosen.manifest == SETUP and (found := imports_requirement(folder, tree)):
        imported, asked = found[:1], found[1]
        of_lists = with_variants(stack.package_managers["pip"], folder, release, chosen)
        manager = with_asked_first(manager, of_lists, asked)
        because += ", and imports one of them itself: they come first"
    steps.package_manager = chosen.name
    steps.artifact = manager.artifact
    steps.manifest, steps.copy_first = chosen.manifest, chosen.files
    if manager.build_image:
        steps.build_image = manager.build_image.format(version=release.version)
    install = manager.install if chosen.in_time or not manager.install_out_of_date else manager.install_out_of_date
    change = long_unchanged(stack, about, of_source) if PLAIN_PATH.fullmatch(chosen.manifest) else None
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
        *filled(of_version(manager.prepare, chosen.version), steps.manifest, release),
    )
    lock = tree.read(below(folder, chosen.lock)) if chosen.lock and chosen.name == "npm" else None
    conflict = peer_conflict(lock, folder.of_type(Dependency)) if lock else None
    options = (_IGNORE_ENGINES,) if chosen.name == "yarn" and not _is_engine(release, about, folder) else ()
    install = tuple(_with_options(step, options, manager) for step in install)
    if options:
        because += f"; the manifest names a patch of {stack.language} {release.version}, which has newer ones"
    if conflict:
        install = tuple(_with_options(step, (LEGACY_PEERS,), manager) for step in install)
        because += (
            f"; with peers as npm 6 takes them, since {conflict.package} asks for {conflict.peer} {conflict.wanted}"
            f" and the lock file has {conflict.version}"
        )
    if own_script(folder):
        install = tuple(_with_options(step, manager.own_scripts, manager) for step in install)
    steps.install = filled(install, steps.manifest, release)
    steps.install_after_source = filled(install_after_source, steps.manifest, release)
    others: list[Dependency] = []
    if stack.language == "python":
        steps.install_after_source = with_extras(steps.install_after_source, told_extras(folder, about))
        lists = used | {below(folder, name) for name in _SETUPS}
        listed = {d.name for d in folder.of_type(Dependency) if not d.development and d.evidence.path in lists}
        listed |= {server.package.lower() for server in stack.servers.values()}
        others = asked_elsewhere(folder, used, about, entry_points, tree) + told_beside(folder, about, listed, tree)
    if others:
        steps.beside = tuple(others)
        steps.install_after_source = (*installed_beside(others, folder), *steps.install_after_source)
        named = ", ".join(dependency.name for dependency in others[:3])
        because += f"; {named} by {others[0].evidence.path} alone, as the application needs it to start"
    places = imported or chosen.told or (Evidence(below(folder, steps.manifest), rule="manifest"),)
    if steps.install and (why := needs_source(folder, steps.manifest, steps.copy_first, tree, stack)):
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
    for package in (point.value for point in folder.of_type(EntryPoint) if point.kind == "own_package"):
        steps.install_after_source = (*steps.install_after_source, ("ln", "-s", ".", package))
        because += f"; the folder is a package of its own, {package}, which its modules import by this name"
    steps.install_after_source = (*_listening_outside(folder), *steps.install_after_source)
    steps.install_after_source = with_absent_package(steps.install_after_source, folder, tree)
    steps.install_after_source = _versioned(steps.install_after_source, folder, stack, tree)
    decisions, steps.decisions = steps.decisions, []
    pinned = bool(chosen.lock) and chosen.in_time
    _add(plan_build(key, manager, application, about, entry_points, tree, pinned=pinned), steps)
    steps.prune = tuple((*step, *options) for step in filled(manager.prune, steps.manifest, release))
    if conflict:
        steps.prune = tuple((*step, LEGACY_PEERS) for step in steps.prune)
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
    if steps.prune and manager.production and not steps.build and not runs_scripts(folder):
        steps.prune = ()
        steps.install = tuple(_with_options(step, manager.production, manager) for step in steps.install)
        because += "; without those for development, because nothing is built"
    installed = "; ".join(map(shlex.join, steps.install or steps.install_after_source))
    steps.decisions = [*decisions, Decision(f"{key}.install", installed, because, places), *steps.decisions]
    steps.install, steps.install_after_source, steps.build = (
        of_application(part, entry_points) for part in (steps.install, steps.install_after_source, steps.build)
    )
    bounds, reasons = library_bounds(key, stack, release.version, dependencies, of_source)
    steps.decisions += reasons
    steps.prepare, steps.constraints = _bounded_tools(steps.prepare, bounds)
    return steps


def _install_unlisted(
    key: str,
    application: Recognised,
    release: Release,
    about: Sequence[Fact],
    dependencies: Sequence[Dependency],
    of_source: Sequence[Dependency],
    steps: Steps,
) -> None:
    """Finding RP092: libraries that no file lists get a list in the build stage, which is installed as one of the source."""
    stack = application.stack
    manager = with_variants(stack.package_managers[stack.unlisted], application.folder, release, ChosenManager())
    asked = [f"{d.name}{d.constraint}" for d in dependencies if _PLAIN_CONSTRAINT.fullmatch(d.constraint)]
    # In double quotes, since a step's own are single ones: the pattern lets nothing through that they would not hold.
    words = " ".join(f'"{word}"' if shlex.quote(word) != word else word for word in asked)
    listed = f'printf "%s\\n" {words} > {_LIST}'
    places = evidence_of(dependencies)
    change = long_unchanged(stack, about, of_source)
    if change and manager.install_of_day:
        steps.resolved_before = change.day
        steps.decisions.append(of_day(key, change))
    install = manager.install_of_day if steps.resolved_before else manager.install
    steps.install = (("sh", "-c", listed), *filled(install, _LIST, release))
    because = "no file lists the libraries: these are what the README installs and the code imports"
    steps.decisions.append(Decision(f"{key}.install", ", ".join(asked), because, places, True))
    steps.findings.append(
        Finding(
            "RP092",
            Severity.WARNING,
            f"no file lists the libraries; the image installs {', '.join(asked[:6])}{' and others' if len(asked) > 6 else ''},"
            " as the README says and the code imports them",
            places,
            "run `pip freeze > requirements.txt` where the application works, and commit what it writes",
        )
    )
    bounds, reasons = library_bounds(key, stack, release.version, dependencies, of_source)
    steps.decisions += reasons
    steps.prepare, steps.constraints = _bounded_tools(steps.prepare, bounds)


def _listening_outside(folder: Folder) -> Iterator[Arguments]:
    """Settings whose server listens on the loopback address alone get the one that is reached from outside the container."""
    for point in folder.of_type(EntryPoint):
        if point.kind == "loopback":
            yield (
                "sed",
                "-i",
                point.detail,
                point.value.removeprefix(f"{folder.directory}/" if folder.directory else ""),
            )


def _add(build: Build, steps: Steps) -> None:
    steps.build = tuple(build.commands)
    steps.environment |= build.environment
    steps.decisions += build.decisions


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


def _is_engine(release: Release, about: Sequence[Fact], folder: Folder) -> bool:
    """Whether the newest patch of a release fits the manifest, without which Yarn 1 refuses to install."""
    named = [f for f in about if isinstance(f, Runtime) and f.evidence.path.rpartition("/")[2] == "package.json"]
    newest = f"{release.version}.999.999"
    return ".yarnrc.yml" in folder.paths or all(satisfies(f.constraint, newest) for f in named if f.constraint)


def _with_options(step: Arguments, options: Arguments, manager: PackageManagerSteps) -> Arguments:
    """An install with options, also where a shell runs it."""
    if step[0] in manager.programs:
        return (*step, *options)
    installs = rf"\b(?:{'|'.join(map(re.escape, manager.programs))}) install\b"
    with_options = " ".join((r"\g<0>", *options))
    return tuple(re.sub(installs, with_options, word) for word in step)


def _without_downloads(stack: Stack, folder: Folder) -> dict[str, str]:
    tools = sorted(
        d.name for d in folder.of_type(Dependency) if d.development and d.name in stack.install_environment_with
    )
    return {name: value for tool in tools for name, value in stack.install_environment_with[tool].items()}


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
