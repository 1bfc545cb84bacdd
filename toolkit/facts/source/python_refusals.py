"""A program of Python that ends at once on some versions says which it runs on."""

import re
from collections.abc import Iterator

from toolkit.facts.manifests.versions import lowest
from toolkit.facts.model import Fact, Origin, Runtime
from toolkit.facts.source.project import Project

RULE = "python-refusal"
# `if sys.version_info >= (3, 0) or sys.version_info < (2, 7, 9):`, and what it does then. Code that only Python 2 can read is
# read too, so by its lines. https://docs.python.org/3/library/sys.html#sys.version_info (2026-11-23)
_CHECK = re.compile(
    r"^if[ \t(]{1,9}(sys\.version_info\b[^\n#]{1,200}):[ \t]*(?:#[^\n]{0,200})?\n(?:[ \t]{1,20}[^\n]{0,300}\n){0,5}?"
    r"[ \t]{1,20}(?:raise\b|(?:os\.|sys\.)?_?exit\()",
    re.MULTILINE,
)
_COMPARED = re.compile(
    r"[ (]{0,4}sys\.version_info(?:\[(?:0|:\d)\]|\.major)?[ ]{0,4}(<|>=|!=)[ ]{0,4}\(?[ ]{0,4}(\d{1,2})"
    r"(?:[ ]{0,4},[ ]{0,4}(\d{1,2}))?(?:[ ]{0,4},[ ]{0,4}(\d{1,2}))?[ ]{0,4},?[ )]{0,4}"
)
_ALLOWED = {"<": ">={0}", ">=": "<{0}", "!=": "{0}.*"}


def read(project: Project) -> Iterator[Fact]:
    for file in project.code(".py"):
        home = project.places.home(file.path)
        place = file.path[len(home) :].lstrip("/") if home else file.path
        starts = "/" not in place or file.name in ("__init__.py", "__main__.py")
        match = _CHECK.search(file.text) if starts and "version_info" in file.text else None
        allowed = _allowed(match[1]) if match else ""
        if match and allowed:
            yield Runtime(
                name="python",
                version=lowest(allowed),
                constraint=allowed,
                evidence=file.at(file.line_of(match.start()), rule=RULE),
                origin=Origin.RUNNING,
                confidence=0.9,
            )


def _allowed(refused: str) -> str:
    """The versions that are left, where every comparison of the condition takes some away."""
    found = [_COMPARED.fullmatch(part) for part in refused.split(" or ")]
    versions = [(match[1], ".".join(filter(None, match.groups()[1:]))) for match in found if match]
    if not all(found) or all(sign == "<" and version.startswith("2") for sign, version in versions):
        return ""  # an early Python 2 is refused, and of Python 3 nothing is said
    return ", ".join(_ALLOWED[sign].format(version) for sign, version in versions)
