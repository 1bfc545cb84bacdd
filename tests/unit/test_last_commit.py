"""The day of the last commit, from a repository's files as git leaves them."""

import os
import subprocess
from pathlib import Path

import pytest

from toolkit.inventory.last_commit import last_commit

ENVIRONMENT = {
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_AUTHOR_NAME": "A",
    "GIT_AUTHOR_EMAIL": "a@example.org",
    "GIT_COMMITTER_NAME": "A",
    "GIT_COMMITTER_EMAIL": "a@example.org",
    "PATH": os.environ.get("PATH", ""),
}


def git(folder: Path, *words: str, day: str = "2019-03-04") -> None:
    times = {"GIT_AUTHOR_DATE": f"{day}T12:00:00 +0000", "GIT_COMMITTER_DATE": f"{day}T12:00:00 +0000"}
    subprocess.run(["git", *words], cwd=folder, check=True, capture_output=True, env=ENVIRONMENT | times)


@pytest.fixture
def repository(tmp_path: Path) -> Path:
    git(tmp_path, "init", "--initial-branch=trunk")
    for day in ("2017-01-31", "2019-03-04"):
        (tmp_path / "README").write_text(day)
        git(tmp_path, "add", "README")
        git(tmp_path, "commit", "--message", "change", day=day)
    return tmp_path


def test_loose_objects(repository: Path) -> None:
    assert last_commit(repository) == "2019-03-04"


def test_packed_objects_and_references(repository: Path) -> None:
    git(repository, "gc", "--aggressive")
    assert not (repository / ".git/refs/heads/trunk").exists(), "the reference is packed, too"
    assert last_commit(repository) == "2019-03-04"


def test_a_commit_without_a_branch(repository: Path) -> None:
    git(repository, "checkout", "--detach", "HEAD~1")
    assert last_commit(repository) == "2017-01-31"


def test_a_clone_tells_the_commit_and_not_its_own_day(
    repository: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    copy = tmp_path_factory.mktemp("clone") / "copy"
    git(repository, "clone", "--no-local", str(repository), str(copy))
    assert last_commit(copy) == "2019-03-04"


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("HEAD", b"ref: refs/heads/../../../../etc/passwd"),
        ("HEAD", b"ref: refs/heads/none"),
        ("HEAD", b"\xff\xfe"),
        ("HEAD", b""),
        ("refs/heads/trunk", b"not a hash"),
        ("refs/heads/trunk", b"0" * 40),
    ],
)
def test_what_is_no_repository_tells_nothing(repository: Path, file: str, content: bytes) -> None:
    (repository / ".git" / file).write_bytes(content)
    assert last_commit(repository) is None


def test_broken_objects_and_packs_tell_nothing(repository: Path) -> None:
    git(repository, "gc")
    for path in (repository / ".git/objects/pack").iterdir():
        path.chmod(0o644)
        path.write_bytes(path.read_bytes()[:1100])
    assert last_commit(repository) is None


def test_links_are_not_followed(repository: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    other = tmp_path_factory.mktemp("other")
    (other / ".git").symlink_to(repository / ".git")
    assert last_commit(other) is None
    assert last_commit(tmp_path_factory.mktemp("nothing")) is None
