"""Which package manager fills the dependency layer of an image, from which files."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from toolkit.catalog.stacks import PackageManagerSteps, Stack, matches
from toolkit.facts.manifests.python_requirements import is_development
from toolkit.facts.model import Command, Dependency, Fact, Mode, Origin, PackageManager, Role
from toolkit.facts.pip_commands import LISTS
from toolkit.findings import Evidence, Finding, Severity
from toolkit.inventory.paths import joined, resolved
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.dotnet_projects import PROJECTS, project_files, shared_between
from toolkit.plan.applications.folders import BESIDE_THE_POINT, Folder, below, find
from toolkit.plan.applications.source_code import run_time_sources
from toolkit.plan.applications.workspaces import members
from toolkit.plan.dependencies.composer_libraries import brought_along
from toolkit.plan.model import Decision
from toolkit.plan.ranking import commands_of, evidence_of, ranked
from toolkit.plan.reported import Reported
from toolkit.plan.starts.commands import without_version
from toolkit.plan.versions.versions import satisfies

# A path in COPY and in steps: what needs no quoting in a Dockerfile and is no glob.
PLAIN_PATH = re.compile(r"[\w@+-][\w.@+/-]*|\.[\w@+-][\w.@+/-]*")
_INCLUDE = re.compile(r"^\s*(?:-r|-c|--requirement|--constraint)[\s=]+(\S+)")
# https://pip.pypa.io/en/stable/reference/requirements-file-format/#global-options
_OF_INDEX = re.compile(r"(?:-i|--index-url|--extra-index-url|--no-index|-f|--find-links)(?=[\s=])")
_MOST_INCLUDES = 50
MEMBERS = "{members}"
# What they name is locked at their version, whatever range the rest of package.json asks for:
# https://classic.yarnpkg.com/lang/en/docs/selective-version-resolutions/
_RESOLUTIONS = re.compile(r'"resolutions"\s{0,20}:\s{0,20}\{([^{}]{0,20000})\}')
# Yarn 2 and newer is a file of the source, and so are its plugins: https://yarnpkg.com/configuration/yarnrc#yarnPath
_OF_YARN = re.compile(r"^[\s-]*(?:yarnPath|path):\s{0,20}[\"']?(?:\./)?(\.yarn/[\w.@/-]{1,200})", re.MULTILINE)


@dataclass
class ChosenManager(Reported):
    """The package manager of a folder, and why; `in_time` is false where its lock file lags behind the manifest.

    `version` is the tool's own, `told` is where operators name the manifest, `files` are those of the dependency layer.
    """

    name: str = ""
    lock: str = ""
    in_time: bool = True
    manifest: str = ""
    version: str = ""
    told: tuple[Evidence, ...] = ()
    files: tuple[str, ...] = ()


def choose_manager(key: str, folder: Folder, stack: Stack, about: Sequence[Fact], tree: SourceTree) -> ChosenManager:
    """A tool whose lock file fits the manifest first; of several such, or of none, the one that operators use; else in the
    stack's order."""
    managers = stack.package_managers.items()
    present = {name: manager for name, manager in managers if find(folder, *manager.recognise)}
    present = present or {name: manager for name, manager in managers if _list_below(folder, manager)}
    if not present or (stack.language == "php" and brought_along(folder, tree)):
        return ChosenManager()
    present = {name: m for name, m in present.items() if not _names_itself(folder, m, tree)} or present
    locks, behind = _locks(folder, stack, present, about, tree)
    choice = [name for name in locks if name not in behind] or list(locks) or list(present)
    reason = "its lock file is in the source" if locks else "its manifest is in the source"
    used = choice[0]
    evidence: tuple[Evidence, ...] = ()
    installs = [command for command in commands_of(about, Role.INSTALL) if command.argv]
    told = next(
        (
            (name, c)
            for c in ranked(installs, operators_first=True)
            for name in choice
            if program_of(c) in present[name].programs
        ),
        None,
    )
    facts = ranked(f for f in about if isinstance(f, PackageManager) and f.name in choice and f.version)
    named = [fact for fact in facts if not fact.lock_file]  # the format of a lock file tells a release, and no wish
    if len(choice) > 1 and (told or named):
        used = told[0] if told else named[0].name
        reason = "operators install with it" if told else "the manifest names its version"
        evidence = (told[1].evidence if told else named[0].evidence,)
    manifest, by = _manifest(present[used], folder, installs)
    if usual := _list_of_production(present[used], folder, manifest, about, tree):
        manifest, by = usual
    others = tuple(name for name in present if name != used)
    places = evidence or _lock_places(folder, present[used])
    files = _copy_first(present[used], folder, manifest, tree)
    version = next((fact.version for fact in (*named, *facts) if fact.name == used and fact.version), "")
    chosen = ChosenManager(used, locks.get(used, ""), used not in behind, manifest, version, evidence_of(by), files)
    chosen.decisions.append(
        Decision(f"{key}.package_manager", used, reason, places, len(choice) > 1 and not evidence, others)
    )
    if len(locks) > 1:
        chosen.findings.append(
            Finding("RP026", Severity.NOTE, f"lock files of {' and '.join(locks)}; {used} is used", tuple(Evidence(below(folder, lock)) for lock in locks.values()),
                    f"delete the one that is out of date, or set {key}.package_manager in replatform.yaml")
        )  # fmt: skip
    if used in behind:
        chosen.findings.append(
            Finding("RP023", Severity.WARNING, f"{locks[used]} is out of date with the manifest: it does not pin everything that is installed", behind[used],
                    "update it with the package manager, and commit it")
        )  # fmt: skip
    return chosen


