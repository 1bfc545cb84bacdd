"""Version constraints of all ecosystems."""

import pytest

from toolkit.facts.manifests import versions


@pytest.mark.parametrize(
    ("constraint", "lowest"),
    [
        (">=3.8,<3.12", "3.8"),
        ("^3.7", "3.7"),
        ("~=3.6", "3.6"),
        ("3.9.*", "3.9"),
        ("3.10", "3.10"),
        ("<3.12", None),
        ("!=3.0", None),
        ("*", None),
        ("^14 || ^16", "14"),
        (">=10.0.0 <13", "10.0.0"),
        ("18.x", "18"),
        ("v12.22.1", "12.22.1"),
        ("lts/hydrogen", "18"),
        ("lts/*", None),
        ("^7.4|^8.0", "7.4"),
        ("~> 2.7", "2.7"),
        (">= 2.5.0, < 3.1", "2.5.0"),
        ("node", None),
    ],
)
def test_lowest(constraint: str, lowest: str | None) -> None:
    assert versions.lowest(constraint) == lowest


@pytest.mark.parametrize(
    ("constraint", "pinned"),
    [("==1.2.3", "1.2.3"), ("1.2.3", "1.2.3"), ("= 1.0", "1.0"), ("^1.2", None), ("1.x", None), (">=1", None)],
)
def test_pinned(constraint: str, pinned: str | None) -> None:
    assert versions.pinned(constraint) == pinned


@pytest.mark.parametrize(
    ("written", "version"),
    [("1.8", "8"), ("17", "17"), ("17.0.2", "17"), ("JavaVersion.VERSION_1_8", "8"), ("VERSION_11", "11"), ("1.8.0_181", "8"), ("x", None)],
)  # fmt: skip
def test_java(written: str, version: str | None) -> None:
    assert versions.java(written) == version
