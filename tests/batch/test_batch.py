"""Many repositories in one run: one bad one harms no other, and the result depends on nothing but the input."""

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path
from xml.etree import ElementTree

import pytest

from tests.conftest import SAMPLES
from toolkit.batch import manifest, pool, sources
from toolkit.batch.buildspec import render_buildspec
from toolkit.batch.manifest import Repository
from toolkit.batch.results import Result, junit, line, read_results
from toolkit.batch.summary import render_html, render_markdown
from toolkit.errors import BadInputError, TemporaryError

COMMAND = [sys.executable, "-c", "from toolkit.cli.main import run; run()", "batch"]


def batch(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run([*COMMAND, *map(str, arguments)], capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL)  # fmt: skip


def tree(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture(scope="module")
def fleet(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Six repositories, of which one is nothing that can be converted."""
    folder = tmp_path_factory.mktemp("fleet")
    for number in range(5):
        source = list(SAMPLES.values())[number % len(SAMPLES)]
        shutil.copytree(source, folder / f"{source.name}-{number}")
    (folder / "empty").mkdir()
    return folder


@pytest.fixture(scope="module")
def whole(fleet: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("whole") / "out"
    run = batch(fleet, "--out", out, "-j", "1")
    assert run.returncode == 1 and "5 of 6 converted" in run.stdout
    return out


def test_one_bad_repository_stops_no_other(whole: Path) -> None:
    results = read_results(whole)
    assert {name for name, result in results.items() if result.status != "converted"} == {"empty"}
    assert "no application was recognised" in results["empty"].error
    suite = ElementTree.fromstring((whole / "junit.xml").read_text()).find("testsuite")
    assert suite is not None and suite.attrib["tests"] == "6" and suite.attrib["errors"] == "1"
    assert "| converted | 5 |" in (whole / "summary.md").read_text()
    page = (whole / "summary.html").read_text()
    assert "<script" not in page and "://" not in page and 'lang="en"' in page


def test_processes_and_shards_change_nothing(whole: Path, fleet: Path, tmp_path: Path) -> None:
    batch(fleet, "--out", tmp_path / "two", "-j", "2")
    assert tree(tmp_path / "two") == tree(whole)
    for index in (1, 2):
        batch(fleet, "--out", tmp_path / f"shard-{index}", "--shard", f"{index}/2")
    batch("merge", tmp_path / "shard-1", tmp_path / "shard-2", "--out", tmp_path / "merged")
    assert tree(tmp_path / "merged").items() <= tree(whole).items()


def test_a_run_killed_at_any_moment_resumes_to_the_same(whole: Path, fleet: Path, tmp_path: Path) -> None:
    moments = random.Random(7)
    for _ in range(4):
        process = subprocess.Popen([*COMMAND, str(fleet), "--out", str(tmp_path), "-j", "2", "--resume"], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)  # fmt: skip
        time.sleep(moments.uniform(0.3, 2))
        process.send_signal(signal.SIGKILL)
        process.wait()
        time.sleep(0.5)  # its workers find their pipe closed, and end
    batch(fleet, "--out", tmp_path, "--resume")
    assert tree(tmp_path) == tree(whole)


def test_resume_converts_what_changed(whole: Path, fleet: Path, tmp_path: Path) -> None:
    source, out = tmp_path / "fleet", tmp_path / "out"
    shutil.copytree(fleet, source)
    batch(source, "--out", out)
    times = {path: path.stat().st_mtime_ns for path in out.glob("*/.replatform/generated.json")}
    env = source / "case-tracking-2/.env.example"
    env.write_text(env.read_text() + "\nNEW_SETTING=1\n")
    batch(source, "--out", out, "--resume")
    changed = {path.parts[-3] for path, before in times.items() if path.stat().st_mtime_ns != before}
    assert changed == {"case-tracking-2"}


def misbehave(what: str) -> str:
    if what == "hang":
        time.sleep(60)
    if what == "die":
        os.kill(os.getpid(), signal.SIGKILL)
    if what == "eat":
        return "x" * (4 << 30)
    return what.upper()


def test_limits_end_one_task_and_no_other() -> None:
    tasks = ["a", "hang", "b", "die", "c", "eat", "d"]
    ended = dict(pool.run(misbehave, tasks, processes=2, timeout_seconds=1.5, memory_mib=2048))
    assert ended == {
        "a": "A", "b": "B", "c": "C", "d": "D",
        "hang": pool.Failure.TIMEOUT, "die": pool.Failure.CRASHED, "eat": pool.Failure.MEMORY,
    }  # fmt: skip


def test_shards_are_even_and_complete() -> None:
    repositories = tuple(Repository(name=f"r{number:03}", path="/x") for number in range(103))
    parts = [manifest.shard(repositories, index, 10) for index in range(1, 11)]
    assert sorted(entry.name for part in parts for entry in part) == [entry.name for entry in repositories]
    assert {len(part) for part in parts} == {10, 11}


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("repositories: [{path: a, git: b}]", "either path or git"),
        ("repositories: [{path: a}, {path: b/a}]", "two repositories are named 'a'"),
        ("repositories: [{git: 'https://h/a', revision: --upload-pack=x}]", "revision"),
        ("repositories: [{path: a, name: ../x}]", "name"),
        ("repos: []", "repositories"),
        ("a: &x [*x]", "alias"),
    ],
)
def test_a_bad_manifest_is_bad_input(text: str, words: str, tmp_path: Path) -> None:
    path = tmp_path / "fleet.yaml"
    path.write_text(text)
    with pytest.raises(BadInputError, match=words):
        manifest.read_manifest(path, tmp_path / "out")


@pytest.fixture
def bare(tmp_path: Path) -> Path:
    """A bare repository with a hook, a filter and a submodule that would each leave a mark if they ran."""
    work, mirror = tmp_path / "work", tmp_path / "mirror"
    shutil.copytree(SAMPLES["case-tracking"], work)
    (work / ".gitattributes").write_text("* filter=lfs\n")
    (work / ".gitmodules").write_text(f'[submodule "s"]\n\tpath = s\n\turl = {tmp_path}/elsewhere\n')
    environment = os.environ | {"GIT_CONFIG_GLOBAL": "/dev/null", "GIT_CONFIG_NOSYSTEM": "1"}
    for arguments in (["init", "-q", "-b", "main"], ["add", "-A"], ["-c", "user.name=a", "-c", "user.email=a@b.c", "commit", "-qm", "x"], ["tag", "v1"]):  # fmt: skip
        subprocess.run(["git", *arguments], cwd=work, check=True, env=environment)
    mirror.mkdir()
    subprocess.run(["git", "clone", "-q", "--bare", str(work), str(mirror / "shop.git")], check=True, env=environment)
    return mirror / "shop.git"


def test_git_sources_are_converted_at_their_revision(bare: Path, tmp_path: Path) -> None:
    listed = tmp_path / "fleet.yaml"
    listed.write_text(f"repositories:\n  - {{git: {bare}, revision: v1, set: {{services.web.size: high}}}}\n  - {{git: {bare}, name: gone, revision: v2}}\n")  # fmt: skip
    run = batch(listed, "--out", tmp_path / "out", "--git-mirror", bare.parent)
    results = read_results(tmp_path / "out")
    assert run.returncode == 1 and results["shop"].status == "converted" and results["shop"].application == "shop"
    assert "size: high" in (tmp_path / "out/shop/replatform.yaml").read_text()
    assert results["gone"].status == "failed" and "git fetch" in results["gone"].error


@pytest.mark.parametrize(
    "url", ["file:///etc", "ext::sh -c touch% /tmp/x", "http://h/x", "git://h/x", "/etc", "-u", "../x"]
)
def test_other_protocols_are_refused(url: str, bare: Path, tmp_path: Path) -> None:
    with pytest.raises(BadInputError, match="will not fetch"):
        sources.fetch(Repository(name="x", git=url), tmp_path / "x", mirror=bare.parent, timeout_seconds=5)


def test_a_link_out_of_the_mirror_is_refused(bare: Path, tmp_path: Path) -> None:
    (bare.parent / "link.git").symlink_to(tmp_path / "work")
    with pytest.raises(BadInputError, match="will not fetch"):
        sources.fetch(Repository(name="x", git=str(bare.parent / "link.git")), tmp_path / "x", mirror=bare.parent, timeout_seconds=5)  # fmt: skip


def test_a_fetch_without_end_ends(tmp_path: Path) -> None:
    with pytest.raises(TemporaryError):
        sources.fetch(
            Repository(name="x", git="https://192.0.2.1/x.git"), tmp_path / "x", mirror=None, timeout_seconds=1
        )


def test_what_others_wrote_becomes_no_markup() -> None:
    result = Result(name="x", source="s", status="failed", error="<script>\x00|\x1b[31m")
    ElementTree.fromstring(junit([result]))
    assert "<script>" not in render_html([result]) and "<script>" not in render_markdown([result])


def test_a_torn_last_line_is_passed_over_and_no_other(tmp_path: Path) -> None:
    good = line(Result(name="a", source="s", status="converted"))
    (tmp_path / "results.jsonl").write_text(good + good[:20])
    assert list(read_results(tmp_path)) == ["a"]
    (tmp_path / "results.jsonl").write_text(good[:20] + "\n" + good)
    with pytest.raises(BadInputError, match="not a result"):
        read_results(tmp_path)


def test_the_buildspec_has_a_job_for_each_shard_and_one_that_joins() -> None:
    from ruamel.yaml import YAML

    assert batch("buildspec", "--shards", "3").stdout == render_buildspec(3)
    graph = YAML(typ="safe").load(batch("buildspec", "--shards", "99").stdout)["batch"]["build-graph"]
    assert len(graph) == 100 and graph[-1]["depend-on"] == [job["identifier"] for job in graph[:-1]]
    script = YAML(typ="safe").load(render_buildspec(3))["phases"]["build"]["commands"][0]
    assert subprocess.run(["bash", "-n"], input=script, text=True, check=False).returncode == 0


@pytest.mark.parametrize("shard", ["0/2", "3/2", "a/b", "1", "1/-1"])
def test_a_bad_shard_is_bad_input(shard: str, fleet: Path, tmp_path: Path) -> None:
    run = batch(fleet, "--out", tmp_path, "--shard", shard)
    assert run.returncode == 2 and "I/N" in run.stderr


def test_totals_as_json(fleet: Path, tmp_path: Path) -> None:
    totals = json.loads(batch(fleet, "--out", tmp_path, "--json").stdout)
    assert totals["repositories"] == 6 and totals["status"] == {"converted": 5, "failed": 1}


def test_hostile_repositories_harm_no_other(tmp_path: Path) -> None:
    """What a repository may hold in place of a README, or beside it; the good one among them is converted."""
    fleet = tmp_path / "fleet"
    names = ("device", "deep", "fifo", "folder", "good", "link", "many", "sparse")
    for name in names:
        shutil.copytree(SAMPLES["collaboration"], fleet / name)
        if name in ("device", "fifo", "folder", "link"):
            (fleet / name / "README.txt").unlink()
    os.mkfifo(fleet / "fifo/README.txt")
    (fleet / "folder/README.txt").mkdir()
    (fleet / "link/README.txt").symlink_to("/etc/passwd")
    (fleet / "device/README.txt").symlink_to("/dev/zero")
    (fleet / "deep" / "/".join("d" * 400)).mkdir(parents=True)
    with (fleet / "sparse/README.md").open("wb") as stream:
        stream.truncate(1 << 30)
    for number in range(21_000):
        (fleet / "many" / f"f{number}.js").touch()
    shutil.copytree(SAMPLES["collaboration"], fleet / os.fsdecode(b"caf\xe9"))
    run = batch(fleet, "--out", tmp_path / "out", "--timeout", "60")
    results = read_results(tmp_path / "out")
    assert set(results) == {*names, "caf-"} and "bug in replatform" not in run.stdout + run.stderr
    assert {name for name, result in results.items() if result.status != "converted"} == set()
    assert {"RP002", "RP003"} <= {finding.code for name in ("link", "many") for finding in results[name].findings}
    assert "root:" not in "".join(path.read_text() for path in (tmp_path / "out/link").rglob("*") if path.is_file())


def test_a_password_in_an_url_is_shown_nowhere(tmp_path: Path) -> None:
    listed = tmp_path / "fleet.yaml"
    listed.write_text("repositories:\n  - git: https://bob:Pw-4471-secret@127.0.0.1:9/shop.git\n")
    run = batch(listed, "--out", tmp_path / "out", "--timeout", "20")
    (result,) = read_results(tmp_path / "out").values()
    assert result.name == "shop" and "git fetch: fatal: unable to access" in result.error
    written = "".join(path.read_text() for path in (tmp_path / "out").rglob("*") if path.is_file())
    assert "Pw-4471" not in written + run.stdout + run.stderr
