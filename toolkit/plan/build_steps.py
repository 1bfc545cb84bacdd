"""How an image is filled: the package manager, the dependency layer, the build."""

import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePosixPath

from toolkit.catalog.stacks import Arguments, Bound, PackageManagerSteps, Release, Stack, matches
from toolkit.facts.model import (
    Command,
    Dependency,
    EntryPoint,
    EnvironmentVariable,
    Fact,
    Mode,
    Origin,
    PackageManager,
    Role,
)
from toolkit.findings import Evidence, Finding, Severity
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.model import Decision
from toolkit.plan.ranking import evidence_of, ranked
from toolkit.plan.recognition import Folder
from toolkit.plan.versions import is_within, overlap, satisfies

# A path in COPY and in steps: what needs no quoting in a Dockerfile and is no glob.
_PLAIN_PATH = re.compile(r"[\w@+-][\w.@+/-]*|\.[\w@+-][\w.@+/-]*")
_INCLUDE = re.compile(r"^\s*(?:-r|-c|--requirement|--constraint)[\s=]+(\S+)")
_FROM_SOURCE = re.compile(r"^\s*(?:-e\s|--editable[\s=]|\.{1,2}/|\.\s*$|\.\[|file:)")
# Scripts that npm and its like run during an install; those that only serve the developers leave nothing to wait for.
_LIFECYCLE = ("preinstall", "install", "postinstall", "prepare")
_HARMLESS = re.compile(
    r"husky|opencollective|is-ci|only-allow|npx -y|simple-git-hooks|lefthook|^(?:exit 0|true|echo\b.*)$"
)
_LONGEST_INCLUDES = 50
_VARIABLE = re.compile(r"[A-Za-z_]\w{0,127}")


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
    artifact: str = ""
    decisions: list[Decision] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


@dataclass
class ChosenManager:
    """The package manager of a folder, and why; `in_time` is false where its lock file lags behind the manifest.

    `told` is where operators name the manifest, `files` are those of the dependency layer.
    """

    name: str = ""
    lock: str = ""
    in_time: bool = True
    manifest: str = ""
    told: tuple[Evidence, ...] = ()
    files: tuple[str, ...] = ()
    decisions: list[Decision] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def choose_manager(key: str, folder: Folder, stack: Stack, about: Sequence[Fact], tree: SourceTree) -> ChosenManager:
    """A tool whose lock file fits the manifest first; of several such, or of none, the one that operators use; else in the
    stack's order."""
    present = {
        name: manager
        for name, manager in stack.package_managers.items()
        if any(_there(folder, p) for p in manager.recognise)
    }
    if not present:
        return ChosenManager()
    locks = {
        name: lock
        for name, manager in present.items()
        if (lock := next((path for p in manager.locks if (path := _there(folder, p))), ""))
    }
    behind = {name: place for name, lock in locks.items() if (place := _lags_behind(folder, lock, tree))}
    choice = [name for name in locks if name not in behind] or list(locks) or list(present)
    reason = "its lock file is there" if locks else "its manifest is there"
    used = choice[0]
    evidence: tuple[Evidence, ...] = ()
    installs = [f for f in about if isinstance(f, Command) and f.role is Role.INSTALL and f.argv]
    told = next(
        (
            (name, c)
            for c in ranked(installs, operators_first=True)
            for name in choice
            if _program(c) in present[name].programs
        ),
        None,
    )
    facts = ranked(f for f in about if isinstance(f, PackageManager) and f.name in choice and f.version)
    if len(choice) > 1 and (told or facts):
        used = told[0] if told else facts[0].name
        reason = "operators install with it" if told else "the manifest names its version"
        evidence = (told[1].evidence if told else facts[0].evidence,)
    manifest, by = _manifest(present[used], folder, installs)
    others = tuple(name for name in present if name != used)
    places = evidence or _lock_places(folder, present[used])
    files = _copy_first(present[used], folder, manifest, tree)
    chosen = ChosenManager(used, locks.get(used, ""), used not in behind, manifest, evidence_of(by), files)
    chosen.decisions.append(
        Decision(f"{key}.package_manager", used, reason, places, len(choice) > 1 and not evidence, others)
    )
    if len(locks) > 1:
        chosen.findings.append(
            Finding("RP026", Severity.NOTE, f"lock files of {' and '.join(locks)}; {used} is used", tuple(Evidence(_below(folder, lock)) for lock in locks.values()),
                    f"delete the one that is out of date, or set {key}.package_manager in replatform.yaml")
        )  # fmt: skip
    if used in behind:
        chosen.findings.append(
            Finding("RP023", Severity.WARNING, f"{locks[used]} lags behind the manifest, so that it does not pin everything that is installed", behind[used],
                    "bring it up to date with the package manager, and commit it")
        )  # fmt: skip
    return chosen


