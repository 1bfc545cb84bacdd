"""The code that a process starts with, as far as its command names it."""

from collections.abc import Iterable

from toolkit.split.code import Code, Node
from toolkit.split.words import words

_LEAST = 5  # letters; shorter words name too much


def entry_points(argv: Iterable[str], code: Code) -> tuple[Node, ...]:
    """Units that a command's arguments name: `--job=nightly-interest` NightlyInterestJob, `manage.py send_mail` send_mail."""
    asked = {"".join(words(part)) for word in argv for part in word.replace("=", " ").replace(":", " ").split()}
    asked = {word for word in asked if len(word) >= _LEAST}
    found = []
    for unit in code.units.values():
        name = "".join(words(unit.simple_name))
        if any(name == word or (name.startswith(word) and len(name) - len(word) <= len("command")) for word in asked):
            found.append((unit.name, ""))
    return tuple(sorted(found))
