"""The score on the labelled READMEs beside the repository. floors.json is only ever raised."""

import json
from pathlib import Path

import pytest

from tests.corpus.corpus import PRESENT, Reading, readings, scorer
from tests.corpus.measure import judged
from toolkit.catalog.catalog import Catalog

pytestmark = pytest.mark.skipif(not PRESENT, reason="the labelled READMEs are not beside the repository")
FLOORS: dict[str, float] = json.loads((Path(__file__).parent / "floors.json").read_text(encoding="utf-8"))
FIELDS = [name for name in FLOORS if name not in ("macro", "share_right_above_0.9")]


@pytest.fixture(scope="module")
def corpus(catalog: Catalog) -> list[Reading]:
    return readings(catalog.readme_rules)


def test_macro_average(corpus: list[Reading]) -> None:
    score = scorer()
    total = score.total({reading.name: reading.counts for reading in corpus})
    assert score.macro(total) >= FLOORS["macro"]


@pytest.mark.parametrize("name", FIELDS)
def test_field(corpus: list[Reading], name: str) -> None:
    total = scorer().total({reading.name: reading.counts for reading in corpus})
    assert total[name].f1 >= FLOORS[name]


def test_what_we_are_sure_of_is_right(corpus: list[Reading], catalog: Catalog) -> None:
    table = catalog.readme_rules.confidence.rules
    sure = [right for reading in corpus for rule, right in judged(reading) if table.get(rule, 0) > 0.9]
    assert len(sure) > 300
    assert sum(sure) / len(sure) >= FLOORS["share_right_above_0.9"]
