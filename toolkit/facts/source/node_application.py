"""What a Node application is started from, and what migrates its database."""

import posixpath
import re
from collections.abc import Iterator

from toolkit.catalog.globs import any_of
from toolkit.facts.manifests.formats import Malformed, Tree, json_tree
from toolkit.facts.model import EntryPoint, Fact, Origin, Role
from toolkit.facts.npm_scripts import file_of_command, without_variables
from toolkit.facts.source.convention import conventional
from toolkit.facts.source.node_front_ends import RULE, asset_outputs, beside, outputs
from toolkit.facts.source.node_pages import sites
from toolkit.facts.source.project import Project
from toolkit.facts.source.typescript_outputs import compiled, source_of
from toolkit.inventory.paths import leaves
from toolkit.inventory.source_tree import SourceFile

# What developers start, again after each change.
TYPESCRIPT = (".ts", ".mts", ".cts", ".tsx")
RESTARTED_BUILD = re.compile(r"\bnodemon\b[^|;&]{0,200}?\s(?:\./)?([\w][\w./-]{0,150}\.[cm]?js)(?=\s|$)")
# Where nothing starts what the compiler makes, developers run its source.
RUNS_SOURCE = re.compile(r"\b(?:ts-node(?:-dev)?|tsx|nodemon)\b[^|;&]{0,200}?\s(?:\./)?([\w][\w./-]{0,150}\.[cm]?ts)\b")
RESTARTS = re.compile(r"\bnodemon\(\{([^{}]{1,1000})")
RESTARTED = re.compile(r"\bscript\s{0,9}:\s{0,9}['\"]([\w./-]{1,150})['\"]")
RESTARTED_IN = re.compile(r"\bcwd\s{0,9}:\s{0,9}['\"]([\w./-]{1,100})['\"]")
SERVES = re.compile(
    r"\.listen\(|sails\.lift\(|createServer\(|\bserve\(|NestFactory|new (?:[\w.]{1,60}\.)?(?:WebSocket)?Server\(|startStandaloneServer"
)
# What a script starts that shows pages to the developers while they work on them.
SHOWS_PAGES = re.compile(r"\b(?:browser-sync|browserSync|live-server|lite-server|webpack-dev-server)\b")
# It listens by itself, as in what create-react-app's eject writes: https://webpack.js.org/api/webpack-dev-server/
DEVELOPERS_ALONE = re.compile(
    r"\A(?=.{0,9000}(?:\brequire\(|\bfrom )['\"]webpack-dev-server['\"])(?!.{0,9000}(?:\brequire\(|\bfrom )['\"](?:express|koa|https?)['\"])",
    re.DOTALL,
)
# Electron's own windows, which open on a desktop: https://www.electronjs.org/docs/latest/tutorial/quick-start
OF_DESKTOP = re.compile(r"\brequire\(['\"]electron['\"]\)|\bfrom\s{1,9}['\"]electron['\"]")
SERVER = re.compile(r"(?:^|/)(?:server|www|app|main|index|start)(?:\.[cm]?js)?$")
BUILT = re.compile(r"(?:\./)?(?:build|compiled|dist|lib|out|output|release)/[\w./-]{1,150}$")
TOOLS = re.compile(
    r"(?i)(?:^|/)(?:\.?eslintrc[\w.-]*|gulpfile|gruntfile|playwright[\w.-]*|protractor[\w.-]*|cypress[\w.-]*|webpack[\w.-]*|rollup[\w.-]*|vite\.config|karma[\w.-]*|jest[\w.-]*)(?:\.[cm]?[jt]s)?$"
)
# Programs of libraries that build, watch, test, or show something else than answers to requests.
NO_FRAMEWORK = any_of((
    "babel*", "browser-sync", "concurrently", "cross-env", "cypress", "docsify*", "electron*", "expo*", "forever", "gatsby", "grunt*",
    "gulp*", "jest", "lerna", "lite-server", "live-server", "mocha", "ng", "node*", "npm*", "nx", "parcel*", "pm2*", "pnpm", "react-native*",
    "react-scripts*", "rollup", "run-*", "storybook*", "supervisor", "ts-node*", "tsc*", "tsx", "turbo", "vite*", "vue*", "webpack*", "yarn",
))  # fmt: skip
MIGRATE = re.compile(
    r"(?:db[:_-])?(?:migrate|migration:run|migrations:run|migrate:(?:up|deploy|latest|prod|run)|migrations?:up|migrate[:-]db)"
)


