import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toolkit.errors import BadInputError
from toolkit.files import BASE, merge, write

some_lines = st.lists(st.sampled_from(["a\n", "b\n", "c\n", "d\n", "\n"]), max_size=12).map("".join)


def test_writes_then_finds_nothing_to_do(tmp_path: Path) -> None:
    assert write(tmp_path, {"a/b.txt": "one\n"}).created == ["a/b.txt"]
    before = (tmp_path / BASE).stat().st_mtime_ns
    assert write(tmp_path, {"a/b.txt": "one\n"}).unchanged == ["a/b.txt"]
    assert (tmp_path / BASE).stat().st_mtime_ns == before


def test_keeps_an_edit_beside_a_new_generation(tmp_path: Path) -> None:
    write(tmp_path, {"f": "one\ntwo\nthree\n"})
    (tmp_path / "f").write_text("one\ntwo\nmine\n")
    assert write(tmp_path, {"f": "ONE\ntwo\nthree\n"}).merged == ["f"]
    assert (tmp_path / "f").read_text() == "ONE\ntwo\nmine\n"


def test_marks_a_conflict_and_says_so(tmp_path: Path) -> None:
    write(tmp_path, {"f": "one\n"})
    (tmp_path / "f").write_text("mine\n")
    written = write(tmp_path, {"f": "theirs\n"})
    assert [finding.code for finding in written.findings] == ["RP071"]
    assert (tmp_path / "f").read_text() == "<<<<<<< your edit\nmine\n=======\ntheirs\n>>>>>>> generated\n"


def test_removes_what_is_generated_no_longer_but_not_what_was_edited(tmp_path: Path) -> None:
    write(tmp_path, {"s/gone": "1\n", "s/edited": "2\n", "kept": "3\n"})
    (tmp_path / "s/edited").write_text("mine\n")
    written = write(tmp_path, {"kept": "3\n"})
    assert written.removed == ["s/gone"]
    assert [finding.code for finding in written.findings] == ["RP072"]
    assert (tmp_path / "s/edited").exists() and not (tmp_path / "s/gone").exists()


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", "a//b", ""])
def test_refuses_paths_that_leave_the_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(BadInputError):
        write(tmp_path, {path: "x"})


def test_refuses_to_write_through_a_link(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    folder = tmp_path / "out"
    folder.mkdir()
    (folder / "services").symlink_to(outside)
    with pytest.raises(BadInputError, match="link"):
        write(folder, {"services/web/Dockerfile": "FROM scratch\n", "a": "b"})
    assert not any(outside.iterdir()) and not (folder / "a").exists()


def test_damaged_base_is_bad_input(tmp_path: Path) -> None:
    (tmp_path / BASE).parent.mkdir()
    (tmp_path / BASE).write_text("[")
    with pytest.raises(BadInputError, match="JSON"):
        write(tmp_path, {"a": "b"})


def test_base_holds_what_was_generated_not_what_was_edited(tmp_path: Path) -> None:
    write(tmp_path, {"f": "one\n"})
    (tmp_path / "f").write_text("mine\n")
    write(tmp_path, {"f": "one\n"})
    assert json.loads((tmp_path / BASE).read_text()) == {"f": "one\n"}


@given(some_lines, some_lines)
def test_merging_with_one_side_unchanged_gives_the_other(base: str, changed: str) -> None:
    assert merge(base, changed, base) == (changed, 0)
    assert merge(base, base, changed) == (changed, 0)
    assert merge(base, changed, changed) == (changed, 0)