def _locks(
    folder: Folder, stack: Stack, present: Mapping[str, PackageManagerSteps], about: Sequence[Fact], tree: SourceTree
) -> tuple[dict[str, str], dict[str, tuple[Evidence, ...]]]:
    """The lock files by their tools, lists that are as good as one among them, and of those that lag behind what says so."""
    locks = {name: lock for name, manager in present.items() if (lock := find(folder, *manager.locks))}
    if pinned := _pinned_list(folder, present, about) or (None if locks else _only_pinned_list(folder, present)):
        locks |= {pinned[0]: pinned[1]}
    behind = {name: place for name, lock in locks.items() if (place := _lags_behind(folder, lock, tree))}
    if stack.language == "python" and locks and (fuller := _fuller_list(folder, present, locks, tree)):
        behind |= dict.fromkeys(locks, fuller[2])
        locks |= {fuller[0]: fuller[1]}
    return locks, behind


def _names_itself(folder: Folder, manager: PackageManagerSteps, tree: SourceTree) -> bool:
    """Whether a list of requirements holds nothing but the application itself, whose own set-up asks for all that it needs."""
    path = find(folder, *manager.recognise) or ""
    file = tree.read(below(folder, path)) if path.endswith(".txt") else None
    lines = [line.split("#")[0].strip() for line in file.lines] if file else []
    return [line for line in lines if line and not _OF_INDEX.match(line)] == ["."]


def _pinned_list(
    folder: Folder, present: Mapping[str, PackageManagerSteps], about: Sequence[Fact]
) -> tuple[str, str] | None:
    """A list that operators install and that pins all that it names, with its tool: as good as a lock file."""
    for command in ranked(commands_of(about, Role.INSTALL), operators_first=True):
        name = next((n for n, m in present.items() if command.argv and program_of(command) in m.programs), "")
        for path in (word.removeprefix("./") for word in command.argv if name and not present[name].locks):
            if _pins_all(folder, path):
                return name, path
    return None


def _only_pinned_list(folder: Folder, present: Mapping[str, PackageManagerSteps]) -> tuple[str, str] | None:
    """A list that pins all that it names, beside a manifest that has no lock file: what `pip freeze` wrote where it worked."""
    for name, manager in present.items() if len(present) > 1 else ():
        path = find(folder, *manager.recognise) or "" if not manager.locks else ""
        if path.endswith(".txt") and _pins_all(folder, path):
            return name, path
    return None


