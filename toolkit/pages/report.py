"""`report.html`: what was read on the left, what was written on the right, and what a reviewer decides by above them."""

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence

from toolkit.artefacts.sizes import Sizes
from toolkit.artefacts.text import Artefact
from toolkit.documents.model import Document
from toolkit.facts.model import EnvironmentVariable, Facts
from toolkit.findings import Evidence, Finding
from toolkit.inventory.source_tree import SourceTree
from toolkit.pages.architecture import draw
from toolkit.pages.evidence import Cited, Link, generated_files, source_files
from toolkit.pages.page import render_page
from toolkit.plan.model import ENVIRONMENTS, Plan, Planned
from toolkit.plan.routing.listener_rules import rules
from toolkit.plan.routing.routing import routed


def render_html(
    planned: Planned,
    artefacts: Sequence[Artefact],
    sizes: Sequence[Sizes],
    tree: SourceTree,
    documents: Iterable[Document],
    facts: Facts,
    edited: Container[str] = (),
) -> str:
    """The page; `tree`, its `documents` and `facts` are what was read, `edited` the generated files that people have changed since."""
    plan = planned.plan
    found = routed(plan, planned.routes)
    by_path = {document.path: document for document in documents}
    places = [*_places(planned), *(one.route.evidence for one in found)]
    paths = dict.fromkeys([*list(by_path)[:1], *(place.path for place in places)])
    texts = {path: file.text for path in paths if (file := tree.read(path))}
    cited = Cited(sorted(texts, key=lambda path: path not in by_path))
    generated = generated_files(planned, artefacts, edited, cited)
    numbers = {rule.service: f"{rule.priority} {rule.conditions}" for rule in rules(plan)}
    values = {
        "application": plan.application,
        "services": plan.services,
        "plan": plan,
        "drawing": draw(plan),
        "severities": Counter(finding.severity.value for finding in planned.findings),
        "guessed": sum(decision.guessed for decision in planned.decisions),
        "questions": [(question, _links(question.evidence, cited), _of_key(question.key, plan)) for question in planned.questions],
        "findings": [(finding, _links(finding.evidence, cited), _of_finding(finding, planned)) for finding in planned.findings],
        "decisions": [(decision, _links(decision.evidence, cited), _of_key(decision.key, plan)) for decision in planned.by_key.values()],
        "routes": [(one, _links([one.route.evidence], cited), sorted(name or "" for name in one.services)) for one in found],
        "rules": numbers,
        "sizes": sizes,
        "environments": ENVIRONMENTS,
        "generated": generated,
        "sources": source_files(cited, texts, by_path, places, _lines_of_secrets(facts)),
    }  # fmt: skip
    return render_page("report", values)


def _places(planned: Planned) -> Iterator[Evidence]:
    for decision in planned.decisions:
        yield from decision.evidence
    for question in planned.questions:
        yield from question.evidence
    for finding in planned.findings:
        yield from finding.evidence


def _lines_of_secrets(facts: Facts) -> dict[str, set[int]]:
    """Lines, by file, on which a variable stands whose value is a secret."""
    found: dict[str, set[int]] = {}
    for fact in facts.facts:
        if isinstance(fact, EnvironmentVariable) and fact.secret:
            place = fact.evidence
            found.setdefault(place.path, set()).update(range(place.first_line, place.last_line + 1))
    return found


def _links(places: Iterable[Evidence], cited: Cited) -> list[Link]:
    return [Link(cited.id_of(place), str(place)) for place in places if place.path]


def _of_key(key: str, plan: Plan) -> list[str]:
    """The services that a key of the plan is about; none for what is about all of them."""
    part, _, rest = key.partition(".")
    name = rest.split(".")[0]
    if part == "services":
        return [name] if name in plan.services else []
    if part == "images":
        return [service for service, one in plan.services.items() if one.image == name]
    return []


def _of_finding(finding: Finding, planned: Planned) -> list[str]:
    """The services whose decisions stand on the finding's lines; none when others stand there, too."""
    places = {(place.path, place.first_line) for place in finding.evidence}
    keys = [
        decision.key
        for decision in planned.decisions
        if any((place.path, place.first_line) in places for place in decision.evidence)
    ]
    services = [_of_key(key, planned.plan) for key in keys]
    return sorted({name for each in services for name in each}) if all(services) else []
