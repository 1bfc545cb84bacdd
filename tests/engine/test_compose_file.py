"""compose.yaml as `up` reads it: everything that replatform writes, and a clear no to the rest. Without an engine."""

from pathlib import Path

import pytest

from tests.conftest import ROOT, SAMPLES
from toolkit.engine.compose_file import ComposeFile, memory_bytes, read_compose, seconds
from toolkit.errors import BadInputError


def read(text: str, values: dict[str, str] | None = None, **options: set[str]) -> ComposeFile:
    return read_compose(text, lambda name, default: (values or {}).get(name, default or f"<{name}>"), **options)


@pytest.mark.parametrize("sample", SAMPLES)
def test_everything_that_we_write_is_understood(sample: str) -> None:
    text = (ROOT / "tests/golden" / sample / "compose.yaml").read_text(encoding="utf-8")
    compose = read(text)
    order = compose.order()
    assert order
    for name in order:
        assert all(order.index(other) < order.index(name) for other in compose.services[name].depends_on)


def test_two_dollar_signs_are_one() -> None:
    compose = read(Path(ROOT / "tests/golden/case-tracking/compose.yaml").read_text(encoding="utf-8"))
    assert compose.order().index("proxy") > 0
    assert "map $http_upgrade" in compose.configs["proxy"].content


def test_scheduled_services_do_not_start() -> None:
    text = Path(ROOT / "tests/golden/case-tracking/compose.yaml").read_text(encoding="utf-8")
    assert "send-deadlines" in text and "send-deadlines" not in read(text).services


APP = """
name: app
services:
  web:
    image: x:1
    environment: {A: "${A:-fallback}", B: "${B:?set B}", C: "$$HOME costs $$5", D: "${D}"}
    depends_on: {db: {condition: service_healthy}}
  db: {image: "db:1"}
"""


def test_references_are_filled() -> None:
    environment = read(APP, {"B": "$b", "D": "d"}).services["web"].environment
    assert environment == {"A": "fallback", "B": "$b", "C": "$HOME costs $5", "D": "d"}


def test_a_datastore_can_be_left_out_with_its_variables() -> None:
    compose = read(APP, without={"db"}, unset={"A", "B"})
    assert compose.order() == ("web",) and set(compose.services["web"].environment) == {"C", "D"}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("name: app\nservices: {web: {image: x, networks: [a]}}", "services.web.networks"),
        ("name: app\nservices: {web: {image: x, privileged: true}}", "services.web.privileged"),
        ("name: ../app\nservices: {}", "name"),
        ("name: app\nservices: [", "not YAML"),
        ("- 1", "valid"),
        ("", "valid"),
    ],
)
def test_what_is_not_ours_is_refused(text: str, words: str) -> None:
    with pytest.raises(BadInputError, match=words):
        read(text)


def test_a_circle_is_refused() -> None:
    started = "{condition: service_started}"
    text = f"name: app\nservices: {{a: {{image: x, depends_on: {{b: {started}}}}}, b: {{image: x, depends_on: {{a: {started}}}}}}}"
    with pytest.raises(BadInputError, match="a -> b -> a"):
        read(text).order()


def test_durations_and_sizes() -> None:
    assert [seconds(text) for text in ("5s", "1m30s", "2m")] == [5, 90, 120]
    assert [memory_bytes(text) for text in ("512m", "2g", "100")] == [512 << 20, 2 << 30, 100]
    for wrong in ("", "5", "s5", "1h"):
        with pytest.raises(BadInputError):
            seconds(wrong)
