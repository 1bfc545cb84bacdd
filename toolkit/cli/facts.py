"""`replatform facts`: what was understood, and from which line."""

from toolkit.cli.console import result, result_json
from toolkit.cli.options import BlueprintsOption, JsonOption, SourceArgument


def facts(source: SourceArgument, blueprints: BlueprintsOption = None, as_json: JsonOption = False) -> None:
    """Show what the README, the manifests and the source say: versions, commands, ports, variables, datastores, processes.

    Examples:

      replatform facts ./shop

      replatform facts ./shop/README.md --json
    """
    from toolkit.catalog.catalog import Catalog
    from toolkit.cli import pipeline
    from toolkit.facts.report import facts_object, facts_text

    _, found = pipeline.read_source(source, Catalog(*(blueprints or ())))
    if as_json:
        result_json(facts_object(found))
    else:
        result(facts_text(found))