def _lags_behind(folder: Folder, lock: str, tree: SourceTree) -> tuple[Evidence, ...]:
    """The first dependency of the manifest that a lock file does not cover, in both files; nothing when all are."""
    path = _below(folder, lock)
    dependencies = folder.of_type(Dependency)
    locked = {d.name: d for d in dependencies if d.evidence.path == path and d.version}
    manifest = _below(folder, "package.json")
    wanted = [d for d in dependencies if d.evidence.path == manifest]
    if not locked or not wanted:
        return ()
    file = tree.read(path)
    for dependency in wanted:
        own = locked.get(dependency.name)
        if lock == "yarn.lock" and file is not None and not file.truncated:
            # Its entries name the range that they answer.
            if (
                f"{dependency.name}@{dependency.constraint}" in file.text
                or f"{dependency.name}@npm:{dependency.constraint}" in file.text
            ):
                continue
        elif own is None or satisfies(dependency.constraint, own.version or ""):
            continue
        return (dependency.evidence, own.evidence if own else Evidence(path))
    return ()


def plan_steps(
    key: str,
    folder: Folder,
    stack: Stack,
    release: Release,
    chosen: ChosenManager,
    about: Sequence[Fact],
    entry_points: Mapping[str, str],
    tree: SourceTree,
) -> Steps:
    """The steps of one image. `key` is where the image stands in the plan."""
    steps = Steps(build_image=release.build_image, environment=dict(stack.build_environment))
    manager = stack.package_managers.get(chosen.name)
    steps.prepare = release.prepare
    if manager is None:
        steps.build = _builds(key, None, folder, stack, about, entry_points, steps)
        return steps
    manager = _with_variants(manager, folder, release)
    steps.package_manager = chosen.name
    steps.artifact = manager.artifact
    steps.manifest, steps.copy_first = chosen.manifest, chosen.files
    if manager.build_image:
        steps.build_image = manager.build_image.format(version=release.version)
    install = manager.install if chosen.in_time or not manager.install_out_of_date else manager.install_out_of_date
    steps.prepare = (*release.prepare, *_filled(manager.prepare, steps.manifest, release))
    steps.install = _filled(install, steps.manifest, release)
    steps.install_after_source = _filled(manager.install_after_source, steps.manifest, release)
    because = f"{steps.manifest} lists the dependencies"
    places = chosen.told or (Evidence(_below(folder, steps.manifest), rule="manifest"),)
    if why := _needs_source(folder, steps, tree, stack):
        # What the install runs or reads is in the source, so there is no layer before it.
        steps.install_after_source = (*steps.install, *steps.install_after_source)
        steps.install, steps.copy_first = (), ()
        because += f"; after the source, because {why}"
    steps.decisions.append(
        Decision(
            f"{key}.install", "; ".join(map(shlex.join, steps.install or steps.install_after_source)), because, places
        )
    )
    steps.build = _builds(key, manager, folder, stack, about, entry_points, steps)
    steps.prune = _prune(key, manager, folder, release, steps, tree)
    bounds = _constraints(key, folder, stack, release, steps)
    steps.prepare, steps.constraints = _bounded_tools(steps.prepare, bounds)
    return steps


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


