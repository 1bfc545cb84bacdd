"""Case files of readers: a small tree, and the facts that are expected of it.

    ======== what is shown
    ---- path/of/a/file
    its text
    ---- facts
    Runtime path:1 name=python version=3.9

`pytest --update-golden` writes the facts that are read now; read that difference as code.
"""

import dataclasses
import re
from collections.abc import Callable, Iterable, Iterator
from enum import StrEnum
from pathlib import Path

from toolkit.facts.model import Fact, Origin
from toolkit.findings import Finding
from toolkit.inventory.source_tree import SourceTree

Reader = Callable[[SourceTree], tuple[Iterable[Fact], Iterable[Finding]]]


@dataclasses.dataclass
class Case:
    title: str
    files: dict[str, str]
    expected: list[str]


def read_cases(file: Path) -> Iterator[Case]:
    for block in re.split(r"^======== ", file.read_text(encoding="utf-8"), flags=re.MULTILINE)[1:]:
        title, _, body = block.partition("\n")
        parts = re.split(r"^---- (.+)\n", body, flags=re.MULTILINE)
        texts = dict(zip(parts[1::2], parts[2::2], strict=True))
        facts = texts.pop("facts", "")
        yield Case(title, texts, [line for line in facts.split("\n") if line])


def write_cases(file: Path, cases: Iterable[Case]) -> None:
    blocks = []
    for case in cases:
        texts = "".join(f"---- {path}\n{text}" for path, text in case.files.items())
        facts = "".join(f"{line}\n" for line in case.expected)
        blocks.append(f"======== {case.title}\n{texts}---- facts\n{facts}")
    file.write_text("\n".join(blocks), encoding="utf-8")


def found(case: Case, folder: Path, read: Reader) -> list[str]:
    """What a reader finds in a case, a line each."""
    for path, text in case.files.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    facts, findings = read(SourceTree.open(folder))
    return [*map(shown, facts), *(f"{finding.code} {_places(finding)} {finding.message}" for finding in findings)]


def shown(fact: Fact) -> str:
    """A fact on one line: what differs from the usual alone."""
    parts = [type(fact).__name__, str(fact.evidence)]
    for field in dataclasses.fields(fact):
        value = getattr(fact, field.name)
        usual = field.default if field.default is not dataclasses.MISSING else Origin.RUNNING
        if field.name not in ("evidence", "also") and value != usual:
            parts.append(f"{field.name}={_value(value)}")
    return " ".join(parts)


def _value(value: object) -> str:
    if isinstance(value, StrEnum):
        return value.name
    text = str(value)
    return text if re.fullmatch(r"\S+", text) and not isinstance(value, tuple) else repr(value)


def _places(finding: Finding) -> str:
    return ",".join(str(place) for place in finding.evidence)
