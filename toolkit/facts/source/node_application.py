"""What a Node application is started from, and where front ends leave what they build."""

import posixpath
import re
from collections.abc import Iterator

from toolkit.facts.manifests.formats import Malformed, Tree, json_tree
from toolkit.facts.model import EntryPoint, Fact, Origin, Role
from toolkit.facts.source.convention import conventional
from toolkit.facts.source.node_outputs import script_outputs, tool_outputs
from toolkit.facts.source.node_pages import sites
from toolkit.facts.source.project import Project
from toolkit.facts.source.typescript_outputs import compiled
from toolkit.findings import Evidence
from toolkit.inventory.paths import leaves
from toolkit.inventory.source_tree import SourceFile

RULE = "node-application"
START = re.compile(
    r"(?:^|&&\s{0,20}|cross-env\s.{0,200}?\s)(?:[A-Z_]{1,40}=\S{0,100}\s{1,20})*node(?:\s{1,20}--?[\w-]+(?:=\S{1,200})?(?:\s{1,20}[\w-]+/register)?)*\s{1,20}([\w@./-]{1,200})"
)
# What developers start, again after each change.
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
# Electron's own windows, which open on a desktop: https://www.electronjs.org/docs/latest/tutorial/quick-start
OF_DESKTOP = re.compile(r"\brequire\(['\"]electron['\"]\)|\bfrom\s{1,9}['\"]electron['\"]")
SERVER = re.compile(r"(?:^|/)(?:server|www|app|main|index|start)(?:\.[cm]?js)?$")
BUILT = re.compile(r"(?:\./)?(?:build|compiled|dist|lib|out|output|release)/[\w./-]{1,150}$")
TOOLS = re.compile(
    r"(?i)(?:^|/)(?:gulpfile|gruntfile|webpack[\w.-]*|rollup[\w.-]*|vite\.config|karma[\w.-]*|jest[\w.-]*)(?:\.[cm]?[jt]s)?$"
)
MIGRATE = re.compile(
    r"(?:db[:_-])?(?:migrate|migration:run|migrations:run|migrate:(?:up|deploy|latest|prod|run)|migrations?:up|migrate[:-]db)"
)
# Where each tool leaves its output when its configuration says nothing. Sources: the tools' own documentation.
OUTPUTS = (
    ("react-scripts", "build"),  # https://create-react-app.dev/docs/production-build
    ("@vue/cli-service", "dist"),  # https://cli.vuejs.org/config/#outputdir
    ("gatsby", "public"),  # https://www.gatsbyjs.com/docs/gatsby-project-structure/
    ("@docusaurus/core", "build"),  # https://docusaurus.io/docs/deployment
    ("astro", "dist"),  # https://docs.astro.build/en/reference/configuration-reference/#outdir
    ("@11ty/eleventy", "_site"),  # https://www.11ty.dev/docs/config/#output-directory
    ("vitepress", ".vitepress/dist"),  # https://vitepress.dev/guide/deploy
    ("@sveltejs/adapter-static", "build"),  # https://svelte.dev/docs/kit/adapter-static
    ("vite", "dist"),  # https://vite.dev/config/build-options#build-outdir
    ("parcel", "dist"),  # https://parceljs.org/features/cli/
    ("parcel-bundler", "dist"),
    ("ember-cli", "dist"),  # https://cli.emberjs.com/release/basic-use/deploying/
    ("webpack", "dist"),  # https://webpack.js.org/configuration/output/#outputpath
)
PAGES = ("dist", "build", "_site", "out")
PROGRAMS = {"@vue/cli-service": "vue-cli-service"}  # by the package that brings them
BUILD_SCRIPT = re.compile(r"(?:build|prod|assets|compile)")
MOST_BUILD_SCRIPTS = 10
NEXT = re.compile(r"\boutput\s{0,20}:\s{0,20}['\"](standalone|export)['\"]")
GULP_DEST = re.compile(r"\.dest\(\s{0,20}(?:['\"`]([\w./-]{1,100})['\"`]|([\w.]{1,60}))")


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
            yield from _restarted(project, file, package)
            yield from _migrations(project, file, package)
            yield from sites(project, file, package, _outputs(project, file, package))
            yield from _asset_outputs(project, file, package)