def _program(command: Command) -> str:
    words = list(command.argv)
    if len(words) > 2 and PurePosixPath(words[0]).name.startswith("python") and words[1] == "-m":
        return words[2]
    name = PurePosixPath(words[0]).name
    return re.sub(r"^pip[\d.]+$", "pip", name)


def _lock_places(folder: Folder, manager: PackageManagerSteps) -> tuple[Evidence, ...]:
    found = next((path for pattern in (*manager.locks, *manager.recognise) if (path := _there(folder, pattern))), None)
    return (Evidence(_below(folder, found), rule="manifest"),) if found else ()


def _below(folder: Folder, path: str) -> str:
    return f"{folder.directory}/{path}" if folder.directory else path


def _there(folder: Folder, pattern: str) -> str | None:
    return next((path for path in folder.paths if matches(pattern, path)), None)


def _with_variants(manager: PackageManagerSteps, folder: Folder, release: Release) -> PackageManagerSteps:
    for variant in manager.variants:
        if variant.versions and release.version not in variant.versions:
            continue
        if variant.having and not any(_there(folder, pattern) for pattern in variant.having):
            continue
        if any(_there(folder, pattern) for pattern in variant.without):
            continue
        given = {
            name: value
            for name in ("prepare", "install", "install_after_source", "prune", "build_image")
            if (value := getattr(variant, name)) is not None
        }
        manager = manager.model_copy(update=given)
    return manager


def _manifest(manager: PackageManagerSteps, folder: Folder, installs: Sequence[Command]) -> tuple[str, list[Command]]:
    """The manifest that operators install from where they name one that is there; else the first of the tool's."""
    takes_any = any("{manifest}" in word for step in manager.install for word in step)
    for command in ranked(installs, operators_first=True) if takes_any else ():
        for option, value in zip(command.argv, command.argv[1:], strict=False):
            path = value.removeprefix("./")
            if (
                option in ("-r", "--requirement")
                and path in folder.paths
                and _PLAIN_PATH.fullmatch(path)
                and command.mode is Mode.PRODUCTION
            ):
                return path, [command]
    using = [c for c in ranked(installs, operators_first=True) if c.argv and _program(c) in manager.programs]
    return next(path for pattern in manager.recognise if (path := _there(folder, pattern))), using[:1]


def _filled(steps: Sequence[Arguments], manifest: str, release: Release) -> tuple[Arguments, ...]:
    return tuple(
        tuple(word.replace("{manifest}", manifest).replace("{version}", release.version) for word in step)
        for step in steps
    )


def _copy_first(manager: PackageManagerSteps, folder: Folder, manifest: str, tree: SourceTree) -> tuple[str, ...]:
    """Files of the dependency layer that are there, in the order of the globs, with what requirement files include."""
    wanted = [path for pattern in manager.copy_first for path in folder.paths if matches(pattern, path)]
    if manifest and manager.copy_first and manifest not in wanted:
        wanted.append(manifest)
    if "{manifest}" in " ".join(word for step in manager.install for word in step):
        wanted = list(_included(folder, manifest, tree))
    return tuple(path for path in dict.fromkeys(wanted) if _PLAIN_PATH.fullmatch(path) or path == manifest)


def _included(folder: Folder, manifest: str, tree: SourceTree) -> Iterator[str]:
    """A requirement file and those that it includes."""
    waiting = [manifest]
    seen: set[str] = set()
    while waiting and len(seen) < _LONGEST_INCLUDES:
        path = waiting.pop(0)
        if path in seen or path not in folder.paths:
            continue
        seen.add(path)
        yield path
        file = tree.read(_below(folder, path))
        for line in file.lines if file else ():
            if match := _INCLUDE.match(line):
                waiting.append(_joined(path, match[1]))


