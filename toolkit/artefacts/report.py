"""`REPLATFORM.md`: what was decided and why, what is open, and what to do next; read by people, in five minutes."""

import shlex
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence

from toolkit.artefacts.diagram import render_diagram
from toolkit.artefacts.markdown import code, paragraph, table, text
from toolkit.artefacts.runbook import render_secrets, render_steps
from toolkit.artefacts.sizes import Sizes, stack_sizes
from toolkit.artefacts.text import Artefact, Line
from toolkit.findings import Evidence, Finding, Severity
from toolkit.plan.model import ENVIRONMENTS, Decision, Plan, Planned, Question, Service
from toolkit.plan.names import database_username
from toolkit.plan.routing.listener_rules import rules
from toolkit.plan.routing.routing import Routed, routed

PATH = "REPLATFORM.md"
MAXIMUM_ROUTES = 12  # of one service that are listed


def render_report(planned: Planned, artefacts: Collection[Artefact], phrases: Sequence[str]) -> Artefact:
    """The report on a plan; `artefacts` are the other files, `phrases` tell what in them is paid by the hour."""
    return Artefact(PATH, tuple(_lines(planned, artefacts, stack_sizes(artefacts, phrases))), __name__)


def _lines(planned: Planned, artefacts: Collection[Artefact], sizes: Sequence[Sizes]) -> Iterator[Line]:
    plan = planned.plan
    yield from _section(f"# {plan.application} on AWS", _summary(planned))
    yield from _section("", ["```mermaid", *render_diagram(plan), "```"])
    yield Line("## Services")
    yield Line("")
    rows = table(
        ("Service", "Kind", "Image", "Port", "Paths or schedule", "Size", "Command"),
        map(_service_row, plan.services.items()),
    )
    yield from _keyed(rows, [f"services.{name}" for name in plan.services])
    if plan.database_users:
        yield from _section("## Users of the database", _database_users(plan))
    if found := routed(plan, planned.routes):
        yield from _section("## Routes", _routes(plan, found))
    if sizes:
        yield from _section("## What costs money by the hour", _sizes(sizes))
    if planned.questions:
        yield from _section("## Open questions", _questions(planned.questions))
    if planned.findings:
        yield from _section("## Findings", _findings(planned.findings))
    yield from _decisions(planned.decisions)
    yield from _section("## Secrets to set", render_secrets(plan))
    yield from _section("## What to do next", render_steps(plan, [one.path for one in artefacts]))


def _section(title: str, lines: Iterable[str]) -> Iterator[Line]:
    if title:
        yield Line(title)
        yield Line("")
    yield from map(Line, lines)
    yield Line("")


def _keyed(rows: Sequence[str], keys: Sequence[str]) -> Iterator[Line]:
    """A table's lines with the plan keys of its rows."""
    for number, row in enumerate(rows):
        yield Line(row, keys[number - 2] if number >= 2 else "")
    yield Line("")


def _summary(planned: Planned) -> Iterator[str]:
    plan = planned.plan
    kinds = Counter(service.kind for service in plan.services.values())
    services = ", ".join(f"{number} {kind}" for kind, number in kinds.items())
    stores = ", ".join(text(f"{store.engine} {store.version}".strip()) for store in plan.datastores.values())
    move = ", whose data AWS DMS migrates" if plan.migration else ""
    yield f"{_count(len(plan.services), 'service')} on ECS Fargate ({services})" + (
        f", with {stores}{move}." if stores else "."
    )
    guessed = sum(decision.guessed for decision in planned.decisions)
    severities = Counter(finding.severity for finding in planned.findings)
    found = (
        ", ".join(_count(severities[severity], severity.value) for severity in Severity if severities[severity])
        or "no findings"
    )
    yield f"{_count(len(planned.decisions), 'decision')}, {guessed} of them guessed; {_count(len(planned.questions), 'open question')}; {found}."
    yield "To see where any generated line comes from: `replatform explain . FILE:LINE`."


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}{'' if number == 1 else 's'}"


def _service_row(entry: tuple[str, Service]) -> tuple[str, ...]:
    name, service = entry
    if service.schedule:
        reached = f"{code(service.schedule)} {text(service.timezone)}"
    else:
        reached = " ".join(map(code, service.paths))
    port = str(service.port or "")
    return (f"**{name}**", service.kind, service.image, port, reached, service.size, code(shlex.join(service.argv)))


def _routes(plan: Plan, found: Sequence[Routed]) -> Iterator[str]:
    """Listener rules in the order in which they are asked, with the routes that each one gets."""
    by_service: dict[str | None, dict[str, None]] = {}
    for one in found:
        told = code(f"{' '.join(one.route.methods)} {one.path}".strip())
        for service in one.services:
            by_service.setdefault(service, {})[told] = None
    rows = [
        (
            str(rule.priority),
            " ".join(map(code, (*rule.methods, *rule.hosts, *rule.patterns))),
            rule.service,
            f"redirected to {code(rule.redirect)} (302)" if rule.redirect else _first(by_service.pop(rule.service, {})),
        )
        for rule in rules(plan)
    ]
    rows += [("", "default action: 404", "none", _first(told)) for told in by_service.values()]
    yield from table(("Priority", "Path patterns", "Service", "Routes of the source"), rows)
    yield ""
    yield "With their places in the source: `replatform routes`."


