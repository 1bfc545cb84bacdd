"""Runs every source reader over a tree."""

from toolkit.catalog.dependencies import DependencyTables
from toolkit.facts.model import Facts
from toolkit.inventory.source_tree import SourceTree


def read(tree: SourceTree, facts: Facts, tables: DependencyTables) -> Facts:
    """What the code shows, `directory` set to the application folder that each file belongs to."""
    return Facts()
