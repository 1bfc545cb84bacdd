import os
from pathlib import Path

import pytest

from toolkit.errors import BadInputError
from toolkit.inventory.source_tree import MAXIMUM_BYTES, SourceTree, decode


def test_walk_is_sorted_and_passes_over_other_peoples_code(tmp_path: Path) -> None:
    for name in ("b.txt", "a/x.py", "node_modules/y.js", ".git/config"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("x")
    assert SourceTree.open(tmp_path).paths == ("a/x.py", "b.txt")


def test_a_link_to_a_file_of_the_tree_is_that_file(tmp_path: Path) -> None:
    for name in ("config/base.json", ".git/config", "tree.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    for name, target in {
        "base.json": "config/base.json",
        "git": ".git/config",
        "self": "self",
        "folder": "config",
    }.items():
        (tmp_path / name).symlink_to(target)
    tree = SourceTree.open(tmp_path)
    assert tree.paths == ("base.json", "config/base.json", "tree.txt")
    file = tree.read("base.json")
    assert file is not None and (file.path, file.text) == ("base.json", "config/base.json")
    assert tree.findings == []


def test_links_out_of_the_tree_are_never_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("root:x")
    tree_folder = tmp_path / "tree"
    tree_folder.mkdir()
    (tree_folder / "README.md").symlink_to(secret)
    (tree_folder / "loop").symlink_to(tree_folder)
    tree = SourceTree.open(tree_folder)
    assert tree.paths == ()
    assert [finding.code for finding in tree.findings] == ["RP002"]


def test_a_pipe_does_not_hang_and_a_swap_for_a_link_is_noticed(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "file").write_text("x")
    tree = SourceTree.open(tmp_path)
    assert tree.paths == ("file",)
    (tmp_path / "file").unlink()
    (tmp_path / "file").symlink_to("/etc/hostname")
    assert tree.read("file") is None


def test_long_files_are_read_to_the_limit_and_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("ä" * MAXIMUM_BYTES)
    tree = SourceTree.open(tmp_path)
    file = tree.read("README.md")
    assert file is not None and file.truncated and len(file.text) == MAXIMUM_BYTES // 2
    assert [finding.code for finding in tree.findings] == ["RP004"]


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"\xef\xbb\xbfa\r\nb\rc", "a\nb\nc"),
        ("señal de conexión válida".encode("cp1252"), "señal de conexión válida"),
        ("día".encode("utf-16"), "día"),
        (b"a\0b", None),
    ],
)
def test_decodes_what_editors_write(data: bytes, text: str | None) -> None:
    assert decode(data) == text


def test_nothing_there_is_bad_input(tmp_path: Path) -> None:
    with pytest.raises(BadInputError):
        SourceTree.open(tmp_path / "absent")
