"""Hosts, and folders of the present host, that values of variables and options of commands name."""

import re
from collections.abc import Sequence
from itertools import pairwise, zip_longest

_HOST_IN_VALUE = re.compile(
    r"(?:^|://(?:[^/@\s]{1,80}@)?|[=,;\s])((?:[a-z0-9-]{1,63}\.){1,8}[a-z]{2,24}|localhost|\d{1,3}(?:\.\d{1,3}){3})(?=$|[:/;,\s])",
    re.IGNORECASE,
)
# What lies in a `bin` is a program.
HOST_FOLDER = re.compile(r"(?!.*/s?bin(?:/|$))/(?:var|srv|opt|home|data|mnt|usr/local|tmp)/[\w./-]*")
# `--schedule /var/run/beat`, which need not look like a file.
_OPTION_OF_A_FILE = re.compile(r"^-+\w*(?:log|pid|schedule|sock)")
_QUOTED = re.compile(r"[\"'](/[\w./-]{1,200})[\"']")  # of `shop:app(root="/srv/packages")`
# Anybody may write there as it is.
EVERYBODYS = ("/tmp", "/var/tmp")
# `app.py` reads like a host in Paraguay, and is a file.
_FILE = re.compile(
    r"(?i)[\w./-]+\.(?:py|js|mjs|cjs|ts|json|ya?ml|toml|ini|conf|cfg|env|xml|properties|php|rb|pl|sh|jar|war|pem|key|crt|cer|p12|jks|sock|log|txt|md|html?|db|sqlite3?|sql)"
)
# `config.Production` is a class of the code.
_CLASS = re.compile(r"[a-z_][\w.]*\.(?:[A-Z][a-z]+\w*)")


def hosts_in(value: str) -> list[str]:
    """The hosts that a value names, `localhost` among them."""
    return [] if _FILE.fullmatch(value) or _CLASS.fullmatch(value) else _HOST_IN_VALUE.findall(value)


def remote_hosts_in(value: str) -> list[str]:
    """The hosts that a value names, but for this one."""
    return [host for host in hosts_in(value) if not host.startswith(("localhost", "127."))]


def host_folder(path: str) -> str:
    """The folder that a path of a host names, or that holds the file which it names."""
    above, _, last = path.rstrip("/").rpartition("/")
    return above if "." in last[1:] else path.rstrip("/")


def folders_in(command: Sequence[str]) -> list[str]:
    """Folders of a host that a start command names: `--data /srv/shop/data`, `--data=/srv/shop/data`, `run /home/app/packages`."""
    options = [pair for pair in zip_longest(command, command[1:], fillvalue="") if pair[0][:1] == "-"]
    values = (word.partition("=")[2] or following for word, following in options if not _OPTION_OF_A_FILE.search(word))
    alone = [
        word
        for before, word in pairwise(command)
        if word[:1] == "/" and before[:1] != "-" and "." not in word.rpartition("/")[2]
    ]
    alone += [match for word in command for match in _QUOTED.findall(word)]
    found = dict.fromkeys(host_folder(value) for value in (*values, *alone) if HOST_FOLDER.fullmatch(value))
    return [folder for folder in found if folder not in EVERYBODYS]
