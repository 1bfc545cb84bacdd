"""CloudFormation's published resource schemas, as cfn-lint carries them."""

from collections.abc import Iterable
from typing import Any


def resource_schemas(kinds: Iterable[str], region: str) -> dict[str, dict[str, Any]]:
    """Type to schema; a type that the region does not have is left out."""
    from cfnlint.schema import PROVIDER_SCHEMA_MANAGER, ResourceNotFoundError

    found = {}
    for kind in sorted(kinds):
        try:
            found[kind] = dict(PROVIDER_SCHEMA_MANAGER.get_resource_schema(region, kind).schema)
        except ResourceNotFoundError:
            continue
    return found
