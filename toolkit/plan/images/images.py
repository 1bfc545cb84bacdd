"""Which images are built, from which base images, by which steps."""

import posixpath
import re
import shlex
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from toolkit.catalog.dependencies import NativeLibrary
from toolkit.catalog.load import Arguments
from toolkit.catalog.stacks import Stack
from toolkit.facts.model import (
    Command,
    Dependency,
    EntryPoint,
    Fact,
    Facts,
    Origin,
    Runtime,
    SystemPackage,
    WritableFolder,
)
from toolkit.findings import Evidence, Finding, Severity
from toolkit.inventory.paths import inside, leaves
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.app_folder import in_image
from toolkit.plan.applications.entry_points import (
    context_path,
    document_root_of,
    entry_points_of,
    front_controller,
    given_arguments,
    start_folder,
)
from toolkit.plan.applications.folders import BESIDE_THE_POINT, Folder, below, facts_about
from toolkit.plan.applications.installed_from_above import installed_from_above
from toolkit.plan.applications.recognition import Recognised, recognise
from toolkit.plan.builds.build_steps import Steps, plan_steps
from toolkit.plan.builds.dotnet_sdk import bundle_entry_points, plan_bundles, sdk_image
from toolkit.plan.dependencies.package_managers import ChosenManager, choose_manager
from toolkit.plan.image_model import Image
from toolkit.plan.images.added_server import plan_server
from toolkit.plan.images.asset_packages import Package, find_packages
from toolkit.plan.images.assets import node_for_build, plan_assets
from toolkit.plan.images.image_environment import settled_variables
from toolkit.plan.images.image_inputs import ImageInputs
from toolkit.plan.images.lasting_files import embedded_databases, lasting
from toolkit.plan.images.native_packages import plan_packages
from toolkit.plan.images.php_code import removed_findings, removed_language, runtimes, short_tags, without_composers
from toolkit.plan.images.php_extensions import asked_by_copied_libraries, called_by_code, plan_extensions
from toolkit.plan.images.readme_image import plan_from_readme
from toolkit.plan.images.remarks import remarks
from toolkit.plan.images.writable import owned_alone, writable_folders
from toolkit.plan.model import Decision, Question
from toolkit.plan.names import own_parts, unique_name, valid_name
from toolkit.plan.ranking import evidence_of, of_type, ranked
from toolkit.plan.reported import Reported
from toolkit.plan.starts.go_programs import go_entry_points
from toolkit.plan.versions.bounds import long_unchanged, narrowed, used_before
from toolkit.plan.versions.interpreter import choose_release
from toolkit.plan.versions.language_versions import language_versions


@dataclass
class PlannedImages(Reported):
    """What planning the images returns; `stacks` and `entry_points` (kind to value) are by image name."""

    images: dict[str, Image] = field(default_factory=dict)
    stacks: dict[str, Stack] = field(default_factory=dict)
    entry_points: dict[str, dict[str, str]] = field(default_factory=dict)


NativeLibraries = Mapping[tuple[str, str], tuple[NativeLibrary, ...]]


def plan_images(
    tree: SourceTree, facts: Facts, stacks: tuple[Stack, ...], native_libraries: NativeLibraries
) -> PlannedImages:
    """One image for each folder that is an application of its own; none where nothing is recognised."""
    planned = PlannedImages()
    recognised = installed_from_above(recognise(tree, facts, stacks), facts, tree)
    packages = {id(one): find_packages(one, recognised, facts, stacks, tree) for one in recognised}
    # What an application serves itself is none of its own.
    served = {
        package.folder.directory
        for one in recognised
        for package in packages[id(one)]
        if package.folder.directory != one.folder.directory
    }
    applications = [one for one in recognised if one.folder.directory not in served]
    planned.findings += _left_out(applications, facts)
    folders = [PurePosixPath(one.module or one.folder.directory).name for one in applications]
    for application, folder in zip(applications, own_parts(folders), strict=True):
        name = unique_name(valid_name(folder) or "app", planned.images) if len(applications) > 1 else "app"
        _plan_image(name, application, packages[id(application)], facts, stacks, tree, native_libraries, planned)
    return planned


