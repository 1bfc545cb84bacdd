"""What the TypeScript compiler makes of a source file, as tsconfig.json says.

https://www.typescriptlang.org/tsconfig/#outDir, https://www.typescriptlang.org/tsconfig/#rootDir
"""

import posixpath
import re
from collections.abc import Iterable, Sequence
from fnmatch import fnmatchcase

from toolkit.facts.source.project import Project
from toolkit.inventory.paths import leaves
from toolkit.inventory.source_tree import SourceFile

# A line of tsconfig.json: the file is JSON with remarks and commas at its ends, which parsers refuse.
_SETTING = r"^(?!\s{0,40}//)[^\n]{0,200}\"%s\"\s{0,9}:\s{0,9}"
OUT = re.compile(_SETTING % "outDir" + r"\"([\w./-]{1,100})\"", re.MULTILINE)
ROOT = re.compile(_SETTING % "rootDir" + r"\"([\w./-]{1,100})\"", re.MULTILINE)
INCLUDED = re.compile(_SETTING % "include" + r"\[([^\]]{1,500})\]", re.MULTILINE)
EXCLUDED = re.compile(_SETTING % "exclude" + r"\[([^\]]{1,500})\]", re.MULTILINE)
ALLOWED = re.compile(_SETTING % "(allowJs|resolveJsonModule)" + r"true", re.MULTILINE)
IMPORT = re.compile(r"(?:\bfrom|\brequire\(|\bimport\(?)\s{0,9}['\"](\.\./[\w./-]{1,200})['\"]")
_SOURCES = (".ts", ".mts", ".cts", ".tsx", ".js", ".mjs")
PATH = re.compile(r"\"(?:\./)?([^\"\n]{1,200})\"")


def compiled(project: Project, home: str, source: str, names: Sequence[str] = ("tsconfig.json",)) -> str:
    """Where a source file lies once it is compiled; both relative to the package's folder. Empty where nothing says so. Of the
    files of settings each extends the next."""
    files = [file for name in names if (file := project.tree.read(posixpath.join(home, name)))]
    out = _first(OUT, files)
    if not out:
        return ""
    root = _first(ROOT, files)
    folder = posixpath.normpath(root) if root else _common_folder(project, home, files, out)
    path = posixpath.relpath(source, folder)
    if path.startswith(".."):
        return ""
    return posixpath.normpath(posixpath.join(out, re.sub(r"\.([cm]?)tsx?$", r".\1js", path)))


def _first(setting: re.Pattern[str], files: Iterable[SourceFile]) -> str:
    """A setting by the file that has it, the others being what it extends."""
    return next((match[1] for file in files if (match := setting.search(file.text))), "")


def source_of(project: Project, home: str, built: str) -> SourceFile | None:
    """The source of a file that a build writes, by its name: src/server.ts of `build/src/server.js` or `dist/server.js`."""
    below = posixpath.splitext(posixpath.normpath(built).partition("/")[2])[0]
    if not below or leaves(below):
        return None
    paths = (posixpath.join(home, folder, below + end) for folder in ("", "src") for end in _SOURCES)
    return next((file for path in paths if path in project.tree and (file := project.tree.read(path))), None)


def _common_folder(project: Project, home: str, settings: Sequence[SourceFile], out: str) -> str:
    """The folder above all that is compiled, which the compiler takes for the root where none is named: what the settings
    include and do not exclude, and what that imports."""
    included, excluded = _first(INCLUDED, settings), _first(EXCLUDED, settings)
    patterns = [path.split("*")[0].rstrip("/") for path in PATH.findall(included)] if included else [""]
    left_out = [f"{path.rstrip('/')}{end}" for path in (*PATH.findall(excluded), out) for end in ("", "/*")]
    allowed = {name for file in settings for name in ALLOWED.findall(file.text)}
    endings = (
        ".ts",
        ".tsx",
        *((".js", "") if "allowJs" in allowed else ()),
        *(("",) if "resolveJsonModule" in allowed else ()),
    )
    folders = set()
    for path in project.tree.matching("*.ts", "*.tsx", *(("*.js",) if "allowJs" in allowed else ())):
        own = posixpath.relpath(path, home or ".")
        if project.places.home(path) != home or own.endswith(".d.ts"):
            continue
        if any(fnmatchcase(own, pattern.removeprefix("./")) for pattern in left_out):
            continue
        if not any(not pattern or own == pattern or own.startswith(f"{pattern}/") for pattern in patterns):
            continue
        folders.add(posixpath.dirname(own))
        file = project.tree.read(path)
        for match in IMPORT.finditer(file.text) if file else ():
            imported = posixpath.normpath(posixpath.join(posixpath.dirname(own), match[1]))
            if any(posixpath.join(home, imported + ending) in project.tree for ending in endings):
                folders.add(posixpath.dirname(imported))
    return (posixpath.commonpath(folders) if folders and all(folders) else "") or "."
