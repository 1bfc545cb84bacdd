"""Servers that listen on the loopback address alone: what runs in a container answers nobody outside it then.

Only an address that is written as the argument stands for this; one that a variable may replace is the plan's to set.
"""

import re
from collections.abc import Iterator, Mapping

from toolkit.facts.source.project import Project
from toolkit.findings import Finding, Severity

RULE = "loopback"
_ADDRESS = r"(?:127\.0\.0\.1|localhost|::1)"
# http.ListenAndServe("127.0.0.1:8080", …) and Start("localhost:8080") of Echo; server.listen(8080, '127.0.0.1');
# web.run_app(app, host="127.0.0.1"), make_server("localhost", 8080, app): servers that nothing replaces.
LISTENS: Mapping[str, re.Pattern[str]] = {
    ".go": re.compile(
        rf"(?:ListenAndServe(?:TLS)?|\.(?:Run|Start|Listen)|net\.Listen)\(\s{{0,20}}(?:\"tcp4?\",\s{{0,20}})?\"{_ADDRESS}:\d{{0,5}}\""
    ),
    ".js": re.compile(rf"\.listen\([^()\n]{{1,100}},\s{{0,20}}['\"]{_ADDRESS}['\"]"),
    ".ts": re.compile(rf"\.listen\([^()\n]{{1,100}},\s{{0,20}}['\"]{_ADDRESS}['\"]"),
    ".py": re.compile(rf"\b(?:run_app|make_server|serve|HTTPServer)\([^()\n]{{0,100}}\(?['\"]{_ADDRESS}['\"]"),
}


def read(project: Project) -> Iterator[Finding]:
    """RP083, once for each file."""
    for ending, pattern in LISTENS.items():
        for file in project.code(ending):
            if match := pattern.search(file.text):
                yield Finding(
                    "RP083",
                    Severity.WARNING,
                    "the code listens on this host's loopback address alone: in a container it would answer nobody",
                    (file.at(file.line_of(match.start()), rule=RULE),),
                    "let it listen on 0.0.0.0, or on an address from a variable or an option that the start command sets",
                )
