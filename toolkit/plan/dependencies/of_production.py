"""What production installs of what manifests and lock files list."""

from toolkit.catalog.stacks import Stack
from toolkit.facts.model import Dependency, Origin
from toolkit.findings import Evidence
from toolkit.plan.applications.folders import Folder, below
from toolkit.plan.dependencies.package_managers import ChosenManager


def of_production(folder: Folder, stack: Stack, manager: ChosenManager) -> list[Dependency]:
    """Without the lock files of other package managers, and without what only developers need."""
    others = {lock for name, steps in stack.package_managers.items() if name != manager.name for lock in steps.locks}
    used = {below(folder, path) for path in manager.files}
    # Where nothing is installed from a list, a list that is there is what the setup script reads.
    reads_lists = any(path.endswith(".txt") for path in used) or bool(manager.lock)
    found = [
        d
        for d in folder.of_type(Dependency)
        if d.evidence.path in used
        or not ((reads_lists and d.evidence.path.endswith(".txt")) or d.evidence.file_name in others)
    ]
    # What a list that is installed pins, a setup script beside it leaves open.
    pinned = {d.name for d in found if d.version and d.evidence.path in used}
    found = [d for d in found if d.version or d.name not in pinned or d.evidence.path in used]
    declared = {d.name for d in found if not d.development and d.evidence.file_name not in stack.lock_files}
    developers = {d.name for d in found if d.development} - declared
    return [d for d in found if not d.development and d.name not in developers]


def tools_of(folder: Folder, stack: Stack, manager: ChosenManager) -> list[Dependency]:
    """What has to run on the chosen version of the language besides: developers' libraries of Node, and the build tool."""
    tools = [d for d in folder.of_type(Dependency) if d.development and stack.language == "node"]
    if manager.version and (manager.name != "gradle" or "gradlew" in folder.paths):
        tools.append(_as_dependency(manager, stack))
    return tools


def _as_dependency(manager: ChosenManager, stack: Stack) -> Dependency:
    """A build tool of a known version, as the tables of libraries know it."""
    place = manager.lock or next(iter(manager.files), "")
    return Dependency(
        name=manager.name, ecosystem=stack.language, version=manager.version, development=True,
        evidence=Evidence(place, rule="package-manager"), origin=Origin.RUNNING,
    )  # fmt: skip
