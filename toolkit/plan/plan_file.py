"""`replatform.yaml` as people and programs edit it."""

from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.events import AliasEvent

from toolkit.catalog.load import line_of
from toolkit.errors import BadInputError
from toolkit.plan.model import Plan

MAXIMUM_CHARACTERS = 1 << 20


def read_values(text: str, where: str) -> dict[str, Any]:
    """The file's plain values, not yet checked against the schema. Raises BadInputError with file and line.

    Aliases are refused: a few lines of them can stand for gigabytes, and a plan has no use for them.
    """
    if len(text) > MAXIMUM_CHARACTERS:
        raise BadInputError("the plan is longer than 1 MiB", where=where)
    if "<<<<<<< " in text and ">>>>>>> " in text:
        line = text[: text.index("<<<<<<< ")].count("\n") + 1
        raise BadInputError(
            "the plan has unresolved conflict markers", where=f"{where}:{line}", to_do="keep one of the two sides"
        )
    try:
        for event in YAML(typ="safe", pure=True).parse(text):
            if isinstance(event, AliasEvent):
                raise BadInputError(
                    "aliases (*name) are not allowed in a plan",
                    where=f"{where}:{event.start_mark.line + 1}",
                    to_do="write the value out",
                )
        values = YAML(typ="safe", pure=True).load(text)
    except YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        what = getattr(error, "problem", None) or "not YAML"
        raise BadInputError(f"not YAML: {what}", where=f"{where}:{mark.line + 1}" if mark else where) from None
    except (RecursionError, ValueError) as error:
        raise BadInputError(f"not YAML: {type(error).__name__}", where=where) from None
    if not isinstance(values, dict):
        raise BadInputError("a plan is a mapping of keys", where=f"{where}:1", to_do="replatform plan writes one")
    return values


def read_plan(text: str, where: str) -> Plan:
    """The plan. Raises BadInputError with file and line."""
    values = read_values(text, where)
    try:
        return Plan.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        key = ".".join(map(str, first["loc"])) or "plan"
        raise BadInputError(
            f"{key}: {first['msg']}",
            where=f"{where}:{line_of(text, first['loc'])}",
            to_do="replatform schema prints what is allowed",
        ) from None
