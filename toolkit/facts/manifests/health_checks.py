"""Health checks of containers: the address on the same machine that one asks, as curl, wget or a script is given it."""

import re
from collections.abc import Iterator

from toolkit.facts.model import EntryPoint, Origin
from toolkit.findings import Evidence

ASKED = re.compile(
    r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\])(?::[\w${}:-]{1,60})?"
    r"(?P<path>/[\w.~%@+,/-]{0,200})?(?=$|[\s'\"`,;|&)\]?#])"
)


def read(test: str, place: Evidence, confidence: float, directory: str = "") -> Iterator[EntryPoint]:
    """The path that `test` asks, from the text of a HEALTHCHECK or a compose file's healthcheck."""
    if match := ASKED.search(test[:4000]):
        yield EntryPoint(
            kind="health_path",
            value=match["path"] or "/",
            directory=directory,
            evidence=place,
            origin=Origin.RUNNING,
            confidence=confidence,
        )