def _joined(path: str, included: str) -> str:
    parts: list[str] = [*PurePosixPath(path).parent.parts]
    for part in included.split("/"):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _needs_source(folder: Folder, steps: Steps, tree: SourceTree, stack: Stack) -> str:
    """Why the dependencies cannot be installed before the source is there, or nothing."""
    if not steps.install:
        return ""
    if stack.language == "python":
        for path in steps.copy_first:
            file = tree.read(_below(folder, path))
            if file and path.endswith((".txt", ".in")) and any(_FROM_SOURCE.match(line) for line in file.lines):
                return f"{path} installs from the source tree"
    if stack.language == "node":
        for point in folder.of_type(EntryPoint):
            if point.kind == "npm_script" and point.value in _LIFECYCLE and not _HARMLESS.search(point.detail):
                return f"the install runs the script {point.value}"
        manifest = tree.read(_below(folder, "package.json"))
        if manifest and re.search(r'"(?:file|link|portal):|"workspaces"\s*:', manifest.text):
            return "packages of the source tree are dependencies"
    return ""


def _builds(
    key: str,
    manager: PackageManagerSteps | None,
    folder: Folder,
    stack: Stack,
    about: Sequence[Fact],
    entry_points: Mapping[str, str],
    steps: Steps,
) -> tuple[Arguments, ...]:
    """The build of the README where the image has its tool, else the stack's, else the manifest's build script."""
    told = [
        c
        for c in ranked([f for f in about if isinstance(f, Command) and f.role is Role.BUILD], operators_first=True)
        if c.argv and c.mode is Mode.PRODUCTION
    ]
    found: list[Arguments] = []
    if manager is not None and manager.build:
        command = next((c for c in told if _program(c) in {PurePosixPath(p).name for p in manager.programs}), None)
        found = [_maven_or_gradle(manager.build[0], command, folder)]
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
        command = next((c for c in told if set(argv[1:3]) <= set(c.argv)), None)
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
            steps.environment |= _build_variables(about)
    if manager is not None and manager.run_script:
        script = next(
            (
                s
                for s in (*_scripts_of(told, manager), *stack.build_scripts)
                if re.sub(r"\W", "_", s) + "_script" in entry_points
            ),
            None,
        )
        if script:
            commands = [c for c in told if script in c.argv]
            found.append((*manager.run_script, script))
            steps.decisions.append(
                Decision(
                    f"{key}.build",
                    shlex.join(found[-1]),
                    "how the operators build it" if commands else f"the manifest has a script {script}",
                    evidence_of(commands[:1]),
                    not commands,
                )
            )
    return tuple(found)


def _scripts_of(commands: Sequence[Command], manager: PackageManagerSteps) -> list[str]:
    """Scripts of the manifest that build commands run: `npm run build:prod`, `yarn build`."""
    found = []
    for command in commands:
        words = [w for w in command.argv if w not in ("run", "run-script", "--")]
        if (
            words
            and PurePosixPath(words[0]).name in ("npm", "yarn", "pnpm")
            and len(words) > 1
            and not words[1].startswith("-")
        ):
            found.append(words[1])
    return found


def _maven_or_gradle(usual: Arguments, command: Command | None, folder: Folder) -> Arguments:
    """The usual build with the profiles, properties and modules that the operators give; the wrapper where there is one."""
    wrapper = "mvnw" if usual[0] == "mvn" else "gradlew"
    program = f"./{wrapper}" if wrapper in folder.paths else usual[0]
    extra: list[str] = []
    words = list(command.argv[1:]) if command else []
    while words:
        word = words.pop(0)
        if word in ("-P", "-pl", "--projects", "-x") and words:
            extra += [word, words.pop(0)]
        elif (
            word.startswith(("-P", "-D", "-am", "--also-make"))
            and word not in usual
            and not word.startswith(("-DskipTests", "-Dmaven.test.skip"))
        ):
            extra.append(word)
    return (program, *usual[1:-1], *extra, usual[-1])


def _applies(argv: Arguments, folder: Folder) -> bool:
    """Whether a stack's build step has something to do: collectstatic where the settings name a folder for it, unless the
    source brings that folder filled, often with what other tools made."""
    if "collectstatic" not in argv:
        return True
    roots = [point.value.strip("/") for point in folder.of_type(EntryPoint) if point.kind == "static_root"]
    return bool(roots) and not any(path.startswith(root + "/") for root in roots if root for path in folder.paths)


