"""Folders that come from other repositories of git, and are not here.

https://git-scm.com/docs/gitmodules and https://git-scm.com/docs/git-submodule; a source action of CodePipeline hands on a copy
of the commit alone: https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html
(reviewed 2026-11-22)
"""

import re
from collections.abc import Iterator

from toolkit.facts.source.project import Project
from toolkit.findings import Finding, Severity, in_words

RULE = "git-submodule"
_PATH = re.compile(r"^[ \t]{0,20}path[ \t]{0,9}=[ \t]{0,9}\"?([\w./ +@-]{1,200}?)\"?[ \t\r]{0,9}$", re.MULTILINE)
_MOST_NAMED = 5


def read(project: Project) -> Iterator[Finding]:
    """Finding RP094, for the submodules that are empty."""
    file = project.tree.read(".gitmodules") if ".gitmodules" in project.tree else None
    paths = {match[1].strip("/"): file.line_of(match.start(1)) for match in _PATH.finditer(file.text)} if file else {}
    absent = {path: line for path, line in paths.items() if path not in project.folders}
    if file and absent:
        named = in_words(absent, _MOST_NAMED)
        yield Finding(
            "RP094",
            Severity.WARNING,
            f"{named}: a git submodule that is empty here, and in what CodePipeline hands to the build",
            tuple(file.at(line, rule=RULE) for line in list(absent.values())[:_MOST_NAMED]),
            "convert a clone made with `git clone --recurse-submodules`, and commit the files to the repository that the"
            " pipeline builds, unless the application runs without them",
        )
