"""The proposal for an application's largest image: that with the most routes."""

from collections import Counter
from collections.abc import Collection
from dataclasses import replace

from toolkit.catalog.catalog import Catalog
from toolkit.errors import BadInputError, UnknownItemError
from toolkit.facts.model import Facts
from toolkit.facts.source.project import Project
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.model import Plan, Planned
from toolkit.plan.routing.routing import routed
from toolkit.split.proposal import Proposal, propose
from toolkit.split.reading import read
from toolkit.split.separation import separations


def propose_for(
    tree: SourceTree, facts: Facts, planned: Planned, catalog: Catalog, only: Collection[str] = ()
) -> Proposal:
    """Candidates in place of the web service that has the image's routes; with `only`, those of these names.

    Raises BadInputError where no route was read, and UnknownItemError for a name that is no candidate's.
    """
    plan = planned.plan
    found = routed(plan, planned.routes)
    image, _ = max(Counter(one.image for one in found).items(), key=lambda item: item[1], default=("", 0))
    if not image:
        raise BadInputError(
            "no routes were found, so there is nothing to split by", to_do="replatform routes lists them"
        )
    own = plan.images[image].directory
    others = {one.directory for one in plan.images.values()} - {own, ""}
    code = read(Project(tree, facts, catalog.dependencies), [one for one in others if not own.startswith(one)])
    routes = [replace(one.route, path=one.path) for one in found if one.image == image]
    proposal = propose(code, plan, _front(plan, image), routes, catalog.split_words, only)
    unknown = sorted(set(only) - {one.name for one in proposal.services})
    if unknown:
        names = ", ".join(one.name for one in proposal.services)
        raise UnknownItemError(f"no candidate is called {unknown[0]}", to_do=f"name one of {names}")
    partition = {unit: one.name for one in proposal.candidates for unit in one.units}
    separated = separations(tree, code, partition, {one.name: one.routes for one in proposal.services}, own)
    return replace(proposal, image=image, separations=separated)


def _front(plan: Plan, image: str) -> str:
    """The web service of the image that has the most of its requests: that with the shallowest pattern."""
    webs = {name: one for name, one in plan.services.items() if one.kind == "web" and one.image == image and one.paths}
    return min(webs, key=lambda name: min(map(len, webs[name].paths)))
