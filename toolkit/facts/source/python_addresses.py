"""Where a server of Python listens by constants of its own: `HTTP_HOST = "localhost"` with `HTTP_PORT = 8181` beside it, also
as entries of a table of settings, `'HTTP_HOST': (str, 'General', 'localhost')`."""

import re
from collections.abc import Iterator

from toolkit.facts.file_names import is_for_developers
from toolkit.facts.model import Fact, Origin, Port
from toolkit.facts.source.loopback import changed_by_sed
from toolkit.facts.source.ports import is_own
from toolkit.facts.source.project import Project

RULE = "python-address"
_NAMES = r"(?:(?:BIND|DEF|DEFAULT|HTTP|LISTEN|SERVER|WEB)_){0,2}"
_ADDRESSES = r"127\.0\.0\.1|localhost|0\.0\.0\.0"
_HOST = re.compile(
    rf"^[ \t]{{0,8}}(['\"]?)(?P<names>{_NAMES})HOST\1\s{{0,8}}[:=][^#\n]{{0,80}}?['\"](?P<address>{_ADDRESSES})['\"]",
    re.MULTILINE,
)
_PORT = re.compile(
    rf"^[ \t]{{0,8}}(['\"]?)(?P<names>{_NAMES})PORT\1\s{{0,8}}[:=][^#\n]{{0,80}}?\b(?P<port>\d{{2,5}})\b", re.MULTILINE
)
# `bind = "0.0.0.0:8080"`, https://docs.gunicorn.org/en/stable/settings.html#bind, and as an entry of a table of settings.
_BOTH = re.compile(
    r"^[ \t]{0,12}\(?(['\"]?)(?:\w{1,20}_)?(?:bind|listen)\1\s{0,8}[:=,][^#\n]{0,40}?['\"]0\.0\.0\.0:(?P<port>\d{2,5})['\"]",
    re.MULTILINE,
)


def read(project: Project) -> Iterator[Fact]:
    """The port, and the loopback address as `loopback`, the path and how sed changes it."""
    for file in project.code(".py"):
        if is_for_developers(file.path):
            continue
        both = _BOTH.search(file.text) if "0.0.0.0:" in file.text else None
        if both and is_own(int(both["port"])):
            place = file.at(file.line_of(both.start("port")), rule=RULE)
            yield Port(number=int(both["port"]), evidence=place, origin=Origin.CONVENTION, confidence=0.85)
        if "HOST" not in file.text or "PORT" not in file.text:
            continue
        ports = {match["names"]: int(match["port"]) for match in _PORT.finditer(file.text)}
        for match in _HOST.finditer(file.text):
            port = ports.get(match["names"], 0)
            if not is_own(port) or "env" in match[0].lower():  # a variable says it
                continue
            place = file.at(file.line_of(match.start("names")), rule=RULE)
            yield Port(number=port, evidence=place, origin=Origin.CONVENTION, confidence=0.85)
            if match["address"] != "0.0.0.0":
                address = re.escape(match["address"])
                detail = rf"/^\W*{match['names']}HOST\b/s/{address}/0.0.0.0/"
                yield changed_by_sed(place, detail)
