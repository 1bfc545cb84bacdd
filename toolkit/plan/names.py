"""Names of services, made from what people wrote."""

import re
from collections.abc import Container

_OTHER = re.compile(r"[^a-z0-9]+")
_LONGEST = 24  # with the application's name in front it still fits the 32 characters of a target group's name


def valid_name(text: str) -> str:
    """Lower case letters, digits and hyphens, at most 24 characters; empty when nothing of the text is left."""
    name = re.sub(r"^[0-9-]+", "", _OTHER.sub("-", text.lower()))[:_LONGEST].strip("-")
    return name if len(name) > 1 else ""


def unique_name(name: str, taken: Container[str]) -> str:
    """The name, with a number behind it when it is taken."""
    number, candidate = 2, name
    while candidate in taken:
        candidate = f"{name[: _LONGEST - 3]}-{number}"
        number += 1
    return candidate
