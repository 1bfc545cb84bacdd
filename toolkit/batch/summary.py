"""The fleet at a glance, as Markdown and as one HTML page."""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from toolkit.artefacts.markdown import code, table, text
from toolkit.batch.results import FindingRow, Result
from toolkit.check.codes import meanings
from toolkit.pages.page import render_page


@dataclass(frozen=True, slots=True)
class Fleet:
    """Totals: how many repositories have each status, stack, datastore, and what stands in the way of how many."""

    results: Sequence[Result]

    def tables(self) -> tuple[tuple[str, list[tuple[str, int]]], ...]:
        def count(values: Iterable[Iterable[str]]) -> list[tuple[str, int]]:
            counter = Counter(value for each in values for value in set(each))
            return sorted(counter.items(), key=lambda item: (-item[1], item[0]))

        results = self.results
        return (
            ("Status", count([result.status] for result in results)),
            ("Stacks", count(result.stacks for result in results)),
            ("Datastores", count(result.datastores for result in results)),
            ("What blocks most", count(_blocks(result) for result in results)[:15]),
        )


def _blocks(result: Result) -> list[str]:
    """What keeps a repository from a release: why it failed, its error findings, and questions without a default."""
    if result.status != "converted":
        return [result.error.splitlines()[0] if result.error else result.status]
    return [_title(finding) for finding in result.findings if finding.severity != "note"]


def _title(finding: FindingRow) -> str:
    return f"{finding.code} ({finding.severity}): {meanings().get(finding.code, finding.message)}"


def _row(result: Result) -> tuple[str, ...]:
    services = ", ".join(f"{name} ({kind})" for name, kind in result.services.items())
    severities = Counter(finding.severity for finding in result.findings)
    findings = ", ".join(f"{severities[s]} {s}" for s in ("error", "warning", "note") if severities[s])
    confidence = f"{result.confidence:.0%}" if result.status == "converted" else ""
    return (
        result.status,
        services,
        ", ".join(result.stacks),
        ", ".join(result.datastores),
        confidence,
        str(len(result.questions)),
        findings or result.error,
    )


COLUMNS = ("Repository", "Status", "Services", "Stacks", "Datastores", "From files", "Questions", "Findings")


def render_markdown(results: Sequence[Result]) -> str:
    lines = [f"# {len(results)} repositories", ""]
    for title, rows in Fleet(results).tables():
        if rows:
            lines += [
                f"## {title}",
                "",
                *table((title, "Repositories"), [(text(name), str(n)) for name, n in rows]),
                "",
            ]
    lines += ["## Repositories", ""]
    lines += table(COLUMNS, [(code(result.name), *map(text, _row(result))) for result in results])
    return "\n".join(lines) + "\n"


def render_html(results: Sequence[Result]) -> str:
    """One page, readable without a script, by a screen reader, on a phone, in the dark and on paper."""
    fleet = Fleet(results)
    severities = [Counter(finding.severity for finding in result.findings) for result in results]
    values = {
        "totals": [(title, rows) for title, rows in fleet.tables() if rows],
        "example": {_title(f): f.message for result in reversed(results) for f in result.findings},
        "results": list(zip(results, severities, strict=True)),
    }
    return render_page("summary", values)
