"""YAML of strangers, built from events: nothing is constructed, and aliases, depth and size are bounded."""

import re
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentStartEvent,
    Event,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    SequenceStartEvent,
)

from toolkit.facts.manifests.formats.tree import MAXIMUM_DEPTH, MAXIMUM_NODES, Malformed, Tree
from toolkit.inventory.source_tree import SourceFile

MAXIMUM_ALIASES = 200
MAXIMUM_YAML = 256 << 10  # characters; what people write is far below, and the parser takes a second for more
_NO_KEY = object()
YAML_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
YAML_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | {
    word: truth for truth, lower in ((True, "true"), (False, "false")) for word in (lower, lower.title(), lower.upper())
}


def yaml_trees(file: SourceFile) -> list[Tree]:
    """The documents of a YAML file. Tags are ignored; aliases, depth and size are bounded."""
    if len(file.text) > MAXIMUM_YAML:
        raise Malformed(f"YAML of more than {MAXIMUM_YAML >> 10} KiB is not read")
    documents: list[Tree] = []
    builder = _YamlBuilder()
    try:
        for event in YAML(typ="safe", pure=True).parse(file.text):
            if isinstance(event, DocumentStartEvent):
                builder = _YamlBuilder()
                documents.append(Tree(None, builder.lines))
            elif builder.take(event):
                documents[-1] = Tree(builder.result, builder.lines)
    except MarkedYAMLError as error:
        mark = error.problem_mark
        raise Malformed(f"not YAML: {error.problem or 'unreadable'}", mark.line + 1 if mark else 0) from None
    except (YAMLError, RecursionError, ValueError) as error:
        raise Malformed(f"not YAML: {type(error).__name__}") from None
    return documents


def yaml_tree(file: SourceFile) -> Tree:
    """The first document of a YAML file."""
    documents = yaml_trees(file)
    return documents[0] if documents else Tree(None)


class _YamlBuilder:
    """Builds one document from its events, without recursion."""

    def __init__(self) -> None:
        self.result: Any = None
        self.lines: dict[tuple[Any, ...], int] = {}
        self._open: list[tuple[Any, str | None]] = []  # containers and their anchors
        self._keys: list[Any] = []  # where in each container we are; _NO_KEY when a key is expected
        self._anchors: dict[str, Any] = {}
        self._nodes = 0
        self._aliases = 0

    def take(self, event: Event) -> bool:
        """One event; True when the document's value is complete."""
        self._nodes += 1
        line = event.start_mark.line + 1
        if self._nodes > MAXIMUM_NODES or len(self._open) > MAXIMUM_DEPTH:
            raise Malformed("YAML nested too deep or too large", line)
        if isinstance(event, MappingStartEvent | SequenceStartEvent):
            self._open.append(({} if isinstance(event, MappingStartEvent) else [], event.anchor))
            if len(self._open) > 1 and self._keys[-1] is not _NO_KEY:
                self.lines.setdefault(self._path(), line)
            self._keys.append(_NO_KEY if isinstance(event, MappingStartEvent) else 0)
            return False
        if isinstance(event, MappingEndEvent | SequenceEndEvent):
            value, anchor = self._open.pop()
            self._keys.pop()
            if isinstance(value, dict):
                value = _with_merge_keys(value)
            return self._put(value, anchor, line)
        if isinstance(event, AliasEvent):
            self._aliases += 1
            if self._aliases > MAXIMUM_ALIASES:
                raise Malformed("YAML with that many aliases is not read", line)
            return self._put(self._anchors.get(event.anchor or ""), None, line)
        if isinstance(event, ScalarEvent):
            return self._put(_scalar(event), event.anchor, line)
        return False

    def _path(self) -> tuple[Any, ...]:
        return tuple(self._keys)

    def _put(self, value: Any, anchor: str | None, line: int) -> bool:
        if anchor:
            self._anchors[anchor] = value
        if not self._open:
            self.result = value
            return True
        container = self._open[-1][0]
        if isinstance(container, list):
            self.lines.setdefault(self._path(), line)
            container.append(value)
            self._keys[-1] += 1
        elif self._keys[-1] is _NO_KEY:
            self._keys[-1] = value if isinstance(value, str | int | float | bool | None) else str(type(value))
            self.lines.setdefault(self._path(), line)
        else:
            container[self._keys[-1]] = value
            self._keys[-1] = _NO_KEY
        return False


def _scalar(event: ScalarEvent) -> Any:
    text: str = event.value
    if event.style in ("'", '"', "|", ">"):
        return text
    if text in YAML_WORDS:
        return YAML_WORDS[text]
    return int(text) if YAML_INTEGER.fullmatch(text) else text


def _with_merge_keys(mapping: dict[Any, Any]) -> dict[Any, Any]:
    """`<<: *defaults` carried out: keys of the mapping itself win."""
    if "<<" not in mapping:
        return mapping
    own = dict(mapping)
    merged = own.pop("<<")
    parents = [item for item in (merged if isinstance(merged, list) else [merged]) if isinstance(item, dict)]
    result: dict[Any, Any] = {}
    for parent in reversed(parents):
        result |= parent
    return result | own
