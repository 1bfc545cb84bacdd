"""`replatform.yaml` as we write it: small, with the evidence of each decision beside it."""

import io
from collections.abc import Mapping

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.scalarstring import DoubleQuotedScalarString

from toolkit.artefacts.text import Artefact, Line
from toolkit.plan.model import Decision, Plan

PATH = "replatform.yaml"
SCHEMA_PATH = ".replatform/schema.json"
_COMMENT_COLUMN = 64


def render_plan(plan: Plan, decisions: Mapping[str, Decision]) -> Artefact:
    """The plan without what is a default anyway; comments say from where a value comes, or that it was guessed."""
    tree = _commented(
        plan.model_dump(mode="json", exclude_defaults=True) | {"replatform": plan.replatform}, (), decisions
    )
    assert isinstance(tree, CommentedMap)
    tree.move_to_end("replatform", last=False)
    yaml = YAML(typ="rt")
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    stream = io.StringIO()
    yaml.dump(tree, stream)
    head = [
        f"# yaml-language-server: $schema={SCHEMA_PATH}",
        f"# The plan for {plan.application}: edit it, then run `replatform generate {PATH}`. What you write here always wins.",
    ]
    keys = _line_keys(stream.getvalue())
    return Artefact(PATH, tuple(Line(text) for text in head) + keys, "toolkit/artefacts/plan_file.py")


def _commented(value: object, path: tuple[str, ...], decisions: Mapping[str, Decision]) -> object:
    if isinstance(value, Mapping):
        node = CommentedMap()
        for key, inner in value.items():
            node[key] = _commented(inner, (*path, str(key)), decisions)
            if comment := _comment(".".join((*path, str(key))), decisions):
                nested = isinstance(inner, Mapping) or (
                    isinstance(inner, list) and inner and isinstance(inner[0], (list, dict))
                )
                if nested:
                    node.yaml_set_comment_before_after_key(key, before=comment, indent=2 * len(path))
                else:
                    node.yaml_add_eol_comment(comment, key, column=_COMMENT_COLUMN)
        return node
    if isinstance(value, list):
        items = CommentedSeq(_quoted(_commented(inner, path, decisions)) for inner in value)
        if not any(isinstance(inner, (dict, list)) for inner in value):
            items.fa.set_flow_style()
        return items
    return value


def _quoted(value: object) -> object:
    """In a list in brackets, what begins with `?` is a key to readers of YAML, and ruamel does not quote it."""
    return DoubleQuotedScalarString(value) if isinstance(value, str) and value.startswith("?") else value


def _comment(key: str, decisions: Mapping[str, Decision]) -> str:
    decision = decisions.get(key)
    if decision is None:
        return ""
    places = ", ".join(str(place) for place in decision.evidence[:2] if place.path)
    text = (
        places
        if places and not decision.guessed
        else f"guessed: {decision.because}"
        if decision.guessed
        else decision.because
    )
    return "".join(character for character in text if character.isprintable())[:160]


def _line_keys(text: str) -> tuple[Line, ...]:
    """Lines with the dotted key that each one carries, by indentation."""
    lines: list[Line] = []
    path: list[tuple[int, str]] = []
    for line in text.splitlines():
        stripped = line.lstrip()
        indent = len(line) - len(stripped)
        if stripped and not stripped.startswith(("#", "- ")) and ":" in stripped:
            path = [part for part in path if part[0] < indent]
            path.append((indent, stripped.partition(":")[0].strip("'\"")))
        lines.append(Line(line, ".".join(part for _, part in path)))
    return tuple(lines)
