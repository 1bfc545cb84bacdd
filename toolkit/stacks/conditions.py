"""Conditions of a template, as far as the values of its parameters decide them."""

from collections.abc import Mapping
from typing import Any


def is_false(name: str, conditions: Mapping[str, Any], parameters: Mapping[str, str]) -> bool:
    """Whether a condition surely does not hold; one that rests on a mapping or a pseudo parameter may hold.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html (2026-11-21)
    """
    return _truth({"Condition": name}, conditions, parameters, frozenset()) is False


def _truth(
    expression: Any, conditions: Mapping[str, Any], parameters: Mapping[str, str], asked: frozenset[str]
) -> bool | None:
    """None where it cannot be told; `asked` are the conditions on the way here, against a circle of them."""
    if not isinstance(expression, Mapping) or len(expression) != 1:
        return None
    ((function, arguments),) = expression.items()
    if function == "Condition":
        if arguments in asked:
            return None
        return _truth(conditions.get(arguments), conditions, parameters, asked | {str(arguments)})
    if not isinstance(arguments, list):
        return None
    if function == "Fn::Equals":
        left, *right = (_value(one, parameters) for one in arguments)
        return None if left is None or right in ([], [None]) else right == [left]
    found = [_truth(one, conditions, parameters, asked) for one in arguments]
    if function == "Fn::Not":
        return None if found in ([], [None]) else not found[0]
    if function in ("Fn::And", "Fn::Or"):
        decides = function == "Fn::Or"
        return decides if decides in found else None if None in found else not decides
    return None


def _value(expression: Any, parameters: Mapping[str, str]) -> str | None:
    if isinstance(expression, Mapping):
        return parameters.get(expression["Ref"]) if set(expression) == {"Ref"} else None
    return None if isinstance(expression, list) else str(expression)
