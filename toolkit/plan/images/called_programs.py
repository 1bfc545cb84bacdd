"""Programs of the distribution that the application's code calls by their names."""

import re
from collections.abc import Iterator

from toolkit.catalog.stacks import Stack
from toolkit.findings import Evidence
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.folders import Folder
from toolkit.plan.applications.source_code import run_time_sources

_PROGRAM = "(?P<program>[a-z][a-z0-9-]{0,20})"
_CALLS = {
    # exec.CommandContext(ctx, "git", "gc"), https://pkg.go.dev/os/exec#Command, reviewed 2026-11-23.
    "go": re.compile(rf"\bexec\.Command(?:Context)?\(\s{{0,60}}(?:[\w.()]{{1,40}},\s{{0,60}})?\"{_PROGRAM}\""),
    # spawn("ffmpeg", ["-i", file]), exec(`convert ${file}`), https://nodejs.org/api/child_process.html, reviewed 2026-11-23.
    "node": re.compile(
        rf"\b(?:exec|execa|execAsync|execFile|execFileSync|execSync|spawn|spawnSync)\(\s{{0,60}}['\"`]{_PROGRAM}(?=['\"` ])"
    ),
    # `subprocess.run(["git", "describe"])`, https://docs.python.org/3/library/subprocess.html, reviewed 2026-11-22.
    "python": re.compile(
        rf"\b(?:subprocess\.(?:run|call|check_call|check_output|Popen)|Popen|check_output)\(\s{{0,60}}[\[(]\s{{0,60}}['\"]{_PROGRAM}['\"]"
    ),
}
# What a clone is asked about itself; an image has none.
_OF_ITSELF = re.compile(r"git['\"`]?,?\s{0,20}\[?\s{0,20}['\"`]?(?:rev-parse|describe|log|--version)\b")
# `import git` is GitPython, also where the source carries it, and stops without the program; `sh` makes functions of programs.
# https://gitpython.readthedocs.io/en/stable/intro.html#requirements, https://sh.readthedocs.io/ (2026-11-23)
_IMPORTED = re.compile(r"^(?:(?:import|from) (?=git\b)|from sh import )(?P<program>[a-z]\w{1,20})", re.MULTILINE)
_OF_DEVELOPERS = re.compile(
    r"(?:^|/)(?:bin|ci|contrib|extra|hack|packaging|scripts?|tools?)/|(?:^|/)(?:fabfile|noxfile|setup|tasks|versioneer)\.py$|(?:^|/)\.[^/]*$"
)


def called_programs(stack: Stack, folder: Folder, tree: SourceTree) -> Iterator[tuple[str, Evidence]]:
    """The packages that bring them, each with the first line of code that calls it, and not only tries to."""
    seen: set[str] = set()
    call = _CALLS.get(stack.language)
    for file in run_time_sources(stack.language, folder, tree) if call else ():
        if _OF_DEVELOPERS.search(file.path) or (
            file.path.endswith(".py") and "-" in file.name
        ):  # which nothing imports
            continue
        if stack.language == "node" and "child_process" not in file.text and "execa" not in file.text:
            continue
        imported = _IMPORTED.finditer(file.text) if stack.language == "python" else ()
        for match in (*call.finditer(file.text), *imported) if call else ():
            if stack.language != "python" and _OF_ITSELF.match(file.text, match.start("program")):
                continue
            package = stack.package_names.by_program.get(match["program"], "")
            line = file.line_of(match.start())
            does_without = any(above.strip() == "try:" for above in file.lines[max(0, line - 5) : line - 1])
            if package and package not in seen and not does_without:
                seen.add(package)
                yield package, file.at(line, rule="called-program")
