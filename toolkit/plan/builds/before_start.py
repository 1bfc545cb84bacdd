"""What a script of package.json does before it starts a server: what builds is the image's part, before the container runs."""

import re
import shlex
from collections.abc import Mapping
from pathlib import PurePosixPath

from toolkit.facts.npm_scripts import SETS, file_anywhere, script_called, without_variables

# Scripts that are called after production.
OF_PRODUCTION = re.compile(
    r"(?:start|serve|server|run)[:_-]?prod(?:uction)?|prod(?:uction)?(?:[:_-](?:start|serve|server))?|start[:_-]server"
)
_BUILDER = re.compile(r"build|bundle|compile|gulp|grunt|pack|node_modules")
_OF_SHELL = re.compile(r"[|;&<>$`\\(){}\n]")
# Tools that write files and end, whatever they are told, as the page of each says.
_TOOLS = frozenset({
    "apidoc", "babel", "browserify", "bower", "brunch", "copyfiles", "cp", "cpx", "cpy", "del", "del-cli", "echo", "esbuild", "grunt", "gulp",
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
_CHECKS = re.compile(
    r"(?:npx\s+)?(?:depcheck|eslint|jshint|prettier(?=.*\s(?:--check|-c|-l|--list-different)\b)|standard|stylelint|tslint|xo)(?:\s|$)"
)
_DELETES = re.compile(r"(?:npx\s+)?(?:del|del-cli|rimraf|rm|shx\s+rm)\s")


def steps_before(name: str, scripts: Mapping[str, str], depth: int = 0) -> list[str]:
    """What npm does before the last command of a script: its `pre` script, what stands in front of `&&`, and the same of a
    script that the last command runs."""
    *texts, last = [*scripts.get(f"pre{name}", "").split("&&"), *scripts.get(name, "").split("&&")]
    steps = [text.strip() for text in texts if text.strip()]
    called = script_called(last.split())
    return steps + (steps_before(called, scripts, depth + 1) if called and depth < _DEEPEST else [])


def only_deletes(step: str) -> bool:
    """Whether a step takes away what an earlier build wrote, of which an image has none."""
    return _DELETES.match(step) is not None


def only_checks(step: str, scripts: Mapping[str, str]) -> bool:
    """Whether a step writes nothing: it tells the developers what is wrong with their source."""
    words = without_variables(step.split())
    text = scripts.get(script_called(words), step)
    return _CHECKS.match(text) is not None and not _OF_SHELL.search(text)


def only_builds(step: str, scripts: Mapping[str, str], depth: int = 0) -> bool:
    """Whether a step is done once it wrote files, for which it needs nothing that only runs beside the container."""
    if SETS.fullmatch(step) or only_checks(step, scripts):
        return True
    if depth > _DEEPEST or _OF_SHELL.search(step):
        return False
    try:
        words = without_variables([word for word in shlex.split(step) if word != "npx"])
    except ValueError:
        return False
    if not words or not _GOES_ON.isdisjoint(words):
        return False
    called = script_called(words)
    if called in scripts:
        inner = [*steps_before(called, scripts), scripts[called].split("&&")[-1].strip()]
        return all(only_builds(one, scripts, depth + 1) for one in inner)
    program = PurePosixPath(words[0]).name
    return program in _TOOLS or not _COMMANDS.get(program, set()).isdisjoint(words[1:2])


def starts_server(name: str, text: str, script: str | None) -> bool:
    """Whether a script that is called like a build starts the server: `node app.js --prod`, by the server's own file or by
    another one under a name of production."""
    started = file_anywhere(text.rpartition("&&")[2])
    if not started:
        return False
    return started == script or (OF_PRODUCTION.fullmatch(name) is not None and not _BUILDER.search(started))
