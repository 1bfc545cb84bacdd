"""The stacks as they are delivered, and what a broken one says."""

import re
from pathlib import Path

import pytest

from toolkit.catalog.catalog import Catalog
from toolkit.catalog.load import BlueprintFolder
from toolkit.catalog.load_stacks import load_stacks
from toolkit.catalog.stacks import Stack, matches
from toolkit.errors import BlueprintError

CATALOG = Catalog()
STACKS = CATALOG.stacks
DAY_OR_MONTH = re.compile(r"20\d\d-(0[1-9]|1[0-2])(-\d\d)?")


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_a_stack_is_complete(stack: Stack) -> None:
    assert stack.sources and all(source.startswith("https://") for source in stack.sources)
    assert DAY_OR_MONTH.fullmatch(stack.reviewed)
    assert stack.release_for(None) is not None, "the default version is one of the releases"
    template = CATALOG.dockerfile(stack)
    stage = f"FROM {{{{ build_image }}}} AS {'assets' if stack.stage_of else 'build'}"
    assert stage in template or "{{ pages }}" in template, "something is built, or pages are served as they are"


@pytest.mark.parametrize("stack", STACKS, ids=lambda stack: stack.name)
def test_releases_carry_dates_and_pinned_images(stack: Stack) -> None:
    for release in stack.releases:
        assert DAY_OR_MONTH.fullmatch(release.end_of_life), release.version
        assert DAY_OR_MONTH.fullmatch(release.released), release.version
        for image in (release.build_image, release.runtime_image):
            name, _, tag = image.partition(":")
            assert name and tag and tag != "latest", image
    assert stack.release_for(None).end_of_life > stack.reviewed  # type: ignore[union-attr]


def test_names_and_priorities_are_unique_where_stacks_are_recognised() -> None:
    recognised = [stack for stack in STACKS if stack.recognise != type(stack.recognise)()]
    priorities = [stack.priority for stack in recognised]
    assert len(set(priorities)) == len(priorities)


@pytest.mark.parametrize(
    ("wish", "expected"),
    [("3.7.4", "3.7"), ("3.11", "3.11"), ("3", "3.14"), ("2.7.18", "2.7"), (None, "3.13"), ("9.9", None)],
)
def test_a_release_is_found_by_its_first_numbers(wish: str | None, expected: str | None) -> None:
    python = next(stack for stack in STACKS if stack.name == "python-django")
    release = python.release_for(wish)
    assert (release.version if release else None) == expected


def test_a_stack_takes_from_its_parent_what_it_does_not_set() -> None:
    by_name = {stack.name: stack for stack in STACKS}
    assert by_name["python-django"].releases == by_name["python"].releases
    assert by_name["python-django"].dockerfile == "python"
    assert by_name["java-war"].dockerfile == "java-war"
    assert by_name["python-flask"].recognise != by_name["python"].recognise


@pytest.mark.parametrize(
    ("text", "what", "line"),
    [
        ("name: mine\ntitle: Mine\nlanguage: python\ntitel: Mine\nsources: []\nreviewed: '2026-11'\n", "titel", 4),
        ("name: mine\ntitle: Mine\nlanguage: python\nsources: []\nreviewed: '2026-11'\nport: many\n", "port", 6),
        ("name: other\ntitle: Mine\nlanguage: python\nsources: []\nreviewed: '2026-11'\n", "named other", None),
        (
            "name: mine\ntitle: Mine\nlanguage: python\nsources: []\nreviewed: '2026-11'\nextends: none\n",
            "no stack named none",
            None,
        ),
        (
            "name: mine\ntitle: Mine\nlanguage: python\nsources: []\nreviewed: '2026-11'\nextends: mine\n",
            "extends itself",
            None,
        ),
    ],
)
def test_a_broken_stack_names_its_place(tmp_path: Path, text: str, what: str, line: int | None) -> None:
    stack = tmp_path / "stacks" / "mine" / "stack.yaml"
    stack.parent.mkdir(parents=True)
    stack.write_text(text, encoding="utf-8")
    with pytest.raises(BlueprintError) as error:
        load_stacks(BlueprintFolder(tmp_path))
    assert what in str(error.value)
    if line:
        assert f"stacks/mine/stack.yaml:{line}" in error.value.where


@pytest.mark.parametrize(
    ("pattern", "path", "expected"),
    [
        ("*.gradle", "build.gradle", True),
        ("*.gradle", "app/build.gradle", False),
        ("requirements/*.txt", "requirements/base.txt", True),
        ("requirements/*.txt", "requirements/more/base.txt", False),
    ],
)
def test_a_pattern_stays_in_its_folder(pattern: str, path: str, expected: bool) -> None:
    assert matches(pattern, path) is expected


def test_a_shell_does_not_remember_a_pip_from_before_the_environment() -> None:
    """It would go on using that one: https://pubs.opengroup.org/onlinepubs/9699919799/utilities/hash.html"""
    python = next(stack for stack in STACKS if stack.name == "python")
    for release in python.releases:
        programs = [step[0] for step in release.prepare]
        assert "pip" not in programs[: next(n for n, step in enumerate(release.prepare) if "/opt/venv" in step)]
