"""Style sheets and scripts that Node builds for an application that has no manifest of theirs itself."""

import posixpath
import re
import shlex
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from toolkit.catalog.stacks import Release, Stack, matches
from toolkit.facts.model import Command, Dependency, EntryPoint, Fact, Facts, Origin, Role, Runtime
from toolkit.facts.npm_scripts import scripts_in
from toolkit.findings import Evidence, Finding, Severity
from toolkit.inventory.paths import inside, relative
from toolkit.inventory.source_tree import SourceFile, SourceTree
from toolkit.plan.build_steps import plan_steps
from toolkit.plan.entry_points import kind_of_script
from toolkit.plan.folders import BESIDE_THE_POINT, Folder, below, facts_about, paths_in
from toolkit.plan.interpreter import ChosenRelease, choose_release
from toolkit.plan.model import Assets, Decision
from toolkit.plan.package_managers import choose_manager
from toolkit.plan.ranking import evidence_of, of_type
from toolkit.plan.recognition import Recognised, holds

# Folders of these names are beside the point as applications, but not as what an application serves.
_NO_PACKAGE_IN = BESIDE_THE_POINT - {"assets", "static"} | {"node_modules"}
_SOURCES = {
    "dotnet": ("*.cs", "*.cshtml"),
    "go": ("*.go",),
    "java": ("*.java", "*.kt", "*.properties", "*.yml"),
    "node": ("*.js", "*.cjs", "*.mjs", "*.ts"),
    "php": ("*.php",),
    "python": ("*.py",),
    "ruby": ("*.rb",),
}
_OF_NODE = re.compile(r"\b(?:npm|npx|yarn|pnpm|node|bower|gulp|grunt|webpack|vite)\b")
# How code names the libraries of Node that it hands out (django-npm has a finder of that name).
_LIBRARIES = {"python": re.compile(r"\bnode_modules\b|\bnpm\.finders\.NpmFinder\b")}
# The first page of a site, as servers of Node name it below their own folder.
_FIRST_PAGE = re.compile(
    r"(?:join|resolve)\(\s{0,20}__dirname\s{0,20},[^()\n]{0,100}?['\"]\.?/?((?:[\w-]{1,60}/){0,4})index\.html['\"]"
)
_QUOTED = re.compile(r"['\"]([\w./-]{1,100})['\"]")
_EMBEDS = re.compile(r"^//go:embed[ \t]{1,9}([^\n]{1,300})", re.MULTILINE)
_RUN_BY_IMAGE = re.compile(r"(?:pre|post)?(?:build|install)|prepare")
_MODULES_FOLDER = "--modules-folder"
_MODULES_SETTING = re.compile(r"^--(?:install|\*)\.modules-folder[ \t]{1,9}\"?([\w./@-]{1,200})", re.MULTILINE)
_BUILT = (".min.js", ".min.css", ".bundle.js", ".chunk.js")
_MOST_FILES = 400
_MOST_CHARACTERS = 200_000


@dataclass(frozen=True)
class Package:
    """A package.json that builds style sheets and scripts of an application; `outputs` are paths from the tree's root,
    none where they are not known. `moved_to` is where operators put them, for the application to find them."""

    folder: Folder
    stack: Stack
    evidence: tuple[Evidence, ...]
    script: str
    outputs: tuple[EntryPoint, ...]
    moved_to: str = ""


@dataclass
class PlannedAssets:
    """The stage for an image's style sheets and scripts, None where it has none; why, and what is wrong with it."""

    assets: Assets | None = None
    decisions: list[Decision] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def find_packages(
    application: Recognised, recognised: Collection[Recognised], facts: Facts, stacks: Sequence[Stack], tree: SourceTree
) -> list[Package]:
    """Packages below an application that it needs built, the outermost first: in its own folder, or where its code names
    what they write. An application of Node builds its own with its scripts; of those below it, what they do not name and
    would be an application of its own."""
    stack = next((s for s in stacks if application.stack.language in s.stage_of), None)
    if stack is None or holds(application.stack.calls_node, application.folder) is not None:
        return []
    top = application.folder.directory
    told = [fact for fact in of_type(facts, Fact) if fact.evidence.path.rpartition("/")[2] == "package.json"]
    directories = {fact.directory.strip("/") for fact in told}
    if application.stack.language == stack.language:
        apart = {one.folder.directory for one in recognised if not one.module}
        directories &= (apart | _left_to_operators(directories - apart, application, facts)) - {top}
    found = []
    for directory in sorted(directories, key=lambda path: (path.count("/") + bool(path), path)):
        if not inside(directory, top) or not _NO_PACKAGE_IN.isdisjoint(relative(directory, top).split("/")):
            continue
        folder = _folder(directory, facts, tree)
        evidence = holds(stack.recognise, folder)
        names = scripts_in(folder.facts)
        script = next((name for name in stack.build_scripts if name in names), "")
        if evidence is None or not script:
            if library := _libraries(folder, stack, application, facts, tree):
                found.append(library)
            continue
        outputs = tuple(
            point for point in folder.of_type(EntryPoint) if point.kind == "asset_output" and point.detail == script
        )
        package = Package(folder, stack, evidence, script, outputs)
        if directory == top or _is_served(package, application, tree):
            found.append(package)
        elif missing := _looked_for(package, application, tree):
            found.append(replace(package, moved_to=missing))
    return found


