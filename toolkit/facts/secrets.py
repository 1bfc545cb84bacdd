"""Which values are secrets, and text with them masked: decided here alone, for READMEs and manifests alike.

A name decides first (DB_PASSWORD), then the look of the value (an address with a password in it, a known token format,
a long random string). In doubt the answer is "secret": a wrong yes costs a reference to fill in, a wrong no leaks.
"""

import itertools
import re
from collections.abc import Callable

MASK = "********"


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


WORD = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+")
# Written together in names of every style: apiKey, API_KEY, apikey.
SECRET_PARTS = _words(
    """
    password passwd passphrase apikey accesskey secretkey privatekey encryptionkey signingkey authkey authtoken
    accesstoken clientsecret connectionstring masterkey contraseña contrasena motdepasse kennwort passwort
    webhookurl privkey
    """
)
SECRET_WORDS = _words(
    """
    secret secrets token tokens pass pw pwd passcode credential credentials salt pepper dsn dbpass dbpwd pgpass
    mailpass smtppass rootpass userpass senha clave jwt
    """
)
# The last word says that the variable is about a secret (how long, where, how) and does not hold it.
ABOUT = _words(
    """
    age alg algorithm algorithms alias arn attempts audience backend body class column cookie count day days dir
    directory disabled duration enabled endpoint exclude excluded exp expiration expire expired expires expiry field
    file hasher hashers header hint host hour hours in issuer length lifetime limit location lookup max method min
    minute minutes ms name param path pattern policy port prefix provider regex required reset rotation rounds seconds
    size store strategy subject time timeout ttl type uri url validator validators validity version weeks years
    """
)
PLAIN_KEYS = _words(
    """
    authorized cache foreign header hot idempotency index message object partition primary public publishable recv routing
    shard shortcut site sort unique
    """
)
# An address of one of these carries a password in production, whatever the sample shows.
STORES_WITH_PASSWORD = _words(
    """
    amqp cloudamqp database db jawsdb mariadb mongo mongodb mongohq mongolab mysql pg postgres postgresql
    rabbitmq sqlalchemy
    """
)
SWITCHES = _words("allow check disable enable has is require send show skip use verify")
_UNITS = ("days", "hours", "minutes", "seconds", "millis")  # VALIDITYINSECONDS
NOT_A_VALUE = frozenset({"", "true", "false", "yes", "no", "on", "off", "0", "1", "none", "null", "nil", "undefined"})

