"""`replatform routes`: what the application answers, and which service gets each request."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from toolkit.cli.console import EXIT_FINDINGS, finding_object, result, result_json, say_findings, table
from toolkit.cli.options import BlueprintsOption, JsonOption, SetOption

if TYPE_CHECKING:
    from toolkit.plan.routing.routing import Answer, Routed

_COLUMNS = {
    "methods": "METHODS",
    "path": "ROUTE",
    "kind": "KIND",
    "place": "FROM",
    "service": "SERVICE",
    "rule": "RULE",
    "condition": "ONLY IF",
}


def routes(
    source: Annotated[Path, typer.Argument(metavar="[DIR]", help="Folder of the application.")] = Path(),
    check: Annotated[
        list[str] | None,
        typer.Option(
            "--check",
            metavar="URL",
            help="Say which service answers this URL or path, with GET or the method before it. Can be repeated.",
        ),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", "-o", metavar="DIR", help="Where replatform.yaml is; the application's folder if not given."
        ),
    ] = None,
    answers: SetOption = None,
    blueprints: BlueprintsOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the routes that the source declares, where each stands, and the service and listener rule that get its requests.

    Nothing of the application is run. Ends with 1 when a route has no service, reaches several, or a rule breaks a limit.

    Examples:

      replatform routes ./shop

      replatform routes ./shop --check 'POST /orders/17' --check https://shop.example.org/reports
    """
    from toolkit.catalog.catalog import Catalog
    from toolkit.cli import pipeline
    from toolkit.cli.answers import parse_answers
    from toolkit.facts.routes.found import UNDECIDED
    from toolkit.findings import Severity
    from toolkit.plan.routing.listener_rules import rules
    from toolkit.plan.routing.routing import answer, routed
    from toolkit.plan.routing.service_paths import FOREIGN_PREFIX

    drafted = pipeline.draft(source, out or source, Catalog(*(blueprints or ())), parse_answers(answers))
    plan = drafted.planned.plan
    known = rules(plan)
    found = routed(plan, drafted.planned.routes)
    asked = [answer(plan, found, url) for url in check or ()]
    findings = [
        one
        for one in drafted.planned.findings
        if one.code in (UNDECIDED, FOREIGN_PREFIX) or one.code.startswith("RP12")
    ]
    if as_json:
        result_json(
            {
                "rules": [
                    {
                        "service": rule.service,
                        "priority": rule.priority,
                        "patterns": list(rule.patterns),
                        "hosts": list(rule.hosts),
                        "methods": list(rule.methods),
                        "redirect": rule.redirect or None,
                        "strip_prefix": rule.strip or None,
                    }
                    for rule in known
                ],
                "routes": [_route_object(one) for one in found],
                "checks": [_answer_object(one) for one in asked],
                "findings": [finding_object(finding) for finding in findings],
            }
        )
    else:
        if asked:
            result("\n".join(_answer_text(one) for one in asked))
        else:
            numbers: dict[str, str] = {}
            for rule in known:
                before = f"{numbers[rule.service]}, " if rule.service in numbers else ""
                conditions = (*rule.methods, *rule.hosts, *rule.patterns)
                redirect = f" redirected to {rule.redirect}" if rule.redirect else ""
                numbers[rule.service] = f"{before}{rule.priority} {', '.join(conditions)}{redirect}"
            rows = [_row(one, numbers) for one in found]
            shown = {
                key: title for key, title in _COLUMNS.items() if key != "condition" or any(row[key] for row in rows)
            }
            result(table(rows, shown) if found else "no routes were found")
        say_findings(findings)
    wrong = any(finding.severity is not Severity.NOTE for finding in findings)
    if wrong or any(one.rule is None for one in asked):
        raise typer.Exit(EXIT_FINDINGS)


def _row(one: "Routed", rules: dict[str, str]) -> dict[str, object]:
    reached = sorted(service or "(none)" for service in one.services)
    return {
        "methods": ",".join(one.route.methods) or "any",
        "path": one.path,
        "kind": str(one.route.kind),
        "place": str(one.route.evidence),
        "service": ", ".join(reached),
        "rule": "; ".join(rules.get(service, "default action") for service in reached),
        "condition": one.route.condition,
    }


def _route_object(one: "Routed") -> dict[str, Any]:
    route = one.route
    return {
        "methods": list(route.methods),
        "path": one.path,
        "kind": str(route.kind),
        "framework": route.framework,
        "handler": route.handler,
        "file": route.evidence.path,
        "line": route.evidence.first_line,
        "condition": route.condition or None,
        "image": one.image,
        "services": [{"service": service, "example": example} for service, example in one.services.items()],
    }


def _answer_object(one: "Answer") -> dict[str, Any]:
    return {
        "method": one.method,
        "host": one.host or None,
        "path": one.path,
        "service": one.rule.service if one.rule else None,
        "priority": one.rule.priority if one.rule else None,
        "pattern": one.pattern,
        "redirect": (one.rule.redirect or None) if one.rule else None,
        "forwarded": one.forwarded or None,
        "routes": [_route_object(route) for route in one.routes],
    }


def _answer_text(one: "Answer") -> str:
    asked = f"{'' if one.method == 'GET' else f'{one.method} '}{one.host}{one.path}"
    if one.rule is None:
        lines = [f"{asked}: no service; no rule takes it, so the load balancer's default action answers"]
    else:
        conditions = [
            f", {what} {', '.join(values)}"
            for what, values in (("methods", one.rule.methods), ("hosts", one.rule.hosts))
            if values
        ]
        rewritten = f", forwarded as {one.forwarded}" if one.forwarded not in ("", one.path) else ""
        redirect = f"redirected to {one.rule.redirect} (302), " if one.rule.redirect else ""
        lines = [
            f"{asked}: {redirect}service {one.rule.service}, by rule {one.rule.priority}, pattern {one.pattern}{''.join(conditions)}{rewritten}"
        ]
    for found in one.routes[:3]:
        methods = ",".join(found.route.methods) or "any"
        lines.append(
            f"  {methods} {found.path}: {found.route.handler or found.route.framework} at {found.route.evidence}"
        )
    if not one.routes and not (one.rule and one.rule.redirect):
        lines.append("  no route that was read from the source takes it")
    return "\n".join(lines)
