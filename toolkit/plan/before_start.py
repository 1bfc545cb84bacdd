"""What a script of package.json does before it starts a server: what builds is the image's part, before the container runs."""

import re
import shlex
from collections.abc import Mapping
from pathlib import PurePosixPath

# Scripts that are called after production.
OF_PRODUCTION = re.compile(
    r"(?:start|serve|server|run)[:_-]?prod(?:uction)?|prod(?:uction)?(?:[:_-](?:start|serve|server))?|start[:_-]server"
)
RUNS_NODE = re.compile(
    r"(?:^|\s)node\s{1,20}(?:-\S{1,80}\s{1,20}(?:[\w-]{1,60}/register\s{1,20})?){0,6}(?:\./)?([\w@][\w.@/-]{0,150})"
)
_BUILDER = re.compile(r"build|bundle|compile|gulp|grunt|pack|node_modules")
# How Windows sets a variable.
SETS = re.compile(r"set\s+\w+=\S{0,100}")
_ASSIGNMENT = re.compile(r"[A-Za-z_]\w*=")
_OF_SHELL = re.compile(r"[|;&<>$`\\(){}\n]")
_RUNNERS = frozenset({"npm", "yarn", "pnpm"})
# Tools that write files and end, whatever they are told, as the page of each says.
_TOOLS = frozenset({
    "apidoc", "babel", "browserify", "bower", "brunch", "copyfiles", "cp", "cpx", "cpy", "del", "del-cli", "echo", "esbuild", "eslint", "grunt", "gulp",
    "lessc", "mkdir", "mkdirp", "ncc", "ncp", "node-sass", "parcel", "postcss", "rimraf", "rm", "rollup", "sass", "shx", "swc",
    "tailwindcss", "tsc", "tsc-alias", "tsup", "typedoc", "uglifyjs", "webpack",
})  # fmt: skip
# Of tools with many commands, those that do.
_COMMANDS = {
    "nest": {"build"}, "next": {"build"}, "ng": {"build"}, "nuxt": {"build", "generate"}, "prisma": {"generate"}, "react-scripts": {"build"},
    "vite": {"build"}, "vue-cli-service": {"build"},
}  # fmt: skip
_GOES_ON = frozenset({"-w", "--watch", "serve", "watch"})
_DEEPEST = 4
_CALLED = re.compile(r"(?:npm|yarn|pnpm)\s+(?:(?:run|run-script|-s|--silent)\s+){0,3}([\w:.][\w:.-]{0,59})")
_DELETES = re.compile(r"(?:npx\s+)?(?:del|del-cli|rimraf|rm|shx\s+rm)\s")


def steps_before(name: str, scripts: Mapping[str, str], depth: int = 0) -> list[str]:
    """What npm does before the last command of a script: its `pre` script, what stands in front of `&&`, and the same of a
    script that the last command runs."""
    *texts, last = [*scripts.get(f"pre{name}", "").split("&&"), *scripts.get(name, "").split("&&")]
    steps = [text.strip() for text in texts if text.strip()]
    called = script_called(last.strip())
    return steps + (steps_before(called, scripts, depth + 1) if called and depth < _DEEPEST else [])


def script_called(step: str) -> str:
    """The script that a step runs and no more: `build` of `npm run -s build`; empty where it runs none."""
    called = _CALLED.fullmatch(step)
    return called[1] if called else ""


def only_deletes(step: str) -> bool:
    """Whether a step takes away what an earlier build wrote, of which an image has none."""
    return _DELETES.match(step) is not None


def only_builds(step: str, scripts: Mapping[str, str], depth: int = 0) -> bool:
    """Whether a step is done once it wrote files, for which it needs nothing that only runs beside the container."""
    if SETS.fullmatch(step):
        return True
    if depth > _DEEPEST or _OF_SHELL.search(step):
        return False
    try:
        words = [word for word in shlex.split(step) if word not in ("cross-env", "npx")]
    except ValueError:
        return False
    while words and _ASSIGNMENT.match(words[0]):
        words.pop(0)
    if not words or not _GOES_ON.isdisjoint(words):
        return False
    program, *rest = (PurePosixPath(words[0]).name, *words[1:])
    if program in _RUNNERS:
        named = [word for word in rest if word not in ("run", "run-script", "--silent", "-s")]
        if len(named) != 1 or named[0] not in scripts:
            return False
        inner = [*steps_before(named[0], scripts), scripts[named[0]].split("&&")[-1].strip()]
        return all(only_builds(one, scripts, depth + 1) for one in inner)
    return program in _TOOLS or not _COMMANDS.get(program, set()).isdisjoint(rest[:1])


def starts_server(name: str, text: str, script: str | None) -> bool:
    """Whether a script that is called like a build starts the server: `node app.js --prod`, by the server's own file or by
    another one under a name of production."""
    match = RUNS_NODE.search(text.rpartition("&&")[2])
    if match is None:
        return False
    return match[1] == script or (OF_PRODUCTION.fullmatch(name) is not None and not _BUILDER.search(match[1]))
