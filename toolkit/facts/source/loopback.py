"""Servers that listen on the loopback address alone: what runs in a container answers nobody outside it then.

Only an address that is written as the argument, or in the settings beside the port, stands for this; one that a variable
may replace is the plan's to set.
"""

import re
from collections.abc import Iterator, Mapping

from toolkit.facts.file_names import is_for_developers
from toolkit.facts.model import EntryPoint, Fact, Origin, Port, Role
from toolkit.facts.source.ports import is_own
from toolkit.facts.source.project import Project
from toolkit.findings import Evidence, Finding, Severity
from toolkit.inventory.source_tree import SourceFile

RULE = "loopback"
ADDRESS = r"(?:127\.0\.0\.1|localhost|::1)"
# http.ListenAndServe("127.0.0.1:8080", …) and Start("localhost:8080") of Echo;
# web.run_app(app, host="127.0.0.1"), make_server("localhost", 8080, app): servers that nothing replaces.
LISTENS: Mapping[str, re.Pattern[str]] = {
    ".go": re.compile(
        rf"(?:ListenAndServe(?:TLS)?|\.(?:Run|Start|Listen)|net\.Listen)\(\s{{0,20}}(?:\"tcp4?\",\s{{0,20}})?\"{ADDRESS}:\d{{0,5}}\""
    ),
    ".py": re.compile(rf"\b(?:run_app|make_server|serve|HTTPServer)\([^()\n]{{0,100}}\(?['\"]{ADDRESS}['\"]"),
}


# `host: 127.0.0.1` with `port: 8080` beside it, in YAML and INI.
_KEYS = "(?:host|hostname|address|bind|bind_address|bind_host|listen_address|interface|ip)"
_HOST = re.compile(rf"^([ \t]{{0,8}}){_KEYS}\s{{0,8}}[:=]\s{{0,8}}[\"']?({ADDRESS})[\"']?\s{{0,8}}$")
_EVERYWHERE = re.compile(rf"^[ \t]{{0,8}}{_KEYS}\s{{0,8}}[:=]\s{{0,8}}[\"']?(?:0\.0\.0\.0|::|\*)[\"']?\s{{0,8}}$")
_OF_SAMPLE = re.compile(r"(?i)^(?:example|sample)[-_.]|[-_.](?:example|sample|dist|template|tpl)(?=\.|$)")
# `"listen_url": "127.0.0.1:3333"`, `address = "localhost:9000"`, in JSON and TOML as well.
_LISTENS_AT = re.compile(
    rf"^([ \t]{{0,16}})[\"']?(?:(?:http|listen|server|web)_?)?(?:addr(?:ess)?|bind|listen)(?:_?(?:addr(?:ess)?|on|url))?[\"']?"
    rf"\s{{0,8}}[:=]\s{{0,8}}[\"']?({ADDRESS}):(\d{{2,5}})[\"']?\s{{0,8}},?\s{{0,8}}$",
    re.IGNORECASE,
)
_PORT = re.compile(r"^\s{0,8}(?:http_?)?port\s{0,8}[:=]\s{0,8}[\"']?(\d{2,5})\b", re.MULTILINE)
# What has these beside its address is another server, which the application asks.
_OF_ANOTHER = re.compile(
    r"^\s{0,8}(?:user(?:name)?|passw(?:or)?d|database|db|db_?name|dialect|engine|driver|schema|index|exchange|vhost)\s{0,8}[:=]",
    re.MULTILINE,
)
_NAMES_ANOTHER = re.compile(
    r"(?i)amqp|broker|cache|couch|database|db|elastic|ftp|graphite|influx|kafka|ldap|mail|memcache|mongo|mqtt|mysql|postgres|proxy|queue"
    r"|rabbit|redis|remote|smtp|solr|sql|ssh|statsd|syslog|upstream"
)
_OF_SERVERS = re.compile(r"(?i)api|app|default|general|global|http|listen|main|serv|site|web")
_OF_TOOLS = re.compile(r"(?i)ansible|docker|vagrant")
_SETTINGS = ("*.yaml", "*.yml", "*.ini", "*.cfg", "*.conf", "*.toml", "*config*.json", "*settings*.json")
_BY_SECTION = (".cfg", ".conf", ".ini", ".toml")


def read(project: Project) -> Iterator[Fact | Finding]:
    """RP083, once for each file; and each line of settings that the image has to have otherwise."""
    yield from _settings(project)
    for ending, pattern in LISTENS.items():
        for file in project.code(ending):
            if match := pattern.search(file.text):
                yield answers_nobody(file, match.start())