def _build_variables(about: Sequence[Fact]) -> dict[str, str]:
    """Values that let settings be read during the build, for the variables that code reads without a default; for those
    that the README requires, where the code was not understood. None is a secret, and none leaves the build stage."""
    variables = [fact for fact in about if isinstance(fact, EnvironmentVariable) and _VARIABLE.fullmatch(fact.name)]
    read = [variable for variable in variables if variable.origin is Origin.RUNNING and variable.evidence.rule.endswith("environment")]
    found: dict[str, str] = {}
    for variable in read or variables:
        if not variable.required:
            continue
        name = variable.name.upper()
        example = next((v.example for v in variables if v.name == variable.name and v.example and v.example.isprintable()), "")
        if name.endswith(("DATABASE_URL", "DB_URL")):
            found[variable.name] = "sqlite:////tmp/build.sqlite3"
        elif variable.secret or not example:
            found[variable.name] = "unused-in-build"
        else:
            found[variable.name] = example
    return dict(sorted(found.items()))


def _prune(
    key: str, manager: PackageManagerSteps, folder: Folder, release: Release, steps: Steps, tree: SourceTree
) -> tuple[Arguments, ...]:
    """What only the build needed is taken away, unless a start script or the main file runs one of it."""
    prune = _filled(manager.prune, steps.manifest, release)
    if not prune:
        return ()
    development = {d.name for d in folder.of_type(Dependency) if d.development}
    if not development and folder.of_type(Dependency) and not steps.build:
        return prune
    started = [
        p
        for p in folder.of_type(EntryPoint)
        if p.kind == "npm_script" and p.value in ("start", "start:prod", "prestart")
    ]
    texts = [(p.detail, p) for p in started]
    for point in folder.of_type(EntryPoint):
        if point.kind == "node_script" and (file := tree.read(_below(folder, point.value))):
            texts.append((file.text, point))
    for text, point in texts:
        if used := sorted(name for name in development if _uses(text, name)):
            steps.decisions.append(
                Decision(
                    f"{key}.prune",
                    "",
                    f"development dependencies stay: {', '.join(used[:3])} is needed to start",
                    (point.evidence,),
                )
            )
            return ()
    return prune


_BINARIES = {
    "typescript": "tsc",
    "@babel/node": "babel-node",
    "babel-cli": "babel-node",
    "@nestjs/cli": "nest",
    "@babel/register": "@babel/register",
}


def _uses(text: str, name: str) -> bool:
    return any(
        re.search(rf"(?<![\w@/-]){re.escape(word)}(?![\w-])", text) for word in {name, _BINARIES.get(name, name)}
    )


def _constraints(key: str, folder: Folder, stack: Stack, release: Release, steps: Steps) -> tuple[str, ...]:
    """Bounds from the table of known breaks, on what the dependencies leave open."""
    if stack.history is None:
        return ()
    dependencies = [d for d in folder.of_type(Dependency) if not d.development]
    versions = {d.name.lower().replace("_", "-"): d for d in dependencies}
    found: dict[str, tuple[str, Bound, Dependency | None]] = {}
    for bound in stack.history.bounds:
        name = bound.name.lower()
        own = versions.get(name)
        if own is not None and own.version:
            continue  # pinned: what it says is what is installed
        other = versions.get(bound.with_name.lower()) if bound.with_name else None
        if bound.with_name and (
            other is None
            or (bound.with_versions and not is_within(other.version, other.constraint, bound.with_versions))
        ):
            continue
        if own is not None and not overlap(own.constraint, bound.bound):
            continue  # the application asks for newer ones on purpose
        found.setdefault(name, (f"{bound.name}{bound.bound}", bound, other))
    for line, bound, other in found.values():
        steps.decisions.append(
            Decision(f"{key}.constraints", line, bound.because, evidence_of([other] if other else []))
        )
    return tuple(sorted(line for line, _, _ in found.values()))
