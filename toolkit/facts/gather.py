"""Facts of one application, from its documents, its manifests and its source."""

from toolkit.catalog.catalog import Catalog
from toolkit.facts import last_change, manifests, process_targets, readme, routes, source, unlisted, uwsgi
from toolkit.facts.model import Facts
from toolkit.findings import in_order
from toolkit.inventory.source_tree import SourceTree


def gather(tree: SourceTree, catalog: Catalog) -> Facts:
    """What the README says, then what manifests and process files say, then what the code shows, then the routes that it
    declares, and when it was last changed."""
    told = readme.read(tree, catalog.readme_rules)
    declared = process_targets.opened(tree, manifests.read(tree, catalog.dependencies))
    listed = _together(told, declared)
    both = uwsgi.named_applications(tree, _together(listed, unlisted.read(tree, listed, catalog.dependencies)))
    shown = source.read(tree, both, catalog.dependencies)
    found = _together(_together(both, shown), routes.read(tree, both, catalog.dependencies))
    return _together(found, last_change.read(tree))


def _together(first: Facts, second: Facts) -> Facts:
    return Facts(
        first.facts + second.facts, first.unread + second.unread, in_order((*first.findings, *second.findings))
    )
