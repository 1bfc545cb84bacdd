"""Shell completion, as bash asks for it."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import ROOT

ASK = """
eval "$(_TYPER_COMPLETE_TEST_DISABLE_SHELL_DETECTION=1 replatform --show-completion bash)"
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
$(complete -p replatform | sed 's/.*-F \\([^ ]*\\).*/\\1/') replatform
printf '%s\\n' "${COMPREPLY[@]}"
"""


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (("re",), {"report", "rehearse"}),
        (("batch", "m"), {"merge"}),
        (("migrate", "st"), {"start", "status", "stop"}),
        (("doctor", "b"), {"build"}),
        (("report", "--h"), {"--html", "--help"}),
    ],
)
def test_bash_completes(words: tuple[str, ...], expected: set[str], tmp_path: Path) -> None:
    program = tmp_path / "replatform"
    program.write_text(f"#!{sys.executable}\nfrom toolkit.cli.main import run\nrun()\n")
    program.chmod(0o755)
    run = subprocess.run(
        ["bash", "-c", ASK, "bash", "replatform", *words], capture_output=True, text=True, timeout=60, check=True,
        env={"PATH": f"{tmp_path}:/usr/bin:/bin", "PYTHONPATH": str(ROOT), "HOME": str(tmp_path)},
    )  # fmt: skip
    assert set(run.stdout.split()) == expected, run.stderr
