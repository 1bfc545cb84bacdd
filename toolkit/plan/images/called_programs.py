"""Programs of the distribution that the application's code calls by their names."""

import re
from collections.abc import Iterator

from toolkit.catalog.stacks import Stack
from toolkit.findings import Evidence
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.folders import Folder
from toolkit.plan.applications.source_code import run_time_sources

# `subprocess.run(["git", "describe"])`, https://docs.python.org/3/library/subprocess.html, reviewed 2026-11-22.
_CALL = re.compile(
    r"\b(?:subprocess\.(?:run|call|check_call|check_output|Popen)|Popen|check_output)\(\s{0,60}[\[(]\s{0,60}['\"](?P<program>[a-z][a-z0-9-]{0,20})['\"]"
)
_OF_DEVELOPERS = re.compile(
    r"(?:^|/)(?:bin|ci|contrib|packaging|scripts?|tools?)/|(?:^|/)(?:fabfile|noxfile|setup|tasks|versioneer)\.py$"
)


def called_programs(stack: Stack, folder: Folder, tree: SourceTree) -> Iterator[tuple[str, Evidence]]:
    """The packages that bring them, each with the first line of Python that calls it, and not only tries to."""
    seen: set[str] = set()
    for file in run_time_sources(stack.language, folder, tree) if stack.language == "python" else ():
        if _OF_DEVELOPERS.search(file.path) or "-" in file.name:  # which nothing imports
            continue
        for match in _CALL.finditer(file.text):
            package = stack.package_names.by_program.get(match["program"], "")
            line = file.line_of(match.start())
            does_without = any(above.strip() == "try:" for above in file.lines[max(0, line - 5) : line - 1])
            if package and package not in seen and not does_without:
                seen.add(package)
                yield package, file.at(line, rule="called-program")
