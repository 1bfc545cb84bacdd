"""The projects of .NET that run, each with those it is built from: one application, and one build context, for each."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from os.path import commonpath
from pathlib import PurePosixPath

from toolkit.facts.model import Command, Dependency, EntryPoint, Fact, PackageManager, Runtime
from toolkit.inventory.paths import inside, paths_in, relative
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.folders import Folder

PROJECTS = "{projects}"  # of `copy_first` in a stack
_RUNS = frozenset({"dotnet_assembly", "dotnet_worker", "iis_site"})
# A program without a server is a tool of the developers where the solution has something that serves.
_TOOL = "dotnet_console"
# Files that the SDK looks for in every folder above a project: https://learn.microsoft.com/en-us/visualstudio/msbuild/customize-by-directory
_ABOVE = frozenset(
    {"directory.build.props", "directory.build.targets", "directory.packages.props", "global.json", "nuget.config"}
)


def running_projects(folders: Sequence[Folder], tree: SourceTree) -> Iterator[tuple[Folder, Folder, str]]:
    """For each project that runs: its own folder, all of what its image is built from, and the path of the first in the
    second."""
    by_directory = {folder.directory: folder for folder in folders}
    started = [folder for folder in folders if _has(folder, _RUNS)]
    for own in started or [folder for folder in folders if _has(folder, {_TOOL})]:
        needed = _needed(own, by_directory)
        directory = _context(own, needed, tree)
        above = [f for f in folders if f is not own and f not in needed and inside(own.directory, f.directory)]
        whole = replace(
            own,
            directory=directory,
            paths=paths_in(tree.paths, directory),
            facts=tuple(_facts(own, needed, above)),
            manifests=by_directory[directory].manifests if directory in by_directory else (),
        )
        yield own, whole, relative(own.directory, directory)


def _has(folder: Folder, kinds: frozenset[str] | set[str]) -> bool:
    return bool(folder.points(*kinds) and project_files(folder))


def project_files(folder: Folder) -> list[str]:
    """The project files of a folder, from the root of the tree."""
    paths = (fact.evidence.path for fact in folder.of_type(PackageManager) if fact.name == "nuget")
    return [path for path in paths if path.endswith("proj")]


def shared_between(projects: Sequence[str], paths: Sequence[str]) -> list[str]:
    """What the SDK reads for some projects in folders between theirs and the root, which may hold what they target."""
    above = {str(folder) for project in projects for folder in PurePosixPath(project).parents} - {"."}
    return [path for path in paths if path.rpartition("/")[0] in above and path.rpartition("/")[2].lower() in _ABOVE]


def _needed(own: Folder, by_directory: Mapping[str, Folder]) -> list[Folder]:
    """The folders of the projects that one is built from, directly or not, itself not among them."""
    needed: dict[str, Folder] = {}
    waiting = [own]
    while waiting:
        for point in waiting.pop().points("project_reference"):
            directory = point.value.rpartition("/")[0]
            known = directory in needed or directory == own.directory
            if not known and directory in by_directory:
                needed[directory] = by_directory[directory]
                waiting.append(needed[directory])
    return [needed[directory] for directory in sorted(needed)]


def _context(own: Folder, needed: Sequence[Folder], tree: SourceTree) -> str:
    """The innermost folder that holds all projects and the outermost of the files that the SDK reads above them."""
    parts = own.directory.split("/") if own.directory else []
    above = ["/".join(parts[:length]) for length in range(len(parts) + 1)]
    shared = {path.rpartition("/")[0] for path in tree.paths if _is_shared(path)}
    top = next((directory for directory in above if directory in shared), own.directory)
    return commonpath([top, own.directory, *(folder.directory for folder in needed)]) if top else ""


def _is_shared(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    return name in _ABOVE or name.endswith((".sln", ".slnx"))


def _facts(own: Folder, needed: Sequence[Folder], above: Sequence[Folder]) -> Iterator[Fact]:
    """What is about this application: how others run, and what others alone depend on, is not."""
    versions = {d.name.lower(): d for folder in above for d in folder.of_type(Dependency) if d.version}
    for fact in (*own.facts, *(f for folder in needed for f in folder.facts if not _is_of_its_own(f))):
        if isinstance(fact, Dependency) and not fact.version and (central := versions.get(fact.name.lower())):
            # https://learn.microsoft.com/en-us/nuget/consume-packages/central-package-management
            fact = replace(fact, version=central.version, constraint=central.constraint)
        yield fact
    for folder in above:
        yield from (
            fact
            for fact in folder.facts
            if not isinstance(fact, Dependency | EntryPoint | PackageManager)
            and not (isinstance(fact, Runtime | Command) and project_files(folder))
        )


def _is_of_its_own(fact: Fact) -> bool:
    return isinstance(fact, EntryPoint) and fact.kind in (*_RUNS, _TOOL)
