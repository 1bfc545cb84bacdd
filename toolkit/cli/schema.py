"""`replatform schema`: the JSON Schema of replatform.yaml."""

from toolkit.cli.console import result


def schema() -> None:
    """Print the JSON Schema of replatform.yaml, for editors and for validation.

    Every conversion writes it to .replatform/schema.json, which the plan's first line names.

    Example:

      replatform schema > replatform.schema.json
    """
    from toolkit.artefacts.state import schema_text

    result(schema_text())
