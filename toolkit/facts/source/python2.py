"""Code that only Python 2 can read, or that loads what only Python 2 has, says which Python is meant."""

import re
from collections.abc import Iterator

from toolkit.facts.manifests.python_syntax import parse
from toolkit.facts.model import Fact, Origin, Runtime
from toolkit.facts.source.project import Project

RULE = "python-2"
MARKS = re.compile(
    r"^[ \t]{0,40}(?:print[ \t]+(?:['\"]|[A-Za-z_][\w.]{0,60}[ \t]*(?:,|%|$))|except[ \t]+[\w.()]{1,80}[ \t]*,[ \t]*\w{1,40}[ \t]*:"
    r"|raise[ \t]+[\w.]{1,80}[ \t]*,[ \t])",
    re.MULTILINE,
)
# Modules of the library that Python 3 has under other names, loaded whatever happens: not in a `try` or an `if`.
# https://peps.python.org/pep-3108/#renamed-modules (2026-11-22)
_MODULES = "__builtin__|BaseHTTPServer|cPickle|cStringIO|ConfigParser|HTMLParser|SimpleHTTPServer|SocketServer|StringIO|cookielib|htmlentitydefs|httplib|urllib2|urlparse|xmlrpclib"
LOADS = re.compile(
    rf"^(?:from[ \t]{{1,4}}({_MODULES})[ \t]|import[ \t]{{1,4}}(?:[\w.]{{1,80}}[ \t]{{0,4}},[ \t]{{0,4}}){{0,20}}({_MODULES})\b)",
    re.MULTILINE,
)
ENOUGH = 40  # files that are looked at more closely


def read(project: Project) -> Iterator[Fact]:
    homes: set[str] = set()
    looked = 0
    own = {path.rpartition("/")[2].removesuffix(".py") for path in project.tree.paths if path.endswith(".py")}
    for file in project.code(".py"):
        home = project.places.home(file.path)
        if home in homes or looked >= ENOUGH:
            continue
        loads = next((m for m in LOADS.finditer(file.text) if (m[1] or m[2]) not in own), None)
        match = loads or MARKS.search(file.text)
        if not match:
            continue
        looked += 1
        if loads or parse(file.text) is None:
            homes.add(home)
            place = file.at(file.line_of(match.start()), rule=RULE)
            yield Runtime(
                name="python", version="2.7", constraint="<3", evidence=place, origin=Origin.CONVENTION, confidence=0.8
            )
