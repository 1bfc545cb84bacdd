"""Where front ends, and scripts that build style sheets for others, leave what they write."""

import re
from collections.abc import Iterator
from dataclasses import replace

from toolkit.facts.manifests.formats import Malformed, Tree, json_tree
from toolkit.facts.model import EntryPoint, Fact, Origin
from toolkit.facts.source.node_outputs import script_outputs, tool_outputs
from toolkit.facts.source.project import Project
from toolkit.facts.source.typescript_outputs import compiled
from toolkit.findings import Evidence
from toolkit.inventory.source_tree import SourceFile

RULE = "node-application"
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
# https://github.com/facebook/create-react-app/blob/v5.0.1/packages/react-scripts/config/paths.js (reviewed 2026-11-22)
EJECTED = re.compile(
    r"\b(?:appBuild\s{0,9}:\s{0,9}resolveApp\(|buildPath\s{0,9}=\s{0,9}process\.env\.BUILD_PATH\s{0,9}\|\|\s{0,9})['\"]([\w-]{1,60}(?:/[\w-]{1,60}){0,5})['\"]"
)
# https://docs.nestjs.com/cli/monorepo#global-compiler-options: what `nest build` compiles, if it does not bundle it.
NEST_MAIN, NEST_SETTINGS = "src/main.ts", ("tsconfig.build.json", "tsconfig.json")
BUNDLED = re.compile(r'"(?:webpack|monorepo)"\s{0,9}:\s{0,9}true|"(?:builder|tsConfigPath)"\s{0,9}:')
NX_NODE = re.compile(r"@(?:nrwl|nx)/(?:node|webpack|esbuild|nest|js):(?:webpack|build|esbuild|package)")
NX_OUTPUT = re.compile(r"[\w-][\w-]{0,60}(?:/[\w-]{1,60}){0,5}")
NEXT = re.compile(r"\boutput\s{0,20}:\s{0,20}['\"](standalone|export)['\"]")
GULP_DEST = re.compile(r"\.dest\(\s{0,20}(?:['\"`]([\w./-]{1,100})['\"`]|([\w.]{1,60}))")


def outputs(project: Project, file: SourceFile, package: Tree, *, is_server: bool) -> Iterator[Fact]:
    """What the build of a package writes, by the first tool that the manifest lists."""
    dependencies = package.table("dependencies") | package.table("devDependencies")
    build = package.text("scripts", "build").split()  # names the program, whichever package brings it
    if "@angular/core" in dependencies:
        yield from _angular(project, file)
    elif "next" in dependencies:
        yield from _next(project, file)
    elif "nuxt" in dependencies or "nuxt3" in dependencies:
        yield from _nuxt(file, package)
    elif ejected := _ejected_output(project, file):
        yield from ejected
    elif "gulp" in dependencies:
        yield from _gulp(project, file)
    elif tool := next((tool for tool in OUTPUTS if tool[0] in dependencies or tool[0] in build), None):
        yield from _configured_output(project, file, package, tool[0]) or [_static(file, package, *tool)]
    elif "build" in package.table("scripts") and not is_server:
        yield from _pages_in_source(project, file)
    if "@nestjs/core" in dependencies:
        place = _listed(file, package, "@nestjs/core")
        yield EntryPoint(
            kind="node_script", value="dist/main.js", evidence=place, origin=Origin.CONVENTION, confidence=0.65
        )
        settings = project.tree.read(project.sibling(file.path, "nest-cli.json"))
        bundled = settings is not None and BUNDLED.search(settings.text)
        main = "" if bundled else compiled(project, file.directory, NEST_MAIN, NEST_SETTINGS)
        if project.sibling(file.path, NEST_MAIN) not in project.tree:
            main = _nx_main(project, file)
        if main not in ("", "dist/main.js"):
            yield EntryPoint(kind="nest_main", value=main, evidence=place, origin=Origin.CONVENTION, confidence=0.8)


def _nx_main(project: Project, file: SourceFile) -> str:
    """What `nx build` makes of the default project of a workspace, where that is a program of Node.
    https://nx.dev/nx-api/webpack/executors/webpack (reviewed 2026-11-22)"""
    workspace = project.tree.read(project.sibling(file.path, "nx.json"))
    name = _text(workspace, "defaultProject")
    settings = project.tree.read(project.sibling(file.path, f"apps/{name}/project.json")) if name else None
    place = ("targets", "build")
    if not NX_NODE.fullmatch(_text(settings, *place, "executor")):
        return ""
    output = _text(settings, *place, "options", "outputPath")
    return f"{output}/main.js" if NX_OUTPUT.fullmatch(output) else ""


def _text(file: SourceFile | None, *path: str) -> str:
    """A value of a file of JSON; empty where there is none."""
    try:
        return json_tree(file).text(*path) if file else ""
    except Malformed:
        return ""


def asset_outputs(project: Project, file: SourceFile, package: Tree) -> Iterator[Fact]:
    """What the scripts that may build style sheets and scripts write; the plan knows which of them it runs."""
    scripts = package.texts("scripts")
    if scripts.get("build", "").split()[:2] == ["ng", "build"]:
        for pages in _angular(project, file):
            path = project.sibling(file.path, pages.value)
            yield replace(pages, kind="asset_output", value=path, detail="build", directory=file.directory)
    for name in [name for name in scripts if BUILD_SCRIPT.match(name)][:MOST_BUILD_SCRIPTS]:
        place = file.at(package.line("scripts", name), rule=RULE)
        for path, evidence in script_outputs(project, file, scripts, name, place):
            yield EntryPoint(
                kind="asset_output", value=path, detail=name, evidence=evidence, origin=Origin.RUNNING,
                directory=file.directory,
            )  # fmt: skip


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


def beside(project: Project, file: SourceFile, pattern: re.Pattern[str]) -> Iterator[SourceFile]:
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


def _ejected_output(project: Project, file: SourceFile) -> list[EntryPoint]:
    """Where the scripts write that create-react-app leaves behind when it is ejected."""
    paths = project.tree.read(project.sibling(file.path, "config/paths.js"))
    match = EJECTED.search(paths.text) if paths else None
    if not paths or not match:
        return []
    place = paths.at(paths.line_of(match.start()), rule=RULE)
    return [EntryPoint(kind="static_output", value=match[1], evidence=place, origin=Origin.RUNNING, confidence=0.95)]


def _angular(project: Project, file: SourceFile) -> Iterator[EntryPoint]:
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
    for configuration in beside(project, file, re.compile(r"(?:^|/)next\.config\.[cm]?[jt]s$")):
        if match := NEXT.search(configuration.text):
            place = configuration.at(configuration.line_of(match.start()), rule=RULE)
            kind, value = ("next_output", "standalone") if match[1] == "standalone" else ("static_output", "out")
            yield EntryPoint(kind=kind, value=value, evidence=place, origin=Origin.RUNNING)


def _gulp(project: Project, file: SourceFile) -> Iterator[Fact]:
    """The folder above all that gulp writes to."""
    for gulpfile in beside(project, file, re.compile(r"(?:^|/)gulpfile[\w.-]{0,40}\.[cm]?[jt]s$")):
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
