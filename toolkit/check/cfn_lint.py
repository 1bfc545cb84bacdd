"""cfn-lint over templates: one warm Runner, because loading its rules costs more than using them, and no text twice.

What cfn-lint found is a function of the template's text, cfn-lint's version and the region: within a process, and where a
folder for results is given also between processes, the same text is not looked at again. Nor is a template of
`cloudformation/` that was copied as it is: `linted.json` beside it lists those in which our tests found nothing.
"""

import gc
import hashlib
import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple

from toolkit.catalog.load import data_folder
from toolkit.errors import TemporaryError
from toolkit.findings import Evidence, Finding, Severity

REGION = "eu-west-1"
_SEVERITIES = {"error": Severity.ERROR, "warning": Severity.WARNING, "informational": Severity.NOTE}


class Match(NamedTuple):
    """What a rule of cfn-lint found: `severity` in its words, `line` from 1."""

    rule: str
    severity: str
    message: str
    line: int


_found: dict[str, tuple[Match, ...]] = {}


def check(
    templates: Mapping[str, str], results: Path | None = None, report: Callable[[str], None] = lambda _: None
) -> Iterator[Finding]:
    """cfn-lint's matches on templates by path, as findings RP100.

    `results`: a folder that keeps results from one run to the next. `report` hears of each template before its turn.
    Raises TemporaryError when cfn-lint is not installed.
    """
    try:
        lint = f"cfn-lint-{version('cfn-lint')}-{REGION}"
    except PackageNotFoundError:
        raise TemporaryError("cfn-lint is not installed", to_do="pip install 'replatform[lint]'") from None
    clean = _clean(lint)
    with _collection_paused():
        for path, text in templates.items():
            report(path)
            digest = digest_of(text)
            for match in () if digest in clean else _matches(text, digest, results and results / lint):
                severity = _SEVERITIES.get(match.severity, Severity.WARNING)
                place = Evidence(path, match.line, match.line, "cfn-lint")
                yield Finding("RP100", severity, f"{match.rule}: {match.message}", (place,))


def digest_of(text: str) -> str:
    """What a template's results are found by."""
    return hashlib.sha256(text.encode()).hexdigest()


@cache
def _clean(lint: str) -> frozenset[str]:
    """Digests of our own templates in which this version of cfn-lint finds nothing; none for a version we did not try."""
    linted = json.loads((data_folder("cloudformation") / "linted.json").read_text(encoding="utf-8"))
    return frozenset(linted.get(lint, {}).values())


def _matches(text: str, digest: str, kept: Path | None) -> tuple[Match, ...]:
    if digest not in _found:
        file = kept / f"{digest}.json" if kept else None
        matches = _read(file) if file else None
        if matches is None:
            matches = _lint(text)
            if file:
                _write(file, matches)
        _found[digest] = matches
    return _found[digest]


def _lint(text: str) -> tuple[Match, ...]:
    from cfnlint.decode.decode import decode_str

    template, malformed = decode_str(text)
    found = malformed or _found_by_rules(template)
    return tuple(Match(m.rule.id, m.rule.severity, m.message, m.linenumber) for m in found)


def _found_by_rules(template: Any) -> Iterator[Any]:
    from cfnlint.rules import Rules
    from cfnlint.runner import run_template_by_data

    config, rules = _loaded()
    if isinstance(template, dict):
        config.set_template_args(template)  # a template may switch rules on and off itself
    # Rules that are off are run all the same, and what they found is dropped: without them there is less to wait for.
    enabled = Rules({name: rule for name, rule in rules.items() if rules.is_rule_enabled(name, config)})
    yield from run_template_by_data(template, config, enabled)


@cache
def _loaded() -> tuple[Any, Any]:
    """cfn-lint's configuration and all of its rules."""
    if not find_spec("pycosat"):
        # SymPy looks for this faster solver anew for each of thousands of questions that cfn-lint's conditions put to it.
        sys.modules["pycosat"] = None  # type: ignore[assignment]
    from cfnlint.config import ConfigMixIn
    from cfnlint.runner import Runner

    # An empty configuration file: the one in the current directory may be a stranger's, and could name rules to import.
    config = ConfigMixIn(regions=[REGION], config_file=os.devnull)
    return config, Runner(config).rules


def _read(file: Path) -> tuple[Match, ...] | None:
    """None when there is no result, or one that another program or a broken disk left."""
    try:
        return tuple(Match(*fields) for fields in json.loads(file.read_bytes()))
    except (OSError, ValueError, TypeError):
        return None


def _write(file: Path, matches: tuple[Match, ...]) -> None:
    """Best effort: without a place to write to, the next run takes longer, and that is all."""
    partial = file.with_suffix(f".{os.getpid()}")
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        partial.write_text(json.dumps(matches), encoding="utf-8")
        partial.replace(file)


@contextmanager
def _collection_paused() -> Iterator[None]:
    """cfn-lint makes millions of short-lived objects without cycles: looking for cycles takes a fifth of its time."""
    running = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if running:
            # What was made meanwhile counts as old; as young, all of it would be looked through at once.
            gc.freeze()
            gc.unfreeze()
            gc.enable()
