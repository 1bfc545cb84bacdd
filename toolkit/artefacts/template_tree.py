"""A CloudFormation template as plain values, whoever edited it: short forms stay visible (`!Ref Name`, `{"!If": [...]}`)."""

import re
from collections.abc import Iterator
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode

Tree = Any  # dict, list or str, nested
Path = tuple[str, ...]
MAXIMUM_CHARACTERS = 1 << 20
_MAXIMUM_DEPTH = 60
_SUBSTITUTED = re.compile(r"\$\{(\w+)")


def parse_template(text: str) -> Tree | None:
    """The template; None where it is none: not YAML, with aliases (which CloudFormation refuses), too long or too deep."""
    if len(text) > MAXIMUM_CHARACTERS:
        return None
    try:
        root = YAML(typ="safe", pure=True).compose(text)
        return _plain(root, set(), 0) if isinstance(root, MappingNode) else None
    except (YAMLError, RecursionError, ValueError):
        return None


def _plain(node: Node, seen: set[int], depth: int) -> Tree:
    if id(node) in seen or depth > _MAXIMUM_DEPTH:
        raise ValueError("an alias, or too deep")
    seen.add(id(node))
    tag = str(node.tag)
    short = tag if tag.startswith("!") and len(tag) > 1 else ""
    if isinstance(node, ScalarNode):
        return f"{short} {node.value}" if short else str(node.value)
    value: Tree
    if isinstance(node, SequenceNode):
        value = [_plain(item, seen, depth + 1) for item in node.value]
    else:
        value = {str(key.value): _plain(item, seen, depth + 1) for key, item in node.value}
    return {short: value} if short else value


def is_function(part: str) -> bool:
    """Whether a part of a path is an intrinsic function, not a property."""
    return part.startswith(("!", "Fn::"))


def differences(before: Tree, after: Tree, path: Path = ()) -> Iterator[tuple[Path, Tree | None, Tree | None]]:
    """Places where two trees differ, as deep as both have them; None where one has nothing. Items of lists are known by
    their Name, Key, Sid or Id, so that a new one moves no other."""
    if isinstance(before, list) and isinstance(after, list):
        named_before, named_after = _named(before), _named(after)
        if named_before is not None and named_after is not None:
            before, after = named_before, named_after
    if isinstance(before, dict) and isinstance(after, dict):
        for key in dict.fromkeys([*before, *after]):
            if key not in before or key not in after:
                yield (*path, key), before.get(key), after.get(key)
            else:
                yield from differences(before[key], after[key], (*path, key))
    elif before != after:
        yield path, before, after


def _named(items: list[Tree]) -> dict[str, Tree] | None:
    """Items by their name in brackets, those that are no mappings by their own text; None where two share one."""
    named: dict[str, Tree] = {}
    for item in items:
        name = (
            next((item[key] for key in ("Name", "Key", "Sid", "Id") if key in item), None)
            if isinstance(item, dict)
            else item
        )
        if not isinstance(name, str) or f"[{name}]" in named:
            return None
        named[f"[{name}]"] = item
    return named


def used_by(template: Tree, name: str) -> Iterator[Path]:
    """Paths below `Resources` where a parameter, condition or mapping decides something, through conditions too."""
    names, pending = {name}, [name]
    conditions = template.get("Conditions") or {}
    while pending:
        wanted = pending.pop()
        for condition, definition in conditions.items():
            if condition not in names and any(wanted in used for _, used in _names(definition, ())):
                names.add(condition)
                pending.append(condition)
    for path, used in _names(template.get("Resources") or {}, ()):
        if names & used:
            yield path


def _names(node: Tree, path: Path) -> Iterator[tuple[Path, set[str]]]:
    """Names that are referred to, with the place of each reference."""
    if isinstance(node, dict):
        for key, value in node.items():
            if key in ("Ref", "Condition") and isinstance(value, str):
                yield path, {value}
            elif key in ("!If", "Fn::If", "!FindInMap", "Fn::FindInMap") and isinstance(value, list) and value:
                yield path, {str(value[0])}
            yield from _names(value, path if is_function(key) else (*path, key))
    elif isinstance(node, list):
        for item in node:
            yield from _names(item, path)
    elif isinstance(node, str):
        reference, _, referred = node.partition(" ")
        if reference in ("!Ref", "!Condition"):
            yield path, {referred}
        elif used := set(_SUBSTITUTED.findall(node)):
            yield path, used
