"""What a code block is, by its language and its look."""

import re
from enum import StrEnum

from toolkit.catalog.readme_rules import ReadmeRules
from toolkit.documents.model import Block
from toolkit.facts import shell_lines


class CodeKind(StrEnum):
    """What a block of code holds."""

    SHELL = "shell"
    WINDOWS = "windows"
    SQL = "sql"
    ENV = "env"
    PROPERTIES = "properties"
    JSON = "json"
    YAML = "yaml"
    XML = "xml"
    UNIT = "unit"  # a systemd unit
    INI = "ini"  # supervisor, uWSGI and other files of sections
    NGINX = "nginx"
    APACHE = "apache"
    CRON = "cron"
    PROCFILE = "procfile"
    PROGRAM = "program"  # source code
    OTHER = "other"


CRON_LINE = re.compile(
    r"[ \t]{0,20}(?:@(?:reboot|yearly|annually|monthly|weekly|daily|midnight|hourly)|(?:[\d*/,-]{1,40}[ \t]{1,20}){2}(?:[\d*/,LW?-]{1,40}[ \t]{1,20})(?:[\d*/,A-Za-z-]{1,40}[ \t]{1,20})(?:[\d*/,A-Za-z#-]{1,40}))[ \t]{1,20}(?=[^\s\d*])"
)
ENV_LINE = re.compile(r"[ \t]{0,20}(?:export[ \t]{1,4}|set[ \t]{1,4})?[A-Z][A-Z0-9_]{1,80}[ \t]{0,3}=(?!=)")
SQL_START = re.compile(
    r"(?:create\s{1,4}(?:or\s{1,4}replace\s{1,4})?(?:database|user|role|table|schema|extension|index|login|unique|tablespace)|alter\s{1,4}(?:user|role|database|table)|grant\s{1,4}\w|revoke\s{1,4}\w|drop\s{1,4}(?:database|table|user|schema)"
    r"|insert\s{1,4}into|update\s{1,4}\w{1,60}\s{1,4}set|select\s{1,4}[\w*]|delete\s{1,4}from|flush\s{1,4}privileges|set\s{1,4}(?:global|password|names|role)|use\s{1,4}\w{1,60};)",
    re.IGNORECASE,
)
YAML_LINE = re.compile(r"[ \t]{0,60}(?:- )?[\w\"'./-]{1,80}:(?:\s|$)")
PROPERTY_LINE = re.compile(r"[ \t]{0,20}[a-z][\w-]{0,60}(?:\.[\w\[\]-]{1,60}){1,10}[ \t]{0,3}[=:]")
INI_SECTION = re.compile(r"[ \t]{0,20}\[[A-Za-z][\w: .-]{0,60}\][ \t]{0,20}$")
UNIT_SECTION = re.compile(r"^[ \t]{0,20}\[(?:Unit|Service|Install|Timer)\]", re.MULTILINE)
APACHE_LINE = re.compile(
    r"^[ \t]{0,20}(?:<VirtualHost|<Directory|<Location|<IfModule|WSGIScriptAlias|ServerName\s|DocumentRoot\s|ProxyPass\s|RewriteEngine\s|LoadModule\s)",
    re.MULTILINE,
)
NGINX_LINE = re.compile(
    r"^[ \t]{0,20}(?:server|upstream\s\S{1,60}|location\s[^{\n]{1,100}|http)\s?\{|^[ \t]{0,20}(?:proxy_pass|fastcgi_pass|uwsgi_pass|server_name|listen)\s[^\n]{1,200};",
    re.MULTILINE,
)
PROCFILE_LINE = re.compile(r"(?:web|worker|release|clock|scheduler|beat|sidekiq|urgentworker)\d{0,2}:[ \t]{1,4}\S")
SOURCE_LINE = re.compile(
    r"^[ \t]{0,20}(?:import [\w.{*]|from [\w.]{1,80} import|(?:var|let|const) [\w{]|def \w{1,60}\(|class [A-Z]|function \w{0,60}\(|<\?php|#include|package [\w.]{1,60};|public (?:class|static)|require\(|module\.exports|use [A-Z]\w{0,40}\\|return [\w({]|\}\)?;?$|async )",
    re.MULTILINE,
)
# `shop -p 8080 ~/data &  # listens`: a program that no rule knows, with options.
CALL = re.compile(
    r"[ \t]{0,20}[a-z][\w.+-]{1,40}(?=[^#\n]{0,200} --?[a-z])(?:[ \t]{1,8}[\w./~:@%=,+-]{1,100}){1,12}[ \t]{0,8}&?[ \t]{0,20}(?:#[^\n]{0,200})?"
)
LONGEST_CALL = 3  # lines of a block that holds such calls alone
TREE = re.compile(r"[├└│]|^[ \t]{0,12}\|--", re.MULTILINE)


