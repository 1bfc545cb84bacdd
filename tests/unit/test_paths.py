"""Paths of a tree, which are empty for the folder that they are relative to."""

import pytest

from toolkit.inventory.paths import inside, joined, relative, resolved


def test_empty_parts_stand_for_the_folder_itself() -> None:
    assert joined("", "app", "", "main.py") == "app/main.py" and joined("", "") == ""
    assert relative("app/main.py", "app") == "main.py" and relative("app/main.py", "") == "app/main.py"


def test_a_folder_of_a_longer_name_is_another_one() -> None:
    assert inside("app/main.py", "app") and inside("app", "app") and inside("app", "")
    assert not inside("application/main.py", "app")


@pytest.mark.parametrize(
    ("directory", "written", "path"),
    [
        ("requirements", "../shared/./base.txt", "shared/base.txt"),
        ("", "base.txt", "base.txt"),
        ("requirements", "../../base.txt", ""),
    ],
)
def test_what_leaves_the_tree_is_no_path(directory: str, written: str, path: str) -> None:
    assert resolved(directory, written) == path
