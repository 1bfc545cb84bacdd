"""Documents on a terminal: their lines on the left and what was understood from them on the right, or below where it is narrow."""

import sys
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from toolkit.catalog.readme_rules import ReadmeRules
from toolkit.cli.console import talk
from toolkit.facts.model import Command, CronJob, EnvironmentVariable, Fact, Facts, Origin
from toolkit.facts.side_by_side import Fold, Line, side_by_side
from toolkit.facts.text import command_context, described, not_understood, plural, printable, sureness, table
from toolkit.inventory.source_tree import SourceTree

if TYPE_CHECKING:
    from rich.console import RenderableType
    from rich.table import Table
    from rich.text import Text

NARROW = 100  # columns; with fewer, what was understood stands below its line
LONGEST = 160  # characters of what is repeated from a line


def show(tree: SourceTree, facts: Facts, rules: ReadmeRules) -> None:
    """Every document that was read with its facts, the facts of other files, and what was not understood."""
    from rich.console import Console

    console = Console(
        file=sys.stdout, color_system="auto" if talk.colour else None, highlight=False, markup=False, emoji=False
    )
    paths = _documents(tree, facts)
    for path in paths:
        if (file := tree.read(path)) is not None:
            console.print(_text(path, "bold underline"))
            rows = side_by_side(file, facts, rules)
            console.print(_below(rows) if console.width < NARROW else _columns(rows))
            console.print()
    others = Facts(tuple(fact for fact in facts.facts if fact.evidence.path not in paths))
    if text := table(others):
        console.print(_text("from other files", "bold underline"))
        console.print(_text(text))
        console.print()
    for number, line in enumerate(not_understood(facts.unread)):
        console.print(_text(line, "bold magenta" if not number else ""))
    for finding in facts.findings:
        console.print(_text(str(finding)))
    console.print(_text(_summary(facts), "bold"))


def _documents(tree: SourceTree, facts: Facts) -> list[str]:
    """The documents that something was read from, in the order of reading; a single file in any case."""
    if len(tree.paths) == 1:
        return list(tree.paths)
    told = [fact.evidence for fact in facts.facts if fact.origin == Origin.README]
    return list(dict.fromkeys(place.path for place in (*told, *(one.evidence for one in facts.unread)) if place.path))


def _summary(facts: Facts) -> str:
    followed = [fact for fact in facts.facts if not fact.alternative]
    counts = (
        (len(followed), "facts"),
        (len(facts.facts) - len(followed), "of ways that are not followed"),
        (sum(fact.is_question for fact in followed), "to be confirmed (?)"),
        (len(facts.unread), "not understood"),
    )
    return ", ".join(f"{count} {words}" for count, words in counts if count) or "nothing was understood"


def _columns(rows: Iterable[Line | Fold]) -> "Table":
    from rich import box
    from rich.table import Table

    columns = Table(
        box=box.MINIMAL, show_header=False, show_edge=False, padding=(0, 1), border_style="dim", expand=True
    )
    columns.add_column(justify="right", style="dim", no_wrap=True)
    columns.add_column(ratio=6, overflow="fold")
    columns.add_column(ratio=5, overflow="fold")
    for row in rows:
        if isinstance(row, Fold):
            columns.add_row("", _text(_folded(row), "dim"), "")
        else:
            columns.add_row(str(row.number), _own(row), _understood(row))
    return columns


def _below(rows: Iterable[Line | Fold]) -> "RenderableType":
    from rich.console import Group
    from rich.padding import Padding
    from rich.table import Table

    shown: list[RenderableType] = []
    for row in rows:
        line = Table.grid(padding=(0, 1))
        line.add_column(justify="right", style="dim", no_wrap=True, min_width=4)
        line.add_column(overflow="fold")
        line.add_row(*(("", _text(_folded(row), "dim")) if isinstance(row, Fold) else (str(row.number), _own(row))))
        shown.append(line)
        if isinstance(row, Line) and row.yields:
            shown.append(Padding(_understood(row), (0, 0, 0, 7)))
    return Group(*shown)


def _folded(fold: Fold) -> str:
    return f"… {fold.count} lines"


def _own(line: Line) -> "Text":
    text = printable(line.text.expandtabs(4)) if line.yields else _cut(printable(line.text.expandtabs(4)))
    indent = " " * min(8, len(line.text) - len(line.text.lstrip()))
    return _text(indent + text, "" if line.yields else "dim")


def _understood(line: Line) -> "Table":
    """What a line yields: how sure, the kind, and what. Facts of one kind stand together."""
    from rich.table import Table

    grid = Table.grid(padding=(0, 1))
    grid.add_column(justify="right", no_wrap=True, min_width=6)
    grid.add_column(overflow="fold")
    for sure, style, kind, words in _statements(line):
        said = _text(kind, style).append(f" {words}" if words else "", "dim" if style == "dim" else "default")
        grid.add_row(_text(sure, "yellow bold" if sure.startswith("?") else "dim"), said)
    return grid


_STYLES = {"start command": "bold green", "port": "bold green", "secret": "red", "host command": "dim", "check": "dim"}


def _statements(line: Line) -> Iterator[tuple[str, str, str, str]]:
    """How sure each statement is, its style, its kind and its words."""
    flat = " ".join(line.text.split())
    groups: dict[tuple[str, str, str], list[str]] = {}
    for fact in line.facts:
        groups.setdefault((sureness(fact), described(fact)[0], fact.alternative), []).append(_value(fact, flat))
    for (sure, kind, alternative), values in groups.items():
        kind = plural(kind) if len(values) > 1 else kind
        words = ", ".join(value for value in values if value)
        if alternative:
            yield sure.removeprefix("? "), "dim", kind, f"{words} (not followed: {alternative})".lstrip()
        else:
            yield sure, _STYLES.get(kind, "cyan"), kind, words
    if line.again:
        yield "", "dim", "again:", "; ".join(_again(fact, line) for fact in line.again)
    for _ in line.unread:
        yield "", "bold magenta", "not understood", ""


def _again(fact: Fact, line: Line) -> str:
    kind, words = described(fact)
    own = isinstance(fact, Command | CronJob | EnvironmentVariable)  # the line itself shows the rest
    place = fact.evidence
    where = f"line {place.first_line}" if place.path == line.path else str(place)
    return f"{kind if own else f'{kind} {printable(words)}'} ({where})"


def _value(fact: Fact, line: str) -> str:
    """What a fact says, without the words that stand on its line anyway."""
    if isinstance(fact, Command) and (
        fact.evidence.last_line > fact.evidence.first_line or printable(fact.text) in line
    ):
        return command_context(fact)
    if isinstance(fact, CronJob) and printable(fact.command) in line:
        return f"as {fact.user}" if fact.user else ""
    return _cut(printable(described(fact)[1]))


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else text[: LONGEST - 1] + "…"


def _text(text: str, style: str = "") -> "Text":
    from rich.text import Text

    return Text(text, style=style, overflow="fold")
