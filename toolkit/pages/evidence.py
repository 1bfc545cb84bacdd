"""Files of the application and generated files side by side, their lines linked both ways by the decisions of the plan."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from difflib import SequenceMatcher

from toolkit.artefacts.explain import decision_of
from toolkit.artefacts.text import Artefact
from toolkit.documents.model import Document, Kind
from toolkit.facts.display import shown_lines
from toolkit.findings import Evidence
from toolkit.plan.model import Decision, Plan, Planned

MAXIMUM_WHOLE = 2_000  # lines of a document that is shown from beginning to end
CONTEXT = 3  # lines around what is cited from any other file
AROUND = 2  # lines around those that a generated file has for itself
MAXIMUM_LINKS = 6  # of one line
MAXIMUM_STEPS = 3  # from a file that is shown by another to one that is shown whole
MOSTLY = 0.6  # of a file's lines in another's, from which on only the others are shown
_KINDS = {Kind.HEADING: "heading", Kind.CODE: "code", Kind.TABLE: "code"}


@dataclass(frozen=True, slots=True)
class Link:
    """To a line of the other side: `target` is its id in the page."""

    target: str
    text: str
    why: str = ""


@dataclass(slots=True)
class PageLine:
    """A line as shown. `id` is empty where nothing leads to it, `number` 0 where it follows its predecessor; `more` are
    links that are left out, to files of the same kind."""

    text: str
    number: int = 0
    id: str = ""
    kind: str = ""
    guess: str = ""
    links: list[Link] = field(default_factory=list)
    more: int = 0


@dataclass(frozen=True, slots=True)
class PageFile:
    """A file as shown; `service` is empty for what services share, `linked` when a line of it has a link. One that is `like`
    another has its own lines alone, and those around them; `without` are the lines that only the other has."""

    path: str
    id: str
    lines: tuple[PageLine, ...]
    service: str = ""
    linked: bool = False
    edited: bool = False
    like: Link | None = None
    without: int = 0

    @property
    def template(self) -> bool:
        """Whether it is a CloudFormation template: too long to be read from paper."""
        return self.path.startswith("cloudformation/") and self.path.endswith(".yaml")


def generated_files(
    planned: Planned, artefacts: Iterable[Artefact], edited: Container[str], cited: "Cited"
) -> tuple[PageFile, ...]:
    """The generated files in the order in which they are read: the plan, what each service has, what all share.

    Of files that are much the same, as those of services and environments are, one is shown whole.
    """
    shown = sorted(artefacts, key=lambda artefact: (_rank(artefact.path), artefact.path))
    before: list[_Before] = []
    files = []
    for number, artefact in enumerate(shown):
        like = _alike(artefact, before)
        before.append(_Before(f"f{number}", artefact, Counter(line.text for line in artefact.lines), like))
        files.append(_generated_file(before[-1], planned, cited, artefact.path in edited))
    return tuple(files)


@dataclass(frozen=True, slots=True)
class _Before:
    """A generated file, and the one before it that it is shown by, if any."""

    id: str
    artefact: Artefact
    texts: Counter[str]
    like: "_Before | None"

    @property
    def steps(self) -> int:
        """To a file that is shown whole."""
        return self.like.steps + 1 if self.like else 0


def _ending(artefact: Artefact) -> str:
    return artefact.path.rpartition("/")[2].rpartition(".")[2]


def _alike(artefact: Artefact, before: Iterable[_Before]) -> _Before | None:
    """The file of the same format that has most of this one's lines, the first of equals; none where it has too
    few, or where all are too far from a file that is shown whole."""
    texts = Counter(line.text for line in artefact.lines)
    near = [one for one in before if _ending(one.artefact) == _ending(artefact) and one.steps < MAXIMUM_STEPS]
    best = max(near, key=lambda one: (one.texts & texts).total(), default=None)
    return best if best and (best.texts & texts).total() > MOSTLY * texts.total() else None


def _generated_file(file: _Before, planned: Planned, cited: "Cited", edited: bool) -> PageFile:
    artefact, like = file.artefact, None
    wanted, without = list(range(1, len(artefact.lines) + 1)), 0
    if file.like:
        like = Link(file.like.id, file.like.artefact.path)
        wanted, without = _own_lines(artefact, file.like.artefact)
    lines = tuple(_generated_lines(artefact, file.id, wanted, planned.by_key, cited))
    linked = any(line.links for line in lines)
    service = service_of(artefact.path, planned.plan)
    return PageFile(artefact.path, file.id, lines, service, linked, edited, like, without)


def _own_lines(artefact: Artefact, other: Artefact) -> tuple[list[int], int]:
    """Numbers of the lines that the other does not have, and of some around them; how many only the other has."""
    there, here = ([line.text for line in one.lines] for one in (other, artefact))
    numbers: set[int] = set()
    without = 0
    for what, first, last, start, end in SequenceMatcher(None, there, here, autojunk=False).get_opcodes():
        if what in ("replace", "insert"):
            numbers |= set(range(max(1, start + 1 - AROUND), min(len(here), end + AROUND) + 1))
        if what == "delete":
            without += last - first
    return sorted(numbers), without


def _generated_lines(
    artefact: Artefact, name: str, wanted: Iterable[int], by_key: Mapping[str, Decision], cited: "Cited"
) -> Iterator[PageLine]:
    before = 0
    for number in wanted:
        line = artefact.lines[number - 1]
        shown = PageLine(line.text, 0 if number == before + 1 else number)
        before = number
        decision = decision_of(line.key, by_key)
        if decision is not None:
            shown.guess = decision.because if decision.guessed else ""
            # A comment that names the place belongs to the line below it, which is linked.
            named = line.text.startswith("# ") and any(str(place) == line.text[2:] for place in decision.evidence)
            places = [] if named else [place for place in decision.evidence if place in cited]
            if places:
                shown.id = f"{name}-{number}"
                shown.links = [Link(cited.id_of(place), str(place)) for place in places[:2]]
                for place in places:
                    cited.link(place, Link(shown.id, artefact.path, f"line {number}: {decision.key}"))
        yield shown


class Cited:
    """The application's files that decisions, findings and routes cite, by path; collects what leads to each line."""

    def __init__(self, paths: Iterable[str]) -> None:
        self.ids = {path: f"s{number}" for number, path in enumerate(dict.fromkeys(paths))}
        self.links: dict[str, dict[str, Link]] = {}

    def __contains__(self, place: Evidence) -> bool:
        return place.path in self.ids

    def id_of(self, place: Evidence) -> str:
        """A cited line's id in the page, or its file's where the whole file is meant; empty for files that are not shown."""
        if place.path not in self.ids:
            return ""
        return self.ids[place.path] + (f"-{place.first_line}" if place.first_line else "")

    def link(self, place: Evidence, link: Link) -> None:
        """One link to each generated file, to the first of its lines."""
        self.links.setdefault(self.id_of(place), {}).setdefault(link.text, link)


