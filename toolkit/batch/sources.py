"""The source of a repository: fetched by git with nothing of the repository running here, and its digest."""

import hashlib
import os
import subprocess
from pathlib import Path

from toolkit.batch.manifest import Repository
from toolkit.errors import BadInputError, TemporaryError
from toolkit.facts.secrets import masked
from toolkit.inventory.source_tree import MAXIMUM_BYTES, SourceTree

# No hooks, no filters, no submodules, no other helper programs: https://git-scm.com/docs/git-config (2026-11-21)
_SAFE = (
    "core.hooksPath=/dev/null", "core.fsmonitor=false", "submodule.recurse=false", "fetch.recurseSubmodules=false",
    "filter.lfs.smudge=", "filter.lfs.process=", "filter.lfs.required=false", "core.symlinks=false", "gc.auto=0",
)  # fmt: skip


def fetch(repository: Repository, folder: Path, *, mirror: Path | None, timeout_seconds: float) -> None:
    """One revision, without history, into a new folder.

    Only https:// and ssh:// are fetched from, and folders below `mirror` where one is given.
    Raises BadInputError for another URL, TemporaryError when git fails.
    """
    local = _below(repository.git, mirror)
    if not local and not repository.git.startswith(("https://", "ssh://")):
        raise BadInputError(
            f"will not fetch from {repository.git!r}", to_do="use https:// or ssh://, or --git-mirror DIR"
        )
    environment = os.environ | {
        "GIT_ALLOW_PROTOCOL": "file" if local else "https:ssh",
        "GIT_TERMINAL_PROMPT": "0",
        "GIT_SSH_COMMAND": "ssh -o BatchMode=yes",
        "GIT_CONFIG_NOSYSTEM": "1",
    }
    git = ["git", *(part for setting in _SAFE for part in ("-c", setting)), "-C", str(folder)]
    folder.mkdir(parents=True)
    for arguments in (
        ["init", "--quiet", "--template="],
        ["fetch", "--quiet", "--depth=1", "--no-tags", "--no-recurse-submodules", "--", local or repository.git, repository.revision],
        ["checkout", "--quiet", "--no-recurse-submodules", "FETCH_HEAD"],
    ):  # fmt: skip
        try:
            subprocess.run([*git, *arguments], check=True, capture_output=True, env=environment, timeout=timeout_seconds, stdin=subprocess.DEVNULL)  # fmt: skip
        except subprocess.TimeoutExpired:
            raise TemporaryError(f"git {arguments[0]}: no end after {timeout_seconds:g} s") from None
        except FileNotFoundError:
            raise TemporaryError("git is not installed") from None
        except subprocess.CalledProcessError as error:
            said = error.stderr.decode("utf-8", "replace").strip().splitlines()
            # What went wrong stands first, advice after it.
            cause = next((text for text in said if not text.startswith("warning:")), "failed")
            raise TemporaryError(f"git {arguments[0]}: {masked(cause)[:300]}", where=repository.source) from None


def _below(url: str, mirror: Path | None) -> str:
    """The folder a path names, when it lies below the mirror; empty otherwise."""
    if mirror and url.startswith("/"):
        folder = Path(url).resolve()
        if folder.is_relative_to(mirror.resolve()):
            return str(folder)
    return ""


def content_digest(folder: Path, leave_out: dict[str, str]) -> str:
    """SHA-256 over the names and contents of what a conversion would read of a folder."""
    digest = hashlib.sha256()
    tree = SourceTree.open(folder, leave_out)
    for path in tree.paths:
        try:
            with (tree.root / path).open("rb") as stream:
                data = stream.read(MAXIMUM_BYTES + 1)
        except OSError:
            data = b"\0unreadable"
        digest.update(f"{path}\0{len(data)}\0".encode() + data)
    return digest.hexdigest()
