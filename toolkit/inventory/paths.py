"""Paths of a tree: relative, with `/` between their parts, and empty for the folder that they are relative to."""

from bisect import bisect_left
from collections.abc import Sequence


def joined(*parts: str) -> str:
    """The parts as one path."""
    return "/".join(filter(None, parts))


def inside(path: str, directory: str) -> bool:
    """Whether a path is a folder, or lies below it."""
    return not directory or path == directory or path.startswith(directory + "/")


def relative(path: str, directory: str) -> str:
    """A path that lies in a folder, as it is from there."""
    return path[len(directory) + 1 :] if directory else path


def leaves(path: str) -> bool:
    """Whether a path leads out of the folder that it is relative to, or is absolute."""
    return path.startswith("/") or ".." in path.split("/")


def resolved(directory: str, written: str) -> str:
    """What a file of a folder calls `../shared/list.txt`; empty where that leaves the tree."""
    parts = directory.split("/") if directory else []
    for part in written.split("/"):
        if part == "..":
            if not parts:
                return ""
            parts.pop()
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def paths_in(paths: Sequence[str], directory: str) -> tuple[str, ...]:
    """Those of sorted paths that lie below a folder, relative to it."""
    if not directory:
        return tuple(path for path in paths if path)
    first = bisect_left(paths, directory + "/")
    last = bisect_left(paths, directory + "0")  # the character after `/`
    return tuple(path[len(directory) + 1 :] for path in paths[first:last])
