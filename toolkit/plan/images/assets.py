"""Style sheets and scripts that Node builds for an application that has no manifest of theirs itself."""

import posixpath
import shlex
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from toolkit.catalog.stacks import Release, Stack
from toolkit.facts.model import Dependency, EntryPoint, Facts, Runtime
from toolkit.facts.npm_scripts import scripts_in
from toolkit.findings import Evidence, Finding, Severity
from toolkit.inventory.paths import inside
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.conditions import holds
from toolkit.plan.applications.entry_points import kind_of_script
from toolkit.plan.applications.folders import below, facts_about
from toolkit.plan.applications.recognition import Recognised
from toolkit.plan.builds.build_steps import plan_steps
from toolkit.plan.builds.steps import Steps
from toolkit.plan.dependencies.package_managers import choose_manager
from toolkit.plan.image_model import Assets
from toolkit.plan.images.asset_packages import MODULES_FOLDER, Package, come_built, common_folder, modules_folder
from toolkit.plan.images.image_inputs import ImageInputs
from toolkit.plan.model import Decision
from toolkit.plan.ranking import evidence_of, of_type
from toolkit.plan.reported import Reported
from toolkit.plan.versions.bounds import long_unchanged
from toolkit.plan.versions.releases import choose_release


@dataclass
class PlannedAssets(Reported):
    """The stage for an image's style sheets and scripts, None where it has none; why, and what is wrong with it."""

    assets: Assets | None = None


def plan_assets(
    image: str,
    application: Recognised,
    packages: Sequence[Package],
    take: Collection[str],
    facts: Facts,
    tree: SourceTree,
) -> PlannedAssets:
    """The stage of the first package; what there is besides is told."""
    if not packages:
        return PlannedAssets()
    package, key = packages[0], f"images.{image}.assets"
    if told := come_built(package, application, facts):
        return PlannedAssets(findings=[_come_built(package, told)])
    planned = PlannedAssets()
    inputs = _inputs(image, package, facts, tree, planned)
    steps = plan_steps(inputs)
    planned.decisions += steps.decisions
    outputs = _outputs(package, steps, facts, tree)
    top = application.folder.directory
    common = common_folder(package.folder.directory, top)
    inner = tuple(
        dict.fromkeys(
            posixpath.relpath(point.value, top or ".")
            for point in outputs
            if inside(point.value, common) and point.value != top
        )
    )
    if inner:
        because = "the output of the build" if package.script else "where the libraries lie"
        planned.decisions.append(Decision(f"{key}.outputs", ", ".join(inner), because, evidence_of(outputs)))
    else:
        planned.findings.append(
            Finding("RP036", Severity.NOTE, f"no file says where `{' '.join(steps.build[-1])}` writes, so the image copies everything that the build stage leaves",
                    package.evidence[:1], f"name the folders in {key}.outputs in replatform.yaml")
        )  # fmt: skip
    for other in packages[1:]:
        planned.findings.append(
            Finding("RP037", Severity.WARNING, f"{below(other.folder, 'package.json')} builds style sheets and scripts too; only one such package is built per image",
                    other.evidence[:1], "call its build from the other package's script")
        )  # fmt: skip
    steps.prune = () if inner else (("rm", "-rf", "node_modules"),)
    planned.assets = Assets(**steps.stage(inputs), take=tuple(take), outputs=inner)
    return planned


def _come_built(package: Package, told: Sequence[Evidence]) -> Finding:
    return Finding(
        "RP084",
        Severity.NOTE,
        f"{below(package.folder, 'package.json')} is not built: its output is in the source, and the README has no step that builds it",
        (*told, *package.evidence[:1]),
        "if it has to be built, say so in the README, with the command",
    )


def _inputs(image: str, package: Package, facts: Facts, tree: SourceTree, planned: PlannedAssets) -> ImageInputs:
    """The package manager and the release of Node."""
    folder, stack, key = package.folder, package.stack, f"images.{image}.assets"
    what = stack.title if package.script else "Node packages that its code loads"
    because = f"{folder.directory or 'the application'} has {what}"
    planned.decisions.append(Decision(key, stack.name, because, package.evidence[:3]))
    about = facts_about(folder, facts)
    manager = planned.take(choose_manager(key, folder, stack, about, tree))
    listed = folder.of_type(Dependency)
    chosen = planned.take(
        choose_release(
            f"{image}.assets",
            stack,
            [fact for fact in about if isinstance(fact, Runtime)],
            [dependency for dependency in listed if not dependency.development],
            [dependency for dependency in listed if dependency.development],
            tree.read(below(folder, manager.lock)) if manager.lock else None,
        )
    )
    planned.decisions.append(chosen.decision)
    return ImageInputs(
        key=key,
        application=Recognised(folder, stack, package.evidence),
        release=chosen.release,
        manager=manager,
        about=about,
        dependencies=listed,
        entry_points={kind_of_script(name): name for name in scripts_in(folder.facts)} | {"build_task": package.script},
        tree=tree,
        change=long_unchanged(stack, about, ()),
    )


def _outputs(package: Package, steps: Steps, facts: Facts, tree: SourceTree) -> list[EntryPoint]:
    """Where the build writes, or the libraries lie; the steps bring both to where the application finds them."""
    folder = package.folder
    if package.script:
        script = steps.build[-1][-1]
        outputs = [point for point in folder.points("asset_output") if point.detail == script]
    else:
        outputs, steps.build = list(package.outputs), ()
        if modules := modules_folder(folder, facts, tree):
            steps.install = tuple((*argv, MODULES_FOLDER, modules) for argv in steps.install)
    if not package.moved_to:
        return outputs
    built = posixpath.relpath(outputs[0].value, folder.directory) if outputs else "."
    place = posixpath.relpath(package.moved_to, folder.directory)
    copy = f"mkdir -p {shlex.quote(place)} && cp -R {shlex.quote(f'{built}/.')} {shlex.quote(f'{place}/')}"
    steps.build += (("sh", "-c", copy),)
    return [replace(point, value=package.moved_to) for point in outputs]


def node_for_build(
    image: str, application: Recognised, facts: Facts, stacks: Sequence[Stack]
) -> tuple[str, list[Decision]]:
    """The image that Node comes from where the application's own build calls it; empty where it does not."""
    evidence = holds(application.stack.calls_node, application.folder)
    if evidence is None:
        return "", []
    release, decision = _release_below(image, application, facts, stacks)
    why = f"the application's build calls Node; {decision.because}"
    evidence = (*evidence[-1:], *decision.evidence)
    return release.runtime_image, [
        Decision(f"images.{image}.node_image", release.runtime_image, why, evidence, decision.guessed)
    ]


def _release_below(
    image: str, application: Recognised, facts: Facts, stacks: Sequence[Stack]
) -> tuple[Release, Decision]:
    """The release of Node for what lies below the folder of the call, by its package.json and the files beside it."""
    node = next(stack for stack in stacks if stack.name == "node")
    calls = application.folder.points("node_build")
    directory = calls[0].directory.strip("/") if calls else application.folder.directory
    runtimes = [f for f in of_type(facts, Runtime) if inside(f.directory.strip("/"), directory)]
    listed = [
        d for d in of_type(facts, Dependency) if d.ecosystem == "npm" and inside(d.directory.strip("/"), directory)
    ]
    chosen = choose_release(image, node, runtimes, listed)
    return chosen.release, chosen.decision
