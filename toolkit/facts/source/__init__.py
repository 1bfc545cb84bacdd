"""Reading code: `read(tree, facts, tables)` gives what the source shows beyond what its manifests say."""

from toolkit.facts.source.reading import read

__all__ = ["read"]
