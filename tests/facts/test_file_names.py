"""What files are for, as their names say."""

import pytest

from toolkit.facts.file_names import is_for_developers


@pytest.mark.parametrize(
    "path",
    ["config/test.yml", "settings_dev.py", "localConfig.json", "shop.ini.sample", "pytest.ini", "shop/TESTS.cfg"],
)
def test_names_of_developers_files(path: str) -> None:
    assert is_for_developers(path)


@pytest.mark.parametrize("path", ["shop/devices.py", "locale/de.json", "latest.yml", "config/Distribution.json"])
def test_other_words_that_hold_their_letters(path: str) -> None:
    assert not is_for_developers(path)
