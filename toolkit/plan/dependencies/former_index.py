"""Lists for pip that name Python's package index by the address of its former host, which only redirects, if it answers at
all, and which an index of the organisation's own stands no chance against: pip takes the list's.
https://pip.pypa.io/en/stable/reference/requirements-file-format/#global-options
"""

import re
from collections.abc import Iterable

from toolkit.catalog.load import Arguments
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.folders import Folder, below
from toolkit.plan.dependencies.package_managers import PLAIN_PATH

_LINE = re.compile(r"^(?:-i|--index-url)[ =]\s{0,9}https?://\w+\.python\.org/", re.MULTILINE)
_SED = r"/^(-i|--index-url)[ =] *https?:\/\/\w+\.python\.org\//d"


def without_former_index(folder: Folder, lists: Iterable[str], tree: SourceTree) -> tuple[Arguments, ...]:
    """The step that takes such lines away, so that pip asks its own index, or the one it is set up with."""
    found = [path for path in lists if PLAIN_PATH.fullmatch(path) and path.endswith((".in", ".txt"))]
    found = [path for path in found if (file := tree.read(below(folder, path))) and _LINE.search(file.text)]
    return (("sed", "-i", "-E", _SED, *found),) if found else ()
