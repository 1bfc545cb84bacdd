"""Environment variables: from tables, lists, `.env` blocks, export lines and sentences."""

import re
from collections.abc import Iterator

from toolkit.catalog.readme_rules import Cue
from toolkit.documents.model import Block, Kind, Row
from toolkit.facts.model import Fact
from toolkit.facts.readme.code_kind import CodeKind
from toolkit.facts.readme.commands import Found
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.facts_of_commands import SHELL_VARIABLES, VARIABLE
from toolkit.facts.readme.page import Page, Passage, code_marks, sentence_around
from toolkit.facts.secrets import masked
from toolkit.facts.shell import parse

ASSIGNMENT = re.compile(
    r"[ \t]{0,20}(?:[-*+][ \t]{1,3})?(?:export[ \t]{1,4}|set[ \t]{1,4}|ENV[ \t]{1,4})?([A-Z][A-Z0-9_]{1,80})[ \t]{0,3}=(?!=|>)[ \t]{0,3}([^\n]{0,500})"
)
COMMENTED = re.compile(r"[ \t]{0,20}#[ \t]{0,2}([A-Z][A-Z0-9_]{2,80})=([^\n]{0,500})")
ITEM = re.compile(
    r"([A-Z][A-Z0-9_]{1,80})(?:[`*]{0,3})(?:[ \t]{0,3}\([^()\n]{1,60}\))?[ \t]{0,3}(?::|=|-{1,2}|–|—|→|=>)[ \t]{0,4}([^\n]{0,500})"
)
BESIDE = re.compile(
    r"(?:environment\s{1,3}variables?|env(?:ironment)?\s{1,3}vars?|variables?\s{1,3}de\s{1,3}(?:entorno|ambiente)|vari[aá]ve(?:l|is)\s{1,3}de\s{1,3}ambiente)[^\w\n]{0,6}(?:(?:named|called|name|llamada|chamada|nombre|nome)[^\w\n]{0,6})?[`\"']?([A-Z][A-Z0-9_]{1,80})\b",
    re.IGNORECASE,
)
BEFORE = re.compile(
    r"(?<![\w/.-])[`\"']?([A-Za-z][A-Za-z0-9_]{2,80})[`\"']?\s{1,3}(?:environment|env\.?)\s{1,3}(?:variables?|vars?)\b"
)
VALUE_LINE = re.compile(r"[ \t]{0,80}valu?e?o?r?:[ \t]{0,4}([^\n]{1,300})", re.IGNORECASE)
DEFAULTS_TO = re.compile(
    r"(?:defaults? to|default(?: is|:| value)?|por defecto|padr[aã]o|e\.g\.|example:|ex:|such as|like)[\s:=]{0,3}[`\"']?([^\s`\"',;)]{1,100})",
    re.IGNORECASE,
)
REQUIRED_NOT = re.compile(r"\boptional|opcional\b", re.IGNORECASE)
NOT_A_VARIABLE = frozenset(
    [
        "API",
        "URL",
        "URI",
        "HTTP",
        "HTTPS",
        "JSON",
        "XML",
        "YAML",
        "SQL",
        "CSS",
        "HTML",
        "JS",
        "TS",
        "PHP",
        "CLI",
        "GUI",
        "IDE",
        "SDK",
        "JDK",
        "JRE",
        "JVM",
        "AWS",
        "GCP",
        "EC2",
        "S3",
        "RDS",
        "CDN",
        "DNS",
        "SSH",
        "SSL",
        "TLS",
        "FTP",
        "SMTP",
        "IMAP",
        "LDAP",
        "SSO",
        "SAML",
        "OAUTH",
        "JWT",
        "CSRF",
        "CORS",
        "REST",
        "SOAP",
        "RPC",
        "GRPC",
        "TODO",
        "FIXME",
        "NOTE",
        "NOTES",
        "WARNING",
        "IMPORTANT",
        "TIP",
        "CAUTION",
        "INFO",
        "DANGER",
        "ATTENTION",
        "README",
        "LICENSE",
        "CHANGELOG",
        "MIT",
        "BSD",
        "GPL",
        "AGPL",
        "LGPL",
        "APACHE",
        "UTF",
        "UTC",
        "ID",
        "UUID",
        "IP",
        "TCP",
        "UDP",
        "CPU",
        "GPU",
        "RAM",
        "SSD",
        "HDD",
        "OS",
        "UI",
        "UX",
        "DB",
        "CRUD",
        "MVC",
        "ORM",
        "GET",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "HEAD",
        "OPTIONS",
        "SELECT",
        "INSERT",
        "UPDATE",
        "CREATE",
        "DROP",
        "ALTER",
        "GRANT",
        "TRUE",
        "FALSE",
        "NULL",
        "NONE",
        "YES",
        "NO",
        "ON",
        "OFF",
        "OK",
        "FAQ",
        "PR",
        "CI",
        "CD",
        "QA",
        "EN",
        "ES",
        "PT",
        "FR",
        "DE",
        "IT",
        "IIS",
        "NPM",
        "MAC",
        "LTS",
        "PPA",
        "PDF",
        "CSV",
        "ZIP",
        "TAR",
        "NGINX",
        "VAR",
        "NAME",
        "VALUE",
        "KEY",
        "FOO",
        "BAR",
        "USERNAME",
        "HOSTNAME",
        "YOUR_DOMAIN",
        "SUPERUSER",
        "ROOT",
        "ADMIN",
        "STEP",
        "BUG",
        "HOWTO",
        "TLDR",
        "EOF",
        "END",
        "BEGIN",
        "OBS",
        "OBSERVACION",
        "NOTA",
        "IMPORTANTE",
    ]
)
MAY_NAME = re.compile(r"[A-Z][A-Z0-9_]{2}|env|ENV")
TEST_ONLY = re.compile(r"^(?:TEST|E2E|CYPRESS|CI|TRAVIS|CODECOV)_")
PROGRAM_SETTING = re.compile(r"\.(?:py|php|rb|js|ts|json|ya?ml|xml|ini|properties|pm|config|toml|exs)\b")


