"""What the TypeScript compiler makes of a source file, as tsconfig.json says.

https://www.typescriptlang.org/tsconfig/#outDir, https://www.typescriptlang.org/tsconfig/#rootDir
"""

import posixpath
import re

from toolkit.facts.source.project import Project

# A line of tsconfig.json: the file is JSON with remarks and commas at its ends, which parsers refuse.
_SETTING = r"^(?!\s{0,40}//)[^\n]{0,200}\"%s\"\s{0,9}:\s{0,9}"
OUT = re.compile(_SETTING % "outDir" + r"\"([\w./-]{1,100})\"", re.MULTILINE)
ROOT = re.compile(_SETTING % "rootDir" + r"\"([\w./-]{1,100})\"", re.MULTILINE)
INCLUDED = re.compile(_SETTING % "include" + r"\[([^\]]{1,500})\]", re.MULTILINE)
PATH = re.compile(r"\"(?:\./)?([^\"\n]{1,200})\"")


def compiled(project: Project, home: str, source: str) -> str:
    """Where a source file lies once it is compiled; both relative to the package's folder. Empty where nothing says so."""
    file = project.tree.read(posixpath.join(home, "tsconfig.json"))
    out = OUT.search(file.text) if file else None
    if not file or not out:
        return ""
    root = ROOT.search(file.text)
    folder = posixpath.normpath(root[1]) if root else _common_folder(project, home, INCLUDED.search(file.text))
    path = posixpath.relpath(source, folder)
    if path.startswith(".."):
        return ""
    return posixpath.normpath(posixpath.join(out[1], re.sub(r"\.([cm]?)tsx?$", r".\1js", path)))


def _common_folder(project: Project, home: str, included: re.Match[str] | None) -> str:
    """The folder above all sources, which the compiler takes for the root where none is named."""
    patterns = [path.split("*")[0].rstrip("/") for path in PATH.findall(included[1])] if included else [""]
    sources = [
        posixpath.relpath(path, home or ".")
        for path in project.tree.matching("*.ts", "*.tsx")
        if project.places.home(path) == home and project.is_code(path)
    ]
    folders = [
        posixpath.dirname(path)
        for path in sources
        if any(not pattern or path == pattern or path.startswith(f"{pattern}/") for pattern in patterns)
    ]
    return (posixpath.commonpath(folders) if folders and all(folders) else "") or "."
