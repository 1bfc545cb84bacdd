"""Files of settings that servers are told: those that only the host has go, and what they say of the host's folders gives way.

Options of a command line stand above them: https://docs.gunicorn.org/en/stable/configure.html (2026-11-22)
"""

import posixpath
import re
from collections.abc import Sequence

from toolkit.catalog.servers import Server, Servers
from toolkit.inventory.source_tree import SourceFile, SourceTree
from toolkit.plan.app_folder import APP_FOLDER


def with_files_there(
    argv: tuple[str, ...], servers: Servers, tree: SourceTree, places: Sequence[str]
) -> tuple[str, ...]:
    """A server's command without the options that name a file which only the host has, `-c /etc/shop/gunicorn.py`, and with
    those that say otherwise than a file which the source has at one of the `places`."""
    server = servers.server(argv)
    for option in server.files if server else ():
        place = argv.index(option) + 1 if option in argv[:-1] else 0
        if not place or server is None:
            continue
        file = _file(argv[place], tree, places)
        if file:
            argv = _above(argv, server, file)
        elif argv[place].startswith("/"):
            argv = (*argv[: place - 1], *argv[place + 1 :])
    return argv


def _file(word: str, tree: SourceTree, places: Sequence[str]) -> SourceFile | None:
    path = word.removeprefix("python:").removeprefix(APP_FOLDER + "/")
    below = (posixpath.normpath(posixpath.join(place, path)) for place in places)
    return next((tree.read(path) for path in below if path in tree.paths), None)


def _above(argv: tuple[str, ...], server: Server, file: SourceFile) -> tuple[str, ...]:
    """The command with an option for each setting of the file that names a file of the host."""
    for setting, option in server.settings_of_host.items():
        named = re.search(rf"^{setting}[ \t]{{0,20}}=[ \t]{{0,20}}(?!['\"]-['\"]|None\b)\S", file.text, re.MULTILINE)
        if named and option[0] not in argv:
            argv = (*argv[: server.positional], *option, *argv[server.positional :])
    return argv