def _left_out(applications: Sequence[Recognised], facts: Facts) -> Iterator[Finding]:
    """RP059: members of a workspace that have a script to start them, and no image."""
    homes = {posixpath.join(one.folder.directory, one.module) for one in applications}
    workspaces = {one.folder.directory for one in applications if one.module and one.stack.language == "node"}
    left = {
        place: point
        for point in of_type(facts, EntryPoint)
        if (point.kind, point.value) == ("npm_script", "start")
        and (place := point.directory.strip("/")) not in homes | workspaces
        and any(inside(place, root) for root in workspaces)
        and BESIDE_THE_POINT.isdisjoint(place.split("/"))
    }
    if left:
        yield Finding(
            "RP059",
            Severity.WARNING,
            f"{', '.join(sorted(left))}: packages with a script to start them that no service of the plan runs",
            evidence_of(left.values()),
            "those that run in production: add an image (a copy of another member's, with its folder as workdir and member) and a"
            " service of kind worker or web under replatform.yaml",
        )


def _plan_image(
    name: str,
    application: Recognised,
    asset_packages: Sequence[Package],
    facts: Facts,
    stacks: Sequence[Stack],
    tree: SourceTree,
    native_libraries: NativeLibraries,
    planned: PlannedImages,
) -> None:
    folder, stack = application.folder, application.stack
    about = facts_about(folder, facts)
    key = f"images.{name}"
    decide = planned.decisions.append
    decide(Decision(f"{key}.stack", stack.name, f"it is {stack.title}", application.evidence[:3]))
    manager = choose_manager(key, folder, stack, about, tree)
    planned.findings += manager.findings
    planned.decisions += manager.decisions
    dependencies = _dependencies(folder, stack, manager)
    of_source = used_before(stack, dependencies, folder, tree)
    dependencies = narrowed(dependencies, of_source)
    tools = [d for d in folder.of_type(Dependency) if d.development and stack.language == "node"]
    if manager.version and (manager.name != "gradle" or "gradlew" in folder.paths):
        tools = [*tools, _as_tool(manager, stack)]
    lock = tree.read(below(folder, manager.lock)) if manager.lock else None
    change = long_unchanged(stack, about, of_source)
    removed = removed_language(stack.php_history, folder, tree) if stack.php_history else []
    stated = [*without_composers(_typed(about, Runtime), manager.name), *runtimes(removed)]
    of_code = language_versions(stack, folder, tree)
    chosen = choose_release(name, stack, stated, [*dependencies, *of_code], tools, lock, change)
    planned.findings += [*chosen.findings, *removed_findings(key, removed, chosen.release.version)]
    planned.questions += chosen.questions
    decide(chosen.decision)
    release = chosen.release
    entry_points, points = entry_points_of(folder, application)
    entry_points |= given_arguments(folder, about)
    entry_points |= go_entry_points(ranked(folder.of_type(EntryPoint)), _typed(about, Command), folder, tree)
    workdir = start_folder(application, points, about)
    inputs = ImageInputs(key, application, release, manager, about, dependencies, entry_points, tree, change, of_source)
    steps = plan_steps(inputs)
    dependencies = [*dependencies, *steps.beside]
    if stack.language == "dotnet" and stack.operating_system == "LINUX":
        steps.build_image, reasons = sdk_image(key, stack, release, about)
        bundles = plan_bundles(key, folder, about, dependencies, entry_points)
        steps.build = (*steps.build, *bundles.build)
        steps.decisions += [*reasons, *bundles.decisions]
        steps.findings += bundles.findings
        entry_points |= bundle_entry_points(bundles)
    node_image, reasons = node_for_build(name, application, facts, stacks)
    take = stack.assets_take if steps.package_manager else ()
    assets = plan_assets(name, application, asset_packages, take, facts, tree)
    planned.decisions += [*steps.decisions, *reasons, *assets.decisions]
    planned.findings += [*steps.findings, *assets.findings]
    server = plan_server(key, stack, release, about, dependencies, entry_points)
    if server:
        decide(server.decision)
        dependencies = [*dependencies, server.library]  # it needs native libraries as any other
    extensions: tuple[str, ...] = ()
    if stack.extensions:
        extensions, reasons, unknown = plan_extensions(
            key,
            stack.extensions,
            [*about, *asked_by_copied_libraries(folder, tree), *called_by_code(stack.extensions, folder, tree)],
            release.version,
        )
        planned.decisions += reasons
        planned.findings += unknown
        dependencies = [*dependencies, *_as_dependencies(extensions, dependencies)]
    packages = plan_packages(key, stack, release, _typed(about, SystemPackage), dependencies, native_libraries)
    if stack.readme_packages:
        steps.build, packages = plan_from_readme(key, stack.readme_packages, about, tree)
    planned.decisions += packages.decisions
    planned.findings += packages.findings
    planned.findings += remarks(stack, about, application.evidence)
    document_root = document_root_of(folder) if stack.language == "php" else ""
    php_settings = short_tags(key, folder, tree) if stack.language == "php" else []
    planned.decisions += php_settings
    artifact = _artifact(key, application, steps, entry_points, points, planned)
    # Operators move pages to a folder that the server writes to as well.
    built = assets.assets.outputs if assets.assets and not asset_packages[0].moved_to else ()
    written = _without_folders(about, built)
    writable, written_by = writable_folders(stack, folder, written, tree, workdir)
    owned = owned_alone(written, folder, writable)
    if application.installer:
        # Its operators run the installer and the application as one user.
        owned |= {in_image(application.module): Evidence(application.installer[-1], rule="install-script")}
    if stack.runtime_image:
        writable, written_by, owned = {}, (), {}  # of the application nothing runs in it
    planned.findings += lasting({path: places or application.evidence[:1] for path, places in writable.items()}, about)
    direct = [d for d in dependencies if d.evidence.path.rpartition("/")[2] not in _locks(stack)]
    planned.findings += embedded_databases(stack.embedded_databases, direct)
    if written_by:
        decide(Decision(f"{key}.writable", ", ".join(writable), "the application writes there", written_by))
    if owned:
        because = "the application makes new files there, or rewrites this one; code that lies beside stays root's"
        decide(Decision(f"{key}.owned", ", ".join(owned), because, tuple(owned.values())[:3]))
    environment, reasons = settled_variables(key, stack, folder, about, points, workdir)
    planned.decisions += reasons
    reads_settings = stack.build_reads_settings and bool(steps.build)
    touched, reasons = _needed_files(key, folder)
    planned.decisions += reasons
    image = Image(
        stack=stack.name,
        directory=folder.directory,
        workdir=workdir,
        member=application.module if stack.language == "node" else "",
        version=release.version,
        build_image=steps.build_image,
        operating_system=stack.operating_system,
        node_image=node_image,
        assets=assets.assets,
        runtime_image=stack.runtime_image or release.runtime_image,
        package_manager=steps.package_manager,
        manifest=steps.manifest,
        copy_first=steps.copy_first,
        prepare=(*steps.prepare, *packages.prepare),
        resolved_before=steps.resolved_before,
        install=(*steps.install, *((server.install,) if server and not steps.install_after_source else ())),
        install_environment=steps.install_environment,
        install_after_source=(
            *steps.install_after_source,
            *((server.install,) if server and steps.install_after_source else ()),
            *touched,
        ),
        build=steps.build,
        prune=steps.prune,
        build_environment=(environment if reads_settings else {}) | steps.environment,
        environment=environment,
        build_packages=packages.build,
        runtime_packages=packages.runtime,
        extensions=extensions,
        document_root=document_root,
        front_controller=front_controller(stack, entry_points, document_root, folder),
        php_settings={decision.key.rpartition(".")[2]: decision.value for decision in php_settings},
        constraints=steps.constraints,
        artifact=artifact,
        context_path=context_path(entry_points) if stack.artifact == "{war}" else "",
        writable=tuple(writable),
        owned=tuple(owned),
    )
    decide(
        Decision(
            f"{key}.runtime_image",
            image.runtime_image,
            stack.title if stack.runtime_image else f"the slim image of {stack.language} {release.version}",
            chosen.decision.evidence,
            chosen.decision.guessed,
        )
    )
    planned.images[name] = image
    planned.stacks[name] = stack
    planned.entry_points[name] = entry_points


