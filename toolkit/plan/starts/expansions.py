"""Variables in the words of a start command: a container is given a command without any."""

import re
from collections.abc import Mapping
from functools import lru_cache
from itertools import islice

from toolkit.facts.model import Command, CronJob, Origin

# What platforms tell a process by a variable of its own; https://devcenter.heroku.com/articles/runtime-principles
_PORT = re.compile(r"\$PORT\b|\$\{PORT(?::?-\d{1,5})?\}")
_WITH_DEFAULT = re.compile(r"\$\{[A-Za-z_]\w{0,63}:?-([^${}]{0,200})\}")
_VARIABLE = re.compile(r"\$(?:[A-Za-z_]\w{0,63}|\{[A-Za-z_]\w{0,63}\})")
_OWN_FOLDER = re.compile(
    r"\$(?:(?P<name>[A-Za-z_]\w{0,63})|\{(?P<braced>[A-Za-z_]\w{0,63})\}|\((?:pwd|dirname [^()]{1,40})\))/"
)
_TELLS_FOLDER = r"^\s{{0,20}}{name}=[\"']?(?:\$\(|`)[^\n]{{0,100}}\b(?:dirname|pwd|readlink|realpath)\b"
_OPTION = re.compile(r"--?[A-Za-z][\w.-]{0,63}")
# `$VENV/bin/pserve`: https://docs.pylonsproject.org/projects/pyramid/en/latest/narr/install.html
_OF_ENVIRONMENT = re.compile(r"\$\{?\w{0,40}(?:ENV|env)\w{0,20}\}?/(?:bin|Scripts)/(?=[\w.-]+$)")

# Files of settings in a person's own folder, `~/shop.conf`, as an example: the image has no such person.
_OF_A_PERSON = re.compile(r"(?:~\w{0,32}|/home/\w{1,32})/[^\s=]{0,200}\.(?:cfg|cnf|conf|ini|json|toml|xml|ya?ml)")
_HOME = re.compile(r"\$(?:HOME\b|\{HOME\})(?=/)")
_ASSIGNS = re.compile(
    r"^[ \t]{0,20}(?:export )?(?P<name>\w{1,60})=([\"']?)(?P<value>[\w@.:/${}-]{1,200})\2[ \t;]*$", re.MULTILINE
)
_DEEPEST = 3  # variables that are set by others
_MOST_ASSIGNED, _LONGEST = 200, 2_000
# `<project-name>`, `/path/to/shop.db` and `path/to/.env` are for a person to fill in.
_TO_FILL_IN = re.compile(r"<[^<>]{1,80}>|(?<![\w.-])path/to\b")
# How supervisor writes variables.
_OF_SUPERVISOR = re.compile(r"%\((\w{1,64})\)s")


def to_fill_in(words: tuple[str, ...]) -> bool:
    """Whether a command is an example, in which a word stands for another one."""
    return any(_TO_FILL_IN.search(word) for word in words)


def of_sentence(words: tuple[str, ...]) -> bool:
    """Whether prose names the program, `uwsgi ini files`: what uWSGI is given without an option is a file, an address or
    `module:callable`."""
    return words[:1] == ("uwsgi",) and len(words) > 1 and words[1].isalpha()


def on_port(words: tuple[str, ...]) -> tuple[str, ...]:
    """`-p $PORT`, the port that platforms tell a process by this variable, as the port of the service."""
    return tuple(_PORT.sub("{port}", word) for word in words)


def of_environment(words: tuple[str, ...]) -> tuple[str, ...]:
    """A program in an environment whose folder a variable names, by its own name: the image has one environment."""
    return (_OF_ENVIRONMENT.sub("", words[0]), *words[1:]) if words else ()


def by_default(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words where only the port is told: `${WORKERS:-4}` is 4, and an option whose whole value is a variable, as in
    `--workers $WEB_CONCURRENCY`, is left to its program's own default."""
    kept: list[str] = []
    for word in on_port(words):
        word = _WITH_DEFAULT.sub(r"\1", word)
        option, _, value = word.partition("=")
        if _OPTION.fullmatch(option) and _VARIABLE.fullmatch(value):
            continue
        if _VARIABLE.fullmatch(word) and kept:
            if len(kept) > 1 and _OPTION.fullmatch(kept[-1]):
                kept.pop()
            continue
        kept.append(word)
    return tuple(kept)


def without_personal_files(words: tuple[str, ...]) -> tuple[str, ...]:
    """The words without the options that name a file of settings in a person's own folder."""
    kept: list[str] = []
    for word in words:
        option, equals, value = word.partition("=")
        if equals and _OPTION.fullmatch(option) and _OF_A_PERSON.fullmatch(value):
            continue
        if _OF_A_PERSON.fullmatch(word) and len(kept) > 1 and _OPTION.fullmatch(kept[-1]):
            kept.pop()
            continue
        kept.append(word)
    return tuple(kept)


def in_own_folder(words: tuple[str, ...], script: str) -> tuple[str, ...]:
    """The words of a line of a shell script, without what it was given itself, and with the paths below the folder that the
    script found out to be in, `$ROOT/server.js`, from there."""

    def relative(match: re.Match[str]) -> str:
        name = match["name"] or match["braced"]
        own = not name or name == "PWD" or re.search(_TELLS_FOLDER.format(name=name), script, re.MULTILINE)
        return "" if own else match[0]

    return tuple(_OWN_FOLDER.sub(relative, word, count=1) for word in words if word not in ("$@", "$*"))


def assigned(words: tuple[str, ...], script: str) -> tuple[str, ...]:
    """The words with the variables that a shell script sets itself, to plain text or to what others of them are."""
    if not any("$" in word for word in words):
        return words
    values = _assignments(script)
    for _ in range(_DEEPEST):
        filled = (_VARIABLE.sub(lambda match: values.get(match[0].strip("${}"), match[0]), word) for word in words)
        words = tuple(new if len(new) <= _LONGEST else word for word, new in zip(words, filled, strict=True))
    return words


@lru_cache(maxsize=16)
def _assignments(script: str) -> Mapping[str, str]:
    """The first value of each variable; of so many that nobody writes more."""
    values: dict[str, str] = {}
    for match in islice(_ASSIGNS.finditer(script), _MOST_ASSIGNED):
        values.setdefault(match["name"], match["value"])
    return values


def needs_expansion(words: tuple[str, ...]) -> bool:
    """Whether only a shell could tell what a command is given, the home folder apart, which an image's user has too."""
    return any("$" in _HOME.sub("", word) or "`" in word for word in words)


def text_of(fact: Command | CronJob) -> str:
    """A command as a shell has it, with variables written as a shell does."""
    text = fact.text if isinstance(fact, Command) else fact.command
    return _OF_SUPERVISOR.sub(r"${\1}", text)


def told_words(fact: Command | CronJob, words: tuple[str, ...]) -> tuple[str, ...]:
    """Words of a command without variables that a process file has for its platform to fill in."""
    words = of_environment(words)
    return by_default(words) if fact.origin is Origin.RUNNING else on_port(words)
