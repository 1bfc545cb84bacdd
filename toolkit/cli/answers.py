"""`--set KEY=VALUE` as answers by key."""

from collections.abc import Iterable

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from toolkit.errors import BadInputError


def parse_answers(pairs: Iterable[str] | None) -> dict[str, object]:
    """Answers by dotted key, values read as YAML (`8080` is a number, `[a, b]` a list). Raises BadInputError."""
    answers: dict[str, object] = {}
    for pair in pairs or ():
        key, equals, value = pair.partition("=")
        if not equals or not key.strip():
            raise BadInputError(
                f"--set {pair!r} is not KEY=VALUE", to_do="replatform plan SRC --questions lists the keys"
            )
        try:
            answers[key.strip()] = YAML(typ="safe", pure=True).load(value) if value else ""
        except YAMLError:
            raise BadInputError(f"--set {key}: the value is not YAML", to_do="put quotes around it") from None
    return answers
