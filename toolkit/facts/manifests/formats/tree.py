"""What the readers of formats share: values that know their lines, and what is wrong with a file."""

from dataclasses import dataclass, field
from typing import Any

MAXIMUM_DEPTH = 60
MAXIMUM_NODES = 100_000


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

    def texts(self, *path: Any) -> dict[str, str]:
        """What is a string in the mapping below a path."""
        return {key: item for key, item in self.table(*path).items() if isinstance(item, str)}

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
