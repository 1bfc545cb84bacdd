"""Conditions of templates: the emulator's own evaluation takes every Join, Sub and FindInMap in one for a text."""

from typing import Any

from ministack.services.cloudformation import changesets, engine, handlers, stacks

from .resource_types import Properties


def mend_conditions() -> None:
    """The emulator's own evaluation takes every Join, Sub and FindInMap in a condition for a text."""
    # The functions of rules, too, have short forms.
    for name in ("Contains", "EachMemberEquals", "EachMemberIn", "RefAll", "ValueOf", "ValueOfAll"):
        engine.CfnLoader.add_constructor(f"!{name}", engine._construct_cfn_tag(f"Fn::{name}"))
    for module in (changesets, engine, handlers, stacks):
        assert module._evaluate_conditions
        module._evaluate_conditions = conditions


def conditions(template: Properties, parameters: Properties) -> dict[str, bool]:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/intrinsic-function-reference-conditions.html"""
    definitions, found = template.get("Conditions") or {}, {}

    def truth(expression: Any) -> bool:
        (function, arguments), *_ = expression.items()
        if function == "Condition":
            if arguments not in found:
                found[arguments] = truth(definitions[arguments])
            return bool(found[arguments])
        if function == "Fn::Equals":
            left, right = (value(one) for one in arguments)
            return str(left) == str(right)
        if function == "Fn::Not":
            return not truth(arguments[0])
        return (all if function == "Fn::And" else any)(truth(one) for one in arguments)

    def value(expression: Any) -> Any:
        return engine._resolve_refs(expression, {}, parameters, found, template.get("Mappings") or {}, "", "")

    for name in definitions:
        found[name] = truth({"Condition": name})
    return found
