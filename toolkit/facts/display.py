"""A file of others to be looked at: its lines as they stand, with everything masked that may be a secret.

Facts carry no secret, because a reader takes no value whose name says so. A page that shows the file itself has its prose
and its tables, too, where no grammar tells name from value. So this masks more than `secrets.masked` does: what stands on
a line that speaks of a secret, or on the next one, and may be its value. A wrong mask costs a reader a glance at the file.
"""

import itertools
import re
from collections.abc import Container

from toolkit.facts.secrets import MASK, PRIVATE_KEY, SECRET_PARTS, SECRET_WORDS, masked

MAXIMUM_LENGTH = 500  # characters of a line that are shown
_SPEAKS = SECRET_WORDS | SECRET_PARTS | {"key", "keys", "chave", "llave", "bearer"}
_WORD = re.compile(r"[^\W_]+")
# What stands alone in quotes, in backticks or in the cell of a table.
_SPAN = re.compile(r"(?P<open>[`'\"«|>]\s{0,20})(?P<value>[^\s`'\"»|<>]{1,200})(?=\s{0,20}[`'\"»|<])")
_SAID = re.compile(r"(?i)(?:\b(?:is|es|é|are|son|são)|[:=→]|->)[\s*_]{1,4}$")
_TOKEN = re.compile(r"[^\s|`'\"<>,;()\[\]{}=«»]{5,200}")
# Names, options, numbers and amounts, addresses of hosts and of mail, calls and algorithms are no secrets.
_PLAIN = re.compile(
    r"[A-Z][A-Z0-9_]*|[a-z]+(?:[_.-][a-z]+)+|\$.*|--?[a-z].*|/.*|\w+\(\)|[\d.]+[a-zA-Z]{0,2}|[\w.+-]+@[\w-]+\.[\w.-]+"
    r"|(?:[a-z][a-z0-9+.-]{1,20}://)?[a-z0-9-]+(?:\.[a-z0-9-]+)*(?:(?::\d+)|(?:\.[a-z0-9-]+))(?:/[\w./-]*)?"
    r"|(?i:(?:sha|md|base|aes|rs|hs|es|rsa|utf|oauth|argon|pbkdf|ed)-?\d\w*)|\*+"
    r"|(?i:yes|no|sí|si|sim|não|nao|true|false|required|optional|obligatorio|opcional|obrigatório|obrigatorio)"
)


def shown_lines(text: str, of_secrets: Container[int] = ()) -> list[str]:
    """The lines of a file; `of_secrets` are numbers of lines, from 1, that a fact names as the place of a secret."""
    # A key over several lines leaves as many.
    text = PRIVATE_KEY.sub(lambda match: MASK + "\n" * match[0].count("\n"), text)
    shown = []
    spoke = False
    for number, line in enumerate(masked(text).split("\n"), start=1):
        line = line[:MAXIMUM_LENGTH] + "…" if len(line) > MAXIMUM_LENGTH else line.rstrip("\r")
        known = number in of_secrets
        speaks = known or not _SPEAKS.isdisjoint(_words(line))
        shown.append(_masked_line(line, known, speaks) if speaks or spoke else line)
        spoke = speaks
    return shown


def _words(line: str) -> set[str]:
    words = [word.lower() for word in _WORD.findall(line)]
    return {*words, *(first + second for first, second in itertools.pairwise(words))}


def _masked_line(line: str, known: bool, speaks: bool) -> str:
    line = _SPAN.sub(lambda match: _span(match, known, speaks), line)
    return _TOKEN.sub(lambda match: MASK if _like_a_password(match[0].rstrip(".:!?")) else match[0], line)


def _span(match: re.Match[str], known: bool, speaks: bool) -> str:
    value = match["value"]
    if _PLAIN.fullmatch(value) or not _SPEAKS.isdisjoint(_words(value)):
        return match[0]
    odd = any(character.isdigit() for character in value) and any(character.isalpha() for character in value)
    said = speaks and _SAID.search(match.string[max(0, match.start() - 12) : match.start()])
    return f"{match['open']}{MASK}" if known or odd or said else match[0]


def _like_a_password(token: str) -> bool:
    """Letters with digits or signs between them, as no word, name, host, path or option has."""
    if _PLAIN.fullmatch(token) or "/" in token:
        return False
    if not any(character.isalpha() for character in token):
        return False
    digits = sum(character.isdigit() for character in token)
    signs = any(character in "!@#$%^&*+~?" for character in token[:-1].strip("*_"))
    return signs or (digits > 0 and not re.fullmatch(r"[A-Za-z]+\d{1,2}", token))