def _typed(facts: Iterable[Fact], kind: type) -> list:  # type: ignore[type-arg]
    return [fact for fact in facts if isinstance(fact, kind)]


def _without_folders(about: Sequence[Fact], built: Sequence[str]) -> list[Fact]:
    """The facts but for folders that a stage fills, which git keeps empty: nothing comes there at run time."""
    return [fact for fact in about if not (isinstance(fact, WritableFolder) and fact.path.strip("/") in built)]


def _dependencies(folder: Folder, stack: Stack, manager: ChosenManager) -> list[Dependency]:
    """What production installs: without the lock files of other package managers, and without what only developers need."""
    others = {lock for name, steps in stack.package_managers.items() if name != manager.name for lock in steps.locks}
    used = {below(folder, path) for path in manager.files}
    # Where nothing is installed from a list, a list that is there is what the setup script reads.
    reads_lists = any(path.endswith(".txt") for path in used) or bool(manager.lock)
    found = [
        d
        for d in folder.of_type(Dependency)
        if d.evidence.path in used
        or not ((reads_lists and d.evidence.path.endswith(".txt")) or d.evidence.path.rpartition("/")[2] in others)
    ]
    declared = {d.name for d in found if not d.development and d.evidence.path.rpartition("/")[2] not in _locks(stack)}
    developers = {d.name for d in found if d.development} - declared
    return [d for d in found if not d.development and d.name not in developers]


