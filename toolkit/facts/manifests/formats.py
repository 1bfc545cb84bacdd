"""JSON, TOML, XML, YAML and INI of strangers as plain values that know their lines: bounded, nothing fetched.

A file that cannot be read raises Malformed, which the registry turns into a finding.
"""

import json
import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from xml.parsers import expat

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

from toolkit.inventory.source_tree import SourceFile

MAXIMUM_DEPTH = 60
MAXIMUM_NODES = 100_000
MAXIMUM_ALIASES = 200
MAXIMUM_YAML = 256 << 10  # characters; what people write is far below, and the parser takes a second for more


class Malformed(Exception):  # noqa: N818 (a control flow of this package, not an error of the program)
    """What is wrong with a file, and on which line."""

    def __init__(self, what: str, line: int = 0) -> None:
        super().__init__(what)
        self.what = what
        self.line = line


@dataclass(frozen=True)
class Tree:
    """A file's value, and the line of each key path."""

    value: Any
    lines: dict[tuple[Any, ...], int] = field(default_factory=dict)

    def get(self, *path: Any) -> Any:
        """The value below a path of keys and indexes, None where there is none."""
        value = self.value
        for key in path:
            if isinstance(value, dict):
                value = value.get(key)
            elif isinstance(value, list) and isinstance(key, int) and 0 <= key < len(value):
                value = value[key]
            else:
                return None
        return value

    def table(self, *path: Any) -> dict[str, Any]:
        """The mapping below a path, empty when it is something else."""
        value = self.get(*path)
        return {key: item for key, item in value.items() if isinstance(key, str)} if isinstance(value, dict) else {}

    def items(self, *path: Any) -> list[Any]:
        """The list below a path, empty when it is something else."""
        value = self.get(*path)
        return value if isinstance(value, list) else []

    def text(self, *path: Any) -> str:
        """The string below a path, empty when it is something else."""
        value = self.get(*path)
        return value.strip() if isinstance(value, str) else ""

    def line(self, *path: Any) -> int:
        """The line of the longest known part of a path, 0 when none is known."""
        while path:
            if path in self.lines:
                return self.lines[path]
            path = path[:-1]
        return 0


def json_tree(file: SourceFile) -> Tree:
    """JSON, with comments and trailing commas as editors and .NET write them."""
    try:
        try:
            value = json.loads(file.text)
        except json.JSONDecodeError as first:
            try:
                value = json.loads(_without_comments(file.text))
            except json.JSONDecodeError:
                raise Malformed(f"not JSON: {first.msg}", first.lineno) from None
    except RecursionError:
        raise Malformed("JSON nested too deep") from None
    return Tree(value, dict(_json_lines(file.text)))


JSON_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.){0,2000}"|[{}\[\],:]|//[^\n]*|\n')
COMMENT_OR_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*|,(?=\s{0,200}[}\]])')


def _without_comments(text: str) -> str:
    kept: list[str] = []
    place = 0
    while match := COMMENT_OR_STRING.search(text, place):
        kept.append(text[place : match.start()])
        place = match.end()
        if match[0].startswith('"'):
            kept.append(match[0])
        elif match[0] == "/*":
            end = text.find("*/", place)
            place = end + 2 if end >= 0 else len(text)
    return "".join([*kept, text[place:]])


def _json_lines(text: str) -> Iterator[tuple[tuple[Any, ...], int]]:
    """The line of every key down to a depth of eight, by one pass over the tokens."""
    path: list[Any] = []
    line = 1
    last_string = ""
    for count, match in enumerate(JSON_TOKEN.finditer(text)):
        token = match[0]
        if count > MAXIMUM_NODES or len(path) > MAXIMUM_DEPTH:
            return
        if token == "\n":
            line += 1
        elif token[0] == '"':
            last_string = token[1:-1]
        elif token in "{[":
            path.append(None if token == "{" else 0)
            if token == "[":
                yield tuple(path), line
        elif token in "}]":
            if path:
                path.pop()
        elif token == ":" and path and not isinstance(path[-1], int):
            path[-1] = last_string
            if len(path) <= 8:
                yield tuple(path), line
        elif token == "," and path and isinstance(path[-1], int):
            path[-1] += 1
            yield tuple(path), line


def toml_tree(file: SourceFile) -> Tree:
    """TOML."""
    if deep := DEEP_TOML_KEY.search(file.text):
        raise Malformed("TOML nested too deep", file.line_of(deep.start()))
    try:
        value = tomllib.loads(file.text)
    except tomllib.TOMLDecodeError as error:
        line = re.search(r"at line (\d{1,7})", str(error))
        raise Malformed(f"not TOML: {str(error).split(' (at')[0]}", int(line[1]) if line else 0) from None
    except RecursionError:
        raise Malformed("TOML nested too deep") from None
    return Tree(value, dict(_toml_lines(file.lines)))


# tomllib takes quadratic time for a key of many parts.
DEEP_TOML_KEY = re.compile(r"(?:[A-Za-z0-9_-]{1,64}[ \t]{0,4}\.[ \t]{0,4}){40}")
TOML_HEADER = re.compile(r"\s{0,200}\[{1,2}\s{0,20}([^\[\]#]{1,200}?)\s{0,20}\]{1,2}\s{0,20}(?:#.*)?$")
TOML_KEY = re.compile(r"\s{0,200}((?:[A-Za-z0-9_-]+|\"[^\"]{0,200}\"|'[^']{0,200}')(?:\.[A-Za-z0-9_-]+){0,8})\s{0,20}=")