def read(project: Project) -> Iterator[Fact]:
    for path in project.tree.matching("package.json"):
        if not project.is_code(path) or not (file := project.tree.read(path)):
            continue
        try:
            package = json_tree(file)
        except Malformed:
            continue  # the manifest reader has told
        if isinstance(package.value, dict):
            yield from _script(project, file, package)
            yield from _library_started(file, package)
            yield from _restarted(project, file, package)
            yield from _migrations(project, file, package)
            yield from sites(project, file, package, outputs(project, file, package, is_server=_is_server(package)))
            yield from asset_outputs(project, file, package)


def _script(project: Project, file: SourceFile, package: Tree) -> Iterator[Fact]:
    start = package.text("scripts", "start")
    started = file_of_command(start[:500])
    candidates: list[tuple[str, tuple[str, ...], float]] = []
    if started:
        candidates.append((started, ("scripts", "start"), 0.95))
    candidates.append((package.text("main"), ("main",), 0.7))
    candidates += [(name, ("bin", key), 0.6) for key, name in package.texts("bin").items()]
    candidates += [
        (name, (), 0.6) for name in ("server.js", "app.js", "index.js", "src/server.js", "src/index.js", "src/app.js")
    ]
    for name, keys, confidence in candidates:
        script = _existing(project, file, name)
        if not script or TOOLS.search(script) or not (code := project.tree.read(project.sibling(file.path, script))):
            continue
        if OF_DESKTOP.search(code.text) or DEVELOPERS_ALONE.search(code.text):
            continue
        if SHOWS_PAGES.search(code.text) and not SERVES.search(code.text):
            continue
        serves = (
            bool(SERVES.search(code.text)) or confidence > 0.9 or (keys[:1] == ("bin",) and bool(SERVER.search(script)))
        )
        if serves or (keys == ("main",) and _is_server(package)):
            place = file.at(package.line(*keys), rule=RULE) if keys else code.at(rule=RULE)
            origin = Origin.RUNNING if keys else Origin.CONVENTION
            if keys != ("scripts", "start") and script.endswith(TYPESCRIPT):
                script = compiled(project, file.directory, script) if _compiles(package) else ""
            if script:
                yield EntryPoint(kind="node_script", value=script, evidence=place, origin=origin, confidence=confidence)
                return
    if BUILT.match(started) and (_is_server(package, bundled=True) or _serves_when_built(project, file, started)):
        place = file.at(package.line("scripts", "start"), rule=RULE)
        yield EntryPoint(kind="node_script", value=started, evidence=place, origin=Origin.RUNNING, confidence=0.8)
    if "start" not in package.table("scripts"):
        yield from _written_script(file, package) or _compiled_script(project, file, package)


def _library_started(file: SourceFile, package: Tree) -> Iterator[EntryPoint]:
    """The program that npm start runs, where a library which is installed for production brings it along: a framework's own."""
    words = without_variables(package.text("scripts", "start")[:500].split())
    program = next((word for word in words if word != "npx"), "")
    libraries = {word for name in package.table("dependencies") for word in [*re.split(r"[/_@-]", str(name)), name]}
    if program and program in libraries and not NO_FRAMEWORK.fullmatch(program):
        place = file.at(package.line("scripts", "start"), rule=RULE)
        yield EntryPoint(kind="library_started", value=program, evidence=place, origin=Origin.RUNNING, confidence=0.7)


