"""NAME=VALUE and STACK.NAME=VALUE, as the command line has them."""

from collections.abc import Iterable

from toolkit.errors import BadInputError


def pairs(given: Iterable[str], option: str) -> dict[str, str]:
    """Raises BadInputError for what is not NAME=VALUE; a value that may be secret is not repeated."""
    found: dict[str, str] = {}
    for text in given:
        name, equals, value = text.partition("=")
        if not equals or not name or name.split() != [name]:
            raise BadInputError(f"{option} {name!r} is not NAME=VALUE")
        found[name] = value
    return found


def by_stack(given: Iterable[str]) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for name, value in pairs(given, "--parameter").items():
        stack, dot, parameter = name.partition(".")
        if not dot or not parameter:
            raise BadInputError(f"--parameter {name!r} is not STACK.NAME=VALUE")
        found.setdefault(stack, {})[parameter] = value
    return found
