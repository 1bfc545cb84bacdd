"""Environment variables as facts: the name checked, the example kept only where it is no secret."""

import re
from typing import Any

from toolkit.facts.manifests.addresses import without_login
from toolkit.facts.model import EnvironmentVariable, Origin
from toolkit.facts.secrets import looks_secret
from toolkit.findings import Evidence

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
LONGEST_EXAMPLE = 500
# What somebody has to choose from, or a script to fill in, is no value: DEBUG=true|false, MAIL_HOST={{MAIL_HOST}}
_OPEN = re.compile(
    r"(?i)(?:true|false|yes|no|on|off|[01])(?:\s?\|\s?(?:true|false|yes|no|on|off|[01])){1,3}|\{\{\s?[\w.-]{1,60}\s?\}\}"
)


def variable(
    name: str, value: str | None, evidence: Evidence, *, origin: Origin = Origin.RUNNING, **more: Any
) -> EnvironmentVariable | None:
    """The fact, or None for a name that no environment variable can have. A secret's value is left out."""
    if not NAME.fullmatch(name):
        return None
    secret = looks_secret(name, value)
    example = None if secret or value is None else printable(value)
    address = without_login(value) if secret and value else ""
    return EnvironmentVariable(
        name=name, example=example, secret=secret, address=address, evidence=evidence, origin=origin, **more
    )


def printable(value: str) -> str | None:
    """The value when it is one printable line of reasonable length, and neither a choice nor to be filled in."""
    plain = len(value) <= LONGEST_EXAMPLE and value.isprintable() and not _OPEN.fullmatch(value)
    return value if plain else None