def _pins_all(folder: Folder, path: str) -> bool:
    listed = folder.listed(path)
    return bool(listed) and all(dependency.version for dependency in listed) and not is_development(path)


def _fuller_list(
    folder: Folder, present: Mapping[str, PackageManagerSteps], locks: Mapping[str, str], tree: SourceTree
) -> tuple[str, str, tuple[Evidence, ...]] | None:
    """A list beside lock files that pins all that it names, with its tool, where the code imports what only the list has:
    whoever added that forgot the lock file. With the list's line and the import."""
    locked = {d.name for d in folder.listed(*locks.values())}
    for name, manager in present.items():
        path = find(folder, *manager.recognise) or "" if not manager.locks else ""
        listed = folder.listed(path) if path.endswith(".txt") else []
        extra = {d.name.replace("-", "_"): d for d in listed if d.name not in locked}
        if not extra or not all(d.version for d in listed):
            continue
        imported = re.compile(rf"^(?:from|import)[ \t]+({'|'.join(map(re.escape, extra))})\b", re.MULTILINE)
        for file in run_time_sources("python", folder, tree):
            if match := imported.search(file.text):
                place = file.at(file.line_of(match.start()), rule="import")
                return name, path, (extra[match[1]].evidence, place)
    return None


def _lags_behind(folder: Folder, lock: str, tree: SourceTree) -> tuple[Evidence, ...]:
    """The first dependency of the manifest that a lock file does not cover, in both files; nothing when all are."""
    locked = {d.name: d for d in folder.listed(lock) if d.version}
    wanted = folder.listed("package.json")
    if not locked or not wanted:
        return ()
    file, listed = tree.read(below(folder, lock)), tree.read(below(folder, "package.json"))
    resolved = _RESOLUTIONS.search(listed.text) if listed and lock == "yarn.lock" else None
    for dependency in wanted:
        own = locked.get(dependency.name)
        if resolved and re.search(rf'["/]{re.escape(dependency.name)}"', resolved[1]):
            continue
        if lock == "yarn.lock" and file is not None and not file.truncated:
            # Its entries name the range that they answer.
            if (
                f"{dependency.name}@{dependency.constraint}" in file.text
                or f"{dependency.name}@npm:{dependency.constraint}" in file.text
            ):
                continue
        elif own is None or satisfies(dependency.constraint, own.version or ""):
            continue
        return (dependency.evidence, own.evidence if own else Evidence(below(folder, lock)))
    return ()


def program_of(command: Command) -> str:
    """The program of an install command: pip for `python3 -m pip` and `pip3.9`."""
    words = list(command.argv)
    if len(words) > 2 and PurePosixPath(words[0]).name.startswith("python") and words[1] == "-m":
        return words[2]
    name = PurePosixPath(words[0]).name
    return without_version(name)


def _lock_places(folder: Folder, manager: PackageManagerSteps) -> tuple[Evidence, ...]:
    found = find(folder, *manager.locks, *manager.recognise)
    return (Evidence(below(folder, found), rule="manifest"),) if found else ()


def _list_below(folder: Folder, manager: PackageManagerSteps) -> str:
    """A list of requirements in a folder below, as `app/requirements/base.txt` beside `app/server.py`, and in one with a manifest
    of its own the one whose libraries are the application's; empty for none."""
    own = {fact.evidence.path for fact in folder.of_type(Dependency)}
    for pattern in (p for p in manager.recognise if p.endswith(".txt")):
        for path in folder.paths:
            top = path.split("/")[0]
            elsewhere = top in folder.below and below(folder, path) not in own
            if matches(f"*/{pattern}", path) and top not in BESIDE_THE_POINT and not elsewhere:
                return path
    return ""