def _locks(stack: Stack) -> frozenset[str]:
    """Names of the lock files of a stack's package managers."""
    return frozenset(lock for steps in stack.package_managers.values() for lock in steps.locks)


def _artifact(
    key: str,
    application: Recognised,
    steps: Steps,
    entry_points: Mapping[str, str],
    points: Mapping[str, EntryPoint],
    planned: PlannedImages,
) -> str:
    """What the run-time stage takes: as a file says, by the tool that builds it, or the build tool's usual place."""
    folder, stack = application.folder, application.stack
    if not stack.artifact:
        return ""
    kinds = re.findall(r"\{(\w+)\}", stack.artifact)
    if all(kind in entry_points for kind in kinds):
        value = stack.artifact
        for kind in kinds:
            value = value.replace("{" + kind + "}", entry_points[kind].removeprefix("./").strip("/"))
        if not leaves(value):
            planned.decisions.append(
                Decision(f"{key}.artifact", value, "what the build writes", evidence_of(points[kind] for kind in kinds))
            )
            return value
    usual = next(
        (
            place
            for tool, place in stack.artifact_by_dependency.items()
            if any(d.name == tool for d in folder.of_type(Dependency))
        ),
        steps.artifact,
    )
    if usual and stack.language == "node" and application.module:
        usual = f"{application.module}/{usual}"
    planned.decisions.append(Decision(f"{key}.artifact", usual, "where its build tool usually writes", (), True))
    if not usual:
        planned.questions.append(
            Question(f"{key}.artifact", "Into which folder does the build write?", None, consequence=1)
        )
    return usual


def _needed_files(key: str, folder: Folder) -> tuple[tuple[Arguments, ...], list[Decision]]:
    """Steps that make, empty, the files of variables that the code asks for: the ignore file leaves out the host's."""
    needed = [point for point in folder.of_type(EntryPoint) if point.kind == "needed_env_file"]
    steps: tuple[Arguments, ...] = ()
    for path in dict.fromkeys(point.value for point in needed):
        above = posixpath.dirname(path)
        if above and not any(other.startswith(f"{above}/") for other in folder.paths):
            steps += (("mkdir", "-p", above),)  # it holds nothing else
        steps += (("touch", path),)
    because = "the code asks for this file and may stop without it; the variables come from the environment"
    text = "; ".join(map(shlex.join, steps))
    decisions = [Decision(f"{key}.install_after_source", text, because, evidence_of(needed))] if steps else []
    return steps, decisions


def _as_tool(manager: ChosenManager, stack: Stack) -> Dependency:
    """A build tool of a known version, as the tables of libraries know it: it has to run on the chosen version."""
    place = manager.lock or next(iter(manager.files), "")
    return Dependency(
        name=manager.name, ecosystem=stack.language, version=manager.version, development=True,
        evidence=Evidence(place, rule="package-manager"), origin=Origin.RUNNING,
    )  # fmt: skip


def _as_dependencies(extensions: Sequence[str], listed: Sequence[Dependency]) -> list[Dependency]:
    """Extensions as composer.json would name them, for the table of what they are compiled with."""
    known = {d.name for d in listed}
    nowhere = Evidence("", rule="extension")
    return [
        Dependency(evidence=nowhere, origin=Origin.DEFAULT, name=f"ext-{name}", ecosystem="composer")
        for name in extensions
        if f"ext-{name}" not in known
    ]
