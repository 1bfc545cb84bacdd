"""The day of a checkout's last commit, read from its files: no git is run, and nothing of the repository's own.

Format: https://git-scm.com/docs/gitrepository-layout, https://git-scm.com/docs/gitformat-pack (reviewed: "2026-11-21").
"""

import os
import re
import struct
import zlib
from datetime import UTC, datetime
from pathlib import Path

_MOST_BYTES = 1 << 20  # of a small file, and of an object
_MOST_INDEX_BYTES = 64 << 20
_MOST_PACKS = 50
_HASH = re.compile(r"[0-9a-f]{40}")
_BRANCH = re.compile(r"ref: (refs/heads/[\w@+-][\w.@+/-]{0,200})")
_COMMITTER = re.compile(rb"^committer [^\n]{0,1000} (\d{1,11}) [+-]\d{4}$", re.MULTILINE)
_COMMIT = 1  # the type of an object in a pack


def last_commit(root: Path) -> str | None:
    """The day, as YYYY-MM-DD in UTC, on which what is checked out was committed; None where no file tells."""
    folder = root / ".git"
    if folder.is_symlink() or not folder.is_dir():
        return None
    name = _head(folder)
    text = name and (_loose(folder, name) or _packed(folder, name))
    match = _COMMITTER.search(text) if text else None
    if match is None:
        return None
    return datetime.fromtimestamp(int(match[1]), UTC).date().isoformat()


def _head(folder: Path) -> str:
    head = _read(folder / "HEAD").decode(errors="replace").strip()
    branch = _BRANCH.fullmatch(head)
    if branch and ".." not in branch[1]:
        head = _read(folder / branch[1]).decode(errors="replace").strip()
        if not head:
            packed = _read(folder / "packed-refs").decode(errors="replace").splitlines()
            head = next((line[:40] for line in packed if line[41:] == branch[1]), "")
    return head if _HASH.fullmatch(head) else ""


def _loose(folder: Path, name: str) -> bytes:
    return _inflated(_read(folder / "objects" / name[:2] / name[2:]))


def _packed(folder: Path, name: str) -> bytes:
    packs = folder / "objects" / "pack"
    indexes = sorted(packs.glob("*.idx"))[:_MOST_PACKS] if packs.is_dir() else []
    for index in indexes:
        offset = _offset(_read(index, _MOST_INDEX_BYTES), bytes.fromhex(name))
        if offset is None:
            continue
        data = _read(index.with_suffix(".pack"), _MOST_BYTES, offset)
        if not data or (data[0] >> 4) & 7 != _COMMIT:
            return b""  # a difference to another object: rare for commits
        place = next((number for number, byte in enumerate(data[:10]) if byte < 0x80), 9)
        return _inflated(data[place + 1 :])
    return b""


def _offset(index: bytes, name: bytes) -> int | None:
    """Where a pack holds an object, by its index of version 2."""
    if len(index) < 1032 or index[:8] != b"\xfftOc\0\0\0\2":
        return None
    fanout = struct.unpack(">256I", index[8:1032])
    low, high, count = fanout[name[0] - 1] if name[0] else 0, fanout[name[0]], fanout[255]
    while low < high:
        middle = (low + high) // 2
        found = index[1032 + 20 * middle : 1052 + 20 * middle]
        if found == name:
            at = 1032 + 24 * count + 4 * middle
            offset = int.from_bytes(index[at : at + 4], "big")
            return offset if offset < 1 << 31 else None
        low, high = (middle + 1, high) if found < name else (low, middle)
    return None


def _inflated(data: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, _MOST_BYTES)
    except zlib.error:
        return b""


def _read(path: Path, most: int = _MOST_BYTES, offset: int = 0) -> bytes:
    """The bytes of a plain file; none where there is none, or a link."""
    try:
        descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    except OSError:
        return b""
    with os.fdopen(descriptor, "rb") as stream:
        try:
            stream.seek(offset)
            return stream.read(most)
        except OSError:
            return b""