def answers_nobody(file: SourceFile, offset: int) -> Finding:
    """RP083, at a place of the code."""
    return Finding(
        "RP083",
        Severity.WARNING,
        "the code listens on the loopback address only: in a container, nothing can reach it",
        (file.at(file.line_of(offset), rule=RULE),),
        "let it listen on 0.0.0.0, or on an address from an environment variable or an option of the start command",
    )


def changed_by_sed(place: Evidence, how: str) -> EntryPoint:
    """A line that the image has to have otherwise, and what sed does to it."""
    return EntryPoint(
        kind="loopback", value=place.path, detail=how, evidence=place, origin=Origin.CONVENTION, confidence=0.8
    )


def _settings(project: Project) -> Iterator[Fact]:
    """The lines as `loopback`, the path and how sed changes its address, and the port beside it."""
    for file in project.tree.read_all(*_SETTINGS):
        if not project.is_code(file.path):
            continue
        yield from _open_ports(file, project)
        if is_for_developers(file.path) or _OF_TOOLS.search(file.path) or not _is_read(file.name, project):
            continue
        found = list(_listening(file))
        for number, address, port, section in found:
            # Of several the others are servers that the application asks, each in a section that is called like it.
            if len(found) > 1 and section and not _OF_SERVERS.search(section):
                continue
            place = file.at(number, rule=RULE)
            yield Port(number=port, evidence=place, origin=Origin.CONVENTION, confidence=0.85)
            yield changed_by_sed(place, _change(section, address, file.lines[number - 1]))


def _open_ports(file: SourceFile, project: Project) -> Iterator[Port]:
    """The ports beside an address that stands for all, in settings that the code reads or a start is given, or in their sample:
    only a server of the application's own has such an address."""
    name = _OF_SAMPLE.sub("", file.name)
    if not (_is_read(name, project) or project.has_command(Role.START, file.name)):
        return
    for number, line in enumerate(file.lines[:2000], start=1):
        block, section = block_around(file, number - 1) if _EVERYWHERE.match(line) else ("", "")
        beside = _PORT.search(block)
        if beside and is_own(int(beside[1])) and not _NAMES_ANOTHER.search(section):
            place = file.at(number, rule=RULE)
            yield Port(number=int(beside[1]), evidence=place, origin=Origin.CONVENTION, confidence=0.85)


def _listening(file: SourceFile) -> Iterator[tuple[int, str, int, str]]:
    """The lines of a file that tell a server its address, by their numbers; the address, the port, and the section's first line."""
    for number, line in enumerate(file.lines[:2000], start=1):
        both = _LISTENS_AT.match(line)
        match = both or _HOST.match(line)
        block, section = block_around(file, number - 1) if match else ("", "")
        beside = None if both else _PORT.search(block) if match else None
        port = int(both[3] if both else beside[1] if beside else 0)
        if match and is_own(port) and not _OF_ANOTHER.search(block) and not _NAMES_ANOTHER.search(section):
            yield number, match[2], port, section


def _change(section: str, address: str, line: str) -> str:
    """What sed does with the line: the first with the address below the section's own, or the one of the top."""
    address = re.escape(address)
    key = re.escape(re.split(r"[:=]", line)[0].strip())
    place = f"/^{_literal(section)}/,/{address}/" if section else f"/^{key}[[:space:]]*[:=]/"
    return f"{place}s/{address}/0.0.0.0/"


def _literal(text: str) -> str:
    return re.sub(r"([\[\].*^$/\\])", r"\\\1", text).replace("\t", "[[:space:]]")


def block_around(file: SourceFile, at: int) -> tuple[str, str]:
    """The lines around one that belong to the same section, and the section's own first line, empty for the top."""
    indented = len(file.lines[at]) - len(file.lines[at].lstrip())
    is_ini = file.path.endswith(_BY_SECTION)

    def leaves(line: str) -> bool:
        if is_ini:
            return line.startswith("[")
        return bool(line.strip()) and not line.lstrip().startswith("#") and len(line) - len(line.lstrip()) < indented

    first = next((n for n in range(at, -1, -1) if leaves(file.lines[n])), -1)
    last = next((n for n in range(at + 1, len(file.lines)) if leaves(file.lines[n])), len(file.lines))
    lines = file.lines[first + 1 : last]
    if not is_ini:
        lines = tuple(line for line in lines if len(line) - len(line.lstrip()) == indented)
    return "\n".join(lines), file.lines[first].rstrip() if first >= 0 else ""


def _is_read(name: str, project: Project) -> bool:
    """Whether the code names a file."""
    return any(name in code.text for code in project.code(".py", ".js", ".ts", ".go"))
