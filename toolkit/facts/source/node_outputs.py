"""Where the build tools of Node write: by the options of a script, by their configuration, or by their own custom.

Configuration files are programs; only the plain forms of a path that their tools' documentation shows are read.
"""

import posixpath
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from toolkit.facts import shell
from toolkit.facts.javascript_imports import loaded
from toolkit.facts.npm_scripts import RUNNERS
from toolkit.facts.shell_command import is_assignment
from toolkit.facts.source.project import Project
from toolkit.findings import Evidence
from toolkit.inventory.source_tree import SourceFile

RULE = "node-outputs"
_MOST_SCRIPTS = 20  # that one script leads to
_MOST_SETTINGS = 50
# 'dist', path.resolve(__dirname, '../public', 'js'), path.join(process.cwd(), 'dist'), __dirname + '/dist', an URL of this file
_PATH = (
    r"(?:"
    r"(?:path\.)?(?P<call>resolve|join)\(\s{0,20}(?:(?:__dirname|process\.cwd\(\)|import\.meta\.dirname)\s{0,20},)?\s{0,20}"
    r"(?P<parts>['\"][\w@./-]{1,100}['\"](?:\s{0,20},\s{0,20}['\"][\w@./-]{1,100}['\"]){0,5})\s{0,20},?\s{0,20}\)"
    r"|__dirname\s{0,20}\+\s{0,20}['\"`](?P<added>/[\w@./-]{1,100})['\"`]"
    r"|fileURLToPath\(\s{0,20}new URL\(\s{0,20}['\"](?P<url>[\w@./-]{1,100})['\"]\s{0,20},\s{0,20}import\.meta\.url\s{0,20}\)\s{0,20}\)"
    r"|['\"](?P<plain>[\w@./-]{1,100})['\"]"
    r")"
)


def _setting(name: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![\w.$]){name}\s{{0,20}}:\s{{0,20}}(?:{_PATH}|(?P<other>\S))")


@dataclass(frozen=True)
class Tool:
    """A program that writes: the files that configure it, the setting that names its folder, and where it writes without.

    `options` name the folder or file on the command line. An empty `usual` stands for: nowhere without a setting.
    """

    usual: str = ""
    files: str = ""
    setting: re.Pattern[str] | None = None
    options: tuple[str, ...] = ()
    base: re.Pattern[str] | None = None


# Sources: each tool's own documentation, reviewed 2026-11-21.
TOOLS: Mapping[str, Tool] = {
    # https://vite.dev/config/build-options#build-outdir, https://vite.dev/config/shared-options#root
    "vite": Tool("dist", r"vite\.config\.[cm]?[jt]s", _setting("outDir"), ("--outDir",), _setting("root")),
    # https://cli.vuejs.org/config/#outputdir
    "vue-cli-service": Tool("dist", r"vue\.config\.[cm]?js", _setting("outputDir"), ("--dest",)),
    # https://docs.astro.build/en/reference/configuration-reference/#outdir
    "astro": Tool("dist", r"astro\.config\.[cm]?[jt]s", _setting("outDir"), ("--outDir",)),
    # https://webpack.js.org/configuration/output/#outputpath, https://v4.webpack.js.org/api/cli/#output-options
    "webpack": Tool(
        "dist", r"webpack\.config[\w.-]{0,40}\.[cm]?[jt]s", _setting("path"), ("-o", "--output", "--output-path")
    ),
    # https://rspack.rs/config/output#outputpath
    "rspack": Tool("dist", r"rspack\.config\.[cm]?[jt]s", _setting("path"), ("-o", "--output-path")),
    # https://symfony.com/doc/current/frontend/encore/simple-example.html
    "encore": Tool(
        "", r"webpack\.config\.[cm]?js", re.compile(rf"\.setOutputPath\(\s{{0,20}}(?:{_PATH}|(?P<other>\S))")
    ),
    # https://laravel-mix.com/docs/6.0/mixjs, https://laravel-mix.com/docs/6.0/versioning
    "mix": Tool(
        "public/mix-manifest.json",
        r"webpack\.mix\.[cm]?js",
        re.compile(
            r"\.(?:js|ts|vue|react|preact|coffee|css|postCss|sass|less|stylus|styles|scripts|combine|babel|minify|copy(?:Directory)?)"
            rf"\((?:[^()]{{0,500}}?),\s{{0,20}}(?:{_PATH}|(?P<other>[^\s'\"]))\s{{0,20}}[,)]"
        ),
    ),
    # https://rollupjs.org/configuration-options/#output-dir
    "rollup": Tool("", r"rollup\.config\.[cm]?[jt]s", _setting("(?:file|dir)"), ("-o", "--file", "-d", "--dir")),
    # https://parceljs.org/features/cli/#parcel-build-%3Centries%3E
    "parcel": Tool("dist", options=("-d", "--out-dir", "--dist-dir")),
    # https://esbuild.github.io/api/#outdir
    "esbuild": Tool(options=("--outdir", "--outfile")),
    # https://gulpjs.com/docs/en/api/dest
    "gulp": Tool("", r"gulpfile[\w.-]{0,40}\.[cm]?[jt]s", re.compile(rf"\bdest\(\s{{0,20}}(?:{_PATH}|(?P<other>\S))")),
    # https://create-react-app.dev/docs/production-build
    "react-scripts": Tool("build"),
    # https://tailwindcss.com/docs/installation/tailwind-cli, https://github.com/postcss/postcss-cli#usage
    "tailwindcss": Tool(options=("-o", "--output")),
    "postcss": Tool(options=("-o", "--output", "-d", "--dir")),
    # https://github.com/browserify/browserify#usage, https://babeljs.io/docs/babel-cli
    "browserify": Tool(options=("-o", "--outfile")),
    "babel": Tool(options=("-d", "--out-dir", "-o", "--out-file")),
    # https://sass-lang.com/documentation/cli/dart-sass/#one-to-one-mode, https://github.com/sass/node-sass#command-line-interface
    "sass": Tool(),
    "node-sass": Tool(options=("-o", "--output")),
}
_ALIASES = {"webpack-cli": "webpack", "rspack-cli": "rspack", "laravel-mix": "mix", "@tailwindcss/cli": "tailwindcss"}
_TO_SECOND = frozenset({"sass", "node-sass"})  # SOURCE DESTINATION, or SOURCE:DESTINATION
_PUBLIC_BUILD = re.compile(r"laravel-vite-plugin|vite-plugin-symfony")  # each makes it public/build
_ELSEWHERE = re.compile(r"\b(?:buildDirectory|publicDirectory|hotFile)\s{0,20}:")
_SILENT = frozenset({"del-cli", "echo", "eslint", "find", "mkdir", "mkdirp", "prettier", "rimraf", "rm", "shx", "stylelint", "tsc", "vue-tsc"})  # fmt: skip
_SEVERAL = frozenset({"npm-run-all", "run-p", "run-s"})
_MAPPED = (".js", ".mjs", ".cjs", ".css")


