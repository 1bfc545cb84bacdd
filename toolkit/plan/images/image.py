"""One image: its base images, the steps that fill it, what they need, and what its user may write to."""

import posixpath
import shlex
from collections.abc import Sequence
from dataclasses import dataclass

from toolkit.catalog.load import Arguments
from toolkit.catalog.stacks import Stack
from toolkit.facts.model import Command, CronJob, EntryPoint, Facts, Runtime
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.entry_points import (
    context_path,
    document_root_of,
    entry_points_of,
    front_controller,
    given_arguments,
    start_folder,
)
from toolkit.plan.applications.folders import Folder, below, facts_about
from toolkit.plan.applications.recognition import Recognised
from toolkit.plan.builds.build_commands import is_told_build
from toolkit.plan.builds.build_steps import plan_steps
from toolkit.plan.builds.dotnet_sdk import build_with_sdk
from toolkit.plan.builds.steps import Steps
from toolkit.plan.dependencies.of_production import of_production, tools_of
from toolkit.plan.dependencies.package_managers import choose_manager
from toolkit.plan.image_model import Image
from toolkit.plan.images.added_driver import plan_driver
from toolkit.plan.images.added_server import plan_server
from toolkit.plan.images.asset_packages import Package
from toolkit.plan.images.assets import node_for_build, plan_assets
from toolkit.plan.images.build_output import plan_artifact
from toolkit.plan.images.image_environment import settled_variables
from toolkit.plan.images.image_inputs import ImageInputs
from toolkit.plan.images.lasting_files import embedded_databases
from toolkit.plan.images.native_packages import NativeLibraries, Packages, plan_packages
from toolkit.plan.images.ownership import plan_ownership
from toolkit.plan.images.php_code import removed_findings, removed_language, runtimes, short_tags, without_composers
from toolkit.plan.images.php_extensions import plan_extensions
from toolkit.plan.images.readme_image import plan_from_readme
from toolkit.plan.images.stack_findings import stack_findings
from toolkit.plan.model import Decision
from toolkit.plan.ranking import evidence_of, ranked
from toolkit.plan.reported import Reported
from toolkit.plan.starts.go_programs import go_entry_points
from toolkit.plan.versions.bounds import long_unchanged, narrowed, of_ranges, used_before
from toolkit.plan.versions.language_versions import language_versions
from toolkit.plan.versions.releases import ChosenRelease, choose_release


@dataclass(frozen=True)
class Sources:
    """What all images of a tree are planned from."""

    tree: SourceTree
    facts: Facts
    stacks: Sequence[Stack]
    native_libraries: NativeLibraries


def plan_image(
    name: str, application: Recognised, asset_packages: Sequence[Package], sources: Sources, told: Reported
) -> tuple[Image, ImageInputs]:
    """An image, and what it is planned from; `told` gets what is decided, asked and found."""
    stack, folder, key = application.stack, application.folder, f"images.{name}"
    why = f"it is {stack.title}"
    told.decisions.append(Decision(f"{key}.stack", stack.name, why, application.evidence[:3]))
    inputs, chosen = _inputs(name, application, sources, told)
    steps = plan_steps(inputs)
    if stack.language == "dotnet" and stack.operating_system == "LINUX":
        build_with_sdk(inputs, steps)
    told.take(steps)
    inputs = inputs.with_added(steps.beside, steps.entry_points)
    node_image, reasons = node_for_build(name, application, sources.facts, sources.stacks)
    told.decisions += reasons
    taken_over = stack.assets_take if steps.package_manager else ()
    assets = told.take(plan_assets(name, application, asset_packages, taken_over, sources.facts, sources.tree))
    for plan_added in (plan_server, plan_driver):
        if added := plan_added(inputs):
            told.decisions.append(added.decision)
            steps.install_also(added.install)
            inputs = inputs.with_added([added.library])  # it needs native libraries as any other
    extensions = told.take(plan_extensions(inputs))
    inputs = inputs.with_added(extensions.not_in(inputs.dependencies))
    packages = told.take(_packages(inputs, steps, sources))
    steps.prepare += packages.prepare
    told.findings += stack_findings(inputs)
    php_settings = short_tags(key, folder, sources.tree) if stack.language == "php" else []
    told.decisions += php_settings
    artifact = told.take(plan_artifact(inputs, steps.artifact))
    # Operators move pages to a folder that the server writes to as well.
    filled = assets.assets.outputs if assets.assets and not asset_packages[0].moved_to else ()
    ownership = told.take(plan_ownership(inputs, filled))
    told.findings += embedded_databases(inputs)
    environment, reasons = settled_variables(inputs)
    told.decisions += reasons
    if (stack.build_reads_settings and steps.build) or any(is_told_build(stack, argv) for argv in steps.build):
        steps.build_environment = environment | steps.build_environment
    touched, reasons = _needed_files(key, folder)
    steps.install_after_source += touched
    told.decisions += reasons
    document_root = document_root_of(folder) if stack.language == "php" else ""
    image = Image(
        **steps.stage(inputs),
        workdir=inputs.workdir,
        member=application.module if stack.language == "node" else "",
        operating_system=stack.operating_system,
        node_image=node_image,
        assets=assets.assets,
        runtime_image=stack.runtime_image or inputs.release.runtime_image,
        environment=environment,
        build_packages=packages.build,
        runtime_packages=packages.runtime,
        extensions=extensions.names,
        document_root=document_root,
        front_controller=front_controller(stack, inputs.entry_points, document_root, folder),
        php_settings={decision.key.rpartition(".")[2]: decision.value for decision in php_settings},
        constraints=steps.constraints,
        artifact=artifact.path,
        context_path=context_path(inputs.entry_points) if stack.artifact == "{war}" else "",
        writable=ownership.writable,
        owned=ownership.owned,
    )
    told.decisions.append(_why_runtime_image(inputs, image.runtime_image, chosen.decision))
    return image, inputs


