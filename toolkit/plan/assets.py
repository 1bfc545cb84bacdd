"""Style sheets and scripts that Node builds for an application in another language."""

from collections.abc import Sequence

from toolkit.catalog.stacks import Release, Stack
from toolkit.facts.model import Dependency, EntryPoint, Facts, Runtime
from toolkit.plan.folders import inside
from toolkit.plan.interpreter import choose_release
from toolkit.plan.model import Decision
from toolkit.plan.ranking import of_type
from toolkit.plan.recognition import Recognised


def node_release(image: str, directory: str, facts: Facts, stacks: Sequence[Stack]) -> tuple[Release, Decision]:
    """The release of Node for what lies below a folder, by its package.json and the files beside it."""
    node = next(stack for stack in stacks if stack.name == "node")
    runtimes = [f for f in of_type(facts, Runtime) if inside(f.directory.strip("/"), directory)]
    listed = [
        d for d in of_type(facts, Dependency) if d.ecosystem == "npm" and inside(d.directory.strip("/"), directory)
    ]
    chosen = choose_release(image, node, runtimes, listed)
    return chosen.release, chosen.decision


def node_for_msbuild(
    image: str, application: Recognised, facts: Facts, stacks: Sequence[Stack]
) -> tuple[str, list[Decision]]:
    """The image that Node comes from where a .NET project calls it; empty where none does."""
    calls = [p for p in application.folder.of_type(EntryPoint) if p.kind == "node_build"]
    if not calls:
        return "", []
    release, decision = node_release(image, calls[0].directory.strip("/"), facts, stacks)
    why = f"the project's build calls Node; {decision.because}"
    evidence = (calls[0].evidence, *decision.evidence)
    return release.runtime_image, [
        Decision(f"images.{image}.node_image", release.runtime_image, why, evidence, decision.guessed)
    ]
