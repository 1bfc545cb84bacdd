"""All checks over an output folder."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import count
from pathlib import Path

from toolkit.artefacts import plan_file
from toolkit.catalog.catalog import Catalog
from toolkit.check import (
    capabilities,
    cfn_lint,
    clear_secrets,
    hadolint,
    imports,
    logical_ids,
    names,
    permissions,
    platforms,
    ports,
    stacks,
)
from toolkit.check.output import Output
from toolkit.errors import BadInputError
from toolkit.findings import Finding, in_order
from toolkit.plan.platforms import PATH

RULES: tuple[Callable[[Output], Iterable[Finding]], ...] = (
    capabilities.check,
    names.check,
    ports.check,
    clear_secrets.check,
    permissions.check,
)
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

    shared = platforms.check(folder, texts) if PATH in texts else ()
    linted = [*shared, *cfn_lint.check(templates, results, next_is), *hadolint.check(dockerfiles, next_is)]
    return in_order([*linted, *own_rules(texts)])


def own_rules(texts: Mapping[str, str]) -> Iterator[Finding]:
    """What our own rules find in the texts of an output folder."""
    output = Output(texts)
    yield from stacks.check(texts)
    catalog = Catalog()
    yield from imports.check(output, platforms.exported(catalog.templates))
    for rule in RULES:
        yield from rule(output)
    yield from logical_ids.check(output, catalog.released_logical_ids)


def read_output(folder: Path) -> dict[str, str]:
    """The texts of an output folder that checks look at, by path."""
    if not any((folder / path).is_file() for path in (plan_file.PATH, PATH)):
        raise BadInputError(
            f"{folder} is not a folder that replatform wrote to", to_do="replatform convert SRC --out DIR writes one"
        )
    found = {}
    for pattern in ("cloudformation/*", "services/*/*", "compose.yaml", "env/*/*.env", plan_file.PATH, PATH):
        for path in sorted(folder.glob(pattern)):
            if path.is_file() and not path.is_symlink() and path.stat().st_size <= _MAXIMUM_BYTES:
                found[path.relative_to(folder).as_posix()] = path.read_text(encoding="utf-8", errors="replace")
    return found
