"""Ruby code and settings of its servers: the port that they listen on."""

import re
from collections.abc import Iterator

from toolkit.facts.model import Origin, Port
from toolkit.facts.source.ports import is_own
from toolkit.facts.source.project import Project

RULE = "ruby-port"
# set :port, 4000 of Sinatra; port 9292 and bind "tcp://0.0.0.0:9292" of Puma; listen 8080 of Unicorn.
LISTENS = re.compile(
    r"^[ \t]{0,40}(?:set\s{0,9}\(?\s{0,9}:port\s{0,9},|port|listen|bind)\s{0,9}\(?\s{0,9}"
    r"(?:['\"](?:tcp://)?[\w.*]{0,60}:(\d{2,5})\b|(\d{2,5})\b)",
    re.MULTILINE,
)
CLASSIC = re.compile(r"^[ \t]{0,40}require\s{0,9}\(?['\"]sinatra['\"]", re.MULTILINE)
SINATRA_PORT = 4567  # https://sinatrarb.com/configuration.html, reviewed 2026-11-21


def read(project: Project) -> Iterator[Port]:
    """What is named; else Sinatra's own port, for a script that starts it."""
    for file in project.code(".rb", ".ru"):
        match = LISTENS.search(file.text)
        if match and is_own(number := int(match[1] or match[2])):
            place = file.at(file.line_of(match.end()), rule=RULE)
            yield Port(number=number, evidence=place, origin=Origin.CONVENTION, confidence=0.8)
        elif classic := CLASSIC.search(file.text):
            place = file.at(file.line_of(classic.end()), rule=RULE)
            yield Port(number=SINATRA_PORT, evidence=place, origin=Origin.CONVENTION, confidence=0.5)