def _asset_outputs(project: Project, file: SourceFile, package: Tree) -> Iterator[Fact]:
    """What the scripts that may build style sheets and scripts write; the plan knows which of them it runs."""
    scripts = package.texts("scripts")
    for name in [name for name in scripts if BUILD_SCRIPT.match(name)][:MOST_BUILD_SCRIPTS]:
        place = file.at(package.line("scripts", name), rule=RULE)
        for path, evidence in script_outputs(project, file, scripts, name, place):
            yield EntryPoint(
                kind="asset_output", value=path, detail=name, evidence=evidence, origin=Origin.RUNNING,
                directory=file.directory,
            )  # fmt: skip


def _script(project: Project, file: SourceFile, package: Tree) -> Iterator[Fact]:
    start = package.text("scripts", "start")
    match = START.search(start[:500])
    candidates: list[tuple[str, tuple[str, ...], float]] = []
    if match:
        candidates.append((match[1], ("scripts", "start"), 0.95))
    candidates.append((package.text("main"), ("main",), 0.7))
    candidates += [(name, ("bin", key), 0.6) for key, name in package.texts("bin").items()]
    candidates += [
        (name, (), 0.6) for name in ("server.js", "app.js", "index.js", "src/server.js", "src/index.js", "src/app.js")
    ]
    for name, keys, confidence in candidates:
        script = _existing(project, file, name)
        if not script or TOOLS.search(script) or not (code := project.tree.read(project.sibling(file.path, script))):
            continue
        if OF_DESKTOP.search(code.text) or (SHOWS_PAGES.search(code.text) and not SERVES.search(code.text)):
            continue
        serves = (
            bool(SERVES.search(code.text)) or confidence > 0.9 or (keys[:1] == ("bin",) and bool(SERVER.search(script)))
        )
        if serves or (keys == ("main",) and _is_server(package)):
            place = file.at(package.line(*keys), rule=RULE) if keys else code.at(rule=RULE)
            origin = Origin.RUNNING if keys else Origin.CONVENTION
            yield EntryPoint(kind="node_script", value=script, evidence=place, origin=origin, confidence=confidence)
            return
    if match and BUILT.match(match[1]) and _is_server(package, bundled=True):
        place = file.at(package.line("scripts", "start"), rule=RULE)
        yield EntryPoint(kind="node_script", value=match[1], evidence=place, origin=Origin.RUNNING, confidence=0.8)
    if "start" not in package.table("scripts"):
        yield from _written_script(file, package) or _compiled_script(project, file, package)


def _written_script(file: SourceFile, package: Tree) -> list[EntryPoint]:
    """What the build of a server writes, as the manifest names it, or a script for developers that starts it again."""
    scripts = {name: text for name, text in package.table("scripts").items() if isinstance(text, str)}
    main = package.text("main").removeprefix("./")
    told: list[tuple[str, tuple[str, ...]]] = [(main, ("main",))] if BUILT.match(main) else []
    restarted = ((RESTARTED_BUILD.search(text[:1000]), ("scripts", name)) for name, text in scripts.items())
    told += [(match[1], keys) for match, keys in restarted if match]
    if "build" not in scripts or not told or not _is_server(package):
        return []
    path, keys = told[0]
    place = file.at(package.line(*keys), rule=RULE)
    return [EntryPoint(kind="node_script", value=path, evidence=place, origin=Origin.RUNNING, confidence=0.7)]


def _compiled_script(project: Project, file: SourceFile, package: Tree) -> Iterator[EntryPoint]:
    """What a build with the TypeScript compiler makes of the source that developers run."""
    scripts = package.texts("scripts")
    if not re.search(r"\btsc\b", scripts.get("build", "")):
        return
    for name, text in scripts.items():
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
    for gulpfile in _beside(project, file, re.compile(r"(?:^|/)gulpfile[\w.-]{0,40}\.[cm]?[jt]s$")):
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