def _database_users(plan: Plan) -> Iterator[str]:
    """Who may do what; and that the others may do everything."""
    rows = [
        (f"**{name}**", code(database_username(plan.application, name)), _tables(user.writes), _tables(user.reads))
        for name, user in plan.database_users.items()
    ]
    yield from table(("Service", "User", "Reads and writes", "Reads"), rows)
    yield ""
    others = [f"**{name}**" for name in plan.services if name not in plan.database_users]
    everybody = [*others, "the release task"] if plan.release else others
    if everybody:
        yield f"As the application's user, who owns the tables: {', '.join(everybody)}."
    yield "The task `database-users` makes these users, once the tables are there. None may make or change tables."


def _tables(tables: Sequence[str]) -> str:
    return "all tables" if "*" in tables else ", ".join(map(code, tables))


def _first(told: Collection[str]) -> str:
    more = f", and {len(told) - MAXIMUM_ROUTES} more" if len(told) > MAXIMUM_ROUTES else ""
    return ", ".join(list(told)[:MAXIMUM_ROUTES]) + more


def _sizes(sizes: Sequence[Sizes]) -> Iterator[str]:
    yield "Sizes and counts come from the profiles and from `size` in `replatform.yaml`. Traffic, further storage and logs are charged by use."
    yield ""
    yield from table(("Stack", *ENVIRONMENTS), [(f"**{row.stack}**", *map(text, row.told)) for row in sizes])


def _questions(questions: Sequence[Question]) -> Iterator[str]:
    yield "Answer in `replatform.yaml`, at the key named below each question. Until then, the default applies."
    yield ""
    for number, question in enumerate(questions, 1):
        default = (
            f"default {code(question.default)}"
            if question.default
            else "no default: an answer is required"
            if question.default is None
            else "empty by default"
        )
        choices = f"; one of {', '.join(map(code, question.choices))}" if question.choices else ""
        yield f"{number}. {paragraph(question.text)}"
        yield f"   {code(question.key)}, {default}{choices}{_at(question.evidence)}"


def _findings(findings: Sequence[Finding]) -> Iterator[str]:
    """What wants a decision in full view, what is only worth knowing behind a fold."""
    notes = [finding for finding in findings if finding.severity is Severity.NOTE]
    yield from table(
        _FINDING, map(_finding_row, [finding for finding in findings if finding.severity is not Severity.NOTE])
    )
    if notes:
        if len(notes) < len(findings):
            yield ""
        yield f"<details><summary>{_count(len(notes), 'note')}</summary>"
        yield ""
        yield from table(_FINDING, map(_finding_row, notes))
        yield ""
        yield "</details>"


_FINDING = ("Severity", "Code", "What", "Where", "To do")


def _finding_row(finding: Finding) -> tuple[str, ...]:
    return (
        finding.severity.value,
        text(finding.code),
        text(finding.message, 600),
        _places(finding.evidence),
        text(finding.hint, 600),
    )


def _decisions(decisions: Sequence[Decision]) -> Iterator[Line]:
    """What was guessed in full view, what files say behind a fold."""
    last = {decision.key: decision for decision in decisions}.values()
    guessed = [decision for decision in last if decision.guessed]
    read = [decision for decision in last if not decision.guessed]
    yield Line("## Decisions")
    yield Line("")
    if guessed:
        yield Line("Guessed, because no file settles them. To change one, set its key in `replatform.yaml`.")
        yield Line("")
        yield from _keyed(table(_DECISION, map(_decision_row, guessed)), [decision.key for decision in guessed])
    if read:
        yield Line(f"<details><summary>{_count(len(read), 'decision')} with evidence</summary>")
        yield Line("")
        yield from _keyed(table(_DECISION, map(_decision_row, read)), [decision.key for decision in read])
        yield Line("</details>")
        yield Line("")


_DECISION = ("Key", "Value", "Why", "Where")


def _decision_row(decision: Decision) -> tuple[str, ...]:
    instead = f"; instead of {', '.join(map(code, decision.instead_of))}" if decision.instead_of else ""
    guessed = "guessed: " if decision.guessed else ""
    return (
        code(decision.key),
        code(decision.value),
        guessed + text(decision.because) + instead,
        _places(decision.evidence),
    )


def _places(evidence: Sequence[Evidence]) -> str:
    return ", ".join(text(str(place)) for place in evidence if place.path)


def _at(evidence: Sequence[Evidence]) -> str:
    places = _places(evidence)
    return f" ({places})" if places else ""