def _left_to_operators(directories: Collection[str], application: Recognised, facts: Facts) -> set[str]:
    """Packages of pages below an application of Node that its own scripts name, for developers or for a platform, and that
    none which the image runs does build."""
    top = application.folder.directory
    if any(point.kind == "module" for point in application.folder.of_type(EntryPoint)):
        return set()  # the members of a workspace are built in it
    scripts = scripts_in(application.folder.facts, top)
    builds = (c for c in of_type(facts, Command) if c.role is Role.BUILD and c.directory.strip("/") == top)
    told = {word for command in builds for word in command.argv}
    run = {name for name in scripts if name in told or _RUN_BY_IMAGE.fullmatch(name)}
    for _ in range(3):
        texts = " ".join(scripts[name] for name in run)
        run |= {name for name in scripts if re.search(rf"(?<![\w:-]){re.escape(name)}(?![\w:-])", texts)}
    texts = " ".join(scripts[name] for name in run)
    pages = {
        point.directory.strip("/")
        for point in of_type(facts, EntryPoint)
        if point.kind == "static_output" and point.directory.strip("/") in directories
    }
    return {
        place
        for place in pages
        if inside(place, top) and not re.search(rf"(?<![\w-]){re.escape(relative(place, top))}(?![\w-])", texts)
    }


def _libraries(folder: Folder, stack: Stack, application: Recognised, facts: Facts, tree: SourceTree) -> Package | None:
    """A package.json that builds nothing: its libraries themselves are what the application's code hands out."""
    listed = [d for d in folder.of_type(Dependency) if not d.development]
    named = _LIBRARIES.get(application.stack.language)
    file = (
        next((file for file in _sources(application, tree) if named and named.search(file.text)), None)
        if listed
        else None
    )
    if file is None:
        return None
    place = posixpath.normpath(posixpath.join(folder.directory, _modules_folder(folder, facts, tree) or "node_modules"))
    if not inside(place, application.folder.directory):
        return None
    shown = Evidence(file.path, rule="node-modules")
    output = EntryPoint(kind="asset_output", value=place, evidence=shown, origin=Origin.CONVENTION)
    return Package(folder, stack, (listed[0].evidence, shown), "", (output,))


def _modules_folder(folder: Folder, facts: Facts, tree: SourceTree) -> str:
    """Where Yarn is to put the libraries: as its own settings say, or as operators tell it.
    https://classic.yarnpkg.com/lang/en/docs/yarnrc/#toc-cli-arguments (2026-11-22)"""
    settings = tree.read(below(folder, ".yarnrc"))
    if settings and (told_there := _MODULES_SETTING.search(settings.text)):
        return posixpath.normpath(told_there[1])
    installs = (command.argv for command in of_type(facts, Command) if command.role is Role.INSTALL)
    told = (argv for argv in installs if argv[:1] == ("yarn",) and _MODULES_FOLDER in argv[:-1])
    return next((argv[argv.index(_MODULES_FOLDER) + 1] for argv in told), "") if not folder.directory else ""


def _folder(directory: str, facts: Facts, tree: SourceTree) -> Folder:
    own = tuple(
        fact
        for fact in of_type(facts, Fact)
        if fact.directory.strip("/") == directory and not (isinstance(fact, Dependency) and fact.ecosystem != "npm")
    )
    return Folder(directory, paths_in(tree.paths, directory), own, ("package.json",))