def _inputs(name: str, application: Recognised, sources: Sources, told: Reported) -> tuple[ImageInputs, ChosenRelease]:
    """The package manager, what production installs, the release of the language, and where the application is entered."""
    folder, stack, tree, key = application.folder, application.stack, sources.tree, f"images.{name}"
    about = facts_about(folder, sources.facts)
    manager = told.take(choose_manager(key, folder, stack, about, tree))
    dependencies = of_production(folder, stack, manager)
    of_source = used_before(stack, dependencies, folder, tree)
    dependencies = narrowed(dependencies, of_source)
    change = long_unchanged(stack, about, of_source)
    removed = removed_language(stack.php_history, folder, tree) if stack.php_history else []
    chosen = choose_release(
        name,
        stack,
        [*without_composers([fact for fact in about if isinstance(fact, Runtime)], manager.name), *runtimes(removed)],
        [*dependencies, *language_versions(stack, folder, tree)],
        tools_of(folder, stack, manager),
        tree.read(below(folder, manager.lock)) if manager.lock else None,
        change,
    )
    told.take(chosen)
    told.findings += removed_findings(key, removed, chosen.release.version)
    told.decisions.append(chosen.decision)
    entry_points, points = entry_points_of(folder, application)
    entry_points |= given_arguments(folder, about)
    commands = [fact for fact in about if isinstance(fact, Command | CronJob)]
    entry_points |= go_entry_points(ranked(folder.of_type(EntryPoint)), commands, folder, tree)
    inputs = ImageInputs(
        key=key,
        application=application,
        release=chosen.release,
        manager=manager,
        about=about,
        dependencies=dependencies,
        entry_points=entry_points,
        tree=tree,
        change=change or (None if manager.lock else of_ranges(stack, about)),
        of_source=of_source,
        points=points,
        workdir=start_folder(application, points, about),
    )
    return inputs, chosen


def _packages(inputs: ImageInputs, steps: Steps, sources: Sources) -> Packages:
    """Packages of the distribution; where no manifest speaks, the README says them, and the build with them."""
    if inputs.stack.readme_packages is None:
        return plan_packages(inputs, sources.native_libraries)
    steps.build, packages = plan_from_readme(inputs, inputs.stack.readme_packages)
    return packages


def _why_runtime_image(inputs: ImageInputs, image: str, chosen: Decision) -> Decision:
    stack = inputs.stack
    why = stack.title if stack.runtime_image else f"the slim image for {stack.language} {inputs.release.version}"
    return Decision(f"{inputs.key}.runtime_image", image, why, chosen.evidence, chosen.guessed)


def _needed_files(key: str, folder: Folder) -> tuple[tuple[Arguments, ...], list[Decision]]:
    """Steps that make, empty, the files of variables that the code asks for: the ignore file leaves out the host's."""
    needed = folder.points("needed_env_file")
    steps: tuple[Arguments, ...] = ()
    for path in dict.fromkeys(point.value for point in needed):
        above = posixpath.dirname(path)
        if above and not any(other.startswith(f"{above}/") for other in folder.paths):
            steps += (("mkdir", "-p", above),)  # it holds nothing else
        steps += (("touch", path),)
    because = "the code reads this file and may fail without it; the variables themselves come from the environment"
    text = "; ".join(map(shlex.join, steps))
    decisions = [Decision(f"{key}.install_after_source", text, because, evidence_of(needed))] if steps else []
    return steps, decisions
