"""The image that `docker run` is given, and the datastore in it."""

import re
from collections.abc import Sequence
from itertools import pairwise

from toolkit.catalog.readme_rules import ReadmeRules

# Options of `docker run` that no value follows: https://docs.docker.com/reference/cli/docker/container/run/
_WITHOUT_VALUE = re.compile(
    r"-[ditP]{1,4}$|--(?:detach|tty|interactive|rm|privileged|init|read-only|publish-all)$|--\w[\w-]*="
)
_VERSION = re.compile(r":v?(\d{1,4}(?:\.\d{1,4}){0,2})")


def datastore_run(words: Sequence[str], rules: ReadmeRules) -> tuple[str, str | None] | None:
    """The engine and version that `docker run` starts (postgres:15, mcr.microsoft.com/mssql/server), or None."""
    positional = [
        word
        for before, word in pairwise(words)
        if not word.startswith("-") and (not before.startswith("-") or _WITHOUT_VALUE.match(before))
    ]
    image = positional[1].lower() if len(positional) > 1 else ""
    engines = rules.vocabulary["datastore"][1]
    engine = next((engines[part] for part in re.split(r"[/:]", image) if part in engines), None)
    version = _VERSION.search(image)
    return (engine, version[1] if version else None) if engine else None
