"""The emulator's own virtual environment, kept in the user's cache."""

import hashlib
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from toolkit.catalog.rehearsal import Emulator
from toolkit.errors import TemporaryError

_INSTALL_SECONDS = 600


def emulator_python(emulator: Emulator, cache: Path, say: Callable[[str], None] = lambda _: None) -> Path:
    """The Python that has the emulator; the first time, an environment is made and the packages are installed.

    Raises TemporaryError when pip cannot install them.
    """
    content = "\n".join([*emulator.requirements, sys.version])
    folder = cache / f"emulator-{emulator.version}-{hashlib.sha256(content.encode()).hexdigest()[:12]}"
    python = folder / "bin" / "python"
    if python.exists():
        return python
    say(f"installs {', '.join(emulator.requirements)} into {folder}")
    cache.mkdir(parents=True, exist_ok=True)
    # Made aside: what was cut off half-way is never taken for whole, and two runs do not meet.
    partial = cache / f".{folder.name}-{os.getpid()}"
    try:
        _run([sys.executable, "-m", "venv", str(partial)], "the emulator's environment cannot be made")
        install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", *emulator.requirements]
        _run([str(partial / "bin" / "python"), *install], "the emulator cannot be installed")
        if not folder.exists():
            partial.rename(folder)
    finally:
        shutil.rmtree(partial, ignore_errors=True)
    return python


def cache_folder() -> Path:
    """https://specifications.freedesktop.org/basedir-spec/latest/"""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "replatform"


def _run(command: list[str], otherwise: str) -> None:
    try:
        done = subprocess.run(
            command, capture_output=True, text=True, timeout=_INSTALL_SECONDS, check=False, stdin=subprocess.DEVNULL
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise TemporaryError(otherwise, where=str(error)[:300]) from None
    if done.returncode:
        lines = (done.stderr or done.stdout).strip().splitlines()
        raise TemporaryError(otherwise, where=lines[-1][:300] if lines else "", to_do="look at pip's index and network")
