"""Workspaces of Node: packages that are installed together, from one lock file at their root."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

from toolkit.facts.manifests.formats import Malformed, Tree, json_tree
from toolkit.facts.model import Dependency
from toolkit.findings import Evidence
from toolkit.inventory.paths import inside, joined, relative
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.folders import Folder

_MANIFESTS = ("package.json", "pnpm-workspace.yaml")
_NPM_LOCKS = frozenset({"package-lock.json", "npm-shrinkwrap.json"})
_SECTIONS = ("dependencies", "devDependencies", "optionalDependencies", "peerDependencies")
_MOST_MEMBERS = 200
# Programs that build the members in their order by themselves.
_ORCHESTRATORS = ("turbo", "nx", "lerna", "@microsoft/rush")


@dataclass(frozen=True)
class MemberBuild:
    """A script to run before that of the application: in which folder, relative to the root, and where it stands."""

    directory: str
    script: str
    evidence: Evidence


def root_of(folder: Folder, folders: Sequence[Folder]) -> Folder | None:
    """The workspace that a folder is a member of; the nearest one."""
    above = [other for other in folders if other is not folder and inside(folder.directory, other.directory)]
    for other in sorted(above, key=lambda one: -len(one.directory)):
        if _is_member(relative(folder.directory, other.directory), _patterns(other)):
            return None if _is_installed_alone(folder, other) else other
    return None


def _is_installed_alone(folder: Folder, root: Folder) -> bool:
    """Whether a folder has a lock file of its own, and the root's has not even half of what it needs: before its release 7
    npm passed workspaces over, which another tool's users have beside it. https://docs.npmjs.com/cli/v7/using-npm/workspaces"""
    if _NPM_LOCKS.isdisjoint(folder.paths) or _NPM_LOCKS.isdisjoint(root.paths):
        return False
    locked = {one.name for one in root.listed(*_NPM_LOCKS)}
    wanted = {one.name for one in folder.of_type(Dependency) if one.evidence.file_name == "package.json"}
    return 2 * len(wanted & locked) < len(wanted)


def members(root: Folder) -> tuple[str, ...]:
    """Folders of the members, relative to the root, in the order of their names."""
    patterns = _patterns(root)
    if not patterns:
        return ()
    found = [path.rpartition("/")[0] for path in root.paths if path.endswith("/package.json")]
    return tuple(path for path in found if "node_modules" not in path.split("/") and _is_member(path, patterns))[
        :_MOST_MEMBERS
    ]


def without_members(folder: Folder) -> Folder:
    """The folder by what its own manifest says, where it is the root of a workspace: the lock file is about its members."""
    if not _patterns(folder):
        return folder
    facts = (f for f in folder.facts if not isinstance(f, Dependency) or f.evidence.path.endswith("package.json"))
    return replace(folder, facts=tuple(facts))


def _patterns(root: Folder) -> list[str]:
    return [point.value for point in root.points("module") if point.evidence.file_name in _MANIFESTS]


def _is_member(path: str, patterns: Sequence[str]) -> bool:
    """As npm reads it: the last pattern that fits decides, and one with `!` in front leaves out."""
    member = False
    for pattern in patterns:
        wanted = pattern.removeprefix("!").strip("/").removeprefix("./")
        if _fits(path.split("/"), wanted.split("/")):
            member = not pattern.startswith("!")
    return member


def _fits(parts: Sequence[str], pattern: Sequence[str]) -> bool:
    if not pattern:
        return not parts
    if pattern[0] == "**":
        return _fits(parts, pattern[1:]) or bool(parts and _fits(parts[1:], pattern))
    return bool(parts) and fnmatchcase(parts[0], pattern[0]) and _fits(parts[1:], pattern[1:])


def builds_before(
    member: str, serves: Sequence[str], root: Folder, scripts: Sequence[str], tree: SourceTree
) -> list[MemberBuild]:
    """What has to be built before a member: the members that it depends on, each after its own, and those whose pages it
    serves; or all, where the root's script calls a program that knows the order."""
    packages = {
        directory: package for directory in ("", *members(root)) if (package := _package(directory, root, tree))
    }
    top = packages.get("")
    if top and any(name in top.table(section) for section in _SECTIONS for name in _ORCHESTRATORS):
        return [build for build in [_build("", top, scripts, root)] if build]
    places = {package.text("name"): directory for directory, package in packages.items() if directory}
    seen = {member}
    needed = [*_needed(member, packages, places, seen)]
    for one in serves:
        needed += [*_needed(one, packages, places, seen), one]
    return [
        build for directory in dict.fromkeys(needed) if (build := _build(directory, packages[directory], scripts, root))
    ]


def is_orchestrated(build: MemberBuild) -> bool:
    """Whether one script builds every member, the application's own included."""
    return not build.directory


def _needed(member: str, packages: dict[str, Tree], places: dict[str, str], seen: set[str]) -> Iterator[str]:
    """Members that one depends on, those first that others of them depend on."""
    package = packages.get(member)
    for section in _SECTIONS if package else ():
        for name in package.table(section) if package else ():
            directory = places.get(name, "")
            if directory and directory not in seen:
                seen.add(directory)
                yield from _needed(directory, packages, places, seen)
                yield directory


def _package(directory: str, root: Folder, tree: SourceTree) -> Tree | None:
    file = tree.read(joined(root.directory, directory, "package.json"))
    try:
        package = json_tree(file) if file else None
    except Malformed:
        return None
    return package if package and isinstance(package.value, dict) else None


def _build(directory: str, package: Tree, scripts: Sequence[str], root: Folder) -> MemberBuild | None:
    script = next((name for name in scripts if package.text("scripts", name)), "")
    path = joined(root.directory, directory, "package.json")
    line = package.line("scripts", script) if script else 0
    return MemberBuild(directory, script, Evidence(path, line, line, "workspace")) if script else None