def _is_served(package: Package, application: Recognised, tree: SourceTree) -> bool:
    """Whether a package below the application writes into another folder of it, or where the application's code looks."""
    top = application.folder.directory
    paths = [output.value for output in package.outputs if inside(output.value, top)]
    if any(not inside(path, package.folder.directory) for path in paths):
        return True
    if not paths:
        return False
    separator = r"[\s\"'/,\\]{1,8}"
    named = [separator.join(map(re.escape, relative(path, top).split("/"))) for path in paths]
    pattern = re.compile(rf"(?<![\w.-])(?:{'|'.join(named)})(?![\w-])")
    # Code of another language in the package's own folder is not the package's.
    foreign = application.stack.language != "node"
    return any(
        pattern.search(file.text[:_MOST_CHARACTERS]) or _embeds(file, paths)
        for file in _sources(application, tree)
        if foreign or not inside(file.path, package.folder.directory) or package.folder.directory == top
    )


def _embeds(file: SourceFile, paths: Iterable[str]) -> bool:
    """Whether Go code takes folders into its program, which it names from its own: https://pkg.go.dev/embed"""
    words = [word for match in _EMBEDS.finditer(file.text[:_MOST_CHARACTERS]) for word in match[1].split()]
    places = {posixpath.normpath(posixpath.join(file.directory, word.removeprefix("all:"))) for word in words}
    return any(inside(place, path) or inside(path, place) for place in places for path in paths)


def _looked_for(package: Package, application: Recognised, tree: SourceTree) -> str:
    """The folder where a server of Node looks for a first page that the source has not, while a package below it builds
    pages: `res.sendFile(join(__dirname, 'public/index.html'))` beside client/ of React."""
    pages = [point for point in package.folder.of_type(EntryPoint) if point.kind == "static_output"]
    if application.stack.language != "node" or not pages or len(package.outputs) != 1:
        return ""
    for file in _sources(application, tree):
        if inside(file.path, package.folder.directory):
            continue
        for match in _FIRST_PAGE.finditer(file.text[:_MOST_CHARACTERS]):
            folder = posixpath.normpath(
                posixpath.join(posixpath.dirname(file.path), *_QUOTED.findall(match[0])[:-1], match[1])
            )
            within = inside(folder, application.folder.directory) and folder != application.folder.directory
            if within and not any(path.startswith(f"{folder}/") and path.endswith(".html") for path in tree.paths):
                return folder
    return ""


def _sources(application: Recognised, tree: SourceTree) -> Iterator[SourceFile]:
    """Files of the application's own language."""
    endings = _SOURCES.get(application.stack.language, ())
    paths = [
        path for path in application.folder.paths if any(matches(ending, path.rpartition("/")[2]) for ending in endings)
    ]
    for path in paths[:_MOST_FILES]:
        if file := tree.read(below(application.folder, path)):
            yield file


