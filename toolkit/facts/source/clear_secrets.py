"""Secrets that stand in clear in settings and configuration files of the source: whoever has the image has them."""

import re
from collections.abc import Iterator

from toolkit.facts.file_names import is_for_developers
from toolkit.facts.secrets import IN_CONNECTION_STRING, NOT_A_VALUE, looks_secret
from toolkit.facts.source.project import Project
from toolkit.findings import Evidence, Finding, Severity, in_words
from toolkit.inventory.source_tree import SourceFile

RULE = "clear-secret"
MOST_NAMED = 3
MOST_FILES = 400
# Settings in a format of their own, and code whose file's name says that it holds settings.
SETTINGS = re.compile(
    r"(?i)(?:.*\.(?:properties|ini|conf|config)|application[\w-]{0,40}\.ya?ml|appsettings[\w.-]{0,40}\.json|(?:context|persistence|.{0,40}-ds|hibernate\.cfg)\.xml)"
)
CODE = re.compile(
    r"(?i)[\w.-]{0,40}(?:config|settings|database|connection|conexion|conexao|credentials|constants)[\w-]{0,40}\.(?:php|inc|py|rb|js|ts|java|cs|asp|pl)"
)
NAME = (
    r"[\w.-]{0,40}(?:passw(?:or)?d|pwd|passphrase|secret|api_?key|access_?key|token|clave|senha|contrasena)[\w.-]{0,20}"
)
QUOTED = re.compile(rf"(?i)\b({NAME})['\"]?\]?\s{{0,9}}(?:=>|=|:|,)\s{{0,9}}['\"]([^'\"\n]{{6,200}})['\"]")
PLAIN = re.compile(rf"(?im)^[ \t]{{0,40}}({NAME})[ \t]{{0,9}}[=:][ \t]{{0,9}}([^\s'\"#]{{6,200}})[ \t]{{0,20}}$")
OF_KEYS = re.compile(rf"(?i)key=\"({NAME})\"\s{{1,9}}value=\"([^\"\n]{{6,200}})\"")
NO_SECRET = re.compile(
    r"(?i)[a-z_.:/-]+|.*(?:\s|[<>${}()%@]{2}|\$\{|\$\(|%\(|<\w).*|(?:required|nullable|change|your|xxx|\*\*|example|dummy|todo|insert|replace|enter|test).*|.*[_.-](?:here|password)"
    r"|1234\d*|(?:admin|root|postgres|mysql|password|passw0rd|secret|sa)\d{0,4}"
)
DEFAULT_OF = re.compile(r"(?i)(?:env|environ\.get|getenv|config)\(\s{0,3}['\"]$")
TRANSLATIONS = re.compile(r"(?i)(?:^|/)(?:lang|locales?|i18n|translations?|messages)[/_.]")


def read(project: Project) -> Iterator[Finding]:
    """RP089, once for each application of the tree; the values are not repeated."""
    found: dict[str, dict[Evidence, str]] = {}
    files = 0
    for path in project.tree.paths:
        name = path.rpartition("/")[2]
        settings = bool(SETTINGS.fullmatch(name))
        if not (settings or CODE.fullmatch(name)) or is_for_developers(name) or TRANSLATIONS.search(path):
            continue
        file = project.tree.read(path) if project.is_code(path) and (files := files + 1) <= MOST_FILES else None
        for secret, position in _secrets(file, settings=settings) if file else ():
            place = file.at(file.line_of(position), rule=RULE) if file else Evidence(path)
            found.setdefault(project.places.home(path), {}).setdefault(place, secret)
    for places in found.values():
        yield Finding(
            "RP089",
            Severity.WARNING,
            f"{in_words(dict.fromkeys(places.values()), MOST_NAMED)}: plain-text secrets in the source, and so in the image and in version control",
            tuple(places)[:MOST_NAMED],
            "rotate them; let the application read them from environment variables, and add these under environment in"
            " replatform.yaml with `secret: true`",
        )


def _secrets(file: SourceFile, *, settings: bool) -> Iterator[tuple[str, int]]:
    """Names and where they stand."""
    for pattern in (QUOTED, OF_KEYS, PLAIN) if settings else (QUOTED,):
        for match in list(pattern.finditer(file.text))[:50]:
            name, value = match[1].strip(".-"), match[2].strip()
            if _holds(name, value) and not (_is_remark(file, match.start()) or _is_default(file, match.start())):
                yield name, match.start()
    for match in list(IN_CONNECTION_STRING.finditer(file.text))[:50] if settings else ():
        name, value = match[1].rstrip(" ="), match[2].strip()
        if (
            file.text[match.start() - 1 : match.start()] in ";\"'"
            and _holds(name, value)
            and not _is_remark(file, match.start())
        ):
            yield name, match.start()


def _holds(name: str, value: str) -> bool:
    return (
        value.lower() not in NOT_A_VALUE
        and len(value) > 5
        and not NO_SECRET.fullmatch(value)
        and not name.lower().startswith("public")
        and looks_secret(name, value)
    )


def _is_default(file: SourceFile, position: int) -> bool:
    """Whether a variable takes the value's place where it is set: `os.environ.get("API_TOKEN", "for-developers")`."""
    return bool(DEFAULT_OF.search(file.text[max(0, position - 30) : position]))


def _is_remark(file: SourceFile, position: int) -> bool:
    return file.lines[file.line_of(position) - 1].lstrip().startswith(("#", "//", "*", "/*", "<!--", ";", "--"))
