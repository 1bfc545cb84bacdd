"""The code and the proposal for an application of a few files."""

from collections.abc import Mapping
from pathlib import Path

from toolkit.catalog.catalog import Catalog
from toolkit.facts.gather import gather
from toolkit.facts.source.project import Project
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.planning import plan_application
from toolkit.split.application import propose_for
from toolkit.split.code import Code
from toolkit.split.proposal import Proposal
from toolkit.split.reading import read

CATALOG = Catalog()


def tree_of(folder: Path, files: Mapping[str, str]) -> SourceTree:
    for path, text in files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    return SourceTree.open(folder, {})


def code_of(folder: Path, files: Mapping[str, str]) -> Code:
    tree = tree_of(folder, files)
    return read(Project(tree, gather(tree, CATALOG), CATALOG.dependencies))


def proposal_of(folder: Path, *only: str) -> Proposal:
    tree = SourceTree.open(folder, {})
    facts = gather(tree, CATALOG)
    return propose_for(tree, facts, plan_application(folder.name, tree, facts, CATALOG), CATALOG, only)
