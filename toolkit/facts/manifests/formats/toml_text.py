"""TOML."""

import re
import tomllib
from collections.abc import Iterator
from typing import Any

from toolkit.facts.manifests.formats.tree import Malformed, Tree
from toolkit.inventory.source_tree import SourceFile

# tomllib takes quadratic time for a key of many parts.
DEEP_TOML_KEY = re.compile(r"(?:[A-Za-z0-9_-]{1,64}[ \t]{0,4}\.[ \t]{0,4}){40}")
TOML_HEADER = re.compile(r"\s{0,200}\[{1,2}\s{0,20}([^\[\]#]{1,200}?)\s{0,20}\]{1,2}\s{0,20}(?:#.*)?$")
TOML_KEY = re.compile(r"\s{0,200}((?:[A-Za-z0-9_-]+|\"[^\"]{0,200}\"|'[^']{0,200}')(?:\.[A-Za-z0-9_-]+){0,8})\s{0,20}=")


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
