"""Names of services, made from what people wrote."""

import hashlib
import re
from collections.abc import Container, Sequence

_OTHER = re.compile(r"[^a-z0-9]+")
_LONGEST = 24  # with the application's name in front it still fits the 32 characters of a target group's name

_LONGEST_USER = 32  # https://dev.mysql.com/doc/refman/8.4/en/user-names.html (2026-11-21)


def valid_name(text: str) -> str:
    """Lower case letters, digits and hyphens, at most 24 characters, cut off between words; empty when nothing of the text is left."""
    name = re.sub(r"^[0-9-]+", "", _OTHER.sub("-", text.lower())).strip("-")
    if len(name) > _LONGEST:  # whole words, where that leaves more than half of it
        whole = name[: _LONGEST + 1].rpartition("-")[0]
        name = whole if len(whole) > _LONGEST // 2 else name[:_LONGEST].strip("-")
    return name if len(name) > 1 else ""


def database_username(application: str, service: str) -> str:
    """The name of a service's own user of the database: 32 characters at most, as MySQL allows. On a server that applications share
    no two have the same: two underscores are in no application's name, and a name that is cut off ends in a digest."""
    name = f"{application}__{service}".replace("-", "_")
    return name if len(name) <= _LONGEST_USER else f"{name[:24]}_{hashlib.sha256(name.encode()).hexdigest()[:7]}"


def own_parts(names: Sequence[str]) -> list[str]:
    """Names with dots without what all begin with: Example.Shop.Web and Example.Shop.Api are Web and Api."""
    split = [name.split(".") for name in names]
    shared = 0
    while len(split) > 1 and all(len(parts) > shared + 1 and parts[shared] == split[0][shared] for parts in split):
        shared += 1
    return [".".join(parts[shared:]) for parts in split]


def unique_name(name: str, taken: Container[str]) -> str:
    """The name, with a number behind it when it is taken."""
    number, candidate = 2, name
    while candidate in taken:
        candidate = f"{name[: _LONGEST - 3]}-{number}"
        number += 1
    return candidate
