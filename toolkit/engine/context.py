"""Build contexts: a source tree as the tar archive that an engine takes.

The classic builder knows no `Dockerfile.dockerignore`, and a source tree can be hostile, so the archive is made here:
nothing outside the tree gets into it, whatever links say.
"""

import io
import os
import posixpath
import stat
import tarfile
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from toolkit.engine.ignore import IgnoreRules
from toolkit.errors import BadInputError

# The engine takes both out of the context again, as the ignore file beside the Dockerfile tells it.
DOCKERFILE = ".replatform.Dockerfile"
_IGNORE = ".dockerignore"
MAXIMUM_BYTES = 4 << 30
_IN_MEMORY = 16 << 20


@dataclass
class Context:
    """An archive at its start, how much is in it, and what was left out although no pattern says so."""

    archive: IO[bytes]
    files: int = 0
    total_bytes: int = 0
    left_out: list[str] = field(default_factory=list)


@contextmanager
def build_context(source: Path, dockerfile: str, ignore: str) -> Iterator[Context]:
    """A source tree without what `ignore` (a .dockerignore's text) leaves out.

    Links stay links, and those that lead out of the context are left out. Owners become root, as the docker command
    makes them. Raises BadInputError when the folder is missing, or for more than 4 GiB.
    """
    if not source.is_dir():
        raise BadInputError("no such folder", where=str(source), to_do="name the source with --source")
    with tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY) as file:
        context = Context(file)
        with tarfile.open(fileobj=file, mode="w", format=tarfile.PAX_FORMAT) as archive:
            _add_folder(archive, source.resolve(), "", IgnoreRules(ignore), context)
            _add_text(archive, DOCKERFILE, dockerfile)
            _add_text(archive, _IGNORE, f"{DOCKERFILE}\n{_IGNORE}\n")
        file.seek(0)
        yield context


def _add_folder(archive: tarfile.TarFile, folder: Path, prefix: str, rules: IgnoreRules, context: Context) -> None:
    for entry in sorted(os.scandir(folder), key=lambda entry: entry.name):
        path = prefix + entry.name
        if path in (DOCKERFILE, _IGNORE):
            continue
        ignored = rules.ignores(path)
        is_folder = entry.is_dir(follow_symlinks=False)
        if ignored and not (is_folder and rules.takes_back):
            continue
        try:
            path.encode()
        except UnicodeEncodeError:
            context.left_out.append(ascii(path) + ": its name is not UTF-8")
            continue
        status = entry.stat(follow_symlinks=False)
        info = tarfile.TarInfo(path)
        info.mode, info.mtime = stat.S_IMODE(status.st_mode), int(max(status.st_mtime, 0))
        if is_folder:
            if not ignored:
                info.type = tarfile.DIRTYPE
                archive.addfile(info)
            _add_folder(archive, Path(entry.path), path + "/", rules, context)
        elif entry.is_symlink():
            _add_link(archive, info, str(Path(entry.path).readlink()), context)
        elif entry.is_file(follow_symlinks=False):
            _add_file(archive, info, entry.path, context)
        else:
            context.left_out.append(f"{path}: a socket, pipe or device")


def _add_link(archive: tarfile.TarFile, info: tarfile.TarInfo, target: str, context: Context) -> None:
    landing = posixpath.normpath(posixpath.join(posixpath.dirname(info.name), target))
    if target.startswith("/") or landing == ".." or landing.startswith("../"):
        context.left_out.append(f"{info.name}: a link out of the source")
        return
    info.type, info.linkname = tarfile.SYMTYPE, target
    archive.addfile(info)
    context.files += 1


def _add_file(archive: tarfile.TarFile, info: tarfile.TarInfo, path: str, context: Context) -> None:
    # Not through a link that took the file's place since the folder was read.
    descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK)
    with os.fdopen(descriptor, "rb") as file:
        info.size = os.fstat(file.fileno()).st_size
        context.files += 1
        context.total_bytes += info.size
        if context.total_bytes > MAXIMUM_BYTES:
            raise BadInputError(
                "the build context is larger than 4 GiB",
                where=info.name,
                to_do="leave out what the image does not need, in services/<service>/Dockerfile.dockerignore",
            )
        archive.addfile(info, file)


def _add_text(archive: tarfile.TarFile, name: str, text: str) -> None:
    data = text.encode()
    info = tarfile.TarInfo(name)
    info.size = len(data)
    archive.addfile(info, io.BytesIO(data))