Output = tuple[str, Evidence]  # a file or folder from the tree's root, and the place that says so


def script_outputs(
    project: Project, package: SourceFile, scripts: Mapping[str, str], name: str, place: Evidence
) -> list[Output]:
    """What a script of package.json, which stands at `place`, writes; nothing where any part of it cannot be told."""
    found: dict[str, Evidence] = {}
    for words in _commands(scripts, name, set()):
        program = _program(words)
        if program in _SILENT:
            continue
        outputs = _written(project, package, program, words, place)
        if not outputs:
            return []
        for path, evidence in outputs:
            # A source map lies beside its file, and may be asked for with it.
            folder = posixpath.dirname(path) if path.endswith(_MAPPED) else path
            found.setdefault(path if folder == package.directory else folder, evidence)
    return [
        (path, evidence) for path, evidence in found.items() if not any(path.startswith(f"{other}/") for other in found)
    ]


def tool_outputs(
    project: Project, package: SourceFile, scripts: Mapping[str, str], name: str, program: str, place: Evidence
) -> list[Output]:
    """What one program of a script, which stands at `place`, is told to write; nothing where it follows its own custom."""
    tool = TOOLS.get(program)
    if tool is None:
        return []
    words = next((words for words in _commands(scripts, name, set()) if _program(words) == program), (program,))
    return _told(project, package, program, tool, words, place) or []


def _program(words: Sequence[str]) -> str:
    name = posixpath.basename(words[0]) if words else ""
    return words[0] if words and words[0] in _ALIASES else name


def _commands(scripts: Mapping[str, str], name: str, seen: set[str]) -> Iterator[tuple[str, ...]]:
    """The commands that a script leads to, scripts that it runs in their places."""
    if name in seen or len(seen) > _MOST_SCRIPTS:
        return
    seen.add(name)
    for command in shell.parse(scripts.get(name, "")):
        words = list(command.words)
        if words and posixpath.basename(words[0]) in ("cross-env", "cross-env-shell", "dotenv"):
            words = words[1:]
        while words and (is_assignment(words[0]) or words[0] in ("--", "-e")):
            words = words[1:]
        yield from _run(words, scripts, seen)


def _run(words: list[str], scripts: Mapping[str, str], seen: set[str]) -> Iterator[tuple[str, ...]]:
    program = _program(words)
    rest = words[1:]
    if program in RUNNERS:
        if rest[:1] in (["run"], ["run-script"], ["exec"]):
            rest = rest[1:]
        plain = [word for word in rest if not word.startswith("-")]
        if plain and plain[0] in scripts:
            yield from _commands(scripts, plain[0], seen)
        else:
            yield tuple(plain) or (program,)
    elif program in _SEVERAL:
        for pattern in (word for word in rest if not word.startswith("-")):
            names = [
                script
                for script in scripts
                if script == pattern or (pattern.endswith("*") and script.startswith(pattern[:-1]))
            ]
            for script in names or [pattern]:
                yield from _commands(scripts, script, seen) if script in scripts else [(program,)]
    elif program in ("npx", "bunx") and rest:
        yield from _run([word for word in rest if word not in ("--yes", "-y", "--no-install")], scripts, seen)
    elif program == "node" and rest and "node_modules/" in rest[0]:
        part = rest[0].rpartition("node_modules/")[2]
        yield (_program([part]) if part.startswith(".bin/") else part.split("/")[0], *rest[1:])
    elif words:
        yield tuple(words)


