"""The table of known failures: every entry fits its own examples, and none is hidden by an entry before it."""

import re

import pytest

from toolkit.catalog.build_failures import KnownFailure, load_build_failures
from toolkit.catalog.load import BlueprintFolder

TABLE = load_build_failures(BlueprintFolder())


@pytest.mark.parametrize("entry", TABLE.failures, ids=lambda entry: entry.name)
def test_an_entry_fits_its_examples(entry: KnownFailure) -> None:
    assert entry.examples
    for example in entry.examples:
        found = TABLE.diagnose(["Step 3/9 : RUN x", example], "app")
        assert found is not None and found.name == entry.name, example
        assert not re.search(r"\{\w+\}", found.explanation + found.suggestion), found
        assert found.suggestion and "  " not in found.suggestion


def test_names_are_unique() -> None:
    names = [entry.name for entry in TABLE.failures]
    assert len(names) == len(set(names)) >= 25


def test_a_lookup_names_the_package() -> None:
    found = TABLE.diagnose(["x.c:1:2: fatal error: libpq-fe.h: No such file or directory"], "web")
    assert found is not None
    assert (
        found.suggestion == "Add libpq-dev to images.web.build_packages in replatform.yaml, then replatform generate."
    )


def test_nothing_is_known_about_ordinary_output() -> None:
    lines = ["Step 1/3 : FROM python:3.11", "Successfully installed Django-4.2.30", "added 210 packages in 3s"]
    assert TABLE.diagnose(lines, "app") is None


def test_long_lines_take_no_time() -> None:
    assert TABLE.diagnose(['Get "https://' + "a" * 100_000] * 400 + ["print " * 10_000], "app") is None
