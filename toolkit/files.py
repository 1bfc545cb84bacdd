"""Writing generated files: atomically, inside one folder, keeping what people edited.

What was generated last is kept in one deterministic file, `.replatform/generated.json` (path to text), so that an edited
file can be merged three ways: generated last, generated now, and as a person left it.
"""

import contextlib
import difflib
import json
import tempfile
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from toolkit.errors import BadInputError
from toolkit.findings import Evidence, Finding, Severity

BASE = ".replatform/generated.json"
OURS, THEIRS = "<<<<<<< your edit", ">>>>>>> generated"


@dataclass
class Written:
    """What a run did, by path: `changed` counts created and updated files; `merged` ones keep a person's edits."""

    created: list[str] = field(default_factory=list)
    updated: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    merged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    findings: list[Finding] = field(default_factory=list)


def last_generated(folder: Path) -> dict[str, str]:
    """Path to text of what was generated last; empty for a new folder. Raises BadInputError when it was damaged."""
    path = folder / BASE
    if not path.is_file() or path.is_symlink():
        return {}
    try:
        base = json.loads(path.read_text(encoding="utf-8"))
    except (ValueError, RecursionError) as error:
        raise BadInputError(
            f"not JSON: {error}", where=BASE, to_do="restore it from version control, or delete it to give up merging"
        ) from None
    if not isinstance(base, dict) or not all(isinstance(text, str) for text in base.values()):
        raise BadInputError("not a mapping of paths to texts", where=BASE, to_do="restore it from version control")
    return base


@dataclass(frozen=True, slots=True)
class Regeneration:
    """What a run would do: `texts` to be put into place, by path, and what `Written` says about them."""

    written: Written
    texts: dict[str, str]

    def before_and_after(self, folder: Path) -> dict[str, tuple[str, str]]:
        """Path to text on the disk and text as it would be, for every file that changes; empty where there is none."""
        texts = self.texts | dict.fromkeys(self.written.removed, "")
        return {path: (_read(folder / path) or "", text) for path, text in sorted(texts.items())}


def edited(folder: Path) -> set[str]:
    """The paths of generated files that people have changed since."""
    return {path for path, text in last_generated(folder).items() if _read(folder / path) not in (None, text)}


def write(
    folder: Path, texts: Mapping[str, str], *, edited: Mapping[str, str] | None = None, partly: bool = False
) -> Written:
    """Writes the texts below the folder, as `regenerate` says. Every text is staged before the first one is moved into
    place. Raises BadInputError for a path that leaves the folder.
    """
    regeneration = regenerate(folder, texts, edited=edited, partly=partly)
    if regeneration.texts or regeneration.written.removed:
        _replace(folder, regeneration.texts, regeneration.written.removed)
    return regeneration.written


def put(folder: Path, texts: Mapping[str, str]) -> None:
    """Writes texts that people own as they stand, all of them or none. Raises BadInputError for a path that leaves the
    folder."""
    for path in texts:
        _check(folder, path)
    _replace(folder, texts, ())


def regenerate(
    folder: Path, texts: Mapping[str, str], *, edited: Mapping[str, str] | None = None, partly: bool = False
) -> Regeneration:
    """What writing the texts below the folder would do; nothing is written. A file that a person edited is merged; where
    both changed, the file gets conflict markers and the result a finding. A file that is generated no longer is removed
    unless it was edited.

    `edited` are files as a person wants them, in place of what is on the disk; `partly` leaves files alone that are not
    among the texts. Raises BadInputError for a path that leaves the folder.
    """
    written = Written()
    base = last_generated(folder)
    wanted: dict[str, str] = {}
    for path, text in sorted(texts.items()):
        _check(folder, path)
        current = _read(folder / path)
        if edited and path in edited:
            if edited[path] == current:
                written.unchanged.append(path)
            else:
                (written.created if current is None else written.updated).append(path)
                wanted[path] = edited[path]
            continue
        merged = text
        if current is None:
            written.created.append(path)
        elif current == text:
            written.unchanged.append(path)
            continue
        elif path not in base or current == base[path]:
            if path not in base:
                written.findings.append(
                    Finding(
                        "RP070",
                        Severity.WARNING,
                        "replaced a file that was there before and was not generated by us",
                        (Evidence(path),),
                        "compare with version control",
                    )
                )
            written.updated.append(path)
        else:
            merged, conflicts = merge(base[path], current, text)
            if merged == current:
                written.unchanged.append(path)
                continue
            written.merged.append(path)
            if conflicts:
                written.findings.append(
                    Finding(
                        "RP071",
                        Severity.ERROR,
                        f"{conflicts} conflict(s) between your edit and what is generated now",
                        (Evidence(path),),
                        "resolve the markers, then run again",
                    )
                )
        wanted[path] = merged
    kept = {path: text for path, text in base.items() if path not in texts} if partly else {}
    for path in sorted(set(base) - set(texts) - set(kept)):
        _check(folder, path)
        current = _read(folder / path)
        if current is not None and current == base[path]:
            written.removed.append(path)
        elif current is not None:
            written.findings.append(
                Finding(
                    "RP072",
                    Severity.WARNING,
                    "no longer generated, but edited by hand, so it stays",
                    (Evidence(path),),
                    "delete it when it is not needed",
                )
            )
    generated = kept | dict(texts)
    if wanted or written.removed or base != generated:
        wanted[BASE] = json.dumps(dict(sorted(generated.items())), indent=0, ensure_ascii=False) + "\n"
        _check(folder, BASE)
    return Regeneration(written, wanted)