def code_kind(block: Block, rules: ReadmeRules) -> CodeKind:
    """What a code block is."""
    text = block.text
    language = rules.code_languages.get(block.language)
    named = CodeKind(language) if language else None
    if named == CodeKind.XML and APACHE_LINE.search(text):
        return CodeKind.APACHE
    if named in (CodeKind.INI, CodeKind.UNIT) and UNIT_SECTION.search(text):
        return CodeKind.UNIT
    if named == CodeKind.INI and NGINX_LINE.search(text):
        return CodeKind.NGINX
    if named in (CodeKind.PROGRAM, CodeKind.SQL) and _all_prompted(text):
        return CodeKind.SHELL
    if named == CodeKind.WINDOWS and not any(_is_of_windows(line) for line in text.split("\n", 300)):
        named = CodeKind.SHELL  # nothing in it that is typed on Windows alone
    if named is not None and named not in (CodeKind.SHELL, CodeKind.INI):
        return named
    lines = [line for line in text.split("\n") if line.strip()][:300]
    if not lines:
        return CodeKind.OTHER
    if named is None and block.language and block.language not in rules.unsure_languages:
        return CodeKind.SHELL if any(_is_command(line, rules) for line in lines) else CodeKind.OTHER
    if named == CodeKind.SHELL and _is_command(lines[0], rules) and not CRON_LINE.match(lines[0]):
        return CodeKind.SHELL
    look = _by_look(text, lines, rules)
    if named == CodeKind.SHELL and TREE.search(text):
        return CodeKind.OTHER
    if named == CodeKind.SHELL:
        return (
            look
            if look in (CodeKind.CRON, CodeKind.WINDOWS, CodeKind.UNIT, CodeKind.NGINX, CodeKind.APACHE, CodeKind.ENV)
            else CodeKind.SHELL
        )
    if named == CodeKind.INI:
        return look if look != CodeKind.OTHER else CodeKind.INI
    return look


def _by_look(text: str, lines: list[str], rules: ReadmeRules) -> CodeKind:
    count = len(lines)
    plain = [line for line in lines if not line.lstrip().startswith(("#", "//"))] or lines
    if all(CRON_LINE.match(line) for line in plain):
        return CodeKind.CRON
    if TREE.search(text):
        return CodeKind.OTHER
    if shell_lines.HERE_DOCUMENT.search(lines[0]) and _is_command(lines[0], rules):
        return CodeKind.SHELL
    if UNIT_SECTION.search(text):
        return CodeKind.UNIT
    prompted = any(shell_lines.PROMPT.match(line) for line in lines)
    commands = sum(_is_command(line, rules) for line in lines if not line.rstrip().endswith("{"))
    if prompted:
        return CodeKind.SHELL
    first = lines[0].strip()
    if APACHE_LINE.search(text) and not commands:
        return CodeKind.APACHE
    if first[0] in "{[" and (text.rstrip()[-1] in "}]" or count > 2) and not INI_SECTION.match(lines[0]):
        return CodeKind.JSON
    if first.startswith("<") and not first.startswith("<<"):
        return CodeKind.APACHE if APACHE_LINE.search(text) else CodeKind.XML
    if any(INI_SECTION.match(line) for line in lines) and not commands:
        return CodeKind.INI
    if NGINX_LINE.search(text) and commands <= count // 4:
        return CodeKind.NGINX
    environment = sum(bool(ENV_LINE.match(line)) for line in plain)
    if environment and environment >= len(plain) * 0.6 and not commands:
        return CodeKind.ENV
    if sum(bool(SQL_START.match(line.strip())) for line in lines) >= max(1, count // 3) and not commands:
        return CodeKind.SQL
    windows = sum(_is_of_windows(line) for line in lines)
    if windows and windows >= commands:
        return CodeKind.WINDOWS
    if all(PROCFILE_LINE.match(line) for line in plain):
        return CodeKind.PROCFILE
    if commands:
        return CodeKind.SHELL
    if sum(bool(PROPERTY_LINE.match(line)) for line in plain) >= len(plain) * 0.6:
        return CodeKind.PROPERTIES
    if SOURCE_LINE.search(text):
        return CodeKind.PROGRAM
    if count > 1 and sum(bool(YAML_LINE.match(line)) for line in plain) >= len(plain) * 0.6:
        return CodeKind.YAML
    if any(line.lstrip().startswith(("./", "../", "~/")) or line.startswith("/") for line in lines) and count <= 12:
        return CodeKind.SHELL
    if len(plain) <= LONGEST_CALL and all(CALL.fullmatch(line) for line in plain):
        return CodeKind.SHELL
    return CodeKind.ENV if environment and environment >= len(plain) * 0.5 else CodeKind.OTHER


def _is_of_windows(line: str) -> bool:
    return bool(
        shell_lines.WINDOWS_PROMPT.match(line) or shell_lines.WINDOWS.match(line) or shell_lines.CMDLET.match(line)
    )


def _all_prompted(text: str) -> bool:
    return bool(shell_lines.PROMPT.match(text))


def _is_command(line: str, rules: ReadmeRules) -> bool:
    """Whether a line looks typed into a shell."""
    if match := shell_lines.PROMPT.match(line):
        return bool(line[match.end() :].strip())
    if match := shell_lines.ANGLE_PROMPT.match(line):
        line = line[match.end() :]
    words = shell_lines.without_wrappers(line.strip().removeprefix("# ").split(None, 8))
    if not words or (line.lstrip().startswith("#") and rules.reads_as_sentence(words)):
        return False
    if shell_lines.is_file(words[0]) and ((words[0].startswith("./") and len(words[0]) > 2) or len(words) <= 4):
        return True
    return (
        rules.is_program(words[0])
        and not (len(words) > 2 and words[1][:1] in "=:")
        and words[0].rstrip(":") == words[0]
        and not (len(words) >= 4 and rules.reads_as_sentence(words))
    )
