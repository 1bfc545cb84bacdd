"""`SourceTree`: the one bounded, read-only view of an application's files."""

import os
import re
import stat
from collections.abc import Callable, Collection, Iterator
from dataclasses import dataclass, field
from fnmatch import translate
from functools import cache, cached_property
from pathlib import Path, PurePosixPath

from charset_normalizer import from_bytes

from toolkit.errors import BadInputError
from toolkit.findings import Evidence, Finding, Severity
from toolkit.inventory.last_commit import last_commit

MAXIMUM_FILES = 20_000
MAXIMUM_DEPTH = 16
MAXIMUM_BYTES = 1 << 20  # of one file; what is longer is read up to here, and said so
_BUNDLES = (".css", ".js", ".map", ".svg")  # so long only where a tool wrote them

# Folders that hold other people's code or build output: nothing in them says how this application is deployed.
PASSED_OVER = frozenset(
    {
        ".bundle", ".cache", ".eggs", ".git", ".gradle", ".hg", ".idea", ".mypy_cache", ".next", ".nox", ".nuxt", ".pytest_cache",
        ".replatform", ".svn", ".terraform", ".tox", ".venv", ".vs", ".vscode", ".yarn", "__pycache__", "bower_components", "htmlcov",
        "node_modules", "site-packages", "venv", "virtualenv",
    }
)  # fmt: skip


@dataclass(frozen=True)
class SourceFile:
    """A text file of the tree: `path` relative with `/`; lines end at any newline convention and are counted from 1."""

    path: str
    text: str
    truncated: bool = False

    @cached_property
    def lines(self) -> tuple[str, ...]:
        return tuple(self.text.split("\n"))

    @property
    def name(self) -> str:
        return PurePosixPath(self.path).name

    @property
    def directory(self) -> str:
        """The folder it lies in, empty for the root."""
        parent = str(PurePosixPath(self.path).parent)
        return "" if parent == "." else parent

    def at(self, first_line: int = 0, last_line: int = 0, *, rule: str) -> Evidence:
        """Evidence in this file; without lines, the file as a whole."""
        return Evidence(self.path, first_line, last_line or first_line, rule)

    def line_of(self, offset: int) -> int:
        """The line on which the character at `offset` of the text stands."""
        return self.text.count("\n", 0, offset) + 1


@cache
def _compiled(patterns: tuple[str, ...]) -> tuple[Callable[[str], object], Callable[[str], object]]:
    """Whether a name matches one of the patterns for names, and a path one of those for paths."""
    of_names, of_paths = ([p for p in patterns if ("/" in p) is paths] for paths in (False, True))
    return _any_of(of_names), _any_of(of_paths)


def _any_of(patterns: list[str]) -> Callable[[str], object]:
    return re.compile("|".join(map(translate, patterns)) or r"(?!)").match


