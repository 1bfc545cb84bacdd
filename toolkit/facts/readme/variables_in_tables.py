"""Environment variables in tables, with the defaults, notes and descriptions beside them."""

import re
from collections.abc import Iterator

from toolkit.documents.model import Row
from toolkit.facts.model import EnvironmentVariable
from toolkit.facts.readme.draft import Draft
from toolkit.facts.readme.page import Page, Passage
from toolkit.facts.readme.variable_context import about_constants, about_environment, description, way
from toolkit.facts.readme.variable_words import OF_AUTHORS_IMAGE, VARIABLE, Vocabulary, vocabulary


def read(page: Page, passage: Passage, draft: Draft) -> Iterator[EnvironmentVariable]:
    rows = passage.block.rows
    if len(rows) < 2:
        return
    words = vocabulary(page.rules)
    columns = {kind: _column(rows[0].cells, headers) for kind, headers in page.rules.table_headers.items()}
    said = next((number for number, cell in enumerate(rows[0].cells) if words.named.search(cell)), None)
    if said is not None:
        columns["name"] = said
    first_cells = [names_in_cell(_cell(row, columns["name"] or 0), words) for row in rows[1:]]
    proper = sum(bool(names) for names in first_cells)
    if not proper or (said is None and proper < len(first_cells) * 0.5):
        return
    about = said is not None or (
        about_environment(page, passage)
        or "env" in " ".join(rows[0].cells).lower()
        or (
            any("_" in name for names in first_cells for name in names)
            and not about_constants(page, passage, _cell(rows[0], columns["name"] or 0))
        )
    )
    if not about:
        return
    for row, names in zip(rows[1:], first_cells, strict=True):
        value = _value_in_cell(_cell(row, columns["default"])) if len(names) == 1 else None
        wanted = _cell(row, columns["required"]).lower().strip("`* ")
        described = _cell(row, columns["description"])
        for name in filter(words.good, names):
            yield draft.variable(
                name,
                value,
                draft.fields("variable:table", row.line, row.line, way(passage)),
                required=not (wanted in page.rules.no_words or bool(words.optional.search(described))),
                description=description(described),
            )


def _cell(row: Row, column: int | None) -> str:
    return row.cells[column].strip() if column is not None and column < len(row.cells) else ""


def _column(header: tuple[str, ...], words: frozenset[str]) -> int | None:
    for number, cell in enumerate(header):
        if cell.lower().strip(" *`:?") in words:
            return number
    return None


_AFTER_NAMES = re.compile(r"[=(\[:†✱]|\s[-–—]\s|<(?!br)")  # a value, a note, a mark


def names_in_cell(cell: str, words: Vocabulary) -> list[str]:
    """The variables that a cell names: one, or several between commas; none where it says anything else."""
    names = [name.strip("`*$ {}") for name in words.between_names.split(_AFTER_NAMES.split(cell, maxsplit=1)[0])]
    return names if all(VARIABLE.match(name) and len(name) > 2 for name in names) else []


NO_VALUE = frozenset({"", "-", "—", "–", "none", "n/a", "null", "nil", "undefined", "empty"})
_QUOTED = re.compile(r"([`\"'])([^`\"'\n]{1,300})\1")
_WITH_NOTE = re.compile(r"(\S{1,300})\s{1,4}\([^()]{1,80}\)$")


def _value_in_cell(cell: str) -> str | None:
    """The value that a cell of defaults or examples holds: what is quoted first, without a note in brackets behind it."""
    cell = cell.strip()
    if cell.lower().strip("`\"' ") in NO_VALUE or (cell.startswith("(") and cell.endswith(")")):
        return None
    if match := _QUOTED.match(cell):
        if OF_AUTHORS_IMAGE.match(cell, match.end()):
            return None
        return match[2].strip() or None
    if match := _WITH_NOTE.match(cell):
        cell = match[1]
    return cell.strip("`\"' ") or None
