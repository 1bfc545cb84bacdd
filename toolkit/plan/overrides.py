"""What people gave: their edits of `replatform.yaml` by dotted key, and answers put into that file."""

import io
from collections.abc import Iterator, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedSeq

from toolkit.catalog.load import line_of
from toolkit.errors import BadInputError
from toolkit.findings import Evidence


def edits(generated: Mapping[str, Any], text: str, current: Mapping[str, Any], path: str) -> dict[str, Evidence]:
    """Dotted keys whose value in the file's `current` values is not the generated one, and the lines where they stand."""
    return {
        ".".join(key): Evidence(path, line := line_of(text, key), line, "person")
        for key in _changed(generated, current, ())
    }


def _changed(old: object, new: object, path: tuple[str, ...]) -> Iterator[tuple[str, ...]]:
    if isinstance(old, Mapping) and isinstance(new, Mapping):
        for key in [*old, *(key for key in new if key not in old)]:
            if key in old and key in new:
                yield from _changed(old[key], new[key], (*path, str(key)))
            else:
                yield (*path, str(key))
    elif old != new:
        yield path


def value_at(values: object, key: str) -> object:
    """What stands at a dotted key of a plan's plain values; None where nothing does."""
    for part in key.split("."):
        values = values.get(part) if isinstance(values, Mapping) else None
    return values


def with_answers(text: str, answers: Mapping[str, object], where: str, planned: Mapping[str, Any] | None = None) -> str:
    """The text of a plan with answers at their dotted keys; comments, order and quotes stay. Those that are what was
    `planned` anyway leave no trace at their keys, and are listed as answered.

    Raises BadInputError for a key that leads through a value that is no mapping.
    """
    yaml = YAML(typ="rt")
    yaml.width = 4096
    yaml.indent(mapping=2, sequence=4, offset=2)
    yaml.preserve_quotes = True
    tree = yaml.load(text)
    for key, value in answers.items():
        *parents, last = key.split(".")
        node = tree
        for part in parents:
            inner = node.get(part)
            if inner is None:
                inner = node[part] = {}
            if not isinstance(inner, dict):
                raise BadInputError(
                    f"{key}: {part} is not a mapping",
                    where=where,
                    to_do="replatform plan SRC --questions lists the keys",
                )
            node = inner
        if planned is not None and _value_at(planned, key) == value:
            answered = tree.setdefault("answered", CommentedSeq())
            answered += [key] if key not in answered else []
        node[last] = value
    stream = io.StringIO()
    yaml.dump(tree, stream)
    return stream.getvalue()


def _value_at(values: Mapping[str, Any], key: str) -> object:
    value: object = values
    for part in key.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    return value