@dataclass
class SourceTree:
    """Files below one folder, found by one walk that follows no link but to a file of the tree, and read on demand within
    bounds.

    `paths` are sorted. A walk that meets MAXIMUM_FILES stops there and leaves a finding. Text is decoded as UTF-8, with
    or without BOM, else by detection; binary files read as None.
    """

    root: Path
    paths: tuple[str, ...] = ()
    findings: list[Finding] = field(default_factory=list)
    _read: dict[str, SourceFile | None] = field(default_factory=dict, repr=False)
    _targets: dict[str, str] = field(default_factory=dict, repr=False)  # of links to files

    @classmethod
    def open(cls, root: Path, leave_out: Collection[str] = ()) -> "SourceTree":
        """The tree below a folder, or of a single file, without the paths to leave out (what we generated ourselves).

        Raises BadInputError when there is nothing to read.
        """
        if root.is_file():
            return cls(root.parent, (root.name,))
        if not root.is_dir():
            raise BadInputError(
                f"no such folder or file: {root}", to_do="name the application's source folder or its README"
            )
        tree = cls(root)
        tree.paths = tuple(sorted(path for path in tree._walk() if path not in leave_out))
        return tree

    def _walk(self) -> Iterator[str]:
        count = 0
        folders = [("", 0)]
        while folders:
            folder, depth = folders.pop()
            try:
                entries = sorted(os.scandir(self.root / folder), key=lambda entry: entry.name, reverse=True)
            except OSError:
                self.findings.append(
                    Finding("RP001", Severity.NOTE, "folder cannot be read", (Evidence(folder or "."),))
                )
                continue
            for entry in entries:
                path = f"{folder}/{entry.name}" if folder else entry.name
                if not entry.name.isprintable():
                    continue  # a name with control characters could forge lines in what we write
                target = self._file_behind(path) if entry.is_symlink() else ""
                if target:
                    self._targets[path] = target
                if entry.is_symlink() and not target:
                    if self._leaves(path):
                        self.findings.append(
                            Finding(
                                "RP002",
                                Severity.WARNING,
                                "link leads out of the source tree; not followed",
                                (Evidence(path),),
                            )
                        )
                elif entry.is_dir(follow_symlinks=False):
                    if entry.name not in PASSED_OVER and depth < MAXIMUM_DEPTH:
                        folders.append((path, depth + 1))
                elif entry.is_file(follow_symlinks=bool(target)):
                    if count == MAXIMUM_FILES:
                        self.findings.append(
                            Finding(
                                "RP003",
                                Severity.WARNING,
                                f"more than {MAXIMUM_FILES} files; the rest was not looked at",
                                (Evidence(path),),
                            )
                        )
                        return
                    count += 1
                    yield path

    def _leaves(self, path: str) -> bool:
        target = os.path.realpath(self.root / path)
        return not Path(target).is_relative_to(os.path.realpath(self.root))

    def _file_behind(self, path: str) -> str:
        """The plain file of the tree that a link leads to, `config/tsconfig.json` of `tsconfig.json`; empty for others."""
        target = Path(os.path.realpath(self.root / path))
        root = Path(os.path.realpath(self.root))
        if not target.is_relative_to(root) or not target.is_file():
            return ""
        found = target.relative_to(root)
        return "" if PASSED_OVER.intersection(found.parts) else found.as_posix()

    @cached_property
    def last_commit(self) -> str | None:
        """The day of the checkout's last commit, as YYYY-MM-DD; None where no file tells."""
        return last_commit(self.root)

    def __contains__(self, path: str) -> bool:
        return path in self._known

    @cached_property
    def _known(self) -> frozenset[str]:
        return frozenset(self.paths)

    def matching(self, *patterns: str) -> Iterator[str]:
        """Paths that match a pattern: without `/` on the file's name, with it on the whole path."""
        of_name, of_path = _compiled(patterns)
        for path in self.paths:
            if of_name(path.rpartition("/")[2]) or of_path(path):
                yield path

    def read(self, path: str) -> SourceFile | None:
        """The file's text, or None when it is not in the tree, is binary, or cannot be read."""
        if path not in self._known:
            return None
        if path not in self._read:
            self._read[path] = self._load(path)
        return self._read[path]

    def read_all(self, *patterns: str) -> Iterator[SourceFile]:
        """The readable files among `matching(*patterns)`."""
        for path in self.matching(*patterns):
            if file := self.read(path):
                yield file

    def _load(self, path: str) -> SourceFile | None:
        try:
            # The walk saw a plain file; O_NOFOLLOW and the check keep it one if it was swapped meanwhile.
            place = self.root / self._targets.get(path, path)
            descriptor = os.open(place, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
        except OSError:
            self.findings.append(Finding("RP001", Severity.NOTE, "file cannot be read", (Evidence(path),)))
            return None
        with os.fdopen(descriptor, "rb") as stream:
            if not stat.S_ISREG(os.fstat(descriptor).st_mode):
                return None
            data = stream.read(MAXIMUM_BYTES + 1)
        truncated = len(data) > MAXIMUM_BYTES
        text = decode(data[:MAXIMUM_BYTES])
        if text is None:
            return None
        if truncated:
            self.findings.append(
                Finding(
                    "RP004",
                    Severity.NOTE if path.endswith(_BUNDLES) else Severity.WARNING,
                    f"longer than {MAXIMUM_BYTES >> 20} MiB; only its beginning was read",
                    (Evidence(path),),
                )
            )
        return SourceFile(path, text, truncated)


def decode(data: bytes) -> str | None:
    """Text of a file with `\\n` line ends and no BOM, or None when it is binary."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        text = data.decode("utf-16", errors="replace")
    elif b"\0" in data:
        return None
    else:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            if error.end >= len(data) - 3 and error.reason == "unexpected end of data":
                text = data[: error.start].decode("utf-8-sig")  # cut inside a character by the size limit
            else:
                text = data.decode(legacy_encoding(data), errors="replace")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def legacy_encoding(data: bytes) -> str:
    """Western European unless the bytes look like another script: a few accents alone cannot tell cp1252 from cp1250."""
    scripts = ["cp1252", "cp1251", "koi8_r", "cp1253", "shift_jis", "euc_jp", "big5", "gb18030", "euc_kr"]
    best = from_bytes(data[:65536], cp_isolation=scripts).best()
    return best.encoding if best else "cp1252"
