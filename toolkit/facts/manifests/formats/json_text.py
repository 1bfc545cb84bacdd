"""JSON, with the comments and trailing commas that editors and .NET allow."""

import json
import re
from collections.abc import Iterator
from typing import Any

from toolkit.facts.manifests.formats.tree import MAXIMUM_DEPTH, MAXIMUM_NODES, Malformed, Tree
from toolkit.inventory.source_tree import SourceFile

JSON_TOKEN = re.compile(r'"(?:[^"\\\n]|\\.){0,2000}"|[{}\[\],:]|//[^\n]*|\n')
COMMENT_OR_STRING = re.compile(r'"(?:[^"\\\n]|\\.)*"|//[^\n]*|/\*|,(?=\s{0,200}[}\]])')


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
