"""The assessment as people and programs read it: text, Markdown, and one JSON object."""

from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any

from toolkit.migrate.assess import Outcome, Result
from toolkit.migrate.schema import Schema

_SHOWN = 5
SOURCE_LOGIN, TARGET_LOGIN = "dms_source", "dms_target"


def counts(results: Sequence[Result]) -> str:
    found = Counter(result.outcome for result in results)
    return ", ".join(f"{found[outcome]} {outcome}" for outcome in Outcome if found[outcome])


def summary(schema: Schema) -> str:
    """One line on what the dump holds."""
    version = f" {schema.version}" if schema.version else ""
    columns = sum(len(table.columns) for table in schema)
    keys = sum(len(table.foreign_keys) for table in schema)
    return f"{schema.engine}{version}: {len(schema.tables)} tables, {columns} columns, {keys} foreign keys, {schema.rows} rows"


def text(schema: Schema, results: Sequence[Result], names: str) -> str:
    lines = [summary(schema), *(f"note: {note}" for note in schema.notes), ""]
    for result in results:
        if result.outcome in (Outcome.PASSED, Outcome.SKIPPED):
            continue
        lines.append(f"{result.outcome} {result.assessment.key}: {result.assessment.title}")
        lines += [f"  at {place}" for place in result.places[:_SHOWN]]
        if len(result.places) > _SHOWN:
            lines.append(f"  and {len(result.places) - _SHOWN} more; --json names all")
        if result.outcome is Outcome.UNDECIDED and result.assessment.query:
            lines.append(f"  to run: {query(result, names)}")
            if result.note:
                lines.append(f"  it says: {plain(result.note)}")
        elif result.assessment.advice:
            lines.append(f"  to do: {result.assessment.advice}")
    return "\n".join([*lines, "", counts(results)])


def markdown(schema: Schema, results: Sequence[Result], names: str) -> str:
    return "\n".join(_markdown(schema, results, names)) + "\n"


def _markdown(schema: Schema, results: Sequence[Result], names: str) -> Iterator[str]:
    yield "# Pre-migration assessment"
    yield ""
    yield f"{cell(summary(schema))}. The names are those of AWS DMS's own assessment; what is undecidable here, a query can tell."
    yield ""
    yield from (f"- {cell(note)}" for note in schema.notes)
    yield f"Result: {counts(results)}."
    for outcome in Outcome:
        chosen = [result for result in results if result.outcome is outcome]
        if not chosen:
            continue
        yield ""
        yield f"## {str(outcome).capitalize()} ({len(chosen)})"
        yield ""
        yield "| assessment | rule | where | what to do |"
        yield "| --- | --- | --- | --- |"
        for result in chosen:
            todo = f"`{cell(query(result, names))}`" if outcome is Outcome.UNDECIDED else result.assessment.advice
            more = f" and {len(result.places) - _SHOWN} more" if len(result.places) > _SHOWN else ""
            where = result.note or ", ".join(result.places[:_SHOWN]) + more
            shown = todo if outcome not in (Outcome.PASSED, Outcome.SKIPPED) else ""
            advice = shown if outcome is Outcome.UNDECIDED else cell(shown)
            yield f"| `{result.assessment.key}` | {cell(result.assessment.title)} | {cell(where)} | {advice} |"


def as_object(schema: Schema, results: Sequence[Result], names: str) -> dict[str, Any]:
    return {
        "engine": schema.engine,
        "version": schema.version,
        "tables": len(schema.tables),
        "rows": schema.rows,
        "notes": schema.notes,
        "results": [
            {
                "key": result.assessment.key,
                "result": str(result.outcome),
                "title": result.assessment.title,
                "places": list(result.places),
                "note": result.note,
                "advice": result.assessment.advice,
                "query": query(result, names) if result.outcome is Outcome.UNDECIDED else "",
            }
            for result in results
        ],
    }


def query(result: Result, names: str) -> str:
    """The query with the DMS login and the schema in it; `names` is the schema, or a word for it where all are meant."""
    text = result.assessment.query.replace("{login}", SOURCE_LOGIN).replace("{target_login}", TARGET_LOGIN)
    return text.replace("{schema}", names)


def cell(text: str) -> str:
    """Text that cannot break out of a table's cell; names of a dump are not ours."""
    return (
        plain(text).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;").replace("`", "'").replace("[", "\\[")
    )


def plain(text: str) -> str:
    """In one line, without what moves a terminal's cursor."""
    return "".join(character if character.isprintable() else " " for character in text)
