"""Programs that a Go module is built into: their names, and which of them a command of the host means."""

import re
from collections.abc import Mapping
from pathlib import PurePosixPath

from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.recognition import Folder

_MODULE = re.compile(r"^module\s{1,20}\"?([\w./~-]{1,200})", re.MULTILINE)
_NAME = re.compile(r"[A-Za-z0-9][\w.-]{0,60}")
_VERSION = re.compile(r"v\d+")
_OWN = ("./", "bin/", "/app/")


def program_of_package(package: str, folder: Folder, tree: SourceTree) -> str:
    """What `go build -o FOLDER/` names the program of a main package: the last part of its folder, or of the module's path
    without its version, for the one at the top (https://pkg.go.dev/cmd/go#hdr-Compile_packages_and_dependencies)."""
    parts = [part for part in package.split("/") if part != "."]
    if not parts:
        manifest = tree.read("/".join(part for part in (folder.directory, "go.mod") if part))
        match = _MODULE.search(manifest.text) if manifest else None
        parts = match[1].split("/") if match else []
        if len(parts) > 1 and _VERSION.fullmatch(parts[-1]):
            parts.pop()
    name = parts[-1] if parts else ""
    return name if _NAME.fullmatch(name) else "server"


def in_image(
    argv: tuple[str, ...], entry_points: Mapping[str, str], files: SourceTree, directory: str
) -> tuple[str, ...]:
    """A command that starts what the host compiled, `./shop --verbose`, with the program that the image has instead; one
    that starts a file of the source tree stays as it is."""
    program = entry_points.get("go_program")
    if not program or not argv or not (argv[0].startswith(_OWN) or PurePosixPath(argv[0]).name == program):
        return argv
    path = argv[0].removeprefix("/app/").removeprefix("./")
    if "/".join(part for part in (directory, path) if part) in files:
        return argv
    return (f"/app/bin/{program}", *argv[1:])