def source_files(
    cited: Cited,
    texts: Mapping[str, str],
    documents: Mapping[str, Document],
    places: Sequence[Evidence],
    of_secrets: Mapping[str, set[int]],
) -> tuple[PageFile, ...]:
    """Cited files: documents from beginning to end, of others the cited lines and some around them."""
    files = []
    for path, name in cited.ids.items():
        mine = [place for place in places if place.path == path and place.first_line]
        lines = shown_lines(texts[path], of_secrets.get(path, set()))
        whole = path in documents and len(lines) <= MAXIMUM_WHOLE
        wanted = range(1, len(lines) + 1) if whole else _around(mine, len(lines))
        kinds = _kinds(documents[path]) if path in documents else {}
        starts = {place.first_line for place in mine}
        shown, last = [], 0
        for number in wanted:
            line = PageLine(lines[number - 1], 0 if number == last + 1 else number, kind=kinds.get(number, ""))
            if number in starts:
                line.id = f"{name}-{number}"
                links = list(cited.links.get(line.id, {}).values())
                line.links, line.more = links[:MAXIMUM_LINKS], len(links[MAXIMUM_LINKS:])
            shown.append(line)
            last = number
        while shown and not shown[-1].text:
            shown.pop()
        files.append(PageFile(path, name, tuple(shown), linked=True))
    return tuple(files)


def _around(places: Iterable[Evidence], count: int) -> list[int]:
    numbers: set[int] = set()
    for place in places:
        last = min(place.last_line, place.first_line + 20)
        numbers |= set(range(max(1, place.first_line - CONTEXT), min(count, last + CONTEXT) + 1))
    return sorted(numbers)


def _kinds(document: Document) -> dict[int, str]:
    return {
        number: _KINDS[block.kind]
        for block in document.blocks
        if block.kind in _KINDS
        for number in range(block.first_line, block.last_line + 1)
    }


def service_of(path: str, plan: Plan) -> str:
    """The service that a generated file belongs to, by its path; empty for those of all services."""
    parts = path.split("/")
    name = parts[1] if parts[0] == "services" else parts[-1].removesuffix(".env") if parts[0] == "env" else ""
    name = name or parts[-1].removeprefix("service-").removesuffix(".yaml")
    return name if name in plan.services else ""


_ORDER = (
    "replatform.yaml",
    "services/",
    "env/",
    "compose.yaml",
    "cloudformation/service-",
    "cloudformation/",
    "migration/",
)


def _rank(path: str) -> int:
    return next((rank for rank, start in enumerate(_ORDER) if path.startswith(start)), len(_ORDER))
