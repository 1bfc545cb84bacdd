"""The replication task as our files configure it: table mappings, task settings, and the endpoints of the template."""

import json
from collections.abc import Mapping
from io import StringIO
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from toolkit.errors import BadInputError

TEMPLATE = "cloudformation/migration.yaml"
MAPPINGS = "migration/table-mappings.json"
SETTINGS = "migration/task-settings.json"
_SETTINGS_OF = {
    "sqlserver": "MicrosoftSqlServerSettings",
    "mysql": "MySqlSettings",
    "mariadb": "MySqlSettings",
    "postgres": "PostgreSqlSettings",
    "oracle": "OracleSettings",
}


def json_document(text: str, path: str) -> dict[str, Any]:
    """One of the task's documents. Raises BadInputError with the line when an edit broke it."""
    try:
        value = json.loads(text)
    except (json.JSONDecodeError, RecursionError) as error:
        line = getattr(error, "lineno", 0)
        raise BadInputError(
            f"not JSON: {error}", where=f"{path}:{line}", to_do="mend it, or take your edit back"
        ) from None
    if not isinstance(value, dict):
        raise BadInputError("not a JSON object", where=path, to_do="take your edit back")
    return value


def endpoint(template: str, side: str, engine: str) -> dict[str, str]:
    """Settings of the source or target endpoint for an engine; functions other than the engine's own !If are left out."""
    try:
        tree = YAML(typ="rt", pure=True).load(StringIO(template))
        properties = tree["Resources"][f"{side.title()}Endpoint"]["Properties"]
    except (YAMLError, RecursionError, KeyError, TypeError):
        raise BadInputError(f"no {side} endpoint", where=TEMPLATE, to_do="take your edit back") from None
    found = {name: value for name, value in properties.items() if isinstance(value, str)}
    settings = properties.get(_SETTINGS_OF.get(engine, ""))
    if isinstance(settings, list) and len(settings) == 3:  # !If [SourceIs..., {...}, !Ref AWS::NoValue]
        settings = settings[1]
    if isinstance(settings, Mapping):
        for name, value in settings.items():
            if isinstance(value, (str, bool, int, float)):
                found[name] = str(value).lower() if isinstance(value, bool) else str(value)
    return found