def _migrations(project: Project, file: SourceFile, package: Tree) -> Iterator[Fact]:
    if project.has_command(Role.RELEASE, "migrat"):
        return
    for name in package.table("scripts"):
        if MIGRATE.fullmatch(name):
            place = file.at(package.line("scripts", name), rule=RULE)
            yield conventional(Role.RELEASE, ("npm", "run", name), place, project.places.home(file.path), 0.8)
            return


def _outputs(project: Project, file: SourceFile, package: Tree) -> Iterator[Fact]:
    dependencies = package.table("dependencies") | package.table("devDependencies")
    build = package.text("scripts", "build").split()  # names the program, whichever package brings it
    if "@angular/core" in dependencies:
        yield from _angular(project, file)
    elif "next" in dependencies:
        yield from _next(project, file)
    elif "nuxt" in dependencies or "nuxt3" in dependencies:
        yield from _nuxt(file, package)
    elif "gulp" in dependencies:
        yield from _gulp(project, file)
    elif tool := next((tool for tool in OUTPUTS if tool[0] in dependencies or tool[0] in build), None):
        yield from _configured_output(project, file, package, tool[0]) or [_static(file, package, *tool)]
    elif "build" in package.table("scripts") and not _is_server(package):
        yield from _pages_in_source(project, file)
    if "@nestjs/core" in dependencies:
        place = _listed(file, package, "@nestjs/core")
        yield EntryPoint(
            kind="node_script", value="dist/main.js", evidence=place, origin=Origin.CONVENTION, confidence=0.65
        )


def _listed(file: SourceFile, package: Tree, library: str) -> Evidence:
    """Where the manifest lists a library."""
    section = "dependencies" if library in package.table("dependencies") else "devDependencies"
    return file.at(package.line(section, library), rule=RULE)


def _nuxt(file: SourceFile, package: Tree) -> Iterator[EntryPoint]:
    """Where Nuxt writes: pages alone where the build script generates them; version 2 renders from its own folder."""
    sections = ("dependencies", "devDependencies")
    section = next((name for name in sections if {"nuxt", "nuxt3"} & set(package.table(name))), "dependencies")
    versions = package.table(section)
    modern = "nuxt3" in versions or not re.match(r"\D{0,3}[012]\b", str(versions.get("nuxt", "")))
    name = "nuxt3" if "nuxt3" in versions else "nuxt"
    place = file.at(package.line(section, name), rule=RULE)
    if "generate" in package.text("scripts", "build").split():
        value = ".output/public" if modern else "dist"
        yield EntryPoint(kind="static_output", value=value, evidence=place, origin=Origin.CONVENTION, confidence=0.8)
    elif modern:
        yield EntryPoint(kind="nuxt_output", value=".output", evidence=place, origin=Origin.CONVENTION, confidence=0.8)


def _static(file: SourceFile, package: Tree, tool: str, folder: str) -> EntryPoint:
    place = _listed(file, package, tool)
    confidence = 0.6 if tool == "webpack" else 0.85
    return EntryPoint(
        kind="static_output", value=folder, evidence=place, origin=Origin.CONVENTION, confidence=confidence
    )


def _pages_in_source(project: Project, file: SourceFile) -> Iterator[EntryPoint]:
    """Pages that the source holds although its own scripts build them, by tools that nothing here knows."""
    for folder in PAGES:
        page = project.sibling(file.path, f"{folder}/index.html")
        if page in project.tree and (found := project.tree.read(page)):
            place = found.at(rule=RULE)
            yield EntryPoint(
                kind="static_output", value=folder, evidence=place, origin=Origin.CONVENTION, confidence=0.7
            )
            return


