"""`replatform facts`: what was understood, and from which line."""

import sys

from toolkit.cli.console import result, result_json
from toolkit.cli.options import BlueprintsOption, JsonOption, SourceArgument


def facts(source: SourceArgument, blueprints: BlueprintsOption = None, as_json: JsonOption = False) -> None:
    """Show what the README, the manifests and the source say: versions, commands, ports, variables, datastores, processes.

    On a terminal, the README's own lines stand beside what was understood from them; elsewhere it is a list by kind. What
    is not sure enough to be taken for granted is marked with a question mark. Commands that were read but not understood
    come last. Secrets are never shown.

    Examples:

      replatform facts ./shop

      replatform facts ./shop/README.md --json
    """
    from toolkit.catalog.catalog import Catalog
    from toolkit.cli import pipeline
    from toolkit.facts.report import facts_object
    from toolkit.facts.text import table

    catalog = Catalog(*(blueprints or ()))
    tree, found = pipeline.read_source(source, catalog)
    if as_json:
        result_json(facts_object(found))
    elif sys.stdout.isatty():
        from toolkit.cli.side_by_side import show

        show(tree, found, catalog.readme_rules)
    else:
        result(table(found) or "nothing was understood")
