"""Reading manifests, process files and configuration: `read(tree, tables)` gives the facts of all of them."""

from toolkit.facts.manifests.reading import read

__all__ = ["read"]