def plan_assets(
    image: str,
    application: Recognised,
    packages: Sequence[Package],
    take: Collection[str],
    facts: Facts,
    tree: SourceTree,
) -> PlannedAssets:
    """The stage of the first package; what there is besides is told."""
    planned = PlannedAssets()
    if not packages:
        return planned
    package, key = packages[0], f"images.{image}.assets"
    if told := _come_built(package, application, facts):
        planned.findings.append(
            Finding("RP084", Severity.NOTE, f"{below(package.folder, 'package.json')} is not built: what it writes is in the source, and the README does without",
                    (*told, *package.evidence[:1]), "if it has to be built, say so in the README, with the command")
        )  # fmt: skip
        return planned
    folder, stack = package.folder, package.stack
    statements = facts_about(folder, facts)
    manager = choose_manager(key, folder, stack, statements, tree)
    listed = folder.of_type(Dependency)
    chosen = _release(
        f"{image}.assets",
        stack,
        [f for f in statements if isinstance(f, Runtime)],
        listed,
        below(folder, manager.lock) if manager.lock else "",
        tree,
    )
    scripts = {kind_of_script(name): name for name in scripts_in(folder.facts)}
    steps = plan_steps(
        key, Recognised(folder, stack, package.evidence), chosen.release, manager, statements, listed, scripts, tree
    )
    top = application.folder.directory
    script = steps.build[-1][-1] if package.script else ""
    outputs = [point for point in folder.of_type(EntryPoint) if point.kind == "asset_output" and point.detail == script]
    if not package.script:
        outputs, steps.build = list(package.outputs), ()
        if modules := _modules_folder(folder, facts, tree):
            steps.install = tuple((*argv, _MODULES_FOLDER, modules) for argv in steps.install)
    if package.moved_to:
        built = posixpath.relpath(outputs[0].value, folder.directory) if outputs else "."
        place = posixpath.relpath(package.moved_to, folder.directory)
        steps.build = (
            *steps.build,
            (
                "sh",
                "-c",
                f"mkdir -p {shlex.quote(place)} && cp -R {shlex.quote(f'{built}/.')} {shlex.quote(f'{place}/')}",
            ),
        )
        outputs = [replace(point, value=package.moved_to) for point in outputs]
    inner = tuple(
        dict.fromkeys(
            relative(point.value, top) for point in outputs if inside(point.value, top) and point.value != top
        )
    )
    planned.decisions = [
        Decision(key, stack.name, f"{folder.directory or 'the application'} has {stack.title if package.script else 'libraries of Node that its code names'}", package.evidence[:3]),
        *manager.decisions, chosen.decision, *steps.decisions,
    ]  # fmt: skip
    planned.findings += manager.findings
    if inner:
        planned.decisions.append(
            Decision(
                f"{key}.outputs",
                ", ".join(inner),
                "what the build writes" if package.script else "where the libraries lie",
                evidence_of(outputs),
            )
        )
    else:
        planned.findings.append(
            Finding("RP036", Severity.NOTE, f"no file says plainly where `{' '.join(steps.build[-1])}` writes, so the image takes all that its stage leaves",
                    package.evidence[:1], f"name the folders in {key}.outputs in replatform.yaml")
        )  # fmt: skip
    for other in packages[1:]:
        planned.findings.append(
            Finding("RP037", Severity.WARNING, f"{below(other.folder, 'package.json')} builds style sheets and scripts, too; only one such package is built for an image",
                    other.evidence[:1], "call its build from the other package's script")
        )  # fmt: skip
    planned.assets = Assets(
        stack=stack.name,
        directory=folder.directory,
        version=chosen.release.version,
        build_image=steps.build_image,
        package_manager=steps.package_manager,
        manifest=steps.manifest,
        copy_first=steps.copy_first,
        prepare=steps.prepare,
        resolved_before=steps.resolved_before,
        install=steps.install,
        install_environment=steps.install_environment,
        install_after_source=steps.install_after_source,
        build=steps.build,
        prune=() if inner else (("rm", "-rf", "node_modules"),),
        build_environment=steps.environment,
        take=tuple(take),
        outputs=inner,
    )
    return planned


def _come_built(package: Package, application: Recognised, facts: Facts) -> tuple[Evidence, ...]:
    """What tells that the source holds what its package builds: it is there, and the README installs the application
    without a word of Node."""
    told = [
        command
        for command in of_type(facts, Command)
        if command.origin is Origin.README and command.role in (Role.INSTALL, Role.BUILD, Role.START)
    ]
    installs = [command for command in told if command.role is Role.INSTALL]
    if not installs or any(_OF_NODE.search(command.text) for command in told):
        return ()
    top = application.folder.directory
    outputs = [relative(point.value, top) for point in package.outputs if inside(point.value, top)]
    paths = application.folder.paths
    if outputs:
        is_there = all(any(path.startswith(f"{output}/") or path == output for path in paths) for output in outputs)
    else:
        is_there = any(path.endswith(_BUILT) and _NO_PACKAGE_IN.isdisjoint(path.split("/")) for path in paths)
    return evidence_of(installs[:1]) if is_there else ()


def _release(
    image: str, stack: Stack, runtimes: Sequence[Runtime], listed: Iterable[Dependency], lock: str, tree: SourceTree
) -> ChosenRelease:
    production = [d for d in listed if not d.development]
    tools = [d for d in listed if d.development]
    return choose_release(image, stack, runtimes, production, tools, tree.read(lock) if lock else None)


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
    calls = [point for point in application.folder.of_type(EntryPoint) if point.kind == "node_build"]
    directory = calls[0].directory.strip("/") if calls else application.folder.directory
    runtimes = [f for f in of_type(facts, Runtime) if inside(f.directory.strip("/"), directory)]
    listed = [
        d for d in of_type(facts, Dependency) if d.ecosystem == "npm" and inside(d.directory.strip("/"), directory)
    ]
    chosen = choose_release(image, node, runtimes, listed)
    return chosen.release, chosen.decision