def _manifest(manager: PackageManagerSteps, folder: Folder, installs: Sequence[Command]) -> tuple[str, list[Command]]:
    """The manifest that operators install from where they name one that is there; else the first of the tool's. A list that is
    for developers by its name is what a README for everyone names, and not what production installs."""
    usual = find(folder, *manager.recognise) or _list_below(folder, manager)
    takes_any = any("{manifest}" in word for step in manager.install for word in step)
    for command in ranked(installs, operators_first=True) if takes_any else ():
        for option, value in zip(command.argv, command.argv[1:], strict=False):
            path = value.removeprefix("./")
            if (
                option in LISTS
                and path in folder.paths
                and PLAIN_PATH.fullmatch(path)
                and command.mode is Mode.PRODUCTION
                and (path == usual or not is_development(path))
            ):
                return path, [command]
    using = [c for c in ranked(installs, operators_first=True) if c.argv and program_of(c) in manager.programs]
    return usual, using[:1]


def _list_of_production(
    manager: PackageManagerSteps, folder: Folder, told: str, about: Sequence[Fact], tree: SourceTree
) -> tuple[str, list[Command]] | None:
    """Another list of the tool's usual ones in place of the one that a README names, where a file that the running system
    reads starts a program which only that installs, beside most of what the README's does: the README's is for developers."""
    lists = [found for pattern in manager.recognise if (found := find(folder, pattern)) and found.endswith(".txt")]
    names = {
        path: {library.name.lower() for library in folder.listed(*_included(folder, path, tree))}
        for path in (*lists, told)
    }
    for command in ranked(command for command in commands_of(about, Role.START) if command.text):
        # Words there are none where a part of the command is the shell's.
        program = PurePosixPath(command.text.split()[0]).name.lower()
        if command.origin is not Origin.RUNNING or program in names[told]:
            continue
        for usual in lists:
            if program in names[usual] and (
                usual == lists[0] or 2 * len(names[usual] & names[told]) > len(names[told])
            ):
                return usual, [command]
    return None


def _copy_first(manager: PackageManagerSteps, folder: Folder, manifest: str, tree: SourceTree) -> tuple[str, ...]:
    """Files of the dependency layer that are there, in the order of the globs, with what requirement files include."""
    if PROJECTS in manager.copy_first:
        projects = [path[len(folder.directory) :].strip("/") for path in project_files(folder)]
        shared = shared_between(projects, folder.paths)
        manager = manager.model_copy(
            update={"copy_first": (*manager.copy_first, *shared, *_with_pins(folder, projects))}
        )
        manifest = ""
    if MEMBERS in manager.copy_first:
        manifests = (f"{member}/package.json" for member in members(folder))
        manager = manager.model_copy(update={"copy_first": (*manager.copy_first, *manifests)})
    wanted = [path for pattern in manager.copy_first for path in folder.paths if matches(pattern, path)]
    if ".yarnrc.yml" in wanted and (settings := tree.read(below(folder, ".yarnrc.yml"))):
        wanted += _OF_YARN.findall(settings.text)
    if manifest and manager.copy_first and manifest not in wanted:
        wanted.append(manifest)
    if "{manifest}" in " ".join(word for step in manager.install for word in step):
        wanted = list(_included(folder, manifest, tree))
    return tuple(path for path in dict.fromkeys(wanted) if PLAIN_PATH.fullmatch(path) or path == manifest)


def _with_pins(folder: Folder, projects: Iterable[str]) -> Iterator[str]:
    """Project files, each with the files beside it that pin its packages."""
    for project in projects:
        yield project
        beside = project.rpartition("/")[0]
        for name in ("packages.lock.json", "packages.config"):
            if (path := joined(beside, name)) in folder.paths:
                yield path


def _included(folder: Folder, manifest: str, tree: SourceTree) -> Iterator[str]:
    """A requirement file and those that it includes."""
    waiting = [manifest]
    seen: set[str] = set()
    while waiting and len(seen) < _MOST_INCLUDES:
        path = waiting.pop(0)
        if path in seen or path not in folder.paths:
            continue
        seen.add(path)
        yield path
        file = tree.read(below(folder, path))
        for line in file.lines if file else ():
            if match := _INCLUDE.match(line):
                waiting.append(resolved(path.rpartition("/")[0], match[1]))