def read(page: Page, draft: Draft, found: list[Found]) -> Iterator[Fact]:
    """Every environment variable that the page states."""
    for passage in page.passages:
        if passage.aside:
            continue
        if passage.block.kind == Kind.CODE:
            yield from _in_code(page, passage, draft)
        elif passage.block.kind == Kind.TABLE:
            yield from _in_table(page, passage, draft)
        elif passage.block.kind == Kind.PARAGRAPH:
            yield from _in_text(page, passage, draft)
    for one in found:
        if one.command.program in ("echo", "printf") and any(
            _ENV_FILE.search(redirection.target) for redirection in one.command.redirections
        ):
            for word in one.command.words[1:]:
                name, equals, value = word.removeprefix("export ").partition("=")
                if equals and _good(name):
                    yield draft.variable(name, value, draft.of(one)("variable:echoed"))
        if (one.command.program in ("export", "set", "setx") and one.classified is not None) or not one.command.words:
            yield from _exported(one, draft)


def _good(name: str) -> bool:
    return (
        (len(name) > 2 or name == "TZ")  # the one short name that POSIX gives a meaning to operators
        and bool(VARIABLE.match(name))
        and name not in SHELL_VARIABLES
        and name not in NOT_A_VARIABLE
        and name[-1] != "_"
        and not TEST_ONLY.match(name)
    )


def _about_environment(page: Page, passage: Passage) -> bool:
    """Whether the section is about environment variables."""
    return any(page.rules.cue(Cue.ENVIRONMENT_VARIABLE, heading) for heading in passage.headings[-2:])


def _in_code(page: Page, passage: Passage, draft: Draft) -> Iterator[Fact]:
    program = passage.kind == CodeKind.PROGRAM and re.search(
        r"environment variable|variables? de (?:entorno|ambiente)|vari[aá]ve(?:l|is) de ambiente",
        passage.lead[-300:],
        re.IGNORECASE,
    )
    if not program and passage.kind not in (
        CodeKind.ENV,
        CodeKind.SHELL,
        CodeKind.WINDOWS,
        CodeKind.INI,
        CodeKind.PROPERTIES,
        CodeKind.OTHER,
    ):
        return
    sure = passage.kind == CodeKind.ENV
    settings_file = PROGRAM_SETTING.search(passage.lead[-160:]) and ".env" not in passage.lead
    about = (
        _about_environment(page, passage)
        or page.rules.cue(Cue.ENVIRONMENT_VARIABLE, passage.lead[-200:])
        or ".env" in passage.lead
    )
    offset = 0
    for line in passage.block.text.split("\n"):
        match = ASSIGNMENT.match(line)
        if match and not (_good(match[1]) and _is_value(match[2])):
            match = None
        if match is None and sure and (commented := COMMENTED.match(line)) and _good(commented[1]):
            match = commented
        if match is not None:
            exported = line.lstrip().startswith(("export", "set ", "ENV"))
            value = _unquoted(match[2])
            if exported and re.search(r"\s[A-Z][A-Z0-9_]{1,80}=", value):
                offset += len(line) + 1
                continue  # several on one line: the shell reader takes them apart
            spaced = bool(re.match(r"[ \t]{0,20}[A-Z0-9_]{2,80}[ \t]{1,3}=[ \t]", line))
            if (sure or about or exported) and not (settings_file and spaced and not about):
                rule = "variable:env-block" if sure else "variable:assignment"
                for name, given in _before_command(line) or [(match[1], value)]:
                    yield draft.variable(
                        name, given, draft.here(passage, rule, offset), required=not line.lstrip().startswith("#")
                    )
            elif passage.kind in (CodeKind.OTHER, CodeKind.INI) and not spaced and not settings_file:
                yield draft.variable(match[1], value, draft.here(passage, "variable:assignment-unclear", offset))
        offset += len(line) + 1