def _toml_lines(lines: tuple[str, ...]) -> Iterator[tuple[tuple[Any, ...], int]]:
    table: tuple[Any, ...] = ()
    counts: dict[tuple[Any, ...], int] = {}
    for number, line in enumerate(lines, start=1):
        if len(line) > 2000:
            continue
        if match := TOML_HEADER.match(line):
            table = tuple(part.strip("\"' ") for part in match[1].split("."))
            if line.lstrip().startswith("[["):
                counts[table] = counts.get(table, -1) + 1
                table = (*table, counts[table])
            yield table, number
        elif match := TOML_KEY.match(line):
            key = match[1]
            parts = (key.strip("\"'"),) if key[0] in "\"'" else tuple(key.split("."))
            yield (*table, *parts), number


@dataclass
class Element:
    """An XML element: its name without namespace, text, attributes (also without namespace) and children."""

    name: str
    line: int
    attributes: dict[str, str] = field(default_factory=dict)
    text: str = ""
    children: list["Element"] = field(default_factory=list)

    def all(self, *path: str) -> Iterator["Element"]:
        """Elements at a path below this one."""
        if not path:
            yield self
            return
        for child in self.children:
            if child.name == path[0]:
                yield from child.all(*path[1:])

    def first(self, *path: str) -> "Element | None":
        return next(self.all(*path), None)

    def value(self, *path: str) -> str:
        """The text of the first element at a path, empty when there is none."""
        element = self.first(*path)
        return element.text.strip() if element else ""

    def everything(self) -> Iterator["Element"]:
        """This element and all below it, in document order."""
        waiting = [self]
        while waiting:
            element = waiting.pop()
            yield element
            waiting.extend(reversed(element.children))


def xml_root(file: SourceFile) -> Element:
    """The root element. A document that declares entities is refused: XML bombs and file reads are made of them."""
    parser = expat.ParserCreate()
    parser.buffer_text = True
    root: list[Element] = []
    stack: list[Element] = []
    count = 0

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal count
        count += 1
        if len(stack) >= MAXIMUM_DEPTH or count > MAXIMUM_NODES:
            raise Malformed("XML nested too deep or too large", parser.CurrentLineNumber)
        element = Element(
            name.rpartition(":")[2],
            parser.CurrentLineNumber,
            {key.rpartition(":")[2]: value for key, value in attributes.items()},
        )
        (stack[-1].children if stack else root).append(element)
        stack.append(element)

    def end(_name: str) -> None:
        stack.pop()

    def characters(text: str) -> None:
        if stack:
            stack[-1].text += text

    def entity(*_arguments: object) -> None:
        raise Malformed("XML that declares entities is not read", parser.CurrentLineNumber)

    parser.StartElementHandler = start
    parser.EndElementHandler = end
    parser.CharacterDataHandler = characters
    parser.EntityDeclHandler = entity
    try:
        parser.Parse(file.text.lstrip("\ufeff \n\t"), True)
    except expat.ExpatError as error:
        raise Malformed(f"not XML: {expat.errors.messages[error.code]}", error.lineno) from None
    return root[0]


@dataclass(frozen=True)
class Entry:
    """One `key = value` of an INI file; the value of a continued one has its lines joined by newlines."""

    section: str
    key: str
    value: str
    line: int


INI_SECTION = re.compile(r"\s{0,200}\[([^\]\n]{1,200})\]")
INI_ENTRY = re.compile(r"([^=\s\[#;][^=]{0,200}?)[ \t]{0,80}=\s{0,20}(.*)")


def ini_entries(file: SourceFile, *, backslash: bool = False) -> Iterator[Entry]:
    """The entries of an INI-like file in order, repeated keys included.

    A value goes on in indented lines, or (systemd) after a backslash at the end of its line.
    """
    section = ""
    waiting: Entry | None = None
    for number, line in enumerate(file.lines, start=1):
        text = line.strip()
        if waiting and backslash and waiting.value.endswith("\\"):
            waiting = Entry(section, waiting.key, waiting.value[:-1].rstrip() + " " + text, waiting.line)
        elif text.startswith(("#", ";")):
            continue
        elif waiting and not backslash and text and line[0] in " \t":
            waiting = Entry(section, waiting.key, f"{waiting.value}\n{text}".strip("\n"), waiting.line)
        else:
            if waiting:
                yield waiting
            waiting = None
            if match := INI_SECTION.match(line):
                section = match[1].strip()
            elif match := INI_ENTRY.match(text):
                waiting = Entry(section, match[1], match[2], number)
    if waiting:
        yield waiting


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


_NO_KEY = object()
YAML_INTEGER = re.compile(r"[-+]?(?:0|[1-9][0-9]{0,17})")
YAML_WORDS = {"": None, "~": None, "null": None, "Null": None, "NULL": None} | {
    word: truth for truth, lower in ((True, "true"), (False, "false")) for word in (lower, lower.title(), lower.upper())
}


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
