"""Applications of Node that a script of the tree installs from above their folder: it links or copies what they need
around them, `ln -s ../src node_modules/shop`, so the image is the whole tree, and that script its install."""

import posixpath
import re
from collections.abc import Sequence
from dataclasses import replace

from toolkit.facts.model import Command, Fact, Facts, Role
from toolkit.facts.shell import parse
from toolkit.inventory.source_tree import SourceFile, SourceTree
from toolkit.plan.applications.folders import Folder
from toolkit.plan.applications.recognition import Recognised
from toolkit.plan.ranking import of_type, ranked
from toolkit.plan.starts.expansions import in_own_folder, needs_expansion

_INSTALLS = re.compile(r"^\s{0,20}(?:npm|yarn|pnpm)\s+(?:ci|i|install)\b", re.MULTILINE)
_ARRANGES = re.compile(r"\b(?:ln\s+-s|cp)\s")
_SHELL = re.compile(r"#!\s{0,5}(?:/usr)?/bin/(?:env\s+)?(sh|bash)\b")


def installed_from_above(found: Sequence[Recognised], facts: Facts, tree: SourceTree) -> list[Recognised]:
    """The applications; the only one, where a script by which operators start or install it does that, as a member of the
    whole tree with the script as its `installer`."""
    one = found[0] if len(found) == 1 else None
    if one is None or one.stack.language != "node" or not one.folder.directory or one.module:
        return list(found)
    installer, from_top = _installer(facts, tree)
    if not installer:
        return list(found)
    place = one.folder.directory
    whole = Folder("", tuple(tree.paths), tuple(of_type(facts, Fact)), ())
    return [replace(one, folder=whole, workdir="" if from_top else place, module=place, installer=installer)]


def _installer(facts: Facts, tree: SourceTree) -> tuple[tuple[str, ...], bool]:
    """The script, as a command, and whether what calls it goes on to start the application from the top."""
    told = (c for c in of_type(facts, Command) if c.role in (Role.START, Role.INSTALL) and not c.alternative and c.argv)
    for command in ranked(told, operators_first=True):
        script = _script(command.argv, tree)
        if script is None:
            continue
        # What starts the application calls what installs it.
        lines = [in_own_folder(simple.words, script.text) for simple in parse(script.text)]
        for file in filter(None, (_script(words, tree) for words in lines)):
            shell = _SHELL.match(file.text)
            if shell and _INSTALLS.search(file.text) and _ARRANGES.search(file.text):
                return (shell[1], file.path), lines[-1][:1] == ("node",) and not needs_expansion(lines[-1])
    return (), False


def _script(argv: tuple[str, ...], tree: SourceTree) -> SourceFile | None:
    """The shell script of the tree that a command runs."""
    words = argv[1:] if argv[:1] in (("sh",), ("bash",)) else argv
    path = posixpath.normpath(words[0]) if words else ""
    file = tree.read(path) if "/" in path and path in tree else None
    return file if file and _SHELL.match(file.text) else None
