"""All checks over an output folder."""

from collections.abc import Callable
from itertools import count
from pathlib import Path

from toolkit.check import cfn_lint, hadolint, stacks
from toolkit.errors import BadInputError
from toolkit.findings import Finding, in_order

_MAXIMUM_BYTES = 4 << 20


def check_folder(
    folder: Path, results: Path | None = None, report: Callable[[int, int, str], None] = lambda *_: None
) -> tuple[Finding, ...]:
    """cfn-lint, hadolint and our own rules over everything in a folder that replatform wrote.

    `results`: a folder that keeps what linters found from one run to the next. `report` hears, before each file is linted,
    how many are done, of how many, and the file. Raises BadInputError, and TemporaryError when a linter is not installed.
    """
    texts = read_output(folder)
    templates = {
        path: text for path, text in texts.items() if path.startswith("cloudformation/") and path.endswith(".yaml")
    }
    dockerfiles = {
        path: text for path, text in texts.items() if path.startswith("services/") and path.endswith("/Dockerfile")
    }
    done, total = count(), len(templates) + len(dockerfiles)

    def next_is(path: str) -> None:
        report(next(done), total, path)

    return in_order(
        [
            *cfn_lint.check(templates, results, next_is),
            *hadolint.check(dockerfiles, next_is),
            *stacks.check(texts),
        ]
    )


def read_output(folder: Path) -> dict[str, str]:
    """The texts of an output folder that checks look at, by path."""
    if not (folder / "replatform.yaml").is_file():
        raise BadInputError(
            f"{folder} is not a folder that replatform wrote to", to_do="replatform convert SRC --out DIR writes one"
        )
    found = {}
    for pattern in ("cloudformation/*", "services/*/*", "compose.yaml", "env/*/*.env", "replatform.yaml"):
        for path in sorted(folder.glob(pattern)):
            if path.is_file() and not path.is_symlink() and path.stat().st_size <= _MAXIMUM_BYTES:
                found[path.relative_to(folder).as_posix()] = path.read_text(encoding="utf-8", errors="replace")
    return found
