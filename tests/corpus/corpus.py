"""The labelled READMEs beside the repository, and the scorer that comes with them. Nothing of them is kept here."""

import importlib.util
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

from toolkit.catalog.readme_rules import ReadmeRules
from toolkit.facts import readme
from toolkit.facts.model import Facts
from toolkit.facts.report import facts_object
from toolkit.inventory.source_tree import SourceTree

FOLDER = Path(__file__).parents[2].parent / "shared" / "corpus"
PRESENT = (FOLDER / "score.py").is_file()


@cache
def scorer() -> ModuleType:
    """The corpus's own score.py."""
    spec = importlib.util.spec_from_file_location("corpus_score", FOLDER / "score.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@dataclass(frozen=True)
class Reading:
    """One README of the corpus: its labels, what we read, and the score."""

    name: str
    labels: dict[str, Any]
    facts: Facts
    found: dict[str, Any]
    counts: dict[str, Any]


def documents(folder: Path | None = None) -> Iterator[Path]:
    """The READMEs of the corpus, or of another folder like it, sorted by name."""
    for labels in sorted((folder or FOLDER).glob("*/labels.json")):
        yield next(path for path in sorted(labels.parent.iterdir()) if path.stem.upper() == "README")


def readings(rules: ReadmeRules, folder: Path | None = None) -> list[Reading]:
    """Every README of the corpus, or of another folder like it, read and scored."""
    score = scorer()
    result = []
    for path in documents(folder):
        labels = score.read_json(path.parent / "labels.json")
        facts = readme.read(SourceTree.open(path), rules)
        found = facts_object(facts)
        result.append(Reading(path.parent.name, labels, facts, found, score.score_one(labels, found)))
    return result
