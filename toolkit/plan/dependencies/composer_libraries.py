"""Whether an application in PHP needs what its composer.json asks for to be installed."""

import re
from collections.abc import Iterator

from toolkit.facts.places import Places, of_libraries
from toolkit.inventory.source_tree import SourceFile, SourceTree
from toolkit.plan.applications.folders import Folder, below

_MANIFEST = "composer.json"
_LOADER = "autoload.php"
_VENDOR = re.compile(r'"vendor-dir"\s{0,9}:\s{0,9}"([\w./-]{1,100})"')
# https://getcomposer.org/doc/01-basic-usage.md#autoloading: a file of the folder that Composer fills, whatever names it.
_OF_COMPOSER = re.compile(r"(?i)(?:composer|vendor)[^\n]{0,80}autoload|autoload[^\n]{0,80}(?:composer|vendor)")
_CODE = (".php", ".inc", "/console", "artisan", "spark", "yii")
_MOST_FILES = 2000


def brought_along(folder: Folder, tree: SourceTree) -> bool:
    """Whether Composer has nothing to do: no library but PHP's own extensions is asked for, all are in the source where
    Composer puts them, or the code has them elsewhere and never loads what Composer writes."""
    listed = folder.listed(_MANIFEST)
    if not any("/" in fact.name and not fact.development for fact in listed):
        return True
    manifest = tree.read(below(folder, _MANIFEST))
    named = _VENDOR.search(manifest.text) if manifest else None
    vendor = (named[1] if named else "vendor").strip("/")
    return f"{vendor}/{_LOADER}" in folder.paths or _loads_its_own(folder, tree)


def _loads_its_own(folder: Folder, tree: SourceTree) -> bool:
    """Whether the code loads classes by a file autoload.php of its own, and never by Composer's."""
    if not any(path.endswith(f"/{_LOADER}") for path in folder.paths):
        return False
    return not any(_OF_COMPOSER.search(file.text) for file in _own_code(folder, tree))


def _own_code(folder: Folder, tree: SourceTree) -> Iterator[SourceFile]:
    libraries = of_libraries(folder.paths)
    own = (path for path in folder.paths if path.endswith(_CODE) and not path.startswith(libraries))
    for _, path in zip(range(_MOST_FILES), (path for path in own if not Places.of_others(path)), strict=False):
        if file := tree.read(below(folder, path)):
            yield file