def _replace(folder: Path, texts: Mapping[str, str], removed: Iterable[str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".replatform-", dir=folder) as staging:
        staged = []
        for number, (path, text) in enumerate(texts.items()):
            temporary = Path(staging) / str(number)
            temporary.write_bytes(text.encode())
            staged.append((temporary, folder / path))
        for parent in dict.fromkeys(target.parent for _, target in staged):
            parent.mkdir(parents=True, exist_ok=True)
        for temporary, target in staged:
            temporary.replace(target)
    for path in removed:
        (folder / path).unlink()
        with contextlib.suppress(OSError):  # the folder has other files
            (folder / path).parent.rmdir()


def _check(folder: Path, path: str) -> None:
    """Refuses what is not a plain relative path, or leads through a link."""
    parts = path.split("/")
    if path.startswith("/") or any(part in ("", ".", "..") for part in parts):
        raise BadInputError(f"not a path below the output folder: {path}")
    place = folder
    for part in parts:
        place /= part
        if place.is_symlink():
            raise BadInputError(
                f"will not write through the link {place.relative_to(folder)}",
                to_do="remove the link, or choose another --out",
            )
    if place.is_dir():
        raise BadInputError(f"{path} is a folder, and a file is to be written there", to_do="choose another --out")


def _read(path: Path) -> str | None:
    try:
        return path.read_bytes().decode("utf-8")
    except FileNotFoundError:
        return None
    except NotADirectoryError:
        raise BadInputError(
            f"{path.parent.name} is a file, and a folder is needed there", to_do="choose another --out"
        ) from None
    except UnicodeDecodeError:
        return "\0"  # a binary file in the place of ours: not equal to any text


def merge(base: str, ours: str, theirs: str) -> tuple[str, int]:
    """Three-way merge by lines: `ours` (a person's) and `theirs` (generated now) since `base`; the text and how many
    places conflict, those with markers around both sides."""
    old, mine, new = (text.splitlines(keepends=True) for text in (base, ours, theirs))
    result: list[str] = []
    conflicts = 0
    at_old = at_mine = at_new = 0
    for start, mine_start, new_start, length in _common(old, mine, new):
        was, left, right = old[at_old:start], mine[at_mine:mine_start], new[at_new:new_start]
        if left == right or right == was:
            result += left
        elif left == was:
            result += right
        else:
            conflicts += 1
            result += [OURS + "\n", *_ended(left), "=======\n", *_ended(right), THEIRS + "\n"]
        result += old[start : start + length]
        at_old, at_mine, at_new = start + length, mine_start + length, new_start + length
    return "".join(result), conflicts


def conflicts(merged: str) -> str:
    """The conflicts of a merged text as a diff, from a person's lines to those generated now."""
    lines = [f"--- {OURS.partition(' ')[2]}", f"+++ {THEIRS.partition(' ')[2]}"]
    side = ""
    for line in merged.splitlines():
        if line in (OURS, THEIRS) or (line == "=======" and side == "-"):
            side = {OURS: "-", THEIRS: ""}.get(line, "+")
            lines += ["@@"] if line == OURS else []
        elif side:
            lines.append(side + line)
    return "\n".join(lines)


def _common(old: list[str], mine: list[str], new: list[str]) -> list[tuple[int, int, int, int]]:
    """Runs of lines that all three share: where each begins and how long, closed by an empty run at the ends."""
    in_mine = _positions(old, mine)
    in_new = _positions(old, new)
    runs: list[tuple[int, int, int, int]] = []
    for number in range(len(old)):
        if number in in_mine and number in in_new:
            if runs:
                start, mine_start, new_start, length = runs[-1]
                if (start + length, mine_start + length, new_start + length) == (
                    number,
                    in_mine[number],
                    in_new[number],
                ):
                    runs[-1] = (start, mine_start, new_start, length + 1)
                    continue
            runs.append((number, in_mine[number], in_new[number], 1))
    return [*runs, (len(old), len(mine), len(new), 0)]


def _positions(old: list[str], changed: list[str]) -> dict[int, int]:
    matcher = difflib.SequenceMatcher(None, old, changed, autojunk=False)
    return {block.a + i: block.b + i for block in matcher.get_matching_blocks() for i in range(block.size)}


def _ended(lines: list[str]) -> list[str]:
    """Lines that all end, so that a marker after them starts a line."""
    return [*lines[:-1], lines[-1] if lines[-1].endswith("\n") else lines[-1] + "\n"] if lines else []