# Every quantifier below is bounded, so that a search costs a constant per character whatever the text.
ADDRESS = re.compile(
    r"(?<![A-Za-z0-9+.-])([A-Za-z][A-Za-z0-9+.:-]{0,30}://[^\s:/@\"'`<>]{0,100})"
    r":(?!\d{1,5}/)([^\s\"'`<>]{1,200})@(?=[^\s@/]{1,200})"
)
IN_CONNECTION_STRING = re.compile(
    r"(?i)\b((?:password|pwd|accountkey|sharedaccesskey|user password)\s{0,3}=\s{0,3})(?!N?['\"])([^;\s\"'&]{1,300})"
)
TOKEN = re.compile(
    r"(?<![A-Za-z0-9_+/-])(?:"
    r"A[KS]IA[A-Z0-9]{16}|gh[pousr]_[A-Za-z0-9]{30,255}|github_pat_[A-Za-z0-9_]{20,255}|glpat-[A-Za-z0-9_-]{16,64}"
    r"|xox[abeprs]-[A-Za-z0-9-]{10,255}|[rsp]k_(?:live|test)_[A-Za-z0-9]{10,255}|sk-[A-Za-z0-9_-]{20,255}"
    r"|SG\.[A-Za-z0-9_-]{16,64}\.[A-Za-z0-9_-]{16,64}"
    r"|AIza[A-Za-z0-9_-]{30,64}|npm_[A-Za-z0-9]{30,64}|pypi-[A-Za-z0-9_-]{30,255}"
    r"|hooks\.slack\.com/services/[A-Za-z0-9/_-]{10,255}"
    r"|eyJ[A-Za-z0-9_-]{10,2000}\.[A-Za-z0-9_-]{4,2000}(?:\.[A-Za-z0-9_-]{0,2000})?|base64:[A-Za-z0-9+/=]{20,255}"
    r")(?![A-Za-z0-9_])"
)
PRIVATE_KEY = re.compile(
    r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY-----[^-]{0,20000}(?:-----END [A-Z0-9 ]{0,40}PRIVATE KEY-----)?"
)
RANDOM = re.compile(r"[A-Za-z0-9+/=_!@#$%^&*()~-]{24,512}")
RANDOM_IN_TEXT = re.compile(r"(?<![A-Za-z0-9+/=_:.@-])[A-Za-z0-9+/_-]{40,512}={0,2}(?![A-Za-z0-9+/=_.-])")
UUID = re.compile(r"[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
REFERENCE = re.compile(r"\$\{?[A-Za-z_(]|%[A-Za-z_]+%|<[^<>]{0,80}>?|\{\{|\$\(")


def looks_secret(name: str, value: str | None) -> bool:
    """Whether a variable or setting of this name, with this value where one is known, is or holds a secret."""
    if value is not None and holds_secret(value):
        return True
    verdict = _named_secret(name, value)
    if verdict is not None:
        return verdict
    return value is not None and not _is_digest_name(name) and _looks_random(value)


def holds_secret(value: str) -> bool:
    """Whether a value is a secret by its look: an address with a password, a known token format, a private key."""
    if match := ADDRESS.search(value):
        return not REFERENCE.match(match[2])
    if match := IN_CONNECTION_STRING.search(value):
        return not REFERENCE.match(match[2])
    return bool(TOKEN.search(value) or "PRIVATE KEY-----" in value)


def _named_secret(name: str, value: str | None) -> bool | None:
    """What the name says, or None when it says nothing."""
    words = [word.lower() for word in WORD.findall(name[:200])]
    if not words:
        return None
    flat = re.sub(r"[\W_]+", "", name[:200].lower())
    last = words[-1]
    if words in (["pwd"], ["oldpwd"]):
        return False  # the shell's working directory
    if words[-2:] == ["application", "credentials"]:
        return False  # a path, by its vendor's documentation
    if last == "connection" and value is not None and value.isalpha():
        return None  # the name of a driver: DB_CONNECTION=mysql
    if last in {"url", "uri", "dsn", "connection"} and not STORES_WITH_PASSWORD.isdisjoint(words[:-1]):
        return _address_needs_password(value)
    if last == "url" and "webhook" in words:
        return True
    if words[-3:] == ["access", "key", "id"]:
        return True
    if last in ABOUT or last.endswith(_UNITS):
        return None
    if words[0] in SWITCHES and (value is None or value.strip().lower() in NOT_A_VALUE):
        return None
    if last in {"key", "keys"}:
        return (len(words) > 1 and words[-2] not in PLAIN_KEYS) or None
    if words[-2:] == ["key", "base"] or "secret" in words[:-1] or not SECRET_WORDS.isdisjoint(words):
        return True
    if flat.endswith(("token", "secret")) or any(part in flat for part in SECRET_PARTS):
        return True
    return None


def _address_needs_password(value: str | None) -> bool | None:
    if value is not None and value.lower().startswith(("sqlite", "file:", "jdbc:", "h2:", "/", "./")):
        return None  # no password in it: none is needed, or a second setting carries it
    return True


def _is_digest_name(name: str) -> bool:
    words = {word.lower() for word in WORD.findall(name[:200])}
    return not words.isdisjoint({"sha", "sha256", "commit", "revision", "digest", "hash", "checksum", "integrity"})


def _looks_random(value: str) -> bool:
    """Long, of one piece, mixed characters: a generated string, not a name, path, host or identifier."""
    value = value.strip()
    if not RANDOM.fullmatch(value) or UUID.fullmatch(value):
        return False
    kinds = sum(any(test(character) for character in value) for test in _KINDS)
    if kinds < 2 or len(set(value)) < 10:
        return False
    if re.fullmatch(r"[0-9a-fA-F]{32,}", value):
        return True
    # Names are made of words: their separators come often and digits seldom.
    separators = sum(value.count(character) for character in "/_-.")
    digits = sum(character.isdigit() for character in value)
    odd = sum(character in "+=!@#$%^&*()~" for character in value)
    pairs = itertools.pairwise(value)
    switches = sum(a.isalpha() and b.isalpha() and a.islower() != b.islower() for a, b in pairs)
    return (digits >= 3 and digits + switches >= len(value) // 5 and separators <= len(value) // 8) or odd >= 3


_KINDS: tuple[Callable[[str], bool], ...] = (
    str.isdigit,
    str.islower,
    str.isupper,
    lambda character: not character.isalnum(),
)

# name = value, "name": "value", name: value, name => value; of `--env=name=value` the inner one. Group 1 the name, 2 all
# up to the value, 3 the value.
VALUE = r"((?P<quote>['\"`])(?:(?!(?P=quote))[^\n]){0,300}(?P=quote)|[^\s'\"`,;)&|]{1,300})"
ASSIGNMENT = re.compile(
    r"(?<![\w.$])(?!(?:env|(?:build-)?arg)=[A-Za-z_])([A-Za-z_][\w.-]{0,80})(['\"]?\]?\s{0,4}(?:=>|[:=])\s{0,4})"
    + VALUE
)
# Tasks of frameworks: `artisan jwt:secret`, `rails credentials:edit`, `bin/console secrets:set`.
TASK = re.compile(
    r"(?:add|check|clear|create|delete|edit|generate|get|init|install|keys|list|make|prune|purge|refresh|remove|reset|revoke"
    r"|rotate|secret|set|setup|show|sync|update)(?=[\s`'\").,;:&|]|$)"
)
# --name value, and the two-word form of Dockerfiles, Apache and Windows.
OPTION = re.compile(
    r"((?<![\w-])--[A-Za-z]|\b(?:ENV|ARG|SetEnv|setx)\s{1,4}[A-Za-z_])([\w.-]{0,80}\s{1,4})(?![-=])" + VALUE
)
ELEMENT = re.compile(r"<([A-Za-z_][\w.-]{0,80})>([^<>\n]{1,300})</")
SQL_PASSWORD = re.compile(
    r"(?i)\b((?:identified\s{1,4}(?:with\s{1,4}\w{1,40}\s{1,4})?by\s{1,4}|password\s{0,4}[\s=(]\s{0,4}n?))('[^'\n]{0,200}'|\"[^\"\n]{0,200}\")"
)
# mysql -psecret, sqlcmd -P secret, curl -u user:secret, redis-cli -a secret
SHORT_OPTION = re.compile(
    r"(\b(?:mysql|mysqldump|mysqladmin|mariadb)\b[^\n|;&]{0,200}?\s-p|\b(?:sqlcmd|bcp)\b[^\n|;&]{0,200}?\s-P\s{0,2}|\bcurl\b[^\n|;&]{0,200}?\s-u\s{0,2}[^\s:'\"]{1,80}:"
    r"|\bredis-cli\b[^\n|;&]{0,200}?\s-a\s{1,2})(['\"]?)([^\s'\"-][^\s'\"]{0,200})"
)

# Authorization: Bearer eyJ..., in curl's -H and in descriptions of an API
AUTHORIZATION = re.compile(
    r"(?i)\b((?:authorization['\"]?\s{0,3}[:=]\s{0,3}['\"]?\w{1,20}|bearer)\s{1,3})([^\s'\"`,;)]{8,2000})"
)


def masked(text: str) -> str:
    """The text with asterisks for every secret in it; references such as `$DB_PASSWORD` and `<password>` stay."""
    if "-----BEGIN" in text:
        text = PRIVATE_KEY.sub(lambda m: MASK + "\n" * m[0].count("\n"), text)  # what follows keeps its line
    if "://" in text:
        text = ADDRESS.sub(lambda m: m[0] if REFERENCE.match(m[2]) else f"{m[1]}:{MASK}@", text)
    text = SHORT_OPTION.sub(lambda m: m[0] if REFERENCE.match(m[3]) else f"{m[1]}{m[2]}{MASK}", text)
    text = AUTHORIZATION.sub(lambda m: m[0] if REFERENCE.match(m[2]) or m[2].isalpha() else m[1] + MASK, text)
    if "'" in text or '"' in text:
        text = SQL_PASSWORD.sub(
            lambda m: m[0] if REFERENCE.match(m[2][1:]) else f"{m[1]}{m[2][0]}{MASK}{m[2][0]}", text
        )
    if "=" in text or ":" in text:
        text = ASSIGNMENT.sub(_masked_assignment, text)
    text = OPTION.sub(_masked_option, text)
    if "</" in text:
        text = ELEMENT.sub(_masked_element, text)
    if "=" in text:
        text = IN_CONNECTION_STRING.sub(lambda m: m[0] if REFERENCE.match(m[2]) else f"{m[1]}{MASK}", text)
    text = TOKEN.sub(MASK, text)
    return RANDOM_IN_TEXT.sub(lambda m: MASK if _random_word(m[0]) else m[0], text)


def _masked_assignment(match: re.Match[str]) -> str:
    name, between, value = match[1], match[2], match[3]
    bare = value[1:-1] if match["quote"] else value
    if bare in {"", "N"} or MASK in bare or REFERENCE.match(bare):
        return match[0]  # N: before a quote, SQL Server's mark of national characters
    if between.strip() == ":" and not match["quote"] and not _alone(match):
        return match[0]  # prose: "Token: how to get one"
    if between == ":" and TASK.match(match.string, match.start(3)):
        return match[0]
    if not _named_secret(name, bare) and not holds_secret(bare):
        return match[0]
    return _with_mask(match)


def _masked_element(match: re.Match[str]) -> str:
    if REFERENCE.match(match[2]) or not _named_secret(match[1], match[2]):
        return match[0]
    return f"<{match[1]}>{MASK}</"


def _masked_option(match: re.Match[str]) -> str:
    name, value = match[1][-1] + match[2].rstrip(), match[3]
    bare = value[1:-1] if match["quote"] else value
    if not bare or MASK in bare or REFERENCE.match(bare) or not _named_secret(name, bare):
        return match[0]
    return _with_mask(match)


def _with_mask(match: re.Match[str]) -> str:
    """The match with its group 3 masked, quotes kept."""
    quote = match["quote"] or ""
    return match.string[match.start() : match.start(3)] + quote + MASK + quote


def _alone(match: re.Match[str]) -> bool:
    """Whether nothing but punctuation follows the value on its line."""
    end = match.string.find("\n", match.end())
    rest = match.string[match.end() : match.end() + 40 if end < 0 else min(end, match.end() + 40)]
    return not any(character.isalnum() for character in rest) or rest.lstrip().startswith(("#", ",", "}"))


def _random_word(word: str) -> bool:
    if re.fullmatch(r"[0-9a-f]{40}|[0-9a-f]{64}", word):
        return False  # a commit or a digest, printed everywhere
    return _looks_random(word)
