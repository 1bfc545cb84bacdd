"""Decisions that rest on one unsure line of a README: they are asked about, with what was understood as the default."""

import json
import re
from collections.abc import Iterable, Iterator, Mapping

from toolkit.facts.model import Fact, Facts, Origin, Route
from toolkit.findings import Evidence
from toolkit.inventory.source_tree import SourceTree
from toolkit.plan.app_folder import in_source
from toolkit.plan.model import Decision, Plan, Question
from toolkit.plan.overrides import value_at

# What a person can say at a glance. Values of variables stand in env/ for review, and are not asked about one by one.
_ASKED = {
    re.compile(r"services\.(?P<name>[\w-]+)\.command"): "Is this how {name} is started?",
    re.compile(r"services\.(?P<name>[\w-]+)\.port"): "Is this the port that {name} listens on?",
    re.compile(r"services\.(?P<name>[\w-]+)\.health\.path"): "Is this the health check path of {name}?",
    re.compile(r"datastores\.(?P<name>\w+)\.engine"): "Is this the engine of the {name}?",
    re.compile(r"datastores\.(?P<name>\w+)\.version"): "Is this the version of the {name}?",
    re.compile(r"images\.(?P<name>[\w-]+)\.version"): "Is this the version of the language?",
    re.compile(r"(?P<name>release)\.commands"): "Are these the steps before each release?",
}
_CODE = (".cgi", ".cs", ".go", ".java", ".js", ".kt", ".php", ".pl", ".pm", ".psgi", ".py", ".rb", ".ts")
_WORD = re.compile(r"[\w./-]+")


def doubts(decisions: Iterable[Decision], plan: Plan, facts: Facts, tree: SourceTree) -> Iterator[Question]:
    """A question for each decision that nothing but facts at or below SURE speaks for, each said in one place only.

    The source itself removes a doubt: a program or module of the command that is there, a route at the health path.
    """
    by_place: dict[Evidence, list[Fact]] = {}
    for fact in facts.facts:
        by_place.setdefault(fact.evidence, []).append(fact)
    routes = {fact.path.rstrip("/") for fact in facts.facts if isinstance(fact, Route)}
    values = plan.model_dump(mode="json")
    for decision in decisions:
        text = next(
            (text.format(**m.groupdict()) for key, text in _ASKED.items() if (m := key.fullmatch(decision.key))), ""
        )
        if not text or decision.guessed or not _unsure(decision.evidence, by_place):
            continue
        value = value_at(values, decision.key)
        if isinstance(value, list) and any(_in_tree(word, tree) for word in _WORD.findall(decision.value)):
            continue
        if decision.key.endswith(".path") and (str(value).rstrip("/") in routes or _quoted(str(value), tree)):
            continue
        default = json.dumps(value, ensure_ascii=False) if isinstance(value, list) else str(value)
        yield Question(decision.key, text, default, decision.evidence, consequence=3)


def _unsure(places: tuple[Evidence, ...], by_place: Mapping[Evidence, list[Fact]]) -> bool:
    if len({(place.path, place.first_line) for place in places}) != 1:
        return False
    said = [fact for place in places for fact in by_place.get(place, ())]
    return bool(said) and all(
        fact.origin is Origin.README and fact.is_question and not fact.also for fact in said if fact.decides
    )


def _in_tree(word: str, tree: SourceTree) -> bool:
    """Whether a word of a command is a file of the source, a module of one (notifications.worker), or a program that is
    built from a folder of its name (cmd/identity)."""
    path = in_source(word)
    own = f"/{path.rpartition('/')[2]}/"
    return path in tree or f"{path.replace('.', '/')}.py" in tree or any(own in f"/{other}" for other in tree.paths)


def _quoted(path: str, tree: SourceTree) -> bool:
    """Whether a path stands in quotes in some file of code: routers that no reader knows name it so."""
    if len(path) < 3:
        return False
    files = (tree.read(other) for other in tree.paths if other.endswith(_CODE))
    return any(f"'{path}'" in file.text or f'"{path}"' in file.text for file in files if file)
