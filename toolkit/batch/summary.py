"""The fleet at a glance, as Markdown and as one HTML page without anything from elsewhere."""

import html
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from toolkit.artefacts.markdown import code, table, text
from toolkit.batch.results import Result


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
    return [f"{finding.code} ({finding.severity})" for finding in result.findings if finding.severity != "note"]


def _row(result: Result) -> tuple[str, ...]:
    services = ", ".join(f"{name} ({kind})" for name, kind in result.services.items())
    severities = Counter(finding.severity for finding in result.findings)
    findings = ", ".join(f"{severities[s]} {s}" for s in ("error", "warning", "note") if severities[s])
    confidence = f"{result.confidence:.0%}" if result.status == "converted" else ""
    return (result.status, services, ", ".join(result.stacks), ", ".join(result.datastores), confidence, str(len(result.questions)), findings or result.error)


COLUMNS = ("Repository", "Status", "Services", "Stacks", "Datastores", "From files", "Questions", "Findings")


def render_markdown(results: Sequence[Result]) -> str:
    lines = [f"# {len(results)} repositories", ""]
    for title, rows in Fleet(results).tables():
        if rows:
            lines += [f"## {title}", "", *table((title, "Repositories"), [(text(name), str(n)) for name, n in rows]), ""]
    lines += ["## Repositories", ""]
    lines += table(COLUMNS, [(code(result.name), *map(text, _row(result))) for result in results])
    return "\n".join(lines) + "\n"


_STYLE = """
:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif }
body { max-width: 80rem; margin: auto; padding: 1rem }
table { border-collapse: collapse; width: 100%; margin-bottom: 2rem }
caption { text-align: left; font-weight: bold; font-size: 1.2rem; padding: .5rem 0 }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid #8886; overflow-wrap: anywhere }
.totals { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 0 2rem }
.scroll { overflow-x: auto }
tr.bad th { border-left: .3rem solid #c33; padding-left: .5rem }
@media print { body { max-width: none; font-size: 10pt } thead { display: table-header-group } tr { break-inside: avoid } }
"""


def render_html(results: Sequence[Result]) -> str:
    """One page, readable without a script, by a screen reader, on a phone, in the dark and on paper."""
    totals = "".join(_table(title, (title, "Repositories"), [((name, str(n)), False) for name, n in rows]) for title, rows in Fleet(results).tables() if rows)
    rows = [((result.name, *_row(result)), result.status != "converted" or bool(result.errors)) for result in results]
    return (
        '<!doctype html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n<meta name="viewport" content="width=device-width">\n'
        f"<title>replatform: {len(results)} repositories</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n<main>\n"
        f"<h1>{len(results)} repositories</h1>\n<div class=\"totals\">\n{totals}</div>\n"
        f'<div class="scroll" tabindex="0" role="region" aria-label="Repositories">\n{_table("Repositories", COLUMNS, rows)}</div>\n</main>\n</body>\n</html>\n'
    )  # fmt: skip


def _table(caption: str, head: Sequence[str], rows: Sequence[tuple[Sequence[str], bool]]) -> str:
    columns = "".join(f'<th scope="col">{html.escape(title)}</th>' for title in head)
    body = "".join(
        f'<tr{" class=bad" if bad else ""}><th scope="row">{html.escape(first)}</th>{"".join(f"<td>{html.escape(cell)}</td>" for cell in rest)}</tr>\n'
        for (first, *rest), bad in rows
    )
    return f"<table><caption>{html.escape(caption)}</caption>\n<thead><tr>{columns}</tr></thead>\n<tbody>\n{body}</tbody></table>\n"
