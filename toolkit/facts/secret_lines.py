"""A document's own lines with the secrets in them masked: more of them than in facts, for prose names no variable."""

import re
from collections.abc import Container

from toolkit.facts.secrets import MASK, NOT_A_VALUE, REFERENCE, looks_secret, masked

# Words that announce a secret in a sentence or a table, in the languages that READMEs are read in.
SPEAKS = re.compile(
    r"passw|passphrase|\bpass\b|\bpwd\b|secret|token|credential|contraseñ|contrasen|senha|\bclave|chave|api[ _-]?key|\bpin\b",
    re.IGNORECASE,
)
# "The password is X", "password: `X`". A bare word without digits is left: "the password is required".
SAID = re.compile(
    r"((?:passw\w{0,6}|pwd|secret|token|contrase\w{0,3}|senha|clave|chave|pin)[`\"'*)]{0,3}"
    r"(?:\s{0,3}[:=]|\s{1,3}(?:is|es|é|to|as|of)\b)\s{0,3}\*{0,2})([`\"']?)([^\s`\"'*|,;]{3,200})",
    re.IGNORECASE,
)
QUOTED = re.compile(r"([`\"'])([^\s`\"']{3,200})\1")
CELL = re.compile(r"(?<=\|)(\s{0,200})([^\s|]{3,200})(?=\s{0,200}\|)")
PIECE = re.compile(r"[^\s`\"'|,;()<>]{6,200}")
NAME = re.compile(r"[A-Z][A-Z0-9_]*$|[A-Za-z][a-z-]*[\d.]{0,5}$|[a-z0-9-]+(?:[._][a-z0-9-]+)+$")


def masked_lines(text: str, of_secrets: Container[int]) -> list[str]:
    """The lines of a document as they may be shown. `of_secrets` are numbers of lines that state a secret variable.

    In doubt a value is masked; names of variables, paths, addresses and words stay readable.
    """
    return [
        _without_values(line, number in of_secrets) if number in of_secrets or SPEAKS.search(line) else line
        for number, line in enumerate(masked(text).split("\n"), start=1)
    ]


def _without_values(line: str, states_secret: bool) -> str:
    line = SAID.sub(lambda m: m[0] if _is_word(m[3], quoted=bool(m[2])) else f"{m[1]}{m[2]}{MASK}", line)
    if states_secret:  # a name, and beside it values, whatever they look like
        line = QUOTED.sub(lambda m: m[0] if _is_name(m[2]) else f"{m[1]}{MASK}{m[1]}", line)
        line = CELL.sub(lambda m: m[0] if _is_name(m[2].strip("`*")) else f"{m[1]}{MASK}", line)
    return PIECE.sub(lambda m: MASK if _is_mixed(m[0].rstrip(".:!?")) else m[0], line)


def _is_name(text: str) -> bool:
    """Whether a word beside a secret's name is no value: another name, a switch, something to fill in."""
    return bool(
        re.match(r"[A-Z][A-Z0-9_]*$", text)
        or text.lower() in NOT_A_VALUE
        or REFERENCE.match(text)
        or not any(character.isalnum() for character in text)
        or text.lower() in ("string", "required", "optional", "secret")
        or (looks_secret(text, None) and not any(character.isdigit() for character in text))
    )


def _is_word(text: str, *, quoted: bool) -> bool:
    return bool(REFERENCE.match(text)) or MASK in text or (text.rstrip(".").isalpha() and not quoted) or _is_name(text)


def _is_mixed(word: str) -> bool:
    """Letters with digits or signs, as in passwords; no path, address, option, version or name."""
    if word[:1] in "-/.$~{[@*#=:" or "/" in word or "\\" in word or "=" in word or NAME.match(word):
        return False
    return any(c.isalpha() for c in word) and any(c.isdigit() or c in "#!$%^&+~" for c in word)
