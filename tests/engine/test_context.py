"""Build contexts without an engine: what gets into the archive, and what never does."""

import os
import stat
import tarfile
from pathlib import Path

import pytest

from toolkit.engine import context as contexts
from toolkit.engine.context import DOCKERFILE, build_context
from toolkit.engine.ignore import IgnoreRules
from toolkit.errors import BadInputError


def members(source: Path, ignore: str = "") -> dict[str, tarfile.TarInfo]:
    with (
        build_context(source, "FROM scratch\n", ignore) as context,
        tarfile.open(fileobj=context.archive) as archive,
    ):
        found = {member.name: member for member in archive.getmembers()}
    assert {DOCKERFILE, ".dockerignore"} <= set(found)
    return {name: member for name, member in found.items() if name not in (DOCKERFILE, ".dockerignore")}


@pytest.mark.parametrize(
    ("patterns", "path", "ignored"),
    [
        ("*.log", "x.log", True),
        ("*.log", "sub/x.log", False),
        ("**/*.log", "x.log", True),
        ("**/*.log", "a/b/x.log", True),
        ("**/.env", "a/.env", True),
        ("**/.env", "a/.env.sample", False),
        ("node_modules", "node_modules/a/b.js", True),
        ("node_modules/", "node_modules", True),
        ("/build", "build/x", True),
        ("build", "src/build/x", False),
        ("*/build", "src/build/x", True),
        ("docs/**", "docs/a/b", True),
        ("docs/**", "docs", False),
        ("a?c", "abc", True),
        ("a?c", "a/c", False),
        ("[a-c].txt", "b.txt", True),
        ("[^a-c].txt", "b.txt", False),
        ("target\n!target/app.jar", "target/app.jar", False),
        ("target\n!target/app.jar", "target/classes/A.class", True),
        ("!x\nx", "x", True),
        ("# x\n\n", "x", False),
        ("../x\n..", "x", False),
        ("*\n!package.json", "package.json", False),
        ("*\n!package.json", "index.js", True),
        ("a.b", "aXb", False),
    ],
)
def test_patterns_mean_what_the_engine_means(patterns: str, path: str, ignored: bool) -> None:
    assert IgnoreRules(patterns).ignores(path) is ignored


def test_the_ignore_file_beside_the_dockerfile_decides_and_the_sources_own_does_not(tmp_path: Path) -> None:
    (tmp_path / ".dockerignore").write_text("kept.txt\n")
    (tmp_path / "kept.txt").write_text("x")
    (tmp_path / "target").mkdir()
    (tmp_path / "target/app.jar").write_text("x")
    (tmp_path / "target/other").write_text("x")
    assert set(members(tmp_path, "target\n!target/app.jar\n")) == {"kept.txt", "target/app.jar"}


def test_links_never_lead_out_of_the_context(tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "sub").mkdir(parents=True)
    (tmp_path / "secret").write_text("outside")
    (source / "absolute").symlink_to(tmp_path / "secret")
    (source / "above").symlink_to("../secret")
    (source / "sub/deep").symlink_to("../../secret")
    (source / "folder").symlink_to(tmp_path, target_is_directory=True)
    (source / "sub/inside").symlink_to("../plain")
    (source / "plain").write_text("x")
    os.mkfifo(source / "pipe")
    with build_context(source, "FROM scratch\n", "") as context:
        left_out = {line.partition(":")[0] for line in context.left_out}
        data = context.archive.read()
    assert left_out == {"absolute", "above", "sub/deep", "folder", "pipe"}
    assert b"outside" not in data
    assert set(members(source)) == {"plain", "sub", "sub/inside"}
    assert members(source)["sub/inside"].issym()


def test_a_source_that_is_no_folder(tmp_path: Path) -> None:
    with pytest.raises(BadInputError):
        members(tmp_path / "missing")


def test_owners_are_root_and_modes_stay(tmp_path: Path) -> None:
    script = tmp_path / "run.sh"
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    member = members(tmp_path)["run.sh"]
    assert (member.uid, member.gid, stat.S_IMODE(member.mode)) == (0, 0, 0o755)


def test_hard_links_are_files(tmp_path: Path) -> None:
    (tmp_path / "a").write_text("x")
    (tmp_path / "b").hardlink_to(tmp_path / "a")
    assert all(member.isfile() for member in members(tmp_path).values())


def test_a_context_has_a_size_limit(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contexts, "MAXIMUM_BYTES", 10)
    (tmp_path / "big").write_text("x" * 11)
    with pytest.raises(BadInputError, match="4 GiB"):
        members(tmp_path)