def _written_script(file: SourceFile, package: Tree) -> list[EntryPoint]:
    """What the build of a server writes, as the manifest names it, or a script for developers that starts it again."""
    scripts = package.texts("scripts")
    main = package.text("main").removeprefix("./")
    told: list[tuple[str, tuple[str, ...]]] = [(main, ("main",))] if BUILT.match(main) else []
    restarted = ((RESTARTED_BUILD.search(text[:1000]), ("scripts", name)) for name, text in scripts.items())
    told += [(match[1], keys) for match, keys in restarted if match]
    if "build" not in scripts or not told or not _is_server(package):
        return []
    path, keys = told[0]
    place = file.at(package.line(*keys), rule=RULE)
    return [EntryPoint(kind="node_script", value=path, evidence=place, origin=Origin.RUNNING, confidence=0.7)]


def _compiles(package: Tree) -> bool:
    """Whether the package's build is the TypeScript compiler's."""
    return any(re.search(r"\btsc\b", package.text("scripts", name)) for name in ("build", "compile"))


def _compiled_script(project: Project, file: SourceFile, package: Tree) -> Iterator[EntryPoint]:
    """What a build with the TypeScript compiler makes of the source that developers run."""
    if not _compiles(package):
        return
    for name, text in package.texts("scripts").items():
        match = RUNS_SOURCE.search(text[:1000])
        source = project.tree.read(project.sibling(file.path, match[1])) if match else None
        if not match or not source or not SERVES.search(source.text):
            continue
        if script := compiled(project, file.directory, match[1]):
            place = file.at(package.line("scripts", name), rule=RULE)
            yield EntryPoint(kind="node_script", value=script, evidence=place, origin=Origin.CONVENTION, confidence=0.7)
            return


def _restarted(project: Project, file: SourceFile, package: Tree) -> Iterator[EntryPoint]:
    """The script that a start by gulp runs, and starts again after every change: https://github.com/JacksonGariety/gulp-nodemon"""
    if not re.match(r"gulp\b", package.text("scripts", "start")):
        return
    for gulpfile in beside(project, file, re.compile(r"(?:^|/)gulpfile[\w.-]{0,40}\.[cm]?[jt]s$")):
        match = RESTARTS.search(gulpfile.text)
        script = RESTARTED.search(match[1]) if match else None
        if match and script:
            folder = RESTARTED_IN.search(match[1])
            place = gulpfile.at(gulpfile.line_of(match.start()), rule=RULE)
            value = posixpath.normpath(posixpath.join(folder[1] if folder else "", script[1]))
            yield EntryPoint(kind="restarted_script", value=value, evidence=place, origin=Origin.RUNNING)
            return


def _is_server(package: Tree, *, bundled: bool = False) -> bool:
    """Whether a package has a library that serves; where it is `bundled`, one of the developers' is inside."""
    servers = {
        "express",
        "koa",
        "fastify",
        "@hapi/hapi",
        "hapi",
        "restify",
        "connect",
        "@nestjs/core",
        "sails",
        "socket.io",
    }
    sections = ("dependencies", "devDependencies") if bundled else ("dependencies",)
    return any(not servers.isdisjoint(package.table(section)) for section in sections)


def _existing(project: Project, file: SourceFile, name: str) -> str:
    """The script that Node would load for a name, relative to the package; empty when there is none in the tree."""
    name = name.removeprefix("./").rstrip("/")
    if not name or leaves(name):
        return ""
    for ending in ("", ".js", ".mjs", ".cjs", "/index.js"):
        if project.sibling(file.path, name + ending) in project.tree:
            return name + ending
    return ""


def _serves_when_built(project: Project, file: SourceFile, built: str) -> bool:
    """Whether what a build writes is compiled from a server."""
    source = source_of(project, file.directory, built)
    return source is not None and not TOOLS.search(source.path) and bool(SERVES.search(source.text))


def _migrations(project: Project, file: SourceFile, package: Tree) -> Iterator[Fact]:
    if project.has_command(Role.RELEASE, "migrat"):
        return
    for name in package.table("scripts"):
        if MIGRATE.fullmatch(name):
            place = file.at(package.line("scripts", name), rule=RULE)
            yield conventional(Role.RELEASE, ("npm", "run", name), place, project.places.home(file.path), 0.8)
            return