_SEVERAL = re.compile(r"[ \t]{0,20}[A-Z][A-Z0-9_]{1,80}=\S{1,200}[ \t]{1,20}[A-Z][A-Z0-9_]{1,80}=")


def _before_command(line: str) -> list[tuple[str, str]]:
    """Each of several variables that a shell sets on one line: `HOST=0.0.0.0 PORT=9000 crontab`."""
    if not _SEVERAL.match(line):
        return []
    return [(name, _unquoted(value)) for command in parse(line)[:1] for name, value in command.environment]


_FILL_IN = re.compile(r"\[[^\[\]\"',{}]{1,80}\]\s*$")


def _is_value(text: str) -> bool:
    """Whether what follows `NAME =` can be a variable's value: no comparison, no list or table of a program."""
    return not text.lstrip().startswith(("=", "{", "[", "(")) or bool(_FILL_IN.match(text.lstrip()))


def _exported(found: Found, draft: Draft) -> Iterator[Fact]:
    for name, value in found.command.environment:
        if _good(name):
            rule = "variable:export" if found.command.words else "variable:assignment"
            yield draft.variable(name, _unquoted(value), draft.of(found)(rule))
    if found.command.program in ("set", "setx", "export") and not found.command.environment:
        text = " ".join(found.command.words[1:])
        match = re.match(r"([A-Za-z][A-Za-z0-9_]{1,80})[ =]([^\n]{0,300})", text)
        if match and _good(match[1]):
            yield draft.variable(match[1], _unquoted(match[2]), draft.of(found)("variable:export"))


def _first_word(text: str) -> str:
    """A value in a sentence: what is quoted, or up to the next blank."""
    text = text.strip()
    return _unquoted(text) if text[:1] in ("'", '"') else text.split(" ", 1)[0].rstrip(".,;")


def _unquoted(text: str) -> str:
    text = text.strip()
    if len(text) > 1 and text[0] in "'\"" and (end := text.find(text[0], 1)) > 0:
        return text[1:end]
    return re.split(r"\s#\s", text, maxsplit=1)[0].strip().rstrip(";")


def _in_table(page: Page, passage: Passage, draft: Draft) -> Iterator[Fact]:
    rows = passage.block.rows
    if len(rows) < 2:
        return
    columns = {kind: _column(rows[0].cells, words) for kind, words in page.rules.table_headers.items()}
    first_cells = [_name_in_cell(_cell(row, columns["name"] or 0)) for row in rows[1:]]
    proper = sum(bool(name) for name in first_cells)
    if not proper or proper < len(first_cells) * 0.5:
        return
    about = (
        _about_environment(page, passage)
        or "env" in " ".join(rows[0].cells).lower()
        or any("_" in name for name in first_cells)
    )
    if not about:
        return
    for row, name in zip(rows[1:], first_cells, strict=True):
        if not name or not _good(name):
            continue
        value = _cell(row, columns["default"]).strip("`\"' ")
        wanted = _cell(row, columns["required"]).lower().strip("`* ")
        described = _cell(row, columns["description"])
        yield draft.variable(
            name,
            value if value and value not in ("-", "—", "–", "none", "n/a", "N/A", "None") else None,
            draft.fields("variable:table", row.line, row.line, passage.scope),
            required=not (wanted in page.rules.no_words or bool(REQUIRED_NOT.search(described))),
            description=_description(described),
        )


def _cell(row: Row, column: int | None) -> str:
    return row.cells[column].strip() if column is not None and column < len(row.cells) else ""


def _description(text: str) -> str:
    return masked(" ".join(text.split()))[:200]


def _column(header: tuple[str, ...], words: frozenset[str]) -> int | None:
    for number, cell in enumerate(header):
        if cell.lower().strip(" *`:?") in words:
            return number
    return None


def _name_in_cell(cell: str) -> str:
    text = cell.strip().strip("`*_ ").split("=")[0].split(" ")[0].strip("`* ")
    return text if VARIABLE.match(text) and len(text) > 2 else ""


