"""Members of a workspace of Node whose pages another member hands out itself: express.static('../frontend/dist')."""

import posixpath
import re
from collections.abc import Sequence
from dataclasses import replace

from toolkit.inventory.paths import inside, joined
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.applications.recognition import Recognised

_SOURCES = (".js", ".cjs", ".mjs", ".ts")
_MOST_FILES, _MOST_PAGES = 400, 20
_MOST_CHARACTERS = 200_000


def with_served_members(found: Sequence[Recognised], tree: SourceTree) -> list[Recognised]:
    """The applications without those whose pages another one serves, which builds them first."""
    pages = [one for one in found if one.module and one.stack.artifact and one.stack.language == "node"][:_MOST_PAGES]
    served: set[str] = set()
    kept = []
    for one in found:
        if one.module and one.stack.language == "node" and not one.stack.artifact:
            own = [
                page.module
                for page in pages
                if page.folder.directory == one.folder.directory and _serves(one, page, tree)
            ]
            one = replace(one, serves=tuple(own))
            served |= {joined(one.folder.directory, module) for module in own}
        kept.append(one)
    return [one for one in kept if one not in pages or joined(one.folder.directory, one.module) not in served]


def _serves(one: Recognised, page: Recognised, tree: SourceTree) -> bool:
    """Whether a member's code names what the build of another one writes, in one word or in several."""
    place = joined(page.folder.directory, page.module)
    outputs = [
        posixpath.relpath(joined(page.module, point.value), one.module)
        for point in page.folder.points("static_output")
        if point.directory.strip("/") == place
    ]
    if not outputs:
        return False
    separator = r"[\s\"'`/,\\]{1,8}"
    named = "|".join(separator.join(map(re.escape, re.sub(r"^(?:\.\./)+", "", path).split("/"))) for path in outputs)
    pattern = re.compile(
        rf"(?<=\.\./)(?:{named})(?![\w-])|(?<=['\"`]\.\.['\"`])\s{{0,9}},\s{{0,9}}['\"`](?:{named})(?![\w-])"
    )
    home = joined(one.folder.directory, one.module)
    paths = [path for path in tree.paths if inside(path, home) and path.endswith(_SOURCES)][:_MOST_FILES]
    files = (tree.read(path) for path in paths)
    return any(file is not None and pattern.search(file.text[:_MOST_CHARACTERS]) for file in files)
