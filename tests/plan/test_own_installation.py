"""The application itself as a package of Python, and what its set-up reads."""

from pathlib import Path

from toolkit.catalog.catalog import Catalog

from .from_files import MONITOR, converted


def test_what_a_set_up_shows_in_an_index_may_lie_above_the_folder(tmp_path: Path, catalog: Catalog) -> None:
    readme = "text = open(join(here, '../README.rst')).read() + open(join(here, '..', 'CHANGES.rst')).read()\n"
    above = {f"src/{path}": text for path, text in MONITOR.items() if path != "README.md"}
    files = above | {"src/setup.py": readme + MONITOR["setup.py"], "README.rst": "Shop\n====\n", "CHANGES.rst": "1.0\n"}
    install = converted(tmp_path / "a", files, catalog).image.install_after_source
    assert install[0] == ("touch", "../CHANGES.rst", "../README.rst") and install[1][-1] == "."
    assert converted(tmp_path / "b", above, catalog).image.install_after_source[0][0] != "touch"