def _written(
    project: Project, package: SourceFile, program: str, words: Sequence[str], place: Evidence
) -> list[Output]:
    name = _ALIASES.get(program, program)
    tool = TOOLS.get(name)
    if tool is None:
        return []
    told = _told(project, package, name, tool, words, place)
    if told is not None:
        return told
    return _all_of([(_joined(package.directory, tool.usual) if tool.usual else None, place)])


def _told(
    project: Project, package: SourceFile, name: str, tool: Tool, words: Sequence[str], place: Evidence
) -> list[Output] | None:
    """What the command line or a configuration file names; empty where that cannot be told, None where neither does."""
    told = _options(words, tool.options) or (_second(words) if name in _TO_SECOND else [])
    if told:
        return _all_of((_joined(package.directory, path), place) for path in told)
    for file in _configurations(project, package, tool, words) if tool.files else []:
        if outputs := _configured(name, tool, package, file):
            return _all_of(outputs)
    return None


def _all_of(outputs: Iterable[tuple[str | None, Evidence]]) -> list[Output]:
    """The outputs; none where one is not known."""
    found = list(outputs)
    return [(path, place) for path, place in found if path] if all(path for path, _ in found) else []


def _options(words: Sequence[str], names: Sequence[str]) -> list[str]:
    """Values of the options, `-o x` and `--outdir=x`."""
    found = [value for option, value in pairwise(words) if option in names and not value.startswith("-")]
    return found + [word.split("=", 1)[1] for word in words if "=" in word and word.split("=", 1)[0] in names]


def _second(words: Sequence[str]) -> list[str]:
    plain = [word for word in words[1:] if not word.startswith("-")]
    pairs = [word.rpartition(":")[2] for word in plain if ":" in word]
    return pairs or plain[1:2]


def _configurations(project: Project, package: SourceFile, tool: Tool, words: Sequence[str]) -> list[SourceFile]:
    """The configuration of a tool: what the command names, else the usual file; then what that file is made from."""
    named = _options(words, ("-c", "--config"))
    if named:
        file = project.tree.read(_joined(package.directory, named[0]) or "")
        files = [file] if file else []
    else:
        pattern = re.compile(tool.files)
        near = {posixpath.join(package.directory, folder).rstrip("/") for folder in ("", "config", "build")}
        files = [
            file
            for path in project.tree.paths
            if posixpath.dirname(path) in near
            and pattern.fullmatch(posixpath.basename(path))
            and (file := project.tree.read(path))
        ][:1]
    for name in [name for name, _ in loaded(files[0].text) if name.startswith("./")] if files else ():
        for ending in ("", ".js", ".ts", ".cjs", ".mjs"):
            if file := project.tree.read(project.sibling(files[0].path, name + ending)):
                files.append(file)
                break
    return files


def _configured(name: str, tool: Tool, package: SourceFile, file: SourceFile) -> list[tuple[str | None, Evidence]]:
    """What one configuration file names; None where it names something that is not read."""
    base: str | None = package.directory
    if tool.base and (root := tool.base.search(file.text)):
        base = _value(root, file.directory)
    if base is None:
        return [(None, file.at(rule=RULE))]
    found = []
    for match in list(tool.setting.finditer(file.text))[:_MOST_SETTINGS] if tool.setting else ():
        if name == "gulp" and posixpath.normpath(posixpath.join(base, match["plain"] or "-")) == ".":
            continue  # pages of the source that it fills in
        anchor = file.directory if match["call"] or match["added"] or match["url"] else base
        found.append((_value(match, anchor), file.at(file.line_of(match.start()), rule=RULE)))
    if name == "vite" and not found:
        plugin = _PUBLIC_BUILD.search(file.text)
        usual = _joined(base, "public/build" if plugin else tool.usual) if not _ELSEWHERE.search(file.text) else None
        return [(usual, file.at(file.line_of(plugin.start()) if plugin else 0, rule=RULE))]
    if name == "mix" and found:
        found.append((_joined(base, tool.usual), found[0][1]))
    return found


def _value(match: re.Match[str], base: str) -> str | None:
    if match["parts"]:
        parts = re.findall(r"['\"]([^'\"]+)['\"]", match["parts"])
        if match["call"] == "resolve" and any(part.startswith("/") for part in parts):
            return None
        return _joined(base, "/".join(part.strip("/") for part in parts))
    text = match["added"] or match["url"] or match["plain"]
    return _joined(base, text.lstrip("/") if match["added"] else text) if text else None


def _joined(base: str, path: str) -> str | None:
    """A path from the tree's root; None when it leaves the tree, or is all of it."""
    if path.startswith("/"):
        return None
    joined = posixpath.normpath(posixpath.join(base, path))
    return None if joined == "." or joined.startswith("..") else joined
