"""Programs of Python in a folder of their own that import modules from above it: `bin/web`, with `from shop.app import app`.

Python looks beside a program that it is told by its path, and where PYTHONPATH says.
https://docs.python.org/3/library/sys_path_init.html
"""

import posixpath
import re
from collections.abc import Iterator
from pathlib import PurePosixPath

from toolkit.facts.manifests.python_syntax import module_files
from toolkit.facts.model import Command, EntryPoint, Fact, Origin, Role
from toolkit.facts.source.project import Project
from toolkit.inventory.paths import joined
from toolkit.inventory.source_tree import SourceFile

RULE = "python-program"
_RUN = frozenset({Role.RELEASE, Role.START})
_PATH = re.compile(r"(?<![\w./~$:{}-])(?:\./)?((?:[\w-]{1,60}/){1,4}[\w.-]{1,60})(?![\w/:-])")
_PYTHON = re.compile(r"#!\S{0,60}(?:/|/env\s{1,3})python[\d.]{0,6}\s")
_IMPORTS = re.compile(r"^[ \t]{0,40}(?:from|import)[ \t]{1,9}([A-Za-z_]\w{0,60})", re.MULTILINE)


def read(project: Project) -> Iterator[Fact]:
    done: set[str] = set()
    for command in [fact for fact in project.facts.facts if isinstance(fact, Command) and fact.role in _RUN]:
        if command.alternative:
            continue
        for match in _PATH.finditer(command.text[:2000]):
            path = joined(command.directory.strip("/"), match[1])
            file = project.tree.read(path) if path in project.tree and path not in done else None
            done.add(path)
            if file and (path.endswith(".py") or _PYTHON.match(file.text)) and (found := _above(project, file)):
                place, line = found
                yield EntryPoint(kind="imports_from_above", value=path, detail=place, directory=command.directory,
                                 evidence=file.at(line, rule=RULE), origin=Origin.CONVENTION)  # fmt: skip


def _above(project: Project, file: SourceFile) -> tuple[str, int] | None:
    """The folder above a program that has a module which the program imports, and the line that does; None where what it
    imports lies beside it, or it looks after its path itself."""
    if "sys.path" in file.text:
        return None
    beside = posixpath.dirname(file.path)
    for match in _IMPORTS.finditer(file.text):
        if _has(project, beside, match[1]):
            continue
        for folder in PurePosixPath(beside).parents:
            above = "" if str(folder) == "." else str(folder)
            if _has(project, above, match[1]):
                return above, file.line_of(match.start(1))
    return None


def _has(project: Project, folder: str, name: str) -> bool:
    return any(path in project.tree for path in module_files(joined(folder, name)))
