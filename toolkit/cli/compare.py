"""`--compare` of `replatform up` and `rehearse`: what is asked, and what is told of the answers."""

import signal
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer

from toolkit.cli.console import EXIT_FINDINGS, finding_object, result, result_json, say, say_findings, table
from toolkit.findings import Evidence, Finding, Severity

if TYPE_CHECKING:
    from docker import DockerClient

    from toolkit.catalog.catalog import Catalog
    from toolkit.cli.pipeline import Draft
    from toolkit.engine.application import Application
    from toolkit.engine.comparison import Compared
    from toolkit.engine.compose_file import ComposeFile
    from toolkit.plan.model import Plan
    from toolkit.plan.routing.listener_rules import Rule
    from toolkit.split.requests import Request

DIFFERS = "RP130"
_COLUMNS = {"request": "REQUEST", "service": "SERVICE", "whole": "WHOLE", "split": "SPLIT", "difference": "DIFFERENCE"}


def compared(
    client: "DockerClient",
    start: "Callable[[ComposeFile], Application]",
    compose: "ComposeFile",
    drafted: "Draft",
    catalog: "Catalog",
    requests: "Sequence[Request]",
    keep: bool,
    as_json: bool,
) -> None:
    """Compares, tells, and takes everything down; with `keep` the services of the plan stay up."""
    from toolkit.engine.application import StartFailedError, remove
    from toolkit.engine.comparison import compare

    plan = drafted.planned.plan
    local = catalog.profiles["development"].local
    assert local  # the compose file was made with it
    found: list[Compared] = []
    failure: StartFailedError | None = None
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        for one in compare(start, compose, plan, local.proxy_port, requests):
            found.append(one)
            say_compared(one)
    except StartFailedError as error:
        failure = error
    finally:
        if not keep:
            remove(client, plan.application)
    told = comparison_object(found, plan)
    if as_json:
        result_json(
            {
                "application": plan.application,
                "ok": failure is None and not told["findings"],
                **told,
                "failure": {"service": failure.service, "message": failure.message, "output": list(failure.output)}
                if failure
                else None,
            }
        )
    else:
        if failure:
            result("\n".join([f"{failure.service} {failure.message}", *(f"    {line}" for line in failure.output)]))
        tell_comparison(found, plan)
    if failure or told["findings"]:
        raise typer.Exit(EXIT_FINDINGS)


def requests_of(
    source: Path, folder: Path, catalog: "Catalog", plan: "Plan", recorded_in: Path | None
) -> "tuple[Request, ...]":
    """One for each route of the source, then those of a file."""
    from toolkit.cli import pipeline
    from toolkit.errors import BadInputError
    from toolkit.plan.routing.routing import routed
    from toolkit.split.requests import made, recorded

    redirected = any(service.root_redirect for service in plan.services.values())
    found = made(routed(plan, pipeline.draft(source, folder, catalog).planned.routes), root=redirected)
    if recorded_in:
        if not recorded_in.is_file():
            raise BadInputError(f"no such file: {recorded_in}", to_do="save the requests of a browser as a HAR file")
        found += recorded(recorded_in.read_text(encoding="utf-8", errors="replace"), str(recorded_in))
    return found


def say_compared(one: "Compared") -> None:
    say(f"{one.request}: {'; '.join(one.differences) or one.split.status}")


def tell_comparison(found: "Sequence[Compared]", plan: "Plan") -> None:
    """A table of the requests; then what was found."""
    known = _rules(plan)
    result(table([_row(one, known) for one in found], _COLUMNS))
    different = [one for one in found if one.differences]
    say_findings(_finding(one, known) for one in different)
    say(f"{len(found) - len(different)} of {len(found)} requests are answered alike")


def comparison_object(found: "Sequence[Compared]", plan: "Plan") -> dict[str, Any]:
    known = _rules(plan)
    return {
        "requests": [_object(one, known) for one in found],
        "findings": [finding_object(_finding(one, known)) for one in found if one.differences],
    }


def _rules(plan: "Plan") -> "tuple[Rule, ...]":
    from toolkit.plan.routing.listener_rules import at_any_host, rules

    return at_any_host(rules(plan))


def _service(one: "Compared", known: "tuple[Rule, ...]") -> str:
    from toolkit.plan.routing.listener_rules import choose, path_of

    chosen = choose(known, path_of(one.request.path), one.request.method, one.request.host)
    return chosen[0].service if chosen else ""


def _row(one: "Compared", known: "tuple[Rule, ...]") -> dict[str, object]:
    return {
        "request": str(one.request),
        "service": _service(one, known) or "(none)",
        "whole": one.whole.status or "no answer",
        "split": one.split.status or "no answer",
        "difference": "; ".join(one.differences),
    }


def _object(one: "Compared", known: "tuple[Rule, ...]") -> dict[str, Any]:
    return {
        "method": one.request.method,
        "path": one.request.path,
        "route": one.request.route or None,
        "service": _service(one, known) or None,
        "whole": one.whole.status,
        "split": one.split.status,
        "differences": list(one.differences),
    }


def _finding(one: "Compared", known: "tuple[Rule, ...]") -> Finding:
    hint = "see what the service keeps in its memory or on its disk: sessions, caches, uploads; or leave this path with the others"
    message = f"{one.request}, which {_service(one, known) or 'no service'} answers: {'; '.join(one.differences)}"
    return Finding(DIFFERS, Severity.ERROR, message, (Evidence("replatform.yaml"),), hint)
