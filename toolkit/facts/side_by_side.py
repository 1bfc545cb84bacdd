"""A document's own lines, each with what was understood from it; stretches that yield nothing are folded."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from toolkit import documents
from toolkit.catalog.readme_rules import ReadmeRules
from toolkit.documents.model import Kind
from toolkit.facts.display import shown_lines
from toolkit.facts.model import Command, EnvironmentVariable, Fact, Facts, Role, Unread
from toolkit.inventory.source_tree import SourceFile

LONGEST_STRETCH = 3  # lines that yield nothing and are shown nonetheless
LONGEST_SPAN = 8  # lines of one fact that are shown


@dataclass(slots=True)
class Line:
    """A line and the facts that begin on it. `again` are facts that stand on another line with more weight."""

    path: str
    number: int
    text: str
    facts: list[Fact] = field(default_factory=list)
    again: list[Fact] = field(default_factory=list)
    unread: list[Unread] = field(default_factory=list)

    @property
    def yields(self) -> bool:
        """Whether anything was read from the line."""
        return bool(self.facts or self.again or self.unread)


@dataclass(frozen=True, slots=True)
class Fold:
    """A number of lines that are left out."""

    count: int


def side_by_side(file: SourceFile, facts: Facts, rules: ReadmeRules) -> Iterator[Line | Fold]:
    """The lines of a README or guide with their facts, secrets masked. Headings above what yields something stay."""
    lines, inside = _with_facts(file, facts)
    headings = {
        number
        for block in documents.parse(file, rules.little_words).blocks
        if block.kind == Kind.HEADING
        for number in range(block.first_line, block.last_line + 1)
    }
    stretch: list[Line] = []
    for line in lines:
        if line.yields or line.number in inside:
            yield from _stretch(stretch, headings)
            stretch = []
            yield line
        else:
            stretch.append(line)
    if stretch:
        yield from _fold(stretch)


def _with_facts(file: SourceFile, facts: Facts) -> tuple[list[Line], set[int]]:
    """Every line, and the numbers of those inside the span of a fact."""
    own = [fact for fact in facts.facts if fact.evidence.path == file.path and not _is_unread(fact)]
    also = [(fact, place) for fact in facts.facts for place in fact.also if place.path == file.path]
    secret = {
        number
        for fact in own + [fact for fact, _ in also]
        if isinstance(fact, EnvironmentVariable) and fact.secret
        for place in (fact.evidence, *fact.also)
        if place.path == file.path
        for number in range(place.first_line, place.last_line + 1)
    }
    lines = [Line(file.path, number, text) for number, text in enumerate(shown_lines(file.text, secret), start=1)]
    inside: set[int] = set()
    begins: dict[int, Line] = defaultdict(lambda: lines[0], ((line.number, line) for line in lines))
    for fact in own:
        begins[fact.evidence.first_line].facts.append(fact)
        last = min(fact.evidence.last_line, fact.evidence.first_line + LONGEST_SPAN)
        inside.update(range(fact.evidence.first_line, last + 1))
    for fact, place in also:
        begins[place.first_line].again.append(fact)
    for one in facts.unread:
        if one.evidence.path == file.path:
            begins[one.evidence.first_line].unread.append(one)
    return lines, inside


def _is_unread(fact: Fact) -> bool:
    return isinstance(fact, Command) and fact.role == Role.UNKNOWN


def _stretch(lines: list[Line], headings: set[int]) -> Iterator[Line | Fold]:
    """Lines before one that yields something: a few as they are, else folded down to the nearest heading."""
    heading = next(
        (line for line in reversed(lines) if line.number in headings and any(map(str.isalnum, line.text))), None
    )
    if heading is None:
        yield from _fold(lines)
        return
    at = lines.index(heading)
    yield from _fold(lines[:at])
    yield heading
    yield from _fold(lines[at + 1 :])


def _fold(lines: list[Line]) -> Iterator[Line | Fold]:
    """Blank lines and rules are not worth a row."""
    words = [line for line in lines if any(map(str.isalnum, line.text))]
    if len(words) <= LONGEST_STRETCH:
        yield from words
    else:
        yield Fold(len(lines))