def _beside(project: Project, file: SourceFile, pattern: re.Pattern[str]) -> Iterator[SourceFile]:
    """Configuration files in the package's own folder, or a `config` or `build` folder of it."""
    for path in project.tree.paths:
        folder = path.rpartition("/")[0]
        own = file.directory
        near = folder in (own, f"{own}/config".lstrip("/"), f"{own}/build".lstrip("/"))
        if near and pattern.search(path) and (found := project.tree.read(path)):
            yield found


def _configured_output(project: Project, file: SourceFile, package: Tree, tool: str) -> list[EntryPoint]:
    """The folder of the package that the tool's configuration, or its command line in the build script, names."""
    scripts = package.texts("scripts")
    place = file.at(package.line("scripts", "build"), rule=RULE)
    inner = f"{file.directory}/" if file.directory else ""
    return [
        EntryPoint(
            kind="static_output", value=path.removeprefix(inner), evidence=told, origin=Origin.RUNNING, confidence=0.95
        )
        for path, told in tool_outputs(project, file, scripts, "build", PROGRAMS.get(tool, tool), place)
        if path.startswith(inner)
    ][:1]


def _angular(project: Project, file: SourceFile) -> Iterator[Fact]:
    """angular.json names the output folder; the application builder puts the pages into browser/ below it."""
    configuration = project.tree.read(project.sibling(file.path, "angular.json"))
    if not configuration:
        return
    try:
        tree = json_tree(configuration)
    except Malformed:
        return
    for name in tree.table("projects"):
        path = ("projects", name, "architect", "build")
        builder = tree.text(*path, "builder")
        if not builder:
            continue
        output = tree.get(*path, "options", "outputPath")
        base = output.get("base") if isinstance(output, dict) else output
        browser = output.get("browser", "browser") if isinstance(output, dict) else "browser"
        folder = base if isinstance(base, str) else f"dist/{name}"
        if builder.endswith((":application", "browser-esbuild-and-server")) and browser:
            folder = f"{folder.rstrip('/')}/{browser}"
        place = configuration.at(tree.line(*path, "options", "outputPath"), rule=RULE)
        yield EntryPoint(
            kind="static_output", value=folder.removeprefix("./")[:200], evidence=place, origin=Origin.RUNNING
        )
        return


def _next(project: Project, file: SourceFile) -> Iterator[Fact]:
    for configuration in _beside(project, file, re.compile(r"(?:^|/)next\.config\.[cm]?[jt]s$")):
        if match := NEXT.search(configuration.text):
            place = configuration.at(configuration.line_of(match.start()), rule=RULE)
            kind, value = ("next_output", "standalone") if match[1] == "standalone" else ("static_output", "out")
            yield EntryPoint(kind=kind, value=value, evidence=place, origin=Origin.RUNNING)


def _gulp(project: Project, file: SourceFile) -> Iterator[Fact]:
    """The folder above all that gulp writes to."""
    for gulpfile in _beside(project, file, re.compile(r"(?:^|/)gulpfile[\w.-]{0,40}\.[cm]?[jt]s$")):
        places: dict[str, int] = {}
        for match in list(GULP_DEST.finditer(gulpfile.text))[:100]:
            folder = match[1] or ""
            if not folder and match[2]:
                name = match[2].rpartition(".")[2]
                literal = re.search(
                    rf"\b{re.escape(name)}\s{{0,20}}[:=]\s{{0,20}}['\"]([\w./-]{{1,100}})['\"]", gulpfile.text
                )
                folder = literal[1] if literal else ""
            top = folder.removeprefix("./").split("/")[0]
            if top and top != "..":
                places.setdefault(top, gulpfile.line_of(match.start()))
        outputs = [
            name for name in places if name in ("build", "dist", "public", "www", "out", "_site", "site")
        ] or list(places)
        if outputs:
            place = gulpfile.at(places[outputs[0]], rule=RULE)
            yield EntryPoint(
                kind="static_output", value=outputs[0], evidence=place, origin=Origin.RUNNING, confidence=0.85
            )
