"""`--set KEY=VALUE` and `--answers FILE` as answers by key."""

from collections.abc import Iterable, Mapping
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from toolkit.errors import BadInputError
from toolkit.plan.plan_file import read_values

KEPT = ".replatform/answers.yaml"


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


def read_answers(path: Path | None) -> dict[str, object]:
    """Answers by dotted key from a YAML file; none without one. Raises BadInputError."""
    if path is None:
        return {}
    if not path.is_file():
        raise BadInputError(f"no such file: {path}", to_do="a YAML file with a line KEY: VALUE for each answer")
    values = read_values(path.read_text(encoding="utf-8", errors="replace"), str(path))
    return {str(key): value for key, value in values.items()}


def all_answers(path: Path | None, pairs: Iterable[str] | None) -> dict[str, object]:
    """Those of a file, and those of the command line, which win."""
    return read_answers(path) | parse_answers(pairs)


def keep_answers(path: Path, answers: Mapping[str, object]) -> None:
    """Writes answers where `read_answers` finds them again."""
    if answers:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("w", encoding="utf-8") as stream:
            stream.write(
                "# What replatform wizard was told; replatform convert SRC --out DIR --answers FILE takes it, too.\n"
            )
            YAML(typ="safe", pure=True).dump(dict(answers), stream)
