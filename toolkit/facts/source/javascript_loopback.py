"""JavaScript whose server listens on the loopback address alone: written as the argument, as a constant beside it, or in
a file of settings under the name that the call has."""

import re
from collections.abc import Iterator
from itertools import islice

from toolkit.facts.model import EntryPoint
from toolkit.facts.source.loopback import ADDRESS, RULE, answers_nobody, block_around, changed_by_sed
from toolkit.facts.source.project import Project
from toolkit.findings import Finding
from toolkit.inventory.source_tree import SourceFile

ENDINGS = (".js", ".cjs", ".mjs", ".ts", "bin/www")
_LISTENS = re.compile(r"\.listen\(")
_SERVER = re.compile(r"(?<![\w$.])([\w$]{1,40})$")
_PORT = r"\.listen\(\s{0,9}[^(),'\"\n]{1,80}(?:\([^()\n]{0,60}\))?"
_WRITTEN = re.compile(rf"{_PORT},\s{{0,9}}['\"]({ADDRESS})['\"]")
_NAMED = re.compile(rf"{_PORT},\s{{0,9}}(?:[\w$]{{1,40}}\.){{0,5}}([A-Za-z_]\w{{0,40}})\s{{0,9}}[,)]")
_SETTINGS = re.compile(
    r"(?i)(?:^|/)(?:[\w-]{0,30}(?:config|settings)[\w-]{0,30}|config/[\w.-]{1,40})\.(?:json|[cm]?js|ts)$"
)
_OF_ANOTHER = re.compile(
    r"['\"]?\b(?:user(?:name)?|passw(?:or)?d|database|dialect|engine|driver|from|auth)['\"]?\s{0,9}:(?!\s{0,9}[{\[])"
)
_OF_ANYTHING = frozenset({"address", "host", "hostname", "ip"})
_MOST_LINES, _MOST_CALLS = 2000, 20


def read(project: Project) -> Iterator[EntryPoint | Finding]:
    """The lines as `loopback`: the path, and how sed changes its address. Of several servers, one that listens on an address
    without a name may be meant for this host alone: RP083."""
    listening = [file for file in project.code(*ENDINGS) if _LISTENS.search(file.text)]
    alone = sum(len(_LISTENS.findall(file.text)) for file in listening) == 1
    for file in listening:
        if (match := _WRITTEN.search(file.text)) and not _listens_otherwise(match.start(), file):
            place = file.line_of(match.start())
            yield _change(file, place, r"\.listen(", match[1]) if alone else answers_nobody(file, match.start())
    named = {
        match[1]: file for file in reversed(listening) for match in islice(_NAMED.finditer(file.text), _MOST_CALLS)
    }
    for name, file in named.items():
        yield from _named(name, file, project)


def _listens_otherwise(position: int, file: SourceFile) -> bool:
    """Whether the same server is told no address elsewhere in the file, as without an option it is."""
    name = _SERVER.search(file.text, max(0, position - 60), position)
    return bool(
        name and re.search(rf"(?<![\w$.]){re.escape(name[1])}\.listen\(\s{{0,9}}\w{{1,40}}\s{{0,9}}\)", file.text)
    )


def _named(name: str, file: SourceFile, project: Project) -> Iterator[EntryPoint]:
    constant = re.compile(rf"(?:const|let|var)\s{{1,9}}{name}\s{{0,9}}=\s{{0,9}}['\"]({ADDRESS})['\"]")
    if match := constant.search(file.text):
        yield _change(file, file.line_of(match.start()), rf"{name}[[:space:]]*=", match[1])
        return
    key = re.compile(rf"\s{{0,40}}['\"]?{name}['\"]?\s{{0,9}}:\s{{0,9}}['\"]({ADDRESS})['\"]")
    for settings in project.code(".json", *ENDINGS):
        if not _SETTINGS.search(settings.path):
            continue
        for number, line in enumerate(settings.lines[:_MOST_LINES], start=1):
            if (match := key.match(line)) and not (
                name in _OF_ANYTHING
                and line[:1].isspace()
                and _OF_ANOTHER.search(block_around(settings, number - 1)[0])
            ):
                yield _change(settings, number, rf"{name}[^:]*:", match[1])
                return


def _change(file: SourceFile, line: int, where: str, address: str) -> EntryPoint:
    return changed_by_sed(file.at(line, rule=RULE), f"/{where}/s/{re.escape(address)}/0.0.0.0/")