def _in_text(page: Page, passage: Passage, draft: Draft) -> Iterator[Fact]:
    block, text = passage.block, passage.block.text
    if len(text) > 20_000 or not MAY_NAME.search(text):
        return
    about = _about_environment(page, passage)
    for pattern in (BESIDE, BEFORE):
        for match in pattern.finditer(text):
            name = match[1]
            if pattern is BEFORE and not (_good(name) or name in ("http_proxy", "https_proxy", "no_proxy")):
                continue
            if pattern is BESIDE and not _good(name):
                continue
            yield draft.variable(
                name, _value_nearby(block, match.end(1)), draft.here(passage, "variable:named-as-one", match.start(1))
            )
    offset = 0
    for number, line in enumerate(text.split("\n")):
        stripped = line.strip()
        if (
            (block.item or number or "_" in stripped[:80])
            and (item := ITEM.match(stripped))
            and _good(item[1])
            and ("_" in item[1] or about)
        ):
            assigned = stripped[len(item[1]) :].lstrip("`* ")[:1] == "="
            value = _first_word(item[2]) if assigned else _default_in(item[2])
            if about or assigned or block.item:
                yield draft.variable(
                    item[1],
                    value.strip("`") if value else None,
                    draft.here(passage, "variable:list" if about else "variable:list-unclear", offset),
                    required=not REQUIRED_NOT.search(item[2]),
                    description=_description(item[2]) if not assigned else "",
                )
        offset += len(line) + 1
    for match in _IN_SENTENCE.finditer(text):
        if _good(match[1]) and ENV_NAMED.search(sentence_around(text, match.start())):
            yield draft.variable(
                match[1], match[2].rstrip("."), draft.here(passage, "variable:assigned-in-text", match.start())
            )
    for mark, code in code_marks(block):
        name, _, value = code.partition("=")
        name = name.strip().removeprefix("export ").removeprefix("$").strip("{}")
        if not _good(name):
            continue
        sentence = sentence_around(text, mark.start)
        said = page.rules.cue(Cue.ENVIRONMENT_VARIABLE, sentence)
        if value and re.match(r"[^=\s]", value) and ("_" in name or said or about):
            yield draft.variable(
                name, _first_word(value), draft.here(passage, "variable:inline-assignment", mark.start)
            )
        elif (
            ("_" in name and (said or about))
            or (
                about
                and block.item
                and mark.start < 3
                and re.match(r"\s{0,3}(?:[:=–—-]|$|is\b)", text[mark.end : mark.end + 6])
            )
            or (said and re.match(r"\s{0,3}(?:env|variable|environment)", text[mark.end : mark.end + 20]))
        ):
            if PROGRAM_SETTING.search(sentence) and ".env" not in sentence and not said:
                continue
            yield draft.variable(
                name,
                _value_nearby(block, mark.end),
                draft.here(passage, "variable:inline", mark.start),
                required=not REQUIRED_NOT.search(sentence),
            )
        elif (
            "_" in name
            and _SET_TO.search(text[max(0, mark.start - 24) : mark.start])
            and _TO_VALUE.match(text, mark.end)
            and not PROGRAM_SETTING.search(sentence)
        ):
            yield draft.variable(
                name, _value_nearby(block, mark.end), draft.here(passage, "variable:set-to", mark.start)
            )
        elif "_" in name and (
            ".env" in sentence or (_ENV_FILE.search(passage.lead) and page.rules.cue(Cue.EDIT, sentence))
        ):
            yield draft.variable(
                name, _value_nearby(block, mark.end), draft.here(passage, "variable:inline", mark.start)
            )


_ENV_FILE = re.compile(r"\.env\b|environment|\.(?:bashrc|profile|bash_profile|zshrc)$")
ENV_NAMED = re.compile(r"\.env\b|environment|entorno|ambiente")
_TO_VALUE = re.compile(r"[`\"'*]{0,3}\s{1,3}(?:to|=|a|para|como|with|con|com)\s")
_IN_SENTENCE = re.compile(r"(?<![\w/$&?.-])([A-Z][A-Z0-9_]{2,60})=([^\s,;]{1,120})")
_SET_TO = re.compile(
    r"\b(?:set|setting|define|export|establecer|definir|defina|configure)\s{1,3}(?:the\s{1,3})?[`'\"]?$", re.IGNORECASE
)
_TO = re.compile(
    r"[`\"'*]{0,3}\s{0,3}(?:(?:variable|setting|env var|environment variable)\s{1,3})?"
    r"(?:set\s{1,3}to|to|=|as|a|para|en|with the value|como)\s{1,3}(?P<quote>[`\"']?)"
)


def _value_nearby(block: Block, position: int) -> str | None:
    """The value in "NAME to `value`", marked as code or quoted, or on the next line after "value:"."""
    text = block.text
    if match := _TO.match(text, position, position + 160):
        if match["quote"] and (end := text.find(match["quote"], match.end(), match.end() + 100)) > 0:
            return text[match.end() : end]
        for mark, code in code_marks(block):
            if mark.start == match.end() and "\n" not in code:
                return code[:100]
    end = text.find("\n", position)
    if end >= 0 and (shown := VALUE_LINE.match(text, end + 1)):
        return shown[1].strip()
    return None


def _default_in(text: str) -> str | None:
    match = DEFAULTS_TO.search(text)
    return match[1].rstrip(".") if match else None
